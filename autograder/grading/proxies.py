"""What stands, in the grader's process, for what a student's process holds: asked over the wire, never trusted.

A proxy can be called, indexed, iterated and given back. Data that comes back is plain data. A proxy equals nothing:
who compares one gets an error, not the student's opinion.
"""

from __future__ import annotations

import builtins
import keyword
import re
import socket
import warnings
from functools import lru_cache

from autograder.checking.prepared import PreparedCase
from autograder.checking.subject import Malformed, Observation, Subject
from autograder.grading.apart.in_place import call_and_note, write_all_back
from autograder.grading.apart.peer import Peer, error_class
from autograder.grading.apart.values import Unsendable, Violation
from autograder.grading.apart.wire import Ended, TimeUp

_NUMPY_WARNS = re.compile(r"(overflow|underflow|divide by zero|invalid value) encountered in [a-z_0-9 ]{1,40}")
TEXT = 10_000  # characters of a student's message that are kept


class ProcessEnded(Exception):
    """The student's process is gone; the message says why."""


class Proxy:
    """Something of the student's without a form as data."""

    _peer_stand_in = True
    __array_ufunc__ = None

    def __init__(self, peer: GraderPeer, number: int):
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_number", number)

    def __getattr__(self, name: str):
        if name.startswith("__array") or name.startswith("_repr_") or name == "_ipython_display_":
            raise AttributeError(name)
        return self._peer.ask("attribute", self, name)

    def __setattr__(self, name: str, value) -> None:
        self._peer.ask("set attribute", self, name, value)

    def __getitem__(self, key):
        return self._peer.ask("item", self, key)

    def __len__(self) -> int:
        length = self._peer.ask("length", self)
        if type(length) is not int or not 0 <= length < 2**31:
            raise Violation("a length is no length")
        return length

    def __bool__(self) -> bool:
        return self._peer.ask("truth", self) is True

    def __iter__(self):
        iterator = self._peer.ask("iterator", self)
        while item := self._item(iterator):
            yield item[0]

    def __next__(self):
        if item := self._item(self):
            return item[0]
        raise StopIteration

    def _item(self, iterator) -> tuple:
        """The next item in a tuple of one, an empty tuple at the end."""
        item = self._peer.ask("next", iterator)
        if type(item) is not tuple or len(item) > 1:
            raise Violation("an iterator gave what is none of its items")
        return item

    def __array__(self, *args, **kwargs):
        raise TypeError(f"it is {self!r}, not an array")

    def __eq__(self, other):
        raise TypeError(f"it is {self!r}, which cannot be compared with a value")

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __hash__(self) -> int:
        return self._number

    def __deepcopy__(self, memo):
        return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of the student's>"


class CallableProxy(Proxy):
    """A function or a class of the student's. Arguments that it changes in place are changed here too, and what NumPy
    warns of over there it warns of here."""

    def __call__(self, *args, **kwargs):
        result, changed, heard = self._peer.call(self, args, kwargs)
        for text in heard:
            warnings.warn(text, RuntimeWarning, stacklevel=2)
        write_all_back(args, kwargs, changed)
        return result

    def observe_there(self, driver: str, cases: list[PreparedCase], subjects: list[Subject]) -> list[Observation]:
        """What a driver sees over there on these cases, as far as it came in time (`checking/at_once.py`)."""
        return self._peer.observe(driver, cases, subjects)


@lru_cache(maxsize=1024)
def _proxy_class(type_name: str, can_be_called: bool) -> type:
    """A proxy class that goes by the name of the type that it stands for, as messages show it."""
    name = type_name if type_name.isidentifier() and not keyword.iskeyword(type_name) else "object"
    return type(name, (CallableProxy if can_be_called else Proxy,), {})


class GraderPeer(Peer):
    """The grader's end. After the other end is gone every question raises ProcessEnded."""

    def __init__(self, sock: socket.socket, why_ended=lambda process: "it ended"):
        super().__init__(sock)
        self.why_ended = why_ended
        self.gone = ""
        self.process = 0  # its number, as it says
        self.raised: list[Exception] = []  # by functions that were called back
        self.late = "it did not answer in time"  # or which limit that is
        self.slow = False  # whether a property's cases took so long that they are asked for one by one

    def ask(self, operation: str, *arguments, attach: socket.socket | None = None):
        if self.gone:
            raise ProcessEnded(self.gone)
        try:
            return super().ask(operation, *arguments, attach=attach)
        except Violation as error:
            self.end(f"your code's process sent something that is no answer: {error}")
        except TimeUp:
            self.end(self.late)
        except Ended:
            self.end(f"your code's process ended: {self.why_ended(self.process)}")
        except BaseException as error:
            # a deadline struck while an answer was on its way: what comes next on the wire answers nothing
            if isinstance(error, MemoryError) and not hasattr(error, "student_line"):
                self.end("your code's process sent more than can be held")
            elif not isinstance(error, Exception) and not hasattr(error, "student_line"):
                self.end("your code's process was ended because it ran too long")
            raise
        raise ProcessEnded(self.gone)

    def call(self, function: CallableProxy, args: tuple, kwargs: dict) -> tuple[object, dict, list[str]]:
        match self.ask("call", function, list(args), kwargs):
            case (result, dict(changed), list(heard)):
                places = {*range(len(args)), *kwargs}
                changed = {place: new for place, new in changed.items() if place in places}
                # NumPy's own words alone: any other text could carry the inputs of a hidden test
                return result, changed, [t for t in heard if type(t) is str and _NUMPY_WARNS.fullmatch(t)]
        self.end("your code's process sent something that is no answer")
        raise ProcessEnded(self.gone)

    def observe(self, driver: str, cases: list[PreparedCase], subjects: list[Subject]) -> list[Observation]:
        """The first of the cases as a driver saw them over there; none where it has once been too slow."""
        if self.slow:
            return []
        functions = [(subject.function, subject.name, subject.positional) for subject in subjects]
        told = self.ask("observe", driver, [case.inputs for case in cases], functions)
        self.slow = len(told) < len(cases)
        return [
            Observation(outputs, changed, None if error is None else self._seen_error(error), subjects=there)
            for outputs, changed, error, there in told
        ]

    def _seen_error(self, told: dict) -> Exception:
        """An error that ended a driver over there; a driver's own word is that it could not use what came back."""
        error = self.rebuild(told)
        return Malformed(*error.args) if type(error).__name__ == Malformed.__name__ else error

    def turns_to(self, test: int) -> bool:
        """Ask for the names that there were at a test. Whether an answer came: one that is being killed looks alive."""
        try:
            self.ask("turn", test)
        except ProcessEnded:
            return False
        except (Exception, SystemExit):  # an odd answer is one
            return True
        return True

    def end(self, why: str) -> None:
        """Close the wire; say why to whoever asks again."""
        self.gone = self.gone or why
        self.wire.close()

    def stand_in(self, number, type_name, can_be_called):
        return _proxy_class(type_name, can_be_called)(self, number)

    def serve(self, operation, arguments):
        """A function that a test passed may be called; nothing else of the grader's can be asked for."""
        match operation, arguments:
            case "call", [function, list(args), dict(kwargs)] if callable(function):
                return call_and_note(self, function, args, kwargs)
        raise Violation("it asked for something that it may not")

    def describe(self, error):
        """The kind and the message; a traceback would show the test."""
        self.raised.append(error)
        about = {"type": type(error).__name__, "bases": _builtin_bases(type(error)), "text": str(error)[:TEXT]}
        return {**about, "graders": len(self.raised) - 1}

    def rebuild(self, told):
        """The student's error; one of a function that a test passed, which only went through, is itself again."""
        error = student_error(told)
        number = told.get("graders")
        if type(number) is not int or not 0 <= number < len(self.raised):
            return error
        own = self.raised[number]
        own.student_line, own.student_traceback = error.student_line, error.student_traceback
        return own

    def export(self, value):
        if isinstance(value, Proxy) and object.__getattribute__(value, "_peer") is not self:
            raise Unsendable(f"{value!r} was made in another exercise's test: make it anew in this one")
        return super().export(value)

    def keep(self, value):
        if not callable(value):
            raise Unsendable(f"a test can pass numbers, texts, arrays, lists, dicts and functions, not {type(value)}")


def student_error(told) -> Exception:
    """An exception of the student's, made anew: of the built-in kind that it is, under its own name.

    It carries `student_line`, the line of the student's code that raised it (None where the call itself failed), and
    `student_traceback`, as text.
    """
    if type(told) is not dict:
        raise Violation("an error is malformed")
    name, bases, text, line, trace = (told.get(key) for key in ("type", "bases", "text", "line", "traceback"))
    name = name if type(name) is str and re.fullmatch(r"[A-Za-z_]\w{0,59}", name) else "Exception"
    known = [b for b in bases if type(b) is str] if type(bases) is list else []
    base = next((vars(builtins)[b] for b in known if b in _RAISABLE), Exception)
    error = error_class(name, base)(text[:TEXT] if type(text) is str else "")
    error.student_line = line[:TEXT] if type(line) is str else None
    error.student_traceback = trace[:TEXT] if type(trace) is str else ""
    return error


def _builtin_bases(kind: type) -> list[str]:
    return [base.__name__ for base in kind.__mro__ if vars(builtins).get(base.__name__) is base]


# not those whose raising means something to Python itself or that need more than a text
_RAISABLE = {
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type)
    and issubclass(value, Exception | SystemExit)
    and not issubclass(value, UnicodeError | StopIteration | StopAsyncIteration | BaseExceptionGroup | Warning)
}
