"""Drivers for a layer's pair beside its numeric gradient: one alone, all that comes out, its warnings."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver, passing_on
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject, snapshot


def _there(inputs: dict, forward: Subject) -> tuple:
    """(out, cache) of the forward; the inputs without `dout` are its arguments."""
    result = forward(**{name: value for name, value in inputs.items() if name != "dout"})
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"{forward.name} should return two things, out and cache, but returned {count}")
    return tuple(result)


def _and_back(inputs: dict, cache, backward: Subject) -> tuple:
    """The gradients for `dout`, as a tuple, of one entry where the layer has but one."""
    dout_name, cache_name = backward.positional
    gradients = backward(**{dout_name: inputs["dout"], cache_name: cache})
    return tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)


@passing_on
def pair_forward(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """A layer's out, the backward left alone."""
    return {"out": _there(inputs, forward)[0]}


@passing_on
def pair_backward(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """A layer's gradients, its out left alone: a mistake that only out shows leaves no mark here."""
    return {"gradients": _and_back(inputs, _there(inputs, forward)[1], backward)}


@passing_on
def pair_there_and_back(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """Out, the gradients, and the gradients of a second backward on the same cache."""
    out, cache = _there(inputs, forward)
    out = snapshot(out)
    first = snapshot(_and_back(inputs, cache, backward))
    return {
        "out": out,
        "gradients": first,
        "gradients of a second backward on the same cache": _and_back(inputs, cache, backward),
    }


@driver
def pair_warnings(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The warnings that NumPy gives by default while a layer runs there and back; `observe` silences them elsewhere.

    Where a function runs in another process, its warnings are noticed if the proxy gives them again here.
    """
    with _heard() as of_the_forward:
        _, cache = _there(inputs, forward)
    with _heard() as of_the_backward:
        _and_back(inputs, cache, backward)
    return {
        f"what {subject.name} writes to stderr": "; ".join(sorted({str(w.message) for w in heard})) or "nothing"
        for subject, heard in ((forward, of_the_forward), (backward, of_the_backward))
    }


@contextmanager
def _heard() -> Iterator[list]:
    """The warnings that are given in the block, with NumPy's own defaults."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn", under="ignore"):
        warnings.simplefilter("always")
        yield caught
