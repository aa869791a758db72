"""Patches of the two photographs that scikit-learn ships, and glyphs painted over them.

The photographs are cut into tiles. A tile belongs to one split, in every data set, and a patch stays in its tile.
"""

import numpy as np
from sklearn.datasets import load_sample_images

SEED = 20170427
SIZE = 16
TILES = (7, 10)  # of each photograph, rows and columns
SPLIT_TILES = {"train": 98, "val": 21, "test": 21}
GREY = np.array([299, 587, 114])  # thousandths of red, green, blue (ITU-R BT.601)
CONTRAST = 80
DRAWS = 24


def photographs():
    """China and flower at half their size: (2, 3, 213, 320) int64, 0 to 255."""
    whole = np.stack(load_sample_images().images).transpose(0, 3, 1, 2).astype(np.int64)
    height, width = (n // 2 for n in whole.shape[2:])
    blocks = whole[:, :, : 2 * height, : 2 * width].reshape(2, 3, height, 2, width, 2)
    return (blocks.sum(axis=(3, 5)) + 2) // 4


def tiles_of(split):
    """The tiles of a split: (n,) int64; 0 to 69 are those of the first photograph, row by row."""
    order = np.random.default_rng(SEED).permutation(2 * TILES[0] * TILES[1])
    first = np.cumsum([0, *SPLIT_TILES.values()])
    where = list(SPLIT_TILES).index(split)
    return order[first[where] : first[where + 1]]


def draw_patches(photos, split, number, rng):
    """Patches from random places in the tiles of a split.

    Returns images (number, 3, 16, 16) int64, and source (number, 3): photograph, row and column of each patch.
    """
    height, width = (n // tiles for n, tiles in zip(photos.shape[2:], TILES, strict=True))
    photo, row, column = np.unravel_index(rng.choice(tiles_of(split), number), (2, *TILES))
    top = row * height + rng.integers(0, height - SIZE, number, endpoint=True)
    left = column * width + rng.integers(0, width - SIZE, number, endpoint=True)
    images = [photos[p, :, i : i + SIZE, j : j + SIZE] for p, i, j in zip(photo, top, left, strict=True)]
    return np.stack(images), np.stack([photo, top, left], axis=1)


def contrasting_colour(ground, rng):
    """A random colour (3,), 0 to 255, whose grey differs from the mean grey of `ground` (3, H, W) by CONTRAST.

    Of DRAWS colours the first that does; if none does, the one that differs most.
    """
    colours = rng.integers(0, 256, (DRAWS, 3))
    difference = np.abs(colours @ GREY * ground[0].size - np.einsum("c,chw->", GREY, ground))
    enough = difference >= CONTRAST * 1000 * ground[0].size
    return colours[np.argmax(enough) if enough.any() else np.argmax(difference)]


def paint(ground, ink, colour):
    """`colour` (3,) over `ground` (3, H, W) as far as `ink` (H, W), 0 to 16, covers it. Integers, rounded half up."""
    return (ground * (16 - ink) + colour[:, None, None] * ink + 8) // 16
