"""Make capstone.npz: sixteen lower-case letters, deformed, coloured, over patches of photographs; no test images.

Run `python datasets/capstone.py`. The file comes out the same to the byte on every run. The test images are made by
`generate_hidden`, from a seed that stands in the answer key alone.
"""

from pathlib import Path

import numpy as np
from archive import save
from letters import draw_split
from patches import photographs

SEED = 20180508
LETTERS = "abdefghkmnpqrtuy"
PER_LETTER = {"train": 200, "val": 50}
HIDDEN_PER_LETTER = 100


def generate(path):
    """Write the data set to `path`: X_*, y_*, face_*, source_* as in `letters.py`, for train and val."""
    rng, photos = np.random.default_rng(SEED), photographs()
    arrays = {"pixel_max": np.uint8(255)}
    for name, number in PER_LETTER.items():
        arrays |= _named(draw_split(LETTERS, number, photos, name, rng), name)
    save(path, **arrays)


def generate_hidden(path, seed):
    """Write the test images and labels to `path`, and the seed that they are made from.

    seed: a secret of at least 128 bits, (4,) uint32; who has it can make the labels.
    """
    split = draw_split(LETTERS, HIDDEN_PER_LETTER, photographs(), "test", np.random.default_rng(seed))
    save(path, pixel_max=np.uint8(255), seed=seed, **_named(split, "test"))


def _named(parts, name):
    return {f"{what}_{name}": part for what, part in zip(("X", "y", "face", "source"), parts, strict=True)}


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
