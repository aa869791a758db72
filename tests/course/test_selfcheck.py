"""The self-check finds what it is there to find."""

import json
import shutil

import numpy as np
import pytest
from conftest import HERE, NAME

from autograder.checking import Case, Property, right, wrong
from autograder.course.key import load_key
from autograder.course.release import Leak, guard
from autograder.course.selfcheck import check_exercise, check_files


@pytest.fixture
def key(tmp_path):
    """A key that a test may spoil."""
    shutil.copytree(HERE / "toy" / "key", tmp_path / NAME / "key", ignore=shutil.ignore_patterns("__pycache__"))
    return load_key(tmp_path / NAME / "key")


def problems_with(key, *wrong_answers, right_answers=()):
    key.__dict__["wrong_answers"] = list(wrong_answers)
    return "\n".join(check_exercise(key, key.exercises["half"], list(right_answers)).problems)


def test_a_sound_exercise_has_no_problems(key):
    report = check_exercise(key, key.exercises["half"], [])
    assert report.problems == []
    assert (report.wrong, report.named) == (2, 2)
    assert report.mutants == report.killed > 2


def test_a_wrong_answer_that_passes(key):
    @wrong("half")
    def fine(x):
        """This is right."""
        return x / 2

    assert "fine passes" in problems_with(key, fine)


def test_a_wrong_answer_without_a_hint(key):
    @wrong("half")
    def silent(x):
        return x

    assert "silent has no hint" in problems_with(key, silent)


def test_two_wrong_answers_that_look_the_same(key):
    @wrong("half")
    def one(x):
        """One."""
        return x + x

    @wrong("half")
    def other(x):
        """Other."""
        return 2 * x

    assert "one is taken for one, other" in problems_with(key, one, other)


def test_a_right_answer_that_is_rejected(key):
    @right("half")
    def nearly(x):
        """Wrong from the fifth digit on."""
        return x * 0.50001

    assert "nearly is rejected" in problems_with(key, right_answers=[nearly])


def test_a_mutant_that_survives(key):
    weak = [Property("halves", lambda rng: [Case("zero", {"x": np.zeros(2)})], core=True)]
    object.__setattr__(key.exercises["half"], "properties", weak)
    assert "a mutant survives" in problems_with(key)


def test_an_equivalence_that_is_not_one(key):
    key.exercises["half"].equivalent_mutants["line 3: never -> seen"] = "no reason"
    assert "listed as an equivalent mutant, but is none" in problems_with(key)


@pytest.fixture
def released(toy, toy_key, tmp_path):
    shutil.copytree(toy / "assignments" / NAME, tmp_path / NAME)
    return tmp_path / NAME


def spoil(folder, change):
    """Change the released notebook's cells."""
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    change(notebook["cells"])
    path.write_text(json.dumps(notebook))


def append_code(source):
    return lambda cells: next(c for c in cells if c["cell_type"] == "code")["source"].append("\n" + source)


@pytest.mark.parametrize(
    ("leak", "words"),
    [
        (append_code("halved = x * 0.5"), "a line of the solution of half"),
        (append_code("### BEGIN HIDDEN TESTS"), "a hidden test"),
        (append_code("def half_doubles(x):"), "the wrong answer half_doubles"),
        (lambda cells: cells[1].update(outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}]), "outputs"),
    ],
)
def test_the_guard_refuses_a_release_that_leaks(toy_key, released, leak, words):
    guard(toy_key, released)
    spoil(released, leak)
    with pytest.raises(Leak, match=words):
        guard(toy_key, released)


def test_the_guard_refuses_a_file_that_nobody_listed(toy_key, released):
    (released / "answers.txt").write_text("all of them")
    with pytest.raises(Leak, match=r"answers\.txt"):
        guard(toy_key, released)


def test_the_guard_misses_a_file(toy_key, released):
    (released / "checks.json").unlink()
    with pytest.raises(Leak, match=r"lacks checks\.json"):
        guard(toy_key, released)


def test_stale_and_stray_files_are_found(toy, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(toy, course)
    key = load_key(course / "solutions" / NAME / "key")
    assert check_files(key, course) == []
    (course / "solutions" / NAME / "notes.txt").touch()
    text = course / "solutions" / NAME / "key" / "notebook.py"
    text.write_text(text.read_text().replace("A course of one", "The course of one"))
    found = "\n".join(check_files(load_key.__wrapped__(key.folder), course))
    assert "stray file: notes.txt" in found
    assert f"{NAME}.ipynb is stale" in found
