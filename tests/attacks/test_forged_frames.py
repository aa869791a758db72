"""The cheat finds the socket to the grader by its descriptor and writes to it, or patches what answers there."""

import time

import pytest

from autograder.grading.apart.limits import Limits

FIND = """
import os, socket, stat, struct, gc, sys
import msgspec
encode = msgspec.msgpack.encode
def line():
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                return fd
        except OSError:
            pass
def frame(tree, lengths=(), count=None, buffers=b""):
    body = encode([list(lengths), tree])
    return struct.pack("<II", len(body), len(lengths) if count is None else count) + body + buffers
def tell(*parts):
    for part in parts:
        os.write(line(), part)
"""
OUTPUT = {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 1}

FORGED = {
    "answers to all questions": "tell(*[frame(['answer', n, '', ['tuple', 5.5]]) for n in range(1, 60)])",
    "an answer ahead of time": "tell(frame(['answer', 99, '', 3.0]))",
    "outputs": f"tell(frame(['answer', 3, '', {OUTPUT!r}]))",
    "an error that ends Python": "tell(frame(['error', 3, '', ['dict', 'type', 'E', 'bases', "
    "['list', 'SystemExit'], 'text', 'no']]))",
    "a question": "tell(frame(['ask', 1, 'call', ['list', ['yours', 1], ['list'], ['dict']]]))",
    "a question of its own kind": "tell(frame(['ask', 1, 'run', ['list', 'import os; os._exit(0)']]))",
    "garbage": "tell(os.urandom(4096))",
    "nothing but a head": "tell(struct.pack('<II', 2**20, 0))",
    "an enormous length": "tell(struct.pack('<II', 2**32 - 1, 2**32 - 1))",
    "an enormous buffer": "tell(frame(['answer', 3, '', 1], [2**62]))",
    "a gigabyte that never comes": "tell(frame(['answer', 3, '', 1], [2**30]))",
    "many empty buffers": "tell(frame(['answer', 3, '', 1], [0] * 9999))",
    "lists in lists": "tell(struct.pack('<II', 200_002, 0) + b'\\x92\\x90' + b'\\x91' * 200_000)",
    "an object of a type that is none": "tell(frame(['answer', 3, '', ['pickle', b'cos\\nsystem\\n(S\"id\"\\ntR.']]))",
    "a flood": """
import threading
def pour(fd=line(), data=frame(['answer', 3, '', 'x']) * 1000):
    while True:
        os.write(fd, data)
threading.Thread(target=pour, daemon=True).start()""",
    "its end": "os.shutdown(line()) if hasattr(os, 'shutdown') else socket.socket(fileno=line()).shutdown(2)",
    "its end without a word": "os.close(line())",
    "another thing in its place": "os.dup2(os.open('/dev/zero', 0), line())",
    "itself": "a, b = socket.socketpair(); os.dup2(a.fileno(), line())",
}
SHORT = Limits(cell_seconds=1, test_seconds=1, submission_seconds=20, memory=512, processes=40, disk=16, output=1)


# what comes late is taken for a later cell's: a cheat may lose its own later exercises by it
LATE = {"an error that ends Python", "many empty buffers", "a flood"}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_message_earns_nothing(grade_cheat, name):
    got = grade_cheat(FIND, FORGED[name], limits=SHORT)
    assert got.stolen == 0
    assert got.square == 2 or name in LATE


@pytest.mark.parametrize("name", ["answers to all questions", "a question", "garbage", "an enormous buffer", "a flood"])
def test_nor_from_within_a_call(grade_cheat, name):
    half = "def half(x):\n    " + FORGED[name].strip().replace("\n", "\n    ") + "\n    return x"
    got = grade_cheat(FIND, half=half, limits=SHORT)
    assert got.stolen == 0
    assert got.square == 2


PATCHED = (
    "from autograder.grading.apart import student, values, peer, wire\nfrom autograder.grading.apart.student import *\n"
)
LIES = {
    "a state's number is an object": "StudentPeer.snapshot = lambda self: object()",
    "a state's number is a text": "StudentPeer.snapshot = lambda self: '1'",
    "a state's number is enormous": "StudentPeer.snapshot = lambda self: 2**4000",
    "a state's number is everybody": "StudentPeer.snapshot = lambda self: -1",
    "a state's number is the warden's": "StudentPeer.snapshot = lambda self: 1",
    "a state cannot be kept": "def no(self):\n    raise SystemExit('no')\nStudentPeer.snapshot = no",
    "a cell ends Python": "def no(self, *a, **k):\n    raise SystemExit('no')\ntype(get_ipython()).run = no",
    "a cell is interrupted": "def no(self, *a, **k):\n    raise KeyboardInterrupt\ntype(get_ipython()).run = no",
    "a cell's outputs are no list": "type(get_ipython()).run = lambda *a, **k: 3.0",
    "a cell's outputs are objects": "type(get_ipython()).run = lambda *a, **k: [object(), {1: 2}, [], None]",
    "every name is a number": """
serve = StudentPeer.serve
StudentPeer.serve = lambda self, o, a: (5.5,) if o == "name" else serve(self, o, a)""",
    "every call is right": "StudentPeer._call = lambda self, f, args, kwargs: (True, {})",
    "arguments are changed": """
def call(self, f, args, kwargs):
    return args[0], {0: 0.0, "x": 1, 7: 7, (): ()}
StudentPeer._call = call""",
    "an error is odd": """
StudentPeer.describe = lambda self, error: {"type": 3, "bases": "no", "text": b"", "line": 1.0, "traceback": {}}""",
    "an error is none": "StudentPeer.describe = lambda self, error: None",
    "a rare kind of error": """
StudentPeer.describe = lambda self, error: {
    "type": "StopIteration", "bases": ["StopIteration", "GeneratorExit", "KeyboardInterrupt"], "text": "no"}""",
    "arrays that are objects": "values.DTYPES['object'] = np.dtype(object)",
    "a type of the grader's": "values.Writer.write = lambda self, value, depth=0: ['type', 'eval']",
    "a thing of the grader's": "values.Writer.write = lambda self, value, depth=0: ['yours', 1]",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_earns_nothing(grade_cheat, lie):
    got = grade_cheat(PATCHED, lie, limits=SHORT)
    assert got.stolen == 0
    assert got.square in (0, 2)  # who breaks the process that serves its cells may lose by it


def test_a_cell_that_claims_enormous_outputs_is_cut(grade_cheat):
    claim = """
parts = [{"output_type": "stream", "name": "stdout", "text": "x" * 10**7} for _ in range(8)]
type(get_ipython()).run = lambda *a, **k: parts"""
    assert len(grade_cheat(claim).shown) < 8 * 2**20


def test_text_that_no_file_can_hold_is_made_one_that_it_can(grade_cheat):
    """Half of a surrogate pair: nbformat would fail to write the notebook."""
    odd = "'\\ud800 half'"
    got = grade_cheat(f"print({odd})\n{odd}", f"raise ValueError({odd})", tests={"parts": f"print(half({odd}))\n0.0"})
    got.shown.encode()


def test_messages_are_read_at_no_cost_to_the_next(grade_cheat):
    began = time.monotonic()
    grade_cheat(FIND, FORGED["a flood"], limits=SHORT)
    assert time.monotonic() - began < 10
