"""An exercise with its cases drawn and their answers known: what the engine runs.

It is made in two ways: live from the answer key (hidden tests), or read from `checks.json` (a student's check),
where the answers were frozen at release.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from autograder.checking.answers import in_their_places
from autograder.checking.compare import Tolerance
from autograder.checking.drivers import DRIVERS
from autograder.checking.exercise import Exercise, seed_of
from autograder.checking.judges import JUDGES
from autograder.checking.result import Degree
from autograder.checking.subject import Observation, Subject, observe


@dataclass
class PreparedCase:
    label: str
    inputs: dict
    expected: object


@dataclass
class PreparedProperty:
    title: str
    driver: str
    judge: str
    weight: float
    core: bool
    tolerance: Tolerance | None
    cases: list[PreparedCase]

    def look(self, case: PreparedCase, subjects: list[Subject]) -> tuple[object, Observation]:
        """What the judge sees of these functions on this case, and the whole observation."""
        driver = DRIVERS[self.driver]
        observation = observe(driver.run, copy.deepcopy(case.inputs), subjects, driver.seconds)
        return JUDGES[self.judge].see(observation, case.expected), observation

    def fault(self, seen, case: PreparedCase) -> str | None:
        """What is wrong with what was seen, None where nothing is."""
        return JUDGES[self.judge].fault(seen, case.expected, self.tolerance)

    def degree(self, seen, case: PreparedCase) -> Degree | None:
        """How far the answer went, where its judge knows more than right and wrong."""
        judge = JUDGES[self.judge]
        return judge.degree(seen, case.expected) if hasattr(judge, "degree") else None


@dataclass
class KnownMistake:
    """hint: what the student reads. seen: for each property that the mistake fails, what was seen on each case."""

    name: str
    hint: str
    seen: dict[int, list]


@dataclass
class Prepared:
    """functions: name -> names of its positional parameters, by which the drivers call it."""

    name: str
    title: str
    points: float
    functions: dict[str, list[str]]
    properties: list[PreparedProperty]
    mistakes: list[KnownMistake] = field(default_factory=list)

    def subjects(self, functions: dict[str, Callable]) -> list[Subject]:
        """Fresh subjects for these functions."""
        return [Subject(functions[name], name, positional) for name, positional in self.functions.items()]


def prepare(exercise: Exercise, reference: dict[str, Callable], seed: int, *, hidden: bool = False) -> Prepared:
    """Draw an exercise's cases from a seed and answer them with the reference. hidden: those of the hidden test."""
    prepared = Prepared(
        exercise.name,
        exercise.title,
        exercise.points,
        {name: positional_parameters(reference[name]) for name in exercise.functions},
        [],
    )
    for index, prop in enumerate(exercise.properties):
        rng = np.random.default_rng([seed, index])
        cases = []
        for case in ((hidden and prop.hidden) or prop.draw)(rng):
            expected = case.expected
            if expected is None:
                run = DRIVERS[prop.driver].expect
                observation = observe(run, copy.deepcopy(case.inputs), prepared.subjects(reference))
                if observation.error is not None:
                    raise RuntimeError(
                        f"{exercise.name}, {prop.title!r}, case {case.label!r}: the reference fails: "
                        f"{observation.error!r}"
                    )
                expected = JUDGES[prop.judge].see(observation, None)
            cases.append(PreparedCase(case.label, case.inputs, expected))
        prepared.properties.append(
            PreparedProperty(
                prop.title,
                prop.driver,
                prop.judge,
                prop.weight,
                prop.core,
                prop.tolerance or DRIVERS[prop.driver].tolerance,
                cases,
            )
        )
    return prepared


def add_mistakes(prepared: Prepared, reference: dict[str, Callable], wrong_answers: list[Callable]) -> Prepared:
    """Let each wrong answer stand in for the function that it is known by, and keep what is seen of it."""
    for wrong in wrong_answers:
        if wrong.stands_for not in prepared.functions:
            continue
        functions = {**reference, **in_their_places(wrong)}
        seen = {}
        for index, prop in enumerate(prepared.properties):
            looks = [prop.look(case, prepared.subjects(functions))[0] for case in prop.cases]
            if any(prop.fault(look, case) for look, case in zip(looks, prop.cases, strict=True)):
                seen[index] = copy.deepcopy(looks)
        hint = " ".join((wrong.__doc__ or "").split())
        prepared.mistakes.append(KnownMistake(wrong.__name__, hint, seen))
    return prepared


def visible_seed(assignment: str, exercise: str) -> int:
    """The seed of the cases that a student's own check runs."""
    return seed_of("visible", assignment, exercise)


def hidden_seed(assignment: str, exercise: str, student: str) -> int:
    """The seed of one student's hidden cases: the same at every regrade."""
    return seed_of("hidden", assignment, exercise, student)


def positional_parameters(function: Callable) -> list[str]:
    """The names of the parameters that can be passed by position."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind in kinds]
