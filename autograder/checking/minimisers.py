"""Drivers for a minimiser, minimise(f_and_grad, x0, *, memory, steps, tol) -> (x, history), and for its parts.

Any line search is right, so no iterate is compared with the reference's. Judged is what must hold of every run;
the outputs are verdicts in words, which do not depend on the last digit of a long computation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from autograder.checking import landscapes  # noqa: F401  it registers its stand-ins
from autograder.checking.compare import NUMBERS, kind
from autograder.checking.drivers import driver
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject, snapshot

SEARCH, MINIMISE = 2000, 5000  # calls of f: more than a right answer makes, and sooner over than the time limit
ROUNDING = 1e-6  # relative: what the order of summation may change


@dataclass(repr=False)
class Recorder:
    """A function to minimise, and every (x, answer) that it was asked for."""

    f: Callable
    budget: int
    calls: list[tuple] = field(default_factory=list)

    def __call__(self, x):
        if len(self.calls) == self.budget:
            raise Malformed(f"it asked for f more than {self.budget} times: can it ever end?")
        answer = self.f(x)
        self.calls.append((np.array(x), snapshot(answer)))
        return answer

    def __repr__(self) -> str:
        return repr(self.f)


@dataclass
class Run:
    """A run of a minimiser. path: (x, gradient) at the start and at each iterate that history tells of."""

    x: np.ndarray
    history: list[float]
    path: list[tuple[np.ndarray, np.ndarray]]


def _minimise(inputs: dict, subject: Subject) -> Run:
    recorder = Recorder(inputs["f_and_grad"], MINIMISE)
    result = subject(**{**inputs, "f_and_grad": recorder})
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"it should return two things, x and history, but returned {count}")
    x, history = result
    if not isinstance(x, np.ndarray) or x.shape != inputs["x0"].shape:
        raise Malformed(f"x is {kind(x)}, but should be an array of shape {inputs['x0'].shape}")
    if isinstance(history, np.ndarray) and history.ndim == 1:
        history = list(history)
    if not isinstance(history, tuple | list):
        raise Malformed(f"history is {kind(history)}, but should be a list of numbers")
    history = [h[()] if isinstance(h, np.ndarray) and h.shape == () else h for h in history]
    if odd := [h for h in history if not isinstance(h, NUMBERS)]:
        raise Malformed(f"history holds {kind(odd[0])}, but should hold numbers")
    return Run(x, history, _path(inputs, history, recorder.calls))


def _path(inputs: dict, history: list, calls: list) -> list:
    """The start, and for each entry of history the last call that gave this f: a search may try one f twice."""
    where = {f: (x, gradient) for x, (f, gradient) in calls}
    path = [where[f] for f in history if f in where]
    if not path or not np.array_equal(path[0][0], inputs["x0"]):  # history forgot the start
        path.insert(0, (inputs["x0"], inputs["f_and_grad"](inputs["x0"])[1]))
    return path


def _norm(gradient: np.ndarray, tol: float) -> str:
    """The norm of a gradient beside tol, in words."""
    norm = np.linalg.norm(gradient)
    return "not a number" if np.isnan(norm) else "at most tol" if norm <= tol * (1 + ROUNDING) else "above tol"


@driver
def line_search(inputs: dict, subject: Subject) -> dict:
    """One call of a line search, whose f ends a loop that has no end."""
    return {"the result": subject(**{**inputs, "f": Recorder(inputs["f"], SEARCH)})}


@driver
def minimum_reached(inputs: dict, subject: Subject) -> dict:
    """Whether the gradient vanishes at the x that comes back."""
    run = _minimise(inputs, subject)
    return {"the norm of the gradient at x": _norm(inputs["f_and_grad"](run.x)[1], inputs.get("tol", 1e-8))}


@driver
def history_kept(inputs: dict, subject: Subject) -> dict:
    """Whether history begins with f at the start and ends with f at the x that comes back."""
    run = _minimise(inputs, subject)
    if not run.history:
        raise Malformed("history is empty, but f at the start belongs in it")
    f_start, f_end = (inputs["f_and_grad"](x)[0] for x in (inputs["x0"], run.x))

    def verdict(value, f, point):
        return f"f at {point}" if np.isclose(value, f, rtol=ROUNDING, atol=0) else f"not f at {point}"

    return {
        "the first entry of history": verdict(run.history[0], f_start, "x0"),
        "the last entry of history": verdict(run.history[-1], f_end, "the x that is returned"),
    }


@driver
def steps_made(inputs: dict, subject: Subject) -> dict:
    """How many iterates history tells of."""
    return {"the number of entries in history": len(_minimise(inputs, subject).history)}


@driver
def stop_in_time(inputs: dict, subject: Subject) -> dict:
    """Whether the run ends at the first iterate whose gradient is small enough."""
    run, tol = _minimise(inputs, subject), inputs.get("tol", 1e-8)
    norms = {_norm(gradient, tol * (1 - 2 * ROUNDING)) for _, gradient in run.path[:-1]}
    return {
        "the norm of the gradient at x": _norm(inputs["f_and_grad"](run.x)[1], tol),
        "the norm at an iterate before": "at most tol" if "at most tol" in norms else "above tol",
    }


@driver
def memory_kept(inputs: dict, subject: Subject) -> dict:
    """How many of the last pairs (s, y), with the gradient, it takes to put together every step.

    Tells only after more than 2 * memory steps: until then m pairs hold what all the earlier ones do.
    """
    path, memory = _minimise(inputs, subject).path[:40], inputs.get("memory", 10)
    s, y = ([b[i] - a[i] for a, b in pairwise(path)] for i in (0, 1))

    def made_of(k, pairs):
        """Whether step k lies in the span of the gradient there and the `pairs` pairs before it."""
        if pairs > k:
            return True
        parts = np.stack([path[k][1], *s[max(0, k - pairs) : k], *y[max(0, k - pairs) : k]], axis=1)
        parts = parts / np.maximum(np.linalg.norm(parts, axis=0), np.finfo(float).tiny)
        rest = s[k] - parts @ np.linalg.lstsq(parts, s[k])[0]
        return np.linalg.norm(rest) <= 1e-8 * np.linalg.norm(s[k])  # measured: 1e-13, and 1e-5 with a pair too few

    needed = memory
    while not all(made_of(k, needed) for k in range(len(s))):
        needed += 1
    return {"the number of last pairs that a step is made of": "at most memory" if needed == memory else needed}


@driver
def point_reached(inputs: dict, subject: Subject) -> dict:
    """The x that comes back, for the judges of dtype and of arguments."""
    return {"x": _minimise(inputs, subject).x}


@driver
def secant_equation(inputs: dict, subject: Subject) -> dict:
    """What an update of H makes of y: it should be s."""
    return {"the new H @ y": _matrix(inputs, subject) @ inputs["y"]}


@driver
def symmetry(inputs: dict, subject: Subject) -> dict:
    """Whether an update of H is symmetric with positive eigenvalues."""
    new = _matrix(inputs, subject)
    symmetric = bool(np.allclose(new, new.T, rtol=ROUNDING, atol=1e-9 * np.abs(new).max()))
    positive = bool(np.linalg.eigvalsh((new + new.T) / 2).min() > 0) if np.isfinite(new).all() else False
    return {"`new H == new H.T`": symmetric, "`eigenvalues of the new H > 0`": positive}


def _matrix(inputs: dict, subject: Subject) -> np.ndarray:
    new = subject(**inputs)
    if not isinstance(new, np.ndarray) or new.shape != inputs["H"].shape:
        raise Malformed(f"the new H is {kind(new)}, but should be an array of shape {inputs['H'].shape}")
    return new
