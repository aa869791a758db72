"""Drivers of layers with random masks: any way of drawing passes, and each kind of mistake shows by itself."""

import numpy as np
import pytest
import scipy.stats

from autograder.checking.drivers import DRIVERS
from autograder.checking.masks import CALLS, MANY, SIGMAS, ramp, share_kept
from autograder.checking.subject import Subject, observe

P = 0.7
SHAPE = (60, 60)
GOOD_COINS = {
    "the number of different masks along axis 0": 60,
    "the number of different masks along axis 1": 60,
    f"the number of different masks in {CALLS} calls": CALLS,
    "that the number of entries kept differs from call to call": True,
    "that the same seed gives the same mask": True,
}


def run(driver, forward, backward=lambda dout, cache: dout * cache, *, positional=("x", "p_keep"), seed=0, **inputs):
    inputs = {"p_keep": P, "rng": np.random.default_rng(seed), **(inputs or {"shape": SHAPE})}
    subjects = [Subject(forward, "forward", list(positional)), Subject(backward, "backward", ["dout", "cache"])]
    return observe(DRIVERS[driver].run, inputs, subjects)


def layer(draw, scale=1.0):
    """A forward in training whose mask is draw(shape, rng)."""

    def forward(x, p_keep, *, training, rng):
        factor = draw(x.shape, rng) * scale
        return x * factor, factor

    return forward


DRAWS = [
    lambda shape, rng: rng.random(shape) < P,
    lambda shape, rng: rng.binomial(1, P, shape),
    lambda shape, rng: rng.uniform(size=shape) >= 1 - P,
    lambda shape, rng: rng.choice([1, 0], p=[P, 1 - P], size=shape),
    lambda shape, rng: (rng.random(shape[::-1]) < P).T,
    lambda shape, rng: np.random.default_rng(rng.integers(2**32)).random(shape) < P,
]


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("seed", range(10))
def test_a_right_mask_shows_what_is_right_however_drawn(draw, seed):
    assert run("dropout_values", layer(draw), seed=seed).outputs == {
        "what entries are multiplied by": "0 or 1",
        "the share of entries kept": P,
    }
    assert run("dropout_coins", layer(draw), seed=seed).outputs == GOOD_COINS
    assert run("dropout_gradient", layer(draw, 1 / P), seed=seed).outputs == {
        "dx / dout where x was kept": "1.428571",
        "dx / dout where x was dropped": "0",
        "that a second backward on the same cache gives the same": True,
    }


def test_images_have_different_masks_along_every_axis():
    shape = (12, 5, 8, 8)
    shown = run("dropout_coins", layer(DRAWS[0]), shape=shape).outputs
    assert [shown[f"the number of different masks along axis {axis}"] for axis in range(4)] == list(shape)
    by_channel = layer(lambda s, rng: np.broadcast_to(rng.random((*s[:2], 1, 1)) < P, s))
    shown = run("dropout_coins", by_channel, shape=shape).outputs
    assert shown["the number of different masks along axis 2"] == 1


def exact_share(shape, rng):
    return rng.permutation(np.arange(np.prod(shape)) < P * np.prod(shape)).reshape(shape)


@pytest.mark.parametrize(
    ("draw", "driver", "shown"),
    [
        (lambda s, rng: rng.random(s) > P, "dropout_values", {"the share of entries kept": 0.3}),
        (lambda s, rng: rng.random(s), "dropout_values", {"what entries are multiplied by": MANY}),
        (lambda s, rng: 2 * DRAWS[0](s, rng), "dropout_values", {"what entries are multiplied by": "0 or 2"}),
        (lambda s, rng: np.tile(rng.random(s[1]) < P, (s[0], 1)), "dropout_coins", {
            "the number of different masks along axis 0": 1}),
        (lambda s, rng: np.tile(rng.random((s[0], 1)) < P, s[1]), "dropout_coins", {
            "the number of different masks along axis 1": 1}),
        (exact_share, "dropout_coins", {"that the number of entries kept differs from call to call": False}),
        (lambda s, rng: np.random.default_rng().random(s) < P, "dropout_coins", {
            "that the same seed gives the same mask": False}),
        (lambda s, rng: np.random.default_rng(0).random(s) < P, "dropout_coins", {
            f"the number of different masks in {CALLS} calls": 1}),
    ],
)  # fmt: skip
def test_each_mistake_shows_where_it_is_and_always_the_same(draw, driver, shown):
    for seed in range(5):
        outputs = run(driver, layer(draw), seed=seed).outputs
        assert {key: outputs[key] for key in shown} == shown


@pytest.mark.parametrize(("p", "n"), [(0.7, 3600), (0.35, 3600), (0.7, 3840), (0.35, 3840), (0.8, 400), (0.4, 400)])
def test_a_right_share_is_rejected_less_than_once_in_a_billion_times(p, n):
    """By the exact binomial distribution."""
    reach = SIGMAS * np.sqrt(p * (1 - p) / n)
    counts = np.arange(n + 1)
    outside = np.abs(counts / n - p) > reach
    assert scipy.stats.binom.pmf(counts[outside], n, p).sum() < 1e-9
    assert all(share_kept(np.arange(n) < count, p) != p for count in (counts[outside][0], counts[outside][-1]))


def test_two_right_masks_are_taken_for_one_less_than_once_in_a_billion_times():
    same_row = (P**2 + (1 - P) ** 2) ** 60
    assert 2 * same_row * 60 * 59 / 2 < 1e-9
    most_likely = scipy.stats.binom.pmf(np.arange(3601), 3600, P).max()
    assert most_likely ** (CALLS - 1) < 1e-9


@pytest.mark.parametrize("returned", [[[1.0]], np.ones((2, 2)), np.ones(SHAPE, int), None])
def test_what_is_no_array_of_floats_of_the_right_shape_gets_a_sentence(returned):
    seen = run("dropout_values", lambda x, p_keep, *, training, rng: (returned, None))
    assert seen.sentence.startswith("out is ")
    seen = run("dropout_gradient", layer(DRAWS[0]), lambda dout, cache: returned)
    assert seen.sentence.startswith("dx is ")


def test_the_ramp_has_no_zeros_and_both_signs():
    values = ramp(60, 60)
    assert np.abs(values).min() >= 1
    assert {-1, 1} == set(np.sign(values).ravel())
    assert np.unique(values).size == 3600


# --------------------------------------------------------------------------------------- DropConnect


def connect(draw, *, scale=1 / P):
    def forward(x, w, b, p_keep, *, training, rng):
        factor = draw(w.shape, rng) * scale
        return x @ (w * factor) + b, (x, w * factor, factor)

    return forward


def connect_back(dout, cache):
    x, used, factor = cache
    return dout @ used.T, x.T @ dout * factor, dout.sum(axis=0)


def run_connect(driver, forward, backward=connect_back, seed=0):
    return run(driver, forward, backward, positional=("x", "w", "b", "p_keep"), seed=seed, size=60).outputs


@pytest.mark.parametrize("draw", DRAWS)
def test_right_weights_show_what_is_right_however_drawn(draw):
    assert run_connect("connect_values", connect(draw)) == {
        "what entries are multiplied by": "0 or 1.428571",
        "the share of entries kept": P,
        "what biases are multiplied by": "1",
        "that all examples see the same weights": True,
    }
    assert run_connect("connect_coins", connect(draw)) == GOOD_COINS
    assert run_connect("connect_gradient", connect(draw)) == {
        "dx / (dout times the weights used)": "1",
        "dw / (x times dout) where w was kept": "1.428571",
        "dw / (x times dout) where w was dropped": "0",
        "db / (dout summed over examples)": "1",
        "that a second backward on the same cache gives the same": True,
    }


def test_a_mask_for_each_example_shows():
    def forward(x, w, b, p_keep, *, training, rng):
        factor = (rng.random((len(x), *w.shape)) < p_keep) / p_keep
        return np.einsum("nd,ndm->nm", x, w * factor) + b, None

    assert not run_connect("connect_values", forward)["that all examples see the same weights"]


def test_biases_that_are_scaled_show():
    def forward(x, w, b, p_keep, *, training, rng):
        return (x @ (w * (rng.random(w.shape) < p_keep)) + b) * 2, None

    assert run_connect("connect_values", forward)["what biases are multiplied by"] == "2"


def test_weights_that_were_cut_and_learn_show():
    shown = run_connect(
        "connect_gradient", connect(DRAWS[0]), lambda dout, c: (dout @ c[1].T, c[0].T @ dout, dout.sum(0))
    )
    assert shown["dw / (x times dout) where w was dropped"] == "1"
