"""The command line: what instructors and the Makefile run."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from autograder.checking.show import plural

console = Console(highlight=False, soft_wrap=True)


@click.group()
def main() -> None:
    """Gradus: build, release and check the course."""
    # nbgrader starts alembic by name, which lives beside this Python even where no environment is activated
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


@main.command()
@click.argument("names", nargs=-1)
def build(names: tuple[str, ...]) -> None:
    """Make checks.json and the executed notebook of assignments (all of them by default) in solutions/."""
    from autograder.course.build import build as build_one

    course, keys = _keys(names)
    for key in keys:
        with console.status(f"executing {key.assignment}"):
            build_one(key, course / "solutions" / key.assignment)
        console.print(f"built solutions/{key.assignment}")


@main.command()
@click.argument("names", nargs=-1)
def release(names: tuple[str, ...]) -> None:
    """Make assignments/NAME/ with nbgrader from what was built, and refuse it if anything leaks."""
    from autograder.course.front_page import write_front_page
    from autograder.course.selfcheck import all_keys

    course, keys = _keys(names)
    for key in keys:
        folder = _release(key, course)
        console.print(f"released {folder.relative_to(course)}")
    write_front_page(all_keys(course), course)
    console.print("made the front page and the map")


@main.command()
def course() -> None:
    """Build, execute, release and check all assignments, and print how long each runs."""
    from autograder.course.front_page import write_front_page
    from autograder.course.times import times_table, too_slow

    course, keys = _keys(())
    times = {}
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for key, seconds in zip(keys, pool.map(_timed_build, [key.folder for key in keys]), strict=True):
            times[key.assignment] = seconds
            _release(key, course)
            console.print(f"built and released {key.assignment}")
    write_front_page(keys, course)
    console.print(times_table(times))
    _refuse(too_slow(times) + _problems_of_files(course, keys))
    console.print("✓ every solution gets its points, no leak, nothing stale, no stray file")


@main.command()
@click.argument("names", nargs=-1)
def check(names: tuple[str, ...]) -> None:
    """The course's self-check: solutions, stubs, wrong and right answers, mutants, leaks, stale files."""
    from autograder.course.selfcheck import check_exercise, right_answers

    course, keys = _keys(names)
    problems = []
    for key in keys:
        table = Table(title=key.assignment, title_justify="left")
        table.add_column("exercise", no_wrap=True)
        for column in ("wrong answers named", "right variants accepted", "mutants killed", "equivalent"):
            table.add_column(column, justify="right")
        variants = right_answers(course, key)
        for exercise in key.exercises.values():
            report = check_exercise(key, exercise, variants)
            table.add_row(
                report.name,
                f"{report.named} of {report.wrong}",
                f"{report.accepted} of {report.right}",
                f"{report.killed} of {report.mutants}",
                str(report.equivalent),
            )
            problems += [f"{key.assignment}, {report.name}: {problem}" for problem in report.problems]
        console.print(table)
    _refuse(problems + _problems_of_files(course, keys))
    console.print("✓ no leak, nothing stale, no stray file")


@main.command()
@click.argument("name", default="03_optimizers")
def demo(name: str) -> None:
    """Release an assignment, let a sample class hand it in, grade it, and show what became of it."""
    from autograder.course.demo import report_of, run_demo
    from autograder.grading.apart.sandbox import Sandbox, why_not

    course, (key,) = _keys((name,))
    folder = course / ".demo"
    missing = why_not()
    with console.status("releasing, handing in, grading, writing feedback"):
        grades = run_demo(key, course, folder, sandbox=Sandbox.NONE if missing else Sandbox.REQUIRED)
    table = Table("student", "what they handed in", "points", "what they are told", title=name, title_justify="left")
    for grade in grades:
        points = "not graded" if grade.points is None else f"{grade.points:g} of {grade.possible:g}"
        told = "\n".join(_first_sentence(hint) for hint in grade.told)
        table.add_row(grade.student, grade.story, points, told)
    Console(highlight=False, width=max(console.width, 120)).print(table)
    pages = folder / "feedback"
    console.print(f"Feedback pages: {pages.relative_to(course)}/STUDENT/{name}/{name}.html")
    console.print(f"Grades: {(folder / 'grades.csv').relative_to(course)}, which counts the written questions too")
    console.print(f"Class report: {report_of(folder, name).relative_to(course)}")
    if missing:
        console.print(f"This class is ours, so it was graded without the sandbox. {missing}", markup=False)


@main.command()
@click.argument("name")
@click.argument("students", nargs=-1)
@click.option("--no-sandbox", is_flag=True, help="run students' code without a sandbox: it can then read your files")
@click.option("--feedback", is_flag=True, help="write the feedback pages too")
@click.option("--workers", type=click.IntRange(min=1), help="worker processes; one for each core by default")
@click.option("--scheduler", metavar="ADDRESS", help="grade on a Dask cluster, such as tcp://10.0.0.1:8786")
def grade(
    name: str, students: tuple[str, ...], no_sandbox: bool, feedback: bool, workers: int | None, scheduler: str | None
) -> None:
    """Grade the submissions of an assignment, in any nbgrader course. What is graded already stays."""
    from autograder.grading.loaded import load_ahead

    if not scheduler:
        load_ahead()  # while this process loads too
    from autograder.grading.apart.sandbox import Sandbox
    from autograder.grading.classes.classroom import CannotGrade, Classroom

    try:
        with closing(Classroom(Path.cwd(), name, students, Sandbox.NONE if no_sandbox else None)) as classroom:
            with Progress(*_COLUMNS, console=console, disable=not console.is_terminal) as progress:
                bar = progress.add_task(f"grading {name}", total=len(classroom))
                chosen = _workers(workers, scheduler)
                report = classroom.grade(chosen, lambda _: progress.advance(bar))
                if feedback:
                    pages = progress.add_task("writing feedback", total=len(classroom))
                    without_page = classroom.write_feedback(chosen, lambda: progress.advance(pages))
            _show(report)
    except CannotGrade as error:
        raise click.ClickException(str(error)) from error
    if feedback and without_page:
        raise click.ClickException("\n".join(f"No page for {name}: {why}" for name, why in without_page.items()))
    if report.failed:
        raise click.ClickException(f"{len(report.failed)} submissions have no grade. Run the same command again.")


@main.command()
@click.argument("name", default="12_capstone")
@click.option("--output", type=click.Path(path_type=Path), help="the file; reports/NAME_leaderboard.html by default")
def leaderboard(name: str, output: Path | None) -> None:
    """Write the accuracies on hidden images as one HTML file, under the names that students chose."""
    from autograder.grading.classes.classroom import CannotGrade
    from autograder.grading.classes.leaderboard import write_leaderboard

    output = output or Path("reports") / f"{name}_leaderboard.html"
    try:
        entries = write_leaderboard(Path.cwd(), name, output)
    except CannotGrade as error:
        raise click.ClickException(str(error)) from error
    console.print(f"{plural(len(entries), 'student')} on {output}", markup=False)


def _workers(count: int | None, scheduler: str | None):
    if scheduler is None:
        from autograder.grading.classes.workers import LocalWorkers

        return LocalWorkers(count)
    if count:
        raise click.UsageError("--workers is for this machine; a cluster of --scheduler has its own workers")
    try:
        from autograder.grading.classes.cluster import DaskWorkers
    except ImportError as error:
        raise click.ClickException(str(error)) from error
    return DaskWorkers(scheduler)


@main.command()
@click.argument("name")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="reports/NAME.html by default")
def report(name: str, output: Path | None) -> None:
    """Write a report on the class, as one HTML file: points, exercises, mistakes, files, similar code."""
    from autograder.grading.classes.report.gathered import CannotReport
    from autograder.grading.classes.report.page import write_report

    output = output or Path("reports") / f"{name}.html"
    try:
        write_report(Path.cwd(), name, output)
    except CannotReport as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or output} cannot be written: {error.strerror}") from error
    console.print(f"Class report: {output}", markup=False)


_COLUMNS = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())


def _show(report) -> None:
    """What a run did, as a table: who has which points, and what was wrong with what was handed in."""
    table = Table("student", "points", "seconds", "what was wrong with the file")
    for verdict in sorted(report.verdicts, key=lambda verdict: verdict.student):
        notes = "\n".join(note for notebook in verdict.notebooks for note in notebook.notes)
        table.add_row(verdict.student, f"{verdict.points:g}", f"{verdict.seconds:.1f}", notes)
    for student, why in sorted(report.failed.items()):
        table.add_row(student, "none", "", why)
    if table.row_count:
        console.print(table)
    graded, skipped = plural(len(report.verdicts), "submission"), len(report.skipped)
    console.print(f"{graded} graded, {skipped} graded before, {len(report.failed)} not graded")
    for tier in sorted({verdict.tier for verdict in report.verdicts}):
        console.print(f"Graded with: {tier}")


def _timed_build(folder: Path) -> float:
    """Build the assignment of a key's folder; the seconds that its kernel took."""
    from autograder.course.build import build
    from autograder.course.key import load_key
    from autograder.course.times import timed

    return timed(partial(build, load_key(folder), folder.parent))


def _release(key, course: Path) -> Path:
    from autograder.course.release import Leak, release

    try:
        return release(key, course)
    except (Leak, RuntimeError) as error:
        raise click.ClickException(str(error)) from error


def _problems_of_files(course: Path, keys) -> list[str]:
    from autograder.course.front_page import front_page_problems
    from autograder.course.selfcheck import all_keys, check_files

    problems = [problem for key in keys for problem in check_files(key, course)]
    return problems + front_page_problems(all_keys(course), course)


def _refuse(problems: list[str]) -> None:
    """Print the problems, and end with an error if there is one."""
    for problem in problems:
        console.print(f"✗ {problem}", markup=False)
    if problems:
        raise click.ClickException(plural(len(problems), "problem"))


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].rstrip(".") + "."


def _keys(names: tuple[str, ...]):
    """The course above the working directory and the keys of the named assignments, or of all."""
    from autograder.course.release import course_root
    from autograder.course.selfcheck import all_keys

    try:
        course = course_root(Path.cwd())
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    keys = {key.assignment: key for key in all_keys(course)}
    if unknown := [name for name in names if name not in keys]:
        raise click.ClickException(f"no assignment is called {unknown[0]}; there are: {', '.join(keys)}")
    return course, [keys[name] for name in names or keys]


if __name__ == "__main__":
    main()
