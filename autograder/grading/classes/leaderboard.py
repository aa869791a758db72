"""The leaderboard: one HTML file with the accuracies that hidden tests measured, under names that students chose.

What was measured is read from the records of the grading, never from what a student's notebook shows. Of the notebook
only the pseudonym is taken, a text that stands in a cell: nothing of it is run.
"""

from __future__ import annotations

import ast
import unicodedata
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.checking.result import Result
from autograder.grading.classes.classroom import CannotGrade, Classroom
from autograder.grading.trusted import parsed

NAME = "LEADERBOARD_NAME"
LONGEST = 24  # characters of a pseudonym


@dataclass(frozen=True)
class Entry:
    """A line of the page. Who has the same accuracy has the same rank."""

    rank: int
    name: str
    accuracy: float
    parameters: int


def write_leaderboard(root: Path, assignment: str, output: Path) -> list[Entry]:
    """Write the page of an assignment in the course in a folder. Raises CannotGrade, and OSError. Returns its lines."""
    with closing(Classroom(root, assignment)) as classroom:
        measured = [(r.student, best) for r in classroom.records.all() if (best := _measured(r.told))]
        texts = {student: _notebooks(classroom.records.folder(student)) for student, _ in measured}
    if not measured:
        raise CannotGrade(f"No submission of '{assignment}' with a measured accuracy has been graded yet.")
    chosen = [(pseudonym(texts[student]), numbers) for student, numbers in measured]
    entries = ranked([(name, numbers) for name, numbers in chosen if name])
    page = _environment().get_template("leaderboard.html.j2")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page.render(assignment=assignment, entries=entries, graded=len(measured)), encoding="utf-8")
    return entries


def ranked(chosen: list[tuple[str, dict[str, float]]]) -> list[Entry]:
    """The lines of the page, the best first, from pairs of a pseudonym and what was measured. A name that several chose
    gets a number, by accuracy."""
    entries, taken = [], set()
    for name, numbers in sorted(chosen, key=lambda pair: (-pair[1]["accuracy"], pair[1]["parameters"], pair[0])):
        better = [entry for entry in entries if entry.accuracy > numbers["accuracy"]]
        free = name
        for count in range(2, len(chosen) + 2):
            if free.casefold() not in taken:
                break
            free = f"{name} ({count})"
        taken.add(free.casefold())
        entries.append(Entry(len(better) + 1, free, numbers["accuracy"], int(numbers["parameters"])))
    return entries


def pseudonym(notebooks: list[nbformat.NotebookNode]) -> str:
    """The last text that a cell's own line gives to LEADERBOARD_NAME, fit to print; empty where there is none."""
    found = ""
    for cell in (cell for notebook in notebooks for cell in notebook.cells if cell.cell_type == "code"):
        for node in getattr(parsed(cell.source), "body", []):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))) if name == NAME:
                    found = text
    return printable(found)


def printable(text: str) -> str:
    """At most LONGEST characters in one line, without marks that reorder, hide or pile up what stands beside them."""
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(c if unicodedata.category(c)[0] in "LNPS" else " " if c.isspace() else "" for c in plain)
    return " ".join(kept.split())[:LONGEST].strip()


def _measured(told) -> dict[str, float]:
    """The numbers of a submission's hidden tests; none where they measured no accuracy."""
    results: list[Result] = [result for notebook in told for result in notebook.results if result.hidden]
    return next((r.measured for r in results if {"accuracy", "parameters"} <= r.measured.keys()), {})


def _notebooks(folder: Path) -> list[nbformat.NotebookNode]:
    return [nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))]


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__, ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
