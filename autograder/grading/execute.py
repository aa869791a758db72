"""nbgrader's execute step, replaced: the student's code in a process of its own, the tests in the grader's."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Enum, Float, Integer

from autograder.grading.course import course_of, released_folder, source_notebook
from autograder.grading.grader import Graded, Job, Role, grade_notebook
from autograder.grading.limits import Limits
from autograder.grading.sandbox import Sandbox
from autograder.grading.trusted import trusted_names

_DEFAULTS = Limits()


class ExecuteApart(NbGraderPreprocessor):
    """Runs a submission in a sandbox and its tests outside of it (`c.Autograde.autograde_preprocessors`)."""

    sandbox = Enum(
        [mode.value for mode in Sandbox],
        default_value=Sandbox.REQUIRED.value,
        help="'required': stop where there can be no sandbox; 'none': run students' code without one",
    ).tag(config=True)
    cell_seconds = Float(_DEFAULTS.cell_seconds, help="wall time of one cell").tag(config=True)
    test_seconds = Float(_DEFAULTS.test_seconds, help="wall time of one test cell").tag(config=True)
    submission_seconds = Float(_DEFAULTS.submission_seconds, help="wall time of a submission").tag(config=True)
    cpu_seconds = Float(_DEFAULTS.cpu_seconds, help="CPU time of a submission").tag(config=True)
    memory = Integer(_DEFAULTS.memory, help="MB of memory of a submission").tag(config=True)
    processes = Integer(_DEFAULTS.processes, help="processes of a submission at once").tag(config=True)
    files = Integer(_DEFAULTS.files, help="open files of one process").tag(config=True)
    disk = Integer(_DEFAULTS.disk, help="MB of a submission's scratch folder").tag(config=True)
    output = Integer(_DEFAULTS.output, help="MB of output of one cell").tag(config=True)

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        course = course_of(self)
        job = Job(
            [(_role(cell), cell.source) for cell in nb.cells],
            trusted_names(source_notebook(course, about).cells),
            released_folder(course, about["assignment"]),
            _work(course, about),
            Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__}),
            Sandbox(self.sandbox),
        )
        graded = run_apart(job)
        self.log.info("Graded with %s", graded.tier)
        for cell, outputs in zip(nb.cells, graded.outputs, strict=True):
            if outputs is not None:
                cell.outputs = [nbformat.from_dict(output) for output in outputs]
        return nb, resources


def run_apart(job: Job) -> Graded:
    """Grade in a process that is kept from one submission to the next: a fault in it is none of the caller's."""
    patience = 2 * job.limits.submission_seconds + 60
    try:
        return _grader().submit(grade_notebook, job).result(timeout=patience)
    except BrokenProcessPool:
        _grader.cache_clear()
        return _grader().submit(grade_notebook, job).result(timeout=patience)


@lru_cache(maxsize=1)
def _grader() -> ProcessPoolExecutor:
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent)
    # before multiprocessing closes the queues and waits for its children, as a worker does when it ends
    Finalize(None, pool.shutdown, exitpriority=100)
    return pool


def _end_with_parent() -> None:
    """A grader whose caller was killed ends too, and takes its sandbox along."""

    def watch():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _role(cell) -> Role:
    """Roles by the metadata that `Restore` wrote."""
    if cell.cell_type != "code" or "experiment" in cell.metadata.get("tags", ()):
        return Role.KEEP
    return Role.TEST if is_grade(cell) and not is_solution(cell) else Role.STUDENT


def _work(course, about: dict) -> Path:
    return Path(course.format_path(course.autograded_directory, about["student"], about["assignment"])).resolve()
