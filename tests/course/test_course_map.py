"""The map shows what notebooks import, and nothing else."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from conftest import ROOT

from autograder.course.course_map import PARTS, draw, needs
from autograder.course.selfcheck import all_keys


def key(name, setup, *defined):
    cell = SimpleNamespace(metadata={"tags": ["setup"]}, source=setup)
    solutions = {function: f"def {function}():\n    pass" for function in defined}
    return SimpleNamespace(assignment=name, text=SimpleNamespace(cells=[cell]), solution_cells=solutions)


KEYS = [
    key("01_first", "import numpy", "one", "uno"),
    key("02_second", "from toolbox import one", "two"),
    key("03_third", "from toolbox import one, two, uno"),
]


def test_a_notebook_needs_those_whose_functions_it_imports():
    assert needs(KEYS) == {
        "01_first": {},
        "02_second": {"01_first": ["one"]},
        "03_third": {"01_first": ["one", "uno"], "02_second": ["two"]},
    }


def test_a_function_of_a_later_notebook_is_no_answer():
    with pytest.raises(KeyError, match="two"):
        needs([key("01_first", "from toolbox import two"), *KEYS[1:]])


def test_each_need_is_one_dot_with_its_number_below_the_one_and_left_of_the_other():
    svg = ElementTree.fromstring(draw(KEYS))
    texts = {text.text: (int(text.get("x")), int(text.get("y"))) for text in svg.findall(".//{*}text")}
    dots = [(int(c.get("cx")), int(c.get("cy")) + 4) for c in svg.findall(".//{*}circle")]
    numbers = [(t.text, int(t.get("x")), int(t.get("y"))) for t in svg.findall(".//{*}text") if t.text.isdigit()]
    assert [(x, y) for _, x, y in numbers] == dots
    assert [number for number, _, _ in numbers] == ["1", "2", "1"]
    for (_, x, y), above, row in zip(numbers, ("01", "01", "02"), ("02", "03", "03"), strict=True):
        stair, beside = (texts[next(text for text in texts if text.startswith(start))] for start in (above, row))
        assert abs(x - stair[0]) < 10 < beside[0] - x
        assert abs(y - beside[1]) < 5 < y - stair[1]


def test_the_same_course_gives_the_same_text_that_is_told_in_words_too():
    assert draw(KEYS) == draw(KEYS)
    assert "03_third takes from 01_first, 02_second." in draw(KEYS)


def test_every_notebook_of_the_course_has_a_part_and_fits_on_the_page():
    numbers = [number for _, _, numbers in PARTS for number in numbers]
    assert len(numbers) == len(set(numbers))
    assert {key.assignment[:2] for key in all_keys(ROOT)} <= set(numbers)
    assert int(re.search(r'width="(\d+)"', draw(all_keys(ROOT)))[1]) <= 700
