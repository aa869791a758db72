"""Limits, spaces and the watch over processes, each tried in a process of its own."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.grading.apart import isolation
from autograder.grading.apart.limits import MB, Limits
from autograder.grading.apart.warm import can_nest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's")

SMALL = Limits(memory=200, disk=1, files=20, cpu_seconds=5)


@pytest.fixture
def inside(forked):
    """inside(function) -> the exit status of a process that runs it: 0 where it is true."""

    def run(function) -> int:
        def child():
            signal.alarm(10)
            os._exit(0 if function() else 1)

        return os.waitstatus_to_exitcode(os.waitpid(forked(child), 0)[1])

    return run


def raises(kind: type, function) -> bool:
    try:
        function()
    except kind:
        return True
    return False


def test_a_process_has_no_more_memory_than_its_limit(inside):
    def take():
        isolation.limit_resources(SMALL)
        return len(bytearray(100 * MB)) and raises(MemoryError, lambda: bytearray(300 * MB))

    assert inside(take) == 0


def test_a_process_has_no_more_files_than_its_limit(inside, tmp_path):
    def take():
        isolation.limit_resources(SMALL)
        long = raises(OSError, lambda: (tmp_path / "long").write_bytes(bytes(2 * MB)))
        many = raises(OSError, lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(30)])
        return long and many

    assert inside(take) == 0


def test_a_limit_that_is_lower_already_stays(inside):
    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (15, 15))
        isolation.limit_resources(SMALL)
        return resource.getrlimit(resource.RLIMIT_NOFILE) == (15, 15)

    assert inside(lower) == 0


def test_a_process_that_computes_too_long_is_ended(inside):
    def compute():
        isolation.limit_resources(Limits(cpu_seconds=0.1))
        while True:
            pass

    assert inside(compute) in (-signal.SIGKILL, -signal.SIGXCPU)


def test_a_space_of_its_own_has_no_network_and_private_folders(nests, inside, tmp_path):
    (tmp_path / "secret").write_text("x")

    def look():
        isolation.unshare_everything()
        if inner := os.fork():
            return os.waitpid(inner, 0)[1] == 0
        isolation.die_with_parent()
        isolation.mount_private_folders(str(tmp_path), SMALL)
        isolation.hide_from_students()
        with socket.socket() as sock:
            alone = raises(OSError, lambda: sock.connect(("127.0.0.1", 9)))
        empty = os.listdir(tmp_path) == os.listdir("/dev/shm") == []
        empty &= os.listdir("/tmp") == [tmp_path.parts[2]]  # on the way to the scratch folder
        full = raises(OSError, lambda: Path("/tmp/full").write_bytes(bytes(2 * MB)))
        os._exit(0 if os.getpid() == 1 and alone and empty and full else 1)

    assert inside(look) == 0
    assert (tmp_path / "secret").exists()  # of all this nothing is seen outside


@pytest.mark.parametrize("step", ["unshare_everything", "mount_private_folders"])
def test_can_nest_says_no_where_the_kernel_does(monkeypatch, tmp_path, step):
    def refuse(*arguments):
        raise PermissionError

    monkeypatch.setattr(isolation, step, refuse)
    assert not can_nest(str(tmp_path))


def test_what_libc_refuses_is_an_os_error():
    with pytest.raises(OSError, match="mount"):
        isolation._mount("none", "/no/such/folder", "tmpfs", 0)


@pytest.fixture
def family():
    """A process with a child: their numbers."""
    code = "import os, time; os.fork(); x = bytearray(30 * 2**20); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True) as process:
        for _ in range(2):
            process.stdout.readline()
        yield process.pid
        os.killpg(process.pid, signal.SIGKILL)


def test_descendants_are_found_below_a_process(family):
    (child,) = isolation.descendants(family)
    assert isolation.descendants(child) == []
    assert {family, child} <= set(isolation.descendants(os.getpid()))


def test_the_use_of_processes_is_that_of_all_of_them(family):
    both = [family, *isolation.descendants(family)]
    assert isolation.use_of(both, 10**12).memory > isolation.use_of([family], 10**12).memory > 30 * MB
    use = isolation.use_of(both, 1)  # above `enough` what they share counts once
    assert 60 * MB < use.memory < isolation.use_of(both, 10**12).memory


def test_a_process_that_is_gone_uses_nothing(forked):
    child = forked(lambda: None)
    os.waitpid(child, 0)
    assert isolation.use_of([child], 0) == isolation.Use(0, 0.0)
    assert isolation._share(child) == 0


def test_the_time_that_a_process_computed_is_counted():
    before = isolation.use_of([os.getpid()], 10**12).cpu
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    assert 0.05 < isolation.use_of([os.getpid()], 10**12).cpu - before < 0.5


def test_orphans_are_adopted(inside):
    def adopt():
        isolation.adopt_orphans()
        if os.fork() == 0:
            if os.fork() == 0:
                os._exit(7)
            os._exit(0)
        ends = sorted(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(2))
        return ends == [0, 7]

    assert inside(adopt) == 0


def test_the_graders_memory_has_a_limit_within_the_block_alone():
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with isolation.memory_at_most(200):
        assert raises(MemoryError, lambda: bytearray(400 * MB))
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_where_there_is_no_such_limit_the_block_runs_without(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with isolation.memory_at_most(1):
        assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_memory_moves_into_large_pages_and_keeps_what_it_holds(inside):
    before = _large_pages()
    if before is None:
        pytest.skip("this kernel tells of no large pages")

    def move():
        kept = [bytes([number % 256]) * 4096 for number in range(16 * MB // 4096)]
        isolation.use_large_pages()
        return _large_pages() > before and all(block == block[:1] * 4096 for block in kept)

    assert inside(move) == 0


def _large_pages() -> int | None:
    """MB of this process's own memory that lie in large pages."""
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("AnonHugePages:"):
            return int(line.split()[1]) // 1024
    return None
