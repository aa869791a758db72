"""Drivers of colour changes: any fair way of drawing passes, and each kind of mistake shows by itself."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.image_scores import Scorer
from autograder.checking.subject import Subject, observe

JITTER = {"shape": (800, 3, 2, 3), "brightness": 0.3, "contrast": 0.4}
TURN = np.array([[0.6, 0.8], [-0.8, 0.6]])
LIGHT = {"shape": (800, 2, 2, 3), "values": np.array([0.5, 0.12]), "vectors": TURN, "sigma": 2.8}


def run(driver, function, positional=("X",), seed=0, **inputs):
    inputs |= {"rng": np.random.default_rng([seed, 1]), "other_rng": np.random.default_rng([seed, 2])}
    return observe(DRIVERS[driver].run, inputs, [Subject(function, "function", list(positional))])


def jitter(about=lambda x: x.mean(axis=(1, 2, 3), keepdims=True), shape=lambda X: (len(X), 1, 1, 1), end=np.clip):
    def function(X, *, brightness, contrast, rng):
        b, c = (rng.uniform(1 - w, 1 + w, shape(X)) for w in (brightness, contrast))
        return end(about(b * X) + c * (b * X - about(b * X)), 0, 1)

    return function


@pytest.mark.parametrize("seed", range(20))
def test_fair_factors_show_what_is_right(seed):
    outputs = run("jitter_drawn", jitter(), seed=seed, **JITTER).outputs
    assert outputs["the range of the factors of brightness"] == "from 0.7 to 1.3"
    assert outputs["the range of the factors of contrast"] == "from 0.6 to 1.4"
    assert all(value is True for value in list(outputs.values())[3:])


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (lambda x: x.mean(axis=(1, 2, 3), keepdims=True), "the image's mean"),
        (lambda x: np.median(x, axis=(1, 2, 3), keepdims=True), "the image's median"),
        (lambda x: x.mean(), "the mean of the batch"),
        (lambda x: 0.5, "1/2"),
        (lambda x: 0.0, "0"),
        (lambda x: x.max(axis=(1, 2, 3), keepdims=True), "something else"),
    ],
)
def test_the_center_of_a_stretch_is_named(about, words):
    inputs = {"shape": (40, 3, 3, 2), "brightness": 0.0, "contrast": 0.4}
    assert run("jitter_center", jitter(about), **inputs).outputs == {"what images are stretched about": words}


def test_factors_that_are_shared_or_apart_show_themselves():
    shared = run("jitter_drawn", jitter(shape=lambda X: (1, 1, 1, 1)), **JITTER).outputs
    assert not shared["that each image has factors of its own"]
    apart = run("jitter_drawn", jitter(shape=lambda X: (*X.shape[:2], 1, 1)), **JITTER)
    assert "channels are changed apart" in str(apart.error)
    grain = run("jitter_drawn", jitter(shape=lambda X: X.shape), **JITTER)
    assert "pixels are changed apart" in str(grain.error)


def test_factors_of_another_range_show_themselves():
    def half(X, *, brightness, contrast, rng):
        return jitter()(X, brightness=brightness / 2, contrast=2 * contrast, rng=rng)

    outputs = run("jitter_drawn", half, **JITTER).outputs
    assert outputs["the range of the factors of brightness"] == "only in a part from 0.7 to 1.3"
    assert outputs["the range of the factors of contrast"] == "not all from 0.6 to 1.4"


def twice(X, *, brightness, contrast, rng):
    b, c = (rng.uniform(1 - w, 1 + w, (len(X), 1, 1, 1)) for w in (brightness, contrast))
    bright = np.clip(b * X, 0, 1)
    mean = bright.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip(mean + c * (bright - mean), 0, 1)


@pytest.mark.parametrize("seed", range(5))
def test_clipping_is_seen(seed):
    inputs = {"shape": (300, 3, 3, 4), "brightness": 0.8, "contrast": 0.9}
    assert all(run("jitter_clipped", jitter(), seed=seed, **inputs).outputs.values())
    never = run("jitter_clipped", jitter(end=lambda x, low, high: x), seed=seed, **inputs).outputs
    assert list(never.values())[:2] == [False, False]
    assert not run("jitter_clipped", twice, seed=seed, **inputs).outputs["that what is inside was only stretched"]


def light(alphas=lambda rng, N, C, s: rng.normal(0, s, (N, C)), turn=lambda v: v, end=lambda x: x):
    def function(X, values, vectors, *, sigma, rng):
        added = (alphas(rng, len(X), len(values), sigma) * values) @ turn(vectors)
        return end(X + added[:, :, None, None])

    return function


LIGHTING = ("X", "values", "vectors")


@pytest.mark.parametrize("seed", range(20))
def test_fair_lamps_show_what_is_right(seed):
    outputs = run("lighting_drawn", light(), LIGHTING, seed, **LIGHT).outputs
    assert all(value in (True, 1.0) for value in outputs.values())
    one = {**LIGHT, "shape": (800, 1, 2, 2), "values": np.array([0.3]), "vectors": np.eye(1)}
    assert all(value in (True, 1.0) for value in run("lighting_drawn", light(), LIGHTING, seed, **one).outputs.values())


@pytest.mark.parametrize(
    ("function", "fact"),
    [
        (light(lambda rng, N, C, s: rng.normal(0, s, (N, 1))), "that the axes have alphas of their own"),
        (
            light(lambda rng, N, C, s: rng.normal(0, s, (1, C)).repeat(N, axis=0)),
            "that each image has a colour of its own",
        ),
        (
            light(lambda rng, N, C, s: rng.uniform(-(3**0.5) * s, 3**0.5 * s, (N, C))),
            "that alphas are normal, with mean 0",
        ),
        (light(lambda rng, N, C, s: np.abs(rng.normal(0, s, (N, C)))), "that alphas are normal, with mean 0"),
        (light(end=lambda x: np.clip(x, 0, 1)), "that some pixels leave [0, 1]"),
        (light(end=lambda x: x + x**2), "that all pixels of an image get the same colour"),
    ],
)
def test_a_wrong_lamp_shows_itself(function, fact):
    assert not run("lighting_drawn", function, LIGHTING, **LIGHT).outputs[fact]


def test_a_wrong_strength_shows_as_a_power_of_two():
    squared = run("lighting_drawn", light(lambda rng, N, C, s: rng.normal(0, s**2, (N, C))), LIGHTING, **LIGHT).outputs
    assert squared["the variance of alpha 0, over sigma^2"] == 8.0
    columns = run("lighting_drawn", light(turn=lambda v: v.T), LIGHTING, **LIGHT).outputs
    assert columns["the variance of alpha 1, over sigma^2"] != 1.0


def test_axes_are_free_of_signs_and_not_of_order():
    def fit(X):
        pixels = X.transpose(0, 2, 3, 1).reshape(-1, X.shape[1])
        values, vectors = np.linalg.eigh(np.cov(pixels.T, bias=True))
        return values[::-1], vectors.T[::-1]

    X = np.random.default_rng(0).random((3, 3, 2, 2)) * np.array([3, 2, 1])[None, :, None, None]
    right, negative, rising = (
        run_axes(f, X) for f in (fit, lambda X: (fit(X)[0], -fit(X)[1]), lambda X: tuple(part[::-1] for part in fit(X)))
    )
    assert all(np.allclose(a, b) for a, b in zip(right.outputs.values(), negative.outputs.values(), strict=True))
    assert not np.allclose(right.outputs["values"], rising.outputs["values"])
    assert "two things" in str(run_axes(lambda X: X, X).error)
    assert "shape (3, 3)" in str(run_axes(lambda X: (np.ones(3), np.ones(3)), X).error)


def run_axes(function, X):
    return observe(DRIVERS["color_axes"].run, {"X": X}, [Subject(function, "fit_color_pca", ["X"])])


def test_a_scorer_knows_its_images():
    predict = Scorer(channels=2, size=3, classes=4, strength=1.5)
    X = np.random.default_rng(0).random((5, 2, 3, 3))
    rows = predict(X)
    assert rows.shape == (5, 4)
    np.testing.assert_allclose(rows.sum(axis=1), 1)
    np.testing.assert_allclose(predict(X[2:3])[0], rows[2])
    assert np.abs(predict(X[..., ::-1]) - rows).max() > 0.01
    assert np.abs(predict(X.mean(axis=0, keepdims=True))[0] - rows.mean(axis=0)).max() > 0.001
    with pytest.raises(ValueError, match="predict takes images"):
        predict(X[None])
