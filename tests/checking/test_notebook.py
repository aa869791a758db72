"""`check` and `grade` as a notebook's cells call them: points as a plain float, and a sentence for all bad input."""

import functools
import os

import numpy as np
import pytest

from autograder import check, grade
from autograder.checking import Case, Exercise, Property, wrong
from autograder.checking.frozen import freeze
from autograder.checking.prepared import add_mistakes, prepare


def double(x):
    """2x."""
    return 2 * x


def pair_forward(x, w):
    """A product, and what its backward needs."""
    return x * w, (x, w)


def pair_backward(dout, cache):
    """The product's gradients."""
    x, w = cache
    return dout * w, dout * x


@wrong("double")
def double_squares(x):
    """You square."""
    return x**2


def three(rng):
    return [Case("a row", {"x": rng.normal(size=3)})]


def layer(rng):
    return [Case("a row", {name: rng.normal(size=3) for name in ("x", "w", "dout")})]


REFERENCE = {"double": double, "pair_forward": pair_forward, "pair_backward": pair_backward}
EXERCISES = [
    Exercise("double", "Double", 3, [Property("doubles", three, core=True)]),
    Exercise(
        "pair",
        "Pair",
        2,
        [Property("has its gradients", layer, "forward_backward", core=True)],
        ("pair_forward", "pair_backward"),
    ),
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working directory with a `checks.json`, as beside a released notebook."""
    ready = [add_mistakes(prepare(e, REFERENCE, 0), REFERENCE, [double_squares]) for e in EXERCISES]
    (tmp_path / "checks.json").write_text(freeze("00_toys", ready), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_points_are_a_plain_float_and_the_result_is_shown(capfd):
    points = check(double)
    out, err = capfd.readouterr()
    assert type(points) is float
    assert points == 3.0
    assert out == "✓ Double: 3 of 3 points\n  ✓ doubles\n"
    assert err == ""


def square(x):
    return x * x


square.__name__ = "double"


def test_a_wrong_answer_is_a_plain_float_too_and_gets_its_hint(capsys):
    points = check(square)
    assert type(points) is float
    assert points == 0.0
    assert "Hint: You square." in capsys.readouterr().out


def test_functions_of_one_exercise_come_in_any_order():
    assert check(pair_forward, pair_backward) == check(pair_backward, pair_forward) == 2.0


def as_notebook(source):
    """Run source in a namespace of its own, as a notebook's cell."""
    namespace = {"check": check, "np": np, "functools": functools, "double": double}
    exec(source, namespace)
    return namespace["points"]


@pytest.mark.parametrize(
    "cell",
    [
        "double = lambda x: x + x\npoints = check(double)",
        "def mine(x): return x + x\ndouble = mine\npoints = check(double)",
        "double = functools.partial(np.multiply, 2)\npoints = check(double)",
        "double = np.vectorize(lambda x: 2 * x)\npoints = check(double)",
        "class Double:\n    def __call__(self, x): return 2 * x\ndouble = Double()\npoints = check(double)",
    ],
)
def test_an_answer_is_known_by_the_name_that_the_notebook_gives_it(cell):
    assert as_notebook(cell) == 3.0


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("double = 3\npoints = check(double)", "`double` is 3, but should be a function."),
        (
            "pair_forward, pair_backward = None, print\npoints = check(pair_forward, pair_backward)",
            "`pair_forward` is None, but should be a function.",
        ),
        ("points = check(None)", "There is no such exercise in 00_toys. It has: double, pair_forward, "),
        ("points = check(print)", "✗ 'print': 0 of 0 points"),
        ("points = check()", "✗ nothing: 0 of 0 points"),
        ("points = check(check, double)", "There is no such exercise in 00_toys."),
        ("points = check(double, check)", "This exercise is checked with `check(double)`."),
        (
            "def pair_forward(x, w): return x\npoints = check(pair_forward)",
            "This exercise is checked with `check(pair_forward, pair_backward)`.",
        ),
        (
            "class Mute:\n    def __repr__(self): raise RuntimeError\npoints = check(Mute())",
            "✗ 'a Mute': 0 of 0 points",
        ),
        ("double = double(1)\npoints = check(double)", "`double` is 2, but should be a function."),
    ],
)
def test_bad_input_gets_a_sentence(cell, sentence, capfd):
    points = as_notebook(cell)
    out, err = capfd.readouterr()
    assert type(points) is float
    assert points == 0.0
    assert sentence in out
    assert err == ""


def test_a_missing_checks_file_could_not_be_checked_and_says_how_to_get_it_back(folder, capsys):
    (folder / "checks.json").unlink()
    points = check(double)
    out = capsys.readouterr().out
    assert type(points) is float
    assert points == 0.0
    assert out.startswith("– Check: could not check\n  checks.json is missing in ")
    assert "fetch the assignment again" in out


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[1]", b'{"format": 2}', b"<<<<<<< HEAD"])
def test_a_corrupt_checks_file_could_not_be_checked(folder, capsys, content):
    (folder / "checks.json").write_bytes(content)
    assert check(double) == 0.0
    out = capsys.readouterr().out
    assert out.startswith("– Check: could not check\n")
    assert "cannot be read" in out
    assert "Fetch the assignment again" in out


def test_a_folder_in_its_place_could_not_be_checked(folder, capsys):
    (folder / "checks.json").unlink()
    (folder / "checks.json").mkdir()
    assert check(double) == 0.0
    assert "could not check" in capsys.readouterr().out


def test_a_checks_file_that_was_copied_back_is_read_again(folder):
    path = folder / "checks.json"
    text = path.read_text(encoding="utf-8")
    assert check(double) == 3.0
    path.write_text("{", encoding="utf-8")
    os.utime(path, ns=(0, 0))
    assert check(double) == 0.0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert check(double) == 3.0


# ------------------------------------------------------------------------------------------- hidden tests

NOTEBOOK = '''# %% tags=["setup"]
import numpy as np

# %% exercise="double"
def double(x):
    """2x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''
KEY_EXERCISES = """
from autograder.checking import Case, Exercise, Property
def draw(rng):
    return [Case("a row", {"x": rng.normal(size=3)})]
EXERCISES = [Exercise("double", "Double", 3, [Property("doubles", draw, core=True)])]
"""
WRONG = '''
from autograder.checking import wrong
@wrong("double")
def double_squares(x):
    """You square."""
    return x**2
'''


@pytest.fixture
def submission(folder, monkeypatch):
    """A student's folder in a course with an answer key; no `checks.json` in it."""
    key = folder / "solutions" / "00_toys" / "key"
    key.mkdir(parents=True)
    for name, text in (("notebook", NOTEBOOK), ("exercises", KEY_EXERCISES), ("wrong_answers", WRONG)):
        (key / f"{name}.py").write_text(text, encoding="utf-8")
    here = folder / "autograded" / "ann" / "00_toys"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    return here


@pytest.mark.usefixtures("submission")
def test_a_hidden_test_grades_against_the_key(capfd):
    points = grade("double", lambda x: x + x)
    assert type(points) is float
    assert points == 3.0
    assert grade("double", lambda x: x * x) == 0.0
    out, err = capfd.readouterr()
    assert "✓ Double (hidden tests): 3 of 3 points" in out
    assert "Hint: You square." in out
    assert "but" not in out
    assert err == ""


@pytest.mark.usefixtures("submission")
def test_a_wrong_answer_runs_no_more_often_than_a_right_one(capfd):
    def calls(answer) -> int:
        seen = []
        grade("double", lambda x: seen.append(x) or answer(x))
        return len(seen)

    assert calls(lambda x: x * x) == calls(lambda x: x + x)
    assert "Hint: You square." in capfd.readouterr().out


def test_each_student_has_cases_of_their_own_the_same_at_every_regrade(submission, monkeypatch):
    def asked(folder):
        seen = []
        folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(folder)
        grade("double", lambda x: seen.append(x.tolist()) or 2 * x)
        return seen

    ann, bob = submission, submission.parents[1] / "bob" / submission.name
    assert asked(ann) == asked(ann)
    assert asked(ann) != asked(bob)


@pytest.mark.usefixtures("folder")
def test_without_a_key_a_hidden_test_could_not_check(capsys):
    assert grade("double", double) == 0.0
    assert "could not check" in capsys.readouterr().out
