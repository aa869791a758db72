"""Points by degrees, cases of the hidden test alone, time for a driver, and what cannot be checked at all."""

import time

import pytest
from IPython.utils.capture import capture_output

from autograder.checking import Case, Exercise, Property, frozen, notebook
from autograder.checking.drivers import DRIVERS, Driver
from autograder.checking.engine import evaluate
from autograder.checking.judges import JUDGES
from autograder.checking.prepared import prepare
from autograder.checking.result import Degree, Outcome
from autograder.checking.subject import CannotCheck


class Share:
    """The result is its own share of the points; right from 1."""

    def see(self, observation, expected):
        return observation.failure or observation.outputs

    def fault(self, seen, expected, tolerance):
        return seen if isinstance(seen, str) else (None if seen["the result"] >= 1 else "it is below 1")

    def degree(self, seen, expected):
        if isinstance(seen, str):
            return None
        return Degree(seen["the result"], f"It reached {seen['the result']}.", {"reached": seen["the result"]})


@pytest.fixture(autouse=True)
def share(monkeypatch):
    monkeypatch.setitem(JUDGES, "share", Share())


def one(x):
    return lambda rng: [Case("one", {"x": x})]


MEASURED = Property("goes far", one(1.0), judge="share", weight=3, core=True)
PLAIN = Property("returns x", one(2.0), core=True)


def result(properties, answer, **more):
    prepared = prepare(Exercise("f", "F", 8, properties), {"f": lambda x: x}, 0, **more)
    return evaluate(frozen.thaw(frozen.freeze("a", [prepared]))[1]["f"], {"f": answer})


@pytest.mark.parametrize(("reached", "points"), [(0.0, 0), (0.25, 2), (0.9, 7.2), (1.0, 8), (1.5, 8)])
def test_points_are_the_share_that_was_reached(reached, points):
    found = result([MEASURED], lambda x: reached)
    assert found.points == pytest.approx(points)
    assert found.outcome is (Outcome.PASSED if reached >= 1 else Outcome.FAILED)
    assert found.note == f"It reached {reached}."
    assert found.measured == {"reached": reached}


def test_beside_a_rule_that_holds_the_degree_counts_by_its_weight():
    found = result([MEASURED, PLAIN], lambda x: 0.5 if x == 1 else x)
    assert found.points == (3 * 0.5 + 1) / 4 * 8


def test_beside_a_broken_rule_it_counts_nothing():
    assert result([MEASURED, PLAIN], lambda x: 0.5 if x == 1 else -x).points == 0


def test_without_a_measure_there_is_no_degree():
    found = result([MEASURED], lambda x: 1 / 0)
    assert (found.points, found.note, found.measured) == (0, "", {})


def test_the_sentence_is_shown_in_a_hidden_test_too():
    found = result([MEASURED], lambda x: 0.5)
    found.hidden = True
    assert "It reached 0.5." in repr(found)
    assert "It reached 0.5." in found._repr_html_()


def test_a_hidden_test_may_have_cases_of_its_own():
    asked = []
    prop = Property("returns x", one(1.0), core=True, hidden=one(7.0))
    for hidden, x in ((False, 1.0), (True, 7.0)):
        result([prop], lambda x: asked.append(x) or x, hidden=hidden)
        assert asked.pop() == x
    result([PLAIN], lambda x: asked.append(x) or x, hidden=True)
    assert asked == [2.0]


def test_a_driver_may_have_more_time_than_others(monkeypatch):
    monkeypatch.setattr("autograder.checking.subject.SECONDS", 0.05)
    call = DRIVERS["call"]
    slow = lambda x: time.sleep(0.2) or x  # noqa: E731
    assert "still ran after 0.05 seconds" in result([PLAIN], slow).properties[0].fault
    monkeypatch.setitem(DRIVERS, "call", Driver(call.run, call.expect, seconds=5))
    assert result([PLAIN], slow).points == 8


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A folder whose checks hold two exercises of the same function."""
    monkeypatch.chdir(tmp_path)
    exercises = [Exercise("first", "First", 1, [PLAIN], ("f",)), Exercise("second", "Second", 8, [MEASURED], ("f",))]
    text = frozen.freeze("a", [prepare(exercise, {"f": lambda x: x}, 0) for exercise in exercises])
    (tmp_path / notebook.CHECKS).write_text(text)


@pytest.mark.parametrize(("asked", "points"), [((), 1), (("first",), 1), (("second",), 8), (("third",), 0)])
def test_of_two_exercises_of_one_function_the_second_is_asked_for_by_name(two, asked, points):
    def f(x):
        return x

    with capture_output():
        assert notebook.check(*asked, f) == points


def test_what_is_missing_at_the_graders_is_no_wrong_answer(two, monkeypatch):
    def nothing_there(inputs, subject):
        raise CannotCheck("The images are not there.")

    monkeypatch.setitem(DRIVERS, "call", Driver(nothing_there, nothing_there))

    def f(x):
        return x

    with notebook.results_shown() as shown, capture_output():
        notebook.check(f)
    assert shown[0].outcome is Outcome.UNCHECKED
    assert "The images are not there." in repr(shown[0])
