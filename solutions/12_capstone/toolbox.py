"""Finished functions of earlier notebooks that this one uses. Made from their solutions; do not edit."""

import numpy as np

# --- from 01_gradient_checking


def affine_forward(x, w, b):
    """Forward pass of an affine layer: each example, flattened to D numbers, times w, plus b.

    x: (N, d1, ..., dk) float array of N examples, k >= 1. With D = d1 * ... * dk, each is flattened in NumPy's
        usual order, as by x.reshape(N, D).
    w: (D, M) float array, the weights.
    b: (M,) float array, the biases.

    Returns (out, cache): out is the (N, M) array x w + b, float32 if x, w and b are; cache is whatever
    affine_backward needs. Changes none of its arguments, not x's shape either.
    """
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    """Backward pass of an affine layer.

    dout: (N, M) array, the gradient of the loss with respect to out.
    cache: what affine_forward returned as its second result.

    Returns (dx, dw, db), the gradients of the loss with respect to x, w and b, each of their shape: dx is
    (N, d1, ..., dk). Nothing is divided by N. float32 comes out if float32 went in.
    Changes neither dout nor what is in cache: a second call gives the same. Source: Rumelhart et al. 1986.
    """
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    """Forward pass of a ReLU: max(0, x), entry by entry.

    x: float array of any shape.

    Returns (out, cache): out has x's shape and dtype; cache is whatever relu_backward needs.
    Does not change x. Source: Nair and Hinton 2010.
    """
    return np.maximum(0, x), x


def relu_backward(dout, cache):
    """Backward pass of a ReLU: dout where x > 0, and 0 elsewhere, also at x = 0.

    dout: array of x's shape, the gradient of the loss with respect to out.
    cache: what relu_forward returned as its second result.

    Returns dx, one array of x's shape, float32 if x and dout are. Changes neither dout nor what is in cache: a
    second call gives the same.
    """
    return dout * (cache > 0)


def softmax_loss(scores, y):
    """Softmax loss, also called cross-entropy: the mean over the examples of -log p[y], and its gradient.

    scores: (N, C) float array, one row of scores an example. Right also for scores of 1e4 and -1e4.
    y: (N,) int array, the right classes, from 0 to C - 1.

    Returns (loss, dscores): a float >= 0, and the (N, C) gradient of the loss with respect to scores, float32
    if scores is. log is the natural logarithm. Changes none of its arguments. Source: Bridle 1990.
    """
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores / len(y)


def two_layer_loss(params, X, y, reg):
    """Loss and gradients of the net affine - ReLU - affine - softmax, with the penalty reg * (sum W1^2 + sum W2^2).

    params: dict of float arrays W1 (D, H), b1 (H,), W2 (H, C), b2 (C,).
    X: (N, D) float array, the examples.
    y: (N,) int array, the right classes, from 0 to C - 1.
    reg: float >= 0, the strength of the regularisation. There is no 1/2 in it; biases are not penalised.

    Returns (loss, grads): a float, the mean softmax loss plus the penalty; and a dict with the keys of params,
    grads[key] being the gradient of the loss with respect to params[key], of its shape, float32 if params and X
    are. Changes none of its arguments.
    """
    before, affine1 = affine_forward(X, params["W1"], params["b1"])
    hidden, relu = relu_forward(before)
    scores, affine2 = affine_forward(hidden, params["W2"], params["b2"])
    data_loss, dscores = softmax_loss(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, affine2)
    _, dW1, db1 = affine_backward(relu_backward(dhidden, relu), affine1)
    loss = data_loss + reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return loss, {"W1": dW1 + 2 * reg * params["W1"], "b1": db1, "W2": dW2 + 2 * reg * params["W2"], "b2": db2}

# --- from 02_activations_and_initialization


def initialize(fan_in, fan_out, scheme, rng):
    """The first weights of a layer, independent draws from a normal distribution of mean 0.

    fan_in, fan_out: int >= 1, the number of the layer's inputs and of its outputs.
    scheme: 'zeros' (all exactly 0), 'small' (standard deviation 0.01), 'xavier' (variance 1 / fan_in) or
        'he' (variance 2 / fan_in).
    rng: numpy.random.Generator, the only source of randomness. How you draw from it is up to you.

    Returns a (fan_in, fan_out) float array.
    Raises ValueError for any other scheme, with the word scheme in its message.
    Sources: Glorot and Bengio 2010; He, Zhang, Ren and Sun 2015.
    """
    deviations = {"zeros": 0.0, "small": 0.01, "xavier": np.sqrt(1 / fan_in), "he": np.sqrt(2 / fan_in)}
    if scheme not in deviations:
        raise ValueError(f"scheme must be one of {', '.join(deviations)}, not {scheme!r}")
    return deviations[scheme] * rng.standard_normal((fan_in, fan_out))

# --- from 03_optimizers


def adam(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam, with bias correction.

    m = beta1 m + (1 - beta1) dw, v = beta2 v + (1 - beta2) dw^2, and at step t = 1, 2, ...
    w - learning_rate m_hat / (sqrt(v_hat) + eps) with m_hat = m / (1 - beta1^t), v_hat = v / (1 - beta2^t).

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (m and v are 0, no step is done), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    beta1, beta2: floats in [0, 1), how much of the running averages of dw and dw^2 is kept.
    eps: float > 0, added outside the root.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'m': m, 'v': v, 't': t}, where m and v are
    NOT corrected and the int t counts the steps done: 1 after the first.
    Changes none of its arguments, nor the arrays in state. Source: Kingma and Ba 2015.
    """
    m, v, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else (state["m"], state["v"], state["t"])
    t = t + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}

# --- from 04_training_loop


def minibatches(X, y, batch_size, rng):
    """One epoch: all examples, shuffled and dealt out in batches.

    X: (N, ...) array, N >= 1 examples. y: (N,) array, their labels.
    batch_size: int >= 1; may be larger than N.
    rng: numpy.random.Generator, the only source of randomness; the order must depend on it.

    Returns a list of pairs (X_batch, y_batch). Every example is in exactly one batch, with its own label. Every
    batch has batch_size examples, except the last, which has what is left: 1 to batch_size.
    X_batch and y_batch are arrays with the dtypes of X and y. Changes neither X nor y.
    """
    order = rng.permutation(len(X))
    starts = range(0, len(X), batch_size)
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]


def update_ratio(w, update):
    """How far an update moves the weights, relative to the weights: norm(update) / norm(w).

    w: float array of any shape, the weights before the update, not all 0.
    update: array of w's shape, what is added to w.

    Returns a float >= 0. A norm is the square root of the sum of the squares of ALL entries, whatever the shape.
    Changes neither. Source: CS231n, lecture 6 (2016).
    """
    return float(np.sqrt(np.sum(update**2)) / np.sqrt(np.sum(w**2)))


def first_divergence(losses):
    """Where a run went wrong: the first index whose loss is NaN, infinite, or over 3 times the first loss.

    losses: list of floats, one an update; may be empty. The first is >= 0, NaN or infinite.

    Returns an int, counted from 0, or None if no loss is like that. Exactly 3 times the first loss is not over it.
    A first loss that is NaN or infinite itself gives 0; minus infinity is infinite too. Does not change losses.
    """
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 3 * losses[0]:
            return i
    return None


def train(loss_fn, params, X, y, *, rule, learning_rate, schedule, batch_size, epochs, rng, **hyper):
    """Train on mini-batches, keep a history, and stop where the loss diverges.

    loss_fn: loss_fn(params, X, y) -> (loss, grads), grads a dict with the keys of params. Called once an update.
    params: dict of name -> float array, the start. X: (N, ...) array. y: (N,) array.
    rule: update rule, rule(w, dw, state, learning_rate=..., **hyper) -> (new_w, new_state); state None at first.
    learning_rate: float > 0, the base rate.
    schedule: schedule(learning_rate, step) -> the rate of this update, or None for the base rate throughout;
        step counts the updates from 0 over the whole run.
    batch_size: int >= 1. epochs: int >= 0. rng: Generator that shuffles every epoch anew, as in `minibatches`.
    hyper: passed on to the rule at every call, for example rho=0.9.

    Returns (params, history): a new dict of the trained arrays, and a dict with the lists
        'loss': the loss of each batch, before its update;
        'learning_rate': the rate of each update;
        'update_ratio': norm of each update over the norm of the weights before it, all parameters as one vector;
    and 'diverged': None, or the index of the loss that diverged, as `first_divergence` finds it. That loss is the
    last in 'loss'; no update follows it, so the other two lists are then one shorter.
    Changes neither params, nor the arrays in it, nor X, nor y.
    """
    params, states = dict(params), dict.fromkeys(params)
    history = {"loss": [], "learning_rate": [], "update_ratio": [], "diverged": None}
    for _ in range(epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, rng):
            loss, grads = loss_fn(params, X_batch, y_batch)
            history["loss"].append(loss)
            history["diverged"] = first_divergence(history["loss"])
            if history["diverged"] is not None:
                return params, history
            step = len(history["loss"]) - 1
            rate = learning_rate if schedule is None else schedule(learning_rate, step)
            before = np.concatenate([w.ravel() for w in params.values()])
            for name in params:
                params[name], states[name] = rule(params[name], grads[name], states[name], learning_rate=rate, **hyper)
            after = np.concatenate([w.ravel() for w in params.values()])
            history["learning_rate"].append(rate)
            history["update_ratio"].append(update_ratio(before, after - before))
    return params, history


def cosine_decay(lr0, t, *, total):
    """The learning rate that falls along half a wave of the cosine, from lr0 to 0.

    lr0: float > 0, the rate at t = 0. total: int or float > 0, the length of the run.
    t: int or float from 0 to total, the time, in the unit of total.

    Returns a float: lr0 (1 + cos(pi t / total)) / 2. Source: Loshchilov and Hutter 2017.
    """
    return lr0 * (1 + np.cos(np.pi * t / total)) / 2

# --- from 08_convolution


def conv_output_size(size, kernel, stride=1, pad=0):
    """The number of places of a sliding window along one axis: (size - kernel + 2 pad) / stride + 1.

    size: int >= 1, pixels of the image along the axis, N in the formula.
    kernel: int >= 1, pixels of the window along the axis, F in the formula.
    stride: int, pixels from one place to the next, S in the formula.
    pad: int >= 0, zeros added at EACH of the two ends, P in the formula.

    Returns an int. Raises ValueError, with a message that names the argument:
    `stride` if stride < 1, or if the places do not end exactly at the border (the division leaves a rest);
    `kernel` if the kernel is larger than the padded image, size + 2 pad.
    """
    if stride < 1:
        raise ValueError(f"stride must be at least 1, not {stride}")
    room = size + 2 * pad - kernel
    if room < 0:
        raise ValueError(f"kernel {kernel} is larger than the padded size {size + 2 * pad}")
    if room % stride:
        raise ValueError(f"stride {stride} does not tile: {room % stride} of {size + 2 * pad} pixels are left over")
    return room // stride + 1


def conv_forward_fast(x, w, b, *, stride=1, pad=0):
    """Forward pass of a convolution, the same numbers as `conv_forward`, without a loop over the windows.

    x: (N, C, H, W) float array, images. w: (F, C, HH, WW) float array, filters. b: (F,) float array, biases.
    stride: int >= 1, it tiles along both axes. pad: int >= 0, zeros added on all four sides.

    Returns (out, cache): out is (N, F, OH, OW), of x's dtype; cache is whatever conv_backward_fast needs.
    Changes none of its arguments. Graded are the values; your loops would pass.
    """
    (N, C, H, W), (F, _, KH, KW), S = x.shape, w.shape, stride
    OH, OW = conv_output_size(H, KH, S, pad), conv_output_size(W, KW, S, pad)
    # The zeros before a row are also those behind the row above: W + pad is wide enough.
    HS, WS = OH + KH + 1, max(OW, -(-(W + pad) // S))
    xp = np.zeros((C, N, HS * S, WS * S), x.dtype)
    xp[:, :, pad : pad + H, pad : pad + W] = x.transpose(1, 0, 2, 3)
    lines = xp.reshape(C * N * HS, S, WS, S).transpose(1, 3, 0, 2).reshape(S, S, C, N, HS * WS)
    starts = [(p % S, q % S, p // S * WS + q // S) for p, q in np.ndindex(KH, KW)]
    K, L, out = C * KH * KW, OH * WS, np.empty((N, F, OH, OW), x.dtype)
    wb, cols = np.column_stack([w.reshape(F, K), b]), np.ones((K + 1, min(8, N) * L), x.dtype)
    for k in range(0, N, 8):
        block = cols[:, : (N - k) * L]
        windows = block[:K].reshape(C, KH * KW, -1, L)
        for m, (i, j, at) in enumerate(starts):
            windows[:, m] = lines[i, j, :, k : k + 8, at : at + L]
        out[k : k + 8] = (wb @ block).reshape(F, -1, OH, WS)[..., :OW].transpose(1, 0, 2, 3)
    return out, (x, w, stride, pad)


def conv_backward_fast(dout, cache):
    """Backward pass of a convolution, the same numbers as `conv_backward`.

    dout: (N, F, OH, OW) array, the gradient of the loss with respect to out.
    cache: what conv_forward_fast returned as its second result.

    Returns (dx, dw, db) with the shapes of x, w and b, float32 if those are. A second call gives the same.
    """
    x, w, S, pad = cache
    (N, C, H, W), (F, _, KH, KW), (OH, OW) = x.shape, w.shape, dout.shape[2:]
    HS, WS = OH + KH + 1, max(OW, -(-(W + pad) // S))
    xp = np.zeros((C, N, HS * S, WS * S), x.dtype)
    xp[:, :, pad : pad + H, pad : pad + W] = x.transpose(1, 0, 2, 3)
    lines = xp.reshape(C * N * HS, S, WS, S).transpose(1, 3, 0, 2).reshape(S, S, C, N, HS * WS)
    starts = [(p % S, q % S, p // S * WS + q // S) for p, q in np.ndindex(KH, KW)]
    K, L, n = C * KH * KW, OH * WS, min(8, N)
    cols, d = np.ones((K + 1, n * L), x.dtype), np.zeros((F, n, OH, WS), dout.dtype)
    dlines, dwb = np.zeros_like(lines), np.zeros((K + 1, F), w.dtype)
    for k in range(0, N, 8):
        block = cols[:, : (N - k) * L]
        windows = block[:K].reshape(C, KH * KW, -1, L)
        for m, (i, j, at) in enumerate(starts):
            windows[:, m] = lines[i, j, :, k : k + 8, at : at + L]
        d_block = d[:, : N - k]
        d_block[..., :OW] = dout[k : k + 8].transpose(1, 0, 2, 3)
        d_block = d_block.reshape(F, -1)
        dwb += block @ d_block.T
        np.matmul(w.reshape(F, K).T, d_block, out=block[:K])  # now windows holds their gradients
        for m, (i, j, at) in enumerate(starts):
            dlines[i, j, :, k : k + 8, at : at + L] += windows[:, m]
    dxp = dlines.reshape(S, S, C * N * HS, WS).transpose(2, 0, 3, 1).reshape(C, N, HS * S, WS * S)
    dx = dxp[:, :, pad : pad + H, pad : pad + W].transpose(1, 0, 2, 3)
    return dx, dwb[:K].T.reshape(w.shape), dwb[K]


def max_pool_forward(x, *, size=2, stride=2):
    """Forward pass of max pooling: the largest entry of each window of each channel.

    x: (N, C, H, W) float array. size: int >= 1, the side of the square window.
    stride: int >= 1, pixels between neighbouring windows; it tiles along both axes, as in `conv_output_size`.

    Returns (out, cache): out is (N, C, OH, OW), of x's dtype; cache is whatever max_pool_backward needs.
    Does not change x.
    """
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    windows = windows.reshape(*windows.shape[:4], size * size)
    return windows.max(axis=-1), (windows.argmax(axis=-1), x, size, stride)


def max_pool_backward(dout, cache):
    """Backward pass of max pooling: each window's gradient goes to its largest entry.

    dout: (N, C, OH, OW) array, the gradient of the loss with respect to out.
    cache: what max_pool_forward returned as its second result.

    Where several entries of a window are the largest, the first in reading order (by row, then by column) takes
    all of it. Where windows overlap, their gradients are added.
    Returns dx, an array of x's shape, float32 if dout is. A second call gives the same.
    """
    winner, x, size, stride = cache
    dx = np.zeros(x.shape, dout.dtype)
    n, c, i, j = np.indices(dout.shape)
    np.add.at(dx, (n, c, stride * i + winner // size, stride * j + winner % size), dout)
    return dx


def spatial_batchnorm_forward(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Forward pass of batch norm for images: per channel, over N, H and W.

    x: (N, C, H, W) float array. gamma, beta: (C,) float arrays, scale and shift of each channel.
    state: the running averages {'mean': (C,), 'var': (C,)}, or None at the start: zeros and ones.
    training: bool. True: x is normalised by its own mean and biased variance (divided by N * H * W), and the running
    averages move: momentum * old + (1 - momentum) * batch. False: x is normalised by the averages in state, and
    they come back as they are (zeros and ones for None).
    momentum: float in [0, 1]. eps: float > 0, added to the variance inside the root.

    Returns (out, cache, new_state): out of x's shape and dtype, whatever spatial_batchnorm_backward needs, and the
    dict {'mean': (C,), 'var': (C,)}. Changes none of its arguments. Source: Ioffe and Szegedy 2015.
    """

    old = {"mean": np.zeros_like(gamma), "var": np.ones_like(gamma)} if state is None else state
    new_state = {"mean": old["mean"].copy(), "var": old["var"].copy()}
    mean, var = new_state["mean"], new_state["var"]
    if training:
        mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
        batch = {"mean": mean, "var": var}
        new_state = {key: momentum * old[key] + (1 - momentum) * batch[key] for key in batch}
    std = np.sqrt(var + eps)
    channels = np.s_[:, None, None]
    x_hat = (x - mean[channels]) / std[channels]
    return gamma[channels] * x_hat + beta[channels], (x_hat, gamma, std), new_state


def spatial_batchnorm_backward(dout, cache):
    """Backward pass of batch norm for images, after a forward with training=True.

    dout: (N, C, H, W) array, the gradient of the loss with respect to out.
    cache: what spatial_batchnorm_forward returned as its second result.

    Returns (dx, dgamma, dbeta): x's shape, (C,), (C,), float32 if the inputs are. The batch's mean and variance
    depend on x, and dx counts that. A second call gives the same.
    """
    x_hat, gamma, std = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    m = dout.size // len(gamma)
    scale, pull, lean = (v[:, None, None] for v in (gamma / std, dbeta / m, dgamma / m))
    return scale * (dout - pull - x_hat * lean), dgamma, dbeta

# --- from 09_data_augmentation


def random_flip(X, p, rng):
    """Each image as it is, or flipped from left to right.

    X: (N, C, H, W) float array, a batch of images.
    p: float from 0 to 1, the probability that an image is flipped. 0 flips none, 1 flips all.
    rng: numpy.random.Generator, the only source of randomness.

    Returns a float array of X's shape and dtype. Image n of it is X[n] or, with probability p, X[n] with its columns in
    reverse order, the whole image with all channels, decided by a coin of its own. Each call tosses new coins.
    Raises ValueError, with a message that names `p`, if p is not in [0, 1].
    Does not change X. Source: Krizhevsky et al. 2012.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p}")
    flipped = rng.random(len(X)) < p
    return np.where(flipped[:, None, None, None], X[..., ::-1], X)


def pad_and_crop(X, pad, rng):
    """Each image pushed by a random step of its own, with zeros coming in.

    X: (N, C, H, W) float array, a batch of images; H and W may differ.
    pad: int >= 0, the number of zeros put around each image on every side; it may be larger than the image.
    rng: numpy.random.Generator, the only source of randomness.

    Returns a float array of X's shape and dtype. Image n of it is a window of height H and width W of X[n] with its
    zeros around it. The place of the window is drawn for each image independently, and each of the (2 * pad + 1)**2
    places is equally likely. Each call draws new places.
    Does not change X. Source: He et al. 2016.
    """
    N, (H, W) = len(X), X.shape[2:]
    padded = np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    places = rng.integers(0, 2 * pad + 1, (N, 2))
    return np.stack([padded[n, :, i : i + H, j : j + W] for n, (i, j) in enumerate(places)])

# --- from 10_model_ensembles


def average_probabilities(probabilities):
    """The mean of the class probabilities that several nets give for the same examples.

    probabilities: list of M >= 1 float arrays, each (N, C): row n of array m holds the probabilities, each
        from 0 to 1, that net m gives to the C classes for example n. Rows sum to 1.

    Returns one (N, C) float array: for each example and class the arithmetic mean over the nets, float32 if
    the arrays in the list are. Changes neither the list nor the arrays in it. Source: Hansen and Salamon 1990.
    """
    return np.mean(probabilities, axis=0)
