"""The process that grades: no submission and no fault of its own keeps nbgrader waiting."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import determine_grade

from autograder.grading import execute
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.execute import ask_grader, run_apart
from autograder.grading.job import Job, Role
from autograder.grading.trusted import Trusted

PATIENCE = 60
SLEEPER = """
import os, subprocess
for _ in range(3):
    if not os.fork():
        os.setsid()
        break
subprocess.run(["sleep", "{mark}"])
"""
GRADE = """
import sys
from pathlib import Path
from autograder.grading.execute import run_apart
from autograder.grading.job import Job, Role
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.trusted import Trusted
if __name__ == "__main__":
    here = Path(sys.argv[1])
    cells = [(Role.STUDENT, (here / "cell.py").read_text())]
    run_apart(Job(cells, Trusted(), here, here, sandbox=Sandbox(sys.argv[2])))
"""


@pytest.fixture(autouse=True)
def _no_process_is_left():
    yield
    if execute._grader.cache_info().currsize:
        execute._grader()[0].shutdown()
        execute._grader.cache_clear()


def test_a_grader_that_hangs_is_ended_and_the_next_one_works():
    _, process = execute._grader()
    with pytest.raises(TimeoutError):
        ask_grader(time.sleep, PATIENCE, patience=0.1)
    assert not Path(f"/proc/{process}").exists()
    assert ask_grader(abs, -1, patience=PATIENCE) == 1


def test_a_grader_that_ended_is_started_again():
    os.kill(execute._grader()[1], signal.SIGKILL)
    assert ask_grader(abs, -1, patience=PATIENCE) == 1


def test_the_process_that_graders_are_forked_from_is_started_again():
    grader = execute._grader()[1]
    server = parent_of(grader)
    os.kill(server, signal.SIGKILL)
    until(lambda: ask_grader(os.getpid, patience=PATIENCE) != grader)  # each answers until the end is noticed
    until(lambda: not command_of(grader))


def test_a_submission_that_ends_its_grader_twice_ends_nothing_else():
    with pytest.raises(execute.BrokenProcessPool):
        ask_grader(signal.raise_signal, signal.SIGKILL, patience=PATIENCE)
    assert ask_grader(abs, -1, patience=PATIENCE) == 1


def test_an_error_of_the_grader_comes_back():
    with pytest.raises(FileNotFoundError):
        ask_grader(os.listdir, "/nowhere", patience=PATIENCE)


def test_outputs_come_back_from_the_process(sandboxed, released):
    job = Job([(Role.STUDENT, "1 + 1")], Trusted(), released, released, Limits(cell_seconds=20), Sandbox.REQUIRED)
    graded = run_apart(job)
    assert graded.outputs[0][0]["data"]["text/plain"] == "2"
    assert "bubblewrap" in graded.tier


@pytest.mark.parametrize("who", ["caller", "grader"])
@pytest.mark.parametrize("sandbox", list(Sandbox))
def test_a_grader_that_is_killed_takes_every_process_of_the_submission_along(sandboxed, tmp_path, sandbox, who):
    mark = f"9{os.getpid()}{time.monotonic_ns() % 10**6}"
    (tmp_path / "cell.py").write_text(SLEEPER.format(mark=mark))
    (tmp_path / "grade.py").write_text(GRADE)
    caller = subprocess.Popen(
        [sys.executable, tmp_path / "grade.py", tmp_path, sandbox.value], stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: len(running(mark)) >= 4)
        if who == "caller":
            caller.kill()
            caller.wait()
        else:
            (server,) = [p for p in children_of(caller.pid) if "forkserver" in command_of(p)]
            (grader,) = children_of(server)
            os.kill(caller.pid, signal.SIGSTOP)  # it starts no other
            os.kill(grader, signal.SIGKILL)
        until(lambda: not running(mark))
    finally:
        caller.kill()
        caller.wait()


def running(mark: str) -> list[int]:
    """The processes, seen from outside, that sleep for so many seconds."""
    return [p for p in map(int, filter(str.isdigit, os.listdir("/proc"))) if command_of(p) == f"sleep {mark}"]


def command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ").strip()
    except OSError:
        return ""


def children_of(process: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def until(true) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("shown", "points"),
    [
        ("2.0", 2),
        ("0", 0),
        ("-3", 0),
        ("nan", 0),
        ("inf", 4),
        ("99", 4),
        ("np.float64(2.5)", 2.5),
        ("1e-3", 0.001),
        ("False", 0),
    ],
)
def test_a_number_at_the_end_of_a_test_gives_points_in_range(shown, points):
    about = {"grade": True, "solution": False, "points": 4, "schema_version": 3, "grade_id": "q"}
    output = new_output("execute_result", {"text/plain": shown}, execution_count=1)
    cell = new_code_cell(outputs=[from_dict(output)], metadata={"nbgrader": about})
    execute._credit_in_range(cell)
    assert determine_grade(cell)[0] == points


def test_what_is_no_number_stays():
    about = {"grade": True, "solution": False, "points": 4, "schema_version": 3, "grade_id": "q"}
    outputs = [new_output("stream", text="-1"), new_output("execute_result", {"text/plain": "'well done'"})]
    cell = new_code_cell(outputs=outputs, metadata={"nbgrader": about})
    execute._credit_in_range(cell)
    assert cell.outputs == outputs
