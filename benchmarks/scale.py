"""A large class on Dask workers of this machine: rate, what the coordinator costs, and memory over time.

    python benchmarks/scale.py [--students N] [--workers N] [--json FILE]

The class hands in the light notebook. The scheduler and the workers are programs of their own, as on a cluster.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

from made_classes import LIGHT, OURS, make_course
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.grading.apart.isolation import descendants
from autograder.grading.classes.classroom import Classroom
from autograder.grading.classes.cluster import DaskWorkers

COST_TARGET, GROWTH_TARGET = 10.0, 50.0  # ms of the coordinator's CPU for a submission; MB from the first tenth on
SAMPLES = 50


@contextmanager
def cluster(workers: int):
    """The scheduler's address and the numbers of the workers' processes."""
    programs: list[subprocess.Popen] = []

    def start(*command: str, says: str) -> str:
        program = [sys.executable, "-W", "ignore", "-m", "dask", *command, "--no-dashboard"]
        programs.append(subprocess.Popen(program, stderr=subprocess.PIPE, text=True))
        return next(found[1] for line in programs[-1].stderr if (found := re.search(says, line)))

    try:
        address = start("scheduler", "--port", "0", "--host", "127.0.0.1", says=r"Scheduler at: +(tcp://\S+)")
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny", says=r"Registered to: +(tcp://\S+)")
        yield address, [program.pid for program in programs[1:]]
    finally:
        for program in programs:
            program.terminate()
            program.communicate()


def memory(processes: list[int]) -> float:
    """MB that processes hold together; pages that they share count in parts."""
    total = 0
    for process in processes:
        try:
            found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total / 1024


def grade(folder: Path, address: str, workers: list[int], students: int) -> dict:
    """Grade the class; what it cost."""
    samples: list[dict] = []
    began = cost = 0.0
    with closing(Classroom(folder, LIGHT)) as classroom, Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task("submissions", total=students)

        def told(_) -> None:
            nonlocal began, cost
            progress.advance(bar)
            done = int(progress.tasks[0].completed)
            if done == 1:  # the workers have started
                began, cost = time.perf_counter(), time.process_time()
            if done % max(students // SAMPLES, 1) == 0:
                spent = time.process_time()
                below = [process for worker in workers for process in (worker, *descendants(worker))]
                samples.append({"done": done, "coordinator": memory([os.getpid()]), "workers": memory(below)})
                cost += time.process_time() - spent  # looking is not grading

        report = classroom.grade(DaskWorkers(address), told)
        wall, cpu = time.perf_counter() - began, time.process_time() - cost
    assert len(report.verdicts) == students, report.failed
    return {
        "students": students,
        "rate": (students - 1) / wall,
        "coordinator_ms": cpu / students * 1e3,
        "memory": samples,
    }


def growth(samples: list[dict], who: str) -> float:
    """MB from the mean of the second tenth of a run to that of its last."""
    tenth = max(len(samples) // 10, 1)
    first, last = samples[tenth : 2 * tenth] or samples[:1], samples[-tenth:]
    return sum(s[who] for s in last) / len(last) - sum(s[who] for s in first) / len(first)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as place:
        folder = make_course(Path(place), LIGHT, options.students, OURS)
        with cluster(options.workers) as (address, workers):
            found = grade(folder, address, workers, options.students)
    samples = found["memory"]
    table = Table("", "", "wanted", title=f"{options.students} submissions, {options.workers} Dask workers")
    table.add_row("submissions a second", f"{found['rate']:.1f}", "")
    table.add_row("coordinator, ms of CPU each", f"{found['coordinator_ms']:.1f}", f"at most {COST_TARGET:.0f}")
    for who in ("coordinator", "workers"):
        ends = f"{samples[0][who]:.0f} to {samples[-1][who]:.0f}, grows by {growth(samples, who):.0f}"
        table.add_row(f"{who}, MB", ends, f"under {GROWTH_TARGET:.0f}")
    Console(width=120).print(table)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
