"""Where a course keeps what grading needs, and how nbgrader's converter comes to it."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearOutput
from traitlets.config import Config

from autograder.grading.apart.sandbox import NoSandbox
from autograder.grading.course import course_of, released_folder, source_notebook
from autograder.grading.execute import ExecuteApart
from autograder.grading.exporter import SubmissionExporter
from autograder.grading.restore import NOTES

TEXT = writes(new_notebook(cells=[new_code_cell("x = 1", metadata={"tags": ["a"]})]))


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory) -> Path:
    """A gradebook that knows the notebooks p1 and p2 of ps1."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # nbgrader's alembic
    with Gradebook(f"sqlite:///{path}") as made:
        made.add_assignment("ps1")
        for name in ("p1", "p2"):
            made.add_notebook(name, "ps1")
    return path


@pytest.fixture
def course(tmp_path, monkeypatch, gradebook) -> CourseDirectory:
    """A course with this gradebook. Nothing is run."""
    monkeypatch.setattr(ExecuteApart, "prepare", lambda step, course: None)
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.ignore = ["key", "*.pyc"]
    config.CourseDirectory.db_url = f"sqlite:///{tmp_path}/gradebook.db"
    source = tmp_path / "source" / "ps1"
    (source / "key").mkdir(parents=True)
    for name in ("p1.ipynb", "data.txt", "key/answers.py", "old.pyc"):
        (source / name).write_text(TEXT if name.endswith("ipynb") else name)
    shutil.copy(gradebook, tmp_path)
    return CourseDirectory(config=config)


@pytest.fixture
def converter(course) -> Autograde:
    converter = Autograde(coursedir=course, config=course.config)
    converter.exporter = SubmissionExporter(parent=converter, config=course.config)
    return converter


def hand_in(course, *names) -> list[str]:
    folder = Path(course.root) / "submitted" / "ada" / "ps1"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(TEXT)
    return [str(folder / name) for name in names]


def test_a_step_works_in_the_course_of_its_converter(converter):
    assert course_of(ClearOutput(parent=converter.exporter)) is converter.coursedir
    assert course_of(ClearOutput(config=converter.coursedir.config)).root == converter.coursedir.root


def test_the_source_notebook_is_read_and_one_that_is_not_there_is_empty(course):
    assert source_notebook(course, {"assignment": "ps1", "notebook": "p1"}).cells[0].source == "x = 1"
    assert source_notebook(course, {"assignment": "ps1", "notebook": "p2"}).cells == []


def test_released_files_are_the_releases_own(course):
    folder = Path(course.root) / "release" / "ps1"
    folder.mkdir(parents=True)
    assert released_folder(course, "ps1") == folder


def test_without_a_release_they_are_what_would_be_released_and_nothing_else(course):
    assert [path.name for path in released_folder(course, "ps1").rglob("*")] == ["data.txt"]
    assert list(released_folder(course, "ps9").iterdir()) == []


def test_a_notebook_that_is_missing_is_put_on_the_list(course, converter):
    notebooks = hand_in(course, "p1.ipynb", "p2 (1).ipynb")
    converter.notebooks = list(notebooks)
    converter.coursedir.assignment_id, converter.coursedir.student_id = "ps1", "ada"
    converter.run_pre_convert_hook()
    assert converter.notebooks == [*notebooks, notebooks[0].replace("p1", "p2")]


def test_only_a_notebook_that_was_asked_for_is_put_on_the_list(course, converter):
    converter.notebooks = notebooks = hand_in(course, "p1.ipynb")
    course.notebook_id, course.assignment_id = "p1", "ps1"
    converter.run_pre_convert_hook()
    assert converter.notebooks == notebooks


def test_a_hook_of_the_courses_own_runs_too(course):
    seen = []
    course.config.Autograde.pre_convert_hook = lambda **about: seen.append(about["student"])
    converter = Autograde(coursedir=course, config=course.config)
    converter.exporter = SubmissionExporter(parent=converter, config=course.config)
    converter.notebooks = hand_in(course, "p1.ipynb")
    course.assignment_id, course.student_id = "ps1", "ada"
    converter.run_pre_convert_hook()
    assert seen == ["ada"]
    assert len(converter.notebooks) == 2


def test_a_submission_is_read_with_notes_and_the_restored_copy_as_it_is(course, converter):
    read = []

    def look(notebook, resources):
        read.append((len(notebook.cells), notebook.cells and dict(notebook.cells[0].metadata), resources.get(NOTES)))
        return notebook, resources

    converter.exporter.register_preprocessor(look, enabled=True)
    first, _ = hand_in(course, "p1.ipynb", "p3.ipynb")
    about = {"student": "ada", "assignment": "ps1", "notebook": "p1", "db_url": course.db_url}
    converter.exporter.from_filename(first, {"nbgrader": about})
    converter.exporter.from_filename(first.replace("p1", "p2"), {"nbgrader": {**about, "notebook": "p2"}})
    assert read == [
        (1, {}, []),
        (1, {}, ["`p2.ipynb` is missing in what was handed in; `p3.ipynb` was graded as `p2.ipynb`."]),
    ]
    restored = Path(first.replace("submitted", "autograded"))
    restored.parent.mkdir(parents=True)
    restored.write_text(TEXT)
    assert json.loads(converter.exporter.from_filename(str(restored), {"nbgrader": about})[0])["cells"]
    assert read[-1] == (1, {"tags": ["a"]}, None)


def test_without_a_sandbox_nothing_begins(course, monkeypatch):
    def refuse(step, course):
        raise NoSandbox("Install bubblewrap.")

    monkeypatch.setattr(ExecuteApart, "prepare", refuse)
    with pytest.raises(NbGraderException, match=r"Install bubblewrap\."):
        SubmissionExporter(parent=Autograde(coursedir=course, config=course.config))
