"""Drivers for a loss function: the loss, and its gradient against the one measured on the reference's loss."""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import Tolerance, kind
from autograder.checking.drivers import passing_on
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject
from autograder.gradients import numerical_gradient


def _two(inputs: dict, subject: Subject) -> tuple:
    """What a loss function returns: (loss, gradient)."""
    result = subject(**inputs)
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"it should return two things, the loss and its gradient, but returned {count}")
    return tuple(result)


def _named(inputs: dict, gradient) -> dict:
    """The gradient for the first argument, or of a dict each part of it, by the name that a student knows."""
    name, point = next(iter(inputs.items()))
    if not isinstance(point, dict):
        return {f"d{name}": gradient}
    if not isinstance(gradient, dict):
        raise Malformed(f"grads is {kind(gradient)}, but should be a dict with the keys of {name}")
    if missing := [repr(key) for key in point if key not in gradient]:
        raise Malformed(f"grads has no key {' and no key '.join(missing)}")
    return {f"grads[{key!r}]": gradient[key] for key in point}


@passing_on
def loss(inputs: dict, subject: Subject) -> dict:
    """The loss alone."""
    return {"the loss": _two(inputs, subject)[0]}


@passing_on
def loss_and_gradient(inputs: dict, subject: Subject) -> dict:
    """Both, the gradient as the reference computes it: where it cannot be measured, at a kink or a huge loss."""
    value, gradient = _two(inputs, subject)
    return {"the loss": value, **_named(inputs, gradient)}


def loss_gradient(inputs: dict, subject: Subject) -> dict:
    """The loss's gradient for its first argument, an array or a dict of arrays. Graded by the numeric gradient."""
    return _named(inputs, _two(inputs, subject)[1])


def _measured(inputs: dict, subject: Subject) -> dict:
    """The gradients that `loss_gradient` should give, measured on the reference's loss."""
    name, point = next(iter(inputs.items()))

    def at(value) -> float:
        return float(_two({**inputs, name: value}, subject)[0])

    def part(key: str) -> np.ndarray:
        return numerical_gradient(lambda value: at({**point, key: value}), point[key].copy())

    if isinstance(point, dict):
        return _named(inputs, {key: part(key) for key in point})
    return _named(inputs, numerical_gradient(at, point.copy()))


# a difference of nearly equal losses keeps about 6 of their 16 digits
passing_on(loss_gradient, expect=_measured, tolerance=Tolerance(relative=1e-5, floor=1e-7))
