"""Drivers for the random regions of a fractional pooling, judged by what any fair way of drawing them shows."""

from __future__ import annotations

import copy
from math import comb

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.subject import Malformed, Subject

DRAWS = 600
SIGMAS = 8  # with DRAWS draws of up to 10 arrangements, a fair count is farther out once in 1e10 times


def _lengths(starts, size: int, out_size: int) -> np.ndarray:
    """The regions' lengths; Malformed where the starts are not those of disjoint regions of 1 and 2 that cover all."""
    if not isinstance(starts, np.ndarray) or starts.shape != (out_size,):
        raise Malformed(f"starts is {kind(starts)}, but should be an array of shape ({out_size},)")
    if starts.dtype.kind not in "iu":
        raise Malformed(f"starts has dtype {starts.dtype}, but should hold integers")
    starts = starts.astype(int)
    if np.any(np.diff(starts) <= 0):
        raise Malformed("starts should increase from each entry to the next")
    if starts[0] != 0:
        raise Malformed("the first region starts at 0, but starts begins with another number")
    lengths = np.diff(np.append(starts, size))
    if np.any(lengths[:-1] > 2):
        raise Malformed("a region is longer than 2 pixels, but each should be 1 or 2")
    if lengths[-1] not in (1, 2):
        side, by = ("before", lengths[-1]) if lengths[-1] > 2 else ("beyond", -lengths[-1])
        raise Malformed(f"the regions end {side} the border, by about {by / size:.1f} of the size")
    return lengths


def _draw(inputs: dict, subject: Subject, rng: np.random.Generator) -> np.ndarray:
    size, out_size = inputs["size"], inputs["out_size"]
    return _lengths(subject(size=size, out_size=out_size, rng=rng), size, out_size)


@driver
def regions_cover(inputs: dict, subject: Subject) -> dict:
    """The regions are 1 or 2 pixels long and cover the axis; how many there are of each length."""
    lengths = _draw(inputs, subject, copy.deepcopy(inputs["rng"]))
    return {"the number of regions of 1 pixel": int(np.sum(lengths == 1)), "of 2 pixels": int(np.sum(lengths == 2))}


@driver
def regions_drawn(inputs: dict, subject: Subject) -> dict:
    """Every arrangement comes equally often, and all randomness comes from rng. For at most 10 arrangements.

    What is wrong is told by the number of arrangements that come, and by the share of the most frequent one to a tenth.
    """
    first, again, other = (copy.deepcopy(inputs[name]) for name in ("rng", "rng", "other_rng"))
    draws = [tuple(_draw(inputs, subject, first)) for _ in range(DRAWS)]
    if draws[:20] != [tuple(_draw(inputs, subject, again)) for _ in range(20)]:
        raise Malformed("two generators with the same seed gave different regions")
    if draws[:200] == [tuple(_draw(inputs, subject, other)) for _ in range(200)]:
        raise Malformed("two generators with different seeds gave the same regions, 200 times")
    counts = np.unique(draws, axis=0, return_counts=True)[1]
    number = comb(inputs["out_size"], inputs["size"] - inputs["out_size"])
    mean, error = DRAWS / number, np.sqrt(DRAWS / number * (1 - 1 / number))
    fair = len(counts) == number and np.all(np.abs(counts - mean) <= SIGMAS * error)
    return {
        "the number of arrangements that come": len(counts),
        "the share of the most frequent one": round(1 / number if fair else max(counts) / DRAWS, 1),
        "that all come equally often": bool(fair),
    }
