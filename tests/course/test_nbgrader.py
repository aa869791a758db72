"""nbgrader as people use it, on a course of this shape, with nbgrader's own commands."""

import csv
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

import nbformat
import pytest
from conftest import NAME

from autograder.course.build import write_notebook
from autograder.course.release import nbgrader

FILE = f"{NAME}.ipynb"
RIGHT = "def half(x):\n    return x / 2"
NOISY = """import warnings
def half(x):
    warnings.warn("hm")
    np.ones(1) / np.zeros(1)
    print("half of", x)
    return x / 2"""
WRONG = "def half(x):\n    return x * 2"
CLASS = {"right": RIGHT, "noisy": NOISY, "wrong": WRONG, "stub": None, "cheat": WRONG, "broken_syntax": "def half(x:"}


def filled(released, code):
    """The released notebook with an answer, a student's own figure, and an experiment that must not run again."""
    notebook = nbformat.read(released, as_version=4)
    for cell in notebook.cells:
        if cell.id == "half" and code:
            cell.source = code
        if cell.id == "why":
            cell.source = "Because."
        if "experiment" in cell.metadata.get("tags", ()):
            cell.outputs = [nbformat.v4.new_output("stream", text="my own figure")]
            cell.source = "raise RuntimeError('this ran again')"
    return notebook


@pytest.fixture(scope="module")
def graded(toy, tmp_path_factory):
    """A course in which a class has handed in, and was graded by the four commands of an instructor."""
    course = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(toy, course)
    for student, code in CLASS.items():
        notebook = filled(course / "assignments" / NAME / FILE, code)
        if student == "cheat":  # a test cell that is "an experiment", with points in its output
            cell = next(cell for cell in notebook.cells if cell.id == "test_half")
            cell.metadata["tags"] = ["experiment"]
            cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "3.0"}, execution_count=1)]
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        write_notebook(notebook, folder / FILE)
        (folder / "checks.json").write_text("{}")
    nbgrader(course, "autograde", NAME, "--create")
    nbgrader(course, "generate_feedback", NAME)
    nbgrader(course, "export")
    return course


@pytest.mark.parametrize(
    ("student", "points"), [("right", 3), ("noisy", 3), ("wrong", 0), ("stub", 0), ("cheat", 0), ("broken_syntax", 0)]
)
def test_the_exported_points_are_those_that_were_earned(graded, student, points):
    with (graded / "grades.csv").open() as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert scores[student] == points


def test_the_feedback_page_names_the_mistake(graded):
    page = (graded / "feedback" / "wrong" / NAME / f"{NAME}.html").read_text()
    assert "Your result is larger than x" in page


def test_the_feedback_page_has_no_hidden_test_and_the_instructors_copy_has(graded):
    for student in CLASS:
        page = (graded / "feedback" / student / NAME / f"{NAME}.html").read_text()
        assert "HIDDEN TESTS" not in page
        assert "import grade" not in page.replace("</span>", "").replace('<span class="kn">', "")
        assert "grade(" in (graded / "autograded" / student / NAME / FILE).read_text()


def test_an_experiment_keeps_the_students_output_and_is_not_run_again(graded):
    text = (graded / "autograded" / "right" / NAME / FILE).read_text()
    assert "my own figure" in text
    assert "this ran again'" in text
    assert '"ename": "RuntimeError"' not in text


def test_the_checks_file_comes_back_where_a_student_changed_it(graded):
    assert "exercises" in json.loads((graded / "autograded" / "right" / NAME / "checks.json").read_text())


@pytest.mark.parametrize(("code", "said"), [(RIGHT, "Success"), (WRONG, "FAILED"), (None, "FAILED")])
def test_validate_tells_a_right_notebook_from_a_wrong_one(toy, tmp_path, code, said):
    shutil.copytree(toy / "assignments" / NAME, tmp_path / NAME)
    notebook = filled(tmp_path / NAME / FILE, code)
    for cell in notebook.cells:
        if "experiment" in cell.metadata.get("tags", ()):
            cell.source = "half(np.ones(2))" if code else ""
    write_notebook(notebook, tmp_path / NAME / FILE)
    assert said in nbgrader(toy, "validate", str(tmp_path / NAME / FILE))


def test_zip_collect_takes_an_archive_of_submissions(graded):
    archive = graded / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "class.zip", "w") as file:
        file.write(graded / "submitted" / "right" / NAME / FILE, f"zoe_attempt_2026-11-21-12-00-00_{FILE}")
    nbgrader(graded, "zip_collect", NAME)
    assert (graded / "submitted" / "zoe" / NAME / FILE).is_file()


def test_formgrader_serves_the_class_for_grading_by_hand(graded, tmp_path):
    port = free_port()
    address = f"http://127.0.0.1:{port}/formgrader"
    command = [sys.executable, "-m", "jupyter", "server", "--allow-root", "--no-browser", f"--port={port}"]
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen([*command, "--ServerApp.token=t"], cwd=graded, stdout=log, stderr=log)
    try:
        submissions = json.loads(get(f"{address}/api/submissions/{NAME}?token=t"))
        assert {s["student"]: s["code_score"] for s in submissions}["right"] == 3
        assert all(s["needs_manual_grade"] for s in submissions if s["student"] == "right")
        assert b"formgrade" in get(f"{address}/gradebook/{NAME}?token=t")
    finally:
        server.terminate()
        server.wait()
        log.close()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(address, attempts=60):
    """The answer of a server that may still be starting."""
    for _ in range(attempts):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read()
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.5)
    raise TimeoutError(address)
