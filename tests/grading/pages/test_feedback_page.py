"""A feedback page: points and comments in their places, formulas without a script, nothing from another server."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.grading.pages.grades import Grades
from autograder.grading.pages.page import Graded, make_page

TEST = {"grade": True, "solution": False, "locked": True, "points": 3.0, "grade_id": "test_f", "schema_version": 3}
WRITTEN = {**TEST, "grade_id": "why", "solution": True, "locked": False}
GRADES = Grades(2.5, 6.0, 0.5, {"test_f": (3.0, 3.0), "why": (None, 3.0)}, {"why": "Say *more*."})


def page(*cells, grades: Grades = GRADES) -> str:
    return make_page(None, Graded("ada", "ps1", nbformat.writes(new_notebook(cells=list(cells))), grades))


def test_points_and_comments_stand_in_their_places():
    test = new_code_cell("check(f)", metadata={"nbgrader": dict(TEST)})
    why = new_markdown_cell("Because.", metadata={"nbgrader": dict(WRITTEN)})
    text = page(new_markdown_cell("# On $f$ & more"), test, why)
    assert "<b>2.5</b> of 6 points" in text
    assert "0.5 points were taken off" in text
    assert "ps1: On $f$ &amp; more" in text
    assert "✓ 3 of 3" in text
    assert "– of 3" in text, "what waits for a person has no score yet"
    assert "Say <em>more</em>." in text


@pytest.mark.parametrize("formula", ["$x_1 < 2$", "$$\\frac{a}{b}$$", "\\begin{align}a &= b\\end{align}"])
def test_a_formula_needs_no_script(formula):
    text = page(new_markdown_cell(f"See {formula} there"))
    assert "<math" in text
    assert "<script" not in text


@pytest.mark.parametrize("formula", ["\\frac{", "\\href{javascript:alert(1)}{x}", "\\left<script>"])
def test_what_is_no_formula_stays_as_it_was_written(formula):
    text = page(new_markdown_cell(f"See ${formula}$ there"))
    assert "<script" not in text
    assert "href=" not in text.partition("<main>")[2]


def test_a_page_is_made_of_nothing_from_elsewhere():
    figure = new_output("display_data", {"image/png": "AAAA", "text/plain": "a figure"})
    text = page(new_code_cell("plt.show()", outputs=[figure]))
    assert 'src="data:image/png;base64,AAAA" alt="a figure"' in text
    assert "http" not in text


def test_an_attachment_is_shown():
    cell = new_markdown_cell("![p](attachment:p.png)", attachments={"p.png": {"image/png": "AAAA"}})
    assert "data:image/png;base64,AAAA" in page(cell)


def test_no_hidden_test_is_shown():
    source = "check(f)\n### BEGIN HIDDEN TESTS\nassert f(7) == 3\n### END HIDDEN TESTS"
    assert "f(7)" not in json.dumps(page(new_code_cell(source, metadata={"nbgrader": dict(TEST)})))
