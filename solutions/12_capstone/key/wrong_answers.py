"""Mistakes that people really make in a recipe. Each docstring is the hint that names the mistake.

They go with the model solution's other function: a net without blocks is the linear classifier W, b on prepared images.
"""

import numpy as np
from toolbox import (
    affine_forward,
    conv_forward_fast,
    max_pool_forward,
    relu_forward,
    softmax_loss,
    spatial_batchnorm_forward,
)

from autograder.checking import wrong

# ------------------------------------------------------------------------------------------- train_model


def flattened(X, mean):
    return (4 * (X - mean[:, None, None])).reshape(len(X), -1)


def linear(X, y, rng, steps=40, rate=0.02):
    """A linear classifier, by gradient descent."""
    mean = X.mean(axis=(0, 2, 3))
    Z, W, b = flattened(X, mean), 0.001 * rng.normal(size=(X[0].size, 16)), np.zeros(16)
    for _ in range(steps):
        _, d = softmax_loss(Z @ W + b, y)
        W, b = W - rate * Z.T @ d, b - rate * d.sum(axis=0)
    return {"W": W, "b": b, "pixel_mean": mean}


@wrong("train_model")
def train_loses_the_labels(X, y, X_val, y_val, rng):
    """Nothing that is true of the images was learned. Either their order and that of the labels are no longer the same:
    where do you shuffle or cut out one without the other? Or the training went nowhere: print its loss."""
    return linear(rng.permutation(X), y, rng)


@wrong("train_model")
def train_returns_the_history_too(X, y, X_val, y_val, rng):
    """A trainer's history is for your eyes. What `train_model` hands over is the one thing that `predict` needs."""
    params = linear(X, y, rng)
    return params, {"loss": [2.77, 2.1]}


@wrong("train_model")
def train_draws_from_elsewhere(X, y, X_val, y_val, rng):
    """Your second training is different, although its generator is equal. Some numbers come from a generator that
    nobody gave you, or the first training left something behind: a global, or images that it changed."""
    return linear(X, y, np.random.default_rng())


@wrong("train_model")
def train_changes_the_images(X, y, X_val, y_val, rng):
    """The images that you were given are no longer what they were: your preparation works in place. The next training
    prepares them a second time."""
    X -= X.mean(axis=(0, 2, 3))[:, None, None]
    return linear(X, y, rng)


@wrong("train_model")
def train_hands_over_the_optimiser(X, y, X_val, y_val, rng):
    """The optimiser's memory is as large as the weights, and `predict` has no use for it. Only what is needed to label
    an image belongs into params: that is what is counted."""
    params = linear(X, y, rng)
    m, v = (np.zeros((8 * len(params["W"]), 16)) for _ in range(2))
    return params | {"m": m, "v": v}


@wrong("train_model")
def train_nests_the_averages(X, y, X_val, y_val, rng):
    """A dict in a dict: the running averages of batch norm are arrays like all the others. Give each its own name."""
    return linear(X, y, rng) | {"state1": {"mean": np.zeros(8), "var": np.ones(8)}}


@wrong("train_model")
def train_diverges(X, y, X_val, y_val, rng):
    """Your parameters are no numbers any more. The rate is too high for this net and this preparation of the images:
    look at the loss of the first steps."""
    params = linear(X, y, rng)
    with np.errstate(all="ignore"):
        return params | {"W": np.float64(1e300) * params["W"] * 1e300}


# ----------------------------------------------------------------------------------------------- predict


def net_scores(params, X, training=False):
    """The model solution's forward pass."""
    h, i = (4 * (X - params["pixel_mean"][:, None, None])).astype(np.float32), 1
    while f"W{i}" in params:
        h, _ = conv_forward_fast(h, params[f"W{i}"], params[f"b{i}"], pad=1)
        state = {"mean": params[f"mean{i}"], "var": params[f"var{i}"]}
        h = spatial_batchnorm_forward(h, params[f"gamma{i}"], params[f"beta{i}"], state, training=training)[0]
        h = max_pool_forward(relu_forward(h)[0])[0]
        i += 1
    return affine_forward(h, params["W"], params["b"])[0]


@wrong("predict")
def predict_returns_scores(params, X):
    """You return a score for each class. A label is asked for: the number of the class that wins."""
    return net_scores(params, X)


@wrong("predict")
def predict_returns_floats(params, X):
    """Your labels are floats. A label is the number of a class: an integer, that can index an array."""
    return net_scores(params, X).argmax(axis=1).astype(float)


@wrong("predict")
def predict_uses_the_batch(params, X):
    """What an image is taken for depends on its neighbours: at test time you use statistics of the batch, in batch norm
    or when you prepare the images. The statistics of the training belong into params."""
    return net_scores(params, X, training=True).argmax(axis=1)


@wrong("predict")
def predict_returns_a_list(params, X):
    """A list of labels: it cannot be compared with an array of labels, entry by entry. Make it an array."""
    return [int(label) for label in net_scores(params, X).argmax(axis=1)]


_seen = {}


@wrong("predict")
def predict_remembers_images(params, X):
    """An image that was asked for before gets its old label, whatever params hold now: something is kept from one call
    to the next, outside of params."""
    for image, label in zip(X, net_scores(params, X).argmax(axis=1), strict=True):
        _seen.setdefault(image.tobytes(), label)
    return np.array([_seen[image.tobytes()] for image in X])
