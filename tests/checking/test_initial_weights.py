"""The driver for random weights: any way of drawing passes, and each kind of mistake shows by itself."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.frozen import from_data, to_data
from autograder.checking.initial_weights import NORMAL, Squash
from autograder.checking.subject import Subject, observe

N_IN, N_OUT = 50, 400
RIGHT = {"the shape": (N_IN, N_OUT), **NORMAL}


def run(function, seed=0, std=0.1):
    inputs = {"fan_in": N_IN, "fan_out": N_OUT, "scheme": "any", "rng": np.random.default_rng(seed), "std": std}
    subject = Subject(function, "initialize", ["fan_in", "fan_out", "scheme", "rng"])
    return observe(DRIVERS["drawn_weights"].run, inputs, [subject])


def by_normal(fan_in, fan_out, scheme, rng):
    return rng.normal(0, 0.1, (fan_in, fan_out))


def by_uniform_sums(fan_in, fan_out, scheme, rng):
    u, v = 1 - rng.random((fan_out, fan_in)), rng.random((fan_out, fan_in))
    return (0.1 * np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)).T


@pytest.mark.parametrize("function", [by_normal, by_uniform_sums])
@pytest.mark.parametrize("seed", range(20))
def test_normal_weights_show_what_is_right_however_drawn(function, seed):
    assert run(function, seed).outputs == RIGHT


MISTAKES = [
    (lambda i, o, s, rng: rng.normal(0, 0.1, (o, i)), {"the shape": (N_OUT, N_IN)}),
    (lambda i, o, s, rng: rng.normal(0.05, 0.1, (i, o)), {"the mean, in standard deviations": 0.5}),
    (lambda i, o, s, rng: rng.normal(0, 0.1 * 2**0.5, (i, o)), {"the variance, over the one asked for": 2.0}),
    (lambda i, o, s, rng: rng.normal(0, 0.1 * 8**-0.5, (i, o)), {"the variance, over the one asked for": 0.125}),
    (lambda i, o, s, rng: rng.normal(0, 0.107, (i, o)), {"the variance, over the one asked for": 1.189}),
    (
        lambda i, o, s, rng: np.tile(rng.normal(0, 0.1, (i // 2, o)), (2, 1)),
        {"the share of different entries": 0.5},
    ),
    (
        lambda i, o, s, rng: rng.uniform(-(0.03**0.5), 0.03**0.5, (i, o)),
        {"the share beyond two standard deviations": 0.0},
    ),
    (
        lambda i, o, s, rng: np.random.default_rng().normal(0, 0.1, (i, o)),
        {"that the same seed gives the same weights": False},
    ),
    (
        lambda i, o, s, rng: np.random.default_rng(0).normal(0, 0.1, (i, o)),
        {"that a second call with the same rng gives other weights": False},
    ),
]


@pytest.mark.parametrize(("function", "shown"), MISTAKES)
def test_each_mistake_shows_where_it_is_and_always_the_same(function, shown):
    for seed in range(10):
        outputs = run(function, seed).outputs
        if "the mean, in standard deviations" in shown:  # its variance around 0 is larger too
            outputs["the variance, over the one asked for"] = 1.0
        assert outputs == {**RIGHT, **shown}


def test_a_slightly_wrong_value_is_never_rounded_to_the_right_one():
    assert run(by_normal, std=0.1 * 1.06**0.5).outputs["the variance, over the one asked for"] == 1.0  # within noise
    for factor in (1.15, 1 / 1.15):
        assert run(by_normal, std=0.1 * factor**0.5).outputs["the variance, over the one asked for"] != 1.0


@pytest.mark.parametrize("returned", [None, [[0.1]], np.zeros((2, 2), int)])
def test_what_is_no_array_of_floats_gets_a_sentence(returned):
    sentence = run(lambda i, o, s, rng: returned).sentence
    assert sentence.startswith("it should return an array of floats, but returned")


def test_constant_weights_are_an_answer_too():
    outputs = run(lambda i, o, s, rng: np.zeros((i, o))).outputs
    assert outputs["the variance, over the one asked for"] == 0
    assert outputs["the share of different entries"] == 0


def test_the_activation_travels_and_bends_element_by_element():
    squash = from_data(to_data(Squash(2.0, 0.5)))
    assert squash == Squash(2.0, 0.5)
    assert squash(np.array([-1.0, 0.0, 3.0])).tolist() == [-0.5, 0.5, 2.0]
    assert repr(squash) == "Squash(2, 0.5)"
