"""The drivers of a layer with running averages, a backward called twice, and a result that must be an int."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

X = np.array([[1.0, 2.0], [3.0, 5.0]])


def forward(x, gamma, beta, state, *, training):
    state = {"mean": np.zeros(2), "var": np.ones(2)} if state is None else state
    new = {key: value + training for key, value in state.items()}
    return gamma * x**2 + beta, (x, gamma), new


def backward(dout, cache):
    x, gamma = cache
    return dout * gamma * 2 * x, (dout * x**2).sum(axis=0), dout.sum(axis=0)


def run(driver, forward=forward, backward=backward, **more):
    inputs = {"x": X.copy(), "gamma": np.array([2.0, 3.0]), "beta": np.zeros(2), "state": None, "training": True}
    subjects = [
        Subject(forward, "forward", ["x", "gamma", "beta", "state"]),
        Subject(backward, "backward", ["dout", "cache"]),
    ]
    return observe(DRIVERS[driver].run, {**inputs, "dout": np.ones_like(X), **more}, subjects)


def test_the_averages_go_from_call_to_call():
    sequence = {"x": [X, X, X], "training": [True, False, True]}
    outputs = run("averaging_state", **sequence).outputs
    assert [v.tolist() for k, v in outputs.items() if "mean" in k] == [[1, 1], [1, 1], [2, 2]]


def test_the_measured_gradients_are_those_of_a_right_backward():
    given = {"x": X, "gamma": np.array([2.0, 3.0]), "beta": np.zeros(2), "state": None, "training": True}
    subjects = [Subject(forward, "forward", ["x", "gamma", "beta", "state"]), Subject(backward, "backward", ["d", "c"])]
    expected = DRIVERS["averaging_gradients"].expect({**given, "dout": np.ones_like(X)}, *subjects)
    for name, value in run("averaging_gradients").outputs.items():
        np.testing.assert_allclose(value, expected[name], rtol=1e-7)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        ((X, X), "forward should return three things, out, cache and new_state, but returned 2 values"),
        (None, "forward should return three things, out, cache and new_state, but returned None"),
        ((X, X, X), "new_state is an array of shape (2, 2), but should be a dict with the keys 'mean', 'var'"),
        ((X, X, {"mean": X}), "new_state has no key 'var'; its keys are 'mean'"),
    ],
)
def test_a_forward_that_is_no_triple_gets_a_sentence(result, sentence):
    assert run("averaging_out", forward=lambda *args, **more: result).sentence == sentence


def test_a_backward_that_returns_too_little_gets_a_sentence():
    sentence = run("averaging_there_and_back", backward=lambda dout, cache: dout).sentence
    assert sentence.startswith("backward should return three things, dx, dgamma and dbeta")


def test_the_second_backward_is_seen_alone_and_as_a_tuple():
    def spoils(dout, cache):
        cache[0][...] += 1
        return cache[0].copy()

    outputs = run("second_backward", backward=spoils).outputs
    assert outputs["gradients of a second backward"][0].tolist() == (X + 2).tolist()


@pytest.mark.parametrize(
    ("value", "fine"), [(3, True), (np.int64(3), True), (np.array(3), True), (3.0, False), (True, False), (None, False)]
)
def test_a_count_is_an_int(value, fine):
    seen = observe(DRIVERS["whole_number"].run, {"n": 1}, [Subject(lambda n: value, "f", ["n"])])
    assert (seen.error is None) == fine
