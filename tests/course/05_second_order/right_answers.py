"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import math
from collections import deque

import numpy as np

from autograder.checking import right

# ------------------------------------------------------------------------------------------- newton_step


@right("newton_step")
def newton_inverts(g, H):
    """Forms the inverse after all: its values are right."""
    if np.linalg.matrix_rank(H) != H.shape[0]:
        raise ValueError("The hessian has not full rank.")
    return (np.linalg.inv(H) @ -g).astype(g.dtype)


@right("newton_step")
def newton_by_eigenvectors(grad, hessian):
    """Solves in the Hessian's own axes; the rank by its singular values."""
    curvatures, axes = np.linalg.eigh(hessian)
    size = np.abs(curvatures)
    if size.min() <= size.max() * len(grad) * np.finfo(hessian.dtype).eps:
        raise ValueError("hessian: some curvature is 0")
    return -axes @ ((axes.T @ grad) / curvatures)


@right("newton_step")
def newton_by_elimination(grad, hessian):
    """Gauss's elimination with a pivot, in plain loops."""
    n = len(grad)
    if np.linalg.matrix_rank(hessian) < n:
        raise ValueError(f"`hessian` is singular ({n} dimensions)")
    A, b = hessian.copy(), -grad
    for i in range(n):
        p = i + int(np.argmax(np.abs(A[i:, i])))
        A[[i, p]], b[[i, p]] = A[[p, i]], b[[p, i]]
        for j in range(i + 1, n):
            ratio = A[j, i] / A[i, i]
            A[j] -= ratio * A[i]
            b[j] -= ratio * b[i]
    step = np.zeros_like(grad)
    for i in reversed(range(n)):
        step[i] = (b[i] - A[i, i + 1 :] @ step[i + 1 :]) / A[i, i]
    return step


# ------------------------------------------------------------------------------------------ backtracking


@right("backtracking")
def backtracking_counts_powers(func, point, p, g, *, t=1.0, c=1e-4, shrink=0.5):
    """Other names, and powers of shrink."""
    slope = np.sum(g * p)
    if slope >= 0:
        raise ValueError("The direction must go down.")
    start = func(point)
    k = 0
    while True:
        length = t * shrink**k
        value = func(point + length * p)
        if not math.isnan(value) and value <= start + c * length * slope:
            return length
        k += 1


@right("backtracking")
def backtracking_takes_the_difference(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """The condition written as a difference, the slope by a loop, a NumPy number comes back."""
    slope = 0.0
    for a, b in zip(grad, direction, strict=True):
        slope += a * b
    if not slope < 0:
        raise ValueError(f"direction: slope {slope}")
    length = np.float64(t)
    while True:
        gain = f(x + length * direction) - f(x)
        if gain <= c * length * slope:
            break
        length = length * shrink
    return length


@right("backtracking")
def backtracking_calls_itself(f, x, direction, grad, *, t=1.0, c=1e-4, shrink=0.5):
    """Recursion, one call a trial."""
    if np.dot(grad, direction) >= 0:
        raise ValueError("no descent along `direction`")
    if f(x + t * direction) <= f(x) + c * t * np.dot(grad, direction):
        return float(t)
    return backtracking_calls_itself(f, x, direction, grad, t=t * shrink, c=c, shrink=shrink)


# ---------------------------------------------------------------------------------------- hessian_bytes


@right("hessian_bytes")
def bytes_by_repeated_adding(n, dtype="float64"):
    """The size of one entry from an array of it."""
    one = np.zeros(1, dtype=dtype).nbytes
    n = int(n)
    return n * n * one


@right("hessian_bytes")
def bytes_with_objects(num_params, dtype="float64"):
    """Python's own power, of an int made by its index."""
    return pow(num_params.__index__(), 2) * np.empty((), dtype).itemsize


@right("hessian_bytes")
def bytes_from_the_type(num_params, dtype="float64"):
    """By way of math.prod."""
    return math.prod([int(num_params), int(num_params), int(np.dtype(dtype).itemsize)])


# ------------------------------------------------------------------------------------------ bfgs_update


@right("bfgs_update")
def bfgs_expanded(H, step, change):
    """Multiplied out: no V, and D^2 work."""
    sy = step @ change
    if not sy > 0:
        return H.copy()
    Hy = H @ change
    return H + (sy + change @ Hy) / sy**2 * np.outer(step, step) - (np.outer(Hy, step) + np.outer(step, Hy)) / sy


@right("bfgs_update")
def bfgs_by_loops(H, s, y):
    """Entry by entry."""
    n = len(s)
    rho = 0.0
    for i in range(n):
        rho += s[i] * y[i]
    if rho <= 0:
        return H
    rho = 1 / rho
    new = np.zeros_like(H)
    for i in range(n):
        for j in range(n):
            total = rho * s[i] * s[j]
            for k in range(n):
                for m in range(n):
                    total += ((k == i) - rho * y[k] * s[i]) * H[k, m] * ((m == j) - rho * y[m] * s[j])
            new[i, j] = total
    return new


@right("bfgs_update")
def bfgs_with_columns(H, s, y):
    """Vectors as columns, `@` for the outer products, made symmetric at the end."""
    s, y = s.reshape(-1, 1), y.reshape(-1, 1)
    sy = float((y.T @ s)[0, 0])
    if sy <= 0.0:
        return np.array(H)
    left = np.identity(len(s)).astype(H.dtype) - (s @ y.T) / sy
    new = left @ H @ left.T
    new += s @ s.T / sy
    return (new + new.T) / 2


# -------------------------------------------------------------------------------------- lbfgs_direction


@right("lbfgs_direction")
def direction_by_the_matrix(grad, s_list, y_list):
    """With the matrix that the two loops avoid."""
    if len(s_list) == 0:
        return -grad
    gamma = np.dot(s_list[-1], y_list[-1]) / np.dot(y_list[-1], y_list[-1])
    H = (gamma * np.eye(grad.size)).astype(grad.dtype)
    for s, y in zip(s_list, y_list, strict=True):
        H = bfgs_expanded(H, s, y)
    return -(H @ grad)


@right("lbfgs_direction")
def direction_by_index(gradient, steps, changes):
    """With indices and arrays made beforehand, in place on a copy."""
    m = len(steps)
    q = np.array(gradient)
    alpha = np.zeros(m, dtype=gradient.dtype)
    rho = [1.0 / np.dot(steps[i], changes[i]) for i in range(m)]
    for i in range(m - 1, -1, -1):
        alpha[i] = rho[i] * np.dot(steps[i], q)
        q -= alpha[i] * changes[i]
    if m > 0:
        q *= np.dot(steps[m - 1], changes[m - 1]) / np.dot(changes[m - 1], changes[m - 1])
    for i in range(m):
        q += (alpha[i] - rho[i] * np.dot(changes[i], q)) * steps[i]
    return np.negative(q)


@right("lbfgs_direction")
def direction_by_recursion(grad, s_list, y_list):
    """H_new v = V^T H (V v) + rho s (s.v), called for ever older pairs."""

    def product(v, n, gamma):
        if n == 0:
            return gamma * v
        s, y = s_list[n - 1], y_list[n - 1]
        rho = 1 / (s @ y)
        inner = product(v - rho * (s @ v) * y, n - 1, gamma)
        return inner - rho * (y @ inner) * s + rho * (s @ v) * s

    if not s_list:
        return grad * -1
    s, y = s_list[-1], y_list[-1]
    return -product(grad, len(s_list), (s @ y) / (y @ y))


# ------------------------------------------------------------------------------------------------ lbfgs


@right("lbfgs")
def lbfgs_keeps_old_pairs(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """Skips a pair with s.y <= 0 and keeps the older ones; lists that pop; a loop with a break."""
    x = x0.copy()
    f, g = f_and_grad(x)
    history, s_list, y_list = [f], [], []
    for _ in range(steps):
        if math.sqrt(np.sum(g**2)) <= tol:
            break
        p = direction_by_index(g, s_list, y_list)
        t = backtracking_takes_the_difference(lambda z: f_and_grad(z)[0], x, p, g)
        x_new = x + float(t) * p
        f, g_new = f_and_grad(x_new)
        s, y = x_new - x, g_new - g
        if s.dot(y) > 0:
            s_list.append(s)
            y_list.append(y)
            if len(s_list) > memory:
                s_list.pop(0)
                y_list.pop(0)
        x, g = x_new, g_new
        history.append(float(f))
    return x, history


@right("lbfgs")
def lbfgs_with_wolfe(fun, start, *, memory=10, steps=100, tol=1e-8):
    """A line search by bisection for the weak conditions of Wolfe, which also lengthens."""
    x, (f, g) = start, fun(start)
    history, s_list, y_list = [f], (), ()
    for _ in range(steps):
        if np.linalg.norm(g) <= tol:
            return x, history
        p = direction_by_the_matrix(g, s_list, y_list)
        low, high, t = 0.0, math.inf, 1.0
        for _ in range(60):
            f_new, g_new = fun(x + t * p)
            if not f_new <= f + 1e-4 * t * (g @ p):
                high = t
            elif g_new @ p < 0.9 * (g @ p):
                low = t
            else:
                break
            t = 2 * low if math.isinf(high) else (low + high) / 2
        if (t * p) @ (g_new - g) > 0:
            s_list, y_list = (*s_list, t * p)[-memory:], (*y_list, g_new - g)[-memory:]
        x, f, g = x + t * p, f_new, g_new
        history += [f]
    return x, history


@right("lbfgs")
def lbfgs_with_a_scaled_first_step(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """The first step has length 1 at most; a tuple and an array for the history; asks f again for each point."""
    x, pairs, history = np.array(x0), [], np.array([])
    while True:
        f, g = f_and_grad(x)
        history = np.append(history, f)
        if np.sqrt(g @ g) <= tol or history.size > steps:
            return x, history
        p = direction_by_recursion(g, [s for s, _ in pairs], [y for _, y in pairs])
        t = 1.0 if pairs else min(1.0, 1 / float(np.linalg.norm(g)))
        while not f_and_grad(x + t * p)[0] < f:
            t *= 0.3
            if t < 1e-18:
                return x, history
        s = t * p
        y = f_and_grad(x + s)[1] - g
        pairs = [*pairs, (s, y)] if s @ y > 0 else []
        pairs = pairs[max(0, len(pairs) - memory) :]
        x = x + s


@right("lbfgs")
def lbfgs_with_an_exact_search(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """Finds the first minimum along the direction by bisecting the slope."""
    x, (f, g) = x0, f_and_grad(x0)
    history, s_list, y_list = [f], [], []
    while len(history) <= steps and np.linalg.norm(g) > tol:
        p = direction_by_index(g, s_list, y_list)
        low, high, t = 0.0, None, 1.0
        for _ in range(40):
            f_t, g_t = f_and_grad(x + t * p)
            if not f_t <= f or g_t @ p > 0:
                high = t
            else:
                low = t
            t = 2 * t if high is None else (low + high) / 2
        t = low or t
        f_new, g_new = f_and_grad(x + t * p)
        if (t * p) @ (g_new - g) > 0:
            s_list, y_list = [*s_list, t * p][-memory:], [*y_list, g_new - g][-memory:]
        x, f, g = x + t * p, f_new, g_new
        history.append(f)
    return x, history


@right("lbfgs")
def lbfgs_in_place_on_copies(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
    """Moves a copy of x0 and writes into the gradient that it was given; a deque for the memory."""
    x, pairs, history = np.copy(x0), deque(maxlen=memory), []
    for step in range(steps + 1):
        f, g = f_and_grad(x)
        history.append(f)
        if not np.sum(g * g) > tol**2 or step == steps:
            break
        p = direction_by_recursion(g, [s for s, _ in pairs], [y for _, y in pairs])
        p *= backtracking_calls_itself(lambda z: f_and_grad(z)[0], x, p, g)
        x += p
        g -= f_and_grad(x)[1]
        g *= -1
        if p @ g > 0:
            pairs.append((p, g))
        else:
            pairs.clear()
    return x, history
