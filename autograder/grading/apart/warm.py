"""The warm process: has loaded what notebooks use, forks one warden for each submission, and watches what it uses.

Started by `sandbox.py` as `python -m autograder.grading.apart.warm …`, inside the sandbox. It runs no line of a
student's.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile

from autograder.grading.apart import isolation
from autograder.grading.apart.limits import MB, Limits
from autograder.grading.apart.shell import Shell, make_shell
from autograder.grading.apart.warden import Warden
from autograder.grading.apart.wire import Ended, Wire

TICK = 0.1  # seconds between two looks at a submission's use


class Warm:
    """folder: where a submission's scratch folder is; released: the folder whose files every submission sees.

    line: to the grader. Messages: ["submission", limit, …], then a socket, starts one; ["why"] -> the limit it met."""

    def __init__(self, line: socket.socket, folder: str, released: str, *, nested: bool):
        self.wire, self.folder, self.released, self.nested = Wire(line), folder, released, nested
        self.keeper = 0  # the process that holds the present submission
        self.scratch = ""
        self.limits = Limits()
        self.verdict = ""

    def run(self, shell: Shell) -> None:
        """Serve the grader until it closes the line."""
        isolation.adopt_orphans()
        with contextlib.suppress(Ended):
            (_, seccomp), _ = self.wire.receive()
            self.wire.send(["ready", self.nested])
            while True:
                ready, _, _ = select.select([self.wire.sock], [], [], TICK if self.keeper else None)
                if not ready:
                    self._watch()
                    continue
                message, _ = self.wire.receive()
                if message[0] == "why":
                    self._watch()
                    self.wire.send(["verdict", self.verdict])
                else:
                    self._fork(Limits(*message[1:]), shell, seccomp)
        self._end()
        self.wire.close()

    def _fork(self, limits: Limits, shell: Shell, seccomp: bytes) -> None:
        sock = self.wire.attached()
        self._end()
        self.limits, self.verdict = limits, ""
        shell.recorder.limit = limits.output * MB
        self.scratch = self.folder if self.nested else tempfile.mkdtemp(dir=self.folder)
        self.keeper = os.fork()
        if self.keeper == 0:
            self.wire.close()
            self._become_warden(sock, limits, shell, seccomp)
        sock.close()

    def _become_warden(self, line: socket.socket, limits: Limits, shell: Shell, seccomp: bytes) -> None:
        """In the fork: a space of its own, where the kernel allows it, and in it, forked again, the warden."""
        try:
            if self.nested:
                isolation.unshare_everything()
                if inner := os.fork():
                    line.close()
                    os.waitpid(inner, 0)
                    return
                isolation.die_with_parent()
                isolation.mount_private_folders(self.scratch, limits)
                isolation.hide_from_students()
            else:
                isolation.adopt_orphans()
            for name in os.listdir(self.released):
                os.symlink(os.path.join(self.released, name), os.path.join(self.scratch, name))
            Warden(line, shell, self.scratch, limits, seccomp, self.nested).run()
        finally:
            os._exit(0)

    def _watch(self) -> None:
        """End a submission that uses more than it may, all of its processes together."""
        if not self.keeper:
            return
        processes = isolation.descendants(self.keeper)
        use = isolation.use_of(processes, self.limits.memory * MB)
        if use.memory > self.limits.memory * MB:
            self.verdict = self.limits.too_much_memory()
        elif use.cpu > self.limits.cpu_seconds:
            self.verdict = self.limits.cpu()
        if self.verdict:
            self._end()

    def _end(self) -> None:
        """End the present submission: whoever is below this process, again and again until nobody is."""
        if self.keeper:
            while left := isolation.descendants(os.getpid()):
                for process in left:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(-1, 0)  # whoever is the first of them to be gone
                    while os.waitpid(-1, os.WNOHANG)[0]:
                        continue
            self.keeper = 0
            if not self.nested:  # else it was mounted in the space that is gone
                shutil.rmtree(self.scratch, ignore_errors=True)


def can_nest(folder: str) -> bool:
    """Whether a process here may get a space and folders of its own: tried, since several settings forbid it."""
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            isolation.unshare_everything()
            isolation.mount_private_folders(folder, Limits())
            os._exit(0)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def main() -> None:
    descriptor, folder, released, sandboxed = sys.argv[1:]
    import matplotlib.pyplot  # noqa: F401
    import numpy.linalg
    import numpy.random  # noqa: F401

    import autograder  # noqa: F401

    shell = make_shell(Limits().output * MB)
    shell.run("import numpy")  # the first cell of a shell is slow
    shell.reset(new_session=True)
    isolation.use_large_pages()
    nested = sandboxed == "sandboxed" and can_nest(folder)
    Warm(socket.socket(fileno=int(descriptor)), folder, released, nested=nested).run(shell)


if __name__ == "__main__":
    main()
