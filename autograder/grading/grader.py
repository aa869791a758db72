"""Grade one notebook: the student's cells run in their process, the tests here, and data goes between."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from autograder.checking import notebook as checks
from autograder.grading.limits import MB, Limits
from autograder.grading.proxies import GraderPeer, ProcessEnded
from autograder.grading.sandbox import Sandbox, WarmProcess, start_student
from autograder.grading.shell import Shell, make_shell
from autograder.grading.testing import Namespace, Ran, run_test
from autograder.grading.trusted import Trusted, parts
from autograder.grading.values import Violation
from autograder.grading.wire import Ended, TimeUp, Wire, pair

HIDDEN_FAILED = "a hidden test failed"


class Role(StrEnum):
    """What is done with a cell: run it at the student's, test here, or leave it as it is."""

    STUDENT = "student"
    TEST = "test"
    KEEP = "keep"


@dataclass
class Job:
    """A notebook to be graded. cells: role and source of each; released: the folder of the assignment's released
    files; work: the folder .../STUDENT/ASSIGNMENT in the course, by which a hidden test knows whose work this is.
    """

    cells: list[tuple[Role, str]]
    trusted: Trusted
    released: Path
    work: Path
    limits: Limits = field(default_factory=Limits)
    sandbox: Sandbox = Sandbox.REQUIRED


@dataclass
class Graded:
    """outputs: of each cell in nbformat's form, None where the cell was left as it is. tier: how far the student's
    code was shut off."""

    outputs: list[list[dict] | None]
    tier: str


def grade_notebook(job: Job) -> Graded:
    """Run a notebook and its tests. Whatever the student's code does, this returns; raises NoSandbox."""
    warm = _warm.get(job.released, job.sandbox)
    try:
        return Graded(_Submission(job, warm).run(), warm.tier)
    finally:
        if warm.single_use:
            _warm.close()


class _Submission:
    """One run of a notebook.

    First all cells run, and at each test the state is kept in a process of its own, which waits. Then that what a
    student may see is run: the visible part of each test. The hidden parts come last, when all that is shown has been
    said: what a hidden test passes to a function cannot reach any output.
    """

    def __init__(self, job: Job, warm: WarmProcess):
        self.job, self.warm, self.limits = job, warm, job.limits
        self.ends_at = time.monotonic() + self.limits.submission_seconds
        self.warden: Wire
        self.student: GraderPeer
        self.lost: set[int] = set()  # cells that ended their process: not run again
        self.states: dict[int, GraderPeer] = {}

    def run(self) -> list[list[dict] | None]:
        self.warden = self.warm.begin(self.limits)
        self._start()
        outputs: list[list[dict] | None] = [None] * len(self.job.cells)
        tests = []
        for index, (role, source) in enumerate(self.job.cells):
            if role is Role.STUDENT:
                outputs[index] = self._run_cell(index, source)
            elif role is Role.TEST:
                tests.append(index)
                self._keep_state(index)
        self.student.end("it was ended when its cells had run")
        self._tell_warden("stop")
        shell = _shell(self.limits.output * MB)
        with chdir(self.job.released), _importable(self.job.released), checks.working_for(self.job.work):
            outputs = self._run_tests(outputs, tests, shell)
        self.warden.close()
        return outputs

    def _run_tests(self, outputs: list, tests: list[int], shell: Shell) -> list:
        split = {index: parts(self.job.cells[index][1]) for index in tests}
        seen: dict[int, Ran] = {}
        names: dict = {}
        for index in tests:
            visible, hidden, hidden_ends = split[index]
            where = f"<test {index}>"
            seen[index] = self._run_part(index, visible, where, names, shell, ends=not hidden_ends)
            names = seen[index].names
        names = {}
        for index in tests:
            visible, hidden, hidden_ends = split[index]
            ran, outputs[index] = seen[index], seen[index].outputs
            if hidden and ran.passed:
                where = f"<hidden test {index}>"
                last = self._run_part(index, hidden, where, {**names, **ran.names}, shell, ends=hidden_ends)
                outputs[index] = ran.outputs + [_without_message(output, hidden) for output in last.outputs]
                names = last.names
            if index in self.states:
                self.states[index].end("its test is over")
        return outputs

    def _run_part(self, index: int, source: str, where: str, names: dict, shell: Shell, *, ends: bool) -> Ran:
        if not source.strip():
            return Ran(names=names)
        peer = self._state(index)
        peer.wire.until = min(time.monotonic() + self.limits.test_seconds, self.ends_at)
        ran = run_test(source, where, Namespace(names, self.job.trusted, peer), shell, self.limits, ends=ends)
        if peer.gone:
            self._tell_warden("kill", peer.process)  # it may hang where it was
        return ran

    def _run_cell(self, index: int, source: str) -> list[dict]:
        if time.monotonic() > self.ends_at:
            return [_ended("TimeLimit", self.limits.submission())]
        self.student.wire.until = min(time.monotonic() + self.limits.cell_seconds, self.ends_at)
        try:
            outputs = self.student.ask("run", source)
            return _checked(outputs)
        except ProcessEnded as error:
            late = time.monotonic() >= self.student.wire.until
            why = self.limits.submission() if time.monotonic() >= self.ends_at else self.limits.cell()
            self.lost.add(index)
            self._restart(index)
            return [_ended("TimeLimit", why) if late else _ended("ProcessEnded", str(error))]
        except Exception as error:  # the shell itself was broken by the student's code
            return [_ended(type(error).__name__, str(error))]

    def _keep_state(self, index: int) -> None:
        """Let the student's process fork a copy of itself, which waits for the calls of this test."""
        ours, theirs = pair()
        peer = self.states[index] = GraderPeer(ours, self._why)
        self.student.wire.until = min(time.monotonic() + self.limits.cell_seconds, self.ends_at)
        try:
            peer.process = self.student.ask("snapshot", attach=theirs)
        except ProcessEnded:
            self._restart(index + 1)
        except Exception as error:  # no process could be forked
            peer.end(f"the state of your notebook could not be kept: {type(error).__name__}: {error}")
        finally:
            theirs.close()

    def _state(self, index: int) -> GraderPeer:
        """The kept state of a test; made again where the fault of another has ended it before it was asked."""
        if not self.states[index].gone and not self.states[index].answers():
            self._restart(index)
            self._keep_state(index)
            self.student.end("it was ended when its cells had run")
            self._tell_warden("stop")
        return self.states[index]

    def _start(self) -> None:
        self.warden.until = time.monotonic() + self.limits.cell_seconds
        self.student = GraderPeer(start_student(self.warden), self._why)

    def _restart(self, index: int) -> None:
        """A new student's process, in the state before a cell: the cells up to it run again, but for the fatal ones."""
        self.student.end("it was started again")
        try:
            self._start()
        except (Ended, TimeUp):  # the whole space is gone: a limit on all of its processes was met
            self.warden = self.warm.begin(self.limits)
            self._start()
        for earlier, (role, source) in enumerate(self.job.cells[:index]):
            if role is Role.STUDENT and earlier not in self.lost:
                self._run_cell(earlier, source)

    def _why(self) -> str:
        """Why a process ended: a limit that it met, or how it left."""
        return self.warm.verdict() or _reason(self._tell_warden("why"), self.limits)

    def _tell_warden(self, *command) -> list:
        try:
            self.warden.until = time.monotonic() + 5
            self.warden.send(list(command))
            return self.warden.receive()[0][1:] if command == ("why",) else []
        except (Ended, TimeUp, Violation):
            return []


def _reason(statuses: list[int], limits: Limits) -> str:
    """What exit statuses say, in words."""
    for status in statuses:
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number == signal.SIGXCPU:
                return limits.cpu()
            return f"it was ended by signal {number} ({signal.strsignal(number) or 'unknown'})"
        return f"it left with exit status {os.WEXITSTATUS(status)}"
    return "it closed its connection"


def _ended(name: str, why: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": why, "traceback": [f"{name}: {why}"]}


def _checked(outputs) -> list[dict]:
    """What a student's process gave as a cell's outputs, kept where it has the form of one."""
    kept = []
    for output in outputs if isinstance(outputs, list) else ():
        match output:
            case {"output_type": "stream", "name": "stdout" | "stderr", "text": str()}:
                kept.append({key: output[key] for key in ("output_type", "name", "text")})
            case {"output_type": "error", "ename": str(), "evalue": str(), "traceback": list(lines)}:
                lines = [line for line in lines if isinstance(line, str)]
                kept.append({**{key: output[key] for key in ("output_type", "ename", "evalue")}, "traceback": lines})
            case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
                data = {mime: part for mime, part in data.items() if isinstance(mime, str) and isinstance(part, str)}
                count = {"execution_count": None} if kind == "execute_result" else {}
                kept.append({"output_type": kind, **count, "data": data, "metadata": {}})
    return kept


def _without_message(output: dict, source: str) -> dict:
    """An error of a hidden test as its student may read it: the words of the test itself, no value and no other text.

    The traceback stays, for the instructor's copy; feedback pages leave it out.
    """
    if output["output_type"] != "error" or output["ename"] == "TimeLimit":
        return output
    told = output["evalue"] if output["evalue"] and output["evalue"] in source else HIDDEN_FAILED
    return {**output, "evalue": told}


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let tests import the assignment's released modules, and forget them afterwards."""
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]


class _WarmOne:
    """The warm process of this worker: kept from one submission to the next of the same assignment."""

    def __init__(self):
        self.of: tuple | None = None
        self.process: WarmProcess | None = None

    def get(self, released: Path, sandbox: Sandbox) -> WarmProcess:
        if self.of != (released, sandbox) or self.process.process.poll() is not None:
            self.close()
            self.process = WarmProcess(released, sandbox)
            self.of = (released, sandbox)
        return self.process

    def close(self) -> None:
        if self.process:
            self.process.close()
        self.of = self.process = None


_warm = _WarmOne()


@lru_cache(maxsize=1)
def _shell(limit: int) -> Shell:
    return make_shell(limit)
