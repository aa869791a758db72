"""What of a notebook is the instructor's: read from the source notebook, never from a submission."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?END HIDDEN TESTS[^\n]*$\n?", re.DOTALL | re.MULTILINE)


@dataclass
class Trusted:
    """Which names in a test mean the course's own things, and which the student's.

    imports: name -> the import statement that binds it. locked: name -> the locked cell that defines it. solutions:
    names that a solution cell defines; these are always the student's. written: imported names whose import is a
    student's to write: a test has them once the student has, but it is the module itself that it gets.
    """

    imports: dict[str, str] = field(default_factory=dict)
    locked: dict[str, str] = field(default_factory=dict)
    solutions: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)


def trusted_names(cells: Iterable[NotebookNode]) -> Trusted:
    """Read the cells of the source notebook, in order; a later cell's binding of a name holds."""
    trusted = Trusted()
    for cell in cells:
        kind = cell.metadata.get("nbgrader", {})
        tree = parsed(cell.source) if cell.cell_type == "code" else None
        if tree is None or (kind.get("grade") and not kind.get("solution")):
            continue
        if kind.get("solution"):
            imports = _imports(tree)
            rest = ast.Module([node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)], [])
            trusted.solutions.update(_bound(rest))
            trusted.written.update(imports.keys() - trusted.imports.keys())
            trusted.imports.update(imports)
        elif kind.get("locked"):
            trusted.locked.update(dict.fromkeys(_bound(tree), cell.source))
        else:
            trusted.imports.update(_imports(tree))
    return trusted


def _imports(tree: ast.Module) -> dict[str, str]:
    """Name -> the statement of a cell that imports it."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.update(dict.fromkeys(_bound(ast.Module([node], [])), ast.unparse(node)))
    return found


def parsed(source: str) -> ast.Module | None:
    """A cell's code, its magics translated; None where it is no Python."""
    try:
        return ast.parse(_python(source))
    except (SyntaxError, ValueError):
        return None


def parts(source: str) -> tuple[str, str, bool]:
    """A test cell's visible part, its hidden part, and whether the cell ends with the hidden one.

    Where one of them alone is no Python (a region inside a block), everything counts as hidden.
    """
    hidden = "".join(match[0].rstrip("\n") + "\n" for match in HIDDEN.finditer(source))
    visible = HIDDEN.sub("", source)
    if parsed("pass\n" + hidden) is None or parsed(visible) is None:  # alone it would be taken out of its block
        return "", source, True
    tail = HIDDEN.split(source)[-1]
    return visible, hidden, bool(hidden) and not tail.strip()


@lru_cache(maxsize=1024)
def _python(source: str) -> str:
    """A cell's code with its magics translated. The same tests are run for each of a class."""
    return TransformerManager().transform_cell(source)


def _bound(tree: ast.Module) -> set[str]:
    """The names that a module's own statements bind, inside of `if`, `for`, `with` and `try` too."""
    names, waiting = set(), list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name.split(".")[0] for alias in node.names if alias.name != "*"}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Lambda):
            continue
        waiting += ast.iter_child_nodes(node)
    return names
