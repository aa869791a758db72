"""The sample class on the real assignment, as `make demo` takes it through."""

from pathlib import Path

import pytest

from autograder.course.demo import run_demo
from autograder.course.key import load_key
from autograder.course.sample_class import CLASS
from autograder.grading.apart.sandbox import Sandbox, why_not
from autograder.grading.classes.report.figures import figures
from autograder.grading.classes.report.gathered import gather

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


def test_the_class_report_counts_what_was_graded(rows):
    counted = figures(gather(rows[1], "03_optimizers"))
    assert (counted.handed_in, counted.graded, [said.student for said in counted.not_gradable]) == (5, 4, ["leonhard"])
    assert [(points.possible, points.mean, points.median) for points in counted.points[:1]] == [(36, 30.5, 34)]
    by_title = {exercise.title: exercise for exercise in counted.exercises}
    rmsprop = by_title["RMSProp"]
    assert list(by_title)[:3] == ["SGD", "Descent", "Momentum"]
    assert (rmsprop.possible, rmsprop.full, rmsprop.none, rmsprop.not_attempted) == (4, 2, 1, 1)
    assert {p.title: (p.passed, p.of) for p in rmsprop.properties}["keeps float32"] == (3, 3)
    (mistake,) = counted.mistakes
    assert (mistake.exercise, mistake.students) == ("RMSProp", ["grace"])
    assert mistake.hint in (rows[1] / "reports" / "03_optimizers.html").read_text()
