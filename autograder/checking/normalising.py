"""Drivers for layers that normalise: what comes out, the running averages that they keep, and their gradients.

Any shape of x will do: batch norm of (N, D) or of images, layer norm. A forward with a `state` among its inputs returns
(out, cache, new_state), one without returns (out, cache). Two drivers need the forward alone; where an exercise has a
backward too, they leave it alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autograder.checking.compare import Tolerance, kind
from autograder.checking.drivers import passing_on
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject, snapshot
from autograder.gradients import numerical_gradient

AVERAGES = ("mean", "var")
GRADIENTS = ("x", "gamma", "beta")
DUST = 1e-9  # a gradient of 0 may be the difference of two equal numbers, and of no measurable size


def _forward(inputs: dict, forward: Subject) -> tuple:
    """(out, cache) or (out, cache, new_state) of one call; the inputs without `dout` are its arguments."""
    names = ("out", "cache", "new_state") if "state" in inputs else ("out", "cache")
    result = forward(**{name: value for name, value in inputs.items() if name != "dout"})
    if not isinstance(result, tuple | list) or len(result) != len(names):
        returned = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        should = f"{', '.join(names[:-1])} and {names[-1]}"
        raise Malformed(f"{forward.name} should return {len(names)} things, {should}, but returned {returned}")
    return tuple(result)


def _batches(inputs: dict, forward: Subject) -> Iterator[tuple]:
    """(name's end, out, new_state) of each batch in turn. inputs: as for one call, or x and training are lists.

    Each call gets the state that the one before it returned, the first one the state in inputs.
    """
    xs, modes, state = inputs["x"], inputs["training"], inputs["state"]
    if not isinstance(xs, list):
        xs, modes = [xs], [modes]
    for i, (x, training) in enumerate(zip(xs, modes, strict=True), 1):
        out, _, state = _forward({**inputs, "x": x, "training": training, "state": state}, forward)
        if not isinstance(state, dict):
            raise Malformed(f"new_state should be a dict, but {forward.name} returned {kind(state)}")
        for key in AVERAGES:
            if key not in state:
                raise Malformed(f"new_state has no key {key!r}; its keys are {', '.join(map(repr, state)) or 'none'}")
        yield f" of batch {i}" if len(xs) > 1 else "", snapshot(out), snapshot(state)


@passing_on
def normalised_batches(inputs: dict, forward: Subject, *_: Subject) -> dict:
    """The out of each batch."""
    return {f"out{end}": out for end, out, _ in _batches(inputs, forward)}


@passing_on
def running_averages(inputs: dict, forward: Subject, *_: Subject) -> dict:
    """The running averages after each batch."""
    return {f"new_state[{key!r}]{end}": state[key] for end, _, state in _batches(inputs, forward) for key in AVERAGES}


def _gradients(inputs: dict, cache, backward: Subject) -> tuple:
    """(dx, dgamma, dbeta), entries that are 0 but for rounding as 0."""
    dout_name, cache_name = backward.positional
    smallest = DUST * np.max(np.abs(inputs["dout"]))
    gradients = backward(**{dout_name: inputs["dout"], cache_name: cache})
    if not isinstance(gradients, tuple | list) or len(gradients) != 3:
        returned = plural(len(gradients), "value") if isinstance(gradients, tuple | list) else kind(gradients)
        raise Malformed(f"{backward.name} should return three things, dx, dgamma and dbeta, but returned {returned}")
    return tuple(
        np.where(np.abs(g) < smallest, g.dtype.type(0), g) if isinstance(g, np.ndarray) and g.dtype.kind == "f" else g
        for g in gradients
    )


@passing_on
def normalised_there_and_back(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """Out, the gradients, and those of a second backward on the same cache."""
    out, cache, *_ = _forward(inputs, forward)
    outputs = {"out": snapshot(out)}
    for end in ("", " of a second backward on the same cache"):
        for name, gradient in zip(GRADIENTS, _gradients(inputs, cache, backward), strict=True):
            outputs[f"d{name}{end}"] = gradient
    return outputs


def normalised_gradients(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """dx, dgamma and dbeta, the out left alone. Graded by numeric gradients of the reference's forward."""
    gradients = _gradients(inputs, _forward(inputs, forward)[1], backward)
    return {f"d{name}": gradient for name, gradient in zip(GRADIENTS, gradients, strict=True)}


def _measured(inputs: dict, forward: Subject, backward: Subject) -> dict:
    def gradient(name):
        def loss(value):
            return float(np.sum(_forward({**inputs, name: value}, forward)[0] * inputs["dout"]))

        return numerical_gradient(loss, inputs[name].copy())

    return {f"d{name}": gradient(name) for name in GRADIENTS}


# a difference of nearly equal losses keeps about 6 of their 16 digits
passing_on(normalised_gradients, expect=_measured, tolerance=Tolerance(relative=1e-5, floor=1e-7))
