"""The reference solutions against what nobody here wrote: PyTorch, SciPy and scikit-learn."""

import numpy as np
import pytest
from conftest import ROOT
from scipy import differentiate, stats
from sklearn.preprocessing import StandardScaler

from autograder.checking.engine import evaluate
from autograder.checking.prepared import hidden_seed, prepare
from autograder.checking.result import Outcome
from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "06_batch_normalization" / "key")
REFERENCE = KEY.reference
FORWARD = REFERENCE["batchnorm_forward"]
BACKWARDS = ["batchnorm_backward", "batchnorm_backward_fast"]
SHAPES = [(8, 5), (2, 3), (3, 3), (40, 1)]


def inputs(shape, seed=0):
    rng = np.random.default_rng(seed)
    d = shape[1]
    return 2 * rng.normal(size=shape) + 3, rng.uniform(-2, 2, size=d), rng.normal(size=d), rng.normal(size=shape)


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_normalised_batch_is_scikit_learns(shape):
    x, *_ = inputs(shape)
    out, _, _ = FORWARD(x, np.ones(shape[1]), np.zeros(shape[1]), None, training=True, eps=1e-300)
    np.testing.assert_allclose(out, StandardScaler().fit_transform(x), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(out, stats.zscore(x, axis=0), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("backward", BACKWARDS)
def test_training_is_pytorchs(torch, shape, backward):
    x, gamma, beta, dout = inputs(shape)
    layer = torch.nn.BatchNorm1d(shape[1], dtype=torch.float64)
    layer.weight.data, layer.bias.data = torch.tensor(gamma), torch.tensor(beta)
    there = torch.tensor(x, requires_grad=True)
    theirs = layer(there)
    theirs.backward(torch.tensor(dout))
    out, cache, _ = FORWARD(x, gamma, beta, None, training=True)
    gradients = REFERENCE[backward](dout, cache)
    np.testing.assert_allclose(out, theirs.detach(), rtol=1e-10)
    for ours, other in zip(gradients, (there.grad, layer.weight.grad, layer.bias.grad), strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-9, atol=1e-11)


def test_running_averages_and_test_time_are_pytorchs_but_for_two_conventions(torch):
    """Its momentum weighs the new value, and its running variance is divided by N - 1."""
    n, d, batches = 6, 4, 5
    rng = np.random.default_rng(1)
    gamma, beta = rng.normal(size=d), rng.normal(size=d)
    layer = torch.nn.BatchNorm1d(d, momentum=0.3, dtype=torch.float64)
    layer.weight.data, layer.bias.data = torch.tensor(gamma), torch.tensor(beta)
    state = None
    for _ in range(batches):
        x = rng.normal(2, 3, size=(n, d))
        layer(torch.tensor(x))
        _, _, state = FORWARD(x, gamma, beta, state, training=True, momentum=0.7)
    np.testing.assert_allclose(state["mean"], layer.running_mean, rtol=1e-12)
    start = 0.7**batches  # what is left of the first 1
    np.testing.assert_allclose(start + (state["var"] - start) * n / (n - 1), layer.running_var, rtol=1e-12)
    layer.eval()
    theirs = {"mean": layer.running_mean.numpy(), "var": layer.running_var.numpy()}
    x = rng.normal(size=(3, d))
    out, _, kept = FORWARD(x, gamma, beta, theirs, training=False)
    np.testing.assert_allclose(out, layer(torch.tensor(x)).detach(), rtol=1e-12)
    assert all((kept[key] == theirs[key]).all() for key in theirs)


@pytest.mark.parametrize("backward", BACKWARDS)
def test_the_gradient_is_scipys_derivative(backward):
    x, gamma, beta, dout = inputs((5, 3), seed=2)
    _, cache, _ = FORWARD(x, gamma, beta, None, training=True)
    dx = REFERENCE[backward](dout, cache)[0]

    def loss(value):
        def one(v):
            moved = x.copy()
            moved[1, 2] = v
            return np.sum(FORWARD(moved, gamma, beta, None, training=True)[0] * dout)

        return np.vectorize(one)(value)

    np.testing.assert_allclose(dx[1, 2], differentiate.derivative(loss, x[1, 2]).df, rtol=1e-7)


def test_both_ways_back_agree_to_ten_digits():
    for seed in range(50):
        x, gamma, beta, dout = inputs((16, 6), seed)
        _, cache, _ = FORWARD(x, gamma, beta, None, training=True)
        for a, b in zip(*(REFERENCE[name](dout, cache) for name in BACKWARDS), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-13)


def test_folding_is_pytorchs(torch):
    rng = np.random.default_rng(3)
    w, b = rng.normal(size=(5, 4)), rng.normal(size=4)
    gamma, beta, mean, var = rng.normal(size=4), rng.normal(size=4), rng.normal(size=4), rng.uniform(0, 2, size=4)
    linear, norm = torch.nn.Linear(5, 4, dtype=torch.float64), torch.nn.BatchNorm1d(4, dtype=torch.float64)
    linear.weight.data, linear.bias.data = torch.tensor(w.T.copy()), torch.tensor(b)
    norm.weight.data, norm.bias.data = torch.tensor(gamma), torch.tensor(beta)
    norm.running_mean, norm.running_var = torch.tensor(mean), torch.tensor(var)
    theirs = torch.nn.utils.fuse_linear_bn_eval(linear.eval(), norm.eval())
    folded_w, folded_b = REFERENCE["fold_batchnorm"](w, b, gamma, beta, mean, var)
    np.testing.assert_allclose(folded_w, theirs.weight.detach().T, rtol=1e-12)
    np.testing.assert_allclose(folded_b, theirs.bias.detach(), rtol=1e-12)


def test_folding_is_test_time_batch_norm_to_1e_12():
    rng = np.random.default_rng(4)
    w, b, x = rng.normal(size=(5, 4)), rng.normal(size=4), rng.normal(size=(7, 5))
    gamma, beta = rng.normal(size=4), rng.normal(size=4)
    state = {"mean": rng.normal(size=4), "var": rng.uniform(0, 2, size=4)}
    out, _, _ = FORWARD(x @ w + b, gamma, beta, state, training=False)
    new_w, new_b = REFERENCE["fold_batchnorm"](w, b, gamma, beta, **state)
    np.testing.assert_allclose(x @ new_w + new_b, out, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shape", [*SHAPES, (1, 6)])
def test_layer_norm_is_pytorchs(torch, shape):
    x, gamma, beta, dout = inputs(shape)
    tensors = [torch.tensor(v, requires_grad=True) for v in (x, gamma, beta)]
    theirs = torch.nn.functional.layer_norm(tensors[0], shape[1:], *tensors[1:], eps=1e-5)
    theirs.backward(torch.tensor(dout))
    out, cache = REFERENCE["layernorm_forward"](x, gamma, beta)
    np.testing.assert_allclose(out, theirs.detach(), rtol=1e-10)
    for ours, tensor in zip(REFERENCE["layernorm_backward"](dout, cache), tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-9, atol=1e-9)


# -------------------------------------------------------------------------- pairs with a cache of their own


def own_forward(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Keeps x itself and eps, and measures all again on the way back."""
    old = state or {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    now = {"mean": x.mean(0), "var": x.var(0)} if training else old
    new = {key: momentum * old[key] + (1 - momentum) * now[key] for key in now} if training else dict(old)
    return (x - now["mean"]) * gamma / np.sqrt(now["var"] + eps) + beta, {"x": x, "gamma": gamma, "eps": eps}, new


def own_backward(dout, cache):
    x, gamma, s = cache["x"], cache["gamma"], np.sqrt(cache["x"].var(0) + cache["eps"])
    h = (x - x.mean(0)) / s
    return gamma / s * (dout - dout.mean(0) - h * (h * dout).mean(0)), (dout * h).sum(0), dout.sum(0)


def own_layer_forward(x, gamma, beta, eps=1e-5):
    h = (x - x.mean(1)[:, None]) / np.sqrt(x.var(1) + eps)[:, None]
    return h * gamma + beta, {"x": x, "gamma": gamma, "eps": eps}


def own_layer_backward(dout, cache):
    x, d = cache["x"], dout * cache["gamma"]
    s = np.sqrt(x.var(1) + cache["eps"])[:, None]
    h = (x - x.mean(1)[:, None]) / s
    return (d - d.mean(1)[:, None] - h * (h * d).mean(1)[:, None]) / s, (dout * h).sum(0), dout.sum(0)


@pytest.mark.parametrize(
    ("name", "functions"),
    [
        ("batchnorm_backward", (own_forward, own_backward)),
        ("batchnorm_backward_fast", (own_forward, own_backward)),
        ("layernorm", (own_layer_forward, own_layer_backward)),
    ],
)
@pytest.mark.parametrize("student", ["ada", "blaise", "carl"])
def test_a_pair_with_its_own_cache_gets_full_marks(name, functions, student):
    exercise = KEY.exercises[name]
    prepared = prepare(exercise, REFERENCE, hidden_seed(KEY.assignment, name, student))
    result = evaluate(prepared, dict(zip(exercise.functions, functions, strict=True)))
    assert result.outcome is Outcome.PASSED, str(result)
