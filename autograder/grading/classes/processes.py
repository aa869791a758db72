"""Processes on this machine that work for a class, each on one value at a time; one that dies is replaced."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from queue import SimpleQueue

from autograder.grading.apart.sandbox import NoSandbox
from autograder.grading.classes.kit import Kit
from autograder.grading.execute import end_with_parent
from autograder.grading.loaded import context

DIED = (
    "the process that graded it ended twice, without a word; what is handed in may be more than this machine can hold"
)

_kit: Kit


@dataclass(frozen=True)
class Failed:
    """There is no result. why: in a few words, for the instructor."""

    why: str


class Processes:
    """`count` processes, each with the kit, which travels once to each. Several threads may use them at once.

    patience: seconds after which a process that has not answered is ended. Where there is one for each core, each keeps
    to its own: it takes turns with the student's process, and what they say to each other stays in that core's cache.
    """

    def __init__(self, count: int, kit: Kit, patience: float):
        self.kit, self.patience = kit, patience
        cores = os.sched_getaffinity(0)
        shares = [{core} for core in cores] if count == len(cores) else [cores] * count
        self.processes = [_Process(kit, share) for share in shares]
        self.idle: SimpleQueue[_Process] = SimpleQueue()
        for process in self.processes:
            self.idle.put(process)

    def run(self, function: Callable, value):
        """function(kit, value) in a process that is idle, or why there is no result. Raises NoSandbox."""
        process = self.idle.get()
        try:
            for _ in range(2):
                try:
                    return process.run(function, value, self.patience)
                except BrokenProcessPool:
                    process.start_again()
            return Failed(DIED)
        except TimeoutError:
            process.start_again()
            return Failed(f"the process that graded it did not answer within {self.patience:.0f} seconds")
        except NoSandbox:
            raise
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")
        finally:
            self.idle.put(process)

    def close(self) -> None:
        for process in self.processes:
            process.end()


class _Process:
    def __init__(self, kit: Kit, cores: set[int]):
        self.kit, self.cores = kit, cores
        self._start()

    def run(self, function: Callable, value, patience: float):
        return self.pool.submit(_run, function, value).result(timeout=patience)

    def start_again(self) -> None:
        self.end(kill=True)
        self._start()

    def end(self, *, kill: bool = False) -> None:
        if kill:
            for process in list((self.pool._processes or {}).values()):
                process.kill()
        self.pool.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        self.pool = ProcessPoolExecutor(1, mp_context=context, initializer=_prepare, initargs=(self.kit, self.cores))


def _prepare(kit: Kit, cores: set[int]) -> None:
    """In a new process: keep the kit and to the cores, and end when the one that started it does."""
    global _kit
    _kit = kit
    os.sched_setaffinity(0, cores)
    end_with_parent()


def _run(function: Callable, value):
    return function(_kit, value)
