"""All cases of a property in one go, where the functions live in another process: one question for all calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from autograder.checking.deadline import TooSlow, deadline
from autograder.checking.drivers import DRIVERS
from autograder.checking.judges import JUDGES
from autograder.checking.prepared import PreparedProperty
from autograder.checking.subject import SECONDS, Observation, Subject, observe, snapshot

PATIENCE = 2  # seconds for all cases of a property; those that are not done then are looked at one by one


def observe_cases(
    driver: str, cases: list[dict], functions: list[tuple[Callable, str, list[str]]]
) -> list[Observation]:
    """What a driver sees on each of these inputs, as far as it comes in time. Runs in the functions' process.

    functions: each with its name and the names of its positional parameters.
    """
    seen: list[Observation] = []
    with suppress(TooSlow), deadline(PATIENCE):
        for inputs in cases:
            observation = observe(DRIVERS[driver].run, inputs, [Subject(*function) for function in functions])
            if isinstance(observation.error, TooSlow):
                break
            observation.outputs = snapshot(observation.outputs)  # the next case may write into the same array
            seen.append(observation)
    return seen


def looks_at_once(prop: PreparedProperty, subjects: list[Subject]) -> Iterator[tuple[object, Observation]]:
    """What `prop.look` gives on the first of its cases, on as many as came in time; on none where the functions are
    here, or where the driver does more than to pass on what they return.

    A function of another process has a method `observe_there(driver, cases, subjects) -> observations`.
    """
    observe_there = getattr(type(subjects[0].function), "observe_there", None)
    observations: list[Observation] = []
    if observe_there and DRIVERS[prop.driver].passes_on:
        with suppress(Exception, TooSlow), deadline(SECONDS):  # a look case by case tells what went wrong
            observations = observe_there(subjects[0].function, prop.driver, prop.cases, subjects)
    for case, observation in zip(prop.cases, observations, strict=False):
        try:
            look = JUDGES[prop.judge].see(observation, case.expected)
            prop.fault(look, case)
        except Exception:  # no driver gives such outputs, but another process may say anything
            return
        yield look, observation
