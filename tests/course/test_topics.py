"""docs/topics.md: the lectures' topics with the exercises and sections that cover them."""

import re

import pytest
from conftest import ROOT

from autograder.course.selfcheck import all_keys

KEYS = {key.assignment[:2]: key for key in all_keys(ROOT)}
PAGE = (ROOT / "docs" / "topics.md").read_text(encoding="utf-8")
EXERCISES = set(re.findall(r"`(\d\d) ([\w]+)`", PAGE))
SECTIONS = set(re.findall(r"\*(\d\d) ([^*]+)\*", PAGE))


def sections(key):
    """The headings of a notebook, without number and points."""
    prose = "\n".join(cell.source for cell in key.text.cells if cell.cell_type == "markdown")
    headings = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    return {re.sub(r"^\d+\. | \(\d+ points\)$", "", heading) for heading in headings}


def test_every_exercise_of_the_course_is_on_the_page():
    assert {(number, name) for number, key in KEYS.items() for name in key.exercises} - EXERCISES == set()


@pytest.mark.parametrize("number", sorted({number for number, _ in EXERCISES | SECTIONS}))
def test_every_name_and_heading_on_the_page_exists(number):
    assert {name for n, name in EXERCISES if n == number} - set(KEYS[number].exercises) == set()
    assert {name for n, name in SECTIONS if n == number} - sections(KEYS[number]) == set()


def test_every_topic_has_something_to_write_or_to_see_and_every_mistake_its_place():
    rows = [line.strip("| ") for line in PAGE.splitlines() if line.startswith("| ") and " | notes | " not in line]
    assert len(rows) > 100
    assert [row for row in rows if not re.search(r"[`*]\d\d [^`*]+[`*]", row)] == []
