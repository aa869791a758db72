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
# # Ask several nets: model ensembles
#
# Train a net twice, with other first weights and other batches. You get two nets with about the same
# accuracy that are wrong in different places. This notebook makes use of that.
#
# Lectures promise "about 2% more" for an average of ten nets. They also name cheaper ways: snapshots of one
# training run, and a running average of the weights. You write all of them. Then you measure what each is
# worth, and find one recipe in the lecture notes that ruins ten good nets.

# %% [markdown]
# **You will build** five functions. All are short. The formulas are easy; the edges are not: ties, cycles
# that do not come out even, arrays that must not change.
#
# **You need** probabilities from scores (notebook 01), mini-batches and the cosine schedule (04).
#
# **It takes** one to two hours. Running everything takes about half a minute.
#
# **Not here:** ensembles inside one net (dropout, 07), averages over changed images (ten crops, 09), and
# models that are trained on each other's mistakes (boosting).

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from toolbox import cosine_decay, initialize, minibatches, momentum, two_layer_loss

from autograder import check, plots
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Average what the nets say
#
# Each of $M$ nets gives a row of class probabilities for an example. The ensemble's answer is their mean:
#
# $$\bar p = \frac{1}{M} \sum_{m=1}^{M} p_m$$
#
# By hand, three nets and three classes: $(0.6, 0.3, 0.1)$, $(0.2, 0.5, 0.3)$ and $(0.4, 0.5, 0.1)$. The mean
# is $(0.4, 0.4\overline{3}, 0.1\overline{6})$. It sums to 1 again, and its largest entry is the second. The first
# net was surest, and it was outweighed.
#
# *Source: Hansen and Salamon 1990.*


# %% exercise="average_probabilities"
def average_probabilities(probabilities):
    """The mean of the class probabilities that several nets give for the same examples.

    probabilities: list of M >= 1 float arrays, each (N, C): row n of array m holds the probabilities, each
        from 0 to 1, that net m gives to the C classes for example n. Rows sum to 1.

    Returns one (N, C) float array: for each example and class the arithmetic mean over the nets, float32 if
    the arrays in the list are. Changes neither the list nor the arrays in it. Source: Hansen and Salamon 1990.
    """
    ### BEGIN SOLUTION
    return np.mean(probabilities, axis=0)
    ### END SOLUTION


# %% test="average_probabilities"
check(average_probabilities)

# %% [markdown]
# > **May I average the scores, or the logs of the probabilities?**
# >
# > You may: it is another convention. The mean of the logs, turned into probabilities again, is the
# > *geometric* mean, $\bar p_k \propto \prod_m p_{mk}^{1/M}$; scores give the same. Two nets, two classes:
# > $(0.5, 0.5)$ and $(0.999, 0.001)$. The arithmetic mean is $(0.75, 0.25)$, the geometric $(0.97, 0.03)$.
# > A class that *one* net rules out is out: a veto. Section 2 measures both. **Graded here: the arithmetic
# > mean of probabilities.**

# %% [markdown]
# ### See what an average takes away
#
# Why does it help? Take the right class of one example. Two nets give it 0.9 and 0.5; 1 would be right.
# Their squared errors are 0.01 and 0.25, on average 0.13. The mean of the two is 0.7, its squared error 0.09.
# The difference, 0.04, is the **spread** of the two about their mean. It is never negative:
#
# $$\underbrace{(\bar p - y)^2}_{\text{the ensemble}} = \underbrace{\tfrac1M \sum_m (p_m - y)^2}_{\text{one net, on average}} - \underbrace{\tfrac1M \sum_m (p_m - \bar p)^2}_{\text{how much they differ}}$$
#
# *Source: Krogh and Vedelsby 1995.*

# %% [markdown]
# So an average gains exactly where nets **differ**. Think of a net's answer as two parts: what all nets trained on
# these data have in common, with error $B$ (the bias), and an accident of its own with variance $V$. Accidents of
# independent nets are not correlated, so $M$ of them shrink to $V/M$:
#
# $$\text{error of } M \text{ nets} = B + \frac{V}{M}$$
#
# What all have in common stays. If the accidents were correlated with $\rho$, $V/M$ would become
# $\rho V + (1 - \rho)V/M$: the part $\rho V$ stays too.
#
# *Claim: the errors of independent nets cancel.* We train 60 nets on each of three tasks and compare. The hardest
# task is the digits pasted over photographs, 16x16 pixels, in grey.


# %% tags=["experiment"]
def images_and_labels(name):
    """Training, validation and test set in one, grey, each image a row about 0."""
    data = load(name)
    X = np.concatenate([data.X_train, data.X_val, data.X_test]).mean(axis=1) - 0.5
    return X.reshape(len(X), -1), np.concatenate([data.y_train, data.y_val, data.y_test])


def new_net(rng, inputs, hidden=20):
    """A net inputs-hidden-10 with He's weights."""
    W1, W2 = initialize(inputs, hidden, "he", rng), initialize(hidden, 10, "he", rng)
    return {"W1": W1, "b1": np.zeros(hidden), "W2": W2, "b2": np.zeros(10)}


def predict(params, X):
    """The probabilities (N, 10) that a net gives."""
    scores = np.maximum(0, X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


# %% tags=["experiment"]
def descend(params, X, y, rates, rng, batch_size=50):
    """Yield the params after each update of momentum; rates: one learning rate an update."""
    states = dict.fromkeys(params)
    batches = (batch for _ in rates for batch in minibatches(X, y, batch_size, rng))  # more epochs than needed
    for rate, (X_batch, y_batch) in zip(rates, batches, strict=False):
        _, grads = two_layer_loss(params, X_batch, y_batch, 0.0)
        new = {name: momentum(w, grads[name], states[name], learning_rate=rate) for name, w in params.items()}
        params, states = ({name: pair[i] for name, pair in new.items()} for i in (0, 1))
        yield params


def fit(X, y, seed, steps, rate=0.1):
    """A trained net: first weights and batches come from the seed, the rate falls along one cosine."""
    rng = np.random.default_rng(seed)
    rates = [cosine_decay(rate, t, total=steps) for t in range(steps)]
    *_, params = descend(new_net(rng, X.shape[1]), X, y, rates, rng)
    return params


# %% tags=["experiment"]
TASKS = {  # name: data set, number of training images, updates, color
    "digits on photos": ("digits_on_photos", 1197, 600, plots.VERMILION),
    "200 plain digits": ("digits", 200, 200, plots.BLUE),
    "1197 plain digits": ("digits", 1197, 600, plots.BLACK),
}
TEAMS, MEMBERS = 6, 10
nets, answers, truth, learned = {}, {}, {}, {}


def train_teams(task):
    """Train the nets of a task, and keep them, their training set, their answers and the truth on all other images."""
    name, n, steps, _ = TASKS[task]
    X, y = images_and_labels(name)
    nets[task] = [fit(X[:n], y[:n], seed, steps) for seed in range(TEAMS * MEMBERS)]
    answers[task] = np.array([predict(net, X[n:]) for net in nets[task]]).reshape(TEAMS, MEMBERS, -1, 10)
    truth[task], learned[task] = y[n:], (X[:n], y[:n])


train_teams("digits on photos")

# %% tags=["experiment"]
train_teams("200 plain digits")
train_teams("1197 plain digits")


# %% tags=["experiment"]
def squared_error(p, y):
    """The squared distance of probabilities from the right answer, a mean over the examples."""
    return np.mean(np.sum((p - np.eye(10)[y]) ** 2, axis=-1))


def mean_over_groups(measure, team, m, y):
    """What m members of a team reach together, a mean over ten choices in which each has the same part."""
    groups = [list(np.roll(team, r, axis=0)[:m]) for r in range(len(team))]
    return np.mean([measure(average_probabilities(group), y) for group in groups])


# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(1.5, 1))
sizes, report = np.arange(1, MEMBERS + 1), []
for task, (*_, color) in TASKS.items():
    teams, y = answers[task], truth[task]
    measured = np.array([np.mean([mean_over_groups(squared_error, team, m, y) for team in teams]) for m in sizes])
    everyone = teams.reshape(TEAMS * MEMBERS, -1, 10)
    V = np.mean(np.sum(everyone.var(axis=0, ddof=1), axis=-1))
    B = squared_error(everyone.mean(axis=0), y) - V / len(everyone)
    left.plot(sizes, 100 * measured / (B + V), "o", color=color, label=task)
    left.plot(sizes, 100 * (B + V / sizes) / (B + V), color=color)
    left.axhline(100 * B / (B + V), color=color, ls=":", lw=1)
    right.bar(task.replace(" ", "\n", 1), [B], color=color)
    right.bar(task.replace(" ", "\n", 1), [V], bottom=[B], color=color, alpha=0.35, hatch="//", edgecolor="white")
    report.append(f"{task}: {measured[0]:.3f}, {measured[-1]:.3f}, {B + V / 10:.3f}")
left.set(
    xlabel="nets in the ensemble", ylabel="% of one net's error", title="dots: measured; line: $B + V/M$; dotted: $B$"
)
right.set(ylabel="squared error", title="one net: shared $B$, own $V$ (hatched)")
left.legend()
plt.show()
print("Squared error of one net, of ten, by the formula |", " | ".join(report))

# %% [markdown]
# **True, for the part that is an accident.** The line needs nothing but $B$ and $V$ of single nets, and the dots lie on
# it. Half of the gain comes with the second net, nine tenths with ten; all further nets together bring
# the last tenth.
#
# But see how small $V$ is. Most of the error is *shared*: all nets saw the same images and miss the same hard ones.
# An average cannot vote that away. More data, or a better kind of net, can.

# %% [markdown]
# ## 2. Let the nets vote
#
# Sometimes a net gives you only its answer. Then count votes. The label with the most votes wins; it need not have
# more than half of them (a **plurality**):
#
# $$\hat y = \arg\max_k \sum_{m=1}^{M} [\,\hat y_m = k\,]$$
#
# By hand, five nets say $7, 1, 7, 9, 4$: the 7 wins with two votes of five. A mean would be 5.6, and nobody
# said 5 or 6. Labels are names, not amounts. Four nets say $9, 4, 9, 4$: a tie. Somebody has to decide, and here
# **the smallest label wins**: 4.


# %% exercise="majority_vote"
def majority_vote(labels):
    """The label that most nets give, for each example.

    labels: list of M >= 1 int arrays, each (N,): entry n of array m is the label, an int >= 0, that net m gives
        to example n. Labels need not be below 10, and not every label has to occur.

    Returns an (N,) int array: for each example the label with the most votes, with more than half of them or
    not; where several labels have the most votes, the smallest of these. Changes neither the list nor the
    arrays in it. Source: Hansen and Salamon 1990.
    """
    ### BEGIN SOLUTION
    classes = np.unique(labels)
    votes = np.sum(np.stack(labels)[:, :, None] == classes, axis=0)
    return classes[np.argmax(votes, axis=1)]
    ### END SOLUTION


# %% test="majority_vote"
check(majority_vote)

# %% [markdown]
# ### Measure the famous 2%
#
# *Claims: train ten independent nets, average, and gain about 2%. The more nets, the less overfitting. A vote does as
# well as an average.* The nets of section 1 again, in six teams of ten: the accuracy of $M$ members together, minus the
# mean accuracy of one alone. For the overfitting, the gap between training and held-out images.


# %% tags=["experiment"]
def accuracy(guesses, y):
    """In %; guesses are probabilities (N, C) or labels (N,)."""
    return 100 * np.mean((guesses.argmax(axis=1) if guesses.ndim == 2 else guesses) == y)


def geometric_mean(team):
    return np.exp(np.mean(np.log(np.maximum(team, 1e-300)), axis=0))


def vote(team):
    return majority_vote([p.argmax(axis=1) for p in team])


X, y = learned["digits on photos"]
team = [predict(net, X) for net in nets["digits on photos"][:MEMBERS]]
photos = np.mean([accuracy(p, y) for p in team]), accuracy(average_probabilities(team), y)  # one, ten, in training


# %% tags=["experiment"]
COMBINE = {"average": average_probabilities, "geometric\nmean": geometric_mean, "vote": vote}
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True, width_ratios=(1.3, 1))
report = []
for i, (task, (*_, color)) in enumerate(TASKS.items()):
    teams, y = answers[task], truth[task]
    gain = np.array([[mean_over_groups(accuracy, team, m, y) for m in sizes] for team in teams])
    alone, gain = gain[:, 0], gain - gain[:, :1]
    left.plot(sizes, gain.mean(axis=0), "o-", color=color, label=f"{task}: {alone.mean():.0f}% alone")
    left.fill_between(
        sizes, *(gain.mean(axis=0) + k * gain.std(axis=0) for k in (-1, 1)), color=color, alpha=0.15, lw=0
    )
    ways = np.array([[accuracy(way(list(team)), y) for team in teams] for way in COMBINE.values()]) - alone
    places = np.arange(3) + 0.15 * (i - 1)
    right.errorbar(places, ways.mean(axis=1), ways.std(axis=1), fmt="o", color=color, capsize=3)
    report.append(f"{task} +{gain[:, -1].mean():.1f} (sd {gain[:, -1].std():.1f}), by vote +{ways[2].mean():.1f}")
for ax in (left, right):
    ax.axhline(2, color=plots.GREY, ls="--", lw=1)
left.text(10, 1.95, 'the lecture\'s "2%"', color="#555555", ha="right", va="top")
left.set(xlabel="nets in the ensemble", ylabel="gain in points", title="band: standard deviation over teams")
right.set_xticks(range(3), COMBINE)
right.set(title="ten nets, three ways to combine")
left.legend()
plt.show()
report.append(f"training photos: one {photos[0]:.0f}%, ten {photos[1]:.0f}%")
print("Gain of ten nets in points of accuracy |", " | ".join(report))

# %% [markdown]
# **About 2%: the right size, not a law.** The gain was 3 points where one net is right in 74%, half a point at 96%. It follows
# from $V$ in section 1: nets that hardly differ gain hardly anything. Most of it comes with the first five nets. The
# spread over teams is a fifth to two fifths of the gain, so one lucky team proves nothing.
#
# **Less overfitting: by one point.** On held-out photos ten nets gain 3 points; on the training images they gain 2 as well,
# so the gap shrinks from 20 points to 19. Ten nets that overfit, averaged, still overfit.
#
# **A vote is as good** on the 1197 plain digits, where nets are sure. On the other two it loses a good fifth of the
# gain: a vote forgets *how* sure a net was. The geometric mean is a tie with the average.

# %% [markdown]
# ## 3. Train once, keep snapshots
#
# Ten nets cost ten trainings. A cheaper idea: train *one* net, drive it into a minimum, save it, kick it out again,
# and so on. The kick is a learning rate that starts again at the top. With cycles of
# $L = \lceil T / M \rceil$ steps, where $T$ is the number of steps in all and $M$ the number of cycles,
#
# $$\alpha(t) = \frac{\alpha_0}{2}\left(1 + \cos\frac{\pi\,(t \bmod L)}{L}\right), \qquad t = 0, 1, 2, \ldots$$
#
# By hand: $T = 10$, $M = 3$, so $L = \lceil 3.33 \rceil = 4$. With $\alpha_0 = 1$ the rates of a cycle are
# $1,\; 0.854,\; 0.5,\; 0.146$, and $t = 4$ starts again at 1. A cycle starts **at** $\alpha_0$ and ends just above 0.
#
# *Source: Huang, Li, Pleiss, Liu, Hopcroft and Weinberger 2017, who count $t$ from 1 and so write $t - 1$.*


# %% exercise="cyclic_learning_rate"
def cyclic_learning_rate(lr0, t, *, total, cycles):
    """The learning rate of step t, on a cosine from lr0 towards 0 that starts anew in every cycle.

    lr0: float > 0, the rate at the first step of each cycle.
    t: int from 0 to total - 1, the step; the first is step 0.
    total: int >= 1, the number of steps of the whole run.
    cycles: int from 1 to total. A cycle has L = ceil(total / cycles) steps, and the last may be cut short by
        the end of the run, its rates being those with which a whole cycle of L steps begins.

    Returns lr0 / 2 * (1 + cos(pi * (t mod L) / L)), a float. Source: Huang et al. 2017.
    """
    ### BEGIN SOLUTION
    length = -(-total // cycles)
    return cosine_decay(lr0, t % length, total=length)
    ### END SOLUTION


# %% test="cyclic_learning_rate"
check(cyclic_learning_rate)

# %% [markdown]
# When do you save? At the **last** step of each cycle, where the rate is smallest and the net has settled. In the
# example, $T = 10$ and $L = 4$, the cycles are the steps $0$ to $3$, $4$ to $7$, and $8, 9$: the run ends before the
# third is complete. The snapshots are $3, 7, 9$.
#
# Rounding up can use up the steps early. $T = 9$ and $M = 5$ give $L = 2$: the cycles are $01, 23, 45, 67, 8$, five. But
# $T = 10$ and $M = 6$ give $L = 2$ as well, and there are only five cycles. Then there are only five snapshots,
# $1, 3, 5, 7, 9$. No step is saved twice.


# %% exercise="snapshot_steps"
def snapshot_steps(total, cycles):
    """The last step of each cycle, at which a snapshot of the weights is taken.

    total: int >= 1, the number of steps of the whole run, counted from 0 to total - 1.
    cycles: int >= 1. A cycle has ceil(total / cycles) steps; the last one may be cut short by the end of the run.

    Returns a list of ints, rising: the last t of each cycle that has at least one step. Its last entry is
    total - 1; where rounding up uses up the steps early, it has fewer than `cycles` entries. Source: Huang et
    al. 2017.
    """
    ### BEGIN SOLUTION
    length = -(-total // cycles)
    return [min(start + length, total) - 1 for start in range(0, total, length)]
    ### END SOLUTION


# %% test="snapshot_steps"
check(snapshot_steps)

# %% [markdown]
# > **Must a snapshot be taken at a low rate? One lecture saves the net after every epoch.**
# >
# > At a high rate the weights jump about, and each is a mediocre net; but they differ more. At a low rate each is good,
# > and they are alike. An average wants both, good *and* different. The experiment tries "after every epoch" too.
#
# > **What if `total` is no multiple of `cycles`?** The last snapshot is taken in the middle of a cycle, at a high rate.
# > In practice choose a multiple.

# %% [markdown]
# ### Compare at equal cost
#
# *Claims: snapshots of one run give an ensemble for free. Saving after every epoch does too.* "Free" must mean: no more
# updates than one net gets. So with a budget of $T$ updates on the digits on photos we compare
# - one net, its rate falling along a single cosine, and the average of all its epochs,
# - five snapshots of a run with five cycles,
# - five independent nets with $T/5$ updates each.
#
# And as a roof: five independent nets with $T$ updates *each*.

# %% tags=["experiment"]
X, y = images_and_labels("digits_on_photos")
X, y, X_test, y_test = X[:1197], y[:1197], X[1197:], y[1197:]
CYCLES, SEEDS, RATE, EPOCH = 5, 7, 0.2, 24
BUDGETS = (300, 600, 1200, 2400)


def run(total, cycles, seed, keep):
    """What the nets after the steps in `keep` say, of one run."""
    rng = np.random.default_rng(seed)
    rates = [cyclic_learning_rate(RATE, t, total=total, cycles=cycles) for t in range(total)]
    walk = enumerate(descend(new_net(rng, X.shape[1]), X, y, rates, rng))
    return [predict(params, X_test) for t, params in walk if t in keep]


def together(members):
    return accuracy(average_probabilities(members), y_test)


def difference(members):
    """On how many test images two of the nets disagree, in %."""
    guesses = [p.argmax(axis=1) for p in members]
    return np.mean([100 * np.mean(a != b) for i, a in enumerate(guesses) for b in guesses[:i]])


# %% tags=["experiment"]
WAYS = {  # name: color, marker
    "one net": (plots.BLACK, "o"),
    "one net, all its epochs": (plots.GREY, "s"),
    "5 snapshots of one run": (plots.ORANGE, "D"),
    "5 nets, a fifth of the updates each": (plots.BLUE, "^"),
    "roof: 5 nets at 5 times the cost": (plots.PURPLE, "v"),
}
scores = {name: [] for name in WAYS}  # for each budget and seed
apart = {}  # of the last budget


def spend(T):
    """Spend T updates in all ways, with each seed."""
    epochs = [run(T, 1, seed, set(range(EPOCH - 1, T, EPOCH)) | {T - 1}) for seed in range(SEEDS)]
    lasts = [members[-1] for members in epochs]
    snapshots = [run(T, CYCLES, seed, snapshot_steps(T, CYCLES)) for seed in range(SEEDS)]
    short = [[run(T // 5, 1, 100 + 10 * seed + k, [T // 5 - 1])[0] for k in range(5)] for seed in range(SEEDS)]
    roof = [[lasts[seed - k] for k in range(5)] for seed in range(SEEDS)]
    for name, teams in zip(WAYS, ([[last] for last in lasts], epochs, snapshots, short, roof), strict=True):
        scores[name].append([together(members) for members in teams])
    apart["snapshots"], apart["independent"] = ([difference(members) for members in t] for t in (snapshots, short))


# %% tags=["experiment"]
for T in BUDGETS[:-1]:
    spend(T)

# %% tags=["experiment"]
spend(BUDGETS[-1])
scores = {name: np.array(values) for name, values in scores.items()}

# %% tags=["experiment"]
plt.figure(figsize=(8, 4.2))
for k, (name, (color, marker)) in enumerate(WAYS.items()):
    x = np.array(BUDGETS) * 1.04 ** (k - 2)
    plt.errorbar(
        x, scores[name].mean(axis=1), scores[name].std(axis=1), color=color, marker=marker, capsize=3, label=name
    )
plt.gca().set(
    xlabel="updates in all",
    ylabel="test accuracy in %",
    title=f"digits on photos, mean and standard deviation of {SEEDS} seeds",
)
plt.xscale("log")
plt.xticks(BUDGETS, BUDGETS)
plt.minorticks_off()
plt.legend(loc="lower right")
plt.show()
report = [f"{name} {score[0].mean():.1f}, {score[-1].mean():.1f}" for name, score in scores.items()]
alike = ", ".join(f"{name} {np.mean(value):.1f}%" for name, value in apart.items())
print("Accuracy with 300, with 2400 updates |", " | ".join(report), "| at 2400 two of five disagree:", alike)

# %% [markdown]
# **Free in training, and worth little.** With time enough, five snapshots gain about a point over one net, less than the
# spread between seeds. With 300 updates they lose two: the restarts cost time that the net needed. Saving after every
# epoch changes less than a point, either way. The reason is in the last numbers: two snapshots of one run disagree on
# 11% of the images, two independent nets on nearly twice as many. The kick does not throw the net far.
#
# **Where to spend a budget.** Ask whether a net has converged with a *fifth* of it. With 60 updates it has not: five such
# nets reach 65.0%, one net with all 300 has 74.5%. With 480 it has: then more of the same gains nothing (look at the
# black line), and five short runs give 3 points. At *test* time snapshots and short runs cost five nets. Only the next
# section is free there too.

# %% [markdown]
# ## 4. Average the weights on the way: Polyak
#
# The third idea averages weights, not answers: the weights of **one** run. Beside the weights $w$ that you train, keep a
# running average $\bar w$ that you only look at. After every update:
#
# $$\bar w \leftarrow \beta\, \bar w + (1 - \beta)\, w, \qquad \beta = 0.995$$
#
# By hand: $\bar w = 2$, $w = 3$ gives $0.995 \cdot 2 + 0.005 \cdot 3 = 2.005$. It moves half a percent of the way. So it
# remembers about $1/(1 - \beta) = 200$ updates. Training never sees $\bar w$; testing uses nothing else.
#
# *Source: Polyak and Juditsky 1992, who take the plain mean of all steps; Ruppert 1988.*


# %% exercise="polyak_update"
def polyak_update(average, params, decay=0.995):
    """One update of a running average of the weights: decay * average + (1 - decay) * params, name by name.

    average: dict of name -> float array of any shape, the average so far.
    params: dict with the same names and shapes, in any order, the weights after the newest update.
    decay: float from 0 to 1, the fraction of the old average that is kept.

    Returns a new dict of the same names, with new arrays of the same shapes, float32 if those that come in are.
    Changes neither dict, nor an array in them. No correction of the start: that is the caller's business.
    Source: Polyak and Juditsky 1992; in this form CS231n, lecture 6 (2016).
    """
    ### BEGIN SOLUTION
    return {name: decay * average[name] + (1 - decay) * params[name] for name in average}
    ### END SOLUTION


# %% test="polyak_update"
check(polyak_update)

# %% [markdown]
# > **Where does the average start?** At the first weights: `average = params` before training (safe, as nothing changes
# > its arguments). Started at 0 it would be far too small for the first few hundred updates, and would need the
# > correction that Adam has. Either way, give it some multiples of $1/(1-\beta)$ updates to forget its start.
#
# > **Is this the running average of batch norm?** The same formula, on weights instead of means and variances.

# %% [markdown]
# ### Average a run that will not settle
#
# *Claims: with large steps the weights jump back and forth across the minimum, and their average lies nearest to it.
# And: averaging like this improves the test result.* First a bowl with noisy gradients, where you can see it. Then the
# digits on photos, batches of 10, 1200 updates at a **constant** rate; and beside it the usual cure, a rate that falls
# along a cosine.


# %% tags=["experiment"]
def bowl_walk(seed, steps=400, rate=0.3):
    """A walk in the bowl (x^2 + 4 y^2) / 2 with noisy gradients, and its Polyak average, decay 0.97."""
    rng = np.random.default_rng(seed)
    walk = [{"w": np.array([-4.0, 1.5])}]
    averages = walk[:]
    for _ in range(steps):
        w = walk[-1]["w"]
        walk.append({"w": w - rate * (np.array([1, 4]) * w + 2 * rng.standard_normal(2))})
        averages.append(polyak_update(averages[-1], walk[-1], decay=0.97))
    return (np.array([params["w"] for params in path]) for path in (walk, averages))


def last_and_average(schedule, rate, seed, steps=1200):
    """Test accuracy of the last weights and of the Polyak average, in %. schedule: (rate, t) -> the rate of step t."""
    rng = np.random.default_rng(seed)
    start = average = new_net(rng, X.shape[1])
    rates = [schedule(rate, t) for t in range(steps)]
    for params in descend(start, X, y, rates, rng, batch_size=10):
        average = polyak_update(average, params)
    return [accuracy(predict(w, X_test), y_test) for w in (params, average)]


# %% tags=["experiment"]
RATES = (0.003, 0.006, 0.012, 0.025, 0.05)


def study(schedule):
    """The accuracies of last weights and average, (rates, seeds, 2)."""
    return np.array([[last_and_average(schedule, rate, seed) for seed in range(5)] for rate in RATES])


constant = study(lambda rate, t: rate)
curves = {
    "last weights": (constant[..., 0], plots.ORANGE, "s"),
    "Polyak average": (constant[..., 1], plots.BLUE, "o"),
    "last, rate falls to 0": (study(lambda rate, t: cosine_decay(rate, t, total=1200))[..., 0], plots.BLACK, "^"),
}

# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
walk, averages = bowl_walk(seed=1)
plots.contours(left, lambda x, y: (x**2 + 4 * y**2) / 2, (-4.6, 2.5), (-2.2, 2.2))
left.plot(*walk.T, "-", color=plots.ORANGE, lw=0.6, label="weights")
left.plot(*averages.T, "-", color=plots.BLUE, lw=2.5, label="Polyak average")
plots.mark(left, walk[0], (0, 0))
left.set(title="a bowl with noisy gradients", xlabel="$w_1$", ylabel="$w_2$")
left.legend(loc="lower left")
for name, (values, color, marker) in curves.items():
    right.errorbar(RATES, values.mean(axis=1), values.std(axis=1), color=color, marker=marker, capsize=3, label=name)
right.set(xscale="log", xlabel="learning rate", ylabel="test accuracy in %", title="digits on photos, 5 seeds")
right.set_xticks(RATES, RATES)
right.minorticks_off()
right.legend(loc="lower center")
plt.show()
ends = np.mean([[np.linalg.norm(path[-1]) for path in bowl_walk(seed)] for seed in range(200)], axis=0)
report = [f"{name} {values[0].mean():.0f}, {values[-1].mean():.0f}" for name, (values, *_) in curves.items()]
print(f"Distance from the minimum: last {ends[0]:.2f}, average {ends[1]:.2f}", end=" | ")
print("Accuracy at the lowest, the highest rate |", " | ".join(report))

# %% [markdown]
# **The first claim is true:** 0.21 from the minimum, against 0.91. **The second depends on the rate.** At the highest,
# where the last weights are thrown about, the average gains twelve points for the price of a copy. At the lowest it
# *loses* two: the weights still travel, and the average is 200 updates behind. An average cures noise, not slowness.
#
# A rate that falls to 0 does as well at the highest rate, and it is worse at the low ones. So Polyak is a cure for
# a rate that you did not lower. Modern training often does both.

# %% [markdown]
# ## 5. Average the weights of ten nets, and see what happens
#
# One set of lecture notes explains the ensemble like this: train ten nets and average their ten sets of *weights*. You
# have just averaged weights, and it worked. So why not?
#
# By hand. A net with two hidden units: $f(x) = 1 \cdot \max(0, x) + 3 \cdot \max(0, -x)$. Swap its units, and the net is
# the same function, $f(x) = 3 \cdot \max(0, -x) + 1 \cdot \max(0, x)$. But its weights differ: $W_1 = (1, -1)$ and $W_2 = (1, 3)$,
# against $W_1 = (-1, 1)$ and $W_2 = (3, 1)$. The average of the weights has $W_1 = (0, 0)$: it does not even look at $x$. A net
# with 20 hidden units has $20! \approx 2 \cdot 10^{18}$ such twins, and two independent nets are hardly ever alike in order.

# %% [markdown]
# *Claims: averaging the weights of independent nets makes an ensemble. Of one run's snapshots, it does.* We walk in a
# straight line from one net's weights to another's, $(1 - s)\,w_A + s\,w_B$, and test every point on the way. Three
# pairs: two independent nets; a net and its **own twin** with shuffled hidden units; and two snapshots of one run.
# Then we average more than two.


# %% tags=["experiment"]
def mix(params, shares):
    """The weighted sum of some nets' weights."""
    return {name: sum(share * p[name] for share, p in zip(shares, params, strict=True)) for name in params[0]}


def twin(params, rng):
    """The same function, its hidden units in another order."""
    order = rng.permutation(len(params["b1"]))
    return params | {"W1": params["W1"][:, order], "b1": params["b1"][order], "W2": params["W2"][order]}


def snapshots(seed, total=1200, cycles=10):
    rng = np.random.default_rng(seed)
    rates = [cyclic_learning_rate(0.1, t, total=total, cycles=cycles) for t in range(total)]
    steps = snapshot_steps(total, cycles)
    return [params for t, params in enumerate(descend(new_net(rng, 64), X, y, rates, rng)) if t in steps]


# %% tags=["experiment"]
X, y = learned["1197 plain digits"]
X_test, y_test = images_and_labels("digits")[0][1197:], truth["1197 plain digits"]
independent = [nets["1197 plain digits"][MEMBERS * k : MEMBERS * (k + 1)] for k in range(TEAMS)]
of_one_run = [snapshots(seed) for seed in range(TEAMS)]
twins = [[team[0], twin(team[0], np.random.default_rng(k))] for k, team in enumerate(independent)]


def tested(params):
    return accuracy(predict(params, X_test), y_test)


def mean_prediction(members):
    return accuracy(average_probabilities([predict(params, X_test) for params in members]), y_test)


def mean_weights(members):
    return tested(mix(members, [1 / len(members)] * len(members)))


# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
shares, report = np.linspace(0, 1, 21), []
for name, pairs, color, marker in [
    ("two snapshots of one run", [run[-2:] for run in of_one_run], plots.ORANGE, "D"),
    ("two independent nets", [team[:2] for team in independent], plots.VERMILION, "s"),
    ("a net and its own twin", twins, plots.BLUE, "v"),
]:
    path = [np.mean([tested(mix(pair, (1 - s, s))) for pair in pairs]) for s in shares]
    left.plot(shares, path, color=color, marker=marker, markevery=5, label=name)
    report.append(f"{name} {path[10]:.0f}%")
for kind, groups, color in (
    ("independent nets", independent, plots.VERMILION),
    ("snapshots", of_one_run, plots.ORANGE),
):
    for what, way, look in (
        ("predictions", mean_prediction, {"lw": 6, "alpha": 0.35}),
        ("weights", mean_weights, {"ls": "--", "marker": "o"}),
    ):
        curve = [np.mean([way(group[-m:]) for group in groups]) for m in sizes]
        right.plot(sizes, curve, color=color, label=f"{what} of {kind}", **look)
        report.append(f"ten, {what} of {kind} {curve[-1]:.0f}%")
left.set(xlabel="share of the second net", ylabel="test accuracy in %", title="the way from net to net", ylim=(0, 100))
right.set(xlabel="how many are averaged", title="what is averaged")
left.legend(loc="lower left")
right.legend(loc="lower left")
plt.show()
print("Halfway |", " | ".join(report))

# %% [markdown]
# **Not true of independent nets.** Halfway between two nets of 96% stands one of 72%; ten together reach 51%. And it is
# not that the nets learned different things: a net and its own twin, *the same function*, fare just as badly. The weights
# of two nets are written in two languages, each with its own names for the hidden units. Predictions all speak of
# the same ten classes.
#
# **True of one run.** Two snapshots share their units' names, for the kick was not strong enough to change them. The
# average of ten has 97%, as much as the ensemble of their predictions, at the cost of one net. (Averages of weights on the way
# of one run are Polyak's idea again; for nets see Izmailov et al. 2018.)

# %% [markdown]
# > **Could I put the twin's units back into order first?**
# >
# > Yes: match each unit of one net with the most similar unit of the other, then average. For wide nets this works
# > surprisingly well (Entezari et al. 2022; Ainsworth, Hayase and Srinivasa 2023).
#
# > **Are snapshots then independent nets, only cheaper?** No, as the straight line from one to the next shows: it stays
# > at 97% all the way. They sit in one valley. That is why their weights can be averaged, and why their votes gain so little.

# %% [markdown]
# ### Written question 1: a bug report (4 points)
#
# A friend trains ten nets from ten seeds. Each has 96% on the test set. The code averages the ten sets of weights, tests
# the result, gets 51%, and your friend reports a bug in the averaging code. There is none.
# - (a) Show the problem with a net of two hidden units and **other numbers than section 5**: two sets of weights with the
#   same function, their average, and what the average computes for one $x$.
# - (b) Polyak's average is one of weights too, and so is the one of the ten snapshots. Why do these two work?
# - (c) Which measurement, on two nets, tells your friend beforehand whether their weights can be averaged?
#
# *Rubric. 1 point: (a) twins that are the same function, and a number that shows the average is not. 2 points: (b) same
# order of hidden units (1), because the weights did not travel far from each other in one run (1). 1 point: (c) the path
# or its middle, and what to look for.*

# %% [markdown] written="averaged_weights" points=4
# ### BEGIN SOLUTION
# (a) $f(x) = 2\max(0, x) + 4\max(0, -x)$ has $W_1 = (1, -1)$, $W_2 = (2, 4)$. Its twin has $W_1 = (-1, 1)$, $W_2 = (4, 2)$. The
# average has $W_1 = (0, 0)$ and $W_2 = (3, 3)$. At $x = 1$ both give 2; the average gives 0, as for every $x$.
#
# (b) Both average points of one run. From update to update, and even from restart to restart, the weights move a
# little, so hidden unit 7 stays the same detector. The average of 7s is a 7, with less noise. Two independent runs
# have given their units to detectors in another order, so the average mixes a 7 with an unrelated unit.
#
# (c) Test nets on the straight line between the two, at least the middle. If the accuracy (or the loss) in the middle is
# about that of the ends, average. Between our snapshots it is 97%; between independent nets it drops to 72%.
# ### END SOLUTION

# %% [markdown]
# ### Written question 2: spend ten hours (4 points)
#
# One training of your net takes one hour and has then converged. You have ten hours. Your product has two versions: on a
# server there is time for ten nets an image, on a phone for one. What do you train, and what do you deploy on each?
# Use at least three measured numbers of this notebook. Say what gain you expect and why it may not come, and name one
# measurement, made *before* the ten hours, that would change your plan.
#
# *Rubric. 1 point: server, independent nets and their averaged predictions, with a number. 1 point: phone, one set of
# weights (Polyak or averaged snapshots, a falling rate), with a number, and not an average of independent nets. 1 point: an
# expected gain with its reason (how much the nets differ, what they share). 1 point: a measurement with a consequence.*

# %% [markdown] written="ten_hours" points=4
# ### BEGIN SOLUTION
# *Server.* Ten independent nets, their probabilities averaged. On our tasks that gained 3.0 points at 74% and 0.5 at 96%.
# The one-hour net has converged, so splitting the time costs nothing; before that it would (65.0% against 74.5% with
# 300 updates).
#
# *Phone.* One set of weights: one of the ten nets, trained with a falling rate or its Polyak average; at the highest rate
# that took our net from 61% to 73%. Never the average of the ten: 51%.
#
# *Expectation.* About one to three points on the server. It may not come: most of the error is shared by all nets
# ($B$ was 0.31 of 0.36 on the photos), and an average only removes what differs.
#
# *First.* With two hours I train two nets and measure on how many validation images they disagree, and what the
# average of the two gains. It gains about half of what ten would. If that is below what I need, I spend the other
# eight hours on more data or a larger net.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | averages | of | training costs | testing costs |
# |---|---|---|---|---|
# | `average_probabilities` | predictions | independent nets | $M$ runs | $M$ nets |
# | `majority_vote` | labels | independent nets | $M$ runs | $M$ nets |
# | `cyclic_learning_rate`, `snapshot_steps` | predictions | snapshots of one run | one run | $M$ nets |
# | `polyak_update` | weights | the updates of one run | one run | one net |

# %% [markdown]
# **What the claims were worth.** True: the errors that nets do not share cancel, as $V/M$; averages of large noisy steps
# lie near the minimum; snapshots' weights can be averaged. Half true: 2% (0.5 to 3 points, by how much the nets differ);
# less overfitting (one point of a gap of twenty); snapshots are free (and gain little); Polyak helps (where the rate is
# high, not where it is low). Not true: an ensemble is an average of the *weights* of independent nets.
#
# **Where it is used next.** In the capstone (12), where training time and the number of weights are limited: there you
# have to choose which of the averages you can afford.
