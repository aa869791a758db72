"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import copy

import numpy as np
from toolbox import conv_forward_fast, softmax_loss

from autograder.checking import right

# ------------------------------------------------------------------------------------------ replace_head


@right("replace_head")
def head_copied(net, classes, generator):
    """A deep copy; the last layer is found by the largest number in a name."""
    new = copy.deepcopy(net)
    last = max(int(name[1:]) for name in net)
    rows = net[f"W{last}"].shape[0]
    new[f"W{last}"] = generator.normal(0.0, 0.01, size=(rows, classes)).astype(net[f"W{last}"].dtype)
    new[f"b{last}"] = np.zeros((classes,), dtype=net[f"W{last}"].dtype)
    return new


@right("replace_head")
def head_entry_by_entry(params, num_classes, rng):
    """Draws one number at a time, column by column, and builds the dict in the order of layers."""
    last = 1
    while f"W{last + 1}" in params:
        last += 1
    new = {}
    for i in range(1, last):
        new[f"W{i}"], new[f"b{i}"] = params[f"W{i}"].copy(), params[f"b{i}"].copy()
    W = np.empty((params[f"W{last}"].shape[0], num_classes), params[f"W{last}"].dtype)
    for j in range(num_classes):
        for i in range(W.shape[0]):
            W[i, j] = rng.normal() / 100
    new[f"W{last}"], new[f"b{last}"] = W, W[0] * 0
    return new


@right("replace_head")
def head_by_box_and_muller(params, num_classes, rng):
    """Makes normal numbers out of uniform ones."""
    L = len([name for name in params if name.startswith("W")])
    old = params[f"W{L}"]
    u, v = 1 - rng.random((old.shape[0], num_classes)), rng.random((old.shape[0], num_classes))
    W = 0.01 * np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)
    out = dict(params)
    out.update({f"W{L}": np.asarray(W, old.dtype), f"b{L}": np.zeros(num_classes).astype(old.dtype)})
    return out


# --------------------------------------------------------------------------------------------- trainable


@right("trainable")
def trainable_layer_by_layer(net, first):
    """Starts with all True and freezes from below."""
    mask = dict.fromkeys(net, True)
    for layer in range(1, first):
        mask[f"W{layer}"] = mask[f"b{layer}"] = False
    return mask


@right("trainable")
def trainable_numpy_bools(params, first_layer):
    """Compares arrays: NumPy's own bools come back."""
    names = list(params)
    layers = np.array([int(name.lstrip("Wb")) for name in names])
    return dict(zip(names, layers >= first_layer, strict=True))


@right("trainable")
def trainable_by_a_set(params, first_layer):
    """Collects the frozen names first."""
    frozen = {letter + str(layer) for letter in "bW" for layer in range(1, first_layer)}
    return {name: name not in frozen for name in sorted(params)}


# ------------------------------------------------------------------------------------------- masked_step


@right("masked_step")
def step_copies_all(net, gradients, mask, lr):
    """Copies every array, then moves the copies in place."""
    new = {name: w.copy() for name, w in net.items()}
    for name in new:
        if mask[name]:
            new[name] -= lr * gradients[name]
    return new


@right("masked_step")
def step_goes_through_the_gradients(params, grads, mask, learning_rate):
    """Goes through the gradients and skips those of frozen arrays."""
    new = dict(params)
    for name, gradient in grads.items():
        if not mask[name]:
            continue
        new[name] = params[name] + gradient * (-learning_rate)
    return new


@right("masked_step")
def step_filters(params, grads, mask, learning_rate):
    """Merges two dicts."""
    moving = filter(mask.get, params)
    return params | {name: np.subtract(params[name], np.multiply(grads[name], learning_rate)) for name in moving}


# -------------------------------------------------------------------------------------- extract_features


@right("extract_features")
def features_by_windows(net, images, k):
    """Its own convolution over windows, np.maximum, pooling by reshape."""
    n_layers = len(net) // 2
    if k <= 0 or k >= n_layers:
        raise ValueError("Layer out of range")
    h = images
    for i in range(1, k + 1):
        W, b = net["W" + str(i)], net["b" + str(i)]
        if len(W.shape) == 4:
            p = (W.shape[-1] - 1) // 2
            padded = np.pad(h, ((0, 0), (0, 0), (p, p), (p, p)))
            windows = np.lib.stride_tricks.sliding_window_view(padded, W.shape[2:], axis=(2, 3))
            h = np.einsum("nchwij,fcij->nfhw", windows, W) + b[None, :, None, None]
            h = np.maximum(h, 0)
            n, f, rows, columns = h.shape
            h = h.reshape(n, f, rows // 2, 2, columns // 2, 2).max(axis=5).max(axis=3)
        else:
            h = np.maximum(0, h.reshape(h.shape[0], -1) @ W + b)
    return h.reshape(h.shape[0], -1)


@right("extract_features")
def features_image_by_image(params, X, layer):
    """One image at a time; pools before the ReLU, which is the same."""
    if layer not in range(1, len(params) // 2):
        raise ValueError(f"there is no layer {layer}")
    rows = []
    for x in X:
        h = x[None]
        for i in range(1, layer + 1):
            W, b = params[f"W{i}"], params[f"b{i}"]
            if W.ndim == 4:
                h = conv_forward_fast(h, W, b, pad=(W.shape[2] - 1) // 2)[0]
                h = np.max([h[:, :, r::2, c::2] for r in (0, 1) for c in (0, 1)], axis=0)
            else:
                h = h.reshape(1, -1).dot(W) + b
            h = np.where(h > 0, h, 0).astype(X.dtype)
        rows.append(h.ravel())
    return np.array(rows)


@right("extract_features")
def features_recursive(params, X, layer):
    """Asks for the features of the layer below, and puts them back into their shape."""
    if layer < 1 or layer > len(params) // 2 - 1:
        raise ValueError("layer must be between 1 and L - 1")
    W, b = params[f"W{layer}"], params[f"b{layer}"]
    below = X if layer == 1 else features_recursive(params, X, layer - 1)
    if W.ndim == 2:
        return np.maximum(below.reshape(len(X), -1) @ W + b, 0)
    if layer > 1:
        below = below.reshape(len(X), W.shape[1], X.shape[2] >> (layer - 1), X.shape[3] >> (layer - 1))
    out, _ = conv_forward_fast(below, W, b, stride=1, pad=W.shape[2] // 2)
    pooled = np.maximum(
        np.maximum(out[..., ::2, ::2], out[..., 1::2, ::2]), np.maximum(out[..., ::2, 1::2], out[..., 1::2, 1::2])
    )
    return np.maximum(pooled, 0).reshape(len(X), -1)


# ------------------------------------------------------------------------------------- train_linear_probe


@right("train_linear_probe")
def probe_plain_descent(F, labels, C, *, reg, steps):
    """Plain gradient descent with the safe rate of the text; softmax by hand."""
    N, D = F.shape
    W, b, hot = np.zeros((D, C), F.dtype), np.zeros(C, F.dtype), np.eye(C, dtype=F.dtype)[labels]
    K = 0.5 * ((F * F).sum() / N + 1) + 2 * reg
    for _ in range(steps):
        s = F.dot(W) + b
        p = np.exp(s - s.max(axis=1, keepdims=True))
        d = (p / p.sum(axis=1, keepdims=True) - hot) / F.dtype.type(N)
        W = (W - (F.T @ d + 2 * reg * W) / K).astype(F.dtype)
        b = (b - d.sum(axis=0) / K).astype(F.dtype)
    return W, b


@right("train_linear_probe")
def probe_adam(features, y, num_classes, *, reg, steps):
    """Adam with a rate that falls, all parameters in one array with a row for the bias."""
    ones = np.hstack([features, np.ones((len(features), 1))]).astype(float)
    theta, m, v = (np.zeros((ones.shape[1], num_classes)) for _ in range(3))
    keep = np.ones((ones.shape[1], 1))
    keep[-1] = 0
    for t in range(1, steps + 1):
        g = ones.T @ softmax_loss(ones @ theta, y)[1] + 2 * reg * keep * theta
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta = theta - 0.1 * (1 - t / (steps + 1)) * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return [theta[:-1].astype(features.dtype), theta[-1].astype(features.dtype)]


@right("train_linear_probe")
def probe_backtracking(features, y, num_classes, *, reg, steps):
    """Halves its step until the loss falls by enough."""
    W, b, step = np.zeros((features.shape[1], num_classes)), np.zeros(num_classes), 1.0

    def loss(W, b):
        return softmax_loss(features @ W + b, y)[0] + reg * (W**2).sum()

    for _ in range(min(steps, 200)):
        d = softmax_loss(features @ W + b, y)[1]
        dW, db, step = features.T @ d + 2 * reg * W, d.sum(0), 2 * step
        need = ((dW**2).sum() + (db**2).sum()) / 2
        while step > 1e-10 and loss(W - step * dW, b - step * db) > loss(W, b) - step * need:
            step /= 2
        W, b = W - step * dW, b - step * db
    return W.astype(features.dtype), b.astype(features.dtype)


@right("train_linear_probe")
def probe_heavy_ball(features, y, num_classes, *, reg, steps):
    """Momentum by hand, with the largest singular value as the curvature, and both kept in lists."""
    N, D = features.shape
    ones = np.concatenate([features, np.ones((N, 1), features.dtype)], axis=1)
    rate = 1.0 / (np.linalg.norm(ones, 2) ** 2 / (2 * N) + 2 * reg)
    w = [np.zeros((D, num_classes)), np.zeros(num_classes)]
    v = [0.0, 0.0]
    for _ in range(steps):
        d = softmax_loss(features @ w[0] + w[1], y)[1]
        for i, g in enumerate((features.T @ d + 2 * reg * w[0], d.sum(axis=0))):
            v[i] = 0.8 * v[i] - rate * g
            w[i] = w[i] + v[i]
    return tuple(a.astype(features.dtype) for a in w)


# ----------------------------------------------------------------------------------- layer_learning_rates


@right("layer_learning_rates")
def rates_from_the_top(net, base_rate, factor):
    """Walks from the head down and multiplies."""
    rates, rate = {}, base_rate
    for layer in range(len(net) // 2, 0, -1):
        rates[f"W{layer}"] = rates[f"b{layer}"] = rate
        rate = rate * factor
    return rates


@right("layer_learning_rates")
def rates_by_powers(params, base, decay):
    """An array of powers: np.float64 comes back."""
    layers = np.arange(1, len(params) // 2 + 1)
    powers = base * np.power(decay, layers[::-1] - 1.0)
    return {name: powers[int(name[1:]) - 1] for name in params}


@right("layer_learning_rates")
def rates_by_logarithms(params, base, decay):
    """Through logarithms, with the last layer found by the largest number."""
    top = max(int(name[1:]) for name in params)
    return {name: float(np.exp(np.log(base) + (top - int(name[1:])) * np.log(decay))) for name in params}


# ---------------------------------------------------------------------------------------- choose_strategy


@right("choose_strategy")
def strategy_by_ifs(n, kind):
    """Nested ifs."""
    if kind == "similar":
        if n >= 1000:
            return "finetune_a_few_layers"
        return "linear_classifier_on_top_layer"
    elif kind == "different":
        if n >= 1000:
            return "finetune_more_layers"
        return "linear_classifiers_from_several_layers"
    else:
        raise ValueError("Similarity is neither 'similar' nor 'different'")


@right("choose_strategy")
def strategy_by_a_dict_of_pairs(num_examples, similarity):
    """A dict with pairs as keys."""
    table = {
        (True, "similar"): "linear_classifier_on_top_layer",
        (True, "different"): "linear_classifiers_from_several_layers",
        (False, "similar"): "finetune_a_few_layers",
        (False, "different"): "finetune_more_layers",
    }
    try:
        return table[num_examples <= 999, similarity]
    except KeyError:
        raise ValueError(f"unknown similarity: {similarity}") from None


@right("choose_strategy")
def strategy_by_match(num_examples, similarity):
    """A match statement, the amount in words first."""
    amount = "few" if num_examples < 1000 else "many"
    match amount, similarity:
        case "few", "similar":
            return "linear_classifier_on_top_layer"
        case "few", "different":
            return "linear_classifiers_from_several_layers"
        case "many", "similar":
            return "finetune_a_few_layers"
        case "many", "different":
            return "finetune_more_layers"
    raise ValueError("similarity")
