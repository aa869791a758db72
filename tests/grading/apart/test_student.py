"""The student's end: cells, names, states that are kept, and questions that are none."""

import os
import signal
import time

import pytest

from autograder.grading.apart.student import StudentPeer, run_cells
from autograder.grading.apart.wire import pair
from autograder.grading.proxies import GraderPeer, ProcessEnded


def test_a_name_is_what_the_cells_made_it_last(student):
    s = student("n = 1", "n = n + 1")
    assert s["n"] == 2


@pytest.mark.parametrize("name", ["nowhere", "In", "get_ipython", "exit", "_"])
def test_a_name_that_no_cell_defined_is_none_of_the_students(student, name):
    assert student("n = 1").peer.ask("name", name) == ()


def test_a_cells_outputs_come_back(student):
    outputs = student().peer.ask("run", "print('hi')\n1 / 0")
    assert outputs[0] == {"output_type": "stream", "name": "stdout", "text": "hi\n"}
    assert outputs[1]["ename"] == "ZeroDivisionError"


def test_a_snapshot_keeps_the_state_of_its_moment(student):
    s = student("n = [1]\ndef f():\n    n.append(0)\n    return len(n)")
    ours, theirs = pair()
    kept = GraderPeer(ours)
    kept.process = s.peer.ask("snapshot", attach=theirs)
    theirs.close()
    assert s.peer.ask("run", "n = [1, 2, 3]") == []
    (f,) = kept.ask("name", "f")
    assert [f(), f()] == [2, 3]
    assert s["f"]() == 4
    s.peer.end("over")
    assert f() == 4  # it lives on
    os.kill(kept.process, signal.SIGKILL)
    with pytest.raises(ProcessEnded):
        f()


def test_numpys_warnings_of_a_call_are_told_of_others_nothing_and_none_is_an_error_there(student):
    s = student(
        "import numpy as np, warnings",
        "def f():\n    warnings.warn('hm')\n    return float(np.ones(1)[0] / np.zeros(1)[0])",
        "warnings.simplefilter('error')\nnp.seterr(all='raise');",
    )
    with pytest.warns(RuntimeWarning, match="divide by zero") as heard:
        assert s["f"]() == float("inf")
    assert len(heard) == 1


def test_input_in_a_call_is_no_question_to_the_grader(student):
    with pytest.raises((EOFError, OSError, RuntimeError)):
        student("def f():\n    return input()")["f"]()


@pytest.mark.parametrize("operation", ["eval", "call", "item", ""])
def test_a_question_that_is_none_is_an_error_there(student, operation):
    with pytest.raises(TypeError, match="is no question"):
        student().peer.ask(operation)


def test_only_an_iterator_goes_on(student):
    s = student("def f():\n    return 1")
    with pytest.raises(TypeError, match="not an iterator"):
        s.peer.ask("next", s["f"])


def test_an_error_whose_text_cannot_be_had_ends_the_process_at_most(student):
    s = student("class Bad(Exception):\n    def __str__(self):\n        raise SystemExit\ndef f():\n    raise Bad")
    with pytest.raises(ProcessEnded):
        s["f"]()


def test_the_process_ends_with_the_wire_whatever_is_left_running(shell, sockets, forked):
    ours, theirs = sockets()

    def serve():
        ours.close()
        run_cells(theirs, shell)

    child = forked(serve)
    theirs.close()
    source = "import threading\nthreading.Thread(target=threading.Event().wait).start()"
    assert GraderPeer(ours).ask("run", source) == []
    ours.close()
    assert os.waitpid(child, 0)[1] == 0


def test_a_kept_state_ends_with_its_own_wire_and_prints_nowhere(student, gone, capfd):
    s = student("def f():\n    import os\n    print('out')\n    return os.getpid()")
    ours, theirs = pair()
    kept = GraderPeer(ours)
    process = s.peer.ask("snapshot", attach=theirs)
    theirs.close()
    (f,) = kept.ask("name", "f")
    assert f() == process != s.peer.process
    kept.end("over")
    assert gone([process])
    assert s.peer.ask("name", "x") == ()
    assert "out" not in "".join(capfd.readouterr())


def test_a_state_has_the_names_of_the_test_that_it_is_turned_to(student):
    s = student()
    for test, n in enumerate((1, 2)):
        s.peer.ask("run", f"n = {n}\ndef f():\n    global n\n    n += 10\n    return n")
        assert s.peer.ask("mark", test) is True
    assert s.peer.ask("run", "del f") == []
    ours, theirs = pair()
    kept = GraderPeer(ours)
    kept.process = s.peer.ask("snapshot", attach=theirs)
    theirs.close()
    seen = []
    for test in (0, 1, 0, 1):
        assert kept.turns_to(test)
        (f,) = kept.ask("name", "f")
        seen.append(f())
    kept.end("over")
    assert seen == [11, 12, 21, 22]


def test_a_mark_tells_whether_calls_can_leave_a_trace(student):
    s = student("n = 1\ndef f():\n    return n")
    assert s.peer.ask("mark", 0) is True
    assert s.peer.ask("run", "seen = []") == []
    assert s.peer.ask("mark", 1) is False


def test_only_the_last_propertys_subjects_are_kept(end):
    cases = [{"x": 1}, {"x": 2}]
    for _ in range(3):
        told = end.serve("observe", ["call", cases, [[lambda x: x, "f", ["x"]]]])
        for *_, (subject,) in told:
            end.export(subject)
    assert len(end.table) == len(cases)


def test_an_error_whose_text_raises_is_told_without_it(student):
    s = student("class Bad(ValueError):\n    def __str__(self):\n        return 1 / 0\ndef f():\n    raise Bad")
    with pytest.raises(ValueError, match="its message cannot be shown"):
        s["f"]()


@pytest.mark.parametrize(("kind", "seen"), [(LookupError, LookupError), (type("Own", (Exception,), {}), RuntimeError)])
def test_an_error_of_a_tests_function_is_raised_in_the_students_code(student, kind, seen):
    def raising():
        raise kind("why")

    caught = "    try:\n        g()\n    except Exception as e:\n        return type(e).__mro__[1].__name__, str(e)"
    assert student(f"def f(g):\n{caught}")["f"](raising) == (seen.__name__, "why")


@pytest.fixture
def end(shell, sockets) -> StudentPeer:
    """The student's end, in this process."""
    return StudentPeer(sockets()[1], shell)


@pytest.mark.parametrize("refused", [0, 2, 20, 21])
def test_a_fork_waits_for_room_and_not_for_ever(end, monkeypatch, refused):
    waits, answers = [], [BlockingIOError] * refused + [4711]

    def fork():
        if (answer := answers.pop(0)) is BlockingIOError:
            raise BlockingIOError
        return answer

    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(time, "sleep", waits.append)
    if refused <= 20:
        assert end._fork() == 4711
    else:
        with pytest.raises(BlockingIOError):
            end._fork()
    assert waits == [0.01] * min(refused, 20)


def test_states_that_ended_are_let_go_and_the_others_kept(end, forked, monkeypatch):
    reading, writing = os.pipe()
    waits = forked(lambda: (os.close(writing), os.read(reading, 1)))
    ended = forked(lambda: None)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    end.states = [waits, ended]
    monkeypatch.setattr(os, "fork", lambda: 4711)
    assert end._fork() == 4711
    assert end.states == [waits]
    with pytest.raises(ChildProcessError):
        os.waitpid(ended, os.WNOHANG)
    os.close(writing)
    os.close(reading)
