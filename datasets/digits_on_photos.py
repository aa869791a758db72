"""Make digits_on_photos.npz: the real handwritten digits of digits.npz, coloured, over patches of photographs.

Run `python datasets/digits_on_photos.py`. The file comes out the same to the byte on every run.
"""

from pathlib import Path

import numpy as np
from archive import save
from patches import SIZE, contrasting_colour, draw_patches, paint, photographs

SEED = 20160127
SCALE = (1.65, 1.95)  # pixels of the new image for one of the old: a digit is 13 to 16 pixels high
SHIFT = 1.0
THIN, THICK = 4, 12  # grey of a scan, 0 to 16, at which a pixel begins to be ink, and is all ink


def enlarge(digit, scale, shift, size):
    """The digit (8, 8) of 0 to 16, `scale` times as large, moved by `shift` (2,) pixels: (size, size) int64.

    Bilinear interpolation between the old pixels' centres, 0 outside; then the edge of the stroke is made crisp.
    """
    grid = np.arange(1, 9) - 4.5
    weights = [np.maximum(0, 1 - np.abs((np.arange(size) - (size - 1) / 2 - s)[:, None] / scale - grid)) for s in shift]
    grey = weights[0] @ digit @ weights[1].T
    return np.rint(np.clip((grey - THIN) / (THICK - THIN), 0, 1) * 16).astype(np.int64)


def draw_digit(digit, ground, rng):
    """The digit (8, 8) over `ground` (3, 16, 16): int64, 0 to 255."""
    ink = enlarge(digit, rng.uniform(*SCALE), rng.uniform(-SHIFT, SHIFT, 2), SIZE)
    return paint(ground, ink, contrasting_colour(ground, rng))


def generate(path):
    """Write the data set to `path`. A digit that is in a split of digits.npz is in the same split here.

    Arrays: X_* (N, 3, 16, 16) uint8 from 0 to pixel_max, y_* (N,) uint8, index_* (N,) uint16, row in the source of
    digits.npz, source_* (N, 3) uint16: photograph, row and column of the patch.
    """
    rng, photos = np.random.default_rng(SEED), photographs()
    arrays = {"pixel_max": np.uint8(255)}
    with np.load(Path(__file__).with_name("digits.npz")) as digits:
        for name in ("train", "val", "test"):
            grounds, source = draw_patches(photos, name, len(digits[f"y_{name}"]), rng)
            drawn = [draw_digit(d, g, rng) for d, g in zip(digits[f"X_{name}"][:, 0], grounds, strict=True)]
            arrays[f"X_{name}"] = np.stack(drawn).astype(np.uint8)
            arrays |= {f"{what}_{name}": digits[f"{what}_{name}"] for what in ("y", "index")}
            arrays[f"source_{name}"] = source.astype(np.uint16)
    save(path, **arrays)


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
