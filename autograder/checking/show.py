"""Short forms of values and calls, for people."""

from __future__ import annotations

import inspect

import numpy as np

LONGEST = 90  # characters of one value


def short(value) -> str:
    """A value in at most LONGEST characters; a large array as its dtype, shape and range."""
    try:
        if isinstance(value, np.ndarray):
            return _array(value)
        if isinstance(value, float | np.floating):
            return f"{float(value):.7g}"
        if isinstance(value, np.generic):
            return repr(value.item())
        if isinstance(value, dict):
            return _clip("{" + ", ".join(f"{key!r}: {short(v)}" for key, v in list(value.items())[:8]) + "}")
        if isinstance(value, tuple | list):
            inside = ", ".join(short(v) for v in value[:6]) + (", …" if len(value) > 6 else "")
            return _clip(f"({inside})" if isinstance(value, tuple) else f"[{inside}]")
        if isinstance(value, np.random.Generator):
            return "rng"
        if inspect.isroutine(value):  # without the address, which differs from run to run
            return f"the function {value.__name__}"
        return _clip(repr(value))
    except Exception:  # an object whose repr fails is still an answer that we must be able to talk about
        return f"a {type(value).__name__}"


def show_call(name: str, arguments: dict) -> str:
    """`adam(w=[1, 2], dw=[0.5, 0], state=None)`, each argument short."""
    return f"{name}({', '.join(f'{key}={short(value)}' for key, value in arguments.items())})"


def plural(count: int, noun: str) -> str:
    """'1 value', '3 values'."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _array(array: np.ndarray) -> str:
    if array.size == 0:
        return f"empty array of shape {array.shape}"
    if array.size <= 8 and array.dtype.kind in "biuf":
        return _clip(_nested(array.tolist(), array.dtype.kind))
    if array.dtype.kind in "iuf":
        low, high = array.min(), array.max()
        return f"{array.dtype} array of shape {array.shape}, from {low:.4g} to {high:.4g}"
    return f"{array.dtype} array of shape {array.shape}"


def _nested(values, kind: str) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_nested(v, kind) for v in values) + "]"
    return f"{values:.6g}" if kind == "f" else str(values)


def _clip(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
