"""What of an experiment runs in grading: what it defines, so that an answer may use it. Its work is not done again."""

from __future__ import annotations

import ast

DEFINING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom


def definitions(source: str) -> str:
    """The imports, functions, classes and constants of a cell, as code; empty where it has none. Raises SyntaxError."""
    return ast.unparse(ast.Module([n for n in ast.parse(source).body if isinstance(n, DEFINING) or _constant(n)], []))


def _constant(node: ast.stmt) -> bool:
    """Whether it gives names a literal value, such as `DECAY = 0.9`."""
    if not isinstance(node, ast.Assign) or not all(isinstance(target, ast.Name) for target in node.targets):
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError):
        return False
    return True
