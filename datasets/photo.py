"""Make photo.npz: a grey patch, 128x128, of a photograph that scikit-learn ships.

Run `python datasets/photo.py`. The file comes out the same to the byte on every run.
"""

from pathlib import Path

import numpy as np
from archive import save
from sklearn.datasets import load_sample_image

SIZE = 128
GREY = (299, 587, 114)  # thousandths of red, green, blue (ITU-R BT.601)
SEED = 1962


def detail(patch):
    """How much of a patch is edges: the mean size of the step from a pixel to its neighbours."""
    patch = patch.astype(float)
    return np.abs(np.diff(patch, axis=0)).mean() + np.abs(np.diff(patch, axis=1)).mean()


def generate(path):
    """Write the patch to `path`: of 50 places drawn at random, the one with most detail.

    Arrays: photo (128, 128) uint8 from 0 to pixel_max; corner (2,) row and column in the source, at half its size.
    """
    colour = load_sample_image("china.jpg").astype(np.int64)
    grey = np.rint(colour @ np.array(GREY) / 1000)
    height, width = (n // 2 * 2 for n in grey.shape)
    half = grey[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    rng = np.random.default_rng(SEED)
    corners = rng.integers((half.shape[0] - SIZE, half.shape[1] - SIZE), size=(50, 2), endpoint=True)
    patches = [np.rint(half[i : i + SIZE, j : j + SIZE]).astype(np.uint8) for i, j in corners]
    best = int(np.argmax([detail(patch) for patch in patches]))
    save(path, photo=patches[best], pixel_max=np.uint8(255), corner=corners[best].astype(np.uint16))


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
