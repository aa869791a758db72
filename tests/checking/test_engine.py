"""From answers to points: all for right, nothing for a stub, at most half for wrong, and a name for the mistake."""

import sys
import warnings

import numpy as np
import pytest

from autograder.checking import Case, Exercise, Property, wrong
from autograder.checking.engine import evaluate
from autograder.checking.frozen import freeze, thaw
from autograder.checking.prepared import add_mistakes, hidden_seed, prepare, visible_seed
from autograder.checking.result import Outcome


def scale(x, *, by):
    """by * x; a ValueError that names `by` where it is 0."""
    if by == 0:
        raise ValueError("by is 0")
    return by * x


@wrong("scale")
def scale_adds(x, *, by):
    """You add `by`. Scaling multiplies."""
    return x + by


@wrong("scale")
def scale_in_place(x, *, by):
    """You write into the caller's x."""
    if by == 0:
        raise ValueError("by is 0")
    x *= by
    return x


def case(rng, label="a row", dtype=float, by=3.0):
    return [Case(label, {"x": rng.normal(size=3).astype(dtype), "by": by})]


EXERCISE = Exercise(
    "scale",
    "Scaling",
    6,
    [
        Property("scales", case, weight=2, core=True),
        Property("scales by a half", lambda rng: case(rng, by=0.5), core=True),
        Property("leaves x alone", case, judge="unchanged"),
        Property("keeps float32", lambda rng: case(rng, "float32", "float32"), judge="keeps dtype"),
        Property("refuses 0", lambda rng: [Case("by=0", {"x": 1.0, "by": 0}, expected="by")], judge="raises"),
    ],
)
REFERENCE = {"scale": scale}


def prepared(seed=0):
    return add_mistakes(prepare(EXERCISE, REFERENCE, seed), REFERENCE, [scale_adds, scale_in_place])


PREPARED = prepared()


def result_of(function):
    return evaluate(PREPARED, {"scale": function})


def failing(result):
    return [prop.title for prop in result.properties if not prop.passed]


def test_a_right_answer_gets_all_points_and_no_hint():
    result = result_of(scale)
    assert (result.outcome, result.points, result.possible) == (Outcome.PASSED, 6, 6)
    assert failing(result) == result.hints == []


def test_an_exercise_out_of_its_file_grades_the_same():
    thawn = thaw(freeze("00", [PREPARED]))[1]["scale"]
    for function in (scale, scale_adds, scale_in_place, lambda x, by: None):
        assert repr(evaluate(thawn, {"scale": function})) == repr(result_of(function))


def test_a_right_answer_may_warn_print_and_keep_stderr_clean(capfd):
    def noisy(x, *, by):
        print("here", file=sys.stderr)
        warnings.warn("mind", RuntimeWarning, stacklevel=1)
        _ = np.log(np.zeros(1)) / np.zeros(1)
        return scale(x, by=by)

    assert result_of(noisy).points == 6
    assert capfd.readouterr().err == ""


def stub(x, *, by):
    raise NotImplementedError()


def test_a_stub_was_not_attempted():
    result = result_of(stub)
    assert (result.outcome, result.points, result.possible) == (Outcome.FAILED, 0, 6)
    assert repr(result).startswith("✗ Scaling: 0 of 6 points\n  Not attempted yet.\n  – scales")


def test_half_an_answer_was_attempted():
    def half(x, *, by):
        return by * x if by > 1 else stub(x, by=by)

    result = result_of(half)
    assert failing(result) == ["scales by a half", "refuses 0"]
    assert result.properties[1].fault.startswith("it raised NotImplementedError")
    assert result.points == 3


@pytest.mark.parametrize(
    ("answer", "points", "lost"),
    [
        (scale_in_place, 3, ["leaves x alone"]),  # 5/6 of the weight, but wrong is at most half
        (lambda x, by: by * x, 3, ["refuses 0"]),
        (lambda x, by: scale(x, by=3.0) if by else scale(x, by=0), 3, ["scales by a half"]),
        (lambda x, by: 3.0 * np.asarray(x, float), 3, ["scales by a half", "keeps float32", "refuses 0"]),
        (
            lambda x, by: 0.5 * np.asarray(x, float),
            2,  # 2/6 of the weight
            ["scales", "keeps float32", "refuses 0"],
        ),
        (lambda x, by: x, 0, ["scales", "scales by a half", "refuses 0"]),  # none of the core holds
        (scale_adds, 0, ["scales", "scales by a half", "refuses 0"]),
    ],
)
def test_credit_is_by_property_and_at_most_half(answer, points, lost):
    result = result_of(answer)
    assert result.outcome is Outcome.FAILED
    assert failing(result) == lost
    assert result.points == points


class Yes:
    __hash__ = None

    def __eq__(self, other):
        return True

    def __repr__(self):
        raise RuntimeError


def leave(x, *, by):
    sys.exit("done")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (lambda x, by: None, "the result is None, but should be an array of shape (3,)"),
        (lambda x, by: by, "the result is a float, but should be an array of shape (3,)"),
        (lambda x, by: (by * x, 1), "the result is a tuple, but should be an array of shape (3,)"),
        (lambda x, by: list(by * x), "the result is a list, but should be an array of shape (3,)"),
        (lambda x, by: Yes(), "the result is a Yes, but should be an array of shape (3,)"),
        (lambda x, by: (by * x)[None], "the result has shape (1, 3), but should have shape (3,)"),
        (lambda x, by: (by * x).astype(object), "the result is an array of objects, but should hold numbers"),
        (lambda x, by: x * np.nan, "the result holds NaN (not a number)"),
        (lambda x, by: x / 0, "the result holds infinity"),
        (lambda x: x, "it cannot be called as its docstring says: "),
        (lambda x, by, more: x, "it cannot be called as its docstring says: "),
        (leave, 'it raised SystemExit: done (at `sys.exit("done")`)'),
        (lambda x, by: x @ np.ones(7), "it raised ValueError: matmul"),
    ],
)
def test_a_bad_answer_gets_a_sentence_and_no_points(answer, fault):
    result = result_of(answer)
    assert result.points == 0
    assert result.properties[0].fault.startswith(fault)
    assert result._repr_html_()
    assert "scale(x=[" in repr(result)


def test_a_known_mistake_is_named_also_when_written_otherwise():
    assert result_of(lambda x, by: by + x).hints == ["You add `by`. Scaling multiplies."]
    assert result_of(scale_in_place).hints == ["You write into the caller's x."]
    assert result_of(lambda x, by: x).hints == []


def test_a_mistake_made_beside_another_one_is_still_named():
    def both(x, *, by):  # also forgets to refuse 0
        x *= by
        return x

    assert result_of(both).hints == ["You write into the caller's x."]


def test_a_mistake_made_in_two_functions_is_named_where_both_make_it():
    def plus_forward(x):
        return x + 1, x

    def plus_backward(dout, cache):
        return dout

    @wrong("plus_forward")
    def doubles(x):
        """You double."""
        return 2 * x, x

    @wrong("plus_backward", beside=doubles)
    def doubles_back_too(dout, cache):
        """You double in both."""
        return 2 * dout

    def draw(rng):
        return [Case("a row", {"x": rng.normal(size=3), "dout": rng.normal(size=3)})]

    pair = {"plus_forward": plus_forward, "plus_backward": plus_backward}
    exercise = Exercise("plus", "Plus", 2, [Property("holds", draw, "pair_there_and_back", core=True)], tuple(pair))
    known = add_mistakes(prepare(exercise, pair, 0), pair, [doubles, doubles_back_too])
    assert evaluate(known, {**pair, "plus_forward": doubles}).hints == ["You double."]
    both = {"plus_forward": lambda x: (x + x, x), "plus_backward": lambda dout, cache: dout + dout}
    assert evaluate(known, both).hints == ["You double in both."]


def test_of_two_mistakes_one_of_which_contains_the_other_the_larger_is_named():
    @wrong("scale")
    def scale_refuses_nothing(x, *, by):
        """You refuse nothing."""
        return by * x

    def both(x, *, by):
        """You refuse nothing and write into x."""
        x *= by
        return x

    both.stands_for = "scale"
    mistakes = [scale_refuses_nothing, scale_in_place, both]
    exercise = add_mistakes(prepare(EXERCISE, REFERENCE, 0), REFERENCE, mistakes)
    assert evaluate(exercise, {"scale": both}).hints == ["You refuse nothing and write into x."]
    assert evaluate(exercise, {"scale": scale_in_place}).hints == ["You write into the caller's x."]


def test_the_inputs_are_the_same_whatever_an_answer_did_to_them_before():
    before = freeze("00", [PREPARED])
    for _ in range(2):
        assert result_of(scale_in_place).points == 3
    assert freeze("00", [PREPARED]) == before


def test_cases_come_from_the_seed_alone():
    def cases(seed):
        return freeze("00", [prepare(EXERCISE, REFERENCE, seed)])

    assert cases(1) == cases(1)
    assert cases(1) != cases(2)
    seeds = {
        hidden_seed("03", "adam", "ann"),
        hidden_seed("03", "adam", "bob"),
        hidden_seed("03", "adamw", "ann"),
        hidden_seed("02", "adam", "ann"),
        visible_seed("03", "adam"),
    }
    assert len(seeds) == 5
    assert hidden_seed("03", "adam", "ann") == 5030543336274163322  # on every machine, in every year


def test_a_reference_that_fails_stops_the_author():
    with pytest.raises(RuntimeError, match="scale, 'scales', case 'a row': the reference fails"):
        prepare(EXERCISE, {"scale": lambda x, by: 1 / 0}, 0)


def test_randomness_comes_in_as_a_generator_in_the_same_state_for_both():
    def noise(rng, *, size):
        return rng.normal(size=size)

    exercise = Exercise(
        "noise",
        "Noise",
        1,
        [Property("draws", lambda rng: [Case("5", {"rng": np.random.default_rng(rng.integers(99)), "size": 5})])],
    )
    ready = prepare(exercise, {"noise": noise}, 0)
    assert [evaluate(ready, {"noise": noise}).points for _ in range(2)] == [1, 1]
    assert evaluate(ready, {"noise": lambda rng, size: np.random.default_rng(0).normal(size=size)}).points == 0


def test_a_stub_is_shown_what_will_be_checked():
    result = result_of(stub)
    assert [prop.mark for prop in result.properties] == ["–"] * len(EXERCISE.properties)
    assert str(result).count("–") == len(EXERCISE.properties)
