"""Worker processes: submissions go in, verdicts come out, in any order; one that dies is replaced."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from autograder.grading.apart.sandbox import NoSandbox
from autograder.grading.classes.kit import Kit
from autograder.grading.classes.submission import Submission, Verdict, grade_submission
from autograder.grading.execute import end_with_parent

AHEAD = 2  # submissions at each worker, one that runs and one that waits: none is idle, few are in memory
DIED = (
    "the process that graded it ended twice, without a word; what is handed in may be more than this machine can hold"
)

_kit: Kit


class LocalWorkers:
    """Processes on this machine, one for each core unless `count` says otherwise. Each gets the kit once."""

    def __init__(self, count: int | None = None):
        self.count = count or len(os.sched_getaffinity(0))

    def run(self, kit: Kit, submissions: Iterator[Submission]) -> Iterator[tuple[Submission, Verdict | str]]:
        """With each submission comes its verdict, or why there is none. Raises NoSandbox."""
        pool, running = self._start(kit), {}
        try:
            while True:
                while len(running) < self.count * AHEAD and (submission := next(submissions, None)):
                    running[pool.submit(_grade, submission)] = submission
                if not running:
                    return
                suspects = []
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    submission = running.pop(future)
                    outcome = _outcome(future)
                    if outcome is None:
                        suspects.append(submission)
                    else:
                        yield submission, outcome
                if suspects:  # a worker died, and took the pool along: whose fault it was shows when each runs alone
                    suspects += running.values()
                    running.clear()
                    _end(pool)
                    for submission in suspects:
                        yield submission, self._alone(kit, submission)
                    pool = self._start(kit)
        finally:
            _end(pool)

    def _alone(self, kit: Kit, submission: Submission) -> Verdict | str:
        with self._start(kit, 1) as pool:
            return _outcome(pool.submit(_grade, submission)) or DIED

    def _start(self, kit: Kit, count: int | None = None) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(count or self.count, mp_context=context, initializer=_prepare, initargs=(kit,))


def _outcome(future: Future) -> Verdict | str | None:
    """A verdict, or why there is none; None where the worker died."""
    try:
        return future.result()
    except BrokenProcessPool:
        return None
    except NoSandbox:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _prepare(kit: Kit) -> None:
    """In a new worker: keep the kit, and end when the coordinator does."""
    global _kit
    _kit = kit
    end_with_parent()


def _grade(submission: Submission) -> Verdict:
    return grade_submission(_kit, submission)


def _end(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=True, cancel_futures=True)
