"""The sample class on the real assignment, as `make demo` takes it through."""

from pathlib import Path

import pytest

from autograder.course.demo import run_demo
from autograder.course.key import load_key
from autograder.course.sample_class import CLASS
from autograder.grading.apart.sandbox import Sandbox, why_not

ROOT = Path(__file__).parents[1]
CHOSEN = ("ada", "blaise", "grace", "julia", "leonhard")


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    key = load_key(ROOT / "solutions" / "03_optimizers" / "key")
    folder = tmp_path_factory.mktemp("demo") / "course"
    sandbox = Sandbox.NONE if why_not() else Sandbox.REQUIRED
    grades = run_demo(key, ROOT, folder, [student for student in CLASS if student.name in CHOSEN], sandbox)
    return {grade.student: grade for grade in grades}, folder


@pytest.mark.parametrize(
    ("student", "points"), [("ada", 36), ("blaise", 36), ("grace", 32), ("julia", 18), ("leonhard", 0)]
)
def test_each_student_gets_what_was_earned(rows, student, points):
    assert rows[0][student].points == points


def test_mistakes_are_named(rows):
    assert rows[0]["grace"].told[0].startswith("RMSProp: You average the gradients")
    assert rows[0]["julia"].told == ["4 exercises not attempted."]
    assert "cannot be read" in rows[0]["leonhard"].told[0]


def test_pages_and_grades_are_there(rows):
    folder = rows[1]
    pages = {path.parts[-3] for path in folder.glob("feedback/*/*/*.html")}
    assert pages == set(CHOSEN)
    assert "ada" in (folder / "grades.csv").read_text()
