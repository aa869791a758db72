"""Drivers of residual blocks with coins: right walks pass however they toss, and each mistake shows."""

import numpy as np
import pytest

from autograder.checking.block_coins import CALLS
from autograder.checking.drivers import DRIVERS
from autograder.checking.initial_weights import Squash
from autograder.checking.subject import Subject, observe

POSITIONAL = ["x", "blocks", "survival"]
REACHED = f"how many of {CALLS} outs are reached by keeping and leaving out whole blocks"


def run(driver, walk, seed=0):
    inputs = {"survivals": [0.8, 0.4], "each": 400, "rng": np.random.default_rng(seed)}
    if driver == "block_paths":
        inputs = {
            "x": np.random.default_rng(1).normal(size=(3, 2)),
            "blocks": [Squash(1.5, 0.3), Squash(0.7, 0.6)],
            "survival": np.array([0.6, 0.5]),
            "training": True,
            "rng": inputs["rng"],
        }
    return observe(DRIVERS[driver].run, inputs, [Subject(walk, "stochastic_depth_forward", POSITIONAL)])


def by_random(x, blocks, survival, *, training, rng):
    for block, p in zip(blocks, survival, strict=True):
        if rng.random() < p:
            x = x + block(x)
    return x


def by_all_coins_at_once(x, blocks, survival, *, training, rng):
    for block, coin in zip(blocks, rng.binomial(1, survival), strict=True):
        x = x + coin * block(x)
    return x


def for_each_example(x, blocks, survival, *, training, rng):
    for block, p in zip(blocks, survival, strict=True):
        x = x + (rng.random((len(x), 1)) < p) * block(x)
    return x


def one_coin(x, blocks, survival, *, training, rng):
    coin = rng.random()
    return x + sum((coin < p) * block(x) for block, p in zip(blocks, survival, strict=True))


def divided(x, blocks, survival, *, training, rng):
    for block, p in zip(blocks, survival, strict=True):
        if rng.random() < p:
            x = x + block(x) / p
    return x


def own_generator(x, blocks, survival, *, training, rng):
    return by_random(x, blocks, survival, training=training, rng=np.random.default_rng(0))


@pytest.mark.parametrize("walk", [by_random, by_all_coins_at_once])
@pytest.mark.parametrize("seed", range(10))
def test_a_right_walk_shows_what_is_right(walk, seed):
    shown = run("block_coins", walk, seed).outputs
    assert shown == {
        "what blocks of survival 0.8 are multiplied by": "0 or 1",
        "the share kept of blocks of survival 0.8": 0.8,
        "what blocks of survival 0.4 are multiplied by": "0 or 1",
        "the share kept of blocks of survival 0.4": 0.4,
        "that all examples share a block's coin": True,
        "that the same seed keeps the same blocks": True,
        "that a second call with the same rng keeps other blocks": True,
    }
    assert run("block_paths", walk, seed).outputs == {REACHED: CALLS}


def test_each_mistake_shows_where_it_is():
    assert not run("block_coins", for_each_example).outputs["that all examples share a block's coin"]
    assert run("block_coins", one_coin).outputs["the share kept of blocks of survival 0.8"] in (0.0, 1.0)
    assert run("block_coins", divided).outputs["what blocks of survival 0.8 are multiplied by"] == "0 or 1.25"
    assert not run("block_coins", own_generator).outputs["that a second call with the same rng keeps other blocks"]
    assert run("block_paths", divided).outputs[REACHED] < CALLS


def test_what_is_no_batch_gets_a_sentence():
    seen = run("block_paths", lambda x, blocks, survival, *, training, rng: x[0])
    assert seen.sentence == "out is an array of shape (2,), but should be an array of shape (3, 2)"
