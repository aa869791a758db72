"""The figures of a class: points, exercises, properties, mistakes, files, time."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from autograder.checking.engine import NOT_ATTEMPTED
from autograder.checking.result import Outcome, Result
from autograder.grading.classes.report.gathered import Cell, GradedClass, Work
from autograder.grading.classes.report.histogram import Bar, of_points, of_seconds
from autograder.grading.restore import NOTHING_TO_GRADE

SLOWEST = 10
_EPSILON = 1e-9


@dataclass(frozen=True)
class Points:
    """of: how many submissions have such points; mean and median are of these, None where there are none."""

    kind: str
    possible: float
    of: int
    mean: float | None
    median: float | None


@dataclass
class PropertyRate:
    """One property of an exercise. of: who attempted the exercise. worst: no other holds less often."""

    title: str
    passed: int = 0
    of: int = 0
    worst: bool = False


@dataclass
class Exercise:
    """How an exercise went. full: who have all points. unnamed: who lost points by no mistake that was recognised,
    where the course's own checks graded. by_hand: whose points a person has changed."""

    title: str
    notebook: str
    possible: float
    of: int
    mean: float
    full: int
    partly: int
    none: int
    not_attempted: int
    properties: list[PropertyRate] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    worst: bool = False


@dataclass(frozen=True)
class Mistake:
    exercise: str
    hint: str
    students: list[str]


@dataclass(frozen=True)
class Said:
    """What is to be said of a submission."""

    student: str
    notes: list[str]


@dataclass
class Figures:
    """Everything on the page but similar code. Means, rates and bars are of the submissions that could be graded."""

    assignment: str
    handed_in: int
    graded: int
    newest: datetime | None
    late: list[str]
    points: list[Points]
    histogram: list[Bar]
    exercises: list[Exercise]
    written: list[Points]
    mistakes: list[Mistake]
    has_results: bool
    not_gradable: list[Said]
    ungraded: list[str]
    put_right: list[Said]
    unchecked: list[Said]
    times: list[Bar]
    median_seconds: float
    slowest: list[tuple[str, float]]


def figures(of: GradedClass) -> Figures:
    """Count. `of` is not changed."""
    empty = {work.student for work in of.works if _not_gradable(work)}
    works = [work for work in of.works if work.student not in empty]
    tests = [cell for cell in of.cells if not cell.by_hand]
    hand = [cell for cell in of.cells if cell.by_hand]
    titles = _titles(of)
    results = {(work.student, cell): _result(work, cell, titles) for work in works for cell in tests}
    exercises = [_exercise(cell, titles[cell][0], works, results) for cell in tests]
    _mark_worst(exercises, lambda exercise: exercise.full / max(exercise.of, 1))
    seconds = [(work.student, work.record.seconds) for work in of.works if work.record]
    dates = [work.handed_in for work in of.works if work.handed_in]
    notes = {work.student: _notes(work) for work in of.works}
    totals = [total for work in works if (total := _total(work, tests)) is not None]
    return Figures(
        assignment=of.assignment,
        handed_in=len(of.works) + len(of.ungraded),
        graded=len(works),
        newest=max(dates, default=None),
        late=[work.student for work in of.works if work.late],
        points=_points(works, tests, hand),
        histogram=of_points(totals, sum(cell.possible for cell in tests)),
        exercises=exercises,
        written=[_points_of(cell.name, [cell], works) for cell in hand],
        mistakes=_mistakes(works, [titles[cell][0] for cell in tests]),
        has_results=any(told.results for work in works if work.record for told in work.record.told),
        not_gradable=[Said(student, _why(notes[student])) for student in sorted(empty)],
        ungraded=of.ungraded,
        put_right=[Said(work.student, notes[work.student]) for work in works if notes[work.student]],
        unchecked=[Said(work.student, why) for work in works if (why := _unchecked(work))],
        times=of_seconds([taken for _, taken in seconds]),
        median_seconds=statistics.median([taken for _, taken in seconds] or [0.0]),
        slowest=sorted(seconds, key=lambda pair: (-pair[1], pair[0]))[:SLOWEST],
    )


def _notes(work: Work) -> list[str]:
    return [note for told in work.record.told for note in told.notes] if work.record else []


def _why(notes: list[str]) -> list[str]:
    """Without the sentence that the others explain."""
    return [note for note in notes if not note.startswith(NOTHING_TO_GRADE)] or [NOTHING_TO_GRADE]


def _not_gradable(work: Work) -> bool:
    """Whether in no notebook of a submission there was anything to grade."""
    told = work.record.told if work.record else []
    return bool(told) and all(any(note.startswith(NOTHING_TO_GRADE) for note in one.notes) for one in told)


def _unchecked(work: Work) -> list[str]:
    results = [result for told in work.record.told for result in told.results] if work.record else []
    return list(dict.fromkeys(result.note for result in results if result.outcome is Outcome.UNCHECKED))


def _total(work: Work, cells: Iterable[Cell]) -> float | None:
    """The points of some cells; None where one of them has none yet."""
    scores = [work.scores.get(cell) for cell in cells]
    return None if None in scores else sum(scores)


def _points(works: list[Work], tests: list[Cell], hand: list[Cell]) -> list[Points]:
    rows = [("by tests", tests), ("by hand", hand), ("together", [*tests, *hand])]
    return [_points_of(kind, cells, works) for kind, cells in (rows if tests and hand else rows[:2]) if cells]


def _points_of(kind: str, cells: list[Cell], works: list[Work]) -> Points:
    totals = [total for work in works if (total := _total(work, cells)) is not None]
    mean, median = (statistics.fmean(totals), statistics.median(totals)) if totals else (None, None)
    return Points(kind, sum(cell.possible for cell in cells), len(totals), mean, median)


def _titles(of: GradedClass) -> dict[Cell, tuple[str, bool]]:
    """Of each test the title of the exercise that it checks, and whether that is what its results are called.

    The checks' results of a notebook come in the order of its tests. So what most students' results are called tells
    it; a test of plain asserts keeps its own name.
    """
    titles = {}
    for notebook in sorted({cell.notebook for cell in of.cells}):
        tests = [cell for cell in of.cells if cell.notebook == notebook and not cell.by_hand]
        votes = Counter(
            names
            for work in of.works
            for told in (work.record.told if work.record else ())
            if told.notebook == notebook and len(names := _shown(told.results)) == len(tests)
        )
        best = min(votes.items(), key=lambda vote: (-vote[1], vote[0]), default=(None, 0))[0]
        unique = best if best and len(set(best)) == len(best) else None
        titles |= {cell: (unique[index] if unique else cell.name, bool(unique)) for index, cell in enumerate(tests)}
    return titles


def _shown(results: list[Result]) -> tuple[str, ...]:
    return tuple(result.title for result in results if not result.hidden and result.outcome is not Outcome.UNCHECKED)


def _result(work: Work, cell: Cell, titles: dict[Cell, tuple[str, bool]]) -> Result | None:
    """What a check said of an exercise: the hidden test, if it came to that; else the visible one."""
    title, has_results = titles[cell]
    if not has_results or work.record is None:
        return None
    results = [r for told in work.record.told if told.notebook == cell.notebook for r in told.results]
    return max((r for r in results if r.title == title), key=lambda result: result.hidden, default=None)


def _exercise(cell: Cell, title: str, works: list[Work], results: dict[tuple[str, Cell], Result | None]) -> Exercise:
    rates: dict[str, PropertyRate] = {}
    counts, unnamed = Counter(), []
    for work in works:
        result, fate = results[work.student, cell], _fate(work, cell, results[work.student, cell])
        counts[fate] += 1
        if result is None or fate == "not attempted":
            continue
        for prop in result.properties:
            rate = rates.setdefault(prop.title, PropertyRate(prop.title))
            rate.passed, rate.of = rate.passed + prop.passed, rate.of + 1
        if result.outcome is Outcome.FAILED and not result.hints:
            unnamed.append(work.student)
    properties = list(rates.values())
    _mark_worst(properties, lambda rate: rate.passed / rate.of)
    return Exercise(
        title=title,
        notebook=cell.notebook,
        possible=cell.possible,
        of=len(works),
        mean=statistics.fmean(work.scores.get(cell) or 0.0 for work in works) if works else 0.0,
        full=counts["full"],
        partly=counts["partly"],
        none=counts["none"],
        not_attempted=counts["not attempted"],
        properties=properties,
        unnamed=unnamed,
        by_hand=[work.student for work in works if cell in work.by_hand],
    )


def _fate(work: Work, cell: Cell, result: Result | None) -> str:
    score = work.scores.get(cell) or 0.0
    if score >= cell.possible - _EPSILON:
        return "full"
    if (cell.notebook, cell.answer) in work.untouched or (result is not None and result.note == NOT_ATTEMPTED):
        return "not attempted"
    return "partly" if score > 0 else "none"


def _mark_worst(rows: list, rate) -> None:
    """Mark what has the lowest rate; where half of all have it, it is no mark of the worst."""
    rates = [rate(row) for row in rows]
    for row, own in zip(rows, rates, strict=True):
        row.worst = own == min(rates) < max(rates) and 2 * rates.count(own) < len(rates)


def _mistakes(works: list[Work], order: list[str]) -> list[Mistake]:
    made = defaultdict(set)
    for work in works:
        for told in work.record.told if work.record else ():
            for result in told.results:
                for hint in result.hints:
                    made[result.title, hint].add(work.student)
    place = {title: index for index, title in enumerate(order)}
    mistakes = [Mistake(title, hint, sorted(students)) for (title, hint), students in made.items()]
    return sorted(mistakes, key=lambda m: (-len(m.students), place.get(m.exercise, len(place)), m.hint))
