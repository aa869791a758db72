"""A gradebook in PostgreSQL, by nbgrader's `db_url`: a server of its own, started for these tests."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import plain_course as plain
import pytest
from nbgrader.api import Gradebook
from plain_course import NAME, RIGHT, filled, hand_in
from test_plain_course import POINTS, hand_in_all

from autograder.course.release import nbgrader
from autograder.grading.classes.classroom import Classroom
from autograder.grading.classes.records import Records
from autograder.grading.classes.workers import LocalWorkers

pytest.importorskip("psycopg", reason="psycopg is not installed")


@pytest.fixture(scope="module")
def db_url():
    """The address of an empty database. The server listens at a socket in its folder, and ends with the tests."""
    programs = [Path(found) for found in [shutil.which("initdb")] if found]
    programs += sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))  # Debian's
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    folder, who = Path(tempfile.mkdtemp(prefix="pg")), []
    if os.getuid() == 0:  # the server refuses to be root
        shutil.chown(folder, "postgres", "postgres")
        who = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data, bin = folder / "data", programs[-1].parent
    initdb = [*who, bin / "initdb", "--no-sync", "--auth=trust", "--username=grader", "--pgdata", data]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    control = [*who, bin / "pg_ctl", "--pgdata", data, "--wait"]
    log = ["--log", folder / "log", "--options", options]
    subprocess.run([*control, *log, "start"], check=True, capture_output=True, cwd=folder)
    yield f"postgresql+psycopg://grader@/postgres?host={folder}"
    subprocess.run([*control, "--mode=immediate", "stop"], check=True, capture_output=True, cwd=folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def course(db_url, tmp_path_factory, why_not):
    if why_not:
        pytest.skip(why_not)
    course = plain.make(tmp_path_factory.mktemp("postgresql"))
    settings = f"c.CourseDirectory.db_url = {db_url!r}\nc.CourseDirectory.course_id = 'plain'\n"  # '' will not do here
    (course / "nbgrader_config.py").write_text(plain.CONFIG + settings)
    nbgrader(course, "generate_assignment", NAME, "--create")
    hand_in_all(course)
    return course


def grade(course):
    with closing(Classroom(course, NAME)) as classroom:
        return classroom.grade(LocalWorkers(2))


def points(db_url) -> dict:
    with Gradebook(db_url) as gradebook:
        return {submission.student.id: submission.score for submission in gradebook.assignment_submissions(NAME)}


def test_a_run_that_was_killed_is_finished_by_the_next(course, db_url):
    command = [sys.executable, "-c", KILLED_AT_THE_FIFTH, str(course)]
    killed = subprocess.run(command, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(points(db_url)) == 4
    report = grade(course)
    assert (len(report.skipped), report.failed) == (4, {})
    assert points(db_url) == {student: earned for student, (earned, _) in POINTS.items()}


KILLED_AT_THE_FIFTH = f"""
import os, signal, sys
from pathlib import Path
from autograder.grading.classes.classroom import Classroom
from autograder.grading.classes.records import Records
from autograder.grading.classes.workers import LocalWorkers

write, calls = Records._write_scores, []
def write_until(self, verdict):
    write(self, verdict)
    calls.append(verdict)
    if len(calls) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
Records._write_scores = write_until
if __name__ == "__main__":
    Classroom(Path(sys.argv[1]), {NAME!r}).grade(LocalWorkers(2))
"""


def test_an_error_in_the_database_leaves_the_earlier_grade_whole(course, db_url, monkeypatch):
    write = Records._write_scores

    def interrupted(self, verdict):
        write(self, verdict)
        raise KeyboardInterrupt

    hand_in(course, "near", filled(course, RIGHT))
    monkeypatch.setattr(Records, "_write_scores", interrupted)
    with pytest.raises(KeyboardInterrupt), closing(Classroom(course, NAME, ["near"])) as classroom:
        classroom.grade(LocalWorkers(1))
    monkeypatch.undo()
    assert points(db_url)["near"] == POINTS["near"][0]
    grade(course)
    assert points(db_url)["near"] == 5
