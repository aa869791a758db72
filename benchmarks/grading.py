"""A class graded by stock nbgrader, by us on one and on two workers, and by the least that could do it.

    python benchmarks/grading.py [--json FILE] [--rounds N]

The class (`made_classes.py`): a light notebook of four trivial exercises, and 03_optimizers without its experiments.
The floor is one warm process that runs the same cells with plain `exec`, and keeps nobody's code apart. A worker has a
core: one worker shares its own with the rest of the command. All take turns in each round; of each the quickest round
counts. Seconds hold everything, the start of the workers too. Stock nbgrader grades a small part of the class, since
its time grows with every submission alike; the time in which it starts, which is that of a second run with nothing left
to grade, is shared by a whole class as with the others.

CPU is that of the whole machine, which should do nothing else: what is killed with its space tells nobody what it used.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import chdir, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path

from made_classes import LIGHT, OPTIMIZERS, OURS, STOCK, make_course, name, read
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade
from psutil import cpu_times
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.checking import notebook as checks

SIZES = {LIGHT: {"stock": 12, "class": 600}, OPTIMIZERS: {"stock": 11, "class": 330}}
TARGETS = {LIGHT: 30.0, OPTIMIZERS: 10.0}  # times stock nbgrader's throughput, on two workers
FLOOR_TARGET, EFFICIENCY_TARGET = 1.5, 0.9  # of the floor's CPU, on 03_optimizers; of the ideal, on two workers


def run(command: list[str], folder: Path, cores: int = 2) -> tuple[float, float]:
    """Wall seconds of a command that has so many cores, and the machine's CPU seconds meanwhile."""
    given = sorted(os.sched_getaffinity(0))[:cores]
    confined = partial(os.sched_setaffinity, 0, given)
    before, began = cpu_times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], cwd=folder, check=True, capture_output=True, preexec_fn=confined)
    wall, after = time.perf_counter() - began, cpu_times()
    return wall, after.user + after.system - before.user - before.system


def floor(folder: Path, assignment: str, students: int) -> tuple[float, float]:
    """Wall and CPU seconds in which this process runs the cells of each submission, without the time of reading."""
    places = [folder / "submitted" / name(student) / assignment for student in range(students)]
    notebooks = [cells_of(folder / "solutions" / assignment, place, assignment) for place in places]
    wall, cpu = time.perf_counter(), time.process_time()
    for work, cells in zip(places, notebooks, strict=True):
        namespace: dict = {"display": lambda *_: None}
        with chdir(folder / "assignments" / assignment), checks.working_for(work), redirect_stdout(StringIO()):
            for source in cells:
                exec(compile(source, "<cell>", "exec"), namespace)
    return time.perf_counter() - wall, time.process_time() - cpu


def cells_of(source: Path, handed_in: Path, assignment: str) -> list[str]:
    """The code of a submission: tests are the course's, all else is the student's."""
    theirs = {cell.id: cell.source for cell in read(handed_in, assignment).cells if not is_grade(cell)}
    return [theirs.get(cell.id, cell.source) for cell in read(source, assignment).cells if cell.cell_type == "code"]


def points(folder: Path, assignment: str) -> dict[str, float]:
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return {found.student.id: found.code_score for found in gradebook.assignment_submissions(assignment)}


def contestants(place: Path, assignment: str) -> dict[str, tuple[int, Callable[[Path], tuple[float, float]]]]:
    """Of each: how many submissions it grades, and how."""
    stock, students = SIZES[assignment]["stock"], SIZES[assignment]["class"]
    grade = ["autograder.cli", "grade", assignment, "--workers"]

    def by_stock(folder: Path) -> tuple[float, float]:
        autograde = ["nbgrader", "autograde", assignment]
        first, second = run(autograde, folder), run(autograde, folder)
        return tuple(a - b + b * stock / students for a, b in zip(first, second, strict=True))

    return {
        "stock nbgrader": (stock, by_stock),
        "1 worker": (students, lambda folder: run([*grade, "1"], folder, cores=1)),
        "2 workers": (students, lambda folder: run([*grade, "2"], folder)),
        "floor": (students, lambda folder: floor(folder, assignment, students)),
    }


def measure(assignment: str, rounds: int) -> dict[str, dict]:
    """Wall and CPU seconds of each contestant for one submission."""
    best: dict[str, dict] = {}
    with tempfile.TemporaryDirectory() as place:
        for turn in track(range(rounds), f"rounds of {assignment}", console=Console(stderr=True)):
            earned: dict[str, float] = {}
            for who, (students, grade) in contestants(Path(place), assignment).items():
                folder = Path(place) / f"{who} {turn}".replace(" ", "_")
                make_course(folder, assignment, students, STOCK if who.startswith("stock") else OURS)
                wall, cpu = (seconds / students for seconds in grade(folder))
                known = best.setdefault(who, {"students": students, "wall": wall, "cpu": cpu})
                best[who] |= {"wall": min(wall, known["wall"]), "cpu": min(cpu, known["cpu"])}
                for student, score in points(folder, assignment).items() if who != "floor" else ():
                    assert earned.setdefault(student, score) == score, f"{who} gives {student} {score} points"
    return best


def ratios(assignment: str, best: dict[str, dict]) -> dict[str, float]:
    one, two = best["1 worker"], best["2 workers"]
    return {
        "throughput, 2 workers to stock": best["stock nbgrader"]["wall"] / two["wall"],
        "throughput, 1 worker to stock": best["stock nbgrader"]["wall"] / one["wall"],
        "CPU, 2 workers to floor": two["cpu"] / best["floor"]["cpu"],
        "efficiency of 2 workers": one["wall"] / two["wall"] / 2,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    table = Table("", "submissions", "wall ms each", "CPU ms each", title="One submission")
    summary = Table("", *SIZES, title="Ratios")
    found = {}
    for assignment in SIZES:
        best = measure(assignment, options.rounds)
        for who, row in best.items():
            table.add_row(
                f"{assignment}, {who}", f"{row['students']}", f"{row['wall'] * 1e3:,.0f}", f"{row['cpu'] * 1e3:,.0f}"
            )
        found[assignment] = {"each": best, "ratios": ratios(assignment, best)}
    for ratio in found[LIGHT]["ratios"]:
        summary.add_row(ratio, *(f"{found[assignment]['ratios'][ratio]:.2f}" for assignment in SIZES))
    console = Console(width=120)
    console.print(table, summary)
    console.print(
        f"Wanted: {TARGETS[LIGHT]:.0f} and {TARGETS[OPTIMIZERS]:.0f} times stock on 2 workers, "
        f"under {FLOOR_TARGET} of the floor's CPU on {OPTIMIZERS}, efficiency {EFFICIENCY_TARGET}"
    )
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
