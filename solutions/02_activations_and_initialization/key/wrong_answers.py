"""Mistakes that people really make in activations, data and first weights. Each docstring is the hint that names it."""

import numpy as np

from autograder.checking import wrong

# --------------------------------------------------------------------------------------- collapse_linear


@wrong("collapse_linear")
def collapse_in_the_wrong_order(weights, biases):
    """Your product runs from the last layer to the first. In x @ W1 @ W2 the first layer stands next to x, and
    matrices may not be swapped."""
    W, b = weights[0], biases[0]
    for W_next, b_next in zip(weights[1:], biases[1:], strict=True):
        W, b = W_next @ W, b @ W_next + b_next
    return W, b


@wrong("collapse_linear")
def collapse_adds_the_biases(weights, biases):
    """You use each bias as it is, but an early bias passes through all the layers after it, just as x does."""
    W, b = weights[0], biases[0]
    for W_next, b_next in zip(weights[1:], biases[1:], strict=True):
        W, b = W @ W_next, b + b_next
    return W, b


@wrong("collapse_linear")
def collapse_keeps_the_last_bias(weights, biases):
    """Only the last bias is left. Multiply two layers out by hand: where does the first one's bias go?"""
    W = weights[0]
    for W_next in weights[1:]:
        W = W @ W_next
    return W, biases[-1]


@wrong("collapse_linear")
def collapse_forgets_the_first_bias(weights, biases):
    """Your bias starts from zero, but the first layer has one as well."""
    W, b = weights[0], np.zeros_like(biases[0])
    for W_next, b_next in zip(weights[1:], biases[1:], strict=True):
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


@wrong("collapse_linear")
def collapse_empties_the_list(weights, biases):
    """You take layers out of the caller's list. `pop` changes the list itself; loop over a slice of it instead."""
    W, b = weights.pop(0), biases.pop(0)
    while weights:
        W_next, b_next = weights.pop(0), biases.pop(0)
        W, b = W @ W_next, b @ W_next + b_next
    return W, b


@wrong("collapse_linear")
def collapse_applies_the_bias_first(weights, biases):
    """You add a layer's bias before its weights. A layer computes h @ W + b: what is added last is not multiplied by
    that W."""
    W, b = weights[0], biases[0]
    for W_next, b_next in zip(weights[1:], biases[1:], strict=True):
        W, b = W @ W_next, (b + b_next) @ W_next
    return W, b


# ------------------------------------------------------------------------------------------------ sigmoid


@wrong("sigmoid_forward")
def sigmoid_falls(x):
    """Your curve falls where the sigmoid rises: look at the sign in the exponent."""
    out = 1 / (1 + np.exp(np.clip(x, -700, 700)))
    return out, out


@wrong("sigmoid_forward")
def sigmoid_overflows(x):
    """The values are right, but exp of a large positive number overflows, and NumPy warns. Which way of writing the
    quotient needs only exponents below 0?"""
    out = 1 / (1 + np.exp(-x))
    return out, out


@wrong("sigmoid_forward")
def sigmoid_computes_both_sides(x):
    """You have the two stable forms, but np.where computes both everywhere and picks afterwards, so each overflows on
    the other's side. Give exp an argument that is never positive."""
    out = np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x)))
    return out, out


@wrong("sigmoid_forward")
def sigmoid_is_tanh(x):
    """Your outputs go from -1 to 1, those of the sigmoid from 0 to 1."""
    out = np.tanh(x)
    return out, out


@wrong("sigmoid_forward")
def sigmoid_clips_early(x):
    """You cut x off before the function has become flat to the precision of a float, so large inputs of different
    size come out equal and not close enough to 0 and 1."""
    out = 1 / (1 + np.exp(-np.clip(x, -10, 10)))
    return out, out


@wrong("sigmoid_forward")
def sigmoid_loses_float32(x):
    """The values are right, but np.zeros makes float64 whatever x is. np.zeros_like keeps the dtype."""
    out, e = np.zeros(x.shape), np.exp(-np.abs(x))
    out[x >= 0] = 1 / (1 + e[x >= 0])
    out[x < 0] = e[x < 0] / (1 + e[x < 0])
    return out, out


@wrong("sigmoid_forward")
def sigmoid_hands_x_to_the_formula_in_out(x):
    """Your backward puts x where the formula has sigma(x). The slope is made from the OUTPUT of the forward."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e), x


@wrong("sigmoid_forward")
def sigmoid_returns_only_out(x):
    """A forward returns two things, out and cache. What the backward needs is up to you, but it must be handed over."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@wrong("sigmoid_forward")
def sigmoid_negates_x_in_place(x):
    """You turn the sign of the caller's x. `*=` and `out=` write into the array that came in."""
    e = np.exp(-np.abs(x))
    out = np.where(x >= 0, 1, e) / (1 + e)
    x *= -1
    return out, out


@wrong("sigmoid_backward")
def sigmoid_gradient_without_dout(dout, cache):
    """This is the slope of the sigmoid alone. The chain rule multiplies it with the gradient that comes in."""
    return cache * (1 - cache)


@wrong("sigmoid_backward")
def sigmoid_gradient_squashes_twice(dout, cache):
    """You squash what is already squashed. The formula is written in the output of the forward, not in x."""
    s = 1 / (1 + np.exp(-cache))
    return dout * s * (1 - s)


@wrong("sigmoid_backward")
def sigmoid_gradient_half(dout, cache):
    """The slope is a product of two factors that add up to 1. One of them is missing."""
    return dout * cache


@wrong("sigmoid_backward")
def sigmoid_gradient_other_half(dout, cache):
    """Your slope is large for very negative x. A saturated sigmoid is flat on both sides: a factor is missing."""
    return dout * (1 - cache)


@wrong("sigmoid_backward")
def sigmoid_gradient_of_tanh(dout, cache):
    """That is how the slope of tanh is made from its output. The sigmoid's is another product."""
    return dout * (1 - cache**2)


@wrong("sigmoid_backward")
def sigmoid_gradient_spoils_the_cache(dout, cache):
    """You write into the cache, so a second backward on it finds other numbers."""
    cache *= 1 - cache
    return dout * cache


# --------------------------------------------------------------------------------------------------- tanh


@wrong("tanh_forward")
def tanh_overflows(x):
    """The quotient of exponentials becomes infinity over infinity for large x. That is NaN."""
    out = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
    return out, out


@wrong("tanh_forward")
def tanh_is_not_centred(x):
    """Your outputs go from 0 to 1. tanh is a sigmoid that is stretched and shifted to be centred at 0."""
    out = (1 + np.tanh(x)) / 2
    return out, out


@wrong("tanh_forward")
def tanh_is_too_flat(x):
    """Your curve is centred but only half as steep as tanh at 0. In the formula with the sigmoid, both the output and
    the input are stretched."""
    out = np.tanh(x / 2)
    return out, out


@wrong("tanh_forward")
def tanh_is_the_tangent(x):
    """np.tan is the tangent of an angle. The hyperbolic one never leaves -1 to 1."""
    out = np.tan(x)
    return out, out


@wrong("tanh_forward")
def tanh_is_hard(x):
    """This is the hard tanh, straight lines with corners. tanh bends smoothly."""
    out = np.clip(x, -1, 1)
    return out, out


@wrong("tanh_forward")
def tanh_hands_x_to_the_formula_in_out(x):
    """Your backward puts x where the formula has tanh(x). The slope is made from the OUTPUT of the forward."""
    return np.tanh(x), x


@wrong("tanh_forward")
def tanh_returns_only_out(x):
    """A forward returns two things, out and cache."""
    return np.tanh(x)


@wrong("tanh_backward")
def tanh_gradient_without_dout(dout, cache):
    """This is the slope of tanh alone. The chain rule multiplies it with the gradient that comes in."""
    return 1 - cache**2


@wrong("tanh_backward")
def tanh_gradient_without_square(dout, cache):
    """The slope of tanh is the same at x and at -x. Yours is not: something in it should be squared."""
    return dout * (1 - cache)


@wrong("tanh_backward")
def tanh_gradient_of_the_sigmoid(dout, cache):
    """That is how the slope of the sigmoid is made from its output. The output of tanh is stretched and shifted."""
    return dout * cache * (1 - cache)


@wrong("tanh_backward")
def tanh_gradient_bends_twice(dout, cache):
    """You apply tanh to what is already its output. The slope is written in out, not in x."""
    return dout * (1 - np.tanh(cache) ** 2)


@wrong("tanh_backward")
def tanh_gradient_spoils_the_cache(dout, cache):
    """You square the cache in place, so a second backward on it finds other numbers."""
    cache *= cache
    return dout * (1 - cache)


# --------------------------------------------------------------------------------------------- leaky_relu


@wrong("leaky_relu_forward")
def leaky_does_not_leak(x, slope=0.01):
    """Your negative side is 0. That is plain ReLU; the leak is missing."""
    return np.maximum(x, 0), (x, slope)


@wrong("leaky_relu_forward")
def leaky_leaks_on_the_wrong_side(x, slope=0.01):
    """You scale the positive side and let the negative one pass."""
    return np.where(x > 0, slope * x, x), (x, slope)


@wrong("leaky_relu_forward")
def leaky_has_a_fixed_slope(x, slope=0.01):
    """Your slope is always 0.01. It is an argument, and 0.01 only its default."""
    return np.where(x > 0, x, 0.01 * x), (x, slope)


@wrong("leaky_relu_forward")
def leaky_turns_the_sign(x, slope=0.01):
    """Your negative inputs come out positive. A leak keeps the sign and takes away size."""
    return np.where(x > 0, x, -slope * x), (x, slope)


@wrong("leaky_relu_forward")
def leaky_is_constant(x, slope=0.01):
    """All of your negative inputs give the same output. The slope multiplies x."""
    return np.where(x > 0, x, slope), (x, slope)


@wrong("leaky_relu_forward")
def leaky_changes_x(x, slope=0.01):
    """You write the leak into the caller's x. Assigning to x[...] changes the array itself."""
    x[x < 0] *= slope
    return x.copy(), (x, slope)


@wrong("leaky_relu_forward")
def leaky_loses_float32(x, slope=0.01):
    """The values are right, but np.zeros makes float64 whatever x is. np.zeros_like keeps the dtype."""
    out = np.zeros(x.shape)
    out[x > 0] = x[x > 0]
    out[x <= 0] = slope * x[x <= 0]
    return out, (x, slope)


@wrong("leaky_relu_backward")
def leaky_gradient_of_relu(dout, cache):
    """Where x is negative you stop the gradient. That it gets through is what the leak is for."""
    x, _slope = cache
    return np.where(x > 0, dout, 0)


@wrong("leaky_relu_backward")
def leaky_gradient_1_at_0(dout, cache):
    """At x = 0 you let all of the gradient pass. By the definition used here 0 belongs to the leaky side."""
    x, slope = cache
    return np.where(x >= 0, dout, slope * dout)


@wrong("leaky_relu_backward")
def leaky_gradient_loses_float32(dout, cache):
    """The gradient is right, but its slopes were made from plain numbers and a mask of True and False, and such an
    array is float64. Let dout take part where you choose, or cast to its dtype."""
    x, slope = cache
    return dout * np.where(x > 0, 1, slope)


@wrong("leaky_relu_backward")
def leaky_gradient_without_dout(dout, cache):
    """These are the slopes alone. The chain rule multiplies them with the gradient that comes in."""
    x, slope = cache
    return np.where(x > 0, 1, slope) + 0 * dout


@wrong("leaky_relu_backward")
def leaky_gradient_times_x(dout, cache):
    """You multiply the incoming gradient with the output. What belongs there is the slope of the curve."""
    x, slope = cache
    return dout * np.where(x > 0, x, slope * x)


@wrong("leaky_relu_backward")
def leaky_gradient_with_a_fixed_slope(dout, cache):
    """Your slope is always 0.01. The backward needs the one that the forward was given: that is what a cache is
    for."""
    x, _slope = cache
    return np.where(x > 0, dout, 0.01 * dout)


@wrong("leaky_relu_backward")
def leaky_gradient_by_the_sign_of_dout(dout, cache):
    """You look at the sign of the incoming gradient. The side of the kink is decided by x."""
    _x, slope = cache
    return np.where(dout > 0, dout, slope * dout)


# -------------------------------------------------------------------------------------------------- prelu


def spread(alpha, x):
    """alpha so that it multiplies the channels of x."""
    return alpha if np.ndim(alpha) == 0 else alpha.reshape(len(alpha), *[1] * (x.ndim - 2))


@wrong("prelu_forward")
def prelu_by_a_maximum(x, alpha):
    """max(alpha x, x) is PReLU only while alpha is at most 1. A learned alpha may pass 1; test the sign of x."""
    slope = spread(alpha, x)
    return np.maximum(slope * x, x), (x, alpha, slope)


@wrong("prelu_forward")
def prelu_along_the_width(x, alpha):
    """With images, alpha * x lines alpha up with the last axis, the width. The channels are axis 1."""
    return np.where(x > 0, x, alpha * x), (x, alpha, spread(alpha, x))


@wrong("prelu_forward")
def prelu_along_the_width_both_ways(x, alpha):
    """With images, alpha * x and alpha * dout line alpha up with the last axis, the width. The channels are axis 1."""
    return np.where(x > 0, x, alpha * x), (x, alpha, alpha)


@wrong("prelu_forward")
def prelu_turns_the_sign(x, alpha):
    """Negative inputs come out with the wrong sign: alpha multiplies x, not its size."""
    slope = spread(alpha, x)
    return np.maximum(x, 0) + slope * np.maximum(-x, 0), (x, alpha, slope)


@wrong("prelu_forward")
def prelu_on_the_wrong_side(x, alpha):
    """You scale the positive side. The slope is for the negative one."""
    slope = spread(alpha, x)
    return np.where(x > 0, slope * x, x), (x, alpha, slope)


@wrong("prelu_forward")
def prelu_thinks_all_are_images(x, alpha):
    """Your alpha is always given the axes of an image. For inputs (N, C) that adds two axes to the output."""
    slope = np.reshape(alpha, (1, -1, 1, 1)) if np.ndim(alpha) else alpha
    return np.where(x > 0, x, slope * x), (x, alpha, spread(alpha, x))


@wrong("prelu_forward")
def prelu_with_one_slope_for_all(x, alpha):
    """You use a single slope for all channels. With alpha of shape (C,) each has its own."""
    slope = np.ravel(alpha)[0]
    return np.where(x > 0, x, slope * x).astype(x.dtype), (x, alpha, spread(alpha, x))


@wrong("prelu_backward")
def prelu_gradient_averages(dout, cache):
    """Your gradient of alpha is an average over the elements. Each of them adds to the loss, so their gradients
    add up."""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    return np.where(x > 0, dout, slope * dout), np.mean(np.where(x > 0, 0, x * dout), axis=axes)


@wrong("prelu_backward")
def prelu_gradient_of_alpha_without_dout(dout, cache):
    """Your gradient of alpha does not depend on the gradient that comes in. The chain rule multiplies with it."""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    return np.where(x > 0, dout, slope * dout), np.sum(np.where(x > 0, 0, x), axis=axes)


@wrong("prelu_backward")
def prelu_gradient_of_alpha_from_all(dout, cache):
    """You sum over all elements. Where x is positive, alpha plays no part in the output."""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    return np.where(x > 0, dout, slope * dout), np.sum(x * dout, axis=axes)


@wrong("prelu_backward")
def prelu_gradient_of_alpha_is_one_number(dout, cache):
    """Your gradient of alpha is one number even where alpha has one for each channel. A gradient has the shape of what
    it belongs to."""
    x, _alpha, slope = cache
    return np.where(x > 0, dout, slope * dout), np.sum(np.where(x > 0, 0, x * dout))


@wrong("prelu_backward")
def prelu_gradient_sums_over_examples_only(dout, cache):
    """You sum over the examples only. In an image, all rows and columns of a channel share its alpha."""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else 0
    return np.where(x > 0, dout, slope * dout), np.sum(np.where(x > 0, 0, x * dout), axis=axes)


@wrong("prelu_backward")
def prelu_gradient_of_alpha_times_alpha(dout, cache):
    """You use the output where x is negative, alpha x, as the derivative by alpha. Derive alpha x by alpha: what is
    left?"""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    return np.where(x > 0, dout, slope * dout), np.sum(np.where(x > 0, 0, slope * x * dout), axis=axes)


@wrong("prelu_backward")
def prelu_gradient_1_at_0(dout, cache):
    """At x = 0 you let all of the gradient pass. By the definition used here 0 belongs to the side of alpha."""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    return np.where(x >= 0, dout, slope * dout), np.sum(np.where(x > 0, 0, x * dout), axis=axes)


@wrong("prelu_backward")
def prelu_gradients_swapped(dout, cache):
    """The gradients come in the wrong order: as the forward's arguments do, x first."""
    x, alpha, slope = cache
    axes = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    return np.sum(np.where(x > 0, 0, x * dout), axis=axes), np.where(x > 0, dout, slope * dout)


# ---------------------------------------------------------------------------------------------------- elu


@wrong("elu_forward")
def elu_overflows(x, alpha=1.0):
    """The values are right, but np.where computes exp for the large positive x too, and NumPy warns of an overflow.
    Which values of x does the negative side need at all?"""
    return np.where(x > 0, x, alpha * (np.exp(x) - 1)), (x, alpha)


@wrong("elu_forward")
def elu_jumps(x, alpha=1.0):
    """Your curve jumps at 0. The exponential has to be shifted so that both sides meet there."""
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))), (x, alpha)


@wrong("elu_forward")
def elu_ignores_alpha(x, alpha=1.0):
    """Your negative side always ends at -1. It should end at -alpha."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0))), (x, alpha)


@wrong("elu_forward")
def elu_scales_inside(x, alpha=1.0):
    """Your alpha stands in the exponent. It multiplies the whole negative side."""
    return np.where(x > 0, x, np.expm1(alpha * np.minimum(x, 0))), (x, alpha)


@wrong("elu_forward")
def elu_by_a_maximum(x, alpha=1.0):
    """A maximum does not choose the side of 0 here: the exponential minus 1 is never below x. Test the sign of x."""
    return np.maximum(x, alpha * np.expm1(np.minimum(x, 700))), (x, alpha)


@wrong("elu_forward")
def elu_shifts_outside(x, alpha=1.0):
    """You subtract 1 after multiplying with alpha. For alpha other than 1 the two sides no longer meet at 0."""
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1), (x, alpha)


@wrong("elu_backward")
def elu_gradient_overflows(dout, cache):
    """The values are right, but exp runs over the large positive x too, and NumPy warns of an overflow."""
    x, alpha = cache
    return dout * np.where(x > 0, 1, alpha * np.exp(x))


@wrong("elu_backward")
def elu_gradient_ignores_alpha(dout, cache):
    """Your slope does not depend on alpha, but the height of the negative side does."""
    x, _alpha = cache
    return np.where(x > 0, dout, dout * np.exp(np.minimum(x, 0)))


@wrong("elu_backward")
def elu_gradient_is_the_output(dout, cache):
    """You use the output as its slope. A constant has the slope 0: what becomes of the minus 1?"""
    x, alpha = cache
    return np.where(x > 0, dout, dout * alpha * np.expm1(np.minimum(x, 0)))


@wrong("elu_backward")
def elu_gradient_1_at_0(dout, cache):
    """At x = 0 your slope is 1. By the definition used here 0 belongs to the side of the exponential."""
    x, alpha = cache
    return np.where(x >= 0, dout, dout * alpha * np.exp(np.minimum(x, 0)))


@wrong("elu_backward")
def elu_gradient_without_dout(dout, cache):
    """These are the slopes alone. The chain rule multiplies them with the gradient that comes in."""
    x, alpha = cache
    return np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0))) + 0 * dout


@wrong("elu_backward")
def elu_gradient_of_a_leak(dout, cache):
    """Your negative side has the same slope everywhere. That is a leaky ReLU; ELU levels off."""
    x, alpha = cache
    return np.where(x > 0, dout, alpha * dout)


# ------------------------------------------------------------------------------------------------- maxout


@wrong("maxout_forward")
def maxout_adds_the_pieces(x, w, b):
    """You add the pieces up, and a sum of linear pieces is linear. Keep the largest."""
    pieces = x @ w + b[:, None]
    return pieces.sum(axis=0), (x, w, pieces)


@wrong("maxout_forward")
def maxout_takes_the_largest_bias(x, w, b):
    """You take the maximum of the products and of the biases apart. The biases take part in the contest."""
    pieces = x @ w + b[:, None]
    return (x @ w).max(axis=0) + b.max(axis=0), (x, w, pieces)


@wrong("maxout_forward")
def maxout_forgets_the_bias(x, w, b):
    """Your pieces all go through 0: the biases are missing."""
    pieces = x @ w
    return pieces.max(axis=0), (x, w, pieces)


@wrong("maxout_forward")
def maxout_returns_the_winner(x, w, b):
    """You return which piece is the largest. Asked for is its value."""
    pieces = x @ w + b[:, None]
    return pieces.argmax(axis=0).astype(x.dtype), (x, w, pieces)


@wrong("maxout_forward")
def maxout_is_cut_at_0(x, w, b):
    """You cut the maximum off at 0. In maxout a 0 is there only if one of the pieces is 0."""
    pieces = x @ w + b[:, None]
    return np.maximum(pieces.max(axis=0), 0), (x, w, pieces)


@wrong("maxout_forward")
def maxout_by_absolute_value(x, w, b):
    """Your winner is the piece farthest from 0. The largest is meant: 1 beats -3."""
    pieces = x @ w + b[:, None]
    winner = np.abs(pieces).argmax(axis=0)
    return np.take_along_axis(pieces, winner[None], axis=0)[0], (x, w, pieces)


@wrong("maxout_backward")
def maxout_gradient_loses_float32(dout, cache):
    """The gradients are right, but db is float64: `np.zeros` makes that, whatever b is. Give it a dtype."""
    x, w, pieces = cache
    wins = pieces.argmax(axis=0) == np.arange(len(w))[:, None, None]
    dpieces = np.where(wins, dout, 0)
    db = np.zeros((len(w), w.shape[2]))
    db += dpieces.sum(axis=1)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, db


@wrong("maxout_backward")
def maxout_gradient_of_x_from_the_last_piece(dout, cache):
    """Your dx has the share of the last piece only. All pieces look at the same x: add their shares up."""
    x, w, pieces = cache
    wins = pieces.argmax(axis=0) == np.arange(len(w))[:, None, None]
    dpieces = np.where(wins, dout, 0)
    return dpieces[-1] @ w[-1].T, x.T @ dpieces, dpieces.sum(axis=1)


@wrong("maxout_backward")
def maxout_gradient_to_all(dout, cache):
    """All of your pieces get the gradient. Only the one that was the largest had a part in the output."""
    x, w, pieces = cache
    dpieces = np.zeros_like(pieces) + dout
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, dpieces.sum(axis=1)


@wrong("maxout_backward")
def maxout_gradient_to_the_last_at_a_tie(dout, cache):
    """At a tie your last piece takes the gradient. Here it is the first."""
    x, w, pieces = cache
    winner = len(w) - 1 - pieces[::-1].argmax(axis=0)
    dpieces = np.where(winner == np.arange(len(w))[:, None, None], dout, 0)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, dpieces.sum(axis=1)


@wrong("maxout_backward")
def maxout_gradient_to_all_that_tie(dout, cache):
    """At a tie each of your equal pieces gets the whole gradient, so it counts several times. One takes it all."""
    x, w, pieces = cache
    dpieces = np.where(pieces == pieces.max(axis=0), dout, 0)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, dpieces.sum(axis=1)


@wrong("maxout_backward")
def maxout_gradient_split_at_a_tie(dout, cache):
    """At a tie you split the gradient among the equal pieces. That is a choice one could make; here the first takes
    it all."""
    x, w, pieces = cache
    wins = pieces == pieces.max(axis=0)
    dpieces = np.where(wins, dout / wins.sum(axis=0), 0).astype(dout.dtype)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, dpieces.sum(axis=1)


@wrong("maxout_backward")
def maxout_gradient_of_x_from_the_sum(dout, cache):
    """Your dx sends the gradient through all pieces added up. It has to go back through the piece that won."""
    x, w, pieces = cache
    wins = pieces.argmax(axis=0) == np.arange(len(w))[:, None, None]
    dpieces = np.where(wins, dout, 0)
    return dout @ w.sum(axis=0).T, x.T @ dpieces, dpieces.sum(axis=1)


@wrong("maxout_backward")
def maxout_gradient_averages_over_the_batch(dout, cache):
    """You average the gradients of w and b over the examples. If the loss is a mean, dout has the 1/N already; here
    gradients add up."""
    x, w, pieces = cache
    wins = pieces.argmax(axis=0) == np.arange(len(w))[:, None, None]
    dpieces = np.where(wins, dout, 0)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces / len(x), dpieces.mean(axis=1)


@wrong("maxout_backward")
def maxout_gradient_of_b_for_all_pieces(dout, cache):
    """Your db sums dout over the examples whoever won, so each piece's bias gets all of it."""
    x, w, pieces = cache
    wins = pieces.argmax(axis=0) == np.arange(len(w))[:, None, None]
    dpieces = np.where(wins, dout, 0)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, np.tile(dout.sum(axis=0), (len(w), 1))


# ----------------------------------------------------------------------------------------- fit_mean_image


@wrong("fit_mean_image")
def mean_image_of_channels(X):
    """That is one mean for each channel. The mean image keeps all of its pixels."""
    return X.mean(axis=(0, 2, 3))


@wrong("fit_mean_image")
def mean_image_is_one_number(X):
    """You average over everything. Average over the images only, pixel by pixel."""
    return X.mean()


@wrong("fit_mean_image")
def mean_image_over_channels(X):
    """You average over the channels. Which axis counts the images?"""
    return X.mean(axis=1)


@wrong("fit_mean_image")
def mean_image_is_a_sum(X):
    """You add the images up and do not divide by how many there are."""
    return X.sum(axis=0)


@wrong("fit_mean_image")
def mean_image_is_a_median(X):
    """This is the median. It is less moved by one strange image, but it is not the mean."""
    return np.median(X, axis=0)


@wrong("fit_mean_image")
def mean_image_in_place(X):
    """You add the images up inside the first one. A row of X is a view: `+=` on it writes into X."""
    total = X[0]
    for image in X[1:]:
        total += image
    return total / len(X)


@wrong("fit_mean_image")
def mean_image_keeps_the_axis(X):
    """Your mean keeps an axis of length 1 for the images. It is one image, (C, H, W)."""
    return X.mean(axis=0, keepdims=True)


# --------------------------------------------------------------------------------------- fit_channel_mean


@wrong("fit_channel_mean")
def channel_mean_is_the_mean_image(X):
    """That is the mean image. All pixels of a channel share one mean here."""
    return X.mean(axis=0)


@wrong("fit_channel_mean")
def channel_mean_with_the_channels_last(X):
    """You take the last axis for the channels, as image files have it. Here images are (N, C, H, W)."""
    return X.mean(axis=(0, 1, 2))


@wrong("fit_channel_mean")
def channel_mean_is_one_number(X):
    """You average over the channels as well. Red, green and blue have a mean each."""
    return X.mean()


@wrong("fit_channel_mean")
def channel_mean_of_each_image(X):
    """Your means differ from image to image. One number for each channel serves all images."""
    return X.mean(axis=(2, 3))


@wrong("fit_channel_mean")
def channel_mean_of_whole_images(X):
    """You average over the channels and keep the images. It is the other way round: which axis counts what?"""
    return X.mean(axis=(1, 2, 3))


@wrong("fit_channel_mean")
def channel_mean_keeps_the_axes(X):
    """The numbers are right, but the shape should be (C,), without the axes of length 1."""
    return X.mean(axis=(0, 2, 3), keepdims=True)


@wrong("fit_channel_mean")
def channel_mean_divides_by_the_images(X):
    """You divide by the number of images, but you added up all of their pixels too."""
    return X.sum(axis=(0, 2, 3)) / len(X)


# ---------------------------------------------------------------------------------------------- normalize


def per_channel(a):
    """A statistic in the shape in which it lines up with images."""
    return a[:, None, None] if a.ndim == 1 else a


@wrong("normalize")
def normalize_fits_its_own_mean(X, mean, std=None):
    """You subtract a mean of this X. The one that was fitted on the training set is handed in: a test image must not
    change it."""
    axes = (0, 2, 3) if mean.ndim == 1 else 0
    centred = X - X.mean(axis=axes, keepdims=True)
    return centred if std is None else centred / per_channel(np.where(std == 0, 1, std))


@wrong("normalize")
def normalize_along_the_width(X, mean, std=None):
    """X - mean lines a channel mean up with the last axis, the width. The channels are axis 1."""
    return X - mean if std is None else (X - mean) / np.where(std == 0, 1, std)


@wrong("normalize")
def normalize_divides_by_0(X, mean, std=None):
    """You divide by the standard deviation even where it is 0. That gives NaN or infinity."""
    centred = X - per_channel(mean)
    return centred if std is None else centred / per_channel(std)


@wrong("normalize")
def normalize_adds_an_epsilon(X, mean, std=None):
    """A small number added to the standard deviation avoids the division by 0, but divides by nearly nothing there, and
    changes small ones everywhere. Where it is 0, nothing is to be divided."""
    centred = X - per_channel(mean)
    return centred if std is None else centred / (per_channel(std) + 1e-7)


@wrong("normalize")
def normalize_adds_a_tiny_epsilon(X, mean, std=None):
    """The small number that you add to the standard deviation avoids the division by 0, but divides by nearly nothing
    there, and changes small ones everywhere. Where it is 0, nothing is to be divided."""
    centred = X - per_channel(mean)
    return centred if std is None else centred / (per_channel(std) + 1e-8)


@wrong("normalize")
def normalize_gives_0_where_std_is_0(X, mean, std=None):
    """Where the standard deviation is 0 you return 0. A new image may differ from the mean there: leave the difference
    undivided."""
    centred = X - per_channel(mean)
    if std is None:
        return centred
    return np.where(per_channel(std) == 0, 0, centred / np.where(per_channel(std) == 0, 1, per_channel(std)))


@wrong("normalize")
def normalize_ignores_std(X, mean, std=None):
    """You subtract the mean, and stop. If a std comes in, divide by it."""
    return X - per_channel(mean)


@wrong("normalize")
def normalize_changes_X(X, mean, std=None):
    """You subtract from the caller's images in place. `-=` changes the array itself, not only your name for it."""
    X -= per_channel(mean)
    return X.copy() if std is None else X / np.where(per_channel(std) == 0, 1, per_channel(std))


@wrong("normalize")
def normalize_changes_std(X, mean, std=None):
    """You write ones into the caller's std. It was fitted once and will be used again: change a copy."""
    if std is None:
        return X - per_channel(mean)
    std[std == 0] = 1
    return (X - per_channel(mean)) / per_channel(std)


@wrong("normalize")
def normalize_divides_first(X, mean, std=None):
    """You divide before you subtract, so the mean is not scaled along. First centre, then scale."""
    if std is None:
        return X - per_channel(mean)
    return X / np.where(per_channel(std) == 0, 1, per_channel(std)) - per_channel(mean)


# ------------------------------------------------------------------------------------------------ fit_pca


@wrong("fit_pca")
def pca_with_columns(X):
    """Your components stand in columns, as np.linalg.eigh returns them. Asked for are rows."""
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V.T, S**2 / len(X)


@wrong("fit_pca")
def pca_rising(X):
    """Your variances rise. np.linalg.eigh sorts that way; the first component is the one of the largest variance."""
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V[::-1], S[::-1] ** 2 / len(X)


def by_eigh(X):
    """The mean, and what eigh says of the covariance."""
    mean = X.mean(axis=0)
    return mean, *np.linalg.eigh((X - mean).T @ (X - mean) / len(X))


@wrong("fit_pca")
def pca_as_eigh_returns_it(X):
    """You return what np.linalg.eigh returns: rising variances, components in columns, and D of them. Asked for are
    falling ones, rows, and min(N, D)."""
    mean, variances, columns = by_eigh(X)
    return mean, columns, variances


@wrong("fit_pca")
def pca_rising_from_eigh(X):
    """Your variances rise, as eigh sorts them. The first component is the one of the largest variance; and there are
    only min(N, D)."""
    mean, variances, columns = by_eigh(X)
    return mean, columns.T, variances


@wrong("fit_pca")
def pca_columns_from_eigh(X):
    """Your order is right, but the components still stand in columns, as eigh returns them. Asked for are rows, and
    min(N, D) of them."""
    mean, variances, columns = by_eigh(X)
    return mean, columns[:, ::-1], variances[::-1]


@wrong("fit_pca")
def pca_divides_by_N_minus_1(X):
    """Your variances are divided by N - 1, which statisticians do when they estimate the mean from the same data. Here
    they are divided by N."""
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V, S**2 / (len(X) - 1)


@wrong("fit_pca")
def pca_does_not_centre(X):
    """You turn the data without subtracting the mean first, so your first component mostly points from 0 to the
    mean."""
    _, S, V = np.linalg.svd(X, full_matrices=False)
    return X.mean(axis=0), V, S**2 / len(X)


@wrong("fit_pca")
def pca_returns_singular_values(X):
    """You return the singular values. A variance is a mean of squares: square them, and divide by how many points there
    are."""
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V, S


@wrong("fit_pca")
def pca_returns_standard_deviations(X):
    """You return standard deviations. Variances are their squares."""
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V, S / np.sqrt(len(X)).astype(X.dtype)


@wrong("fit_pca")
def pca_centres_in_place(X):
    """You subtract the mean from the caller's X in place. `-=` changes the array itself."""
    mean = X.mean(axis=0)
    X -= mean
    _, S, V = np.linalg.svd(X, full_matrices=False)
    return mean, V, S**2 / len(X)


@wrong("fit_pca")
def pca_returns_all_directions(X):
    """With fewer rows than columns you return a component for each column. There are only min(N, D)."""
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=True)
    return mean, V, np.append(S**2 / len(X), np.zeros(len(V) - len(S), X.dtype))


# ------------------------------------------------------------------------------------------------- whiten


@wrong("whiten")
def whiten_does_not_centre(X, mean, components, variances, eps=1e-5):
    """You turn the data without subtracting the mean, so the coordinates are not centred at 0."""
    return X @ components.T / np.sqrt(variances + eps)


@wrong("whiten")
def whiten_with_eps_outside(X, mean, components, variances, eps=1e-5):
    """Your eps stands outside the root. There it is added to a standard deviation; inside, to a variance."""
    return (X - mean) @ components.T / (np.sqrt(variances) + eps)


@wrong("whiten")
def whiten_divides_by_the_variance(X, mean, components, variances, eps=1e-5):
    """You divide by the variance. To bring a coordinate to variance 1, divide by its standard deviation."""
    return (X - mean) @ components.T / (variances + eps)


@wrong("whiten")
def whiten_turns_back(X, mean, components, variances, eps=1e-5):
    """You turn the result back into the coordinates of the pixels. That is ZCA; asked for are the coordinates along the
    components."""
    return (X - mean) @ components.T / np.sqrt(variances + eps) @ components


@wrong("whiten")
def whiten_with_components_in_columns(X, mean, components, variances, eps=1e-5):
    """You use the columns of components. They stand in rows: a coordinate is the product of a point with a row."""
    return (X - mean) @ components / np.sqrt(variances + eps)


@wrong("whiten")
def whiten_fits_its_own_mean(X, mean, components, variances, eps=1e-5):
    """You subtract a mean of this X. The one fitted on the training set is handed in."""
    return (X - X.mean(axis=0)) @ components.T / np.sqrt(variances + eps)


@wrong("whiten")
def whiten_without_eps(X, mean, components, variances, eps=1e-5):
    """Your eps is not used. Where a variance is 0 you divide by it."""
    return (X - mean) @ components.T / np.sqrt(variances)


@wrong("whiten")
def whiten_with_a_fixed_eps(X, mean, components, variances, eps=1e-5):
    """Your eps is always 1e-5. It is an argument, and 1e-5 only its default."""
    return (X - mean) @ components.T / np.sqrt(variances + 1e-5)


@wrong("whiten")
def whiten_adds_eps_in_place(X, mean, components, variances, eps=1e-5):
    """You add eps to the caller's variances in place, so they grow with every call."""
    variances += eps
    return (X - mean) @ components.T / np.sqrt(variances)


@wrong("whiten")
def whiten_only_turns(X, mean, components, variances, eps=1e-5):
    """You turn the data and stop. That is PCA; whitening also brings each coordinate to variance 1."""
    return (X - mean) @ components.T


# --------------------------------------------------------------------------------------------- initialize


def draw_with(stds, fan_in, fan_out, scheme, rng):
    """Weights by a table of standard deviations."""
    if scheme not in stds:
        raise ValueError(f"unknown scheme {scheme!r}")
    return stds[scheme] * rng.standard_normal((fan_in, fan_out))


@wrong("initialize")
def initialize_he_without_the_2(fan_in, fan_out, scheme, rng):
    """Your 'he' divides by the root of fan_in, as one of the lecture notes does. That is Xavier: the factor that makes
    up for ReLU's lost half is missing."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": fan_in**-0.5}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_he_upside_down(fan_in, fan_out, scheme, rng):
    """Your 'he' weights are smaller than the 'xavier' ones. ReLU loses half of the signal, so they must be larger: on
    which side of the fraction is the 2?"""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 * fan_in) ** -0.5}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_he_with_the_2_outside(fan_in, fan_out, scheme, rng):
    """Your 'he' standard deviation is twice Xavier's. Twice the variance is asked for: the 2 stands inside the root."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": 2 * fan_in**-0.5}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_without_the_root(fan_in, fan_out, scheme, rng):
    """You use the variance as a standard deviation. What scales normal numbers is the root of the variance."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": 1 / fan_in, "he": 2 / fan_in}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_by_fan_out(fan_in, fan_out, scheme, rng):
    """You count the outputs. Each unit sums over its inputs, and that sum is to keep its size."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_out**-0.5, "he": (2 / fan_out) ** 0.5}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_as_glorot(fan_in, fan_out, scheme, rng):
    """This is Glorot and Bengio's own compromise, 2 / (fan_in + fan_out). Graded here is the lecture's Xavier, which
    looks at the inputs only."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": (2 / (fan_in + fan_out)) ** 0.5, "he": (2 / fan_in) ** 0.5}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_transposed(fan_in, fan_out, scheme, rng):
    """Your array has a row for each output. In x @ W the rows belong to the inputs."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    return draw_with(stds, fan_out, fan_in, scheme, rng)


@wrong("initialize")
def initialize_uniform(fan_in, fan_out, scheme, rng):
    """Your weights have the right variance but are spread evenly between two limits. Asked for is a normal
    distribution."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    if scheme not in stds:
        raise ValueError(f"unknown scheme {scheme!r}")
    return stds[scheme] * np.sqrt(3) * rng.uniform(-1, 1, size=(fan_in, fan_out))


@wrong("initialize")
def initialize_uniform_from_minus_1_to_1(fan_in, fan_out, scheme, rng):
    """You scale numbers between -1 and 1, and their variance is 1/3. Asked for is a normal distribution, whose numbers
    have variance 1 before you scale them."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    if scheme not in stds:
        raise ValueError(f"unknown scheme {scheme!r}")
    return stds[scheme] * rng.uniform(-1, 1, size=(fan_in, fan_out))


@wrong("initialize")
def initialize_with_a_seed_of_its_own(fan_in, fan_out, scheme, rng):
    """Every call gives the same weights, since you start a generator of your own from a fixed seed. Draw from the rng
    that comes in."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    return draw_with(stds, fan_in, fan_out, scheme, np.random.default_rng(0))


@wrong("initialize")
def initialize_with_global_numbers(fan_in, fan_out, scheme, rng):
    """The same seed does not give the same weights: you draw from a source of your own and not from the rng that comes
    in."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    return draw_with(stds, fan_in, fan_out, scheme, np.random.default_rng())


@wrong("initialize")
def initialize_small_variance(fan_in, fan_out, scheme, rng):
    """Your 'small' weights are ten times too large. 0.01 is their standard deviation, not their variance."""
    stds = {"zeros": 0.0, "small": 0.1, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    return draw_with(stds, fan_in, fan_out, scheme, rng)


@wrong("initialize")
def initialize_accepts_any_name(fan_in, fan_out, scheme, rng):
    """An unknown scheme gets weights all the same. A spelling mistake would then go unnoticed: raise a ValueError."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5}
    return stds.get(scheme, (2 / fan_in) ** 0.5) * rng.standard_normal((fan_in, fan_out))


@wrong("initialize")
def initialize_raises_a_key_error(fan_in, fan_out, scheme, rng):
    """An unknown scheme ends in a KeyError of your dict. Raise a ValueError that names the argument, before you look it
    up."""
    stds = {"zeros": 0.0, "small": 0.01, "xavier": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
    return stds[scheme] * rng.standard_normal((fan_in, fan_out))


# ---------------------------------------------------------------------------------- activation_statistics


@wrong("activation_statistics")
def statistics_before_the_activation(x, weights, activation):
    """You measure before the bend. The signal that goes on to the next layer is the one after it."""
    means, stds = [], []
    for w in weights:
        h = x @ w
        means.append(h.mean())
        stds.append(h.std())
        x = activation(h)
    return np.array(means), np.array(stds)


@wrong("activation_statistics")
def statistics_with_the_input(x, weights, activation):
    """Your results have an entry more than there are layers: the input is to be left out."""
    means, stds = [x.mean()], [x.std()]
    for w in weights:
        x = activation(x @ w)
        means.append(x.mean())
        stds.append(x.std())
    return np.array(means), np.array(stds)


@wrong("activation_statistics")
def statistics_with_ddof_1(x, weights, activation):
    """Your standard deviations are divided by the count minus 1. Here it is the count."""
    means, stds = [], []
    for w in weights:
        x = activation(x @ w)
        means.append(x.mean())
        stds.append(x.std(ddof=1))
    return np.array(means), np.array(stds)


@wrong("activation_statistics")
def statistics_of_variances(x, weights, activation):
    """You return variances. A standard deviation is the root of one."""
    means, stds = [], []
    for w in weights:
        x = activation(x @ w)
        means.append(x.mean())
        stds.append(x.var())
    return np.array(means), np.array(stds)


@wrong("activation_statistics")
def statistics_unit_by_unit(x, weights, activation):
    """You take a standard deviation for each unit and average these. That leaves out how much the units
    differ from each other: take one over all entries."""
    means, stds = [], []
    for w in weights:
        x = activation(x @ w)
        means.append(x.mean())
        stds.append(x.std(axis=0).mean())
    return np.array(means), np.array(stds)


@wrong("activation_statistics")
def statistics_of_a_linear_stack(x, weights, activation):
    """You bend the signal to measure it, but send the unbent one on. The next layer gets what the activation
    returned."""
    means, stds = [], []
    for w in weights:
        x = x @ w
        means.append(activation(x).mean())
        stds.append(activation(x).std())
    return np.array(means), np.array(stds)


@wrong("activation_statistics")
def statistics_in_the_wrong_order(x, weights, activation):
    """Asked for are means, then stds. Yours come the other way round."""
    means, stds = [], []
    for w in weights:
        x = activation(x @ w)
        means.append(x.mean())
        stds.append(x.std())
    return np.array(stds), np.array(means)
