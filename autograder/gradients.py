"""Gradients measured from function values alone: the judge of every gradient that a student derives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Centered difference (f(x + h) - f(x - h)) / 2h, coordinate by coordinate; error O(h^2).

    f: array -> float, uses its argument. x: float64 array of any shape; changed for a moment, and put back bit
    for bit. Within h of a kink of f the value means nothing: move x, as `away_from_kinks` does.
    """
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        x[index] = kept
        gradient[index] = (above - below) / (2 * h)
    return gradient


def relative_error(a: np.ndarray, b: np.ndarray) -> float:
    """max of abs(a - b) / max(1e-8, abs(a) + abs(b)); NaN in gives NaN out.

    Raises ValueError where the shapes of a and b differ: broadcasting would hide a mistake.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape}, but b has shape {b.shape}")
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)), initial=0.0))


def gradient_check(f: Callable[[np.ndarray], float], x: np.ndarray, analytic: np.ndarray, h: float = 1e-5) -> float:
    """The largest relative error between an analytic gradient of f at x and the measured one."""
    return relative_error(numerical_gradient(f, x, h), analytic)


def away_from_kinks(x: np.ndarray, kinks: float | list[float] = 0.0, distance: float = 1e-2) -> np.ndarray:
    """x with every entry within `distance` of a kink moved to that distance, so that a check means something."""
    x = x.copy()
    for kink in np.atleast_1d(kinks):
        near = np.abs(x - kink) < distance
        x[near] = kink + np.where(x[near] < kink, -distance, distance)
    return x
