"""What is frozen comes back as it was, bit for bit, and a text that is no such file is told apart."""

import json

import numpy as np
import pytest

from autograder.checking import Case, Exercise, Property, Tolerance
from autograder.checking.frozen import freeze, from_data, thaw, to_data
from autograder.checking.prepared import add_mistakes, prepare
from autograder.checking.stand_ins import GrowingRule, WavyGradient


def thawed(value):
    return from_data(json.loads(json.dumps(to_data(value))))


def identical(a, b) -> bool:
    """Whether two values have the same types, and the same bits."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, dict):
        return list(a) == list(b) and all(identical(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(identical, a, b))
    if isinstance(a, float):
        return a.hex() == b.hex()
    return a == b


RNG = np.random.default_rng(0)
SPECIAL = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, 0.1 + 0.2, np.finfo(float).max])


@pytest.mark.parametrize(
    "value",
    [
        RNG.normal(size=(3, 4)) * 10.0 ** RNG.integers(-300, 300, size=(3, 4)),
        SPECIAL,
        RNG.normal(size=7).astype("float32"),
        np.array([np.nan, np.inf, -0.0, 1e-45], "float32"),
        np.array([0.1, 65504], "float16"),
        np.array([2**63 - 1, -(2**63)]),
        np.array([2**64 - 1], "uint64"),
        np.array([[True], [False]]),
        np.zeros((0, 3), "float32"),
        np.zeros((3, 0), int),
        np.array(2.5),
        np.float32(0.1),
        np.float64(-0.0),
        np.int64(3),
        np.True_,
        -0.0,
        float("inf"),
        float("nan"),
        0.1 + 0.2,
        10**30,
        True,
        None,
        "Größe \n ✓",
        (),
        [],
        {},
        (1, (2.0, [np.arange(3), ()])),
        {"m": SPECIAL, "t": 7, "deep": {"v": (SPECIAL,)}},
        {1: "one", (2, 3): "a pair", None: 0},
        {"$array": [1.0], "dtype": "float64", "shape": [1]},
        {"$tuple": [1]},
    ],
    ids=repr,
)
def test_freezing_and_thawing_is_the_identity(value):
    assert identical(thawed(value), value)


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(7)
    rng.normal(size=5)
    copy = thawed(rng)
    assert copy is not rng
    np.testing.assert_array_equal(copy.normal(size=9), rng.normal(size=9))


def test_stand_ins_come_back_and_do_the_same():
    gradient, rule = thawed([WavyGradient(2.0, 0.1), GrowingRule(1.5)])
    assert (gradient, rule) == (WavyGradient(2.0, 0.1), GrowingRule(1.5))
    assert identical(gradient(SPECIAL[3:6]), WavyGradient(2.0, 0.1)(SPECIAL[3:6]))


def test_what_is_no_data_leaves_only_the_name_of_its_type():
    assert to_data(print) == {"$other": "builtin_function_or_method"}
    assert thawed([print, 1])[1] == 1


def double(x, *, by=2.0):
    return by * x


def forgets(x, *, by=2.0):
    """You forget `by`."""
    return x / 3.0


forgets.stands_for = "double"


@pytest.fixture
def prepared():
    def draw(rng):
        return [Case("a row", {"x": rng.normal(size=3).astype("float32"), "by": 3.0})]

    properties = [
        Property("doubles", draw, weight=2, core=True, tolerance=Tolerance(1e-3, 1e-4)),
        Property("refuses", lambda rng: [Case("none", {"x": 1.0}, expected="x")], judge="raises"),
    ]
    reference = {"double": double}
    return add_mistakes(prepare(Exercise("double", "Double", 4, properties), reference, 0), reference, [forgets])


def test_an_exercise_comes_back_whole(prepared):
    assignment, exercises = thaw(freeze("00_doubles", [prepared]))
    back = exercises["double"]
    assert (assignment, list(exercises)) == ("00_doubles", ["double"])
    assert (back.name, back.title, back.points) == ("double", "Double", 4)
    assert back.functions == {"double": ["x"]}
    for new, old in zip(back.properties, prepared.properties, strict=True):
        assert [vars(new)[k] for k in vars(new) if k != "cases"] == [vars(old)[k] for k in vars(old) if k != "cases"]
        for a, b in zip(new.cases, old.cases, strict=True):
            assert a.label == b.label
            assert identical(a.inputs, b.inputs)
            assert identical(a.expected, b.expected)


def test_a_mistake_travels_without_its_name_or_code_and_with_10_digits(prepared):
    text = freeze("00_doubles", [prepared])
    assert "forgets" not in text.replace("You forget", "")
    assert "return" not in text
    (mistake,) = thaw(text)[1]["double"].mistakes
    (known,) = prepared.mistakes
    assert (mistake.name, mistake.hint, set(mistake.seen)) == ("", known.hint, set(known.seen))
    mark = json.loads(text)["exercises"][0]["mistakes"][0]["seen"]["0"][0]["the result"]["$array"]
    assert mark == [float(f"{number:.10g}") for number in mark]
    np.testing.assert_allclose(mistake.seen[0][0]["the result"], known.seen[0][0]["the result"], rtol=1e-9, atol=0)


def test_the_same_exercises_freeze_to_the_same_bytes(prepared):
    text = freeze("00_doubles", [prepared])
    assert text == freeze("00_doubles", [prepared])
    assert freeze(*_thawed_list(text)) == text


def _thawed_list(text):
    assignment, exercises = thaw(text)
    return assignment, list(exercises.values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "null",
        "{}",
        '{"format": 1}',
        '{"format": 99, "assignment": "a", "exercises": []}',
        '{"format": 1, "assignment": "a", "exercises": [{}]}',
        '{"format": 1, "assignment": "a", "exercises": [null]}',
        '{"format": 1, "assignment": "a", "exercises": null}',
        '{"format": 1, "assignment": "a", "exercises": [{"properties": [], "mistakes": []}]}',
    ],
)
def test_a_text_that_is_no_checks_file_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        thaw(text)


def test_half_a_file_is_a_value_error_wherever_it_is_cut(prepared):
    text = freeze("00_doubles", [prepared])
    for end in range(0, len(text) - 2, 7):
        with pytest.raises(ValueError, match=r"."):
            thaw(text[:end])
