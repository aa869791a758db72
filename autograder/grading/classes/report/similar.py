"""Submissions whose code is alike, beyond what is alike in all of the class.

Code that everybody writes says nothing. So a piece of code counts by how rare it is: fully, if at most one in RARE
submissions has it; not at all, if all have it. Two submissions are similar by the share of the shorter one's pieces,
counted so, that stand in the other too. What the stub gives does not count.
"""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array, diags_array

from autograder.grading.classes.report.gathered import GradedClass, Work
from autograder.grading.classes.report.pieces import marked, pieces

RARE = 20  # one in so many
LEAST = 0.5  # of the shorter's code, counted by rarity: less is never shown
MARKED = 0.5  # from how rare on a piece is marked where two are shown
SHORTEST = 60  # pieces: about six lines of the student's own. Shorter ones have one natural answer
FEWEST = 9  # different submissions: among fewer, none can be told to be rare enough
MOST_SHOWN = 40
SAMPLE = 4000  # pairs by which the class's usual similarity is measured
_ROWS = 256  # of the table of all pairs, at a time: a class of thousands would not fit into memory at once

Key = tuple[str, str]  # notebook and cell


@dataclass(frozen=True)
class SideBySide:
    """An answer of both, in parts, each with whether it is shared and rare."""

    cell: str
    left: list[tuple[str, bool]]
    right: list[tuple[str, bool]]


@dataclass(frozen=True)
class Pair:
    """Students with the same code on either side; where `right` is the same code too, names apart, `same` is 1.
    same: the share of the shorter's code that is in the other's. unusual: the same, counted by rarity."""

    left: list[str]
    right: list[str]
    same: float
    unusual: float
    cells: list[SideBySide]


@dataclass(frozen=True)
class Similar:
    """shown: the most similar pairs. more: how many others are above the threshold. usual: what half of the class's
    pairs have in common at most. compared: how many submissions. why_not: why nothing can be said."""

    shown: list[Pair] = field(default_factory=list)
    more: int = 0
    threshold: float = LEAST
    usual: float = 0.0
    compared: int = 0
    why_not: str = ""


@dataclass
class _Text:
    """One way of writing the answers; students: all who have it, names apart."""

    pieces: np.ndarray
    students: list[Work]


def similar(of: GradedClass) -> Similar:
    """The pairs of a class that are far more alike than its pairs usually are. The same class, the same answer."""
    texts = _texts(of)
    compared = sum(len(text.students) for text in texts)
    if len(texts) < FEWEST:
        why = f"Fewer than {FEWEST} different submissions have enough code of their own to be compared."
        return Similar(compared=compared, why_not=why)
    table, rarity, numbers = _table(texts)
    usual, spread = _usual(table, rarity)
    threshold = max(LEAST, spread)
    found = [pair for pair in _pairs(table, rarity) if pair[0] >= threshold]
    found += [(value, i, i) for i, value in enumerate(_alone(table, rarity)) if value >= threshold and _many(texts[i])]
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    shown = [_pair(of, texts[i], texts[j], value, numbers[rarity >= MARKED]) for value, i, j in found[:MOST_SHOWN]]
    return Similar(shown, len(found) - len(shown), threshold, usual, compared)


def _many(text: _Text) -> bool:
    return len(text.students) > 1


def _texts(of: GradedClass) -> list[_Text]:
    """The class's code, the same only once, without what is too short to tell anything."""
    given = [pieces(stub, cell) for (_, cell), stub in of.stubs.items()]
    known = np.unique(np.concatenate(given)) if given else np.zeros(0, dtype=np.uint64)
    texts: dict[bytes, _Text] = {}
    seen: dict[tuple[Key, str], np.ndarray] = {}
    for work in of.works:
        parts = []
        for key in work.code:
            answer = (key, work.code[key])
            if answer not in seen:
                seen[answer] = np.setdiff1d(pieces(work.code[key], key[1]), known)
            parts.append(seen[answer])
        own = np.unique(np.concatenate(parts)) if parts else known[:0]
        if len(own) >= SHORTEST:
            texts.setdefault(hashlib.sha256(own.tobytes()).digest(), _Text(own, [])).students.append(work)
    return list(texts.values())


def _table(texts: list[_Text]) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """Texts by pieces, 1 where a text has a piece; how rare each piece is, from 0 to 1; each piece's number."""
    numbers, columns = np.unique(np.concatenate([text.pieces for text in texts]), return_inverse=True)
    ends = np.cumsum([0, *(len(text.pieces) for text in texts)])
    table = csr_array((np.ones(len(columns)), columns, ends), shape=(len(texts), len(numbers)))
    have = np.bincount(columns, minlength=len(numbers))
    return table, np.minimum(np.log(len(texts) / have) / np.log(RARE), 1.0), numbers


def _shorter(table: csr_array, left, right) -> np.ndarray:
    lengths = np.diff(table.indptr)
    return np.minimum(lengths[left], lengths[right])


def _pairs(table: csr_array, rarity: np.ndarray) -> Iterator[tuple[float, int, int]]:
    """Of all pairs with code in common that is at all rare: similarity by rarity, and the two."""
    counts = table.sum(axis=0)
    kept = (counts > 1) & (rarity > 0.05)  # what only one has is in no pair; what nearly all have is in all, and slow
    rare = table[:, np.flatnonzero(kept)].tocsr()
    weighted = (rare @ diags_array(rarity[kept])).tocsr()
    for start in range(0, table.shape[0], _ROWS):
        block = (weighted[start : start + _ROWS] @ rare[start:].T).tocoo()
        left, right = block.coords[0] + start, block.coords[1] + start
        value = block.data / _shorter(table, left, right)
        for index in np.flatnonzero((left < right) & (value >= LEAST)):
            yield float(value[index]), int(left[index]), int(right[index])


def _alone(table: csr_array, rarity: np.ndarray) -> np.ndarray:
    """Of each text the similarity, by rarity, of those who share all of it."""
    return (table @ rarity) / np.diff(table.indptr)


def _usual(table: csr_array, rarity: np.ndarray) -> tuple[float, float]:
    """Of a sample of pairs: the median of what they share, and what is far above the others when counted by rarity."""
    rng, count = np.random.default_rng(0), table.shape[0]
    left = rng.integers(0, count, SAMPLE)
    right = (left + rng.integers(1, count, SAMPLE)) % count
    common = (table[left] * table[right]).tocsr()
    shorter = _shorter(table, left, right)
    low, _, high = statistics.quantiles((common @ rarity) / shorter, n=4)
    return float(np.median(common.sum(axis=1) / shorter)), high + 3 * (high - low)  # Tukey (1977): far out


def _pair(of: GradedClass, left: _Text, right: _Text, unusual: float, rare: np.ndarray) -> Pair:
    one, other = left.students[0], right.students[left is right]
    shared = np.intersect1d(left.pieces, right.pieces)
    wanted = np.intersect1d(shared, rare)
    cells = []
    for key in of.stubs:
        codes = one.code.get(key, ""), other.code.get(key, "")
        sides = [marked(code, key[1], wanted) for code in codes]
        if all(any(mark for _, mark in side) for side in sides):
            cells.append(SideBySide(key[1], *sides))
    same = len(shared) / min(len(left.pieces), len(right.pieces))
    students = [work.student for work in left.students], [work.student for work in right.students]
    if left is right:
        students = students[0][:1], students[0][1:]
    return Pair(*students, same, unusual, cells)
