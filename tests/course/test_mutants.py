"""The mutants of a function: what is changed, how it is told, and what stays as it was."""

import ast

import pytest

from autograder.course.mutants import mutants

MOMENTUM = '''
def momentum(w, dw, state, *, learning_rate, rho=0.9):
    """One step; 1 + 1 in here is prose."""
    v = 0 if state is None else state["v"]
    v = rho * v - learning_rate * dw
    if rho < 0:
        raise ValueError(f"rho is {rho + 1}")
    return w + v, {"v": v}
'''.lstrip()


def test_each_mutant_is_new_compiles_and_has_a_name_of_its_own():
    found = list(mutants(MOMENTUM))
    sources = [mutant.source for mutant in found]
    names = [mutant.description for mutant in found]
    assert len(set(sources)) == len(sources) == len(set(names))
    for source in sources:
        compile(source, "<mutant>", "exec")
        assert '"""One step; 1 + 1 in here is prose."""' in source
        assert "rho + 1" in source or "raise" not in source
    assert names == [mutant.description for mutant in mutants(MOMENTUM)]


def test_a_layer_s_backward_is_mutated_too_and_takes_no_name_from_the_forward():
    pair = "def forward(x, w):\n    return x @ w\n\n\ndef backward(dout, cache):\n    return dout - cache"
    names = {mutant.description for mutant in mutants(pair)}
    assert {"line 2: x @ w -> x * w", "line 6: dout - cache -> dout + cache", "line 6: dout -> cache"} <= names
    assert "line 6: dout -> x" not in names


def test_the_original_is_not_among_them():
    assert ast.unparse(ast.parse(MOMENTUM)) not in [mutant.source for mutant in mutants(MOMENTUM)]
    assert not [m for m in mutants("def same(a, b):\n    return f(a, a)") if "f(a, a)" in m.source]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", {"a + b -> a - b", "a + b -> a", "a + b -> b", "a + b -> -(a + b)", "a -> b", "b -> a"}),
        ("-a", {"-a -> a", "a -> b"}),
        ("2", {"2 -> 3", "2 -> 1"}),
        ("0.5", {"0.5 -> 0.75", "0.5 -> 0.05"}),
        ("'2'", set()),
        ("a < b", {"a < b -> a <= b", "a < b -> a >= b", "a -> b", "b -> a"}),
        ("a and b", {"a and b -> a or b", "a and b -> a", "a and b -> b", "a -> b", "b -> a"}),
        ("f(a, b)", {"f(a, b) -> f(b, a)", "a -> b", "b -> a"}),
        ("f(x=y)", {"f(x=y) -> f()"}),
        ("f(**y)", {"f(**y) -> f()"}),
        ("x if y else z", {"y -> not y"}),
    ],
)
def test_expressions_are_changed_in_every_listed_way(expression, expected):
    found = {mutant.description for mutant in mutants(f"def g(a, b):\n    return {expression}")}
    assert found == {f"line 2: {change}" for change in expected}


def test_statements_defaults_and_returns_are_changed():
    names = {mutant.description for mutant in mutants(MOMENTUM)}
    assert {
        "line 1: rho=0.9 -> rho=1.35",
        "line 4: remove v = rho * v - learning_rate * dw",
        "line 4: rho -> learning_rate",
        "line 5: remove if rho < 0:",
        "line 6: remove raise ValueError(f'rho is {rho + 1}')",
        "line 7: return (w + v, {'v': v}) -> return ({'v': v}, w + v)",
    } <= names
    assert not [name for name in names if "remove return" in name]


def test_an_indented_function_and_an_augmented_assignment():
    source = "    def f(x):\n        x += 1\n        return x\n"
    results = {mutant.description: run(mutant.source, 5) for mutant in mutants(source)}
    assert results == {
        "line 2: x += 1 -> x -= 1": 4,
        "line 2: x += 1 -> x = 1": 1,
        "line 2: remove x += 1": 5,
        "line 2: 1 -> 2": 7,
        "line 2: 1 -> 0": 5,
    }


def run(source, *args):
    """What a function's source gives on these arguments."""
    names = {}
    exec(source, names)
    (function,) = [value for name, value in names.items() if name != "__builtins__"]
    return function(*args)
