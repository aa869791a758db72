"""How a process shuts itself off: Linux namespaces, private folders, limits, no privileges, fewer system calls.

Runs inside the sandbox (`sandbox.py`), in the process that a submission gets, before any of the student's code.
Python 3.11 has no `os.unshare`, and no Python has `mount`: both are called in libc.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.apart.limits import MB, Limits

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
NOSUID, NODEV, NOEXEC, BIND, RECURSIVE = 2, 4, 8, 4096, 16384
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP = 1, 4, 22
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 24, 36, 38
FILTER = 2
MADV_COLLAPSE, LARGE_PAGE = 25, 2 * MB
LAST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def unshare_everything() -> None:
    """Spaces of its own: users, mounts, processes (from the next fork on), IPC, network, host name. Raises OSError."""
    uid, gid = os.getuid(), os.getgid()
    _call("unshare", NEWUSER | NEWNS | NEWPID | NEWIPC | NEWNET | NEWUTS)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def mount_private_folders(scratch: str, limits: Limits) -> None:
    """Empty folders in memory for this submission alone, and its own /proc where the kernel allows it."""
    size = f"size={limits.disk}m,nr_inodes=20000,mode=0700"
    _mount("tmpfs", scratch, "tmpfs", NOSUID | NODEV, size)
    for folder in ("/tmp", "/dev/shm"):
        _mount_over(folder, size.replace("0700", "1777"))
    # as root parts of /proc are covered and this is refused: what is seen then are numbers of processes, no contents
    with contextlib.suppress(OSError):
        _mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)


def limit_resources(limits: Limits) -> None:
    """The limits that hold for one process; those on all of them together are watched from outside (`warm.py`)."""
    status = _status()
    for kind, most in (
        (resource.RLIMIT_AS, status["VmSize"] + limits.memory * MB),
        (resource.RLIMIT_DATA, status["VmData"] + limits.memory * MB),
        (resource.RLIMIT_CPU, int(limits.cpu_seconds) + 1),
        (resource.RLIMIT_FSIZE, limits.disk * MB),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file too large is an OSError


@contextmanager
def memory_at_most(megabytes: int) -> Iterator[None]:
    """Let this process take so much more memory in the block, and raise MemoryError beyond. On Linux alone."""
    if sys.platform != "linux":
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    most = _status()["VmData"] + megabytes * MB
    tighter = most if before[0] == resource.RLIM_INFINITY else min(most, before[0])
    resource.setrlimit(resource.RLIMIT_DATA, (tighter, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def drop_privileges(seccomp: bytes) -> None:
    """No capabilities, no way to new ones, and the system calls that the filter lets through. Cannot be undone."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    for capability in range(LAST_CAPABILITY + 1):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for those that this kernel lacks
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    _call("capset", header, none)
    _prctl(PR_SET_DUMPABLE, 1)
    if seccomp:
        program = ctypes.create_string_buffer(seccomp, len(seccomp))
        _prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(_Program(len(seccomp) // 8, ctypes.addressof(program))))


def close_descriptors() -> None:
    """Nothing is written to, or read from, what the warm process was started with: the next submission has it too."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def hide_from_students() -> None:
    """Let no process of the same user look into this one or trace it."""
    _prctl(PR_SET_DUMPABLE, 0)


def die_with_parent() -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def use_large_pages() -> None:
    """Move this process's own memory into large pages, where the kernel has any (Linux 6.1): a fork copies an entry
    for each page, and this process is forked for every submission."""
    with open("/proc/self/maps") as file:
        for line in file:
            place, rights, _, _, inode, *_ = line.split()
            first, last = (int(end, 16) // LARGE_PAGE for end in place.split("-"))
            if rights == "rw-p" and inode == "0" and last > first + 1:
                start = ctypes.c_void_p((first + 1) * LARGE_PAGE)
                _libc.madvise(start, ctypes.c_size_t((last - first - 1) * LARGE_PAGE), MADV_COLLAPSE)


def descendants(process: int) -> list[int]:
    """The numbers of all processes below one."""
    parents = _parents()
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found - {process})


@dataclass(frozen=True)
class Use:
    """What a group of processes uses together. memory: bytes; cpu: seconds."""

    memory: int
    cpu: float


def use_of(processes: list[int], enough: int) -> Use:
    """The use of processes. Memory that they share counts once, which is only looked up where `enough` is passed."""
    memory, cpu = 0, 0.0
    for process in processes:
        try:
            fields = _stat(process)
        except OSError:
            continue
        cpu += sum(map(int, fields[11:15])) / _TICKS
        memory += int(fields[21]) * _PAGE
    if memory > enough:
        memory = sum(map(_share, processes))
    return Use(memory, cpu)


def _stat(process) -> list[str]:
    """The fields of a process's line from its state on. Its name, which stands before, may hold anything."""
    with open(f"/proc/{process}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].decode().split()


def _parents() -> dict[int, int]:
    """Number -> parent's number, of every process that is seen."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parents[int(name)] = int(_stat(name)[1])
            except OSError:
                continue
    return parents


_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _share(process: int) -> int:
    """A process's memory in bytes, where a page that n processes share counts as 1/n."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _status() -> dict[str, int]:
    """Sizes from /proc/self/status, in bytes; empty where there is no /proc."""
    sizes = {"VmSize": 0, "VmData": 0}
    with open("/proc/self/status") as file:
        for line in file:
            name, _, rest = line.partition(":")
            if name in sizes:
                sizes[name] = int(rest.split()[0]) * 1024
    return sizes


def _prctl(option: int, value, argument=0) -> None:
    _call("prctl", option, value, argument, 0, 0)


def _mount_over(folder: str, options: str) -> None:
    """An empty folder in memory in place of one, with the folders that are mounted below it: Python may be there."""
    with open("/proc/self/mountinfo") as file:
        points = [line.split()[4] for line in file]
    below = [(point, os.open(point, os.O_PATH)) for point in points if point.startswith(f"{folder}/")]
    _mount("tmpfs", folder, "tmpfs", NOSUID | NODEV, options)
    for point, descriptor in below:
        os.makedirs(point, mode=0o755)
        _mount(f"/proc/self/fd/{descriptor}", point, "", BIND | RECURSIVE)
        os.close(descriptor)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    _call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())


def _call(name: str, *arguments) -> None:
    """Call a function of libc. Raises OSError where it fails."""
    if getattr(_libc, name)(*arguments) == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"{name}: {os.strerror(error)}")
