"""What is graded in 12_capstone: the rules that every recipe keeps, and how many hidden letters it reads."""

from pathlib import Path

import numpy as np

from autograder.checking import Case, Exercise, Property
from autograder.checking.recipes import HOLDS, Images

LIMIT = 100_000  # numbers in params
CLASSES = 16
MARKS = [(0.40, 0.0), (0.58, 1 / 3), (0.80, 2 / 3), (0.87, 1.0)]  # the plain net of notebook 01 reads 58%
HIDDEN = Path(__file__).with_name("hidden.npz")  # the test images, their labels and the seed that made them


def seeded(rng):
    """A generator of its own, as a student is given one."""
    return np.random.default_rng(int(rng.integers(2**32)))


def few(label, count):
    """rng -> one case: some of the training images, fewer of the validation images."""

    def draw(rng):
        seed = int(rng.integers(2**32))
        images = {"train": Images("capstone", "train", count, seed), "val": Images("capstone", "val", 16, seed)}
        return [Case(label, {**images, "classes": CLASSES, "limit": LIMIT, "rng": seeded(rng)}, HOLDS)]

    return draw


recipe = Exercise(
    "recipe",
    "The rules of a recipe",
    6,
    [
        Property("returns params within the limit, and labels", few("32 images", 32), "gives_labels", core=True),
        Property("learns the images that it is shown", few("320 images", 320), "learns", weight=2, core=True),
        Property("labels each image by itself", few("32 images", 32), "sees_one_image"),
        Property("keeps all that it learned in params", few("32 images", 32), "keeps_nothing"),
        Property("draws from rng alone", few("32 images", 32), "repeats"),
        Property("leaves its arguments alone", few("32 images", 32), "gives_labels", "unchanged"),
    ],
    ("train_model", "predict"),
    open_ended=True,
)


def everything(test):
    """rng -> the case in which all training images are seen and `test` is asked for."""

    def draw(rng):
        images = {"train": Images("capstone", "train"), "val": Images("capstone", "val"), "test": test}
        rename = rng.permutation(CLASSES)
        return [
            Case(
                "all training images",
                {**images, "classes": CLASSES, "limit": LIMIT, "rng": seeded(rng), "rename": rename},
                MARKS,
            )
        ]

    return draw


accuracy = Exercise(
    "accuracy",
    "Accuracy",
    30,
    [
        Property(
            "reads letters that it has never seen",
            everything(Images("capstone", "val")),
            "accuracy",
            "marks",
            core=True,
            hidden=everything(Images(str(HIDDEN), "test")),
        )
    ],
    ("train_model", "predict"),
    open_ended=True,
)

EXERCISES = [recipe, accuracy]
