"""What is graded in 10_model_ensembles: averages of predictions, votes, cosine cycles and averages of weights."""

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.builders import call_exercise, of
from autograder.checking.show import plural

# -------------------------------------------------------------------------------------------- averages


def predicted(rng, nets, n, c, sharp=1.5):
    """Rows of probabilities, none of them 0, of some nets that disagree."""
    scores = sharp * rng.normal(size=(nets, n, c))
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    return {"probabilities": list(p / p.sum(axis=2, keepdims=True))}


average_probabilities = call_exercise(
    "average_probabilities",
    "Averaged probabilities",
    4,
    (
        "averages the nets' probabilities",
        of(predicted, {"3 nets": (3, 4, 3), "5 nets, 2 examples": (5, 2, 4), "4 nets": (4, 3, 2)}),
    ),
    (
        "holds for one net, one example, one class, and sure nets",
        of(
            predicted,
            {
                "one net": (1, 2, 3),
                "one example": (3, 1, 4),
                "one class": (2, 3, 1),
                "as many nets as examples and classes": (3, 3, 3),
                "probabilities close to 0 and 1": (2, 2, 3, 60.0),
            },
        ),
    ),
)

# ----------------------------------------------------------------------------------------------- votes


def ballots(*columns):
    """Inputs of a vote from one tuple of votes an example, the labels moved by nobody."""
    return {"labels": list(np.array(columns).T)}


def clear(rng, nets, n, classes=10):
    """Votes with one winner an example, who gets less than half of them where there are nets enough."""
    columns = []
    for _ in range(n):
        winner, *others = rng.permutation(classes)
        votes = np.array([winner] * (nets // 3 + 1) + others)[:nets]
        columns.append(rng.permutation(votes))
    return ballots(*columns)


def tied(rng):
    low, middle, high = np.sort(rng.choice(np.arange(1, 10), size=3, replace=False))
    return [
        Case("two against two, the larger label first", ballots((high, low, high, low), (high, high, low, low))),
        Case("three nets, three labels", ballots((middle, high, low), (high, low, middle), (low, high, middle))),
        Case("a tie that does not include the smallest label", ballots((high, middle, low, high, middle))),
        Case("a tie beside a larger label with one vote", ballots((high, middle, middle, low, low))),
        Case("two nets", ballots((high, low), (middle, middle), (low, middle))),
    ]


def odd_votes(rng):
    return [
        Case("one net", ballots((7,), (2,), (5,))),
        Case("one example", ballots((4, 1, 4))),
        Case("all agree", ballots((3, 3, 3), (0, 0, 0))),
        Case("labels over 10", ballots((57, 12, 57), (101, 57, 101), (12, 12, 0))),
        Case("only label 0", ballots((0, 0), (0, 0))),
        Case("more nets than examples", clear(rng, 12, 2)),
    ]


some_votes = of(clear, {"5 nets": (5, 4), "7 nets": (7, 3), "3 nets": (3, 5)})

majority_vote = call_exercise(
    "majority_vote",
    "Majority vote",
    6,
    ("gives the label with the most votes", some_votes),
    ("holds for one net, one example, large labels", odd_votes),
    extra=[
        Property("gives the smallest label at a tie", tied, weight=2),
        Property("gives ints, as labels are", some_votes, "integers"),
    ],
    single=False,
)

# ---------------------------------------------------------------------------------------------- cycles


def rate(rng, t, total, cycles):
    return {"lr0": float(rng.uniform(0.2, 0.9)), "t": t, "total": total, "cycles": cycles}


def some_rates(rng):
    """Steps in the second of equal cycles, and beyond; the cycles have 6 to 12 steps."""
    cases = []
    for cycles in (3, 4, 5):
        length, place = int(rng.integers(6, 13)), int(rng.integers(1, cycles))
        t = place * length + int(rng.integers(1, length - 1))
        cases.append(Case(f"in cycle {place + 1} of {cycles}", rate(rng, t, cycles * length, cycles)))
    return cases


cyclic_learning_rate = Exercise(
    "cyclic_learning_rate",
    "Cyclic learning rate",
    6,
    [
        Property("follows a cosine in every cycle", some_rates, weight=3, core=True),
        Property(
            "restarts at lr0, and ends a cycle above 0",
            of(
                rate,
                {
                    "the first step": (0, 30, 3),
                    "the second step": (1, 30, 3),
                    "the last step of a cycle": (9, 30, 3),
                    "the first step of the next": (10, 30, 3),
                    "the last step of all": (29, 30, 3),
                },
            ),
            weight=2,
            core=True,
        ),
        Property(
            "a cycle has ceil(total / cycles) steps",
            of(
                rate,
                {
                    "total 10, 4 cycles, t=5": (5, 10, 4),
                    "total 10, 4 cycles, the last step": (9, 10, 4),
                    "total 11, 4 cycles": (4, 11, 4),
                    "total 11, 4 cycles, the last step": (10, 11, 4),
                    "total 32, 5 cycles": (20, 32, 5),
                },
            ),
        ),
        Property(
            "holds for one cycle and for cycles of one step",
            of(rate, {"one cycle": (13, 20, 1), "cycles of one step": (3, 6, 6), "of two steps": (3, 6, 3)}),
        ),
    ],
    equivalent_mutants={"line 14: t % length -> -(t % length)": "an angle and minus the angle have one cosine"},
)


def plans(*rows):
    """rng -> cases from (total, cycles)."""
    labels = {(total, cycles): f"total {total}, {plural(cycles, 'cycle')}" for total, cycles in rows}
    return lambda rng: [Case(label, {"total": total, "cycles": cycles}) for (total, cycles), label in labels.items()]


def drawn_plans(rng):
    cycles, length = int(rng.integers(3, 7)), int(rng.integers(4, 30))
    return plans((cycles * length, cycles))(rng)


snapshot_steps = Exercise(
    "snapshot_steps",
    "Snapshot steps",
    5,
    [
        Property("gives the last step of every cycle", drawn_plans, "listed", weight=3, core=True),
        Property("holds for one cycle and for cycles of one step", plans((7, 1), (4, 4), (1, 1), (6, 3)), "listed"),
        Property("cuts the last cycle short", plans((10, 4), (11, 3), (32, 5)), "listed", weight=2),
        Property("names no step twice where cycles are left over", plans((10, 6), (9, 5), (3, 5)), "listed"),
        Property("gives ints, as an index has to be", plans((12, 3), (10, 4)), "integers"),
    ],
    equivalent_mutants={
        "line 13: min(start + length, total) -> min(total, start + length)": "min does not depend on the order"
    },
)

# ---------------------------------------------------------------------------------------------- Polyak


def weights(rng, shapes, decay=None, scale=1.0, turned=False):
    """An average and the params that come next. shapes: name -> shape. decay None: the default. turned: the names of
    the params come in the opposite order."""
    average, params = ({name: scale * rng.normal(size=s) for name, s in shapes.items()} for _ in range(2))
    params = dict(reversed(params.items())) if turned else params
    return {"average": average, "params": params, **({} if decay is None else {"decay": decay})}


NET = {"W1": (2, 3), "b1": (3,), "W2": (3, 1)}

polyak_update = call_exercise(
    "polyak_update",
    "Polyak average",
    5,
    ("keeps the fraction decay of the average", of(weights, {"decay=0.9": (NET, 0.9), "decay=0.6": (NET, 0.6)})),
    (
        "holds for other shapes, sizes and decays",
        of(
            weights,
            {
                "one vector": ({"w": (4,)}, 0.8),
                "filters": ({"W": (2, 1, 2, 2), "b": (2,)}, 0.7),
                "a 1x1 weight": ({"W": (1, 1)}, 0.95),
                "decay=0": (NET, 0.0),
                "decay=1": (NET, 1.0),
                "tiny weights": (NET, 0.9, 1e-8),
                "the names in another order": ({"W1": (2, 2), "W2": (2, 2)}, 0.9, 1.0, True),
            },
        ),
    ),
    driver="named_arrays",
    extra=[
        Property(
            "keeps 0.995 where nothing is said", of(weights, {"the default decay": (NET,)}), "named_arrays", core=True
        )
    ],
    equivalent_mutants={"line 13: average -> params (occurrence 2)": "average and params have the same names"},
)

EXERCISES = [average_probabilities, majority_vote, cyclic_learning_rate, snapshot_steps, polyak_update]
