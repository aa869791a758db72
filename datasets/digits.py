"""Make digits.npz: 1,797 real handwritten digits, split into training, validation and test set.

Run `python datasets/digits.py`. The file comes out the same to the byte on every run.
"""

from pathlib import Path

import numpy as np
from archive import save
from sklearn.datasets import load_digits

SEED = 20160125
SIZES = {"train": 1197, "val": 300, "test": 300}


def stratified_order(y, rng):
    """A random order of the examples in which every stretch holds the classes in their proportions.

    y: (N,) integer labels. Returns a permutation of 0..N-1.
    Example number i of the n of its class is placed at the fraction (i + 1/2) / n of the whole.
    """
    shuffled = rng.permutation(len(y))
    place = np.empty(len(y))
    for label in np.unique(y):
        of_label = shuffled[y[shuffled] == label]
        place[of_label] = (np.arange(len(of_label)) + 0.5) / len(of_label)
    return shuffled[np.argsort(place[shuffled], kind="stable")]


def generate(path):
    """Write the data set to `path`.

    Arrays: X_* (N, 1, 8, 8) uint8 from 0 to pixel_max, y_* (N,) uint8, index_* (N,) row in the source.
    """
    digits = load_digits()
    rng = np.random.default_rng(SEED)
    order = stratified_order(digits.target, rng)
    arrays = {"pixel_max": np.uint8(16)}
    for name, index in zip(SIZES, np.split(order, np.cumsum([*SIZES.values()])[:-1]), strict=True):
        index = rng.permutation(index)
        arrays[f"X_{name}"] = digits.images[index, np.newaxis].astype(np.uint8)
        arrays[f"y_{name}"] = digits.target[index].astype(np.uint8)
        arrays[f"index_{name}"] = index.astype(np.uint16)
    save(path, **arrays)


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
