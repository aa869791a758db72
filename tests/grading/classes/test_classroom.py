"""A class is graded in parallel, and whatever ends a run, the next one ends with the same grades."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from nbgrader.api import Gradebook
from plain_course import FILE, NAME, RIGHT, filled, hand_in
from test_plain_course import POINTS

from autograder.grading.apart.isolation import descendants
from autograder.grading.classes.classroom import CannotGrade, Classroom
from autograder.grading.classes.records import Records
from autograder.grading.classes.workers import LocalWorkers


@pytest.fixture(scope="module")
def graded(handed_in, tmp_path_factory):
    course = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(handed_in, course, symlinks=True)
    return course, grade(course)


def grade(course, *students, workers=2):
    classroom = Classroom(course, NAME, students)
    try:
        return classroom.grade(LocalWorkers(workers))
    finally:
        classroom.close()


def points(course) -> dict:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions(NAME)}


def test_everybody_gets_what_nbgraders_own_command_gives(graded):
    course, report = graded
    assert points(course) == {student: earned for student, (earned, _) in POINTS.items()}
    assert not report.failed
    assert {verdict.student for verdict in report.verdicts} == set(POINTS)


def test_answers_wait_for_a_person(graded):
    with Gradebook(f"sqlite:///{graded[0]}/gradebook.db") as gradebook:
        grades = {g.name: g.needs_manual_grade for g in gradebook.find_submission(NAME, "ada").notebooks[0].grades}
    assert grades == {"test_mean": False, "test_near": False, "why": True, "show": True}


def test_what_is_graded_stays_and_what_is_new_is_graded(graded):
    course, _ = graded
    hand_in(course, "far", filled(course, RIGHT))
    (course / "autograded" / "noisy" / NAME / FILE).unlink()
    report = grade(course)
    assert sorted(verdict.student for verdict in report.verdicts) == ["far", "noisy"]
    assert sorted(report.skipped) == sorted(set(POINTS) - {"far", "noisy"})
    assert (points(course)["far"], points(course)["noisy"]) == (5, 5)


def test_a_score_of_an_earlier_version_does_not_survive_a_file_that_cannot_be_read(graded):
    course, _ = graded
    hand_in(course, "ada", "no notebook")
    grade(course, "ada")
    assert points(course)["ada"] == 0
    hand_in(course, "ada", filled(course, RIGHT))
    grade(course, "ada")
    assert points(course)["ada"] == 5


def test_a_grade_is_written_whole_or_not_at_all(graded, monkeypatch):
    course, _ = graded
    write = Records._write_scores

    def interrupted(self, verdict):
        write(self, verdict)
        raise KeyboardInterrupt

    hand_in(course, "near", filled(course, RIGHT))
    monkeypatch.setattr(Records, "_write_scores", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grade(course, "near")
    monkeypatch.undo()
    assert points(course)["near"] == 1.5
    grade(course, "near")
    assert points(course)["near"] == 5


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_and_run_again_the_grades_are_the_same(handed_in, tmp_path, seed):
    course, draw, some = tmp_path / "course", random.Random(seed), ["ada", "cheat", "misnamed", "near"]
    shutil.copytree(handed_in, course, symlinks=True)
    command = [sys.executable, "-m", "autograder.cli", "grade", NAME, *some, "--workers", "2"]
    with subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as run:
        time.sleep(draw.uniform(0.5, 6))
        victims = [run.pid, *descendants(run.pid)]
        os.kill(run.pid if seed % 2 else draw.choice(victims), signal.SIGKILL)
        run.communicate(timeout=90)
    assert not grade(course, *some).failed
    assert points(course) == {student: POINTS[student][0] for student in some}


def test_what_cannot_be_graded_is_said(handed_in, tmp_path):
    with pytest.raises(CannotGrade, match="no course"):
        Classroom(tmp_path, NAME)
    with pytest.raises(CannotGrade, match="generate_assignment ps2"):
        Classroom(handed_in, "ps2")
    with pytest.raises(CannotGrade, match="did not hand in 'ps1': zoe"):
        Classroom(handed_in, NAME, ["zoe"])
