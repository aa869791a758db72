"""The filter of system calls, tried on a process of its own."""

import ctypes
import os
import socket
import sys
from pathlib import Path

import pytest

from autograder.grading.apart import isolation, seccomp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")


@pytest.fixture
def filtered(forked):
    """filtered(function) -> whether it is true in a process under the filter."""

    def run(function) -> bool:
        program = seccomp.compiled()

        def inside():
            isolation.drop_privileges(program)
            os._exit(0 if function() else 1)

        return os.waitpid(forked(inside), 0)[1] == 0

    return run


def refused(function) -> bool:
    try:
        function()
    except OSError:
        return True
    return False


def test_the_filter_has_instructions_of_eight_bytes():
    assert len(seccomp.compiled()) > 100
    assert len(seccomp.compiled()) % 8 == 0


def test_computing_goes_on(filtered):
    def compute():
        if child := os.fork():
            return os.waitpid(child, 0)[1] == 0
        os._exit(sum(socket.socketpair()[0].family.value for _ in range(1)) - 1)

    assert filtered(compute)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET])
def test_there_is_no_network(filtered, family):
    kind = socket.SOCK_RAW if family in (socket.AF_NETLINK, socket.AF_PACKET) else socket.SOCK_STREAM
    assert filtered(lambda: refused(lambda: socket.socket(family, kind)))


@pytest.mark.parametrize("flags", [isolation.NEWUSER, isolation.NEWNET, isolation.NEWNS])
def test_there_are_no_new_spaces(filtered, flags):
    assert filtered(lambda: refused(lambda: isolation._call("unshare", flags)))


def test_no_process_is_traced(filtered):
    assert filtered(lambda: ctypes.CDLL(None).ptrace(0, 0, 0, 0) == -1)


def test_nothing_of_a_privilege_is_left(filtered):
    def privileges():
        lines = dict(
            line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line
        )
        kept = [int(lines[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapBnd")]
        return not any(kept) and lines["NoNewPrivs"] == "1" and lines["Seccomp"] == "2"

    assert filtered(privileges)


def test_without_libseccomp_there_is_no_filter(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    assert seccomp.compiled() == b""


def test_a_call_that_the_kernel_lacks_is_passed_over(monkeypatch):
    monkeypatch.setattr(seccomp, "REFUSED", ["no_such_call", "ptrace"])
    assert seccomp.compiled()
