# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Babysit a training run
#
# A net, a loss and an update rule are not yet a training run. Somebody has to cut the data into batches,
# choose the learning rate, change it on the way, notice that the loss has become NaN, and try again with
# other settings. Lectures call this babysitting. You will write the babysitter.
#
# It comes with many rules of thumb: "the first loss is 2.30", "a loss that does not fall means a rate too
# low", "the update should be a thousandth of the weights", "never use a grid". You test each of them on
# real digits.

# %% [markdown]
# **You will build** sixteen small functions: mini-batches, a trainer that stops by itself, five schedules,
# three ways to search for a learning rate, and the folds of a cross-validation.
#
# **You need** NumPy arrays, and the idea of an update rule (notebook 03). The net and the rules are given.
#
# **It takes** three hours. Running everything takes less than a minute.
#
# **Not here:** where gradients come from (01), how weights start (02), the rules themselves (03),
# regularisation (07).

# %% [markdown]
# ## What you are given
#
# `toolbox.py` stands beside this notebook. It holds finished functions of earlier notebooks.
# - `two_layer_loss(params, X, y, reg)` returns `(loss, grads)` of a net with one hidden layer. `params` and
#   `grads` are dicts with the keys `W1`, `b1`, `W2`, `b2`. `X` is `(N, D)`, `y` holds `N` labels.
# - `sgd`, `momentum`, `adam`: a rule is called `rule(w, dw, state, learning_rate=0.1)` and returns
#   `(new_w, new_state)`. At the first step `state` is `None`.
#
# Two rules hold for all you write. **Nothing that comes in is changed.** And **randomness comes in as
# `rng`**, a `numpy.random.Generator`: call `rng.permutation(5)`, never `np.random.permutation(5)`. Then a
# run can be repeated.

# %% tags=["setup"]
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from toolbox import adam, momentum, sgd, two_layer_loss

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Cut an epoch into mini-batches
#
# A gradient on all $N$ examples is exact and expensive. A gradient on 50 of them is rough and cheap, and
# rough is good enough for a step. So shuffle the examples and deal them out in batches. When all have been
# seen once, an **epoch** is over. Then shuffle anew.
#
# By hand: 5 examples, `batch_size=2`. Shuffle the *indices*, say to 3, 0, 4, 1, 2. The batches are the
# examples 3 and 0, then 4 and 1, then 2 alone: the last batch is short, and nobody is left out. Use the
# same indices for `X` and for `y`, or the images lose their labels.
#
# *Source: Bottou 2012, "Stochastic gradient descent tricks".*


# %% exercise="minibatches"
def minibatches(X, y, batch_size, rng):
    """One epoch: all examples, shuffled and dealt out in batches.

    X: (N, ...) array, N >= 1 examples. y: (N,) array, their labels.
    batch_size: int >= 1; may be larger than N.
    rng: numpy.random.Generator, the only source of randomness; the order must depend on it.

    Returns a list of pairs (X_batch, y_batch). Every example is in exactly one batch, with its own label. Every
    batch has batch_size examples, except the last, which has what is left: 1 to batch_size.
    X_batch and y_batch are arrays with the dtypes of X and y. Changes neither X nor y.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(X))
    starts = range(0, len(X), batch_size)
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]
    ### END SOLUTION


# %% test="minibatches"
check(minibatches)

# %% [markdown]
# > **Why not draw 50 examples at random for every step?**
# >
# > You can, and theory often does. But then, after as many draws as there are examples, about $1/e$ = 37%
# > of them have not been seen, and others twice. Going through a shuffled deck wastes nothing, and usually
# > converges a little faster. **Graded here: the shuffled deck.**

# %% [markdown]
# ## 2. Watch the size of the steps
#
# A learning rate says little by itself. What matters is how far a step moves the weights *compared with the
# weights*:
#
# $$\text{ratio} = \frac{\lVert \Delta w \rVert}{\lVert w \rVert}$$
#
# $\lVert\cdot\rVert$ is the square root of the sum of all squares, whatever the shape. By hand: $w = (3, 4)$
# has norm 5. An update of $(0, -0.01)$ has norm 0.01. The ratio is 0.002. Lectures say that it should be
# near $10^{-3}$. We will see.


# %% exercise="update_ratio"
def update_ratio(w, update):
    """How far an update moves the weights, relative to the weights: norm(update) / norm(w).

    w: float array of any shape, the weights before the update, not all 0.
    update: array of w's shape, what is added to w.

    Returns a float >= 0. A norm is the square root of the sum of the squares of ALL entries, whatever the shape.
    Changes neither. Source: CS231n, lecture 6 (2016).
    """
    ### BEGIN SOLUTION
    return float(np.sqrt(np.sum(update**2)) / np.sqrt(np.sum(w**2)))
    ### END SOLUTION


# %% test="update_ratio"
check(update_ratio)

# %% [markdown]
# ## 3. Notice a disaster
#
# A learning rate that is too high throws the weights farther and farther out. The loss grows, then it is
# `inf`, then `nan`, and every step after that is wasted. So stop, and say where it began. One mark is
# clear: a loss that is NaN or infinite. For the other we need a line, and draw it at **3 times the first
# loss**: that net is now far worse than a net that knows nothing.
#
# By hand: losses 2.3, 2.0, 7.5, nan. Three times 2.3 is 6.9. So index 2 is where it began, not index 3.
#
# Beware of NaN in comparisons. `nan > 6.9` is False, and so is `nan < 6.9`, and even `nan == nan`.
# `np.isnan` and `np.isfinite` tell the truth.


# %% exercise="first_divergence"
def first_divergence(losses):
    """Where a run went wrong: the first index whose loss is NaN, infinite, or over 3 times the first loss.

    losses: list of floats, one an update; may be empty. The first is >= 0, NaN or infinite.

    Returns an int, counted from 0, or None if no loss is like that. Exactly 3 times the first loss is not over it.
    A first loss that is NaN or infinite itself gives 0; minus infinity is infinite too. Does not change losses.
    """
    ### BEGIN SOLUTION
    for i, loss in enumerate(losses):
        if not np.isfinite(loss) or loss > 3 * losses[0]:
            return i
    return None
    ### END SOLUTION


# %% test="first_divergence"
check(first_divergence)

# %% [markdown]
# ## 4. Put the loop together
#
# Now the trainer. For every epoch, for every batch:
# 1. compute the batch's loss and gradients, and note the loss;
# 2. if the loss has diverged, stop at once: *no update follows it*;
# 3. ask the schedule for this update's learning rate;
# 4. let the rule update every parameter, each with **its own state**;
# 5. note the learning rate and the update ratio.
#
# A **schedule** is a function of the base rate and the number of the update, for example
# `lambda lr, step: lr / (1 + step)`. `step` goes on over the epochs: with 24 batches, epoch 1 starts at 24.

# %% [markdown]
# By hand: one parameter $W = 2$ with gradient 1 at every batch, `sgd`, rate 0.1, schedule as above, two
# batches, one epoch. Update 0 has the rate 0.1 and gives $W = 1.9$, with ratio $0.1/2 = 0.05$. Update 1 has
# $0.1/2 = 0.05$ and gives $1.85$, ratio $0.05/1.9$. The schedule always gets the base rate 0.1, not what it
# returned last.
#
# The ratio is that of the whole step: lay all parameters end to end as one vector. You may call your
# `minibatches`, `update_ratio` and `first_divergence`. If you do, mend them first: their mistakes are then
# mistakes of `train` too.


# %% exercise="train"
def train(loss_fn, params, X, y, *, rule, learning_rate, schedule, batch_size, epochs, rng, **hyper):
    """Train on mini-batches, keep a history, and stop where the loss diverges.

    loss_fn: loss_fn(params, X, y) -> (loss, grads), grads a dict with the keys of params. Called once an update.
    params: dict of name -> float array, the start. X: (N, ...) array. y: (N,) array.
    rule: update rule, rule(w, dw, state, learning_rate=..., **hyper) -> (new_w, new_state); state None at first.
    learning_rate: float > 0, the base rate.
    schedule: schedule(learning_rate, step) -> the rate of this update, or None for the base rate throughout;
        step counts the updates from 0 over the whole run.
    batch_size: int >= 1. epochs: int >= 0. rng: Generator that shuffles every epoch anew, as in `minibatches`.
    hyper: passed on to the rule at every call, for example rho=0.9.

    Returns (params, history): a new dict of the trained arrays, and a dict with the lists
        'loss': the loss of each batch, before its update;
        'learning_rate': the rate of each update;
        'update_ratio': norm of each update over the norm of the weights before it, all parameters as one vector;
    and 'diverged': None, or the index of the loss that diverged, as `first_divergence` finds it. That loss is the
    last in 'loss'; no update follows it, so the other two lists are then one shorter.
    Changes neither params, nor the arrays in it, nor X, nor y.
    """
    ### BEGIN SOLUTION
    params, states = dict(params), dict.fromkeys(params)
    history = {"loss": [], "learning_rate": [], "update_ratio": [], "diverged": None}
    for _ in range(epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, rng):
            loss, grads = loss_fn(params, X_batch, y_batch)
            history["loss"].append(loss)
            history["diverged"] = first_divergence(history["loss"])
            if history["diverged"] is not None:
                return params, history
            step = len(history["loss"]) - 1
            rate = learning_rate if schedule is None else schedule(learning_rate, step)
            before = np.concatenate([w.ravel() for w in params.values()])
            for name in params:
                params[name], states[name] = rule(params[name], grads[name], states[name], learning_rate=rate, **hyper)
            after = np.concatenate([w.ravel() for w in params.values()])
            history["learning_rate"].append(rate)
            history["update_ratio"].append(update_ratio(before, after - before))
    return params, history
    ### END SOLUTION


# %% test="train"
check(train)

# %% [markdown]
# ### Too low, right, too high
#
# Now 1,197 real digits, a net with 50 hidden units, plain SGD, batches of 50, ten epochs.
#
# *Claims: a loss that does not fall means that the learning rate is too low. A loss that explodes means
# that it is too high.*


# %% tags=["experiment"]
digits = load("digits")
X_train, X_val, X_test = (X.reshape(len(X), 64) for X in (digits.X_train, digits.X_val, digits.X_test))
y_train, y_val, y_test = digits.y_train, digits.y_val, digits.y_test


def new_net(seed, std=None):
    """A net 64-50-10 as He et al. (2015) start it, or with weights of the given standard deviation."""
    rng = np.random.default_rng(seed)
    std1, std2 = (np.sqrt(2 / 64), np.sqrt(2 / 50)) if std is None else (std, std)
    W1, W2 = std1 * rng.standard_normal((64, 50)), std2 * rng.standard_normal((50, 10))
    return {"W1": W1, "b1": np.zeros(50), "W2": W2, "b2": np.zeros(10)}


def hidden(params, X):
    return np.maximum(0, X @ params["W1"] + params["b1"])


def accuracy(params, X, y):
    return np.mean((hidden(params, X) @ params["W2"] + params["b2"]).argmax(axis=1) == y)


# %% tags=["experiment"]
def fit(
    epochs, rule, learning_rate, *, X=X_train, y=y_train, reg=0.0, start=None, seed=1, schedule=None, batch_size=50
):
    """Your trainer with the settings that most experiments share."""
    with np.errstate(all="ignore"):  # some rates are too high, and that is the point
        return train(
            lambda params, X, y: two_layer_loss(params, X, y, reg),
            new_net(0) if start is None else start,
            X,
            y,
            rule=rule,
            learning_rate=learning_rate,
            schedule=schedule,
            batch_size=batch_size,
            epochs=epochs,
            rng=np.random.default_rng(seed),
        )


# %% tags=["experiment"]
def carry_on(rate, reg):
    """The losses of ten epochs of SGD that nobody stops."""
    rng, params, losses = np.random.default_rng(1), new_net(0), []
    with np.errstate(all="ignore"):
        for _ in range(10):
            for X, y in minibatches(X_train, y_train, 50, rng):
                loss, grads = two_layer_loss(params, X, y, reg)
                losses.append(loss)
                params = {name: params[name] - rate * grads[name] for name in params}
    return np.array(losses)


# %% tags=["experiment"]
RUNS = {0.3: (plots.GREEN, "-"), 3: (plots.ORANGE, "-"), 30: (plots.VERMILION, "-"), 1e-5: (plots.BLUE, "--")}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
report = []
for rate, (color, line) in RUNS.items():
    params, history = fit(10, sgd, rate)
    left.semilogy(history["loss"], line, color=color, label="rate $10^{-5}$" if rate == 1e-5 else f"rate {rate:g}")
    right.semilogy(history["update_ratio"], line, color=color)
    if history["diverged"] is not None:
        left.plot(history["diverged"], history["loss"][-1], "X", color=color, ms=10)
        right.plot(history["update_ratio"], "X", color=color, ms=10)
        report.append(f"{rate:g}: stopped, loss {history['diverged']} is {history['loss'][-1]:.0f}")
        continue
    alive = np.mean((hidden(params, X_train) > 0).any(axis=0))
    report.append(f"{rate:g}: loss {np.mean(history['loss'][-24:]):.2f}, {100 * alive:.0f}% of units alive")
wild = carry_on(1e6, 1e-6)
lost = np.flatnonzero(np.isnan(wild))[0]
left.semilogy(np.minimum(wild[:lost], 1e9), ":", color=plots.BLACK, label="rate $10^6$, not stopped")
left.annotate(f"NaN from update {lost} on", (lost, 5e3), (8, 0), textcoords="offset points", va="center")
left.plot(lost, 5e3, "X", color=plots.BLACK, ms=10)
left.axhline(3 * history["loss"][0], color=plots.GREY, ls=":", lw=1)
left.text(238, 3.3 * history["loss"][0], "3 times the first loss", ha="right", color=plots.GREY)
left.set(
    xlabel="update", ylabel="loss of the batch", ylim=(0.03, 2e4), title="Two runs do not learn: the same disease?"
)
right.set(xlabel="update", ylabel="update ratio", title="The update ratio tells them apart")
figure.legend(loc="outside upper center", ncols=5)
plt.show()
print("Mean loss of the tenth epoch |", " | ".join(report))

# %% [markdown]
# **The first claim is half true.** At $10^{-5}$ the loss does not fall, because nothing moves. At 3 it does
# not fall either! The first updates were so large that they pushed nearly every hidden unit below 0, for
# every image. A ReLU that is never positive has no gradient: the net is dead, and only the last bias still
# learns. Both curves are flat at 2.3. The update ratio sees the difference: about $10^{-6}$ against
# $10^{-2}$.
#
# **The second claim is true**, and your trainer stopped at once. *Claim: a rate that is too high ends in
# NaN.* What would have happened without the stop?


# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 3.6))
report = []
for rate, reg, color in ((30, 0, plots.VERMILION), (1e6, 0, plots.PURPLE), (1e6, 1e-6, plots.BLACK)):
    losses = carry_on(rate, reg)
    bad = np.flatnonzero(np.isnan(losses))
    end = bad[0] if bad.size else len(losses)
    text = f"rate {rate:,.0f}" + (", reg $10^{-6}$" if reg else "") + (f": NaN at update {end}" if bad.size else "")
    ax.semilogy(np.minimum(losses[:end], 1e50), color=color)
    ax.annotate(text, (end, min(losses[end - 1], 1e38)), (6, -3), textcoords="offset points", color=color)
    report.append(f"rate {rate:,.0f}, reg {reg:g}: " + (f"NaN at update {end}" if bad.size else "never NaN"))
ax.plot(lost, 1e38, "X", color=plots.BLACK, ms=9)
ax.set(xlabel="update", ylabel="loss of the batch", xlim=(0, 310), ylim=(0.1, 1e40), xticks=range(0, 241, 40))
ax.set_title("Nobody stops them: two come back dead, one ends in NaN")
plt.show()
print("Without a stop |", " | ".join(report))

# %% [markdown]
# **Mostly false.** Without regularisation not even a rate of a million ends in NaN. The loss shoots up, the
# units die, and what is left is a dead net with a loss that is finite and useless. To reach NaN something
# has to *feed* the growth. With the lecture's tiny regularisation of $10^{-6}$, each step multiplies the
# weights by $1 - 2 \cdot 10^6 \cdot 10^{-6} = -1$. A dead unit whose weights change sign wakes up, and
# takes the next huge step.
#
# So NaN proves that a rate is too high, but a finite loss proves nothing. Look at the first updates, and
# stop early.

# %% [markdown]
# ### What is a good update ratio?
#
# *Claim: the ratio should be near $10^{-3}$. Much higher, and the learning rate is too high; much lower,
# and it is too low.* Three rules, six learning rates each, a short training and a long one.

# %% tags=["experiment"]
RATES = {
    sgd: (0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
    momentum: (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
    adam: (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03),
}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
report = []
for ax, epochs in zip(axes, (8, 30), strict=True):
    best = []
    for rule, rates in RATES.items():
        runs = [fit(epochs, rule, rate) for rate in rates]
        ratios = [np.median(history["update_ratio"]) for _, history in runs]
        scores = [100 * accuracy(params, X_val, y_val) for params, _ in runs]
        ax.semilogx(ratios, scores, **plots.style(rule))
        best.append(f"{rule.__name__} {ratios[np.argmax(scores)]:.0e}")
    ax.axvspan(5e-4, 2e-3, color=plots.YELLOW, alpha=0.35, lw=0)
    ax.set(xlabel="median update ratio of the run", title=f"{epochs} epochs", xlim=(1e-4, 6e-2), ylim=(0, 101))
    report.append(f"{epochs} epochs: " + ", ".join(best))
axes[0].set_ylabel("validation accuracy in %")
axes[0].text(1e-3, 3, r"near $10^{-3}$", ha="center")
axes[1].legend(loc="lower right")
plt.show()
print("Update ratio of the best of six rates |", " | ".join(report))

# %% [markdown]
# **The right size, but no law.** In 30 epochs all runs in the yellow band do well, 85% or more, and the best
# runs lie in it or a little above. In 8 epochs the band is too timid: only 45% to 81%, and the best ratios
# are from $6 \cdot 10^{-3}$ to $3 \cdot 10^{-2}$. Who has little time must take longer steps. So use the
# rule as an alarm, not as a target: $10^{-6}$ or 1 means trouble, a factor of ten beside $10^{-3}$ means
# nothing.

# %% [markdown]
# ### Written question 1: read three logs (4 points)
#
# Three runs of the same ten-class net. Each line is what your history says.
# - (a) loss 2.31, 2.30, 2.31, 2.30, ...; update ratio $2 \cdot 10^{-7}$ throughout.
# - (b) loss 2.31, 4.0, 3.1, 2.35, 2.30, 2.31, ...; update ratio 1.1, 0.4, 0.05, 0.02, ...
# - (c) loss 23.0, 21.5, 19.8, 18.1, ...; update ratio $10^{-3}$ throughout.
#
# For each: what is wrong, which number told you, what do you change, and what do you expect to see after
# the change if you are right?
#
# *Rubric. 1 point for each run: the diagnosis, with the number that proves it. 1 point: for all three, a
# change that fits, and an observation that could show the diagnosis to be wrong.*

# %% [markdown] written="three_logs" points=4
# ### BEGIN SOLUTION
# (a) The rate is far too low. The loss alone could also mean a dead net, but the ratio of $2\cdot 10^{-7}$
# says that nothing moves. I raise the rate by $10^3$ to $10^4$. If I am right, the ratio rises by the same
# factor and the loss begins to fall; if only the ratio rises, I look for a bug in the gradient.
#
# (b) The rate was far too high: the first update was larger than the weights (1.1). The net died, and the
# flat loss at $\ln 10$ is that of a dead net. I start again with a new net and a tenth or a hundredth of
# the rate; lowering the rate of *this* net would not wake it. If I am right, the loss does not jump at
# the first updates, and hidden units stay alive.
#
# (c) The training works: the loss falls and the ratio is healthy. But the first loss should be
# $\ln 10 = 2.3$ and is ten times that. The weights start too large, or the inputs are not scaled, or a
# regularisation term is huge. I print the data loss alone, with the regularisation off, then scale inputs
# and weights. If I am right, the first loss becomes 2.3 without any training.
# ### END SOLUTION

# %% [markdown]
# ## 5. Check your sanity first
#
# Before you train for hours, two checks take a second each.
#
# **The first loss.** A net with small weights knows nothing. It gives each of $C$ classes the probability
# $1/C$, so the softmax loss is
#
# $$-\ln\frac{1}{C} = \ln C$$
#
# Ten classes: $\ln 10 = 2.303$. Two classes: $0.693$. If your first loss is far from it, something is wrong
# before the first step.


# %% exercise="expected_initial_loss"
def expected_initial_loss(num_classes):
    """The softmax loss of a net that gives every class the same probability, without regularisation.

    num_classes: int >= 1.

    Returns a float, in nats (natural logarithm), averaged over the examples as the loss is. Source: CS231n, lecture 6.
    """
    ### BEGIN SOLUTION
    return float(np.log(num_classes))
    ### END SOLUTION


# %% test="expected_initial_loss"
check(expected_initial_loss)

# %% [markdown]
# **The tiny set.** Take 20 examples, switch regularisation off, and train until the net knows them by
# heart. A net with thousands of weights can do that. If yours cannot, then there is a bug, and more data
# will not mend it. 100% means every single label: 19 of 20 is a no.
#
# `train` below is any function that trains and returns a predictor. Used together:
#
# ```python
# predict = train(X, y)     # trains on exactly these examples
# labels = predict(X)       # (N,) labels
# ```


# %% exercise="overfits_tiny_set"
def overfits_tiny_set(train, X, y):
    """Can this training learn a tiny set by heart?

    train: train(X, y) trains on exactly these examples and returns a function predict; predict(X) gives (N,) labels.
    X: (N, ...) array, the tiny set itself: all of it is used. y: (N,) int array, its labels, N >= 1.

    Returns a bool: True if, trained on X and y, every label of X is predicted, else False. Changes neither X nor y.
    Source: CS231n, lecture 6.
    """
    ### BEGIN SOLUTION
    predict = train(X, y)
    return bool(np.all(predict(X) == y))
    ### END SOLUTION


# %% test="overfits_tiny_set"
check(overfits_tiny_set)

# %% [markdown]
# ### Which bugs do the two checks find?
#
# *Claim: if the first loss is right and the net learns a tiny set by heart, the code is right.* We put one
# bug at a time into a net with small weights (standard deviation 0.01), ask both checks, and then measure
# what the checks are meant to save us from: the accuracy on the test set after ten epochs with Adam.


# %% tags=["experiment"]
def with_bug(params, X, y, *, frozen=(), sign=1, reg=0.0):
    """The net's loss, some of its gradients forgotten, or their sign wrong, or far too much regularisation."""
    loss, grads = two_layer_loss(params, X, y, reg)
    return loss, {name: 0 * dw if name in frozen else sign * dw for name, dw in grads.items()}


mixed = np.random.default_rng(0).permutation(len(y_train))
BUGS = {  # name: keywords of with_bug, standard deviation of the start, factor on the images, order of the labels
    "no bug": ({}, 0.01, 1, slice(None)),
    "gradients with the wrong sign": ({"sign": -1}, 0.01, 1, slice(None)),
    "gradient of W1 forgotten": ({"frozen": ("W1", "b1")}, 0.01, 1, slice(None)),
    "all weights start at 0": ({}, 0.0, 1, slice(None)),
    "regularisation of 1": ({"reg": 1.0}, 0.01, 1, slice(None)),
    "weights start too large": ({}, 1.0, 1, slice(None)),
    "pixels from 0 to 255": ({}, 0.01, 255, slice(None)),
    "labels belong to other images": ({}, 0.01, 1, mixed),
    "biases never trained": ({"frozen": ("b1", "b2")}, 0.01, 1, slice(None)),
}


# %% tags=["experiment"]
def examine(keywords, std, scale, order):
    """First loss, whether a tiny set is learned by heart, and the test accuracy in %."""
    y = y_train[order]

    def fit_with_bug(X, y, epochs, batch_size):
        return train(
            lambda params, X, y: with_bug(params, X, y, **keywords), new_net(0, std), scale * X, y, rule=adam,
            learning_rate=0.01, schedule=None, batch_size=batch_size, epochs=epochs, rng=np.random.default_rng(0),
        )[0]  # fmt: skip

    def train_tiny(X, y):
        params = fit_with_bug(X, y, 300, 20)
        return lambda X: (hidden(params, scale * X) @ params["W2"] + params["b2"]).argmax(axis=1)

    first_loss = with_bug(new_net(0, std), scale * X_train, y, **keywords)[0]
    params = fit_with_bug(X_train, y, 10, 50)
    return (
        first_loss,
        overfits_tiny_set(train_tiny, X_train[:20], y[:20]),
        100 * accuracy(params, scale * X_test, y_test),
    )


# %% tags=["experiment"]
with np.errstate(all="ignore"):
    found = {name: examine(*bug) for name, bug in BUGS.items()}
figure, ax = plt.subplots(figsize=(8, 3.9))
for row, (first_loss, learned, test) in enumerate(found.values()):
    alarms = abs(first_loss - expected_initial_loss(10)) > 0.1, not learned
    for column, (alarm, text) in enumerate(
        zip(alarms, (f"{first_loss:.2f}", "learned" if learned else "not learned"), strict=True)
    ):
        color = plots.VERMILION if alarm else plots.GREEN
        ax.text(column, row, ("✗ " if alarm else "✓ ") + text, ha="center", va="center", color=color, weight="bold")
    ax.barh(row, test / 100, left=1.6, height=0.6, color=plots.SKY if test > 95 else plots.ORANGE)
    ax.text(1.63 + test / 100, row, f"{test:.0f}%", va="center")
ax.set(
    yticks=range(len(found)), yticklabels=found, xticks=(0, 1, 2.1), xlim=(-0.5, 2.85), ylim=(len(found) - 0.5, -0.5)
)
ax.set_xticklabels(["first loss near 2.30?", "20 examples by heart?", "test accuracy"])
ax.xaxis.tick_top()
ax.tick_params(length=0)
ax.grid(False)
ax.spines[:].set_visible(False)
plt.show()
missed = [
    f"{name} ({test:.0f}%)" for name, (loss, learned, test) in found.items() if learned and abs(loss - np.log(10)) < 0.1
]
print("Both checks are content with |", " | ".join(missed))

# %% [markdown]
# **Necessary, not sufficient.** Each check finds bugs that the other lets pass, so do both. Together they
# find five of eight. They let through what a tiny set cannot show. A net learns *wrong* labels by heart
# just as well. Pixels up to 255 are no trouble with 20 images, but with all of them the loss explodes, and
# your trainer stops the run at the third batch. Untrained biases hardly hurt here.
#
# So after the two checks comes a third: does the *validation* accuracy rise above chance? And a gradient
# check (notebook 01) finds wrong signs and forgotten gradients for sure.

# %% [markdown]
# ## 6. Change the rate on the way
#
# Far from the minimum you want long steps, close to it short ones. A **schedule** gives the learning rate
# as a function of time. Five are in common use. Each is one line, and a pure function: it remembers
# nothing, and the same time gives the same rate.
#
# **Step decay** multiplies the rate by a factor every so many epochs:
#
# $$\alpha = \alpha_0 \cdot \text{factor}^{\lfloor \text{epoch} / \text{every} \rfloor}$$
#
# By hand: $\alpha_0 = 0.1$, half the rate every 10 epochs. Epochs 0 to 9 have 0.1, epochs 10 to 19 have
# 0.05, epoch 25 has $0.1 \cdot 0.5^2 = 0.025$.


# %% exercise="step_decay"
def step_decay(lr0, epoch, *, factor, every):
    """The learning rate that is multiplied by `factor` after every `every` epochs.

    lr0: float > 0, the rate at the start. epoch: int >= 0, counted from 0.
    factor: float in (0, 1]. every: int >= 1, number of epochs with the same rate.

    Returns a float: lr0 factor^(epoch // every).
    """
    ### BEGIN SOLUTION
    return lr0 * factor ** (epoch // every)
    ### END SOLUTION


# %% test="step_decay"
check(step_decay)

# %% [markdown]
# **Exponential decay** does the same without jumps, and **1/t decay** falls fast first and slowly later:
#
# $$\alpha = \alpha_0\, e^{-kt} \qquad\qquad \alpha = \frac{\alpha_0}{1 + kt}$$
#
# By hand with $\alpha_0 = 0.1$ and $k = 0.5$: at $t = 0$ both give 0.1. At $t = 4$ the first gives
# $0.1 \cdot e^{-2} = 0.0135$, the second $0.1/3 = 0.0333$. At $t = 20$ the second is 2000 times the
# first: one has all but stopped, the other has not.


# %% exercise="exponential_decay"
def exponential_decay(lr0, t, *, k):
    """The learning rate that falls by the same factor in equal times.

    lr0: float > 0, the rate at t = 0. t: int or float >= 0, the time, in updates or epochs, as the caller likes.
    k: float >= 0, how fast it falls, per unit of t.

    Returns a float: lr0 e^(-k t).
    """
    ### BEGIN SOLUTION
    return lr0 * np.exp(-k * t)
    ### END SOLUTION


# %% test="exponential_decay"
check(exponential_decay)


# %% exercise="inverse_time_decay"
def inverse_time_decay(lr0, t, *, k):
    """The learning rate that falls as 1/t: fast first, slowly later.

    lr0: float > 0, the rate at t = 0. t: int or float >= 0, the time, in updates or epochs, as the caller likes.
    k: float >= 0, how fast it falls, per unit of t.

    Returns a float: lr0 / (1 + k t). Source: Robbins and Monro 1951 ask for such a fall.
    """
    ### BEGIN SOLUTION
    return lr0 / (1 + k * t)
    ### END SOLUTION


# %% test="inverse_time_decay"
check(inverse_time_decay)

# %% [markdown]
# **Cosine decay** stays high for long, falls in the middle, and lands softly at 0:
#
# $$\alpha = \frac{\alpha_0}{2}\left(1 + \cos\frac{\pi t}{T}\right)$$
#
# By hand with $\alpha_0 = 0.1$: $t = 0$ gives $\cos 0 = 1$, so 0.1. Half of the way gives
# $\cos\frac{\pi}{2} = 0$, so 0.05. The end gives $\cos\pi = -1$, so 0. There is no $k$ to choose, only the
# length $T$ of the run.
#
# *Source: Loshchilov and Hutter 2017, without the restarts.*


# %% exercise="cosine_decay"
def cosine_decay(lr0, t, *, total):
    """The learning rate that falls along half a wave of the cosine, from lr0 to 0.

    lr0: float > 0, the rate at t = 0. total: int or float > 0, the length of the run.
    t: int or float from 0 to total, the time, in the unit of total.

    Returns a float: lr0 (1 + cos(pi t / total)) / 2. Source: Loshchilov and Hutter 2017.
    """
    ### BEGIN SOLUTION
    return lr0 * (1 + np.cos(np.pi * t / total)) / 2
    ### END SOLUTION


# %% test="cosine_decay"
check(cosine_decay)

# %% [markdown]
# **Warmup** is for the first steps, where the gradients are large and point in odd directions. The rate
# rises in a straight line and then stays:
#
# $$\alpha = \alpha_0 \cdot \min\left(1, \frac{t}{\text{steps}}\right)$$
#
# By hand with $\alpha_0 = 0.1$ and 5 steps: 0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.1, ... At $t = 0$ the rate
# is 0. (Some libraries count from 1. Graded here: from 0.) *Source: Goyal et al. 2017.*


# %% exercise="warmup"
def warmup(lr0, t, *, steps):
    """The learning rate that rises from 0 to lr0 in a straight line, and then stays.

    lr0: float > 0, the rate after the warmup. t: int or float >= 0, the time. steps: int >= 1, length of the warmup.

    Returns a float: lr0 min(1, t / steps), so 0 at t = 0. Source: Goyal et al. 2017.
    """
    ### BEGIN SOLUTION
    return lr0 * min(1, t / steps)
    ### END SOLUTION


# %% test="warmup"
check(warmup)

# %% [markdown]
# ### See the loss drop at a step
#
# *Claims: a decaying rate beats a constant one. Where a step decay drops the rate, the loss suddenly falls*
# (the picture that every lecture shows, from He et al. 2016). We use 400 digits, batches of 10, 20 epochs,
# SGD, and some regularisation. First the five schedules; then the constant rate against the step decay at a
# high base rate, and at a tenth of it.

# %% tags=["experiment"]
EPOCHS, PER_EPOCH = 20, 40
STEPS = EPOCHS * PER_EPOCH
SCHEDULES = {
    "constant": (None, plots.BLACK, "-"),
    "step": (lambda lr, step: step_decay(lr, step // PER_EPOCH, factor=0.1, every=10), plots.VERMILION, "-"),
    "exponential": (lambda lr, step: exponential_decay(lr, step, k=3 / STEPS), plots.ORANGE, "--"),
    "1/t": (lambda lr, step: inverse_time_decay(lr, step, k=10 / STEPS), plots.PURPLE, "-."),
    "cosine": (lambda lr, step: cosine_decay(lr, step, total=STEPS), plots.BLUE, "-"),
    "warmup": (lambda lr, step: warmup(lr, step, steps=STEPS // 10), plots.GREEN, ":"),
}


def epoch_losses(name, rate, seeds=2):
    """The mean loss of each epoch, and the validation accuracy in %, each a mean over seeds."""
    runs = [
        fit(EPOCHS, sgd, rate, X=X_train[:400], y=y_train[:400], reg=3e-3, start=new_net(seed), seed=seed,
            schedule=SCHEDULES[name][0], batch_size=10)
        for seed in range(seeds)
    ]  # fmt: skip
    losses = np.mean([np.reshape(history["loss"], (EPOCHS, PER_EPOCH)).mean(axis=1) for _, history in runs], axis=0)
    return losses, 100 * np.mean([accuracy(params, X_val, y_val) for params, _ in runs])


# %% tags=["experiment"]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.6))
steps = np.arange(STEPS)
for name, (schedule, color, line) in SCHEDULES.items():
    rates = [0.5 if schedule is None else schedule(0.5, step) for step in steps]
    axes[0].plot(steps / PER_EPOCH, rates, line, color=color, label=name)
axes[0].set(xlabel="epoch", title="Six ways to set the rate", ylabel="learning rate")
outcome = {
    (name, rate): epoch_losses(name, rate)
    for rate in (0.5, 0.05)
    for name in SCHEDULES
    if rate == 0.5 or name in ("constant", "step")
}
for ax, rate in zip(axes[1:], (0.5, 0.05), strict=True):
    for name in ("constant", "step"):
        _, color, line = SCHEDULES[name]
        ax.plot(np.arange(EPOCHS) + 1, outcome[name, rate][0], line, color=color, marker="o", ms=3)
    ax.axvline(10.5, color=plots.GREY, ls=":", lw=1)
    ax.set(xlabel="epoch", xticks=(1, 5, 10, 15, 20), title=f"base rate {rate}", ylim=(0.4, 1.0))
axes[1].set_ylabel("training loss")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=6)
plt.show()
report = [f"{name} at {rate:g}: {losses[-1]:.2f}, {score:.0f}%" for (name, rate), (losses, score) in outcome.items()]
print("Training loss of the last epoch, validation accuracy |", " | ".join(report))

# %% [markdown]
# **Both true at the high rate, false at the low one.** At 0.5 the noise of the batches holds the loss up:
# long steps hop around the minimum. When the rate drops, the hopping stops, and the loss falls within an
# epoch. At 0.05 there is no hopping, only a slow way down. The drop makes it slower still, and the constant
# rate ends lower: 0.63 against 0.75.
#
# So a decay pays only where the rate is so high that noise holds the loss up. First find a high rate that
# works *without* decay, then add one. Look at the validation accuracy, too: at 0.5 all six are as good as
# equal, since 300 images do not show a difference of one point. Warmup does nothing here: this net does not
# need it.

# %% [markdown]
# > **Which schedule should I take?**
# >
# > If you know how long the run will be: cosine. It has nothing to tune, and here it is among the best. If
# > you do not: step decay, and you drop the rate by hand when the loss stands still. 1/t is the one that
# > theory asks for, and it was the slowest of the five here: it leaves the high rates before they have done
# > their work. Lecture notes say that exponential decay is used most; today that is cosine.

# %% [markdown]
# ## 7. Search for a learning rate
#
# Is 0.1 a good learning rate? Is 0.0001? They are a factor of 1000 apart, and a factor is what counts: a
# rate multiplies the gradient. So rates are tried on the **log scale**, where the step from 0.001 to 0.01
# is as long as the one from 0.01 to 0.1.
#
# To draw a number so that each power of ten is equally likely: take logarithms, draw evenly between them,
# and go back. By hand, from $10^{-4}$ to $10^0$: draw $u$ evenly between $-4$ and $0$, say $-2.6$. The rate
# is $10^{-2.6} = 0.0025$. Drawn evenly without logarithms, 99% of the rates would be over 0.01.


# %% exercise="log_uniform"
def log_uniform(low, high, size, rng):
    """Random numbers whose logarithms are evenly distributed between those of low and high.

    low, high: floats, 0 < low < high. size: int >= 1, how many numbers.
    rng: numpy.random.Generator, the only source of randomness.

    Returns a (size,) float array, every entry from low to high, drawn independently. Source: Bergstra and Bengio 2012.
    """
    ### BEGIN SOLUTION
    return np.exp(rng.uniform(np.log(low), np.log(high), size))
    ### END SOLUTION


# %% test="log_uniform"
check(log_uniform)

# %% [markdown]
# A search needs an **objective**: a function that takes the hyperparameters by name, trains, and returns one
# number, the lower the better. A **point** is a dict of them: `{"learning_rate": 0.1, "reg": 0.001}`, and
# the call is `objective(**point)`.
#
# **Grid search** tries every combination. By hand: `{"learning_rate": [0.1, 0.01], "reg": [0.0, 0.1, 1.0]}`
# has $2 \cdot 3 = 6$ points. The result is the list of all pairs `(value, point)`, best first.
#
# Some points will diverge and return NaN. A NaN must not win, and it must not spoil the order of the
# others. Python's `sorted` and `min` compare with `<`, and with NaN that is always False. `np.sort` and
# `np.argsort` put NaN last.


# %% exercise="grid_search"
def grid_search(objective, grid):
    """Try every point of a grid, each once.

    objective: objective(**point) -> float, lower is better; may return NaN or infinity.
    grid: dict of name -> list of values (numbers or strings); the points are all combinations.

    Returns a list of (value, point) pairs, one for each point, sorted by value: best first, NaN last. A point is a
    dict of name -> one value. Points of equal value (or NaN) may come in any order. Does not change grid.
    """
    ### BEGIN SOLUTION
    points = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    values = [objective(**point) for point in points]
    return [(values[i], points[i]) for i in np.argsort(values)]
    ### END SOLUTION


# %% test="grid_search"
check(grid_search)

# %% [markdown]
# **Random search** tries as many points as you can afford, drawn at random. No list of values is needed,
# only a range for each name: the **space**. By hand, a budget of 2 in the space
# `{"learning_rate": (1e-4, 1.0), "reg": (1e-6, 1e-2)}` may try (0.0025, 0.0003) and (0.3, 0.000004). Each
# name is drawn by itself: if rate and strength always rose together, you would search a diagonal.
#
# *Source: Bergstra and Bengio 2012.*


# %% exercise="random_search"
def random_search(objective, space, budget, rng):
    """Try random points of a space, each name drawn log-uniformly and independently.

    objective: objective(**point) -> float, lower is better; may return NaN or infinity.
    space: dict of name -> (low, high), 0 < low < high. budget: int >= 1, how many points are tried, each once.
    rng: numpy.random.Generator, the only source of randomness.

    Returns a list of `budget` (value, point) pairs, sorted by value: best first, NaN last. A point is a dict of
    name -> number. Does not change space. Source: Bergstra and Bengio 2012.
    """
    ### BEGIN SOLUTION
    columns = [log_uniform(low, high, budget, rng) for low, high in space.values()]
    points = [dict(zip(space, numbers, strict=True)) for numbers in zip(*columns, strict=True)]
    values = [objective(**point) for point in points]
    return [(values[i], points[i]) for i in np.argsort(values)]
    ### END SOLUTION


# %% test="random_search"
check(random_search)

# %% [markdown]
# ### Why random beats the grid
#
# *Claim: random search finds better settings than a grid of the same size.* We tune two parameters on the
# digits, with nine points each: the learning rate of momentum, which matters, and a tiny regularisation,
# which hardly does. The objective is the validation loss after two epochs. Below are the nine points;
# above, the same points seen from the side of the learning rate.


# %% tags=["experiment"]
def objective(learning_rate, reg):
    """The validation loss after two epochs of momentum; NaN where the training diverges."""
    params, history = fit(2, momentum, learning_rate, reg=reg)
    return np.nan if history["diverged"] is not None else two_layer_loss(params, X_val, y_val, 0.0)[0]


def centres(low, high, count):
    """The centres of `count` equal parts of a range, on the log scale."""
    return [low * (high / low) ** ((i + 0.5) / count) for i in range(count)]


def both_searches(objective, space, rng):
    """The results of a 3 by 3 grid and of 9 random points."""
    grid = {name: centres(*bounds, 3) for name, bounds in space.items()}
    return grid_search(objective, grid), random_search(objective, space, 9, rng)


# %% tags=["experiment"]
space = {"learning_rate": (10**-4.5, 10**0.5), "reg": (1e-7, 1e-4)}
rates = np.geomspace(*space["learning_rate"], 60)
profile = np.array([objective(rate, 1e-6) for rate in rates])
figure, axes = plt.subplots(2, 2, figsize=(8, 4.8), sharex=True, sharey="row")
for (above, below), results in zip(axes.T, both_searches(objective, space, np.random.default_rng(10)), strict=True):
    tried, regs = (np.array([point[name] for _, point in results]) for name in space)
    seen = np.interp(np.log(tried), np.log(rates), profile)
    above.semilogx(rates, profile, color=plots.GREY)
    above.vlines(tried, 0, seen, color=plots.SKY, lw=1)
    above.plot(tried, seen, "o", color=plots.BLUE, ms=7)
    for rate in tried[np.isnan(seen)]:
        above.text(rate, 0.1, "NaN", ha="center")
    below.vlines(tried, regs, 1e-4, color=plots.SKY, lw=1)
    below.loglog(tried, regs, "o", color=plots.BLUE, ms=7)
    below.set(xlabel="learning rate", ylim=(1e-7, 1e-4))
axes[0, 0].set(ylabel="validation loss", title="Grid: 9 points, 3 learning rates", ylim=(0, 2.7))
axes[0, 1].set_title("Random: 9 points, 9 learning rates")
axes[1, 0].set_ylabel("regularisation")
plt.show()
bests = [results[0][0] for results in both_searches(objective, space, np.random.default_rng(10))]
print(f"Best validation loss of 9 trainings | grid: {bests[0]:.2f} | random: {bests[1]:.2f}")

# %% [markdown]
# A grid wastes its points: the three in a column try the same learning rate. Random points never share one.
# But one picture is an anecdote, and a grid may be lucky. So repeat: 30 times, with the space moved a
# little each time. And then a toy where **both** parameters matter alike: the value is the squared distance
# to a hidden point.


# %% tags=["experiment"]
def compare(objectives, spaces, seed):
    """The best values of grid and random search, (number of spaces, 2)."""
    rng = np.random.default_rng(seed)
    return np.array(
        [
            [results[0][0] for results in both_searches(f, space, rng)]
            for f, space in zip(objectives, spaces, strict=True)
        ]
    )


def hidden_point(weight, rng):
    """The squared distance, in powers of ten, to a random point of the unit space; weight on the second name."""
    a, b = rng.random(2)
    return lambda first, second: (np.log10(first) - a) ** 2 + weight * (np.log10(second) - b) ** 2


# %% tags=["experiment"]
moves = 10 ** np.random.default_rng(0).uniform(-0.5, 0.5, size=30)
moved = [{**space, "learning_rate": (10**-4.5 * move, 10**0.5 * move)} for move in moves]
rng, unit = np.random.default_rng(1), {"first": (1.0, 10.0), "second": (1.0, 10.0)}
trials = {
    "digits: the rate matters": compare([objective] * 30, moved, 2),
    "toy: one of two matters": np.sqrt(compare([hidden_point(0, rng) for _ in range(400)], [unit] * 400, 3)),
    "toy: both matter": np.sqrt(compare([hidden_point(1, rng) for _ in range(400)], [unit] * 400, 4)),
}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.6))
report = []
for ax, (name, best) in zip(axes, trials.items(), strict=True):
    share = np.linspace(0, 100, len(best))
    for i, (search, color) in enumerate((("grid", plots.ORANGE), ("random", plots.BLUE))):
        ax.plot(np.sort(best[:, i]), share, color=color, label=search)
    ax.set(title=name, xlabel="best validation loss" if ax is axes[0] else "distance to the hidden point")
    report.append(f"{name}: random wins {100 * np.mean(best[:, 1] < best[:, 0]):.0f}%")
axes[0].set_ylabel("% of the searches that are as good")
axes[0].legend(loc="lower right")
plt.show()
print("Grid and random, 9 points each |", " | ".join(report))

# %% [markdown]
# **True where one parameter matters, false where both do.** On the digits and in the first toy random wins
# more often, and the farther left a curve, the better the search. But where both parameters matter alike,
# the grid wins three times of five: its points are spread evenly, and random ones leave holes. Bergstra and
# Bengio (2012) say no more than that. Their point is that among many hyperparameters *few* matter, and
# that you do not know which.
#
# Nor does random win always. With nine points luck is half of the story, for both.

# %% [markdown]
# ## 8. Go from coarse to fine
#
# Nobody finds a good rate in one go. First search seven powers of ten with a few points. Then look only
# around the best point, then closer still. Each round is a random search in a **smaller range around the
# best point so far**, the best of all rounds, not only of the last.
#
# By hand: the space is $(10^{-4}, 10^0)$, four powers of ten, and the best rate of round one is $10^{-2.6}$.
# With half the width, round two searches $10^{-3.6}$ to $10^{-1.6}$: one power of ten to each side. Round
# three takes half a power to each side of the best of both. If the best is at the border, say $10^{-0.2}$,
# cut the range off there: $10^{-1.2}$ to $10^0$. Never leave the space.


# %% exercise="coarse_to_fine"
def coarse_to_fine(objective, space, budget, rounds, rng):
    """Random search in rounds, each in a smaller range around the best point so far.

    objective: objective(**point) -> float, lower is better; may return NaN or infinity; of the first round not all are NaN.
    space: dict of name -> (low, high), 0 < low < high.
    budget: int >= 1, points a round. rounds: int >= 1. rng: numpy.random.Generator, the only source of randomness.

    The first round draws from the whole space, log-uniformly as `random_search` does. Every later round draws
    log-uniformly from a range that, for every name, is clearly narrower on the log scale than the range of the round
    before, reaches to both sides of the best point of all rounds so far, and is cut off at the border of the space.
    How much narrower is your choice; half the width works well. NaN is never the best.

    Returns a list of all rounds * budget (value, point) pairs, sorted by value: best first, NaN last. Does not change
    space. Source: CS231n, lecture 6.
    """
    ### BEGIN SOLUTION
    results, ranges = [], space
    for i in range(rounds):
        results = results + random_search(objective, ranges, budget, rng)
        results = [results[j] for j in np.argsort([value for value, _ in results])]
        _, best = results[0]
        ranges = {}
        for name, (low, high) in space.items():
            reach = (high / low) ** (0.25 / 2**i)
            ranges[name] = (max(low, best[name] / reach), min(high, best[name] * reach))
    return results
    ### END SOLUTION


# %% test="coarse_to_fine"
check(coarse_to_fine)

# %% [markdown]
# ### Find a learning rate for the digits
#
# The space is wide: six powers of ten for the rate, seven for the regularisation. Three rounds of 12 points
# train for two epochs each. The best point then trains for 20 epochs, and only that net meets the test set.
#
# *Claim: coarse to fine is better than one search of the same size.* For ten seeds we compare with 36
# random points of the whole space.

# %% tags=["experiment"]
space = {"learning_rate": (1e-5, 10.0), "reg": (1e-7, 1.0)}
tried = []


def watched(**point):
    """The objective, and a note of what was tried, in order."""
    tried.append((*point.values(), objective(**point)))
    return tried[-1][-1]


(value, best), *_ = coarse_to_fine(watched, space, 12, 3, np.random.default_rng(0))
params, history = fit(20, momentum, best["learning_rate"], reg=best["reg"])
test = 100 * accuracy(params, X_test, y_test)
seeds = range(10)
finals = np.array(
    [
        (coarse_to_fine(objective, space, 12, 3, np.random.default_rng(seed))[0][0],
         random_search(objective, space, 36, np.random.default_rng(seed))[0][0])
        for seed in seeds
    ]
)  # fmt: skip

# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), width_ratios=(1.5, 1))
for i, (color, marker) in enumerate(((plots.SKY, "o"), (plots.ORANGE, "s"), (plots.VERMILION, "D"))):
    rate, reg, loss = np.array(tried[12 * i : 12 * (i + 1)]).T
    left.loglog(rate, reg, marker, color=color, ms=7, label=f"round {i + 1}")
    left.loglog(rate[np.isnan(loss)], reg[np.isnan(loss)], "x", color=plots.BLACK, ms=9)
left.plot([], [], "x", color=plots.BLACK, ms=9, label="diverged: NaN")
left.plot(best["learning_rate"], best["reg"], "*", color=plots.YELLOW, mec=plots.BLACK, ms=17, label="the best")
left.set(xlabel="learning rate", ylabel="regularisation", xlim=space["learning_rate"], ylim=space["reg"])
left.set_title("Each round looks closer")
figure.legend(loc="outside upper center", ncols=5)
limits = finals.min() - 0.01, finals.max() + 0.01
right.plot(limits, limits, color=plots.GREY, lw=1)
right.plot(finals[:, 1], finals[:, 0], "o", color=plots.BLUE)
right.set(
    xlim=limits,
    ylim=limits,
    xlabel="36 points at once: best loss",
    ylabel="3 rounds of 12: best loss",
    title="Below the line, rounds are better",
)
plt.show()
print(
    f"Best learning rate {best['learning_rate']:.2f}, test accuracy after 20 epochs {test:.1f}% | "
    f"rounds better than one search: {np.sum(finals[:, 0] < finals[:, 1])} of 10 seeds, "
    f"mean loss {finals[:, 0].mean():.3f} against {finals[:, 1].mean():.3f}"
)

# %% [markdown]
# **True here**, in 8 of 10 seeds (how you draw and narrow is free, so yours may be 7 or 9), and by little: the
# first round alone often finds the valley. What the rounds do for sure is to spend their points where it
# pays: most of the space is a desert of rates at which nothing moves, or all diverges.
#
# The test accuracy is honest, because the test set chose nothing. The *validation* loss of the winner is
# not: among 36 noisy numbers you took the lowest, and a part of that is luck.

# %% [markdown]
# > **My best point lies at the border of the space. What now?**
# >
# > Then the true best probably lies outside, and the search cannot go there. Move the space and search
# > again. This is the first thing to look at in a figure like the left one, and the reason to begin with a
# > space that seems too wide.

# %% [markdown]
# ## 9. Validate on every part in turn
#
# A validation set of 60 images is a noisy judge, and it costs you 60 training images. **Cross-validation**
# cuts the data into $k$ parts, the folds. It trains $k$ times, each time on all parts but one, and
# validates on the one left out. Every example is judged once, and the $k$ scores are averaged.
#
# By hand: $n = 5$, $k = 2$. Shuffle to 3, 0, 4, 1, 2. The folds validate on $\{3, 0, 4\}$ and on
# $\{1, 2\}$, and train on the rest. The sizes differ by one, because 5 is odd. With $n = 11$ and $k = 4$
# they are 3, 3, 3, 2, and not 2, 2, 2, 5.
#
# *Source: Stone 1974.*


# %% exercise="k_fold_indices"
def k_fold_indices(n, k, rng):
    """The k folds of a cross-validation, as indices.

    n: int, number of examples. k: int, number of folds, 2 <= k <= n.
    rng: numpy.random.Generator that shuffles the examples; the only source of randomness.

    Returns a list of k pairs (train, val) of 1-D int arrays with indices from 0 to n - 1. Each index is in the val of
    exactly one fold, and in the train of every other fold, once. The sizes of the vals differ by at most 1. The order
    of the folds, and of the indices in an array, is free. Source: Stone 1974.
    """
    ### BEGIN SOLUTION
    parts = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]
    ### END SOLUTION


# %% test="k_fold_indices"
check(k_fold_indices)

# %% [markdown]
# ### Measure the noise of a validation score
#
# *Claim: cross-validation with k folds is as good as $k$ times as many validation images, so its error is
# $\sqrt k$ times smaller.* We take 240 digits and cut them into 5 folds. One fold alone judges by 48 images.
# Since 957 more digits are at hand, we know how good each net really is. The error is the score minus that.
# All of it 30 times, each time with other digits.

# %% tags=["experiment"]
errors = []
for seed in range(30):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(X_train))
    pool, unseen = order[:240], order[240:]
    scores = []
    for fold, val in k_fold_indices(240, 5, rng):
        chosen, judged = pool[fold], pool[val]
        params, _ = fit(
            10, momentum, 0.1, X=X_train[chosen], y=y_train[chosen], start=new_net(seed), seed=seed, batch_size=20
        )
        scores.append([100 * accuracy(params, X_train[i], y_train[i]) for i in (judged, unseen)])
    scores = np.array(scores)
    errors.append((scores[0, 0] - scores[0, 1], scores[:, 0].mean() - scores[:, 1].mean()))
errors = np.array(errors)

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 2.8))
for row, color in enumerate((plots.ORANGE, plots.BLUE)):
    jitter = np.linspace(-0.25, 0.25, len(errors))
    ax.plot(errors[:, row], row + jitter, "o", color=color, alpha=0.8, mec="white", ms=7)
ax.axvline(0, color=plots.GREY, lw=1)
ax.set(yticks=(0, 1), yticklabels=("one fold of 48 images", "mean of 5 folds"), ylim=(1.5, -0.5))
ax.set(xlabel="score minus true accuracy, in percentage points", title="Five folds are a calmer judge than one")
ax.grid(axis="y", visible=False)
plt.show()
single, mean = np.sqrt(np.mean(errors**2, axis=0))
print(
    f"Typical error (root mean square) | one fold: {single:.1f} points | mean of 5: {mean:.1f} points | ratio {single / mean:.1f}, sqrt(5) = 2.2"
)

# %% [markdown]
# **True in direction, not in size.** Five folds are calmer, but 1.7 times, not 2.2 times. (30
# repeats leave luck in that number, and your shuffles may give another; over 470 repeats it was 1.8.) The
# folds share most of their training images, and all come from the same 240: if these happen to be easy,
# every fold is too lucky. Cross-validation saves images. It does not make new ones.

# %% [markdown]
# ### Written question 2: referee a search (4 points)
#
# A report says: "We tried a 5 by 5 grid, learning rates 1, 2, 3, 4, 5 times $10^{-2}$ and five strengths of
# regularisation from $10^{-7}$ to $10^{-3}$. Each point was trained once and judged by its accuracy on the
# 300 test images. The best, 97.3%, was found at $5 \cdot 10^{-2}$ and beats our old setting, 97.0%."
#
# Name four things that are wrong, each with the reason why it misleads. Then plan a better search with the
# same budget of 25 trainings: what do you draw, from where, in how many rounds, judged by what, and what do
# you report at the end? Use at least one number that was measured in this notebook.
#
# *Rubric. 2 points: half a point for each fault with its reason. 1 point: a plan whose budget adds up, with
# a log scale, rounds, and a judge that is not the test set. 1 point: a measured number that supports the
# plan or the criticism.*

# %% [markdown] written="referee" points=4
# ### BEGIN SOLUTION
# Faults. (1) The test set chose the winner, so 97.3% is the best of 25 lucky draws and says nothing about
# new images. (2) The rates are evenly spaced and span a factor of five; on the log scale nearly all of the
# space is untouched. (3) The best lies at the border, so the true best is probably outside. (4) The
# difference of 0.3 points is one image of 300; with one training each it is noise. (Also: 25 points, but
# only five rates, though the rate matters most.)
#
# Plan. Two rounds of 10 points, log-uniform, rates from $10^{-5}$ to 10 and strengths from $10^{-7}$ to 1,
# short trainings, judged by the validation loss; the second round around the best point of the first. The
# remaining 5 trainings go to the best point and the old setting with other seeds. At the end the winner
# meets the test set once, and I report the spread between seeds beside the mean.
#
# Number: with the regularisation nearly irrelevant, random search beat the grid in most of the moved
# spaces. And one fold of 48 images was wrong by 3.8 points, a mean of five by 2.3: differences below a point
# need more images or more seeds.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | what it does |
# |---|---|
# | `minibatches`, `train` | one epoch, many epochs, with a history and an emergency brake |
# | `update_ratio`, `first_divergence` | watch the steps and the loss |
# | `expected_initial_loss`, `overfits_tiny_set` | two checks before anything long |
# | five schedules | a learning rate for every time |
# | `log_uniform`, `grid_search`, `random_search`, `coarse_to_fine` | find a learning rate |
# | `k_fold_indices` | judge it by all of the data |

# %% [markdown]
# **What the claims were worth.** True as stated: a loss that explodes means a rate too high; coarse to fine
# beats one search. True from one side: a loss that does not fall means a rate too low (or a dead net); a
# ratio of $10^{-3}$ is right (for long runs); a decay helps (where noise holds the loss up); random beats
# the grid (where few parameters matter); cross-validation calms (less than $\sqrt k$). Not true: a rate too
# high ends in NaN; a net that learns a tiny set is free of bugs.
#
# **Where it is used next.** Later notebooks train with your `train`, or with your `minibatches` in a loop
# of their own. Notebook 05 asks whether a rule can do without a learning rate. 10 takes the cosine and
# repeats it, to get several nets out of one run. In the capstone (12) you never see the test set.
