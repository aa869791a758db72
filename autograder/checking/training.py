"""Training runs under observation: losses, schedules and trainers made of data, and the drivers of a trainer."""

from __future__ import annotations

import copy

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver, passing_on
from autograder.checking.shuffles import each_once, places, shuffled
from autograder.checking.stand_ins import _Named, open_stand_in, stand_in
from autograder.checking.subject import Malformed, Subject

HISTORY = ("loss", "learning_rate", "update_ratio", "diverged")


@open_stand_in
class SquaredError:
    """The mean of (X @ W + b - y)^2 / 2 and its gradients. Where the loss is below `below` it is `then` instead."""

    below: float = -1.0
    then: float = 0.0

    def __repr__(self):
        return "loss_fn"

    def __call__(self, params, X, y):
        error = X @ params["W"] + params["b"] - y
        loss = float(np.mean(error**2) / 2)
        grads = {"W": X.T @ error / len(y), "b": np.array([error.mean()], dtype=error.dtype)}
        return (self.then if loss < self.below else loss), grads

    __call__.__qualname__ = "loss_fn"  # what Python's own message calls it, when it is called wrongly


@open_stand_in
class FallingRate(_Named):
    """A schedule: learning_rate / (1 + fall * step)^2."""

    fall: float

    def __call__(self, learning_rate, step):
        return learning_rate / (1 + self.fall * step) ** 2

    __call__.__qualname__ = "schedule"


@stand_in
class Memory:
    """What `Memorizer` learned: predicts the label of every row that it has seen, and -1 for any other."""

    X: np.ndarray
    labels: np.ndarray

    def __call__(self, X):
        known = {row.tobytes(): label for row, label in zip(self.X, self.labels, strict=True)}
        return np.array([known.get(row.tobytes(), -1) for row in np.ascontiguousarray(X, self.X.dtype)])

    __call__.__qualname__ = "predict"

    def __repr__(self):
        return "predict"


@stand_in
class Memorizer:
    """A trainer that learns by heart all but some examples. mistakes: place in the tiny set -> what it predicts."""

    mistakes: dict

    def __call__(self, X, y):
        labels = np.array(y)
        for place, label in self.mistakes.items():
            labels[place : place + 1] = label
        return Memory(np.array(X), labels)

    __call__.__qualname__ = "train"

    def __repr__(self):
        return "train"


class BatchRecorder:
    """A loss function that keeps the batches it was called with: one for each run."""

    def __init__(self, loss_fn):
        self.loss_fn, self.batches = loss_fn, []

    def __call__(self, params, X, y):
        self.batches.append((np.array(X), np.array(y)))
        return self.loss_fn(params, X, y)

    __call__.__qualname__ = "loss_fn"

    def __repr__(self):
        return repr(self.loss_fn)


@passing_on
def training_run(inputs: dict, subject: Subject) -> dict:
    """One call of a trainer: its (params, history), lists or arrays in the history."""
    result = subject(**inputs)
    if not isinstance(result, tuple | list) or len(result) != 2 or not all(isinstance(part, dict) for part in result):
        raise Malformed(f"it should return two dicts, params and history, but returned {kind(result)}")
    parts = {}
    for name, part, keys in zip(("params", "history"), result, (inputs["params"], HISTORY), strict=True):
        for key in keys:
            if key not in part:
                raise Malformed(f"{name} has no key {key!r}; its keys are {', '.join(map(repr, part)) or 'none'}")
            value = part[key]
            series = name == "history" and isinstance(value, np.ndarray) and value.ndim == 1
            parts[f"{name}[{key!r}]"] = list(value) if series else value
    return parts


@driver
def training_batches(inputs: dict, subject: Subject) -> dict:
    """The batches of a training run: every epoch is shuffled anew and shows every example once, with its label.

    inputs: those of a trainer, X and y with rows that all differ, six or more batches of 60 or more examples.
    """
    X, y, size = inputs["X"], inputs["y"], inputs["batch_size"]
    recorder = BatchRecorder(inputs["loss_fn"])
    subject(**{**inputs, "loss_fn": recorder, "rng": copy.deepcopy(inputs["rng"])})
    sizes = [len(batch) for batch, _ in recorder.batches]
    number = -(-len(X) // size)
    orders = []
    for epoch in range(0, len(sizes), number):
        found = [places(batch, X, "X") for batch, _ in recorder.batches[epoch : epoch + number]]
        labels = [places(batch, y, "y") for _, batch in recorder.batches[epoch : epoch + number]]
        if not np.array_equal(np.concatenate(found), np.concatenate(labels)):
            raise Malformed("the labels in y no longer belong to the examples in X")
        orders.append(np.concatenate(found))
        each_once(orders[-1], len(X))
        shuffled(orders[-1], size)
    if any(np.array_equal(orders[0], order) for order in orders[1:]):
        raise Malformed("two epochs show the examples in the same order")
    return {"the number of calls of loss_fn": len(sizes), "batch_sizes": sizes}
