"""What is graded in 07_dropout_and_friends: layers with random masks, by facts that hold for any draw, and averages."""

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.builders import call_exercise, of, to_single
from autograder.checking.initial_weights import Squash

OUTSIDE = (0.0, -0.3, 1.4)
SAME_LENGTH = "w and x have the same length"
ONE_DTYPE = "x, w and b have one dtype wherever it is promised to be kept"
AS_MANY = "there is a survival for each block, so both end together"


def never_equal(change):
    """A mutant that differs where a random number equals the probability."""
    return {change: "a random number equals the probability with probability 2**-53"}


# ------------------------------------------------------------------------------- layers with a mask


def plain(rng, shape, p_keep, training=False):
    """Inputs of the pair drivers for dropout: a call whose answer does not depend on the coins."""
    return {
        "x": rng.normal(size=shape),
        "p_keep": p_keep,
        "training": training,
        "rng": np.random.default_rng(rng.integers(2**32)),
        "dout": rng.normal(size=shape),
    }


def plain_connect(rng, shape, p_keep, training=False):
    """The same for DropConnect; shape: (N, D, M)."""
    n, d, m = shape
    inputs = plain(rng, (n, d), p_keep, training)
    return {
        "x": inputs["x"],
        "w": rng.normal(size=(d, m)),
        "b": rng.normal(size=m),
        **{name: inputs[name] for name in ("p_keep", "training", "rng")},
        "dout": rng.normal(size=(n, m)),
    }


def mask_exercise(name, title, points, *, kind, make, sizes, main, edges, **more):
    """An exercise for `NAME_forward` and `NAME_backward` with a random mask.

    kind: the drivers' name. make: (rng, shape, p_keep, training) -> inputs of the pair drivers. sizes: label -> what
    the kind's drivers need beside p_keep and rng. main, edges: label -> shape.
    """

    def masks(*ps):
        def draw(rng):
            return [
                Case(f"{label}, p_keep={p}", {**size, "p_keep": p, "rng": np.random.default_rng(rng.integers(2**32))})
                for label, size in sizes.items()
                for p in ps
            ]

        return draw

    def one(rng):
        return masks(0.7)(rng)[:1]

    first = next(iter(main.values()))
    at_test = of(make, {label: (shape, p) for (label, shape), p in zip(main.items(), (0.3, 0.8), strict=True)})
    small = of(make, {label: (shape, 0.6) for label, shape in edges.items()})
    everything = of(make, {"p_keep=1, in training": (first, 1.0, True), "p_keep=1, at test time": (first, 1.0)})
    both = of(make, {"in training": (first, 0.5, True), "at test time": (first, 0.5)})

    def all_kept(rng):
        cases = everything(rng)
        for case in cases:  # a 0 that was kept looks dropped to those who read the mask off the product
            case.inputs.get("w", case.inputs["x"])[0, 0] = 0
        return cases

    def single_precision(rng):
        return [Case(f"float32, {case.label}", to_single(case.inputs)) for case in both(rng)]

    def outside(rng):
        return [
            Case(
                f"p_keep={p}, {'in training' if training else 'at test time'}", make(rng, first, p, training), "p_keep"
            )
            for p in OUTSIDE
            for training in (True, False)
        ]

    return Exercise(
        name,
        title,
        points,
        [
            Property(
                "training: keeps and scales as it should", masks(0.7, 0.35), f"{kind}_values", weight=3, core=True
            ),
            Property("training: every coin is its own, and new at each call", masks(0.7), f"{kind}_coins", weight=2),
            Property("training: the backward uses the forward's mask", one, f"{kind}_gradient", weight=2, core=True),
            Property("test time: the forward is right", at_test, "pair_forward", weight=2, core=True),
            Property("test time: the gradients agree with numeric ones", at_test, "forward_backward", core=True),
            Property("test time: both hold for other shapes", small, "pair_there_and_back"),
            Property("p_keep=1 drops nothing", all_kept, "pair_there_and_back"),
            Property("raises a ValueError for p_keep outside (0, 1]", outside, "pair_forward", "raises"),
            Property("leaves its arguments alone", both, "pair_there_and_back", "unchanged"),
            Property("keeps float32", single_precision, "pair_there_and_back", "keeps dtype"),
        ],
        (f"{name}_forward", f"{name}_backward"),
        **more,
    )


DROPOUT = {
    "kind": "dropout",
    "make": plain,
    "sizes": {"60 examples of 60 entries": {"shape": (60, 60)}, "images": {"shape": (12, 5, 8, 8)}},
    "main": {"shape (2, 3)": (2, 3), "shape (3, 2)": (3, 2)},
    "edges": {"a single row": (1, 4), "a single column": (4, 1), "a vector": (3,), "images": (2, 2, 2, 3)},
}
CONNECT = {
    "kind": "connect",
    "make": plain_connect,
    "sizes": {"60 inputs, 60 outputs": {"size": 60}},
    "main": {"shapes (3, 2), (2, 4)": (3, 2, 4), "shapes (2, 3), (3, 2)": (2, 3, 2)},
    "edges": {"a single row": (1, 3, 2), "a single input": (3, 1, 2), "a single output": (3, 2, 1)},
}

# ------------------------------------------------------------------------------------------------ L2


def penalised(rng, *shapes, reg=None, scale=1.0):
    weights = [scale * rng.normal(size=shape) for shape in shapes]
    return {"weights": weights, "reg": float(rng.uniform(0.1, 0.6)) if reg is None else reg}


def some_weights(rng):
    return [
        Case("two arrays", penalised(rng, (2, 3), (3, 2))),
        Case("three arrays", penalised(rng, (2, 2), (2, 2), (2, 1))),
    ]


def odd_weights(rng):
    return [
        Case("one array", penalised(rng, (3, 2))),
        Case("a vector, a single number, filters", penalised(rng, (3,), (1,), (2, 1, 2, 2))),
        Case("reg=0", penalised(rng, (2, 2), (2,), reg=0.0)),
        Case("a reg above 1", penalised(rng, (2, 2), (2,), reg=2.5)),
        Case("weights in the thousands", penalised(rng, (2, 2), (2,), scale=1e3)),
        Case("weights of 0", penalised(rng, (2, 2), (2,), scale=0.0)),
    ]


# ------------------------------------------------------------------------------------------ averages


def unit(rng, n, p_keep):
    return {"w": rng.normal(size=n), "x": rng.uniform(0.5, 2, size=n), "p_keep": p_keep}


def outside_units(rng):
    return [Case(f"p_keep={p}", unit(rng, 3, p), "p_keep") for p in OUTSIDE]


def sampled(rng, samples, n, d, c):
    """Inputs of the Monte Carlo drivers."""
    return {
        "x": rng.normal(size=(n, d)),
        "w": rng.normal(size=(d, c)),
        "noise": rng.normal(size=(samples, n, c)),
        "rng": np.random.default_rng(rng.integers(2**32)),
        "other_rng": np.random.default_rng(rng.integers(2**32)),
    }


mc_dropout_predict = Exercise(
    "mc_dropout_predict",
    "Monte Carlo prediction",
    4,
    [
        Property(
            "gives mean and std over the samples",
            of(sampled, {"5 samples": (5, 3, 2, 4), "8 samples, two classes": (8, 2, 3, 2)}),
            "sampled_predictions",
            weight=3,
            core=True,
        ),
        Property(
            "holds for one sample, one example, one score",
            of(
                sampled,
                {
                    "one sample": (1, 2, 2, 3),
                    "one example": (4, 1, 2, 3),
                    "one score": (3, 2, 2, 1),
                    "two samples": (2, 2, 2, 2),
                },
            ),
            "sampled_predictions",
        ),
        Property(
            "forward gets x, and randomness from rng alone",
            of(sampled, {"4 samples": (4, 2, 2, 2)}),
            "sampled_generators",
        ),
        Property(
            "leaves its arguments alone", of(sampled, {"3 samples": (3, 2, 2, 2)}), "sampled_predictions", "unchanged"
        ),
    ],
)

# ---------------------------------------------------------------------------------- stochastic depth


def schedule(num_blocks, p_last):
    return {"num_blocks": num_blocks, "p_last": p_last}


def schedules(**labels):
    return lambda rng: [Case(f"num_blocks={n}, p_last={p}", schedule(n, p)) for n, p in labels.values()]


linear_survival = Exercise(
    "linear_survival",
    "Survival schedule",
    2,
    [
        Property("falls linearly to p_last", schedules(a=(4, 0.5), b=(5, 0.8)), weight=3, core=True),
        Property("holds for one block, two, and p_last=1", schedules(a=(1, 0.3), b=(2, 0.6), c=(3, 1.0))),
        Property(
            "raises a ValueError for p_last outside (0, 1]",
            lambda rng: [Case(f"p_last={p}", schedule(3, p), "p_last") for p in OUTSIDE],
            judge="raises",
        ),
    ],
)


def residual(rng, survival, shape=(2, 3), training=False):
    blocks = [Squash(float(rng.uniform(0.5, 2)), float(rng.uniform(0.2, 0.9))) for _ in survival]
    return {
        "x": rng.normal(size=shape),
        "blocks": blocks,
        "survival": np.array(survival),
        "training": training,
        "rng": np.random.default_rng(rng.integers(2**32)),
    }


def coin_cases(rng):
    seeds = rng.integers(2**32, size=2)
    groups = ([0.8, 0.4], [0.7, 0.7])
    return [
        Case(f"survival {g[0]} and {g[1]}", {"survivals": g, "each": 400, "rng": np.random.default_rng(seed)})
        for g, seed in zip(groups, seeds, strict=True)
    ]


def bad_survival(rng):
    return [
        Case(f"survival {survival}, {'in training' if training else 'at test time'}",
             residual(rng, survival, training=training), "survival")
        for survival in ([0.0, 0.5], [0.9, 1.2], [0.9, -0.1, 0.5])
        for training in (True, False)
    ]  # fmt: skip


both_modes = of(residual, {"at test time": ([0.9, 0.5],), "in training": ([0.9, 0.5], (2, 3), True)})

stochastic_depth_forward = Exercise(
    "stochastic_depth_forward",
    "Stochastic depth",
    5,
    [
        Property("training: keeps each block as often as it should", coin_cases, "block_coins", weight=3, core=True),
        Property(
            "training: blocks stand one after the other",
            of(residual, {"three blocks": ([0.7, 0.5, 0.4], (2, 2), True)}),
            "block_paths",
            weight=2,
            core=True,
        ),
        Property(
            "training: survival 1 keeps all blocks",
            of(residual, {"two blocks": ([1.0, 1.0], (2, 3), True), "one block": ([1.0], (3, 2), True)}),
        ),
        Property(
            "test time: each block counts by its survival",
            of(residual, {"two blocks": ([0.9, 0.5],), "three blocks": ([0.8, 0.6, 0.3], (3, 2))}),
            weight=2,
            core=True,
        ),
        Property(
            "test time: holds for one block, many, and other shapes",
            of(
                residual,
                {
                    "one block": ([0.6],),
                    "five blocks": ([0.9, 0.8, 0.7, 0.6, 0.5], (1, 2)),
                    "a single row": ([0.7, 0.4], (1, 3)),
                    "images": ([0.7, 0.4], (2, 2, 2, 1)),
                    "survival 1": ([1.0, 1.0],),
                },
            ),
        ),
        Property("raises a ValueError for a survival outside (0, 1]", bad_survival, judge="raises"),
        Property("leaves its arguments alone", both_modes, judge="unchanged"),
        Property(
            "keeps float32",
            lambda rng: [Case(f"float32, {c.label}", to_single(c.inputs)) for c in both_modes(rng)],
            judge="keeps dtype",
        ),
    ],
    equivalent_mutants={
        **never_equal("line 22: rng.random() < p -> rng.random() <= p"),
        "line 19: zip(blocks, survival, strict=True) -> zip(blocks, survival)": AS_MANY,
        "line 19: True -> False": AS_MANY,
    },
)

EXERCISES = [
    call_exercise(
        "l2_penalty",
        "L2 penalty",
        3,
        ("gives the penalty and its gradients", some_weights),
        ("holds for any shape, for reg=0, for large and zero weights", odd_weights),
        extra=[Property("the gradients agree with numeric ones", some_weights, "penalty_gradients", core=True)],
    ),
    mask_exercise(
        "dropout",
        "Dropout",
        5,
        **DROPOUT,
        equivalent_mutants=never_equal("line 17: rng.random(x.shape) < p_keep -> rng.random(x.shape) <= p_keep"),
    ),
    call_exercise(
        "expected_activation",
        "Expected activation",
        3,
        ("averages over all masks", of(unit, {"three inputs": (3, 0.7), "five inputs": (5, 0.4)})),
        (
            "holds for one input, two, eight, and p_keep=1",
            of(unit, {"one input": (1, 0.3), "two inputs": (2, 0.5), "eight inputs": (8, 0.9), "p_keep=1": (3, 1.0)}),
        ),
        extra=[Property("raises a ValueError for p_keep outside (0, 1]", outside_units, judge="raises")],
        single=False,
        equivalent_mutants={"line 17: w -> x": SAME_LENGTH},
    ),
    mask_exercise(
        "inverted_dropout",
        "Inverted dropout",
        5,
        **DROPOUT,
        equivalent_mutants=never_equal("line 17: rng.random(x.shape) < p_keep -> rng.random(x.shape) <= p_keep"),
    ),
    mask_exercise(
        "dropconnect",
        "DropConnect",
        6,
        **CONNECT,
        equivalent_mutants={
            **never_equal("line 17: rng.random(w.shape) < p_keep -> rng.random(w.shape) <= p_keep"),
            "line 17: w -> x (occurrence 2)": ONE_DTYPE,
            "line 17: w -> b (occurrence 2)": ONE_DTYPE,
        },
    ),
    mc_dropout_predict,
    linear_survival,
    stochastic_depth_forward,
]
