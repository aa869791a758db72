"""A test cell in the grader's process: whose names it sees, and what it leaves."""

import pytest

from autograder.grading.apart.limits import Limits
from autograder.grading.testing import Namespace, run_test
from autograder.grading.trusted import Trusted


@pytest.fixture
def run(shell, student):
    """run(test, student's cells …, trusted=…, names=…) -> what the test left."""

    def start(source, *cells, trusted=None, names=None, ends=True, seconds=10.0, hidden=False):
        s = student(*cells)
        namespace = Namespace(names or {}, trusted or Trusted(), s.peer)
        limits = Limits(test_seconds=seconds)
        return run_test(source, "<test>", namespace, shell, limits, ends=ends, hidden=hidden)

    return start


def test_a_name_of_the_students_is_asked_for_inside_functions_too(run):
    assert run("def use():\n    return f(1)\nassert use() == 2", "def f(x):\n    return x + 1").passed


def test_a_name_that_nobody_defined_is_a_name_error(run):
    ran = run("print('before')\nnowhere")
    assert not ran.passed
    assert [o["output_type"] for o in ran.outputs] == ["stream", "error"]
    assert ran.outputs[1]["ename"] == "NameError"


def test_an_answer_that_is_no_name_is_a_name_error(liar, shell):
    ran = run_test("f", "<test>", Namespace({}, Trusted(), liar(["answer", 1, "", 5])), shell, Limits(), ends=True)
    assert ran.outputs[0]["ename"] == "NameError"


def test_builtins_that_a_student_shadows_do_not_count(run):
    assert run("assert len([1, 2]) == 2 and abs(-1) == 1", "len = abs = print = lambda *a: 5").passed


def test_a_builtins_name_that_an_exercise_asks_for_is_the_students(run):
    assert run(
        "assert sum([1, 2]) == 'mine'", "def sum(x):\n    return 'mine'", trusted=Trusted(solutions={"sum"})
    ).passed


def test_dunder_names_are_pythons(run):
    assert run("assert __name__ != 'mine' and __builtins__", "__name__ = 'mine'").passed


def test_imports_of_the_source_are_the_graders_own(run):
    fake = "class math:\n    pi = 5"
    assert run("assert math.pi < 4", fake, trusted=Trusted(imports={"math": "import math"})).passed
    assert not run("assert math.pi < 4", fake).passed


def test_names_that_a_solution_binds_are_the_students_even_if_the_source_imports_them(run):
    trusted = Trusted(imports={"math": "import math"}, solutions={"math"})
    assert run("assert math.pi == 5", "class math:\n    pi = 5", trusted=trusted).passed


def test_a_module_that_a_student_must_import_is_the_graders_own_once_they_have(run):
    trusted = Trusted(imports={"math": "import math"}, written={"math"})
    assert run("assert math.pi < 4", "class math:\n    pi = 5", trusted=trusted).passed
    assert run("math", trusted=trusted).outputs[0]["ename"] == "NameError"


def test_a_locked_cell_is_the_graders_own_and_may_use_the_students(run):
    locked = "import operator\nprint('noise')\ndef close(a):\n    return operator.eq(a, f(1))\nTEN = 10"
    trusted = Trusted(locked=dict.fromkeys(("close", "TEN", "operator"), locked))
    ran = run(
        "assert close(2) and TEN == 10", "def f(x):\n    return 2 * x", "def close(a):\n    return 1", trusted=trusted
    )
    assert ran.passed
    assert ran.outputs == []


def test_a_locked_name_that_its_cell_does_not_make_is_asked_for(run):
    trusted = Trusted(locked={"f": "if False:\n    f = 1"})
    assert run("assert f == 7", "f = 7", trusted=trusted).passed


def test_names_of_the_test_itself_are_left_and_those_looked_up_are_not(run):
    trusted = Trusted(imports={"math": "import math"})
    ran = run("import os\nx = f(math.pi)", "def f(x):\n    return x", trusted=trusted)
    assert set(ran.names) == {"os", "x"}
    assert run("assert x > 3", names=ran.names).passed


def test_the_last_value_is_the_result_where_it_ends_the_cell(run):
    (output,) = run("2.5").outputs
    assert output["output_type"] == "execute_result"
    assert output["data"] == {"text/plain": "2.5"}
    assert run("2.5", ends=False).outputs == []
    assert run("None").outputs == []
    assert run("").outputs == []


def test_a_proxy_as_the_last_value_is_shown_by_name_only(run):
    (output,) = run("C()", "class C:\n    def __repr__(self):\n        return '9'\n    _repr_html_ = __repr__").outputs
    assert output["data"] == {"text/plain": "<C of the student's>"}


def test_what_a_test_writes_to_stderr_counts_as_stdout(run):
    (output,) = run("import sys\nprint('e', file=sys.stderr)\nprint('o')").outputs
    assert (output["name"], output["text"]) == ("stdout", "e\no\n")


def test_a_failed_test_shows_its_line_and_the_students(run):
    ran = run("x = 1\nassert f(x) == 3, 'three'", "def f(x):\n    return x")
    assert (ran.outputs[0]["ename"], ran.outputs[0]["evalue"]) == ("AssertionError", "three")
    assert "line 2" in ran.outputs[0]["traceback"][0]
    assert "assert f(x) == 3, 'three'" in ran.outputs[0]["traceback"][0]
    ran = run("f(0)", "def f(x):\n    return 1 / x")
    assert ran.outputs[0]["ename"] == "ZeroDivisionError"
    assert "return 1 / x" in ran.outputs[0]["traceback"][1]


def test_a_student_who_leaves_fails_the_test_and_ends_nothing(run):
    ran = run("f()", "def f():\n    raise SystemExit")
    assert not ran.passed
    assert ran.outputs[0]["ename"] == "SystemExit"


def test_a_test_with_broken_syntax_fails_and_says_so(run):
    ran = run("def f(:")
    assert not ran.passed
    assert ran.outputs[0]["ename"] == "SyntaxError"


@pytest.mark.parametrize("source", ["while True:\n    pass", "f()"])
def test_a_test_has_a_limit(run, source):
    ran = run(source, "def f():\n    while True:\n        pass", seconds=0.1)
    assert not ran.passed
    assert ran.outputs[0]["ename"] == "TimeLimit"
    assert ran.outputs[0]["evalue"] == "it ran longer than 0.1 seconds, the limit for one test"


def test_a_magic_in_a_test_is_the_graders_own(run):
    assert run("here = %pwd\nassert here != 'mine'", "def get_ipython():\n    return 'mine'").passed


def test_a_warning_is_shown_without_the_tests_line_and_in_a_hidden_part_not_at_all(run):
    source = "import warnings\nwarnings.simplefilter('always')\nwarnings.warn('hm')  # secret"
    (output,) = run(source).outputs
    assert (output["name"], output["text"]) == ("stdout", "UserWarning: hm\n")
    assert run(source, hidden=True).outputs == []
