"""Right answers that look unlike the answer key, as students write them: every one has to pass.

The function of a pair works with the answer key's other one, so these share its caches. Pairs with caches of their own
are in `test_07_oracles.py`.
"""

import itertools
import math

import numpy as np

from autograder.checking import right

# -------------------------------------------------------------------------------------------- l2_penalty


@right("l2_penalty")
def l2_in_one_vector(Ws, lam):
    """All weights as one long vector; numpy numbers come back."""
    long = np.concatenate([np.ravel(W) for W in Ws])
    return lam * (long @ long), [W * (2 * lam) for W in Ws]


@right("l2_penalty")
def l2_with_loops(weights, reg):
    """Entry by entry."""
    total, grads = 0.0, []
    for W in weights:
        g = np.zeros_like(W)
        for index in np.ndindex(W.shape):
            total += reg * float(W[index]) ** 2
            g[index] = reg * W[index] + reg * W[index]
        grads.append(g)
    return total, grads


@right("l2_penalty")
def l2_by_norms(weights, reg):
    """Squared norms; a tuple of gradients."""
    return reg * np.sum([np.linalg.norm(W) ** 2 for W in weights]), tuple(2.0 * reg * W.copy() for W in weights)


# ----------------------------------------------------------------------------------------------- dropout


def bad(p):
    if p <= 0 or p > 1:
        raise ValueError("p_keep is no probability to keep: " + str(p))


@right("dropout_forward")
def dropout_by_binomial(z, p, *, training, rng):
    """Coins by rng.binomial."""
    bad(p)
    if training:
        mask = rng.binomial(1, p, size=z.shape).astype(z.dtype)
        return z * mask, mask
    return z * p, p


@right("dropout_forward")
def dropout_by_where(x, p_keep, *, training, rng):
    """Coins by rng.uniform, the other way round; entries set to 0 in a copy."""
    bad(p_keep)
    if not training:
        return p_keep * x, p_keep
    dropped = rng.uniform(0.0, 1.0, x.shape) > p_keep
    out = x.copy()
    out[dropped] = 0
    return out, np.where(dropped, 0, 1).astype(x.dtype)


@right("dropout_forward")
def dropout_by_choice(x, p_keep, *, training, rng):
    """Coins by rng.choice, drawn as a flat list."""
    bad(p_keep)
    factor = p_keep
    if training:
        factor = rng.choice([0.0, 1.0], size=x.size, p=[1 - p_keep, p_keep]).reshape(x.shape).astype(x.dtype)
    return np.multiply(x, factor), factor


@right("dropout_forward")
def dropout_coin_by_coin(x, p_keep, *, training, rng):
    """A loop from the last entry to the first, and a draw at test time that is thrown away."""
    bad(p_keep)
    mask = np.zeros(x.size, dtype=x.dtype)
    for i in range(x.size - 1, -1, -1):
        if rng.random() < p_keep:
            mask[i] = 1
    mask = mask.reshape(x.shape)
    return (x * mask, mask) if training else (x * p_keep, p_keep)


@right("dropout_forward")
def dropout_transposed_draw(x, p_keep, *, training, rng):
    """Coins drawn in another order, from a child of the rng, in single precision; a boolean mask as the factor."""
    bad(p_keep)
    if not training:
        return x * p_keep, p_keep
    child = np.random.default_rng(rng.integers(2**63))
    mask = (child.standard_normal(x.T.shape) < math.sqrt(2) * _erfinv(2 * p_keep - 1)).T
    return x * mask, mask


def _erfinv(y):
    """By bisection."""
    low, high = -6.0, 6.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.erf(middle) < y else (low, middle)
    return low


@right("dropout_backward")
def dropout_backward_by_where(up, stored):
    """Zero where the factor is zero."""
    return np.where(np.equal(stored, 0), np.zeros_like(up), np.multiply(stored, up)).astype(up.dtype)


@right("dropout_backward")
def dropout_backward_on_a_copy(dout, cache):
    """In place, on a copy."""
    dx = dout.copy()
    dx *= cache
    return dx


@right("dropout_backward")
def dropout_backward_with_loops(dout, cache):
    """Entry by entry, a tuple of one."""
    factor = np.broadcast_to(np.asarray(cache), dout.shape)
    dx = np.empty_like(dout)
    for index in np.ndindex(dout.shape):
        dx[index] = dout[index] * factor[index]
    return (dx,)


# ------------------------------------------------------------------------------------- expected_activation


@right("expected_activation")
def expected_by_product(w, x, p_keep):
    """Masks by itertools, probabilities by math.prod."""
    bad(p_keep)
    total = 0
    for mask in itertools.product([True, False], repeat=len(w)):
        chance = math.prod(p_keep if kept else 1 - p_keep for kept in mask)
        total += chance * sum(wi * xi for wi, xi, kept in zip(w, x, mask, strict=True) if kept)
    return total


@right("expected_activation")
def expected_by_formula(weights, inputs, p):
    """The short formula."""
    if not (p > 0 and p <= 1):
        raise ValueError("bad p_keep")
    return p * np.dot(weights, inputs)


@right("expected_activation")
def expected_by_recursion(w, x, p_keep):
    """The first input is kept or dropped, then the rest."""
    bad(p_keep)
    if len(w) == 0:
        return 0.0
    rest = expected_by_recursion(w[1:], x[1:], p_keep)
    return p_keep * (w[0] * x[0] + rest) + (1 - p_keep) * rest


# ---------------------------------------------------------------------------------------- inverted_dropout


@right("inverted_dropout_forward")
def inverted_by_binomial(z, p, *, training, rng):
    """Coins by rng.binomial, the division last."""
    bad(p)
    if training:
        mask = rng.binomial(1, p, size=z.shape)
        return (z * mask / p).astype(z.dtype), (mask / p).astype(z.dtype)
    return z.copy(), 1.0


@right("inverted_dropout_forward")
def inverted_same_object_at_test_time(x, p_keep, *, training, rng):
    """At test time x itself comes back; coins by rng.uniform."""
    bad(p_keep)
    if not training:
        return x, np.ones_like(x)
    keep = rng.uniform(size=x.shape) >= 1 - p_keep
    factor = np.zeros_like(x)
    factor[keep] = 1 / p_keep
    return factor * x, factor


@right("inverted_dropout_forward")
def inverted_row_by_row(x, p_keep, *, training, rng):
    """A list of rows, stacked."""
    bad(p_keep)
    if not training:
        return x + 0, 1
    rows = [(rng.random(np.shape(row)) < p_keep) * np.ones_like(row) / p_keep for row in x]
    factor = np.stack(rows).astype(x.dtype)
    return x * factor, factor


@right("inverted_dropout_backward")
def inverted_backward_by_multiply(up, stored):
    """By np.multiply."""
    return np.multiply(up, stored)


@right("inverted_dropout_backward")
def inverted_backward_by_where(dout, cache):
    """Zero where nothing was kept, else scaled."""
    factor = np.asarray(cache, dtype=dout.dtype)
    return np.where(factor > 0, dout * factor, 0).astype(dout.dtype)


@right("inverted_dropout_backward")
def inverted_backward_on_a_copy(dout, cache):
    """In place, on a copy."""
    dx = np.array(dout)
    dx *= cache
    return dx


# --------------------------------------------------------------------------------------------- dropconnect


@right("dropconnect_forward")
def dropconnect_by_binomial(X, W, bias, p, *, training, rng):
    """Coins by rng.binomial, the division after the product."""
    bad(p)
    if not training:
        return np.dot(X, W) + bias, (X, W, 1.0)
    mask = rng.binomial(1, p, W.shape).astype(W.dtype)
    return np.dot(X, W * mask) / p + bias, (X, W * mask / p, mask / p)


@right("dropconnect_forward")
def dropconnect_by_where(x, w, b, p_keep, *, training, rng):
    """Weights in use by np.where, the sum by einsum."""
    bad(p_keep)
    coins = rng.uniform(size=w.shape[::-1]).T
    kept = coins < p_keep if training else np.ones(w.shape, bool)
    factor = np.where(kept, 1 / p_keep if training else 1.0, 0.0).astype(w.dtype)
    used = w * factor
    return np.einsum("nd,dm->nm", x, used) + b, (x, used, factor)


@right("dropconnect_forward")
def dropconnect_example_by_example(x, w, b, p_keep, *, training, rng):
    """One mask, then a loop over the examples."""
    bad(p_keep)
    used, factor = w.copy(), np.ones_like(w)
    if training:
        for index in np.ndindex(w.shape):
            factor[index] = 1 / p_keep if rng.random() <= p_keep else 0
        used = used * factor
    return np.stack([row @ used + b for row in x]), (x, used, factor)


@right("dropconnect_backward")
def dropconnect_backward_by_einsum(up, stored):
    """By einsum; a list comes back."""
    x, used, factor = stored
    return [np.einsum("nm,dm->nd", up, used), factor * np.einsum("nd,nm->dm", x, up), np.einsum("nm->m", up)]


@right("dropconnect_backward")
def dropconnect_backward_example_by_example(dout, cache):
    """A loop over the examples."""
    x, used, factor = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(used), np.zeros_like(dout[0])
    for n in range(len(x)):
        dx[n] = used @ dout[n]
        dw += np.outer(x[n], dout[n]) * factor
        db += dout[n]
    return dx, dw, db


@right("dropconnect_backward")
def dropconnect_backward_with_ones(dout, cache):
    """db as a product with a row of ones."""
    x, used, factor = cache
    return (used @ dout.T).T, np.dot(x.T, dout) * factor, np.ones(len(dout), dout.dtype) @ dout


# -------------------------------------------------------------------------------------- mc_dropout_predict


@right("mc_dropout_predict")
def mc_by_running_sums(f, X, S, generator):
    """Running mean and sum of squares, by Welford."""
    mean, squares = 0.0, 0.0
    for s in range(1, S + 1):
        out = f(X, generator)
        step = out - mean
        mean = mean + step / s
        squares = squares + step * (out - mean)
    return mean, np.sqrt(squares / S)


@right("mc_dropout_predict")
def mc_by_a_list(forward, x, samples, rng):
    """A list of arrays, and the definition of the standard deviation."""
    outs = []
    while len(outs) < samples:
        outs.append(forward(x.copy(), rng))
    mean = sum(outs) / samples
    return [mean, (sum((o - mean) ** 2 for o in outs) / samples) ** 0.5]


@right("mc_dropout_predict")
def mc_last_axis(forward, x, samples, rng):
    """Stacked along the last axis; each call with a generator that rng seeds."""
    seeds = rng.integers(2**32, size=samples)
    outs = np.stack([forward(x, np.random.default_rng(seed)) for seed in seeds], axis=-1)
    return np.mean(outs, axis=-1), np.std(outs, axis=-1)


# ----------------------------------------------------------------------------------------- linear_survival


@right("linear_survival")
def survival_by_linspace(L, p):
    """A line from 1, whose start is left out."""
    if p <= 0 or p > 1:
        raise ValueError("p_last must be a probability")
    return np.linspace(1, p, L + 1)[1:]


@right("linear_survival")
def survival_by_a_loop(num_blocks, p_last):
    """Block by block."""
    if not 0.0 < p_last <= 1.0:
        raise ValueError(f"{p_last=}")
    return np.array([1.0 - (ell + 1) / num_blocks * (1.0 - p_last) for ell in range(num_blocks)])


@right("linear_survival")
def survival_by_sums(num_blocks, p_last):
    """The same amount less each time."""
    if not 0.0 < p_last <= 1.0:
        raise ValueError("P_LAST?")
    return 1 - np.cumsum(np.full(num_blocks, (1 - p_last) / num_blocks))


# -------------------------------------------------------------------------------- stochastic_depth_forward


def bad_survival(survival):
    if np.any(np.asarray(survival) <= 0) or np.any(np.asarray(survival) > 1):
        raise ValueError("every survival must be above 0 and at most 1")


@right("stochastic_depth_forward")
def depth_by_coins_first(h, fs, s, *, training, rng):
    """All coins at once; a skipped block is computed and multiplied by 0."""
    bad_survival(s)
    weights = rng.binomial(1, s).astype(h.dtype) if training else s
    for f, weight in zip(fs, weights, strict=True):
        h = h + weight * f(h)
    return h


@right("stochastic_depth_forward")
def depth_by_index(x, blocks, survival, *, training, rng):
    """With an index, on a copy, the skip first."""
    bad_survival(survival)
    out = x.copy()
    for i in range(len(blocks)):
        if training and rng.uniform() > survival[i]:
            continue
        change = blocks[i](out)
        out += change if training else change * survival[i]
    return out


@right("stochastic_depth_forward")
def depth_by_recursion(x, blocks, survival, *, training, rng):
    """The first block, then the rest."""
    bad_survival(survival)
    if len(blocks) == 0:
        return x
    weight = rng.choice([0, 1], p=[1 - survival[0], survival[0]]) if training else survival[0]
    x = x + blocks[0](x) * x.dtype.type(weight)
    return depth_by_recursion(x, blocks[1:], survival[1:], training=training, rng=rng)
