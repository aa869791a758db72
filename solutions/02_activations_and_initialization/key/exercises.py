"""What is graded in 02_activations_and_initialization: layers as pairs, the preparation of data, and first weights."""

from itertools import pairwise

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.builders import call_exercise, elementwise, of, pair_exercise
from autograder.checking.initial_weights import NORMAL, Squash

SAME_LENGTH = "there is a bias for each layer, so both lists end together"
NOT_USED = "it changes the left side for x > 0 only, where it is not used"
SIDES_MEET = "at x = 0 both sides are 0"
EITHER_WAY = "a minimum is the same either way round"


# ------------------------------------------------------------------------------------------- activations


def prelu_inputs(rng, shape, alpha=None):
    return elementwise(rng, shape, alpha=rng.uniform(0.1, 0.6, size=shape[1]) if alpha is None else alpha)


prelu_images = of(prelu_inputs, {"images": [(2, 3, 2, 4)], "images as wide as they have channels": [(2, 3, 2, 3)]})


def prelu_numbers(rng):
    shapes = {"(N, C)": (3, 2), "images": (2, 3, 2, 2)}
    return [
        Case(f"alpha a number, {label}", prelu_inputs(rng, shape, float(rng.uniform(0.1, 0.5))))
        for label, shape in shapes.items()
    ]


def maxout_inputs(rng, shape, pieces=3):
    """shape: (N, D, M). Drawn until the two largest pieces are apart everywhere, and a maximum is below 0."""
    n, d, m = shape
    while True:
        x, w, b = rng.normal(size=(n, d)), rng.normal(size=(pieces, d, m)), rng.normal(size=(pieces, m))
        ordered = np.sort(x @ w + b[:, None], axis=0)
        apart = pieces == 1 or np.min(ordered[-1] - ordered[-2]) > 1e-2
        if apart and np.min(ordered[-1]) < 0:
            return {"x": x, "w": w, "b": b, "dout": rng.normal(size=(n, m))}


def maxout_ties(rng):
    """Small whole numbers, so that pieces that should be equal are, in whatever order they are summed."""
    x, w, b = (rng.integers(-3, 4, size=shape).astype(float) for shape in ((4, 2), (3, 2, 1), (3, 1)))
    w[2], b[2] = w[1], b[1]
    last = {"x": x, "w": w, "b": b, "dout": rng.normal(size=(4, 1))}
    equal = {"x": x, "w": np.stack([w[0]] * 3), "b": np.stack([b[0]] * 3), "dout": rng.normal(size=(4, 1))}
    return [Case("the last two pieces are equal", last), Case("all three pieces are equal", equal)]


# -------------------------------------------------------------------------------- functions of one call


def layers(rng, *sizes):
    shapes = list(pairwise(sizes))
    return {"weights": [rng.normal(size=s) for s in shapes], "biases": [rng.normal(size=s[1]) for s in shapes]}


def signals(rng, n, *sizes):
    return {
        "x": rng.normal(size=(n, sizes[0])),
        "weights": layers(rng, *sizes)["weights"],
        "activation": Squash(float(rng.uniform(1, 2)), float(rng.uniform(0.2, 0.5))),
    }


def images(rng, *shape):
    return {"X": rng.uniform(-1, 2, size=shape)}


def statistics(rng, shape, of_mean, std=False, zero=None):
    """Inputs of `normalize`: images, a mean of shape `of_mean`, and if asked a std that is 0 at the index `zero`."""
    inputs = {"X": rng.uniform(size=shape), "mean": rng.uniform(size=of_mean)}
    if std:
        inputs["std"] = rng.uniform(0.1, 1, size=of_mean)
    if zero is not None:
        inputs["std"][zero] = 0.0
    return inputs


std_zeros = of(
    statistics,
    {
        "a std of 0 for one pixel": [(3, 1, 2, 2), (1, 2, 2), True, (0, 1, 0)],
        "a std of 0 for one channel": [(2, 3, 1, 2), (3,), True, 1],
        "every std 0": [(2, 1, 1, 2), (1,), True, 0],
    },
)


def normalize_edges(rng):
    flat = {"X": np.full((1, 1, 2, 2), 0.25), "mean": np.full((1, 2, 2), 0.25)}
    tiny = statistics(rng, (2, 1, 1, 2), (1,)) | {"std": np.array([1e-6])}
    return [
        Case("one image that is its own mean", flat),
        Case("a tiny std", tiny),
        Case("one image", statistics(rng, (1, 2, 2, 2), (2, 2, 2))),
        Case("as wide as it has channels", statistics(rng, (2, 3, 1, 3), (3,), True)),
        Case("one channel", statistics(rng, (2, 1, 2, 2), (1,), True)),
    ]


def cloud(rng, n, d, size=1.0):
    """Points (n, d) of different spread along turned axes, away from 0."""
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return {"X": size * (rng.normal(size=(n, d)) * 2.0 ** -np.arange(d) @ turned + rng.uniform(1, 3, size=d))}


def pca_edges(rng):
    sizes = {"fewer rows than columns": (3, 5), "as many rows as columns": (4, 4), "a single column": (5, 1)}
    constant = cloud(rng, 6, 3)["X"]
    constant[:, 1] = 0.5
    flat = rng.normal(size=(6, 2)) @ rng.normal(size=(2, 4))
    cross = np.array([[1.0, 0, 2], [-1, 0, 2], [0, 1, 2], [0, -1, 2], [0, 0, 2]])
    return [
        *of(cloud, sizes | {"two rows": (2, 3), "values in the thousands": (6, 3, 1e3)})(rng),
        Case("a column that is constant", {"X": constant}),
        Case("columns that are mixtures of two", {"X": flat}),
        Case("two equal variances", {"X": cross}),
    ]


def fitted(rng, n, d, p=None, **more):
    """Inputs of `whiten`: other data than those that the components were fitted on; p: how many of them."""
    X = cloud(rng, n + 4, d)["X"]
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    V = V * rng.choice([-1.0, 1.0], size=(len(V), 1))
    return {**cloud(rng, n, d), "mean": mean, "components": V[:p], "variances": (S**2 / len(X))[:p], **more}


def whiten_edges(rng):
    constant = fitted(rng, 4, 3)
    constant["variances"] = np.append(constant["variances"][:2], 0.0)
    return [
        Case("a variance of 0", constant),
        Case("eps=0.1", fitted(rng, 4, 3, eps=0.1)),
        *of(fitted, {"only two components": (4, 4, 2), "a single row": (1, 3), "a single column": (4, 1)})(rng),
    ]


# ------------------------------------------------------------------------------------------- initialize


def weights(rng, fan_in, fan_out, scheme):
    generator = np.random.default_rng(int(rng.integers(2**32)))
    return {"fan_in": fan_in, "fan_out": fan_out, "scheme": scheme, "rng": generator}


def drawn(scheme, std):
    """rng -> cases of the driver `drawn_weights`; std: fan_in -> standard deviation."""
    return lambda rng: [
        Case(
            f"{fan_in} inputs, {fan_out} outputs",
            {**weights(rng, fan_in, fan_out, scheme), "std": std(fan_in)},
            {"the shape": (fan_in, fan_out), **NORMAL},
        )
        for fan_in, fan_out in ((50, 400), (400, 50))
    ]


def xavier(rng):
    return drawn("xavier", lambda fan_in: fan_in**-0.5)(rng)


def he(rng):
    return drawn("he", lambda fan_in: (2 / fan_in) ** 0.5)(rng)


def unknown_schemes(rng):
    return [Case(f"scheme={name!r}", weights(rng, 2, 3, name), "scheme") for name in ("glorot", "", "He")]


initialize = Exercise(
    "initialize",
    "Initialisation",
    5,
    [
        Property("'xavier' draws with variance 1 / fan_in", xavier, "drawn_weights", weight=2, core=True),
        Property("'he' draws with variance 2 / fan_in", he, "drawn_weights", weight=2, core=True),
        Property("'small' draws with standard deviation 0.01", drawn("small", lambda fan_in: 0.01), "drawn_weights"),
        Property(
            "'zeros' gives zeros", of(weights, {"2 inputs": (2, 3, "zeros"), "1 input, 1 output": (1, 1, "zeros")})
        ),
        Property("raises a ValueError for another scheme", unknown_schemes, judge="raises"),
    ],
    equivalent_mutants={
        "line 17: deviations[scheme] * rng.standard_normal((fan_in, fan_out))"
        " -> -(deviations[scheme] * rng.standard_normal((fan_in, fan_out)))": (
            "minus a normal number of mean 0 is as normal, and how the rng is drawn from is free"
        )
    },
)

# fmt: off
EXERCISES = [
    call_exercise(
        "collapse_linear", "Collapse linear layers", 3,
        ("gives the one layer that does the same",
         of(layers, {"three layers": (3, 2, 4, 2), "square layers": (2, 2, 2, 2)})),
        ("holds for one layer, two, and for layers of one unit",
         of(layers, {"one layer": (3, 2), "two layers": (2, 3, 2), "layers of one unit": (1, 1, 1),
                     "a bottleneck": (3, 1, 3), "six layers": (2, 3, 2, 3, 2, 3, 2)})),
        equivalent_mutants={
            "line 14: zip(weights[1:], biases[1:], strict=True) -> zip(weights[1:], biases[1:])": SAME_LENGTH,
            "line 14: True -> False": SAME_LENGTH,
        },
    ),
    pair_exercise(
        "sigmoid", "Sigmoid", 4, far=True,
        equivalent_mutants={"line 11: x >= 0 -> x > 0": "at x = 0 e is 1, and so are both sides"},
    ),
    pair_exercise("tanh", "Tanh", 3, far=True),
    pair_exercise(
        "leaky_relu", "Leaky ReLU", 3, kink=True,
        given={"slope=0.3": {"slope": 0.3}, "slope=0": {"slope": 0.0}},
        equivalent_mutants={"line 11: x > 0 -> x >= 0": SIDES_MEET},
    ),
    pair_exercise(
        "prelu", "PReLU", 5, draw=prelu_inputs, kink=True,
        edges={"a single row": (1, 3), "a single channel": (4, 1), "images of one channel": (2, 1, 2, 2)},
        given={"slopes above 1 and below 0": {"alpha": np.array([1.7, -0.4, 0.2])}},
        extra=[
            Property("the forward holds for images", prelu_images, "pair_forward"),
            Property("the gradients hold for images", prelu_images, "forward_backward"),
            Property("both hold where alpha is a number", prelu_numbers, "pair_there_and_back"),
        ],
        equivalent_mutants={
            "line 13: x > 0 -> x >= 0": SIDES_MEET,
            "line 31: x > 0 -> x >= 0": "at x = 0 the other side is x * dout, which is 0 too",
        },
    ),
    pair_exercise(
        "elu", "ELU", 4, kink=True, far=True,
        given={"alpha=0.4": {"alpha": 0.4}, "alpha=2.5": {"alpha": 2.5}},
        equivalent_mutants={
            "line 11: np.minimum(x, 0) -> np.minimum(0, x)": EITHER_WAY,
            "line 26: np.minimum(x, 0) -> np.minimum(0, x)": EITHER_WAY,
            "line 11: 0 -> 1": NOT_USED,
            "line 26: 0 -> 1 (occurrence 2)": NOT_USED,
            "line 12: x > 0 -> x >= 0": SIDES_MEET,
        },
    ),
    pair_exercise(
        "maxout", "Maxout", 5, draw=maxout_inputs, main=((2, 3, 2), (3, 2, 2)),
        edges={"a single row": (1, 2, 2), "a single input": (3, 1, 2), "a single unit": (3, 2, 1)},
        given={"two pieces": {"pieces": 2}, "a single piece": {"pieces": 1}, "five pieces": {"pieces": 5}},
        extra=[Property("at a tie the first piece takes the gradient", maxout_ties, "pair_there_and_back")],
        equivalent_mutants={"line 29: w.swapaxes(1, 2) -> w.swapaxes(2, 1)": "swapping two axes has no order"},
    ),
    call_exercise(
        "fit_mean_image", "Mean image", 2,
        ("gives the mean over the images", of(images, {"some images": (3, 2, 2, 3), "colour": (4, 3, 1, 2)})),
        ("holds for one image, one channel, one pixel",
         of(images, {"one image": (1, 2, 2, 2), "one channel": (3, 1, 2, 2), "one pixel": (3, 2, 1, 1)})),
    ),
    call_exercise(
        "fit_channel_mean", "Channel mean", 2,
        ("gives the mean of each channel", of(images, {"some images": (3, 2, 2, 4), "colour": (2, 3, 3, 2)})),
        ("holds for one image, one channel, one pixel",
         of(images, {"one image": (1, 2, 2, 2), "one channel": (3, 1, 2, 2), "one pixel": (3, 2, 1, 1),
                     "as wide and as high as it has channels": (2, 3, 3, 3)})),
    ),
    call_exercise(
        "normalize", "Normalise", 4,
        ("subtracts a mean and divides by a std",
         of(statistics, {"mean image": [(3, 2, 2, 3), (2, 2, 3)], "channel mean": [(3, 2, 1, 3), (2,)],
                         "mean and std image": [(3, 1, 2, 2), (1, 2, 2), True],
                         "mean and std of channels": [(3, 2, 1, 3), (2,), True]})),
        ("holds for one image, and for images as wide as they have channels", normalize_edges),
        extra=[Property("divides nothing where std is 0", std_zeros)], untouched=std_zeros,
    ),
    call_exercise(
        "fit_pca", "PCA", 5,
        ("gives mean, components and variances", of(cloud, {"a cloud of points": (8, 3), "in the plane": (6, 2)})),
        ("holds for few rows, one column, and for no variance", pca_edges), driver="principal_components",
        equivalent_mutants={"line 13: X - mean -> -(X - mean)": "it turns the signs of U only, which is not used"},
    ),
    call_exercise(
        "whiten", "Whitening", 4,
        ("gives the whitened coordinates", of(fitted, {"new points": (4, 3), "in the plane": (3, 2)})),
        ("holds for a variance of 0, fewer components, one row, another eps", whiten_edges),
    ),
    initialize,
    call_exercise(
        "activation_statistics", "Signal statistics", 3,
        ("gives mean and std of each layer",
         of(signals, {"three layers": (4, 3, 2, 4, 2), "two layers": (3, 2, 2, 2)})),
        ("holds for one layer, one example, one unit",
         of(signals, {"one layer": (4, 3, 2), "one example": (1, 3, 2, 2), "layers of one unit": (4, 1, 1, 1),
                      "six layers": (3, 2, 3, 2, 3, 2, 3, 2)})), single=False,
    ),
]
