"""A class in which something goes wrong: what is handed in, a worker, the machine. Nobody else pays for it."""

import errno
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import plain_course as plain
import pytest
from nbgrader.api import Gradebook
from plain_course import FILE, NAME, RIGHT, Here, filled, hand_in

from autograder.course.release import nbgrader
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import NoSandbox, Sandbox
from autograder.grading.classes import records
from autograder.grading.classes.classroom import CannotGrade, Classroom
from autograder.grading.classes.kit import Kit, unpacked
from autograder.grading.classes.processes import DIED, Failed, Processes
from autograder.grading.classes.submission import Submission, Verdict
from autograder.grading.classes.workers import LocalWorkers


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = plain.make(tmp_path_factory.mktemp("faults"))
    (course / "nbgrader_config.py").write_text(plain.CONFIG + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    nbgrader(course, "generate_assignment", NAME, "--create")
    return course


@pytest.fixture
def course(released, tmp_path):
    """A course in which ada handed in a right answer."""
    course = tmp_path / "course"
    shutil.copytree(released, course)
    hand_in(course, "ada", filled(course, RIGHT))
    return course


@pytest.fixture
def grade(course, _closed_at_the_end):
    """grade(workers) -> the report, and of whom a verdict was told. Without a sandbox: what is tried is all else."""
    opened = []

    def run(here=None):
        opened.append(classroom := Classroom(course, NAME, sandbox=Sandbox.NONE))
        run.classroom, told = classroom, []
        report = classroom.grade(here or Here(), told.append)
        return report, [verdict and verdict.student for verdict in told]

    yield run
    for classroom in opened:
        classroom.close()


def recorded(course) -> dict:
    """Student -> points and penalty, as the gradebook has them."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = gradebook.assignment_submissions(NAME)
        return {s.student.id: (s.score, s.late_submission_penalty) for s in found}


def test_where_nobody_handed_in_it_says_so(released):
    with pytest.raises(CannotGrade, match=f"Nobody handed in '{NAME}'"):
        Classroom(released, NAME)


def test_a_folder_that_cannot_be_read_costs_its_student_alone(course, grade):
    (course / "submitted" / "bo").mkdir()
    (course / "submitted" / "bo" / NAME).write_text("not a folder")
    report, told = grade()
    assert len(grade.classroom) == 2
    assert list(report.failed) == ["bo"]
    assert "cannot be read: Not a directory" in report.failed["bo"]
    assert [verdict.points for verdict in report.verdicts] == [5]
    assert sorted(told, key=str) == [None, "ada"]
    assert recorded(course) == {"ada": (5, 0)}


def test_a_submission_without_a_verdict_is_reported_and_graded_in_the_next_run(course, grade):
    report, told = grade(Here({"ada": Failed("it fell over")}))
    assert (report.failed, told, recorded(course)) == ({"ada": "it fell over"}, [None], {})
    assert grade()[1] == ["ada"]
    report, told = grade()
    assert (report.skipped, told) == (["ada"], [None])


def test_a_worker_that_has_no_sandbox_ends_the_run_with_its_advice(course, grade):
    with pytest.raises(CannotGrade, match="install it"):
        grade(Here({"ada": NoSandbox("install it")}))
    assert recorded(course) == {}


def test_a_full_disk_is_said_and_the_next_run_goes_on(course, grade, monkeypatch):
    def full(folder, files):
        raise OSError(errno.ENOSPC, "No space left on device", str(folder))

    monkeypatch.setattr(records, "_replace", full)
    with pytest.raises(CannotGrade, match="No space left on device"):
        grade()
    assert recorded(course) == {}
    monkeypatch.undo()
    assert grade()[1] == ["ada"]


def test_a_gradebook_that_stays_locked_is_said_and_the_next_run_goes_on(course, grade, monkeypatch):
    monkeypatch.setattr(records, "LOCK_SECONDS", 0.1)
    grade()
    hand_in(course, "ada", filled(course, RIGHT + "  # again"))
    with closing(sqlite3.connect(course / "gradebook.db")) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        with pytest.raises(CannotGrade, match="could not be written: database is locked"):
            grade()
    assert recorded(course) == {"ada": (5, 0)}
    assert grade()[1] == ["ada"]


def test_what_is_late_loses_what_the_course_says(course, grade):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=datetime(2030, 1, 2, tzinfo=UTC).replace(tzinfo=None))
    hand_in(course, "bo", filled(course, RIGHT))
    for student, day in (("ada", 1), ("bo", 3)):
        (course / "submitted" / student / NAME / "timestamp.txt").write_text(f"2030-01-0{day} 00:00:00 UTC")
    grade()
    assert recorded(course) == {"ada": (5, 0), "bo": (5, 5)}
    assert (course / "autograded" / "bo" / NAME / "timestamp.txt").is_file()
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.grant_extension(NAME, "bo", days=2)
    hand_in(course, "bo", filled(course, RIGHT + "  # again"))
    grade()
    assert recorded(course)["bo"] == (5, 0)


def test_what_a_killed_run_left_half_written_is_replaced(course, grade):
    half = course / "autograded" / "ada" / f".{NAME}.new"
    half.mkdir(parents=True)
    (half / FILE).write_text("half")
    grade()
    assert [path.name for path in half.parent.iterdir()] == [NAME]
    assert (half.parent / NAME / FILE).read_text() != "half"


def test_with_another_answer_key_all_is_graded_again(course, grade):
    grade()
    key = course / "source" / NAME / "key"
    key.mkdir()
    (key / "answers.py").write_text("1")
    assert grade()[1] == ["ada"]
    folder = unpacked(grade.classroom.kit)
    assert (folder / "source" / NAME / "key" / "answers.py").read_text() == "1"
    assert sorted(path.name for path in (folder / "released").iterdir()) == ["numbers.txt"]
    assert grade()[0].skipped == ["ada"]


def test_feedback_is_written_for_those_who_have_a_grade(course, grade):
    hand_in(course, "bo", filled(course, RIGHT))
    grade(Here({"bo": Failed("it fell over")}))
    grade.classroom.write_feedback(Here())
    assert "3 of 3" in (course / "feedback" / "ada" / NAME / "problem.html").read_text()
    assert not (course / "feedback" / "bo").exists()


def fate(kit: Kit, submission: Submission) -> Verdict:
    """What a worker does in the tests below; found by its name in the worker's process."""
    if submission.student == "bomb":
        os.kill(os.getpid(), signal.SIGKILL)
    if submission.student == "odd":
        raise ValueError("odd")
    if submission.student == "bare":
        raise NoSandbox("none here")
    return Verdict(submission.student)


@pytest.fixture
def run():
    """run(student, …) -> what a worker says of each."""
    kit = Kit(NAME, {}, b"", Limits(), Sandbox.NONE)
    return lambda *students: {
        submission.student: outcome
        for submission, outcome in LocalWorkers(1).run(kit, fate, (Submission(student, {}) for student in students))
    }


def test_a_submission_that_ends_its_worker_is_found_and_the_others_are_graded(run):
    assert run("odd", "bomb", "a", "b") == {
        "odd": Failed("ValueError: odd"),
        "bomb": Failed(DIED),
        "a": Verdict("a"),
        "b": Verdict("b"),
    }


def test_a_machine_without_a_sandbox_grades_nobody(run):
    with pytest.raises(NoSandbox, match="none here"):
        run("bare")


def test_there_are_as_many_workers_as_cores():
    assert LocalWorkers().count == len(os.sched_getaffinity(0))


def test_a_submissions_digest_depends_on_where_a_name_ends():
    assert Submission("a", {"x": b"yz"}).digest != Submission("a", {"xy": b"z"}).digest
    assert Submission("a", {"x": b"y"}).digest == Submission("b", {"x": b"y"}).digest


@pytest.mark.parametrize("more", [0, 1])
def test_workers_keep_to_a_core_each_where_there_is_one_for_each(more):
    cores = os.sched_getaffinity(0)
    processes = Processes(len(cores) + more, kit=None, patience=60)
    try:
        theirs = [process.run(_cores, None, 60) for process in processes.processes]
    finally:
        processes.close()
    assert theirs == ([cores] * len(theirs) if more else [{core} for core in cores])


def _cores(kit, value) -> set[int]:
    return os.sched_getaffinity(0)
