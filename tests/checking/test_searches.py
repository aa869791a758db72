"""Searches: their objectives count calls, any right way of drawing passes, and a wrong one gets a sentence."""

import math

import numpy as np
import pytest
from scipy import stats

from autograder.checking.drivers import DRIVERS
from autograder.checking.frozen import from_data, to_data
from autograder.checking.searches import LogBowl, Recorder, Table, on_log_scale, uneven
from autograder.checking.subject import Malformed, Subject, observe

SPACE = {"a": (1e-5, 10.0), "b": (1e-7, 1e-1)}
BOWL = LogBowl({"a": 1e-2, "b": 1e-4}, {})


def run(driver, inputs, function):
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    return observe(DRIVERS[driver].run, inputs, [Subject(function, function.__name__, list(names))])


def rngs(seed):
    return {"rng": np.random.default_rng([seed, 1]), "other_rng": np.random.default_rng([seed, 2])}


# -------------------------------------------------------------------------------------- objectives


def test_objectives_say_what_is_wrong_with_a_call():
    table = Table({"a": {1: 0.5, 2: 0.7}, "b": {"x": 1.0}})
    assert table(a=1, b="x") == 1.5
    assert math.isclose(BOWL(a=1.0, b=1e-4), 4.0)
    assert math.isnan(LogBowl({"a": 1.0}, {"a": 2.0})(a=3.0))
    for call, error, words in [
        (lambda: table(a=1), TypeError, "takes a, b by name, but got a"),
        (lambda: table(a=3, b="x"), ValueError, "a=3, which is not in the grid"),
        (lambda: table({"a": 1}), TypeError, "positional argument"),
        (lambda: BOWL(a=1.0), TypeError, "takes a, b by name"),
        (lambda: BOWL(a=np.ones(1), b=1.0), ValueError, "which is not a positive number"),
        (lambda: BOWL(a=-1.0, b=1.0), ValueError, "a=-1.0, which is not a positive number"),
    ]:
        with pytest.raises(error, match=words):
            call()


def test_objectives_travel_as_data():
    for objective in (Table({"a": {1: 0.5, 2.5: math.inf}, "b": {"x": 1.0}}), LogBowl({"a": 1.0}, {"a": 3.0})):
        assert from_data(to_data(objective)) == objective


def test_a_recorder_keeps_its_calls_and_misleads_when_told_to():
    recorder = Recorder(BOWL, honest=1)
    values = [recorder(a=1e-2, b=1e-4), recorder(a=1e-2, b=1e-4), recorder(a=1.0, b=1e-4)]
    assert values == [0.0, 1e6, 1e6 - 4.0]  # later values are worse, the best of them far off
    assert recorder.points[2] == {"a": 1.0, "b": 1e-4}


def test_every_run_counts_from_0():
    def search(objective, grid):
        return [(objective(a=1), {"a": 1})]

    inputs = {"objective": Table({"a": {1: 0.5}}), "grid": {"a": [1]}}
    for _ in range(2):
        assert run("tried_points", inputs, search).outputs["the number of calls of objective"] == 1


# ------------------------------------------------------------------------------------------- draws


def test_the_bound_of_uneven_is_never_less_strict_than_the_exact_law():
    """The largest distance that still passes has a probability of at most 1e-11 under a right sampler."""
    for n in (30, 100, 400):
        assert stats.kstwo.sf(math.sqrt(math.log(2e11) / 2 / n), n) < 1e-11


def test_even_numbers_pass_and_uneven_ones_do_not():
    for seed in range(500):
        assert not uneven(np.random.default_rng(seed).random(200))
    assert uneven(np.random.default_rng(0).random(400) ** 2)
    assert not uneven(np.array([0.3]))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0, 200.0], "above"),
        ([0.01, 1.0], "below"),
        ([0.01, 200.0], "both sides"),
        ([1.0, math.nan], "not a positive"),
    ],
)
def test_a_value_outside_its_range_gets_a_sentence(values, words):
    with pytest.raises(Malformed, match=words):
        on_log_scale(values, 0.1, 100.0, "k")


def log_uniform(low, high, size, rng):
    return low * (high / low) ** rng.random(size)


def sample_of(draw):
    def sampler(low, high, size, rng):
        return draw(low, high, size, rng)

    return run("log_draws", {"low": 1e-5, "high": 10.0, "size": 400, **rngs(0)}, sampler)


def test_a_right_sampler_is_never_rejected():
    for seed in range(300):
        inputs = {"low": 1e-5, "high": 10.0, "size": 400, **rngs(seed)}
        assert run("log_draws", inputs, log_uniform).error is None


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda low, high, size, rng: rng.uniform(low, high, size), "most are near high"),
        (lambda low, high, size, rng: np.geomspace(low, high, size), "evenly spaced"),
        (lambda low, high, size, rng: np.full(size, 0.1), "again and again"),
        (lambda low, high, size, rng: 10.0 ** rng.integers(-5, 1, size), "again and again"),
        (lambda low, high, size, rng: low * (high / low) ** rng.beta(4, 4, size), "crowd elsewhere"),
        (lambda low, high, size, rng: np.log(log_uniform(low, high, size, rng)), "not a positive number"),
        (
            lambda low, high, size, rng: list(log_uniform(low, high, size, rng)),
            "should return an array of shape (400,)",
        ),
        (
            lambda low, high, size, rng: log_uniform(low, high, size, np.random.default_rng()),
            "same seed gave different",
        ),
        (lambda low, high, size, rng: log_uniform(low, high, size, np.random.default_rng(0)), "different seeds gave"),
    ],
)
def test_a_wrong_sampler_gets_a_sentence(draw, words):
    assert words in sample_of(draw).sentence


# ---------------------------------------------------------------------------------------- searches


def points_of(space, budget, rng):
    return [{name: float(log_uniform(*bounds, 1, rng)[0]) for name, bounds in space.items()} for _ in range(budget)]


def ranked(results):
    return sorted(results, key=lambda result: (math.isnan(result[0]), result[0]))


def random_search(objective, space, budget, rng):
    return ranked([(objective(**point), point) for point in points_of(space, budget, rng)])


def search_inputs(budget=400, seed=0, **more):
    return {"objective": BOWL, "space": SPACE, "budget": budget, **rngs(seed), **more}


@pytest.mark.parametrize("driver", ["number_of_calls", "ranking", "drawn_points", "drawn_again"])
def test_a_right_search_is_never_rejected(driver):
    for seed in range(60):
        assert run(driver, search_inputs(seed=seed), random_search).error is None


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda rng: {name: rng.uniform(*bounds) for name, bounds in SPACE.items()}, "do not spread evenly"),
        (
            lambda rng: dict(zip(SPACE, (lambda u: (1e-5 * 1e6**u, 1e-7 * 1e6**u))(rng.random()), strict=True)),
            "independ",
        ),
        (
            lambda rng: dict(zip(SPACE, (lambda u: (1e-5 * 1e6**u, 1e-7 * 1e6 ** (1 - u)))(rng.random()), strict=True)),
            "independ",
        ),
        (lambda rng: {"a": 10.0 ** rng.integers(-5, 1), "b": 1e-7 * 1e6 ** rng.random()}, "again and again"),
    ],
)
def test_a_search_that_draws_otherwise_gets_a_sentence(draw, words):
    def search(objective, space, budget, rng):
        return [(objective(**point), point) for point in (draw(rng) for _ in range(budget))]

    assert words in run("drawn_points", search_inputs(), search).sentence


RESULTS = [
    (lambda r: r[0], "each of its results should be a pair"),
    (lambda r: [(point, value) for value, point in r], "but should be (value, point dict)"),
    (lambda r: r[1:], "11 results came back, but objective was called 12 times"),
    (lambda r: [(0.0, {"a": 1.0, "b": 1.0}), *r[1:]], "that objective was not called with"),
    (lambda r: [*r[:-1], r[0]], "a point came back twice"),
    (lambda r: [(r[1][0], r[0][1]), (r[0][0], r[1][1]), *r[2:]], "with a value that objective gave at another"),
    (lambda r: r[::-1], "NaN stands first"),
    (lambda r: [r[0], r[-1], *r[1:-1]], "NaN stands among the numbers"),
    (lambda r: [r[1], r[0], *r[2:]], "not sorted"),
    (
        lambda r: sorted((x for x in r if x[0] == x[0]), key=lambda x: -x[0]) + [x for x in r if x[0] != x[0]],
        "lower is better",
    ),
]


@pytest.mark.parametrize(("spoil", "words"), RESULTS)
def test_a_wrong_list_of_results_gets_a_sentence(spoil, words):
    def search(objective, space, budget, rng):
        return spoil(random_search(objective, space, budget, rng))

    inputs = search_inputs(12, objective=LogBowl({"a": 1e-2, "b": 1e-4}, {"a": 0.5}))
    assert run("ranking", inputs, random_search).error is None
    assert words in run("ranking", inputs, search).sentence


# ------------------------------------------------------------------------------------------ rounds


def narrowing(factor, *, last_round_only=False, shift=0.0):
    """A search in rounds, each `factor` times as wide; its ranges may be shifted by a share of their width."""

    def search(objective, space, budget, rounds, rng):
        results, ranges = [], space
        for i in range(rounds):
            latest = random_search(objective, ranges, budget, rng)
            results = ranked(results + latest)
            best = (latest if last_round_only else results)[0][1]
            ranges = {}
            for name, (low, high) in space.items():
                width = math.log(high / low) * factor ** (i + 1)
                centre = math.log(best[name]) + shift * width
                ranges[name] = (max(low, math.exp(centre - width / 2)), min(high, math.exp(centre + width / 2)))
        return results

    return search


@pytest.mark.parametrize("factor", [0.8, 0.5, 0.1])
@pytest.mark.parametrize("lowest", [{"a": 1e-2, "b": 1e-4}, {"a": 5.0, "b": 2e-7}, {"a": 3e-5, "b": 3e-2}])
def test_right_rounds_are_never_rejected(factor, lowest):
    for seed in range(15):
        inputs = search_inputs(200, seed, rounds=3, objective=LogBowl(lowest, {}))
        seen = run("search_rounds", inputs, narrowing(factor))
        assert seen.error is None, seen.sentence


@pytest.mark.parametrize(
    ("search", "words"),
    [
        (narrowing(1.0), "is not smaller than that of the round before"),
        (narrowing(0.3, shift=0.7), "does not reach to both sides of the best point so far"),
        (narrowing(0.5, last_round_only=True), "does not reach to both sides of the best point so far"),
    ],
)
def test_wrong_rounds_get_a_sentence(search, words):
    assert words in run("search_rounds", search_inputs(200, rounds=4, honest=200), search).sentence
