"""A net to predict with: any images of one size in, probabilities of classes out."""

from __future__ import annotations

import numpy as np

from autograder.checking.stand_ins import stand_in


@stand_in
class Scorer:
    """predict(X): (n, channels, size, size) to (n, classes), by fixed weights of size `strength`, not linear in X."""

    channels: int
    size: int
    classes: int
    strength: float

    def __call__(self, X: np.ndarray) -> np.ndarray:
        shape = (self.channels, self.size, self.size)
        if not isinstance(X, np.ndarray) or X.shape[1:] != shape:
            raise ValueError(f"predict takes images (n, {', '.join(map(str, shape))}), but got {np.shape(X)}")
        weights = np.sin(1 + 1.7 * np.arange(np.prod(shape) * self.classes)).reshape(-1, self.classes)
        scores = np.exp(self.strength * X.reshape(len(X), -1) @ weights)
        return scores / scores.sum(axis=1, keepdims=True)

    __call__.__qualname__ = "predict"  # what Python's own message calls it, when it is called wrongly

    def __repr__(self) -> str:
        return "predict"
