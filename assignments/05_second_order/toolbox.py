"""Finished functions of earlier notebooks that this one uses. Made from their solutions; do not edit."""

import numpy as np

# --- from 01_gradient_checking


def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def softmax_loss(scores, y):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return -log_p[rows, y].mean(), dscores / len(y)


def two_layer_loss(params, X, y, reg):
    h, affine1 = affine_forward(X, params["W1"], params["b1"])
    a, relu = relu_forward(h)
    scores, affine2 = affine_forward(a, params["W2"], params["b2"])
    data_loss, dscores = softmax_loss(scores, y)
    loss = data_loss + reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    da, dW2, db2 = affine_backward(dscores, affine2)
    _, dW1, db1 = affine_backward(relu_backward(da, relu), affine1)
    grads = {"W1": dW1 + 2 * reg * params["W1"], "b1": db1, "W2": dW2 + 2 * reg * params["W2"], "b2": db2}
    return loss, grads

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
