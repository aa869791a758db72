"""A driver for principal components: what does not depend on their signs, nor on a choice among equals."""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import kind
from autograder.checking.drivers import driver
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject


@driver
def principal_components(inputs: dict, subject: Subject) -> dict:
    """Mean and variances; the components' products among themselves (1 and 0), and the covariance that they rebuild.

    With both, distinct variances leave of each component only its sign free, equal ones a turn among them.
    """
    result = subject(**inputs)
    if not isinstance(result, tuple | list) or len(result) != 3:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"it should return three things, mean, components and variances, but returned {count}")
    mean, components, variances = result
    rows, features = min(inputs["X"].shape), inputs["X"].shape[1]
    for name, value, shape in (("components", components, (rows, features)), ("variances", variances, (rows,))):
        if not isinstance(value, np.ndarray) or value.shape != shape or value.dtype.kind != "f":
            raise Malformed(f"{name} is {kind(value)}, but should be an array of floats of shape {shape}")
    return {
        "mean": mean,
        "variances": variances,
        "components @ components.T": components @ components.T,
        "components.T * variances @ components": components.T * variances @ components,
    }
