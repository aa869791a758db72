"""The whole way of an assignment: release, a class that hands it in, grading, feedback pages, grades as CSV."""

from __future__ import annotations

import re
import shutil
from contextlib import chdir, closing
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.plugins import CsvExportPlugin

from autograder.checking.engine import NOT_ATTEMPTED
from autograder.checking.show import plural
from autograder.course.key import SOLUTIONS, Key
from autograder.course.release import release
from autograder.course.sample_class import CLASS, Student, hand_in
from autograder.course.selfcheck import right_answers
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.classes.classroom import Classroom
from autograder.grading.classes.workers import LocalWorkers
from autograder.grading.restore import ABOUT


@dataclass(frozen=True)
class Grade:
    """One row of the table. points: None where nothing could be graded; told: what the student reads."""

    student: str
    story: str
    points: float | None
    possible: float
    told: list[str]


def run_demo(
    key: Key, course: Path, folder: Path, students: list[Student] = CLASS, sandbox: Sandbox = Sandbox.REQUIRED
) -> list[Grade]:
    """Make a course of its own in `folder`, take a sample class through it, and return the table's rows.

    The pages are then in `feedback/`, the grades in `grades.csv`. The class is ours, so it may run without a sandbox.
    """
    _set_up(key, course, folder, sandbox)
    release(key, folder)
    hand_in(key, folder, students, [*right_answers(course, key), *key.wrong_answers])
    with chdir(folder), closing(Classroom(folder, key.assignment)) as classroom:
        failed = classroom.grade(LocalWorkers()).failed
        classroom.write_feedback()
        exporter = CsvExportPlugin()
        exporter.to = "grades.csv"
        exporter.export(classroom.gradebook)
        return [_grade(classroom, student, failed) for student in students]


def _set_up(key: Key, course: Path, folder: Path, sandbox: Sandbox) -> None:
    """An empty course with this one assignment and this course's settings."""
    shutil.rmtree(folder, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(course / SOLUTIONS / key.assignment, folder / SOLUTIONS / key.assignment, ignore=ignore)
    config = (course / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(f'{config}\nc.ExecuteApart.sandbox = "{sandbox}"\n', encoding="utf-8")


def _grade(classroom: Classroom, student: Student, failed: dict[str, str]) -> Grade:
    """The row of one student, from the gradebook and the autograded notebook."""
    name = classroom.assignment
    possible = classroom.gradebook.find_assignment(name).max_code_score
    if student.name in failed:
        return Grade(student.name, student.story, None, possible, [failed[student.name]])
    points = classroom.gradebook.find_submission(name, student.name).code_score
    notebook = nbformat.read(classroom.records.folder(student.name) / f"{name}.ipynb", as_version=4)
    return Grade(student.name, student.story, points, possible, told_by(notebook))


def told_by(notebook) -> list[str]:
    """What a graded notebook tells: what was wrong with the file, the hints with their exercise, and how many
    exercises were not attempted."""
    told, skipped = [], 0
    for cell in notebook.cells:
        if cell.id == ABOUT:
            told += re.findall(r"^- (.*)$", cell.source, re.MULTILINE)
        if cell.cell_type != "code" or not cell.metadata.get("nbgrader", {}).get("grade"):
            continue
        text = "\n".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        title = re.search(r"^✗ ([^:]*):", text, re.MULTILINE)
        hints = dict.fromkeys(re.findall(r"^  Hint: (.*)$", text, re.MULTILINE))
        told += [f"{title[1]}: {hint}" for hint in hints]
        skipped += NOT_ATTEMPTED in text
    return told + ([f"{plural(skipped, 'exercise')} not attempted."] if skipped else [])
