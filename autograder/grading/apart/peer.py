"""Two processes that call each other: one asks, the other answers, and may ask back before it does.

What has no form as data stays in its owner's table and crosses as a number; the other side gets a stand-in for it.
"""

from __future__ import annotations

import socket
from functools import lru_cache

from autograder.grading.apart.limits import MAX_CALLBACKS
from autograder.grading.apart.values import Reader, Violation, Writer
from autograder.grading.apart.wire import Ended, TimeUp, TooLarge, Wire

TYPE_NAME = 60  # characters


class Peer:
    """One end of the conversation; the two ends, `StudentPeer` and `GraderPeer`, say what is theirs:

    stand_in(number, type name, callable?) makes what stands here for something of the other side's, with `_number`;
    serve(operation, arguments) answers a question; describe(error) and rebuild(data) are an error as data and back.
    """

    tells: type[BaseException] = Exception  # which errors, while it serves, are an answer

    def __init__(self, sock: socket.socket):
        self.wire = Wire(sock)
        self.table: dict[int, object] = {}  # number -> what stays here
        self._numbers: dict[int, int] = {}  # id -> number
        self._originals: dict[int, tuple] = {}  # id of data -> number of what it is the data of, and the data
        self._next = 0
        self._asked = 0
        self.depth = 0

    def ask(self, operation: str, *arguments, attach: socket.socket | None = None):
        """Ask the other side, answer what it asks meanwhile, and return its answer or raise its error.

        attach: a socket that goes along with the question.
        """
        self._asked += 1
        number = self._asked
        self.wire.send(*self._written("ask", number, operation, list(arguments)))
        if attach:
            self.wire.attach(attach)
        while True:
            kind, answered, operation, value = self._receive()
            if kind == "ask":
                self._answer(answered, operation, value)
            elif answered != number:
                raise Violation("an answer came that nobody had asked for")
            elif kind == "answer":
                return value
            else:
                raise self.rebuild(value)

    def serve_until_closed(self) -> None:
        """Answer one question after another. Ends with the wire's Ended."""
        while True:
            kind, number, operation, value = self._receive()
            if kind != "ask":
                raise Violation("an answer came that nobody had asked for")
            self._answer(number, operation, value)

    def stand_in(self, number: int, type_name: str, can_be_called: bool):
        raise NotImplementedError

    def serve(self, operation: str, arguments: list):
        raise NotImplementedError

    def describe(self, error: BaseException) -> dict:
        raise NotImplementedError

    def rebuild(self, told: dict) -> BaseException:
        raise NotImplementedError

    def keep(self, value) -> None:
        """Refuse what may not be named to the other side."""

    def kept(self, container):
        """For data that came from over there: the form of what it is the data of; else None."""
        if id(container) in self._originals:
            return ["yours", self._originals[id(container)][0]]
        return None

    def _answer(self, number: int, operation: str, arguments) -> None:
        self.depth += 1
        try:
            if self.depth > MAX_CALLBACKS:
                raise RecursionError(f"functions called each other more than {MAX_CALLBACKS} deep")
            message = self._written("answer", number, "", self.serve(operation, arguments))
        except (Ended, TimeUp, Violation):
            raise
        except self.tells as error:
            message = self._written("error", number, "", self.describe(error))
        finally:
            self.depth -= 1
        try:
            self.wire.send(*message)
        except TooLarge as error:
            self.wire.send(*self._written("error", number, "", self.describe(error)))

    def _written(self, kind: str, number: int, operation: str, value) -> tuple[list, list]:
        writer = Writer(self.export, self.kept)
        return [kind, number, operation, writer.write(value)], writer.buffers

    def _receive(self) -> tuple[str, int, str, object]:
        tree, buffers = self.wire.receive()
        if len(tree) != 4 or tree[0] not in ("ask", "answer", "error") or type(tree[1]) is not int:
            raise Violation("a message is malformed")
        if type(tree[2]) is not str:
            raise Violation("a message is malformed")
        return tree[0], tree[1], tree[2], Reader(buffers, self._resolve, self._remember).read(tree[3])

    def export(self, value) -> list:
        """The form of something that stays here, or of something that came from over there."""
        if getattr(type(value), "_peer_stand_in", False):
            return ["yours", object.__getattribute__(value, "_number")]
        self.keep(value)
        return ["mine", self.number_of(value), type(value).__name__[:TYPE_NAME], callable(value)]

    def number_of(self, value) -> int:
        """The number under which something is kept here."""
        number = self._numbers.get(id(value))
        if number is None:
            self._next += 1
            number = self._next
            self.table[number] = value  # kept, so that its id stays its own
            self._numbers[id(value)] = number
        return number

    def forget(self, value) -> None:
        """Keep something no longer, though the other side may still have its number."""
        self.table.pop(self._numbers.pop(id(value), None), None)

    def _remember(self, value, number) -> None:
        """This data is that of something kept over there: given back, the original is meant."""
        empty_constant = isinstance(value, tuple | frozenset) and not value  # one object for all
        if type(number) is int and not empty_constant:
            self._originals[id(value)] = (number, value)

    def _resolve(self, tag: str, number: int, *about):
        """What a form stands for: one of ours that came back, or a stand-in for one of theirs."""
        if tag == "yours":
            if number not in self.table:
                raise Violation("something was named that does not exist here, or not any more")
            return self.table[number]
        if tag != "mine" or type(number) is not int:
            raise Violation("a value is malformed")
        name, can_be_called = about
        return self.stand_in(number, str(name)[:TYPE_NAME], bool(can_be_called))


@lru_cache(maxsize=1024)
def error_class(name: str, base: type) -> type:
    """A class for an error of the other side's: its name, its kind, and as its text just the text (KeyError adds ')."""
    return type(name, (base,), {"__module__": "builtins", "__str__": lambda self: self.args[0]})
