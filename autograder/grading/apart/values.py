"""Values as data: what crosses between a student's process and the grader's, and in which form.

A value is written as a tree of None, bool, int, float, short text, short bytes and lists; a list begins with its tag.
Long texts and all but small arrays go beside the tree, as buffers. There is no tag for code: of a few functions of ours
(`stand_ins.py`) a name and numbers cross, of which the other side makes its own. Whatever has no form of
its own stays where it is and crosses as a number by which it can be asked for (`peer.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.checking.stand_ins import OPEN
from autograder.grading.apart.limits import MAX_DEPTH

LONG = 1024  # characters or bytes from which a text becomes a buffer
SMALL = 4096  # bytes of an array that need no buffer: a message without buffers is sent and read at once
ROOM = 2**18  # bytes of small arrays that one tree holds; the rest go beside it
BIGGEST_INT = 8192  # bits

DTYPES = {
    np.dtype(name).name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "longdouble", "complex64", "complex128", "clongdouble"),
    )
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}  # dtype.name itself is slow
PLAIN = frozenset((type(None), bool, int, float, str, bytes))  # what msgpack has by itself
TYPES = {t.__name__: t for t in (bool, int, float, complex, str, bytes, list, tuple, dict, set)}
CONTAINERS = (list, tuple, dict, set, frozenset, np.ndarray)
SEEDS = ("entropy", "spawn_key", "pool_size", "n_children_spawned")  # of a SeedSequence
BIT_GENERATORS = {
    t.__name__: t for t in (np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64)
}


class Violation(Exception):
    """What came over the wire is not what this protocol allows."""


class Unsendable(TypeError):
    """A value that cannot cross."""


def _name(dtype: np.dtype) -> str | None:
    """The name of a type of numbers, in whichever order of bytes; None of any other."""
    return NAMES.get(dtype if dtype.isnative else dtype.newbyteorder("="))


class Writer:
    """Writes values of one message; `buffers` fills up beside the tree.

    export: object -> the form of something that stays here. Raises Unsendable. kept: container -> None; or the number
    under which it is kept here, beside the data that crosses (a namedtuple, a defaultdict); or the form of what it is
    the data of, over there.
    """

    def __init__(self, export: Callable, kept: Callable):
        self.export, self.kept = export, kept
        self.buffers: list = []
        self.room = ROOM

    def write(self, value, depth: int = 0):
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return self._int(value)
        if kind is str:
            return self._text(value)
        if depth > MAX_DEPTH:
            raise Unsendable(f"it holds lists in lists, more than {MAX_DEPTH} deep")
        if isinstance(value, CONTAINERS):
            kept = self.kept(value)
            if type(kept) is list:
                return kept
            data = self._container(value, depth)
            return data if kept is None else ["data of", kept, data]
        if isinstance(value, np.generic) and (name := NAMES.get(value.dtype)):
            return ["scalar", name, value.tobytes()]
        if isinstance(value, bool | int) and kind is not bool:
            return self._int(int(value))
        if isinstance(value, float):
            return float(value)
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        if isinstance(value, str):
            return self._text(str.__str__(value))
        if isinstance(value, bytes | bytearray):
            return self._bytes(bytes(value))
        if kind is np.random.Generator and type(value.bit_generator).__name__ in BIT_GENERATORS:
            name, seeds = type(value.bit_generator).__name__, value.bit_generator.seed_seq
            kept = [getattr(seeds, part, None) for part in SEEDS]  # from which `spawn` makes its children
            return ["rng", name, self.write(value.bit_generator.state, depth + 1), self.write(kept, depth + 1)]
        if kind is slice:
            return ["slice", *[self.write(v, depth + 1) for v in (value.start, value.stop, value.step)]]
        if kind is range:
            return ["range", *[self._int(v) for v in (value.start, value.stop, value.step)]]
        if value is Ellipsis:
            return ["ellipsis"]
        if isinstance(value, np.dtype) and (name := _name(value)):
            return ["dtype", name]
        if isinstance(value, type) and TYPES.get(value.__name__) is value:
            return ["type", value.__name__]
        if isinstance(value, type) and issubclass(value, np.generic) and DTYPES.get(np.dtype(value).name):
            return ["scalar type", np.dtype(value).name]
        if OPEN.get(kind.__name__) is kind:
            return ["stand-in", kind.__name__, *vars(value).values()]
        return self.export(value)

    def _container(self, value, depth: int):
        if type(value) is np.ndarray:
            return self._array(value)
        if isinstance(value, np.ndarray):  # a subclass: its numbers, not its behaviour
            return self._array(np.array(value, subok=False))
        if isinstance(value, dict):
            return ["dict", *[self.write(part, depth + 1) for pair in dict.items(value) for part in pair]]
        tag = next(t.__name__ for t in type(value).__mro__ if t in CONTAINERS)
        return [tag, *[self.write(v, depth + 1) for v in value]]

    def _array(self, array: np.ndarray):
        name = _name(array.dtype)
        if name is None:
            return self.export(array)
        array = array.astype(DTYPES[name], copy=False)  # in this machine's order of bytes
        if array.nbytes <= min(SMALL, self.room):
            self.room -= array.nbytes
            return ["array", name, list(array.shape), array.tobytes()]
        self.buffers.append(memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8)))
        return ["array", name, list(array.shape), len(self.buffers) - 1]

    def _int(self, value: int):
        if -(2**63) <= value < 2**63:
            return value
        if value.bit_length() > BIGGEST_INT:
            raise Unsendable(f"it holds an integer of {value.bit_length()} bits; {BIGGEST_INT} can be sent")
        return ["int", f"{value:x}"]

    def _text(self, text: str):
        if len(text) <= LONG and text.isascii():
            return text
        self.buffers.append(text.encode("utf-8", "surrogatepass"))
        return ["str", len(self.buffers) - 1]

    def _bytes(self, data: bytes):
        if len(data) <= LONG:
            return data
        self.buffers.append(data)
        return ["bytes", len(self.buffers) - 1]


class Reader:
    """Reads the values of one message. resolve: the form of something that stays over there, or here -> object.

    remember: (value, number) is called for the plain data of something kept over there. Raises Violation for anything
    that a Writer does not write.
    """

    def __init__(self, buffers: list[bytearray | memoryview], resolve: Callable, remember: Callable):
        self.buffers = list(buffers)
        self.resolve, self.remember = resolve, remember

    def read(self, tree):
        try:
            return self._read(tree)
        except Violation:
            raise
        except Exception as error:  # an odd tree: a missing part, a wrong type, an unhashable key
            raise Violation(f"a value is malformed ({type(error).__name__})") from None

    def _read(self, tree, depth: int = 0):
        if type(tree) in PLAIN:
            return tree
        if type(tree) is not list or depth > 2 * MAX_DEPTH:
            raise Violation("a value is malformed")
        tag, *parts = tree
        match tag:
            case "array":
                return self._array(*parts)
            case "scalar":
                return self._scalar(*parts)
            case "list" | "tuple" | "set" | "frozenset":
                make = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[tag]
                return make([self._read(p, depth + 1) for p in parts])
            case "dict":
                values = [self._read(p, depth + 1) for p in parts]
                return dict(zip(values[::2], values[1::2], strict=True))
            case "data of":
                number, data = parts
                value = self._read(data, depth + 1)
                self.remember(value, number)
                return value
            case "int":
                (text,) = parts
                if len(text) > BIGGEST_INT // 4 + 1:
                    raise Violation("an integer is too long")
                return int(text, 16)
            case "str":
                return str(self._take(*parts), "utf-8", "surrogatepass")
            case "bytes":
                return bytes(self._take(*parts))
            case "complex":
                return complex(*map(float, parts))
            case "rng":
                return self._generator(*parts, depth)
            case "slice":
                return slice(*[self._read(p, depth + 1) for p in parts])
            case "range":
                return range(*[self._read(p, depth + 1) for p in parts])
            case "ellipsis":
                return Ellipsis
            case "dtype":
                return DTYPES[parts[0]]
            case "type":
                return TYPES[parts[0]]
            case "scalar type":
                return DTYPES[parts[0]].type
            case "stand-in":
                return self._stand_in(*parts)
        return self.resolve(tag, *parts)

    def _generator(self, name: str, state: list, kept: list, depth: int) -> np.random.Generator:
        """NumPy does not look at the positions in a state: one outside would read, and crash, where no state is."""
        seeds = dict(zip(SEEDS, self._read(kept, depth + 1), strict=True))
        if seeds["pool_size"] not in range(4, 65):
            raise Violation("a generator's seeds are impossible")
        generator = np.random.Generator(BIT_GENERATORS[name](np.random.SeedSequence(**seeds)))
        state = self._read(state, depth + 1)
        if not 0 <= state["state"].get("pos", 0) <= 624 or not 0 <= state.get("buffer_pos", 0) <= 4:
            raise Violation("a generator's state is impossible")
        generator.bit_generator.state = state
        return generator

    def _scalar(self, name: str, data: bytes) -> np.generic:
        if DTYPES[name].kind == "b":
            return np.bool(data != b"\0")
        return np.frombuffer(data, dtype=DTYPES[name], count=1)[0]

    def _array(self, name: str, shape: list, data: bytes | int) -> np.ndarray:
        dtype = DTYPES[name]
        buffer = bytearray(data) if type(data) is bytes else self._take(data)
        size = dtype.itemsize
        if len(shape) > 32:
            raise Violation("an array has too many axes")
        for length in shape:
            if type(length) is not int or length < 0:
                raise Violation("an array has an impossible shape")
            size *= length
        if size != len(buffer):
            raise Violation("an array's shape does not fit its bytes")
        if dtype.kind == "b":  # a bool is 0 or 1, whatever byte was sent
            return (np.frombuffer(buffer, dtype=np.uint8) != 0).reshape(shape)
        return np.frombuffer(buffer, dtype=dtype).reshape(shape)

    def _stand_in(self, name: str, *numbers: float):
        if not all(type(number) in (int, float) for number in numbers):
            raise Violation("a stand-in holds what is no number")
        return OPEN[name](*numbers)

    def _take(self, index: int) -> bytearray | memoryview:
        if type(index) is not int or not 0 <= index < len(self.buffers) or self.buffers[index] is None:
            raise Violation("a buffer is missing or named twice")
        buffer, self.buffers[index] = self.buffers[index], None
        return buffer
