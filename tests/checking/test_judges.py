"""What must hold of an observation, and the sentence where it does not."""

import numpy as np
import pytest

from autograder.checking.judges import JUDGES
from autograder.checking.subject import Malformed, Observation


def fault(judge, observation, expected):
    judge = JUDGES[judge]
    return judge.fault(judge.see(observation, expected), expected, None)


def outputs(**values):
    return Observation(outputs=values)


@pytest.mark.parametrize("judge", ["equals", "unchanged", "keeps dtype"])
def test_an_error_is_a_fault_whatever_is_judged(judge):
    expected = [] if judge == "unchanged" else {"a": 1.0}
    assert fault(judge, Observation(error=KeyError("m")), expected) == "raised KeyError"
    assert fault(judge, Observation(error=Malformed("no dict")), expected) == "no dict"


def test_equals_compares_output_by_output():
    assert fault("equals", outputs(a=1.0, b=2.0), {"a": 1.0, "b": 2.0}) is None
    assert fault("equals", outputs(a=1.0, b=3.0), {"a": 1.0, "b": 2.0}) == "b is 3, but should be 2"


def test_unchanged_names_what_was_changed():
    assert fault("unchanged", Observation(changed=[]), []) is None
    changed = Observation(changed=["state['m']", "w"])
    assert fault("unchanged", changed, []) == "it changed its argument state['m'] and w in place"


SINGLE, DOUBLE = np.zeros(2, "float32"), np.zeros(2)


@pytest.mark.parametrize(
    ("actual", "expected", "sentence"),
    [
        (SINGLE, SINGLE, None),
        (DOUBLE, SINGLE, "a has dtype float64, but should keep float32"),
        ([0.0], SINGLE, "a is a list, but should be an array that keeps float32"),
        (None, SINGLE, "a has dtype NoneType, but should keep float32"),
        (0.5, np.float32(0.5), None),  # a NumPy scalar counts as a float
        (np.float32(0.5), 0.5, None),
        (np.array(0.5), 0.5, None),  # a sum that was begun with np.array(0.0)
        (True, 0.5, "a has dtype bool, but should keep number"),
        ((SINGLE, 0.5), (SINGLE, np.float32(0.5)), None),
        ([SINGLE, SINGLE], (SINGLE, SINGLE), None),
        (
            (SINGLE, DOUBLE),
            (SINGLE, SINGLE),
            "a has dtype (float32, float64), but should keep (float32, float32)",
        ),
    ],
)
def test_keeps_dtype_looks_at_arrays_also_in_a_tuple(actual, expected, sentence):
    expected = JUDGES["keeps dtype"].see(outputs(a=expected), None)
    assert fault("keeps dtype", outputs(a=actual), expected) == sentence


SHOULD = "a ValueError whose message names `p_keep` should be raised"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("p_keep is 2, but should lie in (0, 1]"), None),
        (ValueError("P_KEEP=2"), None),
        (np.linalg.LinAlgError("p_keep"), None),  # a kind of ValueError
        (ValueError("not a probability"), "the ValueError's message does not name `p_keep`"),
        (ValueError("bad p_keep_all"), "the ValueError's message does not name `p_keep`"),
        (ValueError(), "the ValueError's message does not name `p_keep`"),
        (TypeError("p_keep"), f"{SHOULD}, but TypeError was"),
        (AssertionError("p_keep"), f"{SHOULD}, but AssertionError was"),
        (Malformed("p_keep"), f"{SHOULD}, but none was"),
        (None, f"{SHOULD}, but none was"),
    ],
)
def test_raises_asks_for_a_value_error_that_names_the_argument(error, sentence):
    assert fault("raises", Observation(outputs={"a": 1}, error=error), "p_keep") == sentence
