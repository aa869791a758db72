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
# # Normalise the batch
#
# A deep net is a chain of amplifiers. Turn each up a little too far, and the last one screams; turn each down
# a little, and it is silent. Notebook 02 chose the first weights with care so that the signal survives.
# Batch normalisation has a blunter idea: *measure the signal in every layer, and set it right.*
#
# It is four lines of NumPy forward. Backward it is the first layer whose gradient people really get wrong.
# You will derive it twice, and both ways must agree to ten digits.

# %% [markdown]
# **You will build** batch norm forward, its backward pass twice (node by node, and as one formula), the
# trick that makes it vanish after training, and its cousin, layer norm.
#
# **You need** NumPy arrays and the chain rule. Affine layer, ReLU, softmax loss (notebook 01), `sgd` and
# `momentum` (03) and `minibatches` (04) are given.
#
# **It takes** two to three hours. Running everything takes less than a minute.
#
# **Not here:** batch norm for images (notebook 08), dropout (07), where good first weights come from (02).

# %% [markdown]
# ## What lectures promise
#
# The slide of the lecture makes four promises. Batch norm
# - frees you from careful initialisation,
# - allows higher learning rates,
# - "acts as a form of regularisation, in a funny way",
# - and behaves differently at test time: mind that.
#
# You will measure every one of them on real digits. Two rules hold for all you write. **Nothing that comes
# in is changed.** And **float32 comes out if float32 goes in.**

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from toolbox import (
    affine_backward,
    affine_forward,
    minibatches,
    momentum,
    relu_backward,
    relu_forward,
    sgd,
    softmax_loss,
)

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Set every feature right: the forward pass
#
# Take one feature, one column of the batch. Subtract its mean, divide by its standard deviation: now it has
# mean 0 and variance 1, whatever it was before. Then let the net undo that where it wants to, with a learned
# scale $\gamma$ and shift $\beta$ for each feature:
#
# $$\mu = \frac1N \sum_i x_i \qquad v = \frac1N \sum_i (x_i - \mu)^2 \qquad \hat x_i = \frac{x_i - \mu}{\sqrt{v + \varepsilon}} \qquad out_i = \gamma\, \hat x_i + \beta$$
#
# By hand, one feature in a batch of four, $\varepsilon = 0$: $x = (1, 1, 5, 5)$ has $\mu = 3$. The deviations are
# $(-2, -2, 2, 2)$, so $v = 4$ and $\hat x = (-1, -1, 1, 1)$. With $\gamma = 3$, $\beta = 1$ the output is
# $(-2, -2, 4, 4)$. Keep this example: it comes back.
#
# *Source: Ioffe and Szegedy 2015.*

# %% [markdown]
# **At test time there may be no batch.** So while training, each call also updates a running average of the
# means, and one of the variances, and at test time these take the place of $\mu$ and $v$:
#
# $$running \leftarrow m \cdot running + (1 - m) \cdot batch$$
#
# $m$ is `momentum`, 0.9 by default. The running mean starts at 0 and the running variance at 1. By hand: after
# the batch above, the running mean is $0.9 \cdot 0 + 0.1 \cdot 3 = 0.3$ and the running variance
# $0.9 \cdot 1 + 0.1 \cdot 4 = 1.3$. A test image with $x = 2.3$ would then get
# $\hat x = (2.3 - 0.3)/\sqrt{1.3} = 1.754$, all by itself.
#
# The function has no memory of its own. As in notebook 03, `state` comes in and `new_state` goes out.

# %% [markdown]
# > **PyTorch says `momentum=0.1`. Who is wrong?**
# >
# > Nobody. PyTorch's momentum is the weight of the NEW value: $running \leftarrow (1 - m) \cdot running + m
# > \cdot batch$. Its 0.1 is our 0.9. TensorFlow and Keras count as we do. **Graded here: the formula
# > above, `momentum` keeps the old value.**
# >
# > There is a second difference. The batch itself is normalised with $v$, divided by $N$, everywhere. But
# > into the running variance PyTorch puts the *unbiased* one, divided by $N - 1$; for a batch of one that is
# > $0/0$. **Graded here: divided by $N$, in both places**, as in most course code.


# %% exercise="batchnorm_forward"
def batchnorm_forward(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Batch normalisation of each feature, and the running averages that test time needs.

    x: (N, D) float array, N >= 1 examples of D features. It may lie far from 0 (1e6 plus something small): so take
        the variance from the deviations, not as the mean of the squares minus the square of the mean.
    gamma, beta: (D,) arrays of x's dtype, scale and shift.
    state: the running averages: None before the first call, or a dict with the keys 'mean' and 'var', (D,) arrays of
        x's dtype. None means zeros for 'mean' and ones for 'var', in training and at test time.
    training: bool. True: each feature is normalised with its mean and its variance (divided by N) in this batch.
        False: with the mean and the variance in state; the batch plays no part in it.
    momentum: float in [0, 1], how much of the old running average is kept.
    eps: float > 0, added to the variance, inside the root: (x - mean) / sqrt(var + eps).

    Returns (out, cache, new_state). out: (N, D) array of x's dtype, gamma * x_hat + beta.
    cache: whatever your backward passes need. You decide.
    new_state: a new dict with the keys 'mean' and 'var'. In training each is momentum * old + (1 - momentum) * that
        of the batch, with the variance divided by N; at test time each is as it was.
    Changes none of its arguments, nor the arrays in state. Source: Ioffe and Szegedy 2015.
    """
    ### BEGIN SOLUTION
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        batch = {"mean": x.mean(axis=0), "var": x.var(axis=0)}
        new_state = {key: momentum * state[key] + (1 - momentum) * batch[key] for key in batch}
    else:
        batch = new_state = {"mean": state["mean"], "var": state["var"]}
    centred = x - batch["mean"]
    std = np.sqrt(batch["var"] + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state
    ### END SOLUTION


# %% test="batchnorm_forward"
check(batchnorm_forward)

# %% [markdown]
# > **My feature is constant. Do I divide by 0?**
# >
# > No: that is what $\varepsilon$ is for. The deviations are 0, $0/\sqrt{0 + \varepsilon} = 0$, and the output is $\beta$. The
# > same happens to *every* feature of a batch of one: it is its own mean, and all that comes out is $\beta$.
# > Whatever the image showed is gone. So a net with batch norm cannot learn from batches of one.

# %% [markdown]
# ### Look at what comes out
#
# *Claim: batch norm makes activations unit Gaussian.* We send the real digits through it and look at three
# pixels.

# %% tags=["experiment"]
digits = load("digits")
X_train, X_val, X_test = (X.reshape(len(X), 64) for X in (digits.X_train, digits.X_val, digits.X_test))
normalised, _, _ = batchnorm_forward(X_train, np.ones(64), np.zeros(64), None, training=True)
figure, axes = plt.subplots(1, 3, figsize=(9, 2.9), sharey=True)
z = np.linspace(-4, 4, 200)
for ax, (row, column), name in zip(
    axes, ((4, 1), (3, 3), (7, 3)), ("mostly dark", "two humps", "mostly bright"), strict=True
):
    ax.hist(normalised[:, 8 * row + column], np.linspace(-4, 4, 33), density=True, color=plots.SKY, label="digits")
    ax.plot(z, np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), color=plots.VERMILION, label="unit Gaussian")
    ax.set(title=f"pixel ({row}, {column}): {name}", xlabel=r"$\hat x$")
axes[0].set_ylabel("density")
axes[1].legend(loc="upper right")
plt.show()
alive = X_train.std(axis=0) > 0.05
within = np.mean(np.abs(normalised[:, alive]) < 1, axis=0)
print(
    f"{alive.sum()} of 64 pixels vary | mean {abs(normalised[:, alive].mean()):.1f}, variance "
    f"{normalised[:, alive].var():.1f} | values within 1 std: {100 * within.min():.0f}% to {100 * within.max():.0f}%"
    " of a pixel (Gaussian: 68%)"
)

# %% [markdown]
# **Unit: true. Gaussian: false.** Mean and variance are set, and nothing else. A pixel with two humps keeps
# its two humps. Subtracting and dividing by constants moves and stretches a histogram; it cannot bend it.

# %% [markdown]
# ## 2. Walk back, node by node
#
# Backward is hard because $x$ reaches the output on three ways: directly, through the mean, and through the
# variance. Forget one way, and the net still trains, only worse. So draw the graph, and walk it backwards.
# Three rules are enough:
# - **A value that is used twice** gets the sum of both gradients.
# - **One number used for all $N$ rows** ($\mu$, $s$, $\gamma$, $\beta$) gets the sum over the rows.
# - **A mean over $N$ rows** hands $1/N$ of its gradient to each of them.
#
# Each node needs only its own derivative: $c/s$ has $1/s$ for $c$ and $-c/s^2$ for $s$; $\sqrt{v + \varepsilon}$ has
# $1/(2s)$; $c^2$ has $2c$.

# %% tags=["experiment"]
NODES = {  # name: (place, what it is, its value forward, its gradient backward)
    "x": ((0, 2), "$x$", "(1, 1, 5, 5)", "(3, −3, 0, 0)"),
    "mean": ((0.55, 0.6), "$\\mu$ = mean of $x$", "3", "−6"),
    "centred": ((1.45, 2), "$c = x - \\mu$", "(−2, −2, 2, 2)", "(4.5, −1.5, 1.5, 1.5)"),
    "squares": ((1.85, 0.6), "$q = c^2$", "(4, 4, 4, 4)", ".375 for each"),
    "var": ((2.8, 0.6), "$v$ = mean of $q$", "4", "1.5"),
    "std": ((3.8, 0.6), "$s = \\sqrt{v + \\varepsilon}$", "2", "6"),
    "x_hat": ((3.2, 2), "$\\hat x = c\\, /\\, s$", "(−1, −1, 1, 1)", "(12, 0, 0, 0)"),
    "out": ((4.85, 2), "$out = \\gamma \\hat x + \\beta$", "(−2, −2, 4, 4)", "(4, 0, 0, 0)"),
    "gamma": ((4.85, 0.6), "$\\gamma$", "3", "−4"),
    "beta": ((5.55, 0.6), "$\\beta$", "1", "4"),
}
EDGES = [
    *(("x", "mean"), ("x", "centred"), ("mean", "centred"), ("centred", "squares"), ("squares", "var")),
    *(("var", "std"), ("std", "x_hat"), ("centred", "x_hat"), ("x_hat", "out"), ("gamma", "out"), ("beta", "out")),
]

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(10, 3.8))
boxes = {}
for name, ((x, y), formula, value, gradient) in NODES.items():
    style = {"boxstyle": "round,pad=0.4", "fc": "#F2F2F2", "ec": plots.GREY}
    boxes[name] = ax.text(x, y, formula, ha="center", va="center", fontsize=12, bbox=style)
    first, second = (y + 0.58, y + 0.33) if y > 1 else (y - 0.33, y - 0.58)
    ax.text(x, first, f"→ {value}", color=plots.BLUE, ha="center", va="center", fontsize=10.5)
    ax.text(x, second, f"← {gradient}", color=plots.VERMILION, ha="center", va="center", fontsize=10.5)
for start, end in EDGES:
    patches = {
        "patchA": boxes[start].get_bbox_patch(),
        "patchB": boxes[end].get_bbox_patch(),
        "shrinkA": 0,
        "shrinkB": 0,
    }
    line = {"arrowstyle": "-|>", "color": plots.GREY, "lw": 1.3, **patches}
    ax.annotate("", NODES[end][0], NODES[start][0], arrowprops=line, zorder=4)
ax.set(xlim=(-0.5, 5.8), ylim=(-0.15, 2.75), xticks=[], yticks=[])
ax.set_title("→ forward, left to right: the values.   ← backward, right to left: the gradients")
ax.grid(False)
ax.spines[:].set_visible(False)
plt.show()

# %% [markdown]
# This is the example of section 1, with $dout = (4, 0, 0, 0)$: only the first example counts in the loss.
# Follow the red numbers (←) from the right.
#
# | node | how its gradient comes about |
# |---|---|
# | $\beta$, $\gamma$ | $4 + 0 + 0 + 0 = 4$, and $4 \cdot (-1) = -4$: sums over the rows |
# | $\hat x$ | $\gamma \cdot dout = (12, 0, 0, 0)$ |
# | $s$ | $-12 \cdot (-2) / 2^2 = 6$: summed over the rows |
# | $v$, then $q$ | $6 / (2 \cdot 2) = 1.5$, then a quarter of it for each row: $0.375$ |
# | $c$ | used twice: $(12, 0, 0, 0)/2$, and $2c \cdot 0.375 = (-1.5, -1.5, 1.5, 1.5)$. Sum: $(4.5, -1.5, 1.5, 1.5)$ |
# | $\mu$ | minus the sum over the rows: $-(4.5 - 1.5 + 1.5 + 1.5) = -6$ |
# | $x$ | used twice: as in $c$, and a quarter of $-6$: $(3, -3, 0, 0)$ |

# %% [markdown]
# The check runs your own `batchnorm_forward` first, since only you know what is in your cache. If it says
# that `out` is wrong, mend the forward pass first. You may change your cache; then run both cells again.


# %% exercise="batchnorm_backward"
def batchnorm_backward(dout, cache):
    """The gradients of batch normalisation in training mode, node by node through the graph.

    dout: (N, D) array, the gradient of the loss for out.
    cache: what your `batchnorm_forward` returned with training=True. (After a test-time forward: not asked.)

    Returns (dx, dgamma, dbeta): the gradients of the loss for x, (N, D), for gamma, (D,), and for beta, (D,).
    dx counts all three ways from x to out: directly, through the mean and through the variance of the batch.
    The dtype of x and dout is kept. Changes neither dout nor cache: a second call gives the same.
    Source: Ioffe and Szegedy 2015, section 3.
    """
    ### BEGIN SOLUTION
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dstd = -(dx_hat * centred).sum(axis=0) / std**2
    dvar = dstd / (2 * std)
    dsquares = dvar / len(dout)
    dcentred = dx_hat / std + 2 * centred * dsquares
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta
    ### END SOLUTION


# %% test="batchnorm_backward"
check(batchnorm_forward, batchnorm_backward)

# %% [markdown]
# > **Why is my numeric gradient right and my analytic one wrong by a little?**
# >
# > Then a way is missing. Take the example: without the way through the mean you get $(4.5, -1.5, 1.5, 1.5)$,
# > without the one through the variance $(4.5, -1.5, -1.5, -1.5)$, without both $(6, 0, 0, 0)$. In a big batch each
# > single entry of the missing part is small, since it goes with $1/N$. But there are $N$ of them, and they all pull
# > the same way.

# %% [markdown]
# ## 3. Collapse the graph: one formula
#
# Ten nodes, but the answer is short. Put them together on paper. The sum over the rows of $c$ is 0, so the
# mean gets nothing through the variance, and what remains is
#
# $$dx = \frac{\gamma}{s} \left( dout - \overline{dout} - \hat x\; \overline{dout \cdot \hat x} \right), \qquad s = \sqrt{v + \varepsilon}$$
#
# A bar is the mean over the batch. By hand: $\overline{dout} = 1$, $\overline{dout \cdot \hat x} = -1$, so the bracket is
# $(4 - 1 - 1,\; 0 - 1 - 1,\; 0 - 1 + 1,\; 0 - 1 + 1) = (2, -2, 0, 0)$, and $\gamma/s = 3/2$ gives
# $(3, -3, 0, 0)$. As before. The two bars are $d\beta/N$ and $d\gamma/N$: nothing is computed for nothing.


# %% exercise="batchnorm_backward_fast"
def batchnorm_backward_fast(dout, cache):
    """The gradients of batch normalisation in training mode, with one formula for dx.

    dx = gamma / s * (dout - mean(dout) - x_hat * mean(dout * x_hat)), means over the batch, s = sqrt(var + eps).

    dout: (N, D) array, the gradient of the loss for out.
    cache: what your `batchnorm_forward` returned with training=True.

    Returns (dx, dgamma, dbeta), the same as `batchnorm_backward` to 1e-10.
    The dtype of x and dout is kept. Changes neither dout nor cache: a second call gives the same.
    """
    ### BEGIN SOLUTION
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta
    ### END SOLUTION


# %% test="batchnorm_backward_fast"
check(batchnorm_forward, batchnorm_backward_fast)

# %% [markdown]
# ### See what the bracket does
#
# Read it as geometry. $\overline{dout}$ is the part of $dout$ along $(1, 1, \ldots, 1)$. The last term is the part
# along $\hat x$. Both are *taken away*. So $dx$ cannot shift the batch and cannot stretch it: batch norm would undo that
# anyway. *Claim: these two parts are small corrections, which one may forget.* We measure on a real batch.

# %% tags=["experiment"]
rng = np.random.default_rng(0)
rows = rng.permutation(len(X_train))[:100]
h, W2 = X_train[rows] @ rng.normal(0, np.sqrt(2 / 64), (64, 50)), rng.normal(0, np.sqrt(2 / 50), (50, 10))
out, cache, _ = batchnorm_forward(h, np.ones(50), np.zeros(50), None, training=True)
_, dscores = softmax_loss(relu_forward(out)[0] @ W2, digits.y_train[rows])
dout = relu_backward(dscores @ W2.T, out)
exact, _, _ = batchnorm_backward_fast(dout, cache)
std = h.std(axis=0)
x_hat = (h - h.mean(axis=0)) / std
no_variance, no_mean = (dout - dout.mean(axis=0)) / std, (dout - x_hat * (dout * x_hat).mean(axis=0)) / std
parts = {"nothing": exact, "the variance's way": no_variance, "the mean's way": no_mean, "both": dout / std}

# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True)
report = []
for place, (name, dx) in enumerate(parts.items()):
    dW, right_dW = X_train[rows].T @ dx, X_train[rows].T @ exact
    errors = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in ((dx, exact), (dW, right_dW))]
    for ax, error in zip((left, right), errors, strict=True):
        ax.barh(place, 100 * error, color=plots.BLUE if place == 0 else plots.VERMILION)
        ax.text(100 * error, place, f" {100 * error:.0f}%", va="center")
    report.append(f"{name}: {100 * errors[0]:.0f}%, {100 * errors[1]:.0f}%")
left.set(yticks=range(4), yticklabels=parts, xlabel="error of $dx$ in %", title="What is left out, and what it costs")
right.set(xlabel="error of the weights' gradient $dW$ in %", title="... one layer further back")
for ax in (left, right):
    ax.margins(x=0.15)
    ax.grid(axis="y", visible=False)
left.invert_yaxis()
plt.show()
print("Left out: error of dx, of dW before it |", " | ".join(report))

# %% [markdown]
# **Not small.** On its way into the weights the error grows: it points the same way in every row, so it adds
# up, while the rest partly cancels. The first layer's step would be more error than gradient.

# %% [markdown]
# ### Written question 1: what batch norm makes of the weights before it (4 points)
#
# An affine layer $xW + b$ stands before a batch norm in training mode. Take $\varepsilon = 0$.
# - (a) Show from the formula that every column of $dx$ sums to 0. What does that say about the gradient for $b$, and
#   is $b$ of any use?
# - (b) You multiply $W$ by 10. What happens to the output of the batch norm, and what to the gradient for $W$?
# - (c) With SGD at a fixed learning rate, how much slower does the *direction* of $W$ turn after that?
#
# *Rubric. 1 point: (a) the sum, worked out term by term. 1 point: (a) what it means for the gradient and for the use of
# $b$, with the reason. 1 point: (b) both effects, as factors, each with a reason. 1 point: (c) a factor, and what it is
# made of.*

# %% [markdown] written="scale_of_the_weights" points=4
# ### BEGIN SOLUTION
# (a) Sum the bracket over the rows: $\sum dout - N\, \overline{dout} - \overline{dout \cdot \hat x} \sum \hat x$. The first two
# cancel, and $\sum \hat x = 0$ since $\hat x$ is centred. The gradient for $b$ is exactly this sum, so it is 0: $b$ is
# subtracted again with the mean. It never learns and can be left out; $\beta$ is the shift that counts.
#
# (b) Mean and standard deviation both grow tenfold, so $\hat x$ and the output stay as they are. As the loss is the same
# function of a tenfold $W$, its slope is a tenth: in the formula, $s$ in the denominator is 10 times larger.
#
# (c) The step is 10 times shorter and the vector that it has to turn is 10 times longer: 100 times slower.
# ### END SOLUTION

# %% [markdown]
# ## 4. Put it into a deep net
#
# Now the promises. The net: 64 pixels, five hidden layers of 50 units, 10 classes. Batch norm stands where the paper puts
# it: after each affine layer, *before* the ReLU. After the last affine layer there is none, since scores need their scale.
#
# The code is given, and calls your functions. A net is an object here, since its running averages must live somewhere
# between two steps. `gradients` walks back through it, and `run` trains it.


# %% tags=["experiment"]
DEPTH, WIDTH = 5, 50


class PlainNet:
    """Affine and ReLU, DEPTH times, then affine. Other nets normalise in between."""

    learns = ()  # the parameters that normalising has in each layer

    def normalise(self, h, layer, params, training):
        return h, None

    def normalise_backward(self, dh, cache):
        return (dh,)

    def scores(self, params, X, training=False):
        h, caches = X, []
        for layer in range(1, DEPTH + 1):
            h, affine = affine_forward(h, params[f"W{layer}"], params[f"b{layer}"])
            h, norm = self.normalise(h, layer, params, training)
            h, relu = relu_forward(h)
            caches.append((affine, norm, relu))
        scores, last = affine_forward(h, params["W"], params["b"])
        return scores, (*caches, last)


# %% tags=["experiment"]
def gradients(net, params, X, y):
    """The gradients of the mean softmax loss on a training batch, by name."""
    scores, (*caches, last) = net.scores(params, X, training=True)
    _, dscores = softmax_loss(scores, y)
    dh, dW, db = affine_backward(dscores, last)
    grads = {"W": dW, "b": db}
    for layer in range(DEPTH, 0, -1):
        affine, norm, relu = caches[layer - 1]
        dh, *more = net.normalise_backward(relu_backward(dh, relu), norm)
        grads |= {f"{name}{layer}": gradient for name, gradient in zip(net.learns, more, strict=True)}
        dh, grads[f"W{layer}"], grads[f"b{layer}"] = affine_backward(dh, affine)
    return grads


# %% tags=["experiment"]
class BatchNormNet(PlainNet):
    """The same net, with your batch norm before each ReLU."""

    learns = ("gamma", "beta")

    def __init__(self, momentum=0.9):
        self.momentum, self.states = momentum, {}

    def normalise(self, h, layer, params, training):
        gamma, beta, state = params[f"gamma{layer}"], params[f"beta{layer}"], self.states.get(layer)
        out, cache, state = batchnorm_forward(h, gamma, beta, state, training=training, momentum=self.momentum)
        if training:
            self.states[layer] = state
        return out, cache

    def normalise_backward(self, dh, cache):
        return batchnorm_backward_fast(dh, cache)


# %% tags=["experiment"]
def first_weights(net, rng, scale=1.0, last=1.0):
    """He's weights (notebook 02) times `scale`, in the last layer times `last`; gamma 1, all else 0."""
    params = {}
    for layer in range(1, DEPTH + 1):
        fan_in = 64 if layer == 1 else WIDTH
        params[f"W{layer}"] = scale * np.sqrt(2 / fan_in) * rng.standard_normal((fan_in, WIDTH))
        params[f"b{layer}"] = np.zeros(WIDTH)
        params |= {f"{name}{layer}": np.full(WIDTH, float(name == "gamma")) for name in net.learns}
    params["W"] = last * np.sqrt(2 / WIDTH) * rng.standard_normal((WIDTH, 10))
    return params | {"b": np.zeros(10)}


def accuracy(scores, y):
    """In %."""
    return 100 * np.mean(scores.argmax(axis=1) == y)


def run(
    net,
    seed,
    *,
    rule=sgd,
    learning_rate,
    batch_size=100,
    epochs,
    scale=1.0,
    last=1.0,
    examples=1197,
    gradients=gradients,
):
    """The net's parameters after training on the first `examples` digits."""
    rng = np.random.default_rng(seed)
    params = first_weights(net, rng, scale, last)
    states = dict.fromkeys(params)
    with np.errstate(all="ignore"):  # some runs blow up, and that is the point
        for _ in range(epochs):
            for X, y in minibatches(X_train[:examples], digits.y_train[:examples], batch_size, rng):
                grads = gradients(net, params, X, y)
                for name, w in params.items():
                    params[name], states[name] = rule(w, grads[name], states[name], learning_rate=learning_rate)
    return params


def validate(net, params):
    """The validation accuracy in %; a net full of NaN is as good as guessing."""
    with np.errstate(all="ignore"):
        return accuracy(net.scores(params, X_val)[0], digits.y_val)


# %% [markdown]
# ### Start anywhere
#
# *Claim: with batch norm, initialisation no longer matters.* We multiply He's weights by $10^{-4}$ to $10^4$, train for
# six epochs with momentum, and look at the accuracy on the validation set. Twice for batch norm: once all weights are
# scaled, once the last layer is left alone, since no batch norm stands behind it.

# %% tags=["experiment"]
scales = 10.0 ** np.arange(-4, 4.5, 0.5)
looks = {
    "without batch norm": (PlainNet, True, "o-", plots.BLACK),
    "with batch norm": (BatchNormNet, True, "s-", plots.VERMILION),
    "with batch norm, last layer left alone": (BatchNormNet, False, "D--", plots.BLUE),
}
INIT_CURVES = {}
for name, (make, all_layers, _, _) in looks.items():
    curve = []
    for scale in scales:
        nets = [(make(), seed) for seed in range(2)]
        last = scale if all_layers else 1.0
        how = {"rule": momentum, "learning_rate": 0.03, "epochs": 6, "scale": scale, "last": last}
        curve.append(np.mean([validate(net, run(net, seed, **how)) for net, seed in nets]))
    INIT_CURVES[name] = np.array(curve)

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 4))
for name, (_, _, line, color) in looks.items():
    ax.semilogx(scales, INIT_CURVES[name], line, color=color, label=name)
ax.axhline(10, color=plots.GREY, ls=":", lw=1)
ax.text(1e-4, 3.5, "guessing", color=plots.GREY)
ax.set(xlabel="scale of the first weights (1 = He)", ylabel="validation accuracy in %", ylim=(0, 104))
ax.set_title("Batch norm widens the window; it does not take the walls away")
ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=3)
plt.show()
print(
    "Scales with at least 75% (of 17), worst accuracy |",
    " | ".join(f"{name}: {np.sum(c >= 75)}, {c.min():.0f}%" for name, c in INIT_CURVES.items()),
)

# %% [markdown]
# **Half true.** Without batch norm, this net learns in a window narrower than one decade. With it, the window is several
# times wider, and in the middle the net is better too. But the claim is too strong. Forward, a normalised layer really does not
# care how long its weights are. Backward it does, as you found in question 1: tenfold weights turn a hundred times more
# slowly. Far to the right the hidden layers are as good as frozen, and only the last layer learns, on random features.
# Far to the left $\varepsilon$ is no longer small beside the variance, and the first steps are huge.
#
# And where no batch norm stands, all is as before: see what the last layer does to the red curve.

# %% [markdown]
# ### Turn up the learning rate
#
# *Claim: batch norm allows a tenfold learning rate.* Ioffe and Szegedy's net took five to thirty times the old one. Same
# net, plain SGD, five epochs, three seeds for each rate.

# %% tags=["experiment"]
rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
RATE_CURVES = {}
for make in (PlainNet, BatchNormNet):
    curve = []
    for rate in rates:
        nets = [(make(), seed) for seed in range(3)]
        curve.append(np.mean([validate(net, run(net, seed, learning_rate=rate, epochs=5)) for net, seed in nets]))
    RATE_CURVES[make] = np.array(curve)

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 3.8))
report = []
for curve, (name, (_, _, line, color)) in zip(RATE_CURVES.values(), list(looks.items())[:2], strict=True):
    best = int(curve.argmax())
    ax.semilogx(rates, curve, line, color=color, label=name)
    ax.annotate(f"best: {rates[best]:g}", (rates[best], curve[best]), (0, 8), textcoords="offset points",
                ha="center", color=color)  # fmt: skip
    report.append(f"{name}: {rates[best]:g} -> {curve[best]:.0f}%, at 0.1 {curve[3]:.0f}%, at 1 {curve[5]:.0f}%")
ax.set(
    xlabel="learning rate",
    ylabel="validation accuracy in %",
    ylim=(0, 109),
    title="Five epochs of SGD: the best rate is ten times higher",
)
ax.legend(loc="upper left")
plt.show()
print("Best rate -> accuracy |", " | ".join(report))

# %% [markdown]
# **True, here to the letter.** The best rate without batch norm is 0.1, with it 1, where the plain net has long blown up.
# At the plain net's own best rate batch norm is 20 points ahead already, and the bigger steps that it permits bring the rest.
# At the smallest rates there is little between the two. And it is no licence: at 10 it fails too.
#
# > **Why does it help? "Internal covariate shift"?**
# >
# > That is the paper's story: each layer chases a target that moves as the layers before it learn. Santurkar and others
# > (2018) put the shift back, by noise *after* the batch norm, and the net trained just as well. Their measurements say
# > that the loss becomes smoother, so that a long step is safe. What you measured fits that. The story is open; the
# > effect is not.

# %% [markdown]
# ### Make noise
#
# *Claim: batch norm regularises, since every example is seen through the mean and variance of a random batch. That noise
# does what dropout does.* If so, smaller batches should regularise more. But small batches also make SGD itself noisier.
# To tell the two apart, each step here uses the same 128 examples, and only batch norm sees them in *groups* of 8 to 128
# (Hoffer, Hubara and Soudry 2017). We train on 256 digits only, so that there is something to overfit.
#
# For the test, one pass with `momentum=0` over the training set makes the running averages exact.


# %% tags=["experiment"]
def in_groups(group):
    """`gradients`, but each batch falls into groups of `group` examples, and each is normalised by itself."""

    def grouped(net, params, X, y):
        starts = range(0, len(X), group)
        parts = [gradients(net, params, X[i : i + group], y[i : i + group]) for i in starts]
        return {name: np.mean([part[name] for part in parts], axis=0) for name in params}

    return grouped


def settle(net, params, X):
    """Set the running averages to the statistics of X."""
    net.momentum = 0.0
    net.scores(params, X, training=True)


# %% tags=["experiment"]
few, seeds = 256, range(6)
groups, losses = (8, 16, 32, 64, 128), []
for group in groups:
    for seed in seeds:
        net, how = BatchNormNet(), {"batch_size": 128, "epochs": 30, "examples": few, "gradients": in_groups(group)}
        params = run(net, seed, learning_rate=0.1, **how)
        settle(net, params, X_train[:few])
        sets = ((X_train[:few], digits.y_train[:few]), (X_test, digits.y_test))
        scores = [(net.scores(params, X)[0], y) for X, y in sets]
        losses.append([softmax_loss(s, y)[0] for s, y in scores] + [accuracy(s, y) for s, y in scores])
losses = np.reshape(losses, (len(groups), len(seeds), 4))

# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
for ax, columns in ((left, (0, 1)), (right, (2, 3))):
    for column, name, line, color in zip(columns, ("training", "test"), ("s--", "o-"), (plots.ORANGE, plots.BLUE)):  # noqa: B905
        mean, error = losses[..., column].mean(axis=1), losses[..., column].std(axis=1) / len(seeds) ** 0.5
        ax.plot(groups, mean, line, color=color, label=name)
        ax.fill_between(groups, mean - error, mean + error, color=color, alpha=0.2, lw=0)
    ax.set_xscale("log", base=2)
    ax.set(xlabel="examples normalised together", xticks=groups, xticklabels=groups)
left.set(ylabel="loss", title="Test loss: lowest in the middle", ylim=(0, None))
right.set(ylabel="accuracy in %", title="Groups of 16 beat groups of 128")
left.legend()
plt.show()
means = losses.mean(axis=1)
print(
    "256 digits, group: training loss, test loss, test accuracy |",
    " | ".join(f"{g}: {m[0]:.2f}, {m[1]:.2f}, {m[3]:.0f}%" for g, m in zip(groups, means, strict=True)),
)

# %% [markdown]
# **True here.** With groups of 16 in place of 128, the training loss rises from 0.14 to 0.19, the test loss falls from 0.66 to
# 0.52, and the net gets 6 points more right. SGD's own noise is the same in all of them, so it is batch norm's doing. Groups of
# 8 are too noisy: now both losses rise. It is a dose, like dropout's.
#
# One set of notes says that this noise is like dropout's but cannot be controlled. The size of the groups controls it. What
# is true: the dose comes with the batch size, and who changes that for the sake of speed changes the regularisation too.
#
# 256 digits and a deep net are chosen so that there is something to gain. Set `few = 1197` and `epochs` to 10, and groups of
# 16, 32 and 128 are within a point of each other.

# %% [markdown]
# ## 5. Leave the batch: test time
#
# ### Wait for the running averages
#
# *Claim: at test time the running averages stand for the training set.* They start at 0 and 1, and have to get there. We
# train a net with SGD and look at it after every few steps, through running averages with different `momentum`. The 0.1 is
# what you get when PyTorch's number is read with our formula.

# %% tags=["experiment"]
momenta = {0.1: ("v:", plots.GREEN), 0.9: ("s-", plots.VERMILION), 0.99: ("D--", plots.BLUE)}
rng = np.random.default_rng(0)
params = first_weights(BatchNormNet(), rng)
nets = {m: BatchNormNet(m) for m in momenta}
exact = BatchNormNet(0.0)
steps, curves = [], []
batches = [batch for _ in range(7) for batch in minibatches(X_train, digits.y_train, 20, rng)]
for step, (X, y) in enumerate(batches, 1):
    for net in nets.values():
        grads = gradients(net, params, X, y)
    params = {name: params[name] - 0.1 * grads[name] for name in params}
    if step in np.unique(np.geomspace(1, len(batches), 40).astype(int)):
        settle(exact, params, X_train)
        steps.append(step)
        curves.append([validate(net, params) for net in (*nets.values(), exact)])
curves = np.array(curves)

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 3.8))
ax.semilogx(steps, curves[:, -1], color=plots.BLACK, lw=3, alpha=0.35, label="statistics of the whole training set")
for column, (m, (line, color)) in enumerate(momenta.items()):
    ax.semilogx(steps, curves[:, column], line, color=color, ms=4, label=f"running averages, momentum {m}")
ax.set(xlabel="training step (batches of 20)", ylabel="validation accuracy in %", ylim=(0, 102))
ax.set_title("One net, seen through four memories")
ax.legend(loc="lower right", fontsize=9)
plt.show()
early, late = np.argmin(np.abs(np.array(steps) - 30)), slice(-8, None)
print(
    f"Validation accuracy at step {steps[early]}, and mean of the last 8 looks |",
    " | ".join(
        f"{name}: {curves[early, i]:.0f}%, {curves[late, i].mean():.0f}%" for i, name in enumerate([*momenta, "exact"])
    ),
)

# %% [markdown]
# **True after a while.** With momentum 0.99, after 30 steps, $0.99^{30} = 74\%$ of the running averages still are the 0 and
# the 1 that they began with: 45% where the very same weights could have 82%. If a short run looks good in training and
# terrible in the test, suspect the running averages first. With 0.1 they are almost the last batch of 20: no delay, but noise to
# the end. 0.9 is a compromise for runs of hundreds of steps. And the grey line needs no average at all: one pass over the training
# set with `momentum=0`.

# %% [markdown]
# ### Ask in a crowd
#
# *Claim: at test time one must not use the statistics of the batch.* What would happen? We take a finished net and ask it
# for the 300 test digits in batches of 1, 2, 5, ... Once the digits come shuffled, once sorted by class, as they would if
# somebody scans a pile of sevens. Then we look at batches of 20 in which one image is too bright.

# %% tags=["experiment"]
net = BatchNormNet()
params = run(net, 0, learning_rate=0.5, epochs=10)


def ask_in_batches(order, size):
    """The accuracy on the test set when each batch is normalised with its own statistics."""
    parts = [order[i : i + size] for i in range(0, len(order), size)]
    scores = [BatchNormNet().scores(params, X_test[part], training=True)[0] for part in parts]
    return accuracy(np.concatenate(scores), digits.y_test[order])


sizes = (1, 2, 5, 10, 20, 50, 100, 300)
orders = [np.random.default_rng(seed).permutation(300) for seed in range(5)]
by_class = [order[np.argsort(digits.y_test[order], kind="stable")] for order in orders]
crowd = {
    "shuffled": [np.mean([ask_in_batches(order, size) for order in orders]) for size in sizes],
    "sorted by class": [np.mean([ask_in_batches(order, size) for order in by_class]) for size in sizes],
    "running averages": [accuracy(net.scores(params, X_test)[0], digits.y_test)] * len(sizes),
}

# %% tags=["experiment"]
factors, changed = (1, 2, 5, 10, 30, 100), []
for factor in factors:
    X = X_test[np.array(orders)[:, :20]]
    calm = [BatchNormNet().scores(params, batch, training=True)[0].argmax(axis=1) for batch in X]
    X[:, -1] *= factor
    odd = [BatchNormNet().scores(params, batch, training=True)[0].argmax(axis=1) for batch in X]
    changed.append(19 * np.mean(np.array(calm)[:, :-1] != np.array(odd)[:, :-1]))
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
lines = {"shuffled": ("o-", plots.BLUE, (3.3, 42)), "sorted by class": ("s--", plots.VERMILION, (1.5, 15))}
lines["running averages"] = ("-", plots.BLACK, (1, 101))
for name, (line, color, place) in lines.items():
    left.semilogx(sizes, crowd[name], line, color=color)
    left.text(*place, name, color=color)
left.set(xlabel="images asked at once", ylabel="test accuracy in %", ylim=(0, 109), xticks=sizes, xticklabels=sizes)
left.minorticks_off()
left.set_title("What you hear depends on the company")
right.semilogx(factors, changed, "o-", color=plots.PURPLE)
right.set(xticks=factors, xticklabels=factors, xlabel="brightness of ONE image of 20, times", ylim=(0, 19))
right.minorticks_off()
right.set(ylabel="changed answers for the 19 others", title="One odd image changes the others' answers")
plt.show()
print(
    f"Batch of 1: {crowd['shuffled'][0]:.0f}% | batches of 20: {crowd['shuffled'][4]:.0f}% shuffled, "
    f"{crowd['sorted by class'][4]:.0f}% sorted | running averages: {crowd['running averages'][0]:.0f}% | "
    f"one image 10 times brighter changes {changed[3]:.1f} of 19 other answers, 100 times {changed[5]:.1f}"
)

# %% [markdown]
# **True, and worse than it sounds.** A batch of one gives one and the same answer to everybody: 10%. In shuffled batches of 300 all
# looks well, and that is how the mistake gets into a product. With 20 sevens in a row the batch's mean *is* the seven, and
# batch norm takes it away. And an answer is no longer a function of the image: a stranger in the same batch can change it. With
# running averages the black line stays where it is, in any company.

# %% [markdown]
# ### Written question 2: the demo that failed (4 points)
#
# A friend's digit reader had 98% on the test set, measured with `training=True` in batches of 300. In the demo, visitors draw
# one digit after the other. Every digit gets the same answer.
# - (a) Explain, from the formula, why every answer is the same, and what decides which one it is.
# - (b) The friend now collects 20 visitors' digits before asking. Use a measured number of this notebook to say what to
#   expect, and name a kind of visitor with whom it will still fail.
# - (c) The friend sets `training=False`, but the state was lost and is `None`. What does the net compute then, and why is
#   that bad too? Give a repair that needs the training images but no further training.
#
# *Rubric. 1 point: (a) what the formula gives for such a batch, followed up to the scores. 1 point: (b) a measured number,
# and a kind of visitor with the reason why it fails. 1 point: (c) what the net computes, and why that does not fit. 1 point:
# (c) a repair that works, step by step.*

# %% [markdown] written="the_demo" points=4
# ### BEGIN SOLUTION
# (a) In a batch of one the image is its own mean, so $\hat x = 0/\sqrt{\varepsilon} = 0$ and every hidden layer gives $\beta$, whatever
# was drawn. The scores are those of $\mathrm{ReLU}(\beta)$ in the last layer: the learned $\beta$, $W$ and $b$ decide, for everybody alike.
#
# (b) In shuffled batches of 20 we measured about 93%, five points below the running averages. A school class that all
# draw a 7 for fun is the sorted case: below 20%. The batch's mean then *is* the seven, and it is subtracted.
#
# (c) None counts as mean 0 and variance 1, so each layer only multiplies by $\gamma$ and adds $\beta$. The layers after it were
# trained on normalised values and get others. Repair: send the training images through once with `training=True` and
# `momentum=0`, in one batch or averaged over large ones. The new state holds their statistics.
# ### END SOLUTION

# %% [markdown]
# ## 6. Make it vanish: folding
#
# At test time $\mu$ and $v$ are constants. Then batch norm multiplies each feature by a number and adds another, and the
# affine layer before it does the same. Two such steps are one:
#
# $$\gamma\, \frac{(xW + b) - \mu}{\sqrt{v + \varepsilon}} + \beta = x\,(W \cdot a) + (b - \mu) \cdot a + \beta, \qquad a = \frac{\gamma}{\sqrt{v + \varepsilon}}$$
#
# $a$ has one number for each *output* of the layer, so it scales the columns of $W$. By hand: one input, $w = 2$, $b = 1$,
# $\gamma = 3$, $\beta = 1$, $\mu = 3$, $v = 4$, $\varepsilon = 0$. So $a = 1.5$, the new weight is $3$ and the new bias
# $(1 - 3) \cdot 1.5 + 1 = -2$. Check with $x = 2$: before, $2 \cdot 2 + 1 = 5$, $\hat x = 1$, out $4$. After: $3 \cdot 2 - 2 = 4$.
#
# *Source: Jacob and others 2018, section 3.2; every tool that ships nets to phones does it.*


# %% exercise="fold_batchnorm"
def fold_batchnorm(w, b, gamma, beta, mean, var, eps=1e-5):
    """The affine layer that does what an affine layer and the test-time batch norm after it do together.

    w: (D, M) array, b: (M,) array: the affine layer x @ w + b before the batch norm.
    gamma, beta: (M,) arrays, scale and shift of the batch norm.
    mean, var: (M,) arrays, its running averages. var is 0 or more.
    eps: float > 0, added to the variance, inside the root.

    Returns (w, b): a new (D, M) array and a new (M,) array, so that x @ w + b is the batch norm's output, to 1e-12.
    Keeps float32. Changes none of its arguments. Source: Jacob et al. 2018.
    """
    ### BEGIN SOLUTION
    scale = gamma / np.sqrt(var + eps)
    return w * scale, (b - mean) * scale + beta
    ### END SOLUTION


# %% test="fold_batchnorm"
check(fold_batchnorm)

# %% [markdown]
# ### Fold a whole net
#
# *Claim: folding costs nothing: not a digit of the scores.* We fold all five layers of the net of the last experiment, and
# run the result as a `PlainNet`, with not one line about batch norm in it. Beside it, the same with a mistake that is easy
# to make: the statistics of the last training batch in place of the running averages.


# %% tags=["experiment"]
def fold(params, states):
    """The parameters of a PlainNet that does what the batch norm net does at test time."""
    folded = {"W": params["W"], "b": params["b"]}
    for layer in range(1, DEPTH + 1):
        w, b, gamma, beta = (params[f"{name}{layer}"] for name in ("W", "b", "gamma", "beta"))
        folded[f"W{layer}"], folded[f"b{layer}"] = fold_batchnorm(w, b, gamma, beta, **states[layer])
    return folded


before = net.scores(params, X_test)[0]
last = BatchNormNet(momentum=0.0)
last.scores(params, X_train[:20], training=True)
figure, axes = plt.subplots(1, 2, figsize=(8, 3.6), sharex=True, sharey=True)
report = []
titles = ("running averages folded in", "one batch of 20 folded in")
for ax, states, title, color in zip(
    axes, (net.states, last.states), titles, (plots.BLUE, plots.VERMILION), strict=True
):
    after = PlainNet().scores(fold(params, states), X_test)[0]
    ax.axline((0, 0), slope=1, color=plots.GREY, lw=1)
    ax.plot(before.ravel(), after.ravel(), ".", color=color, ms=3, alpha=0.5)
    gap = np.abs(after - before).max()
    report.append(f"{title}: {'below 1e-10' if gap < 1e-10 else f'{gap:.0f}'}, {accuracy(after, digits.y_test):.0f}%")
    ax.set(title=title, xlabel="score before")
axes[0].set_ylabel("score after folding")
plt.show()
arrays = [len(params) + sum(map(len, net.states.values())), len(fold(params, net.states))]
print(
    "Largest change of a score, test accuracy |", " | ".join(report), f"| arrays: {arrays[0]} before, {arrays[1]} after"
)

# %% [markdown]
# **True, to rounding.** Batch norm costs time in training and none afterwards. That is a privilege of *running* averages:
# they do not depend on the input. The layer of the next section cannot be folded.

# %% [markdown]
# ## 7. Turn the table: layer norm (beyond the lecture)
#
# Batch norm takes mean and variance down each column, over the examples. Layer norm takes them along each row, over the
# features of *one* example:
#
# $$\mu_i = \frac1D \sum_j x_{ij} \qquad v_i = \frac1D \sum_j (x_{ij} - \mu_i)^2 \qquad out_{ij} = \gamma_j\, \frac{x_{ij} - \mu_i}{\sqrt{v_i + \varepsilon}} + \beta_j$$
#
# By hand, one example with four features: $x = (1, 1, 5, 5)$ becomes $(-1, -1, 1, 1)$. There is no batch in it, so no
# running averages, no `training`, and a batch of one is fine. Mind the one place where the table does not turn: $\gamma$ and
# $\beta$ still belong to the features. In the backward pass $\gamma$ therefore stands *inside* the means over a row.
#
# *Source: Ba, Kiros and Hinton 2016.*


# %% exercise="layernorm"
def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Layer normalisation: each example with the mean and variance of its own features.

    x: (N, D) float array, D >= 1. gamma, beta: (D,) arrays of x's dtype, scale and shift of each feature.
    eps: float > 0, added to the variance, inside the root.

    Returns (out, cache). out: (N, D) array of x's dtype, gamma * x_hat + beta, where each row of x_hat is the row of x
    minus its mean, over sqrt(var + eps); var is divided by D. The same in training and at test time.
    cache: whatever your backward pass needs. Changes none of its arguments. Source: Ba, Kiros and Hinton 2016.
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)
    ### END SOLUTION


def layernorm_backward(dout, cache):
    """The gradients of layer normalisation.

    dout: (N, D) array, the gradient of the loss for out. cache: what your `layernorm_forward` returned.

    Returns (dx, dgamma, dbeta): the gradients of the loss for x, (N, D), for gamma, (D,), and for beta, (D,).
    The dtype of x and dout is kept. Changes neither dout nor cache: a second call gives the same.
    """
    ### BEGIN SOLUTION
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    along_ones = dx_hat.mean(axis=1, keepdims=True)
    along_x_hat = (dx_hat * x_hat).mean(axis=1, keepdims=True)
    return (dx_hat - along_ones - x_hat * along_x_hat) / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    ### END SOLUTION


# %% test="layernorm"
check(layernorm_forward, layernorm_backward)

# %% [markdown]
# ### Shrink the batch
#
# *Claim: layer norm does for a net what batch norm does, for any size of the batch.* Two tests. First, five epochs on 400
# digits in batches of 1 to 64; the learning rate goes with the size of the batch (0.01 for each example in it), so that
# all sizes walk equally far. Second, the eight decades of section 4 again.


# %% tags=["experiment"]
class LayerNormNet(PlainNet):
    """The same net, with your layer norm before each ReLU."""

    learns = ("gamma", "beta")

    def normalise(self, h, layer, params, training):
        return layernorm_forward(h, params[f"gamma{layer}"], params[f"beta{layer}"])

    def normalise_backward(self, dh, cache):
        return layernorm_backward(dh, cache)


# %% tags=["experiment"]
kinds = {
    "no norm": (PlainNet, "o-", plots.BLACK),
    "batch norm": (BatchNormNet, "s-", plots.VERMILION),
    "layer norm": (LayerNormNet, "D--", plots.GREEN),
}
sizes, few = (1, 2, 4, 8, 16, 32, 64), 400
by_size, by_scale = (
    {},
    {name: INIT_CURVES[f"with{'out' * (i == 0)} batch norm"] for i, name in enumerate(list(kinds)[:2])},
)
for name, (make, _, _) in kinds.items():
    curve = []
    for size in sizes:
        nets = [(make(), seed) for seed in range(2)]
        how = {"learning_rate": 0.01 * size, "batch_size": size, "epochs": 5, "examples": few}
        curve.append(np.mean([validate(net, run(net, seed, **how)) for net, seed in nets]))
    by_size[name] = curve
how = {"rule": momentum, "learning_rate": 0.03, "epochs": 6}
net = LayerNormNet()
by_scale["layer norm"] = np.array(
    [np.mean([validate(net, run(net, seed, scale=k, last=k, **how)) for seed in range(2)]) for k in scales]
)

# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for name, (_, line, color) in kinds.items():
    left.semilogx(sizes, by_size[name], line, color=color, label=name)
    right.semilogx(scales, by_scale[name], line, color=color, label=name)
left.set(xticks=sizes, xticklabels=sizes, xlabel="batch size", ylabel="accuracy in %", ylim=(0, 104))
left.minorticks_off()
left.set_title("Small batches: layer norm does not mind")
right.set(xlabel="scale of the first weights (1 = He)", title="Eight decades, all layers scaled")
figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()
print(
    "Accuracy with batches of 1, of 64; scales with at least 75% |",
    " | ".join(f"{n}: {c[0]:.0f}%, {c[-1]:.0f}%; {np.sum(by_scale[n] >= 75)}" for n, c in by_size.items()),
)

# %% [markdown]
# **Half true.** Small batches: true. Layer norm learns from batches of one as well as from eight, where batch norm learns nothing:
# of two values of a feature, normalised, only the sign is left, and of one nothing. The rest: false for this net. At the large
# steps on the right of the first figure it helps little, and its window for the first weights is twice as narrow as batch norm's.
# It sets the level of each *example*; a feature that is the same for all examples stays so.
#
# In transformers, where examples are long and batches small, layer norm is the rule. Numbers of one net do not decide that.

# %% [markdown]
# ## What you built
#
# | | what it is | where the trap was |
# |---|---|---|
# | `batchnorm_forward` | each feature with the batch's statistics; running averages for later | two modes, and a memory that comes in and goes out |
# | `batchnorm_backward` | the graph, node by node | three ways from $x$ to the output |
# | `batchnorm_backward_fast` | one formula | what it takes away: the parts along $1$ and $\hat x$ |
# | `fold_batchnorm` | no batch norm at all | columns, not rows |
# | `layernorm_forward`, `_backward` | each example with its own statistics | $\gamma$ inside the means |

# %% [markdown]
# **What the claims were worth.** True: a tenfold learning rate; never the batch's statistics at test time; folding costs nothing.
# True from one side: initialisation no longer matters (it matters over fewer decades); batch norm regularises (with small groups
# and little data); running averages stand for the training set (after a while); layer norm replaces batch norm (for small batches).
# Not true: that activations become Gaussian; that the two small terms of $dx$ may be forgotten.
#
# **Where it is used next.** Notebook 07 adds the noise on purpose: dropout. Notebook 08 normalises images, one channel at a time,
# with the same signature. There your $N$ rows become $N \cdot H \cdot W$.
