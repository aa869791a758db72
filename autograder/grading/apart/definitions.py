"""What of a cell only defines: of an experiment it runs in grading, so that an answer may use it, and no more runs."""

from __future__ import annotations

import ast

DEFINING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom


def definitions(source: str) -> str:
    """The imports, functions, classes and constants of a cell, as code; empty where it has none. Raises SyntaxError."""
    return ast.unparse(ast.Module([n for n in ast.parse(source).body if isinstance(n, DEFINING) or _constant(n)], []))


def only_defines(source: str) -> bool:
    """Whether a cell does nothing but to define such things, so that nothing is changed that there was before it."""
    try:
        return all(isinstance(node, DEFINING) or _constant(node) or _text(node) for node in ast.parse(source).body)
    except (SyntaxError, ValueError, RecursionError):
        return False


def _text(node: ast.stmt) -> bool:
    """Whether it is a text by itself, as a comment on what follows."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _constant(node: ast.stmt) -> bool:
    """Whether it gives names a literal value, such as `DECAY = 0.9`."""
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError):
        return False
    return True
