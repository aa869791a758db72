"""The student's end: cells, names, states that are kept, and questions that are none."""

import os
import signal

import pytest

from autograder.grading.proxies import GraderPeer, ProcessEnded
from autograder.grading.student import run_cells
from autograder.grading.wire import pair


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
