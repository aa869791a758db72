"""Every value that can cross does so bit for bit; nothing else crosses."""

import math
from collections import OrderedDict, defaultdict, namedtuple
from enum import IntEnum

import msgspec
import numpy as np
import pytest

from autograder.checking.stand_ins import GrowingRule, WavyGradient
from autograder.checking.waves import WavySum
from autograder.grading.apart.limits import MAX_DEPTH
from autograder.grading.apart.values import (
    BIGGEST_INT,
    DTYPES,
    LONG,
    ROOM,
    SMALL,
    Reader,
    Unsendable,
    Violation,
    Writer,
)

Point = namedtuple("Point", "x y")


class Level(IntEnum):
    HIGH = 3


class Words(str):
    pass


class Metres(float):
    pass


def refuse(value):
    raise Unsendable(f"{type(value).__name__} has no form")


def resolve(tag, *parts):
    raise Violation(f"{tag} is no tag")


def written(value) -> tuple[list, list]:
    writer = Writer(refuse, lambda container: None)
    return writer.write(value), writer.buffers


def read(tree, buffers=()):
    return Reader([bytearray(b) for b in buffers], resolve, lambda value, number: None).read(tree)


def cross(value):
    """As over the wire: msgpack, and buffers as bytes."""
    tree, buffers = written(value)
    return read(msgspec.msgpack.decode(msgspec.msgpack.encode(tree)), buffers)


def nested(depth: int) -> list:
    value = []
    for _ in range(depth):
        value = [value]
    return value


SCALARS = [None, True, False, 0, -1, 2**62, -(2**63), 2**63, -(2**63) - 1, 10**300, 0.0, 1.5, 5e-324, float("inf")]
SCALARS += [1 + 2j, complex("nan+0j").imag, "", "text", "é", "\ud800", "x" * LONG, "x" * (LONG + 1), "ß" * LONG]
SCALARS += [b"", b"\0\xff", b"b" * LONG, b"b" * (LONG + 1)]
SCALARS += [slice(None), slice(1, None, -1), range(3), range(5, -5, -2), Ellipsis]
SCALARS += [int, float, bool, complex, str, bytes, list, tuple, dict, set]
SCALARS += [[], (), {}, set(), frozenset(), [1, [2, (3, {"a": {4}})]], {1: "a", "b": [None], (1, 2): frozenset({3})}]


@pytest.mark.parametrize("value", SCALARS, ids=lambda v: f"{type(v).__name__} {str(v)[:20]!a}")
def test_a_value_comes_over_equal_and_of_its_type(value):
    back = cross(value)
    assert type(back) is type(value)
    assert back == value


def test_nan_and_minus_zero_stay_what_they_are():
    assert math.isnan(cross(math.nan))
    assert math.copysign(1, cross(-0.0)) == -1


ARRAYS = [
    np.array([np.nan, -0.0, np.inf, -np.inf, 5e-324]),
    np.array(2.5),
    np.zeros((0,)),
    np.zeros((3, 0, 2), dtype=np.int8),
    np.arange(24.0).reshape(2, 3, 4)[:, ::-1, ::2],
    np.arange(6).reshape(2, 3).T,
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.broadcast_to(np.arange(3), (2, 3)),
    np.array([True, False, True]),
    np.ones((1,) * 32),
    *[np.arange(4).astype(dtype) for dtype in DTYPES.values()],
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype} {a.shape[:4]}")
def test_an_array_comes_over_bit_for_bit_and_can_be_written_to(array):
    back = cross(array)
    assert type(back) is np.ndarray
    assert (back.dtype, back.shape, back.tobytes()) == (array.dtype, array.shape, array.tobytes())
    back[...] = 0


@pytest.mark.parametrize("name", DTYPES)
def test_a_scalar_a_dtype_and_a_scalar_type_of_each_dtype_come_over(name):
    dtype = DTYPES[name]
    scalar = dtype.type(1)
    assert type(cross(scalar)) is dtype.type
    assert cross(scalar) == scalar
    assert cross(dtype) == dtype
    assert cross(dtype.type) is dtype.type


def test_a_numpy_float_is_not_taken_for_pythons():
    assert type(cross(np.float64(0.1))) is np.float64


def test_an_array_of_the_other_byte_order_comes_over_in_ours():
    back = cross(np.array([1.0, 2.0], dtype=">f8"))
    assert back.dtype.isnative
    assert back.tolist() == [1.0, 2.0]


def test_a_bool_is_true_or_false_whatever_byte_stands_for_it():
    array = read(["array", "bool", [3], 0], [b"\x00\x01\xff"])
    assert array.view(np.uint8).tolist() == [0, 1, 1]
    scalar = read(["scalar", "bool", b"\xff"])
    assert np.array(scalar).view(np.uint8) == 1


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_a_generator_goes_on_alike(bits):
    rng = np.random.Generator(getattr(np.random, bits)(7))
    rng.integers(10, dtype=np.int32)  # half of a draw is kept in the state
    rng.standard_normal(3)
    back = cross(rng)
    assert back.integers(2**31, size=700, dtype=np.int32).tolist() == (
        rng.integers(2**31, size=700, dtype=np.int32).tolist()
    )


@pytest.mark.parametrize("place", [-1, 625, 2**30])
def test_a_generators_position_outside_of_its_state_is_refused(place):
    state = np.random.MT19937(0).state
    state["state"]["pos"] = place
    with pytest.raises(Violation, match="impossible"):
        read(*rng_form("MT19937", state))
    state = np.random.Philox(0).state
    state["buffer_pos"] = place
    with pytest.raises(Violation, match="impossible"):
        read(*rng_form("Philox", state))


def rng_form(name: str, state: dict) -> tuple[list, list]:
    tree, buffers = written(state)
    return ["rng", name, tree, ["list", 7, ["tuple"], 4, 0]], buffers


def test_a_generators_children_are_the_same_there():
    rng = np.random.default_rng(7)
    rng.spawn(1)
    assert cross(rng).spawn(1)[0].random() == rng.spawn(1)[0].random()


def test_seeds_that_would_take_all_memory_are_refused():
    tree, buffers = rng_form("PCG64", np.random.PCG64(0).state)
    tree[3] = ["list", 7, ["tuple"], 2**40, 0]
    with pytest.raises(Violation, match="impossible"):
        read(tree, buffers)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Point(1, 2), (1, 2)),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (OrderedDict(b=1), {"b": 1}),
        (Level.HIGH, 3),
        (Words("w"), "w"),
        (Metres(2.5), 2.5),
        (bytearray(b"w"), b"w"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_a_subclass_comes_over_as_plain_data(value, plain):
    back = cross(value)
    assert type(back) is type(plain)
    assert back == plain


def test_a_subclass_of_an_array_brings_its_numbers_and_not_its_behaviour():
    class Equal(np.ndarray):
        def __eq__(self, other):
            return True

    back = cross(np.arange(3).view(Equal))
    assert type(back) is np.ndarray
    assert back.tolist() == [0, 1, 2]
    assert type(cross(np.ma.masked_array([1, 2], [True, False]))) is np.ndarray


NO_FORM = [object(), len, lambda: 0, np.array([object()]), np.array(["text"]), np.array(["2020"], dtype="M8[Y]")]
NO_FORM += [np.zeros(2, dtype=[("a", "f8")]), np.datetime64("2020"), np.random.RandomState(0), Point, object]


@pytest.mark.parametrize("value", NO_FORM, ids=lambda v: type(v).__name__)
def test_what_has_no_form_is_not_written_as_data(value):
    with pytest.raises(Unsendable, match="has no form"):
        written([value])


def test_the_same_value_twice_comes_over_as_two():
    array = np.ones(2)
    first, second = cross([array, array])
    first[0] = 5
    assert second.tolist() == [1, 1]


def test_lists_in_lists_have_a_limit_in_writing_and_reading():
    assert cross(nested(MAX_DEPTH)) == nested(MAX_DEPTH)
    with pytest.raises(Unsendable, match="deep"):
        written(nested(MAX_DEPTH + 1))
    itself = []
    itself.append(itself)
    with pytest.raises(Unsendable, match="deep"):
        written(itself)
    tree = ["list"]
    for _ in range(2 * MAX_DEPTH + 1):
        tree = ["list", tree]
    with pytest.raises(Violation):
        read(tree)


def test_an_integer_has_a_limit_in_writing_and_reading():
    biggest = 2**BIGGEST_INT - 1
    assert cross(-biggest) == -biggest
    with pytest.raises(Unsendable, match="bits"):
        written(biggest + 1)
    with pytest.raises(Violation, match="too long"):
        read(["int", "f" * (BIGGEST_INT // 4 + 2)])


def test_data_of_something_kept_is_told_of():
    kept = Writer(refuse, lambda container: 7 if type(container) is Point else None)
    told = []
    value = Reader([], resolve, lambda value, number: told.append((value, number))).read(kept.write([Point(1, 2)]))
    assert value == [(1, 2)]
    assert told == [((1, 2), 7)]


def test_what_is_data_of_something_over_there_is_named():
    assert Writer(refuse, lambda container: ["yours", 3]).write([1, 2]) == ["yours", 3]


MALFORMED = [
    ([], ()),
    (["no such tag"], ()),
    ([["list"]], ()),
    ([None], ()),
    ({"list": 1}, ()),
    (["list", {}], ()),
    (["dict", 1], ()),
    (["dict", ["list"], 1], ()),
    (["set", ["list"]], ()),
    (["int"], ()),
    (["int", 5], ()),
    (["int", "0x zz"], ()),
    (["complex", 1, 2, 3], ()),
    (["complex", "a", "b"], ()),
    (["slice", 1, 2, 3, 4], ()),
    (["range", 1, 2, 0], ()),
    (["range", "a", 1, 1], ()),
    (["dtype", "object"], ()),
    (["dtype"], ()),
    (["dtype", ["list"]], ()),
    (["type", "eval"], ()),
    (["scalar type", "object"], ()),
    (["scalar", "float64", b"1234567"], ()),
    (["scalar", "object", b"12345678"], ()),
    (["scalar", "float64", "text"], ()),
    (["rng", "PCG64", ["dict"]], ()),
    (["rng", "RandomState", ["dict"]], ()),
    (["rng", "PCG64", None], ()),
    (["data of", 1], ()),
    (["str", 0], ()),
    (["str", True], [b"a"]),
    (["str", 1], [b"a"]),
    (["str", -1], [b"a"]),
    (["str", 0], [b"\xff"]),
    (["list", ["bytes", 0], ["bytes", 0]], [b"a"]),
    (["array", "object", [1], 0], [b"12345678"]),
    (["array", "float64", [1], 0], [b"1234567"]),
    (["array", "float64", [-1], 0], [b""]),
    (["array", "float64", [True], 0], [b"12345678"]),
    (["array", "float64", [1.0], 0], [b"12345678"]),
    (["array", "float64", 1, 0], [b"12345678"]),
    (["array", "float64", [2**40, 2**40], 0], [b"12345678"]),
    (["array", "float64", [1] * 33, 0], [b"12345678"]),
    (["array", "float64", [2**62] * 100_000, 0], [b""]),  # its product alone would take minutes
    (["array", "float64", [0, 2**70], 0], [b""]),
    (["array", ["list"], [1], 0], [b""]),
    (["array", "float64", [1]], [b"12345678"]),
    (["array", "float64", [1], b"1234567"], ()),
    (["array", "float64", [2], b"12345678"], ()),
    (["array", "float64", [1], "12345678"], ()),
]


@pytest.mark.parametrize(("tree", "buffers"), MALFORMED, ids=lambda part: str(part)[:40])
def test_a_malformed_value_is_a_violation(tree, buffers):
    with pytest.raises(Violation):
        read(tree, buffers)


@pytest.mark.parametrize("size", [0, 1, SMALL // 8, SMALL // 8 + 1])
def test_an_array_of_any_size_can_be_written_to_when_it_has_arrived(size):
    array = np.arange(float(size))
    tree, buffers = written(array)
    assert bool(buffers) == (array.nbytes > SMALL)
    there = read(tree, buffers)
    np.testing.assert_array_equal(there, array)
    there += 1
    np.testing.assert_array_equal(there, array + 1)


def test_many_small_arrays_make_no_message_too_long():
    arrays = [np.full(SMALL // 8, float(i)) for i in range(2 * ROOM // SMALL)]
    tree, buffers = written(arrays)
    assert len(msgspec.msgpack.encode(tree)) < 2 * ROOM
    assert len(buffers) == len(arrays) // 2
    for there, array in zip(read(tree, buffers), arrays, strict=True):
        np.testing.assert_array_equal(there, array)


@pytest.mark.parametrize("order", "<>")
def test_numbers_in_either_order_of_bytes_arrive_in_this_machines(order):
    array = np.arange(3).astype(f"{order}i4")
    there = cross(array)
    assert there.dtype == np.dtype("int32")
    assert there.tolist() == [0, 1, 2]
    assert cross(array.dtype) == np.dtype("int32")


def test_a_few_functions_of_ours_cross_as_a_name_and_numbers():
    assert cross(WavyGradient(2.0, 0.5)) == WavyGradient(2.0, 0.5)
    assert written([GrowingRule(3.0)])[0] == ["list", ["stand-in", "GrowingRule", 3.0]]


def test_one_whose_fields_would_tell_an_answer_does_not():
    with pytest.raises(Unsendable):
        cross(WavySum(2.0, 1.0, 0.5))


@pytest.mark.parametrize(
    "tree",
    [
        ["stand-in", "WavySum", 2.0, 1.0, 0.5],
        ["stand-in", "WavyGradient", 2.0],
        ["stand-in", "WavyGradient", 2.0, "x"],
        ["stand-in", "WavyGradient", 2.0, ["type", "int"]],
        ["stand-in", "eval", 1.0],
        ["stand-in"],
    ],
)
def test_no_other_is_made(tree):
    with pytest.raises(Violation):
        read(tree)
