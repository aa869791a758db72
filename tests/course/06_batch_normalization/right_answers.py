"""Right answers that look unlike the answer key, as students write them: every one has to pass.

A backward works with the answer key's forward, so these share its cache: deviations, std, x_hat, gamma. Pairs with
caches of their own are in `test_06_oracles.py`.
"""

import math

import numpy as np

from autograder.checking import right

# ------------------------------------------------------------------------------------- batchnorm_forward


@right("batchnorm_forward")
def forward_with_loops(X, g, b, state, *, training, momentum=0.9, eps=1e-5):
    """One feature after the other, with plain Python numbers."""
    n, d = X.shape
    out = np.empty_like(X)
    mean, var = np.zeros_like(b), np.ones_like(b)
    if state is not None:
        mean[:], var[:] = state["mean"], state["var"]
    for j in range(d):
        column = [float(v) for v in X[:, j]]
        mu, v = float(mean[j]), float(var[j])
        if training:
            mu = math.fsum(column) / n
            v = math.fsum((c - mu) ** 2 for c in column) / n
            mean[j] = momentum * mean[j] + (1 - momentum) * mu
            var[j] = momentum * var[j] + (1 - momentum) * v
        for i in range(n):
            out[i, j] = g[j] * (column[i] - mu) / math.sqrt(v + eps) + b[j]
    return out, {"everything": (X, g)}, {"var": var, "mean": mean}


@right("batchnorm_forward")
def forward_as_scale_and_shift(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Two cases apart; the average as old + (1 - momentum) * (new - old); a list comes back, and a key more."""
    dtype = x.dtype
    if state:
        mean, var = state["mean"].copy(), state["var"].copy()
    else:
        mean, var = np.zeros(x.shape[1], dtype), np.ones(x.shape[1], dtype)
    if not training:
        scale = gamma / (var + eps) ** 0.5
        return [(x - mean) * scale + beta, None, {"mean": mean, "var": var, "steps": 0}]
    mu = np.sum(x, axis=0, keepdims=True) / len(x)
    deviations = x - mu
    v = np.einsum("ij,ij->j", deviations, deviations) / len(x)
    mean += (1 - momentum) * (mu[0] - mean)
    var += (1 - momentum) * (v - var)
    return [beta + gamma * deviations / np.sqrt(v + eps), (deviations, v), {"mean": mean, "var": var, "steps": 1}]


@right("batchnorm_forward")
def forward_with_the_transpose(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Features as rows; a state of its own, made clumsily."""
    new_state = {}
    for key, start in (("mean", 0.0), ("var", 1.0)):
        new_state[key] = np.full_like(gamma, start) if state is None else np.array(state[key])
    features = x.T
    if training:
        means = np.array([row.mean() for row in features], dtype=x.dtype)
        variances = np.array([np.std(row) ** 2 for row in features], dtype=x.dtype)
        new_state["mean"] = new_state["mean"] * momentum + means * (1 - momentum)
        new_state["var"] = new_state["var"] * momentum + variances * (1 - momentum)
    else:
        means, variances = new_state["mean"], new_state["var"]
    x_hat = ((features - means[:, None]) * (1 / np.sqrt(variances + eps))[:, None]).T
    return x_hat * gamma + beta, [x_hat, variances], new_state


@right("batchnorm_forward")
def forward_with_welford(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Mean and variance in one pass that is stable; in place on a copy."""
    state = {"mean": np.zeros_like(x[0]), "var": np.ones_like(x[0])} if state is None else dict(state)
    mean, m2 = np.zeros_like(x[0]), np.zeros_like(x[0])
    for k, row in enumerate(x, 1):
        delta = row - mean
        mean = mean + delta / k
        m2 = m2 + delta * (row - mean)
    var = m2 / len(x)
    if training:
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
    out = x.copy()
    out -= mean
    out /= np.sqrt(var + eps)
    out *= gamma
    out += beta
    return out, out, state


# -------------------------------------------------- batchnorm_backward and batchnorm_backward_fast: the same


def entry_by_entry(dout, cache):
    """Every entry of dx as a sum over the whole column: the Jacobian, with loops."""
    _centred, std, x_hat, gamma = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for j in range(d):
        for i in range(n):
            dgamma[j] += dout[i, j] * x_hat[i, j]
            dbeta[j] += dout[i, j]
            for k in range(n):
                slope = ((i == k) - 1 / n - x_hat[i, j] * x_hat[k, j] / n) / std[j]
                dx[i, j] += dout[k, j] * gamma[j] * slope
    return dx, dgamma, dbeta


def by_the_slide(grad_out, saved):
    """As the paper's section 3 writes it: dx_hat, dvar, dmean with both of its terms, then dx."""
    c, s, x_hat, gamma = saved
    m = grad_out.shape[0]
    dx_hat = grad_out * gamma
    dvar = np.sum(dx_hat * c * -0.5 * s**-3, axis=0)
    dmean = np.sum(-dx_hat / s, axis=0) + dvar * np.sum(-2 * c, axis=0) / m
    dx = dx_hat / s + dvar * 2 * c / m + dmean / m
    return [dx, np.einsum("ij,ij->j", grad_out, x_hat), np.sum(grad_out, 0)]


def with_inverse_std(dout, cache):
    """The graph with a node 1/s, as in a well-known blog post: nine small steps."""
    xmu, sqrtvar, xhat, gamma = cache
    n, d = dout.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    divar = np.sum(dxhat * xmu, axis=0)
    dxmu1 = dxhat / sqrtvar
    dsqrtvar = -1 / sqrtvar**2 * divar
    dvar = 0.5 / sqrtvar * dsqrtvar
    dsq = np.ones((n, d), dtype=dout.dtype) * dvar / n
    dxmu2 = 2 * xmu * dsq
    dx1 = dxmu1 + dxmu2
    dmu = -1 * np.sum(dx1, axis=0)
    dx2 = np.ones((n, d), dtype=dout.dtype) * dmu / n
    return dx1 + dx2, dgamma, dbeta


def n_times(dout, cache):
    """The formula with N in front."""
    _, std, x_hat, gamma = cache
    n = len(dout)
    dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
    return gamma / (n * std) * (n * dout - dbeta - x_hat * dgamma), dgamma, dbeta


def as_projections(dout, cache):
    """Takes away the parts along 1 and along x_hat, with a copy that is changed in place."""
    _, std, x_hat, gamma = cache
    dx = dout.copy()
    dx *= gamma
    along = (dx * x_hat).mean(axis=0)
    dx -= dx.mean(axis=0)
    dx -= along * x_hat
    dx /= std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


def column_by_column(dout, cache):
    """One feature after the other, with dot products, stacked in the end."""
    _, std, x_hat, gamma = cache
    columns, dgamma, dbeta = [], [], []
    for d, xh, s, g in zip(dout.T, x_hat.T, std, gamma, strict=True):
        dgamma.append(d @ xh)
        dbeta.append(d.sum())
        columns.append(g / s * (d - d.mean() - xh * (d @ xh) / len(d)))
    return np.stack(columns, axis=1), np.array(dgamma), np.array(dbeta)


def both(function):
    """Two right answers of one, for the walk through the graph and for the formula; named as they are kept below."""

    def of(exercise, ending):
        def answer(dout, cache):
            return function(dout, cache)

        answer.__name__ = f"{function.__name__}_{ending}"
        return right(exercise)(answer)

    return of("batchnorm_backward", "graph"), of("batchnorm_backward_fast", "fast")


entry_by_entry_graph, entry_by_entry_fast = both(entry_by_entry)
by_the_slide_graph, by_the_slide_fast = both(by_the_slide)
with_inverse_std_graph, with_inverse_std_fast = both(with_inverse_std)
n_times_graph, n_times_fast = both(n_times)
as_projections_graph, as_projections_fast = both(as_projections)
column_by_column_graph, column_by_column_fast = both(column_by_column)


# ---------------------------------------------------------------------------------------- fold_batchnorm


@right("fold_batchnorm")
def fold_with_a_diagonal_matrix(W, bias, g, be, m, v, eps=1e-5):
    """Batch norm as a matrix."""
    scale = np.diag(g / np.sqrt(v + eps)).astype(W.dtype)
    return W @ scale, bias @ scale - m @ scale + be


@right("fold_batchnorm")
def fold_with_loops(w, b, gamma, beta, mean, var, eps=1e-5):
    """Output by output, on copies."""
    w, b = w.copy(), b.copy()
    for j in range(w.shape[1]):
        a = float(gamma[j]) / math.sqrt(float(var[j]) + eps)
        for i in range(w.shape[0]):
            w[i, j] *= a
        b[j] = a * b[j] + (beta[j] - a * mean[j])
    return [w, b]


@right("fold_batchnorm")
def fold_by_asking(w, b, gamma, beta, mean, var, eps=1e-5):
    """Sends 0 and the unit vectors through both layers, and reads the layer off."""

    def layers(x):
        return gamma * (x @ w + b - mean) * (var + eps) ** -0.5 + beta

    bias = layers(np.zeros((1, len(w)), dtype=w.dtype))[0]
    return w * (gamma * (var + eps) ** -0.5), bias


# -------------------------------------------------------------------------------------------- layer norm


@right("layernorm_forward")
def layer_forward_with_loops(x, gamma, beta, eps=1e-5):
    """Row by row, entry by entry."""
    out, x_hat, std = np.empty_like(x), np.empty_like(x), np.empty((len(x), 1), dtype=x.dtype)
    for i, row in enumerate(x.tolist()):
        mean = math.fsum(row) / len(row)
        s = math.sqrt(math.fsum((v - mean) ** 2 for v in row) / len(row) + eps)
        std[i] = s
        for j, v in enumerate(row):
            x_hat[i, j] = (v - mean) / s
            out[i, j] = gamma[j] * x_hat[i, j] + beta[j]
    return out, (x_hat, std, gamma)


@right("layernorm_forward")
def layer_forward_by_the_transpose(a, g, b, eps=1e-5):
    """Batch norm on the transpose; a list comes back."""
    t = a.T
    std = np.sqrt(t.var(axis=0) + eps)
    x_hat = ((t - t.mean(axis=0)) / std).T
    return [x_hat * g + b, (x_hat, std[:, None], g)]


@right("layernorm_forward")
def layer_forward_in_place(x, gamma, beta, eps=1e-5):
    """On a copy."""
    x_hat = np.array(x)
    x_hat -= np.average(x_hat, axis=1)[:, None]
    std = ((x_hat * x_hat).sum(1, keepdims=True) / x.shape[1] + eps) ** 0.5
    x_hat /= std
    return np.add(np.multiply(gamma, x_hat), beta), (x_hat, std, gamma)


@right("layernorm_backward")
def layer_backward_by_the_graph(dout, cache):
    """Node by node."""
    x_hat, std, gamma = cache
    d = dout.shape[1]
    centred = x_hat * std
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=1, keepdims=True) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / d
    dx = dcentred - dcentred.sum(axis=1, keepdims=True) / d
    return dx, np.einsum("ij,ij->j", dout, x_hat), np.einsum("ij->j", dout)


@right("layernorm_backward")
def layer_backward_row_by_row(upstream, saved):
    """With the matrix of all slopes of one row."""
    x_hat, std, gamma = saved
    d = x_hat.shape[1]
    rows = []
    for g, h, s in zip(upstream, x_hat, std, strict=True):
        slopes = (np.eye(d, dtype=h.dtype) - 1 / d - np.outer(h, h) / d) / s
        rows.append(slopes @ (gamma * g))
    return [np.array(rows), sum(upstream * x_hat), sum(upstream)]


@right("layernorm_backward")
def layer_backward_times_d(dout, cache):
    """The formula with D in front."""
    x_hat, std, gamma = cache
    d, g = dout.shape[1], gamma * dout
    inside = d * g - g.sum(1)[:, None] - x_hat * (g * x_hat).sum(1)[:, None]
    return inside / (d * std), (x_hat * dout).sum(0), dout.sum(0)
