"""A driver for random weights, judged by what any way of drawing them shows; an activation to send signals through."""

from __future__ import annotations

import copy

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.stand_ins import open_stand_in
from autograder.checking.subject import Malformed, Subject

SIGMAS = 7  # a normal statistic is farther out than this once in 4e11 times
BEYOND_2 = 0.0455  # of a normal distribution's weight
NORMAL = {  # what right weights show, beside their shape
    "the mean, in standard deviations": 0.0,
    "the variance, over the one asked for": 1.0,
    "the share of different entries": 1.0,
    "the share beyond two standard deviations": BEYOND_2,
    "that the same seed gives the same weights": True,
    "that a second call with the same rng gives other weights": True,
}


@open_stand_in
class Squash:
    """An activation, element by element: scale * h / (1 + abs(h)) + shift."""

    scale: float
    shift: float

    def __call__(self, h: np.ndarray) -> np.ndarray:
        return self.scale * h / (1 + np.abs(h)) + self.shift

    def __repr__(self) -> str:
        return f"Squash({self.scale:g}, {self.shift:g})"


@driver
def drawn_weights(inputs: dict, subject: Subject) -> dict:
    """What holds of normal weights of mean 0, however they are drawn. inputs: the arguments, `rng` among them; `std`.

    A statistic within SIGMAS standard errors counts as exact, one outside is rounded, so that two functions which
    make the same mistake show the same. Enough entries for that: 10000 or more.
    """
    arguments = {name: value for name, value in inputs.items() if name != "std"}
    again = copy.deepcopy(arguments)
    weights, second = subject(**arguments), subject(**arguments)
    if not isinstance(weights, np.ndarray) or weights.dtype.kind != "f":
        raise Malformed(f"it should return an array of floats, but returned {kind(weights)}")
    n, std = weights.size, weights.std()
    distinct = np.unique(weights).size / n
    beyond = np.mean(np.abs(weights - weights.mean()) > 2 * std)
    return {
        "the shape": weights.shape,
        "the mean, in standard deviations": _rounded_unless(weights.mean() / (std or 1), 0.0, 1 / np.sqrt(n)),
        "the variance, over the one asked for": _power_unless_1(np.mean(weights**2) / inputs["std"] ** 2, n),
        "the share of different entries": 1.0 if distinct > 0.99 else round(distinct, 2),
        "the share beyond two standard deviations": _rounded_unless(
            beyond, BEYOND_2, np.sqrt(BEYOND_2 * (1 - BEYOND_2) / n)
        ),
        "that the same seed gives the same weights": _equal(weights, subject(**again)),
        "that a second call with the same rng gives other weights": not _equal(weights, second),
    }


def _rounded_unless(value: float, right: float, error: float) -> float:
    """The right value where this one is within its error, else this one to a decimal, and never the right one."""
    if abs(value - right) <= SIGMAS * error:
        return right
    return round(float(value), 1)


def _power_unless_1(ratio: float, n: int) -> float:
    """1 where a ratio of variances of n normal entries is within its error, else the nearest power of sqrt(2)."""
    if abs(ratio - 1) <= SIGMAS * np.sqrt(2 / n):
        return 1.0
    if not ratio > 0:
        return 0.0
    halves = round(2 * np.log2(ratio)) or np.copysign(0.5, ratio - 1)
    return round(float(2 ** (halves / 2)), 3)


def _equal(a, b) -> bool:
    return isinstance(b, np.ndarray) and np.array_equal(a, b)
