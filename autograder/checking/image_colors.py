"""Drivers for random changes of colour, judged by what any fair way of drawing them shows; and for colours' axes.

Each recovers what an image was multiplied by, or what was added to it, and reduces this to facts that do not depend on
the draw, so that two functions which make the same mistake show the same.
"""

from __future__ import annotations

import math

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.fair_draws import evenly, runs, spread_drawn
from autograder.checking.image_places import batch, marked
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject

CELLS = 4  # parts of a range that should be hit equally often
CLOSE = 1e-9
TINY = 1e-300


# ------------------------------------------------------------------------------------------- jitter
# inputs: shape, brightness, contrast, rng, other_rng


def _jittered(inputs: dict, subject: Subject, X: np.ndarray, rng) -> np.ndarray:
    how = {name: inputs[name] for name in ("brightness", "contrast")}
    return batch(subject(X=X.copy(), **how, rng=rng), X.shape)


def _lines(x: np.ndarray, out: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
    """Slopes and offsets of out = slope * x + offset, one pair a row, and whether that holds."""
    centred = x - x.mean(axis=1, keepdims=True)
    slope = (centred * out).sum(axis=1) / (centred**2).sum(axis=1)
    offset = out.mean(axis=1) - slope * x.mean(axis=1)
    return slope, offset, bool(np.abs(slope[:, None] * x + offset[:, None] - out).max() < CLOSE)


@driver
def jitter_drawn(inputs: dict, subject: Subject) -> dict:
    """The factors of brightness and contrast: their ranges, one pair an image, all equally likely.

    The pixels are so near to the middle that nothing is clipped.
    """
    shape = inputs["shape"]
    X = 0.35 + 0.25 * marked(*shape)
    x = X.reshape(len(X), -1)
    mean = x.mean(axis=1)

    def factors(rng):
        out = _jittered(inputs, subject, X, rng)
        slope, offset, holds = _lines(x, out.reshape(x.shape))
        if not (holds and np.all(slope + offset / mean)):
            by_channel = (len(X) * shape[1], -1)
            apart = _lines(X.reshape(by_channel), out.reshape(by_channel))[2]
            raise Malformed("an image's channels are changed apart" if apart else "an image's pixels are changed apart")
        brightness = slope + offset / mean  # out = brightness * (contrast * (x - mean) + mean)
        return np.stack([brightness, slope / brightness])

    calls, randomness = runs(factors, inputs)
    own = np.unique(np.round(calls[0], 9), axis=1).shape[1] == len(X)
    facts, cells, number = {"that each image has factors of its own": own}, 0, 1
    for name, values in zip(("brightness", "contrast"), np.concatenate(calls, axis=1), strict=True):
        low, high = 1 - inputs[name], 1 + inputs[name]
        facts[f"the range of the factors of {name}"] = _range(values, low, high) if own else "a few"
        if high > low:
            parts = np.floor((values - low) / (high - low) * CELLS).astype(int)
            cells, number = cells * CELLS + np.clip(parts, 0, CELLS - 1), number * CELLS
    return {**facts, "that factors are spread evenly": evenly(cells, number), **randomness}


def _range(values: np.ndarray, low: float, high: float) -> str:
    """Where values lie between low and high, for a thousand or more that should fill the range."""
    right, margin = f"from {low:g} to {high:g}", (high - low) / 10
    if values.min() < low - CLOSE or values.max() > high + CLOSE:
        return f"not all {right}"
    return right if values.min() <= low + margin and values.max() >= high - margin else f"only in a part {right}"


@driver
def jitter_center(inputs: dict, subject: Subject) -> dict:
    """The value about which images are stretched. inputs: brightness is 0."""
    X = 0.35 + 0.25 * marked(*inputs["shape"]) ** np.linspace(0.5, 2, inputs["shape"][0])[:, None, None, None]
    x = X.reshape(len(X), -1)
    slope, offset, _ = _lines(x, _jittered(inputs, subject, X, inputs["rng"]).reshape(x.shape))
    stretched = np.abs(slope - 1) > 1e-3
    center = (offset / np.where(stretched, 1 - slope, 1))[stretched]
    candidates = {
        "the image's mean": x.mean(axis=1)[stretched],
        "the image's median": np.median(x, axis=1)[stretched],
        "the mean of the batch": x.mean(),
        "1/2": 0.5,
        "0": 0.0,
    }
    found = [words for words, value in candidates.items() if stretched.any() and np.abs(center - value).max() < 1e-6]
    return {"what images are stretched about": " or ".join(found) or "something else"}


@driver
def jitter_clipped(inputs: dict, subject: Subject) -> dict:
    """What leaves [0, 1] is clipped, once, at the end. The images reach from 0 to 1."""
    X = marked(*inputs["shape"])
    X[:, 0, 0, 0], X[:, -1, -1, -1] = 0.0, 1.0
    out = _jittered(inputs, subject, X, inputs["rng"])
    x, out = (a.reshape(len(X), -1) for a in (X, out))
    low, high = float(out.min()), float(out.max())
    inside = (out > CLOSE) & (out < 1 - CLOSE)
    as_it_should, beyond = 0, 0
    for before, after, part in zip(x, out, inside, strict=True):
        if part.sum() < 3:
            continue
        slope, offset, holds = _lines(before[None, part], after[None, part])
        stretched = slope * before + offset
        brightness = slope[0] + offset[0] / before.mean()
        beyond += abs(brightness - 1) > inputs["brightness"] + CLOSE
        as_it_should += holds and np.abs(np.clip(stretched, 0, 1) - after).max() < 1e-6
    counted = int((inside.sum(axis=1) >= 3).sum())
    return {
        "that nothing is below 0": low >= 0,
        "that nothing is above 1": high <= 1,
        "that some pixels are 0 and some are 1": low <= 0 and high >= 1,
        "that what is inside was only stretched": bool(as_it_should == counted and beyond == 0),
    }


# ------------------------------------------------------------------------------------------- lighting


@driver
def color_axes(inputs: dict, subject: Subject) -> dict:
    """Values, the vectors' products among themselves (1 and 0), and the covariance that both rebuild: free of signs."""
    result = subject(**inputs)
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"it should return two things, values and vectors, but returned {count}")
    values, vectors = result
    C = inputs["X"].shape[1]
    for name, value, shape in (("values", values, (C,)), ("vectors", vectors, (C, C))):
        if not isinstance(value, np.ndarray) or value.shape != shape or value.dtype.kind != "f":
            raise Malformed(f"{name} is {kind(value)}, but should be an array of floats of shape {shape}")
    return {
        "values": values,
        "vectors @ vectors.T": vectors @ vectors.T,
        "vectors.T * values @ vectors": vectors.T * values @ vectors,
    }


@driver
def lighting_drawn(inputs: dict, subject: Subject) -> dict:
    """A colour for each image, of normal alphas, added to all of its pixels. For 800 images or more.

    inputs: shape, values (all positive), vectors, sigma, rng, other_rng.
    """
    X, values, vectors, sigma = marked(*inputs["shape"]), inputs["values"], inputs["vectors"], inputs["sigma"]
    uniform, within = [], []

    def alphas(rng):
        given = {"X": X.copy(), "values": values.copy(), "vectors": vectors.copy(), "sigma": sigma}
        out = batch(subject(**given, rng=rng), X.shape)
        added = out - X
        uniform.append(np.abs(added - added.mean(axis=(2, 3), keepdims=True)).max() < CLOSE)
        within.append(out.min() >= 0 and out.max() <= 1)
        return added.mean(axis=(2, 3)) @ vectors.T / values

    calls, randomness = runs(alphas, inputs)
    drawn = np.concatenate(calls) / sigma
    own = len(np.unique(np.round(calls[0], 9), axis=0)) == len(X)
    facts = {
        "that all pixels of an image get the same colour": all(uniform),
        "that some pixels leave [0, 1]": not any(within),
        "that each image has a colour of its own": own,
    }
    for k, alpha in enumerate(drawn.T):
        spread = spread_drawn(float(np.mean(alpha**2)), len(alpha)) if own else "of a few"
        facts[f"the variance of alpha {k}, over sigma^2"] = spread
    ranks = [1 + math.erf(a / np.sqrt(2)) for a in (drawn / (drawn.std(axis=0) + TINY)).ravel()]
    eighths = np.minimum(np.array(ranks) * 4, 7).astype(int)
    return {
        **facts,
        "that the axes have alphas of their own": _correlation(drawn) < 0.3,
        "that alphas are normal, with mean 0": evenly(eighths, 8),
        **randomness,
    }


def _correlation(alphas: np.ndarray) -> float:
    """The largest correlation between two columns; 1 where one does not vary."""
    if alphas.shape[1] == 1:
        return 0.0
    centred = alphas - alphas.mean(axis=0)
    unit = centred / (np.sqrt((centred**2).sum(axis=0)) + TINY)
    return float(np.abs(unit.T @ unit - np.eye(unit.shape[1])).max())
