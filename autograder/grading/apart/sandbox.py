"""The sandbox: bubblewrap around the warm process, with nothing in view but Python and the released files."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path

import autograder
from autograder.grading.apart.limits import MB, Limits
from autograder.grading.apart.seccomp import compiled
from autograder.grading.apart.wire import Ended, TimeUp, Wire, pair

SCRATCH, RELEASED = "/scratch", "/released"
NOBODY = "65534"
_DISK = Limits().disk * MB
START_SECONDS = 60  # loading NumPy, Matplotlib and IPython on a busy machine
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives", "/var/cache/fontconfig")


class Sandbox(StrEnum):
    """REQUIRED: no grading without it. NONE: asked for by name; the split alone protects."""

    REQUIRED = "required"
    NONE = "none"


class NoSandbox(Exception):
    """The machine cannot make a sandbox; the message says what to do."""


class WarmProcess:
    """A warm process (`warm.py`) for submissions of one assignment, one after another.

    released: the folder with the assignment's released files. `tier` says in words how far it is shut off.
    Raises NoSandbox where a sandbox is required and cannot be had.
    """

    def __init__(self, released: Path, sandbox: Sandbox = Sandbox.REQUIRED):
        if sandbox is Sandbox.REQUIRED and (sys.platform != "linux" or shutil.which("bwrap") is None):
            raise NoSandbox(_advice(sandbox))
        self._files = ExitStack()
        line, theirs = pair()
        seccomp = b""
        if sandbox is Sandbox.REQUIRED:
            seccomp = compiled()
            if os.getuid() == 0:
                released = _readable(released, self._files)
            command = [*_bubblewrap(released), *_python(theirs.fileno(), SCRATCH, RELEASED, "sandboxed")]
            environment = {}
        else:
            scratch = self._files.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            command = _python(theirs.fileno(), scratch, str(released.resolve()), "bare")
            environment = _environment(scratch)
        errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._files.callback(errors.close)
        self.process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
            cwd="/",
        )
        theirs.close()
        self.wire = Wire(line)
        self.wire.until = time.monotonic() + START_SECONDS
        try:
            self.wire.send(["setup", seccomp])
            (_, nested), _ = self.wire.receive()
        except (Ended, TimeUp):
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()[-1500:]
            self.close()
            raise NoSandbox(f"{_advice(sandbox)} It said:\n{said}") from None
        self.single_use = sandbox is Sandbox.REQUIRED and not nested
        self.tier = _tier(sandbox, nested, bool(seccomp))

    def begin(self, limits: Limits) -> Wire:
        """A space for one submission; the line to its warden. One that was there before is ended."""
        values = [getattr(limits, name) for name in limits.__dataclass_fields__]
        self.wire.until = time.monotonic() + START_SECONDS
        return Wire(_handed_over(self.wire, ["submission", *values]))

    def verdict(self) -> str:
        """The limit on all processes together that the submission met; empty where it met none."""
        try:
            self.wire.until = time.monotonic() + START_SECONDS
            self.wire.send(["why"])
            (_, verdict), _ = self.wire.receive()
            return verdict
        except (Ended, TimeUp):
            return ""

    def close(self) -> None:
        """End it and everything in it."""
        self.wire.close()
        self.process.kill()
        self.process.wait()
        self._files.close()


def start_student(warden: Wire) -> socket.socket:
    """Let the warden start a student's process; returns our end of the socket to it."""
    return _handed_over(warden, ["start"])


def _handed_over(wire: Wire, message: list) -> socket.socket:
    """Send a message with one end of a new pair of sockets; returns the other."""
    ours, theirs = pair()
    try:
        wire.send(message)
        wire.attach(theirs)
    except (Ended, TimeUp):
        ours.close()
        raise
    finally:
        theirs.close()
    return ours


def why_not() -> str:
    """Why there can be no sandbox on this machine, and what to do; empty where there can. Tried, not guessed."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            WarmProcess(Path(folder)).close()
        except NoSandbox as error:
            return str(error)
    return ""


def _readable(released: Path, files: ExitStack) -> Path:
    """A copy for everybody's eyes: root grades as nobody, to whom files may be closed."""
    copy = Path(files.enter_context(tempfile.TemporaryDirectory())) / "released"
    shutil.copytree(released, copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy


def _python(descriptor: int, folder: str, released: str, mode: str) -> list[str]:
    """-s -P and not -I: with -I a fixed PYTHONHASHSEED would be ignored."""
    return [sys.executable, "-s", "-P", "-m", "autograder.grading.apart.warm", str(descriptor), folder, released, mode]


def _environment(home: str) -> dict[str, str]:
    return {
        "HOME": home,
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib" if home == SCRATCH else f"{home}/matplotlib",
        "IPYTHONDIR": "/tmp/ipython" if home == SCRATCH else f"{home}/ipython",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }


def _bubblewrap(released: Path) -> list[str]:
    root = os.getuid() == 0
    command = ["bwrap", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    command += ["--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    # root becomes nobody inside: there the limit on processes holds, and files of root's stay closed
    command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"] if root else ["--unshare-user"]
    command += ["--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"]
    for folder in SYSTEM:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    for path in (*SETTINGS, *map(str, _python_folders())):
        if os.path.exists(path):
            command += [*_open_parents(Path(path)), "--ro-bind", path, path]
    command += ["--ro-bind", str(released.resolve()), RELEASED]
    # a submission's own folder is mounted over it; where that cannot be, this sandbox is used once
    command += ["--perms", "0777", "--size", str(_DISK), "--tmpfs", SCRATCH]
    for name, value in _environment(SCRATCH).items():
        command += ["--setenv", name, value]
    command += ["--remount-ro", "/", "--chdir", "/", "--"]
    if root:
        command += ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--inh-caps=-all"]
        command += ["--no-new-privs", "--"]
    return command


def _python_folders() -> list[Path]:
    """Where Python and the libraries are, the course's own package and its data; nothing above them."""
    package = Path(autograder.__file__).resolve().parent
    folders = {
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path(sys.prefix).resolve(),
        package,
        package.parent / "datasets",
    }
    folders.add(Path(os.path.realpath(sys.executable)).parent.parent)
    return sorted(folder for folder in folders if not any(str(folder).startswith(s + "/") for s in SYSTEM))


def _open_parents(path: Path) -> list[str]:
    """bubblewrap makes a target's parents for its own user only; inside another one has to pass."""
    return [part for parent in reversed(path.parents[:-1]) for part in ("--perms", "0755", "--dir", str(parent))]


_WITHOUT = (
    "grade without a sandbox by name (`autograder grade NAME --no-sandbox`, or `nbgrader autograde NAME "
    "--ExecuteApart.sandbox=none`): then students' code can "
    "read your files and use your network."
)


def _advice(sandbox: Sandbox) -> str:
    if sandbox is Sandbox.NONE:
        return "The process that runs students' code did not start."
    if sys.platform != "linux":
        return "Submissions are graded on Linux, in a sandbox (on Windows: in WSL)."
    if shutil.which("bwrap") is None:
        return (
            "Submissions are graded in a sandbox, which needs bubblewrap. Install it (Debian, Ubuntu: "
            f"`sudo apt install bubblewrap`), or {_WITHOUT}"
        )
    return (
        "The sandbox did not start. Perhaps this machine does not let users make namespaces (Ubuntu 24.04: "
        f"`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`). Allow it, or {_WITHOUT}"
    )


def _tier(sandbox: Sandbox, nested: bool, seccomp: bool) -> str:
    if sandbox is Sandbox.NONE:
        return "no sandbox: a submission runs in a process of its own, but sees this machine's files and network"
    forks = "a space of its own for each submission" if nested else "a new sandbox for each submission"
    return (
        f"sandbox by bubblewrap, {forks}, "
        + ("with" if seccomp else "without (libseccomp is missing)")
        + (" a filter of system calls")
    )
