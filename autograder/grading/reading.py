"""Read what a student handed in, in whatever state the file is: out come a notebook and what was wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.coursedir import CourseDirectory

from autograder.grading.shell import well_formed

NOTES = "autograder_notes"  # where the sentences travel, in nbconvert's resources
MOST_CELLS = 2000
MOST_BYTES = 100 * 2**20
_MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def read_submission(path: Path) -> tuple[nbformat.NotebookNode, list[str]]:
    """A valid notebook of format 4 with the file's cells, as far as there are any, and what was wrong with it."""
    if not path.is_file():
        others = sorted(p.name for p in path.parent.glob("*.ipynb") if p.is_file() and not p.is_symlink())
        if len(others) != 1:
            found = f"It holds {', '.join(others)}." if others else "It holds no notebook."
            return new_notebook(), [f"{path.name} is missing in what was handed in. {found}"]
        notebook, notes = read_submission(path.with_name(others[0]))
        return notebook, [f"The file is called {others[0]}, not {path.name}; it was graded as {path.name}.", *notes]
    if path.stat().st_size > MOST_BYTES:
        return new_notebook(), [f"{path.name} is larger than {MOST_BYTES // 2**20} MB and was not read."]
    text, notes = _decoded(path.read_bytes())
    try:
        data = json.loads(text)
        version = data.get("nbformat", 4) if isinstance(data, dict) else None
        if version is None:
            raise ValueError("it is JSON, but no notebook")
        if version != 4:
            notes.append(f"The notebook is in the old format {version}; it was converted.")
            data = nbformat.convert(nbformat.from_dict({"nbformat_minor": 0, "metadata": {}, **data}), 4)
    except RecursionError:
        return new_notebook(), [*notes, f"{path.name} cannot be read: it is nested too deeply."]
    except Exception as error:
        return new_notebook(), [*notes, f"{path.name} cannot be read: {_why(error)}. Hand it in again."]
    cells = data.get("cells")
    notebook = new_notebook(cells=list(_cells(cells if isinstance(cells, list) else [], notes)))
    if not notebook.cells:
        notes.append("The notebook holds no cells.")
    return notebook, notes


def find_misnamed(config, *, assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook before a submission is read: a notebook that is missing is put on its list all the same.

    `read_submission` then finds the file under its other name. config: nbgrader's settings.
    """
    course = CourseDirectory(config=config)
    source = Path(course.format_path(course.source_directory, ".", assignment))
    for expected in sorted(source.glob("*.ipynb")):
        folder = Path(notebooks[0]).parent
        if not (folder / expected.name).is_file():
            notebooks.append(str(folder / expected.name))


class SubmissionExporter(NotebookExporter):
    """nbgrader's exporter for autograding, which reads every submission (`c.Autograde.exporter_class`)."""

    def from_filename(self, filename, resources=None, **kw):
        notebook, notes = read_submission(Path(filename))
        return self.from_notebook_node(notebook, resources={**(resources or {}), NOTES: notes}, **kw)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """UTF-8, as notebooks are; else what an editor may have made of it."""
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = data.decode(encoding)
            return text, [] if encoding == "utf-8-sig" else [f"The file is in {encoding.upper()}, not in UTF-8."]
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", errors="replace"), ["The file is not in UTF-8; letters with accents may be wrong."]


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not valid JSON (line {error.lineno}: {error.msg})"
    return str(error) if isinstance(error, ValueError) else f"it cannot be converted ({type(error).__name__})"


def _cells(cells: list, notes: list[str]) -> Iterator[nbformat.NotebookNode]:
    """The cells made anew: nothing but kind, id, source, metadata and well-formed outputs comes through."""
    if len(cells) > MOST_CELLS:
        notes.append(f"Only the first {MOST_CELLS} of {len(cells)} cells were read.")
    seen, malformed = set(), 0
    for number, cell in enumerate(cells[:MOST_CELLS]):
        source = cell.get("source", "") if isinstance(cell, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str) or cell.get("cell_type") not in _MAKE:
            malformed += 1
            continue
        made = _MAKE[cell["cell_type"]](source.replace("\r\n", "\n"))
        name = cell.get("id")
        valid = isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) and name not in seen
        made.id = name if valid else f"cell-{number}"
        seen.add(made.id)
        if isinstance(cell.get("metadata"), dict):
            made.metadata = nbformat.from_dict(cell["metadata"])
        if made.cell_type == "code":
            made.outputs = [nbformat.from_dict(output) for output in well_formed(cell.get("outputs"))]
        yield made
    if malformed:
        notes.append(f"{malformed} of {len(cells)} cells are malformed and were left out.")
