"""Whole notebooks, in the sandbox: what each test finds, and what a fault costs."""

import os
import signal
import sys

import pytest

from autograder.grading import grader
from autograder.grading.apart.limits import Limits
from autograder.grading.told import HIDDEN_FAILED, reason
from autograder.grading.trusted import Trusted

RUN, TRY, TEST, KEEP = "student", "experiment", "test", "keep"
F, G = "def f(x):\n    return 2 * x", "def g(x):\n    return x + 1"
BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


def hidden(source: str, visible: str = "") -> str:
    return f"{visible}\n{BEGIN}\n{source}\n{END}"


def error(outputs: list[dict]) -> tuple[str, str]:
    """The name and the text of a cell's error."""
    (output,) = [output for output in outputs if output["output_type"] == "error"]
    return output["ename"], output["evalue"]


def text(outputs: list[dict]) -> str:
    return "".join(output.get("text", "") for output in outputs)


def test_cells_run_and_tests_pass_and_the_others_are_left_as_they_are(grade):
    graded = grade((KEEP, "1 / 0"), (RUN, f"{F}\nprint('hi')"), (TEST, "assert f(2) == 4"), (TEST, "float(f(1.5))"))
    assert graded.outputs[0] is None
    assert text(graded.outputs[1]) == "hi\n"
    assert graded.outputs[2] == []
    assert graded.outputs[3][0]["data"] == {"text/plain": "3.0"}
    assert "bubblewrap" in graded.tier


def test_an_answer_may_use_what_an_experiment_defines_and_its_work_is_not_done_again(grade):
    defines = "RATE = 3\ndef times(x):\n    return RATE * x"
    experiment = f"%matplotlib inline\n{defines}\nprint(times(2))\nfor _ in iter(int, 1):\n    pass"
    answer = "def f(x):\n    return times(x)"
    graded = grade((TRY, experiment), (RUN, answer), (TEST, "assert f(2) == 6"), (TRY, "def times(x):\n    return 0"))
    assert graded.outputs[0] is None
    assert graded.outputs[2] == []
    assert graded.outputs[3] is None


@pytest.mark.parametrize(
    "experiment",
    [
        "def f(:",
        "def g(x=missing):\n    pass",
        "class C:\n    import os\n    os._exit(7)",
        f"x = {'-' * 100_000}1",
        "%%no_such\nx",
    ],
    ids=["no Python", "an error", "an exit", "too deep", "no such magic"],
)
def test_an_experiment_that_cannot_be_taken_over_costs_nothing(grade, experiment):
    graded = grade((RUN, F), (TRY, experiment), (TEST, "assert f(2) == 4"), (RUN, "f(3)"))
    assert graded.outputs[1] is None
    assert graded.outputs[2] == []
    assert graded.outputs[3][0]["data"] == {"text/plain": "6"}


def test_a_test_sees_the_names_as_they_were_at_its_place(grade):
    later = (RUN, "def f(x):\n    return 'other'\ndel g")
    graded = grade((RUN, F), (RUN, G), (TEST, "assert f(1) == g(1) == 2"), later, (TEST, "assert f(1) == 'other'"))
    assert graded.outputs[2] == graded.outputs[4] == []


def test_one_test_leaves_no_traces_for_the_next(grade):
    counter = "n = []\ndef f():\n    n.append(1)\n    return len(n)"
    graded = grade((RUN, counter), (TEST, "assert f() == 1"), (TEST, "assert f() == 1"), (RUN, "n"))
    assert graded.outputs[1] == graded.outputs[2] == []
    assert graded.outputs[3][0]["data"] == {"text/plain": "[]"}


PID = "import os\ndef pid():\n    return os.getpid()"


def processes(graded) -> list[str]:
    return [out[0]["data"]["text/plain"] for out in graded.outputs if out and out[0]["output_type"] == "execute_result"]


@pytest.mark.parametrize(
    ("between", "number"),
    [
        ([(RUN, G)], 1),
        ([(RUN, "import math\nRATE = 0.1"), (TRY, "print(3)\ndef h(): pass")], 1),
        ([(RUN, "x = pid()")], 2),
        ([(RUN, "seen = []")], 2),
    ],
    ids=["a definition", "an import and an experiment", "work", "what may take a trace"],
)
def test_tests_share_a_process_where_nothing_but_definitions_lies_between(grade, between, number):
    graded = grade((RUN, PID), (TEST, "pid()"), *between, (TEST, "pid()"))
    assert len(set(processes(graded))) == number


def test_what_a_test_calls_changes_no_name_of_another(grade):
    count = "n = 0\ndef f():\n    global n\n    n += 1\n    f.n = getattr(f, 'n', 0) + 1\n    return n, f.n"
    test = (TEST, hidden("assert f() == (2, 2)", "assert f() == (1, 1)"))
    graded = grade((RUN, count), test, (RUN, G), test)
    assert graded.outputs[1] == graded.outputs[3] == []


def test_a_name_that_is_defined_later_is_unknown_at_a_test_that_shares(grade):
    graded = grade((RUN, "def f(x):\n    return g(x)"), (TEST, "f(1)"), (RUN, G), (TEST, "assert f(1) == g(1)"))
    assert graded.outputs[1][0]["ename"] == "NameError"
    assert graded.outputs[3] == []


def test_who_ends_a_shared_process_costs_the_others_nothing(grade):
    bad = "def bad():\n    import os\n    os._exit(3)"
    tests = [(TEST, hidden("assert f(h(1)) == f(g(1))", "h = g")), (TEST, "bad()"), (TEST, "pid()"), (TEST, "pid()")]
    graded = grade((RUN, PID), (RUN, F), (RUN, G), (RUN, bad), *tests)
    assert graded.outputs[4] == []
    assert graded.outputs[5][0]["ename"] == "ProcessEnded"
    assert len(set(processes(graded))) == 2  # each by itself now


def test_no_cell_runs_again_for_what_shared_a_process(grade):
    draw = "import os\ntoken = os.urandom(8).hex()\ndef drawn():\n    return token"
    bad = "def bad():\n    os._exit(3)"
    graded = grade((RUN, draw), (RUN, bad), (TEST, "drawn()"), (TEST, "bad()"), (TEST, "drawn()"))
    assert graded.outputs[3][0]["ename"] == "ProcessEnded"
    assert len(set(processes(graded))) == 1


def test_the_names_of_a_test_are_there_in_the_next_and_in_its_hidden_part(grade):
    graded = grade((RUN, F), (TEST, hidden("assert x == 4", "x = f(2)")), (TEST, hidden("assert y == 8", "y = 2 * x")))
    assert graded.outputs[1] == graded.outputs[2] == []


def test_figures_are_inline_without_and_with_the_magic(grade):
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    graded = grade((RUN, plot), (RUN, f"%matplotlib inline\n{plot}"))
    for (output,) in graded.outputs:
        assert output["data"]["image/png"].startswith("iVBOR")


@pytest.mark.parametrize(
    ("code", "limits", "why"),
    [
        ("import os; os._exit(7)", {}, "exit status 7"),
        ("import os; os.kill(os.getpid(), 11)", {}, "signal 11 (Segmentation fault)"),
        ("while True:\n    pass", {"cell_seconds": 0.5}, "longer than 0.5 seconds, the limit for one cell"),
        ("while True:\n    pass", {"submission_seconds": 1}, "longer than 1 seconds, the limit for all of it"),
        ("while True:\n    pass", {"cpu_seconds": 0.5}, "0.5 seconds of CPU time, the limit for a submission"),
        (
            "import os\nos.fork()\nx = b'x' * 150 * 2**20\nwhile True:\n    pass",
            {"memory": 240},
            "240 MB of memory, the limit for a submission",
        ),
    ],
    ids=["exit", "signal", "cell", "submission", "cpu", "memory"],
)
def test_a_cell_that_ends_its_process_is_told_why(grade, code, limits, why):
    graded = grade((RUN, code), **limits)
    assert why in error(graded.outputs[0])[1]


def test_a_fatal_cell_costs_itself_and_no_other(grade):
    graded = grade(
        (RUN, f"{F}\nn = 1"), (RUN, "n += 1\nimport os\nos._exit(0)"), (RUN, G), (TEST, "assert f(g(n)) == 4")
    )
    assert error(graded.outputs[1]) == ("ProcessEnded", "your code's process ended: it left with exit status 0")
    assert graded.outputs[2] == graded.outputs[3] == []


def test_one_array_too_large_is_an_error_of_its_cell(grade):
    graded = grade((RUN, "x = bytearray(2**30)"), (RUN, F), (TEST, "assert f(1) == 2"), memory=300)
    assert error(graded.outputs[0])[0] == "MemoryError"
    assert graded.outputs[2] == []


@pytest.mark.parametrize(
    ("code", "limits", "why"),
    [
        ("import os; os._exit(7)", {}, "exit status 7"),
        ("while True:\n        pass", {"test_seconds": 0.5}, "longer than 0.5 seconds, the limit for one test"),
        ("while True:\n        pass", {"submission_seconds": 1.5}, "1.5 seconds, the limit for all of it"),
    ],
    ids=["exit", "hang", "submission"],
)
def test_a_call_that_ends_its_process_is_told_why_and_costs_its_test(grade, code, limits, why):
    bad = f"def bad():\n    {code}"
    graded = grade((RUN, f"{F}\n{bad}"), (TEST, "assert f(1) == 2"), (TEST, "bad()"), (TEST, "f(1)"), **limits)
    assert graded.outputs[1] == []
    assert why in error(graded.outputs[2])[1]
    if "submission_seconds" not in limits:
        assert graded.outputs[3][0]["data"] == {"text/plain": "2"}


def test_a_state_lost_through_another_tests_fault_is_made_again(grade):
    kill = "import os, signal\ndef bad():\n    os.kill(-1, signal.SIGKILL)"
    graded = grade((RUN, F), (RUN, kill), (TEST, "bad()"), (TEST, hidden("assert f(2) == 4", "assert f(1) == 2")))
    assert graded.outputs[2] == graded.outputs[3] == []


def test_the_limit_on_time_of_all_cells_stops_the_later_ones(grade):
    graded = grade((RUN, "import time; time.sleep(9)"), (RUN, "x = 1"), (TEST, "x"), submission_seconds=0.7)
    for outputs in graded.outputs:
        assert "0.7 seconds, the limit for all of it" in error(outputs)[1]


def test_a_process_that_hoards_costs_itself(grade):
    hoard = "import subprocess\nall = [subprocess.Popen(['sleep', '60']) for _ in range(40)]"
    graded = grade((RUN, F), (RUN, hoard), (TEST, "assert f(1) == 2"), processes=20)
    assert error(graded.outputs[1])[0] in ("BlockingIOError", "OSError")
    assert graded.outputs[2] == []


def test_all_visible_parts_run_before_any_hidden_one(grade):
    spy = "seen = []\ndef f(x):\n    open('/tmp/seen', 'a').write(f'{x} ')\n    return open('/tmp/seen').read()"
    first, second = hidden("assert f(77)", "assert f(1)"), "print(f(2))"
    graded = grade((RUN, spy), (TEST, first), (TEST, second))
    assert text(graded.outputs[2]) == "1 2 \n"


def test_a_hidden_part_is_not_run_where_the_visible_one_failed(grade):
    graded = grade((RUN, F), (TEST, hidden("print('hidden')", "assert f(1) == 3, 'three'")))
    assert error(graded.outputs[1]) == ("AssertionError", "three")
    assert text(graded.outputs[1]) == ""


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("assert f(77) == 0, 'f doubles'", ("AssertionError", "f doubles")),
        ("assert f(77) == 0", ("AssertionError", HIDDEN_FAILED)),
        ("assert f(77) == 0, f'{f(77)} is wrong'", ("AssertionError", HIDDEN_FAILED)),
        ("raise_it(77)", ("ValueError", HIDDEN_FAILED)),
        ("leave(77)", ("ProcessEnded", HIDDEN_FAILED)),
        ("nowhere", ("NameError", HIDDEN_FAILED)),
        ("while True:\n    pass", ("TimeLimit", "it ran longer than 1 seconds, the limit for one test")),
    ],
)
def test_the_message_of_a_hidden_error_is_the_tests_own_or_none(grade, source, shown):
    cell = f"{F}\nclass Seen77(ValueError):\n    pass\ndef raise_it(x):\n    raise Seen77(str(x))"
    leave = "import os\ndef leave(x):\n    os._exit(x)"
    graded = grade((RUN, cell), (RUN, leave), (TEST, hidden(source)), test_seconds=1)
    assert error(graded.outputs[2]) == shown


def test_what_a_hidden_part_shows_comes_after_the_visible(grade):
    graded = grade((RUN, F), (TEST, hidden("print('two')\nf(4) / 2", "print('one')\n7")))
    assert text(graded.outputs[1]) == "one\ntwo\n"
    assert graded.outputs[1][-1]["data"] == {"text/plain": "4.0"}


def test_a_value_before_a_hidden_end_is_not_the_cells(grade):
    graded = grade((RUN, F), (TEST, hidden("assert f(1) == 2", "float(f(5))")))
    assert graded.outputs[1] == []


def test_tests_may_import_the_released_modules_and_they_are_forgotten(grade):
    graded = grade(
        (RUN, "from helpers import TEN"), (TEST, "from helpers import TEN as ours\nassert ours == TEN == 10")
    )
    assert graded.outputs == [[], []]
    assert "helpers" not in sys.modules
    assert not any("released" in path for path in sys.path)


def test_locked_cells_and_imports_are_the_graders_own_in_a_whole_notebook(grade):
    trusted = Trusted(
        imports={"math": "import math"}, locked={"close": "def close(a, b):\n    return abs(a - b) < math.ulp(1)"}
    )
    cheat = "def close(a, b):\n    return True\nclass math:\n    pi = 5\n    ulp = abs\ndef f():\n    return 4"
    graded = grade((RUN, cheat), (TEST, "assert not close(f(), math.pi)\nassert close(f(), 4)"), trusted=trusted)
    assert graded.outputs[1] == []


def test_a_broken_shell_is_an_error_of_the_cell_and_ends_nothing(grade):
    broken = (
        "import autograder.grading.apart.shell as s\ndef run(*a, **k):\n    raise SystemExit('mine')\ns.Shell.run = run"
    )
    graded = grade((RUN, broken), (RUN, F), (TEST, "1"))
    assert error(graded.outputs[1]) == ("SystemExit", "mine")


def test_a_student_who_cuts_the_wire_is_told_so(grade):
    cut = "import os\nfor n in range(3, 50):\n    try:\n        os.close(n)\n    except OSError:\n        pass"
    graded = grade((RUN, cut), (RUN, F), (TEST, "assert f(1) == 2"))
    assert error(graded.outputs[0])[0] == "ProcessEnded"
    assert graded.outputs[2] == []


def test_the_warm_process_is_kept_and_replaced_when_it_is_gone(grade, gone):
    assert grade((RUN, "x = 1")).outputs == [[]]
    first = grader._warm.process
    assert (
        grade(
            (RUN, "x"),
        ).outputs[0][0]["ename"]
        == "NameError"
    )
    assert grader._warm.process is first
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    assert grade((RUN, "x = 1")).outputs == [[]]
    assert grader._warm.process is not first


def test_without_spaces_of_its_own_a_sandbox_serves_one_submission(grade, monkeypatch):
    assert grade((RUN, "x = 1")).outputs == [[]]
    monkeypatch.setattr(grader._warm.process, "single_use", True)
    assert grade((RUN, "x = 1")).outputs == [[]]
    assert grader._warm.process is None


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "it closed its connection"),
        (3 << 8, "it left with exit status 3"),
        (signal.SIGSEGV, "it was ended by signal 11 (Segmentation fault)"),
        (signal.SIGXCPU, "it used more than 300 seconds of CPU time, the limit for a submission"),
        (33, "it was ended by signal 33 (unknown)"),
    ],
)
def test_an_exit_status_in_words(status, words):
    assert reason(status, Limits()) == words


def test_a_warm_process_that_dies_is_replaced(grade, monkeypatch):
    begin = grader.WarmProcess.begin

    def killed_once(warm, limits):
        monkeypatch.undo()
        os.killpg(warm.process.pid, signal.SIGKILL)
        warm.process.wait()
        return begin(warm, limits)

    monkeypatch.setattr(grader.WarmProcess, "begin", killed_once)
    assert grade((RUN, F), (TEST, "assert f(2) == 4")).outputs == [[], []]
