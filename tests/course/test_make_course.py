"""`make course`: everything is built, executed, released and checked, and its times are printed."""

import shutil

import pytest
from click import ClickException
from click.testing import CliRunner
from conftest import NAME, ROOT

from autograder import cli


def test_a_sound_course_is_made_and_timed(toy, tmp_path, monkeypatch):
    course = tmp_path / "course"
    shutil.copytree(toy, course)
    for name in ("solutions/for_students.md", "benchmarks/course.json"):
        (course / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    notebook, released = (course / folder / NAME / f"{NAME}.ipynb" for folder in ("solutions", "assignments"))
    before = notebook.read_bytes(), released.read_bytes()
    notebook.unlink()
    released.unlink()
    monkeypatch.chdir(course)
    result = CliRunner().invoke(cli.main, ["course"])
    assert result.exit_code == 0, result.output
    assert (notebook.read_bytes(), released.read_bytes()) == before
    assert result.output.count(NAME) == 2
    assert NAME in (course / "assignments" / "README.md").read_text(encoding="utf-8")
    assert "✓ every solution gets its points" in result.output


def test_a_problem_is_printed_and_an_error(capsys):
    with pytest.raises(ClickException, match=r"1 problem$"):
        cli._refuse(["[1] is stale"])
    assert "✗ [1] is stale" in capsys.readouterr().out
