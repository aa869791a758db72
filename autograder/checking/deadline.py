"""A limit on the time of a call in the main thread: a loop that never ends must not take the notebook with it."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class TooSlow(BaseException):
    """Time is up. Not an Exception, so that a student's `except Exception` does not catch it."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block after `seconds` of wall time, and again each tenth of them if it is swallowed.

    Within another deadline the shorter one holds. Without effect off the main thread, and where there is no SIGALRM.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_):
        raise TooSlow

    outer = signal.getitimer(signal.ITIMER_REAL)[0]
    limit = min(seconds, outer) if outer else seconds
    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit, limit / 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            left = max(outer - (time.monotonic() - began), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, outer / 10)
