"""Values in a line: short, on one line, whatever they are."""

import numpy as np
import pytest

from autograder.checking.show import LONGEST, plural, short, show_call


class Mute:
    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1 / 3, "0.3333333"),
        (np.float32(0.1), "0.1"),
        (np.int64(3), "3"),
        (np.True_, "True"),
        (float("nan"), "nan"),
        (None, "None"),
        ("a\n  b", "'a\\n b'"),
        (np.array([1.0, 0.25]), "[1, 0.25]"),
        (np.array([[1, 2], [3, 4]]), "[[1, 2], [3, 4]]"),
        (np.array([True]), "[True]"),
        (np.array(2.5), "2.5"),
        (np.zeros((0, 3)), "empty array of shape (0, 3)"),
        (np.linspace(-1, 2, 1000).reshape(10, 100), "float64 array of shape (10, 100), from -1 to 2"),
        (np.array([np.nan] + 9 * [1.0]), "float64 array of shape (10,), from nan to nan"),
        (np.arange(256, dtype="uint8"), "uint8 array of shape (256,), from 0 to 255"),
        (np.zeros(10, bool), "bool array of shape (10,)"),
        (np.array([None, 1]), "object array of shape (2,)"),
        ({"m": np.zeros(2), "t": 7}, "{'m': [0, 0], 't': 7}"),
        ((1.0, [2.0]), "(1, [2])"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, …]"),
        (np.random.default_rng(0), "rng"),
        (Mute(), "a Mute"),
        ([Mute(), 1], "[a Mute, 1]"),
    ],
)
def test_a_value_has_a_short_form(value, text):
    assert short(value) == text


@pytest.mark.parametrize(
    "value", ["x" * 10**6, 10**1000, [10**5000], {i: "x" * 50 for i in range(99)}, [["y" * 99]] * 99]
)
def test_no_value_is_long(value):
    assert len(short(value)) <= LONGEST


def test_a_list_that_holds_itself_is_shown():
    loop = []
    loop.append(loop)
    assert len(short(loop)) <= LONGEST


def test_a_call_reads_like_one():
    call = show_call("adam", {"w": np.array([1.0, 2.0]), "state": None, "learning_rate": 0.1})
    assert call == "adam(w=[1, 2], state=None, learning_rate=0.1)"


def test_one_value_has_no_s():
    assert [plural(n, "value") for n in (0, 1, 2)] == ["0 values", "1 value", "2 values"]
