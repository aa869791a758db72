"""The course checks itself: solutions pass, stubs fail, mistakes are caught and named, mutants die, nothing leaks."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np

from autograder.checking import frozen
from autograder.checking.answers import collect, in_their_places
from autograder.checking.deadline import TooSlow, deadline
from autograder.checking.engine import evaluate, recognise
from autograder.checking.exercise import Exercise
from autograder.checking.notebook import CHECKS
from autograder.checking.prepared import Prepared, add_mistakes, hidden_seed, prepare, visible_seed
from autograder.checking.result import Outcome
from autograder.course.build import assemble, frozen_checks
from autograder.course.key import SOLUTIONS, Key, load_key, load_module, run_solutions
from autograder.course.mutants import mutants
from autograder.course.release import ASSIGNMENTS, Leak, guard, release
from autograder.course.toolbox import TOOLBOX

STUDENTS = ("ada", "blaise", "carl")  # hidden cases are drawn for each of them
HIDDEN_DATA = "hidden.npz"  # in a key: what hidden tests need that is not drawn from a seed
MUTANT_SECONDS = 2.0  # a mutant that runs longer is counted as killed


@dataclass
class ExerciseReport:
    """One line of the self-check. `problems` are sentences; none means that all is well."""

    name: str
    wrong: int = 0
    named: int = 0
    right: int = 0
    accepted: int = 0
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    problems: list[str] = field(default_factory=list)


def check_exercise(key: Key, exercise: Exercise, right_answers: list[Callable]) -> ExerciseReport:
    """All of the self-check that concerns one exercise."""
    report = ExerciseReport(exercise.name)
    students, sources = STUDENTS, []
    if exercise.open_ended:
        students = STUDENTS[:1]
    else:
        sources = [_prepare(key, exercise, visible_seed(key.assignment, exercise.name))]
    sources += [_prepare(key, exercise, hidden_seed(key.assignment, exercise.name, s), hidden=True) for s in students]
    for source in sources:
        if evaluate(source, _standing_in(key, exercise)).outcome is not Outcome.PASSED:
            report.problems.append("the solution does not get full marks")
        if evaluate(source, dict.fromkeys(exercise.functions, _stub)).points:
            report.problems.append("a stub gets points")
    for wrong in key.wrong_for(exercise):
        report.wrong += 1
        problems = [problem for source in sources for problem in _wrong_problems(key, exercise, source, wrong)]
        report.problems += problems[:1]
        report.named += not problems
    for right in [r for r in right_answers if r.stands_for in key.own_functions(exercise)]:
        report.right += 1
        results = [evaluate(source, _standing_in(key, exercise, right)) for source in sources]
        failed = [result for result in results if result.outcome is not Outcome.PASSED]
        report.problems += [f"the right answer {right.__name__} is rejected:\n{result}" for result in failed[:1]]
        report.accepted += not failed
    if not exercise.open_ended:
        _check_mutants(key, exercise, sources, report)
    return report


def right_answers(course: Path, key: Key) -> list[Callable]:
    """The right answers written otherwise, from `tests/course/NAME/right_answers.py`; none where it is missing."""
    path = course / "tests" / "course" / key.assignment / "right_answers.py"
    if not path.is_file():
        return []
    with key.ready():
        return collect(load_module(path))


def check_files(key: Key, course: Path) -> list[str]:
    """Problems of an assignment's files: what is stale, what leaks, what is stray."""
    problems = []
    home = course / SOLUTIONS / key.assignment
    stray = {p.name for p in home.iterdir()} - {
        "key",
        CHECKS,
        TOOLBOX,
        f"{key.assignment}.ipynb",
        ".ipynb_checkpoints",
    }
    stray |= {p.name for p in (home / "key").iterdir()} - {
        "notebook.py",
        "exercises.py",
        "wrong_answers.py",
        HIDDEN_DATA,
        "__pycache__",
    }
    problems += [f"{home} holds a stray file: {name}" for name in sorted(stray)]
    if not _same_data(_read_json(home / CHECKS), json.loads(frozen_checks(key))):
        problems.append(f"{home / CHECKS} is stale: run `make release`")
    if _without_outputs(home / f"{key.assignment}.ipynb") != _sources(assemble(key)):
        problems.append(f"{home / key.assignment}.ipynb is stale: run `make release`")
    problems += _points_problems(key, home)
    try:
        guard(key, course / ASSIGNMENTS / key.assignment)
    except (Leak, OSError) as leak:
        problems.append(str(leak))
    problems += _release_problems(key, course)
    return problems


def _release_problems(key: Key, course: Path) -> list[str]:
    """Release again, elsewhere: what students get must be the same to the byte."""
    with tempfile.TemporaryDirectory() as elsewhere:
        other = Path(elsewhere)
        (other / SOLUTIONS).mkdir()
        (other / SOLUTIONS / key.assignment).symlink_to(course / SOLUTIONS / key.assignment)
        (other / "nbgrader_config.py").write_text((course / "nbgrader_config.py").read_text())
        try:
            fresh = release(key, other)
        except (Leak, RuntimeError) as error:
            return [str(error)]
        released = course / ASSIGNMENTS / key.assignment
        return [
            f"{released / path.name} is stale: run `make release`"
            for path in sorted(fresh.iterdir())
            if not (released / path.name).is_file() or (released / path.name).read_bytes() != path.read_bytes()
        ]


def _points_problems(key: Key, home: Path) -> list[str]:
    """In the executed notebook each test cell's last value must be the exercise's points."""
    notebook = nbformat.read(home / f"{key.assignment}.ipynb", as_version=nbformat.NO_CONVERT)
    scores = {
        cell.metadata["nbgrader"]["grade_id"]: [
            output["data"]["text/plain"] for output in cell.outputs if output.output_type == "execute_result"
        ]
        for cell in notebook.cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
    }
    return [
        f"{home}: test_{name} ends with {scores.get(f'test_{name}')}, but should with {float(exercise.points)}"
        for name, exercise in key.exercises.items()
        if scores.get(f"test_{name}") != [str(float(exercise.points))]
    ]


def _prepare(key: Key, exercise: Exercise, seed: int, *, hidden: bool = False) -> Prepared:
    """Prepared with its mistakes, and sent through `checks.json`'s text, as a student's is."""
    prepared = prepare(exercise, key.reference, seed, hidden=hidden)
    prepared = add_mistakes(prepared, key.reference, key.wrong_for(exercise))
    names = [mistake.name for mistake in prepared.mistakes]
    prepared = frozen.thaw(frozen.freeze(key.assignment, [prepared]))[1][exercise.name]
    for mistake, name in zip(prepared.mistakes, names, strict=True):
        mistake.name = name
    return prepared


def _standing_in(key: Key, exercise: Exercise, answer: Callable | None = None) -> dict[str, Callable]:
    functions = {name: key.reference[name] for name in exercise.functions}
    return functions if answer is None else {**functions, **in_their_places(answer)}


def _wrong_problems(key: Key, exercise: Exercise, source: Prepared, wrong: Callable) -> Iterator[str]:
    functions = _standing_in(key, exercise, wrong)
    result = evaluate(source, functions)
    if not (wrong.__doc__ or "").strip():
        yield f"the wrong answer {wrong.__name__} has no hint"
    if result.outcome is Outcome.PASSED:
        yield f"the wrong answer {wrong.__name__} passes"
    elif result.points > exercise.points / 2:
        yield f"the wrong answer {wrong.__name__} gets {result.points} of {exercise.points} points"
    looks = [[prop.look(case, source.subjects(functions))[0] for case in prop.cases] for prop in source.properties]
    names = [mistake.name for mistake in recognise(source, looks)]
    if result.outcome is not Outcome.PASSED and names != [wrong.__name__]:
        yield f"the wrong answer {wrong.__name__} is taken for {', '.join(names) or 'none'}"


def _check_mutants(key: Key, exercise: Exercise, sources: list[Prepared], report: ExerciseReport) -> None:
    """Every mutant of the reference must fail, or be listed as equivalent with a reason; no listing may be idle."""
    survivors = set()
    for cell, solution in key.solution_cells.items():
        if not any(f"def {name}(" in solution for name in key.own_functions(exercise)):
            continue
        for mutant in mutants(solution):
            report.mutants += 1
            if any(_kills(key, exercise, source, cell, mutant.source) for source in sources):
                report.killed += 1
            elif mutant.description in exercise.equivalent_mutants:
                report.equivalent += 1
                survivors.add(mutant.description)
            else:
                report.problems.append(f"a mutant survives: {mutant.description}")
    idle = set(exercise.equivalent_mutants) - survivors
    report.problems += [f"listed as an equivalent mutant, but is none: {description}" for description in sorted(idle)]


def _kills(key: Key, exercise: Exercise, source: Prepared, cell: str, mutated: str) -> bool:
    try:
        with deadline(MUTANT_SECONDS), np.errstate(all="ignore"):
            namespace = dict(key.reference)
            exec(compile(mutated, "mutant", "exec"), namespace)
            functions = {name: namespace[name] for name in exercise.functions}
            return evaluate(source, functions).outcome is not Outcome.PASSED
    except (Exception, TooSlow):
        return True


def _stub(*args, **kwargs):
    raise NotImplementedError


def _read_json(path: Path):
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _same_data(a, b) -> bool:
    """Equal JSON data; floats to 1e-12, since two processors may round a last bit differently."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b) or abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_same_data(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_same_data, a, b))
    return a == b


def _sources(notebook) -> list:
    return [(cell.id, cell.cell_type, cell.source, cell.metadata) for cell in notebook.cells]


def _without_outputs(path: Path) -> list:
    return _sources(nbformat.read(path, as_version=nbformat.NO_CONVERT)) if path.is_file() else []


def all_keys(course: Path) -> list[Key]:
    """The keys of all assignments of a course, in order."""
    return [load_key(folder) for folder in sorted((course / SOLUTIONS).glob("*/key"))]


__all__ = ["all_keys", "check_exercise", "check_files", "right_answers", "run_solutions"]
