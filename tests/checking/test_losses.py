"""The drivers for a loss: its gradient is measured, for an array and for a dict of arrays."""

import numpy as np
import pytest

from autograder.checking import Case, Exercise, Property
from autograder.checking.engine import evaluate
from autograder.checking.prepared import prepare


def squares(x, scale):
    return scale * np.sum(x**2), 2 * scale * x


def regression(params, X):
    out = X @ params["w"] + params["b"]
    return np.sum(out**2), {"w": 2 * X.T @ out, "b": np.atleast_1d(2 * out.sum())}


def result(reference, answer, inputs, driver="loss_gradient", judge="equals"):
    exercise = Exercise(
        "f", "F", 1, [Property("holds", lambda rng: [Case("a case", inputs)], driver, judge, core=True)]
    )
    return evaluate(prepare(exercise, {"f": reference}, seed=1), {"f": answer})


def fault(*arguments, **more):
    return result(*arguments, **more).properties[0].fault


@pytest.fixture
def arrays():
    return {"x": np.array([[1.0, -2.0, 0.5]]), "scale": 3.0}


@pytest.fixture
def dicts():
    rng = np.random.default_rng(0)
    return {"params": {"w": rng.normal(size=3), "b": rng.normal(size=1)}, "X": rng.normal(size=(4, 3))}


def test_a_right_gradient_passes(arrays, dicts):
    assert result(squares, squares, arrays).points == 1
    assert result(regression, regression, dicts).points == 1


def test_the_measure_is_the_references_loss_and_not_its_gradient(arrays):
    def wrong_gradient(x, scale):
        return squares(x, scale)[0], 7 * x

    assert "dx is" in fault(wrong_gradient, wrong_gradient, arrays)
    assert result(wrong_gradient, squares, arrays).points == 1


def test_a_wrong_entry_of_a_dict_is_named(dicts):
    def without_the_two(params, X):
        loss, grads = regression(params, X)
        return loss, {**grads, "b": grads["b"] / 2}

    assert fault(regression, without_the_two, dicts).startswith("grads['b'] is")


def test_a_missing_entry_is_named(dicts):
    assert fault(regression, lambda p, X: (1.0, {"w": p["w"]}), dicts) == "grads has no key 'b'"
    assert "should be a dict" in fault(regression, lambda p, X: (1.0, p["w"]), dicts)


def test_the_loss_alone_is_compared_by_its_driver(arrays):
    assert result(squares, lambda x, scale: (squares(x, scale)[0], None), arrays, driver="loss").points == 1
    assert fault(squares, lambda x, scale: (1.0, None), arrays, driver="loss") == "the loss is 1, but should be 15.75"


def test_both_are_compared_with_what_the_reference_computes(dicts):
    def wrong_gradient(params, X):
        loss, grads = regression(params, X)
        return loss, {**grads, "w": -grads["w"]}

    assert result(wrong_gradient, wrong_gradient, dicts, driver="loss_and_gradient").points == 1
    assert "grads['w'] is" in fault(wrong_gradient, regression, dicts, driver="loss_and_gradient")
    assert "the loss is 1" in fault(regression, lambda p, X: (1.0, p), dicts, driver="loss_and_gradient")


@pytest.mark.parametrize("returned", [1.0, (1.0,), (1.0, 2.0, 3.0), None])
def test_one_thing_or_three_are_not_a_loss_and_its_gradient(arrays, returned):
    assert "should return two things, the loss and its gradient" in fault(squares, lambda x, scale: returned, arrays)


def test_the_dtype_of_each_gradient_is_that_of_what_it_belongs_to(dicts):
    halved = {"params": {k: v.astype("float32") for k, v in dicts["params"].items()}, "X": dicts["X"].astype("float32")}

    def doubled(params, X):
        loss, grads = regression(params, X)
        return loss, {**grads, "w": grads["w"].astype(float)}

    assert result(regression, regression, halved, judge="keeps dtype").points == 1
    assert (
        fault(regression, doubled, halved, judge="keeps dtype")
        == "grads['w'] has dtype float64, but should keep float32"
    )
