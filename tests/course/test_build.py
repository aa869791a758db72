"""From the text to the notebook."""

import shutil

import nbformat
import pytest
from conftest import NAME

from autograder.course.build import assemble, build
from autograder.course.key import find_key, load_key
from autograder.course.release import course_root


def test_two_builds_are_the_same_to_the_byte(toy, tmp_path):
    shutil.copytree(toy, tmp_path / "again")
    again = tmp_path / "again" / "solutions" / NAME
    build(load_key(again / "key"), again)
    for name in (f"{NAME}.ipynb", "checks.json"):
        assert (again / name).read_bytes() == (toy / "solutions" / NAME / name).read_bytes()


def test_an_executed_notebook_carries_its_figures_and_ends_tests_with_a_float(toy):
    notebook = nbformat.read(toy / "solutions" / NAME / f"{NAME}.ipynb", as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    assert cells["test_half"].outputs[-1]["data"]["text/plain"] == "3.0"
    assert any("image/png" in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ()))


def test_cell_ids_come_from_grade_ids(toy_key):
    ids = [cell.id for cell in assemble(toy_key).cells]
    assert ids == ["opening-1", "opening-2", "half", "test_half", "test_half-1", "why"]


def test_nbgrader_metadata(toy_key):
    cells = {cell.id: cell.metadata.get("nbgrader") for cell in assemble(toy_key).cells}
    assert cells["half"]["solution"]
    assert not cells["half"]["grade"]
    assert cells["test_half"]["points"] == 3
    assert cells["test_half"]["locked"]
    assert cells["why"]["grade"]
    assert cells["why"]["solution"]
    assert cells["opening-1"] is None


def test_the_key_is_found_from_a_notebook_of_the_course(toy):
    assert find_key(toy / "autograded" / "ada" / NAME).assignment == NAME


def test_without_a_key_the_sentence_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match="no answer key for 'x'"):
        find_key(tmp_path / "x")


def test_a_key_that_lacks_a_file_names_it(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"notebook\.py"):
        load_key(tmp_path)


def test_outside_a_course_the_sentence_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not in a course"):
        course_root(tmp_path)
