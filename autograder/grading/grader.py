"""Grade one notebook: the student's cells run in their process, the tests here, and data goes between."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import chdir
from pathlib import Path

from autograder.checking import notebook as checks
from autograder.grading.apart.limits import MB
from autograder.grading.apart.sandbox import NoSandbox, Sandbox, WarmProcess, start_student
from autograder.grading.apart.shell import Shell, make_shell, well_formed
from autograder.grading.apart.values import Violation
from autograder.grading.apart.wire import Ended, TimeUp, Wire, pair
from autograder.grading.job import Graded, Job, Role
from autograder.grading.proxies import GraderPeer, ProcessEnded
from autograder.grading.testing import Namespace, Ran, importable, run_test
from autograder.grading.told import as_told, ended, reason
from autograder.grading.trusted import parts

AT_STUDENT = {Role.STUDENT: "run", Role.EXPERIMENT: "define"}  # what the student's process is asked


def grade_notebook(job: Job) -> Graded:
    """Run a notebook and its tests. Whatever the student's code does, this returns; raises NoSandbox.

    Where a process was killed, as when the machine runs out of memory, all is done once more: it may be nobody's fault.
    """
    try:
        graded, killed = _grade(job)
        if not killed:
            return graded
    except (Ended, TimeUp):  # the warm process is gone
        _warm.close()
    return _grade(job)[0]


def _grade(job: Job) -> tuple[Graded, bool]:
    """And whether a process of the submission was killed, but not by a limit."""
    warm = _warm.get(job.released, job.sandbox)
    submission = _Submission(job, warm)
    try:
        with checks.results_shown() as results:
            return Graded(submission.run(), warm.tier, results), submission.killed
    finally:
        if warm.single_use:
            _warm.close()


def prepare_for(released: Path, sandbox: Sandbox) -> None:
    """Start the warm process for an assignment's submissions. Raises NoSandbox."""
    _warm.get(released, sandbox)


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
        self.peers: list[GraderPeer] = []
        self.killed = False

    def run(self) -> list[list[dict] | None]:
        self.warden = self.warm.begin(self.limits)
        try:
            return self._run()
        finally:
            for peer in self.peers:
                peer.end("the submission is graded")
            self.warden.close()

    def _run(self) -> list[list[dict] | None]:
        self._start()
        outputs: list[list[dict] | None] = [None] * len(self.job.cells)
        tests = []
        for index, (role, _) in enumerate(self.job.cells):
            if role in AT_STUDENT:
                ran = self._run_cell(index)
                outputs[index] = ran if role is Role.STUDENT else None
            elif role is Role.TEST:
                tests.append(index)
                self._keep_state(index)
        self.student.end("it was ended when its cells had run")
        self._tell_warden("stop")
        shell = _shell(self.limits.output * MB)
        with chdir(self.job.released), importable(self.job.released), checks.working_for(self.job.work):
            return self._run_tests(outputs, tests, shell)

    def _run_tests(self, outputs: list, tests: list[int], shell: Shell) -> list:
        split = {index: parts(self.job.cells[index][1]) for index in tests}
        seen: dict[int, Ran] = {}
        before: dict[int, dict] = {}  # names that earlier tests defined
        names: dict = {}
        for index in tests:
            visible, hidden, hidden_ends = split[index]
            where = f"<test {index}>"
            before[index] = names
            seen[index] = self._run_part(index, visible, where, names, shell, ends=not hidden_ends)
            names = seen[index].names
        names = {}
        for index in tests:
            visible, hidden, hidden_ends = split[index]
            ran, outputs[index] = seen[index], seen[index].outputs
            if hidden and ran.passed:
                if self._is_lost(index):  # what its visible part holds of the process that is gone is made anew
                    self._make_again(index)
                    ran = self._run_part(index, visible, f"<test {index}>", before[index], shell, ends=False)
                where = f"<hidden test {index}>"
                last = self._run_part(index, hidden, where, {**names, **ran.names}, shell, ends=hidden_ends)
                outputs[index] = seen[index].outputs + [as_told(output, last.error, hidden) for output in last.outputs]
                names = last.names
        return outputs

    def _run_part(self, index: int, source: str, where: str, names: dict, shell: Shell, *, ends: bool) -> Ran:
        if not source.strip():
            return Ran(names=names)
        peer = self._state(index)
        self._set_limit(peer, self.limits.test_seconds, self.limits.test())
        namespace, hidden = Namespace(names, self.job.trusted, peer), where.startswith("<hidden")
        ran = run_test(source, where, namespace, shell, self.limits, ends=ends, hidden=hidden)
        if peer.gone:
            self._tell_warden("kill", peer.process)  # it may hang where it was
        return ran

    def _run_cell(self, index: int) -> list[dict]:
        role, source = self.job.cells[index]
        if time.monotonic() > self.ends_at:
            return [ended("TimeLimit", self.limits.submission())]
        self._set_limit(self.student, self.limits.cell_seconds, self.limits.cell())
        try:
            outputs = self.student.ask(AT_STUDENT[role], source)
            return well_formed(outputs, 2 * self.limits.output * MB)
        except ProcessEnded as error:
            late = str(error) == self.student.late
            self.lost.add(index)
            self._restart(index)
            return [ended("TimeLimit" if late else "ProcessEnded", str(error))]
        except (Exception, SystemExit) as error:  # the shell itself was broken by the student's code
            return [ended(type(error).__name__, str(error))]

    def _keep_state(self, index: int, *, again: bool = True) -> None:
        """Let the student's process fork a copy of itself, which waits for the calls of this test."""
        ours, theirs = pair()
        peer = self.states[index] = self._peer(ours)
        try:
            peer.process = self._snapshot(theirs)
        except ProcessEnded:
            self._restart(index + 1)
        except (Exception, SystemExit) as error:  # no process could be forked
            peer.end(f"the state of your notebook could not be kept: {type(error).__name__}: {error}")
            if again:
                self._restart_without_hoarders(index)
                self._keep_state(index, again=False)
        finally:
            theirs.close()

    def _snapshot(self, theirs: socket.socket) -> int:
        """Let the student's process fork a copy that answers on a socket; its number, as it says."""
        self._set_limit(self.student, self.limits.cell_seconds, self.limits.cell())
        process = self.student.ask("snapshot", attach=theirs)
        return process if type(process) is int and 0 < process < 2**31 else 0

    def _restart_without_hoarders(self, index: int) -> None:
        """As `_restart`, in a new space, and without the cells after which no process can be forked any more."""
        self._start_in_new_space()
        for earlier, (role, _) in enumerate(self.job.cells[:index]):
            if role not in AT_STUDENT or earlier in self.lost:
                continue
            self._run_cell(earlier)
            ours, theirs = pair()
            with ours, theirs:
                try:
                    self._snapshot(theirs)
                except (Exception, SystemExit):
                    self.lost.add(earlier)
                    return self._restart_without_hoarders(index)

    def _start_in_new_space(self) -> None:
        self.student.end("it was started again")
        self.warden.close()
        self.warden = self.warm.begin(self.limits)
        self._start()

    def _state(self, index: int) -> GraderPeer:
        """The kept state of a test; made again where the fault of another has ended it before it was asked."""
        if self._is_lost(index):
            self._make_again(index)
        return self.states[index]

    def _make_again(self, index: int) -> None:
        self._restart(index)
        self._keep_state(index)
        self.student.end("it was ended when its cells had run")
        self._tell_warden("stop")

    def _is_lost(self, index: int) -> bool:
        """Whether another's fault has ended it. One that is found to be lost counts from then on as ended."""
        self._set_limit(self.states[index], self.limits.test_seconds, self.limits.test())
        self._tell_warden("wake", self.states[index].process)
        return not self.states[index].gone and not self.states[index].answers()

    def _start(self) -> None:
        self.warden.until = time.monotonic() + self.limits.cell_seconds
        self.student = self._peer(start_student(self.warden))

    def _peer(self, sock: socket.socket) -> GraderPeer:
        self.peers.append(GraderPeer(sock, self._why))
        return self.peers[-1]

    def _restart(self, index: int) -> None:
        """A new student's process, in the state before a cell: the cells up to it run again, but for the fatal ones."""
        self.student.end("it was started again")
        try:
            self._start()
        except (Ended, TimeUp):  # the whole space is gone: a limit on all of its processes was met
            self._start_in_new_space()
        for earlier, (role, _) in enumerate(self.job.cells[:index]):
            if role in AT_STUDENT and earlier not in self.lost:
                self._run_cell(earlier)

    def _set_limit(self, peer: GraderPeer, seconds: float, sentence: str) -> None:
        """How long a process may take for its answers, and what is said when it takes longer."""
        own = time.monotonic() + seconds
        peer.wire.until = min(own, self.ends_at)
        peer.late = sentence if own < self.ends_at else self.limits.submission()

    def _why(self, process: int) -> str:
        """Why a process ended: a limit that it met, or how it left."""
        if limit := self.warm.verdict():
            return limit
        status = self._tell_warden("why", process)
        self.killed |= status in (None, signal.SIGKILL)
        return reason(status, self.limits)

    def _tell_warden(self, *command) -> int | None:
        try:
            self.warden.until = time.monotonic() + 5
            self.warden.send(list(command))
            return self.warden.receive()[0][1] if command[0] == "why" else None
        except (Ended, TimeUp, Violation):
            return None


class _WarmOne:
    """The warm process of this worker: kept from one submission to the next of the same assignment."""

    def __init__(self):
        self.of: tuple | None = None
        self.process: WarmProcess | None = None

    def get(self, released: Path, sandbox: Sandbox) -> WarmProcess:
        if self.of != (released, sandbox) or self.process.process.poll() is not None:
            self.close()
            try:
                self.process = WarmProcess(released, sandbox)
            except NoSandbox:  # or was it killed while it started, as when the machine runs out of memory?
                self.process = WarmProcess(released, sandbox)
            self.of = (released, sandbox)
        return self.process

    def close(self) -> None:
        if self.process:
            self.process.close()
        self.of = self.process = None


_warm = _WarmOne()


def _shell(limit: int) -> Shell:
    shell = make_shell(limit)
    shell.recorder.limit = limit
    return shell
