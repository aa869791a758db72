"""Drivers for a layer that keeps running averages: its forward takes a state and returns (out, cache, new_state)."""

from __future__ import annotations

from autograder.checking.compare import Tolerance, kind
from autograder.checking.drivers import driver
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject, snapshot
from autograder.gradients import numerical_gradient

KEYS = ("mean", "var")
LEARNED = ("x", "gamma", "beta")


def _forward(inputs: dict, forward: Subject) -> tuple:
    """(out, cache, new_state) of one call; the inputs without `dout` are its arguments."""
    result = forward(**{name: value for name, value in inputs.items() if name != "dout"})
    if not isinstance(result, tuple | list) or len(result) != 3:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"{forward.name} should return three things, out, cache and new_state, but returned {count}")
    out, cache, state = result
    if not isinstance(state, dict):
        raise Malformed(f"new_state is {kind(state)}, but should be a dict with the keys 'mean', 'var'")
    if missing := [key for key in KEYS if key not in state]:
        raise Malformed(f"new_state has no key {missing[0]!r}; its keys are {', '.join(map(repr, state)) or 'none'}")
    return out, cache, {key: state[key] for key in KEYS}


def _gradients(inputs: dict, cache, backward: Subject) -> tuple:
    dout_name, cache_name = backward.positional
    gradients = backward(**{dout_name: inputs["dout"], cache_name: cache})
    if not isinstance(gradients, tuple | list) or len(gradients) != 3:
        count = plural(len(gradients), "value") if isinstance(gradients, tuple | list) else kind(gradients)
        raise Malformed(f"{backward.name} should return three things, dx, dgamma and dbeta, but returned {count}")
    return tuple(gradients)


@driver
def averaging_out(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The output alone."""
    return {"out": _forward(inputs, forward)[0]}


@driver
def averaging_state(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The running averages after each of some calls, each with the state that the one before it left.

    inputs: as for one call, but x and training are lists.
    """
    state, kept = inputs["state"], {}
    for i, (x, training) in enumerate(zip(inputs["x"], inputs["training"], strict=True), 1):
        _, _, state = _forward({**inputs, "x": x, "training": training, "state": state}, forward)
        kept |= {f"new_state[{key!r}] after call {i}": snapshot(state[key]) for key in KEYS}
    return kept


@driver
def averaging_there_and_back(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """Out and the gradients."""
    out, cache, _ = _forward(inputs, forward)
    return {"out": snapshot(out), "gradients": _gradients(inputs, cache, backward)}


def averaging_gradients(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """dx, dgamma and dbeta. Graded by numeric gradients of the reference's forward."""
    gradients = _gradients(inputs, _forward(inputs, forward)[1], backward)
    return {f"d{name}": gradient for name, gradient in zip(LEARNED, gradients, strict=True)}


def _measured(inputs: dict, forward: Subject, backward: Subject) -> dict:
    def gradient(name):
        def loss(value):
            return float((_forward({**inputs, name: value}, forward)[0] * inputs["dout"]).sum())

        return numerical_gradient(loss, inputs[name].copy())

    return {f"d{name}": gradient(name) for name in LEARNED}


# a difference of nearly equal losses keeps about 6 of their 16 digits
driver(averaging_gradients, expect=_measured, tolerance=Tolerance(relative=1e-5, floor=1e-7))
