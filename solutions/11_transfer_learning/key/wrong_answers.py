"""Mistakes that people really make with pretrained networks. Each docstring is the hint that names the mistake."""

import numpy as np
from toolbox import (
    adam,
    affine_forward,
    conv_forward_fast,
    max_pool_forward,
    nesterov,
    relu_forward,
    softmax_loss,
)

from autograder.checking import wrong

# ------------------------------------------------------------------------------------------ replace_head


def with_head(params, W, b):
    """The params with another last layer."""
    L = len(params) // 2
    return {**params, f"W{L}": W.astype(params[f"W{L}"].dtype), f"b{L}": b.astype(params[f"W{L}"].dtype)}


def last(params):
    return params[f"W{len(params) // 2}"]


@wrong("replace_head")
def head_keeps_the_old(params, num_classes, rng):
    """You cut columns out of the old head. It weighs the features for the old classes: none of it says anything
    about the new ones."""
    L = len(params) // 2
    W, b = params[f"W{L}"], params[f"b{L}"]
    if num_classes > W.shape[1]:
        W, b = np.tile(W, (1, num_classes)), np.tile(b, num_classes)
    return with_head(params, W[:, :num_classes], b[:num_classes])


@wrong("replace_head")
def head_on_top(params, num_classes, rng):
    """You put a layer on top of the old head. The new head takes its place: it gets the features of the body, not
    the old scores."""
    L = len(params) // 2
    W = 0.01 * rng.standard_normal((params[f"W{L}"].shape[1], num_classes))
    return {**params, f"W{L + 1}": W, f"b{L + 1}": np.zeros(num_classes)}


@wrong("replace_head")
def head_transposed(params, num_classes, rng):
    """Your new weight lies on its side. A row of W belongs to a feature and a column to a class, as in the old
    head."""
    return with_head(params, 0.01 * rng.standard_normal((num_classes, len(last(params)))), np.zeros(num_classes))


@wrong("replace_head")
def head_of_zeros(params, num_classes, rng):
    """Your new weights are all 0. That even trains, since a head is one layer, but drawn ones are asked for."""
    return with_head(params, np.zeros((len(last(params)), num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_too_large(params, num_classes, rng):
    """Your new weights have the standard deviation 1. Small ones are asked for: a new head should not be sure of
    anything."""
    return with_head(params, rng.standard_normal((len(last(params)), num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_by_he(params, num_classes, rng):
    """You initialise by He's rule. It is made for layers before a ReLU; behind the head there is none, and its
    scores should begin near 0."""
    D = len(last(params))
    return with_head(params, np.sqrt(2 / D) * rng.standard_normal((D, num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_variance(params, num_classes, rng):
    """0.01 is the standard deviation, and you take it for the variance: your weights are ten times too large."""
    return with_head(params, 0.1 * rng.standard_normal((len(last(params)), num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_uniform(params, num_classes, rng):
    """Your weights are uniform. The standard deviation fits, but a normal distribution is asked for."""
    limit = 0.01 * np.sqrt(3)
    return with_head(params, rng.uniform(-limit, limit, (len(last(params)), num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_positive(params, num_classes, rng):
    """Your weights lie between 0 and 0.01: `rng.random` is uniform, and never below 0. A normal distribution about 0 is
    asked for."""
    return with_head(params, 0.01 * rng.random((len(last(params)), num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_random_bias(params, num_classes, rng):
    """Your new bias is random. Before the first step no class should be ahead of another."""
    W = 0.01 * rng.standard_normal((len(last(params)), num_classes))
    return with_head(params, W, 0.01 * rng.standard_normal(num_classes))


@wrong("replace_head")
def head_old_bias(params, num_classes, rng):
    """The weight is new, but the bias is still the old one. It has an entry for each OLD class."""
    L = len(params) // 2
    W = 0.01 * rng.standard_normal((len(params[f"W{L}"]), num_classes)).astype(params[f"W{L}"].dtype)
    return {**params, f"W{L}": W}


@wrong("replace_head")
def head_own_generator(params, num_classes, rng):
    """Your weights do not come from the rng that you are given. With a generator of your own, nobody can repeat the
    experiment, or average over seeds."""
    W = 0.01 * np.random.default_rng(0).standard_normal((len(last(params)), num_classes))
    return with_head(params, W, np.zeros(num_classes))


@wrong("replace_head")
def head_by_the_alphabet(params, num_classes, rng):
    """You sort the names to find the last layer. In the alphabet W10 comes before W2: count the layers instead."""
    names = sorted(params)
    W, b = names[len(names) // 2 - 1], names[-1]
    new = 0.01 * rng.standard_normal((len(params[W]), num_classes)).astype(params[W].dtype)
    return {**params, W: new, b: np.zeros(num_classes, params[b].dtype)}


@wrong("replace_head")
def head_by_the_order(params, num_classes, rng):
    """You take the two names that stand last in the dict. Its order is not the order of the layers: the numbers
    are."""
    W, b = list(params)[-2:]
    new = 0.01 * rng.standard_normal((len(params[W]), num_classes)).astype(params[W].dtype)
    return {**params, W: new, b: np.zeros(num_classes, new.dtype)}


@wrong("replace_head")
def head_new_body(params, num_classes, rng):
    """All layers are new. Then nothing is transferred: the body is what the old task taught, keep it."""
    new = {
        name: 0.01 * rng.standard_normal(w.shape) if name[0] == "W" else np.zeros_like(w) for name, w in params.items()
    }
    return with_head(new, 0.01 * rng.standard_normal((len(last(params)), num_classes)), np.zeros(num_classes))


@wrong("replace_head")
def head_into_the_callers_dict(params, num_classes, rng):
    """You write the new head into the caller's dict: the old one is lost. Make a new dict."""
    L = len(params) // 2
    W = params[f"W{L}"]
    params[f"W{L}"] = (0.01 * rng.standard_normal((len(W), num_classes))).astype(W.dtype)
    params[f"b{L}"] = np.zeros(num_classes, W.dtype)
    return params


@wrong("replace_head")
def head_float64(params, num_classes, rng):
    """Your head is float64 on a float32 body. From there on everything is computed in float64, twice as slowly."""
    L = len(params) // 2
    W = 0.01 * rng.standard_normal((len(params[f"W{L}"]), num_classes))
    return {**params, f"W{L}": W, f"b{L}": np.zeros(num_classes)}


# --------------------------------------------------------------------------------------------- trainable


@wrong("trainable")
def trains_the_lower(params, first_layer):
    """True and False are the wrong way round: what lies BELOW first_layer is frozen."""
    return {name: int(name[1:]) < first_layer for name in params}


@wrong("trainable")
def trains_one_less(params, first_layer):
    """first_layer itself is frozen in your mask. It is the first that trains."""
    return {name: int(name[1:]) > first_layer for name in params}


@wrong("trainable")
def trains_one_more(params, first_layer):
    """One layer too many trains. Layers are counted from 1, not from 0."""
    return {name: int(name[1:]) >= first_layer - 1 for name in params}


@wrong("trainable")
def trains_only_one_layer(params, first_layer):
    """Only one layer trains in your mask. All those above first_layer train too."""
    return {name: int(name[1:]) == first_layer for name in params}


@wrong("trainable")
def trains_weights_only(params, first_layer):
    """Your biases never train. A layer is frozen or trained as a whole."""
    return {name: int(name[1:]) >= first_layer and name[0] == "W" for name in params}


@wrong("trainable")
def trains_all_biases(params, first_layer):
    """The biases of frozen layers still train in your mask. Frozen means the whole layer."""
    return {name: int(name[1:]) >= first_layer or name[0] == "b" for name in params}


@wrong("trainable")
def trains_by_one_digit(params, first_layer):
    """You read one digit of a name. From layer 10 on, layers have two."""
    return {name: int(name[1]) >= first_layer for name in params}


@wrong("trainable")
def trains_by_the_alphabet(params, first_layer):
    """You compare the layers' numbers as text. In the alphabet "10" comes before "2"."""
    return {name: name[1:] >= str(first_layer) for name in params}


@wrong("trainable")
def trains_by_place(params, first_layer):
    """You count the names in the order of the dict. It need not be the order of the layers: read the number in the
    name."""
    return {name: i // 2 + 1 >= first_layer for i, name in enumerate(params)}


@wrong("trainable")
def trains_from_the_top(params, first_layer):
    """You count from the head downwards. Layers are counted from the input."""
    L = len(params) // 2
    return {name: L - int(name[1:]) + 1 <= first_layer for name in params}


@wrong("trainable")
def trains_what_is_returned(params, first_layer):
    """Your dict holds only the names that train. The frozen ones belong in it too, with False."""
    return {name: True for name in params if int(name[1:]) >= first_layer}


@wrong("trainable")
def trains_by_layer_number(params, first_layer):
    """The keys of your dict are layer numbers. It should have the names of params: W1, b1 and so on."""
    return {layer: layer >= first_layer for layer in range(1, len(params) // 2 + 1)}


# ------------------------------------------------------------------------------------------- masked_step


@wrong("masked_step")
def step_climbs(params, grads, mask, learning_rate):
    """Your step goes uphill: look at the sign."""
    return {name: w + learning_rate * grads[name] if mask[name] else w for name, w in params.items()}


@wrong("masked_step")
def step_the_other_half(params, grads, mask, learning_rate):
    """You move what is frozen and keep what trains. True means: it trains."""
    return {name: w - learning_rate * grads.get(name, 0) if not mask[name] else w for name, w in params.items()}


@wrong("masked_step")
def step_asks_the_other_half(params, grads, mask, learning_rate):
    """You move what is frozen and keep what trains. True means: it trains."""
    return {name: w if mask[name] else w - learning_rate * grads[name] for name, w in params.items()}


@wrong("masked_step")
def step_ignores_the_mask(params, grads, mask, learning_rate):
    """You do not look at the mask: whatever has a gradient moves."""
    return {name: w - learning_rate * grads[name] if name in grads else w for name, w in params.items()}


@wrong("masked_step")
def step_needs_all_gradients(params, grads, mask, learning_rate):
    """You look up a gradient for frozen arrays too. There may be none: nobody computes what is not used."""
    moved = {name: w - learning_rate * grads[name] for name, w in params.items()}
    return {name: moved[name] if mask[name] else w for name, w in params.items()}


@wrong("masked_step")
def step_times_the_mask(params, grads, mask, learning_rate):
    """You multiply by the mask. Zero times NaN is NaN, zero times infinity too: choose with the mask, do not
    calculate with it."""
    return {name: w - learning_rate * mask[name] * grads.get(name, np.zeros_like(w)) for name, w in params.items()}


@wrong("masked_step")
def step_of_a_zero_gradient(params, grads, mask, learning_rate):
    """You take a step of 0 where an array is frozen. Almost the same is not bit for bit the same: subtracting a
    zero can turn -0.0 into 0.0. Leave the array alone."""
    rates = {name: learning_rate if mask[name] else 0.0 for name in params}
    return {name: w - rates[name] * np.nan_to_num(grads.get(name, np.zeros_like(w))) for name, w in params.items()}


@wrong("masked_step")
def step_without_rate(params, grads, mask, learning_rate):
    """Your step is the whole gradient: the learning rate is missing."""
    return {name: w - grads[name] if mask[name] else w for name, w in params.items()}


@wrong("masked_step")
def step_drops_the_frozen(params, grads, mask, learning_rate):
    """Your result holds only what was trained. A net without its lower layers cannot run: the frozen arrays belong in
    it."""
    return {name: w - learning_rate * grads[name] for name, w in params.items() if mask[name]}


@wrong("masked_step")
def step_freezes_with_zeros(params, grads, mask, learning_rate):
    """Your frozen arrays are all 0. Frozen means that they stay as they are, not that they are switched off."""
    return {name: w - learning_rate * grads[name] if mask[name] else np.zeros_like(w) for name, w in params.items()}


@wrong("masked_step")
def step_freezes_up_to_the_lowest(params, grads, mask, learning_rate):
    """You move everything above the lowest layer that trains. The mask holds for each name by itself: a layer in the
    middle may be frozen, or only the weights."""
    first = min((int(name[1:]) for name in params if mask[name]), default=len(params))
    return {name: w - learning_rate * grads.get(name, 0) if int(name[1:]) >= first else w for name, w in params.items()}


@wrong("masked_step")
def step_weights_only(params, grads, mask, learning_rate):
    """Your biases never move. The mask says of them, too, whether they train."""
    return {name: w - learning_rate * grads[name] if mask[name] and name[0] == "W" else w for name, w in params.items()}


@wrong("masked_step")
def step_by_place(params, grads, mask, learning_rate):
    """You pair arrays and gradients by their place in the dicts. They may stand in another order: look each up by its
    name."""
    pairs = zip(params.items(), grads.values(), strict=False)
    return {name: w - learning_rate * g if mask[name] else w for (name, w), g in pairs}


@wrong("masked_step")
def step_mask_by_place(params, grads, mask, learning_rate):
    """You pair arrays and the mask by their place in the dicts. They may stand in another order: look each up by its
    name."""
    pairs = zip(params.items(), mask.values(), strict=True)
    return {name: w - learning_rate * grads[name] if trains else w for (name, w), trains in pairs}


@wrong("masked_step")
def step_in_place(params, grads, mask, learning_rate):
    """Your numbers are right, but the caller's params have moved too: `-=` writes into an array, `params[name] =
    ...` into the dict. Make a new dict of new arrays."""
    for name, w in params.items():
        if mask[name]:
            w -= learning_rate * grads[name]
    return dict(params)


# -------------------------------------------------------------------------------------- extract_features


def run(params, X, layers, *, conv, affine):
    """The output of layers, flattened. conv, affine: (out, W, b) -> out."""
    out = X
    for i in layers:
        W, b = params[f"W{i}"], params[f"b{i}"]
        out = conv(out, W, b) if W.ndim == 4 else affine(out, W, b)
    return out.reshape(len(X), -1)


def in_range(params, layer):
    if not 1 <= layer < len(params) // 2:
        raise ValueError(f"no layer {layer}")


def conv(out, W, b):
    return max_pool_forward(relu_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0])[0]


def affine(out, W, b):
    return np.maximum(out.reshape(len(out), -1) @ W + b, 0)


def pooled(out):
    """2x2 max pooling of maps of any size; a row or column too many is left out."""
    N, C, H, W = out.shape
    even = out[:, :, : H // 2 * 2, : W // 2 * 2]
    return even.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))


@wrong("extract_features")
def features_one_too_low(params, X, layer):
    """You stop one layer too early: layer `layer` itself belongs to it. Layers are counted from 1."""
    in_range(params, layer)
    return run(params, X, range(1, layer), conv=conv, affine=affine)


@wrong("extract_features")
def features_one_too_high(params, X, layer):
    """You go one layer too far. Layers are counted from 1: the input is no layer."""
    in_range(params, layer)
    return run(params, X, range(1, layer + 2), conv=conv, affine=affine)


@wrong("extract_features")
def features_without_pooling(params, X, layer):
    """A convolution is followed by a ReLU AND by pooling. Without the pooling your maps are four times too large."""
    in_range(params, layer)
    return run(
        params,
        X,
        range(1, layer + 1),
        conv=lambda out, W, b: relu_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0],
        affine=affine,
    )


@wrong("extract_features")
def features_before_the_last_pooling(params, X, layer):
    """The pooling of the last convolution is missing. It belongs to the layer."""
    in_range(params, layer)
    W, b = params[f"W{layer}"], params[f"b{layer}"]
    if W.ndim == 2:
        return run(params, X, range(1, layer + 1), conv=conv, affine=affine)
    out = X
    for i in range(1, layer):
        out = conv(out, params[f"W{i}"], params[f"b{i}"])
    return relu_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0].reshape(len(X), -1)


@wrong("extract_features")
def features_without_relu(params, X, layer):
    """There are negative numbers in your features: the ReLU is missing. It comes after every layer but the last of the
    net."""
    in_range(params, layer)
    return run(
        params,
        X,
        range(1, layer + 1),
        conv=lambda out, W, b: max_pool_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0],
        affine=lambda out, W, b: affine_forward(out, W, b)[0],
    )


@wrong("extract_features")
def features_without_relu_of_maps(params, X, layer):
    """There are negative numbers in your maps: the convolutions have a ReLU too, before the pooling."""
    in_range(params, layer)
    return run(
        params,
        X,
        range(1, layer + 1),
        conv=lambda out, W, b: max_pool_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0],
        affine=affine,
    )


@wrong("extract_features")
def features_without_relu_of_affine(params, X, layer):
    """Your affine layers have no ReLU. Only the last layer of the net goes without."""
    in_range(params, layer)
    return run(params, X, range(1, layer + 1), conv=conv, affine=lambda out, W, b: affine_forward(out, W, b)[0])


@wrong("extract_features")
def features_before_the_relu(params, X, layer):
    """The ReLU of the layer that you stop at is missing. In the lecture's nets, too, the code is taken after the
    ReLU."""
    in_range(params, layer)
    W, b = params[f"W{layer}"], params[f"b{layer}"]
    out = X
    for i in range(1, layer):
        out = (conv if params[f"W{i}"].ndim == 4 else affine)(out, params[f"W{i}"], params[f"b{i}"])
    if W.ndim == 4:
        out = max_pool_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0]
    else:
        out = affine_forward(out, W, b)[0]
    return out.reshape(len(X), -1)


@wrong("extract_features")
def features_without_padding(params, X, layer):
    """Your maps shrink in the convolution. Pad with zeros so that the size stays: how many, depends on the kernel."""
    in_range(params, layer)
    return run(
        params,
        X,
        range(1, layer + 1),
        conv=lambda out, W, b: pooled(relu_forward(conv_forward_fast(out, W, b)[0])[0]),
        affine=affine,
    )


@wrong("extract_features")
def features_padded_by_one(params, X, layer):
    """You always pad by 1. That fits 3x3 kernels only: half of the kernel hangs over the border, whatever its
    size."""
    in_range(params, layer)
    return run(
        params,
        X,
        range(1, layer + 1),
        conv=lambda out, W, b: max_pool_forward(relu_forward(conv_forward_fast(out, W, b, pad=1)[0])[0])[0],
        affine=affine,
    )


@wrong("extract_features")
def features_without_bias(params, X, layer):
    """The biases are missing: they belong to the layer, and they are trained."""
    in_range(params, layer)
    return run(
        {name: w if name[0] == "W" else 0 * w for name, w in params.items()},
        X,
        range(1, layer + 1),
        conv=conv,
        affine=affine,
    )


@wrong("extract_features")
def features_channel_last(params, X, layer):
    """You flatten with the channels last. The order is channel, row, column, as the layer above expects it."""
    in_range(params, layer)
    out = X
    for i in range(1, layer + 1):
        W, b = params[f"W{i}"], params[f"b{i}"]
        out = conv(out, W, b) if W.ndim == 4 else affine(out, W, b)
    return (out.transpose(0, 2, 3, 1) if out.ndim == 4 else out).reshape(len(X), -1)


@wrong("extract_features")
def features_not_flat(params, X, layer):
    """You return maps. One row an image is asked for: flatten them."""
    in_range(params, layer)
    out = X
    for i in range(1, layer + 1):
        W, b = params[f"W{i}"], params[f"b{i}"]
        out = conv(out, W, b) if W.ndim == 4 else affine(out, W, b)
    return out


@wrong("extract_features")
def features_averaged(params, X, layer):
    """You average each map to one number. That is global average pooling; here every place of a map counts."""
    in_range(params, layer)
    out = X
    for i in range(1, layer + 1):
        W, b = params[f"W{i}"], params[f"b{i}"]
        out = conv(out, W, b) if W.ndim == 4 else affine(out, W, b)
    return out.mean(axis=(2, 3)) if out.ndim == 4 else out


@wrong("extract_features")
def features_in_the_dict_s_order(params, X, layer):
    """You run the layers in the order of the dict. They may stand in any order there: go by their numbers."""
    in_range(params, layer)
    numbers = [int(name[1:]) for name in params if name[0] == "W"]
    return run(params, X, numbers[:layer], conv=conv, affine=affine)


@wrong("extract_features")
def features_by_the_alphabet(params, X, layer):
    """You sort the names. In the alphabet W10 comes before W2: count from 1 to `layer` instead."""
    in_range(params, layer)
    numbers = [int(name[1:]) for name in sorted(params) if name[0] == "W"]
    return run(params, X, numbers[:layer], conv=conv, affine=affine)


@wrong("extract_features")
def features_scores_too(params, X, layer):
    """You also answer for the last layer. It gives scores, not features: an error is asked for, as for layer 0."""
    if not 1 <= layer <= len(params) // 2:
        raise ValueError(f"no layer {layer}")
    return run(params, X, range(1, layer + 1), conv=conv, affine=affine)


@wrong("extract_features")
def features_of_any_layer(params, X, layer):
    """You do not look whether there is such a layer. A layer that has no features should be a ValueError that names
    `layer`."""
    return run(params, X, range(1, layer + 1), conv=conv, affine=affine)


@wrong("extract_features")
def features_from_the_end(params, X, layer):
    """A negative layer counts from the end in your function, as in a list. The text asks for an error."""
    L = len(params) // 2
    layer = layer + L if layer < 0 else layer
    in_range(params, layer)
    return run(params, X, range(1, layer + 1), conv=conv, affine=affine)


@wrong("extract_features")
def features_float64(params, X, layer):
    """Your numbers are right, but float32 went in and float64 came out. `np.zeros(shape)` makes float64."""
    in_range(params, layer)
    return run(params, X.astype(float), range(1, layer + 1), conv=conv, affine=affine)


# ------------------------------------------------------------------------------------- train_linear_probe


def plain(w, dw, state, *, learning_rate):
    return w - learning_rate * dw, None


def descend(
    features,
    y,
    num_classes,
    reg,
    steps,
    *,
    loss_weight=1.0,
    dW=None,
    bias_reg=0.0,
    use_bias=True,
    rate=None,
    rule=nesterov,
):
    """The reference's descent, with something different in it. dW: (W, reg) -> the regularisation's gradient."""
    W, b = np.zeros((features.shape[1], num_classes), features.dtype), np.zeros(num_classes, features.dtype)
    W_state, b_state = None, None
    top = (np.mean(np.sum(features**2, axis=1)) + 1) / 2
    rate = rate or 1 / float(loss_weight * top + 2 * reg)
    dW = dW or (lambda W, reg: 2 * reg * W)
    for _ in range(steps):
        _, dscores = softmax_loss(features @ W + b, y)
        dscores = loss_weight * dscores
        W, W_state = rule(W, features.T @ dscores + dW(W, reg), W_state, learning_rate=rate)
        if use_bias:
            b, b_state = rule(b, dscores.sum(axis=0) + bias_reg * b, b_state, learning_rate=rate)
    return W, b


@wrong("train_linear_probe")
def probe_half_reg(features, y, num_classes, *, reg, steps):
    """You regularise half as much as asked for. The gradient of W * W has a factor: the loss has no 1/2 here."""
    return descend(features, y, num_classes, reg, steps, dW=lambda W, reg: reg * W)


@wrong("train_linear_probe")
def probe_without_reg(features, y, num_classes, *, reg, steps):
    """Your weights are those of a loss without reg: the larger reg, the smaller the weights should be."""
    return descend(features, y, num_classes, 0.0, steps)


@wrong("train_linear_probe")
def probe_half_reg_plainly(features, y, num_classes, *, reg, steps):
    """Your weights are a little too large: you regularise half as much as asked for. The gradient of W * W has a factor
    2, the loss no 1/2."""
    return descend(features, y, num_classes, reg, steps, dW=lambda W, reg: reg * W, rule=plain)


@wrong("train_linear_probe")
def probe_without_reg_plainly(features, y, num_classes, *, reg, steps):
    """Your descent never sees reg: its gradient, 2 reg W, belongs in dW. The larger reg, the smaller the weights."""
    return descend(features, y, num_classes, reg, steps, dW=lambda W, reg: 0 * W, rule=plain)


@wrong("train_linear_probe")
def probe_bias_regularised(features, y, num_classes, *, reg, steps):
    """You regularise the bias too. It should be free: how often a class comes is nothing to be punished for."""
    return descend(features, y, num_classes, reg, steps, bias_reg=2 * reg)


@wrong("train_linear_probe")
def probe_without_bias(features, y, num_classes, *, reg, steps):
    """Your bias stays 0. It is trained like the weights."""
    return descend(features, y, num_classes, reg, steps, use_bias=False)


@wrong("train_linear_probe")
def probe_sum_over_examples(features, y, num_classes, *, reg, steps):
    """Your reg counts N times less than it should: beside a sum over the examples, or divided by N itself. The mean
    is over the examples only, and reg * sum(W * W) comes on top."""
    return descend(features, y, num_classes, reg, steps, loss_weight=len(y))


@wrong("train_linear_probe")
def probe_l1(features, y, num_classes, *, reg, steps):
    """You regularise by the absolute values, which drives weights to 0. The squares are asked for."""
    return descend(features, y, num_classes, reg, steps, dW=lambda W, reg: reg * np.sign(W))


@wrong("train_linear_probe")
def probe_least_squares(features, y, num_classes, *, reg, steps):
    """You fit the labels by least squares. It is a classifier too, but its scores are made for another loss."""
    ones = np.c_[features, np.ones(len(features))].astype(float)
    penalty = np.diag([reg * len(y)] * features.shape[1] + [0.0])
    theta = np.linalg.lstsq(ones.T @ ones + penalty, ones.T @ np.eye(num_classes)[y])[0].astype(features.dtype)
    return theta[:-1], theta[-1]


@wrong("train_linear_probe")
def probe_one_step(features, y, num_classes, *, reg, steps):
    """You do one step only. How many you may do, `steps` says: is the `return` inside the loop?"""
    return descend(features, y, num_classes, reg, 1)


@wrong("train_linear_probe")
def probe_tiny_rate(features, y, num_classes, *, reg, steps):
    """Your loss is on its way down, but not there: the steps are too short. Compute a rate from the features, or use a
    rule that goes faster."""
    return descend(features, y, num_classes, reg, steps, rate=1e-5)


@wrong("train_linear_probe")
def probe_adam_at_its_usual_rate(features, y, num_classes, *, reg, steps):
    """Your loss is on its way down, but not there. Adam's usual rate of 0.001 moves an entry by at most 0.3 in 300
    steps: take ten times as much, or more."""
    return descend(features, y, num_classes, reg, steps, rate=1e-3, rule=adam)


@wrong("train_linear_probe")
def probe_fixed_rate(features, y, num_classes, *, reg, steps):
    """Your rate is fixed at 0.1. That suits small features; where they are large, each step jumps over the valley.
    Compute a rate from the features."""
    return descend(features, y, num_classes, reg, steps, rate=0.1, rule=plain)


@wrong("train_linear_probe")
def probe_climbs(features, y, num_classes, *, reg, steps):
    """Your loss grows: the steps go uphill. Look at the sign, or at the gradient's."""
    W, b = np.zeros((features.shape[1], num_classes), features.dtype), np.zeros(num_classes, features.dtype)
    for _ in range(20):
        _, dscores = softmax_loss(features @ W + b, y)
        W, b = W + 0.1 * (features.T @ dscores + 2 * reg * W), b + 0.1 * dscores.sum(axis=0)
    return W, b


@wrong("train_linear_probe")
def probe_standardised(features, y, num_classes, *, reg, steps):
    """You train on standardised features and return the weights for those. The caller multiplies W with the features as
    they are."""
    scale = features.std(axis=0)
    return descend((features - features.mean(axis=0)) / np.where(scale > 0, scale, 1), y, num_classes, reg, steps)


@wrong("train_linear_probe")
def probe_classes_from_y(features, y, num_classes, *, reg, steps):
    """You count the classes in y. A class may have no example; it still needs a column: how many there are, num_classes
    says."""
    return descend(features, y, int(y.max()) + 1, reg, steps)


@wrong("train_linear_probe")
def probe_b_first(features, y, num_classes, *, reg, steps):
    """You return b before W. The order is (W, b)."""
    W, b = descend(features, y, num_classes, reg, steps)
    return b, W


@wrong("train_linear_probe")
def probe_transposed(features, y, num_classes, *, reg, steps):
    """Your W lies on its side. It has a row for each feature and a column for each class, as in `affine_forward`."""
    W, b = descend(features, y, num_classes, reg, steps)
    return np.ascontiguousarray(W.T), b


@wrong("train_linear_probe")
def probe_centres_in_place(features, y, num_classes, *, reg, steps):
    """Your probe is right, but you write into the caller's features."""
    result = descend(features, y, num_classes, reg, steps)
    features -= features.mean(axis=0)
    return result


@wrong("train_linear_probe")
def probe_float64(features, y, num_classes, *, reg, steps):
    """Your probe is right, but the features were float32 and it is float64: `np.zeros(shape)` makes float64."""
    return descend(features.astype(float), y, num_classes, reg, steps)


# ----------------------------------------------------------------------------------- layer_learning_rates


@wrong("layer_learning_rates")
def rates_rise_towards_the_input(params, base, decay):
    """Your rates fall towards the head. It knows nothing yet and should move most; the layers at the input should
    hardly move."""
    return {name: base * decay ** (int(name[1:]) - 1) for name in params}


@wrong("layer_learning_rates")
def rates_one_too_many(params, base, decay):
    """Your head gets less than base. No layer is above it, so nothing makes its rate smaller."""
    L = len(params) // 2
    return {name: base * decay ** (L - int(name[1:]) + 1) for name in params}


@wrong("layer_learning_rates")
def rates_one_too_few(params, base, decay):
    """Your head gets more than base: you count one layer too few above each."""
    L = len(params) // 2
    return {name: base * decay ** (L - int(name[1:]) - 1) for name in params}


@wrong("layer_learning_rates")
def rates_by_array(params, base, decay):
    """You count arrays where layers are asked for. A layer's weight and bias get the same rate."""
    names = [f"{letter}{layer}" for layer in range(1, len(params) // 2 + 1) for letter in "Wb"]
    return {name: base * decay ** (len(names) - 1 - i) for i, name in enumerate(names)}


@wrong("layer_learning_rates")
def rates_linear(params, base, decay):
    """Your rates fall by equal parts. Each layer gets `decay` TIMES the rate of the one above it."""
    L = len(params) // 2
    return {name: base * int(name[1:]) / L for name in params}


@wrong("layer_learning_rates")
def rates_divided(params, base, decay):
    """Your rates grow towards the input: decay is below 1, and dividing by it makes a number larger."""
    L = len(params) // 2
    return {name: base / decay ** (L - int(name[1:])) for name in params}


@wrong("layer_learning_rates")
def rates_exponential(params, base, decay):
    """You use the schedule e^(-kt). Here decay is the factor itself, not the k in the exponent."""
    L = len(params) // 2
    return {name: base * float(np.exp(-decay * (L - int(name[1:])))) for name in params}


@wrong("layer_learning_rates")
def rates_head_and_body(params, base, decay):
    """You have two rates, one for the head and one for the body. Each layer further down gets a smaller one."""
    L = len(params) // 2
    return {name: base if int(name[1:]) == L else base * decay for name in params}


@wrong("layer_learning_rates")
def rates_weights_only(params, base, decay):
    """Your dict has no rates for the biases. Every name of params needs one."""
    L = len(params) // 2
    return {name: base * decay ** (L - int(name[1:])) for name in params if name[0] == "W"}


@wrong("layer_learning_rates")
def rates_biases_at_base(params, base, decay):
    """All your biases get the base rate. A bias gets the rate of its layer."""
    L = len(params) // 2
    return {name: base * decay ** (L - int(name[1:])) if name[0] == "W" else base for name in params}


@wrong("layer_learning_rates")
def rates_by_place(params, base, decay):
    """You count places in the dict, whose order is not that of the layers. The number is in the name."""
    L = len(params) // 2
    return {name: base * decay ** (L - 1 - i // 2) for i, name in enumerate(params)}


@wrong("layer_learning_rates")
def rates_by_one_digit(params, base, decay):
    """You read one digit of a name. From layer 10 on, layers have two."""
    L = len(params) // 2
    return {name: base * decay ** (L - int(name[1])) for name in params}


# ---------------------------------------------------------------------------------------- choose_strategy

TOP, SEVERAL = "linear_classifier_on_top_layer", "linear_classifiers_from_several_layers"
FEW_LAYERS, MORE_LAYERS = "finetune_a_few_layers", "finetune_more_layers"


def grid(n, similarity, similar, different, border=1000):
    if similarity not in ("similar", "different"):
        raise ValueError(f"similarity is {similarity!r}")
    few, many = similar if similarity == "similar" else different
    return few if n < border else many


@wrong("choose_strategy")
def grid_turned(num_examples, similarity):
    """Two fields of your table have changed places: rows are labels, columns are tasks. With few labels you cannot
    fine-tune much, however different the task is."""
    return grid(num_examples, similarity, (TOP, SEVERAL), (FEW_LAYERS, MORE_LAYERS))


@wrong("choose_strategy")
def grid_many_for_few(num_examples, similarity):
    """Few and many are the wrong way round. Which of the two can pay for many weights?"""
    return grid(num_examples, similarity, (FEW_LAYERS, TOP), (MORE_LAYERS, SEVERAL))


@wrong("choose_strategy")
def grid_similar_for_different(num_examples, similarity):
    """Similar and different are the wrong way round. The top layer knows the old task best."""
    return grid(num_examples, similarity, (SEVERAL, MORE_LAYERS), (TOP, FEW_LAYERS))


@wrong("choose_strategy")
def grid_1000_is_few(num_examples, similarity):
    """You count 1000 labels as few. FEWER than 1000 is few."""
    return grid(num_examples, similarity, (TOP, FEW_LAYERS), (SEVERAL, MORE_LAYERS), border=1001)


@wrong("choose_strategy")
def grid_more_layers_if_similar(num_examples, similarity):
    """With many labels your table fine-tunes fewer layers the more the tasks differ. It should be more of them:
    there is more to unlearn."""
    return grid(num_examples, similarity, (TOP, MORE_LAYERS), (SEVERAL, FEW_LAYERS))


@wrong("choose_strategy")
def grid_top_always(num_examples, similarity):
    """With few labels you always use the top layer. If the task is different, what it knows may not be what you
    need."""
    return grid(num_examples, similarity, (TOP, FEW_LAYERS), (TOP, MORE_LAYERS))


@wrong("choose_strategy")
def grid_no_error(num_examples, similarity):
    """Whatever is not 'similar' counts as different in your function, even a misspelt word. Raise a ValueError for
    it."""
    few, many = (TOP, FEW_LAYERS) if similarity == "similar" else (SEVERAL, MORE_LAYERS)
    return few if num_examples < 1000 else many


@wrong("choose_strategy")
def grid_a_hundred(num_examples, similarity):
    """Your border between few and many is not at 1000."""
    return grid(num_examples, similarity, (TOP, FEW_LAYERS), (SEVERAL, MORE_LAYERS), border=100)
