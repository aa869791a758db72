"""A limit on time."""

import time

import pytest

from autograder.checking import subject
from autograder.checking.deadline import TooSlow, deadline
from autograder.checking.engine import evaluate
from autograder.checking.exercise import Case, Exercise, Property
from autograder.checking.prepared import prepare


def for_ever():
    while True:
        pass


def test_a_loop_that_never_ends_is_ended():
    with pytest.raises(TooSlow), deadline(0.05):
        for_ever()


def test_swallowing_it_does_not_help():
    def stubborn():
        try:
            for_ever()
        except BaseException:
            for_ever()

    with pytest.raises(TooSlow), deadline(0.05):
        stubborn()


def test_the_shorter_of_two_holds_and_the_outer_one_goes_on():
    began = time.monotonic()

    def both():
        with pytest.raises(TooSlow), deadline(0.05):
            for_ever()
        assert time.monotonic() - began < 0.3
        for_ever()

    with pytest.raises(TooSlow), deadline(0.3):
        both()


def test_nothing_is_left_behind():
    with deadline(0.05):
        pass
    time.sleep(0.1)


def test_a_check_says_so_and_stops(monkeypatch):
    monkeypatch.setattr(subject, "SECONDS", 0.05)

    def draw(rng):
        return [Case("one", {"x": 1.0}), Case("two", {"x": 2.0})]

    properties = [Property("first", draw, core=True), Property("second", draw)]
    exercise = prepare(Exercise("f", "F", 2, properties), {"f": lambda x: x}, 0)
    result = evaluate(exercise, {"f": lambda x: for_ever()})
    assert [prop.mark for prop in result.properties] == ["✗", "–"]
    assert "still ran after 0.05 seconds" in result.properties[0].fault
    assert result.points == 0
