"""The drivers for networks: a head drawn in any way passes, and each kind of mistake shows by itself."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.initial_weights import NORMAL
from autograder.checking.subject import Subject, observe

PARAMS = {"W1": np.ones((2, 3)), "b1": np.ones(3), "W2": np.ones((3, 4)), "b2": np.ones(4)}


def run(driver, function, inputs, positional):
    return observe(DRIVERS[driver].run, inputs, [Subject(function, "f", positional)])


# ----------------------------------------------------------------------------------------------- a head


def replace(function, driver="replaced_head", params=PARAMS, classes=5, **more):
    inputs = {"params": params, "num_classes": classes, "rng": np.random.default_rng(0), **more}
    return run(driver, function, inputs, ["params", "num_classes", "rng"])


def new_head(params, num_classes, rng):
    return {**params, "W2": 0.01 * rng.normal(size=(len(params["W2"]), num_classes)), "b2": np.zeros(num_classes)}


def test_a_new_head_shows_all_that_is_certain():
    outputs = replace(new_head).outputs
    assert outputs["the names in the result"] == ["W1", "W2", "b1", "b2"]
    assert outputs["the shape of W2"] == (3, 5)
    assert outputs["that W1 is as before"] is True
    assert np.array_equal(outputs["b2"], np.zeros(5))
    assert "W2" not in outputs


def test_a_body_that_was_changed_in_place_is_not_as_before():
    def in_place(params, num_classes, rng):
        params["W1"] += 1
        return new_head(params, num_classes, rng)

    params = {name: w.copy() for name, w in PARAMS.items()}
    assert replace(in_place, params=params).outputs["that W1 is as before"] is False


def test_a_layer_too_many_shows_in_the_names():
    outputs = replace(lambda params, c, rng: {**params, "W3": np.zeros((4, c)), "b3": np.zeros(c)}).outputs
    assert "W3" in outputs["the names in the result"]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "it should return a dict, but returned None"),
        ({"W1": 1}, "has no key 'b1' and no key 'W2' and no key 'b2'"),
        (PARAMS | {"b1": [1.0]}, "b1 is a list, but should be an array"),
    ],
)
def test_what_is_no_network_is_said_in_a_sentence(result, said):
    assert said in replace(lambda params, c, rng: result).sentence


@pytest.mark.parametrize("seed", range(20))
def test_a_drawn_head_shows_what_is_right(seed):
    params = {"W1": np.ones((100, 3)), "b1": np.ones(3)}

    def head(params, num_classes, rng):
        return {"W1": 0.01 * rng.normal(size=(100, num_classes)), "b1": np.zeros(num_classes)}

    outputs = replace(head, "drawn_head", params, 120, rng=np.random.default_rng(seed), std=0.01).outputs
    assert outputs == {"the shape": (100, 120), **NORMAL}


def test_a_head_of_another_size_of_weights_shows():
    params = {"W1": np.ones((100, 3)), "b1": np.ones(3)}
    outputs = replace(
        lambda p, c, rng: {**p, "W1": 0.02 * rng.normal(size=(100, c))}, "drawn_head", params, 120, std=0.01
    )
    assert outputs.outputs["the variance, over the one asked for"] == 4.0


# ---------------------------------------------------------------------------------------------- a step


def stepped(function, frozen=-0.0):
    params = {"W1": np.full(2, frozen), "b1": np.ones(2)}
    inputs = {
        "params": params,
        "grads": {"W1": -np.ones(2), "b1": np.ones(2)},
        "mask": {"W1": False, "b1": True},
        "learning_rate": 0.1,
    }
    return run("frozen_arrays", function, inputs, ["params", "grads", "mask", "learning_rate"])


def test_a_frozen_array_is_compared_to_the_last_bit():
    same = "that W1 is bit for bit the same"
    assert stepped(lambda params, grads, mask, lr: dict(params)).outputs == {same: True}
    assert stepped(lambda params, grads, mask, lr: {**params, "W1": params["W1"] + 0.0}).outputs == {same: False}
    nearly = stepped(lambda params, grads, mask, lr: {**params, "W1": np.nextafter(params["W1"], 2)}, 1.0)
    assert nearly.outputs == {same: False}


def test_a_frozen_array_that_was_changed_in_place_is_not_the_same():
    def in_place(params, grads, mask, lr):
        params["W1"] += 1
        return params

    assert stepped(in_place).outputs == {"that W1 is bit for bit the same": False}


# --------------------------------------------------------------------------------------------- a probe

FEATURES = np.array([[0.0, 1.0], [2.0, -1.0], [1.0, 1.0]])


def probe(function, driver="probe_loss"):
    inputs = {"features": FEATURES, "y": np.array([0, 1, 1]), "num_classes": 3, "reg": 0.5, "steps": 200}
    return run(driver, function, inputs, ["features", "y", "num_classes"])


def test_the_loss_is_the_mean_with_reg_on_the_weights_alone():
    loss = "the loss at the (W, b) that is returned"
    at_zero = probe(lambda features, y, c, *, reg, steps: (np.zeros((2, 3)), np.full(3, 7.0)))
    assert at_zero.outputs[loss] == pytest.approx(np.log(3))
    W = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    p = np.exp(FEATURES @ W)
    by_hand = -np.mean(np.log((p / p.sum(axis=1, keepdims=True))[[0, 1, 2], [0, 1, 1]])) + 0.5 * 5
    assert probe(lambda features, y, c, *, reg, steps: (W, np.zeros(3))).outputs[loss] == pytest.approx(by_hand)


@pytest.mark.parametrize("driver", ["probe_loss", "probe_arrays", "probe_shapes"])
@pytest.mark.parametrize(
    ("result", "said"),
    [
        (np.zeros((2, 3)), "it should return two things, W and b, but returned an array"),
        ((np.zeros((3, 2)), np.zeros(3)), "W is an array of shape (3, 2), but should be an array of shape (2, 3)"),
        ((np.zeros((2, 3)), [0, 0, 0]), "b is a list"),
        ((np.zeros((2, 3), complex), np.zeros(3)), "W is an array of complex128s"),
    ],
)
def test_what_is_no_probe_is_said_in_a_sentence(driver, result, said):
    assert said in probe(lambda features, y, c, *, reg, steps: result, driver).sentence


def test_a_probe_that_overflowed_is_not_finite():
    outputs = probe(
        lambda features, y, c, *, reg, steps: (np.full((2, 3), np.inf), np.zeros(3)), "probe_shapes"
    ).outputs
    assert outputs["that W and b are finite"] is False
