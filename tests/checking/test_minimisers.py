"""Minimisers are judged by what must hold of every run, whatever their line search."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.landscapes import Bowl, WithGradient
from autograder.checking.minimisers import MINIMISE, SEARCH
from autograder.checking.subject import Subject, observe

D = 12
RNG = np.random.default_rng(0)
SCALES = np.geomspace(1, 30, D)
BOWL = Bowl(np.diag(SCALES), np.zeros(D), quartic=1.0)
START = RNG.normal(size=D)


def look(driver, function, positional=("f_and_grad", "x0"), **inputs):
    return observe(DRIVERS[driver].run, inputs, [Subject(function, "it", list(positional))])


def run(driver, minimiser, **hyper):
    """The verdicts on a minimiser, in a list."""
    observation = look(driver, minimiser, f_and_grad=WithGradient(BOWL), x0=START.copy(), **hyper)
    assert observation.error is None, observation.sentence
    return list(observation.outputs.values())


def remembering(pairs, *, forget_start=False, late=False, extra=0):
    """A minimiser whose every step is made of the gradient and `pairs` pairs before it, and which can make mistakes."""

    def minimise(f_and_grad, x0, *, memory=10, steps=100, tol=1e-8):
        x, (f, g) = x0, f_and_grad(x0)
        history, seen = [f], []
        while np.linalg.norm(g) > tol and len(history) <= steps:
            step = -0.01 * g + sum((0.1 * s - 0.001 * y for s, y in seen[-pairs:] if pairs), np.zeros(D))
            f, new = f_and_grad(x + step)
            seen.append((step, new - g))
            x, g = x + step, new
            history.append(f)
        for _ in range(extra):
            f, g = f_and_grad(x - 0.01 * g)
            x = x - 0.01 * g
            history.append(f_and_grad(x)[0])
        return x, history[1:] if forget_start else history[:-1] if late else history

    return minimise


# ------------------------------------------------------------------------------------- the minimum


def test_a_minimum_is_reached_or_not():
    assert run("minimum_reached", remembering(0), steps=5000, tol=1e-3) == ["at most tol"]
    assert run("minimum_reached", remembering(0), steps=3, tol=1e-3) == ["above tol"]


def test_nan_is_no_minimum():
    assert run("minimum_reached", lambda f_and_grad, x0: (x0 * np.nan, [1.0])) == ["not a number"]


# --------------------------------------------------------------------------------------- history


def test_history_begins_at_the_start_and_ends_at_x():
    assert run("history_kept", remembering(1), steps=3) == ["f at x0", "f at the x that is returned"]
    first, last = run("history_kept", remembering(1, forget_start=True), steps=3)
    assert (first, last) == ("not f at x0", "f at the x that is returned")
    first, last = run("history_kept", remembering(1, late=True), steps=3)
    assert (first, last) == ("f at x0", "not f at the x that is returned")


def test_entries_are_counted_in_a_list_a_tuple_and_an_array():
    for make in (list, tuple, np.array, lambda h: [np.array(v) for v in h]):

        def minimise(f_and_grad, x0, make=make):
            return x0, make([f_and_grad(x0)[0]] * 3)

        assert run("steps_made", minimise) == [3]


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (START, "it should return two things, x and history, but returned an array of shape (12,)"),
        ((START, [1.0], 2), "it should return two things, x and history, but returned 3 values"),
        (([1.0], START), "x is a list, but should be an array of shape (12,)"),
        ((START, None), "history is None, but should be a list of numbers"),
        ((START, [START]), "history holds an array of shape (12,), but should hold numbers"),
        ((START, []), "history is empty, but f at the start belongs in it"),
    ],
)
def test_what_is_no_answer_is_said(result, sentence):
    observation = look("history_kept", lambda f_and_grad, x0: result, f_and_grad=WithGradient(BOWL), x0=START.copy())
    assert observation.sentence == sentence


# ------------------------------------------------------------------------------------------ stop


def test_a_run_stops_neither_early_nor_late():
    assert run("stop_in_time", remembering(0), steps=5000, tol=0.1) == ["at most tol", "above tol"]
    assert run("stop_in_time", remembering(0), steps=5, tol=0.1) == ["above tol", "above tol"]
    assert run("stop_in_time", remembering(0, extra=2), steps=5000, tol=0.1) == ["at most tol", "at most tol"]


# ---------------------------------------------------------------------------------------- memory


def test_steps_show_how_many_pairs_they_are_made_of():
    assert run("memory_kept", remembering(0), memory=1, steps=6) == ["at most memory"]
    assert run("memory_kept", remembering(1), memory=1, steps=6) == ["at most memory"]
    assert run("memory_kept", remembering(2), memory=2, steps=8) == ["at most memory"]
    assert run("memory_kept", remembering(2), memory=1, steps=6) == [2]
    assert run("memory_kept", remembering(2, forget_start=True), memory=2, steps=8) == ["at most memory"]


def test_the_accepted_point_is_found_where_a_search_met_its_f_twice():
    """Near the bottom of a direction f is flat to the last bit, and the point that counts is the later one."""
    flat = WithGradient(Bowl(np.eye(D), np.zeros(D), 1e9))

    def minimise(f_and_grad, x0, *, memory=1, steps=100):
        path, history = [x0], [f_and_grad(x0)[0]]
        for _ in range(steps):
            g = f_and_grad(path[-1])[1]
            f_and_grad(path[-1] - 1e-9 * np.roll(g, 1))
            path.append(path[-1] - 1e-9 * g)
            history.append(f_and_grad(path[-1])[0])
        return path[-1], history

    seen = look("memory_kept", minimise, f_and_grad=flat, x0=np.arange(1.0, D + 1), memory=1, steps=3)
    assert list(seen.outputs.values()) == ["at most memory"]


def test_gradients_that_a_minimiser_writes_into_are_kept_as_they_were():
    def minimise(f_and_grad, x0, *, memory=1, steps=100):
        x, history = x0, []
        for _ in range(steps):
            f, g = f_and_grad(x)
            history.append(f)
            x = x - 0.01 * g
            g *= np.arange(D)
        return x, history

    assert run("memory_kept", minimise, memory=1, steps=6) == ["at most memory"]


# --------------------------------------------------------------------------------- loops without end


def test_a_loop_that_never_ends_is_told():
    def forever(f_and_grad, x0):
        while True:
            f_and_grad(x0)

    seen = look("minimum_reached", forever, f_and_grad=WithGradient(BOWL), x0=START.copy())
    assert seen.sentence == f"it asked for f more than {MINIMISE} times: can it ever end?"

    def search(f, x):
        while f(x) > -1:
            pass

    seen = look("line_search", search, ("f", "x"), f=BOWL, x=START.copy())
    assert seen.sentence == f"it asked for f more than {SEARCH} times: can it ever end?"


def test_a_call_is_shown_with_the_name_of_the_landscape():
    seen = look("line_search", lambda f, x: f(x), ("f", "x"), f=BOWL, x=np.zeros(2) + 1)
    assert seen.called == "it(f=Bowl, x=[1, 1])"


def test_x0_that_is_changed_is_noticed():
    def in_place(f_and_grad, x0):
        x0 -= 1
        return x0, [f_and_grad(x0)[0]]

    seen = look("point_reached", in_place, f_and_grad=WithGradient(BOWL), x0=START.copy())
    assert seen.changed == ["x0"]


# ------------------------------------------------------------------------------------- updates of H

H, S, Y = np.diag([1.0, 2.0]), np.array([1.0, 0.0]), np.array([2.0, 1.0])


def of_update(driver, new):
    return look(driver, lambda H, s, y: new, ("H", "s", "y"), H=H, s=S, y=Y)


def test_the_secant_equation_is_measured():
    assert of_update("secant_equation", np.array([[0.75, -0.5], [-0.5, 1.0]])).outputs["the new H @ y"].tolist() == [
        1,
        0,
    ]
    assert of_update("secant_equation", H).outputs["the new H @ y"].tolist() == [2, 2]


@pytest.mark.parametrize(
    ("new", "verdicts"),
    [
        (H, [True, True]),
        (np.array([[1.0, 0.2], [0.1, 1.0]]), [False, True]),
        (np.diag([1.0, -1.0]), [True, False]),
        (H * np.nan, [False, False]),
    ],
)
def test_symmetry_and_signs_are_told_apart(new, verdicts):
    assert list(of_update("symmetry", new).outputs.values()) == verdicts


def test_what_is_no_matrix_is_said():
    assert of_update("symmetry", [1, 2]).sentence == "the new H is a list, but should be an array of shape (2, 2)"
