"""Work for a class through any `concurrent.futures.Executor`: values go in, results come out, in any order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait

from autograder.grading.classes.kit import Kit
from autograder.grading.classes.processes import Processes

AHEAD = 2  # values for each process, one that runs and one that waits: none is idle, few are in memory


class NoWorkers(Exception):
    """There are no workers, or no longer any; the message says why and what to do."""


class LocalWorkers:
    """Processes on this machine, one for each core unless `count` says otherwise."""

    def __init__(self, count: int | None = None):
        self.count = count or len(os.sched_getaffinity(0))

    def run(self, kit: Kit, function: Callable, values: Iterator) -> Iterator[tuple[object, object]]:
        """With each value comes function(kit, value), or Failed. Raises NoSandbox."""
        processes = Processes(self.count, kit, patience(kit))
        try:
            with ThreadPoolExecutor(self.count) as executor:
                work = in_flight(executor, processes.run, function, values, lambda: self.count * AHEAD)
                for value, future in work:
                    yield value, future.result()
        finally:
            processes.close()


def in_flight(
    executor: Executor, run: Callable, function: Callable, values: Iterator, at_most: Callable[[], int]
) -> Iterator[tuple[object, Future]]:
    """Each value with the future of run(function, value), once it is done. at_most: how many may be under way."""
    running: dict[Future, object] = {}
    try:
        while True:
            room = at_most() - len(running)
            for _, value in zip(range(room), values):  # noqa: B905 - in this order no value is lost
                running[executor.submit(run, function, value)] = value
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future
    finally:
        for future in running:
            future.cancel()


def patience(kit: Kit) -> float:
    """Seconds after which a worker that has not answered hangs: what the limits allow, and once more."""
    return 2 * kit.limits.submission_seconds * max(len(kit.notebooks), 1) + 60
