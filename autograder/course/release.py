"""What students get: nbgrader's release of an assignment, and the guard that opens what would leave the house."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import nbformat

from autograder.checking.notebook import CHECKS
from autograder.course.key import SOLUTIONS, Key
from autograder.course.toolbox import TOOLBOX

ASSIGNMENTS = "assignments"
SHORTEST_LINE = 12  # characters of a line of code that says something about a solution


class Leak(Exception):
    """Something that must stay in the house stood in a release."""


def release(key: Key, course: Path) -> Path:
    """Make `assignments/NAME/` with nbgrader from `solutions/NAME/`, and check it. Returns the folder.

    Raises Leak where the guard refuses it, and RuntimeError with nbgrader's last words where nbgrader does.
    """
    nbgrader(course, "generate_assignment", key.assignment, "--force")
    folder = course / ASSIGNMENTS / key.assignment
    guard(key, folder)
    return folder


def nbgrader(course: Path, *arguments: str) -> str:
    """Run an nbgrader command in a course's folder; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"nbgrader {' '.join(arguments)} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def guard(key: Key, folder: Path) -> None:
    """Raise Leak unless a release holds the listed files only, and no solution, hidden test or wrong answer."""
    listed = {f"{key.assignment}.ipynb", CHECKS} | ({TOOLBOX} if key.toolbox else set())
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if stray := sorted(found - listed):
        raise Leak(f"{folder} holds what nobody listed: {', '.join(stray)}")
    if missing := sorted(listed - found):
        raise Leak(f"{folder} lacks {', '.join(missing)}")
    notebook = nbformat.read(folder / f"{key.assignment}.ipynb", as_version=nbformat.NO_CONVERT)
    checks = (folder / CHECKS).read_text(encoding="utf-8")
    if key.toolbox and (folder / TOOLBOX).read_text(encoding="utf-8") != key.toolbox:
        raise Leak(f"{folder / TOOLBOX} is not what earlier notebooks' solutions make: run `make release`")
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    if "HIDDEN TESTS" in code or "SOLUTION" in code or "grade(" in code:
        raise Leak(f"{folder}: a hidden test or a solution's marker is in the notebook")
    if any(cell.get("outputs") for cell in notebook.cells):
        raise Leak(f"{folder}: the released notebook holds outputs")
    lines = {line.strip() for line in code.splitlines()}
    for name, source in key.solution_cells.items():
        for line in solution_lines(source):
            if line in lines:
                raise Leak(f"{folder}: a line of the solution of {name} is in the notebook: {line}")
    for name, text in _secret_texts(key):
        if text in code or text in checks:
            raise Leak(f"{folder}: {name} is in the release: {text[:60]}")


def solution_lines(source: str) -> list[str]:
    """The lines between the solution markers that say something: not short, no comment, no head of a block."""
    lines, inside = [], False
    for line in map(str.strip, source.splitlines()):
        if line.startswith("### BEGIN SOLUTION"):
            inside = True
        elif line.startswith("### END SOLUTION"):
            inside = False
        elif inside and len(line) >= SHORTEST_LINE and not line.startswith("#") and not line.endswith(":"):
            lines.append(line)
    return lines


def _secret_texts(key: Key) -> list[tuple[str, str]]:
    """Names and statements of wrong answers, and model answers to written questions: (what it is, text)."""
    secrets = []
    for node in ast.parse((key.folder / "wrong_answers.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            secrets.append((f"the wrong answer {node.name}", f"def {node.name}("))
    for cell in key.text.cells:
        if "written" in cell.metadata:
            secrets += [("a model answer", line) for line in solution_lines(cell.source)]
    return secrets


def course_root(start: Path) -> Path:
    """The nearest folder at or above `start` that is a course. Raises FileNotFoundError where there is none."""
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file() and (folder / SOLUTIONS).is_dir():
            return folder
    raise FileNotFoundError(
        f"{start} is not in a course: no folder above it has nbgrader_config.py and {SOLUTIONS}/. Go to one first."
    )
