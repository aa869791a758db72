"""How long the solved notebooks of the course run, one after another, each in a fresh kernel.

    python benchmarks/course.py [--json FILE] [NAME ...]

With names only these are run, and the others keep the times that the file has. The seconds of CPU count: what the
machine does beside it does not. `benchmarks/course.json` keeps them, and the students' table is made from it.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import json
import platform
import sys
from functools import partial
from pathlib import Path

from rich.console import Console

from autograder.course.build import assemble, execute
from autograder.course.selfcheck import all_keys
from autograder.course.times import CORES, COURSE_SECONDS, NOTEBOOK_SECONDS, timed, times_table, too_slow

COURSE = Path(__file__).resolve().parents[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("names", nargs="*", help="assignments; all by default")
    options = parser.parse_args()
    keys = [key for key in all_keys(COURSE) if not options.names or key.assignment in options.names]
    console, times = Console(), {}
    if options.names and options.json and options.json.is_file():
        times = json.loads(options.json.read_text())["notebooks"]
    for key in keys:
        with console.status(f"executing {key.assignment}"):
            times[key.assignment] = timed(partial(execute, assemble(key), key.folder.parent))
    times = dict(sorted(times.items()))
    console.print(times_table(times))
    if options.json:
        limits = {"notebook": NOTEBOOK_SECONDS, f"course, on {CORES} cores": COURSE_SECONDS}
        machine = f"{platform.machine()}, Python {platform.python_version()}"
        numbers = {"unit": "seconds of CPU", "machine": machine, "limits": limits, "notebooks": times}
        options.json.write_text(json.dumps(numbers, indent=1) + "\n")
    sys.exit("\n".join(too_slow(times)) or 0)


if __name__ == "__main__":
    main()
