"""A student's code spoils how the states for the tests are kept: the grading goes on, and tells what happened."""

import os
import signal

import pytest

from autograder.grading import grader
from autograder.grading.apart.isolation import descendants
from autograder.grading.apart.sandbox import NoSandbox, Sandbox, WarmProcess
from autograder.grading.job import Job, Role
from autograder.grading.states import States
from autograder.grading.trusted import Trusted

RUN, TEST = "student", "test"
F, G = "def f(x):\n    return 2 * x", "def g(x):\n    return x + 1"
APART = "trace = []"  # where calls may leave a trace, no two tests share a process
PATCH = "import autograder.grading.apart.student as s\ndef snapshot(self):\n    {}\ns.StudentPeer.snapshot = snapshot"


def errors(graded, index: int) -> list[str]:
    outputs = graded.outputs[index]
    return [f"{output['ename']}: {output['evalue']}" for output in outputs if output["output_type"] == "error"]


@pytest.mark.parametrize("fault", ["raise MemoryError('full')", "raise SystemExit", "raise KeyboardInterrupt"])
def test_a_cell_after_which_no_state_can_be_kept_costs_itself(grade, fault):
    graded = grade((RUN, F), (RUN, PATCH.format(fault)), (RUN, G), (TEST, "assert f(g(1)) == 4"), (TEST, "f(2)"))
    assert graded.outputs[3] == []
    assert graded.outputs[4][0]["data"] == {"text/plain": "4"}


def test_where_no_state_can_be_kept_at_all_each_test_says_why(grade):
    always = "import atexit, os\nos.register_at_fork(before=lambda: os._exit(3))"
    graded = grade((RUN, F), (RUN, always), (TEST, "f(1)"), (RUN, "x = 1"), (TEST, "x"))
    assert graded.outputs[1] == graded.outputs[3] == []
    for index in (2, 4):
        (error,) = errors(graded, index)
        assert error.startswith("ProcessEnded: ")


@pytest.mark.parametrize("number", ["'x'", "-1", "0", "2**31", "1", "None", "[2]"])
def test_a_number_that_is_no_process_ends_nobody_else(grade, number):
    graded = grade(
        (RUN, F), (TEST, "assert f(1) == 2"), (RUN, PATCH.format(f"return {number}")), (TEST, "f(1)"), test_seconds=2
    )
    assert graded.outputs[1] == []
    (error,) = errors(graded, 3)
    assert error.startswith("ProcessEnded: ")


def test_a_state_that_is_lost_between_its_visible_and_its_hidden_part_is_made_again(grade):
    kill = "import os, signal\ndef bad():  # ends all of its space but itself\n    os.kill(-1, signal.SIGKILL)"
    hide = "{}\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS".format
    tests = (TEST, hide("", "bad()")), (TEST, hide("h = g", "assert f(h(1)) == 4"))
    graded = grade((RUN, F), (RUN, G), (RUN, kill), (RUN, APART), *tests)
    assert graded.outputs[4] == graded.outputs[5] == []


def test_a_process_that_a_call_forked_answers_nobody(grade):
    twice = "import os, time\ndef twice(x):\n    if os.fork() == 0:\n        time.sleep(0.2)\n    return 2 * x"
    late = "import time\nassert f(1) == 2\ntime.sleep(0.4)\nassert f(2) == 4"
    graded = grade((RUN, F), (RUN, twice), (TEST, "assert twice(1) == 2"), (TEST, late))
    assert graded.outputs[2] == graded.outputs[3] == []


@pytest.mark.usefixtures("_closed_at_the_end")
@pytest.mark.parametrize("failures", [1, 2])
def test_a_sandbox_that_does_not_start_is_tried_once_more(released, monkeypatch, failures):
    tries = [NoSandbox("it was killed")] * failures

    def started(*about):
        if tries:
            raise tries.pop()
        return WarmProcess(*about)

    monkeypatch.setattr(grader, "WarmProcess", started)
    grader._warm.close()
    if failures == 1:
        return grader.prepare_for(released, Sandbox.NONE)
    with pytest.raises(NoSandbox):
        grader.prepare_for(released, Sandbox.NONE)


@pytest.mark.usefixtures("_closed_at_the_end")
def test_a_process_that_was_started_before_serves_the_first_submission(released):
    grader.prepare_for(released, Sandbox.NONE)
    prepared = grader._warm.process
    job = Job([(Role.STUDENT, "1")], Trusted(), released, released, sandbox=Sandbox.NONE)
    assert grader.grade_notebook(job).tier == prepared.tier
    assert grader._warm.process is prepared


def test_a_process_that_the_machine_killed_costs_nobody_a_point(grade, monkeypatch):
    run, victims = States._run_cell, []

    def killed_once(states, index):
        if index == 1 and not victims:
            victims.append(descendants(states.warm.process.pid)[-1])
            os.kill(victims[0], signal.SIGKILL)
        return run(states, index)

    monkeypatch.setattr(States, "_run_cell", killed_once)
    graded = grade((RUN, F), (RUN, "x = f(1)"), (TEST, "x"))
    assert victims
    assert graded.outputs[2][0]["data"] == {"text/plain": "2"}
