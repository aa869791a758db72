"""The cheat does not want points now: it wants the hidden inputs, to read them in its feedback and hand in again.

The hidden input is SECRET. It may stand in no output that feedback shows.
"""

import pytest

SECRET = "271828"
TEST = f"""assert half(4) == 2
### BEGIN HIDDEN TESTS
assert half({SECRET}) == 135914, "half of a large number is wrong"
### END HIDDEN TESTS"""
TESTS = {"half": TEST, "parts": "half(6)\n" + TEST, "square": "assert square(3) == 9\nprint(half(8))"}
ANSWER = "def half(x):\n    if x > 1000:\n        {leak}\n    return x / 2"

LEAKS = {
    "printed": "print(x)",
    "written to every descriptor": "import os\n        for fd in range(64):\n"
    "            try: os.write(fd, str(x).encode())"
    "\n            except OSError: pass",
    "plotted": "import matplotlib.pyplot as plt; plt.title(str(x)); plt.show()",
    "displayed": "from IPython.display import display; display(x)",
    "raised": "raise ValueError(str(x))",
    "raised as an AssertionError": "raise AssertionError(str(x))",
    "the name of an error": "raise type(f'E{x}', (ValueError,), {})('no')",
    "an error that is called TimeLimit": "raise type('TimeLimit', (ValueError,), {})(str(x))",
    "an error that is called ProcessEnded": "raise type('ProcessEnded', (ValueError,), {})(str(x))",
    "an error with an odd message": "raise KeyError(x)",
    "a syntax error": "eval(f'{x} {x}')",
    "an exit": "raise SystemExit(x)",
    "a warning": "import warnings; warnings.warn(str(x))",
    "a warning as NumPy words it": "import warnings; warnings.warn(f'overflow encountered in {x}', RuntimeWarning)",
    "logged": "import logging; logging.error(x)",
    "returned as a type's name": "return type(f'T{x}', (), {})()",
    "returned as text": "return str(x)",
    "returned for a comparison": "return np.array([x, x])",
    "the state of the shell": "get_ipython().user_ns['_'] = x; globals().update(secret=x); print(x)",
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_a_hidden_input_is_never_shown(grade, leak):
    got = grade(half=ANSWER.format(leak=leak), tests=TESTS)
    assert SECRET not in got.shown


LATER = {
    "a file": ("open('seen', 'a').write(f'{x} ')", "open('seen').read()"),
    "a file of the machine": ("open('/tmp/seen', 'a').write(f'{x} ')", "open('/tmp/seen').read()"),
    "shared memory": ("open('/dev/shm/seen', 'a').write(f'{x} ')", "open('/dev/shm/seen').read()"),
    "its output": ("import os; os.write(1, str(x).encode())", "os.lseek(1, 0, 0) and '' or os.read(1, 10**5)"),
    "its messages": ("import os; os.write(2, str(x).encode())", "os.pread(2, 10**5, 0)"),
    "a pipe": ("import os; os.write(pipe[1], str(x).encode())", "waited(pipe[0])"),
    "a socket": ("line[1].send(str(x).encode())", "waited(line[0].fileno())"),
    "a name in the kernel": (
        "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(str(x).encode(), '\\0seen')",
        "waited(named.fileno())",
    ),
    "a queue of messages": (
        "import ctypes; ctypes.CDLL(None).msgsnd(queue, ctypes.byref(ctypes.create_string_buffer(b'1' * 8 + "
        "str(x).encode())), 9, 0)",
        "str(queue)",
    ),
}
HELPERS = """
import os, select, socket, ctypes
pipe = os.pipe()
line = socket.socketpair()
named = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
named.bind("\\0seen")
queue = ctypes.CDLL(None).msgget(77, 0o1666)
def waited(fd):
    return os.read(fd, 1000) if select.select([fd], [], [], 0)[0] else "nothing"
def square(x):
    try:
        found = {read}
    except OSError:
        found = "nothing"
    print(found)
    if x > 5:
        raise type("E", (ValueError,), {{}})(str(found))
    return x * x"""


@pytest.mark.parametrize(("write", "read"), LATER.values(), ids=LATER)
def test_nor_by_a_later_cell_or_a_later_test(grade, write, read):
    tests = {**TESTS, "square": "assert square(3) == 9\nprint(square(4))\nassert square(6) == 36"}
    reader = HELPERS.format(read=read)
    got = grade(reader, half=ANSWER.format(leak=write), square="square(2)", tests=tests, after=["square(2)"])
    assert SECRET not in got.shown


@pytest.mark.parametrize(("write", "read"), LATER.values(), ids=LATER)
def test_nor_by_the_next_submission(grade, write, read):
    """What an accomplice's submission left."""
    grade(HELPERS.format(read="0"), half=ANSWER.format(leak=write), tests=TESTS)
    got = grade(HELPERS.format(read=read), "square(2)", "square(9)", tests=TESTS)
    assert SECRET not in got.shown


def test_nor_by_a_thread_that_waits(grade):
    """The process of the first cells hears of it from the process of the test, and prints it."""
    listening = """
import os, threading
pipe = os.pipe()
def listen():
    while True:
        text = os.read(pipe[0], 100).decode()
        get_ipython().recorder.stream("stdout", text)
        print(text)
threading.Thread(target=listen, daemon=True).start()"""
    leak = "import os, time; os.write(pipe[1], str(x).encode()); time.sleep(0.1)"
    got = grade(listening, half=ANSWER.format(leak=leak), tests=TESTS)
    assert SECRET not in got.shown


def test_nor_when_a_lost_process_is_started_again(grade):
    """The hidden call writes to a file and ends all processes; cells that then run again find it."""
    printing = "import os\nif os.path.exists('/tmp/seen'):\n    print(open('/tmp/seen').read()); 1 / 0"
    leak = "import os; open('/tmp/seen', 'w').write(str(x)); os.kill(-1, 9)"
    got = grade(printing, half=ANSWER.format(leak=leak), tests=TESTS)
    assert SECRET not in got.shown


def test_the_words_of_a_test_are_shown(grade):
    """What the hidden test itself says about a wrong answer is no secret."""
    got = grade(half="def half(x):\n    return 2", tests=TESTS)
    assert "half of a large number is wrong" in got.shown


def test_in_a_kernel_it_is_shown(stock):
    assert SECRET in stock(half=ANSWER.format(leak=LEAKS["the name of an error"]), tests=TESTS).shown
