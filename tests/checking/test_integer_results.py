"""The drivers for results that list numbers, and that are used as indices."""

import numpy as np
import pytest

from autograder.checking.compare import difference
from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Malformed, Subject

integers = DRIVERS["integers"].run


def give(result):
    return integers({}, Subject(lambda: result, "f", []))


@pytest.mark.parametrize(
    "result", [np.array([1, 2]), np.array([1, 2], np.uint8), [1, np.int64(2)], (np.array(3),), [], np.zeros((0,), int)]
)
def test_ints_pass(result):
    assert difference(give(result)["the result"], list(result)) is None


@pytest.mark.parametrize("result", [np.array([1, 2]), [1, 2], (1, 2), np.array([1.0, 2.0])])
def test_an_array_counts_as_a_list(result):
    outputs = DRIVERS["listed"].run({}, Subject(lambda: result, "f", []))
    assert difference(outputs["the result"], [1, 2]) is None


@pytest.mark.parametrize("result", [np.array([[1, 2]]), [1, 3], None, np.array([True, False])])
def test_another_array_or_list_is_another(result):
    outputs = DRIVERS["listed"].run({}, Subject(lambda: result, "f", []))
    assert difference(outputs["the result"], [1, 2]) is not None


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (np.array([1.0, 2.0]), "an array of float64s"),
        (np.array([True]), "an array of bools"),
        ([1, 2.0], "entry 1 of the result is a float"),
        ([True], "entry 0 of the result is a bool"),
        ([np.float64(1)], "entry 0 of the result is a float64"),
        (["1"], "entry 0 of the result is a str"),
        ([[1]], "entry 0 of the result is a list"),
    ],
)
def test_anything_else_is_told(result, message):
    with pytest.raises(Malformed, match=message):
        give(result)


@pytest.mark.parametrize("result", [3.5, None, "text"])
def test_what_is_no_list_is_left_to_the_judge(result):
    assert give(result) == {"the result": result}
