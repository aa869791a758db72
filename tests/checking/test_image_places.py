"""Drivers of random flips and crops: any fair way of drawing passes, and each kind of mistake shows by itself."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

FLIPS = {"shape": (600, 2, 3, 4), "p": 0.3}
FAIR_FLIPS = {
    "what becomes of images": "flipped or kept",
    "the share flipped": 0.3,
    "that the number flipped differs in 8 calls": True,
    "that the same seed gives the same": True,
    "that another seed gives something else": True,
    "that calls with one rng differ": True,
}
PUSHES = {"shape": (800, 2, 3, 4), "pad": 1}
FAIR_PUSHES = {
    "the number of different places in a batch": 9,
    "where no window begins": "",
    "that all places come equally often": True,
    **{fact: True for fact in list(FAIR_FLIPS)[3:]},
}


def run(driver, function, positional, seed=0, **inputs):
    seeds = {"rng": np.random.default_rng([seed, 1]), "other_rng": np.random.default_rng([seed, 2])}
    inputs |= {name: rng for name, rng in seeds.items() if driver != "windows_found" or name == "rng"}
    return observe(DRIVERS[driver].run, inputs, [Subject(function, "function", positional)])


def flips(change, seed=0):
    return run("flips_drawn", change, ["X", "p", "rng"], seed, **FLIPS)


def coins(X, p, rng):
    return (rng.random(len(X)) < p)[:, None, None, None]


def pushes(change, seed=0, **inputs):
    return run("windows_drawn", change, ["X", "pad", "rng"], seed, **(inputs or PUSHES))


def push(places, **frame):
    """A function that cuts at places(rng, N, pad)."""

    def function(X, pad, rng):
        padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), **frame)
        H, W = X.shape[2:]
        return np.stack(
            [x[:, i : i + H, j : j + W] for x, (i, j) in zip(padded, places(rng, len(X), pad), strict=True)]
        )

    return function


def fair(rng, N, pad):
    return rng.integers(0, 2 * pad + 1, (N, 2))


@pytest.mark.parametrize("seed", range(20))
def test_fair_flips_show_what_is_right(seed):
    assert flips(lambda X, p, rng: np.where(coins(X, p, rng), X[..., ::-1], X), seed).outputs == FAIR_FLIPS
    alone = flips(lambda X, p, rng: np.stack([x[..., ::-1] if rng.random() > 1 - p else x for x in X]), seed)
    assert alone.outputs == FAIR_FLIPS


@pytest.mark.parametrize(
    ("change", "fact", "shown"),
    [
        (lambda X, p, rng: np.where(coins(X, p, rng), X[:, :, ::-1], X), 0, "flipped upside down or kept"),
        (lambda X, p, rng: np.where(coins(X, p, rng), X[:, ::-1], X), 0, "given its channels in reverse or kept"),
        (lambda X, p, rng: np.where(coins(X, p, rng), X[::-1], X), 0, "kept or replaced by another image"),
        (lambda X, p, rng: np.where(coins(X, p, rng), X * 2, X), 0, "changed otherwise or kept"),
        (lambda X, p, rng: np.where(coins(X, 1 - p, rng), X[..., ::-1], X), 1, 0.7),
        (lambda X, p, rng: np.where(coins(X, 0.36, rng), X[..., ::-1], X), 1, 0.4),
        (
            lambda X, p, rng: np.where(rng.permutation(600)[:, None, None, None] < 180, X[..., ::-1], X),
            2,
            False,
        ),
    ],
)
def test_a_wrong_flip_shows_itself(change, fact, shown):
    outputs = flips(change).outputs
    assert list(outputs.values())[fact] == shown


def test_coins_of_rows_and_channels_show_themselves():
    for axes, words in ((3, "rows"), (2, "channels")):
        parts = flips(
            lambda X, p, rng, axes=axes: np.where(
                (rng.random(X.shape[:axes]) < p).reshape(*X.shape[:axes], *[1] * (4 - axes)), X[..., ::-1], X
            )
        ).outputs
        assert f"flipped in some {words} only" in parts["what becomes of images"]


@pytest.mark.parametrize("seed", range(20))
def test_fair_windows_show_what_is_right(seed):
    assert pushes(push(fair), seed).outputs == FAIR_PUSHES
    wide = pushes(push(fair), seed, shape=(800, 1, 4, 3), pad=2)
    assert wide.outputs == {**FAIR_PUSHES, "the number of different places in a batch": 25}


@pytest.mark.parametrize(
    ("places", "changed"),
    [
        (
            lambda rng, N, pad: rng.integers(0, 2 * pad, (N, 2)),
            {
                "the number of different places in a batch": 4,
                "where no window begins": "the last row; the last column; ",
                "that all places come equally often": False,
            },
        ),
        (
            lambda rng, N, pad: np.repeat(rng.integers(0, 2 * pad + 1, (N, 1)), 2, axis=1),
            {"the number of different places in a batch": 3, "that all places come equally often": False},
        ),
        (
            lambda rng, N, pad: np.tile(rng.integers(0, 2 * pad + 1, 2), (N, 1)),
            {"the number of different places in a batch": 1, "that all places come equally often": False},
        ),
        (
            lambda rng, N, pad: np.round(rng.uniform(0, 2 * pad, (N, 2))).astype(int),
            {"that all places come equally often": False},
        ),
    ],
)
def test_unfair_places_show_themselves(places, changed):
    assert pushes(push(places)).outputs == FAIR_PUSHES | changed


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ({"mode": "edge"}, "copies of the border's pixels"),
        ({"mode": "reflect"}, "a mirror image"),
        ({"mode": "wrap"}, "what was pushed out at the other side"),
        ({"constant_values": 1}, "ones"),
    ],
)
def test_what_stands_around_an_image_is_named(frame, words):
    assert words in str(pushes(push(fair, **frame)).error)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda X, pad, rng: X + 1, "numbers that are not in X"),
        (lambda X, pad, rng: X[..., ::-1], "are no windows of theirs"),
        (lambda X, pad, rng: X[:, :, 1:], r"should be an array of shape \(800, 2, 3, 4\)"),
        (lambda X, pad, rng: list(X), "is a list"),
        (
            lambda X, pad, rng: push(fair)(X.reshape(1600, 1, 3, 4), pad, rng).reshape(X.shape),
            "the channels of an image are cut at different places",
        ),
    ],
)
def test_what_is_no_window_is_said(change, words):
    with pytest.raises(Exception, match=words):
        raise pushes(change).error


def test_windows_found_counts_images():
    X = np.random.default_rng(0).random((6, 2, 4, 4))

    def crop(X, size, rng):
        return X[:, :, 1:3, :2]

    assert list(run("windows_found", crop, ["X", "size", "rng"], X=X, size=2).outputs.values()) == [6]
    swapped = run("windows_found", lambda X, s, r: crop(X[[1, 0, 2, 3, 4, 5]], s, r), ["X", "size", "rng"], X=X, size=2)
    assert list(swapped.outputs.values()) == [4]
