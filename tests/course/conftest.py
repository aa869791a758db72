"""A course of one small exercise, built and released once for the tests that need one."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from autograder.course.build import build
from autograder.course.key import Key, load_key
from autograder.course.release import release

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = "00_toy"


@pytest.fixture(scope="session", autouse=True)
def _programs_on_the_path():
    """nbgrader starts alembic by name."""
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))


@pytest.fixture(scope="session")
def toy(tmp_path_factory) -> Path:
    """The folder of a course whose only assignment is `00_toy`: built and released."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(HERE / "toy", course / "solutions" / NAME, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", course)
    key = load_key(course / "solutions" / NAME / "key")
    build(key, course / "solutions" / NAME)
    release(key, course)
    return course


@pytest.fixture
def toy_key(toy) -> Key:
    return load_key(toy / "solutions" / NAME / "key")
