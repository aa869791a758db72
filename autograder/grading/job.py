"""What is to be graded, and what came of it: values that go from one process to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from autograder.checking.result import Result
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.trusted import Trusted


class Role(StrEnum):
    """What is done with a cell: run it at the student's; run there what it defines, and leave its outputs as they are;
    test here; leave all of it as it is."""

    STUDENT = "student"
    EXPERIMENT = "experiment"
    TEST = "test"
    KEEP = "keep"


@dataclass
class Job:
    """A notebook to be graded. cells: role and source of each; released: the folder of the assignment's released
    files; work: the folder .../STUDENT/ASSIGNMENT in the course, by which a hidden test knows whose work this is.
    """

    cells: list[tuple[Role, str]]
    trusted: Trusted
    released: Path
    work: Path
    limits: Limits = field(default_factory=Limits)
    sandbox: Sandbox = Sandbox.REQUIRED


@dataclass
class Graded:
    """outputs: of each cell in nbformat's form, None where the cell was left as it is. tier: how far the student's
    code was shut off. results: of the course's own checks, in the order in which they were made."""

    outputs: list[list[dict] | None]
    tier: str
    results: list[Result] = field(default_factory=list)
