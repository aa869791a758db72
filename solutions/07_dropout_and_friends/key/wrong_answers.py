"""Mistakes that people make in 07_dropout_and_friends. The docstring is the hint that a student reads."""

import itertools

import numpy as np

from autograder.checking import wrong


def refuse(name, *values):
    """What right code does with a probability that is none."""
    for p in values:
        if not 0 < p <= 1:
            raise ValueError(f"{name} must be in (0, 1], not {p}")


# -------------------------------------------------------------------------------------------- l2_penalty


@wrong("l2_penalty")
def l2_penalty_with_a_half(weights, reg):
    """You put a 1/2 before the sum. Many books do, and save the 2 in the gradient. Read the docstring: which
    convention is graded here?"""
    return reg / 2 * sum(float(np.sum(W**2)) for W in weights), [reg * W for W in weights]


@wrong("l2_penalty")
def l2_penalty_gradient_without_two(weights, reg):
    """The penalty is right, but your gradient is half of its slope. What is the derivative of a square?"""
    return reg * sum(float(np.sum(W**2)) for W in weights), [reg * W for W in weights]


@wrong("l2_penalty")
def l2_penalty_of_norms(weights, reg):
    """You add up norms, with their roots. The penalty sums the squares, without a root."""
    return reg * sum(float(np.linalg.norm(W)) for W in weights), [2 * reg * W for W in weights]


@wrong("l2_penalty")
def l2_penalty_l1(weights, reg):
    """You sum absolute values: that is the L1 penalty. It pulls every weight equally hard; L2 pulls large ones more."""
    return reg * sum(float(np.sum(np.abs(W))) for W in weights), [reg * np.sign(W) for W in weights]


@wrong("l2_penalty")
def l2_penalty_mean(weights, reg):
    """You average over the entries of each array. Nothing in the formula is divided by their number."""
    return reg * sum(float(np.mean(W**2)) for W in weights), [2 * reg * W / W.size for W in weights]


@wrong("l2_penalty")
def l2_penalty_last_array_only(weights, reg):
    """Your penalty counts one array only. Is it overwritten in the loop where it should grow?"""
    penalty, grads = 0.0, []
    for W in weights:
        penalty = reg * float(np.sum(W**2))
        grads.append(2 * reg * W)
    return penalty, grads


@wrong("l2_penalty")
def l2_penalty_gradient_descends(weights, reg):
    """Your gradients point downhill. A gradient points uphill; the update rule subtracts it."""
    return reg * sum(float(np.sum(W**2)) for W in weights), [-2 * reg * W for W in weights]


@wrong("l2_penalty")
def l2_penalty_decays_in_place(weights, reg):
    """You multiply the weights themselves by 2 reg, in place. They belong to the caller: make new arrays."""
    penalty = reg * sum(float(np.sum(W**2)) for W in weights)
    for W in weights:
        W *= 2 * reg
    return penalty, weights


# ----------------------------------------------------------------------------------------------- dropout


@wrong("dropout_forward")
def dropout_drops_with_p_keep(x, p_keep, *, training, rng):
    """You drop with the probability with which you should keep. Is a random number from [0, 1) below p_keep often
    or rarely, if p_keep is large?"""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) >= p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_inverted(x, p_keep, *, training, rng):
    """You divide by p_keep in training and do nothing at test time. That is inverted dropout, which comes in
    section 4; here training does not scale."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else 1.0
    return x * factor, factor


@wrong("dropout_forward")
def dropout_scales_twice(x, p_keep, *, training, rng):
    """You scale in training and at test time. Either one of them makes the averages agree; both together do not."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_never_scales(x, p_keep, *, training, rng):
    """At test time nothing is dropped, so the next layer gets more than it ever got in training. What brings the
    average back?"""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else 1.0
    return x * factor, factor


@wrong("dropout_forward")
def dropout_divides_at_test_time(x, p_keep, *, training, rng):
    """At test time you make the output larger. With all units on it is already larger than in training, on average."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else 1 / p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_scales_by_the_dropped(x, p_keep, *, training, rng):
    """At test time you multiply by the probability to drop. What fraction of the inputs was there in training?"""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else 1 - p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_adds_p_at_test_time(x, p_keep, *, training, rng):
    """At test time you add p_keep, as a badly printed slide has it. It is a factor."""
    refuse("p_keep", p_keep)
    if not training:
        return x + p_keep, 1.0
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype)
    return x * factor, factor


@wrong("dropout_forward")
def dropout_one_mask_for_the_batch(x, p_keep, *, training, rng):
    """All your examples share one mask. Each example gets coins of its own: which shape must the mask have?"""
    refuse("p_keep", p_keep)
    factor = np.broadcast_to(rng.random(x.shape[1:]) < p_keep, x.shape).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_whole_examples(x, p_keep, *, training, rng):
    """You keep or drop whole examples, with all of their entries. Every single entry has its own coin."""
    refuse("p_keep", p_keep)
    shape = (len(x),) + (1,) * (x.ndim - 1)
    factor = np.broadcast_to(rng.random(shape) < p_keep, x.shape).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_without_threshold(x, p_keep, *, training, rng):
    """You multiply by the random numbers themselves. A coin shows 0 or 1: a random number becomes one when you
    compare it with p_keep."""
    refuse("p_keep", p_keep)
    factor = rng.random(x.shape).astype(x.dtype) if training and p_keep < 1 else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_seeds_itself(x, p_keep, *, training, rng):
    """You make a generator of your own with a fixed seed, so every call drops the same entries. Draw from the rng
    that you are given."""
    refuse("p_keep", p_keep)
    factor = (np.random.default_rng(0).random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_global_state(x, p_keep, *, training, rng):
    """Your coins do not come from rng but from elsewhere, such as np.random. Nobody can repeat your run."""
    refuse("p_keep", p_keep)
    factor = (np.random.default_rng().random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_exact_share(x, p_keep, *, training, rng):
    """You always keep the same number of entries. Independent coins do not: the number differs from call to call."""
    refuse("p_keep", p_keep)
    factor = p_keep
    if training:
        factor = np.zeros(x.size, x.dtype)
        factor[rng.permutation(x.size)[: round(p_keep * x.size)]] = 1
        factor = factor.reshape(x.shape)
    return x * factor, factor


@wrong("dropout_forward")
def dropout_always_random(x, p_keep, *, training, rng):
    """You drop at test time too. Look at the argument training: at test time the answer must not depend on luck."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype)
    return x * factor, factor


@wrong("dropout_forward")
def dropout_in_place(x, p_keep, *, training, rng):
    """You multiply x in place. It belongs to the caller, who needs it again in the backward pass of the layer
    before."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    x *= factor
    return x, factor


@wrong("dropout_forward")
def dropout_takes_any_p(x, p_keep, *, training, rng):
    """You accept a p_keep that is no probability to keep anything. The docstring says which values are refused, and
    how."""
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_checks_in_training_only(x, p_keep, *, training, rng):
    """You refuse a bad p_keep in training, but not at test time. Check before you branch."""
    if training:
        refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("dropout_forward")
def dropout_makes_float64(x, p_keep, *, training, rng):
    """Your mask is float64, and so is what you multiply by it, even if x is float32. Give the mask the dtype of x."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(float) if training else np.float64(p_keep)
    return x * factor, factor


@wrong("dropout_forward")
def dropout_mask_from_out(x, p_keep, *, training, rng):
    """You read off out which entries were kept. A 0 that was kept looks dropped there: keep the coins."""
    refuse("p_keep", p_keep)
    out = x * ((rng.random(x.shape) < p_keep).astype(x.dtype) if training else p_keep)
    return out, (out != 0).astype(x.dtype) if training else p_keep


@wrong("dropout_backward")
def dropout_backward_passes_all(dout, cache):
    """Your gradient passes through as if nothing had been dropped or scaled. What had no say in the loss has no
    gradient."""
    return dout.copy()


@wrong("dropout_backward")
def dropout_backward_forgets_test_time(dout, cache):
    """The mask is right, but after a forward at test time its factor is missing in the gradient."""
    return np.where(np.asarray(cache) > 0, dout, 0).astype(dout.dtype)


@wrong("dropout_backward")
def dropout_backward_other_half(dout, cache):
    """You send the gradient to the entries that were dropped, and stop it where x was kept."""
    return dout * (1 - cache)


@wrong("dropout_backward")
def dropout_backward_twice(dout, cache):
    """You apply the forward's factor twice. For zeros and ones that does not show; at test time it does."""
    return dout * cache * cache


@wrong("dropout_backward")
def dropout_backward_in_place(dout, cache):
    """You multiply dout in place. It belongs to the caller, and a second call gets what the first one left."""
    dout *= cache
    return dout


@wrong("dropout_backward")
def dropout_backward_averages(dout, cache):
    """You divide by the number of examples. Averaging is the loss's business; a layer passes gradients on."""
    return dout * cache / len(dout)


@wrong("dropout_backward")
def dropout_backward_divides(dout, cache):
    """You divide by the factor of the forward at test time. The derivative of p x is p."""
    return dout * cache if np.ndim(cache) else dout / cache


# -------------------------------------------------------------------------------------- expected_activation


@wrong("expected_activation")
def expected_activation_equal_masks(w, x, p_keep):
    """You give every mask the same probability, as the lecture's four quarters have it. That holds at p = 0.5 only;
    how likely is a mask that keeps k of n inputs?"""
    refuse("p_keep", p_keep)
    masks = np.array(list(itertools.product((0, 1), repeat=len(w))))
    return float(np.mean(masks @ (w * x)))


@wrong("expected_activation")
def expected_activation_dropped(w, x, p_keep):
    """You have p and 1 - p the wrong way round: a mask that keeps all inputs should be likely if p_keep is large."""
    refuse("p_keep", p_keep)
    return float((1 - p_keep) * (w @ x))


@wrong("expected_activation")
def expected_activation_unscaled(w, x, p_keep):
    """You return the activation with all inputs on: right for inverted dropout, which divides by p. Here nothing is
    scaled in training."""
    refuse("p_keep", p_keep)
    return float(w @ x)


@wrong("expected_activation")
def expected_activation_divides(w, x, p_keep):
    """Your average is larger than the activation with all inputs on. Dropping inputs makes it smaller: one set of
    notes has this the wrong way round."""
    refuse("p_keep", p_keep)
    return float(w @ x / p_keep)


@wrong("expected_activation")
def expected_activation_misses_a_mask(w, x, p_keep):
    """You leave out the last mask, the one that keeps everything. With n inputs there are 2^n masks, 0 included."""
    refuse("p_keep", p_keep)
    n, total = len(w), 0.0
    for number in range(2**n - 1):
        mask = number >> np.arange(n) & 1
        total += p_keep ** mask.sum() * (1 - p_keep) ** (n - mask.sum()) * np.sum(w * mask * x)
    return float(total)


@wrong("expected_activation")
def expected_activation_forgets_the_dropped(w, x, p_keep):
    """A mask's probability has a factor for each input: p for those kept, and something for those dropped, too."""
    refuse("p_keep", p_keep)
    masks = np.array(list(itertools.product((0, 1), repeat=len(w))))
    return float(np.sum(p_keep ** masks.sum(axis=1) * (masks @ (w * x))))


@wrong("expected_activation")
def expected_activation_all_or_nothing(w, x, p_keep):
    """You count the mask that keeps all inputs and none of the others."""
    refuse("p_keep", p_keep)
    return float(p_keep ** len(w) * (w @ x))


@wrong("expected_activation")
def expected_activation_without_weights(w, x, p_keep):
    """Your average holds the inputs only. What does the unit multiply them by?"""
    refuse("p_keep", p_keep)
    return float(p_keep * np.sum(x))


@wrong("expected_activation")
def expected_activation_of_any_p(w, x, p_keep):
    """You accept a p_keep that is no probability to keep anything. The docstring says which values are refused, and
    how."""
    return float(p_keep * (w @ x))


# ---------------------------------------------------------------------------------------- inverted_dropout


@wrong("inverted_dropout_forward")
def inverted_vanilla(x, p_keep, *, training, rng):
    """You scale at test time instead of in training. That is the dropout of section 2; the inverted one divides
    while it trains."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_scales_twice(x, p_keep, *, training, rng):
    """You divide in training and multiply at test time. One of them is enough to make the averages agree."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else p_keep
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_never_scales(x, p_keep, *, training, rng):
    """You drop, but what is left keeps its size. Then training sees less on average than the test: make up for it."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_multiplies(x, p_keep, *, training, rng):
    """You multiply by p_keep in training: what is left gets smaller, and it should get larger, to stand in for what
    was dropped."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) * p_keep if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_divides_by_dropped(x, p_keep, *, training, rng):
    """You divide by the probability to drop. Which share of the entries is left, and by how much must they grow?"""
    refuse("p_keep", p_keep)
    scale = 1 - p_keep if p_keep < 1 else 1.0
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / scale if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_drops_with_p_keep(x, p_keep, *, training, rng):
    """You drop with the probability with which you should keep. PyTorch's p is that of dropping; ours is p_keep."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) >= p_keep).astype(x.dtype) / p_keep if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_as_pytorch(x, p_keep, *, training, rng):
    """You take p_keep for the probability of dropping throughout, as PyTorch does: you keep 1 - p_keep of the
    entries and scale by that. The name says what it means here."""
    refuse("p_keep", p_keep)
    left = 1 - p_keep
    factor = (rng.random(x.shape) < left).astype(x.dtype) / (left or 1.0) if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_one_mask_for_the_batch(x, p_keep, *, training, rng):
    """All your examples share one mask. Each example gets coins of its own: which shape must the mask have?"""
    refuse("p_keep", p_keep)
    kept = np.broadcast_to(rng.random(x.shape[1:]) < p_keep, x.shape)
    factor = kept.astype(x.dtype) / p_keep if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_always_random(x, p_keep, *, training, rng):
    """You drop at test time too. Look at the argument training: at test time this layer does nothing."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_seeds_itself(x, p_keep, *, training, rng):
    """You make a generator of your own with a fixed seed, so every call drops the same entries. Draw from the rng
    that you are given."""
    refuse("p_keep", p_keep)
    factor = (np.random.default_rng(1).random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_takes_any_p(x, p_keep, *, training, rng):
    """You accept a p_keep outside (0, 1]. The docstring says which values are refused, and how; with 0 you divide
    by 0."""
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / (p_keep or 1.0) if training else 1.0
    return x * factor, factor


@wrong("inverted_dropout_forward")
def inverted_mask_from_out(x, p_keep, *, training, rng):
    """You read off out which entries were kept. A 0 that was kept looks dropped there: keep the coins."""
    refuse("p_keep", p_keep)
    out = x * (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else x.copy()
    return out, (out != 0).astype(x.dtype) / p_keep if training else 1.0


@wrong("inverted_dropout_backward")
def inverted_backward_passes_all(dout, cache):
    """Your gradient passes through as if nothing had been dropped. What had no say in the loss has no gradient."""
    return dout.copy()


@wrong("inverted_dropout_backward")
def inverted_backward_without_scale(dout, cache):
    """Your gradient has the mask, but not the scale. The forward multiplied what it kept; so does its derivative."""
    return np.where(np.asarray(cache) > 0, dout, 0).astype(dout.dtype)


@wrong("inverted_dropout_backward")
def inverted_backward_without_mask(dout, cache):
    """Your gradient has the scale, but no mask. What had no say in the loss has no gradient."""
    return dout * float(np.max(cache))


@wrong("inverted_dropout_backward")
def inverted_backward_twice(dout, cache):
    """You apply the forward's factor twice: if the mask in the cache is divided by p_keep already, do not divide
    again."""
    return dout * cache * cache


@wrong("inverted_dropout_backward")
def inverted_backward_undoes(dout, cache):
    """You undo the forward's scale, where the chain rule asks for it once more: the slope of x / p is 1 / p."""
    factor = np.asarray(cache, dout.dtype)
    return dout * np.divide(1, factor, out=np.zeros_like(factor), where=factor > 0)


@wrong("inverted_dropout_backward")
def inverted_backward_in_place(dout, cache):
    """You multiply dout in place. It belongs to the caller, and a second call gets what the first one left."""
    dout *= cache
    return dout


@wrong("inverted_dropout_backward")
def inverted_backward_averages(dout, cache):
    """You divide by the number of examples. Averaging is the loss's business; a layer passes gradients on."""
    return dout * cache / len(dout)


# --------------------------------------------------------------------------------------------- dropconnect


@wrong("dropconnect_forward")
def dropconnect_drops_inputs(x, w, b, p_keep, *, training, rng):
    """You drop entries of x. That is dropout; DropConnect cuts single weights."""
    refuse("p_keep", p_keep)
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else 1.0
    return (x * factor) @ w + b, (x * factor, w, 1.0)


@wrong("dropconnect_forward")
def dropconnect_drops_outputs(x, w, b, p_keep, *, training, rng):
    """You drop entries of the output, biases included. That is dropout; DropConnect cuts single weights."""
    refuse("p_keep", p_keep)
    out = x @ w + b
    factor = (rng.random(out.shape) < p_keep).astype(x.dtype) / p_keep if training else 1.0
    return out * factor, (x, w, 1.0)


@wrong("dropconnect_forward")
def dropconnect_whole_units(x, w, b, p_keep, *, training, rng):
    """You cut all wires of an input at once: your mask has one coin for each row of w. Each weight has its own."""
    refuse("p_keep", p_keep)
    kept = np.broadcast_to(rng.random((len(w), 1)) < p_keep, w.shape)
    factor = kept.astype(w.dtype) / p_keep if training else 1.0
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_whole_columns(x, w, b, p_keep, *, training, rng):
    """You cut all wires of an output at once: your mask has one coin for each column of w. Each weight has its own."""
    refuse("p_keep", p_keep)
    kept = np.broadcast_to(rng.random(w.shape[1]) < p_keep, w.shape)
    factor = kept.astype(w.dtype) / p_keep if training else 1.0
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_mask_for_each_example(x, w, b, p_keep, *, training, rng):
    """You draw other weights for each example, as the paper does. Here all examples of a call share one mask."""
    refuse("p_keep", p_keep)
    if not training:
        return x @ w + b, (x, w, 1.0)
    factor = (rng.random((len(x), *w.shape)) < p_keep).astype(w.dtype) / p_keep
    return np.einsum("nd,ndm->nm", x, w * factor) + b, (x, w * factor[0], factor[0])


@wrong("dropconnect_forward")
def dropconnect_drops_biases(x, w, b, p_keep, *, training, rng):
    """You drop biases too. Only the weights have coins."""
    refuse("p_keep", p_keep)
    if not training:
        return x @ w + b, (x, w, 1.0)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / p_keep
    bias = (rng.random(b.shape) < p_keep).astype(b.dtype) / p_keep
    return x @ (w * factor) + b * bias, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_scales_biases(x, w, b, p_keep, *, training, rng):
    """You divide the whole output by p_keep, b with it. Only what was thinned out needs to grow."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / p_keep if training else 1.0
    scale = p_keep if training else 1.0
    return x @ (w * factor) + b / scale, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_never_scales(x, w, b, p_keep, *, training, rng):
    """The weights that you keep stay as they are. Then training sees less on average than the test: make up for it."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) if training else 1.0
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_scales_at_test_time(x, w, b, p_keep, *, training, rng):
    """You scale the weights at test time instead of in training. Here the division comes in training."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) if training else p_keep
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_drops_with_p_keep(x, w, b, p_keep, *, training, rng):
    """You drop with the probability with which you should keep."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) >= p_keep).astype(w.dtype) / p_keep if training else 1.0
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_always_random(x, w, b, p_keep, *, training, rng):
    """You cut weights at test time too. Look at the argument training."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / p_keep
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_in_place(x, w, b, p_keep, *, training, rng):
    """You cut the caller's weights in place: they are gone for good. A weight sits out one call and is then back."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / p_keep if training else 1.0
    w *= factor
    return x @ w + b, (x, w, factor)


@wrong("dropconnect_forward")
def dropconnect_takes_any_p(x, w, b, p_keep, *, training, rng):
    """You accept a p_keep outside (0, 1]. The docstring says which values are refused, and how; with 0 you divide
    by 0."""
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / (p_keep or 1.0) if training else 1.0
    return x @ (w * factor) + b, (x, w * factor, factor)


@wrong("dropconnect_forward")
def dropconnect_mask_from_weights(x, w, b, p_keep, *, training, rng):
    """You read off the weights in use which were kept. A 0 that was kept looks dropped there: keep the coins."""
    refuse("p_keep", p_keep)
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / p_keep if training else 1.0
    used = w * factor
    return x @ used + b, (x, used, (used != 0).astype(w.dtype) / (p_keep if training else 1.0))


@wrong("dropconnect_backward")
def dropconnect_backward_dw_unmasked(dout, cache):
    """Your dw is that of a plain affine layer: weights that were cut learn too. They had no say in the loss."""
    x, used, _ = cache
    return dout @ used.T, x.T @ dout, dout.sum(axis=0)


@wrong("dropconnect_backward")
def dropconnect_backward_dw_without_scale(dout, cache):
    """Your dw is with respect to the weights in use. They are w times something: one more step of the chain rule."""
    x, used, factor = cache
    return dout @ used.T, (x.T @ dout) * (np.asarray(factor) > 0), dout.sum(axis=0)


@wrong("dropconnect_backward")
def dropconnect_backward_dw_twice(dout, cache):
    """Your dw has the forward's factor twice. If the mask in the cache is divided by p_keep already, do not divide
    again."""
    x, used, factor = cache
    return dout @ used.T, (x.T @ dout) * factor * factor, dout.sum(axis=0)


@wrong("dropconnect_backward")
def dropconnect_backward_dx_whole_weights(dout, cache):
    """Your dx has not the size of the weights that the forward used: the division by p_keep is missing in it."""
    x, used, factor = cache
    return dout @ (used / np.max(factor)).T, (x.T @ dout) * factor, dout.sum(axis=0)


@wrong("dropconnect_backward")
def dropconnect_backward_masks_dx_twice(dout, cache):
    """Your dx has the forward's factor twice: the weights in use carry it already."""
    x, used, factor = cache
    return dout @ (used * factor).T, (x.T @ dout) * factor, dout.sum(axis=0)


@wrong("dropconnect_backward")
def dropconnect_backward_mean_db(dout, cache):
    """Your db is a mean over the examples. Each example adds its share: a sum."""
    x, used, factor = cache
    return dout @ used.T, (x.T @ dout) * factor, dout.mean(axis=0)


@wrong("dropconnect_backward")
def dropconnect_backward_order(dout, cache):
    """Your gradients come in another order than the forward's arguments: dx, dw, db."""
    x, used, factor = cache
    return (x.T @ dout) * factor, dout @ used.T, dout.sum(axis=0)


# -------------------------------------------------------------------------------------- mc_dropout_predict


@wrong("mc_dropout_predict")
def mc_ddof_one(forward, x, samples, rng):
    """You divide the squares by samples - 1. Statisticians have reasons to; here it is samples, as np.std does it."""
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.mean(axis=0), outs.std(axis=0, ddof=1)


@wrong("mc_dropout_predict")
def mc_variance(forward, x, samples, rng):
    """Your second result is the variance. The standard deviation is its root."""
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.mean(axis=0), outs.var(axis=0)


@wrong("mc_dropout_predict")
def mc_standard_error(forward, x, samples, rng):
    """You return the standard error of the mean, which shrinks with more samples. Asked is how much single
    predictions scatter."""
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.mean(axis=0), outs.std(axis=0) / np.sqrt(samples)


@wrong("mc_dropout_predict")
def mc_one_number(forward, x, samples, rng):
    """You average over everything, examples and scores too. Only the samples are averaged: name the axis."""
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.mean(), outs.std()


@wrong("mc_dropout_predict")
def mc_over_examples(forward, x, samples, rng):
    """You average over the examples of one call. The samples are the calls."""
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.mean(axis=1), outs.std(axis=1)


@wrong("mc_dropout_predict")
def mc_calls_once(forward, x, samples, rng):
    """You call forward once and count its result many times. Every sample is a call of its own."""
    outs = np.stack([forward(x, rng)] * samples)
    return outs.mean(axis=0), outs.std(axis=0)


@wrong("mc_dropout_predict")
def mc_sum(forward, x, samples, rng):
    """Your first result is the sum over the samples. What is missing to make it a mean?"""
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.sum(axis=0), outs.std(axis=0)


@wrong("mc_dropout_predict")
def mc_one_call_too_few(forward, x, samples, rng):
    """You call forward once too few. What does range(1, samples) leave out?"""
    outs = [forward(x, rng) for _ in range(1, samples)] or [forward(x, rng)]
    return np.mean(outs, axis=0), np.std(outs, axis=0)


@wrong("mc_dropout_predict")
def mc_seeds_itself(forward, x, samples, rng):
    """You hand forward generators with seeds of your own, so the rng that you are given does not matter. Pass it on."""
    outs = np.stack([forward(x, np.random.default_rng(seed)) for seed in range(samples)])
    return outs.mean(axis=0), outs.std(axis=0)


# ----------------------------------------------------------------------------------------- linear_survival


@wrong("linear_survival")
def linear_survival_from_zero(num_blocks, p_last):
    """You count l from 0, so that the first block survives for sure and the last does not reach p_last."""
    refuse("p_last", p_last)
    return 1 - np.arange(num_blocks) / num_blocks * (1 - p_last)


@wrong("linear_survival")
def linear_survival_from_one_to_p(num_blocks, p_last):
    """Your line starts at 1 for the first block and ends at p_last. In the formula, l = 0 is the input: the first
    block is a step further down."""
    refuse("p_last", p_last)
    return np.linspace(1, p_last, num_blocks)


@wrong("linear_survival")
def linear_survival_death(num_blocks, p_last):
    """You return the probability of being skipped. Asked is that of surviving."""
    refuse("p_last", p_last)
    return np.arange(1, num_blocks + 1) / num_blocks * (1 - p_last)


@wrong("linear_survival")
def linear_survival_backwards(num_blocks, p_last):
    """Your list runs from the last block to the first. Early blocks feed all others and survive more often."""
    refuse("p_last", p_last)
    return 1 - np.arange(num_blocks, 0, -1) / num_blocks * (1 - p_last)


@wrong("linear_survival")
def linear_survival_falls_to_one_minus(num_blocks, p_last):
    """Your line falls to 1 - p_last. Put l = L into the formula: what should come out?"""
    refuse("p_last", p_last)
    return 1 - np.arange(1, num_blocks + 1) / num_blocks * p_last


@wrong("linear_survival")
def linear_survival_constant(num_blocks, p_last):
    """Every block of yours has the survival of the last one. It should fall, block by block, until it is there."""
    refuse("p_last", p_last)
    return np.full(num_blocks, float(p_last))


@wrong("linear_survival")
def linear_survival_geometric(num_blocks, p_last):
    """You multiply by the same factor from block to block. A straight line loses the same amount instead."""
    refuse("p_last", p_last)
    return p_last ** (np.arange(1, num_blocks + 1) / num_blocks)


@wrong("linear_survival")
def linear_survival_of_any_p(num_blocks, p_last):
    """You accept a p_last outside (0, 1]. The docstring says which values are refused, and how."""
    return 1 - np.arange(1, num_blocks + 1) / num_blocks * (1 - p_last)


# -------------------------------------------------------------------------------- stochastic_depth_forward


@wrong("stochastic_depth_forward")
def depth_without_shortcut(x, blocks, survival, *, training, rng):
    """A block of yours replaces the signal. In a residual net it is added to the signal, which also passes by."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = p * block(x)
        elif rng.random() < p:
            x = block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_inverted(x, blocks, survival, *, training, rng):
    """You divide by the survival in training, as inverted dropout does. Here training adds the block as it is, and
    the factor comes at test time."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = x + block(x)
        elif rng.random() < p:
            x = x + block(x) / p
    return x


@wrong("stochastic_depth_forward")
def depth_never_scales(x, blocks, survival, *, training, rng):
    """At test time all your blocks count in full. In training a block was there only some of the time: how often?"""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training or rng.random() < p:
            x = x + block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_scales_everything(x, blocks, survival, *, training, rng):
    """At test time you multiply the whole signal by the survival. Only the block was ever missing; the signal never."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = p * (x + block(x))
        elif rng.random() < p:
            x = x + block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_skips_with_survival(x, blocks, survival, *, training, rng):
    """You skip a block with the probability with which it should survive."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = x + p * block(x)
        elif p == 1 or rng.random() >= p:
            x = x + block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_coin_for_each_example(x, blocks, survival, *, training, rng):
    """Each of your examples has its own coins. Then every block is still computed; here one coin counts for the
    whole batch."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        coins = (rng.random((len(x),) + (1,) * (x.ndim - 1)) < p).astype(x.dtype) if training else p
        x = x + coins * block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_one_coin_for_all(x, blocks, survival, *, training, rng):
    """You toss one coin for all blocks, so they are there or missing together. Each block has its own."""
    refuse("survival", *survival)
    coin = rng.random()
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = x + p * block(x)
        elif coin < p:
            x = x + block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_stops_at_the_first(x, blocks, survival, *, training, rng):
    """Where a block is skipped, you leave the loop. The blocks after it still have their turn."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = x + p * block(x)
        elif rng.random() < p:
            x = x + block(x)
        else:
            break
    return x


@wrong("stochastic_depth_forward")
def depth_all_from_the_input(x, blocks, survival, *, training, rng):
    """All your blocks see the input x. A block sees what the blocks before it have made of it."""
    refuse("survival", *survival)
    h = x
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            h = h + p * block(x)
        elif rng.random() < p:
            h = h + block(x)
    return h


@wrong("stochastic_depth_forward")
def depth_always_random(x, blocks, survival, *, training, rng):
    """You skip blocks at test time too. Look at the argument training: then all are there, weighed by their
    survival."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if rng.random() < p:
            x = x + block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_in_place(x, blocks, survival, *, training, rng):
    """You add to x in place. It belongs to the caller."""
    refuse("survival", *survival)
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x += p * block(x)
        elif rng.random() < p:
            x += block(x)
    return x


@wrong("stochastic_depth_forward")
def depth_takes_any_survival(x, blocks, survival, *, training, rng):
    """You accept a survival outside (0, 1]. The docstring says which values are refused, and how; every entry
    counts."""
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = x + p * block(x)
        elif rng.random() < p:
            x = x + block(x)
    return x
