"""The drivers for random regions: any fair way of drawing passes, all else gets a sentence or numbers of its own."""

import numpy as np
import pytest

from autograder.checking.compare import same
from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe


def shuffled(size, out_size, rng):
    lengths = rng.permutation(np.repeat([1, 2], [2 * out_size - size, size - out_size]))
    return np.cumsum(lengths) - lengths


def chosen(size, out_size, rng):
    lengths = np.ones(out_size, int)
    lengths[rng.choice(out_size, size - out_size, replace=False)] = 2
    return (np.cumsum(lengths) - lengths).astype(np.int32)


def run(driver, function, size=6, out_size=4, seed=1):
    inputs = {"size": size, "out_size": out_size, "rng": np.random.default_rng(seed)}
    if driver == "regions_drawn":
        inputs["other_rng"] = np.random.default_rng(seed + 1)
    return observe(DRIVERS[driver].run, inputs, [Subject(function, "fractional_regions", ["size", "out_size", "rng"])])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("size", "out_size"), [(7, 5), (6, 4), (4, 3)])
def test_fair_draws_all_look_alike(seed, size, out_size):
    for driver in ("regions_cover", "regions_drawn"):
        looks = [run(driver, f, size, out_size, s).outputs for f, s in ((shuffled, 99), (chosen, seed))]
        assert looks[0]
        assert same(*looks)


def until_used_up(size, out_size, rng):
    left, lengths = {1: 2 * out_size - size, 2: size - out_size}, []
    for _ in range(out_size):
        lengths.append(rng.choice([k for k in (1, 2) if left[k]]))
        left[lengths[-1]] -= 1
    return np.cumsum(lengths) - lengths


def rotated(size, out_size, rng):
    lengths = np.roll(np.repeat([1, 2], [2 * out_size - size, size - out_size]), rng.integers(out_size))
    return np.cumsum(lengths) - lengths


@pytest.mark.parametrize("unfair", [until_used_up, rotated])
def test_unfair_draws_show(unfair):
    assert run("regions_cover", unfair).outputs
    outputs = run("regions_drawn", unfair, 7, 5).outputs
    assert not outputs["that all come equally often"]


@pytest.mark.parametrize(
    ("starts", "sentence"),
    [
        (None, "starts is None, but should be an array of shape (4,)"),
        ([0, 1, 2, 4], "starts is a list, but should be an array of shape (4,)"),
        (np.array([0.0, 1, 2, 4]), "starts has dtype float64, but should hold integers"),
        (np.array([1, 2, 4, 5]), "the first region starts at 0, but starts begins with another number"),
        (np.array([0, 2, 2, 4]), "starts should increase from each entry to the next"),
        (np.array([0, 3, 4, 5]), "a region is longer than 2 pixels, but each should be 1 or 2"),
        (np.array([0, 1, 2, 3]), "the regions end before the border, by about 0.5 of the size"),
        (np.array([0, 2, 4, 6]), "the regions end beyond the border, by about 0.0 of the size"),
    ],
)
def test_what_are_no_regions_gets_a_sentence(starts, sentence):
    assert run("regions_cover", lambda size, out_size, rng: starts).sentence == sentence


def test_randomness_must_come_from_rng():
    own = np.random.default_rng(3)
    assert "two generators with the same seed" in run("regions_drawn", lambda s, o, rng: shuffled(s, o, own)).sentence
    fixed = run("regions_drawn", lambda s, o, rng: shuffled(s, o, np.random.default_rng(4)))
    assert "two generators with different seeds" in fixed.sentence
