"""Mistakes that people really make in second-order methods. Each docstring is the hint that names the mistake."""

import numpy as np

from autograder.checking import wrong

# ------------------------------------------------------------------------------------------- newton_step


def _full_rank(hessian):
    if np.linalg.matrix_rank(hessian) < len(hessian):
        raise ValueError("hessian is singular")


@wrong("newton_step")
def newton_climbs(grad, hessian):
    """Your step has the wrong sign. It will be added to the point, and after it the gradient should be 0:
    grad + hessian p = 0."""
    _full_rank(hessian)
    return np.linalg.solve(hessian, grad)


@wrong("newton_step")
def newton_multiplies(grad, hessian):
    """You multiply with the Hessian where Newton divides by it. Large curvature means that the bottom is near, so
    it makes a short step."""
    _full_rank(hessian)
    return -hessian @ grad


@wrong("newton_step")
def newton_uses_the_diagonal(grad, hessian):
    """You use only the diagonal of the Hessian, one rate for each coordinate. That is AdaGrad's blind spot: in a
    turned bowl the other entries count."""
    _full_rank(hessian)
    return -grad / np.diag(hessian)


@wrong("newton_step")
def newton_divides_by_the_norm(grad, hessian):
    """You divide by one number for the whole Hessian. It has another curvature in each direction: the step solves
    a system of D equations."""
    _full_rank(hessian)
    return -grad / np.linalg.norm(hessian)


@wrong("newton_step")
def newton_damped(grad, hessian):
    """You add something to the Hessian's diagonal. That is a remedy with a name of its own (Levenberg 1944), but
    asked for is the step for the Hessian as it is."""
    _full_rank(hessian)
    return -np.linalg.solve(hessian + 1e-3 * np.eye(len(grad)), grad)


@wrong("newton_step")
def newton_leaves_it_to_solve(grad, hessian):
    """You leave a singular Hessian to NumPy. It finds only exact zeros, its message does not say which argument is
    meant, and where rounding hides the singularity it returns huge numbers. Ask for the rank first."""
    return -np.linalg.solve(hessian, grad)


@wrong("newton_step")
def newton_catches_linalgerror(grad, hessian):
    """You wait for NumPy's own error. It comes only for exact zeros: where rounding hides the singularity, you
    return huge numbers. Ask for the numerical rank."""
    try:
        return -np.linalg.solve(hessian, grad)
    except np.linalg.LinAlgError as error:
        raise ValueError("hessian is singular") from error


@wrong("newton_step")
def newton_trusts_the_determinant(grad, hessian):
    """You judge by the size of the determinant. It changes with the units of f: a perfectly good Hessian of tiny
    entries has a tiny one, and a singular one of large entries may have a large one. Rank does not depend on
    units."""
    if abs(np.linalg.det(hessian)) < 1e-8:
        raise ValueError("hessian is singular")
    return -np.linalg.solve(hessian, grad)


@wrong("newton_step")
def newton_with_the_pseudoinverse(grad, hessian):
    """For a singular Hessian you return the shortest of many possible steps. A guess where there is no answer hides
    the problem from the caller: an error is asked for."""
    return -np.linalg.pinv(hessian) @ grad


@wrong("newton_step")
def newton_wants_a_bowl(grad, hessian):
    """You refuse Hessians that are not positive definite. Newton's step exists wherever the Hessian is not singular,
    also at a saddle, where it may lead uphill."""
    if np.linalg.eigvalsh(hessian).min() <= 1e-15 * np.abs(hessian).max():
        raise ValueError("hessian is not positive definite")
    return -np.linalg.solve(hessian, grad)


@wrong("newton_step")
def newton_raises_without_a_name(grad, hessian):
    """You raise the right error, but its message does not say which argument is at fault. Name it as the signature
    does."""
    if np.linalg.matrix_rank(hessian) < len(grad):
        raise ValueError("matrix is singular")
    return -np.linalg.solve(hessian, grad)


@wrong("newton_step")
def newton_changes_grad(grad, hessian):
    """You turn the sign of the caller's gradient. `*=` on an array changes the array itself, not only your name for
    it."""
    _full_rank(hessian)
    grad *= -1
    return np.linalg.solve(hessian, grad)


# ------------------------------------------------------------------------------------------ backtracking


def _descends(grad, direction):
    if grad @ direction >= 0:
        raise ValueError("direction does not descend")
    return grad @ direction


@wrong("backtracking")
def backtracking_any_decrease(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You accept any step that does not raise f. Armijo asks for more: a part c of what the slope promises."""
    _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_trusts_nan(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """A step to NaN passes your test: every comparison with NaN is False, so a loop that runs while f is too large
    ends there. Ask whether the condition holds, and not whether it is broken."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while f(x + t * direction) > f_x + c * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_forgets_t_in_the_bound(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """Your bound is the same for every t. A step half as long promises half as much, so the bound has t in it."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x + c * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_bound_above(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """Your bound lies above f(x): a step may even raise f. The slope is already negative, so look at the sign before
    it."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x - c * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_gradient_squared(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You promise grad . grad. That is the slope only if the direction is minus the gradient: take the slope along
    the direction that you were given."""
    _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x - c * t * (grad @ grad):
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_once(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You shorten at most once. The shorter step has to be asked the same question again, until it passes."""
    slope = _descends(grad, direction)
    if not f(x + t * direction) <= f(x) + c * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_shortens_first(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You shorten before you ask, so that the first t is never tried. Near the minimum the full step is just
    right."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while True:
        t = t * shrink
        if f(x + t * direction) <= f_x + c * t * slope:
            return t


@wrong("backtracking")
def backtracking_starts_at_one(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You begin at 1 whatever t is. It is an argument: the caller may know a better first length."""
    slope = _descends(grad, direction)
    f_x, t = f(x), 1.0
    while not f(x + t * direction) <= f_x + c * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_always_halves(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You halve, whatever shrink is. By how much to shorten is an argument."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x + c * t * slope:
        t = t / 2
    return t


@wrong("backtracking")
def backtracking_fixed_c(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You use 1e-4 whatever c is. How much of the promise has to be kept is an argument."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x + 1e-4 * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_strictly_below(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You refuse a step whose f is equal to the bound. Armijo's condition has a <= in it."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) < f_x + c * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_goes_anywhere(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You search along directions that do not descend. There is nothing to be found along them: look at the sign of
    the slope first, and raise."""
    slope = grad @ direction
    f_x = f(x)
    for _ in range(100):
        if f(x + t * direction) <= f_x + c * t * slope:
            break
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_takes_level_for_down(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You let a slope of exactly 0 pass. Level is not down: at a minimum every direction is level."""
    slope = grad @ direction
    if slope > 0:
        raise ValueError("direction does not descend")
    f_x = f(x)
    while not f(x + t * direction) <= f_x + c * t * slope:
        t = t * shrink
    return t


@wrong("backtracking")
def backtracking_returns_the_point(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """You return the new point. Asked for is the step length t, one number: the caller makes the step."""
    slope = _descends(grad, direction)
    f_x = f(x)
    while not f(x + t * direction) <= f_x + c * t * slope:
        t = t * shrink
    return x + t * direction


# ---------------------------------------------------------------------------------------- hessian_bytes


@wrong("hessian_bytes")
def bytes_of_a_gradient(num_params, dtype="float64"):
    """You weigh a gradient, one number for each parameter. The Hessian has one for each pair of them."""
    return int(num_params) * np.dtype(dtype).itemsize


@wrong("hessian_bytes")
def bytes_of_a_half(num_params, dtype="float64"):
    """You count each symmetric pair once. That is clever, but asked for is the full matrix, which is what NumPy would
    hold."""
    return int(num_params) * (int(num_params) + 1) // 2 * np.dtype(dtype).itemsize


@wrong("hessian_bytes")
def bytes_as_a_float(num_params, dtype="float64"):
    """You compute with floats, and they keep 16 digits. The last digits of a large result are rounded away: stay with
    integers."""
    return float(num_params) ** 2 * np.dtype(dtype).itemsize


@wrong("hessian_bytes")
def bytes_always_eight(num_params, dtype="float64"):
    """You count 8 bytes for every type. A float32 takes fewer."""
    return int(num_params) ** 2 * 8


@wrong("hessian_bytes")
def bytes_as_bits(num_params, dtype="float64"):
    """You count bits. The number in a type's name is its bits, and a byte has eight of them."""
    return int(num_params) ** 2 * np.dtype(dtype).itemsize * 8


@wrong("hessian_bytes")
def bytes_as_numbers(num_params, dtype="float64"):
    """You count the numbers in the matrix. How many bytes does each of them take?"""
    return int(num_params) ** 2


@wrong("hessian_bytes")
def bytes_overflow(num_params, dtype="float64"):
    """A NumPy integer keeps its 32 or 64 bits when you square it, and then it overflows without an error. A Python
    int has no end."""
    return num_params**2 * np.dtype(dtype).itemsize


@wrong("hessian_bytes")
def bytes_by_making_one(num_params, dtype="float64"):
    """You make the matrix in order to weigh it. The very point is that nobody can: compute its size."""
    return np.zeros((num_params, num_params), dtype=dtype).nbytes


# ------------------------------------------------------------------------------------------ bfgs_update


def _bfgs(H, s, y):
    rho = 1 / (s @ y)
    V = np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s)
    return V.T @ H @ V + rho * np.outer(s, s)


@wrong("bfgs_update")
def bfgs_transposed(H, s, y):
    """Your V stands on the wrong side: transposed left and plain right are exchanged. Test with y: V y should vanish,
    and what does yours do?"""
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    V = np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s)
    return V @ H @ V.T + rho * np.outer(s, s)


@wrong("bfgs_update")
def bfgs_forgets_the_new_part(H, s, y):
    """You take out of H what it believed along y, and put nothing in its place. What was seen, s s^T, is missing."""
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    V = np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s)
    return V.T @ H @ V


@wrong("bfgs_update")
def bfgs_forgets_rho_in_the_new_part(H, s, y):
    """The part s s^T has a factor. Check the units: H has those of s over y."""
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    V = np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s)
    return V.T @ H @ V + np.outer(s, s)


@wrong("bfgs_update")
def bfgs_of_the_hessian(H, s, y):
    """This is the update of the Hessian itself, which maps s to y. Here H stands for its inverse, which maps y to
    s."""
    if s @ y <= 0:
        return H
    Hs = H @ s
    return H - np.outer(Hs, Hs) / (s @ Hs) + np.outer(y, y) / (s @ y)


@wrong("bfgs_update")
def bfgs_is_dfp(H, s, y):
    """This is the update of Davidon, Fletcher and Powell. It satisfies the secant equation too, and so do many
    others: graded is BFGS."""
    if s @ y <= 0:
        return H
    Hy = H @ y
    return H - np.outer(Hy, Hy) / (y @ Hy) + np.outer(s, s) / (s @ y)


@wrong("bfgs_update")
def bfgs_is_rank_one(H, s, y):
    """This is the symmetric update of rank 1. It satisfies the secant equation, but it can lose positive
    definiteness. BFGS changes H by rank 2."""
    if s @ y <= 0:
        return H
    rest = s - H @ y
    return H + np.outer(rest, rest) / (rest @ y)


@wrong("bfgs_update")
def bfgs_one_sided(H, s, y):
    """You multiply V on one side only. The result is not symmetric, but an inverse Hessian is: V stands on both
    sides, transposed on the left."""
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    return H @ (np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s)) + rho * np.outer(s, s)


@wrong("bfgs_update")
def bfgs_inner_for_outer(H, s, y):
    """You add the number s . s to every entry. The new part is a matrix: the outer product of s with itself."""
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    V = np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s)
    return V.T @ H @ V + rho * (s @ s)


@wrong("bfgs_update")
def bfgs_takes_every_pair(H, s, y):
    """You also use pairs with s.y <= 0. Along such a step f curves down, and no positive definite H fits: H would
    lose its meaning, or divide by 0."""
    return _bfgs(H, s, y)


@wrong("bfgs_update")
def bfgs_takes_level_pairs(H, s, y):
    """You let s.y = 0 pass, and divide by it."""
    if s @ y < 0:
        return H
    return _bfgs(H, s, y)


@wrong("bfgs_update")
def bfgs_starts_afresh(H, s, y):
    """Where s.y <= 0 you throw away all that H has learned. It is to be left as it is."""
    if s @ y <= 0:
        return np.eye(len(s), dtype=H.dtype)
    return _bfgs(H, s, y)


@wrong("bfgs_update")
def bfgs_ignores_small_steps(H, s, y):
    """You skip a pair because s.y is a small number. Near the minimum all steps are small, and s.y is smaller still:
    only its sign counts."""
    if s @ y <= 1e-10:
        return H
    return _bfgs(H, s, y)


@wrong("bfgs_update")
def bfgs_in_double(H, s, y):
    """float32 goes in and float64 comes out. `np.eye(D)` makes float64 unless you tell it a dtype."""
    if s @ y <= 0:
        return H
    rho = 1 / (s @ y)
    V = np.eye(len(s)) - rho * np.outer(y, s)
    return V.T @ H @ V + rho * np.outer(s, s)


@wrong("bfgs_update")
def bfgs_changes_H(H, s, y):
    """You write the new H over the caller's. Return a new array."""
    if s @ y > 0:
        H[:] = _bfgs(H, s, y)
    return H


# -------------------------------------------------------------------------------------- lbfgs_direction


def _two_loops(grad, s_list, y_list, gamma):
    """-H grad, where H starts from gamma I."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = gamma * q
    for s, y, alpha in zip(s_list, y_list, alphas[::-1], strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


def _gamma(s_list, y_list):
    if not s_list:
        return 1.0
    return (s_list[-1] @ y_list[-1]) / (y_list[-1] @ y_list[-1])


@wrong("lbfgs_direction")
def direction_climbs(grad, s_list, y_list):
    """You return H grad, which points uphill. The direction is to be added, so it has the other sign."""
    return -_two_loops(grad, s_list, y_list, _gamma(s_list, y_list))


@wrong("lbfgs_direction")
def direction_climbs_with_pairs(grad, s_list, y_list):
    """As soon as there is a pair, you return H grad, which points uphill. The direction is to be added, so it has the
    other sign."""
    if not s_list:
        return -grad
    return -_two_loops(grad, s_list, y_list, _gamma(s_list, y_list))


@wrong("lbfgs_direction")
def direction_newest_first(grad, s_list, y_list):
    """You take the pairs in the wrong order. The lists begin with the oldest pair, and the first loop begins with the
    newest."""
    return _two_loops(grad, s_list[::-1], y_list[::-1], _gamma(s_list, y_list))


@wrong("lbfgs_direction")
def direction_both_loops_from_the_newest(grad, s_list, y_list):
    """Both of your loops begin with the newest pair. The second one goes the other way: what was applied last on the
    way in comes first on the way out."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list[::-1], y_list[::-1], alphas, strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


@wrong("lbfgs_direction")
def direction_both_loops_from_the_oldest(grad, s_list, y_list):
    """Both of your loops begin with the oldest pair. The first one goes the other way: the newest pair is the last that
    BFGS put into H, so it is the first that the gradient meets."""
    q, alphas = grad, []
    for s, y in zip(s_list, y_list, strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list, y_list, alphas, strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


@wrong("lbfgs_direction")
def direction_mixes_up_the_alphas(grad, s_list, y_list):
    """In the second loop a pair meets the alpha of another pair. You collected them newest first, and the second loop
    begins with the oldest."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list, y_list, alphas, strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


@wrong("lbfgs_direction")
def direction_without_gamma(grad, s_list, y_list):
    """You leave out the scaling between the loops. Without it H starts from the identity, which knows nothing of the
    size of the curvature."""
    return _two_loops(grad, s_list, y_list, 1.0)


@wrong("lbfgs_direction")
def direction_gamma_of_the_oldest(grad, s_list, y_list):
    """Your gamma comes from the oldest pair. The newest one knows the curvature here."""
    return _two_loops(grad, s_list, y_list, _gamma(s_list[:1], y_list[:1]))


@wrong("lbfgs_direction")
def direction_gamma_upside_down(grad, s_list, y_list):
    """Your gamma is upside down. H stands for the inverse Hessian, so where the curvature is large, gamma is
    small."""
    return _two_loops(grad, s_list, y_list, 1 / _gamma(s_list, y_list))


@wrong("lbfgs_direction")
def direction_other_gamma(grad, s_list, y_list):
    """Your gamma is s.s / s.y. It also estimates the inverse curvature (Barzilai and Borwein 1988 have both), but
    graded is s.y / y.y."""
    gamma = (s_list[-1] @ s_list[-1]) / (s_list[-1] @ y_list[-1]) if s_list else 1.0
    return _two_loops(grad, s_list, y_list, gamma)


@wrong("lbfgs_direction")
def direction_gamma_is_the_curvature(grad, s_list, y_list):
    """Your gamma is s.y / s.s. That is the curvature along the step; H stands for its inverse."""
    gamma = (s_list[-1] @ y_list[-1]) / (s_list[-1] @ s_list[-1]) if s_list else 1.0
    return _two_loops(grad, s_list, y_list, gamma)


@wrong("lbfgs_direction")
def direction_alpha_of_the_gradient(grad, s_list, y_list):
    """Every alpha of yours comes from the gradient as it came in. The first loop works on q, which the newer pairs
    have already changed."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ grad) / (s @ y))
        q = q - alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list, y_list, alphas[::-1], strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


@wrong("lbfgs_direction")
def direction_without_beta(grad, s_list, y_list):
    """Your second loop adds alpha s and nothing else. What r already has along y counts too: that is beta."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, alpha in zip(s_list, alphas[::-1], strict=True):
        r = r + alpha * s
    return -r


@wrong("lbfgs_direction")
def direction_beta_minus_alpha(grad, s_list, y_list):
    """Your second loop takes away what it should add: it is alpha minus beta that multiplies s."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list, y_list, alphas[::-1], strict=True):
        r = r + ((y @ r) / (s @ y) - alpha) * s
    return -r


@wrong("lbfgs_direction")
def direction_takes_away_s(grad, s_list, y_list):
    """Your first loop takes away alpha s. q is a gradient, and so is y; s is a step. Check the units."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * s
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list, y_list, alphas[::-1], strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


@wrong("lbfgs_direction")
def direction_newest_pair_only(grad, s_list, y_list):
    """Only the newest pair comes into your direction. The older ones are there to be used as well."""
    return _two_loops(grad, s_list[-1:], y_list[-1:], _gamma(s_list, y_list))


@wrong("lbfgs_direction")
def direction_needs_a_pair(grad, s_list, y_list):
    """At the first step there are no pairs yet, and then the direction is minus the gradient. What is the newest pair
    of an empty list?"""
    gamma = (s_list[-1] @ y_list[-1]) / (y_list[-1] @ y_list[-1])
    return _two_loops(grad, s_list, y_list, gamma)


@wrong("lbfgs_direction")
def direction_changes_grad(grad, s_list, y_list):
    """You write into the caller's gradient. `q = grad` is a second name and not a copy, and `-=` changes the array
    itself."""
    q, alphas = grad, []
    for s, y in zip(s_list[::-1], y_list[::-1], strict=True):
        alphas.append((s @ q) / (s @ y))
        q -= alphas[-1] * y
    r = _gamma(s_list, y_list) * q
    for s, y, alpha in zip(s_list, y_list, alphas[::-1], strict=True):
        r = r + (alpha - (y @ r) / (s @ y)) * s
    return -r


@wrong("lbfgs_direction")
def direction_reverses_the_lists(grad, s_list, y_list):
    """You turn the caller's lists around. `.reverse()` and `.pop()` change the list itself; `reversed(...)` only
    reads it."""
    gamma = _gamma(s_list, y_list)
    result = _two_loops(grad, list(s_list), list(y_list), gamma)
    s_list.reverse()
    y_list.reverse()
    return result


# ------------------------------------------------------------------------------------------------ lbfgs


def _search(f_and_grad, x, direction, grad):
    """Backtracking: the new point, its f and its gradient."""
    slope, t, f_x = grad @ direction, 1.0, f_and_grad(x)[0]
    if slope >= 0:
        raise ValueError("direction does not descend")
    while not f_and_grad(x + t * direction)[0] <= f_x + 1e-4 * t * slope:
        t /= 2
    new = x + t * direction
    return new, *f_and_grad(new)


def _direction(grad, pairs):
    s_list, y_list = [s for s, _ in pairs], [y for _, y in pairs]
    return _two_loops(grad, s_list, y_list, _gamma(s_list, y_list))


def _add(pairs, s, y, memory):
    return [*pairs, (s, y)][-memory:] if s @ y > 0 else []


@wrong("lbfgs")
def lbfgs_history_without_the_start(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """Your history begins with the first step. f at the start belongs in it: with n steps it has n + 1 entries."""
    x, (_, grad), history, pairs = x0, f_and_grad(x0), [], []
    for _ in range(steps):
        if np.linalg.norm(grad) <= tol:
            break
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_history_lags(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """Your history lacks the last point. You write down f before each step, so after the last step f is missing."""
    x, (f, grad), history, pairs = x0, f_and_grad(x0), [], []
    for _ in range(steps):
        if np.linalg.norm(grad) <= tol:
            break
        history.append(f)
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
    return x, history or [f]


@wrong("lbfgs")
def lbfgs_returns_x_only(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You return x alone. Two things are asked for: x and the history of f."""
    x, (_, grad), pairs = x0, f_and_grad(x0), []
    for _ in range(steps):
        if np.linalg.norm(grad) <= tol:
            break
        new, _, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
    return x


@wrong("lbfgs")
def lbfgs_history_of_points(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """Your history holds the points. Asked for is f at each of them, a list of numbers."""
    x, (_, grad), history, pairs = x0, f_and_grad(x0), [x0], []
    for _ in range(steps):
        if np.linalg.norm(grad) <= tol:
            break
        new, _, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(x)
    return x, history


@wrong("lbfgs")
def lbfgs_looks_after_the_step(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You make a first step before you look at the gradient. A start that is already a minimum has no direction that
    descends: ask first."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    for _ in range(steps):
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
        if np.linalg.norm(grad) <= tol:
            break
    return x, history


@wrong("lbfgs")
def lbfgs_stops_when_f_stops(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You stop when f hardly changes. In a long flat valley it hardly changes far from the minimum: asked for is the
    norm of the gradient."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    for _ in range(steps):
        if np.linalg.norm(grad) == 0:
            break
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
        if history[-2] - history[-1] <= tol:
            break
    return x, history


@wrong("lbfgs")
def lbfgs_squared_norm(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You compare the square of the norm with tol. Below 1 the square is smaller, so you stop too early; above 1 too
    late."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while grad @ grad > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_largest_entry(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You compare the largest entry of the gradient with tol. The norm counts all entries, so yours stops earlier.
    (Some libraries do as you do; graded is the norm.)"""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.abs(grad).max() > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_strictly_below_tol(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You go on where the norm is equal to tol. At a minimum with tol=0 both are 0, and no direction descends: at most
    means <=."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while not np.linalg.norm(grad) < tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_ignores_steps(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You go on until tol is reached, however long it takes. `steps` is a limit, and with steps=0 nothing moves."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_a_step_too_few(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You make one step fewer than allowed. `steps` counts the steps, and the history has one entry more than
    that."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) < steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_keeps_all_pairs(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You keep every pair that you ever saw. The L is for limited: only the last `memory` pairs are used."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, 10**6)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_a_pair_too_many(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You keep memory + 1 pairs. Look at when the oldest one goes: before or after the newest has come in?"""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, new_grad - grad, memory + 1)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_keeps_the_oldest(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """When the memory is full, you refuse the new pairs. The old ones tell of places that you have long left: they
    have to go."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        if len(pairs) < memory:
            pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_without_pairs(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You never learn any curvature: every step goes along minus the gradient. Either no pair is stored, or each has
    the wrong sign, s . y below 0, and is refused. y is the new gradient minus the old one."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = _add(pairs, new - x, grad - new_grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_stores_every_pair(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You also store pairs with s . y <= 0. They say that f curves down or not at all, the direction comes out uphill
    or infinite, and the search fails. Leave them out."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        pairs = [*pairs, (new - x, new_grad - grad)][-memory:]
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_full_steps(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You always take the whole step. Far from the minimum, and at the first step, it is much too long: a line search
    has to look at f."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new = x + _direction(grad, pairs)
        f, new_grad = f_and_grad(new)
        pairs = _add(pairs, new - x, new_grad - grad, memory)
        x, grad = new, new_grad
        history.append(f)
    return x, history


@wrong("lbfgs")
def lbfgs_moves_x0(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """You move the caller's x0. `x = x0` is a second name and not a copy, and `+=` changes the array itself."""
    x, (f, grad), pairs = x0, f_and_grad(x0), []
    history = [f]
    while np.linalg.norm(grad) > tol and len(history) <= steps:
        new, f, new_grad = _search(f_and_grad, x, _direction(grad, pairs), grad)
        s = new - x
        x += s
        f, new_grad = f_and_grad(x)
        pairs = _add(pairs, s, new_grad - grad, memory)
        grad = new_grad
        history.append(f)
    return x, history
