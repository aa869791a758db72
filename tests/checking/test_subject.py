"""What a call does besides returning: arguments it changes, errors it ends in, noise it makes."""

import collections
import sys
import warnings

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Malformed, Subject, changes, observe, snapshot

W = np.array([1.0, 2.0])


def observed(function, positional=("w",), **arguments):
    """An observation of one call."""
    subject = Subject(function, "f", list(positional))
    return observe(DRIVERS["call"].run, arguments, [subject])


def raising(error):
    def f(w):
        raise error

    return f


def test_a_student_may_rename_what_is_passed_by_position():
    seen = observed(lambda mine, *, rate: mine * rate, ("w",), w=3.0, rate=2.0)
    assert seen.outputs == {"the result": 6.0}
    assert seen.called == "f(w=3, rate=2)"


def test_an_argument_left_out_does_not_move_the_next_one_into_its_place():
    seen = observed(lambda x, w=10.0, b=0.0: (x, w, b), ("x", "w", "b"), x=1.0, b=2.0)
    assert seen.outputs == {"the result": (1.0, 10.0, 2.0)}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda w, state: None, []),
        (lambda w, state: w + 1, []),
        (lambda w, state: w.__imul__(2), ["w"]),
        (lambda w, state: w.__setitem__(0, -0.0), ["w"]),  # from 0.0: bit for bit
        (lambda w, state: w.resize(3, refcheck=False), ["w"]),
        (lambda w, state: state["m"].fill(7), ["state['m']"]),
        (lambda w, state: state["deep"][0].fill(7), ["state['deep'][0]"]),
        (lambda w, state: state["deep"].append(7), ["state['deep']"]),
        (lambda w, state: state.update(t=8), ["state['t']"]),
        (lambda w, state: state.update(t=np.ones(2)), ["state['t']"]),
        (lambda w, state: state.update(v=np.ones(2)), ["state['v']"]),
        (lambda w, state: state.update(m=None), ["state['m']"]),
        (lambda w, state: state.update(m=0.0), ["state['m']"]),
        (lambda w, state: state.update(deep=None), ["state['deep']"]),
        (lambda w, state: state.update(s=np.float32(3)), ["state['s']"]),
        (lambda w, state: state.update(new=1), ["state['new']"]),
        (lambda w, state: state.pop("t"), ["state['t']"]),
        (lambda w, state: (w.fill(3), state["m"].fill(7)), ["state['m']", "w"]),
    ],
)
def test_a_changed_argument_is_named_with_its_path(change, named):
    state = {"m": np.zeros(2), "v": None, "t": 7, "s": np.float32(2), "deep": [np.zeros(1)], "f": print}
    seen = observed(change, ("w", "state"), w=np.array([0.0, 1.0]), state=state)
    assert seen.error is None
    assert seen.changed == named


def test_nan_and_a_dict_of_another_class_are_not_taken_for_changes():
    nan = float("nan")
    state = collections.defaultdict(float, m=np.array([nan]), nan=nan, rng=np.random.default_rng(0))
    assert list(changes(state, snapshot(state), "state")) == []


def test_a_snapshot_shares_nothing_with_its_value():
    value = {"m": [np.zeros(2), (np.zeros(1),)]}
    kept = snapshot(value)
    value["m"][0][0] = value["m"][1][0][0] = 9
    value["m"].append(1)
    assert len(kept["m"]) == 2
    assert kept["m"][0][0] == kept["m"][1][0][0] == 0


@pytest.mark.parametrize(
    ("function", "failure", "sentence"),
    [
        (raising(KeyError("m")), "raised KeyError", "it raised KeyError: 'm' (at `raise error`)"),
        (raising(SystemExit(3)), "raised SystemExit", "it raised SystemExit: 3 (at `raise error`)"),
        (raising(Malformed("w is odd")), "w is odd", "w is odd"),
        (lambda: 1, "raised TypeError", "it cannot be called as its docstring says: "),
        (lambda w, more: 1, "raised TypeError", "it cannot be called as its docstring says: "),
        (lambda w: w @ np.ones(5), "raised ValueError", "it raised ValueError: matmul: "),
    ],
)
def test_an_error_is_told_with_the_students_line(function, failure, sentence):
    seen = observed(function, w=W)
    assert seen.failure == failure
    assert seen.sentence.startswith(sentence)
    assert "autograder" not in seen.sentence


def test_a_type_error_inside_is_not_taken_for_a_wrong_signature():
    seen = observed(lambda w: w + "1", w=1)
    assert seen.sentence.startswith("it raised TypeError: unsupported operand")
    assert "(at `" in seen.sentence


def test_an_error_inside_numpy_is_told_with_the_students_line_too():
    seen = observed(lambda w: np.linalg.inv(np.zeros((2, 2))), w=1)
    assert seen.sentence.startswith("it raised LinAlgError: Singular matrix (at `seen = observed(lambda w:")


def test_an_endless_recursion_is_an_error_like_another():
    def f(w):
        return f(w)

    assert observed(f, w=1).failure == "raised RecursionError"


def test_a_student_who_interrupts_is_let_go():
    with pytest.raises(KeyboardInterrupt):
        observed(raising(KeyboardInterrupt()), w=1)


def test_nothing_reaches_stderr_and_what_is_printed_is_kept(capfd):
    def noisy(w):
        print("printed")
        print("to stderr", file=sys.stderr)
        warnings.warn("warned", UserWarning, stacklevel=1)
        np.array([0.0, 1000.0]) / np.array([0.0, 0.0])
        np.exp(np.array([1000.0]))
        return w

    seen = observed(noisy, w=1.0)
    out, err = capfd.readouterr()
    assert seen.error is None
    assert err == ""
    assert out == "printed\nto stderr\n"


def test_the_first_call_is_shown_and_the_others_are_counted():
    subject = Subject(lambda w: w + 1, "f", ["w"])
    seen = observe(lambda inputs, s: {"a": s(w=s(w=s(**inputs)))}, {"w": 0}, [subject])
    assert seen.called == "f(w=0) and 2 more calls"
