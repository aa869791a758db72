"""Bounds on what fair draws show: wide enough for any right answer, narrow enough for the mistakes."""

import numpy as np
import pytest
import scipy.stats

from autograder.checking.fair_draws import ALARM, evenly, likely, runs, share_drawn, spread_drawn


@pytest.mark.parametrize("p", [0.04, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("n", [100, 2400])
def test_a_right_count_is_rejected_less_often_than_it_says(n, p):
    counts = np.arange(n + 1)
    rejected = [not likely(count, n, p) for count in counts]
    assert 0 < scipy.stats.binom.pmf(counts[rejected], n, p).sum() <= ALARM


def test_certain_counts_have_no_error():
    assert likely(0, 50, 0)
    assert likely(50, 50, 1)
    assert not likely(1, 50, 0)
    assert not likely(49, 50, 1)


def test_a_wrong_share_is_never_the_right_one():
    assert share_drawn(300, 1000, 0.3) == 0.3
    assert share_drawn(702, 1000, 0.3) == 0.7
    assert share_drawn(34_000, 100_000, 0.3) != 0.3


def test_cells_that_come_unevenly_or_lie_outside():
    rng = np.random.default_rng(0)
    cells = rng.integers(0, 12, 2400)
    assert evenly(cells, 12)
    assert not evenly(np.minimum(cells, 10), 12)
    assert not evenly(np.append(cells, 12), 12)
    assert not evenly(np.append(cells, -1), 12)


@pytest.mark.parametrize("n", [2400, 7200])
def test_a_right_variance_is_rejected_less_often_than_it_says(n):
    low, high = (scipy.stats.chi2.ppf(q, n) / n for q in (1e-10, 1 - 1e-10))
    assert spread_drawn(low, n) == spread_drawn(high, n) == 1.0
    far = [scipy.stats.chi2.isf(ALARM, n) / n * 1.02, scipy.stats.chi2.ppf(ALARM, n) / n * 0.98]
    assert 1.0 not in {spread_drawn(value, n) for value in far}


def test_a_wrong_variance_is_a_power_of_two():
    assert spread_drawn(0.26, 1000) == 0.25
    assert spread_drawn(3.7, 1000) == 4.0
    assert spread_drawn(1.3, 2400) == pytest.approx(2**0.5)
    assert spread_drawn(0.0, 1000) == 0.0


@pytest.mark.parametrize(
    ("draw", "facts"),
    [
        (lambda rng: rng.random(9), (True, True, True)),
        (lambda rng: np.random.default_rng().random(9), (False, True, True)),
        (lambda rng: np.random.default_rng(0).random(9), (True, False, False)),
        (
            lambda rng: np.random.default_rng(rng.bit_generator.state["state"]["inc"] % 99).random(9),
            (True, True, False),
        ),
    ],
    ids=["rng", "no seed", "own seed", "the same at each call"],
)
def test_where_randomness_comes_from(draw, facts):
    seeds = {"rng": np.random.default_rng(1), "other_rng": np.random.default_rng(2)}
    calls, found = runs(draw, seeds)
    assert len(calls) == 3
    assert tuple(found.values()) == facts
