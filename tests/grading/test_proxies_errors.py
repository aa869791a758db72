"""A student's errors, made anew in the grader's process."""

import pytest

from autograder.grading.proxies import student_error


def told(**parts) -> dict:
    return {"type": "Mine", "bases": ["Mine", "KeyError", "Exception"], "text": "'k'", "line": "f()", **parts}


def test_an_error_is_of_the_built_in_kind_that_it_is_under_its_own_name():
    error = student_error(told(traceback="here"))
    assert isinstance(error, KeyError)
    assert (type(error).__name__, str(error)) == ("Mine", "'k'")  # no second pair of quotes
    assert (error.student_line, error.student_traceback) == ("f()", "here")


@pytest.mark.parametrize("base", ["KeyboardInterrupt", "GeneratorExit", "StopIteration", "UnicodeDecodeError", "print"])
def test_an_error_that_means_something_to_python_is_a_plain_one_here(base):
    error = student_error(told(bases=[base]))
    assert type(error).__mro__[1] is Exception


@pytest.mark.parametrize(
    "odd",
    [*({"type": name} for name in ("a b", 5, "x" * 99)), *({"bases": b} for b in (5, [5, []])), {"text": 5, "line": 5}],
    ids=str,
)
def test_an_odd_error_is_an_error_all_the_same(odd):
    error = student_error(told(**odd))
    assert isinstance(error, Exception)
    assert isinstance(str(error), str)


def test_a_long_message_is_cut():
    assert len(str(student_error(told(text="x" * 10**6)))) == 10_000


@pytest.mark.parametrize(
    ("statement", "kind", "text"),
    [
        ("{}['k']", KeyError, "'k'"),
        ("raise SystemExit('bye')", SystemExit, "bye"),
        ("raise Own('own')", ValueError, "own"),
        ("raise KeyboardInterrupt('stop')", Exception, "stop"),
        ("raise Silent", Exception, "(its message cannot be shown)"),
    ],
)
def test_an_error_of_the_students_comes_with_its_line(student, statement, kind, text):
    own = "class Own(ValueError):\n    pass\nclass Silent(Exception):\n    def __str__(self):\n        return 1 / 0\n"
    f = student(f"{own}def f():\n    {statement}")["f"]
    with pytest.raises(kind) as caught:
        f()
    assert str(caught.value) == text
    assert caught.value.student_line == statement
    assert statement in caught.value.student_traceback
    assert "grading" not in caught.value.student_traceback


def test_a_call_that_does_not_fit_has_no_line(student):
    with pytest.raises(TypeError, match="argument") as caught:
        student("def f(x):\n    return x")["f"]()
    assert caught.value.student_line is None


def test_an_error_of_a_passed_function_that_goes_through_is_itself_again(student):
    class Odd(Exception):
        pass

    def fail():
        raise odd

    odd = Odd("why")
    caught = "def caught(g):\n    try:\n        g()\n    except Exception as error:\n        return str(error)"
    s = student("def f(g):\n    return g()\n" + caught)
    with pytest.raises(Odd) as raised:
        s["f"](fail)
    assert raised.value is odd
    assert odd.student_line == "return g()"
    assert s["caught"](fail) == "why"
