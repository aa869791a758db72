"""The driver that calls a backward twice and shows the second gradients alone."""

import numpy as np

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

INPUTS = {"x": np.array([[1.0, 2.0], [3.0, 5.0]]), "dout": np.ones((2, 2))}


def run(forward, backward):
    subjects = [Subject(forward, "forward", ["x"]), Subject(backward, "backward", ["dout", "cache"])]
    return observe(DRIVERS["second_backward"].run, INPUTS, subjects)


def test_the_second_backward_is_seen_alone_and_as_a_tuple():
    def spoils(dout, cache):
        cache += 1
        return cache.copy()

    outputs = run(lambda x: (-x, x.copy(), "a state"), spoils).outputs
    assert list(outputs) == ["gradients of a second backward"]
    assert outputs["gradients of a second backward"][0].tolist() == (INPUTS["x"] + 2).tolist()


def test_a_forward_without_a_cache_gets_a_sentence():
    sentence = run(lambda x: None, lambda dout, cache: dout).sentence
    assert sentence == "forward should return out and cache, but returned None"
