"""Messages: what is sent arrives; what is cut short, late, forged or too large is named, and costs no memory."""

import socket
import threading
import time

import msgspec
import pytest

from autograder.grading.apart.limits import MAX_BUFFERS, MAX_COUNT, MAX_METADATA
from autograder.grading.apart.values import Violation
from autograder.grading.apart.wire import HEAD, Ended, TimeUp, TooLarge, Wire

encode = msgspec.msgpack.encode


class Huge:
    """A buffer that says that it is huge."""

    def __len__(self):
        return MAX_BUFFERS


@pytest.fixture
def wires(sockets) -> tuple[Wire, Wire]:
    ours, theirs = map(Wire, sockets())
    ours.until = time.monotonic() + 5
    return ours, theirs


@pytest.fixture
def receives(wires):
    """receives(bytes) -> what our end makes of them, when nothing comes after."""

    def receive(data: bytes):
        ours, theirs = wires
        theirs.sock.sendall(data)
        theirs.sock.shutdown(socket.SHUT_WR)
        return ours.receive()

    return receive


def frame(metadata: bytes, count: int = 0) -> bytes:
    return HEAD.pack(len(metadata), count) + metadata


def test_a_message_arrives_with_its_buffers(wires):
    ours, theirs = wires
    theirs.send(["ask", 1, None, [2.5, "é", b"x"]], [b"one", b"", memoryview(b"three")])
    tree, buffers = ours.receive()
    assert tree == ["ask", 1, None, [2.5, "é", b"x"]]
    assert [bytes(b) for b in buffers] == [b"one", b"", b"three"]


def test_messages_keep_their_order_and_a_large_one_its_bytes(wires):
    ours, theirs = wires
    large = bytes(range(256)) * 8192  # more than a socket holds
    sender = threading.Thread(target=lambda: [theirs.send([1], [large]), theirs.send([2])])
    sender.start()
    (first, (buffer,)), (second, _) = ours.receive(), ours.receive()
    sender.join()
    assert (first, second) == ([1], [2])
    assert bytes(buffer) == large


def test_a_closed_connection_has_ended(wires):
    ours, theirs = wires
    theirs.close()
    with pytest.raises(Ended, match="closed"):
        ours.receive()
    with pytest.raises(Ended):
        ours.send([1])
    with pytest.raises(Ended):
        ours.attach(ours.sock)


def test_our_own_closed_end_has_ended_too(wires):
    ours, _ = wires
    ours.close()
    with pytest.raises(Ended):
        ours.receive()


@pytest.mark.parametrize("cut", [0, 3, HEAD.size, HEAD.size + 2, -1])
def test_a_message_cut_short_has_ended(receives, cut):
    whole = frame(encode([[3], ["ask"]]), 1) + b"abc"
    with pytest.raises(Ended):
        receives(whole[:cut])


def test_silence_is_over_at_the_deadline(wires):
    ours, theirs = wires
    theirs.sock.sendall(b"\1")
    ours.until = time.monotonic() + 0.05
    with pytest.raises(TimeUp):
        ours.receive()
    with pytest.raises(TimeUp):  # and at once when it has passed
        ours.receive()


def test_a_drip_of_bytes_does_not_move_the_deadline(wires):
    ours, theirs = wires
    theirs.sock.sendall(HEAD.pack(10_000, 0))
    stop = threading.Event()

    def drip():
        while not stop.wait(0.01):
            theirs.sock.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    began = ours.until = time.monotonic() + 0.1
    with pytest.raises(TimeUp):
        ours.receive()
    stop.set()
    thread.join()
    assert time.monotonic() - began < 1


def test_one_who_does_not_read_cannot_keep_us_sending(wires):
    ours, _ = wires
    ours.until = time.monotonic() + 0.05
    with pytest.raises(TimeUp):
        ours.send([1], [bytes(2**22)])
    with pytest.raises(TimeUp):
        ours.send([1])


def test_without_a_deadline_it_waits(wires):
    ours, theirs = wires
    ours.until = None
    timer = threading.Timer(0.05, lambda: theirs.send(["late"]))
    timer.start()
    assert ours.receive()[0] == ["late"]
    timer.join()


@pytest.mark.parametrize(
    ("tree", "buffers"),
    [(["x" * MAX_METADATA], []), ([1], [b""] * (MAX_COUNT + 1)), ([1], [Huge(), b"x"])],
    ids=["metadata", "count", "buffers"],
)
def test_too_much_is_not_sent_and_the_wire_stays_good(wires, tree, buffers):
    ours, theirs = wires
    with pytest.raises(TooLarge, match="limits"):
        ours.send(tree, buffers)
    ours.send(["next"])
    assert theirs.receive()[0] == ["next"]


FORGED = {
    "metadata too long": HEAD.pack(MAX_METADATA + 1, 0),
    "longest": HEAD.pack(2**32 - 1, 2**32 - 1),
    "too many buffers": HEAD.pack(10, MAX_COUNT + 1),
    "no msgpack": frame(b"\xc1\xc1"),
    "nothing": frame(b""),
    "cut msgpack": frame(encode([[], ["ask"]])[:-1]),
    "two values": frame(encode([[], ["ask"]]) * 2),
    "no pair": frame(encode([1, 2, 3])),
    "a number": frame(encode(7)),
    "a map": frame(encode({"lengths": [], "tree": []})),
    "tree no list": frame(encode([[], "ask"])),
    "empty tree": frame(encode([[], []])),
    "lengths no list": frame(encode([{}, ["ask"]])),
    "a length too few": frame(encode([[], ["ask"]]), 1),
    "a length too many": frame(encode([[1], ["ask"]]), 0),
    "a negative length": frame(encode([[-1], ["ask"]]), 1),
    "a length of true": frame(encode([[True], ["ask"]]), 1),
    "a length of 1.0": frame(encode([[1.0], ["ask"]]), 1),
    "a huge length": frame(encode([[MAX_BUFFERS + 1], ["ask"]]), 1),
    "huge lengths together": frame(encode([[MAX_BUFFERS, 1], ["ask"]]), 2),
    "deep": frame(b"\x91" * 100_000 + b"\x90"),
    "an extension": frame(encode([[], msgspec.msgpack.Ext(1, b"code")])),
    "text that is no UTF-8": frame(b"\x92\x90\x91\xa1\xff"),
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_a_forged_message_is_a_violation(receives, data):
    with pytest.raises(Violation):
        receives(data)


def test_a_socket_can_follow_a_message(wires, sockets):
    ours, theirs = wires
    near, far = sockets()
    ours.send(["take this"])
    ours.attach(far)
    assert theirs.receive()[0] == ["take this"]
    with theirs.attached() as taken:
        near.sendall(b"hello")
        assert taken.recv(5) == b"hello"
