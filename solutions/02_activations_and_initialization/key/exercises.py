"""What is graded in 02_activations_and_initialization: layers as pairs, the preparation of data, and first weights."""

from itertools import pairwise

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.initial_weights import Squash
from autograder.gradients import away_from_kinks

SAME_LENGTH = "there is a bias for each layer, so both lists end together"
NOT_USED = "it changes the left side for x > 0 only, where it is not used"
SIDES_MEET = "at x = 0 both sides are 0"
FAR = 1e4  # where the formulas that overflow do so


def layer_inputs(rng, x, **more):
    """Inputs of the pair drivers for an elementwise layer: x, what else the forward takes, and a dout."""
    return {"x": x, **more, "dout": rng.normal(size=np.shape(x))}


def pair_exercise(
    name,
    title,
    points,
    functions,
    *,
    draw,
    given=(),
    kink=False,
    far=False,
    extra=(),
    main=((2, 3), (3, 2)),
    edge=None,
    **more,
):
    """An exercise for a layer's forward and backward.

    draw: (rng, shape, **given) -> inputs of the pair drivers. given: other arguments than the defaults. kink: whether
    there is one at x = 0. far: whether it must hold at +-FAR without a warning. extra: more properties. main: two
    shapes. edge: label -> shape.
    """
    edge = edge or {"a single row": (1, 4), "a single column": (4, 1), "a vector": (3,), "images": (2, 2, 2, 3)}

    def some(rng):
        return [Case(f"shape {shape}", draw(rng, shape)) for shape in main]

    def once(rng):
        return some(rng)[-1:]

    def others(rng):
        return [Case(label, draw(rng, main[0], **arguments)) for label, arguments in given]

    def edges(rng):
        return [Case(label, draw(rng, shape)) for label, shape in edge.items()]

    def at_the_kink(rng):
        inputs = draw(rng, main[0], **given[0][1])
        inputs["x"].flat[::2] = 0.0
        return [Case("x is 0 here and there", inputs)]

    def far_out(rng):
        x = np.array([-FAR, -1e3, -800.0, 0.5, 800.0, 1e3, FAR])
        return [Case("x from -1e4 to 1e4", layer_inputs(rng, x))]

    def single_precision(rng):
        inputs = draw(rng, main[0])
        floats = {key: value.astype("float32") for key, value in inputs.items() if isinstance(value, np.ndarray)}
        return [Case("float32", {**inputs, **floats})]

    properties = [
        Property("the forward gives the right output", some, "pair_forward", weight=2, core=True),
        Property("the gradients agree with numeric ones", some, "forward_backward", weight=2, core=True),
        Property("the forward holds for other shapes", edges, "pair_forward"),
        Property("the gradients hold for other shapes", edges, "forward_backward"),
        *extra,
    ]
    if given:
        properties += [
            Property("the forward uses its other arguments", others, "pair_forward", core=True),
            Property("the gradients use the forward's other arguments", others, "forward_backward", core=True),
        ]
    if kink:
        properties.append(Property("the gradient at 0 is as the docstring says", at_the_kink, "pair_there_and_back"))
    if far:
        properties += [
            Property("both hold far out", far_out, "pair_there_and_back"),
            Property("NumPy does not warn far out", far_out, "pair_warnings"),
        ]
    properties += [
        Property("a second backward on one cache gives the same", once, "pair_there_and_back"),
        Property("leaves its arguments alone", once, "pair_there_and_back", "unchanged"),
        Property("keeps float32", single_precision, "pair_there_and_back", "keeps dtype"),
    ]
    return Exercise(name, title, points, properties, functions, **more)


def elementwise(rng, shape, **given):
    """Numbers of both signs, away from a kink at 0."""
    x = away_from_kinks(1.5 * rng.normal(size=shape))
    x.flat[0], x.flat[-1] = -abs(x.flat[0]), abs(x.flat[-1])
    return layer_inputs(rng, x, **given)


# ------------------------------------------------------------------------------------------------- PReLU


def prelu_inputs(rng, shape, alpha=None):
    alpha = rng.uniform(0.1, 0.6, size=shape[1]) if alpha is None else alpha
    return elementwise(rng, shape, alpha=alpha)


def prelu_numbers(rng):
    return [
        Case("alpha a number, (N, C)", prelu_inputs(rng, (3, 2), alpha=float(rng.uniform(0.1, 0.5)))),
        Case("alpha a number, images", prelu_inputs(rng, (2, 3, 2, 2), alpha=float(rng.uniform(0.1, 0.5)))),
    ]


def prelu_images(rng):
    return [
        Case("images", prelu_inputs(rng, (2, 3, 2, 4))),
        Case("images as wide as they have channels", prelu_inputs(rng, (2, 3, 2, 3))),
    ]


# ------------------------------------------------------------------------------------------------ maxout


def maxout_inputs(rng, shape, pieces=3):
    """shape: (N, D, M). The two largest pieces are apart everywhere: drawn again until they are."""
    n, d, m = shape
    while True:
        x, w, b = rng.normal(size=(n, d)), rng.normal(size=(pieces, d, m)), rng.normal(size=(pieces, m))
        ordered = np.sort(x @ w + b[:, None], axis=0)
        if pieces == 1 or np.min(ordered[-1] - ordered[-2]) > 1e-2:
            return {"x": x, "w": w, "b": b, "dout": rng.normal(size=(n, m))}


def maxout_ties(rng):
    """Small whole numbers, so that pieces that should be equal are, in whatever order they are summed."""
    x, w, b = (rng.integers(-3, 4, size=shape).astype(float) for shape in ((4, 2), (3, 2, 1), (3, 1)))
    w[2], b[2] = w[1], b[1]
    last = {"x": x, "w": w, "b": b, "dout": rng.normal(size=(4, 1))}
    equal = {"x": x, "w": np.stack([w[0]] * 3), "b": np.stack([b[0]] * 3), "dout": rng.normal(size=(4, 1))}
    return [Case("the last two pieces are equal", last), Case("all three pieces are equal", equal)]


# ------------------------------------------------------------------------------- functions of one call


def case(label, **inputs):
    return Case(label, inputs)


def call_exercise(name, title, points, *, core, edges, driver="call", extra=(), untouched=None, **more):
    """An exercise for a function that is called once; core, edges: title, rng -> cases. untouched: other cases than
    core's in which an argument might be changed."""

    def single_precision(rng):
        return [Case("float32", {key: to_single(value) for key, value in core[1](rng)[-1].inputs.items()})]

    return Exercise(
        name,
        title,
        points,
        [
            Property(core[0], core[1], driver, weight=3, core=True),
            Property(edges[0], edges[1], driver, weight=2),
            *extra,
            Property("leaves its arguments alone", untouched or core[1], driver, "unchanged"),
            Property("keeps float32", single_precision, driver, "keeps dtype"),
        ],
        **more,
    )


def to_single(value):
    if isinstance(value, list):
        return [to_single(v) for v in value]
    return value.astype("float32") if isinstance(value, np.ndarray) else value


def images(rng, *shape, low=0.0, high=1.0):
    return rng.uniform(low, high, size=shape)


def std_zeros(rng):
    image, channel = images(rng, 1, 2, 2, low=0.1), images(rng, 3, low=0.1)
    image[0, 1, 0] = channel[1] = 0.0
    return [
        case("a std of 0 for one pixel", X=images(rng, 3, 1, 2, 2), mean=images(rng, 1, 2, 2), std=image),
        case("a std of 0 for one channel", X=images(rng, 2, 3, 1, 2), mean=images(rng, 3), std=channel),
        case("every std 0", X=images(rng, 2, 1, 1, 2), mean=images(rng, 1), std=np.zeros(1)),
    ]


def layers(rng, *sizes):
    shapes = list(pairwise(sizes))
    return {"weights": [rng.normal(size=s) for s in shapes], "biases": [rng.normal(size=s[1]) for s in shapes]}


def signals(rng, n, *sizes):
    return {
        "x": rng.normal(size=(n, sizes[0])),
        "weights": layers(rng, *sizes)["weights"],
        "activation": Squash(float(rng.uniform(1, 2)), float(rng.uniform(0.2, 0.5))),
    }


# -------------------------------------------------------------------------------------------------- PCA


def cloud(rng, n, d):
    """Points (n, d) of different spread along turned axes, away from 0."""
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return rng.normal(size=(n, d)) * 2.0 ** -np.arange(d) @ turned + rng.uniform(1, 3, size=d)


def pca_edges(rng):
    constant = cloud(rng, 6, 3)
    constant[:, 1] = 0.5
    flat = rng.normal(size=(6, 2)) @ rng.normal(size=(2, 4))
    return [
        case("fewer rows than columns", X=cloud(rng, 3, 5)),
        case("as many rows as columns", X=cloud(rng, 4, 4)),
        case("a single column", X=cloud(rng, 5, 1)),
        case("two rows", X=cloud(rng, 2, 3)),
        case("a column that is constant", X=constant),
        case("columns that are mixtures of two", X=flat),
        case("two equal variances", X=np.array([[1.0, 0, 2], [-1, 0, 2], [0, 1, 2], [0, -1, 2], [0, 0, 2]])),
        case("values in the thousands", X=1e3 * cloud(rng, 6, 3)),
    ]


def fitted(rng, n, d, p=None, **more):
    """Inputs of `whiten`: other data than those that the components were fitted on."""
    X = cloud(rng, n + 4, d)
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    signs = rng.choice([-1.0, 1.0], size=len(V))
    return {
        "X": cloud(rng, n, d),
        "mean": mean,
        "components": (V * signs[:, None])[:p],
        "variances": (S**2 / len(X))[:p],
        **more,
    }


def whiten_edges(rng):
    constant = fitted(rng, 4, 3)
    constant["variances"] = np.append(constant["variances"][:2], 0.0)
    return [
        case("a variance of 0", **constant),
        case("only two components", **fitted(rng, 4, 4, p=2)),
        case("a single row", **fitted(rng, 1, 3)),
        case("a single column", **fitted(rng, 4, 1)),
        case("eps=0.1", **fitted(rng, 4, 3, eps=0.1)),
    ]


# ------------------------------------------------------------------------------------------ initialize

SHAPES = ((50, 400), (400, 50))


def drawn(scheme, std):
    """rng -> cases of the driver `drawn_weights`; std: fan_in -> standard deviation."""
    return lambda rng: [
        Case(
            f"{fan_in} inputs, {fan_out} outputs",
            {"fan_in": fan_in, "fan_out": fan_out, "scheme": scheme, "rng": generator(rng), "std": std(fan_in)},
            expected={
                "the shape": (fan_in, fan_out),
                "the mean, in standard deviations": 0.0,
                "the variance, over the one asked for": 1.0,
                "the share of different entries": 1.0,
                "the share beyond two standard deviations": 0.0455,
                "that the same seed gives the same weights": True,
                "that a second call with the same rng gives other weights": True,
            },
        )
        for fan_in, fan_out in SHAPES
    ]


def generator(rng):
    return np.random.default_rng(int(rng.integers(2**32)))


def first_weights(rng, *shapes, scheme="zeros", expected=None):
    return [
        Case(
            f"scheme={scheme!r}, {fan_in} inputs, {fan_out} outputs",
            {"fan_in": fan_in, "fan_out": fan_out, "scheme": scheme, "rng": generator(rng)},
            expected,
        )
        for fan_in, fan_out in shapes
    ]


initialize = Exercise(
    "initialize",
    "Initialisation",
    5,
    [
        Property(
            "'xavier' draws with variance 1 / fan_in",
            drawn("xavier", lambda n: n**-0.5),
            "drawn_weights",
            weight=2,
            core=True,
        ),
        Property(
            "'he' draws with variance 2 / fan_in",
            drawn("he", lambda n: (2 / n) ** 0.5),
            "drawn_weights",
            weight=2,
            core=True,
        ),
        Property("'small' draws with standard deviation 0.01", drawn("small", lambda n: 0.01), "drawn_weights"),
        Property("'zeros' gives zeros", lambda rng: first_weights(rng, (2, 3), (1, 1), (4, 1))),
        Property(
            "raises a ValueError for another scheme",
            lambda rng: [
                c
                for scheme in ("glorot", "", "He")
                for c in first_weights(rng, (2, 3), scheme=scheme, expected="scheme")
            ],
            judge="raises",
        ),
    ],
    equivalent_mutants={
        "line 17: deviations[scheme] * rng.standard_normal((fan_in, fan_out))"
        " -> -(deviations[scheme] * rng.standard_normal((fan_in, fan_out)))": (
            "minus a normal number of mean 0 is as normal, and how the rng is drawn from is free"
        )
    },
)


EXERCISES = [
    call_exercise(
        "collapse_linear",
        "Collapse linear layers",
        3,
        core=(
            "gives the one layer that does the same",
            lambda rng: [
                case("three layers", **layers(rng, 3, 2, 4, 2)),
                case("square layers", **layers(rng, 2, 2, 2, 2)),
            ],
        ),
        edges=(
            "holds for one layer, two, and for layers of one unit",
            lambda rng: [
                case("one layer", **layers(rng, 3, 2)),
                case("two layers", **layers(rng, 2, 3, 2)),
                case("layers of one unit", **layers(rng, 1, 1, 1)),
                case("a bottleneck", **layers(rng, 3, 1, 3)),
                case("six layers", **layers(rng, 2, 3, 2, 3, 2, 3, 2)),
            ],
        ),
        equivalent_mutants={
            "line 14: zip(weights[1:], biases[1:], strict=True) -> zip(weights[1:], biases[1:])": SAME_LENGTH,
            "line 14: True -> False": SAME_LENGTH,
        },
    ),
    pair_exercise(
        "sigmoid",
        "Sigmoid",
        4,
        ("sigmoid_forward", "sigmoid_backward"),
        draw=elementwise,
        far=True,
        equivalent_mutants={"line 11: x >= 0 -> x > 0": "at x = 0 e is 1, and so are both sides"},
    ),
    pair_exercise("tanh", "Tanh", 3, ("tanh_forward", "tanh_backward"), draw=elementwise, far=True),
    pair_exercise(
        "leaky_relu",
        "Leaky ReLU",
        3,
        ("leaky_relu_forward", "leaky_relu_backward"),
        draw=elementwise,
        given=[("slope=0.3", {"slope": 0.3}), ("slope=0", {"slope": 0.0})],
        kink=True,
        equivalent_mutants={"line 11: x > 0 -> x >= 0": SIDES_MEET},
    ),
    pair_exercise(
        "prelu",
        "PReLU",
        5,
        ("prelu_forward", "prelu_backward"),
        draw=prelu_inputs,
        given=[("slopes above 1 and below 0", {"alpha": np.array([1.7, -0.4, 0.2])})],
        edge={"a single row": (1, 3), "a single channel": (4, 1), "images of one channel": (2, 1, 2, 2)},
        kink=True,
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
        "elu",
        "ELU",
        4,
        ("elu_forward", "elu_backward"),
        draw=elementwise,
        given=[("alpha=0.4", {"alpha": 0.4}), ("alpha=2.5", {"alpha": 2.5})],
        kink=True,
        far=True,
        equivalent_mutants={
            "line 11: np.minimum(x, 0) -> np.minimum(0, x)": "a minimum is the same either way round",
            "line 26: np.minimum(x, 0) -> np.minimum(0, x)": "a minimum is the same either way round",
            "line 11: 0 -> 1": NOT_USED,
            "line 26: 0 -> 1 (occurrence 2)": NOT_USED,
            "line 12: x > 0 -> x >= 0": SIDES_MEET,
        },
    ),
    pair_exercise(
        "maxout",
        "Maxout",
        5,
        ("maxout_forward", "maxout_backward"),
        draw=maxout_inputs,
        given=[("two pieces", {"pieces": 2}), ("a single piece", {"pieces": 1}), ("five pieces", {"pieces": 5})],
        edge={"a single row": (1, 2, 2), "a single input": (3, 1, 2), "a single unit": (3, 2, 1)},
        main=((2, 3, 2), (3, 2, 2)),
        extra=[Property("at a tie the first piece takes the gradient", maxout_ties, "pair_there_and_back")],
        equivalent_mutants={"line 29: w.swapaxes(1, 2) -> w.swapaxes(2, 1)": "swapping two axes has no order"},
    ),
    call_exercise(
        "fit_mean_image",
        "Mean image",
        2,
        core=(
            "gives the mean over the images",
            lambda rng: [case("some images", X=images(rng, 3, 2, 2, 3)), case("colour", X=images(rng, 4, 3, 1, 2))],
        ),
        edges=(
            "holds for one image, one channel, one pixel",
            lambda rng: [
                case("one image", X=images(rng, 1, 2, 2, 2)),
                case("one channel", X=images(rng, 3, 1, 2, 2)),
                case("one pixel", X=images(rng, 3, 2, 1, 1)),
                case("negative values", X=images(rng, 3, 1, 2, 2, low=-5)),
            ],
        ),
    ),
    call_exercise(
        "fit_channel_mean",
        "Channel mean",
        2,
        core=(
            "gives the mean of each channel",
            lambda rng: [case("some images", X=images(rng, 3, 2, 2, 4)), case("colour", X=images(rng, 2, 3, 3, 2))],
        ),
        edges=(
            "holds for one image, one channel, one pixel",
            lambda rng: [
                case("one image", X=images(rng, 1, 2, 2, 2)),
                case("one channel", X=images(rng, 3, 1, 2, 2)),
                case("one pixel", X=images(rng, 3, 2, 1, 1)),
                case("as wide and as high as it has channels", X=images(rng, 2, 3, 3, 3, low=-5)),
            ],
        ),
    ),
    call_exercise(
        "normalize",
        "Normalise",
        4,
        core=(
            "subtracts a mean and divides by a std",
            lambda rng: [
                case("mean image", X=images(rng, 3, 2, 2, 3), mean=images(rng, 2, 2, 3)),
                case("channel mean", X=images(rng, 3, 2, 1, 3), mean=images(rng, 2)),
                case(
                    "mean and std image",
                    X=images(rng, 3, 1, 2, 2),
                    mean=images(rng, 1, 2, 2),
                    std=images(rng, 1, 2, 2, low=0.1),
                ),
                case(
                    "mean and std of channels",
                    X=images(rng, 3, 2, 1, 3),
                    mean=images(rng, 2),
                    std=images(rng, 2, low=0.1),
                ),
            ],
        ),
        edges=(
            "holds for one image, and for images as wide as they have channels",
            lambda rng: [
                case("one image", X=images(rng, 1, 2, 2, 2), mean=images(rng, 2, 2, 2)),
                case("one image that is its own mean", X=np.full((1, 1, 2, 2), 0.25), mean=np.full((1, 2, 2), 0.25)),
                case(
                    "as wide as it has channels",
                    X=images(rng, 2, 3, 1, 3),
                    mean=images(rng, 3),
                    std=images(rng, 3, low=0.1),
                ),
                case("one channel", X=images(rng, 2, 1, 2, 2), mean=images(rng, 1), std=images(rng, 1, low=0.1)),
                case("a tiny std", X=images(rng, 2, 1, 1, 2), mean=images(rng, 1), std=np.array([1e-6])),
            ],
        ),
        extra=[Property("divides nothing where std is 0", std_zeros)],
        untouched=std_zeros,
    ),
    call_exercise(
        "fit_pca",
        "PCA",
        5,
        core=(
            "gives mean, components and variances",
            lambda rng: [case("a cloud of points", X=cloud(rng, 8, 3)), case("in the plane", X=cloud(rng, 6, 2))],
        ),
        edges=("holds for few rows, one column, and for no variance", pca_edges),
        driver="principal_components",
        equivalent_mutants={"line 13: X - mean -> -(X - mean)": "it turns the signs of U only, which is not used"},
    ),
    call_exercise(
        "whiten",
        "Whitening",
        4,
        core=(
            "gives the whitened coordinates",
            lambda rng: [case("new points", **fitted(rng, 4, 3)), case("in the plane", **fitted(rng, 3, 2))],
        ),
        edges=("holds for a variance of 0, fewer components, one row, another eps", whiten_edges),
    ),
    initialize,
    Exercise(
        "activation_statistics",
        "Signal statistics",
        3,
        [
            Property(
                "gives mean and std of each layer",
                lambda rng: [
                    case("three layers", **signals(rng, 4, 3, 2, 4, 2)),
                    case("two layers", **signals(rng, 3, 2, 2, 2)),
                ],
                weight=3,
                core=True,
            ),
            Property(
                "holds for one layer, one example, one unit",
                lambda rng: [
                    case("one layer", **signals(rng, 4, 3, 2)),
                    case("one example", **signals(rng, 1, 3, 2, 2)),
                    case("layers of one unit", **signals(rng, 4, 1, 1, 1)),
                    case("six layers", **signals(rng, 3, 2, 3, 2, 3, 2, 3, 2)),
                ],
                weight=2,
            ),
            Property(
                "leaves its arguments alone",
                lambda rng: [case("three layers", **signals(rng, 4, 3, 2, 4, 2))],
                judge="unchanged",
            ),
        ],
    ),
]
