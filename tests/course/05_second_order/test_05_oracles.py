"""The reference solutions against optimizers and solvers that nobody here wrote."""

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from conftest import ROOT
from scipy.optimize import BFGS, LbfgsInvHessProduct, rosen, rosen_der, rosen_hess
from sklearn.linear_model import LogisticRegression

from autograder.course.key import load_key, load_module

REFERENCE = load_key(ROOT / "solutions" / "05_second_order" / "key").reference


def positive_definite(rng, dimensions):
    root = rng.normal(size=(dimensions, dimensions))
    return root @ root.T + 0.1 * np.eye(dimensions)


def pairs(rng, count, dimensions):
    """Steps and changes of the gradient with s.y > 0."""
    s = rng.normal(size=(count, dimensions))
    return s, np.stack([positive_definite(rng, dimensions) @ step for step in s])


class Counted:
    """Rosenbrock's f and gradient; counts the points at which it was asked."""

    def __init__(self):
        self.points = set()

    def __call__(self, x):
        self.points.add(x.tobytes())
        return rosen(x), rosen_der(x)


def start(dimensions):
    return np.resize([-1.2, 1.0], dimensions)


# ------------------------------------------------------------------------------------- newton_step


@pytest.mark.parametrize("dimensions", [1, 2, 10])
def test_newtons_step_solves_as_scipy_does(dimensions):
    rng = np.random.default_rng(dimensions)
    H, g = positive_definite(rng, dimensions), rng.normal(size=dimensions)
    expected = scipy.linalg.cho_solve(scipy.linalg.cho_factor(H), -g)
    np.testing.assert_allclose(REFERENCE["newton_step"](g, H), expected, rtol=1e-9)


def test_newtons_step_is_the_end_of_scipys_newton_cg_in_a_bowl():
    rng = np.random.default_rng(3)
    H, x = positive_definite(rng, 6), rng.normal(size=6)
    end = scipy.optimize.minimize(
        lambda x: x @ H @ x / 2, x, jac=lambda x: H @ x, hess=lambda x: H, method="Newton-CG", options={"xtol": 1e-12}
    )
    np.testing.assert_allclose(x + REFERENCE["newton_step"](H @ x, H), end.x, atol=1e-8)


def test_newtons_steps_find_rosenbrocks_minimum():
    x = np.array([1.3, 1.6])
    for _ in range(8):
        x = x + REFERENCE["newton_step"](rosen_der(x), rosen_hess(x))
    np.testing.assert_allclose(x, 1, rtol=1e-12)


# ------------------------------------------------------------------------------------ backtracking


def test_backtracking_stops_at_the_first_length_that_passes():
    """scipy.optimize's search asks for Armijo's condition too, and for more: the test of passing passes its result."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        x = rng.normal(size=4)
        g = rosen_der(x)
        t = REFERENCE["backtracking"](rosen, x, -g, g)
        theirs = scipy.optimize.line_search(rosen, rosen_der, x, -g)[0]

        def passes(t, x=x, g=g):
            return rosen(x - t * g) <= rosen(x) - 1e-4 * t * (g @ g)

        assert theirs is not None
        assert passes(theirs)
        assert passes(t)
        assert t == 1 or not passes(2 * t)
        assert math.log2(t).is_integer()


# ------------------------------------------------------------------------------------- bfgs_update


def test_bfgs_updates_as_scipy_does():
    rng = np.random.default_rng(7)
    theirs = BFGS(init_scale=1.0, min_curvature=0)
    theirs.initialize(5, "inv_hess")
    H = np.eye(5)
    for s, y in zip(*pairs(rng, 12, 5), strict=True):
        theirs.update(s, y)
        H = REFERENCE["bfgs_update"](H, s, y)
        np.testing.assert_allclose(H, theirs.get_matrix(), rtol=1e-8, atol=1e-8 * np.abs(H).max())


def test_bfgs_stays_symmetric_positive_definite_and_secant_for_a_thousand_updates():
    rng = np.random.default_rng(8)
    A, H = positive_definite(rng, 6), np.eye(6)
    for _ in range(1000):
        s = rng.normal(size=6)
        H = REFERENCE["bfgs_update"](H, s, A @ s)
        np.testing.assert_allclose(H @ A @ s, s, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(H, H.T, atol=1e-12)
    np.testing.assert_allclose(H, np.linalg.inv(A), rtol=1e-3)
    assert np.linalg.eigvalsh(H).min() > 0


def test_bfgs_leaves_H_where_f_curves_down():
    H = np.diag([1.0, 2.0])
    for y in ([-1.0, 0.0], [0.0, 1.0]):
        assert REFERENCE["bfgs_update"](H, np.array([1.0, 0.0]), np.array(y)).tolist() == H.tolist()


# --------------------------------------------------------------------------------- lbfgs_direction


@pytest.mark.parametrize(("count", "dimensions"), [(1, 1), (1, 5), (4, 5), (8, 5), (10, 40)])
def test_the_two_loops_are_those_of_scipy_and_of_the_matrix(count, dimensions):
    """SciPy's operator starts from the identity; scaling f by 1 / gamma makes ours do so."""
    rng = np.random.default_rng(count)
    s, y = pairs(rng, count, dimensions)
    g = rng.normal(size=dimensions)
    direction = REFERENCE["lbfgs_direction"](g, list(s), list(y))
    gamma = s[-1] @ y[-1] / (y[-1] @ y[-1])
    theirs = -gamma * LbfgsInvHessProduct(s, gamma * y).matvec(g)
    np.testing.assert_allclose(direction, theirs, rtol=1e-8, atol=1e-10)
    H = gamma * np.eye(dimensions)
    for pair in zip(s, y, strict=True):
        H = REFERENCE["bfgs_update"](H, *pair)
    np.testing.assert_allclose(direction, -H @ g, rtol=1e-7, atol=1e-9)
    assert direction @ g < 0


# ------------------------------------------------------------------------------------------- lbfgs


@pytest.mark.parametrize(("dimensions", "gradients"), [(2, 100), (50, 500)])
def test_lbfgs_agrees_with_scipy_on_rosenbrock_within_so_many_gradients(dimensions, gradients):
    """The numbers that the notebook states."""
    f = Counted()
    x, history = REFERENCE["lbfgs"](f, start(dimensions), steps=500)
    theirs = scipy.optimize.minimize(
        rosen, start(dimensions), jac=rosen_der, method="L-BFGS-B", options={"gtol": 1e-8, "ftol": 0, "maxiter": 500}
    )
    np.testing.assert_allclose(x, theirs.x, rtol=1e-6)
    assert np.linalg.norm(rosen_der(x)) <= 1e-8
    assert history[-1] == rosen(x)
    assert len(f.points) <= gradients


def test_lbfgs_fits_the_logistic_regression_of_scikit_learn():
    rng = np.random.default_rng(9)
    X, y = rng.normal(size=(80, 4)), rng.integers(0, 2, size=80)

    def loss(w):
        z = X @ w
        p = 1 / (1 + np.exp(-z))
        return np.sum(np.logaddexp(0, z) - y * z) + w @ w / 2, X.T @ (p - y) + w

    w, _ = REFERENCE["lbfgs"](loss, np.zeros(4), tol=1e-7)
    theirs = LogisticRegression(C=1.0, fit_intercept=False, tol=1e-10, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(w, theirs.coef_[0], rtol=1e-5)


def test_forgetting_all_pairs_saves_hundreds_of_steps():
    """The box beside `lbfgs`: 41 steps, and 673 where older pairs are kept."""
    answers = load_module(ROOT / "tests" / "course" / "05_second_order" / "right_answers.py")
    dropped = REFERENCE["lbfgs"](Counted(), start(2), steps=2000)[1]
    kept = answers.lbfgs_keeps_old_pairs(Counted(), start(2), steps=2000)[1]
    assert len(dropped) - 1 == pytest.approx(41, abs=2)
    assert len(kept) - 1 == pytest.approx(673, abs=10)


# ----------------------------------------------------------------------------------- hessian_bytes


def test_hessian_bytes_are_what_numpy_would_take_and_exact_where_it_cannot():
    for dtype in ("float64", "float32", "int8", np.float16):
        assert REFERENCE["hessian_bytes"](7, dtype) == np.empty((7, 7), dtype).nbytes
    assert REFERENCE["hessian_bytes"](100_000_000) == 80_000_000_000_000_000
    assert type(REFERENCE["hessian_bytes"](np.int32(100_000_001))) is int
    assert REFERENCE["hessian_bytes"](np.int32(100_000_001)) == 80_000_001_600_000_008
