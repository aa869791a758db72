"""The first process of a submission's own space: starts the student's process, keeps track of ends, outlives none.

It is trusted, holds nothing worth reading, and waits. When the grader closes its line, or dies, it ends, and with it
every process of the submission.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys

from autograder.grading.apart import isolation
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.shell import Shell
from autograder.grading.apart.student import run_cells
from autograder.grading.apart.wire import Ended, Wire

TICK = 0.2  # seconds between two looks at who has ended


class Warden:
    """line: to the grader. Its messages: ["start"] and a socket: a new student's process; ["stop"]: end that process;
    ["kill", number]: end another of the submission's; ["wake", number]: let go on one that another has stopped;
    ["why", number]: tell the exit status of one that ended, where 0 is the student's process.
    """

    def __init__(self, line: socket.socket, shell: Shell, folder: str, limits: Limits, seccomp: bytes, private: bool):
        self.wire, self.shell, self.folder, self.limits = Wire(line), shell, folder, limits
        self.seccomp, self.private = seccomp, private
        self.student = 0
        self.ends: dict[int, int] = {}  # number of one that ended -> exit status

    def run(self) -> None:
        """Serve the grader until it closes the line."""
        try:
            while True:
                ready, _, _ = select.select([self.wire.sock], [], [], TICK)
                self._reap()
                if ready:
                    (command, *rest), _ = self.wire.receive()
                    match command:
                        case "start":
                            self._start()
                        case "stop":
                            self._end(self.student)
                        case "kill":
                            self._end(*rest)
                        case "wake":
                            self._end(*rest, signal.SIGCONT)
                        case "why":
                            self._tell_why(*rest)
        except Ended:
            self._end_all()

    def _start(self) -> None:
        """A student's process in the state in which this one was forked; one that is still there is ended."""
        sock = self.wire.attached()
        self._end(self.student)
        self.ends.pop(0, None)
        self.student = os.fork()
        if self.student == 0:
            self.wire.close()
            os.setsid()
            os.chdir(self.folder)
            sys.path.insert(0, "")
            isolation.close_descriptors()
            isolation.limit_resources(self.limits)
            isolation.drop_privileges(self.seccomp)
            run_cells(sock, self.shell)
        sock.close()

    def _end(self, process: int, how: int = signal.SIGKILL) -> None:
        """End, or wake, a process of the submission; a number that it only claims to have reaches nothing else."""
        if process > 1 if self.private else process in isolation.descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, how)

    def _tell_why(self, process: int) -> None:
        """The exit status of a process, waiting a moment for one that just ends; None where it did not."""
        for _ in range(20):
            self._reap()
            if process in self.ends:
                break
            select.select([], [], [], 0.01)
        self.wire.send(["end", self.ends.get(process)])

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                process, status = ended
                if process == self.student:
                    self.student = process = 0
                self.ends[process] = status

    def _end_all(self) -> None:
        """In a process space of its own the kernel ends the others with this process; else each is found and ended."""
        while not self.private and (mine := isolation.descendants(os.getpid())):
            for process in mine:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self._reap()
