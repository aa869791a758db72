"""Exercises of a common form: a right layer passes, and each way of going wrong fails its own property."""

import numpy as np
import pytest

from autograder.checking.builders import call_exercise, of, pair_exercise
from autograder.checking.engine import evaluate
from autograder.checking.prepared import prepare
from autograder.checking.result import Outcome


def bend_forward(x, slope=0.5):
    return np.where(x > 0, x, slope * x), (x, slope)


def bend_backward(dout, cache):
    x, slope = cache
    return np.where(x > 0, dout, slope * dout)


BEND = pair_exercise("bend", "Bend", 4, given={"slope=0.2": {"slope": 0.2}}, kink=True, far=True)
REFERENCE = {"bend_forward": bend_forward, "bend_backward": bend_backward}


def failed(**functions):
    """The titles of the properties that fail with these functions in the reference's place."""
    result = evaluate(prepare(BEND, REFERENCE, seed=1), {**REFERENCE, **functions})
    return [prop.title for prop in result.properties if not prop.passed]


def changed_x(x, slope=0.5):
    out, cache = bend_forward(x.copy(), slope)
    x += 1
    return out, cache


def double(x, slope=0.5):
    out, cache = bend_forward(x, slope)
    return out.astype("float64"), cache


def noisy(x, slope=0.5):
    np.exp(np.abs(x))
    return bend_forward(x, slope)


def fixed(dout, cache):
    return bend_backward(dout, (cache[0], 0.5))


def one_at_0(dout, cache):
    return np.where(cache[0] >= 0, dout, bend_backward(dout, cache))


def spoils(dout, cache):
    dx = bend_backward(dout, cache)
    cache[0][:] = 1
    return dx


def test_the_reference_passes_all_properties():
    assert failed() == []


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ({"bend_forward": changed_x}, ["leaves its arguments alone"]),
        ({"bend_forward": double}, ["keeps float32"]),
        ({"bend_forward": noisy}, ["NumPy does not warn far out"]),
        ({"bend_backward": one_at_0}, ["the gradient at 0 is as the docstring says"]),
        (
            {"bend_backward": fixed},
            ["the gradients use the forward's other arguments", "the gradient at 0 is as the docstring says"],
        ),
    ],
)
def test_each_way_of_going_wrong_fails_its_own_property(function, expected):
    assert failed(**function) == expected


def test_a_backward_that_spoils_its_cache_is_found():
    assert "a second backward on one cache gives the same" in failed(bend_backward=spoils)


def test_a_function_of_one_call_is_asked_for_float32_in_the_last_core_case_and_in_lists():
    def make(rng, n):
        return {"arrays": [rng.normal(size=n)]}

    def total(arrays):
        return sum(arrays)

    def widened(arrays):
        return sum(arrays).astype("float64")

    cases = of(make, {"two": (2,), "three": (3,)})
    exercise = call_exercise("total", "Total", 2, ("adds", cases), ("adds one", of(make, {"one": (1,)})))
    prepared = prepare(exercise, {"total": total}, seed=1)
    assert evaluate(prepared, {"total": total}).outcome is Outcome.PASSED
    result = evaluate(prepared, {"total": widened})
    assert [prop.title for prop in result.properties if not prop.passed] == ["keeps float32"]
    assert prepared.properties[-1].cases[0].inputs["arrays"][0].shape == (3,)
