"""Each limit has a sentence that names it and its size."""

from dataclasses import FrozenInstanceError

import pytest

from autograder.grading.apart.limits import Limits

LIMITS = Limits(cell_seconds=1.5, test_seconds=2, submission_seconds=3, cpu_seconds=4, memory=5)


@pytest.mark.parametrize(
    ("say", "number", "name"),
    [
        (Limits.cell, "1.5 seconds", "one cell"),
        (Limits.test, "2 seconds", "one test"),
        (Limits.submission, "3 seconds", "all of it"),
        (Limits.cpu, "4 seconds of CPU", "submission"),
        (Limits.too_much_memory, "5 MB of memory", "submission"),
    ],
)
def test_a_limits_sentence_says_which_and_how_much(say, number, name):
    assert number in say(LIMITS)
    assert name in say(LIMITS)


def test_limits_do_not_change_on_the_way():
    with pytest.raises(FrozenInstanceError):
        LIMITS.memory = 1
