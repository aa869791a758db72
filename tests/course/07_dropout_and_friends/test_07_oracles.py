"""The reference solutions against functions that nobody here wrote, and pairs whose caches look like no other."""

import numpy as np
import pytest
import scipy.stats
from conftest import ROOT

from autograder.checking.engine import evaluate
from autograder.checking.prepared import prepare
from autograder.checking.result import Outcome
from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "07_dropout_and_friends" / "key")
REFERENCE = KEY.reference


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def test_l2_agrees_with_pytorch(torch):
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=shape) for shape in ((3, 4), (5,), (2, 1, 2))]
    penalty, grads = REFERENCE["l2_penalty"](weights, 0.3)
    theirs = [torch.tensor(W, requires_grad=True) for W in weights]
    total = 0.3 * sum((W**2).sum() for W in theirs)
    total.backward()
    np.testing.assert_allclose(penalty, total.item(), rtol=1e-12)
    for grad, W in zip(grads, theirs, strict=True):
        np.testing.assert_allclose(grad, W.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("p", [0.2, 0.5, 0.9])
def test_inverted_dropout_has_the_values_and_the_share_of_pytorch(torch, p):
    """PyTorch's p is that of dropping. Share kept: Fisher's exact test on both."""
    x = np.random.default_rng(1).uniform(1, 2, size=(100, 50))
    ours, cache = REFERENCE["inverted_dropout_forward"](x, p, training=True, rng=np.random.default_rng(2))
    torch.manual_seed(0)
    t = torch.tensor(x, requires_grad=True)
    theirs = torch.nn.functional.dropout(t, 1 - p)
    theirs.sum().backward()
    for out, dx in ((ours, REFERENCE["inverted_dropout_backward"](np.ones_like(x), cache)),
                    (theirs.detach().numpy(), t.grad.numpy())):  # fmt: skip
        np.testing.assert_allclose(np.unique(np.round(out / x, 9)), [0, 1 / p], rtol=1e-8)
        np.testing.assert_allclose(dx * x, out, rtol=1e-12)
    kept = [int((out != 0).sum()) for out in (ours, theirs.detach().numpy())]
    assert scipy.stats.fisher_exact([[kept[0], x.size - kept[0]], [kept[1], x.size - kept[1]]]).pvalue > 1e-6


@pytest.mark.parametrize("name", ["dropout_forward", "inverted_dropout_forward"])
def test_the_number_kept_is_binomial(name):
    rng, p, n, calls = np.random.default_rng(3), 0.6, 30, 4000
    counts = [np.count_nonzero(REFERENCE[name](np.ones(n), p, training=True, rng=rng)[0]) for _ in range(calls)]
    expected = scipy.stats.binom.pmf(np.arange(10, 27), n, p)
    seen = np.bincount(np.clip(counts, 10, 26), minlength=27)[10:]
    assert scipy.stats.chisquare(seen, calls * expected / expected.sum()).pvalue > 1e-4


@pytest.mark.parametrize(("training", "factor"), [(True, None), (False, 0.4)])
def test_dropout_and_its_gradient_agree_with_pytorch_on_the_same_mask(torch, training, factor):
    rng = np.random.default_rng(4)
    x, dout = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2))
    out, cache = REFERENCE["dropout_forward"](x, 0.4, training=training, rng=rng)
    t = torch.tensor(x, requires_grad=True)
    theirs = t * torch.tensor((out != 0) * 1.0 if training else np.full(x.shape, factor))
    theirs.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, theirs.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(REFERENCE["dropout_backward"](dout, cache), t.grad.numpy(), rtol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 7, 12])
@pytest.mark.parametrize("p", [0.1, 0.5, 1.0])
def test_the_expected_activation_is_p_times_the_whole_one(n, p):
    w, x = np.random.default_rng(n).normal(size=(2, n))
    assert REFERENCE["expected_activation"](w, x, p) == pytest.approx(p * np.dot(w, x), rel=1e-10)


def test_the_expected_activation_is_the_mean_over_scipys_coins():
    rng = np.random.default_rng(5)
    w, x = rng.normal(size=(2, 5))
    masks = scipy.stats.bernoulli.rvs(0.7, size=(200_000, 5), random_state=rng)
    values = masks @ (w * x)
    error = values.std() / np.sqrt(len(values))
    assert abs(REFERENCE["expected_activation"](w, x, 0.7) - values.mean()) < 6 * error


@pytest.mark.parametrize("training", [True, False])
def test_dropconnect_agrees_with_pytorch_on_the_weights_it_used(torch, training):
    rng = np.random.default_rng(6)
    x, w, b, dout = (rng.normal(size=shape) for shape in ((5, 4), (4, 3), (3,), (5, 3)))
    seed = np.random.default_rng(7)
    out, cache = REFERENCE["dropconnect_forward"](x, w, b, 0.5, training=training, rng=seed)
    again = np.random.default_rng(7)
    used = REFERENCE["dropconnect_forward"](np.eye(4), w, 0 * b, 0.5, training=training, rng=again)[0] / w
    tx, tw, tb = (torch.tensor(a, requires_grad=True) for a in (x, w, b))
    theirs = torch.nn.functional.linear(tx, (tw * torch.tensor(used)).T, tb)
    theirs.backward(torch.tensor(dout))
    np.testing.assert_allclose(out, theirs.detach().numpy(), rtol=1e-10)
    for ours, t in zip(REFERENCE["dropconnect_backward"](dout, cache), (tx, tw, tb), strict=True):
        np.testing.assert_allclose(ours, t.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_monte_carlo_agrees_with_scipy_and_with_the_exact_average():
    rng = np.random.default_rng(8)
    w, x = rng.normal(size=(2, 6))
    outs = []

    def forward(x, rng):
        outs.append(w @ REFERENCE["dropout_forward"](x, 0.6, training=True, rng=rng)[0] * np.ones((2, 1)))
        return outs[-1]

    mean, std = REFERENCE["mc_dropout_predict"](forward, x, 5000, rng)
    np.testing.assert_allclose(mean, np.average(outs, axis=0), rtol=1e-12)
    np.testing.assert_allclose(std, scipy.stats.tstd(outs, ddof=0, axis=0), rtol=1e-10)
    exact = REFERENCE["expected_activation"](w, x, 0.6)
    np.testing.assert_allclose(mean, exact, atol=6 * std.max() / np.sqrt(5000))


def test_stochastic_depth_at_test_time_is_its_own_average_for_linear_blocks():
    walk, survival = REFERENCE["stochastic_depth_forward"], REFERENCE["linear_survival"](3, 0.4)
    np.testing.assert_allclose(survival, np.interp([1, 2, 3], [0, 3], [1, 0.4]), rtol=1e-12)
    blocks = [lambda h, k=k: k * h for k in (0.5, -0.2, 0.3)]
    x, rng = np.ones((2, 1)), np.random.default_rng(9)
    outs = np.array([walk(x, blocks, survival, training=True, rng=rng) for _ in range(20_000)])
    assert (outs[:, 0] == outs[:, 1]).all()
    error = outs.std() / np.sqrt(len(outs))
    at_test = walk(x, blocks, survival, training=False, rng=rng)
    np.testing.assert_allclose(at_test, outs.mean(axis=0), atol=6 * error)


# ------------------------------------------------------------------------------- caches of their own


def vanilla_pair():
    def forward(x, p_keep, *, training, rng):
        if p_keep <= 0 or p_keep > 1:
            raise ValueError(f"p_keep = {p_keep}")
        dropped = {tuple(i) for i in np.argwhere(rng.random(x.shape) >= p_keep)} if training else None
        out = x.copy() if training else x * p_keep
        for index in dropped or ():
            out[index] = 0
        return out, {"dropped": dropped, "p": p_keep}

    def backward(dout, cache):
        if cache["dropped"] is None:
            return dout * cache["p"]
        dx = dout.copy()
        for index in cache["dropped"]:
            dx[index] = 0
        return dx

    return "dropout", forward, backward


def inverted_pair():
    def forward(x, p_keep, *, training, rng):
        if not 0 < p_keep <= 1:
            raise ValueError("p_keep")
        mask = rng.binomial(1, p_keep, x.shape) if training else None
        return (x if mask is None else (x * mask / p_keep).astype(x.dtype)), (training, mask, p_keep)

    def backward(dout, cache):
        training, mask, p_keep = cache
        return (dout * mask / p_keep).astype(dout.dtype) if training else dout

    return "inverted_dropout", forward, backward


def connect_pair():
    def forward(x, w, b, p_keep, *, training, rng):
        if not 0 < p_keep <= 1:
            raise ValueError("p_keep")
        mask = rng.random(w.shape) < p_keep if training else True
        p = p_keep if training else 1
        return (x @ (w * mask)) / p + b, lambda: (x, w, mask, p)

    def backward(dout, cache):
        x, w, mask, p = cache()
        return dout / p @ (w * mask).T, x.T @ dout / p * mask, dout.sum(axis=0)

    return "dropconnect", forward, backward


@pytest.mark.parametrize("pair", [vanilla_pair, inverted_pair, connect_pair])
@pytest.mark.parametrize("seed", range(3))
def test_pairs_with_caches_of_their_own_are_right(pair, seed):
    name, forward, backward = pair()
    prepared = prepare(KEY.exercises[name], REFERENCE, seed)
    result = evaluate(prepared, {f"{name}_forward": forward, f"{name}_backward": backward})
    assert result.outcome is Outcome.PASSED, result


@pytest.mark.parametrize("name", list(KEY.exercises))
def test_no_right_answer_is_rejected_by_bad_luck(name):
    """Other seeds draw other masks: the reference passes with each."""
    exercise = KEY.exercises[name]
    for seed in range(25):
        prepared = prepare(exercise, REFERENCE, seed)
        for prop in prepared.properties:  # other coins than those of the expected answer
            for case in prop.cases:
                if isinstance(case.inputs.get("rng"), np.random.Generator):
                    case.inputs["rng"] = np.random.default_rng([seed, 1])
        functions = {f: REFERENCE[f] for f in exercise.functions}
        assert evaluate(prepared, functions).outcome is Outcome.PASSED
