"""What is graded in 04_training_loop: an epoch, a trainer, what watches it, and searches that count their calls."""

import math
from functools import wraps

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.searches import LogBowl, Table
from autograder.checking.stand_ins import GrowingRule
from autograder.checking.training import FallingRate, Memorizer, SquaredError


def maker(make):
    """A function (rng, label, ...) -> inputs becomes (label, ...) -> (rng -> case)."""

    @wraps(make)
    def later(label, *args, **kwargs):
        return lambda rng: Case(label, make(rng, *args, **kwargs))

    return later


def holds(title, *makers, driver="call", judge="equals", weight=1.0, core=False):
    """A property on the cases that these makers draw."""
    return Property(title, lambda rng: [make(rng) for make in makers], driver, judge, weight, core)


def seeded(rng):
    """A generator of its own, as a student is given one."""
    return np.random.default_rng(int(rng.integers(2**32)))


# ----------------------------------------------------------------------------------------- minibatches


@maker
def epoch(rng, n, batch_size, shape=(3,), dtype=float):
    """n examples and n labels that all differ, so that every pair can be told from the others."""
    inputs = {"X": rng.normal(size=(n, *shape)).astype(dtype), "y": rng.permutation(n), "batch_size": batch_size}
    return {**inputs, "rng": seeded(rng), "other_rng": seeded(rng)}


def one_call(make):
    """A case for plain calls, which take one generator."""

    def later(rng):
        case = make(rng)
        return Case(case.label, {name: value for name, value in case.inputs.items() if name != "other_rng"})

    return later


minibatches = Exercise(
    "minibatches",
    "Mini-batches",
    4,
    [
        holds("shows every example exactly once", epoch("60 examples in tens", 60, 10),
              epoch("the last batch is short", 13, 5), driver="epoch_examples", weight=2, core=True),
        holds("keeps each example with its label", epoch("20 examples", 20, 6),
              epoch("images", 12, 4, shape=(1, 2, 2)), driver="epoch_pairs", core=True),
        holds("makes batches of the right sizes", epoch("the last batch is short", 13, 5),
              epoch("the batches are all full", 9, 3), epoch("a batch larger than the data", 3, 5),
              epoch("batch_size=1", 3, 1), epoch("a single example", 1, 2), driver="epoch_sizes", core=True),
        holds("shuffles, and only with rng", epoch("60 examples in tens", 60, 10), driver="epoch_order"),
        holds("leaves X and y alone", one_call(epoch("7 examples", 7, 3)), judge="unchanged"),
        holds("keeps float32", one_call(epoch("float32", 5, 2, dtype="float32")), judge="keeps dtype"),
    ],
    equivalent_mutants={line: "X and y have the same length" for line in ("line 13: X -> y", "line 14: X -> y")},
)  # fmt: skip

# ------------------------------------------------------------------- update_ratio and first_divergence


@maker
def ratio(rng, shape, scale=1.0, step=1e-3):
    return {"w": scale * rng.normal(size=shape), "update": step * scale * rng.normal(size=shape)}


update_ratio = Exercise(
    "update_ratio",
    "Update ratio",
    2,
    [
        holds("divides the two norms", ratio("a vector", 4), ratio("a matrix", (3, 4)), weight=2, core=True),
        holds("holds for other shapes and sizes", ratio("a single weight", 1), ratio("filters", (2, 3, 2, 2)),
              ratio("tiny weights", 5, 1e-6), ratio("an update of 0", 3, step=0.0), ratio("a large one", 3, step=50.0)),
        holds("leaves w and update alone", ratio("a matrix", (2, 3)), judge="unchanged"),
    ],
)  # fmt: skip


@maker
def losses(rng, *multiples, first=None):
    """Losses as multiples of the first, which is drawn; None among them is some healthy multiple."""
    first = first or float(rng.uniform(1.5, 2.5))
    return {"losses": [first, *(first * (float(rng.uniform(0.3, 1)) if m is None else m) for m in multiples)]}


first_divergence = Exercise(
    "first_divergence",
    "Divergence",
    3,
    [
        holds("finds a NaN, an infinite and a large loss", losses("a NaN", None, None, None, math.nan, 0.5),
              losses("an infinite loss", None, None, math.inf, math.nan),
              losses("over 3 times the first", None, None, None, 3.2, 4.0), weight=2, core=True),
        holds("returns None where all is well", losses("losses that fall", 0.9, 0.7, 0.6, 0.4),
              losses("2.9 times the first", 1.5, 2.9, 1.2),
              losses("3 times the best, but not the first", 0.3, 0.65, 0.95),
              losses("a jump to 5 times the loss before", 0.1, 0.5),
              losses("exactly 3 times the first", 3.0, first=2.0), losses("a single loss"),
              lambda rng: Case("no losses", {"losses": []}), core=True),
        holds("names the first of several, the very first loss too", losses("large, then NaN", 0.9, 3.5, math.nan),
              losses("NaN, then large", 0.9, math.nan, 3.5), losses("large for a moment", 4.0, 0.5, 0.4),
              losses("the first loss is NaN", 1.0, 1.0, first=math.nan),
              losses("the first loss is infinite", 1.0, first=math.inf), losses("minus infinity", 0.8, -math.inf, 0.5)),
        holds("leaves losses alone", losses("a NaN", 0.5, math.nan), judge="unchanged"),
    ],
)  # fmt: skip

# ----------------------------------------------------------------------------------------------- train


@maker
def training(rng, n=6, batch_size=6, epochs=4, *, alike=False, turns=None, dtype=float, **more):
    """Inputs of `train`. alike: all examples are equal, so that every order gives the same numbers.

    turns: (share, value): where the loss has fallen below this share of its start it becomes this value.
    """
    X = rng.normal(size=(1 if alike else n, 2)).repeat(n if alike else 1, axis=0).astype(dtype)
    y = rng.uniform(2, 3, size=1 if alike else n).repeat(n if alike else 1).astype(dtype)
    params = {"W": rng.normal(size=2).astype(dtype), "b": rng.uniform(0.5, 1, size=1).astype(dtype)}
    loss_fn = SquaredError(turns[0] * SquaredError()(params, X, y)[0], turns[1]) if turns else SquaredError()
    rate = float(rng.uniform(0.02, 0.04))
    settings = {"rule": GrowingRule(1.2), "learning_rate": rate, "schedule": None, "batch_size": batch_size}
    inputs = {"loss_fn": loss_fn, "params": params, "X": X, "y": y, **settings, "epochs": epochs, "rng": seeded(rng)}
    return {**inputs, **more}


train = Exercise(
    "train",
    "Trainer",
    6,
    [
        holds("trains on the whole batch", training("batch_size=n"), training("batch_size over n", batch_size=9),
              driver="training_run", weight=2, core=True),
        holds("trains on mini-batches", training("7 equal examples in threes", 7, 3, 3, alike=True),
              driver="training_run", weight=2, core=True),
        holds("shows every example once an epoch, shuffled anew", training("64 examples in tens", 64, 10, 3),
              driver="training_batches"),
        holds("follows a schedule over the whole run",
              training("9 updates", 6, 2, 3, alike=True, schedule=FallingRate(0.1)), driver="training_run", core=True),
        holds("passes the hyperparameters on to the rule", training("pull=0.02", epochs=2, pull=0.02),
              driver="training_run"),
        holds("stops where the loss diverges",
              training("the loss becomes NaN", batch_size=2, alike=True, turns=(0.6, math.nan)),
              training("the loss becomes infinite", batch_size=2, alike=True, turns=(0.6, math.inf)),
              training("a learning rate far too high", learning_rate=3.0, epochs=9),
              training("the first loss is NaN", batch_size=2, alike=True, turns=(2.0, math.nan)),
              driver="training_run", weight=2),
        holds("holds for no epoch and for one example", training("epochs=0", epochs=0),
              training("one example", 1, 1, 2), driver="training_run"),
        holds("leaves params, X and y alone", training("2 epochs", epochs=2), driver="training_run", judge="unchanged"),
        holds("keeps float32", training("float32", epochs=2, dtype="float32"), driver="training_run",
              judge="keeps dtype"),
    ],
    equivalent_mutants={"line 38: after - before -> -(after - before)": "a norm does not depend on the sign"},
)  # fmt: skip

# -------------------------------------------------------------------------------------------- sanity


@maker
def classes(rng, num_classes=None):
    return {"num_classes": num_classes or int(rng.integers(11, 90))}


expected_initial_loss = Exercise(
    "expected_initial_loss",
    "First loss",
    2,
    [
        holds("predicts the first loss", classes("10 classes", 10), classes("1000 classes", 1000), weight=2, core=True),
        holds("holds for few classes and for one", classes("2 classes", 2), classes("some classes"), classes("one", 1)),
    ],
)


@maker
def tiny_set(rng, n, mistakes):
    """mistakes: place -> by how much the predicted label is off."""
    inputs = {"X": rng.normal(size=(n, 3)), "y": rng.integers(0, 10, size=n)}
    return {"train": Memorizer({i: int(inputs["y"][i]) + off for i, off in mistakes.items()}), **inputs}


overfits_tiny_set = Exercise(
    "overfits_tiny_set",
    "Tiny set",
    3,
    [
        holds("says True where all is learned", tiny_set("20 examples", 20, {}), tiny_set("50", 50, {}), core=True),
        holds("says False where labels are missed", tiny_set("all are missed", 4, dict.fromkeys(range(4), 1)),
              tiny_set("19 of 20 are missed", 20, dict.fromkeys(range(19), 1)),
              tiny_set("3 of 20 are missed", 20, dict.fromkeys((2, 5, 11), 1)), core=True),
        holds("lets no single mistake pass", tiny_set("1 of 20 is missed", 20, {9: 1}),
              tiny_set("1 of 200 is missed", 200, {7: 1}), tiny_set("another 1 of 200 is missed", 200, {117: 1}),
              tiny_set("two mistakes that balance", 20, {3: 1, 4: -1}),
              tiny_set("only the last is missed", 12, {11: 3}), tiny_set("only the first is missed", 12, {0: 3}),
              weight=2),
        holds("holds for a single example", tiny_set("learned", 1, {}), tiny_set("missed", 1, {0: 2})),
        holds("leaves X and y alone", tiny_set("20 examples", 20, {}), judge="unchanged"),
    ],
)  # fmt: skip

# ------------------------------------------------------------------------------------------- schedules


def schedule(name, title, time, hyper, drawn, edges, **more):
    """An exercise for one schedule. time: its time argument. hyper: rng -> keyword arguments. drawn: rng -> a time.

    edges: a title, then (label, time, keyword arguments) of cases.
    """

    @maker
    def at(rng, t=None, **keywords):
        t = drawn(rng) if t is None else t
        return {"lr0": float(rng.uniform(0.2, 0.9)), time: t, **{**hyper(rng), **keywords}}

    return Exercise(
        name,
        title,
        2,
        [
            holds("gives the rate on the way", at("early or late"), at("again"), at("once more"), weight=2, core=True),
            holds("starts right", at(f"{time}=0", 0), at(f"{time}=1", 1), core=True),
            holds(edges[0], *(at(label, t, **keywords) for label, t, keywords in edges[1:])),
        ],
        **more,
    )  # fmt: skip


def speed(rng):
    return {"k": float(rng.uniform(0.05, 0.4))}


def while_it_runs(rng):
    return float(rng.uniform(0.5, 9.5))


TENS = {"every": 10}
SCHEDULES = [
    schedule("step_decay", "Step decay", "epoch",
             lambda rng: {"factor": float(rng.uniform(0.3, 0.7)), "every": int(rng.integers(5, 9))},
             lambda rng: int(rng.integers(3, 40)),
             ("drops at the step, not before", ("the epoch before a drop", 9, TENS), ("the epoch of a drop", 10, TENS),
              ("the epoch after a drop", 11, TENS), ("the epoch of the third drop", 30, {"every": 10, "factor": 0.1}),
              ("every=1", 4, {"every": 1}))),
    schedule("exponential_decay", "Exponential decay", "t", speed, while_it_runs,
             ("holds for fast and for no decay", ("k=0", 7, {"k": 0.0}), ("k=0.8", 3.5, {"k": 0.8}))),
    schedule("inverse_time_decay", "Inverse time decay", "t", speed, while_it_runs,
             ("holds for fast and for no decay", ("k=0", 7, {"k": 0.0}), ("k=2", 350, {"k": 2.0}))),
    schedule("cosine_decay", "Cosine decay", "t", lambda rng: {"total": float(rng.uniform(11, 17))}, while_it_runs,
             ("ends right", ("half of the way", 20, {"total": 40}), ("nearly the end", 39.9, {"total": 40}),
              ("total=1", 0.9, {"total": 1})),
             equivalent_mutants={"line 10: np.pi * t / total -> -(np.pi * t / total)":
                                 "an angle and minus the angle have one cosine"}),
    schedule("warmup", "Warmup", "t", lambda rng: {"steps": int(rng.integers(12, 20))}, while_it_runs,
             ("stays at the full rate", ("its last step", 9, {"steps": 10}), ("its end", 10, {"steps": 10}),
              ("long after it", 1000, {"steps": 10}), ("steps=1", 1, {"steps": 1})),
             equivalent_mutants={"line 9: min(1, t / steps) -> min(t / steps, 1)":
                                 "the smaller of two numbers does not depend on their order"}),
]  # fmt: skip

# -------------------------------------------------------------------------------------------- searches

SPACE = {"learning_rate": (1e-5, 10.0), "reg": (1e-7, 1e-1)}
RATES, REGS = [0.1, 1.0, 0.001, 0.01], [0.0, 1e-4, 1e-2]
ONE_EACH = "both have equally many entries, so there is nothing to be strict about"


@maker
def sample(rng, low, high, size=400):
    return {"low": low, "high": high, "size": size, "rng": seeded(rng), "other_rng": seeded(rng)}


@maker
def gridded(rng, cost=None, **grid):
    """grid: name -> values. cost: value -> what it costs; every other value costs a number of its own."""
    costs = {name: {v: (cost or {}).get(v, float(rng.normal())) for v in values} for name, values in grid.items()}
    return {"objective": Table(costs), "grid": grid}


@maker
def drawn(rng, budget, *, space=SPACE, at=0.5, nan_above=(), **more):
    """A search of `budget` points in a space. at: about where its minimum is, from 0 to 1 on the log scale."""
    where = at + rng.uniform(-0.08, 0.08, size=len(space))
    lowest = {name: low * (high / low) ** float(u) for (name, (low, high)), u in zip(space.items(), where, strict=True)}
    inputs = {"objective": LogBowl(lowest, dict(nan_above)), "space": space, "budget": budget, **more}
    return {**inputs, "rng": seeded(rng), "other_rng": seeded(rng)}


log_uniform = Exercise(
    "log_uniform",
    "Log-uniform",
    3,
    [
        holds("spreads evenly over the powers of ten, all by rng", sample("learning rates", 1e-5, 10.0),
              sample("over 1", 20.0, 3e6), driver="log_draws", weight=2, core=True),
        holds("holds for narrow ranges, tiny numbers and few draws", sample("half a power of ten", 0.02, 0.06),
              sample("tiny numbers", 1e-12, 1e-9), sample("size=7", 1e-3, 1.0, 7), sample("size=1", 1e-3, 1.0, 1),
              driver="log_draws", core=True),
    ],
)  # fmt: skip

grid_search = Exercise(
    "grid_search",
    "Grid search",
    3,
    [
        holds("tries every point of the grid once", gridded("4 rates, 3 strengths", learning_rate=RATES, reg=REGS),
              gridded("three parameters", learning_rate=[0.1, 0.01], rho=[0.5, 0.9], batch_size=[16, 64, 32]),
              driver="tried_points", weight=2, core=True),
        holds("returns every value with its point, best first",
              gridded("4 rates, 3 strengths", learning_rate=RATES, reg=REGS),
              gridded("one parameter", learning_rate=RATES), driver="ranking", weight=2, core=True),
        holds("lets no NaN win", gridded("the first rate gives NaN", {0.1: math.nan}, learning_rate=RATES, reg=REGS),
              gridded("the second rate gives NaN", {1.0: math.nan}, learning_rate=RATES, reg=REGS),
              gridded("the last rates give NaN", {0.001: math.nan, 0.01: math.nan}, learning_rate=RATES, reg=REGS),
              gridded("infinite, but no NaN", {0.1: math.inf}, learning_rate=RATES, reg=REGS), driver="ranking"),
        holds("holds for names and for a single point",
              gridded("values that are words", rule=["sgd", "adam"], learning_rate=[0.1, 0.01]),
              gridded("a single point", learning_rate=[0.3], reg=[0.01]), driver="tried_points"),
        holds("leaves grid alone", gridded("two parameters", learning_rate=RATES, reg=REGS), judge="unchanged"),
    ],
    equivalent_mutants={
        "line 11: zip(grid, values, strict=True) -> zip(grid, values)": ONE_EACH,
        "line 11: True -> False": ONE_EACH,
    },
)  # fmt: skip

random_search = Exercise(
    "random_search",
    "Random search",
    4,
    [
        holds("tries budget different points of the space", drawn("budget=20", 20),
              drawn("one parameter", 7, space={"k": (0.01, 5.0)}),
              drawn("many points give NaN", 20, nan_above={"learning_rate": 1e-3}),
              driver="number_of_calls", weight=2, core=True),
        holds("draws each parameter log-uniformly", drawn("budget=400", 400),
              drawn("three parameters", 300, space={**SPACE, "width": (10.0, 1e4)}),
              driver="drawn_points", weight=2, core=True),
        holds("returns every value with its point, best first", drawn("budget=20", 20), drawn("budget=1", 1),
              driver="ranking", core=True),
        holds("lets no NaN win", drawn("high rates give NaN", 60, nan_above={"learning_rate": 0.1}),
              drawn("most points give NaN", 60, nan_above={"learning_rate": 1e-4}), driver="ranking"),
        holds("draws only from rng", drawn("budget=10", 10), driver="drawn_again"),
        holds("leaves space alone", one_call(drawn("budget=5", 5)), judge="unchanged"),
    ],
    equivalent_mutants={
        "line 13: zip(space, numbers, strict=True) -> zip(space, numbers)": ONE_EACH,
        "line 13: True -> False": ONE_EACH,
        "line 13: zip(*columns, strict=True) -> zip(*columns)": ONE_EACH,
        "line 13: True -> False (occurrence 2)": ONE_EACH,
    },
)  # fmt: skip

FREE, ORDER = "how much narrower a round is, is free", "the larger or smaller of two does not depend on their order"
coarse_to_fine = Exercise(
    "coarse_to_fine",
    "Coarse to fine",
    5,
    [
        holds("tries budget points a round, inside the space", drawn("3 rounds of 10", 10, rounds=3),
              drawn("one round", 6, rounds=1), drawn("the minimum at the border", 20, rounds=4, at=1.0),
              driver="number_of_calls", core=True),
        holds("narrows the search around the best point so far", drawn("3 rounds of 200", 200, rounds=3),
              drawn("the best points are low", 200, rounds=3, at=0.1),
              drawn("the best points are high", 200, rounds=3, at=0.9),
              drawn("one parameter", 200, rounds=3, space={"k": (1e-3, 100.0)}),
              drawn("a space of forty powers of ten", 200, rounds=4, space={"k": (1e-40, 1.0)}),
              driver="search_rounds", weight=3, core=True),
        holds("remembers the best point of all rounds",
              drawn("later rounds find nothing better", 200, rounds=4, honest=200), driver="search_rounds"),
        holds("returns every value with its point, best first", drawn("3 rounds of 10", 10, rounds=3),
              drawn("one point", 1, rounds=1), driver="ranking", core=True),
        holds("lets no NaN win", drawn("high rates give NaN", 200, rounds=2, nan_above={"learning_rate": 2.0}),
              driver="search_rounds"),
        holds("ranks NaN last", drawn("high rates give NaN", 40, rounds=2, nan_above={"learning_rate": 2.0}),
              driver="ranking"),
        holds("draws only from rng", drawn("2 rounds of 10", 10, rounds=2), driver="drawn_again"),
        holds("leaves space alone", one_call(drawn("2 rounds", 5, rounds=2)), judge="unchanged"),
    ],
    equivalent_mutants={
        "line 24: 0.25 -> 0.375": FREE,
        "line 24: 0.25 -> 0.025": FREE,
        "line 24: 2 -> 3": FREE,
        "line 25: max(low, best[name] / reach) -> max(best[name] / reach, low)": ORDER,
        "line 25: min(high, best[name] * reach) -> min(best[name] * reach, high)": ORDER,
    },
)  # fmt: skip

# ----------------------------------------------------------------------------------------------- folds


@maker
def folds(rng, n, k):
    return {"n": n, "k": k, "rng": seeded(rng), "other_rng": seeded(rng)}


k_fold_indices = Exercise(
    "k_fold_indices",
    "Folds",
    4,
    [
        holds("puts every example into one val", folds("12 examples, 4 folds", 12, 4),
              folds("11 examples, 4 folds", 11, 4), driver="fold_partition", weight=2, core=True),
        holds("makes folds whose sizes differ by at most 1", folds("12 examples, 4 folds", 12, 4),
              folds("11 examples, 4 folds", 11, 4), folds("11 examples, 5 folds", 11, 5), folds("two folds", 7, 2),
              folds("as many folds as examples", 5, 5), driver="fold_sizes", weight=2, core=True),
        holds("shuffles, and only with rng", folds("90 examples, 3 folds", 90, 3), driver="fold_order"),
    ],
)  # fmt: skip

EXERCISES = [
    minibatches, update_ratio, first_divergence, train, expected_initial_loss, overfits_tiny_set, *SCHEDULES,
    log_uniform, grid_search, random_search, coarse_to_fine, k_fold_indices,
]  # fmt: skip
