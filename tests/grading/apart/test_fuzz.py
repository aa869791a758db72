"""Ten thousand frames that no student's process should send, at the grader's end of the wire."""

import random
import resource
import time

import msgspec
import numpy as np
import pytest

from autograder.grading.apart.limits import MAX_BUFFERS, MAX_COUNT, MAX_METADATA
from autograder.grading.apart.values import Violation, Writer
from autograder.grading.apart.wire import HEAD, Ended, TimeUp, pair
from autograder.grading.proxies import GraderPeer

FRAMES = 10_000
SECONDS = 1  # for one frame
MEMORY = 300  # MB that reading all of them may add to this process's peak

encode = msgspec.msgpack.encode
TAGS = """array,scalar,list,tuple,set,frozenset,dict,int,str,bytes,complex,rng,slice,range,ellipsis,dtype,type,mine,
yours,data of,scalar type,nonsense""".replace("\n", "").split(",")
VALUES = [
    *[np.arange(3.0), np.zeros((2, 0)), np.True_, np.random.default_rng(1), 2**70, "é" * 600, b"b" * 1100],
    *[{"a": [1, (2, {3})]}, slice(1, None), range(4), float, np.float32, np.dtype("int8"), 1j, [None, True, 1.5]],
]
NUMBERS = [-1, 0, 1, 2, 255, 2**31, 2**32 - 1, 2**63, MAX_METADATA, MAX_METADATA + 1, MAX_COUNT, MAX_BUFFERS, 2**40]


def frame(tree, lengths=(), body=b"", *, metadata=None, count=None, length=None) -> bytes:
    metadata = encode([list(lengths), tree]) if metadata is None else metadata
    head = (len(metadata) if length is None else length, len(lengths) if count is None else count)
    return HEAD.pack(*(n % 2**32 for n in head)) + metadata + body


def valid(draw: random.Random) -> bytes:
    """An answer to question 1, as an honest process writes it."""
    writer = Writer(lambda value: ["mine", 1, "function", True], lambda container: None)
    tree = writer.write(draw.choices(VALUES, k=draw.randint(0, 4)))
    buffers = [bytes(b) for b in writer.buffers]
    return frame(["answer", 1, "", tree], [len(b) for b in buffers], b"".join(buffers))


def noise(draw: random.Random) -> bytes:
    return draw.randbytes(draw.randint(0, 300))


def mutated(draw: random.Random) -> bytes:
    data = bytearray(valid(draw))
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(len(data))
        match draw.randrange(4):
            case 0:
                data[place] ^= 1 << draw.randrange(8)
            case 1:
                data[place] = draw.randrange(256)
            case 2:
                data[place:place] = draw.randbytes(draw.randint(1, 5))
            case 3 if len(data) > 1:
                del data[place : place + draw.randint(1, 5)]
        data = data or bytearray(b"\0")
    return bytes(data)


def forged_lengths(draw: random.Random) -> bytes:
    lengths = draw.choices(NUMBERS, k=draw.randint(0, 3))
    tree = ["answer", 1, "", ["list", ["str", 0], ["array", "float64", draw.choices(NUMBERS, k=2), 1]]]
    return frame(
        tree,
        lengths,
        draw.randbytes(draw.randint(0, 50)),
        length=draw.choice([None, *NUMBERS]),
        count=draw.choice([None, None, *NUMBERS]),
    )


def deep(draw: random.Random) -> bytes:
    depth = draw.choice([10, 100, 130, 1000, 10_000, 100_000])
    one = draw.choice([b"\x91", b"\x92\xa4list", b"\x93\xa7data of\x01", b"\x81\xa1a"])
    inside = one * depth + draw.choice([b"\x90", b"\xc0", b""])
    return frame(None, metadata=b"\x92\x90\x94\xa6answer\x01\xa0" + inside)


def wrong_tags(draw: random.Random) -> bytes:
    def tree(depth: int):
        if depth == 0 or draw.random() < 0.3:
            return draw.choice([None, True, 1.5, "PCG64", "float64", "nan", b"", b"12345678", [], {}, *NUMBERS])
        return [draw.choice(TAGS), *(tree(depth - 1) for _ in range(draw.randint(0, 4)))]

    kind = draw.choice(["ask", "answer", "error", "other", 7])
    operation = draw.choice(["", "call", "name", "run", "attribute", None])
    lengths = [draw.randint(0, 20) for _ in range(draw.randint(0, 3))]
    return frame([kind, draw.choice([1, 1, 1, 0, -1, "1"]), operation, tree(4)], lengths, draw.randbytes(sum(lengths)))


def wide(draw: random.Random) -> bytes:
    """As much as one message may hold, of the smallest parts: what costs memory."""
    count = draw.choice([1_000, 10_000, 200_000])
    part = draw.choice([b"\x80", b"\x90", b"\xc0", b"\x91\xa4list", b"\xa0"])
    parts = b"\xdd" + count.to_bytes(4, "big") + part * count
    return frame(None, metadata=b"\x92\x90\x94\xa6answer\x01\xa0" + draw.choice([b"", b"\x92\xa4list"]) + parts)


KINDS = {valid: 500, noise: 1500, mutated: 3500, forged_lengths: 1500, deep: 900, wrong_tags: 2000, wide: 100}


def outcome(data: bytes) -> str:
    """What the grader makes of a frame in the place of its answer: the name of an error, or that it is a value."""
    ours, theirs = pair()
    peer = GraderPeer(ours)
    with theirs:
        theirs.setblocking(False)
        peer.wire.until = time.monotonic() + SECONDS
        theirs.send(data[: 2**17])  # what a socket takes at once: the rest is missing
        if len(data) % 3:
            theirs.shutdown(1)
        else:
            peer.wire.until = time.monotonic() + 0.002  # it stays open, and silent
        try:
            super(GraderPeer, peer).ask("name", "f")
            return "value"
        except (Ended, TimeUp, Violation) as error:
            return type(error).__name__
        except Exception as error:
            if hasattr(error, "student_line"):
                return "error"  # a well-formed one, as a student's function may raise it
            raise
        finally:
            peer.wire.close()


@pytest.mark.parametrize("seed", [3])
def test_no_frame_gets_past_the_wire_as_anything_but_a_value_or_an_end(seed):
    draw = random.Random(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = {}
    for kind, count in KINDS.items():
        for _ in range(count):
            data = kind(draw)
            began, computed = time.monotonic(), time.process_time()
            got = outcome(data)
            assert time.process_time() - computed < SECONDS + 0.5, (kind.__name__, data[:100])
            assert time.monotonic() - began < 20 * SECONDS, (kind.__name__, data[:100])  # on a busy machine
            seen.setdefault(kind.__name__, set()).add(got)
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert sum(KINDS.values()) == FRAMES
    assert added < MEMORY, f"reading took {added:.0f} MB"
    assert set().union(*seen.values()) == {"value", "error", "Ended", "TimeUp", "Violation"}
    assert "Violation" in seen["mutated"]
    assert seen["valid"] <= {"value", "TimeUp"}
