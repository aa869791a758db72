"""A sample class: a dozen students who hand in what students hand in."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.course.build import write_notebook
from autograder.course.key import Key
from autograder.course.release import ASSIGNMENTS
from autograder.course.toolbox import without_markers

WRITTEN_ANSWER = "I think that it is about the size of the gradients, but I am not sure."


@dataclass(frozen=True)
class Student:
    """name; what they did; answers: exercise -> name of a right or wrong answer that they wrote in place of the
    solution; done: how many of the exercises they got to; broken: their file is cut off in the middle."""

    name: str
    story: str
    answers: dict[str, str] = field(default_factory=dict)
    done: int | None = None
    broken: bool = False


CLASS = [
    Student("ada", "everything right, as in the solutions"),
    Student(
        "blaise",
        "right, written with loops",
        {
            "sgd": "sgd_by_loops",
            "momentum": "momentum_by_loops",
            "nesterov": "nesterov_by_loops",
            "adagrad": "adagrad_by_loops",
            "rmsprop": "rmsprop_by_loops",
            "adam": "adam_by_loops",
            "adamw": "adamw_by_loops",
            "minimize": "minimize_fills_rows",
        },
    ),
    Student(
        "carl",
        "right, in another algebra",
        {
            "momentum": "momentum_with_the_sign_inside",
            "nesterov": "nesterov_in_expanded_form",
            "rmsprop": "rmsprop_as_a_step_towards_the_square",
            "adam": "adam_corrections_in_the_rate",
            "minimize": "minimize_by_recursion",
        },
    ),
    Student("dorothy", "follows the slide: Adam's t from 0", {"adam": "adam_t_counts_from_zero"}),
    Student("emmy", "follows the note: plus", {"sgd": "sgd_climbs", "momentum": "momentum_climbs"}),
    Student("felix", "the textbook's Nesterov", {"nesterov": "nesterov_new_velocity_in_the_expanded_form"}),
    Student("grace", "no square in RMSProp", {"rmsprop": "rmsprop_does_not_square"}),
    Student("henri", "changes things in place", {"momentum": "momentum_changes_w", "adam": "adam_changes_the_moments"}),
    Student("ida", "eps inside the root", {"adagrad": "adagrad_eps_inside_the_root"}),
    Student("julia", "got half of it done", done=5),
    Student("kurt", "handed in the empty notebook", done=0),
    Student("leonhard", "the file is cut off in the middle", broken=True),
]


def hand_in(key: Key, course: Path, students: list[Student], answers: list[Callable]) -> None:
    """Write each student's notebook to `submitted/`, made from the released one as they would fill it."""
    by_name = {answer.__name__: answer for answer in answers}
    file = f"{key.assignment}.ipynb"
    executed = nbformat.read(course / "solutions" / key.assignment / file, as_version=4)
    outputs = {cell.id: cell.outputs for cell in executed.cells if "experiment" in cell.metadata.get("tags", ())}
    for student in students:
        notebook = nbformat.read(course / ASSIGNMENTS / key.assignment / file, as_version=4)
        _fill(notebook, key, student, by_name, outputs)
        path = course / "submitted" / student.name / key.assignment / file
        path.parent.mkdir(parents=True, exist_ok=True)
        write_notebook(notebook, path)
        if student.broken:
            text = path.read_text(encoding="utf-8")
            path.write_text(text[: len(text) // 2], encoding="utf-8")


def _fill(notebook, key: Key, student: Student, by_name: dict, outputs: dict) -> None:
    exercises = list(key.solution_cells)
    reached = exercises[: student.done]
    for cell in notebook.cells:
        name = cell.id
        if name in reached:
            answer = by_name.get(student.answers.get(name, ""))
            cell.source = without_markers(key.solution_cells[name]) if answer is None else code_of(answer)
        elif (
            cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "markdown" and reached == exercises
        ):
            cell.source = WRITTEN_ANSWER
        elif cell.id in outputs and reached == exercises and not student.answers:
            cell.outputs = outputs[cell.id]


def code_of(answer: Callable) -> str:
    """An answer as a student would have it in a cell: under the graded name, with its imports, without its hint."""
    function = ast.parse(inspect.getsource(answer)).body[0]
    function.name = answer.stands_for
    function.decorator_list = []
    if ast.get_docstring(function):
        function.body = function.body[1:]
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    module = ast.parse(Path(inspect.getfile(answer)).read_text(encoding="utf-8"))
    imports = [node for node in module.body if isinstance(node, ast.Import) and _names(node) & used]
    return "\n\n\n".join(filter(None, ("\n".join(map(ast.unparse, imports)), ast.unparse(function))))


def _names(node: ast.Import) -> set[str]:
    return {alias.asname or alias.name for alias in node.names}
