"""Tests of the grader share a process's one shell, so each of these folders runs in one process, in its order."""

from pathlib import Path

import pytest

GROUPS = ("grading/classes", "grading", "attacks")  # the first that fits counts
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before xdist looks for the groups
def pytest_collection_modifyitems(items):
    for item in items:
        place = item.path.relative_to(HERE).as_posix() if item.path.is_relative_to(HERE) else ""
        if group := next((group for group in GROUPS if place.startswith(f"{group}/")), None):
            item.add_marker(pytest.mark.xdist_group(group))
