"""Stand-ins for functions to minimise: each gives f(x), and its gradient by the method of that name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.checking.stand_ins import stand_in


class _Landscape:
    def __repr__(self) -> str:
        return type(self).__name__


@stand_in
class Bowl(_Landscape):
    """u A u / 2 + quartic * sum(u^4) / 4 + height, u = x - center. matrix: A, (D, D), symmetric, positive definite."""

    matrix: np.ndarray
    center: np.ndarray
    height: float = 0.0
    quartic: float = 0.0

    def __call__(self, x: np.ndarray) -> float:
        u = x - self.center
        with np.errstate(over="ignore"):
            return float(u @ self.matrix @ u / 2 + np.sum(self.quartic * u * u * u * u) / 4 + self.height)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        u = x - self.center
        return (self.matrix @ u + self.quartic * u**3).astype(x.dtype)


@stand_in
class Rosenbrock(_Landscape):
    """The banana valley of Rosenbrock (1960), for D >= 2; its minimum is 0, at x = (1, ..., 1)."""

    steepness: float = 100.0

    def __call__(self, x: np.ndarray) -> float:
        return float(np.sum(self.steepness * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        off = x[1:] - x[:-1] ** 2  # how far beside the valley's floor
        gradient = np.zeros_like(x)
        gradient[:-1] = -4 * self.steepness * off * x[:-1] - 2 * (1 - x[:-1])
        gradient[1:] += 2 * self.steepness * off
        return gradient


@stand_in
class DoubleWell(_Landscape):
    """The sum of scale * (x^2 - 1)^2 / 4: a hill at 0, where f curves down, between minima at -1 and 1."""

    scale: float = 1.0

    def __call__(self, x: np.ndarray) -> float:
        return float(self.scale * np.sum((x**2 - 1) ** 2) / 4)

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return self.scale * (x**3 - x)


@stand_in
class Roof(_Landscape):
    """The sum of w * (abs(x) - w / 2), and x^2 / 2 where abs(x) <= w = width: far out the slope is even."""

    width: float = 1.0

    def __call__(self, x: np.ndarray) -> float:
        far = np.abs(x) > self.width
        return float(np.sum(np.where(far, self.width * (np.abs(x) - self.width / 2), x**2 / 2)))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        return np.clip(x, -self.width, self.width)


@stand_in
class Wall(_Landscape):
    """The sum of scale * (x - log x - 1): NaN where an entry is below 0; the minimum is 0, at x = (1, ..., 1)."""

    scale: float = 1.0

    def __call__(self, x: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            return float(self.scale * np.sum(x - np.log(x) - 1))

    def gradient(self, x: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self.scale * (1 - 1 / x)


@stand_in
class WithGradient:
    """A landscape f as minimisers want it: x -> (f(x), gradient)."""

    f: Callable[[np.ndarray], float]

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        return self.f(x), self.f.gradient(x)

    def __repr__(self) -> str:
        return repr(self.f)
