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
# # From SGD to Adam
#
# A gradient tells you which way is downhill. It does not tell you how far to go. Every rule in this
# notebook is an answer to that one question, and you will write all of them: SGD, momentum, Nesterov in two
# forms, AdaGrad, RMSProp, Adam and AdamW, and the loop that runs them. Most are three lines long.
#
# Then you test what lectures say about them. Some of it is true. Some is true only if you look from one
# side.

# %% [markdown]
# **You will build** nine functions. The last experiment trains a real network on real handwritten digits
# with them.
#
# **You need** NumPy arrays, and to know what a gradient is. You do not compute one here: it is handed to
# you.
#
# **It takes** two to three hours. Running everything takes less than a minute.
#
# **Not here:** where gradients come from (notebook 01), learning rates that change over time (04), and
# rules that use the second derivative (05).

# %% [markdown]
# ## How every rule is called
#
# ```python
# new_w, new_state = rule(w, dw, state, learning_rate=0.1)
# ```
# - `w` is what you move, `dw` is the gradient of the loss at `w`. Both have the same shape, whatever it is.
# - `state` is the rule's memory. At the first step it is `None`. After that it is the dict that the rule
#   returned last time. Arrays in it have the shape of `w`, and a memory that does not exist yet counts as
#   all zeros.
# - **Nothing that comes in is changed.** A rule returns new arrays: `w + v`, never `w += v`.
# - `float32` comes out if `float32` goes in. `np.zeros_like(w)` keeps the dtype; `np.zeros(w.shape)` makes
#   float64.
# - What stands after the `*` in a signature is passed by its name: `learning_rate=0.1`.
#
# A check cell shows what holds and what does not. The number below it is your points.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Walk downhill: SGD
#
# The gradient points uphill, so walk the other way:
#
# $$w \leftarrow w - \alpha \, dw$$
#
# $\alpha$ is the learning rate. Say $w = (1, -2)$, $dw = (0.5, -1)$ and $\alpha = 0.1$. Then the new $w$ is
# $(1 - 0.05,\; -2 + 0.1) = (0.95, -1.9)$. The sign matters: one set of lecture notes has a plus in its
# code, and with a plus you climb. SGD remembers nothing, so its state is an empty dict.
#
# *Source: Robbins and Monro 1951. "Stochastic" only means that `dw` comes from a mini-batch.*


# %% exercise="sgd"
def sgd(w, dw, state, *, learning_rate):
    """One step of stochastic gradient descent.

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None or an empty dict; SGD has no memory.
    learning_rate: float > 0, the alpha of the formula.

    Returns (new_w, new_state): an array of w's shape and dtype, and the empty dict {}.
    Changes none of its arguments. Source: Robbins and Monro 1951.
    """
    ### BEGIN SOLUTION
    return w - learning_rate * dw, {}
    ### END SOLUTION


# %% test="sgd"
check(sgd)

# %% [markdown]
# ## 2. Walk many steps: the descent loop
#
# A rule makes one step. You now write the loop that makes many, with any rule. Keep every point on the way,
# so that we can draw the path. At each step: ask for the gradient where you are, let the rule step, and
# hand the state it returned to its next call.
#
# By hand: $f(w) = w^2/2$ has the gradient $w$. From $w_0 = 1$ with SGD and $\alpha = 0.5$, two steps give
# the rows $1,\; 0.5,\; 0.25$. Two steps, three rows: the start is one of them.


# %% exercise="minimize"
def minimize(rule, grad_fn, w0, steps, **hyper):
    """Walk downhill from w0 and record the path.

    rule: an update rule, rule(w, dw, state, **hyper) -> (new_w, new_state).
    grad_fn: maps a (D,) array w to the gradient there, a (D,) array. Called once a step, at the current w.
    w0: (D,) float array, the start.
    steps: int >= 0, the number of updates.
    hyper: passed on to the rule at every step, for example learning_rate=0.1.

    The first call of the rule gets the state None, every later call the state that the call before returned.
    Returns the trajectory, a (steps + 1, D) array: row 0 is w0, row i is w after i updates.
    Raises ValueError, with a message that names `steps`, if steps < 0. Changes none of its arguments.
    """
    ### BEGIN SOLUTION
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    trajectory, state = [w0], None
    for _ in range(steps):
        w, state = rule(trajectory[-1], grad_fn(trajectory[-1]), state, **hyper)
        trajectory.append(w)
    return np.stack(trajectory)
    ### END SOLUTION


# %% test="minimize"
check(minimize)

# %% [markdown]
# ### Watch SGD zig-zag
#
# Our test ground is a bowl that is $\kappa$ times steeper in one direction than in the other:
# $f(w) = \frac{1}{2}(w_1^2 + \kappa\, w_2^2)$. The number $\kappa$ is the **condition number**.
#
# *Claim: in such a bowl SGD is slow, because it zig-zags across the steep direction.*


# %% tags=["experiment"]
def bowl(kappa):
    """The bowl with condition number kappa: f(x, y), and the gradient of a (2,) array w."""
    return lambda x, y: (x**2 + kappa * y**2) / 2, lambda w: np.array([1, kappa]) * w


def steps_to(trajectory, distance):
    """The number of steps after which the trajectory stays within `distance` of 0; NaN if it never does."""
    far = np.flatnonzero(np.linalg.norm(trajectory, axis=1) > distance)
    arrived = np.max(far, initial=-1) + 1
    return arrived if arrived < len(trajectory) else np.nan


# %% tags=["experiment"]
f, grad = bowl(kappa=20)
w0 = np.array([-4.0, 1.2])
figure, axes = plt.subplots(1, 3, figsize=(10, 2.9), sharey=True)
report = []
for ax, rate, word in zip(axes, (0.02, 0.092, 0.1005), ("small", "near the limit", "beyond it"), strict=True):
    path = minimize(sgd, grad, w0, 200, learning_rate=rate)
    flips = np.sum(np.diff(np.sign(path[:, 1])) != 0)
    plots.contours(ax, f, (-4.6, 1), (-1.7, 1.7))
    ax.plot(*path[:40].T, "o-", color=plots.BLACK, ms=3, lw=1)
    plots.mark(ax, w0, (0, 0))
    ax.set(title=f"rate {rate}: {word}", xlabel="$w_1$")
    steps = steps_to(path, 0.05)
    report.append(f"{rate}: {'not there' if np.isnan(steps) else f'{steps} steps'}, {flips} sign flips")
axes[0].set_ylabel("$w_2$")
plt.show()
print("SGD to within 0.05 of the minimum, 200 steps at most |", " | ".join(report))

# %% [markdown]
# **The claim is half true.** At a small rate SGD does not zig-zag at all, and it is slower still. The
# zig-zag is what you see when you raise the rate as far as the steep direction lets you
# ($\alpha < 2/\kappa$ here). The real trouble is the spread: one rate has to serve a steep direction and a
# flat one. It is too big for the first or too small for the second.

# %% [markdown]
# ## 3. Gather speed: momentum
#
# Think of a ball that rolls. The gradient does not move it, it pushes it. The ball has a velocity $v$, and
# friction keeps the fraction $\rho$ of it at each step:
#
# $$v \leftarrow \rho\, v - \alpha\, dw, \qquad w \leftarrow w + v$$
#
# By hand: $w = 1$, $dw = 2$ at both steps, $\alpha = 0.1$, $\rho = 0.9$. Step one: $v = -0.2$, $w = 0.8$.
# Step two: $v = -0.18 - 0.2 = -0.38$, $w = 0.42$. If the gradient stayed at 2 for ever, $v$ would reach
# $-0.2/(1-\rho) = -2$: ten times the step of SGD. Pushes that alternate in sign cancel.
#
# *Source: Polyak 1964.*


# %% exercise="momentum"
def momentum(w, dw, state, *, learning_rate, rho=0.9):
    """One step of gradient descent with momentum: v = rho v - learning_rate dw, then w + v.

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (the velocity is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    rho: float in [0, 1), the fraction of the velocity that is kept.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'v': the new velocity}.
    Changes none of its arguments, nor the array in state. Source: Polyak 1964.
    """
    ### BEGIN SOLUTION
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * dw
    return w + v, {"v": v}
    ### END SOLUTION


# %% test="momentum"
check(momentum)

# %% [markdown]
# > **Where does momentum's other form come from?**
# >
# > Lecture slides and many libraries write $v \leftarrow \rho v + dw$ and then $w \leftarrow w - \alpha v$.
# > Their $v$ is a sum of gradients, yours is a distance: yours $= -\alpha\,\cdot$ theirs. While $\alpha$ is
# > constant, both walk the same path. When $\alpha$ changes they part: in your form, speed gathered at the
# > old rate stays in $v$; in the other, the new rate applies to all of it at once. Neither is wrong.
# > **Graded here: the form above.**


# %% tags=["experiment"]
def other_momentum(w, dw, state, *, learning_rate, rho=0.9):
    v = rho * (0 if state is None else state["v"]) + dw
    return w - learning_rate * v, {"v": v}


def roll(rule, rates):
    """The path from w = 1 on f(w) = w^2 / 2, with one learning rate a step."""
    path, state = [np.array([1.0])], None
    for rate in rates:
        w, state = rule(path[-1], path[-1], state, learning_rate=rate)
        path.append(w)
    return np.ravel(path)


# %% tags=["experiment"]
constant = np.full(40, 0.02)
dropped = np.where(np.arange(40) < 10, 0.02, 0.002)
figure, axes = plt.subplots(1, 2, sharey=True)
for ax, rates, title in zip(
    axes, (constant, dropped), ("constant rate", "a tenth of the rate from step 10"), strict=True
):
    ax.plot(roll(momentum, rates), color=plots.ORANGE, label=r"$v = \rho v - \alpha\,dw$,  $w + v$")
    ax.plot(roll(other_momentum, rates), "--", color=plots.BLUE, label=r"$v = \rho v + dw$,  $w - \alpha v$")
    ax.axhline(0, color=plots.GREY, lw=0.8)
    ax.set(title=title, xlabel="step")
axes[1].axvline(10, color=plots.GREY, ls=":", lw=1)
axes[0].set_ylabel("$w$")
axes[1].legend()
plt.show()
gaps = [np.abs(roll(momentum, rates) - roll(other_momentum, rates)).max() for rates in (constant, dropped)]
print(f"Largest distance between the two forms | constant rate: {gaps[0]:.4f} | rate dropped: {gaps[1]:.4f}")

# %% [markdown]
# ### Written question 1: port a training run (4 points)
#
# A training run used the other form, $v \leftarrow \rho v + dw$, $w \leftarrow w - \alpha v$. At epoch 30
# its schedule divides $\alpha$ by 10. You continue the run with *your* `momentum` from the checkpoint taken
# just before that drop.
# - (a) Which velocity do you put into your state, so that the next step **at the old rate** would be the
#   same?
# - (b) You drop the rate and change nothing else. How does your next step differ from theirs, and why?
# - (c) What one change to your state, at the moment of the drop, makes the two runs equal again?
#
# *Rubric. 1 point: (a) gives the conversion with its sign. 2 points: (b) writes both next steps with old
# and new rate (1) and says in words what the old velocity does in each (1). 1 point: (c) gives the factor,
# and it follows from (a).*

# %% [markdown] written="two_momentums" points=4
# ### BEGIN SOLUTION
# (a) Call their velocity $u$ and the old rate $\alpha$. Ours is $v = -\alpha u$. Check: ours moves by
# $\rho v - \alpha\,dw = -\alpha(\rho u + dw)$, which is their step.
#
# (b) The new rate is $\alpha' = \alpha/10$. They move by $-\alpha'(\rho u + dw)$. We move by
# $\rho v - \alpha' dw = -\alpha\rho u - \alpha' dw$. The two differ only in the old velocity: theirs is
# scaled down tenfold at once, ours coasts on at the old speed and decays by $\rho$ a step, so we slow down
# over about $1/(1-\rho)$ steps.
#
# (c) Multiply $v$ by $\alpha'/\alpha = 1/10$. Then $v = -\alpha' u$, and (a) holds with the new rate.
# ### END SOLUTION

# %% [markdown]
# ## 4. Look before you step: Nesterov
#
# Momentum computes the gradient where it stands, then jumps by $\rho v$ anyway. Nesterov's idea: the jump
# is already decided, so measure the gradient *where the jump ends*. If the ground rises there, you brake
# one step earlier.
#
# $$v \leftarrow \rho\, v - \alpha \nabla f(w + \rho\, v), \qquad w \leftarrow w + v$$
#
# By hand on $f(w) = w^2/2$: $w = 1$, $v = -0.2$, $\alpha = 0.1$, $\rho = 0.9$. Look ahead to
# $1 - 0.18 = 0.82$; the gradient there is $0.82$. So $v = -0.18 - 0.082 = -0.262$ and $w = 0.738$. Plain
# momentum would be at $0.72$: a bit faster, and a bit closer to overshooting. Only the *gradient* is taken
# ahead. The step starts from $w$.
#
# *Source: Nesterov 1983; in this form Sutskever, Martens, Dahl and Hinton 2013.*


# %% exercise="nesterov_lookahead"
def nesterov_lookahead(w, grad_fn, state, *, learning_rate, rho=0.9):
    """One step of Nesterov momentum with the gradient at the lookahead point w + rho v.

    w: float array of any shape, the weights.
    grad_fn: maps an array of w's shape to the gradient of the loss there, of the same shape.
    state: None at the first step (the velocity is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    rho: float in [0, 1), the fraction of the velocity that is kept.

    Returns (new_w, new_state): w + v, an array of w's shape and dtype, and {'v': the new velocity}.
    Changes none of its arguments, nor the array in state. Source: Sutskever et al. 2013.
    """
    ### BEGIN SOLUTION
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * grad_fn(w + rho * v)
    return w + v, {"v": v}
    ### END SOLUTION


# %% test="nesterov_lookahead"
check(nesterov_lookahead)

# %% [markdown]
# ## 5. Change the variable: Nesterov with the gradient at hand
#
# The lookahead form is awkward. A network gives you the gradient at its own weights, not somewhere ahead of
# them. The way out: *let the network hold the lookahead point*. Call it $\tilde w = w + \rho v$. A step
# moves $w$ to $w + v_{new}$, so the next lookahead point is
#
# $$\tilde w_{new} = w + v_{new} + \rho v_{new} = \tilde w - \rho v + (1 + \rho)\, v_{new}, \qquad v_{new} = \rho v - \alpha\, \nabla f(\tilde w)$$
#
# Write $w$ for $\tilde w$ again, and the gradient is at the point you hold. Mind which $v$ is the old one
# and which is the new one.

# %% [markdown]
# The example of section 4 again: $v = -0.2$ and $\tilde w = 0.82$, so $dw = 0.82$. As before
# $v_{new} = -0.262$. Then $\tilde w_{new} = 0.82 + 0.18 + 1.9 \cdot (-0.262) = 0.5022$. And section 4
# agrees: $w = 0.738$ there, and one look ahead from it is $0.738 - 0.9 \cdot 0.262 = 0.5022$.
#
# *Source: Bengio, Boulanger-Lewandowski and Pascanu 2013.*


# %% exercise="nesterov"
def nesterov(w, dw, state, *, learning_rate, rho=0.9):
    """One step of Nesterov momentum, rewritten so that the gradient is at w itself.

    With v_prev the velocity in state: v = rho v_prev - learning_rate dw, new_w = w - rho v_prev + (1 + rho) v.

    w: float array of any shape, the weights (the lookahead point of `nesterov_lookahead`).
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (the velocity is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    rho: float in [0, 1), the fraction of the velocity that is kept.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'v': the new velocity}.
    Changes none of its arguments, nor the array in state. Source: Bengio et al. 2013.
    """
    ### BEGIN SOLUTION
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w - rho * v_prev + (1 + rho) * v, {"v": v}
    ### END SOLUTION


# %% test="nesterov"
check(nesterov)

# %% [markdown]
# ### See that both forms are one rule
#
# The black path is the lookahead form. From each of its points a red arrow looks ahead by $\rho v$. Green
# diamonds are the rewritten form, run on its own. *Claim: each arrow ends in a diamond.*

# %% tags=["experiment"]
f, grad = bowl(kappa=20)
hyper = {"learning_rate": 0.02, "rho": 0.9}
path, ahead, state = [w0], [w0], None
for _ in range(14):
    w, state = nesterov_lookahead(path[-1], grad, state, **hyper)
    path.append(w)
    ahead.append(w + hyper["rho"] * state["v"])
path, ahead = np.array(path), np.array(ahead)
rewritten = minimize(nesterov, grad, w0, 14, **hyper)
figure, ax = plt.subplots(figsize=(8, 3))
plots.contours(ax, f, (-4.4, 1.8), (-1.1, 1.5))
ax.quiver(*path.T, *(ahead - path).T, color=plots.VERMILION, angles="xy", scale_units="xy", scale=1, width=0.003)
ax.plot(*path.T, "o-", color=plots.BLACK, ms=3, lw=1, label="lookahead form: $w$")
ax.plot(*rewritten.T, "D", color=plots.GREEN, ms=7, mfc="none", label=r"rewritten form: $\tilde w$")
ax.set(xlabel="$w_1$", ylabel="$w_2$", title=r"Every look ahead ends where the rewritten form stands")
ax.legend(loc="lower right")
plt.show()
print(f"Largest distance between look-ahead points and the rewritten form: {np.abs(ahead - rewritten).max():.6f}")

# %% [markdown]
# **True.** The two are one rule seen from two points. That is why libraries can offer Nesterov without
# asking for a function.
#
# ### Measure the overshoot
#
# *Claims: momentum overshoots the minimum. Nesterov does not, at the price of being slower.* We roll down
# $f(w) = w^2/2$ from $w = 1$ and measure how far each ball runs past 0, and when it has settled within
# 0.01.

# %% tags=["experiment"]
figure, axes = plt.subplots(1, 3, figsize=(10, 3), sharey=True)
report = []
for ax, rate in zip(axes, (0.01, 0.03, 0.1), strict=True):
    ax.axhline(0, color=plots.GREY, lw=0.8)
    ax.set(title=f"rate {rate}", xlabel="step")
    for rule in (momentum, nesterov):
        path = minimize(rule, lambda w: w, np.ones(1), 150, learning_rate=rate)
        ax.plot(path, **plots.style(rule), markevery=10)
        report.append(f"{rule.__name__} at {rate}: {-100 * path.min():.0f}%, {steps_to(path, 0.01):.0f} steps")
axes[0].set_ylabel("$w$")
axes[2].legend()
plt.show()
print("Overshoot in % of the start distance, steps to settle |", " | ".join(report))

# %% [markdown]
# **Momentum overshoots: true. Nesterov does not: false.** It overshoots too, but less, and the bigger the
# rate, the bigger its advantage. **Slower: false.** At equal rate and $\rho$ it settles first, because it
# wastes less on swinging back.

# %% [markdown]
# ### Race against the condition number
#
# *Claims: momentum cures bad conditioning. Nesterov's method always converges faster than momentum.* To be
# fair, each rule gets the learning rate and the $\rho$ that theory calls best for the bowl (Polyak 1964;
# Lessard, Recht and Packard 2016). We count the steps until the distance has shrunk a million times.


# %% tags=["experiment"]
def best(rule, kappa):
    """The best hyperparameters for a quadratic with curvatures from 1 to kappa."""
    q, s = np.sqrt(kappa), np.sqrt(3 * kappa + 1)
    return {
        "sgd": {"learning_rate": 2 / (kappa + 1)},
        "momentum": {"learning_rate": 4 / (q + 1) ** 2, "rho": ((q - 1) / (q + 1)) ** 2},
        "nesterov": {"learning_rate": 4 / (3 * kappa + 1), "rho": (s - 2) / (s + 2)},
    }[rule.__name__]


# %% tags=["experiment"]
kappas, report = np.array([10, 30, 100, 300, 1000]), []
for rule in (sgd, momentum, nesterov):
    counts = [
        steps_to(minimize(rule, bowl(kappa)[1], np.ones(2), 8 * kappa + 80, **best(rule, kappa)), 1.4e-6)
        for kappa in kappas
    ]
    slope = np.polyfit(np.log(kappas), np.log(counts), 1)[0]
    plt.loglog(kappas, counts, **plots.style(rule))
    plt.annotate(
        f"slope {slope:.2f}", (kappas[-1], counts[-1]), (8, 3 if rule is nesterov else -6), textcoords="offset points"
    )
    report.append(f"{rule.__name__} {slope:.2f} ({counts[-1]:.0f} steps at 1000)")
plt.gca().set(xlabel=r"condition number $\kappa$", ylabel="steps", xlim=(8, 2000))
plt.title("Momentum turns $\\kappa$ into $\\sqrt{\\kappa}$")
plt.legend()
plt.show()
print("Slope of log steps over log kappa |", " | ".join(report))

# %% [markdown]
# **Cures: nearly.** SGD needs about $\kappa$ steps, the two others about $\sqrt\kappa$: at $\kappa = 1000$
# that is about twenty times fewer. They still feel $\kappa$. **Always faster: false.** On a bowl, with both
# tuned, momentum wins: 315 steps against 438.
#
# What is proven is something else. Nesterov's rate holds for *every* smooth strongly convex function, while
# momentum with the bowl's tuning can circle for ever on some of them (Lessard, Recht and Packard 2016).
# Nesterov buys safety, not speed.

# %% [markdown]
# ## 6. Give each weight its own rate: AdaGrad
#
# So far all weights share one rate. AdaGrad keeps, for each weight, the sum of its squared gradients, and
# divides the step by the root of that sum. Steep directions take smaller steps, flat ones larger.
#
# $$cache \leftarrow cache + dw^2, \qquad w \leftarrow w - \alpha\, \frac{dw}{\sqrt{cache} + \varepsilon}$$
#
# All of it is elementwise. By hand, one weight with $\alpha = 0.1$: first $dw = 3$, so $cache = 9$ and the
# step is $0.1 \cdot 3/3 = 0.1$. Then $dw = 4$: $cache = 25$, the step is $0.1 \cdot 4/5 = 0.08$. The first
# step is always $\alpha$, whatever the gradient, unless it is 0. $\varepsilon$ stands **outside** the root; it only guards
# against $0/0$.
#
# *Source: Duchi, Hazan and Singer 2011.*


# %% exercise="adagrad"
def adagrad(w, dw, state, *, learning_rate, eps=1e-7):
    """One step of AdaGrad: cache = cache + dw^2, then w - learning_rate dw / (sqrt(cache) + eps).

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (the cache is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    eps: float > 0, added outside the root.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'cache': the new sum of squares}.
    Changes none of its arguments, nor the array in state. Source: Duchi, Hazan and Singer 2011.
    """
    ### BEGIN SOLUTION
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}
    ### END SOLUTION


# %% test="adagrad"
check(adagrad)

# %% [markdown]
# ### Turn the bowl
#
# *Claim: AdaGrad repairs bad conditioning, because it equalises steep and flat directions.* "Directions"
# hides a catch: AdaGrad sees weights, not directions. So we run it in the bowl as it is, and in the same
# bowl turned by 45°, where steep and flat are mixtures of both weights.

# %% tags=["experiment"]
kappas, report = np.array([10, 30, 100, 300]), []
figure, (left, right) = plt.subplots(1, 2)
for angle, color, name in ((0, plots.PURPLE, "along the axes"), (np.pi / 4, plots.BLUE, "turned by 45°")):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bowls = [turn @ np.diag([1, kappa]) @ turn.T for kappa in kappas]
    paths = [minimize(adagrad, H.dot, turn @ np.ones(2), 4500, learning_rate=0.3) for H in bowls]
    counts = [steps_to(path, 0.014) for path in paths]
    left.plot(*(paths[1] @ turn).T, "o-", color=color, ms=3, lw=1)
    right.loglog(kappas, counts, "o-", color=color, label=f"bowl {name}")
    report.append(f"{name}: {', '.join(f'{count:.0f}' for count in counts)}")
plots.contours(left, bowl(30)[0], (-0.2, 1.15), (-0.5, 1.15))
plots.mark(left, (1, 1), (0, 0))
left.set(xlabel="flat direction", ylabel="steep direction", title=r"$\kappa = 30$, seen along the bowl's own axes")
right.set(xlabel=r"condition number $\kappa$", ylabel="steps", title="The cure ends when the bowl turns")
right.legend()
plt.show()
print("AdaGrad's steps for kappa = 10, 30, 100, 300 |", " | ".join(report))

# %% [markdown]
# **True only along the axes.** There AdaGrad does not feel $\kappa$ at all, not even in the last digit:
# both weights walk the same path. Turned by 45° it needs about $\kappa$ steps, just like SGD. All the rules
# that follow divide weight by weight, so all of them have this blind spot. In a net nobody knows how the
# axes lie, and this is one reason why you have to measure.

# %% [markdown]
# ## 7. Forget the distant past: RMSProp
#
# AdaGrad's cache only grows, so its steps only shrink. RMSProp keeps a *running average* of the squares
# instead of their sum. What was long ago fades away:
#
# $$cache \leftarrow \beta\, cache + (1 - \beta)\, dw^2, \qquad w \leftarrow w - \alpha\, \frac{dw}{\sqrt{cache} + \varepsilon}$$
#
# $\beta$ is `decay_rate`. By hand with $\beta = 0.99$, $\alpha = 0.1$: first $dw = 3$,
# $cache = 0.01 \cdot 9 = 0.09$, and the step is $0.1 \cdot 3/0.3 = 1$. Then $dw = 4$:
# $cache = 0.0891 + 0.16 = 0.2491$, and the step is $0.1 \cdot 4/0.4991 = 0.801$.
#
# *Source: Tieleman and Hinton 2012, lecture 6.5 of a course; it was never a paper.*


# %% exercise="rmsprop"
def rmsprop(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """One step of RMSProp: AdaGrad with a running average of the squared gradients as its cache.

    cache = decay_rate cache + (1 - decay_rate) dw^2, then w - learning_rate dw / (sqrt(cache) + eps).

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (the cache is 0), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    decay_rate: float in [0, 1), the beta of the formula.
    eps: float > 0, added outside the root.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'cache': the new running average}.
    Changes none of its arguments, nor the array in state. Source: Tieleman and Hinton 2012.
    """
    ### BEGIN SOLUTION
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + (1 - decay_rate) * dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}
    ### END SOLUTION


# %% test="rmsprop"
check(rmsprop)

# %% [markdown]
# > **Why is my first step so big?**
# >
# > Look at the example: the learning rate is 0.1, the first step is 1. The cache starts at 0, and one
# > gradient fills only a hundredth of it. So the root is ten times too small, $\sqrt{0.01}\,|dw|$, and the
# > step ten times too big. With `decay_rate=0.9` it would be $1/\sqrt{0.1} \approx 3.2$ times. It is not
# > your bug: it is what the formula says. Adam repairs it in the next section.

# %% [markdown]
# ### See a step die
#
# *Claims: AdaGrad's step dies before it reaches the minimum. RMSProp's step stays alive, so it gets
# there.* The ground is $f(w) = \sqrt{1 + w^2}$, a slope of about 1 nearly everywhere, and the way is
# long: from $w = 20$.


# %% tags=["experiment"]
def slope(w):
    """The gradient of sqrt(1 + w^2): nearly 1 far from the minimum, 0 in it."""
    return w / np.sqrt(1 + w**2)


figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
report = []
for rule, line, hyper in (
    (adagrad, "-", {"learning_rate": 0.1}),
    (adagrad, "--", {"learning_rate": 1.0}),
    (rmsprop, "-", {"learning_rate": 0.1, "decay_rate": 0.9}),
):
    path = minimize(rule, slope, np.array([20.0]), 3000, **hyper)[:, 0]
    look = plots.style(rule) | {"label": f"{plots.style(rule)['label']}, rate {hyper['learning_rate']:g}"}
    left.plot(path, line, **look, markevery=300)
    right.loglog(np.arange(1, 3001), np.abs(np.diff(path)), line, **look, markevery=0.15)
    report.append(f"{look['label']}: step 1000 is {abs(path[1000] - path[999]):.4f}, ends at {abs(path[-1]):.2f}")
left.axhline(0, color=plots.GREY, lw=0.8)
left.set(xlabel="step", ylabel="$w$", title="At rate 0.1 AdaGrad crawls")
right.set(xlabel="step", ylabel="length of the step", title="RMSProp's step comes back to life", ylim=(1e-4, 3))
left.legend()
plt.show()
print("3000 steps from w = 20 |", " | ".join(report))

# %% [markdown]
# **Half true.** At rate 0.1 AdaGrad's steps fall like $1/\sqrt t$, and after 3000 of them it is not even
# close. But it crawls, it does not die: the sum of $1/\sqrt t$ has no end, and given about 12,000 steps it
# arrives. Give it ten times the rate and it arrives early and *settles*. RMSProp (here with decay rate 0.9) never settles. Its steps vanish for a moment when
# it arrives, but soon the cache has forgotten the slope, and then it hops from side to side by a full
# $\alpha$ for ever. A step that shrinks is a flaw far from the minimum and a virtue in it. That is what
# learning rate schedules are for (notebook 04).

# %% [markdown]
# ## 8. Put the two ideas together: Adam
#
# Momentum averages the gradients, RMSProp averages their squares. Adam does both, then repairs both for
# starting at 0:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\, dw \qquad v \leftarrow \beta_2 v + (1-\beta_2)\, dw^2$$
# $$\hat m = \frac{m}{1 - \beta_1^t} \qquad \hat v = \frac{v}{1 - \beta_2^t} \qquad w \leftarrow w - \alpha\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# $t$ is the number of this step, **1 for the first**. Two sets of lecture notes count from 0, and
# $1 - \beta^0 = 0$ divides by zero. What you store is $m$ and $v$ as they are, without the repair.
#
# *Source: Kingma and Ba 2015.*

# %% [markdown]
# By hand, $\alpha = 0.1$, $dw = 3$: $m = 0.1 \cdot 3 = 0.3$ and $v = 0.001 \cdot 9 = 0.009$. Repaired,
# $\hat m = 0.3/0.1 = 3$ and $\hat v = 0.009/0.001 = 9$. The step is $0.1 \cdot 3/3 = 0.1$: the learning
# rate itself.
#
# Now the gradient turns, $dw = -1$, and $t = 2$: $m = 0.27 - 0.1 = 0.17$,
# $v = 0.008991 + 0.001 = 0.009991$. Repaired, $\hat m = 0.17/0.19 = 0.895$,
# $\hat v = 0.009991/0.001999 = 4.998$. The step is $0.1 \cdot 0.895/2.236 = 0.040$, still in the old
# direction: the momentum at work.


# %% exercise="adam"
def adam(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam, with bias correction.

    m = beta1 m + (1 - beta1) dw, v = beta2 v + (1 - beta2) dw^2, and at step t = 1, 2, ...
    w - learning_rate m_hat / (sqrt(v_hat) + eps) with m_hat = m / (1 - beta1^t), v_hat = v / (1 - beta2^t).

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w.
    state: None at the first step (m and v are 0, no step is done), later the dict returned by the step before.
    learning_rate: float > 0, the alpha of the formula.
    beta1, beta2: floats in [0, 1), how much of the running averages of dw and dw^2 is kept.
    eps: float > 0, added outside the root.

    Returns (new_w, new_state): an array of w's shape and dtype, and {'m': m, 'v': v, 't': t}, where m and v are
    NOT corrected and the int t counts the steps done: 1 after the first.
    Changes none of its arguments, nor the arrays in state. Source: Kingma and Ba 2015.
    """
    ### BEGIN SOLUTION
    m, v, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else (state["m"], state["v"], state["t"])
    t = t + 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}
    ### END SOLUTION


# %% test="adam"
check(adam)

# %% [markdown]
# > **Why does Adam divide by the root?**
# >
# > Think in units. If the loss is in dollars and $w$ in metres, $dw$ is in dollars per metre. So is
# > $\sqrt{\hat v}$, and $\hat m/\sqrt{\hat v}$ has no unit at all: $\alpha$ alone says how far, in metres.
# > Measure the loss in cents, and every gradient is 100 times bigger, but Adam's path is the same. Divide
# > by $\hat v$ without the root, and the path would change a hundredfold, the wrong way round. Where
# > gradients agree, $|\hat m|/\sqrt{\hat v}$ is near 1; where they only jitter, it is near 0.

# %% [markdown]
# ### Leave out the correction
#
# *Claim: without bias correction Adam's first step is enormous, because the second moment still is near 0.*
# But the first moment is near 0 as well! With a gradient that stays the same we can measure who wins: the
# length of each step, in units of the learning rate.


# %% tags=["experiment"]
def uncorrected_lengths(beta2, steps=1000):
    """The moments are the same with and without the correction: Adam's own state tells the step without it."""
    w, state, lengths = np.zeros(1), None, []
    for _ in range(steps):
        w, state = adam(w, np.ones(1), state, learning_rate=1.0, beta2=beta2)
        lengths.append(float(state["m"][0] / np.sqrt(state["v"][0])))
    return np.array(lengths)


report = []
for beta2, line in ((0.999, "-"), (0.99, "--"), (0.9, ":")):
    lengths = uncorrected_lengths(beta2)
    plt.semilogx(np.arange(1, 1001), lengths, line, color=plots.BLUE, label=rf"uncorrected, $\beta_2 = {beta2}$")
    report.append(f"{beta2}: first {lengths[0]:.2f}, largest {lengths.max():.2f} at step {lengths.argmax() + 1}")
path = minimize(adam, np.ones_like, np.zeros(1), 1000, learning_rate=1.0)
plt.semilogx(np.arange(1, 1001), np.abs(np.diff(path[:, 0])), color=plots.VERMILION, label="Adam, corrected")
plt.gca().set(
    xlabel="step", ylabel="step / learning rate", title="Uncorrected, the worst step is the 12th, not the first"
)
plt.legend()
plt.show()
print("Uncorrected step in learning rates, for beta2 =", " | ".join(report))

# %% [markdown]
# **Exaggerated.** At the defaults the first step is $0.1/\sqrt{0.001} = 3.16$ rates long, not enormous. The
# worst comes later: about step 12, where $m$ has woken up and $v$ still sleeps, it is 6.6 rates. With
# $\beta_2 = 0.99$ the first step is exactly right, by accident, and with $\beta_2 = 0.9$ it is too *short*.
# (One set of notes says that starting at zero is meant to keep the first steps small. It does the
# opposite.) The correction makes all of this go away.

# %% [markdown]
# ## 9. Shrink the weights apart from the step: AdamW (beyond the lecture)
#
# To keep weights small one often adds $\frac{\lambda}{2} w^2$ to the loss, so $\lambda w$ to the gradient.
# With SGD that shrinks every weight by the same factor. With Adam it does not: $\lambda w$ goes into $m$
# and is divided by $\sqrt{\hat v}$ like all the rest. Weights with big gradients hardly shrink. AdamW takes
# the decay out of the gradient and does it on the side, with the **old** $w$:
#
# $$w \leftarrow w - \alpha\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon} - \alpha \lambda\, w$$
#
# By hand: $w = 2$, $dw = 3$, $\alpha = 0.1$, $\lambda = 0.01$. Adam's step is $-0.1$, the decay is
# $-0.1 \cdot 0.01 \cdot 2 = -0.002$: the new $w$ is $1.898$.
#
# You may call your `adam`. If you do, mend `adam` first: its mistake is then a mistake of `adamw` too.
#
# *Source: Loshchilov and Hutter 2019, with the learning rate in the decay, as libraries have it.*


# %% exercise="adamw"
def adamw(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """One step of AdamW: Adam's step on dw and, apart from it, minus learning_rate weight_decay w (the old w).

    w: float array of any shape, the weights.
    dw: array of w's shape, the gradient of the loss at w, without any weight decay in it.
    state: None at the first step, later the dict returned by the step before: Adam's.
    learning_rate, beta1, beta2, eps: as in `adam`.
    weight_decay: float >= 0, the lambda of the formula; with 0 this is Adam.

    Returns (new_w, new_state): an array of w's shape and dtype, and Adam's state {'m': m, 'v': v, 't': t}.
    Changes none of its arguments, nor the arrays in state. May call `adam`. Source: Loshchilov and Hutter 2019.
    """
    ### BEGIN SOLUTION
    new_w, state = adam(w, dw, state, learning_rate=learning_rate, beta1=beta1, beta2=beta2, eps=eps)
    return new_w - learning_rate * weight_decay * w, state
    ### END SOLUTION


# %% test="adamw"
check(adamw)

# %% [markdown]
# ### Watch who shrinks
#
# *Claim: decay inside Adam's gradient shrinks weights unevenly, AdamW evenly.* Two groups of 300 weights
# start at 1. Their gradients are pure noise, so nothing but the decay should move them. One group's noise
# is a hundred times louder.


# %% tags=["experiment"]
def drift(rule, noise, l2, **hyper):
    """The mean of 300 weights that start at 1, under gradients of pure noise plus l2 * w."""
    rng = np.random.default_rng(0)
    path = minimize(
        rule, lambda w: noise * rng.standard_normal(300) + l2 * w, np.ones(300), 1000, learning_rate=0.01, **hyper
    )
    return path.mean(axis=1)


figure, axes = plt.subplots(1, 2, sharey=True)
report = []
for ax, rule, l2, hyper in ((axes[0], adam, 0.1, {}), (axes[1], adamw, 0, {"weight_decay": 0.1})):
    for noise, line, color in ((10, "-", plots.style(rule)["color"]), (0.1, "--", plots.BLACK)):
        mean = drift(rule, noise, l2, **hyper)
        ax.plot(mean, line, color=color, label=f"gradient noise {noise}")
        report.append(f"{rule.__name__}, noise {noise}: {mean[-1]:.2f}")
    ax.set(xlabel="step", title="decay in Adam's gradient" if rule is adam else "decay on the side: AdamW")
    ax.legend()
axes[0].set_ylabel("mean weight")
plt.show()
print("Mean weight after 1000 steps (plain decay gives 0.37) |", " | ".join(report))

# %% [markdown]
# **True.** Inside the gradient, the decay of the quiet weights is amplified until they collapse, and the
# loud weights are shrunk much less. On the side, both groups shrink by the factor that you asked for,
# $(1 - \alpha\lambda)^{1000} = 0.37$.

# %% [markdown]
# ## 10. Let them all race
#
# The picture that every lecture shows, now with your own code: an ill-conditioned bowl, a saddle, a local
# minimum on the way, and a bowl with noisy gradients. One learning rate for each rule, the same in all four
# landscapes. The rates were chosen by hand so that every rule can finish in the first one. (AdamW without
# decay is Adam, so it sits this one out.)


# %% tags=["experiment"]
def dent(x, y):
    return 0.15 * x**2 + 0.5 * y**2 - 0.55 * np.exp(-2 * ((x + 2) ** 2 + y**2))


def dent_gradient(w):
    pull = 2.2 * np.exp(-2 * ((w[0] + 2) ** 2 + w[1] ** 2))
    return np.array([0.3 * w[0] + pull * (w[0] + 2), w[1] + pull * w[1]])


def noisy_bowl_gradient(seed):
    """The gradient of the bowl with kappa = 4 plus noise: the same noise for each rule."""
    rng = np.random.default_rng(seed)
    return lambda w: np.array([1, 4]) * w + 2 * rng.standard_normal(2)


# %% tags=["experiment"]
def saddle_gradient(w):
    return np.array([w[0], w[1] ** 3 - w[1]])


LANDSCAPES = {  # name: f(x, y), a maker of gradients, start, minimum, limits of x, limits of y
    "ill-conditioned bowl": (bowl(40)[0], lambda: bowl(40)[1], (-4, 1.2), (0, 0), (-4.6, 2.6), (-1.6, 1.6)),
    "saddle": (
        lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4,
        lambda: saddle_gradient,
        (-1.5, 0.001),
        (0, 1),
        (-1.8, 1.5),
        (-0.7, 1.7),
    ),
    "local minimum": (dent, lambda: dent_gradient, (-4, 1), (0, 0), (-4.6, 2.6), (-1.6, 1.6)),
    "noisy gradient": (bowl(4)[0], lambda: noisy_bowl_gradient(3), (-4, 1.5), (0, 0), (-4.6, 2.6), (-2.3, 2)),
}
RATES = {sgd: 0.045, momentum: 0.03, nesterov: 0.03, adagrad: 0.5, rmsprop: 0.05, adam: 0.2}
STEPS = 100


def run(rule, name, gradient=None):
    """The rule's path in a landscape, with its rate of the race."""
    _, make, start, *_ = LANDSCAPES[name]
    return minimize(rule, gradient or make(), np.array(start, dtype=float), STEPS, learning_rate=RATES[rule])


# %% tags=["experiment"]
figure, axes = plt.subplots(2, 2, figsize=(8, 6))
moving = []
for ax, (name, (f, _, start, minimum, xlim, ylim)) in zip(axes.flat, LANDSCAPES.items(), strict=True):
    plots.contours(ax, f, xlim, ylim)
    plots.mark(ax, start, minimum)
    ax.set(title=name, xticks=[], yticks=[])
    for rule in RATES:
        look, path = plots.style(rule), run(rule, name)
        color, marker = look["color"], look["marker"]
        moving.append((path, STEPS, ax.plot([], [], color=color, lw=4 if rule is adagrad else 1.8)[0]))
        moving.append((path, 0, ax.plot([], [], marker, color=color, mec="white", ms=9)[0]))
handles = [plt.Line2D([], [], **plots.style(rule), ms=7) for rule in RATES]
figure.legend(handles=handles, ncols=6, loc="outside upper center")
clock = axes[0, 0].text(0.97, 0.05, "", transform=axes[0, 0].transAxes, ha="right", fontsize=12)


def draw(i):
    """Step i of the race: each line shows the last `length` steps of its path."""
    for path, length, line in moving:
        line.set_data(*path[max(0, i - length) : i + 1].T)
    clock.set_text(f"step {i}")
    return [line for *_, line in sorted(moving, key=lambda m: -m[1])] + [clock]


plots.animate(figure, draw, STEPS + 1, alt="Six rules race in four landscapes; the line below says who arrives when")

# %% tags=["experiment"]
report = []
for name in list(LANDSCAPES)[:3]:
    steps = {rule: steps_to(np.abs(run(rule, name)) - LANDSCAPES[name][3], 0.2) for rule in RATES}
    report.append(f"{name}: " + ", ".join(f"{rule.__name__} {count:.0f}" for rule, count in steps.items()))
noise = {
    rule.__name__: np.mean(
        [np.linalg.norm(run(rule, "noisy gradient", noisy_bowl_gradient(seed))[-30:], axis=1) for seed in range(50)]
    )
    for rule in RATES
}
noise["sgd at 0.3"] = np.mean(
    [
        np.linalg.norm(minimize(sgd, noisy_bowl_gradient(seed), np.zeros(2), STEPS, learning_rate=0.3)[-30:], axis=1)
        for seed in range(50)
    ]
)
report.append("noise, mean distance at the end: " + ", ".join(f"{name} {d:.2f}" for name, d in noise.items()))
print("Steps until within 0.2 of the minimum for good (nan: not in 100) |", " | ".join(report))

# %% [markdown]
# **Bowl.** All arrive. SGD is last, but not by much, since its rate is at the limit. **Saddle.** The three
# rules that divide by a root leave at once; momentum and Nesterov take their time; SGD is still there after
# 100 steps. **Local minimum.** SGD, AdaGrad and RMSProp fall into the dent and stay. Momentum, Nesterov and
# Adam get past it. Do not make a law of that: halve Adam's rate, or take a third of momentum's, and run
# again.
#
# **Noise.** *Claim: momentum smooths the noise away.* At its rate it ends much farther from the minimum
# than SGD. With $\rho = 0.9$ each gradient counts ten times, so momentum at 0.03 walks about as fast as SGD
# at 0.3. Against *that* it is a little calmer: compare 0.71 with the last number, 0.90. What looks smooth
# is the *path*. What tames noise is small steps.

# %% [markdown]
# ### Start on the ridge
#
# *Claim: momentum is immune to saddles, because it keeps its velocity where the gradient is 0.* We start
# the saddle's race closer and closer to the ridge $w_2 = 0$, and count the steps until a rule has left it
# ($|w_2| > 0.5$).

# %% tags=["experiment"]
offsets = 10.0 ** -np.arange(1, 13)
report = []
for rule, rate in RATES.items():

    def leave(offset, rule=rule, rate=rate):
        path = minimize(rule, saddle_gradient, np.array([-1.5, offset]), 700, learning_rate=rate)
        out = np.abs(path[:, 1]) > 0.5
        return out.argmax() if out.any() else np.inf

    counts = [leave(offset) for offset in offsets]
    plt.semilogx(offsets, counts, **plots.style(rule))
    report.append(f"{rule.__name__} {counts[0]}, {counts[-1]}, {leave(0.0)}")
plt.gca().invert_xaxis()
plt.gca().set(xlabel="distance of the start from the ridge", ylabel="steps to leave", title="Who leaves the saddle?")
plt.legend(ncols=2)
plt.show()
print("Steps to leave from 0.1, from 1e-12, from the ridge itself |", " | ".join(report))

# %% [markdown]
# **Faster, not immune.** Momentum needs a third to two fifths of SGD's steps, but both need more, step by step, the
# closer they start. On the ridge itself *nobody* leaves: a velocity along the ridge does not carry you off
# it sideways. What saves everyone in practice is that noise never lets you stand exactly there. AdaGrad,
# RMSProp and Adam hardly care: a gradient of $10^{-12}$ divided by its own size is a full step.

# %% [markdown]
# ## 11. Train a real network
#
# Landscapes in a plane are toys. Now a network with one hidden layer (64 inputs, 50 ReLU units, 10 classes)
# learns 1,197 real handwritten digits. Its code is given; you wrote such a net in notebook 01. All 3,760
# weights go into **one long vector**: every rule here is elementwise, so to a rule that is just a bigger
# $w$. And `minimize` trains the net as it is. Its `grad_fn` simply draws the next mini-batch.
#
# *Claim: Adam is the best choice in almost every case.*

# %% tags=["experiment"]
digits = load("digits")
X_train, X_val, X_test = (X.reshape(len(X), 64) for X in (digits.X_train, digits.X_val, digits.X_test))
SHAPES = ((64, 50), (50,), (50, 10), (10,))


def forward(w, X):
    """The net's parameters, hidden layer and log-probabilities for a long vector w and images X (N, 64)."""
    W1, b1, W2, b2 = (
        part.reshape(shape)
        for part, shape in zip(np.split(w, np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]), SHAPES, strict=True)
    )
    h = np.maximum(0, X @ W1 + b1)
    scores = h @ W2 + b2
    scores = scores - scores.max(axis=1, keepdims=True)
    return W2, h, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def gradient(w, X, y):
    """The gradient of the mean softmax loss, as one long vector."""
    W2, h, log_p = forward(w, X)
    dscores = (np.exp(log_p) - np.eye(10)[y]) / len(y)
    dh = dscores @ W2.T * (h > 0)
    return np.concatenate([(X.T @ dh).ravel(), dh.sum(axis=0), (h.T @ dscores).ravel(), dscores.sum(axis=0)])


# %% tags=["experiment"]
EPOCHS, BATCHES = 10, 24


def train(rule, learning_rate, seed):
    """The net's weights after each epoch, (EPOCHS + 1, 3760). One seed: the same start and batches for all."""
    rng = np.random.default_rng(seed)
    w0 = np.concatenate(
        [np.sqrt(2 / shape[0]) * rng.standard_normal(shape).ravel() * (len(shape) == 2) for shape in SHAPES]
    )
    batches = (batch for _ in range(EPOCHS) for batch in np.array_split(rng.permutation(len(X_train)), BATCHES))

    def grad_fn(w):
        batch = next(batches)
        return gradient(w, X_train[batch], digits.y_train[batch])

    with np.errstate(all="ignore"):  # some rates are too high, and that is the point
        return minimize(rule, grad_fn, w0, EPOCHS * BATCHES, learning_rate=learning_rate)[::BATCHES]


def score(w, X, y):
    """(mean loss, accuracy)."""
    with np.errstate(all="ignore"):
        log_p = forward(w, X)[-1]
    return -np.mean(log_p[np.arange(len(y)), y]), np.mean(log_p.argmax(axis=1) == y)


# %% tags=["experiment"]
rules = (sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw)
rates = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
report = []
for rule in rules:
    losses, accuracies = (
        np.array([[score(train(rule, rate, seed)[-1], X_val, digits.y_val) for rate in rates] for seed in range(3)])
        .mean(axis=0)
        .T
    )
    best_rate = rates[np.nanargmin(losses)]
    runs = [train(rule, best_rate, seed) for seed in range(3, 8)]
    curves = [[score(w, X_train, digits.y_train)[0] for w in run_] for run_ in runs]
    tests = [score(run_[-1], X_test, digits.y_test)[1] for run_ in runs]
    left.semilogx(rates, 100 * accuracies, **plots.style(rule))
    look = plots.style(rule)
    right.semilogy(np.mean(curves, axis=0), **look | {"label": f"{look['label']}, {best_rate:g}"})
    good = np.sum(accuracies > 0.94)
    report.append(f"{rule.__name__} {best_rate:g} -> {100 * np.mean(tests):.1f}% ({good} of 7)")
left.set(xlabel="learning rate", ylabel="validation accuracy in %", title="Ten epochs with each rate")
right.set(xlabel="epoch", ylabel="training loss", title="Each rule at its best rate (mean of 5 seeds)")
figure.legend(*right.get_legend_handles_labels(), loc="outside right upper", title="rule, its best rate")
plt.show()
print("Best rate -> test accuracy, mean of 5 seeds (rates that reach 94% in validation) |", " | ".join(report))

# %% [markdown]
# **Not shown.** Adam is good, but tuned AdaGrad, Nesterov and momentum are as good: with 300 test images,
# less than one point of difference is luck. Nesterov even has the lowest training loss. Plain SGD is the
# slowest in training, and only one of the seven rates brings it over 94%. RMSProp is fast but rough at the rate that
# won.
#
# **Not more forgiving either, by this measure.** Adam passes 94% with three of the seven rates, momentum
# with three as well, AdamW with four. (Ask for 90% only, and the two Adams are ahead: the line you draw
# decides.) They are *other* rates: 0.1 is the best for momentum and ten times too high for Adam. So take no rate over
# from one rule to another. An untuned rule tells you nothing.
#
# (One small net, ten epochs. On other nets and data the order may change: that is the point.)

# %% [markdown]
# ### Written question 2: is Adam always best? (4 points)
#
# A friend says: "Always use Adam. It is the best, and you need not tune it." Take a position, in about ten
# sentences. Use at least two experiments of this notebook, one that speaks for your friend and one that
# speaks against, and their measured numbers. Then say what *you* would do first with a new network, and
# what measurement would make you change your mind.
#
# *Rubric. 1 point: evidence for, with a number and the reason why it happens. 1 point: evidence against,
# the same. 1 point: separates the two claims (best; no tuning) and names a limit of the evidence, such as
# noise, one data set or toy landscapes. 1 point: a plan that follows from the evidence, and a measurement
# that could overturn it.*

# %% [markdown] written="adam_everywhere" points=4
# ### BEGIN SOLUTION
# *For.* At the saddle Adam leaves within 5 steps even from $10^{-12}$ beside the ridge; SGD needs 616.
# Dividing by the root makes a step of about $\alpha$ out of any gradient, however small. On the digits Adam
# is among the best, 96.9% on the test set.
#
# *Against.* On the digits AdaGrad reaches 97.1% and Nesterov 96.5%: with 300 test images (standard error
# about 1 point) this is a tie, not a win. And Adam does need tuning: ten times its best rate costs it
# points, and a hundred times makes it useless.
#
# *Limits.* "Best" and "needs no tuning" are two claims; the digits speak against both, but they are one
# small net, ten epochs, five seeds. The saddle is a toy in two dimensions.
#
# *Plan.* I start with Adam and try four rates a factor of three apart, then momentum with its own four
# rates. If on validation data momentum, averaged over several seeds, wins by more than the spread between
# seeds, I switch.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | adds to the one before | costs in memory |
# |---|---|---|
# | `sgd` | one step against the gradient | nothing |
# | `momentum`, `nesterov` | a velocity; looking ahead | one array |
# | `adagrad`, `rmsprop` | a rate for each weight; forgetting | one array |
# | `adam`, `adamw` | both at once, without the bias of a start at 0; decay on the side | two arrays |
#
# And `minimize`, which runs any of them.

# %% [markdown]
# **What the claims were worth.** True as stated: momentum overshoots; both Nesterov forms are one. True from
# one side: SGD zig-zags, AdaGrad's step dies, AdaGrad repairs conditioning, momentum passes saddles. Not
# true: Nesterov is always faster, the first step of uncorrected Adam is the worst, Adam is always best.
#
# **Where it is used next.** Notebook 04 puts your rules into a training loop and changes the learning rate
# on the way. Notebook 05 asks what the second derivative can do that a running average cannot; there the
# turned bowl comes back. All later notebooks train with these functions.
