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


def momentum(w, dw, state, *, learning_rate, rho=0.9):
    """One step of gradient descent with momentum: v = rho v - learning_rate dw, then w + v.

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (the velocity is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    rho: float in [0, 1), the fraction of the velocity that is kept.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'v': the new velocity}.
    Changes none of its arguments, nor the array in state. Source: Polyak 1964.
    """
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * dw
    return w + v, {"v": v}

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


def cosine_decay(lr0, t, *, total):
    """The learning rate that falls along half a wave of the cosine, from lr0 to 0.

    lr0: float > 0, the rate at t = 0. total: int or float > 0, the length of the run.
    t: int or float from 0 to total, the time, in the unit of total.

    Returns a float: lr0 (1 + cos(pi t / total)) / 2. Source: Loshchilov and Hutter 2017.
    """
    return lr0 * (1 + np.cos(np.pi * t / total)) / 2
