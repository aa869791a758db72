"""Stand-ins that map an array of any shape to a float: what a numeric gradient is measured on."""

from __future__ import annotations

import numpy as np

from autograder.checking.stand_ins import _Named, stand_in


@stand_in
class WavySum(_Named):
    """The sum of scale * sin(speed * x + shift) over all entries: each entry counts alike."""

    scale: float
    speed: float
    shift: float

    def __call__(self, x: np.ndarray) -> float:
        return float(self.scale * np.sum(np.sin(self.speed * x + self.shift)))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.scale * self.speed * np.cos(self.speed * x + self.shift)


@stand_in
class UnevenSum(_Named):
    """The sum of i * scale * sin(x_i + shift), i = 1, 2, ..., and the squares of the sums along the last axis.

    Each entry counts in its own way, and the shape counts too: a flattened x gives another value.
    """

    scale: float
    shift: float

    def __call__(self, x: np.ndarray) -> float:
        return float(np.sum(self._weights(x) * np.sin(x + self.shift)) + np.sum(np.sum(x, axis=-1) ** 2))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self._weights(x) * np.cos(x + self.shift) + 2 * np.sum(x, axis=-1, keepdims=True)

    def _weights(self, x: np.ndarray) -> np.ndarray:
        return self.scale * np.arange(1, np.size(x) + 1).reshape(np.shape(x))
