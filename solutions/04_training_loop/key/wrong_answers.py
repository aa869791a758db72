"""Mistakes that people really make in a training loop and around it. Each docstring is the hint that names one."""

from itertools import product

import numpy as np

from autograder.checking import wrong

# ------------------------------------------------------------------------------------------- minibatches


@wrong("minibatches")
def minibatches_not_shuffled(X, y, batch_size, rng):
    """You deal the examples out in the order in which they stand in X. If the data are sorted by class, a batch
    then knows only one of them: shuffle first."""
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@wrong("minibatches")
def minibatches_shuffles_x_and_y_apart(X, y, batch_size, rng):
    """You shuffle X and y each in its own way, so the images get the labels of others. One order is needed, used for
    both."""
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@wrong("minibatches")
def minibatches_forgets_to_shuffle_y(X, y, batch_size, rng):
    """You shuffle X and leave y as it was. What does the first label of the batch belong to now?"""
    X = X[rng.permutation(len(X))]
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


@wrong("minibatches")
def minibatches_drops_the_rest(X, y, batch_size, rng):
    """The examples that do not fill a whole batch are lost. The last batch may be short; an epoch leaves nobody
    out."""
    order = rng.permutation(len(X))
    batches = []
    for b in range(len(X) // batch_size):
        chosen = order[b * batch_size : (b + 1) * batch_size]
        batches.append((X[chosen], y[chosen]))
    return batches


@wrong("minibatches")
def minibatches_draws_with_replacement(X, y, batch_size, rng):
    """You draw every batch from all examples anew. Then some come twice in an epoch and others never; deal out one
    shuffled deck instead."""
    batches = []
    for i in range(0, len(X), batch_size):
        chosen = rng.integers(0, len(X), size=min(batch_size, len(X) - i))
        batches.append((X[chosen], y[chosen]))
    return batches


@wrong("minibatches")
def minibatches_draws_every_batch_afresh(X, y, batch_size, rng):
    """Within a batch no example comes twice, but the next batch is drawn from all of them again, and all your batches
    are full. An epoch shows every example once."""
    batches = []
    for _ in range(-(-len(X) // batch_size)):
        chosen = rng.choice(len(X), size=min(batch_size, len(X)), replace=False)
        batches.append((X[chosen], y[chosen]))
    return batches


@wrong("minibatches")
def minibatches_shuffles_only_the_batches(X, y, batch_size, rng):
    """You shuffle the order of the batches, but the examples inside a batch stay together in every epoch. Shuffle the
    examples."""
    batches = [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]
    rng.shuffle(batches)
    return batches


@wrong("minibatches")
def minibatches_shuffles_inside_the_batches(X, y, batch_size, rng):
    """You cut first and shuffle inside each batch, so the same examples meet in every epoch. Shuffle first, then
    cut."""
    batches = []
    for i in range(0, len(X), batch_size):
        chosen = i + rng.permutation(len(X[i : i + batch_size]))
        batches.append((X[chosen], y[chosen]))
    return batches


@wrong("minibatches")
def minibatches_shuffles_in_place(X, y, batch_size, rng):
    """Your batches are right, but the caller's X and y are in another order now. `rng.shuffle` writes into the array
    that it is given; shuffle indices instead."""
    order = rng.permutation(len(X))
    X[:], y[:] = X[order], y[order]
    return [(X[i : i + batch_size].copy(), y[i : i + batch_size].copy()) for i in range(0, len(X), batch_size)]


@wrong("minibatches")
def minibatches_global_randomness(X, y, batch_size, rng):
    """You shuffle with NumPy's global generator, so nobody can repeat your run. All randomness comes in as rng."""
    order = np.random.permutation(len(X))  # noqa: NPY002
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]


@wrong("minibatches")
def minibatches_seeds_a_generator_of_its_own(X, y, batch_size, rng):
    """You make a generator with a fixed seed, so every epoch has the same order, whatever rng the caller hands in.
    Use that one."""
    order = np.random.default_rng(0).permutation(len(X))
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)]


@wrong("minibatches")
def minibatches_evens_the_sizes(X, y, batch_size, rng):
    """Your batches have nearly equal sizes. Asked for are full ones, and a last one with what is left."""
    order = rng.permutation(len(X))
    count = -(-len(X) // batch_size)
    return [(X[chosen], y[chosen]) for chosen in np.array_split(order, count)]


@wrong("minibatches")
def minibatches_an_empty_batch_at_the_end(X, y, batch_size, rng):
    """Where the batches fill up exactly, you add an empty one. The mean loss of no example is NaN."""
    order = rng.permutation(len(X))
    batches = []
    for b in range(len(X) // batch_size + 1):
        chosen = order[b * batch_size : (b + 1) * batch_size]
        batches.append((X[chosen], y[chosen]))
    return batches


@wrong("minibatches")
def minibatches_one_batch(X, y, batch_size, rng):
    """You return one batch. An epoch is a list of all of them."""
    chosen = rng.permutation(len(X))[:batch_size]
    return X[chosen], y[chosen]


# ------------------------------------------------------------------------------------------ update_ratio


@wrong("update_ratio")
def update_ratio_upside_down(w, update):
    """Your fraction stands on its head: how large is the step, measured in weights?"""
    return float(np.linalg.norm(w) / np.linalg.norm(update))


@wrong("update_ratio")
def update_ratio_without_roots(w, update):
    """You divide the sums of squares. A norm is the root of such a sum, so your ratio is squared."""
    return float(np.sum(update**2) / np.sum(w**2))


@wrong("update_ratio")
def update_ratio_mean_of_ratios(w, update):
    """You average the ratios of the single entries. One weight near 0 then decides everything; compare the two
    norms."""
    return float(np.mean(np.abs(update) / np.abs(w)))


@wrong("update_ratio")
def update_ratio_sums_of_sizes(w, update):
    """You add up absolute values. The norm meant here adds squares, and takes the root."""
    return float(np.sum(np.abs(update)) / np.sum(np.abs(w)))


@wrong("update_ratio")
def update_ratio_largest_entries(w, update):
    """You compare the largest entry of each. All entries count in a norm."""
    return float(np.max(np.abs(update)) / np.max(np.abs(w)))


@wrong("update_ratio")
def update_ratio_spectral(w, update):
    """For a matrix you take the spectral norm, its largest stretch. Here a matrix is just a long vector: square all
    entries, add, take the root."""
    norm = [np.linalg.norm(a, 2) if a.ndim == 2 else np.sqrt(np.sum(a**2)) for a in (update, w)]
    return float(norm[0] / norm[1])


@wrong("update_ratio")
def update_ratio_of_the_new_weights(w, update):
    """You divide by the norm of the weights after the step. Asked for is the one before it; for large steps they
    differ."""
    return float(np.linalg.norm(update) / np.linalg.norm(w + update))


@wrong("update_ratio")
def update_ratio_by_spread(w, update):
    """You compare standard deviations, which forget the mean. A step that moves all weights alike would count as
    none."""
    return float(np.std(update) / np.std(w))


@wrong("update_ratio")
def update_ratio_one_norm_a_column(w, update):
    """You return a ratio for each column of a matrix. Asked for is one number for all entries."""
    return np.linalg.norm(update, axis=0) / np.linalg.norm(w, axis=0)


# -------------------------------------------------------------------------------------- first_divergence


@wrong("first_divergence")
def first_divergence_only_nan(losses):
    """You look for NaN only. An infinite loss is lost too, and one that is far over the first."""
    for i, loss in enumerate(losses):
        if np.isnan(loss):
            return i
    return None


@wrong("first_divergence")
def first_divergence_only_not_finite(losses):
    """You wait until the loss is NaN or infinite. A loss over 3 times the first is a disaster already."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss):
            return i
    return None


@wrong("first_divergence")
def first_divergence_blind_to_nan(losses):
    """You compare, and NaN slips through: `nan > x` is False for every x. It needs a question of its own."""
    for i, loss in enumerate(losses):
        if loss > 3 * losses[0] or np.isinf(loss):
            return i
    return None


@wrong("first_divergence")
def first_divergence_only_compares(losses):
    """You only compare. NaN slips through, since `nan > x` is False for every x, and so does an infinite first loss.
    Both need a question of their own."""
    for i, loss in enumerate(losses):
        if loss > 3 * losses[0]:
            return i
    return None


@wrong("first_divergence")
def first_divergence_compares_with_nan(losses):
    """You ask whether the loss == NaN, and that is never true: NaN does not even equal itself."""
    for i, loss in enumerate(losses):
        if loss == np.nan or loss == np.inf or loss > 3 * losses[0]:
            return i
    return None


@wrong("first_divergence")
def first_divergence_against_the_previous(losses):
    """You compare a loss with the one before it. A loss may jump; what counts is how it stands to the first one."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or (i and loss > 3 * losses[i - 1]):
            return i
    return None


@wrong("first_divergence")
def first_divergence_against_the_best(losses):
    """You compare with the lowest loss so far. A net that has learned and slips back a little is not lost: compare
    with the first loss."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 3 * min(losses[: i + 1]):
            return i
    return None


@wrong("first_divergence")
def first_divergence_any_rise(losses):
    """You call every loss over the first one a divergence. Losses of mini-batches jump up and down; the line is drawn
    at 3 times the first."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > losses[0]:
            return i
    return None


@wrong("first_divergence")
def first_divergence_from_three_times_on(losses):
    """Exactly 3 times the first loss is not OVER it yet."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss >= 3 * losses[0]:
            return i
    return None


@wrong("first_divergence")
def first_divergence_the_last(losses):
    """You return the last bad loss. Asked for is where the trouble began, the first one."""
    found = None
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 3 * losses[0]:
            found = i
    return found


@wrong("first_divergence")
def first_divergence_counts_from_one(losses):
    """Your index counts from 1. Python counts from 0, and losses[index] should be the loss that diverged."""
    for i, loss in enumerate(losses, start=1):
        if not np.isfinite(loss) or loss > 3 * losses[0]:
            return i
    return None


@wrong("first_divergence")
def first_divergence_minus_one(losses):
    """Where nothing diverged you return -1. As an index that is the last loss; say None."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 3 * losses[0]:
            return i
    return -1


@wrong("first_divergence")
def first_divergence_nan_before_large(losses):
    """You look for NaN in all losses first, and for large ones after that. If a large one came before the NaN, the
    trouble began there."""
    for i, loss in enumerate(losses):
        if not np.isfinite(loss):
            return i
    for i, loss in enumerate(losses):
        if loss > 3 * losses[0]:
            return i
    return None


@wrong("first_divergence")
def first_divergence_skips_the_first(losses):
    """You never look at the first loss. If it is NaN, the run is lost before it began, at index 0."""
    for i, loss in enumerate(losses):
        if i > 0 and (not np.isfinite(loss) or loss > 3 * losses[0]):
            return i
    return None


@wrong("first_divergence")
def first_divergence_argmax(losses):
    """`argmax` of all False is 0. So you report the first loss where nothing is wrong."""
    losses = np.array(losses, dtype=float)
    if losses.size == 0:
        return None
    return int(np.argmax(~np.isfinite(losses) | (losses > 3 * losses[0])))


@wrong("first_divergence")
def first_divergence_argmax_of_an_empty_list(losses):
    """`argmax` of all False is 0, so you report the first loss where nothing is wrong. And an empty list has no
    first loss."""
    losses = np.array(losses, dtype=float)
    return int(np.argmax(~np.isfinite(losses) | (losses > 3 * losses[0])))


# ------------------------------------------------------------------------------------------------- train


def norm_of(arrays):
    """The norm of the arrays in a dict, as one vector."""
    return np.sqrt(sum(np.sum(array**2) for array in arrays.values()))


def flawed_train(mistake, loss_fn, params, X, y, *, rule, learning_rate, schedule, batch_size, epochs, rng, **hyper):
    """A trainer that makes one mistake, called as below."""
    params, states, batches = params if mistake == "in place" else dict(params), {}, None
    history = {"loss": [], "learning_rate": [], "update_ratio": [], "diverged": None}
    number, base = 0, learning_rate
    for epoch in range(epochs):
        if mistake == "new states each epoch":
            states = {}
        if batches is None or mistake != "shuffles once":
            order = np.arange(len(X)) if mistake == "does not shuffle" else rng.permutation(len(X))
            size = len(X) if mistake == "whole batch" else batch_size
            batches = [order[i : i + size] for i in range(0, len(X), size)]
        for i, batch in enumerate(batches):
            loss, grads = loss_fn(params, *((X, y) if mistake == "all of X" else (X[batch], y[batch])))
            bad = not np.isfinite(loss) or loss > 3 * [*history["loss"], loss][0]
            bad = np.isnan(loss) if mistake == "waits for NaN" else bad
            if bad and mistake == "drops the bad loss":
                history["diverged"] = number
                return params, history
            history["loss"].append(loss)
            stop = bad and mistake != "never stops"
            if bad and history["diverged"] is None:
                history["diverged"] = i if mistake == "counts in the epoch" else number
            if stop and mistake != "one update too many":
                if mistake == "leaves the inner loop":
                    break
                return params, history
            time = {"steps by epoch": epoch, "steps of the epoch": i, "steps from one": number + 1}.get(mistake, number)
            rate = learning_rate if schedule is None or mistake == "no schedule" else schedule(learning_rate, time)
            if mistake == "compounds":
                learning_rate = rate
            new, settings = {}, {} if mistake == "loses hyper" else hyper
            for name in params:
                key = "all" if mistake == "one state" else name
                state = None if mistake == "forgets states" else states.get(key)
                new[name], states[key] = rule(params[name], grads[name], state, learning_rate=rate, **settings)
            step = {name: new[name] - params[name] for name in params}
            if mistake == "step by the gradient":
                step = {name: rate * grads[name] for name in params}
            ratio = norm_of(step) / norm_of(new if mistake == "ratio to the new" else params)
            if mistake == "mean of ratios":
                ratio = np.mean([norm_of({0: step[name]}) / norm_of({0: params[name]}) for name in params])
            if mistake == "size of the step":
                ratio = norm_of(step)
            params.update(new)
            if mistake == "loss after":
                history["loss"][-1] = loss_fn(params, X[batch], y[batch])[0]
            history["learning_rate"].append(base if mistake == "notes the base rate" else rate)
            history["update_ratio"].append(float(ratio))
            number += 1
            if stop:
                return params, history
        if mistake == "one entry an epoch":
            for name in ("loss", "learning_rate", "update_ratio"):
                history[name][epoch:] = [np.mean(history[name][epoch:])]
    if mistake == "says False":
        history["diverged"] = False
    return params, history


@wrong("train")
def train_in_place(*args, **settings):
    """You write the new weights into the caller's dict, and the start is gone. Work on a dict of your own."""
    return flawed_train("in place", *args, **settings)


@wrong("train")
def train_shares_one_state(*args, **settings):
    """One state serves all your parameters, so the memory of one goes to the next. Each needs its own."""
    return flawed_train("one state", *args, **settings)


@wrong("train")
def train_forgets_the_states(*args, **settings):
    """Every update gets the state None, as if it were the first. What the rule returned belongs into its next call
    for the same parameter."""
    return flawed_train("forgets states", *args, **settings)


@wrong("train")
def train_new_states_each_epoch(*args, **settings):
    """Your states start afresh in every epoch. The run goes on, and so does the memory of the rule."""
    return flawed_train("new states each epoch", *args, **settings)


@wrong("train")
def train_on_the_whole_batch(*args, **settings):
    """You compute the loss on all examples at once. An epoch has as many updates as there are mini-batches."""
    return flawed_train("whole batch", *args, **settings)


@wrong("train")
def train_hands_all_to_every_update(*args, **settings):
    """You cut batches, but hand all of X and y to loss_fn at every update. It should see the batch."""
    return flawed_train("all of X", *args, **settings)


@wrong("train")
def train_shuffles_once(*args, **settings):
    """You shuffle once, before the first epoch. Then the same examples meet in the same batch again and again:
    deal anew in every epoch."""
    return flawed_train("shuffles once", *args, **settings)


@wrong("train")
def train_does_not_shuffle(*args, **settings):
    """You never shuffle: the examples come in the order of X in every epoch."""
    return flawed_train("does not shuffle", *args, **settings)


@wrong("train")
def train_schedule_by_epoch(*args, **settings):
    """Your schedule gets the number of the epoch. `step` counts updates, over the whole run."""
    return flawed_train("steps by epoch", *args, **settings)


@wrong("train")
def train_schedule_starts_again(*args, **settings):
    """Your step starts again at 0 in every epoch, so the learning rate jumps back up. It counts over the whole
    run."""
    return flawed_train("steps of the epoch", *args, **settings)


@wrong("train")
def train_steps_from_one(*args, **settings):
    """Your first update has the step 1. Steps count from 0."""
    return flawed_train("steps from one", *args, **settings)


@wrong("train")
def train_schedule_compounds(*args, **settings):
    """You feed the schedule with the rate that it returned last, so it is applied again and again. A schedule
    always gets the base rate; time is in step."""
    return flawed_train("compounds", *args, **settings)


@wrong("train")
def train_ignores_the_schedule(*args, **settings):
    """The schedule is never asked, and the rate stays where it was."""
    return flawed_train("no schedule", *args, **settings)


@wrong("train")
def train_notes_the_base_rate(*args, **settings):
    """You train with the schedule's rate, but note the base rate. The history should tell what was used."""
    return flawed_train("notes the base rate", *args, **settings)


@wrong("train")
def train_loses_the_hyperparameters(*args, **settings):
    """The rule's other settings stay behind, so it uses its defaults. Pass on all that came in."""
    return flawed_train("loses hyper", *args, **settings)


@wrong("train")
def train_never_stops(*args, **settings):
    """You note that the loss diverged, and go on training. Every step after that is wasted: stop."""
    return flawed_train("never stops", *args, **settings)


@wrong("train")
def train_updates_before_it_stops(*args, **settings):
    """You update once more before you stop, with the gradients of a lost batch. Look at the loss before you
    step."""
    return flawed_train("one update too many", *args, **settings)


@wrong("train")
def train_leaves_only_the_inner_loop(*args, **settings):
    """`break` leaves the loop over batches, and the next epoch begins. The whole run has to end."""
    return flawed_train("leaves the inner loop", *args, **settings)


@wrong("train")
def train_drops_the_bad_loss(*args, **settings):
    """You stop before you note the loss that diverged. It is the most interesting one: it belongs at the end of
    the list."""
    return flawed_train("drops the bad loss", *args, **settings)


@wrong("train")
def train_waits_for_nan(*args, **settings):
    """You stop at NaN only. Infinite losses, and those over 3 times the first, are lost as well."""
    return flawed_train("waits for NaN", *args, **settings)


@wrong("train")
def train_counts_in_the_epoch(*args, **settings):
    """Your index counts from the start of the epoch. It should be the place in history['loss'], over the whole
    run."""
    return flawed_train("counts in the epoch", *args, **settings)


@wrong("train")
def train_says_false(*args, **settings):
    """Without a divergence you say False. False is the index 0 to Python; say None."""
    return flawed_train("says False", *args, **settings)


@wrong("train")
def train_mean_of_ratios(*args, **settings):
    """You average the ratios of the parameters. Then a few biases count as much as all weights: lay all parameters
    end to end as one vector."""
    return flawed_train("mean of ratios", *args, **settings)


@wrong("train")
def train_ratio_to_the_new_weights(*args, **settings):
    """You divide by the norm of the weights after the update. Asked for is the one before it."""
    return flawed_train("ratio to the new", *args, **settings)


@wrong("train")
def train_takes_the_gradient_for_the_step(*args, **settings):
    """Your ratio takes learning rate times gradient for the update. That is true of SGD only: ask how far the rule
    has moved the weights."""
    return flawed_train("step by the gradient", *args, **settings)


@wrong("train")
def train_notes_the_size_of_the_step(*args, **settings):
    """You note how large the update is. The ratio says how large it is compared with the weights."""
    return flawed_train("size of the step", *args, **settings)


@wrong("train")
def train_notes_the_loss_afterwards(*args, **settings):
    """You compute the loss after the update. Asked for is the one that you already have, from before it."""
    return flawed_train("loss after", *args, **settings)


@wrong("train")
def train_one_entry_an_epoch(*args, **settings):
    """Your history has one entry an epoch, a mean. Asked for is one an update: a loss that explodes does not wait
    for the end of the epoch."""
    return flawed_train("one entry an epoch", *args, **settings)


# -------------------------------------------------------------------------------- expected_initial_loss


@wrong("expected_initial_loss")
def expected_initial_loss_of_ten(num_classes):
    """2.303 is the answer for ten classes only. Where does it come from?"""
    return float(np.log(10))


@wrong("expected_initial_loss")
def expected_initial_loss_base_two(num_classes):
    """You measure in bits, with the logarithm to base 2. The softmax loss uses the natural one."""
    return float(np.log2(num_classes))


@wrong("expected_initial_loss")
def expected_initial_loss_base_ten(num_classes):
    """You use the logarithm to base 10. The softmax loss uses the natural one."""
    return float(np.log10(num_classes))


@wrong("expected_initial_loss")
def expected_initial_loss_is_negative(num_classes):
    """Your loss is negative. A probability is at most 1, so its logarithm is at most 0: mind the sign in front of
    it."""
    return float(np.log(1 / num_classes))


@wrong("expected_initial_loss")
def expected_initial_loss_is_the_probability(num_classes):
    """That is the probability of the right class. The loss is its negative logarithm."""
    return 1 / num_classes


@wrong("expected_initial_loss")
def expected_initial_loss_is_the_entropy_term(num_classes):
    """You weigh the logarithm with the probability 1/C. The loss of an example is the negative logarithm itself."""
    return float(np.log(num_classes) / num_classes)


@wrong("expected_initial_loss")
def expected_initial_loss_is_the_error_rate(num_classes):
    """You give the share of wrong guesses. The softmax loss is not an error rate: it is a negative logarithm."""
    return 1 - 1 / num_classes


@wrong("expected_initial_loss")
def expected_initial_loss_of_the_hinge(num_classes):
    """C - 1 is what the hinge loss starts with. The net here ends in a softmax."""
    return float(num_classes - 1)


# ------------------------------------------------------------------------------------ overfits_tiny_set


@wrong("overfits_tiny_set")
def overfits_nearly(train, X, y):
    """95% is good enough for you. A net with thousands of weights learns a tiny set completely, so a single miss is a
    sign of a bug."""
    return bool(np.mean(train(X, y)(X) == y) >= 0.95)


@wrong("overfits_tiny_set")
def overfits_over_99_percent(train, X, y):
    """Over 99% passes with you. That lets one miss in 200 through, but 100% means every single label."""
    return bool(np.mean(train(X, y)(X) == y) > 0.99)


@wrong("overfits_tiny_set")
def overfits_better_than_chance(train, X, y):
    """You ask whether more than half is right. Learned by heart means all of it."""
    return bool(np.mean(train(X, y)(X) == y) > 0.5)


@wrong("overfits_tiny_set")
def overfits_any(train, X, y):
    """`any` is content with a single right label. Every one has to be right."""
    return bool(np.any(train(X, y)(X) == y))


@wrong("overfits_tiny_set")
def overfits_returns_the_accuracy(train, X, y):
    """You return an accuracy. The question is yes or no."""
    return float(np.mean(train(X, y)(X) == y))


@wrong("overfits_tiny_set")
def overfits_returns_an_array(train, X, y):
    """You return one answer an example. Asked for is one answer for all of them."""
    return train(X, y)(X) == y


@wrong("overfits_tiny_set")
def overfits_holds_out_a_part(train, X, y):
    """You train on a part and look at all. To learn by heart is to be asked what was learned: train on all of X."""
    part = max(1, len(X) * 4 // 5)
    return bool(np.all(train(X[:part], y[:part])(X) == y))


@wrong("overfits_tiny_set")
def overfits_takes_the_first_twenty(train, X, y):
    """You cut the first 20 examples off. X is the tiny set itself, whatever its size: use all of it."""
    predict = train(X[:20], y[:20])
    return bool(np.all(predict(X[:20]) == y[:20]))


@wrong("overfits_tiny_set")
def overfits_compares_the_sums(train, X, y):
    """You compare the sums of the labels. Two mistakes can balance each other; compare label by label."""
    return bool(np.sum(train(X, y)(X)) == np.sum(y))


@wrong("overfits_tiny_set")
def overfits_always(train, X, y):
    """You train, but never look at the predictions. So the answer is always True."""
    train(X, y)
    return True


@wrong("overfits_tiny_set")
def overfits_calls_train_only(train, X, y):
    """What train returns is a function, not the labels. Call it with X to get them."""
    return bool(np.all(train(X, y) == y))


# ------------------------------------------------------------------------------------------- step_decay


@wrong("step_decay")
def step_decay_without_steps(lr0, epoch, *, factor, every):
    """Your rate falls a little in every epoch. Steps come from counting WHOLE periods: the division loses its rest."""
    return lr0 * factor ** (epoch / every)


@wrong("step_decay")
def step_decay_multiplies(lr0, epoch, *, factor, every):
    """You multiply the factor by the number of drops. Two halvings make a quarter: it is a power."""
    return lr0 * factor * (epoch // every)


@wrong("step_decay")
def step_decay_divides(lr0, epoch, *, factor, every):
    """You divide by the factor. It is below 1, so your rate grows."""
    return lr0 / factor ** (epoch // every)


@wrong("step_decay")
def step_decay_drops_early(lr0, epoch, *, factor, every):
    """You drop one epoch too early. Epochs count from 0, so the first `every` of them end at every - 1."""
    return lr0 * factor ** ((epoch + 1) // every)


@wrong("step_decay")
def step_decay_drops_late(lr0, epoch, *, factor, every):
    """You drop one epoch too late. Epochs count from 0, so epoch number `every` is the first one with the new rate."""
    return lr0 * factor ** (max(epoch - 1, 0) // every)


@wrong("step_decay")
def step_decay_uses_the_rest(lr0, epoch, *, factor, every):
    """You use the rest of the division, `%`, which starts again at 0 after every drop. Asked for is how many drops
    there have been."""
    return lr0 * factor ** (epoch % every)


@wrong("step_decay")
def step_decay_drops_once(lr0, epoch, *, factor, every):
    """You drop only once. The rate falls again after every further period."""
    return lr0 * factor if epoch >= every else lr0


@wrong("step_decay")
def step_decay_only_at_the_step(lr0, epoch, *, factor, every):
    """You lower the rate in the epoch of a drop, and forget it in the next one. A pure function has no memory: count
    all drops up to now."""
    return lr0 * factor if epoch > 0 and epoch % every == 0 else lr0


@wrong("step_decay")
def step_decay_forgets_lr0(lr0, epoch, *, factor, every):
    """You return by how much the rate has fallen. The rate itself is asked for."""
    return factor ** (epoch // every)


# ------------------------------------------------------------------------------------ exponential_decay


@wrong("exponential_decay")
def exponential_decay_grows(lr0, t, *, k):
    """Your rate grows. What is missing is a sign."""
    return lr0 * np.exp(k * t)


@wrong("exponential_decay")
def exponential_decay_compound(lr0, t, *, k):
    """You take the share k away in every unit of time. That is close while k is small, but it is not e^(-kt)."""
    return lr0 * (1 - k) ** t


@wrong("exponential_decay")
def exponential_decay_base_two(lr0, t, *, k):
    """Your base is 2, so k counts halvings. The formula's base is e."""
    return lr0 * 2.0 ** (-k * t)


@wrong("exponential_decay")
def exponential_decay_base_ten(lr0, t, *, k):
    """Your base is 10, so k counts powers of ten. The formula's base is e."""
    return lr0 * 10.0 ** (-k * t)


@wrong("exponential_decay")
def exponential_decay_is_linear(lr0, t, *, k):
    """You take away the same amount in equal times. Exponential means the same FACTOR in equal times."""
    return lr0 * (1 - k * t)


@wrong("exponential_decay")
def exponential_decay_divides_by_k(lr0, t, *, k):
    """You divide the time by k. Then a larger k makes the fall slower, and k = 0 is an error."""
    return lr0 * np.exp(-t / k)


@wrong("exponential_decay")
def exponential_decay_forgets_lr0(lr0, t, *, k):
    """You return by how much the rate has fallen. The rate itself is asked for."""
    return np.exp(-k * t)


@wrong("exponential_decay")
def exponential_decay_forgets_the_time(lr0, t, *, k):
    """Your rate does not depend on t."""
    return lr0 * np.exp(-k)


@wrong("exponential_decay")
def exponential_decay_whole_steps(lr0, t, *, k):
    """You cut t down to a whole number. This schedule has no steps: t may be 2.5."""
    return lr0 * np.exp(-k * np.floor(t))


# ----------------------------------------------------------------------------------- inverse_time_decay


@wrong("inverse_time_decay")
def inverse_time_decay_without_one(lr0, t, *, k):
    """At t = 0 you divide by zero. The 1 in the denominator is there to start at lr0."""
    return lr0 / (k * t)


@wrong("inverse_time_decay")
def inverse_time_decay_power(lr0, t, *, k):
    """You raise 1 + k to the power t: that is an exponential decay. Here t is multiplied."""
    return lr0 / (1 + k) ** t


@wrong("inverse_time_decay")
def inverse_time_decay_adds_k(lr0, t, *, k):
    """You add k and t. The speed k multiplies the time."""
    return lr0 / (1 + k + t)


@wrong("inverse_time_decay")
def inverse_time_decay_forgets_k(lr0, t, *, k):
    """Your rate falls at one speed only. How fast it falls is what k says."""
    return lr0 / (1 + t)


@wrong("inverse_time_decay")
def inverse_time_decay_k_on_top(lr0, t, *, k):
    """Your k is above the line and raises the rate. It belongs to the time, below the line."""
    return lr0 * k / (1 + t)


@wrong("inverse_time_decay")
def inverse_time_decay_root(lr0, t, *, k):
    """You take a root, so your rate falls more slowly. The formula has none."""
    return lr0 / np.sqrt(1 + k * t)


@wrong("inverse_time_decay")
def inverse_time_decay_brackets(lr0, t, *, k):
    """You divide first and add then. Brackets: all of 1 + kt is below the line."""
    return lr0 / 1 + k * t


@wrong("inverse_time_decay")
def inverse_time_decay_forgets_lr0(lr0, t, *, k):
    """You return by how much the rate has fallen. The rate itself is asked for."""
    return 1 / (1 + k * t)


# ----------------------------------------------------------------------------------------- cosine_decay


@wrong("cosine_decay")
def cosine_decay_without_half(lr0, t, *, total):
    """1 + cos is 2 at the start, so your rate begins at twice lr0."""
    return lr0 * (1 + np.cos(np.pi * t / total))


@wrong("cosine_decay")
def cosine_decay_rises(lr0, t, *, total):
    """Your rate starts at 0 and rises. Look at the sign before the cosine."""
    return lr0 * (1 - np.cos(np.pi * t / total)) / 2


@wrong("cosine_decay")
def cosine_decay_in_degrees(lr0, t, *, total):
    """You hand degrees to np.cos. It takes radians: half a turn is pi."""
    return lr0 * (1 + np.cos(180 * t / total)) / 2


@wrong("cosine_decay")
def cosine_decay_whole_wave(lr0, t, *, total):
    """You go through a whole wave, so your rate is back at lr0 at the end. Half a wave leads from the top to the
    bottom."""
    return lr0 * (1 + np.cos(2 * np.pi * t / total)) / 2


@wrong("cosine_decay")
def cosine_decay_quarter_wave(lr0, t, *, total):
    """You use a quarter of the wave, which falls fastest at the end. With 1 + cos, half a wave lands softly."""
    return lr0 * np.cos(np.pi * t / total / 2)


@wrong("cosine_decay")
def cosine_decay_without_one(lr0, t, *, total):
    """The cosine alone goes down to -1, and a negative rate climbs. What lifts it to between 0 and 2?"""
    return lr0 * np.cos(np.pi * t / total)


@wrong("cosine_decay")
def cosine_decay_forgets_pi(lr0, t, *, total):
    """Without pi the cosine stops in the middle of its fall: your rate does not reach 0."""
    return lr0 * (1 + np.cos(t / total)) / 2


@wrong("cosine_decay")
def cosine_decay_ends_one_early(lr0, t, *, total):
    """You divide by total - 1, so 0 is reached one unit too early. t = total is the end."""
    return lr0 * (1 + np.cos(np.pi * t / max(total - 1, 0.5))) / 2


@wrong("cosine_decay")
def cosine_decay_forgets_lr0(lr0, t, *, total):
    """You return by how much the rate has fallen. The rate itself is asked for."""
    return (1 + np.cos(np.pi * t / total)) / 2


# ----------------------------------------------------------------------------------------------- warmup


@wrong("warmup")
def warmup_never_ends(lr0, t, *, steps):
    """Your rate goes on rising after the warmup. From then on it stays at lr0."""
    return lr0 * t / steps


@wrong("warmup")
def warmup_takes_the_larger(lr0, t, *, steps):
    """You take the larger of the two, so the rate starts at lr0 and then rises without end."""
    return lr0 * max(1, t / steps)


@wrong("warmup")
def warmup_counts_from_one(lr0, t, *, steps):
    """Your rate at t = 0 is not 0. Some libraries count so; graded here is t / steps."""
    return lr0 * min(1, (t + 1) / steps)


@wrong("warmup")
def warmup_whole_steps(lr0, t, *, steps):
    """`//` drops the rest of the division, so your rate is 0 until the warmup is over. It should rise evenly."""
    return lr0 * min(1, t // steps)


@wrong("warmup")
def warmup_cools_down(lr0, t, *, steps):
    """Your rate starts at the top and falls. A warmup rises."""
    return lr0 * max(0, 1 - t / steps)


@wrong("warmup")
def warmup_zero_afterwards(lr0, t, *, steps):
    """After the warmup your rate is 0. It should stay at lr0."""
    return lr0 * t / steps if t <= steps else 0.0


@wrong("warmup")
def warmup_starts_at_a_tenth(lr0, t, *, steps):
    """You start at a tenth of the rate. Here the line begins at 0."""
    return lr0 * min(1, 0.1 + 0.9 * t / steps)


@wrong("warmup")
def warmup_upside_down(lr0, t, *, steps):
    """Your fraction stands on its head, and at t = 0 it divides by zero. How much of the warmup is done at t?"""
    return lr0 * min(1, steps / t)


@wrong("warmup")
def warmup_forgets_lr0(lr0, t, *, steps):
    """You return the share of the rate. The rate itself is asked for."""
    return min(1, t / steps)


# ------------------------------------------------------------------------------------------ log_uniform


@wrong("log_uniform")
def log_uniform_without_logarithm(low, high, size, rng):
    """You draw evenly between low and high. Then nearly all numbers have the size of high: draw the logarithm
    evenly."""
    return rng.uniform(low, high, size)


@wrong("log_uniform")
def log_uniform_powers_of_the_numbers(low, high, size, rng):
    """You take 10 to the power of numbers between low and high. low and high are the rates themselves, not their
    exponents."""
    return 10 ** rng.uniform(low, high, size)


@wrong("log_uniform")
def log_uniform_mixes_bases(low, high, size, rng):
    """You take the logarithm to base 10 and go back with base e. The way back has to undo the way there."""
    return np.exp(rng.uniform(np.log10(low), np.log10(high), size))


@wrong("log_uniform")
def log_uniform_mixes_bases_the_other_way(low, high, size, rng):
    """You take natural logarithms and go back with powers of 10. The way back has to undo the way there."""
    return 10 ** rng.uniform(np.log(low), np.log(high), size)


@wrong("log_uniform")
def log_uniform_stays_a_logarithm(low, high, size, rng):
    """You return the logarithms. There is a way back."""
    return rng.uniform(np.log(low), np.log(high), size)


@wrong("log_uniform")
def log_uniform_whole_powers(low, high, size, rng):
    """You draw whole exponents, so only powers of ten come out. Between 0.01 and 0.1 there is more."""
    return 10.0 ** rng.integers(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1, size)


@wrong("log_uniform")
def log_uniform_is_a_grid(low, high, size, rng):
    """Your numbers are evenly spaced, and no rng changes them: a grid. Draw them."""
    return np.geomspace(low, high, size)


@wrong("log_uniform")
def log_uniform_normal(low, high, size, rng):
    """Your logarithms crowd around the middle. Even means that the borders are as likely as the middle."""
    middle, spread = np.log(low * high) / 2, np.log(high / low) / 6
    return np.exp(np.clip(rng.normal(middle, spread, size), np.log(low), np.log(high)))


@wrong("log_uniform")
def log_uniform_one_number(low, high, size, rng):
    """You return a single number. Asked for are `size` of them, in an array."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


@wrong("log_uniform")
def log_uniform_one_number_repeated(low, high, size, rng):
    """You draw once and repeat it. Every entry is a draw of its own."""
    return np.full(size, np.exp(rng.uniform(np.log(low), np.log(high))))


@wrong("log_uniform")
def log_uniform_is_a_list(low, high, size, rng):
    """The numbers are right, but they come as a list. Asked for is an array."""
    return [float(low * (high / low) ** rng.random()) for _ in range(size)]


@wrong("log_uniform")
def log_uniform_global_randomness(low, high, size, rng):
    """You draw from NumPy's global generator, so nobody can repeat your search. All randomness comes in as rng."""
    return np.exp(np.random.uniform(np.log(low), np.log(high), size))  # noqa: NPY002


@wrong("log_uniform")
def log_uniform_seeds_a_generator_of_its_own(low, high, size, rng):
    """You make a generator with a fixed seed, so you always draw the same numbers. Use the rng that comes in."""
    return np.exp(np.random.default_rng(0).uniform(np.log(low), np.log(high), size))


# ------------------------------------------------------------------------------------------ grid_search


def all_points(grid):
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


@wrong("grid_search")
def grid_search_only_along_the_axes(objective, grid):
    """You walk through the lists side by side, as zip does. A grid has every combination."""
    points = [dict(zip(grid, values, strict=True)) for values in zip(*grid.values(), strict=False)]
    values = [objective(**point) for point in points]
    return [(values[i], points[i]) for i in np.argsort(values)]


@wrong("grid_search")
def grid_search_one_at_a_time(objective, grid):
    """You change one parameter at a time and keep the others at their first value. A grid has every combination."""
    first = {name: values[0] for name, values in grid.items()}
    points = [first] + [{**first, name: value} for name, values in grid.items() for value in values[1:]]
    values = [objective(**point) for point in points]
    return [(values[i], points[i]) for i in np.argsort(values)]


@wrong("grid_search")
def grid_search_unsorted(objective, grid):
    """Your results come in the order in which they were tried. The best comes first."""
    return [(objective(**point), point) for point in all_points(grid)]


@wrong("grid_search")
def grid_search_highest_first(objective, grid):
    """You put the highest value first. The objective is a loss: lower is better."""
    results = [(objective(**point), point) for point in all_points(grid)]
    return sorted(results, key=lambda result: (np.isnan(result[0]), -result[0]))


@wrong("grid_search")
def grid_search_nan_spoils_the_order(objective, grid):
    """`sorted` compares with <, and with NaN that is always False. So NaN stays where it is and parts the list in
    two. Put it last on purpose."""
    return sorted(((objective(**point), point) for point in all_points(grid)), key=lambda result: result[0])


@wrong("grid_search")
def grid_search_sorts_the_pairs(objective, grid):
    """You sort the pairs themselves. Where two values are equal, Python goes on to compare the points, and one dict is
    not less than another; NaN spoils the order, too. Sort by the value alone."""
    return sorted((objective(**point), point) for point in all_points(grid))


@wrong("grid_search")
def grid_search_nan_first(objective, grid):
    """Your NaN comes first and wins. A point that diverged is the worst of all."""
    results = [(objective(**point), point) for point in all_points(grid)]
    return sorted(results, key=lambda result: (not np.isnan(result[0]), result[0]))


@wrong("grid_search")
def grid_search_drops_nan(objective, grid):
    """You leave the points out that gave NaN. They were tried and belong into the list, at its end."""
    results = [(objective(**point), point) for point in all_points(grid)]
    return sorted((r for r in results if not np.isnan(r[0])), key=lambda result: result[0])


@wrong("grid_search")
def grid_search_only_the_best(objective, grid):
    """You return the best point only. Asked for is the list of all, best first."""
    points = all_points(grid)
    values = [objective(**point) for point in points]
    return values[np.nanargmin(values)], points[np.nanargmin(values)]


@wrong("grid_search")
def grid_search_tries_twice(objective, grid):
    """You call the objective twice for every point, once to sort and once to report. Each call trains a net: keep the
    value."""
    points = all_points(grid)
    order = np.argsort([objective(**point) for point in points])
    return [(objective(**points[i]), points[i]) for i in order]


@wrong("grid_search")
def grid_search_point_first(objective, grid):
    """Your pairs are (point, value). The value comes first."""
    points = all_points(grid)
    values = [objective(**point) for point in points]
    return [(points[i], values[i]) for i in np.argsort(values)]


@wrong("grid_search")
def grid_search_passes_the_dict(objective, grid):
    """You hand the objective a dict, or values by position. It takes its parameters by name; two stars unpack a
    dict."""
    points = all_points(grid)
    values = [objective(point) for point in points]
    return [(values[i], points[i]) for i in np.argsort(values)]


@wrong("grid_search")
def grid_search_values_lose_their_points(objective, grid):
    """You sort the values and leave the points as they were. Now a value stands beside another's point."""
    points = all_points(grid)
    return list(zip(np.sort([objective(**point) for point in points]), points, strict=True))


@wrong("grid_search")
def grid_search_one_dict_for_all(objective, grid):
    """All your results hold the same dict, the last point tried. Writing into a dict changes it wherever it is
    listed: make a new one for each point."""
    point, results = {}, []
    for values in product(*grid.values()):
        point.update(zip(grid, values, strict=True))
        results.append((objective(**point), point))
    return [results[i] for i in np.argsort([value for value, _ in results])]


# ---------------------------------------------------------------------------------------- random_search


def draw_log(bounds, rng):
    """One number, log-uniform."""
    return float(np.exp(rng.uniform(*np.log(bounds))))


def searched(objective, points):
    """All points with their values, best first, NaN last."""
    values = [objective(**point) for point in points]
    return [(values[i], points[i]) for i in np.argsort(values)]


@wrong("random_search")
def random_search_evenly(objective, space, budget, rng):
    """You draw evenly between low and high. Then nearly all points lie at the upper end: draw on the log scale."""
    return searched(objective, [{n: float(rng.uniform(*b)) for n, b in space.items()} for _ in range(budget)])


@wrong("random_search")
def random_search_on_a_diagonal(objective, space, budget, rng):
    """One random number serves all your parameters, so they rise and fall together. You search a diagonal; draw each
    by itself."""
    points = []
    for _ in range(budget):
        u = rng.random()
        points.append({name: float(low * (high / low) ** u) for name, (low, high) in space.items()})
    return searched(objective, points)


@wrong("random_search")
def random_search_on_a_random_grid(objective, space, budget, rng):
    """Your values come from a short list, so the same ones come again and again. That is a grid: every point needs
    values of its own."""
    count = int(np.ceil(budget ** (1 / len(space))))
    columns = [[draw_log(bounds, rng) for _ in range(count)] for bounds in space.values()]
    points = [dict(zip(space, values, strict=True)) for values in product(*columns)]
    return searched(objective, points[:budget])


@wrong("random_search")
def random_search_budget_for_each(objective, space, budget, rng):
    """You search each parameter by itself, with a budget of its own. All are drawn at once, for `budget` points in
    all."""
    middle = {name: float(np.sqrt(low * high)) for name, (low, high) in space.items()}
    points = [{**middle, name: draw_log(space[name], rng)} for name in space for _ in range(budget)]
    return searched(objective, points)


@wrong("random_search")
def random_search_one_point_too_many(objective, space, budget, rng):
    """You try one point more than the budget allows."""
    points = [{name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget + 1)]
    return searched(objective, points)


@wrong("random_search")
def random_search_the_same_point(objective, space, budget, rng):
    """You try the same point again and again. Draw anew for every point, and always from the rng that came in."""
    point = {name: draw_log(bounds, rng) for name, bounds in space.items()}
    return searched(objective, [dict(point) for _ in range(budget)])


@wrong("random_search")
def random_search_one_dict_for_all(objective, space, budget, rng):
    """All your results hold the same dict, the last point tried. Writing into a dict changes it wherever it is
    listed: make a new one for each point."""
    point, results = {}, []
    for _ in range(budget):
        point.update({name: draw_log(bounds, rng) for name, bounds in space.items()})
        results.append((objective(**point), point))
    return ranked(results)


@wrong("random_search")
def random_search_nan_spoils_the_order(objective, space, budget, rng):
    """`sorted` compares with <, and with NaN that is always False, so your order breaks at every NaN. Put NaN last on
    purpose."""
    points = [{name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget)]
    return sorted(((objective(**point), point) for point in points), key=lambda result: result[0])


@wrong("random_search")
def random_search_drops_nan(objective, space, budget, rng):
    """You leave the points out that gave NaN. They cost a part of the budget and belong into the list, at its end."""
    points = [{name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget)]
    return [result for result in searched(objective, points) if not np.isnan(result[0])]


@wrong("random_search")
def random_search_tries_until_budget_numbers(objective, space, budget, rng):
    """You do not count the points that gave NaN, and try others for them. They cost as much as any: the budget counts
    calls."""
    results, spoiled = [], []
    while len(results) < budget:
        point = {name: draw_log(bounds, rng) for name, bounds in space.items()}
        value = objective(**point)
        (spoiled if np.isnan(value) else results).append((value, point))
    return sorted(results, key=lambda result: result[0]) + spoiled


@wrong("random_search")
def random_search_highest_first(objective, space, budget, rng):
    """You put the highest value first. The objective is a loss: lower is better."""
    points = [{name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget)]
    results = [(objective(**point), point) for point in points]
    return sorted(results, key=lambda result: (np.isnan(result[0]), -result[0]))


@wrong("random_search")
def random_search_unsorted(objective, space, budget, rng):
    """Your results come in the order in which they were tried. The best comes first."""
    points = [{name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget)]
    return [(objective(**point), point) for point in points]


@wrong("random_search")
def random_search_only_the_best(objective, space, budget, rng):
    """You return the best result only. Asked for is the list of all, best first."""
    points = [{name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget)]
    return searched(objective, points)[0]


@wrong("random_search")
def random_search_global_randomness(objective, space, budget, rng):
    """You draw from NumPy's global generator, so nobody can repeat your search. All randomness comes in as rng."""
    points = [
        {name: float(np.exp(np.random.uniform(*np.log(bounds)))) for name, bounds in space.items()}  # noqa: NPY002
        for _ in range(budget)
    ]
    return searched(objective, points)


# --------------------------------------------------------------------------------------- coarse_to_fine


def random_points(objective, space, budget, rng):
    return [
        (objective(**point), point)
        for point in ({name: draw_log(bounds, rng) for name, bounds in space.items()} for _ in range(budget))
    ]


def ranked(results):
    return [results[i] for i in np.argsort([value for value, _ in results])]


def around(best, space, i):
    """The range of round i + 2: half the width of the one before, on the log scale."""
    ranges = {}
    for name, (low, high) in space.items():
        reach = (high / low) ** (0.25 / 2**i)
        ranges[name] = (max(low, best[name] / reach), min(high, best[name] * reach))
    return ranges


@wrong("coarse_to_fine")
def coarse_to_fine_never_narrows(objective, space, budget, rounds, rng):
    """Every round searches the whole space again. From the second round on, look around the best point."""
    return ranked([result for _ in range(rounds) for result in random_points(objective, space, budget, rng)])


@wrong("coarse_to_fine")
def coarse_to_fine_narrows_once(objective, space, budget, rounds, rng):
    """Your range narrows after the first round and then keeps its width. Every round is narrower than the one
    before."""
    results, ranges = [], space
    for _ in range(rounds):
        results = ranked(results + random_points(objective, ranges, budget, rng))
        ranges = around(results[0][1], space, 0)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_around_the_middle(objective, space, budget, rounds, rng):
    """Your range narrows around the middle of the space, wherever the best point is."""
    results, ranges = [], space
    for i in range(rounds):
        results = ranked(results + random_points(objective, ranges, budget, rng))
        ranges = around({name: np.sqrt(low * high) for name, (low, high) in space.items()}, space, i)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_around_the_last_round(objective, space, budget, rounds, rng):
    """You search around the best point of the last round. If that round found nothing better, you walk away from the
    best point so far."""
    results, ranges = [], space
    for i in range(rounds):
        latest = ranked(random_points(objective, ranges, budget, rng))
        results += latest
        ranges = around(latest[0][1], space, i)
    return ranked(results)


@wrong("coarse_to_fine")
def coarse_to_fine_around_the_worst(objective, space, budget, rounds, rng):
    """Your later ranges do not surround the best point so far. The best has the LOWEST value, and a range reaches to
    both sides of it."""
    results, ranges = [], space
    for i in range(rounds):
        results = ranked(results + random_points(objective, ranges, budget, rng))
        worst = int(np.nanargmax([value for value, _ in results]))
        ranges = around(results[worst][1], space, i)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_without_logarithms(objective, space, budget, rounds, rng):
    """You add and subtract half of the width as it is. From a best point of 0.01, minus 1 is below the border, so
    nothing narrows there: measure the width in powers of ten."""
    results, ranges = [], space
    for i in range(rounds):
        results = ranked(results + random_points(objective, ranges, budget, rng))
        best, ranges = results[0][1], {}
        for name, (low, high) in space.items():
            reach = (high - low) / 2 ** (i + 2)
            ranges[name] = (max(low, best[name] - reach), min(high, best[name] + reach))
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_leaves_the_space(objective, space, budget, rounds, rng):
    """Around a best point near the border your range reaches over it. Cut it off at the border of the space."""
    results, ranges = [], space
    for i in range(rounds):
        results = ranked(results + random_points(objective, ranges, budget, rng))
        best, ranges = results[0][1], {}
        for name, (low, high) in space.items():
            reach = (high / low) ** (0.25 / 2**i)
            ranges[name] = (best[name] / reach, best[name] * reach)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_one_round_too_many(objective, space, budget, rounds, rng):
    """You count the search of the whole space apart, so there is a round too many. It is the first of the rounds."""
    results = ranked(random_points(objective, space, budget, rng))
    for i in range(rounds):
        results = ranked(results + random_points(objective, around(results[0][1], space, i), budget, rng))
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_shares_the_budget(objective, space, budget, rounds, rng):
    """You share the budget among the rounds. Each round has `budget` points of its own."""
    results, ranges = [], space
    for i in range(rounds):
        share = max(1, budget // rounds)
        results = ranked(results + random_points(objective, ranges, share, rng))
        ranges = around(results[0][1], space, i)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_keeps_the_last_round(objective, space, budget, rounds, rng):
    """You return the points of the last round only. Those of all rounds were tried, and all belong into the list."""
    results, ranges = [], space
    for i in range(rounds):
        latest = random_points(objective, ranges, budget, rng)
        results = ranked(results + latest)
        ranges = around(results[0][1], space, i)
    return ranked(latest)


@wrong("coarse_to_fine")
def coarse_to_fine_nan_wins(objective, space, budget, rounds, rng):
    """`np.argmin` takes a NaN for the smallest number, so you search around a point that diverged. np.nanargmin does
    not."""
    results, ranges = [], space
    for i in range(rounds):
        results = results + random_points(objective, ranges, budget, rng)
        ranges = around(results[int(np.argmin([value for value, _ in results]))][1], space, i)
    return ranked(results)


@wrong("coarse_to_fine")
def coarse_to_fine_draws_evenly(objective, space, budget, rounds, rng):
    """You draw evenly between the ends of a range. Then nearly all points lie at its upper end: draw on the log
    scale."""
    results, ranges = [], space
    for i in range(rounds):
        points = [{n: float(rng.uniform(*bounds)) for n, bounds in ranges.items()} for _ in range(budget)]
        results = ranked(results + [(objective(**point), point) for point in points])
        ranges = around(results[0][1], space, i)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_later_rounds_evenly(objective, space, budget, rounds, rng):
    """Your first round draws on the log scale, the later ones do not. In a range of some powers of ten most points
    then lie at its upper end."""
    results, ranges = ranked(random_points(objective, space, budget, rng)), space
    for i in range(rounds - 1):
        ranges = around(results[0][1], space, i)
        points = [{n: float(rng.uniform(*bounds)) for n, bounds in ranges.items()} for _ in range(budget)]
        results = ranked(results + [(objective(**point), point) for point in points])
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_sorted_by_round(objective, space, budget, rounds, rng):
    """Your list is sorted within each round only. The best of all rounds comes first."""
    results, ranges = [], space
    for i in range(rounds):
        results = results + ranked(random_points(objective, ranges, budget, rng))
        ranges = around(ranked(results)[0][1], space, i)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_global_randomness(objective, space, budget, rounds, rng):
    """You draw from a generator of your own, so nobody can repeat your search. All randomness comes in as rng."""
    results, ranges, own = [], space, np.random.default_rng()
    for i in range(rounds):
        results = ranked(results + random_points(objective, ranges, budget, own))
        ranges = around(results[0][1], space, i)
    return results


@wrong("coarse_to_fine")
def coarse_to_fine_overwrites_the_space(objective, space, budget, rounds, rng):
    """You narrow the caller's space itself. When you are done it is tiny, and the next search starts in it."""
    results, whole = [], dict(space)
    for i in range(rounds):
        results = ranked(results + random_points(objective, space, budget, rng))
        space.update(around(results[0][1], whole, i))
    return results


# --------------------------------------------------------------------------------------- k_fold_indices


def without(parts, i):
    return np.concatenate([part for j, part in enumerate(parts) if j != i])


@wrong("k_fold_indices")
def k_fold_indices_not_shuffled(n, k, rng):
    """Your folds are blocks in the order of the data. Data sorted by class would leave a class out of training:
    shuffle first."""
    parts = np.array_split(np.arange(n), k)
    return [(without(parts, i), parts[i]) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_every_kth(n, k, rng):
    """You deal the examples out in turn, without shuffling. Data in a regular order would give lopsided folds."""
    parts = [np.arange(i, n, k) for i in range(k)]
    return [(without(parts, i), parts[i]) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_swapped(n, k, rng):
    """You train on one part and validate on all the others. It is the other way round."""
    parts = np.array_split(rng.permutation(n), k)
    return [(parts[i], without(parts, i)) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_trains_on_everything(n, k, rng):
    """You train on all examples, those of val too. A net that has seen the questions gets good marks."""
    order = rng.permutation(n)
    return [(order, part) for part in np.array_split(order, k)]


@wrong("k_fold_indices")
def k_fold_indices_drops_the_rest(n, k, rng):
    """What does not divide evenly is left out of every fold. Give the rest to some of the folds, one to each."""
    order = rng.permutation(n)[: n // k * k]
    parts = np.split(order, k)
    return [(without(parts, i), parts[i]) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_rest_in_the_last(n, k, rng):
    """Your last fold takes all that is left over. Sizes may differ by 1 at most, so spread the rest."""
    order, size = rng.permutation(n), n // k
    parts = [order[i * size : (i + 1) * size if i < k - 1 else n] for i in range(k)]
    return [(without(parts, i), parts[i]) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_sizes_rounded_up(n, k, rng):
    """You round the size up, so the last fold gets too little. Sizes may differ by 1 at most."""
    order, size = rng.permutation(n), -(-n // k)
    parts = [order[i * size : (i + 1) * size] for i in range(k)]
    return [(without(parts, i), parts[i]) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_draws_every_fold_afresh(n, k, rng):
    """You draw val anew for every fold. Then some examples are judged twice and others never; shuffle once and
    cut."""
    folds = []
    for size in [n // k + (i < n % k) for i in range(k)]:
        order = rng.permutation(n)
        folds.append((order[size:], order[:size]))
    return folds


@wrong("k_fold_indices")
def k_fold_indices_only_val(n, k, rng):
    """You return the parts. Each fold needs two things: what to train on, and what to validate on."""
    return [part.tolist() for part in np.array_split(rng.permutation(n), k)]


@wrong("k_fold_indices")
def k_fold_indices_masks(n, k, rng):
    """You return masks of True and False. Asked for are indices."""
    parts = np.array_split(rng.permutation(n), k)
    return [(~np.isin(np.arange(n), part), np.isin(np.arange(n), part)) for part in parts]


@wrong("k_fold_indices")
def k_fold_indices_one_fold(n, k, rng):
    """You return one split. Every part takes its turn as val."""
    parts = np.array_split(rng.permutation(n), k)
    return [(without(parts, 0), parts[0])]


@wrong("k_fold_indices")
def k_fold_indices_global_randomness(n, k, rng):
    """You shuffle with a generator of your own, so nobody can repeat your folds. All randomness comes in as rng."""
    parts = np.array_split(np.random.default_rng().permutation(n), k)
    return [(without(parts, i), parts[i]) for i in range(k)]


@wrong("k_fold_indices")
def k_fold_indices_fixed_seed(n, k, rng):
    """You make a generator with a fixed seed, so your folds are always the same. Use the rng that comes in."""
    parts = np.array_split(np.random.default_rng(0).permutation(n), k)
    return [(without(parts, i), parts[i]) for i in range(k)]
