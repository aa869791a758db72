"""A student's process on a socket pair, one that lies, and notebooks graded in the real sandbox."""

import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.grading import grader
from autograder.grading.apart import sandbox
from autograder.grading.apart.limits import MB, Limits
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.apart.shell import make_shell
from autograder.grading.apart.student import run_cells
from autograder.grading.apart.warm import can_nest
from autograder.grading.apart.wire import Wire, pair
from autograder.grading.grader import grade_notebook
from autograder.grading.job import Graded, Job, Role
from autograder.grading.proxies import GraderPeer
from autograder.grading.trusted import Trusted

PATIENCE = 20  # seconds after which a test fails instead of hanging


@pytest.fixture(scope="session")
def shell():
    return make_shell(5 * MB)


@pytest.fixture
def forked():
    """forked(function) -> the number of a process that runs it and is gone after the test."""
    children = []

    def start(function) -> int:
        if child := os.fork():
            children.append(child)
            return child
        try:
            function()
        finally:
            os._exit(0)

    yield start
    until = time.monotonic() + 2  # those whose sockets are closed end by themselves
    for child in children:
        try:
            while os.waitpid(child, os.WNOHANG) == (0, 0):
                if time.monotonic() > until:
                    os.kill(child, signal.SIGKILL)
                time.sleep(0.005)
        except ChildProcessError:
            continue


@pytest.fixture
def sockets(forked):
    """sockets() -> two connected ones, closed after the test, before processes are waited for."""
    made = []

    def make() -> tuple[socket.socket, socket.socket]:
        made.extend(two := pair())
        return two

    yield make
    for sock in made:
        sock.close()


@dataclass
class Student:
    """A student's process: student["f"] is what stands for its f."""

    peer: GraderPeer

    def __getitem__(self, name: str):
        (value,) = self.peer.ask("name", name)
        return value


@pytest.fixture
def student(shell, forked, sockets):
    """student(cell, …) -> a process in which the cells have run."""

    def start(*cells: str) -> Student:
        ours, theirs = sockets()

        def serve():
            ours.close()
            run_cells(theirs, shell)

        peer = GraderPeer(ours)
        peer.process = forked(serve)
        theirs.close()
        peer.wire.until = time.monotonic() + PATIENCE
        for cell in cells:
            assert peer.ask("run", cell) == []
        return Student(peer)

    return start


@pytest.fixture
def liar(sockets):
    """liar(message, …) -> a grader's peer whose other end has said these messages, and then is silent."""

    def start(*messages: list) -> GraderPeer:
        ours, theirs = sockets()
        for message in messages:
            Wire(theirs).send(message)
        peer = GraderPeer(ours)
        peer.wire.until = time.monotonic() + 0.1
        return peer

    return start


@pytest.fixture
def gone():
    """gone(numbers) -> whether these processes end, within a while. One that nobody has asked after counts as ended."""

    def runs(process: int) -> bool:
        try:
            return Path(f"/proc/{process}/stat").read_bytes().rpartition(b") ")[2][:1] != b"Z"
        except OSError:
            return False

    def wait(processes: list[int]) -> bool:
        until = time.monotonic() + PATIENCE
        while any(map(runs, processes)) and time.monotonic() < until:
            time.sleep(0.01)
        return not any(map(runs, processes))

    return wait


@pytest.fixture
def nests(tmp_path):
    """For tests in which a process makes a space of its own."""
    if sys.platform != "linux" or not can_nest(str(tmp_path)):
        pytest.skip("this machine lets no process make a space of its own")


@pytest.fixture(scope="session")
def why_not() -> str:
    return sandbox.why_not()


@pytest.fixture
def sandboxed(why_not):
    """For tests that need the real sandbox."""
    if why_not and not os.environ.get("CI"):
        pytest.skip(why_not)


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Path:
    """The released files of an assignment."""
    folder = tmp_path_factory.mktemp("released")
    (folder / "helpers.py").write_text("TEN = 10\n")
    return folder


@pytest.fixture(scope="session")
def _closed_at_the_end():
    yield
    grader._warm.close()


@pytest.fixture
def grade(sandboxed, released, _closed_at_the_end):
    """grade((role, source), …, trusted=…, limits=…) -> outputs and tier."""

    def run(*cells: tuple[str, str], trusted: Trusted | None = None, **limits) -> Graded:
        small = Limits(**{"cell_seconds": 10, "test_seconds": 10, "submission_seconds": 30, **limits})
        cells = [(Role(role), source) for role, source in cells]
        return grade_notebook(Job(cells, trusted or Trusted(), released, released, small, Sandbox.REQUIRED))

    return run
