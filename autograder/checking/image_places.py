"""Drivers for random flips and crops of a batch of images, judged by what any fair way of drawing them shows.

The images hold numbers that are all different, so that what comes back shows where it was taken from.
"""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.fair_draws import evenly, runs, share_drawn
from autograder.checking.subject import Malformed, Subject

CALLS = 8  # enough that a number of flips which is always the same is no accident
FRAMES = {  # what may surround an image in place of zeros: the words for it, and how np.pad makes it
    "ones": {"mode": "constant", "constant_values": 1},
    "copies of the border's pixels": {"mode": "edge"},
    "a mirror image": {"mode": "reflect"},
    "what was pushed out at the other side": {"mode": "wrap"},
}


def marked(*shape: int) -> np.ndarray:
    """Images of numbers from 0.05 to 0.95, all different."""
    k = np.arange(1, np.prod(shape) + 1)
    return (0.05 + 0.9 * (k * 0.6180339887498949 % 1)).reshape(shape)


def batch(result, shape: tuple) -> np.ndarray:
    """The result, if it is a batch of images of this shape."""
    if not isinstance(result, np.ndarray) or result.shape != shape:
        raise Malformed(f"the result is {kind(result)}, but should be an array of shape {shape}")
    return result


# ------------------------------------------------------------------------------------------- flips


@driver
def flips_drawn(inputs: dict, subject: Subject) -> dict:
    """Each image is kept or flipped from left to right, by its own coin. inputs: shape, p, rng, other_rng."""
    X, p = marked(*inputs["shape"]), inputs["p"]
    calls, randomness = runs(lambda rng: _became(X, batch(subject(X=X.copy(), p=p, rng=rng), X.shape)), inputs, CALLS)
    became = np.concatenate(calls)
    flips = [int(np.sum(call == "flipped")) for call in calls]
    return {
        "what becomes of images": " or ".join(np.unique(became)),
        "the share flipped": share_drawn(sum(flips), became.size, p),
        f"that the number flipped differs in {CALLS} calls": len(set(flips)) > 1,
        **randomness,
    }


def _became(X: np.ndarray, out: np.ndarray) -> np.ndarray:
    """For each image what became of it, in a word or some."""
    mirrored = X[..., ::-1]
    became = np.full(len(X), "changed otherwise", dtype="U40")
    rows = (out == X).all(axis=3) | (out == mirrored).all(axis=3)
    channels = (out == X).all(axis=(2, 3)) | (out == mirrored).all(axis=(2, 3))
    turns = {
        "flipped in some rows only": rows.all(axis=(1, 2)),
        "flipped in some channels only": channels.all(axis=1),
        "replaced by another image": _equal(out, X[::-1]),
        "given its channels in reverse": _equal(out, X[:, ::-1]),
        "flipped upside down": _equal(out, X[:, :, ::-1]),
        "turned by half a turn": _equal(out, mirrored[:, :, ::-1]),
        "flipped": _equal(out, mirrored),
        "kept": _equal(out, X),
    }
    for words, which in turns.items():
        became[which] = words
    return became


def _equal(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a == b).all(axis=(1, 2, 3))


# ------------------------------------------------------------------------------------------- crops


@driver
def windows_drawn(inputs: dict, subject: Subject) -> dict:
    """Each image is cut at a place of its own, all places equally likely. inputs: shape; size or pad; rng, other_rng.

    For 25 places or fewer and 800 images or more.
    """
    X, how = marked(*inputs["shape"]), {name: inputs[name] for name in ("size", "pad") if name in inputs}
    window, framed = _framed(X, how)
    rows, columns = (long - short + 1 for long, short in zip(framed.shape[2:], window, strict=True))

    def places(rng):
        out = batch(subject(X=X.copy(), **how, rng=rng), (*X.shape[:2], *window))
        found = _windows(framed, out).reshape(len(X), -1)
        if not found.any(axis=1).all():
            raise Malformed(_instead(X, framed, out, how))
        return found.argmax(axis=1)

    calls, randomness = runs(places, inputs)
    first, drawn = calls[0], np.concatenate(calls)
    cells = ((drawn, rows * columns), (drawn // columns, rows), (drawn % columns, columns))
    return {
        "the number of different places in a batch": np.unique(first).size,
        "where no window begins": _never(calls[0] // columns, rows, "row")
        + _never(calls[0] % columns, columns, "column"),
        "that all places come equally often": all(evenly(*cell) for cell in cells),
        **randomness,
    }


@driver
def windows_found(inputs: dict, subject: Subject) -> dict:
    """Each image of the result is cut out of its own. inputs: the arguments."""
    X = inputs["X"]
    window, framed = _framed(X, inputs)
    out = batch(subject(**{**inputs, "X": X.copy()}), (*X.shape[:2], *window))
    return {"the number of images that are windows of theirs": int(_windows(framed, out).any(axis=(1, 2)).sum())}


def _framed(X: np.ndarray, how: dict, **options) -> tuple[tuple, np.ndarray]:
    """The window's height and width, and the images with what stands around them; options: of np.pad."""
    window = (how["size"],) * 2 if "size" in how else X.shape[2:]
    return window, np.pad(X, [(0, 0), (0, 0), *[(how.get("pad", 0),) * 2] * 2], **options)


def _windows(framed: np.ndarray, out: np.ndarray, axes: tuple = (1, 4, 5)) -> np.ndarray:
    """(N, rows, columns): whether an image of `out` is the window that begins there."""
    windows = np.lib.stride_tricks.sliding_window_view(framed, out.shape[2:], axis=(2, 3))
    return (windows == out[:, :, None, None]).all(axis=axes)


def _instead(X: np.ndarray, framed: np.ndarray, out: np.ndarray, how: dict) -> str:
    """What the images of `out` are, where they are no windows of theirs."""
    if _windows(framed, out, (4, 5)).any(axis=(2, 3)).all():
        return "the channels of an image are cut at different places"
    if not np.isin(out, X).any():
        return "the images hold numbers that are not in X"
    for words, options in FRAMES.items() if how.get("pad") else ():
        if _windows(_framed(X, how, **options)[1], out).any(axis=(1, 2)).all():
            return f"what comes in at the sides is {words}, but should be zeros"
    return "some images are no windows of theirs"


def _never(begins: np.ndarray, number: int, noun: str) -> str:
    """The first and the last place, where windows begin at several, but never there."""
    if np.unique(begins).size == 1:
        return ""
    ends = {f"the first {noun}; ": 0, f"the last {noun}; ": number - 1}
    return "".join(words for words, end in ends.items() if not np.any(begins == end))
