"""A small notebook that a cheat hands in, graded in the sandbox and, where a test asks for it, by stock nbgrader."""

import json
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from autograder.checking.notebook import CHECKS
from autograder.course.build import frozen_checks
from autograder.course.key import load_key
from autograder.grading import grader
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox, why_not
from autograder.grading.grader import grade_notebook
from autograder.grading.job import Job, Role
from autograder.grading.trusted import Trusted

TOY = Path(__file__).parents[1] / "course" / "toy" / "key"
NAME = "00_toy"
LIMITS = Limits(cell_seconds=10, test_seconds=10, submission_seconds=40, memory=512, processes=40, disk=16, output=1)

SETUP = "import numpy as np"
STUB = "def half(x):\n    return None"
HALF = "def half(x):\n    return x / 2"
SQUARE = "def square(x):\n    return x * x"
TEST_HALF = """assert half(4) == 2
### BEGIN HIDDEN TESTS
assert half(11) == 5.5
np.testing.assert_allclose(half(np.array([3.0, 8.0])), [1.5, 4.0])
### END HIDDEN TESTS"""
TEST_PARTS = "float(sum(half(n) == n / 2 for n in (6, 14)))"
TEST_SQUARE = """assert square(3) == 9
### BEGIN HIDDEN TESTS
assert abs(square(np.array([12.0]))[0] - 144) < 1e-9
### END HIDDEN TESTS"""
TEST_CHECK = """check(half)
### BEGIN HIDDEN TESTS
from autograder import grade
grade("half", half)
### END HIDDEN TESTS"""
TRUSTED = Trusted(
    imports={"np": "import numpy as np", "check": "from autograder import check"}, solutions={"half", "square"}
)


@dataclass
class Marks:
    """Points: half of 3, parts of 2 (partial credit), square of 2. shown: all that feedback would show, as text."""

    half: float
    parts: float
    square: float
    outputs: dict[str, list]

    @property
    def stolen(self) -> float:
        """What an answer that is none was given."""
        return self.half + self.parts

    @property
    def shown(self) -> str:
        return json.dumps(self.outputs, ensure_ascii=False)


def cells_of(before, half, square, tests, after) -> list[tuple[Role, str, str]]:
    """The notebook: role, name and source of each cell."""
    tests = {"half": TEST_HALF, "parts": TEST_PARTS, "square": TEST_SQUARE} | tests
    return [
        (Role.STUDENT, "setup", SETUP),
        *((Role.STUDENT, f"before {i}", source) for i, source in enumerate(before)),
        (Role.STUDENT, "answer half", half),
        (Role.TEST, "half", tests["half"]),
        (Role.TEST, "parts", tests["parts"]),
        (Role.STUDENT, "answer square", square),
        (Role.TEST, "square", tests["square"]),
        *((Role.STUDENT, f"after {i}", source) for i, source in enumerate(after)),
    ]


def marks(outputs: dict[str, list]) -> Marks:
    points = {}
    for name, most in (("half", 3), ("parts", 2), ("square", 2)):
        about = {"grade": True, "solution": False, "points": most, "schema_version": 3, "grade_id": name}
        cell = new_code_cell(metadata={"nbgrader": about}, outputs=[nbformat.from_dict(o) for o in outputs[name]])
        points[name] = determine_grade(cell)[0]
    shown = {}
    for name, given in outputs.items():  # as feedback shows it: of an error in a test, its name and message
        shown[name] = [{**o, "traceback": []} if name in points and "traceback" in o else o for o in given]
    return Marks(**points, outputs=shown)


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Path:
    """A course as it lies on a disk, with a key, a gradebook and others' work, each marked CANARY."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("submitted/bo", "autograded/bo", "feedback/bo"):
        (course / folder / NAME).mkdir(parents=True)
        (course / folder / NAME / f"{NAME}.ipynb").write_text("CANARY: another student's answer")
    shutil.copytree(TOY, course / "solutions" / NAME / "key", ignore=shutil.ignore_patterns("__pycache__"))
    (course / "gradebook.db").write_text("CANARY: grades")
    (course / "nbgrader_config.py").write_text("# CANARY: settings")
    released = course / "assignments" / NAME
    released.mkdir(parents=True)
    (released / CHECKS).write_text(frozen_checks(load_key(course / "solutions" / NAME / "key")), encoding="utf-8")
    (course / "autograded" / "ada" / NAME).mkdir(parents=True)
    return course


@pytest.fixture(scope="session")
def no_sandbox() -> str:
    return why_not()


@pytest.fixture
def grade(course, no_sandbox):
    """grade(cells before, half=…, square=…, tests={name: source}, after=[…], limits=…) -> Marks."""
    if no_sandbox:
        pytest.skip(no_sandbox)

    def run(*before, half=STUB, square=SQUARE, tests=(), after=(), limits=LIMITS) -> Marks:
        cells = cells_of(before, half, square, dict(tests), after)
        job = Job(
            [(role, source) for role, _, source in cells],
            TRUSTED,
            course / "assignments" / NAME,
            course / "autograded" / "ada" / NAME,
            limits,
            Sandbox.REQUIRED,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("default")  # as in nbgrader's own process
            graded = grade_notebook(job)
        return marks({name: out for (_, name, _), out in zip(cells, graded.outputs, strict=True)})

    return run


@pytest.fixture
def grade_cheat(grade):
    """As `grade`, and an honest submission that is graded next gets full points."""
    yield grade
    honest = grade(half=HALF)
    assert (honest.half, honest.parts, honest.square) == (3, 2, 2), honest.shown


@pytest.fixture
def stock(tmp_path, monkeypatch):
    """The same notebook in a kernel, as stock nbgrader runs it. Only for what harms nothing."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def run(*before, half=STUB, square=SQUARE, tests=(), after=()) -> Marks:
        cells = cells_of(before, half, square, dict(tests), after)
        notebook = new_notebook(cells=[new_code_cell(source) for _, _, source in cells])
        NotebookClient(
            notebook,
            timeout=15,
            allow_errors=True,
            kernel_name="python3",
            resources={"metadata": {"path": str(tmp_path)}},
            extra_arguments=["--log-level=ERROR"],
        ).execute()
        return marks({name: cell.outputs for (_, name, _), cell in zip(cells, notebook.cells, strict=True)})

    return run


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left():
    yield
    grader._warm.close()


@pytest.fixture
def check_test() -> str:
    """A test as the course writes it."""
    return TEST_CHECK
