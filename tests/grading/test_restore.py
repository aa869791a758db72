"""What is the course's comes back as it was released; what is the student's stays; what was done is told."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.utils import compute_checksum, determine_grade

from autograder.grading.restore import ABOUT, EXPERIMENT, Graded, restore, restored

KERNEL = '{"name": "python3", "display_name": "Python 3", "language": "python"}'
STUB = "def half(x):\n    raise NotImplementedError()"
TEST = "assert half(4) == 2\n### BEGIN HIDDEN TESTS\nassert half(7) == 3.5\n### END HIDDEN TESTS"
VISIBLE = "assert half(4) == 2"
ANSWER = "def half(x):\n    return x / 2"


def known(name, source, cell_type="code", *, grade=False, solution=False, task=False, locked=False, points=None):
    about = Graded(name, cell_type, source, "", locked or (grade and not solution), grade, solution, task, points)
    return Graded(**{**vars(about), "checksum": compute_checksum(about.as_cell())})


KNOWN = [
    known("helper", "TEN = 10", locked=True),
    known("half", STUB, solution=True),
    known("test_half", TEST, grade=True, points=3.0),
    known("why", "Your answer here", "markdown", grade=True, solution=True, points=2.0),
    known("square", "pass", solution=True),
    known("test_square", "assert square(3) == 9", grade=True, points=1.0),
    known("task", "Draw a picture", "markdown", task=True, locked=True, points=1.0),
]


def cell(name, source, make=new_code_cell, **claims):
    made = make(source, id=name)
    made.metadata["nbgrader"] = nbformat.from_dict({"grade_id": name, **claims})
    return made


def handed_in() -> dict:
    """An honest submission: name -> cell. The imports are the notebook's, `notes` a cell of the student's."""
    return {
        "imports": new_code_cell("import numpy as np", id="imports"),
        "helper": cell("helper", "TEN = 10"),
        "half": cell("half", ANSWER),
        "notes": new_code_cell("print(half(3))", id="notes"),
        "test_half": cell("test_half", VISIBLE),
        "why": cell("why", "Because.", new_markdown_cell),
        "square": cell("square", "square = lambda x: x * x"),
        "test_square": cell("test_square", "assert square(3) == 9"),
        "task": cell("task", "Draw a picture", new_markdown_cell),
    }


def put_right(cells) -> tuple[list[str], dict, list[str]]:
    """The cells' names in order, name -> cell, and the notes."""
    notes = []
    order = restored(list(cells), KNOWN, notes)
    names = [c.metadata.get("nbgrader", {}).get("grade_id", c.id) for c in order]
    found = dict(zip(names, order, strict=True))
    assert [found[k.name].metadata.nbgrader for k in KNOWN] == [k.metadata for k in KNOWN]
    assert all(found[k.name].source == k.source for k in KNOWN if k.locked)
    assert all(found[k.name].cell_type == k.cell_type for k in KNOWN)
    return names, found, notes


ORDER = list(handed_in())


def test_an_honest_submission_is_told_nothing_and_gets_its_hidden_tests():
    names, found, notes = put_right(handed_in().values())
    assert (names, notes) == (ORDER, [])
    assert found["half"].source == ANSWER
    assert found["why"].source == "Because."


def test_blanks_at_the_ends_of_a_tests_lines_are_no_change():
    cells = handed_in()
    cells["test_half"].source = "\n" + VISIBLE + "   \n\n"
    assert put_right(cells.values())[2] == []


@pytest.mark.parametrize(
    ("missing", "where"),
    [("test_half", ORDER.index("half") + 1), ("test_square", ORDER.index("square") + 1), ("helper", 1), ("task", 8)],
)
def test_what_was_deleted_stands_again_where_it_belongs(missing, where):
    cells = handed_in()
    del cells[missing]
    names, _, notes = put_right(cells.values())
    assert names.index(missing) == where
    assert notes == [f"Cells that were missing were put back: `{missing}`."]


def test_a_deleted_answer_is_one_that_was_not_given():
    cells = handed_in()
    del cells["half"], cells["why"], cells["test_half"]
    names, found, notes = put_right(cells.values())
    assert names.index("half") < names.index("test_half") < names.index("square")
    assert determine_grade(found["why"]) == (0, 2)
    assert notes == ["Cells that were missing were put back: `half`, `test_half`, `why`."]


def test_an_empty_file_gets_all_cells_in_the_sources_order():
    names, _, notes = put_right([])
    assert names == [k.name for k in KNOWN]
    assert notes == ["There was no answer to grade. Below are the graded cells as they were given out."]


def test_a_changed_test_is_told_of():
    cells = handed_in()
    cells["test_half"].source = "3.0"
    assert put_right(cells.values())[2] == ["`test_half` had been changed; it was graded in its original form."]


def test_a_renamed_test_becomes_the_students_cell_and_the_real_one_comes_back():
    cells = handed_in()
    cells["test_half"].metadata.nbgrader.grade_id = cells["test_half"].id = "other"
    names, _, notes = put_right(cells.values())
    assert names == ["imports", "helper", "half", "test_half", "notes", "other", *ORDER[5:]]
    assert notes == ["Cells that were missing were put back: `test_half`."]


@pytest.mark.parametrize("make", [new_markdown_cell, new_raw_cell])
@pytest.mark.parametrize(("name", "source"), [("test_half", VISIBLE), ("half", ANSWER)])
def test_a_cell_of_another_kind_is_code_again(make, name, source):
    cells = handed_in()
    cells[name] = cell(name, source, make)
    names, _, notes = put_right(cells.values())
    kind = make("").cell_type
    assert (names, notes) == (ORDER, [f"`{name}` was a {kind} cell; it is a code cell again."])


def test_points_versions_and_kinds_that_a_cell_claims_count_for_nothing():
    cells = handed_in()
    cells["test_half"].metadata.nbgrader.update(points=99, schema_version=99, solution=True, grade=False, locked=False)
    cells["half"].metadata.nbgrader.update(schema_version=0, task=True, grade=True, points=7)
    assert put_right(cells.values())[2] == []


@pytest.mark.parametrize("claim", [None, 3, "half", [], {}, {"grade_id": ["half"]}, {"grade_id": "nobody's"}])
def test_a_cell_with_other_metadata_is_the_students(claim):
    cells = handed_in()
    cells["notes"].metadata["nbgrader"] = claim
    names, found, notes = put_right(cells.values())
    assert (names, notes) == (ORDER, [])
    assert "nbgrader" not in found["notes"].metadata


def test_a_test_before_its_answer_is_moved_behind_it():
    cells = handed_in()
    test = cells.pop("test_half")
    names, _, notes = put_right([test, *cells.values()])
    assert names == ["imports", "helper", "half", "test_half", "notes", *ORDER[5:]]
    assert notes == ["`test_half` stood before the cell that it tests; it was moved behind it."]


def test_exercises_and_texts_in_another_order_are_no_fault():
    cells = handed_in()
    order = ["imports", "square", "test_square", "helper", "half", "test_half", "notes", "task", "why"]
    names, _, notes = put_right(cells[name] for name in order)
    assert (names, notes) == (order, [])


@pytest.mark.parametrize("stub_first", [True, False])
def test_of_an_answer_and_its_stub_the_answer_is_graded_and_the_stub_is_not_run(stub_first):
    cells, stub = list(handed_in().values()), cell("half", STUB)
    cells.insert(2 if stub_first else 3, stub)
    names, found, notes = put_right(cells)
    assert (names, notes) == (ORDER, ["`half` is there 2 times; one was graded."])
    assert found["half"].source == ANSWER


def test_of_two_answers_the_last_is_graded_and_the_other_is_a_cell_of_the_students():
    cells = list(handed_in().values())
    cells.insert(2, new_code_cell("half = 3", id="first", metadata={"nbgrader": {"grade_id": "half"}}))
    names, found, _ = put_right(cells)
    assert names == ["imports", "helper", "first", *ORDER[2:]]
    assert found["half"].source == ANSWER
    assert found["first"].source == "half = 3"


def test_of_two_tests_one_is_left():
    cells = handed_in()
    names, _, notes = put_right([*cells.values(), cell("test_half", VISIBLE)])
    assert sorted(names) == sorted(ORDER)
    assert notes == ["`test_half` is there 2 times; one was graded."]


def whole(*cells, experiments=frozenset(), notes=(), kernelspec=KERNEL) -> nbformat.NotebookNode:
    notebook = new_notebook(
        cells=list(cells), metadata={"widgets": {}, "kernelspec": {"name": "sh", "display_name": "sh"}}
    )
    restore(notebook, KNOWN, kernelspec, set(experiments), list(notes))
    nbformat.validate(notebook)
    return notebook


def test_metadata_tags_and_outputs_go_but_for_the_outputs_of_experiments():
    shown = new_output("stream", text="mine")
    cells = handed_in()
    for each in cells.values():
        each.metadata |= {"tags": ["skip-execution", "raises-exception", EXPERIMENT], "vscode": {"x": 1}}
        if each.cell_type == "code":
            each.outputs, each.execution_count = [shown], 7
    notebook = whole(*cells.values(), experiments={"notes", "test_half"})
    found = {c.id: c for c in notebook.cells}
    assert found["notes"].metadata == {"tags": [EXPERIMENT]}
    assert found["notes"].outputs == [shown]
    assert found["imports"].metadata == {}
    assert all(set(found[k.name].metadata) == {"nbgrader"} for k in KNOWN)
    assert not any(c.get("outputs") for c in notebook.cells if c.id != "notes")
    assert all(c.execution_count is None for c in notebook.cells if c.cell_type == "code")


def test_no_cell_of_the_students_has_the_id_of_a_graded_one():
    cells = handed_in()
    cells["imports"].id, cells["test_half"].id = "test_half", "other"
    cells["notes"].id = ABOUT
    ids = [c.id for c in whole(*cells.values(), notes=["Hm."]).cells]
    assert len(set(ids)) == len(ids)
    assert ids[0] == ABOUT


def test_notes_stand_at_the_top_and_nothing_stands_there_without():
    assert whole(*handed_in().values(), notes=["One.", "Two."]).cells[0].source.splitlines()[2:] == ["- One.", "- Two."]
    assert [c.id for c in whole(*handed_in().values()).cells] == ORDER


@pytest.mark.parametrize("kernelspec", [KERNEL, None, "", "{", "[]", "{}"])
def test_the_kernel_is_the_courses(kernelspec):
    assert whole(kernelspec=kernelspec).metadata.kernelspec.name == "python3"
