"""What of a cell counts as a definition, and whether there is anything else."""

import pytest

from autograder.grading.apart.definitions import definitions, only_defines

CELL = '''
import math
from time import sleep as wait
DECAY = 0.9
low = high = -1
NAMES = ["a", "b"]  # a list of literals
x = math.sqrt(2)
first, second = 1, 2
low += 1
rates[0] = 0.1

@cached
def helper(x):
    """What it does."""
    return DECAY * x

class Net:
    width = 3

for rate in NAMES:
    wait(1000)
helper(x)
'''


def test_imports_functions_classes_and_constants_are_kept_and_no_work():
    assert definitions(CELL) == (
        "import math\nfrom time import sleep as wait\nDECAY = 0.9\nlow = high = -1\nNAMES = ['a', 'b']\n\n@cached\n"
        'def helper(x):\n    """What it does."""\n    return DECAY * x\n\nclass Net:\n    width = 3'
    )


@pytest.mark.parametrize("source", ["", "1 / 0", "adam(w)", "if True:\n    def f(): pass"])
def test_a_cell_without_definitions_gives_nothing(source):
    assert definitions(source) == ""


def test_what_is_no_python_is_an_error():
    with pytest.raises(SyntaxError):
        definitions("def f(:")


@pytest.mark.parametrize("source", ["", "'a text'", "# words", definitions(CELL), "def f():\n    return x.append(1)"])
def test_a_cell_may_only_define(source):
    assert only_defines(source)


@pytest.mark.parametrize(
    "source", [CELL, "f(2)", "x.y = 1", "x[0] = 1", "x += 1", "del x", "x = f()", "def f(:", "%magic"]
)
def test_or_do_more(source):
    assert not only_defines(source)
