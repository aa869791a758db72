"""The page lists who chose a name, by what the grader measured, and what a student wrote does nothing to it."""

import nbformat
import plain_course as plain
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from plain_course import NAME, RIGHT, filled, hand_in

from autograder.checking.result import Degree, Outcome, PropertyResult, Result
from autograder.course.release import nbgrader
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.classes.classroom import CannotGrade, Classroom
from autograder.grading.classes.leaderboard import LONGEST, printable, pseudonym, ranked, write_leaderboard
from autograder.grading.classes.submission import GradedNotebook, Verdict


def notebook(*sources):
    return [new_notebook(cells=[new_code_cell(source) for source in sources])]


@pytest.mark.parametrize(
    ("sources", "name"),
    [
        ([], ""),
        (['LEADERBOARD_NAME = ""'], ""),
        (['LEADERBOARD_NAME = "Gauss"'], "Gauss"),
        (['LEADERBOARD_NAME = "Gauss"  # me', "LEADERBOARD_NAME = 'Euler'"], "Euler"),
        (['%matplotlib inline\nx = 1\nLEADERBOARD_NAME = "Gauss"'], "Gauss"),
        (["LEADERBOARD_NAME = 'Ga' + 'uss'"], ""),
        (["LEADERBOARD_NAME = 7"], ""),
        (["LEADERBOARD_NAME = open('/etc/passwd').read()"], ""),
        (["if True:\n    LEADERBOARD_NAME = 'Gauss'"], ""),
        (["LEADERBOARD_NAME = 'Gauss'", "def broken(:"], "Gauss"),
    ],
)
def test_the_name_is_a_text_that_stands_in_a_cell_and_nothing_is_run(sources, name):
    assert pseudonym(notebook(*sources)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  two\n words\t", "two words"),
        ("\u202eevil\u200b\x00", "evil"),
        ("e" + "\u0301" * 50, "é"),
        ("x" * 500, "x" * LONGEST),
        ("<b>&", "<b>&"),
        ("카이스트", "카이스트"),
        ("\u2066\u200f", ""),
    ],
)
def test_a_name_is_short_and_does_not_disturb_its_neighbours(text, name):
    assert printable(text) == name


def test_the_best_is_first_equals_share_a_rank_and_a_name_is_there_once():
    numbers = [("b", 0.7, 9), ("a", 0.9, 8), ("A", 0.7, 7), ("c", 0.5, 6), ("a (2)", 0.1, 5), ("a", 0.05, 1)]
    entries = ranked([(name, {"accuracy": reached, "parameters": size}) for name, reached, size in numbers])
    assert [(e.rank, e.name) for e in entries] == [
        (1, "a"), (2, "A (2)"), (2, "b"), (4, "c"), (5, "a (2) (2)"), (6, "a (3)"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of a plain course, recorded as if a hidden test had measured an accuracy."""
    folder = plain.make(tmp_path_factory.mktemp("board"))
    nbgrader(folder, "generate_assignment", NAME, "--create")
    chosen = {"ada": "<script>alert(1)</script>", "blaise": "Pascal", "carl": "", "emmy": "Noether"}
    for student, name in chosen.items():
        hand_in(folder, student, filled(folder, RIGHT, new_code_cell(f"LEADERBOARD_NAME = {name!r}")))
    return folder


def record(course, measured):
    """Write verdicts. measured: student -> (accuracy, whether it is of a hidden test); None without a measurement."""
    classroom = Classroom(course, NAME, sandbox=Sandbox.NONE)
    for student, (reached, hidden) in measured.items():
        text = (course / "submitted" / student / NAME / plain.FILE).read_text()
        degree = None if reached is None else Degree(reached, "said", {"accuracy": reached, "parameters": 12345})
        result = Result("Accuracy", Outcome.FAILED, 1, 3, [PropertyResult("reads", degree=degree)], hidden=hidden)
        graded = GradedNotebook(plain.FILE.removesuffix(".ipynb"), text, {}, {}, [], [result])
        classroom.records.write(Verdict(student, [graded]), "s", "k", {})
    classroom.close()


def test_without_a_measurement_there_is_no_page(course, tmp_path):
    with pytest.raises(CannotGrade, match="measured accuracy"):
        write_leaderboard(course, NAME, tmp_path / "board.html")
    assert not (tmp_path / "board.html").exists()


def test_the_page_lists_those_who_chose_a_name_by_what_the_grader_recorded(course, tmp_path):
    record(course, {"ada": (0.81, True), "blaise": (0.92, True), "carl": (0.99, True), "emmy": (0.97, False)})
    path = tmp_path / "new" / "board.html"
    entries = write_leaderboard(course, NAME, path)
    assert [(e.rank, e.name, e.accuracy) for e in entries] == [
        (1, "Pascal", 0.92),
        (2, "<script>alert(1)</script", 0.81),
    ]
    page = path.read_text(encoding="utf-8")
    assert "2 of 3 graded submissions" in page
    assert "92.0%" in page
    assert "12,345 numbers" in page
    assert "<script" not in page
    assert not any(student in page for student in ("ada", "blaise", "carl", "emmy"))
    assert "http" not in page
    nbformat.validate(nbformat.read(course / "autograded" / "ada" / NAME / plain.FILE, as_version=4))
