"""Arguments that a function changes in place: noticed where it ran, and changed where it was called from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.grading.apart.peer import Peer
from autograder.grading.apart.values import CONTAINERS, Writer

LARGE = 2**16  # bytes
MOST_CHILDREN = 10_000  # generators that one call spawns
MUTABLE = (*CONTAINERS, np.random.Generator)


def call_and_note(peer: Peer, function: Callable, args: list, kwargs: dict) -> tuple[object, dict]:
    """The result, and those arguments, by position or name, that are not what they were before the call."""
    places = [*enumerate(args), *kwargs.items()]
    before = {place: _Content(*form) for place, value in places if (form := _form(peer, value))}
    result = function(*args, **kwargs)
    return result, {p: value for p, value in places if p in before and before[p].changed(_form(peer, value))}


def write_all_back(args: tuple, kwargs: dict, changed: dict) -> None:
    """Change the arguments of a call as `call_and_note` noted it on the other side."""
    for place, new in changed.items():
        write_back(kwargs[place] if isinstance(place, str) else args[place], new)


def write_back(original, new) -> None:
    """Give an argument the content that a function on the other side left in its copy."""
    if isinstance(original, np.ndarray) and isinstance(new, np.ndarray):
        if original.size == new.size and original.dtype == new.dtype and original.flags.writeable:
            if original.shape != new.shape:
                original.resize(new.shape, refcheck=False)  # as setting its shape over there did
            original[...] = new
    elif isinstance(original, dict) and isinstance(new, dict):
        for key in [key for key in original if key not in new]:
            del original[key]
        for key, value in new.items():
            if key in original and _same_container(original[key], value):
                write_back(original[key], value)
            else:
                original[key] = value
    elif isinstance(original, list) and isinstance(new, list):
        if len(original) == len(new) and all(map(_same_container, original, new)):
            for old, value in zip(original, new, strict=True):
                write_back(old, value)
        else:
            original[:] = new
    elif isinstance(original, tuple) and isinstance(new, tuple):
        for old, value in zip(original, new, strict=False):
            write_back(old, value)
    elif isinstance(original, np.random.Generator) and isinstance(new, np.random.Generator):
        original.bit_generator.state = new.bit_generator.state
        children = [generator.bit_generator.seed_seq.n_children_spawned for generator in (original, new)]
        original.bit_generator.seed_seq.spawn(min(max(children[1] - children[0], 0), MOST_CHILDREN))


def _same_container(old, new) -> bool:
    """Whether `old` can take on the content of `new` and stay the object that it is."""
    if isinstance(old, np.ndarray):
        return isinstance(new, np.ndarray) and (old.shape, old.dtype) == (new.shape, new.dtype)
    return isinstance(old, dict | list | np.random.Generator) and type(old) is type(new)


def _form(peer: Peer, value) -> tuple | None:
    """All that can be changed in a value, as a tree and buffers; None for what cannot be changed."""
    if not isinstance(value, MUTABLE):
        return None
    writer = Writer(peer.export, peer.kept)
    return writer.write(value), writer.buffers


class _Content:
    """A copy of what a value held. Large arrays are copied and compared by NumPy, at the speed of memory."""

    def __init__(self, tree, buffers: list):
        self.tree = tree
        self.buffers = [_words(buffer).copy() if len(buffer) >= LARGE else bytes(buffer) for buffer in buffers]

    def changed(self, form: tuple) -> bool:
        tree, buffers = form
        return tree != self.tree or not all(map(self._same, self.buffers, buffers))

    @staticmethod
    def _same(before, now) -> bool:
        if len(before) != len(now) if type(before) is bytes else before.nbytes != len(now):
            return False
        return before == bytes(now) if type(before) is bytes else bool((before == _words(now)).all())


def _words(buffer) -> np.ndarray:
    return np.frombuffer(buffer, dtype=np.uint64 if len(buffer) % 8 == 0 else np.uint8)
