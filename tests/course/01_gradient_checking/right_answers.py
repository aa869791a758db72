"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import math

import numpy as np

from autograder.checking import right

# ---------------------------------------------------------------------------------------- relative_error


@right("relative_error")
def error_by_loops(first, second):
    """A loop that keeps the worst, careful with NaN."""
    if np.shape(first) != np.shape(second):
        raise ValueError(f"a has shape {first.shape}, but b has shape {second.shape}")
    worst = 0.0
    for p, q in zip(first.flat, second.flat, strict=True):
        error = abs(p - q) / max(1e-8, abs(p) + abs(q))
        if math.isnan(error):
            return float("nan")
        worst = max(worst, error)
    return worst


@right("relative_error")
def error_with_where(a, b):
    """The floor by np.where; an np.float64 comes out."""
    if a.shape != b.shape:
        raise ValueError("the shapes of a and b differ")
    total = np.abs(a) + np.abs(b)
    total = np.where(total < 1e-8, 1e-8, total)
    return (np.abs(a - b) / total).max()


@right("relative_error")
def error_flattened(a, b):
    """On flat copies, in place; a 0-d array comes out."""
    if a.ndim != b.ndim or any(m != n for m, n in zip(a.shape, b.shape, strict=True)):
        raise ValueError("A and B do not fit")
    difference = np.array(a).ravel()
    difference -= b.ravel()
    np.abs(difference, out=difference)
    difference /= np.clip(np.abs(a.ravel()) + np.abs(b.ravel()), 1e-8, None)
    return np.asarray(np.amax(difference))


# ------------------------------------------------------------------------------------ numerical_gradient


@right("numerical_gradient")
def numeric_on_copies(function, point, step=1e-5):
    """Two fresh copies for each entry."""
    grad = np.zeros(point.shape)
    for place in range(point.size):
        i = np.unravel_index(place, point.shape)
        up, down = point.copy(), point.copy()
        up[i] += step
        down[i] -= step
        grad[i] = (function(up) - function(down)) / (2 * step)
    return grad


@right("numerical_gradient")
def numeric_with_nditer(f, x, h=1e-5):
    """In place, with np.nditer as in many course notes."""
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        fxph = f(x)
        x[ix] = old - h
        fxmh = f(x)
        x[ix] = old
        grad[ix] = fxph / (2 * h) - fxmh / (2 * h)
        it.iternext()
    return grad


@right("numerical_gradient")
def numeric_with_unit_vectors(f, x, h=1e-5):
    """Unit vectors, and the flat list of slopes brought into shape at the end."""
    slopes = []
    for unit in np.eye(x.size):
        e = unit.reshape(x.shape)
        slopes.append((f(x + h * e) - f(x - h * e)) / (h + h))
    return np.array(slopes).reshape(x.shape)


@right("numerical_gradient")
def numeric_with_the_step_that_was_made(f, x, h=1e-5):
    """Divides by the distance that the rounded numbers really have; puts all back at the end."""
    backup = x.copy()
    gradient = np.empty_like(x)
    for i, old in np.ndenumerate(backup):
        x[i] = old + h
        right_end, above = x[i], f(x)
        x[i] = old - h
        left_end, below = x[i], f(x)
        gradient[i] = (above - below) / (right_end - left_end)
        x[...] = backup
    return gradient


# ---------------------------------------------------------------------------------------- gradient_check


def difference(f, x, i, h):
    up, down = x.copy(), x.copy()
    up[i] += h
    down[i] -= h
    return (f(up) - f(down)) / (2 * h)


@right("gradient_check")
def check_with_replacement(f, point, grad, *, samples=10, h=1e-5, rng):
    """Draws with replacement, one entry at a time, and keeps the worst with np.maximum, which keeps NaN."""
    worst = 0.0
    for _ in range(samples):
        i = tuple(rng.integers(size) for size in point.shape)
        numeric = difference(f, point, i, h)
        error = abs(numeric - grad[i]) / max(1e-8, abs(numeric) + abs(grad[i]))
        worst = np.maximum(worst, error)
    return worst


@right("gradient_check")
def check_without_replacement(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Draws without replacement, as many as there are."""
    errors = []
    for place in rng.choice(x.size, size=min(samples, x.size), replace=False):
        i = np.unravel_index(place, x.shape)
        numeric = difference(f, x, i, h)
        errors.append(abs(numeric - analytic[i]) / np.maximum(1e-8, abs(numeric) + abs(analytic[i])))
    return float(np.max(errors))


@right("gradient_check")
def check_each_drawn_entry_once(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Draws with replacement and measures an entry that is drawn twice only once; in place."""
    worst = []
    for place in np.unique(rng.integers(0, x.size, samples)):
        old = x.flat[place]
        x.flat[place] = old + h
        above = f(x)
        x.flat[place] = old - h
        below = f(x)
        x.flat[place] = old
        numeric, claimed = (above - below) / 2 / h, analytic.flat[place]
        worst.append(np.abs(numeric - claimed) / max(1e-8, np.abs(numeric) + np.abs(claimed)))
    return np.array(worst).max()


@right("gradient_check")
def check_by_random_numbers(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Draws by shuffling a list of indices."""
    places = list(np.ndindex(x.shape))
    rng.shuffle(places)
    numeric = np.array([difference(f, x, tuple(i), h) for i in places[:samples]])
    claimed = np.array([analytic[tuple(i)] for i in places[:samples]])
    return np.max(np.abs(numeric - claimed) / np.clip(np.abs(numeric) + np.abs(claimed), 1e-8, None))


# ------------------------------------------------------------------------------------------------ affine


@right("affine_forward")
def affine_by_loops(images, weights, bias):
    """One output at a time."""
    out = np.zeros((images.shape[0], weights.shape[1]), dtype=images.dtype)
    for n in range(out.shape[0]):
        row = images[n].flatten()
        for m in range(out.shape[1]):
            out[n, m] = sum(row[d] * weights[d, m] for d in range(len(row))) + bias[m]
    return out, (images, weights)


@right("affine_forward")
def affine_with_einsum(x, w, b):
    """By einsum, adding in place to an array of its own; a list comes out."""
    out = np.einsum("nd,dm->nm", x.reshape(x.shape[0], np.prod(x.shape[1:], dtype=int)), w)
    out += b
    return [out, (x.copy(), w.copy())]


@right("affine_backward")
def affine_backward_by_loops(grad_out, saved):
    """Adds up example by example."""
    x, w = saved
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1], dtype=w.dtype)
    for n, row in enumerate(grad_out):
        dx[n] = np.dot(w, row).reshape(x.shape[1:])
        dw += np.outer(x[n], row)
        db += row
    return dx, dw, db


@right("affine_backward")
def affine_backward_with_tensordot(dout, cache):
    """By tensordot and a product with ones; a list comes out."""
    x, w = cache
    dw = np.tensordot(x.reshape(x.shape[0], -1), dout, axes=(0, 0))
    db = np.ones(len(dout), dtype=dout.dtype) @ dout
    return [np.reshape(dout.dot(w.T), x.shape), dw, db]


# -------------------------------------------------------------------------------------------------- relu


@right("relu_forward")
def relu_by_a_mask(numbers):
    """Times a mask."""
    return numbers * (numbers > 0), numbers


@right("relu_forward")
def relu_on_a_copy(x):
    """In place on a copy."""
    out = x.copy()
    out[out < 0] = 0
    return out, np.copy(x)


@right("relu_forward")
def relu_as_a_mean(x):
    """Half of x plus half of its size."""
    return (x + np.abs(x)) / 2, x


@right("relu_backward")
def relu_backward_with_where(grad_out, saved):
    """By np.where."""
    return np.where(saved > 0, grad_out, np.zeros_like(grad_out))


@right("relu_backward")
def relu_backward_by_loops(dout, cache):
    """Entry by entry; a tuple of one array comes out."""
    dx = np.zeros_like(dout)
    for i in np.ndindex(dout.shape):
        if cache[i] > 0:
            dx[i] = dout[i]
    return (dx,)


@right("relu_backward")
def relu_backward_on_a_copy(dout, cache):
    """In place on a copy."""
    dx = np.array(dout)
    dx[cache <= 0] = 0
    return dx


# ------------------------------------------------------------------------------------------ softmax_loss


@right("softmax_loss")
def softmax_by_loops(s, labels):
    """Example by example."""
    dscores, losses = np.zeros_like(s), []
    for n, label in enumerate(labels):
        row = s[n] - np.max(s[n])
        log_sum = np.log(np.sum(np.exp(row)))
        losses.append(log_sum - row[label])
        for c in range(len(row)):
            dscores[n, c] = np.exp(row[c] - log_sum) - (c == label)
    return sum(losses) / len(losses), dscores / len(labels)


@right("softmax_loss")
def softmax_with_logaddexp(scores, y):
    """The log of the sum by np.logaddexp."""
    log_sum = np.logaddexp.reduce(scores, axis=1)
    N = scores.shape[0]
    loss = np.mean(log_sum - scores[range(N), y])
    onehot = np.zeros_like(scores)
    onehot[range(N), y] = 1
    return np.asarray(loss), (np.exp(scores - log_sum[:, np.newaxis]) - onehot) / N


@right("softmax_loss")
def softmax_transposed(scores, y):
    """One column an example; the probabilities as a fraction, the loss from the log of the sum."""
    columns = scores.T - scores.max(axis=1)
    exps = np.exp(columns)
    total = exps.sum(axis=0)
    N = y.size
    loss = float(np.mean(np.log(total) - columns[y, np.arange(N)]))
    p = exps / total
    p[y, np.arange(N)] -= 1.0
    return [loss, p.T / N]


# -------------------------------------------------------------------------------------------- hinge_loss


@right("hinge_loss")
def hinge_by_loops(s, labels, delta=1.0):
    """Two loops, as in many course notes."""
    N, C = s.shape
    loss, dscores = 0.0, np.zeros_like(s)
    for n in range(N):
        for c in range(C):
            if c == labels[n]:
                continue
            gap = s[n, c] - s[n, labels[n]] + delta
            if gap > 0:
                loss += gap
                dscores[n, c] += 1 / N
                dscores[n, labels[n]] -= 1 / N
    return loss / N, dscores


@right("hinge_loss")
def hinge_takes_the_right_class_out_again(scores, y, margin=1.0):
    """Counts the right class and takes the margin off at the end."""
    N = len(scores)
    rights = np.take_along_axis(scores, y[:, None], axis=1)
    gaps = np.clip(scores - rights + margin, 0, None)
    violated = (gaps > 0).astype(scores.dtype)
    np.put_along_axis(violated, y[:, None], 0, axis=1)
    np.put_along_axis(violated, y[:, None], -violated.sum(axis=1, keepdims=True), axis=1)
    return np.mean(gaps.sum(axis=1)) - margin, violated / N


@right("hinge_loss")
def hinge_with_a_onehot(scores, y, margin=1.0):
    """By matrices, a one-hot of the labels in the scores' dtype."""
    onehot = np.eye(scores.shape[1], dtype=scores.dtype)[y]
    gaps = (scores - (scores * onehot).sum(axis=1, keepdims=True) + margin) * (1 - onehot)
    on = (gaps > 0).astype(scores.dtype)
    return np.sum(on * gaps) / len(y), (on - onehot * on.sum(axis=1, keepdims=True)) / len(y)


# ---------------------------------------------------------------------------------------- two_layer_loss


@right("two_layer_loss")
def net_all_in_one(params, X, y, reg):
    """Without the layers' functions; the hidden layer itself is the mask."""
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    N = X.shape[0]
    h = np.maximum(X.dot(W1) + b1, 0)
    s = h.dot(W2) + b2
    s = s - np.max(s, axis=1)[:, None]
    p = np.exp(s) / np.sum(np.exp(s), axis=1)[:, None]
    loss = -np.sum(np.log(p[range(N), y])) / N + reg * np.sum(W1 * W1) + reg * np.sum(W2 * W2)
    ds = p.copy()
    ds[range(N), y] -= 1
    ds /= N
    dh = ds.dot(W2.T)
    dh[h <= 0] = 0
    grads = {"b2": np.sum(ds, axis=0), "W2": h.T.dot(ds) + 2 * reg * W2}
    grads["b1"], grads["W1"] = np.sum(dh, axis=0), X.T.dot(dh) + 2 * reg * W1
    return loss, grads


@right("two_layer_loss")
def net_example_by_example(params, X, y, reg):
    """Adds up the gradients of single examples, onto those of the penalty."""
    W1, W2 = params["W1"], params["W2"]
    grads = {"W1": 2 * reg * W1, "b1": 0 * params["b1"], "W2": 2 * reg * W2, "b2": 0 * params["b2"]}
    loss = reg * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2)
    for x, label in zip(X, y, strict=True):
        h = np.maximum(0, x @ W1 + params["b1"])
        s = h @ W2 + params["b2"]
        log_p = s - s.max() - np.log(np.sum(np.exp(s - s.max())))
        ds = np.exp(log_p)
        ds[label] -= 1
        ds /= len(X)
        dh = (W2 @ ds) * (h > 0)
        loss -= log_p[label] / len(X)
        grads["W1"] += np.outer(x, dh)
        grads["b1"] += dh
        grads["W2"] += np.outer(h, ds)
        grads["b2"] += ds
    return loss, grads


@right("two_layer_loss")
def net_with_a_column_of_ones(params, X, y, reg):
    """The biases as one more row of the weights; a list comes out, with a key more in the gradients."""
    ones = np.ones((len(X), 1), dtype=X.dtype)
    X1, V1, V2 = (np.hstack([X, ones]), *(np.vstack([params["W" + k], params["b" + k]]) for k in "12"))
    H1 = np.hstack([np.maximum(0, X1 @ V1), ones])
    s = H1 @ V2
    log_p = s - np.logaddexp.reduce(s, axis=1, keepdims=True)
    ds = (np.exp(log_p) - np.eye(s.shape[1], dtype=X.dtype)[y]) / len(y)
    dV2 = H1.T @ ds
    dV1 = X1.T @ ((ds @ V2.T)[:, :-1] * (H1[:, :-1] > 0))
    grads = {"W1": dV1[:-1], "b1": dV1[-1], "W2": dV2[:-1], "b2": dV2[-1], "scores": ds}
    penalty = 0.0
    for name in ("W1", "W2"):
        penalty += reg * np.square(params[name]).sum()
        grads[name] = grads[name] + 2 * reg * params[name]
    return [-log_p[range(len(y)), y].mean() + penalty, grads]
