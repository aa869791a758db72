"""What a worker needs to grade submissions of one assignment, as one value: sent once, and no disk is shared."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec
import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.course import released_folder
from autograder.grading.restore import Graded, known_cells

RELEASED, KEY = "released", "key"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip file's, so that the same files give the same bytes
_folders = ExitStack()


@dataclass(frozen=True)
class NotebookKit:
    """known: its graded cells, from the gradebook. source: the instructor's notebook as text, or ""."""

    known: list[Graded]
    kernelspec: str
    source: str


@dataclass(frozen=True)
class Kit:
    """files: a zip file with the released files and, for hidden tests, the answer keys."""

    assignment: str
    notebooks: dict[str, NotebookKit]
    files: bytes
    limits: Limits
    sandbox: Sandbox

    @cached_property
    def digest(self) -> str:
        """What grades depend on beside a submission: tests, points, keys, limits."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).hexdigest()


def pack(course: CourseDirectory, assignment: str, gradebook: Gradebook, limits: Limits, sandbox: Sandbox) -> Kit:
    """The kit of an assignment. Raises nbgrader's MissingEntry where the gradebook does not have it."""
    source = Path(course.format_path(course.source_directory, ".", assignment)).resolve()
    notebooks = {}
    for entry in gradebook.find_assignment(assignment).notebooks:
        path = source / f"{entry.name}.ipynb"
        notebooks[entry.name] = NotebookKit(
            known_cells(gradebook, entry.name, assignment),
            entry.kernelspec or "",
            path.read_text(encoding="utf-8") if path.is_file() else "",
        )
    files = {}
    released = released_folder(course, assignment)
    for path in _files(released):
        if path.suffix != ".ipynb":
            files[f"{RELEASED}/{path.relative_to(released)}"] = path
    for key in sorted(source.parent.glob(f"*/{KEY}")):
        files |= {f"{source.parent.name}/{path.relative_to(source.parent)}": path for path in _files(key)}
    return Kit(assignment, notebooks, _zipped(files), limits, sandbox)


def unpacked(kit: Kit) -> Path:
    """The folder in which this process has unpacked a kit."""
    return _unpacked(kit.digest, kit.files)


def source_of(kit: Kit, notebook: str) -> nbformat.NotebookNode:
    text = kit.notebooks[notebook].source
    return _notebook(text) if text else nbformat.v4.new_notebook()


@lru_cache(maxsize=16)
def _notebook(text: str) -> nbformat.NotebookNode:
    return nbformat.reads(text, as_version=4)


@lru_cache(maxsize=4)
def _unpacked(digest: str, files: bytes) -> Path:
    folder = Path(_folders.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
    (folder / RELEASED).mkdir()
    with zipfile.ZipFile(io.BytesIO(files)) as archive:
        archive.extractall(folder)
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _zipped(files: dict[str, Path]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), path.read_bytes())
    return buffer.getvalue()
