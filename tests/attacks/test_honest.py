"""Odd, and honest: what people really hand in. Each gets full marks."""

import pytest

HALF = "def half(x):\n    return x / 2"

ODD = {
    "a warning of NumPy's": "def half(x):\n    np.ones(1) / np.zeros(1)\n    np.log(-1.0)\n    return x / 2",
    "a warning of its own": "import warnings\ndef half(x):\n    warnings.warn('hm', DeprecationWarning)\n"
    "    return x / 2",
    "prints": "def half(x):\n    print('half of', x)\n    return x / 2",
    "prints to stderr": "import sys\ndef half(x):\n    print('half of', x, file=sys.stderr)\n    return x / 2",
    "logs": "import logging\ndef half(x):\n    logging.warning('half of %s', x)\n    return x / 2",
    "much output": "def half(x):\n    print('y' * 10**7)\n    return x / 2",
    "an instance of a class": "class Half:\n    def __call__(self, x):\n        return x / 2\nhalf = Half()",
    "a class": "class half(float):\n    def __new__(cls, x):\n        return x / 2",
    "a method": "class Halves:\n    by = 2\n    def half(self, x):\n        return x / self.by\nhalf = Halves().half",
    "a lambda": "half = lambda x: x / 2",
    "a partial": "from functools import partial\nhalf = partial(lambda by, x: x / by, 2)",
    "a ufunc": "half = np.frompyfunc(lambda x: x / 2, 1, 1)\nkept = half\n"
    "half = lambda x: np.asarray(kept(x), float)[()]",
    "vectorize": "half = np.vectorize(lambda x: x / 2, otypes=[float])",
    "a decorator": "def twice(f):\n    return lambda *a, **k: f(*a, **k) / 2\n@twice\ndef half(x):\n    return x",
    "a cache": "from functools import lru_cache\n@lru_cache\ndef by(n):\n    return n / 2\n"
    "def half(x):\n    return x * by(1) if np.ndim(x) else by(x)",
    "its own counter": "calls = 0\ndef half(x):\n    global calls\n    calls += 1\n    return x / 2",
    "global state": "memory = {}\ndef half(x):\n    memory['last'] = x\n    return memory['last'] / 2",
    "a closure": "def make(by):\n    def half(x):\n        return x / by\n    return half\nhalf = make(2)",
    "recursion": "def half(x, depth=300):\n    return half(x, depth - 1) if depth else x / 2",
    "a generator within": "def halves(x):\n    yield x / 2\ndef half(x):\n    return next(halves(x))",
    "a 0-d array": "def half(x):\n    return np.asarray(x) / 2",
    "a NumPy number": "def half(x):\n    return np.float64(x) / 2 if np.ndim(x) == 0 else x / 2",
    "a fraction": "from fractions import Fraction\ndef half(x):\n"
    "    return float(Fraction(x) / 2) if np.ndim(x) == 0 else x / 2",
    "a matrix view": "def half(x):\n    return np.asarray(x / 2)[..., None][..., 0]",
    "a list comprehension": "def half(x):\n    return np.array([v / 2 for v in x]) if np.ndim(x) else x / 2",
    "type hints": "from __future__ import annotations\n"
    "def half(x: float | np.ndarray) -> float | np.ndarray:\n    return x / 2",
    "defaults and keywords": "def half(x, *, by=2, **options):\n    return x / by",
    "async": "import asyncio\nasync def slowly(x):\n    await asyncio.sleep(0)\n    return x / 2\n"
    "def half(x):\n    return asyncio.run(slowly(x))",
    "star imports": "from numpy import *\nfrom math import *\ndef half(x):\n    return multiply(x, 0.5)",
    "a thread of its own": "import threading\ndef half(x):\n    out = []\n    t = threading.Thread("
    "target=lambda: out.append(x / 2))\n    t.start(); t.join()\n    return out[0]",
    "a pool of threads": "from concurrent.futures import ThreadPoolExecutor\ndef half(x):\n"
    "    with ThreadPoolExecutor(2) as pool:\n        return pool.submit(lambda: x / 2).result()",
    "a pool of processes": "import multiprocessing as mp\ndef job(x):\n    return x / 2\ndef half(x):\n"
    "    with mp.get_context('fork').Pool(1) as pool:\n        return pool.map(job, [x])[0]",
    "a program": "import subprocess, sys\ndef half(x):\n    subprocess.run(['true'], check=True)\n    return x / 2",
    "a file": "def half(x):\n    np.save('kept.npy', x)\n    return np.load('kept.npy') / 2",
    "a temporary file": "import tempfile\ndef half(x):\n    with tempfile.NamedTemporaryFile() as file:\n"
    "        np.save(file, x); file.seek(0)\n        return np.load(file) / 2",
    "a figure left open": "import matplotlib.pyplot as plt\ndef half(x):\n    plt.figure(); plt.plot(np.ravel(x))\n"
    "    return x / 2",
    "a test of its own": "def half(x):\n    return x / 2\nassert half(2) == 1\nimport unittest, doctest\n"
    "doctest.testmod()",
    "a change of its argument, undone": "def half(x):\n    x = np.array(x, float)\n    x /= 2\n"
    "    return x if x.ndim else float(x)",
    "defined twice": "def half(x):\n    raise NotImplementedError\ndef half(x):\n    return x / 2",
    "a random number thrown away": "def half(x):\n    np.random.seed(0); np.random.default_rng().random()\n"
    "    return x / 2",
    "many blanks": "\n\n\n   \n" + HALF.replace("    ", "\t\t") + "   \n\n# 끝\n",
    "Korean": "def 절반(값):\n    '''반으로 나눈다'''\n    return 값 / 2\nhalf = 절반",
    "a name that is Python's": "def half(list):\n    sum = list / 2\n    return sum",
    "a deleted name": HALF + "\nkept = half\ndel half\nhalf = kept\ndel kept",
}

BEFORE = {
    "%matplotlib inline": "%matplotlib inline",
    "%%time": "%%time\nx = 3",
    "%%timeit": "%%timeit -n1 -r1\n3 + 3",
    "%%capture": "%%capture out\nprint(3)",
    "%load_ext": "%load_ext autoreload\n%autoreload 2",
    "a shell command": "!ls; pip --version\nfiles = !ls",
    "a magic that does not exist": "%%nonsense\nhello",
    "help": "len?\nnp.abs??\nhelp(len)",
    "display": "from IPython.display import *\ndisplay(HTML('<b>b</b>'), Math('x'), Markdown('*m*')); clear_output()",
    "figures": "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(2, 2)\nplt.plot([1, 2])",
    "an animation": "import matplotlib.animation as a, matplotlib.pyplot as plt\n"
    "a.FuncAnimation(plt.figure(), lambda i: [], frames=2, cache_frame_data=False).to_jshtml()",
    "input": "name = input('Your name? ')",
    "exit": "exit()",
    "quit": "quit",
    "sys.exit": "import sys\nsys.exit('done')",
    "an error": "1 / 0",
    "a syntax error": "def half(x:",
    "an unfinished cell": "for i in range(3):",
    "a name that is not there": "undefined_name",
    "an interrupt": "raise KeyboardInterrupt",
    "os.chdir": "import os\nos.makedirs('sub', exist_ok=True)\nos.chdir('sub')",
    "os.chdir to nowhere": "import os, shutil\nos.makedirs('sub')\nos.chdir('sub')\nos.rmdir('../sub')",
    "np.seterr": "np.seterr(all='raise')",
    "warnings as errors": "import warnings\nwarnings.simplefilter('error')",
    "seeds": "import random\nnp.random.seed(1); random.seed(1)",
    "print options": "np.set_printoptions(precision=1, suppress=True, legacy='1.25')",
    "a recursion limit": "import sys\nsys.setrecursionlimit(5000)",
    "a signal handler": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.alarm(1)",
    "an alarm": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.001)\nsum(range(10**6))",
    "a thread that stays": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()",
    "a process that stays": "import subprocess\nsubprocess.Popen(['sleep', '60'])",
    "a locale": "import locale\nlocale.setlocale(locale.LC_ALL, 'C')",
    "sys.stdout": "import sys, io\nsys.stdout = io.StringIO()",
    "redirected output": "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n    print(3)",
    "a library that is not there": "import tensorflow_of_another_age",
    "gc": "import gc\ngc.disable(); gc.freeze()",
    "tqdm": "for i in range(3):\n    print(i, end='\\r', flush=True)",
    "await": "import asyncio\nawait asyncio.sleep(0)",
    "a stub of the other exercise": "def square(x):\n    raise NotImplementedError",
    "%reset": "%reset -f\nimport numpy as np",
    "get_ipython": "get_ipython().run_line_magic('pwd', ''); get_ipython().history_manager",
    "__name__": "if __name__ == '__main__':\n    here = globals()\n"
    "import pickle; pickle.loads(pickle.dumps(here))['np']",
    "a dataclass": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP(1) == P(1)",
    "an image": "from PIL import Image\nImage.new('RGB', (9, 9))",
    "a huge output": "print('y' * 10**7)\nlist(range(10**5))",
    "control characters": "print('\\x1b[31mred\\x1b[0m \\x00 \\x08 \\r\\n \\ud83d')",
    "os.environ": "import os\nos.environ.clear()\nos.environ['OMP_NUM_THREADS'] = '4'",
}

AFTER = {
    "shadowed builtins": "len = abs = float = sum = range = 3\nassert_ = print = None",
    "np is gone": "np = None",
    "np is deleted": "del np",
    "names of the tests": "check = grade = None\nassertion = 0",
    "a helper of another exercise": "def helper(x):\n    return None\nx = 3",
    "an error at the end": "raise ValueError('not finished')",
    "everything deleted": "%reset -f",
    "an exit at the end": "import os\nos._exit(1)",
    "defined anew for another exercise": "def half(x):\n    return None\ndef square(x):\n    return None",
    "a loop at the end that was forgotten": "import itertools\nfor i in itertools.count():\n    if i > 10**6: break",
}


def is_full(got) -> bool:
    return (got.half, got.parts, got.square) == (3, 2, 2)


@pytest.mark.parametrize("half", ODD.values(), ids=ODD)
def test_an_odd_answer_is_an_answer(grade, half):
    got = grade(half=half)
    assert is_full(got), got.shown


@pytest.mark.parametrize("cell", BEFORE.values(), ids=BEFORE)
def test_a_cell_before_costs_nothing(grade, cell):
    got = grade(cell, half=HALF)
    assert is_full(got), got.shown


@pytest.mark.parametrize("cell", AFTER.values(), ids=AFTER)
def test_a_cell_after_costs_nothing(grade, cell):
    got = grade(half=HALF, after=[cell])
    assert is_full(got), got.shown


@pytest.mark.parametrize("name", ["a warning of NumPy's", "prints to stderr", "an instance of a class", "a 0-d array"])
def test_nor_where_the_test_is_a_check(grade, name, check_test):
    got = grade(half=ODD[name], tests={"half": check_test})
    assert is_full(got), got.shown


VALUES = {
    "a generator": (
        "def square(n):\n    for i in range(n):\n        yield i * i",
        "assert list(square(4)) == [0, 1, 4, 9]",
    ),
    "an endless generator": (
        "import itertools\ndef square():\n    return (i * i for i in itertools.count())",
        "import itertools\nassert list(itertools.islice(square(), 3)) == [0, 1, 4]\nassert next(iter(square())) == 0",
    ),
    "a namedtuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'side area')\ndef square(x):\n    return P(x, x * x)",
        "side, area = square(3)\nassert (side, area) == (3, 9)\nassert square(3)[1] == 9",
    ),
    "a defaultdict": (
        "from collections import defaultdict\ndef square(x):\n    out = defaultdict(float)\n    out['area'] = x * x\n"
        "    return out\ndef area(cache):\n    cache['more'] += 1\n    return cache['area']",
        "cache = square(3)\nassert cache['area'] == 9\nassert area(cache) == 9",
    ),
    "a dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass Square:\n    x: float\n    @property\n"
        "    def area(self):\n"
        "        return self.x ** 2\nsquare = Square",
        "s = square(3)\nassert s.area == 9\ns.x = 4\nassert s.area == 16",
    ),
    "a class with a state": (
        "class square:\n    def __init__(self):\n        self.total = 0\n    def add(self, x):\n"
        "        self.total += x * x\n"
        "        return self",
        "s = square()\nassert s.add(3).add(4).total == 25\nassert len(vars) if False else True",
    ),
    "a method that takes another object": (
        "class square:\n    def __init__(self, x):\n        self.x = x\n    def plus(self, other):\n"
        "        return square(self.x + other.x)",
        "assert square(1).plus(square(2)).x == 3",
    ),
    "sets, texts, bytes, None": (
        "def square(x):\n    return {x, 'é' * 2000, b'b', None, True, 1j, frozenset([2])}",
        "assert square(3) == {3, 'é' * 2000, b'b', None, True, 1j, frozenset([2])}",
    ),
    "a big integer": ("def square(x):\n    return x * x", "assert square(10**60) == 10**120"),
    "NaN and infinity": (
        "def square(x):\n    return np.square(x)",
        "assert np.isnan(square(np.nan)) and square(-np.inf) == np.inf",
    ),
    "empty arrays": ("def square(x):\n    return x * x", "assert square(np.zeros((0, 3))).shape == (0, 3)"),
    "an exception": (
        "class Negative(ValueError):\n    pass\ndef square(x):\n    if x < 0:\n"
        "        raise Negative('x is negative')\n    return x * x",
        "try:\n    square(-1)\nexcept ValueError as error:\n    assert 'negative' in str(error)\nelse:\n"
        "    assert False",
    ),
    "a function that is passed": (
        "def square(f, x):\n    return f(f(x))",
        "calls = []\nassert square(lambda v: calls.append(v) or v + 1, 1) == 3\nassert calls == [1, 2]",
    ),
    "a function that is given back": (
        "def square(by):\n    return lambda x: x ** by",
        "assert square(2)(3) == 9\nassert list(map(square(2), [1, 2])) == [1, 4]",
    ),
    "an argument changed in place": (
        "def square(x):\n    x *= x",
        "a = np.array([2.0, 3.0])\nassert square(a) is None\nassert a.tolist() == [4, 9]",
    ),
    "a list sorted in place": (
        "def square(x):\n    x.sort()\n    x.append(9)",
        "a = [3, 1]\nsquare(a)\nassert a == [1, 3, 9]",
    ),
    "a random generator": (
        "def square(rng):\n    return rng.normal(size=2) ** 2",
        "a, b = np.random.default_rng(1), np.random.default_rng(1)\nassert (square(a) == b.normal(size=2) ** 2).all()\n"
        "assert a.random() == b.random()",
    ),
    "a variable": ("square = np.arange(3) ** 2\nanswer = 42", "assert square.tolist() == [0, 1, 4] and answer == 42"),
    "a string": ("square = 'four sides'", "assert square.split()[0] == 'four'\nassert isinstance(square, str)"),
    "len of its own object": (
        "class square:\n    def __len__(self):\n        return 4\n    def __getitem__(self, i):\n        return i * i",
        "s = square()\nassert len(s) == 4 and s[3] == 9",
    ),
}


@pytest.mark.parametrize(("square", "test"), VALUES.values(), ids=VALUES)
def test_whatever_a_right_answer_gives_is_judged_as_what_it_is(grade, square, test):
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    got = grade(half=HALF, square=square, tests={"square": test + "\n" + hidden})
    assert is_full(got), got.shown


def test_a_later_test_may_use_what_an_earlier_one_made(grade):
    square = (
        "class Box:\n    def __init__(self, x):\n        self.x = x\ndef square(b):\n    return getattr(b, 'x', b) ** 2"
    )
    first = "box = half(8)\n### BEGIN HIDDEN TESTS\nhidden_box = half(6)\n### END HIDDEN TESTS"
    last = "assert box.x == 4\n### BEGIN HIDDEN TESTS\nassert hidden_box.x == 3 and box.x == 4\n### END HIDDEN TESTS"
    half = "class Box:\n    def __init__(self, x):\n        self.x = x\ndef half(x):\n    return Box(x / 2)"
    got = grade(half=half, square=square, tests={"half": first, "parts": "2.0", "square": last})
    assert is_full(got), got.shown


def test_functions_redefined_for_a_later_exercise_are_judged_where_they_stood(grade):
    got = grade(half=HALF, square="def half(x):\n    return x\ndef square(x):\n    return half(x) * half(x)")
    assert is_full(got), got.shown
