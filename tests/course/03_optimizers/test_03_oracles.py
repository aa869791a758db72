"""The reference solutions against optimizers that nobody here wrote."""

import numpy as np
import pytest
from conftest import ROOT

from autograder.course.key import load_key

torch = pytest.importorskip("torch", reason="PyTorch is an oracle in CI only; `make test` does not fetch it")

REFERENCE = load_key(ROOT / "solutions" / "03_optimizers" / "key").reference
STEPS = 25


def ours(rule, w, gradients, **hyper):
    state = None
    for dw in gradients:
        w, state = REFERENCE[rule](w, dw, state, learning_rate=0.05, **hyper)
    return w


def theirs(make, w, gradients):
    parameter = torch.nn.Parameter(torch.tensor(w))
    optimizer = make([parameter])
    for dw in gradients:
        parameter.grad = torch.tensor(dw)
        optimizer.step()
    return parameter.detach().numpy()


@pytest.mark.parametrize(
    ("rule", "make", "hyper"),
    [
        ("sgd", lambda p: torch.optim.SGD(p, lr=0.05), {}),
        ("momentum", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9), {"rho": 0.9}),
        ("adagrad", lambda p: torch.optim.Adagrad(p, lr=0.05, eps=1e-7), {}),
        ("rmsprop", lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.99, eps=1e-7), {}),
        ("adam", lambda p: torch.optim.Adam(p, lr=0.05), {}),
        (
            "adam",
            lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.7, 0.9), eps=0.1),
            dict(beta1=0.7, beta2=0.9, eps=0.1),
        ),
        ("adamw", lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1), {"weight_decay": 0.1}),
    ],
)
def test_a_rule_walks_where_pytorch_walks(rule, make, hyper):
    rng = np.random.default_rng(3)
    w, gradients = rng.normal(size=(3, 4)), rng.normal(size=(STEPS, 3, 4))
    np.testing.assert_allclose(ours(rule, w, gradients, **hyper), theirs(make, w, gradients), rtol=1e-9, atol=1e-12)


def test_nesterov_walks_where_pytorch_walks():
    """PyTorch applies the gradient and the momentum in the rewritten form, with the velocity over -learning_rate."""
    rng = np.random.default_rng(4)
    w, gradients = rng.normal(size=5), rng.normal(size=(STEPS, 5))
    expected = theirs(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True), w, gradients)
    np.testing.assert_allclose(ours("nesterov", w, gradients, rho=0.9), expected, rtol=1e-9, atol=1e-12)
