"""Recipes: a `train_model` and a `predict` of which no number is prescribed. Their rules, and what they are worth.

Each driver takes both functions, trains, and asks for labels. Whoever breaks a rule is told which, without a number
that differs from machine to machine.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.judges import JUDGES
from autograder.checking.result import Degree
from autograder.checking.stand_ins import stand_in
from autograder.checking.subject import CannotCheck, Malformed, Observation, Subject
from autograder.datasets import folder

HOLDS = {"the rule": "holds"}
MAY_TAKE = {"accuracy": 60}  # seconds of computing; it is the grader's limit for one test, too
A_RULE_MAY_TAKE = 10
HANGS = 180  # seconds of wall time after which it counts as hanging, in a student's kernel
ABOVE_GUESSING = 2  # times the share of right guesses: what a net of any kind reaches on its own training images
ALONE = 24  # images that are asked for one by one
SHUFFLES = 8  # of params; that none of them changes a label has a chance of 1 in 16^8 at most


@stand_in
class Images:
    """Labelled images of a file, loaded where they are needed: `checks.json` holds no more than where they are.

    file: a data set in datasets/, or the path of an .npz file. part: which of its splits. count, seed: so many of them,
    in a random order; all of them for None.
    """

    file: str
    part: str
    count: int | None = None
    seed: int = 0

    def load(self) -> tuple[np.ndarray, np.ndarray]:
        """Images (N, C, H, W), float64 from 0 to 1, and labels (N,), int64."""
        try:
            path = Path(self.file) if self.file.endswith(".npz") else folder() / f"{self.file}.npz"
            with np.load(path, allow_pickle=False) as data:
                X, y = data[f"X_{self.part}"], data[f"y_{self.part}"].astype(np.int64)
                brightest = float(data["pixel_max"])
        except (OSError, KeyError) as error:
            raise CannotCheck(f"The images of '{self.file}' are not there: {error}") from error
        chosen = np.random.default_rng(self.seed).permutation(len(X))[: self.count]
        return X[chosen] / brightest, y[chosen]


def weights(params, limit: int) -> tuple[dict[str, np.ndarray], int]:
    """A plain copy of what a student's training returned, and how many numbers it holds. Raises Malformed.

    A copy, because an object with more than numbers in it would reach `predict` as it was.
    """
    if not isinstance(params, dict):
        raise Malformed(f"train_model should return a dict of arrays, but returned {kind(params)}")
    plain = {}
    for name, value in params.items():
        array = np.array(value) if isinstance(value, np.ndarray | np.generic | int | float) else np.array(None)
        if type(name) is not str or array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
            raise Malformed(f"params[{name!r}] is {kind(value)}, but should be an array of real numbers")
        if not np.isfinite(array).all():
            why = "did the training diverge, or is a class not there?"
            raise Malformed(f"params[{name!r}] holds NaN or infinity: {why}")
        plain[name] = array
    count = sum(array.size for array in plain.values())
    if count > limit:
        raise Malformed(f"params hold {count:,} numbers, but may hold {limit:,}")
    return plain, count


def labels(predict: Subject, params: dict, X: np.ndarray) -> np.ndarray:
    """The labels that `predict` gives to images. Raises Malformed where it gives no labels."""
    first, second = predict.positional
    found = predict(**{first: params, second: X})
    if not isinstance(found, np.ndarray):
        raise Malformed(f"predict should return an array of labels, but returned {kind(found)}")
    if found.shape != (len(X),):
        raise Malformed(f"predict returned an array of shape {found.shape} for {len(X)} images, not ({len(X)},)")
    if found.dtype.kind not in "iu":
        raise Malformed(f"predict returned labels of dtype {found.dtype}, but a label is an integer")
    return found


class _Recipe:
    """Both functions, called as their docstrings say."""

    def __init__(self, inputs: dict, train_model: Subject, predict: Subject):
        self.train_model, self.predict = train_model, predict
        self.val, self.rng, self.limit = inputs["val"].load(), inputs["rng"], inputs["limit"]
        self.classes = inputs["classes"]

    def train(self, X, y, rename=None) -> tuple[dict, int]:
        """Train with an equal generator each time. rename: (C,) the new number of each class."""
        X_val, y_val = self.val
        new = np.arange(self.classes) if rename is None else rename
        arguments = (X, new[y], X_val, new[y_val], copy.deepcopy(self.rng))
        return weights(self.train_model(**dict(zip(self.train_model.positional, arguments, strict=True))), self.limit)

    def ask(self, params, X) -> np.ndarray:
        return labels(self.predict, params, X)

    def ask_shuffled(self, params, X) -> np.ndarray | None:
        """The labels after the numbers of each array were shuffled; None where there are none: it may well fail."""
        params = {name: self.rng.permutation(w.ravel()).reshape(w.shape) for name, w in params.items()}
        try:
            return self.ask(params, X)
        except Exception:
            return None


def timed(run: Callable) -> Callable:
    """Register a driver of recipes, which says so where training and predicting take too long.

    The smaller of two times counts: a busy machine is not the student's fault, and neither are several cores. In the
    grader the functions compute elsewhere, and its limit for one test holds.
    """

    @wraps(run)
    def measured(inputs, train_model, predict):
        wall, computing = time.monotonic(), time.process_time()
        outputs = run(inputs, train_model, predict)
        took = min(time.monotonic() - wall, time.process_time() - computing)
        if took > (limit := MAY_TAKE.get(run.__name__, A_RULE_MAY_TAKE)):
            raise Malformed(f"training and predicting took {took:.0f} seconds, but may take {limit}")
        return outputs

    return driver(measured, seconds=HANGS)


@timed
def gives_labels(inputs: dict, train_model: Subject, predict: Subject) -> dict:
    """A short training; labels for a few images, and for a single one.

    inputs of this driver and the next four: train, val: Images; classes: int; limit: of numbers in params; rng.
    """
    recipe = _Recipe(inputs, train_model, predict)
    X, y = inputs["train"].load()
    params, _ = recipe.train(X, y)
    for some in (X, X[:1]):
        found = recipe.ask(params, some)
        if wrong := [label for label in found if not 0 <= label < recipe.classes]:
            raise Malformed(f"predict returned the label {wrong[0]}; the labels go from 0 to {recipe.classes - 1}")
    return HOLDS


@timed
def learns(inputs: dict, train_model: Subject, predict: Subject) -> dict:
    """After training, more of the training images are right than by guessing."""
    recipe = _Recipe(inputs, train_model, predict)
    X, y = inputs["train"].load()
    params, _ = recipe.train(X, y)
    if np.mean(recipe.ask(params, X) == y) <= ABOVE_GUESSING / recipe.classes:
        raise Malformed(
            "on the very images that it was trained on it is hardly better than guessing: does each image keep its "
            "own label, and does predict prepare the images as train_model did?"
        )
    return HOLDS


@timed
def sees_one_image(inputs: dict, train_model: Subject, predict: Subject) -> dict:
    """An image's label is the same alone as among others. One in 24 may lie between two classes, within rounding."""
    recipe = _Recipe(inputs, train_model, predict)
    X, y = inputs["train"].load()
    params, _ = recipe.train(X, y)
    together = recipe.ask(params, X)[:ALONE]
    alone = [recipe.ask(params, X[i : i + 1])[0] for i in range(len(together))]
    if np.sum(together != alone) > 1:
        raise Malformed("an image that is alone in its batch gets another label than among others")
    return HOLDS


@timed
def keeps_nothing(inputs: dict, train_model: Subject, predict: Subject) -> dict:
    """All that was learned is in params: a second training changes no label of the first's, other numbers do."""
    recipe = _Recipe(inputs, train_model, predict)
    X, y = inputs["train"].load()
    params, _ = recipe.train(X, y)
    before = recipe.ask(params, X)
    recipe.train(X[::-1], y[::-1], np.roll(np.arange(recipe.classes), 1))
    if np.sum(recipe.ask(params, X) != before) > 1:
        raise Malformed("after a second training the params of the first give other labels: what is kept outside?")
    if all(np.array_equal(recipe.ask_shuffled(params, X), before) for _ in range(SHUFFLES)):
        raise Malformed("whatever numbers params hold, the labels are the same: does predict look at its own params?")
    return HOLDS


@timed
def repeats(inputs: dict, train_model: Subject, predict: Subject) -> dict:
    """Two trainings with equal generators give equal params."""
    recipe = _Recipe(inputs, train_model, predict)
    X, y = inputs["train"].load()
    (first, _), (second, _) = recipe.train(X, y), recipe.train(X, y)
    if first.keys() != second.keys() or not all(np.allclose(first[name], second[name]) for name in first):
        raise Malformed("two trainings with equal generators gave different params: what else but rng is drawn from?")
    return HOLDS


@timed
def accuracy(inputs: dict, train_model: Subject, predict: Subject) -> dict:
    """Train once on everything, and ask for the labels of images that neither function has seen.

    inputs: train, val, test: Images; classes; limit; rng; rename: (C,) new numbers of the classes: only y tells them.
    """
    recipe, rename = _Recipe(inputs, train_model, predict), inputs["rename"]
    X, y = inputs["test"].load()
    params, count = recipe.train(*inputs["train"].load(), rename)
    found = np.concatenate([recipe.ask(params, part) for part in np.array_split(X, 4)])
    right, guessing = np.mean(found == rename[y]), 1 / recipe.classes
    shuffled = recipe.ask_shuffled(params, X)
    if shuffled is not None and np.mean(shuffled == rename[y]) > max((right + guessing) / 2, 2 * guessing):
        raise Malformed(
            "predict knows the labels with the numbers in params shuffled too: params must hold what it knows"
        )
    return {"accuracy": float(right), "parameters": count, "images": len(X), "part": inputs["test"].part}


class Marks:
    """Points grow with accuracy. expected: a rising list of (accuracy, share of the points), straight in between."""

    def see(self, observation: Observation, expected):
        return observation.failure or observation.outputs

    def fault(self, seen, expected, tolerance):
        if isinstance(seen, str):
            return seen
        goal = expected[-1][0]
        return f"all points need {goal:.0%}" if seen["accuracy"] < goal else None

    def degree(self, seen, expected):
        if isinstance(seen, str):
            return None
        share = float(np.interp(seen["accuracy"], *zip(*expected, strict=True)))
        where = {"val": "validation images", "test": "hidden test images"}[seen["part"]]
        right = f"{seen['accuracy']:.1%} of {seen['images']:,} {where} right"
        return Degree(
            share,
            f"{right}, with {seen['parameters']:,} numbers in params.",
            {name: seen[name] for name in ("accuracy", "parameters")},
        )


JUDGES["marks"] = Marks()
