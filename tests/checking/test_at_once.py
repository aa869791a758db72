"""Functions of another process: a property's cases are looked at in one go where that tells as much."""

import time

import numpy as np
import pytest

from autograder.checking import Case, Exercise, Property, wrong
from autograder.checking.at_once import observe_cases
from autograder.checking.deadline import TooSlow
from autograder.checking.drivers import DRIVERS, Driver
from autograder.checking.engine import evaluate
from autograder.checking.prepared import add_mistakes, prepare
from autograder.checking.subject import Observation


def double(x):
    return 2 * x


@wrong("double")
def double_squares(x):
    """You square x."""
    return x * x


def cases(*numbers):
    return lambda rng: [Case(f"x={number}", {"x": float(number)}) for number in numbers]


EXERCISE = Exercise(
    "double",
    "Doubling",
    4,
    [
        Property("doubles", cases(1, 3, 0), core=True),
        Property("leaves x alone", cases(5), judge="unchanged"),
        Property("is as slow as it has to be", cases(7), driver="timed"),
    ],
)


class Elsewhere:
    """A function of another process, which notes how it is asked. told: what that process says instead of the truth."""

    def __init__(self, function, told=None):
        self.function, self.told = function, told
        self.asked, self.called = [], []

    def __call__(self, x):
        self.called.append(x)
        return self.function(x)

    def observe_there(self, driver, cases, subjects):
        self.asked.append((driver, len(cases)))
        seen = observe_cases(driver, [case.inputs for case in cases], [(self.function, "double", ["x"])])
        return self.told(seen) if self.told else seen


@pytest.fixture(autouse=True)
def _timed(monkeypatch):
    """A driver that measures something itself."""
    run = DRIVERS["call"].run
    monkeypatch.setitem(DRIVERS, "timed", Driver(run, run))


def result_of(function):
    prepared = add_mistakes(prepare(EXERCISE, {"double": double}, 0), {"double": double}, [double_squares])
    return evaluate(prepared, {"double": function})


def test_one_question_for_each_property_and_calls_only_where_the_driver_measures():
    there = Elsewhere(double)
    assert result_of(there).points == 4
    assert there.asked == [("call", 3), ("call", 1)]
    assert there.called == [7.0]


@pytest.mark.parametrize("answer", [double, double_squares, lambda x: None, lambda x: 1 / (x - 3)])
def test_the_result_is_that_of_a_function_here(answer):
    assert repr(result_of(Elsewhere(answer))) == repr(result_of(answer))


def test_a_function_with_a_memory_is_run_once_in_each_case():
    def counting(x, calls=[]):  # noqa: B006
        calls.append(x)
        return float(len(calls))

    result_of(Elsewhere(counting))
    assert counting.__defaults__[0] == [1.0, 3.0, 0.0, 5.0, 7.0]


def raising(seen):
    raise ValueError("no")


@pytest.mark.parametrize(
    "told",
    [
        raising,
        lambda seen: [],
        lambda seen: seen[:1],
        lambda seen: [None] * len(seen),
        lambda seen: [Observation({"another": 1.0}) for _ in seen],
        lambda seen: [Observation({}) for _ in seen],
        lambda seen: [Observation(outputs=[3]) for _ in seen],
        lambda seen: [Observation({"the result": o.outputs["the result"]}, changed=[7]) for o in seen],
    ],
    ids=["an error", "none", "the first", "no observations", "other names", "no outputs", "a list", "odd"],
)
def test_what_it_does_not_tell_as_a_driver_would_is_looked_at_here(told):
    there = Elsewhere(double, told)
    assert result_of(there).points == 4
    assert len(there.called) > 1


def test_what_it_tells_is_judged_here():
    there = Elsewhere(double, lambda seen: [Observation({"the result": 2.0}) for _ in seen])
    assert [r.passed for r in result_of(there).properties] == [False, True, True]


def test_cases_are_left_where_one_takes_too_long(monkeypatch):
    monkeypatch.setattr("autograder.checking.at_once.PATIENCE", 0.1)
    functions = [(lambda x: time.sleep(30) if x == 2 else x, "f", ["x"])]
    seen = observe_cases("call", [{"x": 1}, {"x": 2}, {"x": 3}], functions)
    assert [observation.outputs for observation in seen] == [{"the result": 1}]


def test_who_never_answers_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("autograder.checking.at_once.SECONDS", 0.1)
    there = Elsewhere(double, lambda seen: time.sleep(30))
    assert result_of(there).points == 4


def test_only_drivers_that_pass_on_what_functions_return_run_elsewhere():
    """One that draws a conclusion there could be told which."""
    assert {name for name, driver in DRIVERS.items() if driver.passes_on} == {
        *("call", "steps", "state_after_steps", "steps_in_turn", "forward_backward", "listed", "named_arrays"),
        *("loss", "loss_and_gradient", "loss_gradient", "penalty_gradients", "training_run", "second_backward"),
        *("pair_forward", "pair_backward", "pair_there_and_back"),
        *("normalised_batches", "running_averages", "normalised_there_and_back", "normalised_gradients"),
    }


def test_a_case_that_is_observed_twice_too_slow_is_told_as_such(monkeypatch):
    monkeypatch.setattr("autograder.checking.subject.SECONDS", 0.1)

    def never(x):
        raise TooSlow

    assert "can it ever end?" in repr(result_of(Elsewhere(never)))


def test_an_array_that_each_call_overwrites_is_seen_as_it_was():
    buffer = np.zeros(1)

    def into_a_buffer(x):
        buffer[:] = 2 * x
        return buffer

    functions = [(into_a_buffer, "f", ["x"])]
    seen = observe_cases("call", [{"x": 1}, {"x": 2}], functions)
    assert [observation.outputs["the result"] for observation in seen] == [[2], [4]]
