"""Batches and folds: any right shuffle passes, and what is no shuffle gets a sentence."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe


def run(driver, inputs, function):
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return observe(DRIVERS[driver].run, inputs, [Subject(function, function.__name__, list(names))])


# ------------------------------------------------------------------------------------- mini-batches


def epoch_inputs(n=60, batch_size=10, seed=0):
    rng = np.random.default_rng(seed)
    inputs = {"X": rng.normal(size=(n, 2)), "y": rng.permutation(n), "batch_size": batch_size}
    return {**inputs, "rng": np.random.default_rng([seed, 1]), "other_rng": np.random.default_rng([seed, 2])}


def deal(order, X, y, batch_size):
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(order), batch_size)]


def minibatches(X, y, batch_size, rng):
    return deal(rng.permutation(len(X)), X, y, batch_size)


def batches_by(order):
    """A function whose epoch has an order that is made from n and rng."""

    def minibatches(X, y, batch_size, rng):
        return deal(order(len(X), rng), X, y, batch_size)

    return minibatches


@pytest.mark.parametrize("driver", ["epoch_sizes", "epoch_examples", "epoch_pairs", "epoch_order"])
def test_a_right_epoch_is_never_rejected(driver):
    for seed in range(300):
        assert run(driver, epoch_inputs(seed=seed), minibatches).error is None


def test_the_sizes_of_the_batches_are_told():
    outputs = run("epoch_sizes", epoch_inputs(11, 4), minibatches).outputs
    assert outputs == {"the number of batches": 3, "batch_sizes": [4, 4, 3]}


@pytest.mark.parametrize(
    ("order", "driver", "sentence"),
    [
        (lambda n, rng: rng.integers(0, n, n), "epoch_examples", "some examples come twice, others never"),
        (lambda n, rng: rng.permutation(n)[1:], "epoch_examples", "some examples never come"),
        (lambda n, rng: [*rng.permutation(n), 0], "epoch_examples", "some examples come twice"),
        (lambda n, rng: np.arange(n), "epoch_order", "the examples come in the order in which they stand in X"),
        (
            lambda n, rng: (np.arange(n) + rng.integers(n)) % n,
            "epoch_order",
            "examples that stand side by side in X still come one after the other",
        ),
        (
            lambda n, rng: np.concatenate([i + rng.permutation(10) for i in range(0, n, 10)]),
            "epoch_order",
            "nearly every example is in the batch in which it would be without shuffling",
        ),
        (
            lambda n, rng: np.random.default_rng().permutation(n),
            "epoch_order",
            "two generators with the same seed gave two different orders",
        ),
        (
            lambda n, rng: np.random.default_rng(0).permutation(n),
            "epoch_order",
            "two generators with different seeds gave the same order",
        ),
    ],
)
def test_a_wrong_order_gets_a_sentence(order, driver, sentence):
    assert run(driver, epoch_inputs(), batches_by(order)).sentence == sentence


def test_labels_that_left_their_examples_get_a_sentence():
    def apart(X, y, batch_size, rng):
        return minibatches(X[rng.permutation(len(X))], y, batch_size, rng)

    def only_X(X, y, batch_size, rng):
        return deal(np.arange(len(X)), X[rng.permutation(len(X))], y, batch_size)

    assert "no longer belong" in run("epoch_pairs", epoch_inputs(), apart).sentence
    assert "in their old order" in run("epoch_pairs", epoch_inputs(), only_X).sentence


def test_an_example_that_was_not_in_the_data_gets_a_sentence():
    def changed(X, y, batch_size, rng):
        return minibatches(X + 1, y, batch_size, rng)

    assert run("epoch_examples", epoch_inputs(), changed).sentence == "a batch holds an entry that is not in X"


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "it should return a list of batches, but returned None"),
        ([(np.zeros((2, 2)),)], "each of its batches should be a pair (X, y), but number 0 is a tuple"),
        (
            [(np.zeros(2), np.zeros(2))],
            "X of batch 0 is an array of shape (2,), but should be an array of 2 dimensions",
        ),
        ([(np.zeros((2, 2)), np.zeros(3))], "batch 0 has 2 examples, but 3 labels"),
    ],
)
def test_what_is_no_list_of_batches_gets_a_sentence(result, sentence):
    def minibatches(X, y, batch_size, rng):
        return result

    assert run("epoch_sizes", epoch_inputs(), minibatches).sentence == sentence


# ------------------------------------------------------------------------------------------- folds


def fold_inputs(n=90, k=3, seed=0):
    return {"n": n, "k": k, "rng": np.random.default_rng([seed, 1]), "other_rng": np.random.default_rng([seed, 2])}


def folds_of(parts):
    return [(np.concatenate([p for j, p in enumerate(parts) if j != i]), part) for i, part in enumerate(parts)]


def k_fold_indices(n, k, rng):
    return folds_of(np.array_split(rng.permutation(n), k))


@pytest.mark.parametrize("driver", ["fold_sizes", "fold_partition", "fold_order"])
def test_right_folds_are_never_rejected(driver):
    for seed in range(300):
        assert run(driver, fold_inputs(seed=seed), k_fold_indices).error is None


def test_the_sizes_of_the_folds_are_told_in_any_order():
    outputs = run("fold_sizes", fold_inputs(11, 4), lambda n, k, rng: k_fold_indices(n, k, rng)[::-1]).outputs
    assert outputs == {"the number of folds": 4, "val_sizes": [2, 3, 3, 3], "train_sizes": [8, 8, 8, 9]}


@pytest.mark.parametrize(
    ("folds", "driver", "sentence"),
    [
        (lambda n, k, rng: [(np.arange(n), np.arange(3))], "fold_partition", "in its train and in its val"),
        (lambda n, k, rng: [(np.arange(9), np.arange(9, 12))], "fold_partition", "neither in its train nor in its val"),
        (
            lambda n, k, rng: [([*range(60), 1], np.arange(60, 90))],
            "fold_partition",
            "a fold has examples that come twice",
        ),
        (lambda n, k, rng: [(np.arange(60), np.arange(60, 90))], "fold_partition", "not in exactly one val"),
        (lambda n, k, rng: [(np.arange(60), np.arange(60, 91))], "fold_sizes", "an index outside 0 to n - 1"),
        (lambda n, k, rng: [(np.zeros(60, bool), np.ones(30, bool))], "fold_sizes", "array of integers"),
        (lambda n, k, rng: folds_of(np.split(np.arange(n), k)), "fold_order", "nearly all in the same fold"),
        (lambda n, k, rng: folds_of([np.arange(i, n, k) for i in range(k)]), "fold_order", "hardly ever"),
        (
            lambda n, k, rng: k_fold_indices(n, k, np.random.default_rng()),
            "fold_order",
            "with the same seed gave different folds",
        ),
        (
            lambda n, k, rng: k_fold_indices(n, k, np.random.default_rng(0)),
            "fold_order",
            "with different seeds gave the same folds",
        ),
    ],
)
def test_wrong_folds_get_a_sentence(folds, driver, sentence):
    assert sentence in run(driver, fold_inputs(), folds).sentence
