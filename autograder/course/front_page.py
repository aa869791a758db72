"""What lies beside the notebooks: the students' front page with its table, and the map of the course."""

from __future__ import annotations

import json
import re
from math import ceil
from pathlib import Path

from autograder.course.course_map import draw
from autograder.course.key import SOLUTIONS, Key
from autograder.course.release import ASSIGNMENTS

TEXT, PAGE, MAP = "for_students.md", "README.md", "course.svg"
TIMES = Path("benchmarks", "course.json")


def front_page(keys: list[Key], course: Path) -> dict[Path, str]:
    """Path -> text of each file that the release makes for the course as a whole."""
    text = (course / SOLUTIONS / TEXT).read_text(encoding="utf-8")
    seconds = json.loads((course / TIMES).read_text(encoding="utf-8"))["notebooks"]
    drawn = draw(keys)
    return {
        course / ASSIGNMENTS / PAGE: text.replace("{table}", table(keys, seconds)),
        course / ASSIGNMENTS / MAP: drawn,
        course / "docs" / MAP: drawn,
    }


def write_front_page(keys: list[Key], course: Path) -> None:
    for path, text in front_page(keys, course).items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def front_page_problems(keys: list[Key], course: Path) -> list[str]:
    """What is stale, and what lies in `assignments/` that nobody listed."""
    listed = {PAGE, MAP, *(key.assignment for key in keys)}
    found = {path.name for path in (course / ASSIGNMENTS).iterdir()} - {".ipynb_checkpoints"}
    stale = [
        path
        for path, text in front_page(keys, course).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    return [f"{course / ASSIGNMENTS} holds what nobody listed: {name}" for name in sorted(found - listed)] + [
        f"{path} is stale: run `make release`" for path in stale
    ]


def table(keys: list[Key], seconds: dict[str, float]) -> str:
    """A row for each notebook: what students write in it, how long that takes them, and how long it runs."""
    rows = [("notebook", "you write", "it takes", "runs in"), ("---",) * 4]
    for key in keys:
        name = key.assignment
        written = " · ".join(exercise.title for exercise in key.exercises.values())
        runs = f"{10 * ceil(seconds[name] / 10)} s" if name in seconds else ""
        rows.append((f"[{name}]({name}/{name}.ipynb)", written, _hours(key), runs))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _hours(key: Key) -> str:
    """What the notebook's opening says: "**It takes** about two hours."; without it, nothing."""
    told = re.search(r"\*\*It takes\*\* ([^.]*)\.", "\n".join(cell.source for cell in key.text.cells))
    return told[1] if told else ""
