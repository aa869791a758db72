"""Every assignment of the course passes the self-check."""

import pytest
from conftest import ROOT

from autograder.course.selfcheck import all_keys, check_exercise, check_files, right_answers

KEYS = all_keys(ROOT)


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key in KEYS for name in key.exercises], ids=lambda value: str(value)[-30:]
)
def test_solutions_pass_stubs_fail_mistakes_are_named_and_mutants_die(key, name):
    report = check_exercise(key, key.exercises[name], right_answers(ROOT, key))
    assert report.problems == []
    if key.own_functions(key.exercises[name]):  # those of another exercise's cell have theirs there
        assert report.wrong >= 5
        assert report.right >= 3


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.assignment)
def test_nothing_leaks_and_nothing_is_stale(key):
    assert check_files(key, ROOT) == []
