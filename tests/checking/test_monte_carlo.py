"""Drivers of a Monte Carlo average: what forward gave is averaged, and rng reaches it."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

FACTS = {
    "that forward gets a random generator": True,
    "that forward gets x as it is": True,
    "that the same seed gives the same draws": True,
    "that another seed gives other draws": True,
}


def run(driver, predict):
    rng = np.random.default_rng(0)
    inputs = {"x": rng.normal(size=(3, 2)), "w": rng.normal(size=(2, 4)), "noise": rng.normal(size=(5, 3, 4))}
    inputs |= {"rng": np.random.default_rng(1), "other_rng": np.random.default_rng(2)}
    seen = observe(DRIVERS[driver].run, inputs, [Subject(predict, "predict", ["forward", "x", "samples", "rng"])])
    return seen, inputs


def in_turn(forward, x, samples, rng):
    outs = [forward(x, rng) for _ in range(samples)]
    return np.mean(outs, axis=0), np.std(outs, axis=0)


def by_children(forward, x, samples, rng):
    outs = [forward(x, child) for child in rng.spawn(samples)][::-1]
    return np.mean(outs, axis=0), np.std(outs, axis=0)


@pytest.mark.parametrize("predict", [in_turn, by_children])
def test_mean_and_std_are_those_of_the_values_that_forward_gave(predict):
    seen, inputs = run("sampled_predictions", predict)
    values = inputs["x"] @ inputs["w"] + inputs["noise"]
    assert seen.outputs["the number of calls of forward"] == 5
    np.testing.assert_allclose(seen.outputs["mean"], values.mean(axis=0))
    np.testing.assert_allclose(seen.outputs["std"], values.std(axis=0))
    assert run("sampled_generators", predict)[0].outputs == FACTS


@pytest.mark.parametrize(
    ("generator", "shown"),
    [
        (lambda rng: np.random.default_rng(0), {"that another seed gives other draws": False}),
        (lambda rng: np.random.default_rng(), {"that the same seed gives the same draws": False}),
        (lambda rng: 7, {"that forward gets a random generator": False, "that another seed gives other draws": False}),
    ],
)
def test_randomness_from_elsewhere_shows(generator, shown):
    def predict(forward, x, samples, rng):
        return in_turn(forward, x, samples, generator(rng))

    assert run("sampled_generators", predict)[0].outputs == {**FACTS, **shown}


def test_another_x_shows():
    seen, _ = run("sampled_generators", lambda forward, x, samples, rng: in_turn(forward, 2 * x, samples, rng))
    assert seen.outputs == {**FACTS, "that forward gets x as it is": False}


def test_one_result_gets_a_sentence():
    seen, _ = run("sampled_predictions", lambda forward, x, samples, rng: forward(x, rng))
    assert seen.sentence == "it should return two things, mean and std, but returned an array of shape (3, 4)"
