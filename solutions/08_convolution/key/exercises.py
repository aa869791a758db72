"""What is graded in 08_convolution: sizes, convolution by loops and by matrices, pooling, and batch norm for images."""

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.builders import call_exercise, of, pair_exercise, to_single

WORKED_OUT = "reshape works out the one axis that is negative, whatever negative number stands there"
TWICE_THE_SAME = "blocks that overlap are only computed twice, and each time from the start"
LIKE_GAMMA = "beta has the shape and the dtype of gamma, so zeros and ones like it are the same"
ONE_DTYPE = "x, w and b come with one dtype"
EITHER_WAY = "the larger or smaller of two, whichever is named first"
FRAME = "more room below and on the right stays empty, and is cut off"

# ------------------------------------------------------------------------------------------------- sizes


def numbers(names, rows):
    """rng -> cases from a dict label -> values in the order of names."""
    return lambda rng: [Case(label, dict(zip(names, row, strict=True))) for label, row in rows.items()]


SIZES = ("size", "kernel", "stride", "pad")


def some_sizes(rng):
    """Sizes that tile: places, kernel, stride and pad are drawn, the size follows."""
    cases = []
    while len(cases) < 4:
        places, kernel, stride, pad = (int(rng.integers(low, 6)) for low in (2, 2, 2, 1))
        size = (places - 1) * stride + kernel - 2 * pad
        if size > kernel:
            cases.append(
                Case(f"stride {stride}, pad {pad}", dict(zip(SIZES, (size, kernel, stride, pad), strict=True)))
            )
    return cases


def misfits(name, rows):
    """rng -> cases that must raise a ValueError naming an argument."""
    return lambda rng: [Case(label, dict(zip(SIZES, row, strict=True)), expected=name) for label, row in rows.items()]


SIZE_EDGES = {
    "the kernel as large as the image": (5, 5, 1, 0),
    "the kernel larger than the image, not than the padded one": (3, 5, 1, 1),
    "one pixel": (1, 1, 1, 0),
    "a stride longer than the kernel": (7, 1, 3, 0),
    "one place, any stride fits": (4, 4, 3, 0),
    "the first layer of AlexNet": (227, 11, 4, 0),
}

conv_output_size = Exercise(
    "conv_output_size",
    "Output size",
    4,
    [
        Property("gives the number of places", some_sizes, weight=3, core=True),
        Property(
            "counts stride 1 and pad 0 where nothing is said",
            numbers(("size", "kernel"), {"size 7, kernel 3": (7, 3), "size 32, kernel 5": (32, 5)}),
            core=True,
        ),
        Property("holds at the edges", numbers(SIZES, SIZE_EDGES), weight=2),
        Property("gives an int, fit for the shape of an array", some_sizes, "whole_number"),
        Property(
            "raises a ValueError for a stride that does not tile",
            misfits("stride", {"7, kernel 3, stride 3": (7, 3, 3, 0), "8, kernel 3, stride 2, pad 1": (8, 3, 2, 1)}),
            judge="raises",
        ),
        Property(
            "raises a ValueError for a kernel that is too large",
            misfits("kernel", {"size 4, kernel 5": (4, 5, 1, 0), "size 2, kernel 6, pad 1": (2, 6, 1, 1),
                               "size 3, kernel 5, stride 2": (3, 5, 2, 0)}),
            judge="raises",
        ),
        Property(
            "raises a ValueError for a stride below 1",
            misfits("stride", {"stride 0": (5, 3, 0, 0), "stride -1": (5, 3, -1, 0)}),
            judge="raises",
        ),
    ],
    equivalent_mutants={"line 19: room % stride -> -(room % stride)": "a number is true where its negative is"},
)  # fmt: skip


def some_layers(rng):
    def layer():
        return int(rng.integers(2, 6)), int(rng.integers(2, 4))

    return [Case(f"{n} layers", {"layers": [layer() for _ in range(n)]}) for n in (3, 2, 4)]


LAYER_EDGES = {
    "no layer": [],
    "one layer": [(5, 2)],
    "three 3x3 layers": [(3, 1), (3, 1), (3, 1)],
    "a stride longer than its kernel": [(1, 3), (4, 1)],
    "LeNet": [(5, 1), (2, 2), (5, 1), (2, 2)],
}


def some_banks(rng):
    return [
        Case(
            f"{c} channels", {"in_channels": c, "kernel": int(rng.integers(2, 8)), "filters": int(rng.integers(11, 40))}
        )
        for c in (3, 16)
    ]


# ------------------------------------------------------------------------------------------- convolution


def short(rng, shape):
    """Normal numbers of two decimals: they are short in `checks.json`, and so are their sums of products."""
    return rng.normal(size=shape).round(2)


def filters(rng, x, kernel=(2, 2), stride=1, pad=0, f=2, named=False):
    """Inputs of the pair drivers of a convolution. x: a shape. named: stride and pad are given though default."""
    N, C, H, W = x
    KH, KW = kernel
    OH, OW = ((n + 2 * pad - k) // stride + 1 for n, k in ((H, KH), (W, KW)))
    more = {"stride": stride} if named or stride != 1 else {}
    more |= {"pad": pad} if named or pad else {}
    return {
        "x": short(rng, x),
        "w": short(rng, (f, C, KH, KW)),
        "b": short(rng, f),
        **more,
        "dout": short(rng, (N, f, OH, OW)),
    }


CONV_MAIN = {
    "2 images, 2 channels, 3 filters": [(2, 2, 3, 3), (2, 2), 1, 0, 3],
    "pad 1": [(1, 2, 3, 3), (3, 3), 1, 1],
}
CONV_STRIDE = {
    "stride 2": [(1, 2, 2, 4), (2, 2), 2],
    "stride 2, pad 1": [(2, 1, 3, 5), (3, 3), 2, 1],
    "stride 3, pad 2": [(1, 1, 2, 5), (3, 3), 3, 2],
}
CONV_EDGES = {
    "a kernel that is not square": [(1, 2, 4, 3), (3, 1)],
    "a wide kernel, stride 2": [(1, 1, 3, 6), (1, 2), 2, 0, 3],
    "one image, one channel, one filter": [(1, 1, 3, 3), (2, 2), 1, 0, 1],
    "a kernel of one pixel": [(2, 3, 2, 2), (1, 1)],
    "a kernel as large as the image": [(2, 2, 2, 3), (2, 3)],
    "gaps between the windows": [(1, 1, 4, 7), (1, 1), 3],
    "pad 2 along a small image": [(1, 1, 1, 2), (3, 4), 1, 2],
    "pad 3 around a pixel": [(1, 1, 1, 1), (1, 7), 1, 3],
}
CONV_BACK_EDGES = {label: CONV_EDGES[label] for label in list(CONV_EDGES)[:2] + list(CONV_EDGES)[-3:]}


def conv_exercise(name, title, points, extra=(), **more):
    def once(rng):
        return [Case("stride 2, pad 1", filters(rng, (2, 2, 3, 5), (3, 3), 2, 1))]

    def single_precision(rng):
        return [Case("float32", to_single(filters(rng, (1, 2, 3, 3), (3, 3), 1, 1)))]

    properties = [
        Property("the forward gives the right output", of(filters, CONV_MAIN), "pair_forward", weight=2, core=True),
        Property(
            "the gradients agree with numeric ones", of(filters, CONV_MAIN), "forward_backward", weight=2, core=True
        ),
        Property("the forward holds for other strides", of(filters, CONV_STRIDE), "pair_forward", core=True),
        Property("the gradients hold for other strides", of(filters, CONV_STRIDE), "forward_backward", core=True),
        Property("the forward holds for other shapes", of(filters, CONV_EDGES), "pair_forward"),
        Property("the gradients hold for other shapes", of(filters, CONV_BACK_EDGES), "forward_backward"),
        *extra,
        Property("a second backward on one cache gives the same", once, "second_backward"),
        Property("leaves its arguments alone", once, "pair_there_and_back", "unchanged"),
        Property("keeps float32", single_precision, "pair_there_and_back", "keeps dtype"),
    ]
    return Exercise(
        name, title, points, properties, (f"{name[:4]}_forward{name[4:]}", f"{name[:4]}_backward{name[4:]}"), **more
    )


many_images = of(filters, {"17 images": [(17, 1, 1, 2), (1, 2), 1, 0, 1], "8 images": [(8, 1, 1, 1), (1, 1), 1, 0, 1]})


# ------------------------------------------------------------------------------------------------ im2col


def windows(rng, x, kernel, stride=1, pad=0):
    return {"x": short(rng, x), "kernel": kernel, "stride": stride, "pad": pad}


def columns(rng, shape, kernel, stride=1, pad=0):
    (N, C, H, W), (KH, KW) = shape, np.broadcast_to(kernel, 2)
    OH, OW = ((n + 2 * pad - k) // stride + 1 for n, k in ((H, KH), (W, KW)))
    cols = short(rng, (N * OH * OW, C * KH * KW))
    return {"cols": cols, "shape": shape, "kernel": kernel, "stride": stride, "pad": pad}


WINDOWS_MAIN = {
    "stride 2, pad 1": [(1, 2, 3, 5), 3, 2, 1],
    "2 images, 2 channels": [(2, 2, 3, 4), 2],
}
WINDOWS_EDGES = {
    "a pair as kernel": [(1, 2, 4, 3), (3, 2)],
    "a wide kernel, stride 2": [(2, 1, 3, 6), (1, 2), 2],
    "a kernel as large as the image": [(2, 2, 2, 3), (2, 3)],
    "a kernel of one pixel": [(2, 3, 2, 1), 1],
    "gaps between the windows": [(1, 1, 4, 7), 1, 3],
    "pad 2": [(1, 1, 1, 2), 3, 1, 2],
    "windows side by side": [(1, 2, 4, 4), 2, 2],
}

# ----------------------------------------------------------------------------------------------- pooling


def distinct(rng, shape):
    """Numbers of both signs, all apart, so that no maximum is near a tie."""
    numbers = rng.permutation(int(np.prod(shape))) - np.prod(shape) // 2
    return (0.25 * numbers + 0.125).reshape(shape)


def pool(rng, shape, size=2, stride=2, given=False):
    H, W = ((n - size) // stride + 1 for n in shape[2:])
    more = {"size": size, "stride": stride} if given or (size, stride) != (2, 2) else {}
    return {"x": distinct(rng, shape), **more, "dout": short(rng, (*shape[:2], H, W))}


def pool_ties(rng):
    flat = pool(rng, (1, 1, 2, 4))
    flat["x"] = np.zeros((1, 1, 2, 4))
    few = pool(rng, (1, 2, 2, 4))
    few["x"] = rng.integers(0, 2, size=few["x"].shape).astype(float)
    few["x"][0, 0, :2, :2] = [[-1, 3], [3, 2]]
    wide = pool(rng, (1, 1, 5, 5), 3, 2)
    wide["x"] = rng.integers(0, 2, size=(1, 1, 5, 5)).astype(float)
    wide["x"][0, 0, :3, :3] = [[0, 0, 1], [1, 1, 0], [0, 1, 1]]
    return [Case("all entries equal", flat), Case("zeros and ones", few), Case("windows that overlap", wide)]


POOL_GIVEN = {
    "size 3, stride 2: windows overlap": {"size": 3, "stride": 2},
    "size 2, stride 1: windows overlap": {"size": 2, "stride": 1},
    "size 3, stride 1: windows overlap": {"size": 3, "stride": 1},
}
POOL_GAPS = of(pool, {"size 1, stride 2: gaps": [(1, 1, 3, 5), 1, 2], "size 3, stride 3": [(1, 1, 3, 6), 3, 3],
                      "size 2, stride 3: gaps": [(1, 1, 2, 5), 2, 3]})  # fmt: skip


def pool_given(rng, shape, **given):
    return pool(rng, (1, 1, 5, 7) if given else shape, **given)


def regions(rng, size, out_size, **more):
    """Inputs of `fractional_regions`."""
    first, second = (np.random.default_rng(int(rng.integers(2**32))) for _ in range(2))
    inputs = {"size": size, "out_size": out_size, "rng": first}
    return {**inputs, "other_rng": second} if more else inputs


def arrangements(rng):
    return [
        Case(f"{size} pixels in {out} regions, 600 draws", regions(rng, size, out, both=True))
        for size, out in ((7, 5), (6, 4), (4, 3))
    ]


fractional_regions = Exercise(
    "fractional_regions",
    "Fractional regions",
    4,
    [
        Property(
            "the regions are 1 or 2 pixels long and cover the axis",
            of(regions, {"25 pixels in 18 regions": (25, 18), "11 in 7": (11, 7), "30 in 16": (30, 16)}),
            "regions_cover",
            weight=2,
            core=True,
        ),
        Property("every arrangement comes equally often", arrangements, "regions_drawn", weight=2, core=True),
        Property(
            "holds where there is but one arrangement",
            of(regions, {"as many regions as pixels": (5, 5), "half as many": (8, 4), "one pixel": (1, 1),
                         "one region of 2 pixels": (2, 1)}),
            "regions_cover",
        ),
    ],
)  # fmt: skip


def starts(rng, size, out_size):
    lengths = rng.permutation(np.repeat([1, 2], [2 * out_size - size, size - out_size]))
    return np.concatenate([[0], np.cumsum(lengths)[:-1]])


def fractions(rng, shape, out=None):
    """Inputs of the pair drivers of fractional max pooling; out: (OH, OW), else about two thirds of the image."""
    OH, OW = out or [(2 * n + 2) // 3 for n in shape[2:]]
    rows, cols = starts(rng, shape[2], OH), starts(rng, shape[3], OW)
    return {"x": distinct(rng, shape), "rows": rows, "cols": cols, "dout": short(rng, (*shape[:2], OH, OW))}


FRACTION_EDGES = {
    "a single row of pixels": [(2, 1, 1, 5), (1, 3)],
    "every region one pixel": [(1, 2, 2, 3), (2, 3)],
    "every region 2x2": [(1, 2, 4, 2), (2, 1)],
    "one pixel": [(2, 2, 1, 1), (1, 1)],
}


def fraction_ties(rng):
    flat = fractions(rng, (1, 1, 3, 2))
    flat["x"] = np.full((1, 1, 3, 2), -1.5)
    few = fractions(rng, (1, 2, 4, 5))
    few["x"] = rng.integers(0, 2, size=few["x"].shape).astype(float)
    corner = {**fractions(rng, (1, 1, 2, 2), (1, 1)), "x": np.array([[[[1.0, 3.0], [3.0, 2.0]]]])}
    return [Case("all entries equal", flat), Case("zeros and ones", few), Case("the hand-made example", corner)]


FRACTION_MAIN = {"2 images, 2 channels": [(2, 2, 4, 5)], "one image": [(1, 2, 5, 3)]}

fractional_max_pool = Exercise(
    "fractional_max_pool",
    "Fractional max pooling",
    4,
    [
        Property(
            "the forward gives the right output", of(fractions, FRACTION_MAIN), "pair_forward", weight=2, core=True
        ),
        Property(
            "the gradients agree with numeric ones",
            of(fractions, FRACTION_MAIN),
            "forward_backward",
            weight=2,
            core=True,
        ),
        Property("the forward holds for other shapes", of(fractions, FRACTION_EDGES), "pair_forward"),
        Property("the gradients hold for other shapes", of(fractions, FRACTION_EDGES), "forward_backward"),
        Property("at a tie the first maximum takes the gradient", fraction_ties, "pair_backward"),
        Property(
            "a second backward on one cache gives the same",
            of(fractions, {"2 images": [(2, 1, 3, 5)]}),
            "second_backward",
        ),
        Property(
            "leaves its arguments alone",
            of(fractions, {"2 images": [(2, 1, 3, 5)]}),
            "pair_there_and_back",
            "unchanged",
        ),
        Property(
            "keeps float32",
            lambda rng: [Case("float32", to_single(fractions(rng, (1, 2, 3, 4))))],
            "pair_there_and_back",
            "keeps dtype",
        ),
    ],
    ("fractional_max_pool_forward", "fractional_max_pool_backward"),
    {"line 33: 1 -> 2": WORKED_OUT},
)

# ------------------------------------------------------------------------------------ spatial batch norm


def averages(rng, channels):
    return {"mean": rng.normal(size=channels), "var": rng.uniform(0.3, 3, size=channels)}


def batch(rng, shape, training=True, warm=False, scale=2.0, **more):
    """Inputs of the drivers of spatial batch norm; warm: with averages from earlier batches."""
    return {
        "x": scale * rng.normal(size=shape) + scale * rng.normal(size=(1, shape[1], 1, 1)),
        "gamma": rng.uniform(0.5, 2, size=shape[1]).round(2),
        "beta": short(rng, shape[1]),
        "state": averages(rng, shape[1]) if warm else None,
        "training": training,
        **more,
        "dout": short(rng, shape),
    }


def norm(table):
    """rng -> cases of `batch` from a dict label -> (shape, keyword arguments)."""
    return lambda rng: [Case(label, batch(rng, shape, **more)) for label, (shape, more) in table.items()]


def sequences(rng):
    def case(label, training, **more):
        inputs = batch(rng, (2, 2, 1, 3), **more)
        inputs["x"] = [rng.normal(1, 2, size=(2, 2, 1, 3)).round(2) for _ in training]
        inputs["training"] = list(training)
        del inputs["dout"]
        return Case(label, inputs)

    return [
        case("3 batches from state=None", (True, True, True)),
        case("2 batches after a given state", (True, True), warm=True),
        case("momentum=0.6", (True, True), momentum=0.6),
        case("a test between two batches", (True, False, True)),
        case("a test at the very start", (False,)),
    ]


NORM_MAIN = {"2 images, 3 channels": ((2, 3, 2, 1), {}), "3 images, 2 channels": ((3, 2, 1, 2), {})}
NORM_EDGES = {
    "one image": ((1, 2, 3, 2), {}),
    "one pixel": ((5, 2, 1, 1), {}),
    "one channel": ((2, 1, 2, 3), {}),
    "as wide and high as it has channels": ((2, 2, 2, 2), {}),
    "eps=0.5": ((2, 2, 2, 2), {"eps": 0.5}),
    "a given state, not used in training": ((2, 2, 2, 3), {"warm": True}),
    "tiny values, beside which eps counts": ((2, 2, 2, 3), {"scale": 0.003}),
}
NORM_BACK_EDGES = {label: NORM_EDGES[label] for label in NORM_EDGES if label not in ("one channel", "one pixel")}
NORM_TEST = {
    "a given state": ((2, 3, 2, 2), {"training": False, "warm": True}),
    "a given state, eps=0.5": ((1, 2, 2, 3), {"training": False, "warm": True, "eps": 0.5}),
    "state=None": ((2, 2, 2, 2), {"training": False}),
}

spatial_batchnorm = Exercise(
    "spatial_batchnorm",
    "Spatial batch norm",
    6,
    [
        Property("training gives the right output", norm(NORM_MAIN), "normalised_batches", weight=2, core=True),
        Property("the gradients agree with numeric ones", norm(NORM_MAIN), "normalised_gradients", weight=2, core=True),
        Property("test time uses the running averages", norm(NORM_TEST), "normalised_batches", core=True),
        Property("the running averages move as they should", sequences, "running_averages", core=True),
        Property(
            "the output holds for other shapes, for another eps and tiny values", norm(NORM_EDGES), "normalised_batches"
        ),
        Property(
            "the gradients hold for other shapes, for another eps and tiny values",
            norm(NORM_BACK_EDGES),
            "normalised_gradients",
        ),
        Property(
            "a second backward on one cache gives the same", norm({"a batch": ((2, 2, 2, 3), {})}), "second_backward"
        ),
        Property(
            "leaves its arguments alone",
            norm({"a batch": ((2, 2, 2, 3), {"warm": True}), "state=None": ((2, 2, 1, 2), {})}),
            "normalised_there_and_back",
            "unchanged",
        ),
        Property(
            "keeps float32",
            lambda rng: [Case("float32", to_single(batch(rng, (2, 2, 2, 3), warm=True)))],
            "normalised_there_and_back",
            "keeps dtype",
        ),
    ],
    ("spatial_batchnorm_forward", "spatial_batchnorm_backward"),
    {
        "line 16: gamma -> beta": LIKE_GAMMA,
        "line 16: gamma -> beta (occurrence 2)": LIKE_GAMMA,
        "line 42: dout.size // len(gamma) -> dout.size / len(gamma)": "N * C * H * W divided by C leaves no rest",
    },
)

# -------------------------------------------------------------------------------------------- the others


def weights(rng, shape, outputs):
    return {"w": short(rng, (int(np.prod(shape)), outputs)), "shape": shape}


# fmt: off
EXERCISES = [
    conv_output_size,
    Exercise("conv_parameters", "Parameters", 2, [
        Property("counts weights and biases", some_banks, weight=2, core=True),
        Property("holds for the lecture's example and for one of each",
                 numbers(("in_channels", "kernel", "filters"),
                         {"the lecture's 760": (3, 5, 10), "one of each": (1, 1, 1), "1x1 filters": (64, 1, 16)})),
    ]),
    Exercise("receptive_field", "Receptive field", 3, [
        Property("gives the field of a stack", some_layers, weight=2, core=True),
        Property("holds for no layer, one layer, and known nets",
                 lambda rng: [Case(label, {"layers": layers}) for label, layers in LAYER_EDGES.items()]),
        Property("leaves its argument alone", some_layers, judge="unchanged"),
    ]),
    conv_exercise(
        "conv", "Convolution by loops", 6,
        equivalent_mutants={"line 14: 0 -> 1 (occurrence 2)": "one more image of zeros at the end is never looked at"},
    ),
    call_exercise(
        "im2col", "im2col", 4,
        ("lays out every window in order", of(windows, WINDOWS_MAIN)),
        ("holds for pairs as kernel, other strides and pads", of(windows, WINDOWS_EDGES)),
        equivalent_mutants={
            "line 19: N * OH * OW -> -(N * OH * OW)": WORKED_OUT,
            "line 19: C * KH * KW -> -(C * KH * KW)": WORKED_OUT,
        },
    ),
    call_exercise(
        "col2im", "col2im", 4,
        ("adds every window back to its place", of(columns, WINDOWS_MAIN)),
        ("holds for pairs as kernel, other strides and pads", of(columns, WINDOWS_EDGES)),
        equivalent_mutants={"line 14: 2 -> 3": FRAME, "line 14: 2 -> 3 (occurrence 2)": FRAME},
    ),
    conv_exercise("conv_fast", "Fast convolution", 5, extra=[
        Property("both hold for many images", many_images, "pair_there_and_back"),
    ], equivalent_mutants={
        "line 14: 1 -> 2": FRAME,
        "line 14: max(OW, -(-(W + pad) // S)) -> max(-(-(W + pad) // S), OW)": EITHER_WAY,
        "line 14: -(W + pad) // S -> -(W + pad)": "more zeros behind each row are no window's pixels",
        "line 15: x -> w": ONE_DTYPE,
        "line 15: x -> b": ONE_DTYPE,
        "line 17: C * N * HS -> -(C * N * HS)": WORKED_OUT,
        "line 17: HS * WS -> -(HS * WS)": WORKED_OUT,
        "line 19: x -> w": ONE_DTYPE,
        "line 19: x -> b": ONE_DTYPE,
        "line 20: min(8, N) -> min(N, 8)": EITHER_WAY,
        "line 20: x -> w": ONE_DTYPE,
        "line 20: x -> b": ONE_DTYPE,
        "line 21: 8 -> 7": TWICE_THE_SAME,
        "line 23: 1 -> 2": WORKED_OUT,
        "line 26: 1 -> 2": WORKED_OUT,
        "line 42: 1 -> 2": FRAME,
        "line 42: max(OW, -(-(W + pad) // S)) -> max(-(-(W + pad) // S), OW)": EITHER_WAY,
        "line 42: -(W + pad) // S -> -(W + pad)": "more zeros behind each row are no window's pixels",
        "line 45: C * N * HS -> -(C * N * HS)": WORKED_OUT,
        "line 45: HS * WS -> -(HS * WS)": WORKED_OUT,
        "line 47: min(8, N) -> min(N, 8)": EITHER_WAY,
        "line 52: 1 -> 2": WORKED_OUT,
        "line 57: 1 -> 2": WORKED_OUT,
        "line 62: C * N * HS -> -(C * N * HS)": WORKED_OUT,
        "line 62: HS * S -> -(HS * S)": WORKED_OUT,
        "line 62: WS * S -> -(WS * S)": WORKED_OUT,
    }),
    pair_exercise(
        "max_pool", "Max pooling", 4, draw=pool_given, main=((2, 1, 4, 4), (1, 3, 2, 4)),
        edges={"a single window": (2, 2, 2, 2), "one image, one channel": (1, 1, 4, 6), "two rows": (3, 1, 2, 4)},
        given=POOL_GIVEN,
        extra=[
            Property("at a tie the first maximum takes the gradient", pool_ties, "pair_backward"),
            Property("both hold for other sizes and for gaps between the windows", POOL_GAPS, "pair_there_and_back"),
        ],
        equivalent_mutants={"line 12: size * size -> -(size * size)": WORKED_OUT},
    ),
    fractional_regions,
    fractional_max_pool,
    spatial_batchnorm,
    call_exercise(
        "affine_as_conv", "An affine layer as a convolution", 2,
        ("gives the filters", of(weights, {"3 outputs": [(2, 2, 3), 3], "5 outputs": [(3, 2, 1), 5]})),
        ("holds for one channel, one pixel, one output, square weights",
         of(weights, {"one channel": [(1, 2, 3), 2], "one pixel": [(4, 1, 1), 3], "one output": [(2, 2, 2), 1],
                      "as many outputs as inputs": [(2, 1, 2), 4], "a cube of 2, 2 outputs": [(2, 2, 2), 2]})),
        equivalent_mutants={"line 11: 1 -> 2": WORKED_OUT},
    ),
]
