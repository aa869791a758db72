"""From `key/notebook.py` to the executed notebook that nbgrader releases: the same bytes at every build."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.checking.frozen import freeze
from autograder.checking.notebook import CHECKS
from autograder.checking.prepared import add_mistakes, prepare, visible_seed
from autograder.course.key import Key
from autograder.course.toolbox import TOOLBOX

SECONDS_PER_CELL = 300  # nbclient without a limit has been seen to wait for ever
HIDDEN_TESTS = """### BEGIN HIDDEN TESTS
from autograder import grade
grade({arguments})
### END HIDDEN TESTS"""


def build(key: Key, folder: Path) -> None:
    """Write `checks.json`, `toolbox.py` and the executed notebook of an assignment into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CHECKS).write_text(frozen_checks(key), encoding="utf-8")
    if key.toolbox is not None:
        (folder / TOOLBOX).write_text(key.toolbox, encoding="utf-8")
    notebook = assemble(key)
    execute(notebook, folder)
    notebook.metadata = _METADATA
    write_notebook(notebook, folder / f"{key.assignment}.ipynb")


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook's cells in a kernel of its own, which works in `folder`; the outputs go into the notebook."""
    NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--log-level=ERROR"],  # its warning of a TCP connection is no news on one machine
    ).execute()


def frozen_checks(key: Key) -> str:
    """The text of `checks.json`: visible cases, their answers, and the marks of known mistakes."""
    exercises = []
    for exercise in key.exercises.values():
        seed = visible_seed(key.assignment, exercise.name)
        exercises.append(add_mistakes(prepare(exercise, key.reference, seed), key.reference, key.wrong_for(exercise)))
    return freeze(key.assignment, exercises)


def assemble(key: Key) -> nbformat.NotebookNode:
    """The notebook as nbgrader's source, not yet executed: cells with ids and nbgrader's metadata."""
    notebook = new_notebook(metadata=_METADATA)
    section, count = "opening", 0
    for cell in key.text.cells:
        made = _cell(cell, key)
        grade_id = made.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id:
            section, count = grade_id, 0
            made.id = grade_id
        else:
            count += 1
            made.id = f"{section}-{count}"
        notebook.cells.append(made)
    nbformat.validate(notebook)
    return notebook


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook as nbformat does, with a newline at the end."""
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8")


# without the Python version, which differs between the machines that build and nbval
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _cell(cell, key: Key):
    """One cell of the text, its short metadata (see CONTRIBUTING.md) spelled out for nbgrader."""
    metadata = cell.metadata
    tags = {"tags": metadata["tags"]} if "tags" in metadata else {}
    if name := metadata.get("exercise"):
        return new_code_cell(cell.source, metadata=_nbgrader(name, solution=True))
    if name := metadata.get("test"):
        exercise = key.exercises[name]
        arguments = ", ".join((f'"{name}"', *exercise.functions))
        source = f"{cell.source}\n{HIDDEN_TESTS.format(arguments=arguments)}"
        return new_code_cell(
            source, metadata=_nbgrader(f"test_{name}", grade=True, points=exercise.points, locked=True)
        )
    if name := metadata.get("written"):
        return new_markdown_cell(
            cell.source, metadata=_nbgrader(name, grade=True, solution=True, points=metadata["points"])
        )
    make = new_markdown_cell if cell.cell_type == "markdown" else new_code_cell
    return make(cell.source, metadata=tags)


def _nbgrader(grade_id: str, *, grade=False, solution=False, locked=False, points=None) -> dict:
    """nbgrader's cell metadata, schema 3."""
    if not re.fullmatch(r"[\w-]{1,64}", grade_id):
        raise ValueError(f"'{grade_id}' cannot be a cell id: letters, digits, - and _ only, at most 64")
    data = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {"nbgrader": data if points is None else {**data, "points": points}}
