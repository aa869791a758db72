"""Messages over a Unix socket: a head with two lengths, msgpack, then the buffers. Nothing in it can be code."""

from __future__ import annotations

import socket
import struct
import time

import msgspec
import numpy as np

from autograder.grading.apart.limits import MAX_BUFFERS, MAX_COUNT, MAX_METADATA
from autograder.grading.apart.values import Violation

HEAD = struct.Struct("<II")  # bytes of the msgpack part; number of buffers
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


class Ended(Exception):
    """The other side is gone."""


class TimeUp(Exception):
    """The other side did not answer in time."""


class TooLarge(ValueError):
    """More than one message may hold."""


class Wire:
    """One end. `until`: the moment (time.monotonic) after which sending and receiving raise TimeUp; None: never.

    Every length is looked at before memory is taken for it, and memory is used as bytes arrive. After any error but
    TooLarge the wire is of no more use.
    """

    def __init__(self, sock: socket.socket):
        self.sock = sock
        self.until: float | None = None

    def send(self, tree: list, buffers: list = ()) -> None:
        """Send a message. Raises Ended, TimeUp, or TooLarge."""
        metadata = _encode([[len(b) for b in buffers], tree])
        if len(metadata) > MAX_METADATA or len(buffers) > MAX_COUNT or sum(map(len, buffers)) > MAX_BUFFERS:
            raise TooLarge(
                f"too much to send: {len(metadata)} bytes of lists and numbers, {len(buffers)} arrays or texts of "
                f"{sum(map(len, buffers))} bytes; the limits are {MAX_METADATA}, {MAX_COUNT} and {MAX_BUFFERS}"
            )
        try:
            for part in (HEAD.pack(len(metadata), len(buffers)) + metadata, *buffers):
                self._wait()
                self.sock.sendall(part)
        except TimeoutError:
            raise TimeUp from None
        except OSError as error:
            raise Ended(str(error)) from None

    def receive(self) -> tuple[list, list[memoryview]]:
        """The next message: its tree and its buffers. Raises Ended, TimeUp or Violation."""
        length, count = HEAD.unpack(self._read(HEAD.size))
        if length > MAX_METADATA or count > MAX_COUNT:
            raise Violation(f"a message is too large: {length} bytes, {count} buffers")
        try:
            lengths, tree = _decode(self._read(length))
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError):
            raise Violation("a message cannot be read") from None
        if type(tree) is not list or not tree or type(lengths) is not list or len(lengths) != count:
            raise Violation("a message is malformed")
        if not all(type(n) is int and 0 <= n <= MAX_BUFFERS for n in lengths) or sum(lengths) > MAX_BUFFERS:
            raise Violation("a message is too large")
        return tree, [self._read(n) for n in lengths]

    def attach(self, sock: socket.socket) -> None:
        """Send a socket after a message; the other side takes it with `attached`."""
        try:
            socket.send_fds(self.sock, [b"s"], [sock.fileno()])
        except OSError as error:
            raise Ended(str(error)) from None

    def attached(self) -> socket.socket:
        """The socket that follows the message just received."""
        _, (descriptor,), *_ = socket.recv_fds(self.sock, 1, 1)
        return socket.socket(fileno=descriptor)

    def close(self) -> None:
        self.sock.close()

    def _read(self, length: int) -> memoryview:
        data = view = memoryview(np.empty(length, dtype=np.uint8))  # a bytearray would be filled with zeros first
        while view:
            try:
                self._wait()
                count = self.sock.recv_into(view)
            except TimeoutError:
                raise TimeUp from None
            except OSError as error:
                raise Ended(str(error)) from None
            if not count:
                raise Ended("the connection was closed")
            view = view[count:]
        return data

    def _wait(self) -> None:
        """Let the socket wait until the deadline, not longer."""
        if self.until is None:
            self.sock.settimeout(None)
            return
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected sockets."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
