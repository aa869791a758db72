"""Make textures.npz: coloured noise of ten kinds, told apart only by the direction and the length of its waves.

Run `python datasets/textures.py`. The file comes out the same to the byte on every run.
"""

from pathlib import Path

import numpy as np
from archive import save
from patches import GREY, SIZE

SEED = 20160128
SIZES = {"train": 120, "val": 30, "test": 30}  # of each class
WAVES = 12  # in one image
WAVELENGTHS = {"fine": (2.2, 3), "coarse": (3.3, 4.5)}  # in pixels
DIRECTIONS = {"vertical": 0, "rising": 45, "horizontal": 90, "falling": 135, "mixed": None}  # of the stripes
SPREAD = 22  # degrees either way
KINDS = tuple(f"{size} {direction}" for size in WAVELENGTHS for direction in DIRECTIONS)


def waves(wavelengths, direction, rng):
    """A sum of plane waves of random phase: (16, 16), mean about 0, standard deviation about 1.

    wavelengths: (low, high) in pixels; direction: of the stripes in degrees, None for any.
    """
    length = rng.uniform(*wavelengths, WAVES)
    degrees = rng.uniform(-90, 90, WAVES) if direction is None else direction + rng.uniform(-SPREAD, SPREAD, WAVES)
    phase = rng.uniform(0, 2 * np.pi, WAVES)
    row, column = np.mgrid[:SIZE, :SIZE][..., None]
    across = column * np.cos(np.deg2rad(degrees)) + row * np.sin(np.deg2rad(degrees))
    return np.sqrt(2 / WAVES) * np.cos(2 * np.pi * across / length + phase).sum(axis=-1)


def draw_texture(kind, rng):
    """An image (3, 16, 16) uint8 of a kind: waves between two random colours that differ in their grey."""
    size, direction = kind.split()
    height = waves(WAVELENGTHS[size], DIRECTIONS[direction], rng)
    while True:
        low, high = rng.uniform(0, 255, (2, 3))
        if abs((high - low) @ GREY) > 80_000:
            break
    share = np.clip(0.5 + height / 4, 0, 1)
    return np.rint(low[:, None, None] + (high - low)[:, None, None] * share).astype(np.uint8)


def generate(path):
    """Write the data set to `path`.

    Arrays: X_* (N, 3, 16, 16) uint8 from 0 to pixel_max, y_* (N,) uint8 of KINDS.
    """
    rng = np.random.default_rng(SEED)
    arrays = {"pixel_max": np.uint8(255)}
    for name, number in SIZES.items():
        labels = rng.permutation(np.repeat(np.arange(len(KINDS)), number))
        arrays[f"X_{name}"] = np.stack([draw_texture(KINDS[label], rng) for label in labels])
        arrays[f"y_{name}"] = labels.astype(np.uint8)
    save(path, **arrays)


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
