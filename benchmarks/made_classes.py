"""Courses with a class of any size: what the benchmarks of grading grade.

The light notebook is handed in right by all. 03_optimizers is handed in by the class of `make demo`, again and again,
but for the student whose file is cut off, at which stock nbgrader stops.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.course.build import write_notebook
from autograder.course.key import load_key
from autograder.course.release import nbgrader
from autograder.course.sample_class import CLASS, hand_in
from autograder.course.selfcheck import right_answers

LIGHT, OPTIMIZERS = "light", "03_optimizers"
HOUSE = Path(__file__).resolve().parents[1]
STOCK = """c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.solution_directory = "solved"
c.CourseDirectory.ignore = ["key", "__pycache__"]
"""
OURS = f"{STOCK}from autograder.grading import configure\nconfigure(c)\n"
TRIVIAL = {  # a function, what it returns, and two tests, the second hidden
    "half": ("x / 2", "half(4) == 2", "half(11) == 5.5"),
    "square": ("x * x", "square(3) == 9", "square(-2) == 4"),
    "total": ("float(np.sum(x))", "total([1, 2, 6]) == 9", "total([0.5, 0.5]) == 1"),
    "largest": ("float(np.max(x))", "largest([1, 6, 2]) == 6", "largest([-3, -5]) == -3"),
}


def make_course(folder: Path, assignment: str, students: int, settings: str) -> Path:
    """A course in an empty folder: one assignment, released and handed in by so many students. Returns the folder."""
    source = folder / "solutions" / assignment
    if assignment == LIGHT:
        source.mkdir(parents=True)
        write_notebook(light_notebook(), source / f"{LIGHT}.ipynb")
    else:
        shutil.copytree(HOUSE / "solutions" / assignment, source, ignore=shutil.ignore_patterns("__pycache__"))
        write_notebook(without_experiments(read(source, assignment)), source / f"{assignment}.ipynb")
    (folder / "nbgrader_config.py").write_text(settings)
    nbgrader(folder, "generate_assignment", assignment, "--create")
    if assignment == LIGHT:
        hand_in_light(folder, students)
    else:
        kinds = cycle(student for student in CLASS if not student.broken)
        made = [replace(kind, name=name(number)) for number, kind in zip(range(students), kinds, strict=False)]
        key = load_key(HOUSE / "solutions" / assignment / "key")
        hand_in(key, folder, made, [*right_answers(HOUSE, key), *key.wrong_answers])
    return folder


def hand_in_light(folder: Path, students: int) -> None:
    """Each hands in the solution."""
    answers = {cell.id: cell.source for cell in read(folder / "solutions" / LIGHT, LIGHT).cells}
    notebook = read(folder / "assignments" / LIGHT, LIGHT)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "\n".join(line for line in answers[cell.id].splitlines() if "### " not in line)
    for student in range(students):
        path = folder / "submitted" / name(student) / LIGHT / f"{LIGHT}.ipynb"
        path.parent.mkdir(parents=True)
        write_notebook(notebook, path)


def name(student: int) -> str:
    return f"student{student:05d}"


def read(folder: Path, assignment: str) -> NotebookNode:
    return nbformat.read(folder / f"{assignment}.ipynb", as_version=4)


def without_experiments(notebook: NotebookNode) -> NotebookNode:
    """The notebook less what is not graded: nobody runs experiments in grading."""
    notebook.cells = [cell for cell in notebook.cells if "experiment" not in cell.metadata.get("tags", ())]
    return notebook


def light_notebook() -> NotebookNode:
    """Four trivial exercises."""
    cells = [new_code_cell("import numpy as np", id="setup")]
    for name, (value, visible, hidden) in TRIVIAL.items():
        solution = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return {value}\n    ### END SOLUTION"
        test = f"assert {visible}\n### BEGIN HIDDEN TESTS\nassert {hidden}\n### END HIDDEN TESTS"
        kind = {"schema_version": 3, "task": False}
        about = {"grade_id": name, "grade": False, "solution": True, "locked": False, **kind}
        cells.append(new_code_cell(solution, id=name, metadata={"nbgrader": about}))
        about = {"grade_id": f"test_{name}", "grade": True, "solution": False, "locked": True, "points": 1, **kind}
        cells.append(new_code_cell(test, id=f"test_{name}", metadata={"nbgrader": about}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})
