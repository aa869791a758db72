"""The reference solutions against functions that nobody here wrote: PyTorch, scikit-learn, SciPy."""

import numpy as np
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
from conftest import ROOT

from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "11_transfer_learning" / "key")
REFERENCE = KEY.reference
SHAPES = [(4, 3, 3, 3), (5, 4, 5, 5), (20, 6), (6, 3)]  # for images (N, 3, 8, 8)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def network(seed=0, shapes=SHAPES):
    rng = np.random.default_rng(seed)
    params = {}
    for i, shape in enumerate(shapes, start=1):
        params[f"W{i}"] = rng.normal(size=shape)
        params[f"b{i}"] = rng.normal(size=shape[0] if len(shape) == 4 else shape[1])
    return params


def as_modules(torch, params):
    """A list of PyTorch's modules for each layer, with the same weights."""
    layers, L = [], len(params) // 2
    for i in range(1, L + 1):
        W, b = torch.tensor(params[f"W{i}"]), torch.tensor(params[f"b{i}"])
        if W.ndim == 4:
            layer = torch.nn.Conv2d(W.shape[1], W.shape[0], W.shape[2], padding="same", dtype=W.dtype)
            rest = [torch.nn.ReLU(), torch.nn.MaxPool2d(2), *[torch.nn.Flatten()] * (params[f"W{i + 1}"].ndim == 2)]
        else:
            layer, W, rest = torch.nn.Linear(*W.shape, dtype=W.dtype), W.T, [torch.nn.ReLU()] * (i < L)
        layer.weight.data, layer.bias.data = W.clone(), b
        layers.append(torch.nn.Sequential(layer, *rest))
    return layers


@pytest.mark.parametrize("layer", [1, 2, 3])
def test_features_agree_with_pytorch(torch, layer):
    params, X = network(), np.random.default_rng(1).normal(size=(4, 3, 8, 8))
    with torch.no_grad():
        out = torch.nn.Sequential(*as_modules(torch, params)[:layer])(torch.tensor(X)).flatten(1).numpy()
    np.testing.assert_allclose(REFERENCE["extract_features"](params, X, layer), out, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("first_layer", [1, 2, 3, 4, 5])
def test_a_masked_step_is_pytorch_s_sgd_with_frozen_parameters(torch, first_layer):
    params, X = network(2), torch.tensor(np.random.default_rng(3).normal(size=(4, 3, 8, 8)))
    layers = as_modules(torch, params)
    mask = REFERENCE["trainable"](params, first_layer)
    for i, layer in enumerate(layers, start=1):
        layer.requires_grad_(mask[f"W{i}"])
        assert mask[f"W{i}"] == mask[f"b{i}"]
    moving = [p for layer in layers for p in layer.parameters() if p.requires_grad]
    assert len(moving) == sum(mask.values()) == 2 * (5 - first_layer)
    if not moving:
        return
    loss = torch.nn.functional.cross_entropy(torch.nn.Sequential(*layers)(X), torch.tensor([0, 1, 2, 0]))
    loss.backward()
    grads = {}
    for i, layer in enumerate(layers, start=1):
        if mask[f"W{i}"]:
            weight = layer[0].weight.grad.numpy()
            grads |= {f"W{i}": weight if weight.ndim == 4 else weight.T, f"b{i}": layer[0].bias.grad.numpy()}
    torch.optim.SGD(moving, lr=0.05).step()
    after = REFERENCE["masked_step"](params, grads, mask, 0.05)
    for i, layer in enumerate(layers, start=1):
        weight = layer[0].weight.detach().numpy()
        np.testing.assert_allclose(after[f"W{i}"], weight if weight.ndim == 4 else weight.T, rtol=1e-12)
        if not mask[f"W{i}"]:
            assert after[f"W{i}"].tobytes() == params[f"W{i}"].tobytes()


def test_a_new_head_is_normal_by_kolmogorov_and_smirnov():
    params = network(4, [(5, 300), (300, 4)])
    new = REFERENCE["replace_head"](params, 50, np.random.default_rng(5))
    assert scipy.stats.kstest(new["W2"].ravel(), scipy.stats.norm(0, 0.01).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(new["W2"][:, 0], new["W2"][:, 1])[0, 1]) < 0.3


def problem(seed, N=60, D=4, C=3):
    rng = np.random.default_rng(seed)
    y = np.arange(N) % C
    return rng.normal(size=(C, D))[y] + 1.5 * rng.normal(size=(N, D)), y, C


def loss_of(X, y, W, b, reg):
    scores = X @ W + b
    return -np.mean(scipy.special.log_softmax(scores, axis=1)[np.arange(len(y)), y]) + reg * np.sum(W**2)


@pytest.mark.parametrize("reg", [0.01, 0.1, 1.0])
def test_a_probe_reaches_scikit_learn_s_minimum(reg):
    from sklearn.linear_model import LogisticRegression

    X, y, C = problem(6)
    theirs = LogisticRegression(C=1 / (2 * reg * len(y)), tol=1e-10, max_iter=10_000).fit(X, y)
    W, b = REFERENCE["train_linear_probe"](X, y, C, reg=reg, steps=600)
    np.testing.assert_allclose(W, theirs.coef_.T, rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(b - b.mean(), theirs.intercept_ - theirs.intercept_.mean(), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("seed", range(8))
def test_the_cases_of_a_probe_are_solved_to_scipy_s_minimum(seed):
    """What the judge takes for the least loss is the least loss."""
    exercise = KEY.exercises["train_linear_probe"]
    for index, prop in enumerate(exercise.properties):
        for case in prop.draw(np.random.default_rng([seed, index])) if prop.driver == "probe_loss" else ():
            X, y, C, reg = (case.inputs[name] for name in ("features", "y", "num_classes", "reg"))
            D = X.shape[1]

            def f(theta, X=X, y=y, C=C, reg=reg, D=D):
                return loss_of(X, y, theta[: D * C].reshape(D, C), theta[D * C :], reg)

            best = scipy.optimize.minimize(f, np.zeros(D * C + C), method="L-BFGS-B", options={"maxfun": 100_000}).fun
            W, b = REFERENCE["train_linear_probe"](**case.inputs)
            assert loss_of(X, y, W, b, reg) == pytest.approx(best, rel=1e-4), case.label


def test_rates_by_layer_are_pytorch_s_exponential_schedule_from_the_head_down(torch):
    params = network(7)
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.3)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.6)
    rates = REFERENCE["layer_learning_rates"](params, 0.3, 0.6)
    for layer in (4, 3, 2, 1):
        assert rates[f"W{layer}"] == rates[f"b{layer}"] == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()


def test_the_pretrained_net_reads_letters_through_its_features():
    from autograder.datasets import load, load_weights

    net, letters = load_weights("letters_net"), load("letters")
    X, y = letters.X_test[:200].astype(np.float32), letters.y_test[:200]
    features = REFERENCE["extract_features"](net, X, 4)
    assert features.dtype == np.float32
    assert np.mean((features @ net["W5"] + net["b5"]).argmax(axis=1) == y) > 0.85
