"""The driver of a penalty: its gradients are measured, not computed."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

WEIGHTS = [np.array([[1.0, -2.0]]), np.array([3.0])]


def cubes(weights, reg):
    return reg * sum(np.sum(W**3) for W in weights), [3 * reg * W**2 for W in weights]


def run(function, part):
    subject = Subject(function, "penalty", ["weights", "reg"])
    return observe(getattr(DRIVERS["penalty_gradients"], part), {"weights": WEIGHTS, "reg": 0.5}, [subject])


def test_measured_and_computed_gradients_agree():
    measured, computed = run(cubes, "expect").outputs, run(cubes, "run").outputs
    assert list(measured) == list(computed) == ["grads[0]", "grads[1]"]
    for name in measured:
        np.testing.assert_allclose(measured[name], computed[name], rtol=1e-7)


def test_the_gradients_of_the_function_measured_are_not_used():
    measured = run(lambda weights, reg: (cubes(weights, reg)[0], weights), "expect").outputs
    np.testing.assert_allclose(measured["grads[1]"], [13.5], rtol=1e-7)


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (1.0, "it should return two things, the penalty and its gradients, but returned a float"),
        ((1.0, WEIGHTS[:1]), "grads is 1 array, but should be a list of 2"),
        ((1.0, 2.0), "grads is a float, but should be a list of 2"),
    ],
)
def test_what_is_no_list_of_gradients_gets_a_sentence(returned, sentence):
    assert run(lambda weights, reg: returned, "run").sentence == sentence
