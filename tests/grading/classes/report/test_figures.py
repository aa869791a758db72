"""The figures are those of the gradebook."""

from datetime import datetime

import pytest
from nbgrader.api import Gradebook
from plain_course import NAME

from autograder.checking.engine import NOT_ATTEMPTED
from autograder.checking.result import Outcome, PropertyResult, Result
from autograder.grading.classes.records import Record, Told
from autograder.grading.classes.report.figures import Points, figures
from autograder.grading.classes.report.gathered import CannotReport, Cell, GradedClass, Work, gather
from autograder.grading.classes.report.histogram import of_points, of_seconds

ODD = "<img src=x onerror=alert(1)>"  # as the fixture has it


@pytest.fixture
def counted(course):
    return figures(gather(course, NAME))


def test_who_handed_in_and_whose_file_could_be_graded(counted):
    assert (counted.handed_in, counted.graded, counted.ungraded) == (7, 5, ["gus"])
    (eve,) = counted.not_gradable
    assert eve.student == "eve"
    assert eve.notes == ["`problem.ipynb` is missing in what was handed in. There is no notebook in its place."]
    (odd,) = counted.put_right
    assert odd.student == ODD
    assert "`other ?name?.ipynb` was graded" in odd.notes[0]
    assert (counted.newest, counted.late) == (datetime(2030, 1, 5, 12, 30), [])


def test_points_by_tests_and_by_hand_are_apart(counted):
    assert counted.points == [
        Points("by tests", 5, 5, 2.4, 2),  # 5, 2, 0, 0, 5
        Points("by hand", 3, 2, 1.5, 1.5),  # ada's 3; dan left both as they were, which is 0
        Points("together", 8, 2, 4.0, 4.0),
    ]
    assert counted.written == [Points("why", 2, 2, 1, 1), Points("show", 1, 2, 0.5, 0.5)]
    assert {bar.label: bar.count for bar in counted.histogram if bar.count} == {
        "0 to less than 0.5": 2,
        "2 to less than 2.5": 1,
        "5, all points": 2,
    }


def test_each_test_has_its_rate_and_what_a_person_changed_counts(counted):
    mean, near = counted.exercises
    assert (mean.title, mean.full, mean.partly, mean.none, mean.not_attempted) == ("test_mean", 2, 0, 2, 1)
    assert (near.title, near.full, near.partly, near.none, near.not_attempted) == ("test_near", 3, 0, 1, 1)
    assert (mean.mean, near.mean) == (pytest.approx(6 / 5), pytest.approx(6 / 5))
    assert (mean.by_hand, near.by_hand) == ([], ["bo"])
    assert (mean.worst, near.worst) == (False, False)  # of two, none is the worst by far
    assert (counted.has_results, counted.mistakes) == (False, [])


def test_times_are_the_records(counted):
    assert sum(bar.count for bar in counted.times) == len(counted.slowest) == 6
    assert counted.slowest[0][1] == max(seconds for _, seconds in counted.slowest)
    assert 0 < counted.median_seconds <= counted.slowest[0][1]


def test_who_is_late_is_said(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=datetime(2030, 1, 4))
    assert figures(gather(course, NAME)).late == ["bo"]


def test_a_class_that_nbgraders_own_command_graded_has_no_times_but_all_the_points(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.db.connection().exec_driver_sql("DROP TABLE autograder_records")
        gradebook.db.commit()
    counted = figures(gather(course, NAME))
    assert (counted.graded, counted.times, counted.not_gradable) == (6, [], [])
    assert counted.points[0] == Points("by tests", 5, 6, 2, 1)  # eve's 0 counts: nobody wrote down why


def test_where_there_is_nothing_it_says_why(tmp_path, ungraded):
    with pytest.raises(CannotReport, match="is no course"):
        gather(tmp_path, NAME)
    with pytest.raises(CannotReport, match=r"no assignment 'ps9'\. It knows: ps1"):
        gather(ungraded, "ps9")
    with pytest.raises(CannotReport, match="Nobody has a grade for 'ps1' yet"):
        gather(ungraded, NAME)


def checked(student, **outcomes):
    """A submission as the course's own checks graded it: exercise -> points of 4, the properties that hold, hints."""
    cells = {cell.name: cell for cell in CELLS}
    work, results = Work(student), []
    for name, (points, holds, hints) in outcomes.items():
        work.scores[cells[f"test_{name}"]] = points
        outcome = Outcome.PASSED if points == 4 else Outcome.FAILED
        properties = [PropertyResult(title, [] if title in holds else ["a case"]) for title in ("runs", "is right")]
        for hidden in (False, True):
            results.append(Result(name.title(), outcome, points, 4, properties, hints, hidden=hidden))
    work.record = Record(student, 1.0, [Told("nb", [], sorted(results, key=lambda result: result.hidden))])
    return work


CELLS = [Cell("nb", "test_sgd", 4, False, "sgd"), Cell("nb", "test_adam", 4, False, "adam")]
BOTH = ["runs", "is right"]


def test_results_of_checks_give_rates_of_properties_and_mistakes():
    works = [
        checked("a", sgd=(4, BOTH, []), adam=(4, BOTH, [])),
        checked("b", sgd=(4, BOTH, []), adam=(2, ["runs"], ["t from 0"])),
        checked("c", sgd=(0, [], ["uphill"]), adam=(2, ["runs"], ["t from 0"])),
        checked("d", sgd=(2, ["runs"], [])),
    ]
    works[3].record.told[0].results.append(
        Result("Adam", Outcome.FAILED, 0, 4, [PropertyResult(title, run=False) for title in BOTH], note=NOT_ATTEMPTED)
    )
    counted = figures(GradedClass("nb", CELLS, works, [], {}))
    sgd, adam = counted.exercises
    assert [(e.title, e.full, e.partly, e.none, e.not_attempted) for e in (sgd, adam)] == [
        ("Sgd", 2, 1, 1, 0),
        ("Adam", 1, 2, 0, 1),
    ]
    assert [(p.title, p.passed, p.of) for p in sgd.properties] == [("runs", 3, 4), ("is right", 2, 4)]
    assert [(p.title, p.passed, p.of) for p in adam.properties] == [("runs", 3, 3), ("is right", 1, 3)]
    assert (sgd.unnamed, adam.unnamed) == (["d"], [])
    assert [(m.exercise, m.hint, m.students) for m in counted.mistakes] == [
        ("Adam", "t from 0", ["b", "c"]),
        ("Sgd", "uphill", ["c"]),
    ]


def test_what_could_not_be_checked_is_the_graders_fault_and_said():
    work = checked("a", sgd=(4, BOTH, []), adam=(4, BOTH, []))
    work.record.told[0].results[0] = Result("Check", Outcome.UNCHECKED, 0, 0, note="no key")
    (said,) = figures(GradedClass("nb", CELLS, [work], [], {})).unchecked
    assert (said.student, said.notes) == ("a", ["no key"])


def bars(found) -> list:
    return [(bar.label, bar.count) for bar in found]


def test_bars_are_of_round_widths_and_nobody_is_lost():
    few = dict(bars(of_points([0, 0.1, 0.3, 0.29999999999999993, 1], 1)))
    assert (few["0 to less than 0.05"], few["0.3 to less than 0.35"], sum(few.values())) == (1, 2, 5)
    assert bars(of_points([43, 43.9, 44], 44))[-2:] == [("40 to less than 44", 2), ("44, all points", 1)]
    assert of_points([], 5) == of_seconds([]) == []
    assert bars(of_points([7], 5))[-1] == ("5, all points", 1)  # extra credit
    times = [1.0] * 99 + [1000.0]
    assert bars(of_seconds(times))[-2:] == [("1 to less than 1.1", 99), ("1.1 or more", 1)]
    for values in ([0.0], [3, 3, 3], [0.01, 5, 70], [2 * n / 7 for n in range(50)]):
        assert sum(bar.count for bar in of_seconds(values)) == len(values)
