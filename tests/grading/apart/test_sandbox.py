"""What is in view inside of the sandbox, and what is said where there is none."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from autograder.grading.apart import isolation, sandbox
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import NoSandbox, Sandbox, WarmProcess, start_student, why_not
from autograder.grading.grader import grade_notebook
from autograder.grading.job import Job, Role
from autograder.grading.proxies import GraderPeer
from autograder.grading.trusted import Trusted


@pytest.fixture(scope="module")
def warm(why_not, released):
    if why_not:
        pytest.skip(why_not)
    process = WarmProcess(released)
    yield process
    process.close()


@pytest.fixture
def peer(warm):
    line = warm.begin(Limits())
    peer = GraderPeer(start_student(line))
    peer.wire.until = time.monotonic() + 20
    yield peer
    peer.end("the test is over")
    line.close()


def seen(peer: GraderPeer, expression: str) -> str:
    (output,) = peer.ask("run", f"import os, socket\n{expression}")
    return output.get("data", {}).get("text/plain") or output["ename"]


def test_inside_there_is_python_and_the_released_files_and_nothing_else(warm, peer, tmp_path):
    assert "bubblewrap" in warm.tier
    assert seen(peer, "sorted(os.listdir('.'))") == "['helpers.py']"
    home = os.path.expanduser("~")
    course = os.path.dirname(sandbox.__file__) + "/../../../solutions"
    for path in (home + "/.bashrc", course, str(tmp_path), "/etc/passwd", "/var/log"):
        assert seen(peer, f"os.path.exists({path!r})") == "False", path
    assert seen(peer, "os.getuid() == 0") == "False"
    assert seen(peer, "sorted(os.environ)").count("HOME") == 1
    assert "USER" not in seen(peer, "sorted(os.environ)")


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "open('/written', 'w')",
        "open('helpers.py', 'w')",
        "open(os.path.dirname(os.__file__) + '/written.py', 'w')",
        "os.setuid(0)",
        "os.unshare(0x10000000) if hasattr(os, 'unshare') else socket.socket()",
    ],
)
def test_inside_nothing_can_be_written_or_reached(peer, attempt):
    assert seen(peer, attempt) in ("PermissionError", "OSError")


def test_a_closed_warm_process_leaves_nothing_running(sandboxed, released, gone):
    warm = WarmProcess(released)
    warm.begin(Limits()).close()
    everybody = isolation.descendants(warm.process.pid)
    warm.close()
    assert gone(everybody)
    assert warm.verdict() == ""


def test_released_files_that_only_their_owner_may_read_are_there(sandboxed, tmp_path):
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "x").write_text("deep")
    (tmp_path / "data" / "x").chmod(0o600)
    warm = WarmProcess(tmp_path)
    line = warm.begin(Limits())
    peer = GraderPeer(start_student(line))
    assert seen(peer, "open('data/x').read()") == "'deep'"
    peer.end("over")
    line.close()
    warm.close()


def test_without_a_sandbox_by_name_it_says_what_is_not_protected(released):
    warm = WarmProcess(released, Sandbox.NONE)
    assert "sees this machine's files" in warm.tier
    assert not warm.single_use
    assert warm.verdict() == ""
    warm.close()


def test_without_bubblewrap_it_says_what_to_install(monkeypatch, released):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoSandbox, match="apt install bubblewrap"):
        WarmProcess(released)
    assert "bubblewrap" in why_not()


def test_without_linux_it_says_so(monkeypatch, released):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NoSandbox, match="on Linux"):
        WarmProcess(released)


@pytest.mark.parametrize(("mode", "advice"), [(Sandbox.REQUIRED, "did not start"), (Sandbox.NONE, "did not start")])
def test_a_process_that_does_not_start_says_what_it_said(monkeypatch, released, mode, advice):
    if mode is Sandbox.REQUIRED:
        monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/bwrap")
    command = [sys.executable, "-c", "import sys; sys.exit('no namespaces today')"]
    monkeypatch.setattr(sandbox, "_bubblewrap", lambda folder: command)
    monkeypatch.setattr(sandbox, "_python", lambda *arguments: command)
    with pytest.raises(NoSandbox, match=advice) as caught:
        WarmProcess(released, mode)
    assert "no namespaces today" in str(caught.value)


@pytest.mark.parametrize("root", [True, False])
def test_the_command_drops_what_it_can_for_root_and_for_others(monkeypatch, released, root):
    monkeypatch.setattr(os, "getuid", lambda: 0 if root else 1000)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/bwrap")
    command = sandbox._bubblewrap(released)
    assert ("setpriv" in command) is root
    assert ("--unshare-user" in command) is not root
    assert {"--unshare-net", "--unshare-pid", "--clearenv", "--die-with-parent", "--remount-ro"} <= set(command)
    assert command[command.index("--cap-drop") + 1] == "ALL"
    assert not {"/", "/home", "/root", "/etc"} & {
        command[i + 1] for i, word in enumerate(command) if word == "--ro-bind"
    }


def test_the_tiers_have_different_words():
    words = {sandbox._tier(*case) for case in [(Sandbox.REQUIRED, n, s) for n in (0, 1) for s in (0, 1)]}
    assert len(words | {sandbox._tier(Sandbox.NONE, False, False)}) == 5
    assert all("seccomp" in word for word in words if "without" in word)


def test_a_grader_that_is_killed_takes_everything_with_it(sandboxed, released, gone):
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom autograder.grading.apart.sandbox import WarmProcess\n"
        "from autograder.grading.apart.limits import Limits\n"
        f"w = WarmProcess(Path({str(released)!r}))\nl = w.begin(Limits())\n"
        "print(w.process.pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        warm = int(grader.stdout.readline())
        everybody = [warm, *isolation.descendants(warm)]
        assert len(everybody) >= 2
        grader.kill()
    assert gone(everybody)


def test_without_spaces_in_the_sandbox_each_submission_gets_a_new_one(tmp_path, why_not, monkeypatch):
    if why_not:
        pytest.skip(why_not)
    start = "import autograder.grading.apart.warm as warm; warm.can_nest = lambda folder: False; warm.main()"
    python = sandbox._python
    monkeypatch.setattr(sandbox, "_python", lambda *a: [*python(*a)[:3], "-c", start, *python(*a)[5:]])
    (tmp_path / "data.txt").write_text("7")
    cells = ["import os\nn = int(open('data.txt').read())\nopen('x', 'w').write('a');", "sorted(os.listdir())"]
    job = Job([*((Role.STUDENT, cell) for cell in cells), (Role.TEST, "assert n == 7")], Trusted(), tmp_path, tmp_path)
    for _ in range(2):
        graded = grade_notebook(job)
        assert [output["data"]["text/plain"] for output in graded.outputs[1]] == ["['data.txt', 'x']"]
        assert graded.outputs[2] == []
        assert "a new sandbox for each submission" in graded.tier


def test_python_may_be_below_tmp(tmp_path, released, why_not, monkeypatch):
    """As where a course is tried out there: its folder is seen behind a /tmp of the submission's own."""
    if why_not:
        pytest.skip(why_not)
    assert tmp_path.is_relative_to("/tmp")
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "module.txt").write_text("seen")
    (tmp_path / "secret").write_text("not")
    folders = sandbox._python_folders()
    monkeypatch.setattr(sandbox, "_python_folders", lambda: [*folders, tmp_path / "library"])
    look = f"import os, pathlib\nprint(os.listdir({str(tmp_path)!r}))\n"
    look += f"print(pathlib.Path({str(tmp_path / 'library' / 'module.txt')!r}).read_text())\n"
    look += f"pathlib.Path({str(tmp_path / 'library' / 'new')!r}).write_text('x')"
    graded = grade_notebook(Job([(Role.STUDENT, look)], Trusted(), released, released))
    text, error = graded.outputs[0]
    assert text["text"].splitlines() == ["['library']", "seen"]
    assert error["ename"] == "OSError"
