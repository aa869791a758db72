"""What tells a gradient check by random samples from a right one, however it draws its samples."""

from __future__ import annotations

import copy

import numpy as np

from autograder.checking.compare import NUMBERS, kind
from autograder.checking.drivers import driver
from autograder.checking.judges import JUDGES
from autograder.checking.subject import Malformed, Observation, Subject


def _error(inputs: dict, subject: Subject) -> float:
    """One check's error as a number."""
    error = subject(**inputs)
    error = error[()] if isinstance(error, np.ndarray) and error.shape == () else error
    if isinstance(error, bool | np.bool) or not isinstance(error, NUMBERS):
        raise Malformed(f"the result is {kind(error)}, but should be a number")
    return float(error)


@driver
def found_sometimes(inputs: dict, subject: Subject) -> dict:
    """Many checks of few samples, of a gradient that is wrong in half of its entries: some find it, some do not.

    inputs: the arguments of each check, and times.
    """
    times, arguments = inputs["times"], {name: value for name, value in inputs.items() if name != "times"}
    found = sum(_error(arguments, subject) > 0.01 for _ in range(times))
    if found in (0, times):
        raise Malformed(
            f"{times} checks with samples={arguments['samples']}, of a gradient that is wrong in half of its entries, "
            f"found the mistake {'every time' if found else 'not once'}: are the entries drawn at random?"
        )
    return {"the mistake is found": "sometimes"}


@driver
def same_from_one_seed(inputs: dict, subject: Subject) -> dict:
    """Pairs of checks from equal generators: each pair gives one result. inputs: as for `found_sometimes`."""
    times, arguments = inputs["times"], {name: value for name, value in inputs.items() if name not in ("times", "rng")}
    for seed in inputs["rng"].integers(2**32, size=times):
        # each with its own copy: what one check leaves in x is not the other's
        first, second = (
            _error({**copy.deepcopy(arguments), "rng": np.random.default_rng(seed)}, subject) for _ in range(2)
        )
        if not np.isclose(first, second, rtol=1e-9, atol=0):
            raise Malformed("two checks with equal generators gave different results: what else but rng is drawn from?")
    return {"two checks with equal generators give": "one result"}


@driver
def entries_measured(inputs: dict, subject: Subject) -> dict:
    """Pairs of calls of f in one check, the most in `times` checks: who draws an entry twice may measure it once."""
    times, arguments = inputs["times"], {name: value for name, value in inputs.items() if name not in ("times", "f")}
    most = 0
    for _ in range(times):
        calls = 0

        def counted(x):
            nonlocal calls
            calls += 1
            return inputs["f"](x)

        _error({"f": counted, **arguments}, subject)
        most = max(most, calls)
    return {"the number of entries at which f was measured": most // 2}


class AtMost:
    """Every output is a number of at most `expected`; NaN is not."""

    def see(self, observation: Observation, expected):
        return observation.failure or observation.outputs

    def fault(self, seen, expected, tolerance):
        if isinstance(seen, str):
            return seen
        for name, value in seen.items():
            if isinstance(value, bool | np.bool) or not isinstance(value, NUMBERS):
                return f"{name} is {kind(value)}, but should be a number"
            if not 0 <= value <= expected:
                return f"{name} is {float(value):.3g}, but should be from 0 to {expected:g}"
        return None


JUDGES["at most"] = AtMost()
