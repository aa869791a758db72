"""The reference solutions against what nobody here wrote: SciPy, scikit-learn and PyTorch."""

import math

import numpy as np
import pytest
from conftest import ROOT
from scipy import integrate, optimize, stats
from sklearn import datasets, dummy, model_selection, tree

from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "04_training_loop" / "key")
REFERENCE = KEY.reference
RNG = np.random.default_rng


# ------------------------------------------------------------------------------------- what is drawn


def test_an_epoch_is_a_permutation_cut_as_scikit_learn_cuts():
    from sklearn.utils import gen_batches

    X = np.arange(23.0)[:, None]
    batches = REFERENCE["minibatches"](X, np.arange(23), 5, RNG(0))
    assert [len(batch) for batch, _ in batches] == [s.stop - s.start for s in gen_batches(23, 5)]
    assert sorted(np.concatenate([y for _, y in batches])) == list(range(23))
    assert all((batch[:, 0] == y).all() for batch, y in batches)


def test_every_example_is_equally_likely_in_every_place():
    orders = [np.concatenate([y for _, y in REFERENCE["minibatches"](np.zeros(4), np.arange(4), 2, RNG(s))])
              for s in range(2400)]  # fmt: skip
    counts = np.unique(np.array(orders) @ 4 ** np.arange(4), return_counts=True)[1]
    assert len(counts) == math.factorial(4)
    assert stats.chisquare(counts).pvalue > 1e-6


@pytest.mark.parametrize(("n", "k"), [(12, 4), (11, 4), (11, 5), (5, 5)])
def test_folds_have_the_sizes_of_scikit_learn(n, k):
    ours = REFERENCE["k_fold_indices"](n, k, RNG(1))
    theirs = model_selection.KFold(k, shuffle=True, random_state=0).split(np.zeros(n))
    assert sorted((len(t), len(v)) for t, v in ours) == sorted((len(t), len(v)) for t, v in theirs)
    assert sorted(np.concatenate([val for _, val in ours])) == list(range(n))
    assert all(sorted([*train, *val]) == list(range(n)) for train, val in ours)


def test_log_uniform_has_scipys_distribution():
    draws = REFERENCE["log_uniform"](1e-4, 20.0, 5000, RNG(2))
    assert stats.kstest(draws, stats.loguniform(1e-4, 20.0).cdf).pvalue > 1e-6


# ------------------------------------------------------------------------------- numbers and schedules


@pytest.mark.parametrize("classes", [1, 2, 10, 1000])
def test_the_first_loss_is_the_entropy_of_a_fair_die(classes):
    assert math.isclose(REFERENCE["expected_initial_loss"](classes), stats.entropy(np.ones(classes)), abs_tol=1e-12)


@pytest.mark.parametrize(
    ("schedule", "slope"),
    [("exponential_decay", lambda t, lr: -0.3 * lr), ("inverse_time_decay", lambda t, lr: -0.3 * lr**2 / 0.5)],
)
def test_a_decay_solves_its_differential_equation(schedule, slope):
    """lr' = -k lr, and lr' = -k lr^2 / lr0."""
    times = np.linspace(0, 9, 10)
    solved = integrate.solve_ivp(slope, (0, 9), [0.5], t_eval=times, rtol=1e-10, atol=1e-12).y[0]
    np.testing.assert_allclose([REFERENCE[schedule](0.5, t, k=0.3) for t in times], solved, rtol=1e-7)


def test_schedules_follow_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    lr = torch.optim.lr_scheduler
    pairs = [
        ("step_decay", dict(factor=0.3, every=4), lambda o: lr.StepLR(o, 4, 0.3)),
        ("exponential_decay", dict(k=0.2), lambda o: lr.ExponentialLR(o, math.exp(-0.2))),
        ("cosine_decay", dict(total=19), lambda o: lr.CosineAnnealingLR(o, 19)),
        ("warmup", dict(steps=6), lambda o: lr.LinearLR(o, 1e-12, 1.0, 6)),
    ]
    for name, hyper, make in pairs:
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
        scheduler, theirs = make(optimizer), []
        for _ in range(20):
            theirs.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        ours = [REFERENCE[name](0.4, t, **hyper) for t in range(20)]
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-11, err_msg=name)


def test_the_update_ratio_is_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    w, update = RNG(3).normal(size=(2, 3, 4, 4)), RNG(4).normal(size=(2, 3, 4, 4))
    norm = torch.linalg.vector_norm
    assert math.isclose(REFERENCE["update_ratio"](w, update), float(norm(torch.tensor(update)) / norm(torch.tensor(w))))


def test_divergence_is_where_pytorch_sees_it():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for seed in range(200):
        losses = RNG(seed).choice([0.5, 2.0, 5.9, 6.1, math.nan, math.inf], size=9, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05])
        t = torch.tensor(losses)
        bad = torch.nonzero(~torch.isfinite(t) | (t > 3 * t[0])).ravel().tolist()
        assert REFERENCE["first_divergence"](losses.tolist()) == (bad[0] if bad else None)


# -------------------------------------------------------------------------------------------- training


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        ("sgd", lambda torch, p: torch.optim.SGD(p, lr=0.1)),
        ("momentum", lambda torch, p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        ("adam", lambda torch, p: torch.optim.Adam(p, lr=0.1)),
    ],
)
def test_a_training_run_is_pytorchs(rule, make):
    """The same net, the same whole batches, the same losses on the way."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    rng = RNG(5)
    params = {"W1": rng.normal(size=(4, 6)), "b1": np.zeros(6), "W2": rng.normal(size=(6, 3)), "b2": np.zeros(3)}
    X, y = rng.normal(size=(20, 4)), rng.integers(0, 3, size=20)
    trained, history = REFERENCE["train"](
        lambda params, X, y: REFERENCE["two_layer_loss"](params, X, y, 0.01), params, X, y, rule=REFERENCE[rule],
        learning_rate=0.1, schedule=None, batch_size=20, epochs=15, rng=RNG(6),
    )  # fmt: skip
    theirs = {name: torch.nn.Parameter(torch.tensor(w)) for name, w in params.items()}
    optimizer, losses, ratios = make(torch, list(theirs.values())), [], []
    for _ in range(15):
        h = torch.relu(torch.tensor(X) @ theirs["W1"] + theirs["b1"])
        loss = torch.nn.functional.cross_entropy(h @ theirs["W2"] + theirs["b2"], torch.tensor(y))
        loss = loss + 0.01 * ((theirs["W1"] ** 2).sum() + (theirs["W2"] ** 2).sum())
        losses.append(loss.item())
        before = torch.nn.utils.parameters_to_vector(theirs.values()).detach().clone()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        after = torch.nn.utils.parameters_to_vector(theirs.values()).detach()
        ratios.append(((after - before).norm() / before.norm()).item())
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-8)
    np.testing.assert_allclose(history["update_ratio"], ratios, rtol=1e-7)
    for name in params:
        np.testing.assert_allclose(trained[name], theirs[name].detach().numpy(), rtol=1e-7, atol=1e-9)
    assert history["diverged"] is None


def test_a_tree_overfits_a_tiny_set_and_a_constant_does_not():
    X, y = datasets.load_digits(return_X_y=True)
    for model, answer in ((tree.DecisionTreeClassifier(random_state=0), True), (dummy.DummyClassifier(), False)):
        assert REFERENCE["overfits_tiny_set"](lambda X, y, m=model: m.fit(X, y).predict, X[:20], y[:20]) is answer


# -------------------------------------------------------------------------------------------- searches


def test_the_grid_is_scikit_learns():
    grid = {"a": [1, 2, 3], "b": ["x", "y"], "c": [0.5]}
    tried = [point for _, point in REFERENCE["grid_search"](lambda a, b, c: -a if b == "x" else math.nan, grid)]
    theirs = list(model_selection.ParameterGrid(grid))
    assert sorted(map(str, (sorted(p.items()) for p in tried))) == sorted(map(str, (sorted(p.items()) for p in theirs)))
    assert [point["a"] for point in tried[:3]] == [3, 2, 1]
    assert {point["b"] for point in tried[3:]} == {"y"}


def test_random_points_have_scipys_distribution_and_are_independent():
    space = {"a": (1e-5, 10.0), "b": (1e-7, 1e-1)}
    points = [point for _, point in REFERENCE["random_search"](lambda a, b: 0.0, space, 3000, RNG(7))]
    for name, bounds in space.items():
        assert stats.kstest([p[name] for p in points], stats.loguniform(*bounds).cdf).pvalue > 1e-6
    assert stats.spearmanr([p["a"] for p in points], [p["b"] for p in points]).pvalue > 1e-6


def test_coarse_to_fine_finds_what_scipys_minimizer_finds():
    def objective(a):
        return (math.log10(a) + 2.2) ** 2 + 0.3 * math.cos(3 * math.log10(a))

    found = optimize.minimize_scalar(lambda u: objective(10**u), bounds=(-5, 1), method="bounded").x
    results = REFERENCE["coarse_to_fine"](objective, {"a": (1e-5, 10.0)}, 60, 6, RNG(8))
    assert abs(math.log10(results[0][1]["a"]) - found) < 0.02
    assert len(results) == 360
    assert [value for value, _ in results] == sorted(value for value, _ in results)
