"""Which names of a source notebook are the course's own, and which part of a test is hidden."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.grading.trusted import parsed, parts, trusted_names

SOLUTION, TEST = {"solution": True, "locked": False}, {"grade": True, "solution": False, "locked": True}
BOTH, LOCKED = {"grade": True, "solution": True}, {"locked": True}


def cell(source: str, nbgrader: dict | None = None):
    return new_code_cell(source, metadata={"nbgrader": nbgrader} if nbgrader else {})


def test_imports_of_ungraded_cells_are_the_courses():
    trusted = trusted_names([cell("import numpy as np\nimport os.path\nfrom math import pi as π, e\nx = 1")])
    assert trusted.imports == {
        "np": "import numpy as np",
        "os": "import os.path",
        "π": "from math import pi as π, e",
        "e": "from math import pi as π, e",
    }
    assert not trusted.locked
    assert not trusted.solutions


def test_what_a_solution_cell_binds_is_the_students():
    source = (
        "import numpy as np\ndef f(a):\n    inside = 1\nclass C:\n    field = 1\nif True:\n    x = [y for y in z]\n"
        "for i in w:\n    pass\nwith open('f') as file:\n    pass\ntry:\n    t: int = 1\nexcept E:\n    pass\n"
        "g = lambda: (deep := 1)\na.b = c[0] = 1"
    )
    trusted = trusted_names([cell(source, SOLUTION), cell("both = 1", BOTH)])
    assert trusted.solutions == {"f", "C", "x", "y", "i", "file", "t", "g", "both"}


def test_an_import_that_a_student_writes_is_known_as_such():
    cells = [cell("import math"), cell("import math\nimport numpy as np\nx = np.pi", SOLUTION)]
    trusted = trusted_names(cells)
    assert trusted.imports == {"math": "import math", "np": "import numpy as np"}
    assert (trusted.written, trusted.solutions) == ({"np"}, {"x"})


def test_a_locked_cell_is_kept_with_its_names_and_the_later_one_holds():
    first, second = "def f():\n    return 1\ng = 1", "def f():\n    return 2"
    assert trusted_names([cell(first, LOCKED), cell(second, LOCKED)]).locked == {"f": second, "g": first}


def test_tests_prose_magics_and_what_is_no_python_bind_nothing():
    cells = [cell("x = 1", TEST), new_markdown_cell("x = 1"), cell("def broken(:"), cell("from m import *")]
    trusted = trusted_names(cells)
    assert (trusted.imports, trusted.locked, trusted.solutions) == ({}, {}, set())
    assert trusted_names([cell("%matplotlib inline\nimport os")]).imports == {"os": "import os"}


@pytest.mark.parametrize("source", ["def f(:", "x = 1\0"])
def test_what_is_no_python_is_none(source):
    assert parsed(source) is None


BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("source", "visible", "hidden", "ends"),
    [
        ("a\nb", "a\nb", "", False),
        (f"a\n{BEGIN}\nb\n{END}", "a\n", f"{BEGIN}\nb\n{END}\n", True),
        (f"a\n{BEGIN}\nb\n{END}\n\n", "a\n\n", f"{BEGIN}\nb\n{END}\n", True),
        (f"a\n{BEGIN}\nb\n{END}\nc", "a\nc", f"{BEGIN}\nb\n{END}\n", False),
        (f"{BEGIN}\na\n{END}\nb\n{BEGIN}\nc\n{END}", "b\n", f"{BEGIN}\na\n{END}\n{BEGIN}\nc\n{END}\n", True),
    ],
)
def test_a_test_is_cut_at_its_hidden_regions(source, visible, hidden, ends):
    assert parts(source) == (visible, hidden, ends)


def test_a_region_inside_a_block_makes_everything_hidden():
    source = f"for x in y:\n    a\n    {BEGIN}\n    b\n    {END}\n"
    assert parts(source) == ("", source, True)
