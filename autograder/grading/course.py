"""Where a course keeps what grading needs, asked of nbgrader's settings."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Configurable

_files = ExitStack()  # folders made here, removed when the process ends


def course_of(step: Configurable) -> CourseDirectory:
    """The course in which a preprocessor works: that of the converter that it belongs to."""
    owner = step
    while owner is not None:
        if getattr(owner, "coursedir", None) is not None:
            return owner.coursedir
        owner = owner.parent
    return CourseDirectory(config=step.config)


def source_notebook(course: CourseDirectory, about: dict) -> nbformat.NotebookNode:
    """The instructor's notebook; an empty one where this machine has none. about: nbgrader's resources."""
    path = Path(course.format_path(course.source_directory, ".", about["assignment"])) / f"{about['notebook']}.ipynb"
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else nbformat.v4.new_notebook()


def released_folder(course: CourseDirectory, assignment: str) -> Path:
    """A folder with the assignment's released files: the release's; else what nbgrader would release of the source."""
    folder = Path(course.format_path(course.release_directory, ".", assignment)).resolve()
    if folder.is_dir():
        return folder
    source = Path(course.format_path(course.source_directory, ".", assignment)).resolve()
    return _copy_for_release(source, tuple(course.ignore))


@lru_cache(maxsize=16)
def _read(path: Path, modified: int) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


@lru_cache(maxsize=16)
def _copy_for_release(source: Path, ignore: tuple[str, ...]) -> Path:
    folder = Path(_files.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))) / "released"
    if not source.is_dir():
        folder.mkdir()
        return folder

    def left_out(_, names: list[str]) -> list[str]:
        return [name for name in names if any(fnmatch(name, pattern) for pattern in (*ignore, "*.ipynb"))]

    shutil.copytree(source, folder, ignore=left_out, ignore_dangling_symlinks=True)
    return folder
