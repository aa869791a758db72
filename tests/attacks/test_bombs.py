"""Too much of everything: time, memory, processes, files, output. It costs the exercise that does it, no other."""

import os
import resource
from dataclasses import replace

import pytest

from autograder.grading.apart.limits import Limits

LIMITS = Limits(
    cell_seconds=1, test_seconds=0.7, submission_seconds=20, cpu_seconds=10, memory=256, processes=14, disk=8, output=1
)

BOMBS = {
    "a loop": "while True:\n    pass",
    "a loop that ignores signals": """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass""",
    "a loop in C": "sum(iter(int, 1))",
    "a power that never ends": "7 ** 7 ** 9",
    "a stop": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "memory, little by little": "blocks = []\nwhile True:\n    blocks.append(np.ones(10**6))",
    "memory at once": "block = np.ones(10**10)",
    "memory of children": """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = np.ones(10**7)
        time.sleep(3600)
time.sleep(3600)""",
    "shared memory": "import mmap\nkept = [mmap.mmap(-1, 10**8) for _ in range(9)]\nfor m in kept: m[:] = b'x' * 10**8",
    "memory that has no process": """
import os
fds = [os.memfd_create(str(i)) for i in range(99)]
for fd in fds:
    os.write(fd, bytes(10**7))""",
    "a file": "with open('big', 'wb') as file:\n    while True:\n        file.write(bytes(10**6))",
    "a file in /tmp": "with open('/tmp/big', 'wb') as file:\n    while True:\n        file.write(bytes(10**6))",
    "a million files": "for i in range(10**6):\n    open(f'file{i}', 'w').close()",
    "open files": "files = [open('/dev/null') for _ in range(10**4)]",
    "forks": "import os\nwhile True:\n    os.fork()",
    "forks of forks that stay": """
import os, time
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        time.sleep(0.01)""",
    "threads": """
import threading, time
while True:
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()""",
    "output": "while True:\n    print('y' * 10**6)",
    "output past Python": "import os\nwhile True:\n    os.write(1, b'y' * 10**6)\n    os.write(2, b'y' * 10**6)",
    "output of a program": "import subprocess\nsubprocess.run('yes')",
    "displays": "from IPython.display import display\nwhile True:\n    display('y' * 10**5)",
    "figures": "import matplotlib.pyplot as plt\nfor _ in range(50):\n    plt.figure(figsize=(40, 40))",
    "an exit": "import os\nos._exit(0)",
    "a bad address": "import ctypes\nctypes.string_at(0)",
    "an abort": "import os\nos.abort()",
    "deep recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef deep():\n    return deep() + 1\ndeep()",
    "a deep stack in C": "import sys\nsys.setrecursionlimit(10**9)\nx = ()\nfor _ in range(10**6):\n"
    "    x = (x,)\nhash(x)",
    "a new program in its place": "import os\nos.execv('/bin/sleep', ['sleep', '3600'])",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_bomb_in_a_cell_costs_that_cell(grade_cheat, bomb):
    got = grade_cheat(bomb, limits=LIMITS)
    assert got.stolen == 0
    assert got.square == 2
    assert len(got.shown) < 5 * 2**20


CALLED = ["a loop that ignores signals", "a power that never ends", "a stop", "memory, little by little", "forks"]
CALLED += ["memory of children", "output past Python", "an exit", "a bad address", "a deep stack in C", "threads"]


@pytest.mark.parametrize("name", CALLED)
def test_a_bomb_in_a_call_costs_that_exercise(grade_cheat, name):
    half = "def half(x):\n    " + BOMBS[name].replace("\n", "\n    ")
    got = grade_cheat(half=half, tests={"parts": "0.0"}, limits=LIMITS)
    assert got.stolen == 0
    assert got.square == 2
    assert len(got.shown) < 5 * 2**20


ANSWERS = {
    "a range": "range(10**15)",
    "an iterator": "iter(int, 1)",
    "an iterator of arrays": "(np.zeros(10**7) for _ in iter(int, 1))",
    "an array": "np.zeros(10**8)",
    "a text": "'y' * 10**9",
    "an integer": "10**2400",
    "a length": "type('Long', (), {'__len__': lambda self: 2**62})()",
    "lists of one list": "__import__('functools').reduce(lambda l, _: [l, l], range(40), [])",
    "a list in itself": "(lambda l: (l.append(l), l)[1])([])",
    "ever more depth": "__import__('functools').reduce(lambda l, _: [l], range(10**5), [])",
    "a namedtuple of much": "__import__('collections').namedtuple('Much', 'a')(np.zeros(3 * 10**7))",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_a_bomb(grade_cheat, name):
    """It goes off where the test looks at it: in the grader's own process, which neither fills nor hangs."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tests = {"half": "assert list(half(4)) == [2]", "parts": "kept = [half(n) for n in range(40)]\n0.0"}
    patient = replace(LIMITS, test_seconds=1 if name in ("an iterator", "lists of one list") else 4)
    got = grade_cheat(half=f"def half(x):\n    return {ANSWERS[name]}", tests=tests, limits=patient)
    assert got.half == 0
    assert got.square == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1024 * (LIMITS.memory + 200)


def test_a_call_that_calls_back_for_ever_is_ended(grade_cheat):
    tests = {"half": "assert half(lambda x: x) == 2", "parts": "def again(f):\n    return f(again)\nhalf(again)"}
    got = grade_cheat(half="def half(f):\n    while True:\n        f(half)", tests=tests, limits=LIMITS)
    assert (got.half, got.square) == (0, 2)


@pytest.mark.parametrize("name", ["a loop", "memory, little by little", "an exit", "a file"])
def test_a_student_reads_what_it_was(grade_cheat, name):
    said = {
        "a loop": "longer than 1 seconds, the limit for one cell",
        "memory, little by little": "emory",
        "an exit": "it left with exit status 0",
        "a file": "File too large",
    }
    assert said[name] in grade_cheat(BOMBS[name], limits=LIMITS).shown


def test_nothing_is_left_on_the_disk_of_the_machine(grade_cheat):
    before = os.statvfs("/tmp").f_bavail
    grade_cheat(BOMBS["output past Python"], BOMBS["a file in /tmp"], limits=LIMITS)
    assert before - os.statvfs("/tmp").f_bavail < 2**26 / os.statvfs("/tmp").f_frsize
