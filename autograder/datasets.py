"""The data sets of the course, from the folder `datasets/`: nothing is downloaded, but by `fetch`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, eq=False)
class Split:
    """Images (N, C, H, W), float64 from 0 to 1, and labels (N,), int64: to train, to choose, to test.

    X_test and y_test are None where the test images are kept back, as those of the capstone are.
    What `fetch` gives has float32 images, half as large.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray | None = None
    y_test: np.ndarray | None = None


def folder():
    """The folder `datasets/`: beside the package, or in the working directory or a folder above it.

    Raises FileNotFoundError if there is none.
    """
    here, work = Path(__file__).resolve().parents[1], Path.cwd()
    for place in (here, work, *work.parents):
        if any((place / "datasets").glob("*.npz")):
            return place / "datasets"
    raise FileNotFoundError(
        f"No folder `datasets/` with data in {here}, in {work} or above it: "
        "copy the course's `datasets/` next to your notebook's folder."
    )


def load(name):
    """The data set `name`, as a `Split`. Every call gives fresh arrays.

    name: for example "digits".
    Raises ValueError for a name that is not in the folder or has no split, FileNotFoundError without the folder.
    """
    data = _arrays(name, "X_train", "data set with a split")
    parts, brightest = [part for part in ("train", "val", "test") if f"X_{part}" in data], float(data["pixel_max"])
    images = {f"X_{part}": data[f"X_{part}"] / brightest for part in parts}
    labels = {f"y_{part}": data[f"y_{part}"].astype(np.int64) for part in parts}
    return Split(**images, **labels)


def load_weights(name):
    """The trained network `name`: a dict of its parameters, W1, b1, ..., WL, bL. Every call gives fresh arrays.

    name: for example "letters_net".
    Raises ValueError for a name that is not in the folder or holds no weights, FileNotFoundError without the folder.
    """
    return _arrays(name, "W1", "network")


def fetch(name):
    """The full "cifar10" or "mnist", as a `Split` in float32: downloaded once, then from a cache.

    Images (3, 32, 32) or (1, 28, 28). For training 45,000 or 55,000, the 5,000 behind them to choose, 10,000 to test.
    The cache is the user's, or the folder that the environment variable GRADUS_CACHE names.
    Raises ValueError for another name or a file with a wrong checksum, ConnectionError without a network.
    """
    from autograder.fetching import fetch_arrays  # only here: `load` needs no network, and nothing that takes time

    return Split(**fetch_arrays(name))


def _arrays(name, mark, kind):
    """All arrays of the file `name`.npz, which has to hold one called `mark`; `kind` says what such a file is."""
    files = {}
    for path in sorted(folder().glob("*.npz")):
        with np.load(path, allow_pickle=False) as data:
            if mark in data:
                files[path.stem] = path
    if name not in files:
        raise ValueError(f"{name!r} is no {kind}; there is: {', '.join(files)}.")
    with np.load(files[name], allow_pickle=False) as data:
        return dict(data)
