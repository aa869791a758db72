"""A driver for results that are used as indices: an array of ints, or a list of them, no floats."""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.subject import Malformed, Subject


@driver
def integers(inputs: dict, subject: Subject) -> dict:
    """One call whose result is an array of ints, or a list of ints, NumPy's too."""
    result = subject(**inputs)
    if isinstance(result, np.ndarray):
        if result.dtype.kind not in "iu":
            raise Malformed(f"it returned an array of {result.dtype.name}s, but should return ints")
    elif isinstance(result, tuple | list):
        for i, entry in enumerate(result):
            if not isinstance(entry, int | np.integer | np.ndarray) or np.asarray(entry).dtype.kind not in "iu":
                raise Malformed(f"entry {i} of the result is {kind(entry)}, but should be an int")
    return {"the result": result}
