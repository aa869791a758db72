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

_students, _submissions, _notebooks, _grades, _comments = (
    kind.__table__ for kind in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
)
# put together once: that takes longer than to run them
STUDENT = select(_students.c.id).where(_students.c.id == bindparam("student"))
SUBMISSION = select(_submissions.c.id, _submissions.c.timestamp, _submissions.c.extension).where(
    _submissions.c.assignment_id == bindparam("assignment"), _submissions.c.student_id == bindparam("student")
)
HAND_IN = update(_submissions).where(_submissions.c.id == bindparam("known")).values(timestamp=bindparam("moment"))
NOTEBOOKS = select(_notebooks.c.notebook_id, _notebooks.c.id).where(
    _notebooks.c.assignment_id == bindparam("submission")
)
PENALTY = (
    update(_notebooks).where(_notebooks.c.id == bindparam("place")).values(late_submission_penalty=bindparam("penalty"))
)
MANUAL = select(_grades.c.cell_id, _grades.c.manual_score).where(_grades.c.notebook_id == bindparam("place"))
SCORE = (
    update(_grades)
    .where(_grades.c.notebook_id == bindparam("place"), _grades.c.cell_id == bindparam("cell"))
    .values(auto_score=bindparam("score"), needs_manual_grade=bindparam("waits"))
)
COMMENTED = select(_comments.c.cell_id).where(_comments.c.notebook_id == bindparam("place"))
COMMENT = (
    update(_comments)
    .where(_comments.c.notebook_id == bindparam("place"), _comments.c.cell_id == bindparam("cell"))
    .values(auto_comment=bindparam("text"))
)
NEW = {table: insert(table) for table in (_students, _submissions, _notebooks, _grades, _comments)}


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
        known = dict(self._run(NOTEBOOKS, submission=submission).all())
        for notebook in self.notebooks.values():
            if notebook.id not in known:
                known[notebook.id] = new_uuid()
                row = {"id": known[notebook.id], "assignment_id": submission, "notebook_id": notebook.id}
                self._run(NEW[_notebooks], **row)
        for graded in verdict.notebooks:
            notebook = self.notebooks[graded.name]
            place = known[notebook.id]
            self._write_grades(notebook, place, graded)
            self._write_comments(notebook, place, graded)
            self._run(PENALTY, place=place, penalty=self._penalty(verdict.student, place, seconds_late))

    def _run(self, statement, rows: list[dict] | None = None, **row):
        return self.db.connection().execute(statement, rows or row)

    def _submission(self, student: str, timestamp: datetime | None) -> tuple[str, float]:
        """Its id, and how many seconds late it is."""
        if self._run(STUDENT, student=student).first() is None:
            self._run(NEW[_students], id=student)
        found = self._run(SUBMISSION, assignment=self.id, student=student).first()
        if found is None:
            known, extension = new_uuid(), None
            row = {"id": known, "assignment_id": self.id, "student_id": student, "timestamp": timestamp}
            self._run(NEW[_submissions], **row)
        else:
            known, before, extension = found
            if timestamp is None:
                timestamp = before
            else:
                self._run(HAND_IN, known=known, moment=timestamp)
        if timestamp is None or self.due is None:
            return known, 0.0
        due = self.due if extension is None else self.due + extension
        return known, (timestamp - due).total_seconds()

    def _write_grades(self, notebook: _Notebook, place: str, graded: GradedNotebook) -> None:
        manual = dict(self._run(MANUAL, place=place).all())
        new, changed = [], []
        for cell, name in notebook.graded.items():
            score = graded.scores.get(name)
            if cell not in manual:
                new.append(
                    {"cell_id": cell, "notebook_id": place, "auto_score": score, "needs_manual_grade": score is None}
                )
            elif name in graded.scores:
                waits = manual[cell] is not None or score is None
                changed.append({"place": place, "cell": cell, "score": score, "waits": waits})
        self._put(new, _grades, changed, SCORE)

    def _write_comments(self, notebook: _Notebook, place: str, graded: GradedNotebook) -> None:
        known = set(self._run(COMMENTED, place=place).scalars())
        new, changed = [], []
        for cell, name in notebook.answered.items():
            text = graded.comments.get(name)
            if cell in known:
                changed.append({"place": place, "cell": cell, "text": text})
            else:
                new.append({"cell_id": cell, "notebook_id": place, "auto_comment": text})
        self._put(new, _comments, changed, COMMENT)

    def _put(self, new: list[dict], table, changed: list[dict], change) -> None:
        if new:
            self._run(NEW[table], new)
        if changed:
            self._run(change, changed)

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
