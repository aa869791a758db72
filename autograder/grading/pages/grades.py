"""The grades of one notebook, from the gradebook into the notebook's metadata, where a page finds them."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from sqlalchemy import select


@dataclass(frozen=True)
class Grades:
    """score: of max_score, less the penalty for being late. cells: name of a graded cell -> points, None where a person
    has still to grade it, and the most that it can get. comments: name of an answer's cell -> what graders wrote.
    """

    score: float
    max_score: float
    late_penalty: float
    cells: dict[str, tuple[float | None, float]]
    comments: dict[str, str]


def grades_of(gradebook: Gradebook, assignment: str, student: str, notebook: str) -> Grades:
    """Raises nbgrader's MissingEntry where the student has none."""
    found = gradebook.find_submission_notebook(notebook, assignment, student)
    penalty = found.late_submission_penalty or 0.0
    grades = select(BaseCell.name, Grade.score, Grade.max_score, Grade.manual_score, Grade.needs_manual_grade)
    grades = gradebook.db.execute(grades.join(Grade.cell).where(Grade.notebook_id == found.id))
    comments = select(BaseCell.name, Comment.comment).join(Comment.cell).where(Comment.notebook_id == found.id)
    return Grades(
        found.score - penalty,
        found.max_score,
        penalty,
        {name: (None if manual is None and waits else score, most) for name, score, most, manual, waits in grades},
        {name: comment for name, comment in gradebook.db.execute(comments) if comment},
    )


def put_grades(notebook: NotebookNode, grades: Grades, about: dict) -> None:
    """Into a notebook's cells and into `about`, nbgrader's resources."""
    about |= {"score": grades.score, "max_score": grades.max_score, "late_penalty": grades.late_penalty}
    for cell in notebook.cells:
        of = cell.metadata.get("nbgrader", {})
        if (name := of.get("grade_id")) in grades.cells:
            of["score"], of["points"] = grades.cells[name]
        if name in grades.comments:
            of["comment"] = grades.comments[name]


class PutGrades(NbGraderPreprocessor):
    """The first step of nbgrader's `generate_feedback` (`c.GenerateFeedback.preprocessors`)."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            put_grades(nb, grades_of(gradebook, about["assignment"], about["student"], about["notebook"]), about)
        return nb, resources
