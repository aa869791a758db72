"""What a student is told: why a process ended, and of a hidden test that failed no more than its own words."""

from __future__ import annotations

import ast
import builtins
import os
import signal

from autograder.grading.apart.limits import Limits
from autograder.grading.proxies import ProcessEnded
from autograder.grading.trusted import parsed

HIDDEN_FAILED = "a hidden test failed"


def reason(status: int | None, limits: Limits) -> str:
    """What an exit status says, in words."""
    if status is None:
        return "it closed its connection"
    if not os.WIFSIGNALED(status):
        return f"it left with exit status {os.WEXITSTATUS(status)}"
    number = os.WTERMSIG(status)
    if number == signal.SIGXCPU:
        return limits.cpu()
    return f"it was ended by signal {number} ({signal.strsignal(number) or 'unknown'})"


def ended(name: str, why: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": why, "traceback": [f"{name}: {why}"]}


def as_told(output: dict, error: BaseException | None, source: str) -> dict:
    """An error of a hidden test as its student may read it: a built-in kind, and the words of the test itself.

    No other text: whatever the student's code raises, its name and its message, may be made of the hidden input.
    The traceback stays, for the instructor's copy; feedback pages leave it out.
    """
    if output["output_type"] != "error" or error is None:
        return output
    kind = next(kind for kind in type(error).__mro__ if kind in (ProcessEnded, vars(builtins).get(kind.__name__)))
    own = type(error) is AssertionError and str(error) in _words(source)
    return {**output, "ename": kind.__name__, "evalue": str(error) if own else HIDDEN_FAILED}


def _words(source: str) -> set[str]:
    """The texts that stand in a test as they are."""
    nodes = ast.walk(parsed(source) or ast.Module([], []))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
