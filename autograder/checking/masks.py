"""Drivers for layers with a random mask, judged by what any way of drawing it shows: dropout and DropConnect.

Each recovers the multipliers (0 for what is dropped) from what the layer does, and reduces them to facts that do not
depend on the draw, so that two functions which make the same mistake show the same. The bounds reject a right mask with
a probability under 1e-9, for 3600 entries or more and p_keep from 0.3 to 0.9; from 0.3 to 0.7 where rows and columns of
60 entries are compared.
"""

from __future__ import annotations

import copy

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.pairs import _and_back, _there
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject

SIGMAS = 7
CALLS = 8  # enough that a number of entries kept which is always the same is no accident
WIDE = 60  # entries that two slices need to be told apart
MANY = "many different numbers"


def ramp(*shape: int) -> np.ndarray:
    """Numbers of both signs, all different, none closer to 0 than 1 and none farther than 2."""
    k = np.arange(1, np.prod(shape) + 1)
    return (np.where(k % 3 == 0, -1, 1) * (1 + k * 0.6180339887 % 1)).reshape(shape)


def multiples(values: np.ndarray) -> str:
    """The different numbers among values to 6 decimals, as '0 or 1.25'; MANY where they are more than three."""
    found = np.unique(np.round(values, 6)) + 0.0  # no minus zero
    return " or ".join(f"{v:.7g}" for v in found) if found.size <= 3 else MANY


def share_kept(kept: np.ndarray, p_keep: float) -> float:
    """p_keep where the share is within its error, else the share to a decimal, and never p_keep."""
    share = float(np.mean(kept))
    if abs(share - p_keep) <= SIGMAS * np.sqrt(p_keep * (1 - p_keep) / kept.size):
        return p_keep
    rounded = round(share, 1)
    return rounded if rounded != p_keep else round(share, 3)


def values_of(multipliers: np.ndarray, p_keep: float) -> dict:
    """What entries are multiplied by, and how many are not by 0."""
    return {
        "what entries are multiplied by": multiples(multipliers),
        "the share of entries kept": share_kept(multipliers != 0, p_keep),
    }


def coins_of(masks: list[np.ndarray], again: np.ndarray) -> dict:
    """Whether coins are independent within the first mask and between masks; again: one from the first one's seed."""
    mask = masks[0]
    axes = [axis for axis in range(mask.ndim) if mask.size >= WIDE * mask.shape[axis]]
    return {
        **{f"the number of different masks along axis {axis}": _different(np.moveaxis(mask, axis, 0)) for axis in axes},
        f"the number of different masks in {len(masks)} calls": _different(masks),
        "that the number of entries kept differs from call to call": len({int(m.sum()) for m in masks}) > 1,
        "that the same seed gives the same mask": np.array_equal(mask, again),
    }


def _different(slices) -> int:
    return len({np.ascontiguousarray(part).tobytes() for part in slices})


def _floats(value, name: str, shape: tuple) -> np.ndarray:
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.shape != shape:
        raise Malformed(f"{name} is {kind(value)}, but should be an array of floats of shape {shape}")
    return value


def _gradients(inputs: dict, cache, backward: Subject, arguments: dict) -> list[np.ndarray]:
    """The backward's gradients, of the shapes of the forward's arguments."""
    found = _and_back(inputs, cache, backward)
    if len(found) != len(arguments):
        raise Malformed(
            f"{backward.name} returned {plural(len(found), 'gradient')}, but should return {len(arguments)}"
        )
    return [_floats(g, f"d{name}", value.shape) for g, (name, value) in zip(found, arguments.items(), strict=True)]


# ------------------------------------------------------------------------------------------- dropout
# inputs: shape, of x; p_keep; rng


def _dropout(inputs: dict, forward: Subject, rng: np.random.Generator) -> tuple[np.ndarray, object]:
    """The multipliers out / x of a call in training, and its cache."""
    x = ramp(*inputs["shape"])
    out, cache = _there({"x": x.copy(), "p_keep": inputs["p_keep"], "training": True, "rng": rng}, forward)
    return _floats(out, "out", x.shape) / x, cache


@driver
def dropout_values(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """What entries of x are multiplied by in training."""
    return values_of(_dropout(inputs, forward, inputs["rng"])[0], inputs["p_keep"])


@driver
def dropout_coins(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """Every entry has its own coin, tossed anew at each call by the rng that is given."""
    again = _dropout(inputs, forward, copy.deepcopy(inputs["rng"]))[0]
    return coins_of([_dropout(inputs, forward, inputs["rng"])[0] != 0 for _ in range(CALLS)], again != 0)


@driver
def dropout_gradient(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The backward multiplies by what the forward multiplied by, however often it is called."""
    multipliers, cache = _dropout(inputs, forward, inputs["rng"])
    x = ramp(*inputs["shape"])
    dout = x[::-1] * 3
    (dx,), (again,) = (_gradients({"dout": dout.copy()}, cache, backward, {"x": x}) for _ in range(2))
    return {
        "dx / dout where x was kept": multiples((dx / dout)[multipliers != 0]),
        "dx / dout where x was dropped": multiples((dx / dout)[multipliers == 0]),
        "that a second backward on the same cache gives the same": np.array_equal(dx, again),
    }


# --------------------------------------------------------------------------------------- DropConnect
# inputs: size, the inputs and outputs of the layer; p_keep; rng


def _connect(inputs: dict, forward: Subject, rng: np.random.Generator) -> tuple[dict, np.ndarray, np.ndarray, object]:
    """The arguments of a call in training, the multipliers of w, out, and the cache.

    The rows of x are the unit vectors, which show w, the unit vectors again, and zeros, which show b.
    """
    size = inputs["size"]
    x = np.vstack([np.eye(size), np.eye(size), np.zeros((1, size))])
    arrays = {"x": x, "w": ramp(size, size), "b": ramp(size) / 2}
    given = {name: array.copy() for name, array in arrays.items()}
    out, cache = _there({**given, "p_keep": inputs["p_keep"], "training": True, "rng": rng}, forward)
    out = _floats(out, "out", x.shape)
    return arrays, np.round((out[:size] - out[-1]) / arrays["w"], 9), out, cache


@driver
def connect_values(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """What weights are multiplied by in training, the same for every example, and what becomes of b."""
    arrays, multipliers, out, _ = _connect(inputs, forward, inputs["rng"])
    size = inputs["size"]
    return {
        **values_of(multipliers, inputs["p_keep"]),
        "what biases are multiplied by": multiples(out[-1] / arrays["b"]),
        "that all examples see the same weights": np.array_equal(out[:size], out[size : 2 * size]),
    }


@driver
def connect_coins(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """Every weight has its own coin, tossed anew at each call by the rng that is given."""
    again = _connect(inputs, forward, copy.deepcopy(inputs["rng"]))[1]
    return coins_of([_connect(inputs, forward, inputs["rng"])[1] != 0 for _ in range(CALLS)], again != 0)


@driver
def connect_gradient(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The three gradients, over what they are by the weights that the forward used."""
    arrays, multipliers, _, cache = _connect(inputs, forward, inputs["rng"])
    dout = ramp(*arrays["x"].shape)[::-1] * 3
    first, second = (_gradients({"dout": dout.copy()}, cache, backward, arrays) for _ in range(2))
    dx, dw, db = first
    full = arrays["x"].T @ dout
    return {
        "dx / (dout times the weights used)": multiples(dx / (dout @ (arrays["w"] * multipliers).T)),
        "dw / (x times dout) where w was kept": multiples((dw / full)[multipliers != 0]),
        "dw / (x times dout) where w was dropped": multiples((dw / full)[multipliers == 0]),
        "db / (dout summed over examples)": multiples(db / dout.sum(axis=0)),
        "that a second backward on the same cache gives the same": all(map(np.array_equal, first, second)),
    }
