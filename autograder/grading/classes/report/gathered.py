"""What the report is made of: of each submission its scores from the gradebook, what it was told, and its code."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import select

from autograder.grading.classes.classroom import CannotGrade, course_config
from autograder.grading.classes.records import Record, Records
from autograder.grading.restore import Graded, known_cells


class CannotReport(Exception):
    """There is nothing to report; the message says why and what to do."""


@dataclass(frozen=True)
class Cell:
    """A graded cell. answer: the cell with the code that it tests. by_hand: whether a person has to grade it."""

    notebook: str
    name: str
    possible: float
    by_hand: bool
    answer: str


@dataclass
class Work:
    """A graded submission. handed_in: when, in UTC, if that is known. scores: None where a person is waited for.
    by_hand: tests whose points a person has changed. untouched: answers that are as they were given out. record: None
    where another program graded. code: of each answer in code, by notebook and cell.
    """

    student: str
    handed_in: datetime | None = None
    scores: dict[Cell, float | None] = field(default_factory=dict)
    by_hand: set[Cell] = field(default_factory=set)
    untouched: set[tuple[str, str]] = field(default_factory=set)
    record: Record | None = None
    code: dict[tuple[str, str], str] = field(default_factory=dict)
    late: bool = False


@dataclass
class GradedClass:
    """works: of each graded submission, by student. ungraded: who handed in and has no grade. stubs: the code that
    was given out in the place of each answer, by notebook and cell, in the notebooks' order."""

    assignment: str
    cells: list[Cell]
    works: list[Work]
    ungraded: list[str]
    stubs: dict[tuple[str, str], str]


def gather(root: Path, assignment: str) -> GradedClass:
    """What is known of an assignment in the course in a folder. Raises CannotReport."""
    try:
        config = course_config(root)
    except CannotGrade as error:
        raise CannotReport(str(error)) from None
    course = CourseDirectory(config=config)
    with closing(Gradebook(course.db_url, course.course_id)) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            names = ", ".join(entry.name for entry in gradebook.assignments) or "none"
            raise CannotReport(f"The gradebook knows no assignment '{assignment}'. It knows: {names}.") from None
        return _gather(course, gradebook, assignment)


def _gather(course: CourseDirectory, gradebook: Gradebook, assignment: str) -> GradedClass:
    notebooks = sorted(entry.name for entry in gradebook.find_assignment(assignment).notebooks)
    known = {name: known_cells(gradebook, name, assignment) for name in notebooks}
    cells = [cell for name in notebooks for cell in _graded_cells(name, known[name])]
    stubs = {(name, cell.name): cell.source for name in notebooks for cell in known[name] if _is_code(cell)}
    found = _works(gradebook, assignment, {(cell.notebook, cell.name): cell for cell in cells})
    records = Records(course, assignment, gradebook)
    for record in records.all():
        if record.student in found:
            found[record.student].record = record
    works = [work for _, work in sorted(found.items()) if _is_graded(work, cells)]
    if not works:
        raise CannotReport(f"Nobody has a grade for '{assignment}' yet. Grade first: autograder grade {assignment}")
    for work in works:
        for name in notebooks:
            work.code |= _code(records.folder(work.student) / f"{name}.ipynb", name, stubs)
    submitted = Path(course.format_path(course.submitted_directory, "*", assignment))
    handed_in = {path.parent.name for path in submitted.parents[1].glob(f"*/{assignment}")} | set(found)
    return GradedClass(assignment, cells, works, sorted(handed_in - {work.student for work in works}), stubs)


def _graded_cells(notebook: str, known: list[Graded]) -> list[Cell]:
    """The cells that are worth points, each with the last answer in code that stands before it."""
    cells, answer = [], ""
    for cell in known:
        answer = cell.name if _is_code(cell) else answer
        if cell.points:
            cells.append(Cell(notebook, cell.name, cell.points, not cell.test, answer))
    return cells


def _is_code(cell: Graded) -> bool:
    return cell.solution and cell.cell_type == "code"


def _is_graded(work: Work, cells: list[Cell]) -> bool:
    """A grading that was killed leaves entries without any score. Nobody waits for a person before the tests ran."""
    tests = [cell for cell in cells if not cell.by_hand]
    return work.record is not None or any(work.scores.get(cell) is not None for cell in tests or cells)


def _works(gradebook: Gradebook, assignment: str, cells: dict[tuple[str, str], Cell]) -> dict[str, Work]:
    """In three questions, not one for each grade: a class of thousands has tens of thousands of them."""
    key, works = gradebook.find_assignment(assignment).id, {}
    mine = SubmittedAssignment.assignment_id == key
    due = gradebook.find_assignment(assignment).duedate
    submitted = select(SubmittedAssignment.student_id, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
    for student, timestamp, extension in gradebook.db.execute(submitted.where(mine)):
        until = due + extension if due and extension else due
        works[student] = Work(student, timestamp, late=bool(until and timestamp and timestamp > until))
    of = SubmittedAssignment.student_id, Notebook.name, BaseCell.name
    graded = select(*of, Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    for student, notebook, name, auto, manual, extra, waits in gradebook.db.execute(_joined(graded, Grade).where(mine)):
        if cell := cells.get((notebook, name)):
            own = auto if manual is None else manual
            waiting = own is None or (waits and cell.by_hand and manual is None)
            works[student].scores[cell] = None if waiting else own + (extra or 0.0)
            if manual is not None and not cell.by_hand:
                works[student].by_hand.add(cell)
    said = _joined(select(*of), Comment).where(mine, Comment.auto_comment == "No response.")
    for student, notebook, name in gradebook.db.execute(said):
        works[student].untouched.add((notebook, name))
    return works


def _joined(query, entry):
    """From grades or comments to the submission, the notebook and the cell that they belong to."""
    query = query.join_from(entry, SubmittedNotebook, entry.notebook_id == SubmittedNotebook.id)
    query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    query = query.join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
    return query.join(BaseCell, entry.cell_id == BaseCell.id)


class _About(msgspec.Struct):
    grade_id: str = ""


class _Metadata(msgspec.Struct):
    nbgrader: _About = msgspec.field(default_factory=_About)


class _NotebookCell(msgspec.Struct):
    cell_type: str
    source: str | list[str]
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class _Read(msgspec.Struct):
    """What is read of a notebook; its outputs, most of the file, are passed over."""

    cells: list[_NotebookCell]


_reader = msgspec.json.Decoder(_Read)


def _code(path: Path, notebook: str, stubs: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The answers in code of an autograded notebook; none where it is gone."""
    if not path.is_file():
        return {}
    cells = [((notebook, cell.metadata.nbgrader.grade_id), cell) for cell in _reader.decode(path.read_bytes()).cells]
    return {key: "".join(cell.source) for key, cell in cells if key in stubs and cell.cell_type == "code"}
