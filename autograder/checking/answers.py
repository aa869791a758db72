"""Answers that stand in for a graded function: the known wrong ones, and the right ones written otherwise."""

from collections.abc import Callable
from types import ModuleType


def stands_for(target: str) -> Callable[[Callable], Callable]:
    """Mark a function as an answer to the exercise `target`; it comes back unchanged."""

    def mark(answer: Callable) -> Callable:
        answer.stands_for = target
        return answer

    return mark


wrong = stands_for  # its docstring is the hint that a student gets
right = stands_for  # its docstring says what is written otherwise


def collect(module: ModuleType) -> list[Callable]:
    """The marked functions of a module, in order of definition."""
    return [value for value in vars(module).values() if hasattr(value, "stands_for")]
