"""The check engine: run functions against a prepared exercise, say what holds, what not, and which mistake it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from autograder.checking.at_once import looks_at_once
from autograder.checking.compare import same
from autograder.checking.deadline import TooSlow
from autograder.checking.prepared import KnownMistake, Prepared, PreparedProperty
from autograder.checking.result import Outcome, PropertyResult, Result

NOT_ATTEMPTED = "Not attempted yet."


def evaluate(
    prepared: Prepared, functions: dict[str, Callable], prepare_mistakes: Callable[[], object] = lambda: None
) -> Result:
    """Check functions (by name) against an exercise. Whatever they do, this returns a Result.

    prepare_mistakes: called before they are looked for: only a wrong answer is worth the time.
    """
    results, seen = [], []
    for prop in prepared.properties:
        result, looks = _evaluate_property(prop, prepared, functions)
        results.append(result)
        seen.append(looks)
        if result.unwritten and not any(r.passed for r in results):
            unrun = _unrun(prepared.properties)
            return Result(prepared.title, Outcome.FAILED, 0.0, prepared.points, unrun, note=NOT_ATTEMPTED)
        if result.too_slow:  # it would be so for the others too
            results += _unrun(prepared.properties[len(results) :])
            break
    passed = all(result.passed for result in results)
    mistakes = []
    if not passed and len(seen) == len(results):
        prepare_mistakes()
        mistakes = recognise(prepared, seen)
    return Result(
        prepared.title,
        Outcome.PASSED if passed else Outcome.FAILED,
        prepared.points if passed else _partial(prepared, results),
        prepared.points,
        results,
        [mistake.hint for mistake in mistakes],
        note=" ".join(result.degree.sentence for result in results if result.degree),
    )


def _unrun(properties: list[PreparedProperty]) -> list[PropertyResult]:
    return [PropertyResult(prop.title, run=False) for prop in properties]


def _evaluate_property(prop: PreparedProperty, prepared: Prepared, functions: dict) -> tuple[PropertyResult, list]:
    """One property on all of its cases; the first case that fails is the one that is told."""
    result, looks = PropertyResult(prop.title, asked=f"{prop.judge} {prop.driver}"), []
    at_once = looks_at_once(prop, prepared.subjects(functions))
    for case in prop.cases:
        look, observation = next(at_once, None) or prop.look(case, prepared.subjects(functions))
        looks.append(look)
        result.degree = prop.degree(look, case)
        if fault := prop.fault(look, case):
            result.failed_cases.append(case.label)
            if len(result.failed_cases) == 1:
                result.called = observation.called
                result.fault = observation.sentence if observation.failure == fault else fault
                result.unwritten = isinstance(observation.error, NotImplementedError)
            if isinstance(observation.error, TooSlow):
                result.too_slow = True
                break
    return result, looks


def _partial(prepared: Prepared, results: list[PropertyResult]) -> float:
    """Credit by property for an answer that is not right: at most half, and nothing where no core property holds.

    Where every property holds or is measured by degrees, the degrees are the credit, and may come near to all of it.
    """
    pairs = list(zip(prepared.properties, results, strict=True))
    if all(result.passed or result.degree for result in results):
        shares = [p.weight * (1.0 if r.passed else r.degree.share) for p, r in pairs]
        return round(sum(shares) / sum(p.weight for p, _ in pairs) * prepared.points, 2)
    if not any(result.passed for prop, result in pairs if prop.core):
        return 0.0
    share = sum(p.weight for p, r in pairs if r.passed) / sum(p.weight for p, _ in pairs)
    return round(min(share, 0.5) * prepared.points, 2)


def recognise(prepared: Prepared, seen: list[list]) -> list[KnownMistake]:
    """The known mistakes whose marks are all seen.

    A mistake is recognised where the functions fail every property that it fails, and show there just what it shows.
    Of two recognised ones, one of which leaves a part of the other's marks, only the larger is named.
    """
    failed = {
        index
        for index, (prop, looks) in enumerate(zip(prepared.properties, seen, strict=True))
        if any(prop.fault(look, case) for look, case in zip(looks, prop.cases, strict=True))
    }
    found = [
        mistake
        for mistake in prepared.mistakes
        if mistake.seen and mistake.seen.keys() <= failed and all(_shows(seen[i], m) for i, m in mistake.seen.items())
    ]
    return [m for m in found if not any(set(m.seen) < set(other.seen) for other in found)]


def _shows(looks: Iterable, marks: Iterable) -> bool:
    return all(same(look, mark) for look, mark in zip(looks, marks, strict=True))
