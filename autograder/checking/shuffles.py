"""Shuffles, judged by what any right one shares: the batches of an epoch, and the folds of a cross-validation.

The order itself is free. The bounds below reject a uniformly random order with a probability under 1e-9.
"""

from __future__ import annotations

import copy

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.subject import Malformed, Subject


def pairs_of(result, of: str, first: str, second: str) -> list[tuple]:
    """A list of pairs, as it came back; Malformed where it is something else."""
    if not isinstance(result, tuple | list):
        raise Malformed(f"it should return a list of {of}, but returned {kind(result)}")
    for i, pair in enumerate(result):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise Malformed(f"each of its {of} should be a pair ({first}, {second}), but number {i} is {kind(pair)}")
    return [tuple(pair) for pair in result]


# ------------------------------------------------------------------------------------- mini-batches
# inputs: X and y, whose rows all differ; batch_size; rng; for epoch_order also other_rng


def _batches(inputs: dict, subject: Subject, rng: str = "rng") -> list[tuple[np.ndarray, np.ndarray]]:
    """One epoch's batches, each with as many labels as examples of the right shape."""
    arguments = {name: inputs[name] for name in ("X", "y", "batch_size")}
    batches = pairs_of(subject(**arguments, rng=copy.deepcopy(inputs[rng])), "batches", "X", "y")
    for i, batch in enumerate(batches):
        for part, name in zip(batch, ("X", "y"), strict=True):
            whole = inputs[name]
            if not isinstance(part, np.ndarray) or part.ndim != whole.ndim or part.shape[1:] != whole.shape[1:]:
                raise Malformed(
                    f"{name} of batch {i} is {kind(part)}, but should be an array of {whole.ndim} dimensions"
                )
    return batches


def places(part: np.ndarray, whole: np.ndarray, name: str) -> np.ndarray:
    """Where in `whole` the rows of a part stand; the rows of `whole` all differ."""
    known = {row.tobytes(): i for i, row in enumerate(whole)}
    found = [known.get(row.tobytes(), -1) for row in np.ascontiguousarray(part, whole.dtype)]
    if -1 in found:
        raise Malformed(f"a batch holds an entry that is not in {name}")
    return np.array(found, int)


def each_once(found: np.ndarray, n: int) -> None:
    """Malformed where the places found are not 0 to n - 1, each once."""
    counts = np.bincount(found, minlength=n)
    if (counts == 0).any():
        twice = (counts > 1).any()
        raise Malformed("some examples come twice, others never" if twice else "some examples never come")
    if (counts > 1).any():
        raise Malformed("some examples come twice")


def shuffled(order: np.ndarray, batch_size: int) -> None:
    """Malformed where an order of 60 or more examples, a permutation or nearly so, keeps to that of X.

    In a random order the pairs of neighbours that stay neighbours are Poisson(2), so 20 have probability 1e-13; with
    six or more batches two thirds of all examples stay in their own batch with less.
    """
    if np.array_equal(order, np.arange(len(order))):
        raise Malformed("the examples come in the order in which they stand in X")
    if np.sum(np.abs(np.diff(order)) == 1) >= 20:
        raise Malformed("examples that stand side by side in X still come one after the other")
    if np.mean(order // batch_size == np.arange(len(order)) // batch_size) > 2 / 3:
        raise Malformed("nearly every example is in the batch in which it would be without shuffling")


@driver
def epoch_sizes(inputs: dict, subject: Subject) -> dict:
    """How many batches there are, and how large each is."""
    batches = _batches(inputs, subject)
    for i, (X, y) in enumerate(batches):
        if len(X) != len(y):
            raise Malformed(f"batch {i} has {len(X)} examples, but {len(y)} labels")
    sizes = [len(X) for X, _ in batches]
    return {"the number of batches": len(sizes), "batch_sizes": sizes}


@driver
def epoch_examples(inputs: dict, subject: Subject) -> dict:
    """Every example comes once."""
    found = [places(X, inputs["X"], "X") for X, _ in _batches(inputs, subject)]
    each_once(np.concatenate([*found, np.array([], int)]), len(inputs["X"]))
    return {"the examples": "each once"}


@driver
def epoch_pairs(inputs: dict, subject: Subject) -> dict:
    """Every example keeps its label."""
    batches = _batches(inputs, subject)
    examples = np.concatenate([places(X, inputs["X"], "X") for X, _ in batches])
    labels = np.concatenate([places(y, inputs["y"], "y") for _, y in batches])
    if not np.array_equal(examples, labels):
        unmoved = np.array_equal(labels, np.arange(len(labels)))
        how = "are in their old order, but X is shuffled" if unmoved else "no longer belong to the examples in X"
        raise Malformed(f"the labels in y {how}")
    return {"the pairs": "kept"}


@driver
def epoch_order(inputs: dict, subject: Subject) -> dict:
    """The order is random, and all of its randomness comes from rng."""
    orders = [
        np.concatenate([places(X, inputs["X"], "X") for X, _ in _batches(inputs, subject, rng)])
        for rng in ("rng", "rng", "other_rng")
    ]
    shuffled(orders[0], inputs["batch_size"])
    if not np.array_equal(orders[0], orders[1]):
        raise Malformed("two generators with the same seed gave two different orders")
    if np.array_equal(orders[0], orders[2]):
        raise Malformed("two generators with different seeds gave the same order")
    return {"the order": "shuffled by rng"}


# ------------------------------------------------------------------------------------------- folds
# inputs: n, k, rng; for fold_order also other_rng


def _folds(inputs: dict, subject: Subject, rng: str = "rng") -> list[tuple[np.ndarray, np.ndarray]]:
    """The folds as arrays of indices from 0 to n - 1."""
    folds = pairs_of(subject(n=inputs["n"], k=inputs["k"], rng=copy.deepcopy(inputs[rng])), "folds", "train", "val")
    for i, fold in enumerate(folds):
        for part, name in zip(fold, ("train", "val"), strict=True):
            part = np.asarray(part)
            if part.ndim != 1 or (part.size and part.dtype.kind not in "iu"):
                raise Malformed(f"{name} of fold {i} should be a one-dimensional array of integers")
            if part.size and (part.min() < 0 or part.max() >= inputs["n"]):
                raise Malformed(f"{name} of fold {i} holds an index outside 0 to n - 1")
    return [(np.asarray(train, int), np.asarray(val, int)) for train, val in folds]


@driver
def fold_sizes(inputs: dict, subject: Subject) -> dict:
    """How many folds there are, and how many examples each validates on, from the fewest to the most."""
    folds = _folds(inputs, subject)
    return {
        "the number of folds": len(folds),
        "val_sizes": sorted(len(val) for _, val in folds),
        "train_sizes": sorted(len(train) for train, _ in folds),
    }


@driver
def fold_partition(inputs: dict, subject: Subject) -> dict:
    """Every example is in one val, and in train wherever it is not in val."""
    folds = _folds(inputs, subject)
    for train, val in folds:
        if np.intersect1d(train, val).size:
            raise Malformed("a fold has examples that are in its train and in its val")
        if len(np.union1d(train, val)) < inputs["n"]:
            raise Malformed("a fold has examples that are neither in its train nor in its val")
        if len(train) + len(val) > inputs["n"]:
            raise Malformed("a fold has examples that come twice in it")
    counts = np.bincount(np.concatenate([val for _, val in folds]), minlength=inputs["n"])
    if (counts != 1).any():
        raise Malformed("over all folds, some examples are not in exactly one val")
    return {"the folds": "a partition"}


@driver
def fold_order(inputs: dict, subject: Subject) -> dict:
    """Which examples are together is random, and all of its randomness comes from rng. For n >= 90 and k = 3.

    Of the 89 pairs of neighbours about a third share a fold; 2 or fewer, or 75 or more, have probability 1e-12.
    """
    orders = []
    for rng in ("rng", "rng", "other_rng"):
        fold_of = np.full(inputs["n"], -1)
        for i, (_, val) in enumerate(_folds(inputs, subject, rng)):
            fold_of[val] = i
        orders.append(fold_of)
    together = np.sum(np.diff(orders[0]) == 0)
    if together >= 75:
        raise Malformed("examples that stand side by side are nearly all in the same fold")
    if together <= 2:
        raise Malformed("examples that stand side by side are hardly ever in the same fold")
    if not np.array_equal(orders[0], orders[1]):
        raise Malformed("two generators with the same seed gave different folds")
    if np.array_equal(orders[0], orders[2]):
        raise Malformed("two generators with different seeds gave the same folds")
    return {"the folds": "drawn by rng"}
