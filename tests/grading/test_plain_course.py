"""nbgrader's own commands in a course that knows nothing of Gradus."""

import csv
import json
import re
from html.parser import HTMLParser

import nbformat
import plain_course as plain
import pytest
from plain_course import CHEAT, FILE, NAME, NOISY, RIGHT, filled, hand_in

from autograder.course.release import nbgrader

POINTS = {  # and what the page says of the file
    "ada": (5, ""),
    "bad_json": (0, "cannot be read: it is not valid JSON"),
    "cheat": (0, ""),
    "doubled": (5, "is there 2 times"),
    "far": (0, ""),
    "folder": (0, "is not a file"),
    "link": (0, "is not a file"),
    "misnamed": (5, "problem (1).ipynb"),
    "near": (1.5, ""),
    "noisy": (5, ""),
    "surrogate": (5, ""),
    "two_files": (0, "It could be"),
    "vandal": (5, ""),
}


def hand_in_all(course):
    right = filled(course, RIGHT)
    hand_in(course, "ada", right)
    hand_in(course, "bad_json", right[:-40])
    hand_in(course, "cheat", filled(course, CHEAT))
    notebook = json.loads(right)
    notebook["cells"].append(
        plain.source().cells[3] | {"source": "def mean(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"}
    )
    hand_in(course, "doubled", json.dumps(notebook))
    hand_in(course, "far", filled(course, "def mean(x):\n    return -1000.0"))
    (hand_in(course, "folder") / FILE).mkdir()
    (course / "submitted" / "folder" / NAME / FILE / "a.txt").write_text("in the way")
    (hand_in(course, "link") / FILE).symlink_to(course / "source" / NAME / FILE)
    hand_in(course, "misnamed", right, "problem (1).ipynb")
    hand_in(course, "near", filled(course, "def mean(x):\n    return sum(x) / len(x) + 2"))
    hand_in(course, "noisy", filled(course, NOISY))
    hand_in(course, "surrogate", filled(course, RIGHT + "  # \ud800"))
    hand_in(course, "two_files", right, "a.ipynb")
    hand_in(course, "two_files", right, "b.ipynb")
    hand_in(course, "vandal", plain.vandal(course))


@pytest.fixture(scope="module")
def course(tmp_path_factory, why_not):
    """Released, handed in by a class, graded and given feedback: each command ends with status 0."""
    if why_not:
        pytest.skip(why_not)
    course = plain.make(tmp_path_factory.mktemp("plain"))
    nbgrader(course, "generate_assignment", NAME, "--create")
    hand_in_all(course)
    nbgrader(course, "autograde", NAME)
    nbgrader(course, "generate_feedback", NAME)
    nbgrader(course, "export")
    return course


def page_of(course, student) -> str:
    return (course / "feedback" / student / NAME / "problem.html").read_text()


def copy_of(course, student) -> nbformat.NotebookNode:
    return nbformat.read(course / "autograded" / student / NAME / FILE, as_version=4)


@pytest.mark.parametrize("student", POINTS)
def test_each_gets_what_was_earned_and_is_told_what_was_wrong_with_the_file(course, student):
    points, said = POINTS[student]
    with (course / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert scores[student] == points
    page = page_of(course, student)
    assert said in page
    assert ("About this submission" in page) is bool(said)


@pytest.mark.parametrize("student", POINTS)
def test_no_feedback_page_shows_a_hidden_test(course, student):
    page = page_of(course, student)
    text = re.sub("<[^>]*>", "", page)
    assert "mean([30" not in text
    assert "assert_allclose(" not in text
    if student != "vandal":  # who wrote the marker
        assert "HIDDEN TESTS" not in page


class Risks(HTMLParser):
    """What of a page could run a script of a student's."""

    def __init__(self, page: str):
        super().__init__()
        self.found, self.links = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag in ("script", "iframe", "object", "embed", "svg", "base", "form"):
            self.found.append((tag, tuple(attributes)))
        self.found += [(tag, name) for name in values if name.startswith("on") or name == "srcdoc"]
        for name in ("href", "src"):
            address = "".join((values.get(name) or "").split()).lower()
            if address.startswith(("javascript:", "vbscript:", "data:text", "data:image/svg")):
                self.found.append((tag, address))


def test_no_page_runs_a_students_script(course):
    assert Risks(page_of(course, "vandal")).found == Risks(page_of(course, "ada")).found == []


def test_the_instructors_copy_holds_no_script_either(course):
    cells = copy_of(course, "vandal").cells
    for cell in cells:
        if cell.cell_type != "code":
            assert not Risks(cell.source).found
            assert set().union(*cell.get("attachments", {"": {}}).values()) <= {"image/png"}
        else:
            for output in cell.outputs:
                data = output.get("data", {})
                assert set(data) <= {"text/plain", "text/html", "text/markdown", "image/png"}
                assert not Risks("".join(data.get(kind, "") for kind in ("text/html", "text/markdown"))).found
                assert "<" not in data.get("image/png", "")
    assert any("a cell</td>" in str(cell.get("outputs")) for cell in cells), "a plain table is kept"


def test_an_honest_formula_a_picture_and_the_courses_own_html_stay_as_they_were(course):
    sources = {cell.id: cell for cell in copy_of(course, "ada").cells}
    assert sources["why"].source == "Because $x<y$ & more."
    assert sources["prose"].source == plain.source().cells[0].source
    picture = {cell.id: cell for cell in copy_of(course, "vandal").cells}["why"]
    assert picture.attachments == {"y.png": {"image/png": "AAAA"}}
    assert "data:image/png;base64,AAAA" in page_of(course, "vandal")


def test_an_answer_that_is_graded_by_hand_waits_for_it_and_one_that_was_not_given_does_not(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.find_grade("why", "problem", NAME, "ada").needs_manual_grade
        lost = gradebook.find_grade("why", "problem", NAME, "bad_json")
        assert (lost.auto_score, lost.needs_manual_grade) == (0, False)
        assert gradebook.find_comment("why", "problem", NAME, "bad_json").comment == "No response."
