"""Grade one submission: a value in, a value out, nothing else touched. It is what a worker runs, here or elsewhere."""

from __future__ import annotations

import hashlib
import tempfile
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import nbformat
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task

from autograder.checking.result import Result
from autograder.grading.classes.kit import RELEASED, Kit, source_of, unpacked
from autograder.grading.execute import execute
from autograder.grading.grader import grade_notebook
from autograder.grading.outputs import make_safe
from autograder.grading.reading import read_submission
from autograder.grading.restore import experiments_of, restore


@dataclass(frozen=True)
class Submission:
    """files: the notebooks that were handed in, by name, as bytes."""

    student: str
    files: dict[str, bytes]

    @cached_property
    def digest(self) -> str:
        parts = [part for name in sorted(self.files) for part in (name.encode(), self.files[name])]
        return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


@dataclass(frozen=True)
class GradedNotebook:
    """text: the autograded notebook. scores: of each graded cell, None where a person has to grade it. notes: what was
    wrong with the file. results: what the course's own checks said."""

    name: str
    text: str
    scores: dict[str, float | None]
    comments: dict[str, str | None]
    notes: list[str]
    results: list[Result] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """seconds: wall time of the grading. tier: how far the student's code was shut off."""

    student: str
    notebooks: list[GradedNotebook] = field(default_factory=list)
    seconds: float = 0.0
    tier: str = ""

    @property
    def points(self) -> float:
        return sum(score or 0.0 for notebook in self.notebooks for score in notebook.scores.values())


def grade_submission(kit: Kit, submission: Submission) -> Verdict:
    """Grade all notebooks of a submission. Raises NoSandbox where the worker cannot make the sandbox that it needs."""
    began = time.monotonic()
    folder = unpacked(kit)
    notebooks, tier = [], ""
    with tempfile.TemporaryDirectory() as place:
        for name, content in submission.files.items():
            (Path(place) / Path(name).name).write_bytes(content)
        for name in kit.notebooks:
            others = frozenset(f"{other}.ipynb" for other in kit.notebooks if other != name)
            notebook, notes = read_submission(Path(place) / f"{name}.ipynb", others)
            graded, tier = _grade(kit, name, notebook, notes, folder, submission.student)
            notebooks.append(graded)
    return Verdict(submission.student, notebooks, time.monotonic() - began, tier)


def _grade(kit: Kit, name: str, notebook, notes: list[str], folder: Path, student: str) -> tuple[GradedNotebook, str]:
    about, source = kit.notebooks[name], source_of(kit, name)
    restore(notebook, about.known, about.kernelspec, experiments_of(source), notes)
    work = folder / "autograded" / student / kit.assignment  # names whose work it is; nothing is written there
    graded = execute(notebook, source, folder / RELEASED, work, kit.limits, kit.sandbox, grade_notebook)
    scores = {c.metadata.nbgrader.grade_id: determine_grade(c)[0] for c in notebook.cells if is_grade(c)}
    comments = {c.metadata.nbgrader.grade_id: _comment(c) for c in notebook.cells if is_solution(c) or is_task(c)}
    make_safe(notebook, source)
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return GradedNotebook(name, text, scores, comments, notes, graded.results), graded.tier


def _comment(cell) -> str | None:
    """What nbgrader says of an answer that is still as it was released."""
    unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell) and not is_task(cell)
    return "No response." if unchanged else None
