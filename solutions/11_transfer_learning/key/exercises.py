"""What is graded in 11_transfer_learning: new heads, frozen layers, features, probes, rates by layer, the grid."""

import numpy as np

from autograder.checking import Case, Exercise, Property, Tolerance
from autograder.checking.builders import call_exercise, to_single

EXACT = Tolerance(0.0, 0.0)
TWO_A_LAYER = "a network has an even number of arrays, so the quotient is whole"
CURVATURE = "(np.mean(np.sum(features ** 2, axis=1)) + 1) / 2"
SLOWER = (
    "a rate that is lower, or a little higher, than the safe one leads to the same minimum in the steps that there are"
)

# ----------------------------------------------------------------------------------------------- networks

CONV_NET = [(2, 1, 3, 3), (3, 2, 3, 3), (12, 4), (4, 3)]  # for images (N, 1, 8, 8)
ONE_CONV = [(3, 2, 3, 3), (12, 5)]  # for images (N, 2, 4, 4)
AFFINE_NET = [(4, 5), (5, 3), (3, 2)]
ELEVEN = [(2, 3)] + [(3, 3)] * 9 + [(3, 2)]  # W10 comes before W2 in the alphabet


def net(rng, shapes, scale=1.0):
    """The params of a network with these shapes of weights; biases are not 0."""
    params = {}
    for layer, shape in enumerate(shapes, start=1):
        fan_in = np.prod(shape[1:]) if len(shape) == 4 else shape[0]
        params[f"W{layer}"] = scale * rng.normal(size=shape) / np.sqrt(fan_in)
        params[f"b{layer}"] = 0.5 * scale * rng.normal(size=shape[0] if len(shape) == 4 else shape[1])
    return params


def biases_first(params):
    """The same params in another order: the last layer first, its bias before its weight."""
    return dict(reversed(params.items()))


def nets(rng):
    return {
        "two convolutions, two affine layers": net(rng, CONV_NET),
        "affine layers only": net(rng, AFFINE_NET),
    }


def odd_nets(rng):
    return {
        "a convolution right below the last layer": net(rng, ONE_CONV),
        "eleven layers": net(rng, ELEVEN),
        "the names in another order": biases_first(net(rng, CONV_NET)),
    }


# ----------------------------------------------------------------------------------------------- new head


def head(params, classes, rng):
    return {"params": params, "num_classes": classes, "rng": np.random.default_rng(int(rng.integers(1 << 30)))}


def new_heads(rng):
    return [Case(label, head(params, 10 - 3 * i, rng)) for i, (label, params) in enumerate(nets(rng).items())]


def odd_heads(rng):
    cases = [Case(label, head(params, 4, rng)) for label, params in odd_nets(rng).items()]
    return [
        *cases,
        Case("as many classes as before", head(net(rng, AFFINE_NET), 2, rng)),
        Case("one layer: all of the net is its head", head(net(rng, [(4, 3)]), 5, rng)),
    ]


def large_heads(rng):
    params = net(rng, [(2, 100), (100, 3)])
    return [Case("a 100 x 120 head", head(params, 120, rng) | {"std": 0.01})]


replace_head = Exercise(
    "replace_head",
    "New head",
    5,
    [
        Property(
            "puts a new last layer on the old body", new_heads, "replaced_head", weight=2, core=True, tolerance=EXACT
        ),
        Property("draws the new weights from 0.01 N(0, 1) by the rng", large_heads, "drawn_head", weight=2, core=True),
        Property("holds for other nets", odd_heads, "replaced_head", tolerance=EXACT),
        Property("leaves params alone", new_heads, "head_arrays", "unchanged"),
        Property(
            "keeps float32",
            lambda rng: [Case("float32", to_single(head(net(rng, AFFINE_NET), 4, rng)))],
            "head_arrays",
            "keeps dtype",
        ),
    ],
    equivalent_mutants={
        "line 15: 0.01 * rng.standard_normal((len(W), num_classes)) -> "
        "-(0.01 * rng.standard_normal((len(W), num_classes)))": "a normal distribution about 0 is its own mirror image"
    },
)  # fmt: skip

# ------------------------------------------------------------------------------------------------- freeze


def firsts(params, layers):
    return [{"params": params, "first_layer": layer} for layer in layers]


def first_layers(rng):
    conv, affine = nets(rng).values()
    return [
        Case(f"first_layer={inputs['first_layer']} of {len(inputs['params']) // 2}", inputs)
        for inputs in firsts(conv, (3, 2, 4)) + firsts(affine, (2,))
    ]


def odd_first_layers(rng):
    conv = net(rng, CONV_NET)
    labels = "everything trains", "nothing trains"
    cases = [Case(label, inputs) for label, inputs in zip(labels, firsts(conv, (1, 5)), strict=True)]
    for label, params in odd_nets(rng).items():
        cases += [Case(label, inputs) for inputs in firsts(params, (2,))]
    return cases + [Case("eleven layers, the last two", inputs) for inputs in firsts(net(rng, ELEVEN), (10,))]


trainable = call_exercise(
    "trainable",
    "What trains",
    3,
    ("is True from first_layer on", first_layers),
    ("holds at both ends, and for other nets", odd_first_layers),
    driver="by_name",
    single=False,
)


def step(rng, params, frozen, without=(), learning_rate=0.1):
    """Inputs of a step. frozen: names whose mask is False. without: names for which there is no gradient."""
    grads = {name: rng.normal(size=w.shape) for name, w in params.items() if name not in without}
    mask = {name: name not in frozen for name in params}
    return {"params": params, "grads": grads, "mask": mask, "learning_rate": learning_rate}


LOWER = ("W1", "b1")


def some_steps(rng):
    net_1, net_2 = net(rng, AFFINE_NET), net(rng, CONV_NET)
    return [
        Case("the first layer frozen", step(rng, net_1, LOWER)),
        Case("rate 0.03, two layers frozen", step(rng, net_2, ("W1", "b1", "W2", "b2"), learning_rate=0.03)),
    ]


def steps_without(rng):
    return [
        Case("grads lacks the frozen layer", step(rng, net(rng, AFFINE_NET), LOWER, without=LOWER)),
        Case("grads lacks one array of it", step(rng, net(rng, AFFINE_NET), LOWER, without=("b1",))),
    ]


def steps_of_frozen(rng):
    wild = step(rng, net(rng, AFFINE_NET), LOWER)
    wild["grads"]["W1"] = np.full_like(wild["grads"]["W1"], np.nan)
    wild["grads"]["b1"] = np.full_like(wild["grads"]["b1"], np.inf)
    negative_zero = step(rng, net(rng, AFFINE_NET), LOWER)
    negative_zero["params"]["b1"][:] = -0.0
    negative_zero["grads"]["b1"][:] = -1.0
    return [
        Case("a gradient that is there", step(rng, net(rng, AFFINE_NET), LOWER)),
        Case("the frozen layer's gradient is NaN and infinity", wild),
        Case("a bias of -0.0", negative_zero),
    ]


def odd_steps(rng):
    weights = tuple(f"W{layer}" for layer in (1, 2, 3))
    everything = tuple(net(rng, AFFINE_NET))
    shuffled = step(rng, net(rng, AFFINE_NET), ("W2", "b2"))
    shuffled["grads"] = biases_first(shuffled["grads"])
    shuffled["mask"] = dict(sorted(shuffled["mask"].items()))
    return [
        Case("nothing frozen", step(rng, net(rng, AFFINE_NET), ())),
        Case("everything frozen, no gradient", step(rng, net(rng, AFFINE_NET), everything, without=everything)),
        Case("only the biases train", step(rng, net(rng, AFFINE_NET), weights, without=weights)),
        Case("a layer in the middle frozen, names in another order", shuffled),
        Case("eleven layers", step(rng, net(rng, ELEVEN), LOWER, without=LOWER)),
    ]


masked_step = Exercise(
    "masked_step",
    "A masked step",
    5,
    [
        Property("moves what trains against its gradient", some_steps, "by_name", weight=2, core=True),
        Property("needs no gradient of what is frozen", steps_without, "by_name", core=True),
        Property("leaves what is frozen the same, bit for bit", steps_of_frozen, "frozen_arrays", weight=2),
        Property("holds for any mask", odd_steps, "by_name"),
        Property("leaves params, grads and mask alone", some_steps, "by_name", "unchanged"),
        Property(
            "keeps float32",
            lambda rng: [Case("float32", to_single(some_steps(rng)[0].inputs))],
            "by_name",
            "keeps dtype",
        ),
    ],
)

# ----------------------------------------------------------------------------------------------- features


def seen(rng, params, X, layer):
    return {"params": params, "X": rng.normal(size=X), "layer": layer}


def features_of_conv(rng):
    return [Case(f"layer {layer} of 4", seen(rng, net(rng, CONV_NET), (2, 1, 8, 8), layer)) for layer in (1, 2)]


def features_of_affine(rng):
    return [
        Case("layer 3 of 4, after two convolutions", seen(rng, net(rng, CONV_NET), (2, 1, 8, 8), 3)),
        Case("layer 2 of 3, no convolution", seen(rng, net(rng, AFFINE_NET), (3, 4), 2)),
    ]


def odd_features(rng):
    images = net(rng, [(12, 5), (5, 2)])
    return [
        Case("one image", seen(rng, net(rng, CONV_NET), (1, 1, 8, 8), 2)),
        Case("a convolution right below the last layer", seen(rng, net(rng, ONE_CONV), (2, 2, 4, 4), 1)),
        Case("images into an affine layer", seen(rng, images, (2, 3, 2, 2), 1)),
        Case("a 5x5, then a 1x1 kernel", seen(rng, net(rng, [(2, 1, 5, 5), (3, 2, 1, 1), (6, 2)]), (2, 1, 4, 8), 2)),
        Case("ten layers of eleven", seen(rng, net(rng, ELEVEN), (4, 2), 10)),
        Case("the names in another order", seen(rng, biases_first(net(rng, CONV_NET)), (1, 1, 8, 8), 3)),
        Case("large numbers", seen(rng, net(rng, ONE_CONV, scale=1e4), (1, 2, 4, 4), 1)),
    ]


def no_such_layer(rng):
    cases = []
    for shapes, X, layers in ((AFFINE_NET, (2, 4), (0, 3, 4, -1)), (ONE_CONV, (1, 2, 4, 4), (2,))):
        params = net(rng, shapes)
        cases += [
            Case(f"layer={layer} of {len(shapes)}", seen(rng, params, X, layer), expected="layer") for layer in layers
        ]
    return cases


def features_untouched(rng):
    return [features_of_conv(rng)[-1], features_of_affine(rng)[-1]]


extract_features = Exercise(
    "extract_features",
    "Features",
    8,
    [
        Property("gives the output of a convolution, after ReLU and pooling", features_of_conv, weight=2, core=True),
        Property("gives the output of an affine layer, after ReLU", features_of_affine, weight=2, core=True),
        Property("holds for other nets", odd_features),
        Property("raises a ValueError for a layer outside 1 to L - 1", no_such_layer, judge="raises"),
        Property("leaves its arguments alone", features_untouched, judge="unchanged"),
        Property(
            "keeps float32",
            lambda rng: [Case("float32", to_single(features_of_conv(rng)[-1].inputs))],
            judge="keeps dtype",
        ),
    ],
    equivalent_mutants={
        "line 14: len(params) // 2 -> len(params) / 2": TWO_A_LAYER,
        "line 20: 2 -> 3": "filters are square, so their last two sides are equal",
        "line 24: 1 -> 2": "reshape works out the one axis that is negative, whatever negative number stands there",
    },
)

# --------------------------------------------------------------------------------------------- linear probe


def probe(rng, counts, D, *, reg, steps=300, scale=1.0, spread=1.5, positive=False, centred=False):
    """Inputs of a probe: classes that overlap. counts: examples of each class. positive: as they leave a ReLU."""
    y = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    centres = rng.normal(size=(len(counts), D))
    features = spread * rng.normal(size=(len(y), D)) + centres[y]
    features = scale * (np.maximum(features, 0) if positive else features)
    features = features - features.mean(axis=0) if centred else features
    return {"features": features, "y": y, "num_classes": len(counts), "reg": reg, "steps": steps}


def some_probes(rng):
    return [
        Case("3 classes, reg 0.2", probe(rng, [14, 12, 14], 3, reg=0.2)),
        Case("4 classes, features of a ReLU, reg 0.1", probe(rng, [8, 7, 9, 8], 4, reg=0.1, positive=True)),
    ]


def strong_probes(rng):
    return [
        Case("reg 0.5", probe(rng, [10, 8, 12], 3, reg=0.5)),
        Case("reg 1, large features", probe(rng, [15, 15], 2, reg=1.0, scale=1.6)),
    ]


def lopsided_probes(rng):
    return [Case("reg 1, one class much more often", probe(rng, [4, 5, 51], 2, reg=1.0))]


def odd_probes(rng):
    return [
        Case("two classes, one feature", probe(rng, [11, 10], 1, reg=0.1)),
        Case("more features than examples", probe(rng, [3, 3, 3], 10, reg=1.0, spread=1.0)),
        Case("no regularisation, classes that overlap", probe(rng, [20, 18, 22], 1, reg=0.0, spread=3.0)),
        Case("small features", probe(rng, [10, 10, 10], 3, reg=0.05, scale=0.5)),
        Case("large features, about 10", probe(rng, [15, 15], 2, reg=5.0, scale=6.0, centred=True)),
    ]


def a_few_steps(rng):
    return [Case("200 steps", probe(rng, [9, 8, 11], 3, reg=0.1, steps=200))]


def absent_class(rng):
    inputs = probe(rng, [9, 11], 3, reg=0.1, steps=200)
    return [Case("a class of which there is no example", {**inputs, "num_classes": 4})]


train_linear_probe = Exercise(
    "train_linear_probe",
    "Linear probe",
    8,
    [
        Property("reaches the least loss", some_probes, "probe_loss", weight=2, core=True),
        Property("reaches it where reg is strong", strong_probes, "probe_loss", weight=2, core=True),
        Property("leaves the bias free of reg", lopsided_probes, "probe_loss"),
        Property("holds for other shapes and sizes of features", odd_probes, "probe_loss"),
        Property("has a column for every class", absent_class, "probe_shapes"),
        Property("leaves features and y alone", a_few_steps, "probe_arrays", "unchanged"),
        Property(
            "keeps float32",
            lambda rng: [Case("float32", to_single(a_few_steps(rng)[0].inputs))],
            "probe_arrays",
            "keeps dtype",
        ),
    ],
    equivalent_mutants=dict.fromkeys(
        (f"line 15: {change}" for change in (
            f"{CURVATURE} + 2 * reg -> {CURVATURE}",
            f"{CURVATURE} -> (np.mean(np.sum(features ** 2, axis=1)) + 1) * 2",
            f"{CURVATURE} -> np.mean(np.sum(features ** 2, axis=1)) + 1",
            "np.mean(np.sum(features ** 2, axis=1)) + 1 -> np.mean(np.sum(features ** 2, axis=1))",
            "1 -> 0 (occurrence 2)", "1 -> 2 (occurrence 3)", "1 -> 0 (occurrence 3)",
            "2 -> 3 (occurrence 2)", "2 -> 1 (occurrence 2)", "2 -> 3 (occurrence 3)", "2 -> 1 (occurrence 3)",
            "2 * reg -> 2", "2 * reg -> reg",
        )),
        SLOWER,
    ),
)  # fmt: skip

# --------------------------------------------------------------------------------------------- fine-tuning


def rates(params, base, decay):
    return {"params": params, "base": base, "decay": decay}


def some_rates(rng):
    conv, affine = nets(rng).values()
    return [Case("4 layers, decay 0.5", rates(conv, 0.1, 0.5)), Case("3 layers, decay 0.3", rates(affine, 0.02, 0.3))]


def odd_rates(rng):
    cases = [Case(label, rates(params, 0.03, 0.7)) for label, params in odd_nets(rng).items()]
    return [
        *cases,
        Case("decay 1: one rate for all", rates(net(rng, AFFINE_NET), 0.05, 1.0)),
        Case("decay 1.5: the input moves most", rates(net(rng, AFFINE_NET), 0.05, 1.5)),
        Case("one layer", rates(net(rng, [(4, 3)]), 0.2, 0.5)),
    ]


layer_learning_rates = call_exercise(
    "layer_learning_rates",
    "Rates by layer",
    4,
    ("the rate falls towards the input", some_rates),
    ("holds for other nets, and for decay 1 and above", odd_rates),
    driver="by_name",
    single=False,
    equivalent_mutants={"line 12: len(params) // 2 -> len(params) / 2": TWO_A_LAYER},
)

# ------------------------------------------------------------------------------------------------ the grid


def choices(*pairs):
    return lambda rng: [Case(f"{n} labels, {s}", {"num_examples": n, "similarity": s}) for n, s in pairs]


FOUR = choices((50, "similar"), (300, "different"), (20_000, "similar"), (5000, "different"))
BORDERS = choices((999, "similar"), (1000, "similar"), (999, "different"), (1000, "different"), (1, "similar"))


def no_such_similarity(rng):
    pairs = (50, "alike"), (5000, "opposite"), (50, "")
    return [Case(f"{n} labels, {s!r}", {"num_examples": n, "similarity": s}, expected="similarity") for n, s in pairs]


choose_strategy = Exercise(
    "choose_strategy",
    "The grid",
    4,
    [
        Property("fills the four fields", FOUR, weight=2, core=True),
        Property("counts fewer than 1000 as few", BORDERS),
        Property("raises a ValueError for another similarity", no_such_similarity, judge="raises"),
    ],
)


EXERCISES = [
    replace_head,
    trainable,
    masked_step,
    extract_features,
    train_linear_probe,
    layer_learning_rates,
    choose_strategy,
]
