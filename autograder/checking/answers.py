"""Answers that stand in for a graded function: the known wrong ones, and the right ones written otherwise."""

from collections.abc import Callable
from types import ModuleType


def stands_for(target: str, *, beside: Callable | None = None) -> Callable[[Callable], Callable]:
    """Mark a function as an answer to the exercise `target`; it comes back unchanged.

    beside: a marked answer to another function, that stands in for that one at the same time: a mistake in two places.
    """

    def mark(answer: Callable) -> Callable:
        answer.stands_for, answer.beside = target, beside
        return answer

    return mark


def in_their_places(answer: Callable) -> dict[str, Callable]:
    """Name of a function -> the answer that stands in for it: this one, and the one that it stands beside."""
    beside = getattr(answer, "beside", None)
    return {**(in_their_places(beside) if beside else {}), answer.stands_for: answer}


wrong = stands_for  # its docstring is the hint that a student gets
right = stands_for  # its docstring says what is written otherwise


def collect(module: ModuleType) -> list[Callable]:
    """The marked functions of a module, in order of definition."""
    return [value for value in vars(module).values() if hasattr(value, "stands_for")]
