"""Code in pieces that do not show who named what: names, texts, comments, parentheses and layout do not count."""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
from collections.abc import Iterator

import numpy as np

LENGTH = 12  # tokens of a piece: about a line of NumPy. Shorter ones are in everybody's code
LONGEST = 20_000  # characters of a cell that are looked at
# Also of what is no Python, and in a time that grows with the length alone. A lexer such as Pygments takes its square
# over blank lines: 12 s for the 18 KB that one student may have handed in, to keep the report of a class waiting.
_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n]*)
  | (?P<text> [A-Za-z]{0,2} (?: \"{3} (?:[^"\\]|\\.|"(?!""))* (?:\"{3}|\Z) | '{3} (?:[^'\\]|\\.|'(?!''))* (?:'{3}|\Z)
                              | " (?:[^"\\\n]|\\.)* "? | ' (?:[^'\\\n]|\\.)* '? ))
  | (?P<name> [^\W\d]\w*)
  | (?P<number> \.?\d [\w.]* (?: (?<=[eE]) [+-]\d+ )?)
  | (?P<sign> \*\*|//|[=!<>:]=|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_WITHOUT = "();"  # can be added without a change
_KNOWN = {*keyword.kwlist, *dir(builtins)}
_powers = np.cumprod(np.full(LENGTH, 0x9E3779B97F4A7C15, dtype=np.uint64))  # wraps around, as a hash may


def tokens(source: str) -> Iterator[tuple[str, int, int]]:
    """Each token with its place in the source. A name of the student's own is `V`, a text `S`; Python's own names stay,
    and those behind a dot: what NumPy and its methods are called.
    """
    dot = False
    for found in _TOKEN.finditer(source[:LONGEST]):
        word, kind = found[0], found.lastgroup
        if kind == "comment" or word in _WITHOUT:
            continue
        if kind == "text":
            word = "S"
        elif kind == "name" and not dot and word not in _KNOWN:
            word = "V"
        yield word, found.start(), found.end()
        dot = word == "."


def pieces(source: str, where: str) -> np.ndarray:
    """A number for each run of LENGTH tokens, in order; where: which cell it is, as equal code in another is another.

    Equal pieces have equal numbers, on every machine and in every process.
    """
    words = np.array([_number(word) for word, _, _ in tokens(source)], dtype=np.uint64)
    if len(words) < LENGTH:
        return np.zeros(0, dtype=np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(words, LENGTH)
    return (runs * _powers).sum(axis=1, dtype=np.uint64) ^ np.uint64(_number(where))


_numbers: dict[str, int] = {}


def _number(word: str) -> int:
    if word not in _numbers:
        _numbers[word] = int.from_bytes(hashlib.blake2b(word.encode(errors="replace"), digest_size=8).digest(), "big")
    return _numbers[word]


def marked(source: str, where: str, wanted: np.ndarray) -> list[tuple[str, bool]]:
    """The source in parts, each with whether it lies in one of the wanted pieces. A docstring lies in none."""
    places = [(start, end) for _, start, end in tokens(source)]
    within = np.zeros(len(places), dtype=bool)
    for index in np.flatnonzero(np.isin(pieces(source, where), wanted)):
        within[index : index + LENGTH] = True
    within &= ["\n" not in source[start:end] for start, end in places]
    parts, done = [], 0
    for index in np.flatnonzero(within):
        start = done if index and within[index - 1] else places[index][0]
        if start > done:
            parts.append((source[done:start], False))
        parts.append((source[start : places[index][1]], True))
        done = places[index][1]
    return _joined([*parts, (source[done:], False)])


def _joined(parts: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    joined: list[tuple[str, bool]] = []
    for text, mark in parts:
        if joined and joined[-1][1] == mark:
            joined[-1] = (joined[-1][0] + text, mark)
        elif text:
            joined.append((text, mark))
    return joined
