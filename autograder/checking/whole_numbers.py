"""A driver for a function whose result counts something, such as the size of an array: an int, no float."""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.subject import Malformed, Subject


@driver
def whole_number(inputs: dict, subject: Subject) -> dict:
    """One call whose result is an int, or a NumPy one."""
    result = subject(**inputs)
    whole = isinstance(result, int | np.integer) and not isinstance(result, bool)
    if not whole and not (isinstance(result, np.ndarray) and result.shape == () and result.dtype.kind in "iu"):
        raise Malformed(f"it returned {kind(result)}, but should return an int")
    return {"the result": result}
