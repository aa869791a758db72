"""The page: one HTML file that needs no network, no script, and no other file."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.checking.show import plural
from autograder.grading.classes.report.figures import Figures, figures
from autograder.grading.classes.report.gathered import gather
from autograder.grading.classes.report.similar import Similar, similar


def write_report(root: Path, assignment: str, output: Path) -> None:
    """Write the report of an assignment in the course in a folder. Raises CannotReport, and OSError."""
    gathered = gather(root, assignment)
    text = page(figures(gathered), similar(gathered))
    output.parent.mkdir(parents=True, exist_ok=True)
    new = output.with_name(f".{output.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(output)  # whole, or not at all


def page(numbers: Figures, alike: Similar) -> str:
    """The same bytes for the same class: nothing on the page depends on when or where it is made."""
    environment = Environment(
        loader=PackageLoader(__package__, ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": _number, "percent": _percent, "code": _code, "plural": plural}
    return environment.get_template("report.html.j2").render(figures=numbers, similar=alike)


def _number(value: float | None) -> str:
    """At most two places behind the point; a dash where there is no number."""
    return "–" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def _percent(part: float, whole: float = 1.0) -> str:
    """Rounded, but 0% and 100% only where it is none and all."""
    if not whole:
        return "–"
    share = 100 * part / whole
    return f"{share if share in (0, 100) else min(max(share, 1), 99):.0f}%"


def _code(text: str) -> Markup:
    """A sentence in which `names` in backticks are set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
