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
# # Dropout and its friends
#
# A net with enough weights learns its training set by heart. On digits that it has never seen it is worse.
# That distance is the **gap**, and what narrows it is called **regularisation**. The strangest way of all
# is to break the net at random while it learns: switch off units, cut weights, skip whole layers.
#
# You will write all of them, each in a few lines. Then you test the stories that lectures tell about them,
# on real digits and over five seeds. Some of the stories are exactly true. Some are only stories.

# %% [markdown]
# **You will build** the L2 penalty, dropout in two forms, DropConnect and stochastic depth, and two ways to
# average over all the randomness: exactly, and by sampling.
#
# **You need** NumPy arrays and the idea of a layer as a pair of functions (notebook 01). Probability: what
# an average and a standard deviation are.
#
# **It takes** two to three hours. Running everything takes less than a minute.
#
# **Not here:** batch normalisation, which regularises as a side effect (notebook 06), more data made from
# old data (09), and fractional max pooling, another random layer (08).

# %% [markdown]
# ## How every layer is called
#
# ```python
# out, cache = some_forward(x, p_keep, training=True, rng=rng)
# dx = some_backward(dout, cache)
# ```
# - `p_keep` is the probability of **keeping** something. Papers and libraries differ: PyTorch's `Dropout(p)`
#   is the probability of dropping. We say it in the name. It lies in $(0, 1]$; anything else is a `ValueError`.
# - `training` says which of two behaviours you want. Random while training, never at test time.
# - `rng` is a `numpy.random.Generator`, the **only** source of randomness: never `np.random.rand`. How you
#   draw from it (`rng.random`, `rng.binomial`, ...) is up to you; your draw may differ from everybody's.
# - What is in `cache` is your own business. A backward may be called twice and gives the same.
# - Nothing that comes in is changed. `float32` comes out if `float32` goes in: `mask.astype(x.dtype)`.
#
# A check cell shows what holds and what does not. The number below it is your points.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from toolbox import (
    adam,
    affine_backward,
    affine_forward,
    initialize,
    relu_backward,
    relu_forward,
    softmax_loss,
    train,
)

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Make large weights expensive: the L2 penalty
#
# The oldest way. Add to the loss a price for weights:
#
# $$P = \lambda \sum_k \sum_{ij} (W_k)_{ij}^2, \qquad \frac{\partial P}{\partial W_k} = 2 \lambda\, W_k$$
#
# Each step then also pulls every weight towards 0, in proportion to its size. By hand: $W_1 = (1, -2)$,
# $W_2 = (3)$, $\lambda = 0.1$. The penalty is $0.1\,(1 + 4 + 9) = 1.4$, its gradients are $(0.2, -0.4)$
# and $(0.6)$. Many books write $\lambda/2$ and save the 2. **Graded here: no $\frac{1}{2}$**, as in notebook 01.
#
# *Source: Hoerl and Kennard 1970; in neural nets, Krogh and Hertz 1992.*


# %% exercise="l2_penalty"
def l2_penalty(weights, reg):
    """The L2 penalty of all weights of a net: reg times the sum of all their squares.

    weights: list of K >= 1 float arrays of any shapes.
    reg: float >= 0, the strength, lambda in the formula. There is no 1/2 in it.

    Returns (penalty, grads): a float, and a list of K arrays; grads[k] is the gradient of the penalty with respect
    to weights[k], of its shape and dtype. Changes none of its arguments.
    """
    ### BEGIN SOLUTION
    penalty = reg * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [2 * reg * W for W in weights]
    ### END SOLUTION


# %% test="l2_penalty"
check(l2_penalty)

# %% [markdown]
# ## 2. Break the net on purpose: dropout
#
# While training, toss a coin for **every number** in the layer's input. With probability $p$ it is kept, else
# it becomes 0. The coins $m$ form the **mask**:
#
# $$\text{training:}\quad out = m \odot x, \qquad \text{test:}\quad out = p\, x$$
#
# By hand: $x = (4, -2, 6)$, $p = 0.5$, and the coins fall $m = (1, 0, 1)$. Then $out = (4, 0, 6)$. At test
# time nothing is dropped, and $out = (2, -1, 3)$. Why times $p$? A unit of the next layer has only ever seen a
# fraction $p$ of its inputs at a time. With all of them on it would be shouted at. Section 3 makes this exact.
#
# *Source: Hinton, Srivastava, Krizhevsky, Sutskever and Salakhutdinov 2012; Srivastava et al. 2014.*

# %% [markdown]
# The gradient takes the road that the signal took. What was dropped had no say in the loss, so its gradient is 0:
#
# $$\text{training:}\quad dx = m \odot dout, \qquad \text{test:}\quad dx = p\, dout$$
#
# It must be **the same** mask, so keep it in the cache. With $dout = (1, 1, 1)$ in the example, $dx = (1, 0, 1)$.
#
# > **One mask for the whole batch?** No: each example gets coins of its own, and each call new ones. A batch
# > of 50 examples trains 50 different thinned nets at once.
# >
# > **Exactly half of the units, at $p = 0.5$?** No: every coin is independent. Among 10 units sometimes 3 stay,
# > sometimes 7.
# >
# > **Are dropped weights deleted?** No. They sit out this example, and are back for the next one.


# %% exercise="dropout"
def dropout_forward(x, p_keep, *, training, rng):
    """Dropout as in the first paper: random zeros in training, everything times p_keep at test time.

    x: float array of any shape.
    p_keep: float in (0, 1], the probability that an entry is kept.
    training: bool. True: every entry of x is kept as it is with probability p_keep, else 0, by its own independent
        coin; nothing is scaled. False: the output is p_keep * x.
    rng: numpy.random.Generator, the only source of randomness; each call draws new coins from it.

    Returns (out, cache): out has x's shape and dtype; cache is whatever dropout_backward needs.
    Raises ValueError, with a message that names `p_keep`, if it is not in (0, 1], in training and at test time.
    Does not change x. Source: Srivastava et al. 2014.
    """
    ### BEGIN SOLUTION
    if not 0 < p_keep <= 1:
        raise ValueError(f"p_keep must be in (0, 1], not {p_keep}")
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) if training else p_keep
    return x * factor, factor
    ### END SOLUTION


def dropout_backward(dout, cache):
    """Backward pass of dropout, after a forward in training or at test time.

    dout: float array of out's shape, the gradient of the loss with respect to out.
    cache: what dropout_forward returned as its second result.

    Returns dx, the gradient with respect to x: with the coins of that forward in training, times p_keep at test
    time. Changes neither dout nor what is in cache: a second call gives the same.
    """
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION


# %% test="dropout"
check(dropout_forward, dropout_backward)

# %% [markdown]
# ## 3. Average over every mask
#
# Is $p\,x$ at test time right? Take one unit with two inputs, $a = w_1 x_1 + w_2 x_2$. There are four masks.
# At $p = \frac{1}{2}$ each has probability $\frac{1}{4}$, and the average is
#
# $$\tfrac{1}{4}(w_1x_1 + w_2x_2) + \tfrac{1}{4}(w_1x_1) + \tfrac{1}{4}(w_2x_2) + \tfrac{1}{4} \cdot 0 = \tfrac{1}{2}\,(w_1x_1 + w_2x_2)$$
#
# With $n$ inputs there are $2^n$ masks. One that keeps $k$ inputs has probability $p^k (1-p)^{n-k}$; these are
# all $\frac{1}{4}$ only at $p = \frac{1}{2}$. By hand with $w = (1, 2)$, $x = (3, 1)$, $p = 0.8$: the masks give
# $5, 3, 2, 0$ with probabilities $0.64, 0.16, 0.16, 0.04$. Average: $3.2 + 0.48 + 0.32 = 4 = 0.8 \cdot 5$.
#
# Write it as the sum over all masks. That is the point: it will agree with the short formula $p\; w \cdot x$.
# `itertools.product`, or the binary digits of the numbers from 0 to $2^n - 1$, give all masks.


# %% exercise="expected_activation"
def expected_activation(w, x, p_keep):
    """The average activation of one linear unit over all 2^n dropout masks of its inputs.

    The mask m keeps input i (m_i = 1) with probability p_keep, independently, and gives the activation
    sum of w_i m_i x_i: in training, without any scaling.

    w, x: (n,) float arrays, the unit's weights and inputs; 1 <= n <= 12.
    p_keep: float in (0, 1].

    Returns a float: the sum over all masks of the mask's probability times its activation. It equals
    p_keep * (w @ x). Only the value is graded.
    Raises ValueError, with a message that names `p_keep`, if it is not in (0, 1].
    """
    ### BEGIN SOLUTION
    if not 0 < p_keep <= 1:
        raise ValueError(f"p_keep must be in (0, 1], not {p_keep}")
    n, total = len(w), 0.0
    for number in range(2**n):
        mask = number >> np.arange(n) & 1
        kept = mask.sum()
        total += p_keep**kept * (1 - p_keep) ** (n - kept) * np.sum(w * mask * x)
    return float(total)
    ### END SOLUTION


# %% test="expected_activation"
check(expected_activation)

# %% [markdown]
# ### Draw the lecture's four cases
#
# *Claim: in training a unit gives, on average, $p$ times what it would give with all inputs on.* (One set of
# lecture notes has it the wrong way round: twice as much in training at $p = 0.5$.) Left the four cases with
# their probabilities. Right units with ten inputs: all 1,024 masks against 200 calls of your layer.

# %% tags=["experiment"]
w, x = np.array([1.0, 2.0]), np.array([3.0, 1.0])
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4))
for i, (p, color) in enumerate([(0.5, plots.BLUE), (0.8, plots.ORANGE)]):
    chances = [(1 - p) ** 2, (1 - p) * p, p * (1 - p), p**2]
    axes[0].bar(np.arange(4) + 0.4 * i - 0.2, chances, 0.38, color=color, label=f"$p$ = {p}, average {p * (w @ x):g}")
axes[0].set_xticks(range(4), ["both off\n$a$ = 0", "only $x_2$\n$a$ = 2", "only $x_1$\n$a$ = 3", "both on\n$a$ = 5"])
axes[0].set(title="The four cases of $a = 1 x_1 + 2 x_2$, $x = (3, 1)$", ylabel="probability")
axes[0].legend()

rng = np.random.default_rng(0)
w, x = rng.uniform(size=(2, 10))
ps = np.linspace(0.1, 1, 10)
exact = [expected_activation(w, x, p) for p in ps]
sampled = np.array([[w @ dropout_forward(x, p, training=True, rng=rng)[0] for _ in range(200)] for p in ps])
axes[1].plot(ps, exact, color=plots.BLUE, label="exact, over 1024 masks")
axes[1].errorbar(
    ps, sampled.mean(axis=1), 2 * sampled.std(axis=1) / np.sqrt(200), fmt="o", color=plots.VERMILION,
    label="mean of 200 calls, $\\pm$ 2 standard errors",
)  # fmt: skip
axes[1].set(xlabel="$p$", ylabel="average activation", title="Ten inputs: a straight line through 0")
axes[1].legend()
plt.show()
gap = max(abs(value - p * (w @ x)) for value, p in zip(exact, ps, strict=True))
half = expected_activation(np.array([1.0, 2.0]), np.array([3.0, 1.0]), 0.5)
print(f"Two inputs, p = 0.5: {half} of 5 | ten inputs: largest distance from p w.x below 1e-12: {gap < 1e-12}")

# %% [markdown]
# **True, and exact** for one linear unit: half, not double. But a net is no linear unit. After a ReLU and a
# softmax the average of the outputs is not the output of the averages. How wrong is it there? Section 7 counts.

# %% [markdown]
# ## 4. Do the scaling where it costs nothing: inverted dropout
#
# You train once and predict a billion times. So move the factor into training:
#
# $$\text{training:}\quad out = \frac{m}{p} \odot x, \qquad \text{test:}\quad out = x$$
#
# The average is now the same in both, and at test time the layer can be taken out. It is what every library does.
# By hand, as in section 2: $x = (4, -2, 6)$, $p = 0.5$, $m = (1, 0, 1)$ give $out = (8, 0, 12)$, and at test time
# just $x$. The factor belongs into the gradient too: $dx = \frac{m}{p} \odot dout$, so $dout = (1, 1, 1)$ gives
# $dx = (2, 0, 2)$.
#
# > **Are the two dropouts the same?** Their nets are, after you divide the next layer's weights by $p$. Their
# > training is not quite: inverted dropout's activations and gradients are $1/p$ larger, so a learning rate that
# > suits one need not suit the other.


# %% exercise="inverted_dropout"
def inverted_dropout_forward(x, p_keep, *, training, rng):
    """Inverted dropout: random zeros and a division by p_keep in training, nothing at test time.

    x: float array of any shape.
    p_keep: float in (0, 1], the probability that an entry is kept.
    training: bool. True: every entry of x becomes x / p_keep with probability p_keep, else 0, by its own independent
        coin. False: the output equals x.
    rng: numpy.random.Generator, the only source of randomness; each call draws new coins from it.

    Returns (out, cache): out has x's shape and dtype; cache is whatever inverted_dropout_backward needs.
    Raises ValueError, with a message that names `p_keep`, if it is not in (0, 1], in training and at test time.
    Does not change x.
    """
    ### BEGIN SOLUTION
    if not 0 < p_keep <= 1:
        raise ValueError(f"p_keep must be in (0, 1], not {p_keep}")
    factor = (rng.random(x.shape) < p_keep).astype(x.dtype) / p_keep if training else 1.0
    return x * factor, factor
    ### END SOLUTION


def inverted_dropout_backward(dout, cache):
    """Backward pass of inverted dropout, after a forward in training or at test time.

    dout: float array of out's shape, the gradient of the loss with respect to out.
    cache: what inverted_dropout_forward returned as its second result.

    Returns dx, the gradient with respect to x: with the coins and the scale of that forward in training; at test
    time it equals dout. Changes neither dout nor what is in cache: a second call gives the same.
    """
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION


# %% test="inverted_dropout"
check(inverted_dropout_forward, inverted_dropout_backward)

# %% [markdown]
# ## 5. Cut the wires: DropConnect
#
# Dropout switches off a unit, with all its wires. DropConnect cuts **single wires**: the mask has the shape of the
# weights.
#
# $$\text{training:}\quad out = x \left(\frac{m}{p} \odot W\right) + b, \qquad \text{test:}\quad out = x W + b$$
#
# By hand: $x = (1, 2)$, $W = (3, 5)^\top$, $b = 1$, $p = 0.5$, coins $m = (0, 1)^\top$. The weights in use are
# $(0, 10)^\top$, so $out = 0 + 20 + 1 = 21$. At test time $out = 3 + 10 + 1 = 14$. Biases are never dropped nor
# scaled.

# %% [markdown]
# The gradients, with $\tilde W = \frac{m}{p} \odot W$ the weights in use:
#
# $$dx = dout\, \tilde W^\top, \qquad dW = \frac{m}{p} \odot (x^\top dout), \qquad db = \sum_n dout_n$$
#
# In the example with $dout = 1$: $dx = (0, 10)$, and $dW = 2 \cdot (0, 1) \odot (1, 2) = (0, 4)^\top$. A wire that
# was cut learns nothing in this step.
#
# > **A mask for each example?** The paper draws one for each. A mask has $D \times M$ coins, so for a batch
# > of 100 that is 100 matrices. **Graded here: one mask per call, shared by the batch**, as most
# > implementations have it.
#
# *Source: Wan, Zeiler, Zhang, LeCun and Fergus 2013. They average differently at test time; we use the plain mean.*


# %% exercise="dropconnect"
def dropconnect_forward(x, w, b, p_keep, *, training, rng):
    """An affine layer that drops single weights in training, and is a plain affine layer at test time.

    x: (N, D) float array. w: (D, M) float array, the weights. b: (M,) float array, the biases.
    p_keep: float in (0, 1], the probability that a weight is kept.
    training: bool. True: every entry of w becomes w / p_keep with probability p_keep, else 0, by its own independent
        coin; all N examples of the call share these coins. b is neither dropped nor scaled. False: x @ w + b.
    rng: numpy.random.Generator, the only source of randomness; each call draws new coins from it.

    Returns (out, cache): out is (N, M), float32 if x, w and b are; cache is whatever dropconnect_backward needs.
    Raises ValueError, with a message that names `p_keep`, if it is not in (0, 1], in training and at test time.
    Changes none of its arguments. Source: Wan et al. 2013.
    """
    ### BEGIN SOLUTION
    if not 0 < p_keep <= 1:
        raise ValueError(f"p_keep must be in (0, 1], not {p_keep}")
    factor = (rng.random(w.shape) < p_keep).astype(w.dtype) / p_keep if training else 1.0
    return x @ (w * factor) + b, (x, w * factor, factor)
    ### END SOLUTION


def dropconnect_backward(dout, cache):
    """Backward pass of DropConnect, after a forward in training or at test time.

    dout: (N, M) float array, the gradient of the loss with respect to out.
    cache: what dropconnect_forward returned as its second result.

    Returns (dx, dw, db), the gradients with respect to x, w and b, with the coins and the scale of that forward; dw
    is with respect to w itself, not to the weights in use. Nothing is divided by N. float32 comes out if float32
    went in. Changes neither dout nor what is in cache: a second call gives the same.
    """
    ### BEGIN SOLUTION
    x, used, factor = cache
    return dout @ used.T, (x.T @ dout) * factor, dout.sum(axis=0)
    ### END SOLUTION


# %% test="dropconnect"
check(dropconnect_forward, dropconnect_backward)

# %% [markdown]
# ### Train a net that can overfit
#
# Now the claims meet data. We take only **200** training digits and a net with 100 hidden units: 7,510 weights and
# biases. Everything you wrote is in it, each with its own knob. Each setting is trained five times, each time with
# another 200 digits, other first weights and other coins. We test on 600 digits that no training saw.
#
# There are two versions of the training set: with clean labels, and with **one label in five wrong**, on purpose. A net
# that learns those by heart learns nonsense. The test labels are always clean.

# %% tags=["experiment"]
digits = load("digits")
X_all, y_all = digits.X_train.reshape(-1, 64), digits.y_train
X_test = np.concatenate([digits.X_val, digits.X_test]).reshape(-1, 64)
y_test = np.concatenate([digits.y_val, digits.y_test])
SEEDS, DATA = range(5), ("clean labels", "one label in five wrong")


def net_loss(params, X, y, rng, drop=1.0, connect=1.0, reg=0.0):
    """Loss and gradients of affine - ReLU - inverted dropout - DropConnect - softmax, with an L2 penalty."""
    h, first = affine_forward(X, params["W1"], params["b1"])
    h, bend = relu_forward(h)
    h, mask = inverted_dropout_forward(h, drop, training=True, rng=rng)
    scores, last = dropconnect_forward(h, params["W2"], params["b2"], connect, training=True, rng=rng)
    loss, dscores = softmax_loss(scores, y)
    penalty, (dP1, dP2) = l2_penalty([params["W1"], params["W2"]], reg)
    dh, dW2, db2 = dropconnect_backward(dscores, last)
    dh = relu_backward(inverted_dropout_backward(dh, mask), bend)
    _, dW1, db1 = affine_backward(dh, first)
    return loss + penalty, {"W1": dW1 + dP1, "b1": db1, "W2": dW2 + dP2, "b2": db2}


# %% tags=["experiment"]
def training_set(seed, data="clean labels", n=200):
    """n training digits; of their labels none or a fifth are wrong."""
    rng = np.random.default_rng([seed, 0])
    picked = rng.permutation(len(X_all))[:n]
    y = y_all[picked].copy()
    if data != "clean labels":
        y[: n // 5] = (y[: n // 5] + rng.integers(1, 10, n // 5)) % 10
    return X_all[picked], y


def fit(X, y, seed, *, hidden=100, epochs=100, **knobs):
    """Train a net; the seed is that of first weights, batches and coins."""
    rng = np.random.default_rng([seed, 1])
    params = {"W1": initialize(64, hidden, "he", rng), "b1": np.zeros(hidden)}
    params |= {"W2": initialize(hidden, 10, "he", rng), "b2": np.zeros(10)}
    how = {"rule": adam, "learning_rate": 3e-3, "schedule": None, "batch_size": 50, "epochs": epochs, "rng": rng}
    return train(lambda params, X, y: net_loss(params, X, y, rng, **knobs), params, X, y, **how)[0]


def scores_of(params, X):
    """The scores at test time: inverted dropout and DropConnect are not there any more."""
    return np.maximum(0, X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def right(scores, y):
    """Accuracy in percent."""
    return 100 * np.mean(scores.argmax(axis=1) == y)


# %% [markdown]
# ### Sweep p
#
# *Claims: dropout always improves performance. $p = 0.5$ is the value to use. The smaller $p$, the smaller the gap
# between training and test.* Lines are means over five seeds, bars one standard deviation.

# %% tags=["experiment"]
PS = (1.0, 0.8, 0.5, 0.3, 0.1)
nets, accuracy = {}, {}  # by data, knob and its value: five nets; (5, 2) accuracies on training and test digits


def study(data, knob, value):
    """Train five nets with one knob turned, once, and return their accuracies."""
    key = (data, knob, value)
    if key not in nets:
        sets = [training_set(s, data) for s in SEEDS]
        nets[key] = [fit(X, y, s, **{knob: value}) for s, (X, y) in enumerate(sets)]
        accuracy[key] = np.array(
            [
                [right(scores_of(net, X), y), right(scores_of(net, X_test), y_test)]
                for net, (X, y) in zip(nets[key], sets, strict=True)
            ]
        )
    return accuracy[key]


# %% tags=["experiment"]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
report = []
for ax, data in zip(axes, DATA, strict=True):
    dropped = np.array([study(data, "drop", p) for p in PS])
    cut = np.array([study(data, "drop", 1.0), *[study(data, "connect", p) for p in PS[1:]]])
    for values, color, style, label in [
        (dropped[..., 0], plots.GREY, "s--", "dropout, training"),
        (dropped[..., 1], plots.BLUE, "o-", "dropout, test"),
        (cut[..., 1], plots.VERMILION, "D-", "DropConnect, test"),
    ]:
        ax.errorbar(PS, values.mean(axis=1), values.std(axis=1), fmt=style, color=color, capsize=3, label=label)
    ax.set(xlabel="$p$, the probability to keep", title=data, xlim=(1.05, 0.05))
    gains = dropped[1:, :, 1].mean(axis=1) - dropped[0, :, 1].mean()
    report.append(f"{data}: " + ", ".join(f"{p}: {g:+.1f}" for p, g in zip(PS[1:], gains, strict=True)))
axes[0].set_ylabel("accuracy in %")
axes[0].legend(loc="lower left")
plt.show()
print("Points of test accuracy gained by dropout, by p |", " | ".join(report))

# %% [markdown]
# **Always improves: false.** With clean labels the net knows its 200 digits by heart and is still at 93%. Dropout
# moves that by less than the luck of the draw, and at $p = 0.1$ it costs. Learning by heart did no harm here.
#
# **With wrong labels it pays**, and a lot: about eight points at $p = 0.3$. There learning by heart is the disease,
# and dropout the cure. **0.5 is the value: no.** 0.3 is better here. Sweep it.
#
# **The smaller $p$, the smaller the gap: half true.** On the right it closes, and turns round: a fifth of the training
# labels can only be learned by heart. On the left it stays near seven points, whatever $p$. Those digits were never
# learned *too well*; there were too few of them.

# %% [markdown]
# ### Forget the scaling
#
# *Claim: without the factor $p$ at test time, vanilla dropout predicts wrongly.* We take the nets trained at $p = 0.5$
# and $0.1$ and turn them into vanilla ones ($W_2 / p$). Then we leave the factor out.

# %% tags=["experiment"]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2))
report = []
for i, p in enumerate((0.5, 0.1)):
    found = []
    for net in nets["clean labels", "drop", p]:
        hidden = np.maximum(0, X_test @ net["W1"] + net["b1"])
        scaled = dropout_forward(hidden, p, training=False, rng=np.random.default_rng(0))[0]
        both = [h @ (net["W2"] / p) + net["b2"] for h in (scaled, hidden)]
        found.append([(right(s, y_test), softmax_loss(s, y_test)[0]) for s in both])
    (acc, loss), (bad_acc, bad_loss) = np.mean(found, axis=0)
    for ax, values in zip(axes, ((acc, bad_acc), (loss, bad_loss)), strict=True):
        for k, color in enumerate((plots.BLUE, plots.VERMILION)):
            bar = ax.bar(i + 0.4 * k - 0.2, values[k], 0.38, color=color)
            ax.bar_label(bar, fmt="%.0f%%" if ax is axes[0] else "%.2f", fontsize=10)
    report.append(f"p {p}: accuracy {acc:.0f}% and {bad_acc:.0f}%, loss {loss:.2f} and {bad_loss:.2f}")
for ax, title, top in zip(axes, ("accuracy in %", "loss"), (112, None), strict=True):
    ax.set(title=title, ylim=(0, top))
    ax.set_xticks((0, 1), ["$p$ = 0.5", "$p$ = 0.1"])
    ax.grid(axis="x", visible=False)
axes[1].legend(axes[1].containers[:2], ["times $p$ at test time", "factor forgotten"], loc="upper left")
axes[1].margins(y=0.15)
plt.show()
print("Test digits with the factor, and without |", " | ".join(report))

# %% [markdown]
# **The accuracy hardly notices; the loss does.** With one hidden layer the forgotten factor multiplies all scores by
# nearly the same number, and the largest stays the largest. What is lost is the meaning of the probabilities: the net
# is far too sure of itself, and pays for each mistake. So accuracy alone will not tell you that this bug is there.

# %% [markdown]
# ## 6. Sample the masks: Monte Carlo
#
# A net with dropout computes $f(x, m)$. What we want is the average over all masks, and nobody can add up $2^{100}$ of
# them. So sample: leave dropout **on** at test time, predict $S$ times, and take the mean.
#
# $$\mu = \frac{1}{S} \sum_{s=1}^{S} f(x, m_s), \qquad \sigma = \sqrt{\frac{1}{S} \sum_{s=1}^{S} \left(f(x, m_s) - \mu\right)^2}$$
#
# The standard deviation is a gift: it says how much the thinned nets disagree. By hand: three samples $0.9, 0.6, 0.6$
# have the mean $0.7$ and the standard deviation $\sqrt{(0.04 + 0.01 + 0.01)/3} = 0.14$. **Graded: divided by $S$**,
# `np.std` as it comes.
#
# *Source: Gal and Ghahramani 2016.*


# %% exercise="mc_dropout_predict"
def mc_dropout_predict(forward, x, samples, rng):
    """Mean and standard deviation of a random prediction, entry by entry.

    forward: forward(x, rng) -> array; random through rng, and of the same shape at every call, for example (N, C).
    x: array, handed to forward as it is.
    samples: int >= 1, S in the formula: forward is called exactly so often.
    rng: numpy.random.Generator, handed to forward at every call: the one generator, so that the draws differ.

    Returns (mean, std), two arrays of the shape of what forward returns: over the samples, for each entry by itself.
    The standard deviation is divided by samples (ddof 0). Does not change x. Source: Gal and Ghahramani 2016.
    """
    ### BEGIN SOLUTION
    outs = np.stack([forward(x, rng) for _ in range(samples)])
    return outs.mean(axis=0), outs.std(axis=0)
    ### END SOLUTION


# %% test="mc_dropout_predict"
check(mc_dropout_predict)

# %% [markdown]
# ## 7. Test the stories
#
# ### Sample, or scale the weights?
#
# *Claim: scaling by $p$ is only an approximation; the Monte Carlo average is the real thing, and better.* Five nets
# trained at $p = 0.5$ on the set with wrong labels. We average **probabilities** over 1 to 100 masks, and compare with one
# pass without dropout. The third panel sorts test digits by $\sigma$ of the class that wins.


# %% tags=["experiment"]
def softmax(scores):
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def loss_of(probabilities):
    """The mean loss of probabilities for the test digits."""
    return -np.mean(np.log(probabilities[np.arange(len(y_test)), y_test]))


def thinned(net, p):
    """forward(x, rng): the probabilities of one random thinned net."""

    def forward(x, rng):
        h = np.maximum(0, x @ net["W1"] + net["b1"])
        return softmax(inverted_dropout_forward(h, p, training=True, rng=rng)[0] @ net["W2"] + net["b2"])

    return forward


# %% tags=["experiment"]
COUNTS = (1, 2, 5, 10, 30, 100)
sampled, scaled, doubt = [], [], []
for seed, net in zip(SEEDS, nets[DATA[1], "drop", 0.5], strict=True):
    rng = np.random.default_rng([seed, 2])
    for samples in COUNTS:
        mean, std = mc_dropout_predict(thinned(net, 0.5), X_test, samples, rng)
        sampled.append((right(mean, y_test), loss_of(mean)))
    whole = softmax(scores_of(net, X_test))
    scaled.append((right(whole, y_test), loss_of(whole)))
    winner = mean.argmax(axis=1)
    order = np.argsort(std[np.arange(600), winner])
    doubt.append([100 * np.mean(winner[part] != y_test[part]) for part in np.split(order, 3)])
sampled = np.mean(np.reshape(sampled, (5, len(COUNTS), 2)), axis=0)
scaled, doubt = np.mean(scaled, axis=0), np.mean(doubt, axis=0)
figure, axes = plt.subplots(1, 3, figsize=(10, 3.3))
for ax, values, level, title in zip(axes, sampled.T, scaled, ("accuracy in %", "loss"), strict=False):
    ax.semilogx(COUNTS, values, "o-", color=plots.BLUE, label="mean of samples")
    ax.axhline(level, color=plots.VERMILION, ls="--", label="scaled weights")
    ax.set(title=title, xlabel="samples")
    ax.set_xticks(COUNTS, COUNTS, minor=False)
    ax.minorticks_off()
axes[0].legend()
axes[2].bar_label(axes[2].bar(["sure", "between", "unsure"], doubt, color=plots.GREEN), fmt="%.0f%%")
axes[2].set(title="wrong answers in %, by $\\sigma$")
axes[2].margins(y=0.12)
plt.show()
print(
    f"Accuracy of 1 and 100 samples, scaled weights: {sampled[0, 0]:.0f}%, {sampled[-1, 0]:.0f}%, {scaled[0]:.0f}%"
    f" | loss: {sampled[0, 1]:.2f}, {sampled[-1, 1]:.2f}, {scaled[1]:.2f}"
    f" | wrong in the surest and the least sure third: {doubt[0]:.0f}%, {doubt[2]:.0f}%"
)

# %% [markdown]
# **Here it is the other way round.** The mean of 100 samples is as often right as one pass with scaled weights, and its
# loss is a little worse. One sample is much worse, ten come close. The lecture is right that scaling is what you do: it
# costs a hundredth of the time.
#
# What you cannot get from one pass is $\sigma$. In the third of digits where the thinned nets agree most, few answers are
# wrong; where they agree least, about three times as many. That is why Monte Carlo dropout is used today.

# %% [markdown]
# ### Count every sub-network
#
# *Claim: a net with dropout is an ensemble of $2^n$ nets that share weights.* With 100 units nobody can check. So take ten
# hidden units, trained at $p = 0.5$ on all 1,197 training digits, and run **all 1,024** thinned nets. We average their
# probabilities in two ways, the usual mean and the geometric mean (multiply, take the root, make the sum 1), and
# compare with scaled weights.

# %% tags=["experiment"]
n = 10
small = fit(X_all, y_all, 0, hidden=n, epochs=30, drop=0.5)
masks = np.arange(2**n)[:, None] >> np.arange(n) & 1
hidden = np.maximum(0, X_test @ small["W1"] + small["b1"])
every = np.stack([softmax((hidden * m / 0.5) @ small["W2"] + small["b2"]) for m in masks])  # (1024, 600, 10)
single = np.array([right(probabilities, y_test) for probabilities in every])
arithmetic, geometric = every.mean(axis=0), softmax(np.log(every).mean(axis=0))
whole = softmax(scores_of(small, X_test))
answers = {"mean of all": arithmetic, "scaled weights": whole}
accuracies = {name: right(p, y_test) for name, p in answers.items()}
losses = {name: loss_of(p) for name, p in answers.items()}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4))
axes[0].hist(single, 30, color=plots.SKY)
for (name, value), color, style in zip(accuracies.items(), (plots.BLUE, plots.VERMILION), ("-", "--"), strict=True):
    axes[0].axvline(value, color=color, ls=style, label=f"{name}: {value:.0f}%")
axes[0].set(xlabel="test accuracy in %", ylabel="sub-networks", title="1024 sub-networks of one net", ylim=(0, 92))
axes[0].legend(loc="upper left")
picked = np.argmax(np.abs(arithmetic - whole).max(axis=1))
for values, marker, color, label in [
    (arithmetic, "o", plots.BLUE, "mean of all"),
    (geometric, "D", plots.GREEN, "geometric mean"),
    (whole, "x", plots.VERMILION, "scaled weights"),
]:
    axes[1].plot(values[picked], marker, color=color, label=label, ms=10, mfc="none", mew=1.6)
axes[1].set(xticks=range(10), xlabel="class", ylabel="probability", title="the digit on which they differ most")
axes[1].legend()
plt.show()
same = np.abs(geometric - whole).max() < 1e-9
print(
    f"Accuracy: a sub-network {single.mean():.0f}%, the best one {single.max():.0f}%, mean of all"
    f" {accuracies['mean of all']:.0f}%, scaled weights {accuracies['scaled weights']:.0f}%"
    f" | loss: {losses['mean of all']:.1f}, {losses['scaled weights']:.1f}"
    f" | scaled weights are the geometric mean to 1e-9: {same}"
)

# %% [markdown]
# **True, and better than told.** The ensemble beats its average member by far. And scaling the weights, "only an
# approximation" of the usual mean, is **exactly** the geometric mean of all 1,024 nets. In a net of one hidden layer the
# score is linear in the mask, so averaging scores (that is, logarithms of probabilities) is averaging masks. With more
# layers it becomes an approximation.
#
# The members are weak, since they share ten units. An ensemble of nets that were trained alone is something else.

# %% [markdown]
# ### Train a real ensemble, and average the wrong thing
#
# *Claims: train ten nets and average their results, and you gain about 2%.* One set of notes averages the ten sets of
# **weights** instead. We do both, with ten nets on the same 200 digits that differ in first weights and batches only.

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 3.2))
report, members = [], 10
for i, data in enumerate(DATA):
    X, y = training_set(0, data)
    team = [fit(X, y, 100 + s) for s in range(members)]
    alone = [right(scores_of(net, X_test), y_test) for net in team]
    together = right(np.mean([softmax(scores_of(net, X_test)) for net in team], axis=0), y_test)
    blend = right(scores_of({key: np.mean([net[key] for net in team], axis=0) for key in team[0]}, X_test), y_test)
    ax.plot(i + np.linspace(-0.25, 0.25, members), alone, "o", color=plots.SKY, mec=plots.BLACK, label="each net")
    for value, color, style, label in [
        (together, plots.BLUE, "-", "average of predictions"), (blend, plots.VERMILION, "--", "average of weights"),
    ]:  # fmt: skip
        ax.hlines(value, i - 0.35, i + 0.35, color=color, ls=style, label=label)
        ax.text(i + 0.37, value, f"{value:.0f}%", color=color, va="center")
    report.append(f"{data}: alone {np.mean(alone):.1f}%, predictions {together:.1f}%, weights {blend:.0f}%")
ax.set_xticks((0, 1), DATA)
ax.set(ylabel="test accuracy in %", title="Ten nets, and two ways to average them", xlim=(-0.5, 1.6), ylim=(0, 104))
ax.legend(*[part[:3] for part in ax.get_legend_handles_labels()], loc="lower left")
plt.show()
print("Ten nets |", " | ".join(report))

# %% [markdown]
# **Averaging predictions gains 2%: nearly, where there is something to gain.** With wrong labels it is close to two points,
# on clean ones a third of a point. A part of what goes wrong differs from net to net and averages out. But the nets
# learned the same wrong labels by heart, and ten of them vote for the same nonsense.
#
# **Averaging weights: a mistake.** Unit 7 of one net has nothing to do
# with unit 7 of another, and their mean is neither.

# %% [markdown]
# ### Take units away
#
# *Claim: dropout makes features redundant. No unit may rely on another, as a cat should be known without its tail.* We
# take nets trained on clean labels and remove hidden units at test time, at random. Then, for the cat's tail, we blank
# out pixels of the input instead.

# %% tags=["experiment"]
LOST = np.linspace(0, 0.9, 7)
figure, axes = plt.subplots(1, 2, figsize=(10, 3.6), sharey=True)
found = {}
for p, color, style in [(1.0, plots.BLACK, "s--"), (0.5, plots.BLUE, "o-"), (0.1, plots.ORANGE, "D-")]:
    units, pixels = np.zeros((2, 5, len(LOST)))
    for seed, net in zip(SEEDS, nets[DATA[0], "drop", p], strict=True):
        rng = np.random.default_rng([seed, 3])
        for i, lost in enumerate(LOST):
            keep, seen = rng.random(100) >= lost, rng.random(X_test.shape) >= lost
            units[seed, i] = right(scores_of({**net, "W2": net["W2"] * keep[:, None]}, X_test), y_test)
            pixels[seed, i] = right(scores_of(net, X_test * seen), y_test)
    for ax, values in zip(axes, (units, pixels), strict=True):
        ax.plot(100 * LOST, values.mean(axis=0), style, color=color, label=f"trained at $p$ = {p}")
    found[p] = units.mean(axis=0)[5], pixels.mean(axis=0)[2]
for ax, what in zip(axes, ("hidden units", "pixels"), strict=True):
    ax.set(xlabel=f"{what} removed in %", title=f"without some {what}", ylim=(0, 100))
axes[0].set_ylabel("test accuracy in %")
axes[0].legend(loc="lower left")
plt.show()
lines = [f"p {p}: {a:.0f}% and {b:.0f}%" for p, (a, b) in found.items()]
print("Accuracy without 75% of hidden units, and without 30% of pixels |", " | ".join(lines))

# %% [markdown]
# **True for what was dropped.** Without three quarters of its units the net trained at $p = 0.5$ is still right on three
# digits of four, the one trained without dropout on little more than half. **For pixels it
# is not true**: hidden units were dropped, not pixels, and the dropout nets are no better at a digit with holes. You get
# robustness against exactly the damage that you train with. (Drop pixels in training, and that changes.)

# %% [markdown]
# ## 8. Skip whole layers: stochastic depth
#
# A residual net adds to its signal, block by block: $h \leftarrow h + f_l(h)$. So a block can simply be left out, and the
# signal passes by. Stochastic depth tosses **one coin for each block and the whole batch**:
#
# $$\text{training:}\quad h \leftarrow \begin{cases} h + f_l(h) & \text{with probability } s_l \\ h & \text{otherwise} \end{cases} \qquad \text{test:}\quad h \leftarrow h + s_l\, f_l(h)$$
#
# $s_l$ is the block's survival. Early blocks feed all others, so they should survive more often. The paper lets it
# fall in a straight line, for $l = 1, \dots, L$:
#
# $$s_l = 1 - \frac{l}{L}\,(1 - s_L)$$
#
# By hand with $L = 4$ and $s_4 = 0.5$: $0.875,\ 0.75,\ 0.625,\ 0.5$. The first block is not at 1: that would be $l = 0$,
# the input itself.
#
# *Source: Huang, Sun, Liu, Sedra and Weinberger 2016.*


# %% exercise="linear_survival"
def linear_survival(num_blocks, p_last):
    """The survival probabilities of a stack of residual blocks, falling linearly: 1 - l/L (1 - p_last), l = 1 to L.

    num_blocks: int >= 1, L in the formula.
    p_last: float in (0, 1], the survival of the last block.

    Returns an (L,) float array, the first block's survival first.
    Raises ValueError, with a message that names `p_last`, if it is not in (0, 1]. Source: Huang et al. 2016.
    """
    ### BEGIN SOLUTION
    if not 0 < p_last <= 1:
        raise ValueError(f"p_last must be in (0, 1], not {p_last}")
    return 1 - np.arange(1, num_blocks + 1) / num_blocks * (1 - p_last)
    ### END SOLUTION


# %% test="linear_survival"
check(linear_survival)

# %% [markdown]
# Now the walk through the blocks. By hand: $x = 1$, two blocks $f_1(h) = 2h$ and $f_2(h) = h + 1$, survivals $0.8$ and
# $0.5$. At test time $h = 1 + 0.8 \cdot 2 = 2.6$, then $2.6 + 0.5 \cdot 3.6 = 4.4$. In training, if the first is skipped
# and the second kept: $h = 1$, then $1 + 2 = 3$. Nothing is divided in training, as in vanilla dropout.


# %% exercise="stochastic_depth_forward"
def stochastic_depth_forward(x, blocks, survival, *, training, rng):
    """A stack of residual blocks of which some are skipped in training.

    x: float array, a batch; the first axis counts its examples.
    blocks: list of L >= 1 functions; each maps an array to an array of the same shape, f(h).
    survival: (L,) float array, each entry in (0, 1]: the probability that the block is kept.
    training: bool. True: block l turns h into h + blocks[l](h) with probability survival[l] and else leaves h as it is,
        by one independent coin for each block and call, shared by the whole batch; a skipped block need not be called.
        False: every block turns h into h + survival[l] * blocks[l](h).
    rng: numpy.random.Generator, the only source of randomness; each call draws new coins from it.

    Returns out alone, without a cache (no backward is asked for): the h after the last block, an array of x's shape;
    float32 if x, survival and what the blocks return are. Raises ValueError, with a message that names `survival`, if an entry is not in (0, 1], in training and at test
    time. Changes none of its arguments. Source: Huang et al. 2016.
    """
    ### BEGIN SOLUTION
    if not all(0 < p <= 1 for p in survival):
        raise ValueError(f"survival must be in (0, 1], not {survival}")
    for block, p in zip(blocks, survival, strict=True):
        if not training:
            x = x + p * block(x)
        elif rng.random() < p:
            x = x + block(x)
    return x
    ### END SOLUTION


# %% test="stochastic_depth_forward"
check(stochastic_depth_forward)

# %% [markdown]
# ### Train a net with vanishing layers
#
# *Claims: it regularises like dropout, and it saves time, since skipped blocks are not computed.* Ten residual blocks of 40
# units, $s_{10} = 0.5$. Each block notes what it saw, so that the gradient can run back through those that were kept.


# %% tags=["experiment"]
def residual_net(rng, width=40, depth=10):
    params = {"W0": initialize(64, width, "he", rng), "b0": np.zeros(width)}
    for k in range(1, depth + 1):  # blocks start small, so that the sum of ten does not explode
        params |= {f"W{k}": 0.3 * initialize(width, width, "he", rng), f"b{k}": np.zeros(width)}
    return params | {"Wout": initialize(width, 10, "xavier", rng), "bout": np.zeros(10)}


def walk(params, X, survival, training, rng):
    """The signal after the blocks, and (input, output, block, affine cache, ReLU cache) of each block that was called."""
    tape = []

    def block(k):
        def f(h):
            a, affine = affine_forward(h, params[f"W{k}"], params[f"b{k}"])
            out, bend = relu_forward(a)
            tape.append((h, out, k, affine, bend))
            return out

        return f

    h, first = affine_forward(X, params["W0"], params["b0"])
    blocks = [block(k + 1) for k in range(len(survival))]
    return stochastic_depth_forward(h, blocks, survival, training=training, rng=rng), first, tape


# %% tags=["experiment"]
calls = []


def residual_loss(params, X, y, survival, rng):
    h, first, tape = walk(params, X, survival, True, rng)
    calls.append(len(tape))
    scores, last = affine_forward(h, params["Wout"], params["bout"])
    loss, dscores = softmax_loss(scores, y)
    grads = {name: np.zeros_like(w) for name, w in params.items()}
    dh, grads["Wout"], grads["bout"] = affine_backward(dscores, last)
    for h_in, out, k, affine, bend in tape[::-1]:
        if np.array_equal(h, h_in + out):  # this block was kept
            through, grads[f"W{k}"], grads[f"b{k}"] = affine_backward(relu_backward(dh, bend), affine)
            dh, h = dh + through, h_in
    _, grads["W0"], grads["b0"] = affine_backward(dh, first)
    return loss, grads


def residual_scores(params, X, survival):
    h = walk(params, X, survival, False, np.random.default_rng(0))[0]
    return h @ params["Wout"] + params["bout"]


# %% tags=["experiment"]
DEPTHS = {"all blocks": np.ones(10), "stochastic depth": linear_survival(10, 0.5)}
computed, residual = {}, {}  # blocks called in a step; by data and kind: nets, and their accuracies
for data in DATA:
    for name, survival in DEPTHS.items():
        trained, found, calls = [], [], []
        for s in SEEDS:
            (X, y), rng = training_set(s, data), np.random.default_rng([s, 4])
            how = {"rule": adam, "learning_rate": 2e-3, "schedule": None, "batch_size": 50, "epochs": 60, "rng": rng}
            trained.append(
                train(lambda p, X, y, s=survival, r=rng: residual_loss(p, X, y, s, r), residual_net(rng), X, y, **how)[
                    0
                ]
            )
            pairs = ((X, y), (X_test, y_test))
            found.append([right(residual_scores(trained[-1], A, survival), b) for A, b in pairs])
        computed[name], residual[data, name] = np.mean(calls), (trained, np.array(found))
figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), width_ratios=(2, 3))
axes[0].bar(range(1, 11), DEPTHS["stochastic depth"], color=plots.SKY)
axes[0].set(xlabel="block", title="survival", xticks=range(1, 11), ylim=(0, 1))
damage = {}
for (name, survival), color, style in zip(DEPTHS.items(), (plots.BLACK, plots.BLUE), ("s--", "o-"), strict=True):
    rows = []
    for net in residual[DATA[0], name][0]:
        without = [{**net, f"W{k}": 0 * net[f"W{k}"], f"b{k}": 0 * net[f"b{k}"]} for k in range(1, 11)]
        rows.append([right(residual_scores(params, X_test, survival), y_test) for params in (net, *without)])
    damage[name] = np.mean(rows, axis=0)
    axes[1].plot(range(11), damage[name], style, color=color, label=name)
axes[1].set_xticks(range(11), ["none", *range(1, 11)])
axes[1].set(xlabel="the one block that is taken out", title="test accuracy in %, clean labels")
axes[1].legend(loc="lower right")
plt.show()
ends = []
for data in DATA:
    full, thin = (residual[data, name][1][:, 1].mean() for name in DEPTHS)
    ends.append(f"{data}: {full:.0f}% and {thin:.0f}%")
lost = [damage[name][0] - damage[name][1:].mean() for name in DEPTHS]
print(
    f"Blocks computed in a step: 10 and {computed['stochastic depth']:.0f}"
    f" | points lost without one block: {lost[0]:.0f} and {lost[1]:.0f} | test accuracy, {', '.join(ends)}"
)

# %% [markdown]
# **Saves time: true**, more than a quarter of all blocks were never computed. **Regularises like dropout: not here.** On
# clean labels it gains about a point, on wrong labels nothing to speak of. What the picture does show is redundancy: the
# net with stochastic depth loses less when a block is taken out for good. The paper's nets had 110 layers and more.

# %% [markdown]
# ## 9. Put them all side by side
#
# *Claims: regularisation narrows the gap between training and test. L2 does not suit neural nets; dropout does.* All
# nets as above: 200 digits, five seeds. The strengths are fixed beforehand, not tuned: $p = 0.5$ for both kinds
# of dropping, $\lambda = 0.01$, and $s_{10} = 0.5$.

# %% tags=["experiment"]
KINDS = {
    "nothing": ("drop", 1.0),
    "L2, 0.01": ("reg", 0.01),
    "dropout, 0.5": ("drop", 0.5),
    "DropConnect, 0.5": ("connect", 0.5),
}
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True)
report = []
for ax, data in zip(axes, DATA, strict=True):
    results = {name: study(data, *setting) for name, setting in KINDS.items()}
    results |= {f"residual, {name}": residual[data, name][1] for name in DEPTHS}
    for row, values in enumerate(results.values()):
        (train_mean, test_mean), test_std = values.mean(axis=0), values[:, 1].std()
        ax.plot([test_mean, train_mean], [row, row], color=plots.GREY, lw=4, alpha=0.4, zorder=1)
        ax.plot(train_mean, row, "s", color=plots.GREY, label="training")
        ax.errorbar(test_mean, row, xerr=test_std, fmt="o", color=plots.BLUE, capsize=3, label="test")
    ax.set(title=data, xlabel="accuracy in %", xlim=(68, 101))
    ax.set_yticks(range(len(results)), results)
    ends = [f"{name} {v[:, 1].mean():.0f}%" for name, v in list(results.items())[:4]]
    report.append(f"{data}: " + ", ".join(ends))
axes[0].invert_yaxis()
handles = dict(zip(*axes[0].get_legend_handles_labels()[::-1], strict=True))
axes[0].legend(handles.values(), handles, loc="upper left")
plt.show()
print("Test accuracy |", " | ".join(report))

# %% [markdown]
# **Narrows the gap: true where labels are wrong.** There L2 and both masks gain six points and more. On clean labels the
# gap stays, and they gain nothing; L2 even costs a point. Stochastic depth has its own base line, the residual net,
# which it moves by a point at most.
#
# **L2 does not suit neural nets: false here.** It does about as well as either way of dropping at these strengths.
# With other strengths the order changes (see $p = 0.3$ above). What counts is *whether* there is something wrong to
# learn by heart, and then how strongly you forbid it. Which tool you take matters least.

# %% [markdown]
# ### Written question 1: a bug that nobody sees (4 points)
#
# A colleague's dropout layer, used after the hidden layer of a deep net, reads in words: "in training, draw a mask with
# $P(\text{keep}) = 0.8$ for **one example** and use it for the whole batch; multiply; at test time do nothing". All of
# their tests pass: shapes, the share of zeros, the gradient with the mask.
# - (a) Name the two departures from inverted dropout.
# - (b) For each: what does it do to training or to predictions? Say which one changes the *average* output, and by how
#   much for a linear unit.
# - (c) For each: describe a test that finds it and hardly ever fails by chance.
#
# *Rubric. 1 point: (a) both. 1 point: (b) the factor with its value and direction. 1 point: (b) what sharing the mask
# does to the noise in a batch. 1 point: (c) both tests, with a reason why chance does not break them.*

# %% [markdown] written="silent_bug" points=4
# ### BEGIN SOLUTION
# (a) The mask is shared by all examples, and there is no division by 0.8 in training (nor a factor 0.8 at test time).
#
# (b) Without the scaling a linear unit gives at test time $1/0.8 = 1.25$ times its average in training. The next
# layers see inputs they were not trained on; over several layers the factors multiply. Sharing the mask leaves every
# average as it is. But all examples of a batch now train the same thinned net, so the noise in the gradient no longer
# averages out over the batch: its variance is larger, as with a batch of one mask.
#
# (c) Sharing: put in 60 examples of 60 ones, and look for two equal rows. Two independent rows agree with probability
# $(0.8^2 + 0.2^2)^{60}$, below $10^{-9}$. Scaling: put in 10,000 ones and take the mean in training and at test time;
# both should be 1. The first has a standard error of $\sqrt{0.25/10000} = 0.005$ with inverted dropout; the bug gives
# 0.8, forty of them away.
# ### END SOLUTION

# %% [markdown]
# ### Written question 2: does it need dropout? (4 points)
#
# You get a net that scores 100% on its training set and 93% on held-out data. A friend says: "A gap of seven points, so
# put dropout in." What do you answer? Use at least three measured numbers of this notebook, at least one of which speaks
# for dropout and one against. Say what you would measure first, and what result would make you use which method.
#
# *Rubric. 1 point: what the gap alone tells you, with a number. 1 point: evidence on the other side, with a number and the
# reason. 1 point: a measurement with a consequence. 1 point: an honest limit of these experiments.*

# %% [markdown] written="needs_dropout" points=4
# ### BEGIN SOLUTION
# Our net on 200 clean digits had that very gap, 100% against 93%, and dropout at 0.5 moved the test accuracy by less
# than a point; at 0.1 it cost four. So the gap alone says nothing. With one label in five wrong, the same net fell to
# 79%, and dropout at 0.3 gave eight points back, L2 at 0.01 seven: what was learned by heart was wrong.
#
# First I would look at the training examples with the highest loss early in training, and relabel a hundred of them by
# hand. If many labels are wrong, or inputs repeat with different labels, I use dropout or L2 and sweep the
# strength on held-out data. If they are right, I would rather get more data: it is missing examples that cost the seven
# points.
#
# The limit: one small data set of easy images and one hidden layer. The famous gains of dropout were measured on nets
# with far more weights.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | what is random | in training | at test time |
# |---|---|---|---|
# | `l2_penalty` | nothing | adds $\lambda \sum W^2$ | |
# | `dropout` | each entry | $m \odot x$ | $p\,x$ |
# | `inverted_dropout` | each entry | $m \odot x / p$ | $x$ |
# | `dropconnect` | each weight, once a call | $W \odot m / p$ | $W$ |
# | `stochastic_depth_forward`, `linear_survival` | each block, once a call | skip or keep | times $s_l$ |
# | `expected_activation`, `mc_dropout_predict` | | | average over all masks, or over some |

# %% [markdown]
# **What the claims were worth.** Exactly true: a linear unit gives $p$ times its full value on average; scaled weights are
# the geometric mean of all sub-networks. True: averaging predictions helps, stochastic depth saves time, dropped units
# become redundant. Half true: the gap narrows (where labels are wrong). Not true here: dropout always helps, 0.5 is the
# value, sampling beats scaling, L2 does not suit nets, and averaging the *weights* of ten nets makes an ensemble.
#
# **Where it is used next.** The pattern "random in training, averaged at test time" comes back: batch normalisation (06)
# has it by accident, fractional max pooling (08) and augmentation (09) on purpose. Notebook 12 trains on few examples,
# where you will ask again what there is to be learned by heart.
