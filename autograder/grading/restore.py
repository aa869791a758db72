"""Give a submission back what is the course's: tests, points, ids and metadata come from the gradebook alone."""

from __future__ import annotations

import json
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum
from traitlets import Unicode

from autograder.grading.course import course_of, source_notebook
from autograder.grading.reading import new_cell
from autograder.grading.trusted import HIDDEN

NOTES = "autograder_notes"  # where sentences about the file travel, in nbconvert's resources
EXPERIMENT = "experiment"  # the tag of cells that keep their outputs: only what they define is run
ABOUT = "about-this-submission"
NOTHING_TO_GRADE = "There was no answer to grade."


@dataclass(frozen=True)
class Graded:
    """A cell that the gradebook knows: a test, a solution, a written answer, a locked cell or a task."""

    name: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None

    @property
    def test(self) -> bool:
        return self.grade and not self.solution

    @property
    def metadata(self) -> dict:
        known = {
            "grade": self.grade,
            "grade_id": self.name,
            "locked": self.locked,
            "schema_version": MetadataValidator.schema_version,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        return known if self.points is None else {**known, "points": self.points}

    def as_cell(self) -> NotebookNode:
        cell = new_cell("code" if self.cell_type == "code" else "markdown", self.source)
        cell.metadata["nbgrader"] = self.metadata
        return cell


class Restore(NbGraderPreprocessor):
    """The one sanitising step: nothing in a submission counts but the sources of its cells and their order.

    Tests, tasks and locked cells come from the gradebook; one that was deleted, changed, renamed, doubled or moved
    before its solution is put right, and a note at the top of the notebook says so. The outputs of experiments, which
    are not run again, stay; all others go.
    """

    experiment_tag = Unicode(EXPERIMENT, help="the tag, in the source notebook, of cells that are not run").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            known = known_cells(gradebook, about["notebook"], about["assignment"])
            kernelspec = gradebook.find_notebook(about["notebook"], about["assignment"]).kernelspec
        notes = list(resources.get(NOTES, []))
        experiments = experiments_of(source_notebook(course_of(self), about), self.experiment_tag)
        restore(nb, known, kernelspec, experiments, notes)
        for note in notes:
            self.log.warning("%s, %s: %s", about["student"], about["notebook"], note)
        return nb, resources


def restore(
    notebook: NotebookNode, known: list[Graded], kernelspec: str | None, experiments: set[str], notes: list[str]
) -> None:
    """Put a submitted notebook right, in place. What was wrong with it is added to `notes` and told at its top."""
    notebook.cells = restored(notebook.cells, known, notes)
    taken = {graded.name for graded in known} | {ABOUT}
    for number, cell in enumerate(notebook.cells):
        _clean(cell, experiments)
        if "nbgrader" not in cell.metadata and cell.id in taken:
            cell.id = f"cell-{number}-of-this-submission"
    spec = {"kernelspec": _kernelspec(kernelspec), "language_info": {"name": "python"}}
    notebook.metadata = nbformat.from_dict(spec)
    if notes:
        notebook.cells.insert(0, _about(notes))


def experiments_of(source: NotebookNode, tag: str = EXPERIMENT) -> set[str]:
    """The ids of the source notebook's experiments."""
    return {cell.id for cell in source.cells if tag in cell.metadata.get("tags", ())}


def _clean(cell: NotebookNode, experiments: set[str]) -> None:
    """Drop what a submission says about a cell, and the outputs that a run will replace."""
    kind = cell.metadata.get("nbgrader")
    cell.metadata = nbformat.from_dict({"nbgrader": kind} if kind else {})
    if kind:
        cell.id = kind["grade_id"]
    if cell.cell_type == "code":
        cell.execution_count = None
        if cell.id in experiments and not kind:
            cell.metadata["tags"] = [EXPERIMENT]
        else:
            cell.outputs = []


def known_cells(gradebook: Gradebook, notebook: str, assignment: str) -> list[Graded]:
    """What the gradebook knows of a notebook's cells, in the source's order."""
    entry = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: float(cell.max_score) for cell in [*entry.grade_cells, *entry.task_cells]}
    grades, tasks = ({cell.name for cell in cells} for cells in (entry.grade_cells, entry.task_cells))
    solutions = {cell.name for cell in entry.solution_cells}
    return [
        Graded(
            cell.name,
            cell.cell_type,
            cell.source,
            cell.checksum,
            cell.locked,
            cell.name in grades,
            cell.name in solutions,
            cell.name in tasks,
            points.get(cell.name),
        )
        for cell in entry.source_cells
    ]


def restored(cells: list[NotebookNode], known: list[Graded], notes: list[str]) -> list[NotebookNode]:
    """The submission's cells with the gradebook's put right; what was done is added to `notes`."""
    by_name = {graded.name: graded for graded in known}
    copies: dict[str, list[NotebookNode]] = {}
    for cell in cells:
        claimed = cell.metadata.pop("nbgrader", None)
        name = claimed.get("grade_id") if isinstance(claimed, dict) else None
        if isinstance(name, str) and name in by_name:
            copies.setdefault(name, []).append(cell)
    order = list(cells)
    chosen = {name: _chosen(by_name[name], found) for name, found in copies.items()}
    for name, found in copies.items():
        if found[1:]:
            notes.append(f"`{name}` is there {len(found)} times; one was graded.")
        for copy in found:
            if copy is not chosen[name] and _says_nothing(copy, by_name[name]):
                del order[_index(order, copy)]
        right = _put_right(chosen[name], by_name[name], notes)
        order[_index(order, chosen[name])] = chosen[name] = right
    missing = []
    before = answer = None  # the cell before in the source, and the last answer in code before it
    for number, graded in enumerate(known):
        cell = chosen.get(graded.name)
        behind = max((_index(order, c) for c in (before, answer if graded.test else None) if c is not None), default=-1)
        if cell is None:
            missing.append(f"`{graded.name}`")
            cell = graded.as_cell()
            after = next((chosen[later.name] for later in known[number:] if later.name in chosen), None)
            if not graded.grade and after is not None:
                behind = _index(order, after) - 1
            order.insert(behind + 1, cell)
        elif graded.test and answer is not None and _index(order, cell) < _index(order, answer):
            notes.append(f"`{graded.name}` stood before the cell that it tests; it was moved behind it.")
            del order[_index(order, cell)]
            order.insert(_index(order, answer) + 1, cell)
        before = cell
        if graded.solution and graded.cell_type == "code":
            answer = cell
    if not cells:
        notes.append(f"{NOTHING_TO_GRADE} Below are the graded cells as they were given out.")
    elif missing:
        notes.append(f"Cells that were missing were put back: {', '.join(missing)}.")
    return order


def _chosen(graded: Graded, found: list[NotebookNode]) -> NotebookNode:
    """Of several cells with one name the last, as it is the last to run; of answers the last that says something."""
    changed = [cell for cell in found if cell.source.strip() != graded.source.strip()]
    return changed[-1] if changed and graded.solution else found[-1]


def _says_nothing(copy: NotebookNode, graded: Graded) -> bool:
    """Whether a copy is as it was given out. It would undo an answer before it; a changed one is the student's."""
    return _lines(copy.source) in (_lines(graded.source), _lines(HIDDEN.sub("", graded.source)))


def _put_right(cell: NotebookNode, graded: Graded, notes: list[str]) -> NotebookNode:
    if cell.cell_type != graded.cell_type:
        notes.append(f"`{graded.name}` was a {cell.cell_type} cell; it is a {graded.cell_type} cell again.")
        other = graded.as_cell()
        other.source = cell.source
        cell = other
    cell.metadata["nbgrader"] = nbformat.from_dict(graded.metadata)
    if graded.locked and compute_checksum(cell) != graded.checksum:
        if _lines(cell.source) != _lines(HIDDEN.sub("", graded.source)):  # students never had the hidden part
            notes.append(f"`{graded.name}` had been changed; it was graded in its original form.")
        cell.source = graded.source
    return cell


def _lines(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().splitlines()]


def _index(cells: list[NotebookNode], cell: NotebookNode) -> int:
    return next(index for index, other in enumerate(cells) if other is cell)


def _about(notes: list[str]) -> NotebookNode:
    lines = "\n".join(f"- {note}" for note in notes)
    cell = new_markdown_cell(f"**About this submission**\n\n{lines}")
    cell.id = ABOUT
    return cell


def _kernelspec(text: str | None) -> dict:
    try:
        spec = json.loads(text or "")
        return spec if isinstance(spec, dict) and spec.get("name") else _PYTHON
    except ValueError:
        return _PYTHON


_PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}
