"""Two exercises may share a function: one grades it, the other only borrows it, to be driven with."""

import pytest

from autograder import check
from autograder.checking.frozen import freeze
from autograder.checking.prepared import add_mistakes, prepare
from autograder.course.key import load_key
from autograder.course.selfcheck import check_exercise

NOTEBOOK = '''# %% exercise="there"
def there(x):
    """2x, and nothing to keep."""
    ### BEGIN SOLUTION
    return 2 * x, None
    ### END SOLUTION

# %% exercise="back"
def back(dout, cache):
    """2 dout."""
    ### BEGIN SOLUTION
    return 2 * dout
    ### END SOLUTION
'''
EXERCISES = """
from autograder.checking import Case, Exercise, Property
def x(rng):
    return [Case("a row", {"x": rng.normal(size=3)})]
def both(rng):
    return [Case("a row", {"x": rng.normal(size=3), "dout": rng.normal(size=3)})]
EXERCISES = [
    Exercise("there", "There", 1, [Property("doubles", x, core=True)]),
    Exercise("back", "Back", 2, [Property("doubles", both, "forward_backward", core=True)], ("there", "back")),
]
"""
WRONG = '''
from autograder.checking import wrong
@wrong("there")
def there_keeps_x(x):
    """You keep x."""
    return 2 * x, x
@wrong("back")
def back_halves(dout, cache):
    """You halve."""
    return dout / 2
'''


@pytest.fixture
def key(tmp_path):
    folder = tmp_path / "00_toys" / "key"
    folder.mkdir(parents=True)
    for name, text in (("notebook", NOTEBOOK), ("exercises", EXERCISES), ("wrong_answers", WRONG)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return load_key(folder)


def test_a_borrowed_function_has_its_answers_and_mutants_where_it_is_graded(key):
    """`there_keeps_x` is wrong, but its gradients are right: the exercise `back` could not tell."""
    for name in ("there", "back"):
        report = check_exercise(key, key.exercises[name], key.wrong_for(key.exercises[name])[:0])
        assert report.problems == []
        assert (report.wrong, report.named) == (1, 1)
        assert report.mutants == report.killed > 0


def test_a_check_finds_the_exercise_whose_functions_were_all_given(key, monkeypatch, capsys):
    exercises = key.exercises.values()
    ready = [add_mistakes(prepare(e, key.reference, 0), key.reference, key.wrong_for(e)) for e in exercises]
    (key.folder.parent / "checks.json").write_text(freeze("00_toys", ready), encoding="utf-8")
    monkeypatch.chdir(key.folder.parent)
    there, back = key.reference["there"], key.reference["back"]
    assert (check(there), check(there, back), check(back, there)) == (1.0, 2.0, 2.0)
    capsys.readouterr()
    assert check(back) == 0.0
    assert "This exercise is checked with `check(there, back)`." in capsys.readouterr().out
