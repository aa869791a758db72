"""Read what a student handed in, in whatever state the file is: out come a notebook and what was wrong with it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder.grading.apart.limits import MB
from autograder.grading.apart.shell import storable, well_formed

MOST_CELLS = 2000
MOST_BYTES = 100 * MB
MOST_TEXT = 2_000_000  # characters of all sources together
MOST_OUTPUT = 20 * MB  # characters of one cell's outputs
PICTURES = ("image/png", "image/jpeg", "image/gif")
_EMPTY = {"code": new_code_cell(), "markdown": new_markdown_cell(), "raw": new_raw_cell()}


def new_cell(kind: str, source: str) -> nbformat.NotebookNode:
    """A cell, as nbformat makes it but for the look at each, which takes longer than all the rest."""
    return nbformat.NotebookNode(copy.deepcopy(_EMPTY[kind]), source=source)


def read_submission(path: Path, others: frozenset[str] = frozenset()) -> tuple[nbformat.NotebookNode, list[str]]:
    """A valid notebook of format 4 with the file's cells, as far as there are any, and what was wrong with it.

    others: file names of the assignment's other notebooks, none of which is this one under a wrong name.
    """
    if not _is_file(path):
        found = sorted(p.name for p in path.parent.glob("*.ipynb") if _is_file(p) and p.name not in others)
        wrong = "is not a file" if path.is_symlink() or path.exists() else "is missing in what was handed in"
        if len(found) != 1:
            rest = f"It could be {' or '.join(map(_shown, found))}." if found else "There is no notebook in its place."
            return new_notebook(), [f"{_shown(path.name)} {wrong}. {rest}"]
        notebook, notes = read_submission(path.with_name(found[0]))
        note = f"{_shown(path.name)} {wrong}; {_shown(found[0])} was graded as {_shown(path.name)}."
        return notebook, [note, *notes]
    name = _shown(path.name)
    if path.stat().st_size > MOST_BYTES:
        return new_notebook(), [f"{name} is larger than {MOST_BYTES // MB} MB and was not read."]
    text, notes = _decoded(path.read_bytes())
    try:
        cells = _list_of_cells(json.loads(text), notes)
    except RecursionError:
        return new_notebook(), [*notes, f"{name} cannot be read: it is nested too deeply."]
    except Exception as error:
        return new_notebook(), [*notes, f"{name} cannot be read: {_why(error)}. Hand in a file that Jupyter opens."]
    if not cells:
        notes.append(f"{name} holds no cells.")
    return new_notebook(cells=list(_cells(cells, notes))), notes


def _is_file(path: Path) -> bool:
    """A link is none: it may lead to what is not the student's."""
    return path.is_file() and not path.is_symlink()


def _shown(name: str) -> str:
    """A file's name as it can stand in a sentence in Markdown."""
    return "`" + re.sub(r"[`<>\x00-\x1f]", "?", storable(name)) + "`"


def _decoded(data: bytes) -> tuple[str, list[str]]:
    """UTF-8, as notebooks are; else what an editor may have made of it."""
    encoding = json.detect_encoding(data)
    try:
        note = [] if encoding.startswith("utf-8") else [f"The file is in {encoding[:6].upper()}, not in UTF-8."]
        return data.decode(encoding), note
    except UnicodeDecodeError:
        note = "The file is not in UTF-8; letters with accents may be wrong."
        return data.decode("cp1252", errors="replace"), [note]


def _list_of_cells(data, notes: list[str]) -> list:
    """The cells of a notebook of any format. Raises where there can be none."""
    if not isinstance(data, dict):
        raise ValueError("it is JSON, but no notebook")
    version = data.get("nbformat")
    if "cells" not in data and type(version) is int and version in (1, 2, 3):
        data = nbformat.convert(nbformat.from_dict({"nbformat_minor": 0, "metadata": {}, **data}), 4)
        notes.append(f"The notebook is in the old format {version}; it was converted.")
    elif type(version) is int and 4 < version < 100:
        notes.append(f"The notebook is in format {version}, which is not known; it was read as format 4.")
    cells = data.get("cells")
    return cells if isinstance(cells, list) else []


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not valid JSON (line {error.lineno}: {error.msg})"
    return str(error) if type(error) is ValueError else f"it cannot be converted ({type(error).__name__})"


def _cells(cells: list, notes: list[str]) -> Iterator[nbformat.NotebookNode]:
    """The cells made anew: nothing but kind, id, source, grade id, pictures and well-formed outputs comes through."""
    if len(cells) > MOST_CELLS:
        notes.append(f"Only the first {MOST_CELLS} of {len(cells)} cells were read.")
    seen, malformed, too_long, left = set(), 0, 0, MOST_TEXT
    for number, cell in enumerate(cells[:MOST_CELLS]):
        source = cell.get("source", "") if isinstance(cell, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str) or cell.get("cell_type") not in list(_EMPTY):
            malformed += 1
            continue
        if len(source) > left:
            too_long += 1
            continue
        left -= len(source)
        made = new_cell(cell["cell_type"], storable(source).replace("\r\n", "\n"))
        made.id = _id(cell.get("id"), number, seen)
        seen.add(made.id)
        if grade_id := _grade_id(cell.get("metadata")):
            made.metadata["nbgrader"] = nbformat.from_dict({"grade_id": grade_id})
        if made.cell_type == "code":
            outputs = well_formed(cell.get("outputs"), MOST_OUTPUT)
            made.outputs = [nbformat.from_dict(output) for output in outputs]
        elif pictures := _pictures(cell.get("attachments")):
            made.attachments = nbformat.from_dict(pictures)
        yield made
    if malformed:
        notes.append(f"{malformed} of {len(cells)} cells are malformed and were left out.")
    if too_long:
        notes.append(f"The notebook holds more than {MOST_TEXT:,} characters; {too_long} cells were left out.")


def _id(claimed, number: int, seen: set[str]) -> str:
    """The cell's own id, where it is valid and new; else one by its place."""
    if isinstance(claimed, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", claimed) and claimed not in seen:
        return claimed
    name = f"cell-{number}"
    while name in seen:
        name += "-"
    return name


def _grade_id(metadata) -> str | None:
    about = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def _pictures(attachments) -> dict:
    """The pictures that were pasted into a text; of its other attachments none, since some can run scripts."""
    kept = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        for kind in PICTURES:
            data = kinds.get(kind) if isinstance(kinds, dict) else None
            if is_base64(data):
                kept.setdefault(storable(name), {})[kind] = data
    return kept


def is_base64(data) -> bool:
    return isinstance(data, str) and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data) is not None
