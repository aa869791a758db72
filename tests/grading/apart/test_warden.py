"""The first process of a submission: starts, ends and tells of the others, and none of them outlives it."""

import os
import re
import signal
import time

import pytest

from autograder.grading.apart import isolation
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import start_student
from autograder.grading.apart.warden import Warden
from autograder.grading.apart.wire import Ended, TimeUp, Wire
from autograder.grading.proxies import GraderPeer, ProcessEnded

ALIVE = "import os, time\nif not os.fork():\n    os.setsid()\n    os.fork() or time.sleep(60)\n    os._exit(0)"


@pytest.fixture
def warden(shell, forked, sockets, tmp_path):
    """The line to a warden in a process of its own; its number is `.process`."""
    ours, theirs = sockets()

    def serve():
        ours.close()
        isolation.adopt_orphans()
        Warden(theirs, shell, str(tmp_path), Limits(), b"", private=False).run()

    line = Wire(ours)
    line.process = forked(serve)
    theirs.close()
    line.until = time.monotonic() + 20
    return line


@pytest.fixture
def start(warden):
    """start() -> the peer of a new student's process."""
    peers = []

    def begin() -> GraderPeer:
        peers.append(GraderPeer(start_student(warden)))
        peers[-1].wire.until = time.monotonic() + 20
        return peers[-1]

    yield begin
    for peer in peers:
        peer.end("the test is over")


def why(warden: Wire, process: int) -> int | None:
    """The exit status of a process that is about to end."""
    for _ in range(20):
        warden.send(["why", process])
        if (status := warden.receive()[0][1]) is not None:
            return status


def test_a_student_starts_in_its_folder_without_privileges(start, tmp_path):
    (output,) = start().ask("run", "import os\nos.getcwd()")
    assert output["data"]["text/plain"] == repr(str(tmp_path))
    (output,) = start().ask("run", "print(open('/proc/self/status').read())")
    assert re.search(r"CapBnd:\s0+\s.*NoNewPrivs:\s1\s", output["text"], re.DOTALL)


def test_each_start_has_the_first_state_again_and_ends_the_one_before(start):
    first = start()
    assert first.ask("run", "x = 1") == []
    second = start()
    assert second.ask("name", "x") == ()
    with pytest.raises(ProcessEnded):
        first.ask("name", "x")


def test_it_tells_how_the_students_process_left(start, warden):
    for code, status in (("os._exit(3)", 3), ("os.kill(os.getpid(), 15)", -signal.SIGTERM)):
        with pytest.raises(ProcessEnded):
            start().ask("run", f"import os\n{code}")
        assert os.waitstatus_to_exitcode(why(warden, 0)) == status


def test_a_student_whose_wire_is_closed_leaves_by_itself(start, warden):
    start().end("over")
    assert why(warden, 0) == 0


def test_it_wakes_a_process_that_was_stopped(start, warden):
    peer = start()
    inside = int(peer.ask("run", "import os\nprint(os.getpid())")[0]["text"])
    os.kill(inside, signal.SIGSTOP)
    peer.wire.until = time.monotonic() + 0.2
    with pytest.raises(TimeUp):
        peer.wire.receive()
    peer.wire.until = time.monotonic() + 20
    warden.send(["wake", inside])
    assert peer.ask("name", "x") == ()


def test_a_command_that_it_does_not_know_changes_nothing(start, warden):
    peer = start()
    warden.send(["dance", 1])
    assert peer.ask("name", "x") == ()


def test_it_tells_of_no_end_where_there_was_none(start, warden):
    start()
    warden.send(["why", 0])
    assert warden.receive()[0] == ["end", None]


def test_it_tells_how_another_process_left(start, warden):
    peer = start()
    outputs = peer.ask("run", "import os\nif not (child := os.fork()):\n    os._exit(5)\nprint(child)")
    peer.end("over")
    assert os.waitstatus_to_exitcode(why(warden, int(outputs[0]["text"]))) == 5


def test_it_stops_the_students_process_on_demand(start, warden):
    peer = start()
    for _ in range(2):  # the second time nobody is there
        warden.send(["stop"])
        assert os.waitstatus_to_exitcode(why(warden, 0)) == -signal.SIGKILL
    with pytest.raises(ProcessEnded):
        peer.ask("name", "x")


def test_it_ends_a_process_of_the_submission_and_no_other(start, warden, forked):
    outsider = forked(lambda: time.sleep(60))
    peer = start()
    inside = int(peer.ask("run", "import os\nprint(os.getpid())")[0]["text"])
    for process in (outsider, os.getpid(), 0, 1, -1):
        warden.send(["kill", process])
    assert peer.ask("name", "x") == ()
    warden.send(["kill", inside])
    assert os.waitstatus_to_exitcode(why(warden, 0)) == -signal.SIGKILL
    assert os.waitpid(outsider, os.WNOHANG) == (0, 0)
    os.kill(outsider, signal.SIGKILL)


def test_nothing_outlives_it(start, warden, gone):
    peer = start()
    assert peer.ask("run", ALIVE) == []
    everybody = isolation.descendants(warden.process)
    assert len(everybody) >= 2
    warden.close()
    peer.end("over")
    assert gone([warden.process, *everybody])


def test_a_line_that_is_closed_ends_it(sockets, shell, tmp_path):
    ours, theirs = sockets()
    ours.close()
    warden = Warden(theirs, shell, str(tmp_path), Limits(), b"", private=True)
    warden.run()
    with pytest.raises(Ended):
        warden.wire.receive()
