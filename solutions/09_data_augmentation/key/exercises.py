"""What is graded in 09_data_augmentation: random images by facts that hold for any draw, the rest by value."""

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.builders import call_exercise, of, to_single
from autograder.checking.image_scores import Scorer

ANY_ORDER = "the covariance does not depend on the order of the pixels"
SYMMETRIC = "normal numbers of mean 0 are as likely as their negatives"
ONE_DTYPE = "X, values and vectors have one dtype wherever it is promised to be kept"
IMAGES = (600, 2, 3, 4)  # enough for every share, and no square


def seeded(rng):
    return np.random.default_rng(rng.integers(2**32))


def seeds(rng):
    """What the drivers of random functions need to see where randomness comes from."""
    return {"rng": seeded(rng), "other_rng": seeded(rng)}


def drawn(rng, shape, **settings):
    """Inputs of such a driver, which makes the images itself."""
    return {"shape": shape, **settings, **seeds(rng)}


def given(rng, shape, **settings):
    """The arguments of one call, on random images."""
    return {"X": rng.uniform(size=shape), **settings, "rng": seeded(rng)}


def cases(make, arguments):
    """rng -> cases, from a maker and a dict label -> (shape, settings)."""
    return lambda rng: [Case(label, make(rng, shape, **settings)) for label, (shape, settings) in arguments.items()]


def random_exercise(name, title, points, *, core, edges, outside=None, once=((2, 2, 3, 4), {}), extra=(), **more):
    """An exercise for a random function. core: (title, cases, driver). edges: (title, cases, driver).

    outside: (title, the argument's name, label -> (shape, settings) that must raise). once: shape and settings of one
    ordinary call. extra: more properties.
    """

    def one(rng):
        return [Case("two images", given(rng, once[0], **once[1]))]

    properties = [Property(*core, weight=4, core=True), *extra, Property(*edges, weight=2)]
    if outside:
        words, argument, arguments = outside

        def bad(rng):
            return [Case(case.label, case.inputs, argument) for case in cases(given, arguments)(rng)]

        properties.append(Property(words, bad, judge="raises"))
    properties += [
        Property("leaves its arguments alone", one, judge="unchanged"),
        Property("keeps float32", lambda rng: [Case("float32", to_single(one(rng)[0].inputs))], judge="keeps dtype"),
    ]
    return Exercise(name, title, points, properties, **more)


# ------------------------------------------------------------------------------------ flips and crops

random_flip = random_exercise(
    "random_flip",
    "Random flips",
    5,
    core=(
        "flips whole images, each by its own coin",
        cases(drawn, {"p=0.5": (IMAGES, {"p": 0.5}), "p=0.3": (IMAGES, {"p": 0.3})}),
        "flips_drawn",
    ),
    edges=(
        "p=0 flips none and p=1 flips all, in other shapes too",
        cases(
            given,
            {
                "p=0": ((3, 2, 3, 2), {"p": 0.0}),
                "p=1": ((3, 2, 2, 3), {"p": 1.0}),
                "one image": ((1, 3, 2, 4), {"p": 1.0}),
                "one channel": ((4, 1, 2, 2), {"p": 1.0}),
                "one row": ((2, 2, 1, 5), {"p": 1.0}),
                "one column": ((2, 2, 3, 1), {"p": 1.0}),
            },
        ),
    ),
    outside=(
        "raises a ValueError for p outside [0, 1]",
        "p",
        {f"p={p}": ((2, 1, 2, 2), {"p": p}) for p in (-0.2, 1.1)},
    ),
    once=((2, 2, 3, 4), {"p": 1.0}),
    equivalent_mutants={
        "line 16: rng.random(len(X)) < p -> rng.random(len(X)) <= p": "they differ where a random number equals p: "
        "with probability 2**-53"
    },
)

random_crop = random_exercise(
    "random_crop",
    "Random crops",
    5,
    core=(
        "cuts each image at a place of its own, all equally likely",
        cases(drawn, {"size 2": ((800, 2, 3, 5), {"size": 2}), "size 3": ((800, 1, 5, 4), {"size": 3})}),
        "windows_drawn",
    ),
    extra=[
        Property(
            "gives the whole image where there is no choice",
            cases(given, {"size 3": ((2, 2, 3, 3), {"size": 3}), "size 1": ((2, 3, 1, 1), {"size": 1})}),
        )
    ],
    edges=(
        "holds for other shapes",
        cases(
            given,
            {
                "one image": ((1, 2, 4, 4), {"size": 2}),
                "size 1": ((3, 2, 2, 3), {"size": 1}),
                "as wide as the image": ((4, 1, 5, 2), {"size": 2}),
                "as high as the image": ((4, 1, 3, 6), {"size": 3}),
            },
        ),
        "windows_found",
    ),
    outside=(
        "raises a ValueError for a size larger than the image",
        "size",
        {
            "higher and wider": ((2, 1, 3, 3), {"size": 4}),
            "too wide": ((2, 1, 5, 3), {"size": 4}),
            "too high": ((2, 2, 3, 5), {"size": 4}),
        },
    ),
    once=((2, 2, 4, 3), {"size": 2}),
)

pad_and_crop = random_exercise(
    "pad_and_crop",
    "Pad and crop",
    4,
    core=(
        "pushes each image by its own step, all equally likely",
        cases(drawn, {"pad 1": ((800, 2, 3, 4), {"pad": 1}), "pad 2": ((800, 1, 4, 3), {"pad": 2})}),
        "windows_drawn",
    ),
    extra=[
        Property(
            "pad=0 changes nothing",
            cases(given, {"two images": ((2, 2, 3, 4), {"pad": 0}), "one row": ((2, 1, 1, 3), {"pad": 0})}),
        )
    ],
    edges=(
        "holds for other shapes and a wider border",
        cases(
            given,
            {
                "one image": ((1, 2, 4, 3), {"pad": 1}),
                "pad 3": ((6, 1, 4, 5), {"pad": 3}),
                "one row": ((5, 2, 1, 4), {"pad": 2}),
                "a border wider than the image": ((8, 1, 2, 2), {"pad": 3}),
            },
        ),
        "windows_found",
    ),
    once=((2, 2, 3, 4), {"pad": 1}),
    equivalent_mutants={"line 15: 0 -> 1 (occurrence 2)": "no place is drawn for an image of zeros after the last"},
)

# -------------------------------------------------------------------------------------------- colour


def jitters(**labels):
    def settings(brightness, contrast):
        return {"brightness": brightness, "contrast": contrast}

    return {label: (shape, settings(*factors)) for label, (shape, factors) in labels.items()}


color_jitter = random_exercise(
    "color_jitter",
    "Colour jitter",
    6,
    core=(
        "draws two factors an image, all equally likely",
        cases(
            drawn,
            jitters(
                both=((800, 3, 2, 3), (0.3, 0.4)),
                brightness=((800, 2, 2, 2), (0.4, 0.0)),
                contrast=((800, 3, 2, 2), (0.0, 0.5)),
            ),
        ),
        "jitter_drawn",
    ),
    extra=[
        Property(
            "stretches about the mean of each image",
            cases(drawn, jitters(contrast=((40, 3, 3, 2), (0.0, 0.4)), gray=((40, 1, 2, 3), (0.0, 0.3)))),
            "jitter_center",
            weight=2,
            core=True,
        ),
        Property(
            "clips what leaves [0, 1], at the end",
            cases(drawn, jitters(both=((300, 3, 3, 4), (0.8, 0.9)), contrast=((300, 3, 3, 4), (0.0, 0.9)))),
            "jitter_clipped",
            weight=2,
        ),
    ],
    edges=(
        "holds where the answer is certain",
        cases(
            given,
            jitters(
                **{
                    "no jitter": ((2, 3, 2, 2), (0.0, 0.0)),
                    "one pixel, contrast alone": ((3, 1, 1, 1), (0.0, 0.8)),
                    "one image": ((1, 3, 2, 2), (0.0, 0.0)),
                }
            ),
        ),
    ),
    once=((2, 3, 2, 3), {"brightness": 0.3, "contrast": 0.3}),
)


def colorful(rng, shape, spread=1.0, base=0.5):
    """Images whose channels vary together, and unequally."""
    N, C, H, W = shape
    mix = rng.normal(size=(C, C)) * np.linspace(1, 0.3, C)
    pixels = rng.normal(size=(N, H, W, C)) @ mix.T * 0.2 * spread + base + 0.1 * np.arange(C)
    return {"X": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))}


def gray(rng, shape):
    """Images with the same values in all channels."""
    N, C, H, W = shape
    return {"X": np.repeat(rng.uniform(size=(N, 1, H, W)), C, axis=1)}


def odd_colors(rng):
    return [
        Case("one image", colorful(rng, (1, 3, 3, 2))),
        Case("two channels", colorful(rng, (2, 2, 2, 3))),
        Case("one channel", colorful(rng, (3, 1, 2, 2))),
        Case("single pixels", colorful(rng, (6, 3, 1, 1))),
        Case("gray images", gray(rng, (2, 3, 2, 2))),
        Case("pixels from 0 to 255", colorful(rng, (2, 3, 2, 3), spread=255, base=128)),
    ]


fit_color_pca = call_exercise(
    "fit_color_pca",
    "The axes of colour",
    5,
    ("gives variances and axes", of(colorful, {"4 images": ((4, 3, 2, 3),), "3 images": ((3, 3, 3, 2),)})),
    ("holds for one image, other channels, gray images and other scales", odd_colors),
    driver="color_axes",
    equivalent_mutants={
        "line 12: X.transpose(0, 2, 3, 1) -> X.transpose(2, 0, 3, 1)": ANY_ORDER,
        "line 12: X.transpose(0, 2, 3, 1) -> X.transpose(3, 2, 0, 1)": ANY_ORDER,
        "line 12: X.transpose(0, 2, 3, 1) -> X.transpose(0, 3, 2, 1)": ANY_ORDER,
        "line 12: 1 -> 2 (occurrence 2)": "NumPy works out any negative length in a reshape",
        "line 13: pixels - pixels.mean(axis=0) -> -(pixels - pixels.mean(axis=0))": "a product of two signs is 1",
    },
)


def axes(rng, values):
    """Values, and an orthonormal set of rows that is not symmetric."""
    C = len(values)
    vectors = np.linalg.qr(rng.normal(size=(C, C)) + np.triu(np.full((C, C), 2.0)))[0].T
    return {"values": np.array(values), "vectors": vectors}


def lights(rng):
    return [
        Case("three channels", drawn(rng, (800, 3, 2, 2), **axes(rng, (0.06, 0.015, 0.004)), sigma=0.3)),
        Case("two channels", drawn(rng, (800, 2, 2, 3), **axes(rng, (0.5, 0.12)), sigma=2.8)),
    ]


def certain_lights(rng):
    return [
        Case("sigma=0", given(rng, (2, 3, 2, 2), **axes(rng, (0.2, 0.1, 0.05)), sigma=0.0)),
        Case("values of 0", given(rng, (2, 3, 2, 1), **axes(rng, (0.0, 0.0, 0.0)), sigma=0.5)),
        Case("one image, sigma=0", given(rng, (1, 2, 1, 3), **axes(rng, (0.3, 0.1)), sigma=0.0)),
    ]


def gray_light(rng):
    return [Case("one channel", drawn(rng, (800, 1, 3, 1), values=np.array([0.3]), vectors=np.eye(1), sigma=1.0))]


pca_lighting = random_exercise(
    "pca_lighting",
    "Lighting noise",
    6,
    core=("adds a colour to each image, of normal alphas", lights, "lighting_drawn"),
    extra=[Property("holds for gray images", gray_light, "lighting_drawn")],
    edges=("changes nothing where sigma or the values are 0", certain_lights),
    once=((2, 2, 2, 2), {"values": np.array([0.5, 0.2]), "vectors": np.array([[0.6, 0.8], [0.8, -0.6]]), "sigma": 0.5}),
    equivalent_mutants={
        "line 16: values -> vectors": "there are as many vectors as values",
        "line 17: alphas * values @ vectors -> -(alphas * values @ vectors)": SYMMETRIC,
        "line 18: X + colors[:, :, None, None].astype(X.dtype) -> "
        "X - colors[:, :, None, None].astype(X.dtype)": SYMMETRIC,
        "line 18: X -> values (occurrence 2)": ONE_DTYPE,
        "line 18: X -> vectors (occurrence 2)": ONE_DTYPE,
    },
)

# ----------------------------------------------------------------------------------------- test time


def photos(rng, shape, size):
    return {"X": rng.uniform(size=shape), "size": size}


ten_crop = call_exercise(
    "ten_crop",
    "Ten crops",
    4,
    (
        "gives five places and their flips, in order",
        of(photos, {"even margins": ((2, 2, 4, 6), 2), "a square": ((1, 2, 5, 5), 3)}),
    ),
    (
        "holds for odd margins and other shapes",
        of(
            photos,
            {
                "odd margins": ((2, 1, 5, 4), 2),
                "margin 1": ((1, 1, 3, 4), 2),
                "as high as the image": ((1, 2, 2, 5), 2),
                "the whole image": ((2, 2, 3, 3), 3),
                "size 1": ((1, 2, 3, 4), 1),
            },
        ),
    ),
)


def predicted(rng, shape, size, classes):
    predict = Scorer(channels=shape[1], size=size, classes=classes, strength=float(rng.uniform(1.2, 1.8)))
    return {"predict": predict, "X": rng.uniform(size=shape), "size": size}


predict_averaged = call_exercise(
    "predict_averaged",
    "Averaged predictions",
    4,
    (
        "averages the predictions of the ten crops",
        of(predicted, {"three images": ((3, 2, 4, 5), 3, 4), "two images": ((2, 1, 5, 4), 2, 3)}),
    ),
    (
        "holds for one image, one class, the whole image",
        of(
            predicted,
            {
                "one image": ((1, 3, 4, 4), 2, 3),
                "one class": ((2, 1, 3, 3), 2, 1),
                "the whole image": ((2, 2, 3, 3), 3, 2),
                "ten images, ten classes": ((10, 1, 3, 4), 2, 10),
            },
        ),
    ),
    single=False,
)

EXERCISES = [
    random_flip,
    random_crop,
    pad_and_crop,
    color_jitter,
    fit_color_pca,
    pca_lighting,
    ten_crop,
    predict_averaged,
]
