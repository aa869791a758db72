"""The one writer of grades: a submission's notebook, scores and comments are recorded together, or not at all.

First the notebook is put in its place, then one transaction of the gradebook writes the scores and, in a table of our
own, which submission and which notebook they belong to. Killed in between, the next run finds that the two do not fit,
and grades that submission again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.utils import parse_utc
from sqlalchemy import Column, Float, MetaData, String, Table, Text, bindparam, event, select

from autograder.checking.result import Result
from autograder.grading.classes.scores import Scores
from autograder.grading.classes.submission import Verdict

LOCK_SECONDS = 30  # to wait for a gradebook into which somebody else is writing

_records = Table(
    "autograder_records",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("submission", String(64)),  # digests: of what was handed in, of the kit, of the autograded notebooks
    Column("kit", String(64)),
    Column("notebooks", String(64)),
    Column("seconds", Float),
    Column("told", Text),  # JSON of `Told`
)

_of_one = (_records.c.assignment == bindparam("of"), _records.c.student == bindparam("who"))
ROW, REMOVE, PUT = select(_records).where(*_of_one), _records.delete().where(*_of_one), _records.insert()


@dataclass(frozen=True)
class Told:
    """What a student was told of a notebook: what was wrong with the file, and what the course's own checks said."""

    notebook: str
    notes: list[str]
    results: list[Result]


@dataclass(frozen=True)
class Record:
    """A submission as it was graded. seconds: wall time of the grading."""

    student: str
    seconds: float
    told: list[Told]


class Records:
    """The grades of one assignment. late: nbgrader's plugin for the penalties of late submissions; only to write."""

    def __init__(
        self,
        course: CourseDirectory,
        assignment: str,
        gradebook: Gradebook,
        late: LateSubmissionPlugin | None = None,
    ):
        self.course, self.assignment, self.gradebook, self.late = course, assignment, gradebook, late
        if gradebook.engine.dialect.name == "sqlite":
            event.listen(gradebook.engine, "connect", _sqlite_settings)
            gradebook.engine.dispose()  # connections from before
        _records.metadata.create_all(gradebook.engine)

    def holds(self, student: str, submission: str, kit: str) -> bool:
        """Whether this submission has been graded with this kit, and its notebooks are still there as they were."""
        row = self.gradebook.db.connection().execute(ROW, {"of": self.assignment, "who": student}).mappings().first()
        if row is None or (row["submission"], row["kit"]) != (submission, kit):
            return False
        return row["notebooks"] == _digest(self.folder(student))

    def all(self) -> Iterator[Record]:
        """Of the assignment's graded submissions, by student."""
        query = select(_records).where(_records.c.assignment == self.assignment).order_by(_records.c.student)
        for row in self.gradebook.db.execute(query).mappings():
            yield Record(row["student"], row["seconds"], msgspec.json.decode(row["told"], type=list[Told]))

    def write(self, verdict: Verdict, submission: str, kit: str, files: dict[str, bytes]) -> None:
        """Record a verdict. files: what stands beside the notebooks, by name."""
        folder = self.folder(verdict.student)
        contents = {f"{notebook.name}.ipynb": notebook.text.encode() for notebook in verdict.notebooks}
        _replace(folder, {**files, **contents})
        with _one_transaction(self.gradebook.db):
            self._write_scores(verdict)
            row = {"assignment": self.assignment, "student": verdict.student}
            row |= {"submission": submission, "kit": kit, "notebooks": _digest(folder), "seconds": verdict.seconds}
            row["told"] = msgspec.json.encode([Told(n.name, n.notes, n.results) for n in verdict.notebooks]).decode()
            connection = self.gradebook.db.connection()
            connection.execute(REMOVE, {"of": self.assignment, "who": verdict.student})
            connection.execute(PUT, row)

    def _write_scores(self, verdict: Verdict) -> None:
        """In the caller's transaction."""
        source = self.course.format_path(self.course.submitted_directory, verdict.student, self.assignment)
        timestamp = self.course.get_existing_timestamp(source)
        self._scores.write(verdict, parse_utc(timestamp) if timestamp else None)

    @cached_property
    def _scores(self) -> Scores:
        return Scores(self.gradebook, self.assignment, self.late)

    def folder(self, student: str) -> Path:
        return Path(self.course.format_path(self.course.autograded_directory, student, self.assignment))


@contextmanager
def _one_transaction(session) -> Iterator[None]:
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _replace(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder with these files in the place of what is there: complete, or not there."""
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir(parents=True)
    for name, content in files.items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_bytes(content)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file: complete, or as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)


def _digest(folder: Path) -> str:
    """Of the notebooks in a folder; empty where there is none."""
    notebooks = sorted(folder.glob("*.ipynb"))
    return (
        hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in notebooks)).hexdigest() if notebooks else ""
    )


def _sqlite_settings(connection, _) -> None:
    """A reader, such as formgrader, does not stop the writer, and a lock is waited for."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000:.0f}")
