"""Functions that a check passes to a student's function: made of data, so that they travel in `checks.json`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STAND_INS: dict[str, type] = {}
OPEN: dict[str, type] = {}


def stand_in(cls: type) -> type:
    """A class decorator: the class becomes a dataclass that `checks.json` can hold by name and fields."""
    cls = dataclass(frozen=True, repr=False)(cls)
    STAND_INS[cls.__name__] = cls
    return cls


def open_stand_in(cls: type) -> type:
    """A stand-in of plain numbers, of which a copy may go to the student's process: who can read its fields knows no
    more of the answer than who can call it. That does not hold for a function whose minimum is asked for.
    """
    OPEN[cls.__name__] = cls = stand_in(cls)
    return cls


class _Named:
    """Shows as its field values, short enough for a message."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{v:g}' for v in vars(self).values())})"


@open_stand_in
class WavyGradient(_Named):
    """Element by element scale * sin(w) + shift: curved, bounded, defined for every shape."""

    scale: float
    shift: float

    def __call__(self, w: np.ndarray) -> np.ndarray:
        return self.scale * np.sin(w) + self.shift


@open_stand_in
class GrowingRule(_Named):
    """An update rule of no use but to check: each step is `growth` times the one before, so state matters."""

    growth: float

    def __call__(self, w, dw, state, *, learning_rate, pull=0.0):
        size = 1.0 if state is None else state["size"] * self.growth
        return w - learning_rate * size * dw - pull * w, {"size": size}

    __call__.__qualname__ = "rule"  # what Python's own message calls it, when it is called wrongly
