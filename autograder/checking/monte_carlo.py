"""Drivers for a Monte Carlo average: what it makes of the values that the sampled function gave, and of the rng."""

from __future__ import annotations

import copy

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.subject import Malformed, Subject


class Recorder:
    """A forward(x, rng) that draws from the rng it is given, and answers x @ w plus a noise that was drawn before.

    So the values do not depend on how often or by which generator it is called; `draws` and `points` say that.
    """

    def __init__(self, w: np.ndarray, noise: np.ndarray):
        self.w, self.noise, self.draws, self.points = w, noise, [], []

    def __call__(self, x, rng):
        self.draws.append(float(rng.random()) if isinstance(rng, np.random.Generator) else None)
        self.points.append(np.array(x))
        return x @ self.w + self.noise[(len(self.draws) - 1) % len(self.noise)]

    __call__.__qualname__ = "forward"  # what Python's own message calls it, when it is called wrongly

    def __repr__(self) -> str:
        return "forward"


def _run(inputs: dict, subject: Subject, rng: str) -> tuple[tuple, Recorder]:
    forward = Recorder(inputs["w"], inputs["noise"])
    samples = len(inputs["noise"])
    result = subject(forward=forward, x=inputs["x"], samples=samples, rng=copy.deepcopy(inputs[rng]))
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Malformed(f"it should return two things, mean and std, but returned {kind(result)}")
    return tuple(result), forward


@driver
def sampled_predictions(inputs: dict, subject: Subject) -> dict:
    """Mean and std. inputs: x (N, D), w (D, C), noise (samples, N, C), rng."""
    (mean, std), forward = _run(inputs, subject, "rng")
    return {"the number of calls of forward": len(forward.draws), "mean": mean, "std": std}


@driver
def sampled_generators(inputs: dict, subject: Subject) -> dict:
    """forward gets x as it is, and all of its randomness comes from rng. inputs: as above, and other_rng."""
    runs = [_run(inputs, subject, rng)[1] for rng in ("rng", "rng", "other_rng")]
    return {
        "that forward gets a random generator": None not in runs[0].draws,
        "that forward gets x as it is": all(np.array_equal(x, inputs["x"]) for x in runs[0].points),
        "that the same seed gives the same draws": runs[0].draws == runs[1].draws,
        "that another seed gives other draws": runs[0].draws != runs[2].draws,
    }
