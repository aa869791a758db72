"""The student's side of one submission: its cells run there, and the state at each test is kept for its calls."""

from __future__ import annotations

import signal
import socket
import time

from autograder.grading.apart.limits import MB
from autograder.grading.apart.sandbox import WarmProcess, start_student
from autograder.grading.apart.shell import well_formed
from autograder.grading.apart.values import Violation
from autograder.grading.apart.wire import Ended, TimeUp, Wire, pair
from autograder.grading.job import Job, Role
from autograder.grading.proxies import GraderPeer, ProcessEnded
from autograder.grading.told import ended, reason

AT_STUDENT = {Role.STUDENT: "run", Role.EXPERIMENT: "define"}  # what the student's process is asked


class States:
    """A state is kept in a fork of the process that runs the cells, which waits. Tests share one fork where the cells
    between them only define things, and calls can leave no trace: each then finds the names that there were at its
    place. A copy is set aside, for the others where one ends what they share.

    Tests and cells go by their number in the notebook.
    """

    def __init__(self, job: Job, warm: WarmProcess):
        self.cells, self.limits, self.warm = job.cells, job.limits, warm
        self.ends_at = time.monotonic() + self.limits.submission_seconds
        self.warden: Wire = warm.begin(self.limits)
        self.student: GraderPeer
        self.lost: set[int] = set()  # cells that ended their process: not run again
        self.marked: list[int] = []  # tests whose names are noted, and whose state is not kept yet
        self.kept: dict[int, GraderPeer] = {}
        self.untouched: dict[int, GraderPeer] = {}  # copies of shared states, which no test has called
        self.ended: set[int] = set()  # tests that ended the process that kept their state
        self.peers: list[GraderPeer] = []
        self.killed = False

    def close(self) -> None:
        """End all processes of the submission."""
        for peer in self.peers:
            peer.end("the submission is graded")
        self.warden.close()

    def run_cells(self) -> list[list[dict] | None]:
        """Run all cells and keep the state at each test; the outputs of those cells whose outputs are new."""
        self._start()
        outputs: list[list[dict] | None] = [None] * len(self.cells)
        for index, (role, _) in enumerate(self.cells):
            if role in AT_STUDENT:
                if self.marked and not self._only_defines(index):
                    self._keep(self.marked, index)
                ran = self._run_cell(index)
                outputs[index] = ran if role is Role.STUDENT else None
            elif role is Role.TEST and not self._mark(index):
                self._keep(self.marked[:-1], index)
                self._keep([index], index)
        self._keep(self.marked, len(self.cells))
        self._end_student()
        return outputs

    def at(self, test: int) -> GraderPeer:
        """The state at a test, as it was kept where the fault of another has ended what they shared. All are made again
        where that is lost too."""
        if not (test in self.ended or self._turn(test) or self._take_untouched(test)):
            self._make_again()
            self._turn(test)
        self._set_limit(self.kept[test], self.limits.test_seconds, self.limits.test())
        return self.kept[test]

    def note_end(self, test: int) -> None:
        """After a test's calls: if the process that kept its state is gone, it was they."""
        if self.kept[test].gone:
            self.ended.add(test)
            self.untouched.pop(test, None)
            self._tell_warden("kill", self.kept[test].process)  # it may hang where it was

    def _take_untouched(self, test: int) -> bool:
        """Let the copy that nobody has called be the state at a test, and another copy of it wait for the others."""
        state = self.untouched.pop(test, None)
        if not state:
            return False
        self._set_aside(state, [other for other, copy in self.untouched.items() if copy is state])
        self.kept[test] = state
        return self._turn(test)

    def _set_aside(self, state: GraderPeer, tests: list[int]) -> None:
        """Keep a copy of a state, as it was before all calls, for tests that would share it."""
        for test in tests:
            self.untouched.pop(test, None)
        if tests and (copy := self._copy(state)):
            self.untouched |= dict.fromkeys(tests, copy)

    def _make_again(self) -> None:
        """Run the cells again, in a new space, and keep each state in a process of its own."""
        self._start_in_new_space()
        self.untouched.clear()
        for index, (role, _) in enumerate(self.cells):
            if role is Role.TEST and index not in self.ended:
                self._mark(index)
                self._keep([index], index)
            else:
                self._run_if_sound(index)
        self._end_student()

    def _run_cell(self, index: int) -> list[dict]:
        role, source = self.cells[index]
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

    def _run_if_sound(self, index: int) -> None:
        if self.cells[index][0] in AT_STUDENT and index not in self.lost:
            self._run_cell(index)

    def _only_defines(self, index: int) -> bool:
        """Whether a cell leaves all that there was as it was; in doubt it does not."""
        role, source = self.cells[index]
        return role is Role.EXPERIMENT or self._ask_student("only defines", source) is True

    def _mark(self, test: int) -> bool:
        """Let the student's process note the names at a test. Whether other tests may share its state."""
        if test not in self.marked:
            self.marked.append(test)
        return self._ask_student("mark", test) is True

    def _ask_student(self, operation: str, argument):
        """What comes of it, if it comes: a process that has ended is noticed at the next cell or state."""
        self._set_limit(self.student, self.limits.cell_seconds, self.limits.cell())
        try:
            return self.student.ask(operation, argument)
        except (Exception, SystemExit):
            return None

    def _keep(self, tests: list[int], position: int, *, again: bool = True) -> None:
        """Let the student's process fork a copy of itself, which waits for the calls of these tests.

        position: the cell that would run next.
        """
        if not tests:
            return
        ours, theirs = pair()
        peer = self._peer(ours)
        self.kept |= dict.fromkeys(tests, peer)
        try:
            peer.process = self._snapshot(self.student, theirs)
            if len(tests) > 1:
                self._set_aside(peer, tests)
        except ProcessEnded:
            self._restart(position)
        except (Exception, SystemExit) as error:  # no process could be forked
            peer.end(f"the state of your notebook could not be kept: {type(error).__name__}: {error}")
            if again:
                self._restart_without_hoarders(position)
                self._keep(tests, position, again=False)
            else:
                self.ended.update(tests)
        finally:
            theirs.close()
        self.marked = [test for test in self.marked if test not in tests]

    def _copy(self, state: GraderPeer) -> GraderPeer | None:
        """A fork of a kept state; None where there can be none."""
        ours, theirs = pair()
        peer = self._peer(ours)
        try:
            with theirs:
                peer.process = self._snapshot(state, theirs)
        except (Exception, SystemExit):
            return None
        return peer

    def _snapshot(self, of: GraderPeer, theirs: socket.socket) -> int:
        """Let a process of the student's fork a copy that answers on a socket; its number, as it says."""
        self._set_limit(of, self.limits.cell_seconds, self.limits.cell())
        process = of.ask("snapshot", attach=theirs)
        return process if type(process) is int and 0 < process < 2**31 else 0

    def _turn(self, test: int) -> bool:
        """Let a state have the names that there were at a test. Whether it answers: if not, it counts as ended."""
        peer = self.kept[test]
        self._set_limit(peer, self.limits.test_seconds, self.limits.test())
        self._tell_warden("wake", peer.process)
        return peer.turns_to(test)

    def _start(self) -> None:
        self.warden.until = time.monotonic() + self.limits.cell_seconds
        self.student = self._peer(start_student(self.warden))

    def _start_again(self) -> None:
        self.student.end("it was started again")
        try:
            self._start()
        except (Ended, TimeUp):  # the whole space is gone: a limit on all of its processes was met
            self._start_in_new_space()

    def _start_in_new_space(self) -> None:
        self.student.end("it was started again")
        self.warden.close()
        self.warden = self.warm.begin(self.limits)
        self._start()

    def _end_student(self) -> None:
        self.student.end("it was ended when its cells had run")
        self._tell_warden("stop")

    def _restart(self, position: int) -> None:
        """A new student's process, in the state before a cell: the cells up to it run again, but for the fatal ones."""
        self._start_again()
        for index in range(position):
            self._mark(index) if index in self.marked else self._run_if_sound(index)

    def _restart_without_hoarders(self, position: int) -> None:
        """As `_restart`, in a new space, and without the cells after which no process can be forked any more."""
        self._start_in_new_space()
        for index in range(position):
            if index in self.marked:
                self._mark(index)
            elif self.cells[index][0] in AT_STUDENT and index not in self.lost:
                self._run_cell(index)
                ours, theirs = pair()
                with ours, theirs:
                    try:
                        self._snapshot(self.student, theirs)
                    except (Exception, SystemExit):
                        self.lost.add(index)
                        return self._restart_without_hoarders(position)

    def _peer(self, sock: socket.socket) -> GraderPeer:
        self.peers.append(GraderPeer(sock, self._why))
        return self.peers[-1]

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
