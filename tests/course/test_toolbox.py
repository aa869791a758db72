"""The toolbox: what earlier notebooks finished, for a later one."""

import sys
from pathlib import Path

import pytest

from autograder.course.toolbox import Cell, importable, imported_names, toolbox_text

SQUARE = "def square(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
EARLIER = [
    Cell("01_first", SQUARE),
    Cell("01_first", "def cube(x):\n    return square(x) * x"),
    Cell("02_second", "def shift(x, cube=1):\n    return x + cube"),
]


def run(text):
    namespace = {}
    exec(text, namespace)
    return namespace


def test_it_holds_what_is_imported_and_what_that_uses():
    text = toolbox_text({"cube"}, EARLIER)
    assert run(text)["cube"](3) == 27
    assert "SOLUTION" not in text
    assert "shift" not in text


def test_a_parameter_named_like_an_earlier_function_does_not_pull_it_in():
    assert "def cube" not in toolbox_text({"shift"}, EARLIER)


def test_it_keeps_the_order_of_the_course_and_says_where_each_part_is_from():
    text = toolbox_text({"shift", "square"}, EARLIER)
    assert text.index("from 01_first") < text.index("def square") < text.index("from 02_second") < text.index("def shi")


def test_a_name_that_nobody_defined_is_refused_with_its_name():
    with pytest.raises(ValueError, match="root"):
        toolbox_text({"root"}, EARLIER)


def test_the_setup_cell_says_what_it_wants():
    setup = "import numpy as np\nfrom toolbox import a, b\nfrom other import c"
    assert imported_names(setup) == {"a", "b"}


def test_each_assignment_imports_its_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "toolbox", "another")
    with importable("one = 1", Path("toolbox.py")):
        from toolbox import one
    with importable(None, Path("toolbox.py")), pytest.raises(ImportError):
        import toolbox  # noqa: F401
    assert one == 1
    assert sys.modules["toolbox"] == "another"
