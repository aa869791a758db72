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
# # Signals that survive depth
#
# A deep net is a chain. A signal runs forward through all of its layers, and a gradient runs back
# through all of them. If each layer halves them, ten layers leave a thousandth. Whether anything arrives
# is decided before training starts: by the function that bends the signal, by the data that go in, and
# by the random numbers that the weights start from.
#
# You will write all three. Then you test what lectures say about them, and find that some of it is half
# true.

# %% [markdown]
# **You will build** six activations with their gradients, three ways to prepare data, the usual ways to
# initialise weights, and a probe that measures the signal layer by layer.
#
# **You need** NumPy arrays and broadcasting, the chain rule, and from notebook 01 the idea of a layer as
# a pair of functions.
#
# **It takes** three to four hours. Running everything takes less than a minute.
#
# **Not here:** better update rules (03), learning rates that change (04), and normalising the signal
# inside the net while it trains (06).

# %% [markdown]
# ## How every layer is called
#
# ```python
# out, cache = some_forward(x, ...)
# dx = some_backward(dout, cache)
# ```
# - `dout` is the gradient of the loss with respect to `out` and has its shape. `dx` has the shape of
#   `x`.
# - What you put into `cache` is your own business. Nobody but your backward looks inside. It may be
#   called twice on one cache and gives the same answer.
# - **Nothing that comes in is changed**, and nothing in the cache either.
# - `float32` comes out if `float32` goes in. Plain numbers such as `0.01` never change a dtype, arrays
#   do: `np.zeros(3)` is float64, and so is `0.01 * (x > 0)`.
# - Ordinary numbers cause no warnings. Where a formula would overflow, the exercise says so.
#
# A check cell shows what holds and what does not. The number below it is your points.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from toolbox import affine_backward, affine_forward, relu_backward, relu_forward, softmax_loss

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Why bend at all? Collapse a stack of linear layers
#
# A linear layer computes $h = xW + b$. Put two in a row and multiply out:
#
# $$(xW_1 + b_1)\,W_2 + b_2 = x\,\underbrace{W_1 W_2}_{W} + \underbrace{b_1 W_2 + b_2}_{b}$$
#
# Two linear layers are one. So are a hundred: depth alone buys no new functions.
#
# By hand, with numbers instead of matrices: $W_1 = 2$, $b_1 = 1$, $W_2 = 3$, $b_2 = -1$. Then
# $3(2x + 1) - 1 = 6x + 2$, so $W = 6$ and $b = 2$. The first bias passes through the second layer too.
# Mind the order: for matrices $W_1 W_2$ is not $W_2 W_1$.


# %% exercise="collapse_linear"
def collapse_linear(weights, biases):
    """The one linear layer that does what a stack of linear layers does.

    Layer i maps h to h @ weights[i] + biases[i]; layer 0 comes first, and nothing bends in between.

    weights: list of L >= 1 float arrays, the i-th of shape (D_i, D_{i+1}).
    biases: list of L float arrays, the i-th of shape (D_{i+1},).

    Returns (W, b), arrays of shape (D_0, D_L) and (D_L,): x @ W + b is the output of the stack for every x.
    Changes none of its arguments.
    """
    ### BEGIN SOLUTION
    W, b = weights[0], biases[0]
    for W_next, b_next in zip(weights[1:], biases[1:], strict=True):
        W, b = W @ W_next, b @ W_next + b_next
    return W, b
    ### END SOLUTION


# %% test="collapse_linear"
check(collapse_linear)

# %% [markdown]
# ### See what a bend adds
#
# *Claim: without an activation, a deep net is no more than a single layer.* We send a grid of points
# through five random layers of the plane, once as they are and once with a tanh after each.

# %% tags=["experiment"]
rng = np.random.default_rng(4)
weights = [1.2 * np.linalg.qr(rng.normal(size=(2, 2)))[0] + 0.2 * rng.normal(size=(2, 2)) for _ in range(5)]
biases = [0.2 * rng.normal(size=2) for _ in range(5)]
ticks, fine = np.linspace(-1, 1, 9), np.linspace(-1, 1, 200)
lines = [np.column_stack(p) for t in ticks for p in ((fine, np.full(200, t)), (np.full(200, t), fine))]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.2))
for ax, bend, title in zip(
    axes, (None, lambda h: h, np.tanh), ("the input", "5 linear layers", "5 layers with tanh"), strict=True
):
    for i, h in enumerate(lines):
        for W, b in zip(weights, biases, strict=True) if bend else ():
            h = bend(h @ W + b)
        ax.plot(*h.T, color=(plots.BLUE, plots.VERMILION)[i % 2], lw=1.2)
    ax.set(title=title, xticks=[], yticks=[])
plt.show()

# %% tags=["experiment"]
digits = load("digits")
X_train, X_val, X_test = (X.reshape(len(X), 64) for X in (digits.X_train, digits.X_val, digits.X_test))
shapes = [(64, 100), (100, 100), (100, 100), (100, 100), (100, 10)]
weights = [rng.normal(size=shape) / np.sqrt(shape[0]) for shape in shapes]
biases = [rng.normal(size=shape[1]) for shape in shapes]
h = X_test
for W, b in zip(weights, biases, strict=True):
    h = h @ W + b
W, b = collapse_linear(weights, biases)
count = sum(w.size for w in weights + biases)
gap = np.abs(X_test @ W + b - h).max()
print(f"5 linear layers ({count} numbers) against their collapse ({W.size + b.size}), on 300 digits:", end=" ")
print(f"same scores to 1e-9: {gap < 1e-9}")

# %% [markdown]
# **True.** Straight lines stay straight and parallel, whatever the depth: 37,810 numbers do the work of
# 650. With a bend after each layer they curve, and crowd here and spread there. Depth is for that.
#
# (Such a stack *learns* along other paths than a single layer does, so it is studied for its own sake.
# But what it can compute is the same.)

# %% [markdown]
# ## 2. Squash: the sigmoid
#
# The classic bend maps every number into $(0, 1)$:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}, \qquad \sigma'(x) = \sigma(x)\,(1 - \sigma(x))$$
#
# By hand: $\sigma(0) = 0.5$ with slope $0.25$, the steepest there is. $\sigma(2) = 0.881$ with slope
# $0.881 \cdot 0.119 = 0.105$. $\sigma(10)$ has slope $0.000045$: it is **saturated**, and a gradient
# that comes by is multiplied by that.
#
# The formula has a trap. At $x = -1000$ it asks for $e^{1000}$, which no float holds, and NumPy warns of
# an overflow. Multiply above and below by $e^{x}$: $\sigma(x) = e^{x}/(1 + e^{x})$ is the same function
# and has the trap on the other side. So use each where its exponent is negative. Note that `np.where`
# computes *both* of its sides. *Source: Rumelhart, Hinton and Williams 1986.*


# %% exercise="sigmoid"
def sigmoid_forward(x):
    """The sigmoid of every element, 1 / (1 + exp(-x)).

    x: float array of any shape, of any size: at 1e4 and at -1e4 NumPy must not warn.

    Returns (out, cache): out has x's shape and dtype, values from 0 to 1. The cache is yours.
    Changes no argument. Source: Rumelhart, Hinton and Williams 1986.
    """
    ### BEGIN SOLUTION
    e = np.exp(-np.abs(x))
    out = np.where(x >= 0, 1, e) / (1 + e)
    return out, out
    ### END SOLUTION


def sigmoid_backward(dout, cache):
    """The gradient of the loss with respect to the x of `sigmoid_forward`.

    dout: array of out's shape, the gradient with respect to out.
    cache: what `sigmoid_forward` returned beside out.

    Returns dx, an array of x's shape and dtype. No warning at 1e4 and -1e4. Changes no argument.
    """
    ### BEGIN SOLUTION
    return dout * cache * (1 - cache)
    ### END SOLUTION


# %% test="sigmoid"
check(sigmoid_forward, sigmoid_backward)

# %% [markdown]
# ## 3. Centre it: tanh
#
# The sigmoid's outputs are all positive. Stretch it to $(-1, 1)$ and they are centred at 0:
#
# $$\tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}} = 2\sigma(2x) - 1, \qquad \tanh'(x) = 1 - \tanh^2(x)$$
#
# By hand: $\tanh(0.5) = 0.462$ with slope $1 - 0.214 = 0.786$. The slope at 0 is 1, four times the
# sigmoid's. Far out, tanh is as flat as the sigmoid.
#
# The quotient of exponentials overflows to $\infty/\infty$, which is NaN. NumPy has a `tanh` that does
# not, and you may use it. *Source: LeCun, Bottou, Orr and Müller 1998.*


# %% exercise="tanh"
def tanh_forward(x):
    """The hyperbolic tangent of every element.

    x: float array of any shape, of any size: at 1e4 and at -1e4 NumPy must not warn.

    Returns (out, cache): out has x's shape and dtype, values from -1 to 1. The cache is yours.
    Changes no argument. Source: LeCun, Bottou, Orr and Müller 1998.
    """
    ### BEGIN SOLUTION
    out = np.tanh(x)
    return out, out
    ### END SOLUTION


def tanh_backward(dout, cache):
    """The gradient of the loss with respect to the x of `tanh_forward`.

    dout: array of out's shape, the gradient with respect to out.
    cache: what `tanh_forward` returned beside out.

    Returns dx, an array of x's shape and dtype. No warning at 1e4 and -1e4. Changes no argument.
    """
    ### BEGIN SOLUTION
    return dout * (1 - cache**2)
    ### END SOLUTION


# %% test="tanh"
check(tanh_forward, tanh_backward)

# %% [markdown]
# ### Watch all-positive inputs zig-zag
#
# Say a unit computes $f = w_1 h_1 + w_2 h_2$ from two sigmoids. Then $dw = (h_1, h_2) \cdot df$. Both
# $h$ are positive, so both parts of $dw$ have the sign of $df$: the unit can step up-right or down-left,
# and nowhere else.
#
# *Claim: because of that it must zig-zag to a goal that lies down-right, and learning is slow.* Our unit
# has to learn $w = (2, -2)$, from 2,000 random examples. The third run gets the same inputs minus ½,
# which centres them.


# %% tags=["experiment"]
def fit_one_unit(h, batch, *, rate, goal, steps=400):
    """The path of w from 0, (steps + 1, 2), and the gradients: squared error, inputs h (N, 2), `batch` a step."""
    rng, path, gradients = np.random.default_rng(0), [np.zeros(2)], []
    for _ in range(steps):
        seen = h[rng.integers(len(h), size=batch)]
        gradients.append(seen.T @ (seen @ (path[-1] - goal)) / batch)
        path.append(path[-1] - rate * gradients[-1])
    return np.array(path), np.array(gradients)


# %% tags=["experiment"]
goal = np.array([2.0, -2.0])
h = sigmoid_forward(2 * np.random.default_rng(1).normal(size=(2000, 2)))[0]
runs = {"all positive, one by one": (h, 1), "all positive, 50 at once": (h, 50), "centred, one by one": (h - 0.5, 1)}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.6), sharex=True, sharey=True)
report = []
for ax, color, (name, (inputs, batch)) in zip(
    axes, (plots.VERMILION, plots.ORANGE, plots.BLUE), runs.items(), strict=True
):
    path, gradients = fit_one_unit(inputs, batch, rate=1.0, goal=goal)
    steps = np.argmax(np.linalg.norm(path - goal, axis=1) < 0.2)
    same = np.mean(gradients[:steps].prod(axis=1) > 0)
    length = np.linalg.norm(np.diff(path[: steps + 1], axis=0), axis=1).sum() / np.linalg.norm(goal)
    ax.plot(*path[: steps + 1].T, "o-", color=color, ms=3.5, lw=1.2)
    plots.mark(ax, path[0], goal)
    ax.set(title=name, xlabel="$w_1$")
    ax.text(0.96, 0.95, f"{steps} steps\nlength {length:.1f}", transform=ax.transAxes, ha="right", va="top")
    report.append(f"{name}: {100 * same:.0f}% of the steps up-right or down-left, {steps} steps, {length:.1f}")
axes[0].set_ylabel("$w_2$")
plt.show()
print("To within 0.2 of the goal; length over the straight line's |", " | ".join(report))

# %% tags=["experiment"]
report = []
for name, inputs in (("all positive", h), ("centred", h - 0.5)):
    counts = {}
    for rate in (1.0, 2.0, 4.0, 8.0):
        with np.errstate(all="ignore"):  # some rates are too high, and that is the point
            path, _ = fit_one_unit(inputs, 50, rate=rate, goal=goal)
            far = ~(np.linalg.norm(path - goal, axis=1) < 0.2)
        counts[rate] = "never" if far[-1] else np.flatnonzero(far)[-1] + 1
    report.append(f"{name}: " + ", ".join(f"{count} at rate {rate:g}" for rate, count in counts.items()))
print("Steps with 50 at once |", " | ".join(report))

# %% [markdown]
# **The zig-zag is true, for one example at a time.** Every single step of the first run goes up-right or
# down-left, and its path is 2.6 times as long as need be. In a batch of 50 the errors have both signs,
# the gradients average, and the zig-zag is gone.
#
# **Slow: yes, but not because of the zig-zag.** At the same rate all three need about the same number of
# steps. What differs is the rate they can bear. A common positive part makes the bowl of the loss steep
# in one direction, up-right, and that direction limits the rate. Centred inputs bear a rate at least
# four times as high.

# %% [markdown]
# ## 4. Leak a little: leaky ReLU
#
# ReLU, $\max(0, x)$, does not saturate for $x > 0$, and it is cheap. For $x < 0$ its slope is 0. A unit
# that is negative for *every* example gets no gradient, so it never changes again: it is **dead**. Leaky
# ReLU keeps a small slope there:
#
# $$f(x) = \begin{cases} x & x > 0 \\ s\,x & x \le 0 \end{cases} \qquad f'(x) = \begin{cases} 1 & x > 0 \\ s & x \le 0\end{cases}$$
#
# By hand with $s = 0.1$: $x = (-2, 0, 3)$ gives $(-0.2, 0, 3)$. A gradient of $(5, 5, 5)$ goes back as
# $(0.5, 0.5, 5)$. At 0 the curve has a kink and no slope of its own; we say it is $s$. *Source: Maas,
# Hannun and Ng 2013.*


# %% exercise="leaky_relu"
def leaky_relu_forward(x, slope=0.01):
    """Leaky ReLU of every element: x where x > 0, slope * x elsewhere.

    x: float array of any shape.
    slope: float, 0 <= slope < 1.

    Returns (out, cache): out has x's shape and dtype. The cache is yours.
    Changes no argument. Source: Maas, Hannun and Ng 2013.
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, x, slope * x), (x, slope)
    ### END SOLUTION


def leaky_relu_backward(dout, cache):
    """The gradient of the loss with respect to the x of `leaky_relu_forward`; the derivative at 0 is `slope`.

    dout: array of out's shape, the gradient with respect to out.
    cache: what `leaky_relu_forward` returned beside out.

    Returns dx, an array of x's shape and dtype. Changes no argument.
    """
    ### BEGIN SOLUTION
    x, slope = cache
    return np.where(x > 0, dout, slope * dout)
    ### END SOLUTION


# %% test="leaky_relu"
check(leaky_relu_forward, leaky_relu_backward)

# %% [markdown]
# ## 5. Learn the leak: PReLU
#
# Which slope is best? Let the net learn it. PReLU's slope $\alpha$ is a parameter, one for all units or
# one for each channel. So its backward returns two gradients. $\alpha$ touches the output only where
# $x \le 0$, and there $\partial f/\partial \alpha = x$. One $\alpha$ serves many elements, so its
# gradient is a **sum** over all of them:
#
# $$d\alpha_c = \sum_{n,i,j\,:\;x_{ncij} \le 0} x_{ncij}\; dout_{ncij}$$
#
# By hand, with two channels, $\alpha = (0.5, 0.1)$, $dout$ all 1 and
# $x = \begin{pmatrix} -2 & 1 \\ -3 & -4\end{pmatrix}$. Then
# $out = \begin{pmatrix} -1 & 1 \\ -1.5 & -0.4\end{pmatrix}$,
# $dx = \begin{pmatrix} 0.5 & 1 \\ 0.5 & 0.1\end{pmatrix}$ and $d\alpha = (-5, -4)$. *Source: He, Zhang,
# Ren and Sun 2015, Delving Deep into Rectifiers.*

# %% [markdown]
# > **Is it $\max(\alpha x, x)$?** The lecture writes it so, for the leaky one as well. As long as
# > $\alpha < 1$, that is right: for negative $x$ the larger of $x$ and $0.01x$ is $0.01x$. But a learned
# > $\alpha$ may pass 1, and then the maximum takes the wrong side. Test the sign of $x$, and it always
# > holds.
# >
# > **Which axis are the channels?** Axis 1, in `(N, C)` and in images `(N, C, H, W)`. NumPy lines up
# > shapes from the *right*, so with images `alpha * x` would use $\alpha$ along the width. If the width
# > happens to be $C$, NumPy does not even complain.


# %% exercise="prelu"
def prelu_forward(x, alpha):
    """PReLU: x where x > 0, alpha * x elsewhere.

    x: float array, (N, C) or (N, C, H, W).
    alpha: a float for all of x, or a float array (C,), one slope for each channel (axis 1 of x). Any real
        numbers: above 1 and below 0 too.

    Returns (out, cache): out has x's shape and dtype. The cache is yours.
    Changes no argument. Source: He, Zhang, Ren and Sun 2015.
    """
    ### BEGIN SOLUTION
    slope = alpha if np.ndim(alpha) == 0 else alpha.reshape(len(alpha), *[1] * (x.ndim - 2))
    return np.where(x > 0, x, slope * x), (x, alpha, slope)
    ### END SOLUTION


def prelu_backward(dout, cache):
    """The gradients of the loss with respect to the x and the alpha of `prelu_forward`.

    The derivative with respect to x at x = 0 is alpha.

    dout: array of out's shape, the gradient with respect to out.
    cache: what `prelu_forward` returned beside out.

    Returns (dx, dalpha): dx has x's shape and dtype. dalpha has alpha's shape: a number where alpha is one
    (a 0-d array will do), else (C,). Changes no argument.
    """
    ### BEGIN SOLUTION
    x, alpha, slope = cache
    shared = None if np.ndim(alpha) == 0 else (0, 2, 3)[: x.ndim - 1]
    dalpha = np.sum(np.where(x > 0, 0, x * dout), axis=shared)
    return np.where(x > 0, dout, slope * dout), dalpha
    ### END SOLUTION


# %% test="prelu"
check(prelu_forward, prelu_backward)

# %% [markdown]
# ## 6. Bend smoothly: ELU
#
# ELU lets the negative side level off at $-\alpha$, so its mean output is nearer to 0 and a very
# negative input cannot shout:
#
# $$f(x) = \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases} \qquad f'(x) = \begin{cases} 1 & x > 0 \\ \alpha\,e^{x} & x \le 0\end{cases}$$
#
# By hand with $\alpha = 1$: $f(-1) = 0.368 - 1 = -0.632$ with slope $0.368$; $f(-5) = -0.993$ with slope
# $0.007$. So ELU can saturate, on the left. At 0 the slope is $\alpha$, which is a kink unless
# $\alpha = 1$.
#
# The trap again: `np.where(x > 0, x, alpha * (np.exp(x) - 1))` is right, but it computes $e^{x}$ for the
# large positive $x$ too, and overflows on a side that it then throws away. Give `exp` only what it can
# take. *Source: Clevert, Unterthiner and Hochreiter 2016.*


# %% exercise="elu"
def elu_forward(x, alpha=1.0):
    """ELU of every element: x where x > 0, alpha * (exp(x) - 1) elsewhere.

    x: float array of any shape, of any size: at 1e4 and at -1e4 NumPy must not warn.
    alpha: float > 0.

    Returns (out, cache): out has x's shape and dtype. The cache is yours.
    Changes no argument. Source: Clevert, Unterthiner and Hochreiter 2016.
    """
    ### BEGIN SOLUTION
    left = alpha * np.expm1(np.minimum(x, 0))
    return np.where(x > 0, x, left), (x, alpha)
    ### END SOLUTION


def elu_backward(dout, cache):
    """The gradient of the loss with respect to the x of `elu_forward`; the derivative at 0 is `alpha`.

    dout: array of out's shape, the gradient with respect to out.
    cache: what `elu_forward` returned beside out.

    Returns dx, an array of x's shape and dtype. No warning at 1e4 and -1e4. Changes no argument.
    """
    ### BEGIN SOLUTION
    x, alpha = cache
    return np.where(x > 0, dout, dout * alpha * np.exp(np.minimum(x, 0)))
    ### END SOLUTION


# %% test="elu"
check(elu_forward, elu_backward)

# %% [markdown]
# ## 7. Learn the whole bend: maxout
#
# Why fix the shape at all? Maxout computes $K$ linear layers and keeps, for each example and each unit,
# the largest:
#
# $$out_{nm} = \max_{k}\;\Big(\sum_d x_{nd}\, w_{kdm} + b_{km}\Big)$$
#
# It is an affine layer and its activation in one. ReLU is a maxout of $K = 2$ with one piece at 0. By
# hand, one input, one unit, $w = (1, -1)$, $b = (0, 0)$: the unit computes $\max(x, -x) = |x|$. At
# $x = -3$ the pieces are $-3$ and $3$; the second wins, and out is 3.
#
# The gradient goes to the winner alone. With $dout = 2$: $dx = -1 \cdot 2 = -2$,
# $dw = (0,\; -3 \cdot 2) = (0, -6)$, $db = (0, 2)$. At a tie the **first** of the largest takes all of
# it. *Source: Goodfellow, Warde-Farley, Mirza, Courville and Bengio 2013.*


# %% exercise="maxout"
def maxout_forward(x, w, b):
    """The largest of K linear pieces, for each example and each unit.

    x: (N, D) float array. w: (K, D, M) float array, K >= 1. b: (K, M) float array.

    Returns (out, cache): out is (N, M), the maximum over k of x @ w[k] + b[k]. The cache is yours.
    Changes no argument. Source: Goodfellow et al. 2013.
    """
    ### BEGIN SOLUTION
    pieces = x @ w + b[:, None]  # (K, N, M)
    return pieces.max(axis=0), (x, w, pieces)
    ### END SOLUTION


def maxout_backward(dout, cache):
    """The gradients of the loss with respect to the x, w and b of `maxout_forward`.

    Each entry of dout goes to the piece that was the largest there; at a tie, to the first of them.

    dout: (N, M) array, the gradient with respect to out.
    cache: what `maxout_forward` returned beside out.

    Returns (dx, dw, db) of shape (N, D), (K, D, M) and (K, M), in the dtypes of x, w and b. Changes no argument.
    """
    ### BEGIN SOLUTION
    x, w, pieces = cache
    wins = pieces.argmax(axis=0) == np.arange(len(w))[:, None, None]
    dpieces = np.where(wins, dout, 0)
    return np.sum(dpieces @ w.swapaxes(1, 2), axis=0), x.T @ dpieces, dpieces.sum(axis=1)
    ### END SOLUTION


# %% test="maxout"
check(maxout_forward, maxout_backward)

# %% [markdown]
# ### Compare the bends
#
# Claims: *sigmoid and tanh kill gradients; ReLU is not zero-centred; ELU's mean output is close to 0.*
# We draw each function with its slope, and feed all of them 100,000 inputs from a normal distribution.

# %% tags=["experiment"]
line = {"w": np.array([[[1.0]], [[-0.4]]]), "b": np.array([[0.0], [0.5]])}
BENDS = {  # name: forward, backward, the forward's other arguments, colour
    "sigmoid": (sigmoid_forward, sigmoid_backward, {}, plots.VERMILION),
    "tanh": (tanh_forward, tanh_backward, {}, plots.ORANGE),
    "ReLU": (relu_forward, relu_backward, {}, plots.BLACK),
    "leaky ReLU, 0.1": (leaky_relu_forward, leaky_relu_backward, {"slope": 0.1}, plots.GREEN),
    "ELU": (elu_forward, elu_backward, {}, plots.BLUE),
    "maxout, 2 pieces": (maxout_forward, maxout_backward, line, plots.PURPLE),
}

# %% tags=["experiment"]
x = np.linspace(-4, 4, 401)[:, None]
z = np.random.default_rng(2).normal(size=(100_000, 1))
figure, axes = plt.subplots(2, 3, figsize=(9, 4.6), sharex=True, sharey=True)
report = []
for ax, (name, (forward, backward, more, color)) in zip(axes.flat, BENDS.items(), strict=True):
    out, cache = forward(x, **more)
    slope = backward(np.ones_like(out), cache)
    slope = slope[0] if isinstance(slope, tuple) else slope
    ax.plot(x, out, color=color, lw=2.4, label="output")
    ax.plot(x, slope, "--", color=plots.GREY, lw=1.6, label="slope")
    ax.set(title=name, ylim=(-1.4, 2.4))
    report.append(f"{name}: {slope.max():.2f}, {abs(slope[50, 0]):.3f}, {abs(forward(z, **more)[0].mean()):.2f}")
axes[0, 0].legend(loc="upper left")
plt.show()
print("Steepest slope, slope at -3, mean output |", " | ".join(report))

# %% [markdown]
# **Kills gradients: at the ends, and the sigmoid everywhere.** Its slope is a quarter at best, so ten
# sigmoids leave at most $0.25^{10}$, a millionth. tanh keeps 1 in the middle and is even flatter at
# $-3$. **ReLU is not centred: true**, its mean output is 0.40. **ELU is close to 0: closer**, 0.16. Only
# tanh is at 0. A leak of 0.1 changes the mean little.
#
# Maxout's two lines have slopes 1 and $-0.4$ here; in a net they are learned. It never saturates, and
# pays with $K$ times the weights.

# %% [markdown]
# ## 8. Centre the data
#
# What you saw with the sigmoid's outputs holds for the first layer as well: no pixel is below 0. So
# subtract a mean. Two habits, for images $(N, C, H, W)$:
# - **AlexNet's:** the mean *image* $(C, H, W)$, a mean for each pixel over all images;
# - **VGG's:** the mean of each *channel* $(C,)$, over all images and all pixels.
#
# By hand: two images of one channel and two pixels, $(0, 2)$ and $(4, 6)$. The mean image is $(2, 4)$.
# The channel mean is the single number 3.
#
# Divide by a standard deviation as well, if you like. A pixel that is black in all images has one of 0;
# there, nothing is divided. *Sources: Krizhevsky, Sutskever and Hinton 2012; Simonyan and Zisserman
# 2015.*


# %% exercise="fit_mean_image"
def fit_mean_image(X):
    """The mean image of a training set.

    X: (N, C, H, W) float array, N >= 1.

    Returns a (C, H, W) array of X's dtype: the mean over the images. Changes no argument.
    Source: Krizhevsky, Sutskever and Hinton 2012.
    """
    ### BEGIN SOLUTION
    return X.mean(axis=0)
    ### END SOLUTION


# %% test="fit_mean_image"
check(fit_mean_image)


# %% exercise="fit_channel_mean"
def fit_channel_mean(X):
    """The mean of each channel of a training set.

    X: (N, C, H, W) float array, N >= 1.

    Returns a (C,) array of X's dtype: the mean over images, rows and columns. Changes no argument.
    Source: Simonyan and Zisserman 2015.
    """
    ### BEGIN SOLUTION
    return X.mean(axis=(0, 2, 3))
    ### END SOLUTION


# %% test="fit_channel_mean"
check(fit_channel_mean)

# %% [markdown]
# > **Why on the training set only?** The mean is learned from data, like a weight. If test images help
# > to choose it, the test is no longer a test. So you *fit* on the training set and *apply* the same
# > numbers everywhere: `normalize(X_test, mean)` with the mean of `X_train`. That is why there are two
# > functions.


# %% exercise="normalize"
def normalize(X, mean, std=None):
    """Images minus a mean that was fitted before, over a standard deviation if one is given.

    X: (N, C, H, W) float array.
    mean: float array, (C, H, W) for each pixel or (C,) for each channel.
    std: None, or an array of the mean's shape, its entries 0 or more. Where it is 0, nothing is divided: the
        result there is X - mean.

    Returns an array of X's shape and dtype, (X - mean) / std, or X - mean without std. Uses no statistic of
    this X. Changes no argument.
    """
    ### BEGIN SOLUTION
    if mean.ndim == 1:
        mean = mean[:, None, None]
        std = None if std is None else std[:, None, None]
    return X - mean if std is None else (X - mean) / np.where(std == 0, 1, std)
    ### END SOLUTION


# %% test="normalize"
check(normalize)

# %% [markdown]
# ## 9. Turn and stretch: PCA and whitening
#
# The digits' neighbouring pixels say nearly the same. PCA turns the axes so that the new coordinates are
# uncorrelated: the first is the direction in which the data vary most, the next is the one that varies
# most at a right angle to it, and so on. **Whitening** then divides each by its standard deviation.
#
# $$\text{covariance} = \frac{1}{N}\,(X - \mu)^\top (X - \mu), \qquad X_{white} = \frac{(X - \mu)\,V^\top}{\sqrt{\lambda + \varepsilon}}$$
#
# The rows of $V$ are the components: the covariance's eigenvectors, of length 1. $\lambda$ are its
# eigenvalues, the variances along them, sorted from the largest down. There are $\min(N, D)$. *Sources:
# Pearson 1901; Hotelling 1933.*

# %% [markdown]
# By hand: the points $(3, 0), (-3, 0), (0, 1), (0, -1)$ have mean 0. Along the first axis the variance
# is $18/4 = 4.5$, along the second $2/4 = 0.5$. So $V$ is the identity, up to signs: $-v$ is as good as
# $v$. Whitened, $(3, 0)$ becomes $(3/\sqrt{4.5}, 0) = (1.41, 0)$.
#
# Two ways lead there. `np.linalg.eigh` takes the covariance and returns eigenvalues in *rising* order,
# with eigenvectors as *columns*. Or `np.linalg.svd(X - mean, full_matrices=False)` gives
# $X - \mu = U S V$ with the components as rows, falling; then $\lambda = S^2/N$. The second never forms
# the covariance, and is more precise.


# %% exercise="fit_pca"
def fit_pca(X):
    """The principal components of a data set.

    X: (N, D) float array, N >= 2.

    Returns (mean, components, variances). mean: (D,), of the columns. components: (min(N, D), D), each ROW
    of length 1, at right angles to all others, sorted by falling variance; the sign of a row is free.
    variances: (min(N, D),), falling, of the data along each component, divided by N. Where a variance is 0
    or two are equal, any such rows will do. Changes no argument. Sources: Pearson 1901; Hotelling 1933.
    """
    ### BEGIN SOLUTION
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V, S**2 / len(X)
    ### END SOLUTION


# %% test="fit_pca"
check(fit_pca)


# %% exercise="whiten"
def whiten(X, mean, components, variances, eps=1e-5):
    """Data in the coordinates of their components, each coordinate with variance about 1.

    X: (N, D) float array. mean: (D,). components: (P, D), one a row. variances: (P,), 0 or more.
    eps: float > 0, added to the variances inside the root, so that a variance of 0 does no harm.

    Returns a (N, P) array of X's dtype: (X - mean) @ components.T / sqrt(variances + eps). It is not turned
    back to the pixels (that would be ZCA). Uses no statistic of this X. Changes no argument.
    """
    ### BEGIN SOLUTION
    return (X - mean) @ components.T / np.sqrt(variances + eps)
    ### END SOLUTION


# %% test="whiten"
check(whiten)

# %% [markdown]
# ### Prepare the digits in five ways
#
# Claims: *zero-centred data train better. For images nobody uses PCA or whitening.* First, what the
# components of the digits look like, and what whitening does to them.


# %% tags=["experiment"]
def strip(ax, images, title, limit=None):
    """Images (n, 64) side by side, blue below 0 and red above."""
    row = np.hstack([np.pad(image.reshape(8, 8), 1, constant_values=np.nan) for image in images])
    limit = limit or np.nanmax(np.abs(row))
    ax.imshow(row, cmap="RdBu_r", vmin=-limit, vmax=limit)
    ax.set_title(title)
    ax.axis("off")


# %% tags=["experiment"]
mean, components, variances = fit_pca(X_train)
components = components * np.where(components[np.arange(64), np.abs(components).argmax(axis=1)] < 0, -1, 1)[:, None]
figure, axes = plt.subplots(3, 1, figsize=(8, 3.9))
strip(axes[0], np.vstack([mean, X_train[:7] - mean]), "mean image, and seven digits without it", 1)
strip(axes[1], components[:8], "components 1 to 8: strokes")
strip(axes[2], components[52:60], "components 53 to 60: noise, which whitening makes as loud as the strokes")
plt.show()
shares = variances.cumsum() / variances.sum()
kept, none = np.argmax(shares > 0.9) + 1, np.sum(variances < 1e-12)
spread = whiten(X_train, mean, components, variances).std(axis=0)
print(
    f"{kept} of 64 components hold 90% of the variance, {none} hold none; std along components 1 and 60:"
    f" {np.sqrt(variances[0]):.2f} and {np.sqrt(variances[59]):.3f}; whitened: {spread[0]:.2f} and {spread[59]:.2f}"
)

# %% [markdown]
# Now a small ReLU net on each. Its code is given; you wrote such a net in notebook 01. The activation is
# a pair of functions, so we can swap it later.


# %% tags=["experiment"]
def loss_and_gradients(params, X, y, forward, backward):
    """Affine, activation, affine, softmax. params: [w1, b1, w2, b2], and alpha if the activation learns one."""
    w1, b1, w2, b2, *alpha = params
    h, first = affine_forward(X, w1, b1)
    a, bend = forward(h, *alpha)
    scores, second = affine_forward(a, w2, b2)
    loss, dscores = softmax_loss(scores, y)
    da, dw2, db2 = affine_backward(dscores, second)
    dh, *dalpha = backward(da, bend) if alpha else (backward(da, bend),)
    _, dw1, db1 = affine_backward(dh, first)
    return loss, [dw1, db1, dw2, db2, *dalpha]


def train(params, X, pair, *, rate, count, seed=0):
    """SGD on the training digits in 24 batches an epoch: a list of the parameters before and after each epoch."""
    rng, path = np.random.default_rng(seed), [params]
    for _ in range(count):
        for batch in np.array_split(rng.permutation(len(X)), 24):
            _, gradients = loss_and_gradients(params, X[batch], digits.y_train[batch], *pair)
            params = [p - rate * dp for p, dp in zip(params, gradients, strict=True)]
        path.append(params)
    return path


# %% tags=["experiment"]
def score(params, X, y, pair):
    """(mean loss, share of right answers)."""
    w1, b1, w2, b2, *alpha = params
    scores = pair[0](X @ w1 + b1, *alpha)[0] @ w2 + b2
    return softmax_loss(scores, y)[0], np.mean(scores.argmax(axis=1) == y)


def he_net(rng, units, scale=1.0):
    """The parameters of a net with 64 inputs and 10 outputs, as He et al. start them."""
    w1, w2 = (rng.normal(size=shape) * np.sqrt(2 / shape[0]) for shape in ((64, units), (units, 10)))
    return [scale * w1, np.zeros(units), scale * w2, np.zeros(10)]


mean_image, channel_mean = fit_mean_image(digits.X_train), fit_channel_mean(digits.X_train)
std_image = digits.X_train.std(axis=0)
PREPARED = {  # name: images (N, 1, 8, 8) -> inputs of the net
    "as they are": lambda X: X,
    "minus channel mean": lambda X: normalize(X, channel_mean),
    "minus mean image": lambda X: normalize(X, mean_image),
    "... over std image": lambda X: normalize(X, mean_image, std_image),
    "whitened": lambda X: whiten(X.reshape(len(X), 64), mean, components, variances),
}

# %% tags=["experiment"]
relu, rates = (relu_forward, relu_backward), (0.01, 0.03, 0.1, 0.3, 1.0)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), sharex=True, sharey=True)
report = []
for (name, prepare), color, marker in zip(
    PREPARED.items(), (plots.BLACK, plots.ORANGE, plots.SKY, plots.BLUE, plots.VERMILION), "osDP^", strict=True
):
    A, A_val = (prepare(X).reshape(len(X), 64) for X in (digits.X_train, digits.X_val))
    losses = []
    for rate in rates:
        nets = [train(he_net(np.random.default_rng(s), 50), A, relu, rate=rate, count=10, seed=s)[-1] for s in range(4)]
        measured = [score(net, A, digits.y_train, relu) + score(net, A_val, digits.y_val, relu) for net in nets]
        losses.append(np.mean(measured, axis=0))
    on_train, _, on_val, accuracy = np.transpose(losses)
    left.loglog(rates, on_train, color=color, marker=marker, label=name)
    right.loglog(rates, on_val, color=color, marker=marker)
    report.append(f"{name}: {on_train[3]:.2f}, {on_val[3]:.2f} ({100 * accuracy[3]:.0f}%)")
left.set(xlabel="learning rate", ylabel="loss", title="training set")
right.set(xlabel="learning rate", title="validation set")
figure.legend(*left.get_legend_handles_labels(), loc="outside right upper", title="digits, after 10 epochs")
plt.show()
print("Loss at rate 0.3 in training, in validation (accuracy) |", " | ".join(report))

# %% [markdown]
# **Centring: nearly no difference here.** These pixels lie in $[0, 1]$, batches have 50 images, and He's
# start does the rest. At the highest rate the centred ones are a little ahead. **Scaling matters more:**
# divided by the std image, the training loss is three to five times lower at rates from 0.03 to 0.3,
# because dim pixels speak up.
#
# **No whitening for images: right, and here is why.** At rate 0.3 it fits the training set five times
# better than the raw pixels, and nothing of that arrives in validation. It shouts what the digits only
# whisper: components 53 to 60 are single pixels at the rim. But in accuracy all five lie about a point
# apart there, and with 300 images a point is luck.

# %% [markdown]
# ## 10. Start right: initialisation
#
# One output is a sum of $D$ products, $h = \sum_d x_d w_d$. With independent weights of mean 0,
#
# $$\operatorname{Var}(h) = D \cdot \operatorname{Var}(w) \cdot E[x^2]$$
#
# To keep the signal's size, $D \cdot \operatorname{Var}(w)$ must be 1. That is Xavier's rule:
# $\operatorname{Var}(w) = 1/D$. ReLU sets half of its inputs to 0 and so halves $E[x^2]$; He's rule
# makes up for it: $\operatorname{Var}(w) = 2/D$. By hand, for $D = 200$: the standard deviation is
# $\sqrt{1/200} = 0.071$ or $\sqrt{2/200} = 0.1$. $D$ is called `fan_in`: the number of inputs of each
# unit.
#
# *Sources: Glorot and Bengio 2010; He, Zhang, Ren and Sun 2015.*

# %% [markdown]
# > **Which Xavier?** Glorot and Bengio's own compromise between forward and backward is
# > $2/(fan_{in} + fan_{out})$, drawn uniformly. The lecture, and before it LeCun et al. 1998, take
# > $1/fan_{in}$. For square layers they are the same. **Graded here: normal, $1/fan_{in}$.**
# >
# > **Variance or standard deviation?** NumPy's `normal` takes the standard deviation, the root. One of
# > the notes divides by $\sqrt{fan_{in}}$ for ReLU as well; that is Xavier, and the 2 is missing. It
# > belongs *inside* the root: $\sqrt{2/fan_{in}}$.


# %% exercise="initialize"
def initialize(fan_in, fan_out, scheme, rng):
    """The first weights of a layer, independent draws from a normal distribution of mean 0.

    fan_in, fan_out: int >= 1, the number of the layer's inputs and of its outputs.
    scheme: 'zeros' (all exactly 0), 'small' (standard deviation 0.01), 'xavier' (variance 1 / fan_in) or
        'he' (variance 2 / fan_in).
    rng: numpy.random.Generator, the only source of randomness. How you draw from it is up to you.

    Returns a (fan_in, fan_out) float array.
    Raises ValueError for any other scheme, with the word scheme in its message.
    Sources: Glorot and Bengio 2010; He, Zhang, Ren and Sun 2015.
    """
    ### BEGIN SOLUTION
    deviations = {"zeros": 0.0, "small": 0.01, "xavier": np.sqrt(1 / fan_in), "he": np.sqrt(2 / fan_in)}
    if scheme not in deviations:
        raise ValueError(f"scheme must be one of {', '.join(deviations)}, not {scheme!r}")
    return deviations[scheme] * rng.standard_normal((fan_in, fan_out))
    ### END SOLUTION


# %% test="initialize"
check(initialize)

# %% [markdown]
# ### Try to start from zeros
#
# *Claim: start all weights at 0, and all units stay the same.* Three nets of 50 tanh units learn the
# digits for 20 epochs. We look at the weights of their first 12 hidden units, as images.

# %% tags=["experiment"]
tanh = (tanh_forward, tanh_backward)
A, A_val = (normalize(X, mean_image).reshape(len(X), 64) for X in (digits.X_train, digits.X_val))
shapes, rng = ((64, 50), (50, 10)), np.random.default_rng(0)
STARTS = {
    "all weights 0": [initialize(*shape, "zeros", rng) for shape in shapes],
    "all weights 0.05": [np.full(shape, 0.05) for shape in shapes],
    "small random weights": [initialize(*shape, "small", rng) for shape in shapes],
}
figure, axes = plt.subplots(3, 1, figsize=(9, 3.6))
report = []
for ax, (name, (w1, w2)) in zip(axes, STARTS.items(), strict=True):
    net = train([w1, np.zeros(50), w2, np.zeros(10)], A, tanh, rate=0.3, count=20)[-1]
    twins = np.abs(net[0][:, :, None] - net[0][:, None]).max(axis=0) < 1e-3  # (50, 50): which units are the same
    different = len(set(twins.argmax(axis=0)))
    right = 100 * score(net, A_val, digits.y_val, tanh)[1]
    strip(ax, net[0].T[:12], f"{name}: {right:.0f}% right", max(1e-3, np.abs(net[0]).max()))
    report.append(f"{name}: {different} of 50, {right:.0f}%")
plt.show()
print("Different hidden units after 20 epochs, validation accuracy |", " | ".join(report))

# %% [markdown]
# **True, and with zeros it is worse.** Equal units get equal gradients, so they stay equal for ever: 50
# units do the work of one. At exactly 0 not even that one learns. The hidden signal is 0, so the second
# layer gets no gradient; the second layer is 0, so the first gets none. Only the last bias moves, and
# the net guesses.
#
# Any random numbers break the tie. In *this* net, with one hidden layer, even 0.01 is good enough. How
# large they should be becomes a question of life and death with depth.

# %% [markdown]
# ## 11. Measure the signal
#
# The last tool is a probe. Send data through a stack of layers $h_l = f(h_{l-1} W_l)$ and note the mean
# and the standard deviation of every $h_l$. Run it once before you train any deep net.
#
# By hand: $x = (1, -1)^\top$ (two examples, one input), $W_1 = 2$, $W_2 = 3$ and ReLU. The first layer
# gives $(2, 0)$: mean 1, standard deviation 1. The second gives $(6, 0)$: mean 3, standard deviation 3.
# Standard deviation here is the root of the mean squared distance from the mean, `np.std` as it comes.


# %% exercise="activation_statistics"
def activation_statistics(x, weights, activation):
    """Mean and standard deviation of the signal after each layer of a stack.

    Layer i maps h to activation(h @ weights[i]); there are no biases.

    x: (N, D_0) float array, the input.
    weights: list of L >= 1 float arrays, the i-th of shape (D_i, D_{i+1}).
    activation: maps an array to an array of the same shape, for example np.tanh.

    Returns (means, stds), two (L,) arrays: of all entries of each layer's output, after the activation; the
    standard deviation is divided by the count (ddof 0). The input x itself is left out. Changes no argument.
    """
    ### BEGIN SOLUTION
    means, stds = [], []
    for w in weights:
        x = activation(x @ w)
        means.append(x.mean())
        stds.append(x.std())
    return np.array(means), np.array(stds)
    ### END SOLUTION


# %% test="activation_statistics"
check(activation_statistics)

# %% [markdown]
# ### Build the wall of histograms
#
# The picture that every lecture shows: ten layers of 500 units, normal inputs, and a histogram of each
# layer's outputs. Claims: *tanh dies at 0.01, saturates at 1.0, and Xavier is ideal for it. Xavier
# breaks under ReLU, and He repairs it.*


# %% tags=["experiment"]
WALL = {  # label: forward, backward, scheme or standard deviation, limits of the histogram, colour
    "tanh, std 0.01": (tanh_forward, tanh_backward, "small", (-1.05, 1.05), plots.SKY),
    "tanh, std 1": (tanh_forward, tanh_backward, 1.0, (-1.05, 1.05), plots.VERMILION),
    "tanh, Xavier": (tanh_forward, tanh_backward, "xavier", (-1.05, 1.05), plots.BLUE),
    "sigmoid, Xavier": (sigmoid_forward, sigmoid_backward, "xavier", (0, 1), plots.PURPLE),
    "ReLU, Xavier": (relu_forward, relu_backward, "xavier", (0, 2.5), plots.ORANGE),
    "ReLU, He": (relu_forward, relu_backward, "he", (0, 2.5), plots.GREEN),
}
N, L, D = 500, 10, 500
x = np.random.default_rng(0).normal(size=(N, D))


def stack(scheme):
    """The weights of ten layers."""
    rng = np.random.default_rng(1)
    if isinstance(scheme, str):
        return [initialize(D, D, scheme, rng) for _ in range(L)]
    return [scheme * rng.normal(size=(D, D)) for _ in range(L)]


def number(std):
    """0.21, or 3e-7 where it is small."""
    return f"{std:.2f}" if std > 0.005 else f"{std:.0e}".replace("e-0", "e-")


# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(10, 6.4))
report = []
for row, (label, (forward, _, scheme, limits, color)) in enumerate(WALL.items()):
    h, weights = x, stack(scheme)
    _, stds = activation_statistics(x, weights, lambda h, forward=forward: forward(h)[0])
    for layer, w in enumerate(weights):
        h = forward(h @ w)[0]
        counts, edges = np.histogram(h, 36, limits)
        places = layer + 0.88 * (edges - limits[0]) / (limits[1] - limits[0])
        heights = np.minimum(1, counts / (counts[1:].max() or 1))  # ReLU's zeros, the first bin, would dwarf the rest
        ax.stairs(-row + 0.66 * heights, places, baseline=-row, fill=True, color=color)
        ax.text(layer + 0.44, -row - 0.03, number(stds[layer]), ha="center", va="top", fontsize=9, color="#444444")
    report.append(f"{label}: {stds[0]:#.2g}, {stds[-1]:#.2g}")
ax.set(
    xlim=(-0.1, 10),
    ylim=(-5.3, 0.75),
    title="Outputs of ten layers, and their standard deviation (ReLU's bar at 0 is cut off)",
)
ax.set_yticks(-np.arange(6) + 0.3, WALL, fontsize=11)
ax.set_xticks(np.arange(10) + 0.44, [f"layer {i}" for i in range(1, 11)])
ax.tick_params(length=0)
ax.grid(False)
ax.spines[:].set_visible(False)
plt.show()
print("Standard deviation of layers 1 and 10 |", " | ".join(report))

# %% [markdown]
# **tanh dies at 0.01: true.** Each layer multiplies by about $0.01\sqrt{500} = 0.22$. **Saturates at 1:
# true**, nearly all outputs are $\pm 1$. **Xavier is ideal: it is good.** The signal still shrinks, from
# 0.63 to 0.23, since tanh flattens a little each time. **Breaks under ReLU: it fades**, by $\sqrt{1/2}$
# a layer, to 0.03 after ten. **He holds: true.**
#
# And the sigmoid looks healthy: 0.12 from layer 2 to layer 10. Is it? Forward is only half of the story.

# %% [markdown]
# ### Send a gradient back
#
# *Claim: at standard deviation 1 tanh saturates, so all gradients are 0 and nothing is learned.* A
# random gradient starts at the tenth layer's output. We measure what arrives at each layer before its
# bend.

# %% tags=["experiment"]
figure, ax = plt.subplots(figsize=(8, 4))
report = []
for marker, (label, (forward, backward, scheme, _, color)) in zip("osDPv^", WALL.items(), strict=True):
    h, caches, weights = x, [], stack(scheme)
    for w in weights:
        h, cache = forward(h @ w)
        caches.append(cache)
    dout, sizes = np.random.default_rng(2).normal(size=h.shape), []
    for w, cache in zip(weights[::-1], caches[::-1], strict=True):
        dh = backward(dout, cache)
        sizes.append(dh.std())
        dout = dh @ w.T
    slopes = backward(np.ones_like(h), caches[4])
    ax.semilogy(range(1, 11), sizes[::-1], color=color, marker=marker, label=label)
    report.append(f"{label}: {sizes[-1] / sizes[0]:.1g} ({100 * np.mean(slopes < 0.05):.0f}%)")
ax.axhline(1, color=plots.GREY, lw=0.8, zorder=0)
ax.set(xlabel="layer", ylabel="size of the gradient", xticks=range(1, 11), title="A gradient of size 1 on its way back")
figure.legend(loc="outside right upper")
plt.show()
print("Gradient at layer 1 over that at layer 10 (slopes below 0.05 in layer 5) |", " | ".join(report))

# %% [markdown]
# **Saturated: true. All gradients 0: false.** At standard deviation 1, nine of ten slopes are nearly 0,
# and still the gradient *grows*, ten-thousandfold and more on its way to layer 1. The few units that are
# not saturated pass it on, and weights of size 1 with 500 inputs multiply it by more than the zeros take
# away. The net cannot learn, but for the opposite reason: a tiny step in layer 1 throws everything
# about.
#
# **The healthy sigmoid was a mirage.** Its forward signal lives, and its gradient shrinks to two
# millionths. Only tanh with Xavier and ReLU with He work both ways. So probe *both* directions.

# %% [markdown]
# ### Kill ReLUs, and try to wake them
#
# Claims: *with too high a learning rate many ReLUs die, and never come back. Leaky ReLU, PReLU and ELU
# do not die.* Call a unit **silent** if its input is negative for all 1,197 training images. First we
# count silent units after five epochs at high rates. Then we knock out *all* 100 units with one blow,
# biases of $-3$ or $-5$, and train on at a normal rate.

# %% tags=["experiment"]
KINDS = {  # name: the pair, alpha's start if it is learned, colour, marker
    "ReLU": (relu, [], plots.BLACK, "o"),
    "leaky ReLU": ((leaky_relu_forward, leaky_relu_backward), [], plots.GREEN, "s"),
    "PReLU": ((prelu_forward, prelu_backward), [np.full(100, 0.25)], plots.VERMILION, "^"),
    "ELU": ((elu_forward, elu_backward), [], plots.BLUE, "D"),
}


def silent(params):
    """The share of hidden units whose input is negative for every training image; NaN if the net diverged."""
    h = A @ params[0] + params[1]
    return np.mean(np.all(h <= 0, axis=0)) if np.isfinite(h).all() else np.nan


def knocked(bias):
    """A net of 100 hidden units with this bias."""
    w1, b1, w2, b2 = he_net(np.random.default_rng(0), 100)
    return [w1, b1 + bias, w2, b2]


# %% tags=["experiment"]
rates = (3, 6, 8, 10, 15)
figure, axes = plt.subplots(1, 3, figsize=(9.5, 3.6))
report = []
for name, (pair, alpha, color, marker) in KINDS.items():
    with np.errstate(all="ignore"):  # some rates are too high, and that is the point
        starts = [he_net(np.random.default_rng(s), 100) + alpha for s in range(3)]
        shares = [np.mean([silent(train(p, A, pair, rate=r, count=5)[-1]) for p in starts]) for r in rates]
    axes[0].plot(rates, 100 * np.array(shares), color=color, marker=marker, label=name)
    ends = []
    for ax, bias in zip(axes[1:], (-3, -5), strict=True):
        nets = train(knocked(bias) + alpha, A, pair, rate=0.3, count=40)
        rights = [100 * score(net, A_val, digits.y_val, pair)[1] for net in nets]
        ax.plot(rights, color=color, marker=marker, markevery=5)
        ax.set(title=f"all knocked out by $b = {bias}$", xlabel="epoch", ylim=(0, 103))
        ends.append(f"{rights[-1]:.0f}%")
    fallen = "diverges" if np.isnan(shares[-1]) else f"over {100 * shares[-1] // 20 * 20:.0f}%"
    report.append(f"{name}: {100 * shares[0]:.0f}%, {fallen}; {', '.join(ends)}")
axes[0].set(title="silent units in %, by learning rate", xlabel="learning rate", ylim=(-3, 103))
axes[0].text(3, 75, "PReLU diverges\nfrom 6 on", color=plots.VERMILION)
axes[1].set_ylabel("validation accuracy in %")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
plt.show()
print("Silent at rate 3, at 15; accuracy 40 epochs after b = -3, after -5 |", " | ".join(report))

# %% [markdown]
# **ReLUs die: true, but you have to work for it.** Up to a rate of 3, ten times what this net needs,
# none does. **Never come back: true.** Knocked out, ReLU gets a gradient of exactly 0 and guesses to the
# end.
#
# **The others do not die: not so simple.** Up to a rate of 10, leaky ReLU falls silent nearly as
# readily. Its silent units do learn, at a hundredth of the speed. PReLU recovers best: its leak starts at
# 0.25 and is learned. But $\alpha$ takes steps too, and from a rate of 6 on they throw the net out. And
# ELU: from $-3$ it wakes up; from $-5$, where its slope is $e^{-5} = 0.007$, it is as good as dead for
# these 40 epochs. A soft saturation is still one.

# %% [markdown]
# ### Written question 1: read the probe (4 points)
#
# A friend trains a net of ten layers with 256 units each, normal weights, and no luck.
# `activation_statistics`, run on fresh weights, gives these standard deviations for layers 1, 2, 5 and
# 10:
# - net A, ReLU: 0.58, 0.42, 0.16, 0.031;
# - net B, tanh: 0.93, 0.93, 0.93, 0.93.
#
# For each net: (a) What was the standard deviation of the weights, roughly, and how do you see it? (b)
# What happens to a gradient on its way back? (c) What do you change, to which number?
#
# *Rubric. 1 point: (a) for net A from the factor per layer. 1 point: (a) for net B, that a tanh output
# this large means saturation, so weights far above $1/\sqrt{256}$. 1 point: (b) for both, with the
# reason for B why it does not simply vanish. 1 point: (c) both, as numbers.*

# %% [markdown] written="read_the_probe" points=4
# ### BEGIN SOLUTION
# (a) Net A: each layer multiplies by about $0.71 = \sqrt{1/2}$. With ReLU the factor is
# $\sqrt{256 \cdot \mathrm{Var}(w)/2}$, so $\mathrm{Var}(w) = 1/256$, standard deviation 0.0625: that is
# Xavier. Net B: most outputs are close to $\pm 1$, so the inputs of tanh are well above 1: with 256
# inputs of size near 1 the weights are a few times larger than 0.0625 (they were 0.4; from 0.3 to 1 is a
# good reading).
#
# (b) In A it shrinks by the same 0.71 a layer, to a thirtieth. In B most units have a slope near 0, but
# the rest pass it on and the large weights sum over 256 units: as in our experiment it grows. What
# saturation takes, the weights more than give back.
#
# (c) A: He, $\sqrt{2/256} = 0.088$. B: Xavier, $\sqrt{1/256} = 0.0625$.
# ### END SOLUTION

# %% [markdown]
# ### Written question 2: which activation? (4 points)
#
# The lecture's advice is: use ReLU, try leaky ReLU, maxout and ELU, do not use the sigmoid. You start a
# net with eight hidden layers on new data. Which activation and which initialisation do you start with,
# what do you measure before and while you train, and which measurement makes you switch to what? About
# ten sentences. Use at least three measured numbers of this notebook, one of them against your own
# choice.
#
# *Rubric. 1 point: a choice with an initialisation that fits it and the reason. 1 point: evidence for it
# with numbers, forward and backward. 1 point: a number that speaks against it and an honest limit of
# these experiments. 1 point: a measurement with a threshold, and what follows from it.*

# %% [markdown] written="which_activation" points=4
# ### BEGIN SOLUTION
# I start with ReLU and He. Over ten layers its signal stayed between 0.8 and 1.1, and the gradient at
# layer 1 was as large as at layer 10. The sigmoid with Xavier left two millionths of it; that rules it
# out at eight layers.
#
# Against me: a knocked-out ReLU net stayed at 10% for good, while PReLU came back to more than 90%. But
# none fell silent up to a rate of 3, so it is a danger of steps that are too large, not of every run.
# And all of this is one small data set and one hidden layer where I counted the silent.
#
# Before training I run the probe both ways; if the size changes more than tenfold over the depth, the
# initialisation is wrong. While training I count silent units on a fixed batch each epoch. Above a
# tenth, I lower the rate. If that does not help, I take PReLU, at a rate well below the 6 at which its
# $\alpha$ threw the net out.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | does | start it with |
# |---|---|---|
# | `collapse_linear` | shows why there must be a bend | |
# | `sigmoid`, `tanh` | saturate on both sides | Xavier |
# | `leaky_relu`, `prelu`, `elu` | keep the negative side alive, each at a price | He |
# | `maxout` | learns its bend | |
# | `fit_mean_image`, `fit_channel_mean`, `normalize`, `fit_pca`, `whiten` | prepare the data | the training set |
# | `initialize`, `activation_statistics` | start the signal, and watch it | |

# %% [markdown]
# **What the claims were worth.** True: linear layers collapse, equal weights stay equal, tanh dies at
# 0.01, Xavier fades under ReLU and He holds, whitening does not pay for images. Half true: positive
# inputs zig-zag (one at a time) and are slow (by the rate they bear); Xavier is ideal; ReLUs die and the
# others do not. Not true here: a saturated net has no gradient (it explodes), centring helps (these
# pixels were tame).
#
# **Where it is used next.** Notebook 03 gives you better steps than plain SGD. Notebook 06 asks: why hope
# that the signal keeps its size, when a layer can make it so? From 07 on, nets start from your `initialize`.
