"""Type and shape come first, nothing is broadcast, NaN is wrong; what is right in another dress passes."""

import numpy as np
import pytest

from autograder.checking.compare import DOUBLE, SINGLE, Tolerance, difference, kind, same, tolerance_for


class Yes:
    """Claims to equal everything, and cannot be printed."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __repr__(self):
        raise RuntimeError


class YesInt(int):
    __eq__, __ne__, __hash__ = Yes.__eq__, Yes.__ne__, int.__hash__


class YesFloat(float):
    __eq__, __ne__, __hash__ = Yes.__eq__, Yes.__ne__, float.__hash__


class YesString(str):
    __eq__, __ne__, __hash__ = Yes.__eq__, Yes.__ne__, str.__hash__


class YesArray(np.ndarray):
    def __ne__(self, other):
        return np.zeros(self.shape, bool)


A = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (A * (1 + 5e-8), A),
        (A.astype(int), A),  # integers equal in value: whether the dtype is kept is another property
        (np.asfortranarray(np.ones((2, 3))), np.ones((2, 3))),
        (A[::-1], np.array([3.0, 2.0, 1.0])),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0])),
        (np.array([np.inf, -np.inf]), np.array([np.inf, -np.inf])),
        (np.array([-0.0]), np.array([0.0])),
        (np.array([1e-13, 1.0]), np.array([0.0, 1.0])),  # rounding, measured on the largest entry
        (np.array([1, 2], np.int32), np.array([1, 2])),
        (np.array([1.0, 2.0]), np.array([1, 2])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (A.astype("float64") * (1 + 5e-5), A.astype("float32")),
        (A.view(YesArray), A),
        (3, 3.0),
        (3.0, 3),
        (np.float64(2.5), 2.5),
        (np.float32(2.5), 2.5),
        (np.int8(3), 3),
        (2.5, np.float64(2.5)),
        (np.array(2.5), 2.5),
        (np.array(3), 3),
        (2.5, np.array(2.5)),
        (np.float64(2.5), np.array(2.5)),
        (np.float32(1 + 1e-6), np.float32(1)),
        (np.float64("nan"), float("nan")),
        (np.True_, True),
        (np.array(True), True),
        (True, np.True_),
        (True, np.array(True)),
        ([1.0, A], (1.0, A)),
        ((1.0, A), [1.0, A]),
        ({"m": A, "mine": "a further key"}, {"m": A}),
        (None, None),
        ("relu", "relu"),
        ({}, {}),
    ],
)
def test_what_is_right_passes(actual, expected):
    assert difference(actual, expected) is None
    assert same(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "sentence"),
    [
        (np.array([1.0]), A, "the result has shape (1,), but should have shape (3,)"),
        (np.ones((1, 3)), np.ones(3), "the result has shape (1, 3), but should have shape (3,)"),
        (np.ones((3, 1)), np.ones((3, 3)), "the result has shape (3, 1), but should have shape (3, 3)"),
        (np.float64(1), np.ones(3), "the result has shape (), but should have shape (3,)"),
        (np.array(1.0), np.ones(3), "the result has shape (), but should have shape (3,)"),
        (np.array([2.0]), 2.0, "the result is an array of shape (1,), but should be a number"),
        (1.0, np.ones(3), "the result is a float, but should be an array of shape (3,)"),
        ([1.0, 2.0, 3.0], A, "the result is a list, but should be an array of shape (3,)"),
        (None, A, "the result is None, but should be an array of shape (3,)"),
        (None, 1.0, "the result is None, but should be a number"),
        ("1.0", 1.0, "the result is a str, but should be a number"),
        (True, 1.0, "the result is a bool, but should be a number"),
        (np.True_, 1, "the result is a bool, but should be a number"),
        (1 + 0j, 1.0, "the result is a complex, but should be a number"),
        (1, True, "the result is 1, but should be True"),
        (np.array([True, False]), True, "the result is [True, False], but should be True"),
        (A.astype(object), A, "the result is an array of objects, but should hold numbers"),
        (np.array(1.0, object), 1.0, "the result is an array of shape (), but should be a number"),
        (np.array(["1"]), A, "the result is an array of str32s, but should hold numbers"),
        (A + 0j, A, "the result holds complex numbers, but should be real"),
        (A > 1, A, "the result has dtype bool, but should have float64"),
        (np.array([1, 0]), np.array([True, False]), "the result has dtype int64, but should have bool"),
        (A.astype("float32"), A, "the result has dtype float32, but should keep float64"),
        (np.array([1.0, np.nan, 3.0]), A, "the result holds NaN (not a number)"),
        (np.array([1.0, np.inf, 3.0]), A, "the result holds infinity"),
        (np.array([1.0, np.inf]), np.array([1.0, -np.inf]), "the result holds infinity"),
        (np.array([0.0]), np.array([np.nan]), "the result is 0, but should be nan"),
        (np.array([0.0]), np.array([np.inf]), "the result is 0, but should be inf"),
        (float("nan"), 1.0, "the result is nan, but should be 1"),
        (float("nan"), 1, "the result is nan, but should be 1"),
        (float("inf"), 1, "the result is inf, but should be 1"),
        (np.array([1.0, 2.0, 4.0]), A, "the result is 4 at index 2, but should be 3; 1 of 3 entries differ"),
        (A[None], A[None] + 1, "the result is 1 at index (0, 0), but should be 2; 3 of 3 entries differ"),
        (np.array([-1], np.int8), np.array([255]), "the result is -1, but should be 255"),
        (1.0000003, 1.0, "the result is 1.0000003, but should be 1"),
        (np.array([1.0000003]), np.ones(1), "the result is 1.0000003, but should be 1"),
        (3.0000000000000004, 3, "the result is 3.0000000000000004, but should be 3"),
        (4, 3, "the result is 4, but should be 3"),
        (10**400, 1.0, "the result is 1" + "0" * 88 + "…, but should be 1"),
        (-(10**30), 3, "the result is -1" + "0" * 30 + ", but should be 3"),
        ((1.0,), (1.0, 2.0), "the result has 1 value, but should have 2"),
        ((1.0, 2.0, 3.0), (1.0, 2.0), "the result has 3 values, but should have 2"),
        (1.0, (1.0, 2.0), "the result is a float, but should be 2 values"),
        (A, (1.0, 2.0, 3.0), "the result is an array of shape (3,), but should be 3 values"),
        (("a", A), ("a", A + 1), "the result[1] is 1 at index 0, but should be 2; 3 of 3 entries differ"),
        ([], {"m": A}, "the result is a list, but should be a dict with the keys 'm'"),
        ({}, {"m": A}, "the result has no key 'm'; its keys are none"),
        ({"v": A}, {"m": A}, "the result has no key 'm'; its keys are 'v'"),
        (0, None, "the result is 0, but should be None"),
        ("tanh", "relu", "the result is 'tanh', but should be 'relu'"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(actual, expected, sentence):
    assert difference(actual, expected) == sentence
    assert not same(actual, expected)


@pytest.mark.parametrize("expected", [None, "relu", True, 1, 1.0, A, (1.0,), {"m": 1.0}])
def test_an_object_that_claims_to_equal_everything_equals_nothing(expected):
    assert not same(Yes(), expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (YesInt(4), 3),
        (YesInt(4), 3.0),
        (YesInt(4), np.int64(3)),
        (YesFloat(4), 3),
        (YesFloat(4), 3.0),
        (YesString("tanh"), "relu"),
        ((A + 1).view(YesArray), A),
        (np.arange(3).view(YesArray), np.arange(1, 4)),
    ],
)
def test_nor_does_a_number_a_string_or_an_array_that_does(actual, expected):
    assert not same(actual, expected)


def test_the_place_is_named_down_to_the_key():
    actual, expected = {"m": A, "v": A}, {"m": A, "v": A + 1}
    assert difference(actual, expected, name="state").startswith("state['v'] is 1 at index 0")
    assert difference((actual,), (expected,), name="pair").startswith("v is 1 at index 0")


def test_a_tolerance_goes_by_the_dtype_unless_one_is_given():
    assert tolerance_for(np.dtype("float32")) is SINGLE
    assert tolerance_for(np.dtype("float64")) is DOUBLE
    assert not same(A * (1 + 5e-5), A)
    assert not same(A.astype("float32") * np.float32(1.001), A.astype("float32"))
    assert same(A * 1.01, A, Tolerance(relative=0.02, floor=0.0))
    assert same((A * 1.01, {"loss": 1.01}), (A, {"loss": 1.0}), Tolerance(relative=0.02, floor=0.0))
    assert not same(A * 1.01, A, Tolerance(relative=0.005, floor=0.0))


def test_a_kind_has_its_article():
    assert [kind(v) for v in (None, [], 1, A)] == ["None", "a list", "an int", "an array of shape (3,)"]
