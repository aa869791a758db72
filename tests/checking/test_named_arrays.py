"""The driver for a dict of arrays."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.judges import JUDGES
from autograder.checking.subject import Malformed, Observation, Subject

named_arrays = DRIVERS["named_arrays"].run
W, B = np.ones((2, 2)), np.zeros(2)


def give(result):
    return named_arrays({"average": {"W": W, "b": B}, "decay": 0.9}, Subject(lambda **_: result, "f", []))


def test_each_array_is_named_and_more_are_left_out():
    outputs = give({"b": B, "W": W, "t": 3})
    assert list(outputs) == ["the result['W']", "the result['b']"]
    assert outputs["the result['W']"] is W


def test_the_dtype_of_each_array_is_seen():
    judge = JUDGES["keeps dtype"]
    single, mixed = (
        judge.see(Observation(give({"W": W.astype("float32"), "b": b})), None) for b in (B.astype("float32"), B)
    )
    assert judge.fault(single, single, None) is None
    assert "the result['b'] has dtype float64, but should keep float32" in judge.fault(mixed, single, None)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ([W, B], "returned a list, but should return a dict"),
        (None, "returned None"),
        ({"W": W}, "has no key 'b'"),
        ({}, "its keys are none"),
    ],
)
def test_what_is_no_such_dict_is_told(result, message):
    with pytest.raises(Malformed, match=message):
        give(result)
