"""A class whose grading is killed at random moments, and run again: what becomes of its grades.

    python benchmarks/kills.py [--kills N] [--seed N] [--json FILE]

In turn the coordinator, a worker (or the process that workers are forked from) and a student's process get a SIGKILL.
After each the same command runs again; then scores, comments and autograded notebooks are held against those of a run
that nobody disturbed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from made_classes import OPTIMIZERS, OURS, make_course
from nbgrader.api import Gradebook
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.grading.apart.isolation import descendants

STUDENTS = 12
WARM = "-m autograder.grading.apart.warm"
GRADE = [sys.executable, "-m", "autograder.cli", "grade", OPTIMIZERS, "--workers", "2"]
VICTIMS = ("coordinator", "worker", "student's process")


def start(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(GRADE, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def candidates(run: subprocess.Popen, victim: str) -> list[int]:
    """Processes of a kind, of those that are there now."""
    if victim == "coordinator":
        return [run.pid]
    below = descendants(run.pid)
    if victim == "worker":
        return [process for process in below if "forkserver" in command(process)]
    warm = {process for process in below if WARM in command(process) and not command(process).startswith("bwrap")}
    return [process for process in set().union(*map(descendants, warm)) & warm if not descendants(process)]


def command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill_one(run: subprocess.Popen, victim: str, draw: random.Random) -> bool:
    """Kill one of a kind, waiting for one to be there; whether the run was still going on."""
    while run.poll() is None:
        if found := candidates(run, victim):
            try:
                os.kill(draw.choice(found), signal.SIGKILL)
                return True
            except ProcessLookupError:
                continue
        time.sleep(0.01)
    return False


def outcome(folder: Path) -> dict:
    """All that a run leaves: scores and comments by student and cell, notebooks by student."""
    left: dict = {path.parts[-3]: path.read_bytes() for path in folder.glob(f"autograded/*/{OPTIMIZERS}/*.ipynb")}
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for submission in gradebook.assignment_submissions(OPTIMIZERS):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    left[submission.student.id, grade.name] = (grade.auto_score, grade.needs_manual_grade)
                for comment in notebook.comments:
                    left[submission.student.id, comment.name, "comment"] = comment.auto_comment
    return left


def undisturbed(folder: Path) -> tuple[float, float]:
    """Seconds until the first student's process is there, and until the end."""
    began = time.monotonic()
    with start(folder) as run:
        while run.poll() is None and not candidates(run, VICTIMS[-1]):
            time.sleep(0.01)
        first = time.monotonic() - began
        run.communicate()
    assert run.returncode == 0
    return first, time.monotonic() - began


def one(
    handed_in: Path, folder: Path, victim: str, moments: tuple[float, float], draw: random.Random
) -> tuple[dict, int, bool]:
    """What is left after a kill and the runs that it takes, how many those are, and whether the kill met its run."""
    shutil.copytree(handed_in, folder)
    with start(folder) as run:
        time.sleep(draw.uniform(*moments))
        hit = kill_one(run, victim, draw)
        run.communicate()
    again = 0
    while again < 3 and run.returncode:
        with start(folder) as run:
            run.communicate()
        again += 1
    left = outcome(folder)
    shutil.rmtree(folder)
    return left, again, hit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    options = parser.parse_args()
    draw, rows = random.Random(options.seed), {victim: Counter() for victim in VICTIMS}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        handed_in = make_course(place / "handed_in", OPTIMIZERS, STUDENTS, OURS)
        shutil.copytree(handed_in, place / "undisturbed")
        first, end = undisturbed(place / "undisturbed")
        right = outcome(place / "undisturbed")
        for turn in track(range(options.kills), "kills", console=Console(stderr=True)):
            victim = VICTIMS[turn % len(VICTIMS)]
            moments = (0.0 if victim == VICTIMS[0] else first, end)
            left, again, hit = one(handed_in, place / "killed", victim, moments, draw)
            rows[victim] += Counter(kills=1, hits=hit, runs_again=again, same=left == right)
    table = Table("killed", "times", "while it ran", "runs again", "the same in the end", title="SIGKILL")
    for victim, row in rows.items():
        table.add_row(victim, *(str(row[name]) for name in ("kills", "hits", "runs_again", "same")))
    Console(width=120).print(table)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    if any(row["same"] < row["kills"] for row in rows.values()):
        sys.exit("Some grades were not those of the undisturbed run.")


if __name__ == "__main__":
    main()
