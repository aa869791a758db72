"""Run a test cell in the grader's process: its names are the course's own, or ask the student's process."""

from __future__ import annotations

import ast
import builtins
import contextlib
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autograder.checking.deadline import TooSlow, deadline
from autograder.grading.apart.isolation import memory_at_most
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.shell import Shell
from autograder.grading.proxies import GraderPeer
from autograder.grading.trusted import Trusted, parsed


class Namespace(dict):
    """A test's global names. One that is not here is looked for in the course's own cells, then at the student's."""

    def __init__(self, names: dict, trusted: Trusted, peer: GraderPeer):
        super().__init__(names)
        self.trusted, self.peer = trusted, peer
        self.looked_up: set[str] = set()

    def __missing__(self, name: str):
        if name.startswith("__"):
            raise KeyError(name)
        if name not in self.trusted.solutions:
            if statement := self.trusted.imports.get(name):
                if name in self.trusted.written and self.peer.ask("name", name) == ():
                    raise KeyError(name)
                bound: dict = {}
                exec(statement, bound)
                return self._keep(name, bound[name])
            if source := self.trusted.locked.get(name):
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(parsed(source), "<a locked cell>", "exec"), self)
                if name in self:
                    return self[name]
            if hasattr(builtins, name):
                raise KeyError(name)
        answer = self.peer.ask("name", name)
        if type(answer) is not tuple or len(answer) != 1:
            raise KeyError(name)
        return self._keep(name, answer[0])

    def _keep(self, name: str, value):
        self.looked_up.add(name)
        self[name] = value
        return value

    def own_names(self) -> dict:
        """What the test itself defined."""
        return {name: value for name, value in self.items() if name not in self.looked_up and name != "__builtins__"}


@dataclass
class Ran:
    """What a part of a test cell left: the state that it asked, outputs in nbformat's form, whether it went through,
    the names it defined, the error that ended it (None where time did)."""

    peer: GraderPeer
    outputs: list[dict] = field(default_factory=list)
    passed: bool = True
    names: dict = field(default_factory=dict)
    error: BaseException | None = None


def run_test(
    source: str, where: str, namespace: Namespace, shell: Shell, limits: Limits, *, ends: bool, hidden=False
) -> Ran:
    """Run the source of a test cell, or of a part of it. ends: whether its last value is the cell's.

    What it writes to stderr counts as stdout: in nbgrader one warning on stderr would cost all of the points.
    A warning comes without the line of the test that it is about. In a hidden part there is none: the student's
    process can make one of the hidden input.
    """

    def show(message, category, *place) -> None:
        if not hidden:
            shell.recorder.stream("stdout", f"{category.__name__}: {message}\n")

    shell.recorder.start()
    linecache.cache[where] = (len(source), None, source.splitlines(keepends=True), where)
    kept = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = _Text(shell.recorder)
    passed, raised = False, None
    try:
        with (
            memory_at_most(limits.memory),
            warnings.catch_warnings(),
            shell.builtin_trap,
            deadline(limits.test_seconds),
        ):
            warnings.showwarning = show
            tree = parsed(source)
            if tree is None:
                ast.parse(source)  # raises the SyntaxError
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, where, "exec"), namespace)
            if last is not None:
                value = eval(compile(ast.Expression(last.value), where, "eval"), namespace)
                if ends and value is not None:
                    data, metadata = shell.display_formatter.format(value)
                    shell.recorder.data(data, metadata, result=1)
        passed = True
    except TooSlow:
        shell.recorder.error("TimeLimit", limits.test(), [f"TimeLimit: {limits.test()}"])
    except (Exception, SystemExit) as error:
        shell.recorder.error(type(error).__name__, str(error), _traceback(error, where))
        raised = error.with_traceback(None)
    finally:
        sys.stdout, sys.stderr = kept
    return Ran(namespace.peer, shell.recorder.finished(), passed, namespace.own_names(), raised)


class _Text(io.TextIOBase):
    def __init__(self, recorder):
        self.recorder = recorder

    def write(self, text: str) -> int:
        self.recorder.stream("stdout", text)
        return len(text)


def _traceback(error: BaseException, where: str) -> list[str]:
    """The lines of the test that led to the error, then the student's own, as their process told them."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == where]
    student = getattr(error, "student_traceback", "")
    return [
        "Traceback (most recent call last):\n" + "".join(traceback.format_list(frames)).rstrip(),
        *([f"In the student's code:\n{student.rstrip()}"] if student else []),
        f"{type(error).__name__}: {error}",
    ]


@contextlib.contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Let tests import the assignment's released modules, and forget them afterwards."""
    sys.path.append(str(folder))
    before = set(sys.modules)
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in sys.modules.keys() - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]
