"""The reference solutions against scikit-learn, SciPy and PyTorch."""

import numpy as np
import pytest
from conftest import ROOT
from scipy import stats
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression

from autograder.course.key import load_key

REFERENCE = load_key(ROOT / "solutions" / "10_model_ensembles" / "key").reference


@pytest.fixture(scope="module")
def trained():
    """Three fitted classifiers of scikit-learn's, new examples, and both of its ways to let them vote."""
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(60, 4)), rng.integers(0, 4, size=60)
    members = [(f"net{i}", LogisticRegression(C=c)) for i, c in enumerate((1e-4, 0.1, 1e3))]
    voting = {how: VotingClassifier(members, voting=how).fit(X, y) for how in ("soft", "hard")}
    return voting, rng.normal(size=(50, 4))


def test_the_average_is_scikit_learns_soft_vote(trained):
    voting, X = trained
    ours = REFERENCE["average_probabilities"]([net.predict_proba(X) for net in voting["soft"].estimators_])
    np.testing.assert_allclose(ours, voting["soft"].predict_proba(X), rtol=1e-12)


def test_the_vote_is_scikit_learns_hard_vote(trained):
    voting, X = trained
    labels = [net.predict(X) for net in voting["hard"].estimators_]
    assert any(len(set(votes)) == 3 for votes in zip(*labels, strict=True)), "no tie among the examples"
    np.testing.assert_array_equal(REFERENCE["majority_vote"](labels), voting["hard"].predict(X))


@pytest.mark.parametrize(("nets", "classes"), [(1, 5), (2, 3), (5, 3), (10, 200)])
def test_the_vote_is_scipys_mode(nets, classes):
    """Of several modes SciPy gives the smallest, for it sorts the values."""
    labels = np.random.default_rng(nets).integers(0, classes, size=(nets, 100))
    np.testing.assert_array_equal(REFERENCE["majority_vote"](list(labels)), stats.mode(labels, axis=0).mode)


def restarting_rates(lr0, total, length):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=length)
    rates = []
    for _ in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


@pytest.mark.parametrize(("total", "cycles", "length"), [(30, 3, 10), (10, 4, 3), (32, 5, 7), (10, 6, 2), (7, 1, 7)])
def test_cycles_are_pytorchs_warm_restarts(total, cycles, length):
    theirs = restarting_rates(0.3, total, length)
    ours = [REFERENCE["cyclic_learning_rate"](0.3, t, total=total, cycles=cycles) for t in range(total)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    before_a_rise = [t for t in range(total) if t + 1 == total or theirs[t + 1] > theirs[t]]
    assert REFERENCE["snapshot_steps"](total, cycles) == before_a_rise


@pytest.mark.parametrize("decay", [0.995, 0.6])
def test_the_polyak_average_is_pytorchs(decay):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    torch.manual_seed(0)
    net = torch.nn.Linear(3, 2, dtype=torch.float64)
    theirs = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(decay))
    theirs.update_parameters(net)  # the first update copies
    ours = {name: p.detach().numpy().copy() for name, p in net.named_parameters()}
    for _ in range(20):
        with torch.no_grad():
            for p in net.parameters():
                p += torch.randn_like(p)
        theirs.update_parameters(net)
        ours = REFERENCE["polyak_update"](ours, {name: p.detach().numpy() for name, p in net.named_parameters()}, decay)
    for name, p in theirs.module.named_parameters():
        np.testing.assert_allclose(ours[name], p.detach().numpy(), rtol=1e-12)
