"""How a function is exercised: each driver turns inputs and a function into named outputs.

A driver is `run(inputs, *subjects) -> outputs`. What it should give is what the same run gives with the
reference, unless the driver has a measure of its own (`Driver.expect`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from autograder.checking.compare import Tolerance, kind
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject
from autograder.gradients import numerical_gradient


@dataclass(frozen=True)
class Driver:
    """run: for the student's functions. expect: for the reference; by default the same run.

    passes_on: its outputs are what the functions returned, and nothing that it measured on them. So it proves as much
    where a student could change it: it may run in the student's process, all cases in one go (`at_once.py`).
    tolerance: where what is expected is measured, how well; None where it is computed.
    seconds: wall time that one case may take, where it is more than usual.
    """

    run: Callable
    expect: Callable
    passes_on: bool = False
    tolerance: Tolerance | None = None
    seconds: float | None = None


DRIVERS: dict[str, Driver] = {}


def driver(run: Callable, expect: Callable | None = None, **more) -> Callable:
    """Register a driver under its function's name; more: the rest of a `Driver`."""
    DRIVERS[run.__name__] = Driver(run, expect or run, **more)
    return run


passing_on = partial(driver, passes_on=True)


@passing_on
def call(inputs: dict, subject: Subject) -> dict:
    """One call; the inputs are the arguments by name."""
    return {"the result": subject(**inputs)}


def _pair(result, name: str) -> tuple:
    """A rule's (new_w, new_state)."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"it should return two things, new_w and new_state, but {name} returned {count}")
    if not isinstance(result[1], dict):
        raise Malformed(f"new_state should be a dict, but {name} returned {kind(result[1])}")
    return tuple(result)


def _steps(inputs: dict, subject: Subject):
    """Yield (step, w, state) of an update rule.

    inputs: w; state; feed, the second argument of each step (a gradient, or a gradient function);
    hyper, the keyword arguments: one dict, or a list with one for each step.
    """
    w, state = inputs["w"], inputs["state"]
    first, second, third = subject.positional
    for i, fed in enumerate(inputs["feed"]):
        hyper = inputs["hyper"][i] if isinstance(inputs["hyper"], list) else inputs["hyper"]
        w, state = _pair(subject(**{first: w, second: fed, third: state}, **hyper), subject.name)
        yield i + 1, w, state


@passing_on
def steps(inputs: dict, subject: Subject) -> dict:
    """Run an update rule; w after step 1, step 2 and the last one."""
    last = len(inputs["feed"])
    kept = {}
    for step, w, _ in _steps(inputs, subject):
        if step in (1, 2, last):
            kept[f"new_w after step {step}"] = w.copy() if isinstance(w, np.ndarray) else w
    return kept


@passing_on
def state_after_steps(inputs: dict, subject: Subject) -> dict:
    """Run an update rule; the state that it leaves."""
    for _, _, state in _steps(inputs, subject):  # noqa: B007
        pass
    return {"new_state": state}


@passing_on
def steps_in_turn(inputs: dict, subject: Subject) -> dict:
    """Two parameters updated in turn, each with its own state: neither may see the other's."""
    runs = [_steps(inputs[name], subject) for name in ("first", "second")]
    kept = {}
    for (step, w1, _), (_, w2, _) in zip(*runs, strict=True):
        kept = {f"first new_w after step {step}": w1, f"second new_w after step {step}": w2}
    return kept


def _numeric(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The gradients that `forward_backward` should give, measured on the reference's forward pass alone."""
    dout = inputs["dout"]
    arguments = {name: value for name, value in inputs.items() if name != "dout"}

    def gradient(name):
        def loss(value):
            return float(np.sum(forward(**{**arguments, name: value})[0] * dout))

        return numerical_gradient(loss, arguments[name].copy())

    names = [n for n, v in arguments.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    return {f"d{name}": gradient(name) for name in names}


def forward_backward(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """A layer's gradients for `dout`; the other inputs are the forward's arguments. Graded by the numeric gradient."""
    arguments = {name: value for name, value in inputs.items() if name != "dout"}
    result = forward(**arguments)
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Malformed(f"{forward.name} should return two things, out and cache, but returned {kind(result)}")
    out = result[0]
    if not isinstance(out, np.ndarray | np.generic) or out.shape != inputs["dout"].shape:
        raise Malformed(f"{forward.name} returned out as {kind(out)}, but should have shape {inputs['dout'].shape}")
    dout, cache = backward.positional
    gradients = backward(**{dout: inputs["dout"], cache: result[1]})
    names = [n for n, v in arguments.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"]
    gradients = gradients if isinstance(gradients, tuple | list) else (gradients,)
    if len(gradients) != len(names):
        raise Malformed(
            f"{backward.name} returned {plural(len(gradients), 'gradient')}, but should return {len(names)}"
        )
    return {f"d{name}": g for name, g in zip(names, gradients, strict=True)}


# a difference of nearly equal losses keeps about 6 of their 16 digits
passing_on(forward_backward, expect=_numeric, tolerance=Tolerance(relative=1e-5, floor=1e-7))
