"""A course that knows nothing of Gradus, and the class that hands in to it."""

import json
import os
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

CONFIG = "from autograder.grading import configure\nconfigure(c)\n"  # the two lines
NAME, FILE = "ps1", "problem.ipynb"
SOLUTION = """def mean(x):
    ### BEGIN SOLUTION
    return float(np.sum(x)) / len(x)
    ### END SOLUTION"""
TEST = """assert mean([1, 2, 6]) == 3
### BEGIN HIDDEN TESTS
assert mean([30, 12]) == 21, "the mean of two numbers"
np.testing.assert_allclose(mean(numbers()), 4.5)
### END HIDDEN TESTS"""
PARTIAL = "2 - abs(mean([7, 9]) - 8) / 4"  # of 2 points; far off it is negative
SCRIPT = "<script>alert('XSS')</script>"
IMAGE = "<img src=x onerror=alert(1)>"


def graded(cell, name, points, solution=False):
    kind = {"grade": True, "solution": solution, "locked": not solution, "points": points}
    return about(cell, name, **kind)


def about(cell, name, grade=False, solution=False, locked=False, **more):
    kinds = {"grade": grade, "solution": solution, "locked": locked, "task": False}
    cell.metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, **kinds, **more}
    cell.id = name
    return cell


def source() -> nbformat.NotebookNode:
    helper = "def numbers():\n    with open('numbers.txt') as file:\n        return [float(line) for line in file]"
    answer = "### BEGIN SOLUTION\nIt is a sum.\n### END SOLUTION"
    return new_notebook(
        cells=[
            new_markdown_cell("# The mean\n\n<details><summary>Why?</summary>Since $a<b$.</details>", id="prose"),
            new_code_cell("import numpy as np", id="imports"),
            about(new_code_cell(helper), "numbers", locked=True),
            about(new_code_cell(SOLUTION), "mean", solution=True),
            graded(new_code_cell(TEST), "test_mean", 3),
            graded(new_code_cell(PARTIAL), "test_near", 2),
            graded(new_markdown_cell(answer), "why", 2, solution=True),
            graded(new_code_cell("### BEGIN SOLUTION\nmean([1])\n### END SOLUTION"), "show", 1, solution=True),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )


def make(course: Path) -> Path:
    """The course's folder, with the source of its one assignment."""
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # nbgrader's alembic
    folder = course / "source" / NAME
    folder.mkdir(parents=True)
    (course / "nbgrader_config.py").write_text(CONFIG)
    (folder / "numbers.txt").write_text("4\n5\n")
    nbformat.write(source(), folder / FILE)
    return course


def hand_in(course: Path, student: str, text: str | None = None, file: str = FILE) -> Path:
    """Submit a file with this text; without one make only the folder."""
    folder = course / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    if text is not None:
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def filled(course: Path, mean: str, *more: nbformat.NotebookNode, **sources: str) -> str:
    """The released notebook with answers, and cells at its beginning, as the text of a file."""
    notebook = nbformat.read(course / "release" / NAME / FILE, as_version=4)
    answers = {"mean": mean, "why": "Because $x<y$ & more.", "show": "mean([1])", **sources}
    for cell in notebook.cells:
        cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    notebook.cells[:0] = more
    return json.dumps(notebook)


RIGHT = "def mean(x):\n    return sum(x) / len(x)"
NOISY = "def mean(x):\n    np.log(np.zeros(2))\n    return sum(x) / len(x)"
CHEAT = """class Same(float):
    __eq__ = lambda self, other: True
    __hash__ = float.__hash__
np.testing.assert_allclose = lambda *a, **k: None
def mean(x):
    return Same(-99)"""


def vandal(course: Path) -> str:
    """A right answer among everything that could run a script in somebody's browser."""
    shown = {"text/html": SCRIPT + IMAGE + "<table><tr><td>a cell</td></tr></table>", "text/plain": "a table"}
    drawn = {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert(1)\">{SCRIPT}</svg>"}
    code = f"""from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML({shown["text/html"]!r}), SVG({drawn["image/svg+xml"]!r}), Javascript("alert('XSS')"))
display(Markdown({SCRIPT + IMAGE!r}), {{"image/png": '"><script>alert(1)</script>', "text/plain": "p"}}, raw=False)
display({{"image/png": '"{IMAGE}', "text/plain": "p"}}, raw=True)
print({SCRIPT!r})
raise ValueError({SCRIPT!r})"""
    svg = {
        "x.svg": {"image/svg+xml": "PHN2Zz4="},
        "x.png": {"image/png": 'AAAA"' + IMAGE},
        "y.png": {"image/png": "AAAA"},
    }
    links = "[a](javascript:alert(1)) [b](JaVa&#115;cript:alert(1)) <javascript:alert(1)> ![c](attachment:x.svg)"
    text = (
        f"{SCRIPT} {IMAGE} {links} <a href='javascript:alert(1)'>d</a> <iframe srcdoc=\"{SCRIPT}\"> a <b>bold</b> word"
    )
    why = f"{SCRIPT} <svg/onload=alert(1)> ![c](attachment:x.png) ![d](attachment:y.png)"
    notebook = json.loads(
        filled(
            course,
            RIGHT,
            new_markdown_cell(text),
            new_raw_cell(SCRIPT + IMAGE, metadata={"raw_mimetype": "text/html"}),
            new_code_cell(code, outputs=[new_output("display_data", shown | drawn)]),
            new_code_cell("### BEGIN HIDDEN TESTS\n1"),
            why=why,
            show=code,
        )
    )
    for cell in notebook["cells"]:
        if cell["source"] == why:
            cell["attachments"] = svg
    return json.dumps(notebook)


class Here:
    """Workers that are this process. `instead`: student -> what comes in place of a verdict."""

    def __init__(self, instead=()):
        self.instead = dict(instead)

    def run(self, kit, function, submissions):
        for submission in submissions:
            outcome = self.instead.get(submission.student)
            if isinstance(outcome, Exception):
                raise outcome
            yield submission, outcome or function(kit, submission)
