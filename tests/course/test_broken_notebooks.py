"""300 broken notebooks go through the real steps: none stops them, none is given a point that it did not earn."""

import copy
import json
import random

import nbformat
import pytest
from conftest import NAME
from nbformat.v4 import new_output
from nbgrader.utils import determine_grade, is_grade
from traitlets.config import Config

from autograder.grading import execute
from autograder.grading.apart.sandbox import why_not
from autograder.grading.course import source_notebook
from autograder.grading.execute import ExecuteApart
from autograder.grading.outputs import make_safe
from autograder.grading.reading import read_submission
from autograder.grading.restore import NOTES, Restore

RIGHT, WRONG = "def half(x):\n    return x / 2", "def half(x):\n    return x * 4"
GARBAGE = [None, 0, -1, 1e999, True, "", "x", "\ud800", "\x00", [], [[]], ["a", 3], {}, {"a": {"b": []}}, "é" * 50]


@pytest.fixture(scope="module")
def points_of(toy, tmp_path_factory):
    """points_of(bytes of a notebook's file) -> its points, after all steps of the grading."""
    if reason := why_not():
        pytest.skip(reason)
    config = Config()
    config.CourseDirectory.root = str(toy)
    config.CourseDirectory.source_directory, config.CourseDirectory.release_directory = "solutions", "assignments"
    config.ExecuteApart.cell_seconds = config.ExecuteApart.test_seconds = 10
    about = {"student": "ada", "assignment": NAME, "notebook": NAME, "db_url": f"sqlite:///{toy / 'gradebook.db'}"}
    path = tmp_path_factory.mktemp("handed_in") / f"{NAME}.ipynb"

    def grade(data: bytes) -> float:
        path.write_bytes(data)
        notebook, notes = read_submission(path)
        resources = {"nbgrader": about, NOTES: notes}
        Restore(config=config).preprocess(notebook, resources)
        step = ExecuteApart(config=config)
        step.preprocess(notebook, resources)
        points = sum(determine_grade(cell)[0] or 0 for cell in notebook.cells if is_grade(cell))
        make_safe(notebook, source_notebook(execute.course_of(step), about))
        nbformat.validate(notebook)
        nbformat.writes(notebook).encode("utf-8")
        return points

    yield grade
    execute._grader()[0].shutdown()
    execute._grader.cache_clear()


def filled(toy, answer: str) -> dict:
    notebook = nbformat.read(toy / "assignments" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.id == "half":
            cell.source = answer
        if cell.id == "test_half":
            cell.outputs = [new_output("execute_result", {"text/plain": "3.0"}, execution_count=1)]
    return json.loads(nbformat.writes(notebook))


def broken_bytes(rng: random.Random, notebook: dict) -> bytes:
    text = json.dumps(notebook, indent=1, ensure_ascii=rng.random() < 0.5)
    data = bytearray(text.replace("course", "cöurse").encode("utf-8", "replace"))
    match rng.randrange(7):
        case 0:
            for _ in range(rng.choice([1, 3, 30])):
                data[rng.randrange(len(data))] = rng.randrange(256)
        case 1:
            del data[rng.randrange(len(data)) :]
        case 2:
            place = rng.randrange(len(data))
            data[place:place] = rng.randbytes(rng.choice([1, 10, 1000]))
        case 3:
            return data.decode().encode(rng.choice(["utf-16", "utf-16-be", "utf-32", "latin-1", "utf-8-sig", "cp1252"]))
        case 4:
            data = data.replace(b"\n", b"\r\n")
        case 5:
            depth = rng.choice([50, 900, 1100, 100_000])
            data = data.replace(b'"metadata": {', b'"metadata": {"x": ' + b"[" * depth + b"]" * depth + b", ", 1)
        case 6:
            return rng.choice([b"", b"null", b"[]", b"{}", b'"a"', b"3" * 5000, b"PK\x03\x04", rng.randbytes(99)])
    return bytes(data)


def broken_cells(rng: random.Random, notebook: dict) -> bytes:
    cells = notebook["cells"]
    for _ in range(rng.choice([1, 1, 2, 5])):
        if not cells:
            break
        cell = rng.choice(cells)
        match rng.randrange(12):
            case 0:
                cells.remove(cell)
            case 1:
                cells.insert(rng.randrange(len(cells)), copy.deepcopy(cell))
            case 2:
                rng.shuffle(cells)
            case 3:
                cell["cell_type"] = rng.choice(["code", "markdown", "raw", *GARBAGE])
            case 4:
                cell[rng.choice([*cell, "attachments", "outputs", "id"])] = rng.choice(GARBAGE)
            case 5:
                cells[rng.randrange(len(cells))] = rng.choice(GARBAGE)
            case 6:
                cell["metadata"] = {"nbgrader": rng.choice(GARBAGE), "tags": ["experiment", "skip-execution"]}
            case 7:
                about = cell.get("metadata", {}).get("nbgrader") if isinstance(cell.get("metadata"), dict) else None
                if isinstance(about, dict):
                    about[rng.choice(["points", "grade", "solution", "schema_version", "grade_id"])] = rng.choice(
                        GARBAGE
                    )
            case 8:
                other = rng.choice(cells)
                if isinstance(other, dict):
                    cell["metadata"], other["metadata"] = other.get("metadata"), cell.get("metadata")
            case 9:
                cell["outputs"] = [
                    {"output_type": rng.choice(["stream", "error", "display_data"]), "data": GARBAGE[-3]}
                ]
            case 10:
                notebook[rng.choice(["nbformat", "nbformat_minor", "metadata", "cells"])] = rng.choice(
                    [2, 3, 5, *GARBAGE]
                )
                break
            case 11:
                notebook["worksheets"] = [{"cells": notebook.pop("cells")}]
                notebook["nbformat"] = rng.choice([1, 2, 3])
                break
        cells[:] = [c if isinstance(c, dict) else {"source": c} for c in cells] if rng.random() < 0.5 else cells
        if not all(isinstance(c, dict) for c in cells):
            break
    return json.dumps(notebook).encode("utf-8")


@pytest.mark.parametrize("part", range(6))
def test_a_broken_notebook_stops_nothing_and_earns_nothing(toy, points_of, part):
    right, wrong = filled(toy, RIGHT), filled(toy, WRONG)
    assert (points_of(json.dumps(right).encode()), points_of(json.dumps(wrong).encode())) == (3, 0)
    earned = 0
    for seed in range(25 * part, 25 * (part + 1)):
        rng = random.Random(seed)
        broken = rng.choice([broken_bytes, broken_cells])
        earned += points_of(broken(random.Random(seed), copy.deepcopy(right)))
        assert points_of(broken(random.Random(seed), copy.deepcopy(wrong))) == 0, seed
    assert 0 < earned <= 25 * 3, "some of the right ones can still be graded"
