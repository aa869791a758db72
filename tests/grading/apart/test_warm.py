"""The warm process: a fork for each submission, watched and ended as a whole."""

import os
import runpy
import sys
import tempfile
import time
from pathlib import Path

import pytest

from autograder.grading.apart import isolation, warm
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import start_student
from autograder.grading.apart.warm import Warm
from autograder.grading.apart.wire import Ended, Wire
from autograder.grading.proxies import GraderPeer, ProcessEnded


class Line(Wire):
    """The grader's line to a warm process."""

    def begin(self, limits: Limits, sockets) -> Wire:
        ours, theirs = sockets()
        self.send(["submission", *[getattr(limits, name) for name in limits.__dataclass_fields__]])
        self.attach(theirs)
        theirs.close()
        return Wire(ours)

    def why(self) -> str:
        self.send(["why"])
        return self.receive()[0][1]


@pytest.fixture
def line(shell, sockets, forked, tmp_path, released):
    """The line to a warm process that makes no spaces."""
    ours, theirs = sockets()

    def serve():
        ours.close()
        Warm(theirs, str(tmp_path), str(released), nested=False).run(shell)

    line = Line(ours)
    line.process = forked(serve)
    theirs.close()
    line.until = time.monotonic() + 20
    line.send(["setup", b""])
    assert line.receive()[0] == ["ready", False]
    return line


@pytest.fixture
def submit(line, sockets):
    """submit(**limits) -> the peer of the student's process in a new submission."""
    peers = []

    def begin(**limits) -> GraderPeer:
        peers.append(GraderPeer(start_student(line.begin(Limits(**limits), sockets))))
        peers[-1].wire.until = time.monotonic() + 20
        return peers[-1]

    yield begin
    for peer in peers:
        peer.end("the test is over")


def text(outputs: list[dict]) -> str:
    return "".join(output.get("text", "") for output in outputs)


def test_a_submission_finds_the_released_files_and_nothing_of_the_one_before(submit):
    write = "from helpers import TEN\nimport os\nopen('left', 'w').close()\nprint(TEN, sorted(os.listdir()))"
    for _ in range(2):
        assert text(submit().ask("run", write)) == "10 ['helpers.py', 'left']\n"


def test_a_submission_is_over_when_the_next_begins(submit, tmp_path):
    first = submit()
    submit().ask("name", "x")
    with pytest.raises(ProcessEnded):
        first.ask("name", "x")
    assert len(list(tmp_path.iterdir())) == 1  # and its scratch folder is gone


def test_the_limit_on_output_is_the_submissions(submit):
    assert "longer than 1,048,576 characters" in text(submit(output=1).ask("run", "print('x' * 2**21)"))
    assert "longer" not in text(submit(output=3).ask("run", "print('x' * 2**21)"))


@pytest.mark.parametrize(
    ("code", "limits", "sentence"),
    [
        (
            "import os\nos.fork()\nx = bytearray(150 * 2**20)\nwhile True:\n    pass",
            {"memory": 320},
            Limits.too_much_memory,
        ),
        ("import os\nos.fork()\nwhile True:\n    pass", {"cpu_seconds": 0.5}, Limits.cpu),
    ],
    ids=["memory", "cpu"],
)
def test_a_limit_holds_for_all_processes_together_and_is_named(submit, line, code, limits, sentence):
    with pytest.raises(ProcessEnded):
        submit(**limits).ask("run", code)
    assert line.why() == sentence(Limits(**limits))
    assert submit().ask("run", "x = 1") == []
    assert line.why() == ""


def test_all_ends_with_the_line(submit, line, tmp_path, gone):
    peer = submit()
    assert peer.ask("run", "import os\nos.fork();") == []
    everybody = isolation.descendants(line.process)
    assert len(everybody) >= 3
    line.close()
    peer.end("over")
    assert gone([line.process, *everybody])
    assert list(tmp_path.iterdir()) == []


def test_a_submission_ends_with_the_line_to_its_warden_and_the_warm_process_goes_on(submit, line, sockets, gone):
    warden = line.begin(Limits(), sockets)
    peer = GraderPeer(start_student(warden))
    assert peer.ask("run", "x = 1") == []
    everybody = isolation.descendants(line.process)
    assert len(everybody) == 2
    peer.end("over")
    warden.close()
    assert gone(everybody)
    assert text(submit().ask("run", "print(1)")) == "1\n"


@pytest.fixture
def outside():
    """A folder that does not lie in one that a submission gets for itself."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.skipif(sys.prefix.startswith("/tmp/"), reason="without a sandbox a private /tmp hides Python below it")
def test_a_submission_in_a_space_of_its_own_sees_only_itself(nests, shell, sockets, forked, outside, gone):
    ours, theirs = sockets()
    scratch, released = outside / "scratch", outside / "released"
    scratch.mkdir()
    released.mkdir()
    (released / "helpers.py").touch()

    def serve():
        ours.close()
        Warm(theirs, str(scratch), str(released), nested=True).run(shell)

    warm = forked(serve)
    theirs.close()
    line = Line(ours)
    line.until = time.monotonic() + 20
    line.send(["setup", b""])
    assert line.receive()[0] == ["ready", True]
    warden = line.begin(Limits(), sockets)
    peer = GraderPeer(start_student(warden))
    look = "import os\nprint(os.getpid() < 5, os.getppid(), sorted(os.listdir('.')))"
    assert text(peer.ask("run", look)) == "True 1 ['helpers.py']\n"
    everybody = isolation.descendants(warm)
    assert len(everybody) >= 3
    peer.end("over")
    warden.close()
    assert gone(everybody)
    assert list(scratch.iterdir()) == []


def test_the_program_serves_the_line_that_it_is_given(monkeypatch, sockets, tmp_path, released):
    ours, theirs = sockets()
    monkeypatch.setattr(sys, "argv", ["warm", str(os.dup(theirs.fileno())), str(tmp_path), str(released), "bare"])
    Wire(ours).send(["setup", b""])
    ours.shutdown(1)
    runpy.run_path(warm.__file__, run_name="__main__")
    theirs.close()
    assert Wire(ours).receive()[0] == ["ready", False]
    with pytest.raises(Ended):
        Wire(ours).receive()
