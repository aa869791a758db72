"""Right answers that look unlike the answer key, as students write them: every one has to pass.

The function of a pair works with the answer key's other one, so these share its caches. Pairs with caches of their own
are in `test_02_oracles.py`.
"""

import math

import numpy as np

from autograder.checking import right

# --------------------------------------------------------------------------------------- collapse_linear


@right("collapse_linear")
def collapse_by_asking_the_stack(Ws, bs):
    """Sends 0 and the unit vectors through the stack, and reads the layer off."""

    def stack(h):
        for W, b in zip(Ws, bs, strict=True):
            h = np.dot(h, W) + b
        return h

    d = Ws[0].shape[0]
    b = stack(np.zeros((1, d), dtype=Ws[0].dtype))[0]
    return stack(np.eye(d, dtype=Ws[0].dtype)) - b, b


@right("collapse_linear")
def collapse_from_the_end(weights, biases):
    """Starts at the last layer."""
    W, b = weights[-1].copy(), biases[-1].copy()
    for i in range(len(weights) - 2, -1, -1):
        b = biases[i] @ W + b
        W = weights[i] @ W
    return W, b


@right("collapse_linear")
def collapse_with_a_row_for_the_bias(weights, biases):
    """Each layer as one matrix with a row and a column more; a list comes back."""
    total = None
    for W, b in zip(weights, biases, strict=True):
        big = np.zeros((W.shape[0] + 1, W.shape[1] + 1), dtype=W.dtype)
        big[:-1, :-1], big[-1, :-1], big[-1, -1] = W, b, 1
        total = big if total is None else total @ big
    return [total[:-1, :-1], total[-1, :-1]]


# ------------------------------------------------------------------------------------------------ sigmoid


@right("sigmoid_forward")
def sigmoid_by_tanh(z):
    """With the other S-curve."""
    out = (np.tanh(z / 2) + 1) / 2
    return out, out


@right("sigmoid_forward")
def sigmoid_by_masks(x):
    """Fills each side apart, in place on an array of its own."""
    out = np.empty_like(x)
    positive = x >= 0
    out[positive] = 1 / (1 + np.exp(-x[positive]))
    e = np.exp(x[~positive])
    out[~positive] = e / (1 + e)
    return [out, out.copy()]


@right("sigmoid_forward")
def sigmoid_element_by_element(x):
    """A loop with math.exp."""
    out = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        v = float(x[i])
        out[i] = 1 / (1 + math.exp(-v)) if v > 0 else math.exp(v) / (math.exp(v) + 1)
    return out, out


@right("sigmoid_forward")
def sigmoid_cut_off(x):
    """Cuts x off where the sigmoid is 0 or 1 to any precision that matters."""
    out = 1 / (1 + np.exp(-np.clip(x, -80, 80)))
    return out, out


@right("sigmoid_backward")
def sigmoid_backward_multiplied_out(grad, s):
    """s - s squared."""
    return (s - s**2) * grad


@right("sigmoid_backward")
def sigmoid_backward_by_loops(dout, cache):
    """Element by element; a tuple of one comes back."""
    dx = np.zeros_like(dout)
    for i in np.ndindex(dout.shape):
        dx[i] = dout[i] * cache[i] * (1 - cache[i])
    return (dx,)


# --------------------------------------------------------------------------------------------------- tanh


@right("tanh_forward")
def tanh_by_exponentials_below_0(x):
    """The quotient with exponents that are never positive, and the sign put back."""
    e = np.exp(-2 * np.abs(x))
    out = np.sign(x) * (1 - e) / (1 + e)
    return out, out


@right("tanh_forward")
def tanh_by_expm1(x):
    """expm1 of a cut-off argument."""
    e = np.expm1(2 * np.clip(x, -20, 20))
    out = e / (e + 2)
    return out, out


@right("tanh_forward")
def tanh_element_by_element(x):
    """math.tanh in a loop."""
    out = np.array([math.tanh(v) for v in x.ravel()], dtype=x.dtype).reshape(x.shape)
    return out, out


@right("tanh_backward")
def tanh_backward_factored(dout, t):
    """(1 - t)(1 + t)."""
    return dout * (1 - t) * (1 + t)


@right("tanh_backward")
def tanh_backward_in_place_on_a_copy(dout, cache):
    """Writes into an array of its own."""
    dx = np.array(cache)
    dx *= -cache
    dx += 1
    dx *= dout
    return dx


# --------------------------------------------------------------------------------------------- leaky_relu


@right("leaky_relu_forward")
def leaky_by_a_maximum(x, slope=0.01):
    """The lecture's formula, which holds for slopes below 1."""
    return np.maximum(slope * x, x), (x, slope)


@right("leaky_relu_forward")
def leaky_by_two_parts(x, negative_slope=0.01):
    """The positive part plus the leak."""
    return np.maximum(x, 0) + negative_slope * np.minimum(x, 0), (x.copy(), negative_slope)


@right("leaky_relu_forward")
def leaky_in_place_on_a_copy(x, slope=0.01):
    """Writes into a copy."""
    out = x.copy()
    out[out < 0] *= slope
    return out, (x, slope)


@right("leaky_relu_backward")
def leaky_backward_by_a_mask(dout, cache):
    """The mask as a number."""
    x, slope = cache
    mask = (x > 0).astype(dout.dtype)
    return dout * (mask + slope * (1 - mask))


@right("leaky_relu_backward")
def leaky_backward_by_loops(dout, cache):
    """Element by element."""
    x, slope = cache
    dx = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        dx[i] = dout[i] if x[i] > 0 else dout[i] * slope
    return dx


# -------------------------------------------------------------------------------------------------- prelu


def lined_up(alpha, x):
    """alpha in the shape in which it multiplies the channels of x."""
    if np.ndim(alpha) == 0:
        return alpha
    return alpha[None, :] if x.ndim == 2 else alpha[None, :, None, None]


@right("prelu_forward")
def prelu_by_two_parts(x, a):
    """The positive part plus alpha times the negative one; the channels by moving axes."""
    if np.ndim(a) == 0:
        return np.maximum(0, x) + a * np.minimum(0, x), (x, a, a)
    last = np.moveaxis(x, 1, -1)
    out = np.maximum(0, last) + a * np.minimum(0, last)
    return np.moveaxis(out, -1, 1), (x, a, lined_up(a, x))


@right("prelu_forward")
def prelu_channel_by_channel(x, alpha):
    """A loop over the channels, on a copy."""
    out = x.copy()
    for c in range(x.shape[1]):
        a = alpha if np.ndim(alpha) == 0 else alpha[c]
        part = x[:, c]
        out[:, c] = np.where(part < 0, a * part, part)
    return out, (x, alpha, lined_up(alpha, x))


@right("prelu_backward")
def prelu_backward_by_loops(dout, cache):
    """Element by element; for a number alpha a plain float comes back."""
    x, alpha, _ = cache
    dx = np.zeros_like(x)
    dalpha = np.zeros_like(alpha) if np.ndim(alpha) else 0.0
    for i in np.ndindex(x.shape):
        a = alpha[i[1]] if np.ndim(alpha) else alpha
        dx[i] = dout[i] if x[i] > 0 else a * dout[i]
        if x[i] < 0 and np.ndim(alpha):
            dalpha[i[1]] += x[i] * dout[i]
        elif x[i] < 0:
            dalpha += float(x[i] * dout[i])
    return dx, dalpha


@right("prelu_backward")
def prelu_backward_by_einsum(dout, cache):
    """The channels' sums with einsum; a 0-d array for a number."""
    x, alpha, slope = cache
    negative = np.minimum(x, 0)
    dx = dout * ((x > 0) + (x <= 0) * slope).astype(dout.dtype)
    if np.ndim(alpha) == 0:
        return [dx, np.array(np.vdot(negative, dout))]
    return [dx, np.einsum("nci,nci->c", *(a.reshape(*a.shape[:2], -1) for a in (negative, dout)))]


# ---------------------------------------------------------------------------------------------------- elu


@right("elu_forward")
def elu_on_a_mask(x, alpha=1.0):
    """exp of the negative entries only."""
    out = x.copy()
    negative = x < 0
    out[negative] = alpha * (np.exp(x[negative]) - 1)
    return out, (x, alpha)


@right("elu_forward")
def elu_by_two_parts(x, a=1.0):
    """The positive part plus the bent negative one."""
    return np.maximum(x, 0) + a * (np.exp(-np.maximum(-x, 0)) - 1), (x, a)


@right("elu_forward")
def elu_told_not_to_warn(x, alpha=1.0):
    """Both sides everywhere, with the warning of the unused one switched off."""
    with np.errstate(over="ignore"):
        return np.where(x > 0, x, alpha * (np.exp(x) - 1)), (x, alpha)


@right("elu_backward")
def elu_backward_from_the_output(dout, cache):
    """The slope as output plus alpha."""
    x, alpha = cache
    out = alpha * np.expm1(np.minimum(x, 0))
    return dout * np.where(x > 0, 1, out + alpha).astype(dout.dtype)


@right("elu_backward")
def elu_backward_on_a_mask(dout, cache):
    """Scales the negative entries of a copy."""
    x, alpha = cache
    dx = np.array(dout)
    left = x <= 0
    dx[left] = dx[left] * alpha * np.exp(x[left])
    return dx


# ------------------------------------------------------------------------------------------------- maxout


@right("maxout_forward")
def maxout_piece_by_piece(x, w, b):
    """A loop over the pieces, and a stack."""
    pieces = np.stack([x @ w_k + b_k for w_k, b_k in zip(w, b, strict=True)])
    out = pieces[0]
    for piece in pieces[1:]:
        out = np.maximum(out, piece)
    return out, (x, w, pieces)


@right("maxout_forward")
def maxout_by_einsum(x, w, b):
    """All pieces in one einsum."""
    pieces = np.einsum("nd,kdm->knm", x, w) + np.expand_dims(b, 1)
    return np.max(pieces, axis=0), [x, w, pieces]


@right("maxout_backward")
def maxout_backward_by_loops(dout, cache):
    """One example and one unit after the other."""
    x, w, pieces = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros((w.shape[0], w.shape[2]), dtype=w.dtype)
    for n in range(dout.shape[0]):
        for m in range(dout.shape[1]):
            k = int(np.argmax(pieces[:, n, m]))
            dx[n] += dout[n, m] * w[k, :, m]
            dw[k, :, m] += dout[n, m] * x[n]
            db[k, m] += dout[n, m]
    return dx, dw, db


@right("maxout_backward")
def maxout_backward_by_masks(dout, cache):
    """A mask for each piece; lists built and stacked."""
    x, w, pieces = cache
    winner = pieces.argmax(axis=0)
    dx, dw, db = 0, [], []
    for k in range(len(w)):
        d = dout * (winner == k)
        dx = dx + d.dot(w[k].T)
        dw.append(x.T.dot(d))
        db.append(d.sum(0))
    return [dx, np.array(dw), np.array(db)]


# ------------------------------------------------------------------------------ images: means, normalize


@right("fit_mean_image")
def mean_image_by_a_loop(images):
    """Adds the images up."""
    total = np.zeros_like(images[0])
    for image in images:
        total += image
    return total / len(images)


@right("fit_mean_image")
def mean_image_by_einsum(X):
    """einsum over the images."""
    return np.einsum("nchw->chw", X) / X.shape[0]


@right("fit_mean_image")
def mean_image_flat(X):
    """Through a matrix and back."""
    return np.average(X.reshape(len(X), -1), axis=0).reshape(X.shape[1:])


@right("fit_channel_mean")
def channel_mean_by_a_loop(X):
    """A list of means."""
    return np.array([X[:, c].mean() for c in range(X.shape[1])])


@right("fit_channel_mean")
def channel_mean_step_by_step(X):
    """Means of means, which is right as all are equally many."""
    return X.mean(axis=3).mean(axis=2).mean(axis=0)


@right("fit_channel_mean")
def channel_mean_flat(X):
    """The channels first, all else in a row."""
    return X.transpose(1, 0, 2, 3).reshape(X.shape[1], -1).sum(axis=1) / (X.size // X.shape[1])


@right("normalize")
def normalize_image_by_image(X, mean, std=None):
    """A loop over images and channels."""
    out = np.empty_like(X)
    for n in range(X.shape[0]):
        for c in range(X.shape[1]):
            out[n, c] = X[n, c] - mean[c]
            if std is not None:
                s = np.array(std[c])
                s[s == 0] = 1
                out[n, c] /= s
    return out


@right("normalize")
def normalize_in_place_on_a_copy(images, mu, sigma=None):
    """With np.divide and where."""
    spread = (slice(None), None, None) if mu.ndim == 1 else (slice(None),)
    out = images.copy()
    out -= mu[spread]
    if sigma is not None:
        np.divide(out, sigma[spread], out=out, where=sigma[spread] != 0)
    return out


@right("normalize")
def normalize_with_a_mask(X, mean, std=None):
    """The mask as a number: std plus 1 where it is 0."""
    axes = (1, -1, 1, 1) if mean.ndim == 1 else (1, *mean.shape)
    result = X - mean.reshape(axes)
    if std is not None:
        result = result / (std + (std == 0)).astype(std.dtype).reshape(axes)
    return result


# ------------------------------------------------------------------------------------------ PCA, whitening


@right("fit_pca")
def pca_by_eigh(X):
    """The eigenvectors of the covariance, turned round."""
    mean = X.mean(axis=0)
    covariance = (X - mean).T @ (X - mean) / X.shape[0]
    variances, vectors = np.linalg.eigh(covariance)
    count = min(X.shape)
    return mean, vectors[:, ::-1].T[:count], variances[::-1][:count]


@right("fit_pca")
def pca_by_eigh_sorted(data):
    """Sorted by argsort, signs turned so that each row's largest entry is positive, a list."""
    mean = np.mean(data, 0)
    centred = data - mean
    values, vectors = np.linalg.eigh(np.dot(centred.T, centred) / len(data))
    order = np.argsort(-values)[: min(data.shape)]
    rows = vectors.T[order]
    signs = np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)])
    return [mean, rows * signs[:, None], np.maximum(values[order], 0)]


@right("fit_pca")
def pca_by_svd_of_the_covariance(X):
    """The singular vectors of the covariance are its eigenvectors."""
    mean = X.sum(axis=0) / len(X)
    U, S, _ = np.linalg.svd((X - mean).T @ (X - mean) / len(X))
    count = min(len(X), X.shape[1])
    return mean, -U.T[:count], S[:count]


@right("whiten")
def whiten_point_by_point(X, mean, components, variances, eps=1e-5):
    """A loop over points and components."""
    out = np.zeros((len(X), len(components)), dtype=X.dtype)
    for n, x in enumerate(X):
        for k, v in enumerate(components):
            out[n, k] = np.dot(x - mean, v) / np.sqrt(variances[k] + eps)
    return out


@right("whiten")
def whiten_with_scaled_components(X, mu, V, lam, eps=1e-5):
    """Scales the components first."""
    return (X - mu).dot((V / np.sqrt(lam + eps)[:, None]).T)


@right("whiten")
def whiten_by_a_power(X, mean, components, variances, eps=1e-5):
    """einsum, and the power -1/2."""
    return np.einsum("nd,pd->np", X - mean, components) * (variances + eps) ** -0.5


# --------------------------------------------------------------------------------------------- initialize


@right("initialize")
def initialize_by_normal(fan_in, fan_out, scheme, rng):
    """rng.normal with a scale, and a chain of ifs."""
    if scheme == "zeros":
        return np.zeros((fan_in, fan_out))
    if scheme == "small":
        std = 0.01
    elif scheme == "xavier":
        std = 1 / np.sqrt(fan_in)
    elif scheme == "he":
        std = 1 / np.sqrt(fan_in / 2)
    else:
        raise ValueError("Scheme is not known")
    return rng.normal(0, std, (fan_in, fan_out))


@right("initialize")
def initialize_row_by_row(n_in, n_out, scheme, rng):
    """Rows drawn from the last to the first, a match statement."""
    match scheme:
        case "zeros":
            variance = 0
        case "small":
            variance = 1e-4
        case "xavier" | "he":
            variance = (1 + (scheme == "he")) / n_in
        case _:
            raise ValueError(f"scheme: {scheme}")
    return np.stack([np.sqrt(variance) * rng.standard_normal(n_out) for _ in range(n_in)][::-1])


@right("initialize")
def initialize_by_box_and_muller(fan_in, fan_out, scheme, rng):
    """Normal numbers out of uniform ones."""
    if scheme not in ("zeros", "small", "xavier", "he"):
        raise ValueError(f"no scheme {scheme!r}")
    u, v = 1 - rng.random((fan_in, fan_out)), rng.random((fan_in, fan_out))
    normal = np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)
    return normal * {"zeros": 0, "small": 0.01, "xavier": fan_in**-0.5, "he": (fan_in / 2) ** -0.5}[scheme]


@right("initialize")
def initialize_with_a_generator_of_its_own(fan_in, fan_out, scheme, rng):
    """A child of the rng that came in."""
    if scheme not in ("zeros", "small", "xavier", "he"):
        raise ValueError(f"no scheme {scheme!r}")
    own = np.random.default_rng(rng.integers(2**63))
    std = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (fan_in / 2) ** -0.5}[scheme]
    return own.normal(scale=std, size=(fan_out, fan_in)).T


# ---------------------------------------------------------------------------------- activation_statistics


@right("activation_statistics")
def statistics_of_kept_layers(x, weights, activation):
    """Keeps all layers, measures at the end."""
    layers = [x]
    for w in weights:
        layers.append(activation(np.dot(layers[-1], w)))
    return np.array([np.mean(h) for h in layers[1:]]), np.array([np.std(h) for h in layers[1:]])


@right("activation_statistics")
def statistics_written_out(x, weights, activation):
    """The formulas, into arrays made before; a list of two."""
    means, stds = np.zeros(len(weights)), np.zeros(len(weights))
    h = x.copy()
    for i in range(len(weights)):
        h = activation(h @ weights[i])
        means[i] = h.sum() / h.size
        stds[i] = math.sqrt(((h - means[i]) ** 2).sum() / h.size)
    return [means, stds]


@right("activation_statistics")
def statistics_recursively(x, ws, f):
    """One layer, and then the rest."""
    h = f(x @ ws[0])
    means, stds = (np.array([h.mean()]), np.array([h.std()]))
    if len(ws) > 1:
        more_means, more_stds = statistics_recursively(h, ws[1:], f)
        means, stds = np.append(means, more_means), np.append(stds, more_stds)
    return means, stds
