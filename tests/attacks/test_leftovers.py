"""The cheat leaves something running, or ends what runs: others' processes, the grader, its own guards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.grading import grader
from autograder.grading.apart.isolation import descendants

STAY = {
    "a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()",
    "a thread at the exit": "import atexit, time, threading\natexit.register(time.sleep, 600)\n"
    "threading._register_atexit(time.sleep, 600)",
    "a child": "import os, time\nif os.fork() == 0:\n    time.sleep(600)",
    "a daemon, forked twice": """
import os, time, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 256)
        time.sleep(600)
    os._exit(0)""",
    "a program": "import subprocess\nsubprocess.Popen(['sleep', '601'], start_new_session=True)",
    "nohup": "import os\nos.system('nohup sleep 602 >/dev/null 2>&1 &')",
    "setsid": "import os\nos.system('setsid -f sleep 603')",
    "a pool": "import multiprocessing, time\npool = multiprocessing.get_context('fork').Pool(2)\n"
    "pool.map_async(time.sleep, [600] * 4)",
    "a traced sleep": "import os, signal, time\nif os.fork() == 0:\n"
    "    os.kill(os.getpid(), signal.SIGSTOP)\n    time.sleep(600)",
    "one that starts another": """
import os, time
if os.fork() == 0:
    while True:
        if os.fork():
            os._exit(0)
        os.setsid()""",
}


def others() -> list[int]:
    """The processes that run below this one, but for the warm process and bubblewrap, which waits for it."""
    return [p for p in descendants(grader._warm.process.process.pid) if runs(p)][2:]


def runs(process: int) -> bool:
    """Whether it is there, and not only its exit status."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(look, seconds: float = 3) -> bool:
    """Whether what is looked for is gone, or goes soon: the kernel ends a space of processes one after another."""
    ends = time.monotonic() + seconds
    while look() and time.monotonic() < ends:
        time.sleep(0.02)
    return not look()


@pytest.mark.parametrize("stay", STAY.values(), ids=STAY)
def test_nothing_is_left_running(grade_cheat, stay):
    got = grade_cheat(stay, half="def half(x):\n    " + stay.replace("\n", "\n    "))
    assert gone(others)
    assert got.stolen == 0
    assert got.square == 2


KILL = {
    "its parent": "os.kill(os.getppid(), 9)",
    "the first process": "os.kill(1, 9)",
    "everybody": "os.kill(-1, 9)",
    "everybody, gently": "os.kill(-1, signal.SIGTERM)",
    "everybody is stopped": "os.kill(-1, signal.SIGSTOP)",
    "its group": "os.killpg(0, 9)",
    "its parent's group": "os.killpg(os.getpgid(os.getppid()), 9)",
    "every number": "for n in range(2, 5000):\n        try: os.kill(n, 9) if n != os.getpid() else None\n"
    "        except OSError: pass",
    "itself": "os.kill(os.getpid(), 9)",
    "a reboot": "import ctypes; ctypes.CDLL(None).reboot(0x1234567)",
    "the clock": "import time; time.clock_settime(0, 0)",
    "the host's name": "import socket; socket.sethostname('cheat')",
    "the nice of all": "os.setpriority(os.PRIO_USER, 0, -20)",
}


@pytest.mark.parametrize("kill", KILL.values(), ids=KILL)
def test_who_kills_in_a_cell_meets_itself_alone(grade_cheat, kill):
    body = kill.replace("\n", "\n    ")
    got = grade_cheat(
        f"import os, signal\ndef do():\n    try:\n        {body}\n    except OSError:\n        pass\ndo()"
    )
    assert got.stolen == 0
    assert got.square == 2


@pytest.mark.parametrize("kill", KILL.values(), ids=KILL)
def test_who_kills_in_a_call_meets_its_own_exercise(grade_cheat, kill):
    """The states of its other exercises, killed too, are made again."""
    body = kill.replace("\n", "\n    ")
    got = grade_cheat(half=f"import os, signal\ndef half(x):\n    if True:\n        {body}\n    return x")
    assert got.stolen == 0
    assert got.square == 2


def test_who_kills_in_a_hidden_call_takes_no_visible_work_along(grade_cheat):
    """The next exercise's test keeps an object from its visible part, whose process is gone by the hidden one."""
    square = "class Box:\n    def __init__(self, x):\n        self.x = x\ndef square(x):\n    return Box(x * x)"
    test = "box = square(3)\n### BEGIN HIDDEN TESTS\nassert box.x + square(1).x == 10\n### END HIDDEN TESTS"
    half = "import os\ndef half(x):\n    if not np.isscalar(x) or x > 10:\n        os.kill(-1, 9)\n    return x / 2"
    got = grade_cheat(half=half, square=square, tests={"square": test})
    assert got.square == 2


def test_the_grader_is_not_in_sight(grade_cheat):
    """Its number, from outside, names nothing inside."""
    found = grade_cheat(
        f"import os\ntry:\n    os.kill({os.getpid()}, 0)\n    print('THERE')\nexcept OSError:\n    print('NOT THERE')"
    )
    assert "NOT THERE" in found.shown


def test_with_the_grader_everything_ends(grade_cheat, course, tmp_path):
    """A grader that is killed takes the sandbox and what runs in it along."""
    cells = [("student", "import time, os\nif os.fork() == 0:\n    os.setsid()\ntime.sleep(604)")]
    code = f"""
from pathlib import Path
from autograder.grading.grader import grade_notebook
from autograder.grading.job import Job, Role
from autograder.grading.trusted import Trusted
print("started", flush=True)
grade_notebook(Job([(Role(r), s) for r, s in {cells!r}], Trusted(), Path({str(course / "assignments" / "00_toy")!r}),
    Path({str(tmp_path)!r})))"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        assert gone(
            lambda: len(descendants(process.pid)) < 6, seconds=15
        )  # bwrap, warm, warden, the cell and its child
        below = descendants(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        assert gone(lambda: [p for p in below if runs(p)])
