"""`checks.json`: prepared exercises as text. Arrays keep dtype and shape; floats come back bit for bit."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from autograder.checking.compare import Tolerance
from autograder.checking.prepared import KnownMistake, Prepared, PreparedCase, PreparedProperty
from autograder.checking.stand_ins import STAND_INS

FORMAT = 1


def freeze(assignment: str, exercises: list[Prepared]) -> str:
    """The text of `checks.json`, the same for the same exercises. Mistakes travel without their names."""
    data = {
        "format": FORMAT,
        "assignment": assignment,
        "exercises": [_exercise_to_data(e) for e in exercises],
    }
    return json.dumps(data, ensure_ascii=False, indent=None, separators=(",", ":"), allow_nan=True) + "\n"


def thaw(text: str) -> tuple[str, dict[str, Prepared]]:
    """The assignment's name and its exercises by name. Raises ValueError where the text is not such a file."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise ValueError(f"it has format {data['format']!r}, this autograder reads {FORMAT}")
        exercises = [_exercise_from_data(e) for e in data["exercises"]]
        return data["assignment"], {e.name: e for e in exercises}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it does not have the form of a checks file ({error!r})") from error


def read(path: Path) -> tuple[str, dict[str, Prepared]]:
    """Read a `checks.json`."""
    return thaw(path.read_text(encoding="utf-8"))


def to_data(value):
    """A value as JSON data; what JSON lacks becomes {"$kind": …}."""
    if isinstance(value, np.ndarray):
        return {"$array": value.tolist(), "dtype": value.dtype.name, "shape": list(value.shape)}
    if isinstance(value, np.generic):
        return {"$scalar": value.item(), "dtype": value.dtype.name}
    if isinstance(value, np.random.Generator):
        return {"$rng": value.bit_generator.state}
    if isinstance(value, tuple):
        return {"$tuple": [to_data(v) for v in value]}
    if isinstance(value, list):
        return [to_data(v) for v in value]
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.startswith("$") for key in value):
            return {key: to_data(v) for key, v in value.items()}
        return {"$dict": [[to_data(key), to_data(v)] for key, v in value.items()]}
    if type(value).__name__ in STAND_INS:
        return {"$stand_in": type(value).__name__, "fields": to_data(vars(value))}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {"$other": type(value).__name__}  # what a wrong answer returned by mistake, such as a function


def from_data(data):
    """The value that `to_data` wrote."""
    if isinstance(data, list):
        return [from_data(v) for v in data]
    if not isinstance(data, dict):
        return data
    match next(iter(data), ""):
        case "$array":
            return np.array(data["$array"], dtype=data["dtype"]).reshape(data["shape"])
        case "$scalar":
            return np.dtype(data["dtype"]).type(data["$scalar"])
        case "$rng":
            generator = np.random.default_rng()
            generator.bit_generator.state = data["$rng"]
            return generator
        case "$tuple":
            return tuple(from_data(v) for v in data["$tuple"])
        case "$dict":
            return {from_data(key): from_data(v) for key, v in data["$dict"]}
        case "$stand_in":
            return STAND_INS[data["$stand_in"]](**from_data(data["fields"]))
    return {key: from_data(v) for key, v in data.items()}


def _exercise_to_data(exercise: Prepared) -> dict:
    data = {f.name: getattr(exercise, f.name) for f in dataclasses.fields(exercise)}
    data["properties"] = [
        {
            **{f.name: getattr(prop, f.name) for f in dataclasses.fields(prop)},
            "tolerance": prop.tolerance and [prop.tolerance.relative, prop.tolerance.floor],
            "cases": [
                {"label": c.label, "inputs": to_data(c.inputs), "expected": to_data(c.expected)} for c in prop.cases
            ],
        }
        for prop in exercise.properties
    ]
    data["mistakes"] = [
        {"hint": m.hint, "seen": {str(index): _rounded(to_data(looks)) for index, looks in m.seen.items()}}
        for m in exercise.mistakes
    ]
    return data


def _exercise_from_data(data: dict) -> Prepared:
    properties = [
        PreparedProperty(
            **{
                **prop,
                "tolerance": prop["tolerance"] and Tolerance(*prop["tolerance"]),
                "cases": [
                    PreparedCase(c["label"], from_data(c["inputs"]), from_data(c["expected"])) for c in prop["cases"]
                ],
            }
        )
        for prop in data["properties"]
    ]
    mistakes = [
        KnownMistake("", m["hint"], {int(index): from_data(looks) for index, looks in m["seen"].items()})
        for m in data["mistakes"]
    ]
    return Prepared(**{**data, "properties": properties, "mistakes": mistakes})


def _rounded(data):
    """Data with floats to 10 digits: enough to recognise a mistake by, at half the length."""
    if isinstance(data, float):
        return float(f"{data:.10g}")
    if isinstance(data, dict):
        return {key: _rounded(value) for key, value in data.items()}
    return [_rounded(value) for value in data] if isinstance(data, list) else data
