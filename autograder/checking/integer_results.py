"""Drivers for a result that lists numbers, and for one whose numbers are used as indices: ints, no floats."""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver, passing_on
from autograder.checking.subject import Malformed, Subject


def _listed(result):
    """An array of one axis as a list; anything else as it is."""
    return list(result) if isinstance(result, np.ndarray) and result.ndim == 1 else result


@passing_on
def listed(inputs: dict, subject: Subject) -> dict:
    """One call whose result is a list; an array of one axis counts as one."""
    return {"the result": _listed(subject(**inputs))}


@driver
def integers(inputs: dict, subject: Subject) -> dict:
    """One call whose result is an array of ints, or a list of ints, NumPy's too: which of the two does not matter."""
    result = subject(**inputs)
    if isinstance(result, np.ndarray):
        if result.dtype.kind not in "iu":
            raise Malformed(f"it returned an array of {result.dtype.name}s, but should return ints")
    elif isinstance(result, tuple | list):
        for i, entry in enumerate(result):
            if not isinstance(entry, int | np.integer | np.ndarray) or np.asarray(entry).dtype.kind not in "iu":
                raise Malformed(f"entry {i} of the result is {kind(entry)}, but should be an int")
    return {"the result": _listed(result)}
