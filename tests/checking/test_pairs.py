"""Drivers for a layer's pair: its output alone, there and back twice, and what it writes to stderr."""

import warnings

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

X = np.array([-2.0, 3.0])


def double_forward(x):
    return 2 * x, x


def double_backward(dout, cache):
    return 2 * dout


def run(driver, forward=double_forward, backward=double_backward, x=X):
    subjects = [Subject(forward, "forward", ["x"]), Subject(backward, "backward", ["dout", "cache"])]
    return observe(DRIVERS[driver].run, {"x": x.copy(), "dout": np.ones_like(x)}, subjects)


def test_the_forward_alone_does_not_need_a_backward():
    def unwritten(dout, cache):
        raise NotImplementedError

    assert run("pair_forward", backward=unwritten).outputs["out"].tolist() == [-4, 6]


def test_the_gradients_alone_do_not_show_a_wrong_out():
    outputs = run("pair_backward", forward=lambda x: (x + 7, x)).outputs
    assert {name: [g.tolist() for g in value] for name, value in outputs.items()} == {"gradients": [[2, 2]]}


@pytest.mark.parametrize("driver", ["pair_forward", "pair_backward", "pair_there_and_back", "pair_warnings"])
@pytest.mark.parametrize(
    ("result", "returned"), [(X, "an array of shape (2,)"), ((X,), "1 value"), (None, "None"), ((X, X, X), "3 values")]
)
def test_a_forward_that_is_no_pair_gets_a_sentence(driver, result, returned):
    sentence = run(driver, forward=lambda x: result).sentence
    assert sentence == f"forward should return two things, out and cache, but returned {returned}"


def test_one_gradient_is_the_same_alone_in_a_tuple_and_in_a_list():
    for backward in (double_backward, lambda dout, cache: (2 * dout,), lambda dout, cache: [2 * dout]):
        outputs = run("pair_there_and_back", backward=backward).outputs
        assert [type(g) for g in outputs.values()] == [np.ndarray, tuple, tuple]
        assert [g[0].tolist() for g in list(outputs.values())[1:]] == [[2, 2], [2, 2]]


def test_a_backward_that_spoils_its_cache_shows_in_the_second_gradients():
    def backward(dout, cache):
        cache *= 2
        return cache

    outputs = run("pair_there_and_back", backward=backward).outputs
    assert outputs["gradients"][0].tolist() == [-4, 6]
    assert outputs["gradients of a second backward on the same cache"][0].tolist() == [-8, 12]


def test_out_is_kept_as_the_forward_gave_it():
    def forward(x):
        out = 2 * x
        return out, out

    def backward(dout, cache):
        cache[:] = 0
        return cache

    assert run("pair_there_and_back", forward, backward).outputs["out"].tolist() == [-4, 6]


def overflowing(x):
    return 1 / (1 + np.exp(1e4 * x)), x


def test_an_overflow_is_heard_and_said_whose_it_is():
    assert list(run("pair_warnings", overflowing).outputs.items()) == [
        ("what forward writes to stderr", "overflow encountered in exp"),
        ("what backward writes to stderr", "nothing"),
    ]


def test_what_a_student_silences_and_what_numpy_does_not_tell_is_not_heard():
    def quiet(x):
        with warnings.catch_warnings(), np.errstate(over="ignore"):
            warnings.simplefilter("ignore")
            return overflowing(x)

    def underflowing(dout, cache):
        return np.exp(-1e4 * np.abs(dout))

    assert set(run("pair_warnings", quiet, underflowing).outputs.values()) == {"nothing"}
