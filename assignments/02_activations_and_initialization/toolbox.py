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
