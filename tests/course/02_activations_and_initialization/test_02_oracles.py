"""The reference solutions against functions that nobody here wrote, and pairs whose caches look like no other."""

import numpy as np
import pytest
import scipy.special
from conftest import ROOT
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from autograder.checking.engine import evaluate
from autograder.checking.prepared import prepare
from autograder.checking.result import Outcome
from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "02_activations_and_initialization" / "key")
REFERENCE = KEY.reference
FAR = np.array([-1e4, -800.0, -30.0, -1.0, -1e-9, 0.0, 1e-9, 2.0, 30.0, 800.0, 1e4])


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


# -------------------------------------------------------------------------------------------- activations


def test_sigmoid_and_elu_agree_with_scipy_far_out():
    np.testing.assert_allclose(REFERENCE["sigmoid_forward"](FAR)[0], scipy.special.expit(FAR), rtol=1e-14)
    _, cache = REFERENCE["sigmoid_forward"](FAR)
    slope = scipy.special.expit(FAR) * scipy.special.expit(-FAR)
    np.testing.assert_allclose(REFERENCE["sigmoid_backward"](np.ones_like(FAR), cache), slope, rtol=1e-12, atol=1e-16)
    elu = np.where(FAR > 0, FAR, 1.3 * scipy.special.expm1(np.minimum(FAR, 0)))
    np.testing.assert_allclose(REFERENCE["elu_forward"](FAR, 1.3)[0], elu, rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "theirs", "more"),
    [
        ("sigmoid", "sigmoid", {}),
        ("tanh", "tanh", {}),
        ("leaky_relu", "leaky_relu", {"slope": 0.2}),
        ("elu", "elu", {"alpha": 1.7}),
    ],
)
def test_an_activation_and_its_gradient_agree_with_pytorch(torch, name, theirs, more):
    rng = np.random.default_rng(1)
    x = np.concatenate([FAR, 3 * rng.normal(size=20)])
    dout = rng.normal(size=x.shape)
    out, cache = REFERENCE[f"{name}_forward"](x, **more)
    t = torch.tensor(x, requires_grad=True)
    names = {"slope": "negative_slope"}
    expected = getattr(torch.nn.functional, theirs)(t, **{names.get(k, k): v for k, v in more.items()})
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(REFERENCE[f"{name}_backward"](dout, cache), t.grad.numpy(), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("shape", [(5, 3), (4, 3, 2, 5), (4, 3, 2, 3)])
@pytest.mark.parametrize("alpha", [0.3, np.array([1.4, -0.3, 0.2])])
def test_prelu_agrees_with_pytorch(torch, shape, alpha):
    rng = np.random.default_rng(2)
    x, dout = rng.normal(size=shape), rng.normal(size=shape)
    x.flat[::7] = 0.0
    out, cache = REFERENCE["prelu_forward"](x, alpha)
    dx, dalpha = REFERENCE["prelu_backward"](dout, cache)
    t, a = torch.tensor(x, requires_grad=True), torch.tensor(np.atleast_1d(alpha), requires_grad=True)
    expected = torch.nn.functional.prelu(t, a)
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(dx, t.grad.numpy(), rtol=1e-12)
    np.testing.assert_allclose(dalpha, a.grad.numpy().reshape(np.shape(alpha)), rtol=1e-12)
    assert np.shape(dalpha) == np.shape(alpha)


def test_maxout_agrees_with_pytorch(torch):
    rng = np.random.default_rng(3)
    arrays = [rng.normal(size=shape) for shape in ((6, 4), (3, 4, 5), (3, 5))]
    dout = rng.normal(size=(6, 5))
    out, cache = REFERENCE["maxout_forward"](*arrays)
    x, w, b = (torch.tensor(a, requires_grad=True) for a in arrays)
    expected = torch.stack([torch.nn.functional.linear(x, w[k].T, b[k]) for k in range(3)]).max(dim=0).values
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-12)
    for ours, theirs in zip(REFERENCE["maxout_backward"](dout, cache), (x, w, b), strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-13)


def test_a_collapsed_stack_computes_what_pytorch_s_stack_computes(torch):
    rng = np.random.default_rng(4)
    stack = torch.nn.Sequential(*[torch.nn.Linear(i, o, dtype=torch.float64) for i, o in ((4, 6), (6, 2), (2, 5))])
    weights = [layer.weight.detach().numpy().T for layer in stack]
    W, b = REFERENCE["collapse_linear"](weights, [layer.bias.detach().numpy() for layer in stack])
    x = rng.normal(size=(7, 4))
    np.testing.assert_allclose(x @ W + b, stack(torch.tensor(x)).detach().numpy(), rtol=1e-12, atol=1e-15)


# --------------------------------------------------------------------------------------------------- data


def test_images_are_normalised_as_scikit_learn_scales():
    rng = np.random.default_rng(5)
    train, new = rng.normal(2, 3, size=(9, 2, 3, 4)), rng.normal(size=(5, 2, 3, 4))
    train[:, 1, 2, 0] = 7.0
    scaler = StandardScaler().fit(train.reshape(9, -1))
    mean = REFERENCE["fit_mean_image"](train)
    np.testing.assert_allclose(mean.ravel(), scaler.mean_, rtol=1e-13)
    scaled = REFERENCE["normalize"](new, mean, train.std(axis=0))
    np.testing.assert_allclose(scaled.reshape(5, -1), scaler.transform(new.reshape(5, -1)), rtol=1e-10)
    pixels = train.transpose(0, 2, 3, 1).reshape(-1, 2)
    np.testing.assert_allclose(REFERENCE["fit_channel_mean"](train), StandardScaler().fit(pixels).mean_, rtol=1e-13)


@pytest.mark.parametrize("shape", [(20, 4), (4, 7), (5, 5)])
def test_components_and_whitening_agree_with_scikit_learn(shape):
    rng = np.random.default_rng(6)
    X = rng.normal(size=shape) @ rng.normal(size=(shape[1], shape[1])) + 3
    mean, components, variances = REFERENCE["fit_pca"](X)
    theirs = PCA(whiten=True, svd_solver="full").fit(X)
    n = len(X)
    np.testing.assert_allclose(mean, theirs.mean_, rtol=1e-13)
    np.testing.assert_allclose(variances, theirs.explained_variance_ * (n - 1) / n, atol=1e-12)
    real = variances > 1e-12
    signs = np.sign(np.sum(components * theirs.components_, axis=1))[real]
    np.testing.assert_allclose(components[real] * signs[:, None], theirs.components_[real], atol=1e-9)
    white = REFERENCE["whiten"](X, mean, components, variances, eps=1e-14)[:, real]
    np.testing.assert_allclose(white * signs, theirs.transform(X)[:, real] * np.sqrt(n / (n - 1)), rtol=1e-6, atol=1e-9)


# ------------------------------------------------------------------------------------------ first weights


@pytest.mark.parametrize(("scheme", "nonlinearity"), [("xavier", "linear"), ("he", "relu")])
def test_weights_are_drawn_as_wide_as_pytorch_draws_them(torch, scheme, nonlinearity):
    ours = REFERENCE["initialize"](300, 500, scheme, np.random.default_rng(7))
    theirs = torch.empty(500, 300, dtype=torch.float64)
    torch.nn.init.kaiming_normal_(theirs, nonlinearity=nonlinearity, generator=torch.Generator().manual_seed(7))
    assert abs(ours.std() / theirs.numpy().std() - 1) < 0.02
    assert ours.shape == (300, 500)


def test_statistics_agree_with_pytorch(torch):
    rng = np.random.default_rng(8)
    x, weights = rng.normal(size=(20, 6)), [rng.normal(size=(6, 6)) for _ in range(4)]
    means, stds = REFERENCE["activation_statistics"](x, weights, np.tanh)
    h = torch.tensor(x)
    for w, mean, std in zip(weights, means, stds, strict=True):
        h = torch.tanh(h @ torch.tensor(w))
        assert mean == pytest.approx(h.mean().item(), rel=1e-12)
        assert std == pytest.approx(h.std(correction=0).item(), rel=1e-12)


# ------------------------------------------------------------------------- pairs with caches of their own


def sigmoid_forward(x):
    out = (1 + np.tanh(x / 2)) / 2
    return out, {"slope": out * (1 - out)}


def sigmoid_backward(dout, cache):
    return dout * cache["slope"]


def leaky_relu_forward(x, slope=0.01):
    slopes = np.where(x > 0, 1, slope).astype(x.dtype)
    return x * slopes, lambda dout: dout * slopes


def leaky_relu_backward(dout, cache):
    return cache(dout)


def prelu_forward(x, alpha):
    return REFERENCE["prelu_forward"](x, alpha)[0], {"x": x.copy(), "alpha": np.copy(alpha)}


def prelu_backward(dout, cache):
    return REFERENCE["prelu_backward"](dout, REFERENCE["prelu_forward"](cache["x"], cache["alpha"])[1])


def maxout_forward(x, w, b):
    pieces = np.stack([x @ w[k] + b[k] for k in range(len(w))], axis=-1)
    return pieces.max(axis=-1), [np.eye(len(w), dtype=x.dtype)[pieces.argmax(axis=-1)], x, w]


def maxout_backward(dout, cache):
    wins, x, w = cache
    d = dout[..., None] * wins
    return np.einsum("nmk,kdm->nd", d, w), np.einsum("nd,nmk->kdm", x, d), np.einsum("nmk->km", d)


@pytest.mark.parametrize("name", ["sigmoid", "leaky_relu", "prelu", "maxout"])
def test_a_pair_may_keep_in_its_cache_what_it_likes(name):
    exercise = KEY.exercises[name]
    result = evaluate(prepare(exercise, REFERENCE, seed=9), {f: globals()[f] for f in exercise.functions})
    assert result.outcome is Outcome.PASSED, result
