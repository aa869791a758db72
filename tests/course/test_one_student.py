"""One student takes the whole course: every notebook in its order, from a fresh release, with what came beside it."""

import shutil

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

from autograder.course.key import SOLUTIONS
from autograder.course.release import ASSIGNMENTS, guard, nbgrader
from autograder.course.selfcheck import all_keys
from autograder.course.toolbox import without_markers

KEYS = all_keys(ROOT)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The folder of a fresh release of all assignments, with nothing beside it that tells an answer."""
    course, home = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("student")
    (course / SOLUTIONS).symlink_to(ROOT / SOLUTIONS)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    nbgrader(course, "generate_assignment", "[0-9][0-9]_*", "--force")
    return (course / ASSIGNMENTS).rename(home / ASSIGNMENTS)


@pytest.fixture(scope="module")
def handed_in(released):
    """handed_in(key, answers) -> the executed notebook of a student who fills in these answers: cell's name -> source.

    The experiments are left out: no exercise needs one.
    """

    def run(key, answers):
        folder = released / key.assignment
        notebook = nbformat.read(folder / f"{key.assignment}.ipynb", as_version=4)
        notebook.cells = [c for c in notebook.cells if "experiment" not in c.metadata.get("tags", ())]
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        NotebookClient(
            notebook,
            timeout=60,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=["--log-level=ERROR"],
        ).execute()
        return notebook

    return run


def points(notebook):
    """What a notebook's test cells give: the cell's name -> (points earned, points that there are)."""
    tests = [c for c in notebook.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("grade")]
    values = {c.id: [o.data["text/plain"] for o in c.outputs if o.output_type == "execute_result"] for c in tests}
    return {c.id: (sum(map(float, values[c.id])), c.metadata.nbgrader.points) for c in tests}


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.assignment)
def test_the_right_answers_get_full_points_from_the_release_alone(key, released, handed_in):
    guard(key, released / key.assignment)
    notebook = handed_in(key, {name: without_markers(source) for name, source in key.solution_cells.items()})
    errors = [f"{c.id}: {o.evalue}" for c in notebook.cells for o in c.get("outputs", ()) if o.output_type == "error"]
    assert errors == []
    assert points(notebook) == {f"test_{name}": (e.points, e.points) for name, e in key.exercises.items()}


def test_who_writes_nothing_gets_nothing(handed_in):
    earned = [earned for earned, possible in points(handed_in(KEYS[-1], {})).values()]
    assert len(earned) == len(KEYS[-1].exercises)
    assert sum(earned) == 0
