"""Drivers for a stack of residual blocks, each of which is kept or left out by a coin."""

from __future__ import annotations

import copy
import itertools

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.masks import multiples, share_kept
from autograder.checking.subject import Malformed, Subject

ROWS = 3  # examples in a batch
CALLS = 12


class Bump:
    """A block that adds 1 to one column and 0 to the others: whoever sees the sum sees which blocks were kept."""

    def __init__(self, column: int):
        self.column = column

    def __call__(self, h: np.ndarray) -> np.ndarray:
        added = np.zeros_like(h)
        added[:, self.column] = 1
        return added

    __call__.__qualname__ = "block"  # what Python's own message calls it, when it is called wrongly

    def __repr__(self) -> str:
        return "block"


def _sum(result, shape: tuple) -> np.ndarray:
    if not isinstance(result, np.ndarray) or result.shape != shape:
        raise Malformed(f"out is {kind(result)}, but should be an array of shape {shape}")
    return result


@driver
def block_coins(inputs: dict, subject: Subject) -> dict:
    """How often blocks are kept in training, and by whose coin.

    inputs: survivals, one for each group of blocks, from 0.3 to 0.85; each, the blocks in a group, 400 or more: then a
    right share is rejected with a probability under 1e-9; rng.
    """
    survivals, each = inputs["survivals"], inputs["each"]
    count = len(survivals) * each
    blocks, survival = [Bump(column) for column in range(count)], np.repeat(survivals, each)

    def kept(rng):
        x = np.zeros((ROWS, count))
        return _sum(subject(x=x, blocks=blocks, survival=survival.copy(), training=True, rng=rng), x.shape)

    other = copy.deepcopy(inputs["rng"])
    first, second, again = kept(inputs["rng"]), kept(inputs["rng"]), kept(other)
    facts = {}
    for i, p in enumerate(survivals):
        group = first[0, i * each : (i + 1) * each]
        facts[f"what blocks of survival {p} are multiplied by"] = multiples(group)
        facts[f"the share kept of blocks of survival {p}"] = share_kept(group != 0, p)
    return facts | {
        "that all examples share a block's coin": bool((first == first[0]).all()),
        "that the same seed keeps the same blocks": np.array_equal(first, again),
        "that a second call with the same rng keeps other blocks": not np.array_equal(first, second),
    }


@driver
def block_paths(inputs: dict, subject: Subject) -> dict:
    """In training, each out is what some choice of whole blocks gives, one after the other. inputs: the arguments."""
    x, blocks = inputs["x"], inputs["blocks"]
    possible = []
    for choice in itertools.product((False, True), repeat=len(blocks)):
        h = x
        for kept, block in zip(choice, blocks, strict=True):
            h = h + block(h) if kept else h
        possible.append(h)
    outs = [_sum(subject(**{**inputs, "x": x.copy()}), x.shape) for _ in range(CALLS)]
    reached = [any(np.allclose(out, h, rtol=1e-9, atol=1e-12) for h in possible) for out in outs]
    return {f"how many of {CALLS} outs are reached by keeping and leaving out whole blocks": sum(reached)}
