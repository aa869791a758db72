"""Training runs under observation: the losses and trainers made of data, and the sentences about a wrong run."""

import math

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.frozen import from_data, to_data
from autograder.checking.subject import Subject, observe
from autograder.checking.training import FallingRate, Memorizer, SquaredError
from autograder.gradients import gradient_check

RNG = np.random.default_rng(0)
INPUTS = {
    "loss_fn": SquaredError(),
    "params": {"W": RNG.normal(size=2), "b": np.ones(1)},
    "X": RNG.normal(size=(64, 2)),
    "y": RNG.normal(size=64),
    "batch_size": 10,
    "epochs": 3,
    "rng": np.random.default_rng(1),
}


def run(driver, function, **inputs):
    subject = Subject(function, "train", ["loss_fn", "params", "X", "y"])
    return observe(DRIVERS[driver].run, {**INPUTS, **inputs}, [subject])


def train(loss_fn, params, X, y, *, batch_size, epochs, rng, order=lambda n, rng: rng.permutation(n)):
    history = {"loss": [], "learning_rate": [], "update_ratio": np.zeros(2), "diverged": None}
    for _ in range(epochs):
        chosen = order(len(X), rng)
        for i in range(0, len(X), batch_size):
            history["loss"].append(loss_fn(params, X[chosen[i : i + batch_size]], y[chosen[i : i + batch_size]])[0])
    return params, history


def test_the_squared_error_has_the_gradients_that_it_says():
    params, X, y = INPUTS["params"], INPUTS["X"], INPUTS["y"]
    _, grads = SquaredError()(params, X, y)
    for name in params:
        loss = lambda value, name=name: SquaredError()({**params, name: value}, X, y)[0]  # noqa: E731
        assert gradient_check(loss, params[name].copy(), grads[name]) < 1e-7


def test_the_squared_error_turns_where_it_has_fallen_far_enough():
    params, X, y = INPUTS["params"], INPUTS["X"], INPUTS["y"]
    loss = SquaredError()(params, X, y)[0]
    assert math.isnan(SquaredError(2 * loss, math.nan)(params, X, y)[0])
    assert SquaredError(loss / 2, math.nan)(params, X, y)[0] == loss


def test_a_memorizer_knows_what_it_has_seen_and_its_mistakes():
    X, y = RNG.normal(size=(5, 3)), np.arange(5)
    predict = Memorizer({1: 9})(X, y)
    assert predict(X[::-1]).tolist() == [4, 3, 2, 9, 0]
    assert predict(X + 1).tolist() == [-1] * 5
    assert Memorizer({7: 9})(X, y)(X).tolist() == y.tolist()  # a mistake outside a part of the set is none


def test_stand_ins_travel_as_data():
    for made in (SquaredError(0.5, math.inf), FallingRate(0.1), Memorizer({1: 9})):
        assert from_data(to_data(made)) == made


def test_a_run_comes_back_in_parts_with_arrays_as_lists():
    outputs = run("training_run", train).outputs
    assert list(outputs) == [
        "params['W']", "params['b']",
        "history['loss']", "history['learning_rate']", "history['update_ratio']", "history['diverged']",
    ]  # fmt: skip
    assert outputs["history['update_ratio']"] == [0, 0]


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "it should return two dicts, params and history, but returned None"),
        (({}, []), "it should return two dicts, params and history, but returned a tuple"),
        (({"W": 1}, {}), "params has no key 'b'; its keys are 'W'"),
        (({"W": 1, "b": 1}, {"loss": []}), "history has no key 'learning_rate'; its keys are 'loss'"),
    ],
)
def test_what_is_no_run_gets_a_sentence(result, sentence):
    assert run("training_run", lambda *args, **keywords: result).sentence == sentence


def test_a_right_run_is_never_rejected_for_its_batches():
    for seed in range(200):
        outputs = run("training_batches", train, rng=np.random.default_rng(seed)).outputs
        assert outputs == {"the number of calls of loss_fn": 21, "batch_sizes": [10, 10, 10, 10, 10, 10, 4] * 3}


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (lambda n, rng: np.arange(n), "in the order in which they stand in X"),
        (lambda n, rng: rng.integers(0, n, n), "some examples come twice, others never"),
        (lambda n, rng: np.random.default_rng(5).permutation(n), "two epochs show the examples in the same order"),
    ],
)
def test_wrong_batches_get_a_sentence(order, words):
    def wrong(*args, **keywords):
        return train(*args, **keywords, order=order)

    assert words in run("training_batches", wrong).sentence


def test_labels_of_other_examples_get_a_sentence():
    def wrong(loss_fn, params, X, y, **keywords):
        return train(loss_fn, params, X, np.roll(y, 1), **keywords)

    assert "no longer belong" in run("training_batches", wrong).sentence
