"""A student's function under observation: how it is called, and what a call did besides returning."""

from __future__ import annotations

import contextlib
import itertools
import re
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from autograder.checking.deadline import TooSlow, deadline
from autograder.checking.show import show_call

SECONDS = 10  # for one case: a right answer takes milliseconds


class CannotCheck(BaseException):
    """Something of the grader's own is missing; the message says what. No fault of the function's."""


class Malformed(Exception):
    """What came back cannot be used as the exercise says; the message is a sentence for the student."""


class Subject:
    """Calls a function with named arguments, and notices which of them it changes.

    positional: the names of the parameters that are passed by position, so that a student may rename them.
    """

    def __init__(self, function: Callable, name: str, positional: list[str]):
        self.function, self.name, self.positional = function, name, positional
        self.calls = 0
        self.first_arguments: dict = {}
        self.changed: set[str] = set()

    def __call__(self, **arguments):
        kept = {name: snapshot(value) for name, value in arguments.items()}
        if not self.calls:
            self.first_arguments = kept
        self.calls += 1
        leading = list(itertools.takewhile(arguments.__contains__, self.positional))
        by_position = [arguments[name] for name in leading]
        by_keyword = {name: value for name, value in arguments.items() if name not in leading}
        result = self.function(*by_position, **by_keyword)
        for name in arguments:
            self.changed |= set(changes(arguments[name], kept[name], name))
        return result


@dataclass
class Observation:
    """What a driver saw: the outputs by name, the arguments that were changed, the error that ended it."""

    outputs: dict = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    error: BaseException | None = None
    seconds: float = SECONDS
    subjects: list[Subject] = field(default_factory=list)

    @property
    def called(self) -> str:
        """The first call as text, and how many others there were; empty without any."""
        first = next((subject for subject in self.subjects if subject.calls), None)
        if first is None:
            return ""
        others = sum(subject.calls for subject in self.subjects) - 1
        call = show_call(first.name, first.first_arguments)
        return call + (f" and {others} more call{'s' * (others > 1)}" if others else "")

    @property
    def failure(self) -> str | None:
        """The error in one word for comparison with a known mistake, None without one."""
        if self.error is None:
            return None
        return str(self.error) if isinstance(self.error, Malformed) else f"raised {type(self.error).__name__}"

    @property
    def sentence(self) -> str:
        """The error as the student should read it."""
        if isinstance(self.error, Malformed):
            return str(self.error)
        where = student_line(self.error)
        if isinstance(self.error, TooSlow):
            return f"it still ran after {self.seconds:g} seconds{f', at `{where}`' if where else ''}: can it ever end?"
        if where is None and isinstance(self.error, TypeError):
            return f"it cannot be called as its docstring says: {self.error}"
        return f"it raised {type(self.error).__name__}: {self.error}" + (f" (at `{where}`)" if where else "")


def observe(driver, inputs: dict, subjects: list[Subject], seconds: float | None = None) -> Observation:
    """Run a driver over subjects. Warnings are not errors, and nothing reaches stderr: it costs points in nbgrader."""
    seen = Observation(seconds=seconds or SECONDS, subjects=subjects)
    with warnings.catch_warnings(), np.errstate(all="ignore"), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")
        try:
            with deadline(seen.seconds):
                seen.outputs = driver(inputs, *subjects)
        except (Exception, SystemExit, TooSlow) as error:
            seen.error = error
    seen.changed = sorted(set().union(*(subject.changed for subject in subjects)))
    return seen


def snapshot(value):
    """A copy of the arrays and containers in a value; anything else as it is."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: snapshot(v) for key, v in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(snapshot(v) for v in value) if type(value) in (tuple, list) else value
    return value


def changes(now, before, name: str) -> Iterator[str]:
    """The parts of a value, such as `state['m']`, that no longer equal its snapshot bit for bit."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in before.keys() | now.keys():
            if (key in now) != (key in before):
                yield f"{name}[{key!r}]"
            else:
                yield from changes(now[key], before[key], f"{name}[{key!r}]")
    elif isinstance(before, tuple | list) and isinstance(now, tuple | list) and len(now) == len(before):
        for i, (new, old) in enumerate(zip(now, before, strict=True)):
            yield from changes(new, old, f"{name}[{i}]")
    elif isinstance(before, np.ndarray) and isinstance(now, np.ndarray):
        if (now.dtype, now.shape) != (before.dtype, before.shape) or now.tobytes() != before.tobytes():
            yield name
    elif isinstance(before, _SINGLE) and type(now) is type(before):
        if now is not before and now != before:
            yield name
    elif isinstance(before, _SINGLE | dict | tuple | list | np.ndarray):  # of another type or length
        yield name


_SINGLE = bool | int | float | str | np.generic | None


def student_line(error: BaseException) -> str | None:
    """The source line that raised, in the student's code; None when the call itself failed.

    An error of a function in another process brings its line along.
    """
    if hasattr(error, "student_line"):
        return error.student_line
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _OURS.search(f.filename)]
    own = [f for f in frames if "site-packages" not in f.filename]
    return (own or frames)[-1].line or None if frames else None


_OURS = re.compile(r"autograder[/\\](checking|grading)[/\\]")
