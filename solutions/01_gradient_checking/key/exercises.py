"""What is graded in 01_gradient_checking: the instrument, two layers, two losses, and a net with one hidden layer."""

import numpy as np

from autograder.checking import Case, Exercise, Property, Tolerance
from autograder.checking.waves import UnevenSum, WavySum
from autograder.gradients import away_from_kinks

MEASURED = Tolerance(relative=1e-6, floor=1e-8)  # a difference of nearly equal heights, over 2e-5
BOTH = "pair_there_and_back"
EXACT = "loss_and_gradient"
SWAPPED = "the larger of two numbers is the same in either order"
SAME_LENGTH = "scores and y have the same length, N"
NEGATIVE = "reshape infers the dimension for which a negative number stands, be it -1 or -2"


def cases(draw, *entries, expected=None):
    """A property's cases. Each entry: a label, then the arguments of draw(rng, ...), a dict being those by name."""

    def case(rng, label, *arguments):
        named = arguments[-1] if arguments and isinstance(arguments[-1], dict) else {}
        given = arguments[: len(arguments) - bool(named)]
        return Case(label, draw(rng, *given, **named), expected)

    return lambda rng: [case(rng, *entry) for entry in entries]


def single(draw):
    """A draw whose float arrays are float32."""

    def convert(value):
        if isinstance(value, dict):
            return {name: convert(v) for name, v in value.items()}
        is_float = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        return value.astype("float32") if is_float else value

    return lambda *arguments, **named: convert(draw(*arguments, **named))


# ------------------------------------------------------------------------------------------ relative_error


def two_gradients(rng, shape, apart=0.1, nan_in=()):
    a = rng.normal(size=shape)
    inputs = {"a": a, "b": a + apart * rng.normal(size=shape)}
    for name in nan_in:
        inputs[name][rng.integers(1, 3)] = np.nan
    return inputs


def opposite(rng, size, tiny):
    """Entries of opposite signs around `tiny`, between two that are nearly equal and two zeros."""
    a, b = tiny * rng.uniform(1, 4, size=(2, size))
    return {"a": np.array([1.0, *a, 0.0]), "b": np.array([1.0 + 1e-9, *-b, 0.0])}


def shapes(rng, a, b):
    return {"a": rng.normal(size=a), "b": rng.normal(size=b)}


relative_error = Exercise(
    "relative_error",
    "Relative error",
    3,
    [
        Property(
            "gives the largest relative error",
            cases(two_gradients, ("three entries", 3), ("a matrix", (3, 4)), ("a is nearly b", 3, 1e-5)),
            weight=2,
            core=True,
        ),
        Property("holds where the signs differ", cases(opposite, ("opposite signs", 2, 1.0))),
        Property("holds the floor of 1e-8", cases(opposite, ("below 1e-8", 2, 1e-9), ("zeros, nearly equal", 0, 0.0))),
        Property(
            "holds for other shapes",
            cases(
                two_gradients, ("one number", (1,)), ("a single column", (4, 1)), ("a bank of filters", (2, 1, 2, 2))
            ),
        ),
        Property(
            "gives NaN where NaN comes in",
            cases(
                two_gradients,
                ("NaN in a", 4, {"nan_in": ["a"]}),
                ("NaN in b", 4, {"nan_in": ["b"]}),
                ("NaN in both", 4, {"nan_in": ["a", "b"]}),
            ),
        ),
        Property(
            "raises a ValueError for shapes that differ",
            cases(
                shapes,
                ("(3,) and (4,)", 3, 4),
                ("(3,) and (1,)", 3, 1),
                ("(3, 1) and (3,)", (3, 1), 3),
                ("(2, 3) and (3, 2)", (2, 3), (3, 2)),
                expected="b",
            ),
            judge="raises",
        ),
        Property("leaves a and b alone", cases(two_gradients, ("three entries", 3)), judge="unchanged"),
    ],
    equivalent_mutants={
        "line 13: a - b -> -(a - b)": "the absolute value follows",
        "line 13: np.maximum(1e-08, np.abs(a) + np.abs(b)) -> np.maximum(np.abs(a) + np.abs(b), 1e-08)": SWAPPED,
    },
)


# -------------------------------------------------------------------------------------- numerical_gradient


def uneven(rng, shape, scales=1.0, **more):
    """A point at which no derivative is near 0."""
    f = UnevenSum(float(rng.uniform(0.5, 1.5)), float(rng.uniform(-0.3, 0.3)))
    return {"f": f, "x": rng.uniform(0.2, 1.0, size=shape) * scales, **more}


def wavy(rng, scale, speed):
    return {"f": WavySum(scale, speed, float(rng.normal())), "x": rng.normal(size=2) / speed}


numerical_gradient = Exercise(
    "numerical_gradient",
    "Numeric gradient",
    5,
    [
        Property(
            "gives the gradient",
            cases(uneven, ("three numbers", 3), ("a matrix", (2, 3))),
            weight=2,
            core=True,
            tolerance=MEASURED,
        ),
        Property(
            "is the centered difference: right also for a large h",
            cases(uneven, ("h=0.1", 3, {"h": 0.1}), ("h=0.5", (2, 2), {"h": 0.5})),
            weight=2,
            core=True,
            tolerance=MEASURED,
        ),
        Property(
            "takes h=1e-5 where none is given",
            cases(wavy, ("a function so wavy that the step shows", 1.0, 5e4)),
            tolerance=MEASURED,
        ),
        Property(
            "holds for other shapes",
            cases(
                uneven,
                ("one number", (1,)),
                ("a single row", (1, 4)),
                ("a single column", (4, 1)),
                ("a bank of filters", (2, 1, 2, 2)),
            ),
            tolerance=MEASURED,
        ),
        Property("gives 0 where f does not change", cases(wavy, ("f is constant", 0.0, 1.0))),
        Property(
            "leaves x as it was, bit for bit",
            cases(uneven, ("numbers from 1e-9 to 1", (2, 4), 10.0 ** -np.array([0, 3, 6, 9]))),
            judge="unchanged",
        ),
    ],
)


# ------------------------------------------------------------------------------------------ gradient_check


def fresh(rng):
    return np.random.default_rng(rng.integers(2**32))


def alike(rng, factor, shape=3, *, speed=1.0, scale=1.0, **more):
    """A check in which all entries are alike, so that it does not matter which are drawn.

    factor: the analytic gradient over the true one.
    """
    f = WavySum(float(rng.uniform(0.5, 2)) * scale, speed, float(rng.uniform(-0.5, 0.5)))
    x = np.full(shape, rng.uniform(-0.3, 0.3) / speed)
    return {"f": f, "x": x, "analytic": factor * f.gradient(x), **more, "rng": fresh(rng)}


def flat(rng, low, high):
    """f does not change, so its numeric gradient is 0; the analytic one is from low to high."""
    return {**alike(rng, 1.0, scale=0.0), "analytic": np.full(3, rng.uniform(low, high))}


def right_gradient(rng, shape, **more):
    inputs = uneven(rng, shape)
    return {**inputs, "analytic": inputs["f"].gradient(inputs["x"]), **more, "rng": fresh(rng)}


def some_wrong(rng, shape, count, factor):
    """Some entries of four or so are wrong: 200 samples miss one with a probability of 0.75^200 = 1e-25."""
    inputs = right_gradient(rng, shape, samples=200)
    inputs["analytic"].flat[rng.permutation(inputs["x"].size)[:count]] *= factor
    return inputs


def half_wrong(rng, factor, size, **more):
    """The second half of the entries is wrong."""
    inputs = alike(rng, 1.0, size, **more)
    inputs["analytic"][size // 2 :] *= factor
    return inputs


def each_wrong(rng, **more):
    """Each entry has an error of its own."""
    inputs = alike(rng, 1.0, 50, **more)
    inputs["analytic"] *= 1 + np.arange(1, 51) / 50
    return inputs


gradient_check = Exercise(
    "gradient_check",
    "Gradient check",
    6,
    [
        Property(
            "gives the relative error of a wrong gradient",
            cases(
                alike,
                ("10% too large", 1.1),
                ("half as large", 0.5, (2, 3)),
                ("the other sign", -1.0, (1,)),
                ("0 instead", 0.0),
            ),
            weight=2,
            core=True,
            tolerance=MEASURED,
        ),
        Property(
            "passes a right gradient, of any shape",
            cases(
                right_gradient,
                ("five numbers", 5),
                ("a matrix", (3, 4)),
                ("a single row", (1, 5)),
                ("a single column", (5, 1)),
                ("a bank of filters", (2, 1, 2, 2)),
                expected=1e-4,
            ),
            judge="at most",
            core=True,
        ),
        Property(
            "finds one wrong entry, given many samples",
            cases(
                some_wrong, ("one of 4 is twice as large", 4, 1, 2.0), ("one of 6 is 0, in a matrix", (2, 3), 1, 0.0)
            ),
            tolerance=MEASURED,
        ),
        Property(
            "looks everywhere in x",
            cases(half_wrong, ("the second half is wrong, samples=64 of 200", 1.5, 200, {"samples": 64})),
            tolerance=MEASURED,
        ),
        Property(
            "takes the centered difference with the step h",
            cases(alike, ("h=0.3", 0.9, {"h": 0.3}), ("a function so wavy that h=1e-5 shows", 1.0, {"speed": 5e4})),
            tolerance=MEASURED,
        ),
        Property("holds the floor of 1e-8", cases(flat, ("both gradients are 0", 0, 0), ("0 and 5e-9", 4e-9, 6e-9))),
        Property(
            "never passes NaN",
            lambda rng: [
                *cases(some_wrong, ("analytic is NaN", 4, 4, np.nan), ("one of its 4 is NaN", 4, 1, np.nan))(rng),
                *cases(alike, ("f gives NaN", 1.0, {"scale": np.nan}))(rng),
            ],
        ),
        Property(
            "draws entries at random",
            cases(half_wrong, ("the second half is wrong, samples=1 of 40", 2.0, 40, {"samples": 1, "times": 40})),
            "found_sometimes",
        ),
        Property(
            "draws from rng and from nothing else",
            cases(each_wrong, ("each entry has an error of its own", {"samples": 1, "times": 8})),
            "same_from_one_seed",
        ),
        Property(
            "measures at the drawn entries and nowhere else",
            cases(
                alike,
                ("10 samples of 400", 1.0, 400, {"times": 12}),
                ("3 samples of 400", 1.0, 400, {"samples": 3, "times": 6}),
            ),
            "entries_measured",
        ),
        Property(
            "leaves x, bit for bit, and analytic alone",
            cases(right_gradient, ("a matrix", (2, 3), {"samples": 40})),
            judge="unchanged",
        ),
    ],
    equivalent_mutants={
        "line 18: x -> analytic": "x and analytic have one size",
        "line 25: relative_error(numerical_gradient(at, x.flat[drawn], h), analytic.flat[drawn]) -> "
        "relative_error(analytic.flat[drawn], numerical_gradient(at, x.flat[drawn], h))": "the error is symmetric",
    },
)


# -------------------------------------------------------------------------------------------------- layers


def layer_exercise(name, title, points, forward, draw, usual, edges, *more_properties, **more):
    """An exercise for a layer's pair. forward: what it does, in the title. usual, edges: entries of `cases`."""
    properties = [
        Property(f"forward: {forward}", cases(draw, *usual), "pair_forward", weight=2, core=True),
        Property(
            "backward: agrees with the numeric gradient", cases(draw, *usual), "forward_backward", weight=3, core=True
        ),
        Property("holds for other shapes", cases(draw, *edges), "forward_backward"),
        *more_properties,
        Property("gives the same from a second backward with one cache", cases(draw, *usual), BOTH),
        Property("leaves its arguments and the cache alone", cases(draw, *usual), BOTH, "unchanged"),
        Property("keeps float32", cases(single(draw), ("float32", *usual[0][1:])), BOTH, "keeps dtype"),
    ]
    return Exercise(name, title, points, properties, (f"{name}_forward", f"{name}_backward"), **more)


def affine_inputs(rng, shape, outputs):
    w = rng.normal(size=(int(np.prod(shape[1:])), outputs))
    x, b, dout = (rng.normal(size=size) for size in (shape, outputs, (shape[0], outputs)))
    return {"x": x, "w": w, "b": b, "dout": dout}


affine = layer_exercise(
    "affine",
    "Affine layer",
    5,
    "gives x w + b",
    affine_inputs,
    [("two examples of three numbers", (2, 3), 2), ("examples of shape (2, 2)", (3, 2, 2), 2)],
    [
        ("a single example", (1, 3), 2),
        ("a single feature", (3, 1), 2),
        ("a single output", (3, 2), 1),
        ("images", (2, 2, 1, 2), 3),
        ("as many examples as features and outputs", (3, 3), 3),
    ],
    equivalent_mutants={"line 13: 1 -> 2": NEGATIVE, "line 29: 1 -> 2": NEGATIVE},
)


def relu_inputs(rng, shape, offset=0.0, scale=1.0):
    """Numbers around the offset, of both signs where it is 0."""
    x = offset + scale * away_from_kinks(rng.normal(size=shape))
    if offset == 0 and x.size > 1:
        x.flat[:2] = [abs(x.flat[0]), -abs(x.flat[1])]
    return {"x": x, "dout": rng.normal(size=shape)}


def with_zeros(rng):
    return {"x": np.array([0.0, rng.uniform(1, 2), -0.5, 0.0]), "dout": rng.normal(size=4)}


relu = layer_exercise(
    "relu",
    "ReLU",
    3,
    "cuts what is negative",
    relu_inputs,
    [("a matrix", (2, 4)), ("both signs", (3,))],
    [("one number", (1,)), ("images", (2, 1, 2, 3)), ("none is positive", (3,), -9.0), ("large", (4,), 0.0, 1e4)],
    Property("has the gradient 0 at 0", cases(with_zeros, ("0 among others",)), BOTH),
    equivalent_mutants={"line 10: np.maximum(0, x) -> np.maximum(x, 0)": SWAPPED},
)


# -------------------------------------------------------------------------------------------------- losses


def loss_exercise(name, title, points, draw, usual, *more_properties, **more):
    """An exercise for a loss of scores and labels. draw: (rng, N, C). usual: entries of `cases`."""

    def edges(rng):
        return [
            *cases(draw, ("a single example", 1, 4), ("two classes", 3, 2), ("N = C", 3, 3), ("N > C", 7, 2))(rng),
            Case("all scores are 0", {"scores": np.zeros((2, 5)), "y": np.array([1, 4])}),
            Case("all examples of one class", {**draw(rng, 3, 3, False), "y": np.full(3, 2)}),
        ]

    properties = [
        Property("gives the loss", cases(draw, *usual), "loss", weight=2, core=True),
        Property("gradient: agrees with the numeric one", cases(draw, *usual), "loss_gradient", weight=2, core=True),
        Property("holds for other shapes", edges, EXACT),
        *more_properties,
        Property("leaves scores and y alone", cases(draw, *usual), judge="unchanged"),
        Property("keeps float32", cases(single(draw), ("float32", 2, 3)), "loss_gradient", "keeps dtype"),
    ]
    return Exercise(name, title, points, properties, **more)


def scored(rng, N, C, margin=False):
    """Scores and labels. margin: keep s_j - s_y + margin away from 0, the hinge loss's kink; False where none is."""
    scores, y = 1.5 * rng.normal(size=(N, C)), rng.integers(C, size=N)
    if margin:
        wrong = np.arange(C) != y[:, None]
        gaps = scores - scores[np.arange(N), y][:, None] + margin
        scores[wrong] += (away_from_kinks(gaps) - gaps)[wrong]
    return {"scores": scores, "y": y}


def for_hinge(rng, N, C, margin=1.0):
    given = {} if margin in (1.0, False) else {"margin": margin}
    return {**scored(rng, N, C, margin), **given}


def huge(rng, rows, offset=0.0):
    scores = np.array(rows) + offset
    return {"scores": scores + rng.normal(size=scores.shape), "y": np.arange(len(rows))}


def exactly(rng, scores, y):
    """These scores, shifted by a whole number, so that nothing is rounded."""
    return {"scores": np.array([scores]) + rng.integers(-3, 4), "y": np.array([y])}


ZEROS = [[0.0, 0.0, 0.0]] * 2
softmax_loss = loss_exercise(
    "softmax_loss",
    "Softmax loss",
    5,
    scored,
    [("three examples, four classes", 3, 4), ("two examples, three classes", 2, 3)],
    Property(
        "is stable for huge scores",
        cases(
            huge,
            ("scores near 10000", ZEROS, 1e4),
            ("scores near -10000", ZEROS, -1e4),
            ("the right score far below the others", [[-1e4, 1e4, 3.0], [0.0, 0.0, 0.0]]),
            ("one row large, one small", [[1e4, 1e4, 1e4], [0.0, 0.0, 0.0]]),
        ),
        EXACT,
    ),
    equivalent_mutants={"line 13: y -> scores": SAME_LENGTH, "line 16: y -> scores (occurrence 2)": SAME_LENGTH},
)

hinge_loss = loss_exercise(
    "hinge_loss",
    "Hinge loss",
    5,
    for_hinge,
    [("three examples, four classes", 3, 4), ("two examples, five classes", 2, 5)],
    Property("uses its margin", cases(for_hinge, ("margin=0.3", 3, 4, 0.3), ("margin=10", 2, 3, 10.0)), EXACT),
    Property(
        "has the gradient 0 at the kink",
        cases(exactly, ("a class is exactly at the margin", [3.0, 2.0, 2.5], 0), ("all kept", [9.0, 1.0, 2.0], 0)),
        EXACT,
    ),
    equivalent_mutants={
        "line 13: y -> scores": SAME_LENGTH,
        "line 14: np.maximum(0, scores - scores[n, y][:, None] + margin) -> "
        "np.maximum(scores - scores[n, y][:, None] + margin, 0)": SWAPPED,
        "line 18: y -> scores": SAME_LENGTH,
        "line 18: y -> scores (occurrence 2)": SAME_LENGTH,
    },
)


# ---------------------------------------------------------------------------------------------- two layers


def net(rng, N, D, H, C, reg=0.0):
    """A net and a batch, redrawn until no unit is within 0.01 of its kink and both sides of it occur."""
    while True:
        sizes = {"W1": (D, H), "b1": (H,), "W2": (H, C), "b2": (C,)}
        params = {name: rng.normal(size=size) for name, size in sizes.items()}
        X = rng.normal(size=(N, D))
        before = X @ params["W1"] + params["b1"]
        if np.abs(before).min() > 0.01 and (before > 0).any() and (before < 0).any():
            return {"params": params, "X": X, "y": rng.integers(C, size=N), "reg": reg}


PLAIN = cases(net, ("four examples", 4, 3, 5, 3), ("two examples", 2, 4, 3, 5))
REGULARISED = cases(net, ("reg=0.1", 3, 3, 4, 2, 0.1), ("reg=2", 2, 2, 3, 3, 2.0))
two_layer_loss = Exercise(
    "two_layer_loss",
    "Two-layer net",
    6,
    [
        Property("gives the loss without regularisation", PLAIN, "loss", weight=2, core=True),
        Property("gradients: agree with the numeric ones", PLAIN, "loss_gradient", weight=2, core=True),
        Property("charges reg times the sum of the squared weights", REGULARISED, "loss"),
        Property("gradients: agree with regularisation too", REGULARISED, "loss_gradient", weight=2),
        Property(
            "holds for other shapes",
            cases(
                net,
                ("a single feature", 3, 1, 4, 2, 0.2),
                ("a single example", 1, 3, 4, 3, 0.2),
                ("all sizes equal", 3, 3, 3, 3, 0.2),
                ("a single hidden unit", 3, 3, 1, 3, 0.2),
            ),
            EXACT,
        ),
        Property("leaves params, X and y alone", REGULARISED, judge="unchanged"),
        Property("keeps float32", cases(single(net), ("float32", 2, 3, 4, 3, 0.1)), "loss_gradient", "keeps dtype"),
    ],
)

EXERCISES = [relative_error, numerical_gradient, gradient_check, affine, relu, softmax_loss, hinge_loss, two_layer_loss]
