"""The answer of a check: what holds, what does not, with which numbers, and which mistake it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from html import escape

from autograder.checking.show import plural


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "could not check"  # a fault of the grader's side, never the student's


MARKS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.UNCHECKED: "–"}


@dataclass(frozen=True)
class Degree:
    """How far an answer went that is not just right or wrong. share: of the points, from 0 to 1. sentence: for the
    student, on which a hidden test says nothing less. numbers: for the records."""

    share: float
    sentence: str
    numbers: dict[str, float]


@dataclass
class PropertyResult:
    """One property. asked: the kind of question; called: the first call of the first failing case; fault: what was
    wrong with it; unwritten, too_slow: how that case ended; run: whether it was looked at at all; degree: of the last
    case, where the judge measures one."""

    title: str
    failed_cases: list[str] = field(default_factory=list)
    called: str = ""
    fault: str = ""
    unwritten: bool = False
    too_slow: bool = False
    run: bool = True
    asked: str = ""
    degree: Degree | None = None

    @property
    def passed(self) -> bool:
        return self.run and not self.failed_cases

    @property
    def mark(self) -> str:
        return MARKS[Outcome.PASSED if self.passed else Outcome.FAILED] if self.run else "–"


@dataclass(repr=False)
class Result:
    """points: earned, of `possible`. hints: the mistakes recognised. hidden: the result of a hidden test, which
    tells the student the kind of case that fails, but not its numbers."""

    title: str
    outcome: Outcome
    points: float
    possible: float
    properties: list[PropertyResult] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    note: str = ""
    hidden: bool = False

    @property
    def measured(self) -> dict[str, float]:
        """The numbers of all degrees, by name."""
        return {name: x for prop in self.properties if prop.degree for name, x in prop.degree.numbers.items()}

    @property
    def headline(self) -> str:
        if self.outcome is Outcome.UNCHECKED:
            return f"{self.title}: could not check"
        kind = " (hidden tests)" if self.hidden else ""
        return f"{self.title}{kind}: {self.points:g} of {self.possible:g} points"

    def __repr__(self) -> str:
        lines = [f"{MARKS[self.outcome]} {self.headline}"]
        lines += [f"  {text}" for text in [self.note] if text]
        lines += [f"  Hint: {hint}" for hint in self.hints]
        for prop, details in self._told():
            lines.append(f"  {prop.mark} {prop.title}")
            lines += [f"      {name}: {text}" for name, text in details]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        hints = "".join(f'<div style="{_HINT}"><b>Hint.</b> {escape(hint)}</div>' for hint in self.hints)
        rows = ""
        for prop, details in self._told():
            rows += f"<div>{_coloured(prop.mark)} {escape(prop.title)}</div>"
            rows += "".join(
                f'<div style="margin-left:1.6em;opacity:.8">{name}: <code>{escape(text)}</code></div>'
                for name, text in details
            )
        mark = MARKS[self.outcome]
        return (
            f'<div style="border-left:4px solid {_COLOURS[mark]};padding:.3em .9em;margin:.2em 0;max-width:60em">'
            f"<div>{_coloured(mark)} <b>{escape(self.headline)}</b></div>"
            f"<div>{escape(self.note)}</div>{hints}{rows}</div>"
        )

    def _told(self) -> list[tuple[PropertyResult, list[tuple[str, str]]]]:
        """The properties with what is told of each: the first failure in full, later ones if they ask another."""
        if self.hidden and self.outcome is Outcome.PASSED:
            return []  # a line is enough: the student has read the list above
        told, asked = [], set()
        for prop in self.properties:
            details = []
            if prop.failed_cases:
                more = len(prop.failed_cases) - 1
                details.append(("case", prop.failed_cases[0] + (f" (and {plural(more, 'more case')})" if more else "")))
                if not self.hidden and prop.asked not in asked:
                    details += [("but", prop.fault)] if asked else [("called", prop.called), ("but", prop.fault)]
                    asked.add(prop.asked)
            told.append((prop, details))
        return told


_HINT = "margin:.4em 0;padding:.4em .7em;background:#fff6e0;color:#222"
# Okabe and Ito's bluish green and vermilion: told apart by colour-blind readers, and by the mark beside them
_COLOURS = {"✓": "#009E73", "✗": "#D55E00", "–": "#767676"}


def _coloured(mark: str) -> str:
    return f'<span style="color:{_COLOURS[mark]};font-weight:bold">{mark}</span>'
