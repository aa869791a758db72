"""What must hold of an observation. Each judge reduces it to data (`see`) and says what is wrong (`fault`).

What was seen of a known mistake is its fingerprint: a student whose function shows the same made that mistake.
"""

from __future__ import annotations

import re
from typing import Protocol

import numpy as np

from autograder.checking.compare import NUMBERS, Tolerance, difference
from autograder.checking.subject import Malformed, Observation


class Judge(Protocol):
    """see: the part of an observation that is judged, as data. fault: a sentence, or None where it is right.

    One that measures how well an answer does has a third, `degree(seen, expected) -> Degree | None`.
    """

    def see(self, observation: Observation, expected): ...
    def fault(self, seen, expected, tolerance: Tolerance | None) -> str | None: ...


class Equals:
    """The outputs equal the expected ones."""

    def see(self, observation: Observation, expected):
        return observation.failure or observation.outputs

    def fault(self, seen, expected, tolerance):
        # the driver's outputs are named parts of one answer, not a dict that a student made
        if isinstance(seen, str):
            return seen
        for name, value in expected.items():
            if wrong := difference(seen[name], value, tolerance, name):
                return wrong
        return None


class Unchanged:
    """No argument was changed."""

    def see(self, observation: Observation, expected):
        return observation.failure or observation.changed

    def fault(self, seen, expected, tolerance):
        if isinstance(seen, str):
            return seen
        return f"it changed its argument {' and '.join(seen)} in place" if seen else None


class KeepsDtype:
    """Every output has the expected dtype."""

    def see(self, observation: Observation, expected):
        return observation.failure or {name: _dtype(value) for name, value in observation.outputs.items()}

    def fault(self, seen, expected, tolerance):
        if isinstance(seen, str):
            return seen
        for name, dtype in expected.items():
            if seen[name].startswith("(") and not dtype.startswith("("):
                return f"{name} is a list, but should be an array that keeps {dtype}"
            if seen[name] != dtype:
                return f"{name} has dtype {seen[name]}, but should keep {dtype}"
        return None


class Raises:
    """A ValueError came whose message names the argument; expected: the argument's name."""

    def see(self, observation: Observation, expected):
        error = observation.error
        if error is None or isinstance(error, Malformed):
            return "nothing"
        if not isinstance(error, ValueError):
            return type(error).__name__
        named = re.search(rf"\b{re.escape(expected)}\b", str(error), re.IGNORECASE)
        return "ValueError" if named else "unnamed ValueError"

    def fault(self, seen, expected, tolerance):
        should = f"a ValueError whose message names `{expected}` should be raised"
        return {
            "ValueError": None,
            "nothing": f"{should}, but none was",
            "unnamed ValueError": f"the ValueError's message does not name `{expected}`",
        }.get(seen, f"{should}, but {seen} was")


JUDGES: dict[str, Judge] = {
    "equals": Equals(),
    "unchanged": Unchanged(),
    "keeps dtype": KeepsDtype(),
    "raises": Raises(),
}


def _dtype(value) -> str:
    """An array's dtype, and those of the parts of a tuple; a number, even in an array of no axes, has any."""
    if isinstance(value, tuple | list):
        return f"({', '.join(_dtype(part) for part in value)})"
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, NUMBERS) and not isinstance(value, bool):
        return "number"
    return str(value.dtype) if isinstance(value, np.ndarray | np.generic) else type(value).__name__
