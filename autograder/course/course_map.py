"""The map of the course: a staircase of notebooks, and below each stair where its functions are needed."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.course.key import Key
from autograder.course.toolbox import Cell, imported_names

STEP, RISE = 39, 46  # from one stair to the next: to the right, and down
BAR, HEIGHT, EDGE = 236, 30, 12  # a notebook's bar, and the margin around all
DARK, PALE, LINE = "#1F2328", "#F0F2F4", "#8C959F"  # dark stands on colours only: the page may be light or dark
PARTS = [  # what notebooks are about, a pale colour, their numbers
    ("find the minimum", "#CFE3F5", ("01", "03", "04", "05")),
    ("build layers", "#FBE3B5", ("02", "06", "08")),
    ("do well on new data", "#CDEBDD", ("07", "09", "10")),
    ("put it to use", "#F3D3DF", ("11", "12")),
]
HOW_TO_READ = ("A dot: the notebook of this row", "takes so many functions from", "the notebook above the dot.")


def needs(keys: list[Key]) -> dict[str, dict[str, list[str]]]:
    """Assignment -> earlier assignment -> the names that the one takes from the other, by `from toolbox import`."""
    origin, result = {}, {}
    for key in keys:
        result[key.assignment] = taken = {}
        setup = [cell.source for cell in key.text.cells if "setup" in cell.metadata.get("tags", ())]
        for name in sorted(set().union(*map(imported_names, setup))):
            taken.setdefault(origin[name], []).append(name)
        for source in key.solution_cells.values():
            origin |= dict.fromkeys(Cell(key.assignment, source).defines, key.assignment)
    return result


def draw(keys: list[Key]) -> str:
    """The map as SVG: the same text for the same course."""
    taken = needs(keys)
    stairs = {name: (EDGE + i * STEP, EDGE + i * RISE) for i, name in enumerate(taken)}
    right, bottom = (place + size + EDGE for place, size in zip(stairs[max(stairs)], (BAR, HEIGHT), strict=True))
    told = "; ".join(f"{name} takes from {', '.join(sorted(taken[name]))}" for name in taken if taken[name])
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}" '
            'font-family="Helvetica, Arial, sans-serif" role="img">',
            f"<title>Which notebook needs which: {told}.</title>",
            *_lines(taken, stairs),
            *_dots(taken, stairs),
            *(_box(*stairs[name], BAR, _colour(name), name.replace("_", " ")) for name in taken),
            *_legend(right),
            "</svg>\n",
        ]
    )


def _column(stair: tuple[int, int]) -> int:
    return stair[0] + STEP // 2


def _row(stair: tuple[int, int]) -> int:
    return stair[1] + HEIGHT // 2


def _lines(taken: dict, stairs: dict) -> Iterator[str]:
    """Down from each notebook to the last that needs it, and from each to the first that it needs."""
    path = '<path d="M{} {}{}" stroke="{}" fill="none"/>'.format
    for name, stair in stairs.items():
        if users := [later for later in taken if name in taken[later]]:
            yield path(_column(stair), stair[1] + HEIGHT, f"V{_row(stairs[max(users)])}", LINE)
        if taken[name]:
            yield path(stair[0], _row(stair), f"H{_column(stairs[min(taken[name])])}", LINE)


def _dots(taken: dict, stairs: dict) -> Iterator[str]:
    for name, earlier in taken.items():
        for other, functions in sorted(earlier.items()):
            x, y = _column(stairs[other]), _row(stairs[name])
            yield f'<circle cx="{x}" cy="{y}" r="9" fill="{_colour(other)}" stroke="{LINE}"/>'
            yield _text(x, y + 4, str(len(functions)), 11, "middle")


def _legend(right: int) -> Iterator[str]:
    left = right - BAR
    for i, (about, colour, _) in enumerate(PARTS):
        yield _box(left, EDGE + 26 * i, BAR - EDGE, colour, about, 22, 12)
    top = EDGE + 26 * len(PARTS)
    yield f'<rect x="{left}" y="{top}" width="{BAR - EDGE}" height="62" rx="5" fill="{PALE}"/>'
    for i, line in enumerate(HOW_TO_READ):
        yield _text(left + 12, top + 19 + 17 * i, line, 12)


def _box(x: int, y: int, width: int, colour: str, text: str, height: int = HEIGHT, size: int = 14) -> str:
    box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="5" fill="{colour}"/>'
    return box + _text(x + 12, y + height // 2 + size // 3 + 1, text, size)


def _text(x: int, y: int, text: str, size: int, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{DARK}" text-anchor="{anchor}">{text}</text>'


def _colour(name: str) -> str:
    return next((colour for _, colour, numbers in PARTS if name[:2] in numbers), PALE)
