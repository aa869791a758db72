"""Names are brought back as they were, and it is known where calls may leave more than names behind."""

import functools
import math

import numpy as np
import pytest

from autograder.grading.apart.names import Noted, nothing_to_change


def defined(source: str) -> dict:
    """The names that a notebook's cell defines."""
    names = {"__name__": "__main__", "np": np, "math": math}
    exec(source, names)
    return {name: value for name, value in names.items() if not name.startswith("__")}


def test_names_that_were_bound_anew_added_or_deleted_are_as_they_were():
    names = {"a": 1, "b": 2}
    noted = Noted(names)
    del names["b"]
    names |= {"a": 10, "c": 3}
    noted.bring_back(names)
    assert names == {"a": 1, "b": 2}


def test_a_function_finds_the_names_of_the_moment():
    names = defined("rate = 1\ndef f(): return rate")
    function = names["f"]
    noted = Noted(function.__globals__)
    function.__globals__["rate"] = 2
    noted.bring_back(function.__globals__)
    assert function() == 1


def test_what_a_function_keeps_in_its_attributes_is_as_it_was():
    names = defined("def f():\n    f.calls = getattr(f, 'calls', 0) + 1\n    return f.calls")
    noted = Noted(names)
    assert [names["f"](), names["f"]()] == [1, 2]
    noted.bring_back(names)
    assert names["f"]() == 1


@pytest.mark.parametrize(
    "source",
    [
        "def f(x, rate=0.1, *, shape=(2, 3), name='w'): return x",
        "f = math.sqrt; g = np.exp; h = np.mean; Array = np.ndarray",
        "a, b, c, d = 1, 2.5, 1j, b'x'; e = (1, ('x', None, ...)); s = frozenset({1}); r = range(3); t = np.float32(1)",
    ],
)
def test_functions_modules_and_what_never_changes_take_no_trace(source):
    assert nothing_to_change(defined(source).values())


@pytest.mark.parametrize(
    "source",
    [
        "x = []",
        "x = {}",
        "x = np.zeros(2)",
        "x = ([],)",
        "rng = np.random.default_rng(0)",
        "class Net: pass",
        "def f(x, seen=[]): pass",
        "def f(x, *, seen={}): pass",
        "def made():\n    n = 0\n    def f():\n        nonlocal n\n        n += 1\n    return f\nf = made()\ndel made",
        "def f(): pass\nf.calls = 0",
        "import functools\nf = functools.lru_cache(math.sqrt)\ndel functools",
        "f = iter((1, 2))",
    ],
)
def test_whatever_else_may_take_one(source):
    assert not nothing_to_change(defined(source).values())


def test_a_function_of_a_module_is_the_modules():
    assert nothing_to_change([functools.reduce, functools.wraps, np.linalg.norm])
