"""Make letters.npz: rendered capital letters A to Z, deformed, coloured, over patches of photographs.

Run `python datasets/letters.py`. The file comes out the same to the byte on every run.
"""

from pathlib import Path
from string import ascii_uppercase

import numpy as np
from archive import save
from glyphs import deform, edges, rasterise
from patches import SIZE, contrasting_colour, draw_patches, paint, photographs

SEED = 20160126
PER_LETTER = {"train": 250, "val": 50, "test": 50}
FACES = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "STIXGeneral",
    "STIXGeneralBol",
    "STIXGeneralItalic",
)
DEFORMATION = {"height": (11, 14.5), "turn": 0.25, "shear": 0.25, "stretch": 0.2}
SHIFT = 1.5


def draw_glyph(character, face, ground, rng):
    """The character over `ground` (3, 16, 16): int64, 0 to 255."""
    ink = rasterise(edges(face, character), deform(rng, **DEFORMATION), rng.uniform(-SHIFT, SHIFT, 2), SIZE)
    return paint(ground, ink, contrasting_colour(ground, rng))


def draw_split(characters, per_character, photos, split, rng):
    """A balanced, shuffled split of glyphs over photographs. The place of a character in `characters` is its label.

    Returns images (N, 3, 16, 16) uint8, labels (N,) uint8, faces (N,) uint8 of FACES, source (N, 3) uint16 of patches.
    """
    labels = rng.permutation(np.repeat(np.arange(len(characters)), per_character))
    faces = rng.integers(0, len(FACES), len(labels))
    grounds, source = draw_patches(photos, split, len(labels), rng)
    drawn = [draw_glyph(characters[c], FACES[f], g, rng) for c, f, g in zip(labels, faces, grounds, strict=True)]
    return np.stack(drawn).astype(np.uint8), labels.astype(np.uint8), faces.astype(np.uint8), source.astype(np.uint16)


def generate(path):
    """Write the data set to `path`.

    Arrays: X_* (N, 3, 16, 16) uint8 from 0 to pixel_max, y_* (N,) uint8 (A is 0), face_* (N,) uint8 of FACES,
    source_* (N, 3) uint16: photograph, row and column of the patch.
    """
    rng, photos = np.random.default_rng(SEED), photographs()
    arrays = {"pixel_max": np.uint8(255)}
    for name, number in PER_LETTER.items():
        parts = draw_split(ascii_uppercase, number, photos, name, rng)
        arrays |= {f"{what}_{name}": part for what, part in zip(("X", "y", "face", "source"), parts, strict=True)}
    save(path, **arrays)


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
