"""The cheat answers with an object that behaves like every answer at once."""

import pytest

ANSWERS = {
    "equal to everything": """
class Equal:
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = __truediv__ = __mul__ = __abs__ = __getitem__ = lambda self, *other: self
    __bool__ = lambda self: True
    __hash__ = lambda self: 0
    __float__ = lambda self: 0.0
def half(x):
    return Equal()""",
    "a float that equals everything": """
class Equal(float):
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __hash__ = None
def half(x):
    return Equal(8)""",
    "an int that equals everything": """
class Equal(int):
    __eq__ = __le__ = lambda self, other: True
    __hash__ = int.__hash__
def half(x):
    return Equal(8)""",
    "a str that equals everything": """
class Equal(str):
    __eq__ = lambda self, other: True
    __hash__ = str.__hash__
def half(x):
    return Equal("2")""",
    "a dict that equals everything": """
class Equal(dict):
    __eq__ = __contains__ = lambda self, other: True
    __missing__ = lambda self, key: key
def half(x):
    return Equal()""",
    "an array with __eq__": """
class Equal(np.ndarray):
    __eq__ = lambda self, other: np.ones(self.shape, bool)
def half(x):
    return np.zeros(np.shape(x)).view(Equal)""",
    "an array with __array_function__": """
class Equal(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.array(True)
def half(x):
    return np.zeros(np.shape(x)).view(Equal)""",
    "a stranger with __array_ufunc__": """
class Equal:
    shape, dtype, ndim, size = (2,), np.dtype(float), 1, 2
    __array_priority__ = 1e9
    def __array__(self, dtype=None, copy=None):
        return np.array([1.5, 4.0])
    def __array_function__(self, *a):
        return True
    def __array_ufunc__(self, *a, **k):
        return True
    __eq__ = lambda self, other: True
    __hash__ = None
def half(x):
    return Equal()""",
    "an array of objects": """
class Equal:
    __eq__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0
    __hash__ = None
def half(x):
    answer = np.empty(np.shape(x), object)
    answer[...] = Equal()
    return answer""",
    "a mock": """
from unittest.mock import MagicMock
def half(x):
    mock = MagicMock()
    mock.__eq__.return_value = True
    return mock""",
    "unittest's ANY": "from unittest.mock import ANY\ndef half(x):\n    return ANY",
    "a property that changes": """
class Changing:
    reads = 0
    @property
    def shape(self):
        self.reads += 1
        return (2,) if self.reads % 2 else ()
    def __getattr__(self, name):
        return self
    __call__ = lambda self, *a, **k: self
    __iter__ = lambda self: iter([self])
    __len__ = lambda self: 2
    __float__ = lambda self: 2.0
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 1
def half(x):
    return Changing()""",
    "NaN everywhere": "def half(x):\n    return x * np.nan",
    "True": "def half(x):\n    return np.ones(np.shape(x), bool)",
    "a broadcast": "def half(x):\n    return np.zeros((0,))",
    "a masked array": "def half(x):\n    return np.ma.masked_all(np.shape(x))",
    "the class itself": "class half(float):\n    def __new__(cls, x):\n        return cls\n"
    "    __eq__ = lambda s, o: True",
    "its argument with a new __eq__": """
def half(x):
    if isinstance(x, np.ndarray):
        x[...] = 0
    return x""",
    "a function": "def half(x):\n    return half",
    "the argument's own type, patched": """
import numpy
class Sly(type(1.0)):
    __rsub__ = __sub__ = lambda s, o: 0.0
def half(x):
    return Sly(100)""",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_odd_object_earns_nothing(grade, answer):
    got = grade(half=answer)
    assert got.stolen == 0
    assert got.square == 2


CHECKED = ["equal to everything", "an array with __array_function__", "an array of objects", "a property that changes"]


@pytest.mark.parametrize("name", CHECKED)
def test_nor_in_a_check(grade, name, check_test):
    got = grade(half=ANSWERS[name], tests={"half": check_test})
    assert got.half == 0
    assert got.square == 2


def test_in_a_kernel_it_pays(stock):
    assert stock(half=ANSWERS["equal to everything"]).stolen > 0


def test_a_result_that_is_no_number_is_no_full_credit(grade):
    """A test that ends in what a student's function gave: what is shown is a value, never the student's opinion."""
    sly = "class Sly(float):\n    __repr__ = lambda self: '2.0'\ndef half(x):\n    return Sly(0)"
    assert grade(half=sly, tests={"parts": "half(6)"}).parts == 0
