"""Where there is no bubblewrap, nbgrader grades nothing unless that is asked for by name."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import plain_course as plain
import pytest
from nbgrader.api import Gradebook, MissingEntry
from plain_course import FILE, NAME, RIGHT, filled, hand_in


@pytest.fixture(scope="module")
def nbgrader(tmp_path_factory):
    """nbgrader(argument, …) -> the finished command, with no other program in reach than Python's."""
    course = plain.make(tmp_path_factory.mktemp("no_bubblewrap"))

    def run(*arguments):
        environment = {**os.environ, "PATH": str(Path(sys.executable).parent)}
        command = [sys.executable, "-m", "nbgrader", *arguments]
        return subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, check=False)

    run.course = course
    run("generate_assignment", NAME, "--create")
    hand_in(course, "ada", filled(course, RIGHT))
    hand_in(course, "bo", filled(course, RIGHT))
    return run


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the advice is another")
def test_nothing_is_graded_and_one_sentence_says_what_to_do(nbgrader):
    done = nbgrader("autograde", NAME)
    assert done.returncode == 1
    assert "Nothing was graded. Submissions are graded in a sandbox, which needs bubblewrap." in done.stderr
    assert "sudo apt install bubblewrap" in done.stderr
    assert "--ExecuteApart.sandbox=none" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("bubblewrap.") == 1
    assert not (nbgrader.course / "autograded").exists()
    with Gradebook(f"sqlite:///{nbgrader.course / 'gradebook.db'}") as gradebook, pytest.raises(MissingEntry):
        gradebook.find_submission(NAME, "ada")


def test_what_the_sentence_advises_grades_without_a_sandbox(nbgrader):
    done = nbgrader("autograde", NAME, "--ExecuteApart.sandbox=none")
    assert done.returncode == 0, done.stderr
    assert "Graded with no sandbox: " in done.stderr
    assert nbgrader("export").returncode == 0
    with (nbgrader.course / "grades.csv").open() as file:
        assert {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)} == {"ada": 5, "bo": 5}
    assert (nbgrader.course / "autograded" / "ada" / NAME / FILE).is_file()
