"""A small class of a plain course, graded by the real grader and in part by hand."""

import shutil

import plain_course as plain
import pytest
from nbgrader.api import Gradebook
from plain_course import NAME, RIGHT, Here, filled, hand_in

from autograder.course.release import nbgrader
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.classes.classroom import Classroom

ODD = "<img src=x onerror=alert(1)>"  # a student's id, as a folder can be called


@pytest.fixture(scope="session")
def ungraded(tmp_path_factory):
    """A course that has released, and no grades."""
    course = plain.make(tmp_path_factory.mktemp("released"))
    nbgrader(course, "generate_assignment", NAME, "--create")
    return course


@pytest.fixture(scope="session")
def graded(ungraded, tmp_path_factory, _closed_at_the_end):
    """The course's folder. Without a sandbox: what is tried is what comes after the grading."""
    course = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(ungraded, course)
    right = filled(course, RIGHT)
    hand_in(course, "ada", right)
    hand_in(course, "bo", filled(course, "def mean(x):\n    return sum(x) / len(x) + 2"))
    hand_in(course, "cy", filled(course, "def mean(x):\n    return -1000.0"))
    hand_in(course, "dan", (course / "release" / NAME / plain.FILE).read_text())
    hand_in(course, "eve")
    hand_in(course, ODD, right, "other <name>.ipynb")
    for student, day in (("ada", 3), ("bo", 5)):
        (course / "submitted" / student / NAME / "timestamp.txt").write_text(f"2030-01-0{day} 12:30:00 UTC")
    classroom = Classroom(course, NAME, sandbox=Sandbox.NONE)
    assert not classroom.grade(Here()).failed
    classroom.close()
    hand_in(course, "gus", right)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for student, cell, points in (("ada", "why", 2), ("ada", "show", 1), ("bo", "test_near", 2)):
            grade = gradebook.find_grade(cell, "problem", NAME, student)
            grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()
    return course


@pytest.fixture
def course(graded, tmp_path):
    """A copy of its own."""
    folder = tmp_path / "course"
    shutil.copytree(graded, folder)
    return folder
