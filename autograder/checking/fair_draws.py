"""What any fair way of drawing shows: a share near its probability, cells that come equally often, a rng that counts.

A right answer is rejected with a probability below 1e-9: the bounds are Chernoff's, which hold for any number of draws.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

ALARM = 1e-12  # the probability with which one right count is rejected, at most


def likely(count: int, n: int, p: float) -> bool:
    """Whether `count` successes are within reach of n independent draws of probability p."""
    share = count / n
    if p in (0, 1):
        return share == p
    terms = [a * np.log(a / b) for a, b in ((share, p), (1 - share, 1 - p)) if a]
    return n * sum(terms) <= np.log(2 / ALARM)


def share_drawn(count: int, n: int, p: float) -> float:
    """p where the share of `count` in n is within its error, else the share to a decimal, and never p."""
    if likely(count, n, p):
        return p
    rounded = round(count / n, 1)
    return rounded if rounded != p else round(count / n, 3)


def evenly(cells: np.ndarray, number: int) -> bool:
    """Whether integers from 0 to number - 1 come equally often; one outside makes it False."""
    if np.any((cells < 0) | (cells >= number)):
        return False
    return all(likely(count, len(cells), 1 / number) for count in np.bincount(cells, minlength=number))


def spread_drawn(mean_square: float, n: int) -> float:
    """1 where the mean square of n standard normal numbers is within reach of 1, else the nearest power of 2 but 1."""
    if mean_square > 0 and n / 2 * (mean_square - 1 - np.log(mean_square)) <= np.log(2 / ALARM):
        return 1.0
    return 2.0 ** (round(np.log2(mean_square)) or np.copysign(0.5, mean_square - 1)) if mean_square > 0 else 0.0


def runs(draw: Callable, inputs: dict, calls: int = 3) -> tuple[list, dict]:
    """What `draw(rng)`, an array, gives in some calls with one rng; and facts about where its randomness comes from.

    inputs: `rng` and `other_rng`, generators with different seeds.
    """
    first, again, other = (
        [draw(rng) for rng in [copy.deepcopy(inputs[name])] for _ in range(count)]
        for name, count in (("rng", calls), ("rng", 2), ("other_rng", 2))
    )
    return first, {
        "that the same seed gives the same": all(map(np.array_equal, again, first)),
        "that another seed gives something else": not all(map(np.array_equal, other, first)),
        "that calls with one rng differ": not all(np.array_equal(first[0], later) for later in first[1:]),
    }
