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

# --- from 03_optimizers


def sgd(w, dw, state, *, learning_rate):
    """One step of stochastic gradient descent.

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None or an empty dict; SGD has no memory.
    learning_rate: float > 0, the alpha of the formula.

    Returns (new_w, new_state): an array of w's shape and dtype, and the empty dict {}.
    Changes none of its arguments. Source: Robbins and Monro 1951.
    """
    return w - learning_rate * dw, {}


def minimize(rule, grad_fn, w0, steps, **hyper):
    """Walk downhill from w0 and record the path.

    rule: an update rule, rule(w, dw, state, **hyper) -> (new_w, new_state).
    grad_fn: maps a (D,) array w to the gradient there, a (D,) array. Called once a step, at the current w.
    w0: (D,) float array, the start.
    steps: int >= 0, the number of updates.
    hyper: passed on to the rule at every step, for example learning_rate=0.1.

    The first call of the rule gets the state None, every later call the state that the call before returned.
    Returns the trajectory, a (steps + 1, D) array: row 0 is w0, row i is w after i updates.
    Raises ValueError, with a message that names `steps`, if steps < 0. Changes none of its arguments.
    """
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    trajectory, state = [w0], None
    for _ in range(steps):
        w, state = rule(trajectory[-1], grad_fn(trajectory[-1]), state, **hyper)
        trajectory.append(w)
    return np.stack(trajectory)


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


def adagrad(w, dw, state, *, learning_rate, eps=1e-7):
    """One step of AdaGrad: cache = cache + dw^2, then w - learning_rate dw / (sqrt(cache) + eps).

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (the cache is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    eps: float > 0, added outside the root.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'cache': the new sum of squares}.
    Changes none of its arguments, nor the array in state. Source: Duchi, Hazan and Singer 2011.
    """
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


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
