"""What is graded: an exercise is described once, as properties that must hold on cases drawn from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from autograder.checking.compare import Tolerance


@dataclass(frozen=True)
class Case:
    """One input. label: what is special about it, for the student ('a single row'). inputs: by name.

    expected: where it is not what the reference does on these inputs (the judge `raises`: the argument's name).
    """

    label: str
    inputs: dict
    expected: object = None


@dataclass(frozen=True)
class Property:
    """Something that must hold. draw: rng -> cases; driver: how the function is exercised; judge: what is asked.

    hidden: rng -> cases of the hidden test, where these are not more of the visible ones (`draw`).

    A `core` property earns its weight by itself; any other only beside a core property that holds, since a
    function that does nothing also leaves its arguments alone.
    """

    title: str
    draw: Callable[[np.random.Generator], list[Case]]
    driver: str = "call"
    judge: str = "equals"
    weight: float = 1.0
    core: bool = False
    tolerance: Tolerance | None = None
    hidden: Callable[[np.random.Generator], list[Case]] | None = None


@dataclass(frozen=True)
class Exercise:
    """A graded exercise. functions: what the student writes, in the order in which drivers take them.

    equivalent_mutants: mutants of the reference that compute the same function, each with the proof in a sentence.
    open_ended: what is right is no one function but whatever does well, and a run takes its time. The self-check then
    makes no mutants, since a recipe with one other number is a recipe too, and draws hidden cases for one student only.
    """

    name: str
    title: str
    points: float
    properties: list[Property]
    functions: tuple[str, ...] = ()
    equivalent_mutants: dict[str, str] = field(default_factory=dict)
    open_ended: bool = False

    def __post_init__(self):
        if not self.functions:
            object.__setattr__(self, "functions", (self.name,))


def seed_of(*parts: str) -> int:
    """A seed from names, the same on every machine: 64 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big")
