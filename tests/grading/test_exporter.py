"""What nbgrader's converter is given to read: every notebook of the assignment, or nothing without a sandbox."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from plain_course import NAME

from autograder.grading.apart.sandbox import NoSandbox
from autograder.grading.execute import ExecuteApart
from autograder.grading.exporter import SubmissionExporter
from autograder.grading.restore import NOTES


@pytest.fixture(scope="module")
def db_url(tmp_path_factory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('book') / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.add_assignment(NAME)
        for name in ("one", "two", "three"):
            gradebook.add_notebook(name, NAME)
    return url


@pytest.fixture
def converter(tmp_path, db_url, monkeypatch) -> Autograde:
    monkeypatch.setattr(ExecuteApart, "prepare", lambda self, course: None)
    return Autograde(coursedir=CourseDirectory(db_url=db_url, root=str(tmp_path), assignment_id=NAME))


def listed(converter: Autograde, *notebooks: str) -> list[str]:
    """The list of notebooks after nbgrader's hook."""
    SubmissionExporter(parent=converter)
    converter.coursedir.student_id, converter.notebooks = "ada", list(notebooks)
    converter.run_pre_convert_hook()
    return converter.notebooks


def test_what_is_missing_is_put_on_the_list(converter):
    assert listed(converter, "/s/two.ipynb", "/s/one (1).ipynb") == [
        "/s/two.ipynb",
        "/s/one (1).ipynb",
        "/s/one.ipynb",
        "/s/three.ipynb",
    ]


def test_only_the_notebooks_that_were_asked_for_are(converter):
    converter.coursedir.notebook_id = "t*"
    assert listed(converter, "/s/two.ipynb") == ["/s/two.ipynb", "/s/three.ipynb"]


def test_the_courses_own_hook_runs_first(converter):
    converter.pre_convert_hook = lambda assignment, student, notebooks: notebooks.append(f"/s/{student}.ipynb")
    assert listed(converter, "/s/two.ipynb")[:2] == ["/s/two.ipynb", "/s/ada.ipynb"]
    assert len(converter.notebooks) == 4


def test_a_hook_that_fails_hides_no_missing_notebook(converter):
    def hook(assignment, student, notebooks):
        notebooks.clear()
        raise ValueError

    converter.pre_convert_hook = hook
    assert listed(converter, "/s/two.ipynb") == ["/s/one.ipynb", "/s/three.ipynb", "/s/two.ipynb"]


def test_without_a_sandbox_nothing_begins(converter, monkeypatch):
    def refuse(self, course):
        assert course is converter.coursedir
        raise NoSandbox("install it")

    monkeypatch.setattr(ExecuteApart, "prepare", refuse)
    with pytest.raises(NbGraderException, match="install it"):
        SubmissionExporter(parent=converter)
    assert converter.pre_convert_hook is None


def test_a_submission_is_read_with_notes_and_a_restored_copy_as_it_is(converter, tmp_path, db_url):
    exporter = SubmissionExporter(parent=converter)
    resources = {"nbgrader": {"assignment": NAME, "student": "ada", "notebook": "one", "db_url": db_url}}
    submitted, autograded = (tmp_path / kind / "ada" / NAME for kind in ("submitted", "autograded"))
    for folder in (submitted, autograded):
        folder.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[new_code_cell("1", metadata={"tags": ["own"]})]), autograded / "one.ipynb")
    (submitted / "mine.ipynb").write_bytes((autograded / "one.ipynb").read_bytes())
    (submitted / "two.ipynb").write_text("{}")  # another of the assignment's notebooks, and no candidate

    text, said = exporter.from_filename(str(submitted / "one.ipynb"), dict(resources))
    assert "`mine.ipynb` was graded as `one.ipynb`" in said[NOTES][0]
    assert nbformat.reads(text, as_version=4).cells[0].metadata == {}

    text, said = exporter.from_filename(str(autograded / "one.ipynb"), dict(resources))
    assert NOTES not in said
    assert nbformat.reads(text, as_version=4).cells[0].metadata == {"tags": ["own"]}
