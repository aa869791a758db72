"""The driver for a result that must be an int."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe


@pytest.mark.parametrize(
    ("value", "fine"), [(3, True), (np.int64(3), True), (np.array(3), True), (3.0, False), (True, False), (None, False)]
)
def test_a_count_is_an_int(value, fine):
    seen = observe(DRIVERS["whole_number"].run, {"n": 1}, [Subject(lambda n: value, "f", ["n"])])
    assert (seen.error is None) == fine
