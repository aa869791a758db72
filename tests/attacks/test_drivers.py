"""The cheat changes the drivers, which run in its own process where they only pass on what functions return."""

import pytest

THERE = """
from autograder.checking import at_once, drivers, subject
from autograder.checking.drivers import DRIVERS, Driver
from autograder.checking.subject import Observation
from autograder.grading.apart import student
from autograder.grading.apart.student import StudentPeer
"""
LIES = {
    "no driver runs": "student.observe_cases = lambda *a: []",
    "no list": "student.observe_cases = lambda *a: 3.0",
    "a million": "student.observe_cases = lambda *a: [Observation({'the result': 1.0})] * 10**5",
    "no observations": "StudentPeer._observe = lambda self, *a: [3.0, None, ()]",
    "everything is right": "StudentPeer._observe = lambda self, d, c, f: [({}, [], None, []) for _ in c]",
    "other names": "StudentPeer._observe = lambda self, d, c, f: [({'x': 1.0, 2: 3}, 5, None, 7) for _ in c]",
    "objects": "StudentPeer._observe = lambda self, d, c, f: [({'the result': object()}, [], None, []) for _ in c]",
    "the arguments": "DRIVERS['call'] = Driver(lambda inputs, s: {'the result': inputs['x']}, None, True)",
    "what the first case wants": "DRIVERS['call'] = Driver(lambda inputs, s: {'the result': 0.5}, None, True)",
    "an odd error": "StudentPeer._observe = lambda self, d, c, f: [({}, [], 3.0, []) for _ in c]",
    "an error that is none": """
told = {"type": "Malformed", "bases": ["ValueError"], "text": "x is right", "line": None, "traceback": ""}
StudentPeer._observe = lambda self, d, c, f: [({}, [], told, []) for _ in c]""",
    "subjects of its own": """
class Any:
    calls, name = "many", 7
    first_arguments = property(lambda self: 1 / 0)
StudentPeer._observe = lambda self, d, c, f: [({"the result": 0.0}, [], None, [Any()]) for _ in c]""",
    "an end": "import os\nstudent.observe_cases = lambda *a: os._exit(0)",
    "names of its own": "StudentPeer._turn = lambda self, test: 1 / 0",
    "a state for all": "StudentPeer._mark = lambda self, test: True\nstudent.only_defines = lambda source: True",
    "a state for none": "StudentPeer._mark = lambda self, test: 'x'",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_about_what_was_seen_earns_nothing(grade_cheat, check_test, lie):
    got = grade_cheat(THERE, lie, tests={"half": check_test})
    assert got.stolen == 0
    assert got.square == 2


@pytest.mark.parametrize("lie", ["no driver runs", "no observations", "everything is right", "other names"])
def test_nor_does_it_cost_a_right_answer(grade, check_test, lie):
    """What is not told as a driver would tell it is looked at call by call."""
    assert grade(THERE, LIES[lie], half="def half(x):\n    return x / 2", tests={"half": check_test}).half == 3
