"""The reference solutions against PyTorch, SciPy and scikit-learn, and against the check engine's own instrument."""

import numpy as np
import pytest
import scipy.optimize
import sklearn.metrics
from conftest import ROOT

from autograder import gradients
from autograder.checking.engine import evaluate
from autograder.checking.prepared import prepare
from autograder.checking.waves import UnevenSum
from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "01_gradient_checking" / "key")
REFERENCE = KEY.reference
SHAPES = [(3,), (1, 4), (4, 1), (2, 3, 2)]


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def close(actual, expected):
    np.testing.assert_allclose(actual, expected, rtol=1e-10, atol=1e-12)


# ------------------------------------------------------------------------------------------ the instrument


@pytest.mark.parametrize("shape", SHAPES)
def test_the_numeric_gradient_is_the_engines_and_scipys(shape):
    rng = np.random.default_rng(1)
    x, f = rng.normal(size=shape), UnevenSum(0.8, 0.3)
    measured = REFERENCE["numerical_gradient"](f, x)
    np.testing.assert_array_equal(measured, gradients.numerical_gradient(f, x))
    theirs = scipy.optimize.approx_fprime(x.ravel(), lambda v: f(v.reshape(shape)), 1e-7)
    np.testing.assert_allclose(measured, theirs.reshape(shape), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_relative_error_is_the_engines(shape):
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, *shape))
    assert REFERENCE["relative_error"](a, b) == gradients.relative_error(a, b)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("factor", [1.0, 1.001, 0.0, -1.0])
def test_a_spot_check_of_every_entry_is_the_engines_gradient_check(shape, factor):
    rng = np.random.default_rng(3)
    x, f = rng.uniform(0.2, 1, size=shape), UnevenSum(0.8, 0.1)
    analytic = factor * f.gradient(x)
    ours = REFERENCE["gradient_check"](f, x, analytic, samples=x.size, rng=rng)
    assert ours == pytest.approx(gradients.gradient_check(f, x, analytic), rel=1e-12)


# ---------------------------------------------------------------------------------- PyTorch, scikit-learn


@pytest.mark.parametrize("shape", [(4, 3), (1, 5), (3, 2, 2), (2, 3, 4, 4)])
def test_affine_and_relu_are_pytorchs(torch, shape):
    rng = np.random.default_rng(4)
    D = int(np.prod(shape[1:]))
    x, w, b, dout = (rng.normal(size=size) for size in (shape, (D, 3), (3,), (shape[0], 3)))
    tx, tw, tb = (torch.tensor(value, requires_grad=True) for value in (x, w, b))
    theirs = torch.relu(torch.nn.functional.linear(tx.flatten(1), tw.T, tb))
    theirs.backward(torch.tensor(dout))
    before, affine = REFERENCE["affine_forward"](x, w, b)
    out, relu = REFERENCE["relu_forward"](before)
    dx, dw, db = REFERENCE["affine_backward"](REFERENCE["relu_backward"](dout, relu), affine)
    for ours, its in ((out, theirs.detach()), (dx, tx.grad), (dw, tw.grad), (db, tb.grad)):
        close(ours, its.numpy())


def test_the_gradient_of_relu_at_zero_is_pytorchs(torch):
    x = torch.zeros(2, requires_grad=True)
    torch.relu(x).sum().backward()
    ours = REFERENCE["relu_backward"](np.ones(2), REFERENCE["relu_forward"](np.zeros(2))[1])
    close(ours, x.grad.numpy())


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_softmax_loss_is_pytorchs_and_scikit_learns(torch, scale):
    rng = np.random.default_rng(5)
    scores, y = scale * rng.normal(size=(6, 4)), rng.integers(4, size=6)
    loss, dscores = REFERENCE["softmax_loss"](scores, y)
    ts = torch.tensor(scores, requires_grad=True)
    theirs = torch.nn.functional.cross_entropy(ts, torch.tensor(y))
    theirs.backward()
    close(loss, theirs.item())
    close(dscores, ts.grad.numpy())
    if scale == 1.0:
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        close(loss, sklearn.metrics.log_loss(y, p, labels=range(4)))


@pytest.mark.parametrize("margin", [1.0, 0.25])
def test_hinge_loss_is_pytorchs(torch, margin):
    """PyTorch also divides by the number of classes."""
    rng = np.random.default_rng(6)
    scores, y = rng.normal(size=(6, 4)), rng.integers(4, size=6)
    loss, dscores = REFERENCE["hinge_loss"](scores, y, margin)
    ts = torch.tensor(scores, requires_grad=True)
    theirs = 4 * torch.nn.functional.multi_margin_loss(ts, torch.tensor(y), margin=margin)
    theirs.backward()
    close(loss, theirs.item())
    close(dscores, ts.grad.numpy())


def test_the_hinge_loss_of_two_classes_is_scikit_learns():
    rng = np.random.default_rng(7)
    scores, y = rng.normal(size=(9, 2)), rng.integers(2, size=9)
    theirs = sklearn.metrics.hinge_loss(y, scores[:, 1] - scores[:, 0])
    close(REFERENCE["hinge_loss"](scores, y)[0], theirs)


@pytest.mark.parametrize("reg", [0.0, 0.3])
def test_two_layer_loss_is_pytorchs(torch, reg):
    rng = np.random.default_rng(8)
    params = {"W1": (5, 7), "b1": (7,), "W2": (7, 3), "b2": (3,)}
    params = {name: rng.normal(size=shape) for name, shape in params.items()}
    X, y = rng.normal(size=(6, 5)), rng.integers(3, size=6)
    loss, grads = REFERENCE["two_layer_loss"](params, X, y, reg)
    t = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    scores = torch.relu(torch.tensor(X) @ t["W1"] + t["b1"]) @ t["W2"] + t["b2"]
    penalty = reg * ((t["W1"] ** 2).sum() + (t["W2"] ** 2).sum())
    theirs = torch.nn.functional.cross_entropy(scores, torch.tensor(y)) + penalty
    theirs.backward()
    close(loss, theirs.item())
    for name in params:
        close(grads[name], t[name].grad.numpy())


# ------------------------------------------------------------------------------------ what the notebook says


def test_the_examples_by_hand_are_right():
    f = {name: REFERENCE[name] for name in KEY.exercises if name in REFERENCE}
    assert f["relative_error"](np.array([1, -2, 0.0]), np.array([1, -2.2, 0])) == pytest.approx(0.2 / 4.2)
    close(f["numerical_gradient"](lambda x: x[0] ** 2 + 3 * x[1], np.array([2.0, 5]), 0.1), [4, 3])
    x, w, b, dout = (np.array(v, float) for v in ([[1, 2]], [[1, 0], [3, -1]], [0, 5], [[1, 10]]))
    out, cache = REFERENCE["affine_forward"](x, w, b)
    close(out, [[7, 3]])
    for actual, expected in zip(
        REFERENCE["affine_backward"](dout, cache), ([[1, -7]], [[1, 10], [2, 20]], [1, 10]), strict=True
    ):
        close(actual, expected)
    loss, dscores = f["softmax_loss"](np.array([[0, np.log(3)]]), np.array([0]))
    close(loss, np.log(4))
    close(dscores, [[-0.75, 0.75]])
    loss, dscores = f["hinge_loss"](np.array([[3, 2.5, 1]]), np.array([0]))
    close(loss, 0.5)
    close(dscores, [[-1, 1, 0]])


def test_a_pair_with_a_cache_of_its_own_passes():
    """The right answers stand in for one function of a pair, with the key's cache; here both are the student's."""

    def forward(x, w, b):
        return np.dot(x.reshape(x.shape[0], -1), w) + b, {"features": x, "weights": w}

    def backward(dout, cache):
        x = cache["features"]
        return (dout @ cache["weights"].T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(0)

    exercise = prepare(KEY.exercises["affine"], REFERENCE, seed=1)
    assert evaluate(exercise, {"affine_forward": forward, "affine_backward": backward}).points == 5
