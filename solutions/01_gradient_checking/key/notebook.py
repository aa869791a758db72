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
# # Gradients you can trust
#
# Welcome to Gradus. In this course you write, in plain NumPy, everything that trains a neural network. No
# library hides the interesting part. At the end you know what each line does, because it is yours.
#
# A network learns by following gradients. A wrong gradient rarely crashes: the loss falls a little,
# the accuracy stays poor, and you search for days in the wrong place. So the first thing you build is an
# instrument that tells right gradients from wrong ones. Then you build your first network, and measure it.

# %% [markdown]
# ## How a notebook of this course works
#
# - **Fill.** Where a cell says `YOUR CODE HERE`, write the body of the function. Its docstring says what
#   goes in and what must come out. It is all you need, and all that is graded.
# - **Check.** Run the cell below it, such as `check(relative_error)`. It says what is right, what is wrong,
#   and for many mistakes which one it is. Change your code and run it again, as often as you like.
# - **Watch.** The cells in between run experiments with *your* functions. They are not graded. Change
#   their numbers and see what happens.
# - **Hand in** the notebook, under its own name. Hidden tests then ask the same questions with other
#   numbers. Two questions you answer in words; a person reads them.

# %% [markdown]
# **You will build** the gradient check in three functions, two layers, two loss functions, and a network
# with one hidden layer.
#
# **You need** NumPy arrays (shapes, `axis`, indexing) and the chain rule for functions of one variable.
#
# **It takes** about three hours. Running everything takes less than a minute.
#
# **Not here:** activations other than ReLU and where initial weights come from (02), rules that use a
# gradient (03), training (04).

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Say how far apart two gradients are
#
# Is a difference of 0.0001 small? Between 1 and 1.0001, yes. Between 0.0002 and 0.0003, no. So we divide by
# the size of the numbers, entry by entry, and report the worst entry:
#
# $$\mathrm{error}(a, b) = \max_i \frac{|a_i - b_i|}{\max(10^{-8},\; |a_i| + |b_i|)}$$
#
# By hand: $a = (1, -2, 0)$, $b = (1, -2.2, 0)$. The entries give $0$, $0.2/4.2 = 0.0476$ and
# $0/10^{-8} = 0$. The error is $0.0476$. It lies between 0 (equal) and 1 (other sign, or one of them 0). The
# $10^{-8}$ is a **floor**: without it, two zeros would give $0/0$.
#
# *Source: Karpathy, CS231n course notes, "Gradient checks", 2015; here with the sum below.*

# %% [markdown]
# > **Why the sum below, and not the larger of the two?**
# >
# > You will meet three conventions: $|a| + |b|$, $\max(|a|, |b|)$, or the mean of the two. They differ by a
# > factor of 1 to 2, and a gradient check asks for powers of ten. What matters is that both numbers count:
# > dividing by one of them alone fails when that one is 0. **Graded here: the sum.**
# >
# > **Why must the shapes be equal?** NumPy would happily subtract a `(3,)` from a `(3, 1)` and give you a
# > `(3, 3)`: nine comparisons of the wrong pairs. A judge must not guess.
# >
# > **And NaN?** NaN (not a number) is what $0/0$ gives. Every comparison with it is false, so a careless
# > maximum loses it. A check that loses it says "all well" about a gradient that is broken.


# %% exercise="relative_error"
def relative_error(a, b):
    """The largest relative error of all entries: max of abs(a - b) / max(1e-8, abs(a) + abs(b)).

    a, b: float arrays of one shape, any shape with at least one entry.

    Returns a float >= 0. NaN anywhere in a or b gives NaN.
    Raises ValueError, with a message that names `a` and `b`, if the shapes differ; nothing is broadcast.
    Changes none of its arguments.
    """
    ### BEGIN SOLUTION
    if a.shape != b.shape:
        raise ValueError(f"a and b must have one shape, not {a.shape} and {b.shape}")
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))
    ### END SOLUTION


# %% test="relative_error"
check(relative_error)

# %% [markdown]
# ## 2. Measure a slope: the numeric gradient
#
# You can find a slope without any calculus. Take a small step to either side and see how much the height
# changes. For a function of many numbers, do it for one number at a time while the others stay:
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}$$
#
# $e_i$ is 1 at entry $i$ and 0 elsewhere. By hand: $f(x) = x_1^2 + 3 x_2$ at $(2, 5)$ with $h = 0.1$. First
# entry: $(2.1^2 - 1.9^2) / 0.2 = (4.41 - 3.61)/0.2 = 4$. Second: $(15.3 - 14.7)/0.2 = 3$. The gradient is
# $(4, 3)$. It costs two calls of $f$ an entry: too slow to train with, but it needs no formula that could be
# wrong. This is the **centered** difference.
#
# *Source: an old idea; for networks see Bishop 1995, section 4.8.*


# %% exercise="numerical_gradient"
def numerical_gradient(f, x, h=1e-5):
    """The gradient of f at x by centered differences: entry i is (f(x + h e_i) - f(x - h e_i)) / (2 h).

    f: maps an array of x's shape to a float. It looks at the array that it is given, and at nothing else.
    x: float64 array of any shape with at least one entry, the point.
    h: float > 0, the step.

    Returns a float64 array of x's shape. When the function returns, x is bit for bit what it was; in between,
    one entry of it may be moved. Working on a copy is as good. Source: Bishop 1995.
    """
    ### BEGIN SOLUTION
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        below = f(x)
        x[i] = kept
        gradient[i] = (above - below) / (2 * h)
    return gradient
    ### END SOLUTION


# %% test="numerical_gradient"
check(numerical_gradient)

# %% [markdown]
# > **Why is `x[i] += h`, then `x[i] -= h`, not good enough?**
# >
# > A float has 16 digits. $0.1 + 10^{-5}$ is rounded, and taking $10^{-5}$ away again does not undo the
# > rounding. Each check would leave your weights a little different. Keep the old number and put it back.
# >
# > **How do I visit every entry of an array of any shape?** `for i in np.ndindex(x.shape):` gives each index
# > as a tuple, and `x[i]` is then one number. With `for i in range(len(x))`, `x[i]` is a whole row.

# %% [markdown]
# ### Find the best step
#
# Two claims: *a centered difference is much more exact than a one-sided one,*
# $(f(x + h) - f(x))/h$. And the one that everybody believes at first: *the smaller $h$, the better, since
# the derivative is the limit $h \to 0$.* We measure both on $f(x) = e^x$ at 200 points, whose slope we know.

# %% tags=["experiment"]
points = np.linspace(0, 1, 200)
steps = 10.0 ** np.arange(-15, 0.01, 0.25)


def exp(x):
    return float(np.exp(x[0]))


def one_sided(f, x, h):
    """The one-sided difference for an x of one entry."""
    return np.array([(f(x + h) - f(x)) / h])


def mean_error(difference, h, dtype=float):
    """The mean over the points of the relative error of a measured slope."""
    xs = points.astype(dtype)[:, None]
    return np.mean([abs(difference(exp, x, h)[0] - np.exp(x[0], dtype=float)) / np.exp(x[0]) for x in xs])


def slope(errors, low, high):
    """The slope in the log-log plot between two steps."""
    inside = (steps > 0.9 * low) & (steps < 1.1 * high)
    return np.polyfit(np.log(steps[inside]), np.log(errors[inside]), 1)[0]


# %% tags=["experiment"]
single_steps = steps[steps > 2e-7]
left = np.array([mean_error(one_sided, h) for h in steps])
both = np.array([mean_error(numerical_gradient, h) for h in steps])
single = [mean_error(numerical_gradient, h, np.float32) for h in single_steps]
plt.loglog(steps, left, color=plots.BLUE, marker="o", ms=3, label="one-sided")
plt.loglog(steps, both, color=plots.VERMILION, marker="s", ms=3, label="centered")
plt.loglog(single_steps, single, color=plots.GREY, ls="--", label="centered, float32")
slopes = slope(left, 1e-6, 1e-2), slope(both, 1e-4, 1e-1), slope(left, 1e-14, 1e-10), slope(both, 1e-13, 1e-7)
plt.text(2e-6, 1e-5, f"slope {slopes[0]:.2f}", color=plots.BLUE, ha="right")
plt.text(2e-3, 1e-8, f"slope {slopes[1]:.2f}", color=plots.VERMILION)
plt.text(2e-14, 2e-5, f"slope {slopes[2]:.1f}", ha="right")
plt.gca().set(xlabel="step $h$", ylabel="mean relative error", ylim=(1e-13, 10))
plt.title("Too large a step truncates, too small a one drowns in rounding")
plt.legend(loc="upper center")
plt.show()
print(
    f"Slope where truncation rules | one-sided {slopes[0]:.2f}, centered {slopes[1]:.2f} |",
    f"where rounding rules | one-sided {slopes[2]:.1f}, centered {slopes[3]:.1f}",
)

# %% [markdown]
# **Centered is better: true.** Its error shrinks with $h^2$, the one-sided one only with $h$. At its best it
# has about 11 right digits, the other 8. That is what the second call of $f$ buys.
#
# **Smaller is better: false.** A float carries 16 digits. The two heights agree in most of them, and the
# subtraction leaves only the last few, which are rounding noise; dividing by $h$ blows that up as $1/h$. The
# best step balances both: about $10^{-5}$ for centered, $10^{-8}$ for one-sided. In **float32**, 7 digits, even
# the best step leaves an error near $10^{-5}$: *check gradients in float64*.

# %% [markdown]
# ## 3. Check a few places: the spot check
#
# A small network has thousands of weights, and each costs two runs of the network. So draw some entries at
# random, measure the slope only there, and compare it with the gradient that your formula gives, the
# **analytic** one. Report the worst relative error.
#
# By hand: $f(x) = x_1^2 + 3x_2$ at $(2, 5)$, and you claim the gradient $(4, 6)$. If entry 2 is drawn, the
# measured slope is 3, and $|3 - 6| / 9 = 0.333$: caught. If only entry 1 is drawn, the error is 0, and you
# know nothing about entry 2. More samples, more certainty.
#
# How to read the answer, for $h = 10^{-5}$ in float64: below $10^{-7}$, be happy. Above $10^{-2}$, it is almost
# surely wrong. Between them, think: small gradients, or a kink (section 5).
#
# *Source: Karpathy, CS231n course notes, "Gradient checks", 2015.*


# %% exercise="gradient_check"
def gradient_check(f, x, analytic, *, samples=10, h=1e-5, rng):
    """The largest relative error of a gradient at randomly drawn entries.

    f: maps an array of x's shape to a float.
    x: float64 array of any shape with at least one entry, the point.
    analytic: array of x's shape, the gradient of f at x that is to be checked.
    samples: int >= 1, how many entries are drawn, each equally likely, with or without replacement. It may
        exceed x.size.
    h: float > 0, the step of the centered difference.
    rng: a numpy.random.Generator, the only source of chance. It is called, so the next check draws others.

    At each drawn entry f is called twice, for the centered difference; elsewhere nothing is measured.
    Returns a float: the largest of abs(numeric - analytic) / max(1e-8, abs(numeric) + abs(analytic)) over the
    drawn entries; NaN if either of the two is NaN at one of them. Afterwards x is bit for bit what it was, and
    analytic too. Source: Karpathy 2015.
    """
    ### BEGIN SOLUTION
    drawn = rng.permutation(x.size)[:samples]

    def at(values):
        moved = x.copy()
        moved.flat[drawn] = values
        return f(moved)

    return relative_error(numerical_gradient(at, x.flat[drawn], h), analytic.flat[drawn])
    ### END SOLUTION


# %% test="gradient_check"
check(gradient_check)

# %% [markdown]
# > **How do I draw an entry of an array of any shape?** Draw a place in the flattened array,
# > `rng.integers(x.size)`, and turn it into an index with `np.unravel_index(place, x.shape)`. Or index the
# > array's flat view: `x.flat[place]`.
# >
# > **May I use my `relative_error` and `numerical_gradient`?** Yes. But if they are wrong, this will be too.
# >
# > **My error is sometimes $10^{-11}$, sometimes $10^{-8}$?** Other entries are drawn each time. Where a
# > gradient is small, the rounding noise weighs more.

# %% [markdown]
# ## 4. Build a layer: affine
#
# A layer is a **pair** of functions. The forward computes `out` and returns it with a `cache`: whatever the
# backward will need, in a form of your choice. The backward gets `dout`, the gradient of the loss with
# respect to `out`, and returns the gradients with respect to each input of the forward, in the same order.
#
# The affine layer flattens each example to a row of $D$ numbers. Then each output is a weighted sum of them:
#
# $$out = x\,w + b, \qquad dx = dout\; w^T, \qquad dw = x^T dout, \qquad db = \textstyle\sum_n dout_n$$
#
# Where does $dw = x^T dout$ come from? $w_{ij}$ appears in $out_{nj}$ for every example $n$, times
# $x_{ni}$. So by the chain rule its gradient is $\sum_n x_{ni}\, dout_{nj}$. That is entry $(i, j)$ of
# $x^T dout$. $b_j$ appears in $out_{nj}$ of every $n$ too, times 1: sum over $n$.

# %% [markdown]
# By hand, $N = 1$: $x = (1, 2)$, $w = \begin{pmatrix}1 & 0\\ 3 & -1\end{pmatrix}$, $b = (0, 5)$. Then
# $out = (1 + 6,\; 0 - 2 + 5) = (7, 3)$. Let $dout = (1, 10)$. Then $dx = (1\cdot1 + 10\cdot0,\; 1\cdot3 - 10\cdot1)
# = (1, -7)$, $dw = \begin{pmatrix}1 & 10\\ 2 & 20\end{pmatrix}$ and $db = (1, 10)$.
#
# **If you forget a formula, let the shapes tell you.** $dw$ must have the shape of $w$, $(D, M)$. You have $x$,
# $(N, D)$, and $dout$, $(N, M)$. Only $x^T dout$ fits.
#
# **Write it with matrix products.** Loops are just as right, but the experiments call your layer a hundred thousand
# times: with loops they take minutes, not seconds.
#
# *Source: Rumelhart, Hinton and Williams 1986.*


# %% exercise="affine"
def affine_forward(x, w, b):
    """Forward pass of an affine layer: each example, flattened to D numbers, times w, plus b.

    x: (N, d1, ..., dk) float array of N examples, k >= 1. With D = d1 * ... * dk, each is flattened in NumPy's
        usual order, as by x.reshape(N, D).
    w: (D, M) float array, the weights.
    b: (M,) float array, the biases.

    Returns (out, cache): out is the (N, M) array x w + b, float32 if x, w and b are; cache is whatever
    affine_backward needs. Changes none of its arguments, not x's shape either.
    """
    ### BEGIN SOLUTION
    return x.reshape(len(x), -1) @ w + b, (x, w)
    ### END SOLUTION


def affine_backward(dout, cache):
    """Backward pass of an affine layer.

    dout: (N, M) array, the gradient of the loss with respect to out.
    cache: what affine_forward returned as its second result.

    Returns (dx, dw, db), the gradients of the loss with respect to x, w and b, each of their shape: dx is
    (N, d1, ..., dk). Nothing is divided by N. float32 comes out if float32 went in.
    Changes neither dout nor what is in cache: a second call gives the same. Source: Rumelhart et al. 1986.
    """
    ### BEGIN SOLUTION
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)
    ### END SOLUTION


# %% test="affine"
check(affine_forward, affine_backward)

# %% [markdown]
# ### Check your layer with your own instrument
#
# A gradient check needs a function that returns *one* number, and a layer returns an array. The trick: weigh
# all outputs with random numbers and add up, $f = \sum out \cdot dout$. Its gradient with respect to `out` is
# just `dout`, which is what the backward expects. This is how you will check every layer you ever write.

# %% tags=["experiment"]
rng = np.random.default_rng(1)
x, w, b, dout = (rng.standard_normal(shape) for shape in ((5, 3, 4), (12, 6), (6,), (5, 6)))
dx, dw, db = affine_backward(dout, affine_forward(x, w, b)[1])
errors = {
    "dx": gradient_check(lambda x: np.sum(affine_forward(x, w, b)[0] * dout), x, dx, rng=rng),
    "dw": gradient_check(lambda w: np.sum(affine_forward(x, w, b)[0] * dout), w, dw, rng=rng),
    "db": gradient_check(lambda b: np.sum(affine_forward(x, w, b)[0] * dout), b, db, rng=rng),
    "dw / N": gradient_check(lambda w: np.sum(affine_forward(x, w, b)[0] * dout), w, dw / len(x), rng=rng),
}
bars = plt.barh(list(errors), list(errors.values()), color=[plots.BLUE] * 3 + [plots.VERMILION])
plt.axvspan(1e-12, 1e-7, color=plots.GREEN, alpha=0.15, lw=0, zorder=0)
plt.text(1.5e-12, 3.6, "below $10^{-7}$: be happy", color=plots.GREEN, va="center")
plt.gca().set(xscale="log", xlim=(1e-12, 2), xlabel="largest relative error of 10 entries", ylim=(3.9, -0.6))
plt.title("Three gradients that hold, and one that somebody divided by N")
plt.show()
print(f"Below 1e-7: {', '.join(k for k in errors if errors[k] < 1e-7)} | dw / N: {errors['dw / N']:.3f}")

# %% [markdown]
# The error $0.667$ tells the mistake: if analytic is $1/5$ of numeric, then $|1 - 0.2| / 1.2 = 0.667$. An error
# of $0.333$ is a forgotten factor of 2, and exactly 1 is a wrong sign, or a gradient of 0.

# %% [markdown]
# ## 5. Bend the line: ReLU
#
# Stacked affine layers are one affine layer. What makes a network more than that is a bend between them. The
# ReLU (rectified linear unit) is the simplest: negative numbers become 0, all others pass.
#
# $$out = \max(0, x), \qquad dx = dout \cdot [x > 0]$$
#
# $[x > 0]$ is 1 where it holds and 0 elsewhere: where the number passed, so does its gradient; where it was
# cut, nothing that you do to $x$ changes `out`. By hand: $x = (-2, 0, 3)$, $dout = (5, 6, 7)$ gives
# $out = (0, 0, 3)$ and $dx = (0, 0, 7)$. At exactly 0 there is no derivative: left of it the slope is 0, right of
# it 1. **We take 0**, as most libraries do.
#
# *Source: Nair and Hinton 2010.*


# %% exercise="relu"
def relu_forward(x):
    """Forward pass of a ReLU: max(0, x), entry by entry.

    x: float array of any shape.

    Returns (out, cache): out has x's shape and dtype; cache is whatever relu_backward needs.
    Does not change x. Source: Nair and Hinton 2010.
    """
    ### BEGIN SOLUTION
    return np.maximum(0, x), x
    ### END SOLUTION


def relu_backward(dout, cache):
    """Backward pass of a ReLU: dout where x > 0, and 0 elsewhere, also at x = 0.

    dout: array of x's shape, the gradient of the loss with respect to out.
    cache: what relu_forward returned as its second result.

    Returns dx, one array of x's shape, float32 if x and dout are. Changes neither dout nor what is in cache: a
    second call gives the same.
    """
    ### BEGIN SOLUTION
    return dout * (cache > 0)
    ### END SOLUTION


# %% test="relu"
check(relu_forward, relu_backward)

# %% [markdown]
# ### Watch a kink fool the check
#
# *Claim: an error above $10^{-2}$ means that the gradient is wrong.* We take gradients that are right, of an
# affine layer and a ReLU on real digits, and check all weights. While we move one weight by $\pm h$, some
# example may carry a unit across its kink at 0. There the centered difference averages the slopes of both
# sides.

# %% tags=["experiment"]
digits = load("digits")
rng = np.random.default_rng(2)
w, b = rng.standard_normal((64, 20)) / 8, 0.1 * rng.standard_normal(20)
dout = rng.standard_normal((500, 20))


def errors_and_crossings(N, h):
    """For each weight, on N images: its relative error, and whether it carries some image across a kink."""
    images = digits.X_train[:N]
    before, cache1 = affine_forward(images, w, b)
    cache2 = relu_forward(before)[1]
    analytic = affine_backward(relu_backward(dout[:N], cache2), cache1)[1]
    numeric = numerical_gradient(
        lambda w: np.sum(relu_forward(affine_forward(images, w, b)[0])[0] * dout[:N]), w.copy(), h
    )
    errors = np.abs(numeric - analytic) / np.maximum(1e-8, np.abs(numeric) + np.abs(analytic))
    reach = h * images.reshape(N, 64, 1)
    return errors.ravel(), np.any(np.abs(before[:, None, :]) < reach, axis=0).ravel()


# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(2, 3))
xs = np.linspace(-0.3, 0.3, 121)
numeric = [numerical_gradient(lambda x: np.sum(relu_forward(x)[0]), np.array([x]), 0.1)[0] for x in xs]
left.plot(xs, relu_backward(np.ones_like(xs), relu_forward(xs)[1]), color=plots.BLACK, label="true")
left.plot(xs, numeric, color=plots.VERMILION, ls="--", label="measured")
left.set(xlabel="$x$", ylabel="slope", title="ReLU's slope, $h = 0.1$")
left.legend(loc="upper left")
errors, crossed = errors_and_crossings(500, 1e-3)
bins = np.linspace(-13, 0, 40)
for some, color, label in ((~crossed, plots.BLUE, "no kink crossed"), (crossed, plots.VERMILION, "a kink crossed")):
    right.hist(np.log10(np.maximum(errors[some], 1e-13)), bins, color=color, alpha=0.8, label=label)
right.set(
    xlabel="log10 of the relative error", ylabel="weights", title="1,280 right gradients, 500 images, $h = 0.001$"
)
right.legend()
plt.show()
at_zero = gradient_check(lambda x: np.sum(relu_forward(x)[0]), np.zeros(1), np.zeros(1), rng=rng)
report = [f"error at exactly 0: {at_zero:.0f}"]
for N, h in ((500, 1e-3), (500, 1e-5), (10, 1e-3)):
    errors, crossed = errors_and_crossings(N, h)
    report.append(f"{N} images, h = {h:g}: {np.sum(errors > 0.01)}, without a kink {np.sum(errors[~crossed] > 0.01)}")
print("Right gradients with an error above 0.01 |", " | ".join(report))

# %% [markdown]
# **The claim fails at kinks.** At exactly 0 the right answer gets the worst possible error: 0 against a measured
# 0.5. On the digits, 125 of 1,280 right gradients have an error above 0.01, and every single one carries some
# image across a kink.
#
# So, before you search for a bug: take a **smaller step**, take **few images** (fewer kinks to cross), or move the
# point away from the kink. A bug stays when you do that, a kink goes. (Our own checks move their numbers away from
# kinks.)

# %% [markdown]
# ## 6. Turn scores into a loss: softmax
#
# The last layer gives each example $C$ scores, one a class. The softmax turns them into probabilities, and
# the loss is the surprise at the right class $y$, averaged over the examples:
#
# $$p_{nc} = \frac{e^{s_{nc}}}{\sum_k e^{s_{nk}}}, \qquad L = -\frac{1}{N}\sum_n \log p_{n y_n}, \qquad ds = \frac{1}{N}(p - \mathrm{onehot}(y))$$
#
# The gradient is simple: the probability, minus 1 at the right class, over $N$. It pulls the right score
# up and pushes the others down. By hand: scores $(0, \log 3)$, $y = 0$. Then $p = (1/4, 3/4)$, the loss is
# $\log 4 = 1.386$ and $ds = (-0.75, 0.75)$. Each row of $ds$ adds up to 0: that is a quick test.
#
# *Source: Bridle 1990.*

# %% [markdown]
# > **Why does my loss become `inf` or `nan`?**
# >
# > $e^{710}$ is more than a float can hold. Adding a constant to all scores of an example changes no
# > probability: it cancels in the fraction. So **subtract each row's largest score first**. Then the largest
# > exponential is $e^0 = 1$, and nothing overflows.
# >
# > That is half of it. A probability can still *under*flow to 0, and $\log 0$ is $-\infty$. So never take the
# > log of $p$. Write the log of the fraction out: $\log p_c = s_c - \log \sum_k e^{s_k}$, with the shifted $s$.
# >
# > A small number added inside the log hides the trouble, and makes every loss a little wrong.


# %% exercise="softmax_loss"
def softmax_loss(scores, y):
    """Softmax loss, also called cross-entropy: the mean over the examples of -log p[y], and its gradient.

    scores: (N, C) float array, one row of scores an example. Right also for scores of 1e4 and -1e4.
    y: (N,) int array, the right classes, from 0 to C - 1.

    Returns (loss, dscores): a float >= 0, and the (N, C) gradient of the loss with respect to scores, float32
    if scores is. log is the natural logarithm. Changes none of its arguments. Source: Bridle 1990.
    """
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores / len(y)
    ### END SOLUTION


# %% test="softmax_loss"
check(softmax_loss)

# %% [markdown]
# ## 7. Ask for a margin: the hinge loss
#
# The multiclass SVM (support vector machine) has another idea of a good score. It does not care for
# probabilities. It wants the right score to beat every other by a margin $m$, and is content when it does:
#
# $$L = \frac{1}{N} \sum_n \sum_{j \ne y_n} \max(0,\; s_{nj} - s_{n y_n} + m)$$
#
# By hand: scores $(3, 2.5, 1)$, $y = 0$, $m = 1$. Class 1: $\max(0, 2.5 - 3 + 1) = 0.5$. Class 2:
# $\max(0, 1 - 3 + 1) = 0$. The loss is $0.5$. Each class $j$ that violates the margin gets the gradient $1$,
# and the right class gets minus the *number* of violators: $(-1, 1, 0)$, all over $N$. At the kink,
# where a class misses by exactly 0, the gradient is 0.
#
# *Source: Weston and Watkins 1999.*


# %% exercise="hinge_loss"
def hinge_loss(scores, y, margin=1.0):
    """Multiclass SVM loss: the mean over the examples of the sum over j != y of max(0, s_j - s_y + margin).

    scores: (N, C) float array, one row of scores an example.
    y: (N,) int array, the right classes, from 0 to C - 1.
    margin: float > 0, by how much the right score should win.

    Returns (loss, dscores): a float >= 0, and the (N, C) gradient of the loss with respect to scores, float32
    if scores is. Where s_j - s_y + margin is exactly 0, class j adds nothing to the gradient.
    Changes none of its arguments. Source: Weston and Watkins 1999.
    """
    ### BEGIN SOLUTION
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)
    ### END SOLUTION


# %% test="hinge_loss"
check(hinge_loss)

# %% [markdown]
# ### Compare what the two losses want
#
# *Claim: the softmax loss is never satisfied, the hinge loss stops at its margin.* Three classes, the wrong
# ones score 0, and we raise the right one.

# %% tags=["experiment"]
rights = np.linspace(-3, 6, 181)
figure, (left, right) = plt.subplots(1, 2)
report = []
for loss_fn, color, line in ((softmax_loss, plots.BLUE, "-"), (hinge_loss, plots.VERMILION, "--")):
    pairs = [loss_fn(np.array([[s, 0.0, 0.0]]), np.array([0])) for s in rights]
    left.plot(rights, [loss for loss, _ in pairs], line, color=color, label=loss_fn.__name__)
    right.plot(rights, [dscores[0, 0] for _, dscores in pairs], line, color=color)
    loss, dscores = pairs[-1]
    report.append(f"{loss_fn.__name__} {loss:.4f}, pull on the right score {abs(dscores[0, 0]):.4f}")
left.set(xlabel="score of the right class", ylabel="loss", title="Loss")
right.set(xlabel="score of the right class", ylabel="gradient for it", title="Pull on the right score")
left.legend()
plt.show()
print("The right class ahead by 6 |", " | ".join(report))

# %% [markdown]
# **True.** The softmax always asks for a bit more; its pull fades but never ends. The hinge loss pulls with all
# its force until the margin is reached, and then not at all. Its gradient is a staircase: a numeric check near
# a step sees a kink.

# %% [markdown]
# ## 8. Put it together: a network with one hidden layer
#
# Affine, ReLU, affine, softmax loss. You have all the pieces; the forward runs them in order, the backward in
# reverse, each one's gradient being the next one's `dout`. One thing is new, **regularisation**: the loss
# also charges for large weights.
#
# $$L = \text{softmax loss} + reg \left(\textstyle\sum W_1^2 + \sum W_2^2\right), \qquad dW \mathrel{+}= 2\, reg\, W$$
#
# By hand: $W = (3, -1)$ and $reg = 0.1$ add $0.1 \cdot (9 + 1) = 1$ to the loss and $(0.6, -0.2)$ to $dW$. Some
# write $\frac{1}{2} reg \sum W^2$, so that the 2 disappears. **Graded here: no 1/2**, so the 2 stays. Biases
# are not charged.
#
# *Source: Rumelhart, Hinton and Williams 1986; the penalty Krogh and Hertz 1992.*

# %% [markdown]
# > **May I use my own layers and my softmax loss?** Yes, that is what they are for. But if one of them is wrong, the
# > net will be too.
# >
# > **The loss is right and a gradient is wrong. Where do I look?** Start at the end. The backward runs from the loss
# > to the input, so a mistake spoils everything *before* it in the net. If `b2` and `W2` are right and `W1` and `b1`
# > are not, it lies between: at the ReLU, or in the gradient for the hidden layer. If only the weights are wrong and
# > no bias, think of the regularisation.
# >
# > **Why is the data loss a mean and the penalty not?** So that neither depends on the size of the batch.


# %% exercise="two_layer_loss"
def two_layer_loss(params, X, y, reg):
    """Loss and gradients of the net affine - ReLU - affine - softmax, with the penalty reg * (sum W1^2 + sum W2^2).

    params: dict of float arrays W1 (D, H), b1 (H,), W2 (H, C), b2 (C,).
    X: (N, D) float array, the examples.
    y: (N,) int array, the right classes, from 0 to C - 1.
    reg: float >= 0, the strength of the regularisation. There is no 1/2 in it; biases are not penalised.

    Returns (loss, grads): a float, the mean softmax loss plus the penalty; and a dict with the keys of params,
    grads[key] being the gradient of the loss with respect to params[key], of its shape, float32 if params and X
    are. Changes none of its arguments.
    """
    ### BEGIN SOLUTION
    before, affine1 = affine_forward(X, params["W1"], params["b1"])
    hidden, relu = relu_forward(before)
    scores, affine2 = affine_forward(hidden, params["W2"], params["b2"])
    data_loss, dscores = softmax_loss(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, affine2)
    _, dW1, db1 = affine_backward(relu_backward(dhidden, relu), affine1)
    loss = data_loss + reg * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))
    return loss, {"W1": dW1 + 2 * reg * params["W1"], "b1": db1, "W2": dW2 + 2 * reg * params["W2"], "b2": db2}
    ### END SOLUTION


# %% test="two_layer_loss"
check(two_layer_loss)

# %% [markdown]
# ### Know the first loss before you run
#
# A new net with small weights knows nothing: all scores are near 0, each of the 10 classes gets the probability
# $1/10$, and the loss is $-\log \frac{1}{10} = \ln 10 = 2.3026$. With regularisation it is more. How much? $n$
# weights drawn with standard deviation $\sigma$ have $\mathbb{E}\sum W^2 = n\sigma^2$. So you know
# beforehand:
#
# $$\mathbb{E} L_{first} = \ln C + reg \cdot n\, \sigma^2$$
#
# *Claims, from the lecture: a 3072-50-10 net starts at 2.30 without regularisation, and at 3.07 with
# $reg = 1000$.* The second number must follow from ours: $n = 3072 \cdot 50 + 50 \cdot 10 = 154{,}100$.


# %% tags=["experiment"]
def new_net(sizes, sigma, seed):
    """Random weights with standard deviation sigma, biases 0, for sizes (D, H, C)."""
    rng, (D, H, C) = np.random.default_rng(seed), sizes
    W1, W2 = sigma * rng.standard_normal((D, H)), sigma * rng.standard_normal((H, C))
    return {"W1": W1, "b1": np.zeros(H), "W2": W2, "b2": np.zeros(C)}


def first_losses(sizes, sigma, reg, X, y, seeds=10):
    """The first losses of some new nets."""
    return np.array([two_layer_loss(new_net(sizes, sigma, seed), X, y, reg)[0] for seed in range(seeds)])


X, y = digits.X_train[:200].reshape(200, 64), digits.y_train[:200]
X_wide = np.tile(X, 48)  # 3072 numbers an image, as in the lecture

# %% tags=["experiment"]
sigmas, fine = 10.0 ** np.arange(-4, 0.1, 0.25), 10.0 ** np.arange(-4, 0.1, 0.02)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for reg, color, marker in ((0, plots.BLUE, "o"), (0.01, plots.ORANGE, "s"), (1, plots.VERMILION, "^")):
    measured = [first_losses((64, 50, 10), sigma, reg, X, y).mean() for sigma in sigmas]
    left.plot(fine, np.log(10) + reg * 3700 * fine**2, color=plots.BLACK, lw=1, ls="--")
    left.plot(sigmas, measured, marker, color=color, label=f"reg = {reg}")
left.set(
    xscale="log", ylim=(1.8, 8), xlabel=r"$\sigma$ of the weights", ylabel="first loss", title="64-50-10 on digits"
)
left.legend(title="dashed: predicted")
regs = np.array([0, 250, 500, 750, 1000])
ours = np.array([first_losses((3072, 50, 10), 1e-4, reg, X_wide, y, seeds=5) for reg in regs])
right.plot(regs, np.log(10) + regs * 154100e-8, color=plots.BLACK, lw=1, ls="--", label="predicted")
right.plot(regs, ours.mean(axis=1), "o", color=plots.BLUE, label="ours")
right.plot(regs, np.log(10) + regs * 154100e-8 / 2, color=plots.GREY, lw=1, ls=":", label="predicted with a 1/2")
right.plot([0, 1000], [2.3026, 3.0686], "*", ms=13, color=plots.ORANGE, mec=plots.BLACK, label="the lecture")
right.set(xlabel="reg", title=r"3072-50-10, $\sigma = 0.0001$")
right.legend()
plt.show()
print(
    f"First loss, 3072-50-10 | reg 0: measured {ours[0].mean():.4f}, ln 10 = {np.log(10):.4f} |",
    f"reg 1000: predicted {np.log(10) + 1.541:.3f}, measured {ours[-1].mean():.2f} | with a 1/2 {np.log(10) + 0.7705:.3f}",
)

# %% [markdown]
# **2.30: true**, as long as the weights are small. Beyond $\sigma \approx 0.1$ the net starts out with strong and
# wrong opinions, and the loss grows without any regularisation.
#
# **3.07: not for our loss.** Ours starts at 3.84. With a 1/2 in the penalty we would expect
# $2.303 + 0.771 = 3.073$, and one draw of the weights scatters by $0.003$: the lecture's 3.069 fits. (No 1/2 and a
# smaller $\sigma$, $0.00007$, would fit as well. The slide does not say.) So the number on a slide rests on $reg$,
# $\sigma$, the size and a convention. Derive your own before you compare.

# %% [markdown]
# ### Written question 1: what can a first loss tell? (4 points)
#
# - (a) A new net with tiny weights has 5 classes and the hinge loss with margin 1, no regularisation. Which
#   first loss do you expect? Derive it.
# - (b) Somebody's 10-class softmax net with tiny weights starts at 73.7 without regularisation, on a batch of
#   32. What is probably wrong, and how do you know?
# - (c) Another net starts at 2.3026, as it should. Name a mistake in its backward pass that this value cannot
#   see, say why not, and which tool sees it.
#
# *Rubric. 1 point: (a) gives the value and where it comes from. 1 point: (b) names the mistake and shows the
# numbers that betray it. 2 points: (c) a mistake in the backward with the reason why the loss does not see it
# (1), and a check that does, with what it would report (1).*

# %% [markdown] written="first_loss" points=4
# ### BEGIN SOLUTION
# (a) All scores are near 0, so each of the 4 wrong classes gives $\max(0, 0 - 0 + 1) = 1$. The mean over the
# examples of their sum is 4, in general $(C - 1)\, m$.
#
# (b) $73.7 / 32 = 2.303 = \ln 10$. The loss is summed over the batch instead of averaged.
#
# (c) For example, `relu_backward` without its mask. The first loss comes from the forward pass alone; no
# backward function has been called yet, so no mistake in one can change it. A gradient check of `W1` on a
# few examples sees it: where a unit was cut, the measured slope lacks that unit's part, and the relative error
# is of order 1 at most entries, whatever the step.
# ### END SOLUTION

# %% [markdown]
# ### Count how many samples you need
#
# *Claim: ten random entries are enough for a check.* We break the gradients of a 64-50-10 net in three ways, as
# people do. Your spot check looks at all 3,760 parameters as one long vector. How often does it notice? If a
# share $q$ of the entries is wrong, $k$ samples miss them all with probability $(1 - q)^k$.

# %% tags=["experiment"]
params = new_net((64, 50, 10), 0.1, seed=0)
start = np.concatenate([params[key].ravel() for key in params])
cuts = np.cumsum([params[key].size for key in params])[:-1]


def net(vector):
    """The loss and the gradients as a function of one long vector."""
    parts = zip(params, np.split(vector, cuts), strict=True)
    return two_layer_loss({key: part.reshape(params[key].shape) for key, part in parts}, X[:10], y[:10], 0.1)


def as_vector(grads):
    return np.concatenate([grads[key].ravel() for key in params])


true = net(start)[1]
BUGS = {
    "W2 without its regularisation": true | {"W2": true["W2"] - 0.2 * params["W2"]},
    "b1 never filled in": true | {"b1": 0 * true["b1"]},
    "b2 is a mean, not a sum": true | {"b2": true["b2"] / 10},
}

# %% tags=["experiment"]
counts, rng, report = np.array([1, 3, 10, 30, 100]), np.random.default_rng(5), []
for (name, grads), color, marker in zip(BUGS.items(), (plots.BLUE, plots.ORANGE, plots.VERMILION), "os^", strict=True):
    vector = as_vector(grads)
    entries = np.sum(vector != as_vector(true))
    share = entries / len(start)
    found = [
        np.mean([gradient_check(lambda v: net(v)[0], start, vector, samples=k, rng=rng) > 1e-3 for _ in range(100)])
        for k in counts
    ]
    plt.plot(counts, 100 * (1 - (1 - share) ** counts), color=color, lw=1, ls="--")
    plt.plot(counts, 100 * np.array(found), marker, color=color, ms=7, label=f"{name} ({entries} entries wrong)")
    report.append(f"{name}: predicted {100 * (1 - (1 - share) ** 10):.0f}%, measured {100 * found[2]:.0f}%")
plt.gca().set(
    xscale="log", xlabel="samples", ylabel="checks that notice, in %", ylim=(-3, 135), yticks=range(0, 101, 20)
)
plt.title("A spot check of 3,760 parameters as one vector (dashed: predicted)")
plt.legend(loc="upper left")
plt.show()
alone = gradient_check(
    lambda b2: two_layer_loss(params | {"b2": b2}, X[:10], y[:10], 0.1)[0], params["b2"], true["b2"] / 10, rng=rng
)
print("Noticed with 10 samples |", " | ".join(report), f"| b2 checked by itself: error {alone:.3f}")

# %% [markdown]
# **True for a mistake in a large array, false for one in a small array.** Ten samples of the long vector nearly
# always miss a wrong `b2`: only 10 of 3,760 entries are wrong. (`b1` has 50, but for 10 units no image passes the
# ReLU: there 0 is right.) More samples help slowly. What helps at once is
# to **check each array by itself**: then 10 samples of `b2` cannot miss. And note what all three broken nets
# have in common: their first loss is exactly right.

# %% [markdown]
# ### Written question 2: a bug, or a kink? (4 points)
#
# A friend checks the gradient of a ReLU net, in float64, with $h = 10^{-4}$, on 500 images, with 200 samples
# from `W1`. The largest relative error is 0.004. Most of the 200 are below $10^{-7}$.
# - (a) Give three explanations that fit: one of them harmless for training, one a real mistake in the backward
#   pass.
# - (b) For each, say what you would change in the check, and what you would expect to see if it is the cause.
# - (c) Which do you try first, and why?
#
# *Rubric. 1 point: three different explanations that can produce a rare, small error. 2 points: for each a
# change that separates it from the others, with the expected outcome (1 if only two of them separate). 1 point:
# a first step with a reason, using a measured number of this notebook.*

# %% [markdown] written="bug_or_kink" points=4
# ### BEGIN SOLUTION
# (a) Kinks: moving a weight carries some image's unit across 0. Rounding: at some entries the gradient is tiny,
# so the noise of about $10^{-11}$ divided by it is not small. A mistake that touches few entries, or adds
# little: a unit treated wrongly at one border of the array, a mask with the wrong comparison, a small
# regularisation term left out.
#
# (b) Kinks: take 5 images instead of 500, or $h = 10^{-6}$; the large errors become fewer or go. In our
# experiment 125 weights were above 0.01 at $h = 10^{-3}$ and 3 at $h = 10^{-5}$. Rounding: look at the *absolute*
# difference and at the gradient's size; with a **larger** step this error shrinks as $1/h$. A mistake: the error
# stays the same whatever $h$ is and however few images there are, and it sits at the same entries in each check.
#
# (c) First fewer images: it is one line, it makes the check faster too, and kinks are the likeliest cause, since
# most entries are fine and 500 images offer many kinks. If an error above $10^{-7}$ remains, I print its entry and
# vary $h$.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | what it is for |
# |---|---|
# | `relative_error`, `numerical_gradient`, `gradient_check` | the instrument: trust no gradient that has not passed |
# | `affine_forward`, `affine_backward` | a layer, and the contract `out, cache` that all layers keep |
# | `relu_forward`, `relu_backward` | the bend between two layers |
# | `softmax_loss`, `hinge_loss` | scores and labels in, a number and its gradient out |
# | `two_layer_loss` | a whole network, ready for any rule that follows a gradient |

# %% [markdown]
# **What the claims were worth.** True as stated: centered differences beat one-sided ones; the first loss is
# $\ln C$; softmax is never satisfied, the hinge loss is. True from one side: ten samples are enough. Not true: a
# smaller step is better; a large error means a wrong gradient. And the lecture's 3.07 needs another
# convention or other weights than ours.
#
# **Where it is used next.** Notebook 02 adds activations to the ReLU and asks how large the first weights
# should be. 03 writes the rules that follow your gradients, 04 trains `two_layer_loss` with them. Every layer
# from here to the convolution of 08 is checked with what you built today.
