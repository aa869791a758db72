"""`toolbox.py`: the finished functions of earlier notebooks that a notebook imports, from their solution cells."""

from __future__ import annotations

import ast
import symtable
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

TOOLBOX = "toolbox.py"
HEAD = '''"""Finished functions of earlier notebooks that this one uses. Made from their solutions; do not edit."""

import numpy as np
'''


class Cell:
    """A solution cell of an earlier notebook: its assignment, its source without markers, what it defines and uses."""

    def __init__(self, assignment: str, source: str):
        self.assignment = assignment
        self.source = without_markers(source)
        top = symtable.symtable(self.source, assignment, "exec")
        self.defines = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_namespace()}
        self.uses = set(_globals(top))


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    """The global names that a scope and those inside it refer to; a parameter of the same name is none."""
    yield from (symbol.get_name() for symbol in table.get_symbols() if symbol.is_global())
    for inner in table.get_children():
        yield from _globals(inner)


def imported_names(setup: str) -> set[str]:
    """The names that a setup cell takes with `from toolbox import …`."""
    return {
        alias.name
        for node in ast.walk(ast.parse(setup))
        if isinstance(node, ast.ImportFrom) and node.module == "toolbox"
        for alias in node.names
    }


def toolbox_text(wanted: set[str], earlier: list[Cell]) -> str:
    """The text of a toolbox with these functions and all that they use, in the order of the course.

    Raises ValueError where an earlier solution cell of a wanted name is missing.
    """
    if unknown := wanted - set().union(*(cell.defines for cell in earlier)):
        raise ValueError(f"no solution cell of an earlier notebook defines {', '.join(sorted(unknown))}")
    needed = set(wanted)
    while more := set().union(*(cell.uses for cell in earlier if cell.defines & needed)) - needed:
        needed |= more
    text, assignment = HEAD, ""
    for cell in earlier:
        if cell.defines & needed:
            if cell.assignment != assignment:
                assignment = cell.assignment
                text += f"\n# --- from {assignment}\n"
            text += f"\n\n{cell.source}\n"
    return text


def without_markers(solution: str) -> str:
    """A solution cell without the lines that tell nbgrader where the solution begins and ends."""
    lines = [line for line in solution.split("\n") if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")]
    return "\n".join(lines).strip()


@contextmanager
def importable(text: str | None, origin: Path) -> Iterator[None]:
    """Let `import toolbox` find this text, and not that of another assignment, in the block."""
    before = sys.modules.pop("toolbox", None)
    if text is not None:
        module = ModuleType("toolbox")
        exec(compile(text, str(origin), "exec"), vars(module))
        sys.modules["toolbox"] = module
    try:
        yield
    finally:
        sys.modules.pop("toolbox", None)
        if before is not None:
            sys.modules["toolbox"] = before
