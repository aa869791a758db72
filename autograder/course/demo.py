"""The whole way of an assignment: release, a class that hands it in, grading, feedback pages, grades as CSV."""

from __future__ import annotations

import re
import shutil
import warnings
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin
from traitlets.config import PyFileConfigLoader

from autograder.checking.engine import NOT_ATTEMPTED
from autograder.checking.show import plural
from autograder.course.key import SOLUTIONS, Key
from autograder.course.release import release
from autograder.course.sample_class import CLASS, Student, hand_in
from autograder.course.selfcheck import right_answers
from autograder.grading.restore import ABOUT
from autograder.grading.sandbox import Sandbox


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
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        graded = list(pool.map(partial(_autograde, folder, key.assignment), [s.name for s in students]))
    with chdir(folder), _gradebook(_api(folder)) as gradebook:
        exporter = CsvExportPlugin()
        exporter.to = "grades.csv"
        exporter.export(gradebook)
        return [_grade(gradebook, key.assignment, *pair) for pair in zip(students, graded, strict=True)]


def _set_up(key: Key, course: Path, folder: Path, sandbox: Sandbox) -> None:
    """An empty course with this one assignment and this course's settings."""
    shutil.rmtree(folder, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(course / SOLUTIONS / key.assignment, folder / SOLUTIONS / key.assignment, ignore=ignore)
    config = (course / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(f'{config}\nc.ExecuteApart.sandbox = "{sandbox}"\n', encoding="utf-8")


def _api(folder: Path) -> NbGraderAPI:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    config.Exchange.root = str(folder / "exchange")
    return NbGraderAPI(CourseDirectory(config=config), config=config)


def _autograde(folder: Path, assignment: str, student: str) -> bool:
    """Grade one student with nbgrader and write the feedback page; whether it could be done."""
    warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader's own queries
    with chdir(folder):
        api = _api(folder)
        done = api.autograde(assignment, student)["success"]
        return done and api.generate_feedback(assignment, student)["success"]


def _gradebook(api: NbGraderAPI) -> Gradebook:
    return Gradebook(api.coursedir.db_url, api.coursedir.course_id)


def _grade(gradebook: Gradebook, assignment: str, student: Student, graded: bool) -> Grade:
    """The row of one student, from the gradebook and the autograded notebook."""
    possible = gradebook.find_assignment(assignment).max_code_score
    if not graded:
        return Grade(student.name, student.story, None, possible, ["It could not be graded: see the log."])
    points = gradebook.find_submission(assignment, student.name).code_score
    notebook = nbformat.read(Path("autograded") / student.name / assignment / f"{assignment}.ipynb", as_version=4)
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
