"""A driver for a penalty on a list of weights: its gradients, against those measured on the reference's penalty."""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import Tolerance, kind
from autograder.checking.drivers import passing_on
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject
from autograder.gradients import numerical_gradient


def _penalty(inputs: dict, subject: Subject) -> tuple:
    result = subject(**inputs)
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Malformed(f"it should return two things, the penalty and its gradients, but returned {kind(result)}")
    return tuple(result)


def penalty_gradients(inputs: dict, subject: Subject) -> dict:
    """The gradients, one for each array in the first argument. Graded by the numeric gradient."""
    grads, weights = _penalty(inputs, subject)[1], next(iter(inputs.values()))
    if not isinstance(grads, tuple | list) or len(grads) != len(weights):
        count = plural(len(grads), "array") if isinstance(grads, tuple | list) else kind(grads)
        raise Malformed(f"grads is {count}, but should be a list of {len(weights)}")
    return {f"grads[{i}]": grad for i, grad in enumerate(grads)}


def _measured(inputs: dict, subject: Subject) -> dict:
    name, weights = next(iter(inputs.items()))

    def gradient(i: int) -> np.ndarray:
        def at(w: np.ndarray) -> float:
            return float(_penalty({**inputs, name: [*weights[:i], w, *weights[i + 1 :]]}, subject)[0])

        return numerical_gradient(at, weights[i].copy())

    return {f"grads[{i}]": gradient(i) for i in range(len(weights))}


# a difference of nearly equal penalties keeps about 6 of their 16 digits
passing_on(penalty_gradients, expect=_measured, tolerance=Tolerance(relative=1e-5, floor=1e-7))
