"""What a notebook's cells call: `check` by a student, with the frozen cases; `grade` by a hidden test, with fresh ones.

Both show a result and return the points as a plain float, which as a cell's last value is nbgrader's score.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from IPython.display import display

from autograder.checking import frozen
from autograder.checking.engine import evaluate
from autograder.checking.prepared import Prepared, add_mistakes, hidden_seed, prepare
from autograder.checking.result import Outcome, Result
from autograder.checking.show import short
from autograder.checking.subject import CannotCheck

CHECKS = "checks.json"
_work: ContextVar[Path | None] = ContextVar("work", default=None)
_shown: ContextVar[list[Result] | None] = ContextVar("shown", default=None)


@contextmanager
def working_for(folder: Path) -> Iterator[None]:
    """Say whose work is graded in the block, where it is not the working directory: .../STUDENT/ASSIGNMENT."""
    token = _work.set(folder)
    try:
        yield
    finally:
        _work.reset(token)


@contextmanager
def results_shown() -> Iterator[list[Result]]:
    """A list of the results that are shown in the block, for who counts them over a class."""
    token = _shown.set(shown := [])
    try:
        yield shown
    finally:
        _shown.reset(token)


def check(*functions: Callable | str) -> float:
    """Check the functions of one exercise, in any order, on its visible cases. Returns the points.

    Of two exercises of the same functions the second is asked for by name: check("accuracy", train_model, predict).
    """
    return _show(_check(functions, sys._getframe(1).f_globals))


def grade(exercise: str, *functions: Callable) -> float:
    """Check the functions of an exercise, in its order, on fresh cases against the answer key. Returns the points.

    The course is found above the working directory; the cases are drawn for the student whose folder this is.
    """
    result = _grade(exercise, functions)
    result.hidden = True
    return _show(result)


def _show(result: Result) -> float:
    display(result)
    if (shown := _shown.get()) is not None:
        shown.append(result)
    return float(result.points)


def _check(functions: tuple, namespace: dict) -> Result:
    path = Path.cwd() / CHECKS
    try:
        assignment, exercises = _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return _unchecked(
            f"{CHECKS} is missing in {path.parent}. It came with the assignment, beside the notebook: "
            "fetch the assignment again and copy the file back. Your answers stay as they are."
        )
    except (ValueError, OSError) as error:
        return _unchecked(f"{path} cannot be read: {error}. Fetch the assignment again and copy this file back.")
    named = [name for name in functions if isinstance(name, str) and name in exercises][:1]
    functions = functions[len(named) :]
    known = {name: exercise for exercise in exercises.values() for name in exercise.functions}
    names = {_name_of(function, known, namespace): function for function in functions}
    asked = (e for e in exercises.values() if set(e.functions) == set(names))  # two may share a function
    exercise = exercises[named[0]] if named else next(asked, known.get(next(iter(names), "")))
    if exercise is None:
        given = ", ".join(f"'{name}'" for name in names) or "nothing"
        return Result(
            given,
            Outcome.FAILED,
            0.0,
            0.0,
            note=f"There is no such exercise in {assignment}. It has: {', '.join(known)}.",
        )
    if set(names) != set(exercise.functions):
        return Result(
            exercise.title,
            Outcome.FAILED,
            0.0,
            exercise.points,
            note=f"This exercise is checked with `check({', '.join(exercise.functions)})`.",
        )
    return _evaluate(exercise, names)


def _grade(name: str, functions: tuple) -> Result:
    from autograder.course.key import Key, find_key

    here = _work.get() or Path.cwd()
    try:
        key: Key = find_key(here)
    except FileNotFoundError as error:
        return _unchecked(str(error))
    exercise = key.exercises[name]
    prepared = prepare(exercise, key.reference, hidden_seed(here.name, name, here.parent.name), hidden=True)
    known = key.wrong_for(exercise)
    named = dict(zip(exercise.functions, functions, strict=True))
    return _evaluate(prepared, named, lambda: add_mistakes(prepared, key.reference, known))


def _evaluate(exercise: Prepared, functions: dict, prepare_mistakes: Callable = lambda: None) -> Result:
    for name, function in functions.items():
        if not callable(function):
            note = f"`{name}` is {short(function)}, but should be a function."
            return Result(exercise.title, Outcome.FAILED, 0.0, exercise.points, note=note)
    try:
        return evaluate(exercise, functions, prepare_mistakes)
    except CannotCheck as missing:
        return _unchecked(str(missing))


def _name_of(function, known: dict, namespace: dict) -> str:
    """The exercise's name under which the notebook knows this object: `adam = my_adam` is adam."""
    names = [name for name in known if name in namespace and namespace[name] is function]
    own = getattr(function, "__name__", short(function))
    return own if own in names or not names else names[0]


def _unchecked(note: str) -> Result:
    return Result("Check", Outcome.UNCHECKED, 0.0, 0.0, note=note)


@lru_cache(maxsize=4)
def _read(path: Path, modified: int) -> tuple[str, dict[str, Prepared]]:
    return frozen.read(path)
