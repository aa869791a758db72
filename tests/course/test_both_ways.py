"""Every right and every wrong answer of the course gets the same result in a student's kernel and in the sandbox."""

from contextlib import contextmanager

import pytest
from conftest import ROOT

from autograder.checking.engine import evaluate
from autograder.checking.prepared import add_mistakes, hidden_seed, prepare
from autograder.course.selfcheck import all_keys, right_answers
from autograder.course.toolbox import without_markers
from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox, WarmProcess, start_student, why_not
from autograder.grading.apart.wire import pair
from autograder.grading.proxies import GraderPeer


@pytest.fixture(scope="module", params=all_keys(ROOT), ids=lambda key: key.assignment)
def assignment(request):
    """A key, its right answers, and a student's process that has defined the solutions and all of the answers."""
    key = request.param
    sandbox = Sandbox.NONE if why_not() else Sandbox.REQUIRED
    warm = WarmProcess(ROOT / "assignments" / key.assignment, sandbox)
    warden = warm.begin(Limits())
    student = GraderPeer(start_student(warden))
    for path in (key.folder / "wrong_answers.py", ROOT / "tests" / "course" / key.assignment / "right_answers.py"):
        assert student.ask("run", path.read_text(encoding="utf-8")) == []
    for cell in key.text.cells:
        if "exercise" in cell.metadata or "setup" in cell.metadata.get("tags", ()):
            assert student.ask("run", without_markers(cell.source)) == []
    yield key, right_answers(ROOT, key), student
    student.end("the test is over")
    warden.close()
    warm.close()


def test_both_ways_agree(assignment):
    key, right, student = assignment
    differing = []
    for exercise in key.exercises.values():
        seed = hidden_seed(key.assignment, exercise.name, "ada")
        prepared = prepare(exercise, key.reference, seed)
        prepared = add_mistakes(prepared, key.reference, key.wrong_for(exercise))
        for answer in [a for a in [*right, *key.wrong_answers] if a.stands_for in key.own_functions(exercise)]:
            functions = {name: key.reference[name] for name in exercise.functions} | {answer.stands_for: answer}
            here = evaluate(prepared, functions)
            with state_of(student) as peer:
                names = {name: name for name in exercise.functions} | {answer.stands_for: answer.__name__}
                there = evaluate(prepared, {name: peer.ask("name", defined)[0] for name, defined in names.items()})
            if told(there) != told(here):
                differing.append(f"{answer.__name__}, here:\n{here}\nin the sandbox:\n{there}")
    assert not differing, "\n".join(differing)


def told(result):
    """Points and text. Not the hints: one may rest on how LAPACK breaks a tie, which is not the same everywhere."""
    return result.points, [line for line in repr(result).splitlines() if "Hint: " not in line]


@contextmanager
def state_of(student):
    """A state of the student's process of its own, as a test gets one."""
    ours, theirs = pair()
    student.ask("snapshot", attach=theirs)
    theirs.close()
    peer = GraderPeer(ours)
    yield peer
    peer.end("the test is over")
