"""Drivers for layers that normalise: batches in turn, their running averages, and gradients of any shape."""

import numpy as np
import pytest

from autograder.checking.compare import difference
from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

X = np.array([[1.0, 2.0], [5.0, 4.0]])
NAMES = ["x", "gamma", "beta", "state"]


def shift_forward(x, gamma, beta, state, *, training):
    """A layer of no use but to check: its state counts in 'mean' and stays 1 in 'var'."""
    count = 0.0 if state is None else float(state["mean"][0])
    new = {"mean": np.array([count + training]), "var": np.ones(1)}
    return gamma * x + beta + count, (x, gamma), new


def shift_backward(dout, cache):
    x, gamma = cache
    axes = tuple(range(x.ndim - 1))
    return gamma * dout, (x * dout).sum(axis=axes), dout.sum(axis=axes)


def inputs(x=X, **more):
    d = x.shape[-1]
    given = {"x": x.copy(), "gamma": np.arange(1.0, d + 1), "beta": np.ones(d), "state": None, "training": True}
    return given | {"dout": np.ones_like(x)} | more


def in_turn(training):
    return {key: value for key, value in inputs(x=X).items() if key != "dout"} | {
        "x": [X.copy() for _ in training],
        "training": training,
    }


def run(driver, given, forward=shift_forward, backward=shift_backward, names=NAMES):
    subjects = [Subject(forward, "forward", names), Subject(backward, "backward", ["dout", "cache"])]
    return observe(DRIVERS[driver].run, given, subjects)


def run_batches(driver, given, forward=shift_forward):
    return observe(DRIVERS[driver].run, given, [Subject(forward, "forward", NAMES)])


# ---------------------------------------------------------------------------------------- batches in turn


def test_each_batch_gets_the_state_of_the_one_before():
    outputs = run_batches("normalised_batches", in_turn([True, True, False])).outputs
    assert [out[0, 0] for out in outputs.values()] == [2.0, 3.0, 4.0]
    assert list(outputs) == ["out of batch 1", "out of batch 2", "out of batch 3"]


def test_the_running_averages_after_each_batch():
    outputs = run_batches("running_averages", in_turn([True, False])).outputs
    assert {name: value.tolist() for name, value in outputs.items()} == {
        "new_state['mean'] of batch 1": [1.0],
        "new_state['var'] of batch 1": [1.0],
        "new_state['mean'] of batch 2": [1.0],
        "new_state['var'] of batch 2": [1.0],
    }
    assert list(run_batches("running_averages", in_turn([True])).outputs) == ["new_state['mean']", "new_state['var']"]


def test_a_batch_alone_needs_no_list_and_the_backward_is_left_alone():
    def refuses(dout, cache):
        raise AssertionError("not to be called")

    given = {key: value for key, value in inputs().items() if key != "dout"}
    assert run("normalised_batches", given, backward=refuses).outputs["out"].tolist() == (X * [1, 2] + 1).tolist()
    assert list(run("running_averages", inputs(), backward=refuses).outputs) == [
        "new_state['mean']",
        "new_state['var']",
    ]


def test_averages_that_a_later_call_writes_into_are_kept_as_they_were():
    def in_place(x, gamma, beta, state, *, training):
        state = state or {"mean": np.zeros(1), "var": np.ones(1)}
        state["mean"] += 1
        return x, None, state

    observation = run_batches("running_averages", in_turn([True, True]), in_place)
    assert [v.tolist() for name, v in observation.outputs.items() if "mean" in name] == [[1.0], [2.0]]
    assert observation.changed == ["state['mean']"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (None, "new_state should be a dict, but forward returned None"),
        ({}, "new_state has no key 'mean'; its keys are none"),
        ({"mean": 0, "std": 1}, "new_state has no key 'var'; its keys are 'mean', 'std'"),
    ],
)
def test_a_state_that_is_none_gets_a_sentence(state, said):
    for driver in ("normalised_batches", "running_averages"):
        assert run_batches(driver, in_turn([True]), lambda x, g, b, s, *, training: (x, None, state)).sentence == said


def test_a_forward_that_returns_too_little_gets_a_sentence():
    sentence = run("normalised_there_and_back", inputs(), lambda x, g, b, s, *, training: (x, None)).sentence
    assert sentence == "forward should return 3 things, out, cache and new_state, but returned 2 values"
    without = {key: value for key, value in inputs().items() if key not in ("state", "training")}
    sentence = run("normalised_there_and_back", without, lambda x, g, b: x, names=NAMES[:3]).sentence
    assert sentence == "forward should return 2 things, out and cache, but returned an array of shape (2, 2)"


# ---------------------------------------------------------------------------------------------- gradients


@pytest.mark.parametrize("shape", [(2, 2), (3, 1), (2, 3, 2), (2, 2, 2, 3)])
def test_right_gradients_of_any_shape_agree_with_the_measured_ones(shape):
    given = inputs(np.random.default_rng(0).normal(size=shape))
    driver = DRIVERS["normalised_gradients"]
    subjects = [Subject(shift_forward, "forward", NAMES), Subject(shift_backward, "backward", ["dout", "cache"])]
    measured = driver.expect(given, *subjects)
    assert list(measured) == ["dx", "dgamma", "dbeta"]
    for name, value in driver.run(given, *subjects).items():
        assert difference(value, measured[name], driver.tolerance, name) is None
    wrong = driver.run({**given, "dout": 1.001 * given["dout"]}, *subjects)
    assert difference(wrong["dx"], measured["dx"], driver.tolerance, "dx")


def test_a_wrong_out_leaves_no_mark_on_the_gradients():
    def louder(x, gamma, beta, state, *, training):
        out, cache, new = shift_forward(x, gamma, beta, state, training=training)
        return out + 1, cache, new

    seen = [run("normalised_gradients", inputs(), forward).outputs for forward in (shift_forward, louder)]
    assert [g.tolist() for g in seen[0].values()] == [g.tolist() for g in seen[1].values()]


def test_a_layer_without_a_state_goes_there_and_back_too():
    def forward(x, gamma, beta):
        return shift_forward(x, gamma, beta, None, training=True)[:2]

    given = {key: value for key, value in inputs().items() if key not in ("state", "training")}
    outputs = run("normalised_there_and_back", given, forward, names=NAMES[:3]).outputs
    assert outputs["out"].tolist() == (X * [1, 2] + 1).tolist()
    assert outputs["dbeta"].tolist() == [2.0, 2.0]


def test_a_backward_that_spoils_its_cache_shows_in_the_second_gradients():
    def backward(dout, cache):
        cache[0][:] += 1
        return shift_backward(dout, cache)

    outputs = run("normalised_there_and_back", inputs(), backward=backward).outputs
    assert outputs["dgamma"].tolist() == [8.0, 8.0]
    assert outputs["dgamma of a second backward on the same cache"].tolist() == [10.0, 10.0]


def test_the_rounding_of_a_gradient_of_0_is_no_mistake_and_a_small_gradient_is_none():
    def backward(dout, cache):
        return np.array([[1e-14, 1e-6], [0.0, -1e-15]]), np.array([3e-13, 1.0]), np.zeros(2, np.float32)

    outputs = run("normalised_there_and_back", inputs(), backward=backward).outputs
    assert outputs["dx"].tolist() == [[0.0, 1e-6], [0.0, 0.0]]
    assert outputs["dgamma"].tolist() == [0.0, 1.0]
    assert outputs["dbeta"].dtype == np.float32


@pytest.mark.parametrize(
    ("result", "returned"), [(X, "an array of shape (2, 2)"), ((X, X), "2 values"), (None, "None")]
)
def test_gradients_that_are_not_three_get_a_sentence(result, returned):
    sentence = run("normalised_gradients", inputs(), backward=lambda dout, cache: result).sentence
    assert sentence == f"backward should return three things, dx, dgamma and dbeta, but returned {returned}"
