"""Is an answer what it should be? Type and shape first, then values; nothing is broadcast, NaN is wrong."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import numpy as np

from autograder.checking.show import plural, short

NUMBERS = (int, float, np.integer, np.floating)


@dataclass(frozen=True)
class Tolerance:
    """Values agree when abs(actual - expected) <= relative * abs(expected) + floor * max(abs(expected)).

    The floor is measured on the largest expected entry of the same array, so that a difference of two
    nearly equal numbers may carry the rounding error of the numbers that it came from.
    """

    relative: float
    floor: float


DOUBLE = Tolerance(relative=1e-7, floor=1e-12)
SINGLE = Tolerance(relative=1e-4, floor=1e-5)  # float32 has 24 bits, about 7 decimal digits


def tolerance_for(dtype: np.dtype) -> Tolerance:
    """The tolerance that the precision of a dtype allows."""
    return SINGLE if dtype in (np.float32, np.complex64) else DOUBLE


def difference(actual, expected, tolerance: Tolerance | None = None, name: str = "the result") -> str | None:
    """What is wrong with `actual`, as one sentence, or None where nothing is.

    actual: whatever a student's function returned. expected: a number, array, string, bool, None, or a tuple,
    list or dict of these; a dict may hold more keys in `actual`. tolerance: by the expected dtype when None.
    NaN is right only where NaN is expected. A 0-d array is a number to whoever wrote it.
    """
    actual, expected = _plain(actual), _plain(expected)
    if isinstance(expected, dict):
        return _dict_difference(actual, expected, tolerance, name)
    if isinstance(expected, tuple | list):
        return _sequence_difference(actual, expected, tolerance, name)
    if isinstance(expected, np.ndarray):
        return _array_difference(actual, expected, tolerance, name)
    if isinstance(expected, bool | np.bool):
        right = isinstance(actual, bool | np.bool) and bool(actual) is bool(expected)
        return None if right else f"{name} is {short(actual)}, but should be {expected}"
    if isinstance(expected, NUMBERS):
        return _number_difference(actual, expected, tolerance, name)
    # None, a string: a plain type test keeps an object that claims to equal everything out
    if type(actual) is type(expected) and actual == expected:
        return None
    return f"{name} is {short(actual)}, but should be {short(expected)}"


def same(actual, expected, tolerance: Tolerance | None = None) -> bool:
    """Whether two answers agree; NaN agrees with NaN."""
    return difference(actual, expected, tolerance) is None


def _plain(value):
    """The number in a 0-d array; any other value as it is."""
    zero_d = isinstance(value, np.ndarray) and value.shape == () and value.dtype.kind in "biufc"
    return value[()] if zero_d else value


def _dict_difference(actual, expected, tolerance, name) -> str | None:
    if not isinstance(actual, dict):
        return f"{name} is {kind(actual)}, but should be a dict with the keys {_keys(expected)}"
    for key, value in expected.items():
        if key not in actual:
            return f"{name} has no key {key!r}; its keys are {_keys(actual)}"
        part = f"{name}[{key!r}]" if name.isidentifier() else f"{key}"
        if wrong := difference(actual[key], value, tolerance, part):
            return wrong
    return None


def _sequence_difference(actual, expected, tolerance, name) -> str | None:
    if not isinstance(actual, tuple | list):
        return f"{name} is {kind(actual)}, but should be {plural(len(expected), 'value')}"
    if len(actual) != len(expected):
        return f"{name} has {plural(len(actual), 'value')}, but should have {len(expected)}"
    for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
        if wrong := difference(a, e, tolerance, f"{name}[{i}]"):
            return wrong
    return None


def _array_difference(actual, expected, tolerance, name) -> str | None:
    if not isinstance(actual, np.ndarray | np.generic):
        return f"{name} is {kind(actual)}, but should be an array of shape {expected.shape}"
    actual = np.asarray(actual)
    if actual.dtype.kind not in "biufc":
        return f"{name} is an array of {actual.dtype.name}s, but should hold numbers"
    if actual.shape != expected.shape:
        return f"{name} has shape {actual.shape}, but should have shape {expected.shape}"
    if (actual.dtype.kind == "b") != (expected.dtype.kind == "b"):
        return f"{name} has dtype {actual.dtype}, but should have {expected.dtype}"
    if actual.dtype.kind == "c" and expected.dtype.kind != "c":
        return f"{name} holds complex numbers, but should be real"
    if actual.dtype.kind == "f" and expected.dtype.kind == "f" and actual.itemsize < expected.itemsize:
        return f"{name} has dtype {actual.dtype}, but should keep {expected.dtype}"
    wrong = _wrong_entries(actual, expected, tolerance or tolerance_for(expected.dtype))
    if not wrong.any():
        return None
    if np.isnan(actual[wrong]).any():
        return f"{name} holds NaN (not a number)"
    if np.isinf(actual[wrong]).any():
        return f"{name} holds infinity"
    where = tuple(int(i) for i in np.argwhere(wrong)[0])
    at = f" at index {where if len(where) > 1 else where[0]}" if where and expected.size > 1 else ""
    count = f"; {int(wrong.sum())} of {expected.size} entries differ" if expected.size > 1 else ""
    got, should = _apart(actual[where], expected[where])
    return f"{name} is {got}{at}, but should be {should}{count}"


def _number_difference(actual, expected, tolerance, name) -> str | None:
    if isinstance(actual, bool | np.bool) or not isinstance(actual, NUMBERS):
        return f"{name} is {kind(actual)}, but should be a number"
    # plain numbers: one that claims to equal everything is kept out
    actual = operator.index(actual) if isinstance(actual, int | np.integer) else float(actual)
    if isinstance(expected, int | np.integer):
        wrong = actual != expected
    else:
        limits = tolerance or tolerance_for(np.asarray(expected).dtype)
        # a Python int of 400 digits has no float: then it is wrong, not an error
        wrong = _wrong_entries(np.float64(_float(actual)), np.float64(expected), limits).any()
    got, should = _apart(actual, expected)
    return f"{name} is {got}, but should be {should}" if wrong else None


def _float(number) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _wrong_entries(actual: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """Boolean array: where the two differ by more than the tolerance. NaN and infinity must match exactly."""
    if expected.dtype.kind in "biu":
        return np.asarray(actual != expected)
    with np.errstate(all="ignore"):
        finite = np.abs(expected[np.isfinite(expected)])
        largest = finite.max() if finite.size else 0.0
        limit = tolerance.relative * np.abs(expected) + tolerance.floor * largest
        close = np.abs(actual - expected) <= limit
        close &= np.isfinite(expected)
        equal = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return np.asarray(~(close | equal))


def _apart(actual, expected) -> tuple[str, str]:
    """Two numbers that differ, short, but long enough to be told apart."""
    pair = short(actual), short(expected)
    return pair if pair[0] != pair[1] else (f"{actual:.17g}", f"{expected:.17g}")


def kind(value) -> str:
    """A value's type with its article, as a sentence needs it: 'a list', 'None', 'an array of shape (3,)'."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _keys(mapping: dict) -> str:
    return ", ".join(repr(key) for key in mapping) or "none"
