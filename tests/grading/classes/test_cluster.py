"""On a Dask cluster a class gets the same grades, also when a worker is killed or the scheduler goes away."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from plain_course import NAME
from test_classroom import points
from test_plain_course import POINTS

from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.classes.classroom import CannotGrade, Classroom
from autograder.grading.classes.kit import Kit
from autograder.grading.classes.submission import Submission
from autograder.grading.classes.workers import NoWorkers

distributed = pytest.importorskip("distributed", reason="Dask is not installed")
from autograder.grading.classes import cluster as dask_cluster  # noqa: E402 - needs Dask
from autograder.grading.classes.cluster import DAEMON, DaskWorkers  # noqa: E402

KIT = Kit(NAME, {}, b"", Limits(), Sandbox.NONE)


class Cluster:
    """A scheduler and workers, as an instructor starts them. address: of the scheduler."""

    def __init__(self):
        self.programs: list[subprocess.Popen] = []
        scheduler = self._start("scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
        self.address = self._wait_for(scheduler, r"Scheduler at: +(tcp://\S+)")

    def add_worker(self, *options: str) -> subprocess.Popen:
        worker = self._start("worker", self.address, "--nthreads", "1", "--no-dashboard", *options)
        self._wait_for(worker, r"Registered to: +(tcp://\S+)")
        return worker

    def _start(self, *command: str) -> subprocess.Popen:
        command = [sys.executable, "-W", "ignore", "-m", "dask", *command]
        self.programs.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd="/"))
        return self.programs[-1]

    def _wait_for(self, program: subprocess.Popen, pattern: str) -> str:
        for line in program.stderr:
            if found := re.search(pattern, line):
                return found[1]
        raise RuntimeError(f"it ended before it said {pattern}")

    def close(self) -> None:
        for program in reversed(self.programs):
            program.kill()
            program.communicate()


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # so that this file's functions are found there
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def course(handed_in, tmp_path):
    shutil.copytree(handed_in, tmp_path / "course", symlinks=True)
    return tmp_path / "course"


def grade(course, workers):
    classroom = Classroom(course, NAME)
    try:
        return classroom.grade(workers)
    finally:
        classroom.close()


def expected() -> dict:
    return {student: earned for student, (earned, _) in POINTS.items()}


def test_a_cluster_gives_the_same_grades_and_a_second_run_has_nothing_to_do(cluster, course):
    cluster.add_worker("--no-nanny")
    cluster.add_worker("--no-nanny")
    report = grade(course, DaskWorkers(cluster.address))
    assert not report.failed
    assert points(course) == expected()
    assert len(grade(course, DaskWorkers(cluster.address)).skipped) == len(POINTS)


def kill_once(kit, submission):
    """Found by its name at a worker: the first who asks for this ends the worker."""
    mark, worker = submission.files["mark"].decode(), int(submission.files["worker"])
    if not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(worker, signal.SIGKILL)
    return submission.student


def test_what_a_worker_that_died_had_is_done_by_another(cluster, tmp_path):
    first, _ = cluster.add_worker("--no-nanny"), cluster.add_worker("--no-nanny")
    files = {"mark": str(tmp_path / "mark").encode(), "worker": str(first.pid).encode()}
    values = iter([Submission(name, files) for name in "abcd"])
    results = [result for _, result in DaskWorkers(cluster.address).run(KIT, kill_once, values)]
    assert sorted(results, key=str) == list("abcd")


def end_scheduler(kit, submission):
    os.kill(int(submission.files["scheduler"]), signal.SIGKILL)
    signal.pause()


def test_a_scheduler_that_goes_away_is_said(cluster):
    cluster.add_worker("--no-nanny")
    values = iter([Submission("a", {"scheduler": str(cluster.programs[0].pid).encode()})])
    with pytest.raises(NoWorkers, match="went away"):
        list(DaskWorkers(cluster.address).run(KIT, end_scheduler, values))


def test_workers_that_are_daemons_are_told_how_to_start(cluster):
    cluster.add_worker("--nanny")
    with pytest.raises(NoWorkers, match=re.escape(DAEMON)):
        list(DaskWorkers(cluster.address).run(KIT, kill_once, iter([Submission("a", {})])))


def test_without_workers_or_scheduler_a_sentence_says_so(cluster, course, monkeypatch):
    with pytest.raises(CannotGrade, match="no workers"):
        grade(course, DaskWorkers(cluster.address))
    monkeypatch.setattr(dask_cluster, "SECONDS", 2)
    with pytest.raises(CannotGrade, match="No Dask scheduler answers"):
        grade(course, DaskWorkers("tcp://127.0.0.1:1"))
