"""The student's process: runs the notebook's cells, and answers calls of what they defined.

Everything here runs where the student's code runs. Nothing here is trusted: the grader takes what comes as data.
"""

from __future__ import annotations

import builtins
import contextlib
import os
import socket
import sys
import time
import traceback
import warnings

import numpy as np

from autograder.checking.at_once import observe_cases
from autograder.checking.subject import Observation, student_line
from autograder.grading.apart.definitions import only_defines
from autograder.grading.apart.in_place import call_and_note, write_all_back
from autograder.grading.apart.names import Noted, nothing_to_change
from autograder.grading.apart.peer import Peer, error_class
from autograder.grading.apart.shell import Shell
from autograder.grading.apart.values import CONTAINERS

NOTHING = object()


class StudentPeer(Peer):
    """The student's end: runs cells, and serves the names that they defined."""

    tells = BaseException

    def __init__(self, sock: socket.socket, shell: Shell, marks: dict[int, Noted] | None = None):
        super().__init__(sock)
        self.shell, self.process = shell, os.getpid()
        self.states: list[int] = []  # processes that keep a state
        self.marks = marks or {}  # of tests that may share a state
        self.test: int | None = None  # whose names there are now
        self.observed: list[Observation] = []  # of the last property

    def stand_in(self, number, type_name, can_be_called):
        def function(*args, **kwargs):
            result, changed = self.ask("call", stand_in, list(args), kwargs)
            write_all_back(args, kwargs, changed)
            return result

        stand_in = _GradersFunction(number, function)
        return stand_in

    def kept(self, container):
        """A container of a type of its own is kept: given back, it is the original again."""
        return None if type(container) in CONTAINERS else self.number_of(container)

    def serve(self, operation, arguments):
        try:
            return self._serve(operation, arguments)
        finally:
            if os.getpid() != self.process:  # one that the student's code has forked: it answers nobody
                os._exit(0)

    def _serve(self, operation, arguments):
        match operation, arguments:
            case "run", [source]:
                return self.shell.run(source)
            case "define", [source]:
                return self.shell.define(source)
            case "only defines", [source]:
                return only_defines(self.shell.transform_cell(source))
            case "mark", [test]:
                return self._mark(test)
            case "snapshot", []:
                return self.snapshot()
            case "turn", [test]:
                return self._turn(test)
            case "name", [name]:
                value = self.shell.user_ns.get(name, NOTHING)
                return () if value is NOTHING or name in self.shell.user_ns_hidden or name == "_" else (value,)
        # whatever the student's code set: a warning is never an error, and NumPy's are told (see `_call`)
        with np.errstate(all="warn", under="ignore"), warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            return self._use(operation, arguments, heard)

    def _use(self, operation, arguments, heard):
        match operation, arguments:
            case "call", [function, args, kwargs]:
                return self._call(function, args, kwargs, heard)
            case "observe", [driver, cases, functions]:
                return self._observe(driver, cases, functions)
            case "attribute", [thing, name]:
                return getattr(thing, name)
            case "set attribute", [thing, name, value]:
                return setattr(thing, name, value)
            case "item", [thing, key]:
                return thing[key]
            case "length", [thing]:
                return len(thing)
            case "truth", [thing]:
                return bool(thing)
            case "iterator", [thing]:
                return iter(thing)
            case "next", [thing]:
                return _next(thing)
        raise TypeError(f"{operation} is no question")

    def _call(self, function, args, kwargs, heard):
        """The result, what the arguments are after the call where it changed them in place, and NumPy's warnings."""
        result, changed = call_and_note(self, function, args, kwargs)
        return result, changed, sorted({str(w.message) for w in heard if w.category is RuntimeWarning})

    def _observe(self, driver: str, cases: list[dict], functions: list[tuple]) -> list[tuple]:
        """What a driver saw. The subjects stay here until the next property, to be asked what was called."""
        for subject in (subject for seen in self.observed for subject in seen.subjects):
            self.forget(subject)
        self.observed = observe_cases(driver, cases, functions)
        return [
            (seen.outputs, seen.changed, None if seen.error is None else self.describe(seen.error), seen.subjects)
            for seen in self.observed
        ]

    def _mark(self, test: int) -> bool:
        """Whether the state may be that of other tests too: calls leave no trace in it. If so, its names are noted."""
        names, hidden = self.shell.user_ns, self.shell.user_ns_hidden
        shares = nothing_to_change(value for name, value in names.items() if name not in hidden)
        if shares:
            self.marks[test] = Noted(names)
        return shares

    def _turn(self, test: int) -> None:
        """In a state that tests share: bring back the names of one; those that its own calls bind are kept for it."""
        if test in self.marks:
            if self.test is not None:
                self.marks[self.test] = Noted(self.shell.user_ns)
            self.marks[test].bring_back(self.shell.user_ns)
            self.test = test

    def snapshot(self) -> int:
        """Keep the present state in a process of its own, which answers on the socket that follows the question."""
        sock = self.wire.attached()
        child = self._fork()
        if child == 0:
            self.wire.close()
            answer_calls(sock, self.shell, self.marks)
        sock.close()
        self.states.append(child)
        return child

    def _fork(self) -> int:
        """Where there may be no more processes, it waits a moment for states that are just ending."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads that a fork leaves behind
            for wait in (*[0.01] * 20, 0):
                self.states = [state for state in self.states if os.waitpid(state, os.WNOHANG) == (0, 0)]
                try:
                    return os.fork()
                except BlockingIOError:
                    if not wait:
                        raise
                    time.sleep(wait)

    def describe(self, error):
        trace = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in trace if "autograder/grading/" not in frame.filename.replace("\\", "/")]
        return {
            "type": type(error).__name__,
            "bases": [kind.__name__ for kind in type(error).__mro__],
            "text": _text(error),
            "line": student_line(error),
            "traceback": "".join(traceback.format_list(own))[-10_000:],
            "graders": getattr(error, "graders", None),
        }

    def rebuild(self, told):
        kind = vars(builtins).get(told["type"])
        good = isinstance(kind, type) and issubclass(kind, Exception)
        error = error_class(told["type"], kind if good else RuntimeError)(told["text"])
        error.graders = told["graders"]
        return error


class _GradersFunction:
    """A function that a test passed. Calling it asks the grader."""

    _peer_stand_in = True

    def __init__(self, number: int, function):
        self._number, self._function = number, function

    def __call__(self, *args, **kwargs):
        return self._function(*args, **kwargs)


def _next(iterator) -> tuple:
    """The next item in a tuple of one; an empty tuple at the end."""
    try:
        return (next(iterator),)
    except StopIteration:
        return ()


def run_cells(sock: socket.socket, shell: Shell, marks: dict[int, Noted] | None = None) -> None:
    """Answer until the grader closes the wire; then the process ends, whatever the student's code left running."""
    with contextlib.suppress(BaseException):
        StudentPeer(sock, shell, marks).serve_until_closed()
    os._exit(0)


def answer_calls(sock: socket.socket, shell: Shell, marks: dict[int, Noted]) -> None:
    """As `run_cells`, with nobody to read what is printed."""
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    run_cells(sock, shell, marks)


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its message cannot be shown)"
