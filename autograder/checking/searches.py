"""Searches over hyperparameters: objectives that count their calls, and what any right search shares.

What is drawn is free; the bounds below reject a right sampler with a probability under 1e-9.
"""

from __future__ import annotations

import copy
import math

import numpy as np

from autograder.checking.compare import NUMBERS, kind
from autograder.checking.drivers import driver
from autograder.checking.show import plural, short
from autograder.checking.shuffles import pairs_of
from autograder.checking.stand_ins import stand_in
from autograder.checking.subject import Malformed, Subject


@stand_in
class Table:
    """An objective over a grid: the sum of what each name's value costs. costs: name -> {value: cost}."""

    costs: dict

    def __call__(self, /, **point):
        if point.keys() != self.costs.keys():
            raise TypeError(f"objective() takes {', '.join(self.costs)} by name, but got {', '.join(point) or 'none'}")
        for name, value in point.items():
            if value not in self.costs[name]:
                raise ValueError(f"objective was called with {name}={value!r}, which is not in the grid")
        return sum(self.costs[name][value] for name, value in point.items())

    __call__.__qualname__ = "objective"  # what Python's own message calls it, when it is called wrongly

    def __repr__(self):
        return "objective"


@stand_in
class LogBowl:
    """An objective over positive numbers: the sum of log10(value / lowest)^2; NaN where a name is above `nan_above`.

    lowest: name -> where the minimum is. nan_above: name -> number, for none or some of the names.
    """

    lowest: dict
    nan_above: dict

    def __call__(self, /, **point):
        if point.keys() != self.lowest.keys():
            raise TypeError(f"objective() takes {', '.join(self.lowest)} by name, but got {', '.join(point) or 'none'}")
        for name, value in point.items():
            if np.ndim(value) or not value > 0:
                raise ValueError(f"objective was called with {name}={value!r}, which is not a positive number")
        if any(point[name] > limit for name, limit in self.nan_above.items()):
            return math.nan
        return float(sum(math.log10(value / self.lowest[name]) ** 2 for name, value in point.items()))

    __call__.__qualname__ = "objective"

    def __repr__(self):
        return "objective"


def plain(value):
    """A NumPy scalar or 0-d array as Python's own number; anything else as it is."""
    return value.item() if isinstance(value, np.ndarray | np.generic) and value.ndim == 0 else value


class Recorder:
    """An objective that keeps the points it was called with, and what it answered: one for each run.

    honest: the number of calls after which it misleads: every value is worse than all before, and the best is far off.
    """

    def __init__(self, objective, honest: float = math.inf):
        self.objective, self.honest = objective, honest
        self.points: list[dict] = []
        self.values: list[float] = []

    def __call__(self, /, **point):
        value = self.objective(**point)
        if len(self.points) >= self.honest:
            value = 1e6 - value
        self.points.append({name: plain(given) for name, given in point.items()})
        self.values.append(value)
        return value

    __call__.__qualname__ = "objective"

    def __repr__(self):
        return "objective"


def _searched(inputs: dict, subject: Subject, rng: str = "rng") -> tuple[object, Recorder]:
    """One run of a search: what came back, and the record of its objective."""
    recorder = Recorder(inputs["objective"], inputs.get("honest", math.inf))
    arguments = {n: v for n, v in inputs.items() if n not in ("objective", "honest", "rng", "other_rng")}
    if rng in inputs:
        arguments["rng"] = copy.deepcopy(inputs[rng])
    return subject(objective=recorder, **arguments), recorder


# ------------------------------------------------------------------------------------------- draws


def uneven(u: np.ndarray) -> bool:
    """Whether numbers can hardly be uniform on [0, 1]: Kolmogorov and Smirnov's distance, at 1e-11.

    By Massart (1990), the probability that sqrt(n) D exceeds t is at most 2 exp(-2 t^2), for every n.
    """
    u, n = np.sort(u), len(u)
    distance = max(np.max(np.arange(1, n + 1) / n - u), np.max(u - np.arange(n) / n))
    return bool(np.sqrt(n) * distance > math.sqrt(math.log(2e11) / 2))


def on_log_scale(values, low: float, high: float, name: str) -> np.ndarray:
    """Where values stand between low (0) and high (1) on the log scale. Malformed where one is outside."""
    values = np.asarray(values, float)
    if not (values > 0).all():
        raise Malformed(f"{name} has a value that is not a positive number")
    below, above = values.min() < low * (1 - 1e-9), values.max() > high * (1 + 1e-9)
    if below or above:
        raise Malformed(
            f"{name} has values {'on both sides of' if below and above else 'above' if above else 'below'} its range"
        )
    return np.log(values / low) / np.log(high / low)


@driver
def log_draws(inputs: dict, subject: Subject) -> dict:
    """Many draws of a sampler (low, high, size, rng): evenly spread on the log scale, all of it from rng."""
    low, high, size = (inputs[name] for name in ("low", "high", "size"))
    draws = [
        subject(low=low, high=high, size=size, rng=copy.deepcopy(inputs[rng])) for rng in ("rng", "rng", "other_rng")
    ]
    for draw in draws:
        if not isinstance(draw, np.ndarray) or draw.shape != (size,):
            raise Malformed(f"it should return an array of shape ({size},), but returned {kind(draw)}")
    u = on_log_scale(draws[0], low, high, "the sample")
    if len(np.unique(draws[0])) < size:
        raise Malformed("some numbers come again and again: the draws are not continuous, or not independent")
    if size > 2 and np.allclose(np.diff(np.sort(u)), np.ptp(u) / (size - 1)):
        raise Malformed("the numbers are evenly spaced, as a grid is, and not drawn")
    if uneven(u):
        where = "most are near high" if np.median(u) > 0.75 else "they crowd elsewhere"
        raise Malformed(f"the draws do not spread evenly over the powers of ten between low and high: {where}")
    if not np.array_equal(draws[0], draws[1]):
        raise Malformed("two generators with the same seed gave different draws")
    if np.array_equal(draws[0], draws[2]):
        raise Malformed("two generators with different seeds gave the same draws")
    return {"the draws": "log-uniform"}


# ---------------------------------------------------------------------------------------- searches
# inputs: the search's arguments, with the objective a stand-in; for drawn_again also other_rng


@driver
def tried_points(inputs: dict, subject: Subject) -> dict:
    """The points at which the objective was called, sorted, and how many calls there were."""
    _, record = _searched(inputs, subject)
    return {
        "the number of calls of objective": len(record.points),
        "points_tried": sorted(record.points, key=lambda p: str(sorted(p.items()))),
    }


@driver
def number_of_calls(inputs: dict, subject: Subject) -> dict:
    """How many times the objective was called, at how many different points of the space."""
    _, record = _searched(inputs, subject)
    for name, (low, high) in inputs["space"].items():
        on_log_scale([point[name] for point in record.points], low, high, name)
    return {
        "the number of calls of objective": len(record.points),
        "the number of different points": len({str(sorted(p.items())) for p in record.points}),
    }


@driver
def ranking(inputs: dict, subject: Subject) -> dict:
    """What came back is what was tried: each point with its value, best first, NaN last."""
    result, record = _searched(inputs, subject)
    ranked = [(plain(value), point) for value, point in pairs_of(result, "results", "value", "point")]
    for i, (value, point) in enumerate(ranked):
        if isinstance(value, bool) or not isinstance(value, NUMBERS) or not isinstance(point, dict):
            raise Malformed(f"result {i} is ({short(value)}, {kind(point)}), but should be (value, point dict)")
    if len(ranked) != len(record.points):
        raise Malformed(
            f"{plural(len(ranked), 'result')} came back, but objective was called {len(record.points)} times"
        )
    given = {_key(point): value for point, value in zip(record.points, record.values, strict=True)}
    if any(_key(point) not in given for _, point in ranked):
        raise Malformed("a point came back that objective was not called with")
    if len({_key(point) for _, point in ranked}) < len(given):
        raise Malformed("a point came back twice, and another one never")
    values = np.array([float(value) for value, _ in ranked])
    if not np.array_equal(values, [given[_key(point)] for _, point in ranked], equal_nan=True):
        raise Malformed("a point came back with a value that objective gave at another")
    numbers = values[~np.isnan(values)]
    if np.isnan(values[: len(numbers)]).any():
        first = np.isnan(values[: len(values) - len(numbers)]).all()
        raise Malformed("NaN stands first, before all numbers" if first else "NaN stands among the numbers")
    if len(numbers) > 1 and (np.diff(numbers) <= 0).all():
        raise Malformed("the highest value stands first, but lower is better")
    if (np.diff(numbers) < 0).any():
        raise Malformed("the results are not sorted by their values")
    return {"the results": "best first, NaN last"}


def _key(point: dict) -> tuple:
    return tuple(sorted((name, plain(value)) for name, value in point.items()))


@driver
def drawn_points(inputs: dict, subject: Subject) -> dict:
    """Many points of a random search: each name log-uniform and by itself."""
    _spread(_searched(inputs, subject)[1].points, inputs["space"])
    return {"the points": "log-uniform"}


@driver
def drawn_again(inputs: dict, subject: Subject) -> dict:
    """A search that draws repeats itself with the same rng, and not with another."""
    first, second, other = (_searched(inputs, subject, rng)[1].points for rng in ("rng", "rng", "other_rng"))
    if first != second:
        raise Malformed("two generators with the same seed gave different points")
    if first == other:
        raise Malformed("two generators with different seeds gave the same points")
    return {"the points": "drawn by rng"}


def _spread(points: list[dict], space: dict) -> None:
    """Malformed where points are not spread evenly, on the log scale, over a space, or two names are not independent.

    Of independent uniform u and v, the fractional parts of u - v and of u + v are uniform too.
    """
    if len(points) < 100:
        raise Malformed(f"objective was called {plural(len(points), 'time')}, too few to see how the points spread")
    u = {n: on_log_scale([p[n] for p in points], low, high, n) for n, (low, high) in space.items()}
    for name in u:
        if len(np.unique(u[name])) < len(points) / 2:
            raise Malformed(f"the same values of {name} come again and again")
        if uneven(u[name]):
            raise Malformed(f"the values of {name} do not spread evenly over the powers of ten of its range")
    names = list(u)
    for first, second in ((a, b) for i, a in enumerate(names) for b in names[i + 1 :]):
        if uneven((u[first] - u[second]) % 1) or uneven((u[first] + u[second]) % 1):
            raise Malformed(f"{first} and {second} are not drawn independently")


@driver
def search_rounds(inputs: dict, subject: Subject) -> dict:
    """Rounds of 200 points: each narrower than the one before, around the best point so far, log-uniform.

    By chance alone, 200 points leave more than 0.13 of their range free at one end with probability 1e-12, and span
    less than 0.85 of it with 1e-11. So a right search may narrow its range by as little as a factor of 0.8.
    """
    space, budget, rounds = (inputs[name] for name in ("space", "budget", "rounds"))
    _, record = _searched(inputs, subject)
    if len(record.points) != rounds * budget:
        raise Malformed(f"objective was called {len(record.points)} times, but should be rounds * budget times")
    _spread(record.points[:budget], space)
    values = np.array(record.values)
    for name, (low, high) in space.items():
        u = on_log_scale([point[name] for point in record.points], low, high, name).reshape(rounds, budget)
        spans = np.ptp(u, axis=1)
        for i in range(1, rounds):
            least, most = u[i].min(), u[i].max()
            cut = least < 0.05 or most > 0.95  # at the border of the space, where the round before was cut as well
            if spans[i] > 0.95 * spans[0 if cut else i - 1]:
                raise Malformed(f"a round's range of {name} is not smaller than that of the round before")
            best = u.flat[np.nanargmin(values[: i * budget])]
            slack = 0 if 0.05 < best < 0.95 else 0.15 * spans[i]
            if not least - slack <= best <= most + slack:
                raise Malformed(f"a round's range of {name} does not reach to both sides of the best point so far")
            if spans[i] == 0 or uneven((np.sort(u[i])[1:-1] - least) / spans[i]):
                raise Malformed(f"a later round's values of {name} do not spread evenly over its powers of ten")
    return {"the rounds": "each narrower, around the best point so far"}
