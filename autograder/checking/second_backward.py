"""A driver for a backward that is called twice: the second gradients alone, whatever the forward's out may be.

So a mistake in the forward leaves no mark here, and is named also where the backward makes it too.
"""

from __future__ import annotations

from autograder.checking.compare import kind
from autograder.checking.drivers import passing_on
from autograder.checking.subject import Malformed, Subject


@passing_on
def second_backward(inputs: dict, forward: Subject, backward: Subject) -> dict:
    """The gradients of a second backward on one cache, as a tuple; the forward returns (out, cache) or more."""
    result = forward(**{name: value for name, value in inputs.items() if name != "dout"})
    if not isinstance(result, tuple | list) or len(result) < 2:
        raise Malformed(f"{forward.name} should return out and cache, but returned {kind(result)}")
    dout, cache = backward.positional
    arguments = {dout: inputs["dout"], cache: result[1]}
    backward(**arguments)
    gradients = backward(**arguments)
    return {"gradients of a second backward": tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)}
