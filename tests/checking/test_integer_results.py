"""The driver for results that are used as indices."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Malformed, Subject

integers = DRIVERS["integers"].run


def give(result):
    return integers({}, Subject(lambda: result, "f", []))


@pytest.mark.parametrize(
    "result", [np.array([1, 2]), np.array([1, 2], np.uint8), [1, np.int64(2)], (np.array(3),), [], np.zeros((0,), int)]
)
def test_ints_pass_as_they_are(result):
    assert give(result) == {"the result": result} or np.array_equal(give(result)["the result"], result)


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
