"""What is graded in 06_batch_normalization: batch norm with its memory, two ways back, folding, and layer norm."""

import numpy as np

from autograder.checking import Case, Exercise, Property, Tolerance
from autograder.checking.builders import call_exercise, of, pair_exercise, to_single

FAR = Tolerance(relative=1e-6, floor=1e-7)  # at 1e6 a mean keeps 10 digits; squares of 1e6 keep 4 of a variance of 1
SAME_ZEROS = "gamma has the shape and the dtype of beta, so zeros and ones like it are the same"
NOT_LOOKED_AT = "it changes the cache alone, which is nobody's but the backward's; both backward exercises fail with it"
CLOSE = Tolerance(relative=1e-10, floor=1e-10)


def features(rng, n, d, spread=1.5, shift=2.0):
    """A batch (n, d) whose features differ in mean and spread."""
    return spread * apart(rng, (n, d), 0) * rng.uniform(0.5, 2, size=d) + shift * rng.normal(size=d)


def apart(rng, shape, axis):
    """Normal numbers, drawn until none of the lines to be normalised is nearly constant by chance."""
    while True:
        x = rng.normal(size=shape)
        if shape[axis] == 1 or x.std(axis=axis).min() > 0.2:
            return x


def affine(rng, d):
    """gamma and beta; the first gamma is negative."""
    gamma = rng.uniform(0.5, 2, size=d)
    gamma[0] = -gamma[0]
    return {"gamma": gamma, "beta": rng.normal(size=d)}


def averages(rng, d):
    return {"mean": rng.normal(size=d), "var": rng.uniform(0.5, 3, size=d)}


# ---------------------------------------------------------------------------------------------- forward


def batches(rng, n, d, training, *, state=None, spread=1.5, shift=2.0, **more):
    """Inputs of the drivers `normalised_batches` and `running_averages`: one batch for each entry of training."""
    x = [features(rng, n, d, spread, shift) for _ in training]
    state = averages(rng, d) if state == "given" else state
    return {"x": x, **affine(rng, d), "state": state, "training": list(training), **more}


def cases(*rows):
    """rng -> cases of batches, from rows (label, n, d, training, further arguments)."""
    return lambda rng: [Case(label, batches(rng, n, d, training, **more)) for label, n, d, training, more in rows]


TRAIN, TEST = [True], [False]
GIVEN = {"state": "given"}


def forward_edges(rng):
    constant = batches(rng, 4, 3, TRAIN)
    constant["x"][0][:, 1] = 0.75
    more = cases(
        ("a single row", 1, 3, TRAIN, {}),
        ("a single column", 4, 1, TRAIN, {}),
        ("two rows", 2, 3, TRAIN, {}),
        ("as many rows as columns", 2, 2, TRAIN, {}),
        ("tiny values: eps counts", 4, 3, TRAIN, {"spread": 2e-3, "shift": 0.0}),
    )
    return [Case("a constant feature", constant), *more(rng)]


forward = Exercise(
    "batchnorm_forward",
    "Batch norm, forward",
    6,
    [
        Property(
            "normalises a batch in training",
            cases(("4 examples, 3 features", 4, 3, TRAIN, {}), ("a state is given", 3, 2, TRAIN, GIVEN)),
            "normalised_batches",
            weight=2,
            core=True,
        ),
        Property(
            "updates the running averages in training",
            cases(
                ("one batch, from state=None", 4, 3, TRAIN, {}),
                ("one batch, from a given state", 3, 2, TRAIN, GIVEN),
                ("three batches", 4, 2, TRAIN * 3, {}),
            ),
            "running_averages",
            weight=2,
            core=True,
        ),
        Property(
            "uses the running averages at test time",
            cases(
                ("4 examples, 3 features", 4, 3, TEST, GIVEN),
                ("a single row", 1, 3, TEST, GIVEN),
                ("tiny running variances: eps counts", 3, 2, TEST,
                 {"state": {"mean": np.zeros(2), "var": np.array([1e-6, 4e-6])}, "spread": 1e-3, "shift": 0.0}),
            ),
            "normalised_batches",
            weight=2,
            core=True,
        ),
        Property(
            "leaves the running averages as they are at test time",
            cases(("a given state", 4, 3, TEST, GIVEN), ("two test batches", 3, 2, TEST * 2, GIVEN)),
            "running_averages",
        ),
        Property(
            "takes state=None as zeros and ones at test time",
            cases(("4 examples, 3 features", 4, 3, TEST, {}), ("a single row", 1, 2, TEST, {})),
            "normalised_batches",
        ),
        Property(
            "returns these zeros and ones", cases(("state=None", 4, 3, TEST, {})), "running_averages"
        ),
        Property(
            "trains and then tests",
            cases(
                ("two training batches, one test batch", 3, 2, [True, True, False], {}),
                ("training, test, training", 3, 1, [True, False, True], GIVEN),
            ),
            "normalised_batches",
        ),
        Property(
            "uses eps",
            cases(("eps=0.3 in training", 3, 2, TRAIN, {"eps": 0.3}),
                  ("eps=0.3 at test time", 3, 2, TEST, {**GIVEN, "eps": 0.3})),
            "normalised_batches",
            core=True,
        ),
        Property(
            "uses momentum",
            cases(
                ("momentum=0.6", 3, 2, TRAIN * 2, {**GIVEN, "momentum": 0.6}),
                ("momentum=0: only the last batch", 4, 2, TRAIN * 2, {"momentum": 0.0}),
                ("momentum=1: nothing new", 4, 2, TRAIN, {**GIVEN, "momentum": 1.0}),
            ),
            "running_averages",
            core=True,
        ),
        Property("holds for one row, one column, a constant feature", forward_edges, "normalised_batches"),
        Property("keeps running averages of them too", forward_edges, "running_averages"),
        Property(
            "holds far from 0",
            cases(("features near a million", 5, 2, TRAIN, {"spread": 0.7, "shift": 1e6})),
            "normalised_batches",
            tolerance=FAR,
        ),
        Property(
            "leaves its arguments alone",
            cases(("in training", 4, 3, TRAIN, GIVEN), ("at test time", 4, 3, TEST, GIVEN)),
            "normalised_batches",
            "unchanged",
        ),
        Property(
            "keeps float32",
            lambda rng: [Case(c.label, to_single(c.inputs)) for c in cases(
                ("in training", 4, 3, TRAIN, {}), ("training, then a test", 4, 3, [True, False], GIVEN),
                ("at test time, state=None", 4, 3, TEST, {}))(rng)],
            "normalised_batches",
            "keeps dtype",
        ),
        Property(
            "keeps float32 in the running averages",
            lambda rng: [Case(c.label, to_single(c.inputs)) for c in cases(
                ("in training", 4, 3, TRAIN, {}), ("at test time, state=None", 4, 3, TEST, {}))(rng)],
            "running_averages",
            "keeps dtype",
        ),
    ],
    equivalent_mutants={
        "line 22: beta -> gamma": SAME_ZEROS,
        "line 22: beta -> gamma (occurrence 2)": SAME_ZEROS,
        **{f"line 31: gamma -> {name} (occurrence 2)": NOT_LOOKED_AT for name in ("x", "beta", "state")},
    },
)  # fmt: skip


# --------------------------------------------------------------------------------------------- backward


def backward(rng, n, d, *, spread=1.5, shift=2.0, **more):
    """Inputs of the drivers of batch norm there and back, in training mode."""
    x = features(rng, n, d, spread, shift)
    return {"x": x, **affine(rng, d), "state": None, "training": True, **more, "dout": rng.normal(size=(n, d))}


def backward_edges(rng):
    constant = backward(rng, 4, 2, eps=0.01)
    constant["x"][:, 1] = 0.75
    return [
        Case("a single row", backward(rng, 1, 2)),
        Case("a single column", backward(rng, 4, 1)),
        Case("two rows, two columns", backward(rng, 2, 2, eps=0.5)),
        Case("a constant feature", constant),
        Case("small values: eps counts", backward(rng, 3, 2, spread=0.05, shift=0.0, eps=1e-3)),
    ]


def backward_exercise(name, title, points, *properties, **more):
    """An exercise for one of the two backward passes: it runs behind the student's own forward."""
    some = of(backward, {"4 examples, 3 features": (4, 3), "3 examples, 2 features": (3, 2)})
    once = of(backward, {"3 examples, 2 features": (3, 2)})
    return Exercise(
        name,
        title,
        points,
        [
            Property("the gradients agree with numeric ones", some, "normalised_gradients", weight=3, core=True),
            Property(
                "... for one row, one column, a constant feature", backward_edges, "normalised_gradients", weight=2
            ),
            *properties,
            Property("a second backward on one cache gives the same", once, "normalised_there_and_back"),
            Property("leaves its arguments alone", once, "normalised_there_and_back", "unchanged"),
            Property(
                "keeps float32",
                lambda rng: [Case("float32", to_single(backward(rng, 4, 3)))],
                "normalised_there_and_back",
                "keeps dtype",
            ),
        ],
        ("batchnorm_forward", name),
        **more,
    )


ten_digits = Property(
    "is the same as by the graph, to 1e-10",
    of(backward, {"4 examples, 2 features": (4, 2)}),
    "normalised_there_and_back",
    core=True,
    tolerance=CLOSE,
)


# ----------------------------------------------------------------------------------- folding, layer norm


def layer(rng, d, m, *, var=None, scale=1.0, **more):
    """Inputs of `fold_batchnorm`."""
    inputs = {"w": scale * rng.normal(size=(d, m)), "b": rng.normal(size=m), **affine(rng, m), **averages(rng, m)}
    return inputs | ({} if var is None else {"var": np.array(var)}) | more


def fold_edges(rng):
    return [
        *of(layer, {"one input": (1, 3), "one output": (3, 1), "one of each": (1, 1)})(rng),
        Case("a variance of 0", layer(rng, 3, 2, var=[0.0, 2.0])),
        Case("tiny variances: eps counts", layer(rng, 2, 3, var=[1e-6, 2e-5, 3e-7])),
        Case("eps=0.2", layer(rng, 3, 2, eps=0.2)),
    ]


def rows(rng, shape, **arguments):
    """Inputs of layer norm's pair: examples that differ in mean and spread."""
    n, d = shape
    x = rng.uniform(0.5, 2, size=(n, 1)) * apart(rng, shape, 1) + 2 * rng.normal(size=(n, 1))
    return {"x": x, **affine(rng, d), **arguments, "dout": rng.normal(size=shape)}


def constant_row(rng):
    inputs = rows(rng, (2, 3), eps=0.01)
    inputs["x"][1] = 0.75
    return inputs


def row_edges(rng):
    small = rows(rng, (1, 3))
    small["x"] *= 2e-3
    return [
        Case("a constant row", constant_row(rng)),
        Case("a single feature", rows(rng, (2, 1))),
        Case("two features", rows(rng, (2, 2), eps=0.5)),
        Case("tiny values: eps counts", small),
    ]


EXERCISES = [
    forward,
    backward_exercise("batchnorm_backward", "Batch norm, backward by the graph", 6),
    backward_exercise("batchnorm_backward_fast", "Batch norm, backward by one formula", 6, ten_digits),
    call_exercise(
        "fold_batchnorm",
        "Folding",
        6,
        ("gives the layer that does both", of(layer, {"3 inputs, 2 outputs": (3, 2), "2 inputs, 4 outputs": (2, 4)})),
        ("holds for as many inputs as outputs", of(layer, {"3 inputs, 3 outputs": (3, 3)})),
        extra=[
            Property("holds for one input, one output, small variances, another eps", fold_edges, weight=2),
            Property("... to 1e-12", of(layer, {"4 inputs, 3 outputs": (4, 3)}), tolerance=Tolerance(1e-12, 1e-12)),
        ],
    ),
    pair_exercise(
        "layernorm",
        "Layer norm",
        6,
        draw=rows,
        main=((2, 4), (2, 3)),
        edges={"a single row": (1, 4), "as many rows as columns": (3, 3)},
        given={"eps=0.3": {"eps": 0.3}},
        extra=[Property("holds for a constant row, one feature, tiny values", row_edges, "normalised_there_and_back")],
    ),
]  # fmt: skip
