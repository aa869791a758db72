"""Any file is read as far as it can be, and what was wrong with it is said."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.grading import reading
from autograder.grading.reading import read_submission

NAME = "p1.ipynb"
NOTEBOOK = new_notebook(cells=[new_markdown_cell("Größe\r\n中", id="a"), new_code_cell("x = 1", id="b")])
TEXT = json.dumps(NOTEBOOK, ensure_ascii=False)


@pytest.fixture
def read(tmp_path):
    """read(content, file name) -> sources of the cells, notes."""

    def do(content, name=NAME):
        data = content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content))
        (tmp_path / name).write_bytes(data.encode() if isinstance(data, str) else data)
        notebook, notes = read_submission(tmp_path / NAME)
        nbformat.validate(notebook)
        return [cell.source for cell in notebook.cells], notes

    return do


def cells(*made) -> dict:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(made)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_whole_notebook_is_read_in_every_encoding_of_unicode(read, encoding):
    sources, notes = read(TEXT.encode(encoding))
    assert sources == ["Größe\n中", "x = 1"]
    assert notes == ([] if encoding.startswith("utf-8") else [f"The file is in {encoding[:6].upper()}, not in UTF-8."])


def test_another_encoding_is_read_and_named(read):
    sources, notes = read(TEXT.replace("中", "").encode("latin-1"))
    assert sources[0] == "Größe\n"
    assert notes == ["The file is not in UTF-8; letters with accents may be wrong."]


def test_lines_may_end_as_windows_ends_them(read):
    assert read(json.dumps(NOTEBOOK, indent=1).replace("\n", "\r\n")) == (["Größe\n中", "x = 1"], [])


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (TEXT[:-5], "it is not valid JSON (line 1: "),
        ("", "it is not valid JSON (line 1: Expecting value)"),
        ("[1]", "it is JSON, but no notebook"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"nbformat": 3, "worksheets": 7}', "it cannot be converted"),
    ],
)
def test_what_is_no_notebook_is_empty_and_says_why(read, content, why):
    sources, (note,) = read(content)
    assert sources == []
    assert note.startswith("`p1.ipynb` cannot be read: ")
    assert why in note


def test_a_large_file_is_not_read(read, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 2**20)
    assert read(b" " * (2**20 + 1)) == ([], ["`p1.ipynb` is larger than 1 MB and was not read."])


def test_old_formats_are_converted(read):
    old = [
        {"cell_type": "code", "input": "x = 1", "outputs": [], "language": "python", "metadata": {}, "collapsed": False}
    ]
    for version in (2, 3):
        sources, notes = read({"nbformat": version, "metadata": {"name": ""}, "worksheets": [{"cells": old}]})
        assert sources == ["x = 1"]
        assert notes == [f"The notebook is in the old format {version}; it was converted."]


def test_a_newer_format_is_read_as_far_as_it_is_known(read):
    sources, notes = read({**NOTEBOOK, "nbformat": 5})
    assert sources == ["Größe\n中", "x = 1"]
    assert notes == ["The notebook is in format 5, which is not known; it was read as format 4."]


@pytest.mark.parametrize("version", [None, True, "4", [4], 3, 10**30])
def test_a_notebook_with_cells_is_read_whatever_it_says_of_its_format(read, version):
    assert read({**NOTEBOOK, "nbformat": version}) == (["Größe\n中", "x = 1"], [])


@pytest.mark.parametrize("content", [cells(), {"cells": 3}, {}])
def test_a_notebook_without_cells_says_so(read, content):
    assert read(content) == ([], ["`p1.ipynb` holds no cells."])


def test_cells_of_no_form_are_left_out_and_counted(read):
    good = {"cell_type": "code", "source": ["x\n", "y"]}
    bad = [3, None, {"cell_type": ["code"], "source": ""}, {"cell_type": "heading"}, {**good, "source": [1]}]
    assert read(cells(good, *bad)) == (["x\ny"], ["5 of 6 cells are malformed and were left out."])


def test_only_so_many_cells_and_characters_are_read(read, monkeypatch):
    code = {"cell_type": "code", "source": "abc"}
    monkeypatch.setattr(reading, "MOST_CELLS", 3)
    assert read(cells(*[code] * 4)) == (["abc"] * 3, ["Only the first 3 of 4 cells were read."])
    monkeypatch.setattr(reading, "MOST_TEXT", 7)
    sources, notes = read(cells(*[code] * 3))
    assert sources == ["abc"] * 2
    assert notes == ["The notebook holds more than 7 characters; 1 cells were left out."]


def test_ids_become_valid_and_different(tmp_path):
    names = ["cell-1", None, "a b", "x" * 65, "same", "same", 3]
    made = [{"cell_type": "code", "source": "", "id": name} for name in names]
    (tmp_path / NAME).write_text(json.dumps(cells(*made)))
    ids = [cell.id for cell in read_submission(tmp_path / NAME)[0].cells]
    assert ids == ["cell-1", "cell-1-", "cell-2", "cell-3", "same", "cell-5", "cell-6"]


def test_of_metadata_only_the_grade_id_comes_through_and_of_outputs_the_well_formed(tmp_path):
    deep: dict = {}
    for _ in range(900):
        deep = {"x": deep}
    claimed = {
        "nbgrader": {"grade_id": "q", "points": 99, "schema_version": 0},
        "tags": ["skip-execution"],
        "deep": deep,
    }
    outputs = [
        new_output("stream", text="hi"),
        {"output_type": "stream"},
        7,
        {"output_type": "display_data", "data": 3},
    ]
    made = [
        {"cell_type": "code", "source": "", "metadata": claimed, "outputs": outputs},
        *(
            {"cell_type": "raw", "source": "", "metadata": m}
            for m in (3, {"nbgrader": 3}, {"nbgrader": {"grade_id": []}})
        ),
    ]
    (tmp_path / NAME).write_text(json.dumps(cells(*made)))
    first, *others = read_submission(tmp_path / NAME)[0].cells
    assert first.metadata == {"nbgrader": {"grade_id": "q"}}
    assert [output.text for output in first.outputs] == ["hi"]
    assert all(cell.metadata == {} for cell in others)


def test_of_what_was_pasted_into_a_text_pictures_come_through(tmp_path):
    pasted = {
        "a.png": {"image/png": "AA=="},
        "b.svg": {"image/svg+xml": "AA=="},
        "c.png": {"image/png": '"><x'},
        "d": 3,
    }
    made = [{"cell_type": "markdown", "source": "", "attachments": a} for a in (pasted, 3, {})]
    (tmp_path / NAME).write_text(json.dumps(cells(*made)))
    first, *others = read_submission(tmp_path / NAME)[0].cells
    assert first.attachments == {"a.png": {"image/png": "AA=="}}
    assert not any("attachments" in cell for cell in others)


def test_half_a_surrogate_pair_can_be_stored(read):
    assert read('{"cells": [{"cell_type": "code", "source": "\\ud800x"}]}') == (["?x"], [])


def test_a_misnamed_file_is_graded_and_named(read):
    note = "`p1.ipynb` is missing in what was handed in; `p1 (?).ipynb` was graded as `p1.ipynb`."
    assert read(TEXT, "p1 (`).ipynb") == (["Größe\n中", "x = 1"], [note])


def test_no_file_or_several_are_not_guessed_at(read, tmp_path):
    missing = "`p1.ipynb` is missing in what was handed in."
    assert read("", "p1.py") == ([], [f"{missing} There is no notebook in its place."])
    read(TEXT, "b.ipynb")
    assert read(TEXT, "a.ipynb") == ([], [f"{missing} It could be `a.ipynb` or `b.ipynb`."])
    notebook, notes = read_submission(tmp_path / NAME, frozenset({"a.ipynb"}))
    assert len(notebook.cells) == 2, "a is another notebook of the assignment"
    assert notes == ["`p1.ipynb` is missing in what was handed in; `b.ipynb` was graded as `p1.ipynb`."]


def test_a_folder_or_a_link_is_no_file(tmp_path):
    (tmp_path / "secret").write_text(TEXT)
    for make in (lambda path: path.mkdir(), lambda path: path.symlink_to(tmp_path / "secret")):
        folder = tmp_path / "handed in"
        folder.mkdir(exist_ok=True)
        make(folder / NAME)
        notebook, notes = read_submission(folder / NAME)
        assert notebook.cells == []
        assert notes == ["`p1.ipynb` is not a file. There is no notebook in its place."]
        (folder / NAME).rename(tmp_path / f"done{len(list(tmp_path.iterdir()))}")
