"""A driver for a function from dicts of arrays to such a dict: each array is looked at by itself."""

from __future__ import annotations

from autograder.checking.compare import kind
from autograder.checking.drivers import passing_on
from autograder.checking.subject import Malformed, Subject


@passing_on
def named_arrays(inputs: dict, subject: Subject) -> dict:
    """One call whose result is a dict with the names of its first argument, a dict too: the arrays by name."""
    result = subject(**inputs)
    names = next(iter(inputs.values()))
    if not isinstance(result, dict):
        raise Malformed(f"it returned {kind(result)}, but should return a dict")
    for name in names:
        if name not in result:
            raise Malformed(f"the result has no key {name!r}; its keys are {', '.join(map(repr, result)) or 'none'}")
    return {f"the result[{name!r}]": result[name] for name in names}
