"""Drivers for a network given as its params: a new head, layers that stay frozen, a linear probe.

A head may be drawn in any way, and a probe found by any descent: judged is what must hold of the result.
"""

from __future__ import annotations

import numpy as np

from autograder.checking.compare import Tolerance, kind
from autograder.checking.drivers import driver
from autograder.checking.initial_weights import drawn_weights
from autograder.checking.show import plural
from autograder.checking.subject import Malformed, Subject


def _named(result, names) -> dict:
    """A dict with these names, or what is wrong with it."""
    if not isinstance(result, dict):
        raise Malformed(f"it should return a dict, but returned {kind(result)}")
    if missing := [repr(name) for name in names if name not in result]:
        raise Malformed(f"the dict that it returns has no key {' and no key '.join(missing)}")
    return result


def _params(result, names) -> dict:
    """A dict of arrays with these names, or what is wrong with it."""
    result = _named(result, names)
    if odd := [name for name in names if not isinstance(result[name], np.ndarray)]:
        raise Malformed(f"{odd[0]} is {kind(result[odd[0]])}, but should be an array")
    return result


def _last(params: dict) -> int:
    """The number of the last layer."""
    return len(params) // 2


@driver
def replaced_head(inputs: dict, subject: Subject) -> dict:
    """All that is certain of a network with a new head: its names, its body, the shape of W, the bias."""
    before = {name: w.copy() for name, w in inputs["params"].items()}
    params = _params(subject(**inputs), before)
    head = [f"{letter}{_last(before)}" for letter in "Wb"]
    return {
        "the names in the result": sorted(str(name) for name in params),
        f"the shape of {head[0]}": params[head[0]].shape,
        head[1]: params[head[1]],
        **{
            f"that {name} is as before": np.array_equal(params[name], before[name])
            for name in before
            if name not in head
        },
    }


@driver
def drawn_head(inputs: dict, subject: Subject) -> dict:
    """What holds of the weights of a new head, however they are drawn; see `drawn_weights`. inputs: also `std`."""
    name = f"W{_last(inputs['params'])}"
    return drawn_weights(inputs, lambda **arguments: _params(subject(**arguments), [name])[name])


@driver
def head_arrays(inputs: dict, subject: Subject) -> dict:
    """The arrays of a new head, for the judges of dtype and of arguments."""
    names = [f"{letter}{_last(inputs['params'])}" for letter in "Wb"]
    params = _params(subject(**inputs), names)
    return {name: params[name] for name in names}


@driver
def by_name(inputs: dict, subject: Subject) -> dict:
    """What a dict with the names of params holds for each of them."""
    result = _named(subject(**inputs), inputs["params"])
    return {name: result[name] for name in inputs["params"]}


@driver
def frozen_arrays(inputs: dict, subject: Subject) -> dict:
    """Whether a step left the arrays that are frozen as they were, to the last bit."""
    before = {name: w.copy() for name, w in inputs["params"].items()}
    after = _params(subject(**inputs), before)

    def same(name):
        return after[name].dtype == before[name].dtype and after[name].tobytes() == before[name].tobytes()

    return {f"that {name} is bit for bit the same": same(name) for name in before if not inputs["mask"][name]}


def _probe(inputs: dict, subject: Subject) -> tuple[np.ndarray, np.ndarray]:
    result = subject(**inputs)
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = plural(len(result), "value") if isinstance(result, tuple | list) else kind(result)
        raise Malformed(f"it should return two things, W and b, but returned {count}")
    shapes = (inputs["features"].shape[1], inputs["num_classes"]), (inputs["num_classes"],)
    for name, value, shape in zip("Wb", result, shapes, strict=True):
        if not isinstance(value, np.ndarray) or value.shape != shape:
            raise Malformed(f"{name} is {kind(value)}, but should be an array of shape {shape}")
        if value.dtype.kind not in "fiu":
            raise Malformed(f"{name} is an array of {value.dtype.name}s, but should hold numbers")
    return tuple(result)


def probe_loss(inputs: dict, subject: Subject) -> dict:
    """The loss that a linear probe reaches: softmax loss, mean over the examples, + reg * sum(W * W)."""
    W, b = _probe(inputs, subject)
    scores = (inputs["features"] @ W + b).astype(float)
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = -np.mean(log_p[np.arange(len(scores)), inputs["y"]])
    return {"the loss at the (W, b) that is returned": float(loss + inputs["reg"] * np.sum(W.astype(float) ** 2))}


# a minimum is approached: within half a percent counts as there
driver(probe_loss, tolerance=Tolerance(relative=5e-3, floor=0.0))


@driver
def probe_arrays(inputs: dict, subject: Subject) -> dict:
    """W and b, for the judges of dtype and of arguments."""
    return dict(zip("Wb", _probe(inputs, subject), strict=True))


@driver
def probe_shapes(inputs: dict, subject: Subject) -> dict:
    """The shapes of W and b, and whether all in them is finite: for inputs whose minimum is not reached."""
    W, b = _probe(inputs, subject)
    return {
        "the shapes of W and b": (W.shape, b.shape),
        "that W and b are finite": bool(np.isfinite(W).all() and np.isfinite(b).all()),
    }
