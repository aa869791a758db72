"""What a verdict says, in nbgrader's tables: scores, comments, penalties for being late.

In few statements of SQL: nbgrader's own calls do the same cell by cell, and take several times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.plugins import LateSubmissionPlugin
from sqlalchemy import bindparam, func, insert, select, update

from autograder.grading.classes.submission import GradedNotebook, Verdict


@dataclass(frozen=True)
class _Notebook:
    """graded, answered: id of a cell -> its name; a task is both."""

    id: str
    graded: dict[str, str]
    answered: dict[str, str]


class Scores:
    """Of one assignment, as the gradebook knows it now. late: nbgrader's plugin for penalties.

    Raises nbgrader's MissingEntry where the gradebook does not have the assignment.
    """

    def __init__(self, gradebook: Gradebook, assignment: str, late: LateSubmissionPlugin):
        self.db, self.late = gradebook.db, late
        found = gradebook.find_assignment(assignment)
        self.id, self.due = found.id, found.duedate
        self.notebooks = {notebook.name: self._cells(notebook.id) for notebook in found.notebooks}

    def write(self, verdict: Verdict, timestamp: datetime | None) -> None:
        """In the caller's transaction. timestamp: when it was handed in, where that is known."""
        submission, seconds_late = self._submission(verdict.student, timestamp)
        known = select(SubmittedNotebook.notebook_id, SubmittedNotebook.id)
        known = dict(self.db.execute(known.where(SubmittedNotebook.assignment_id == submission)).all())
        for notebook in self.notebooks.values():
            if notebook.id not in known:
                known[notebook.id] = new_uuid()
                row = {"id": known[notebook.id], "assignment_id": submission, "notebook_id": notebook.id}
                self.db.execute(insert(SubmittedNotebook.__table__), row)
        for graded in verdict.notebooks:
            notebook = self.notebooks[graded.name]
            place = known[notebook.id]
            self._write_grades(notebook, place, graded)
            self._write_comments(notebook, place, graded)
            penalty = self._penalty(verdict.student, place, seconds_late)
            rows = update(SubmittedNotebook.__table__).where(SubmittedNotebook.id == place)
            self.db.execute(rows.values(late_submission_penalty=penalty))

    def _submission(self, student: str, timestamp: datetime | None) -> tuple[str, float]:
        """Its id, and how many seconds late it is."""
        if self.db.execute(select(Student.id).where(Student.id == student)).first() is None:
            self.db.execute(insert(Student.__table__), {"id": student})
        table, mine = SubmittedAssignment.__table__, (SubmittedAssignment.student_id == student)
        columns = select(SubmittedAssignment.id, SubmittedAssignment.timestamp, SubmittedAssignment.extension)
        found = self.db.execute(columns.where(SubmittedAssignment.assignment_id == self.id, mine)).first()
        if found is None:
            known, extension = new_uuid(), None
            row = {"id": known, "assignment_id": self.id, "student_id": student, "timestamp": timestamp}
            self.db.execute(insert(table), row)
        else:
            known, before, extension = found
            if timestamp is None:
                timestamp = before
            else:
                self.db.execute(update(table).where(SubmittedAssignment.id == known).values(timestamp=timestamp))
        if timestamp is None or self.due is None:
            return known, 0.0
        due = self.due if extension is None else self.due + extension
        return known, (timestamp - due).total_seconds()

    def _write_grades(self, notebook: _Notebook, place: str, graded: GradedNotebook) -> None:
        known = select(Grade.cell_id, Grade.manual_score).where(Grade.notebook_id == place)
        manual = dict(self.db.execute(known).all())
        new, changed = [], []
        for cell, name in notebook.graded.items():
            score = graded.scores.get(name)
            if cell not in manual:
                new.append(
                    {"cell_id": cell, "notebook_id": place, "auto_score": score, "needs_manual_grade": score is None}
                )
            elif name in graded.scores:
                waits = manual[cell] is not None or score is None
                changed.append({"cell": cell, "score": score, "waits": waits})
        self._put(Grade, place, new, changed, auto_score="score", needs_manual_grade="waits")

    def _write_comments(self, notebook: _Notebook, place: str, graded: GradedNotebook) -> None:
        known = set(self.db.execute(select(Comment.cell_id).where(Comment.notebook_id == place)).scalars())
        new, changed = [], []
        for cell, name in notebook.answered.items():
            text = graded.comments.get(name)
            if cell in known:
                changed.append({"cell": cell, "text": text})
            else:
                new.append({"cell_id": cell, "notebook_id": place, "auto_comment": text})
        self._put(Comment, place, new, changed, auto_comment="text")

    def _put(self, kind, place: str, new: list[dict], changed: list[dict], **columns: str) -> None:
        """Insert rows, and update others by their cell. columns: name of a column -> its key in a changed row."""
        table = kind.__table__
        if new:
            self.db.execute(insert(table), new)
        if changed:
            rows = update(table).where(table.c.notebook_id == place, table.c.cell_id == bindparam("cell"))
            values = {column: bindparam(key) for column, key in columns.items()}
            self.db.connection().execute(rows.values(values), changed)

    def _penalty(self, student: str, place: str, seconds_late: float) -> float | None:
        if seconds_late <= 0:
            return None
        score = self.db.execute(select(func.sum(Grade.score)).where(Grade.notebook_id == place)).scalar() or 0.0
        penalty = self.late.late_submission_penalty(student, score, seconds_late)
        return None if penalty is None else min(max(penalty, 0), score)

    def _cells(self, notebook: str) -> _Notebook:
        cells = self.db.execute(
            select(BaseCell.id, BaseCell.name, BaseCell.type).where(BaseCell.notebook_id == notebook)
        )
        graded, answered = {}, {}
        for cell, name, kind in cells:
            if kind in ("GradeCell", "TaskCell"):
                graded[cell] = name
            if kind in ("SolutionCell", "TaskCell"):
                answered[cell] = name
        return _Notebook(notebook, graded, answered)
