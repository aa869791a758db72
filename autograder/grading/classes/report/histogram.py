"""Bars of a round width, for points and for seconds."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

MOST_BARS = 20  # of points
TIME_BARS = 10
_LITTLE = 1e-9  # 0.3 / 0.1 is a little less than 3


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram. label: its range, in words; start: the range's lower end."""

    label: str
    start: str
    count: int


def of_points(values: list[float], possible: float) -> list[Bar]:
    """Who has all points is in a bar of their own, at the end."""
    if not values or possible <= 0:
        return []
    width = _round_up(possible / MOST_BARS)
    rest = [value for value in values if value < possible - _LITTLE]
    bars = _bars(rest, width, math.ceil(possible / width - _LITTLE))
    last = bars[-1]
    bars[-1] = Bar(f"{last.start} to less than {possible:g}", last.start, last.count)
    return [*bars, Bar(f"{possible:g}, all points", f"{possible:g}", len(values) - len(rest))]


def of_seconds(values: list[float]) -> list[Bar]:
    """The few largest values share the last bar, so that one outlier does not press all others into the first."""
    if not values:
        return []
    usual = sorted(values)[round(0.98 * (len(values) - 1))]
    width = _round_up(max(usual, 0.01) / TIME_BARS)
    end = (math.floor(usual / width) + 1) * width
    bars = _bars([value for value in values if value < end], width, round(end / width))
    above = sum(value >= end for value in values)
    return [*bars, Bar(f"{end:g} or more", f"{end:g}", above)] if above else bars


def _bars(values: list[float], width: float, count: int) -> list[Bar]:
    found = Counter(min(max(math.floor(value / width + _LITTLE), 0), count - 1) for value in values)
    edges = [f"{index * width:g}" for index in range(count + 1)]
    return [Bar(f"{edges[i]} to less than {edges[i + 1]}", edges[i], found[i]) for i in range(count)]


def _round_up(width: float) -> float:
    """The next of 1, 2, 5, 10, 20, … or a tenth, hundredth … of these."""
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= width * (1 - _LITTLE))
