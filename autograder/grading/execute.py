"""nbgrader's execute step, replaced: the student's code in a process of its own, the tests in the grader's."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path

import nbformat
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import Enum, Float, Integer

from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox
from autograder.grading.course import course_of, released_folder, source_notebook
from autograder.grading.grader import grade_notebook, prepare_for
from autograder.grading.job import Graded, Job, Role
from autograder.grading.loaded import context
from autograder.grading.restore import EXPERIMENT
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

    def prepare(self, course: CourseDirectory) -> None:
        """Start the process for the first submission. Raises NoSandbox where it cannot be had as asked for."""
        ask_grader(prepare_for, released_folder(course, course.assignment_id), Sandbox(self.sandbox), patience=120)

    @property
    def limits(self) -> Limits:
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    def preprocess(self, nb, resources):
        about, course = resources["nbgrader"], course_of(self)
        source, released = source_notebook(course, about), released_folder(course, about["assignment"])
        graded = execute(nb, source, released, _work(course, about), self.limits, Sandbox(self.sandbox), run_apart)
        self.log.info("Graded with %s", graded.tier)
        return nb, resources


def execute(
    notebook, source, released: Path, work: Path, limits: Limits, sandbox: Sandbox, run: Callable[[Job], Graded]
) -> Graded:
    """Run a restored notebook and its tests, and write the outputs into it; the rest: see `Job`."""
    cells = [(_role(cell), cell.source) for cell in notebook.cells]
    graded = run(Job(cells, trusted_names(source.cells), released, work, limits, sandbox))
    for cell, outputs in zip(notebook.cells, graded.outputs, strict=True):
        if outputs is not None:
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
        if is_test(cell):
            _credit_in_range(cell)
    return graded


def run_apart(job: Job) -> Graded:
    """Grade in a process that is kept from one submission to the next: a fault in it is none of the caller's."""
    return ask_grader(grade_notebook, job, patience=2 * job.limits.submission_seconds + 60)


def ask_grader(function, *arguments, patience: float):
    """A function's result in the grader's process; started again where it has ended, ended where it hangs.

    Raises TimeoutError after `patience` seconds.
    """
    for last_try in (False, True):
        pool, process = _grader()
        try:
            return pool.submit(function, *arguments).result(timeout=patience)
        except (BrokenProcessPool, TimeoutError) as error:
            _grader.cache_clear()
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            pool.shutdown()
            if last_try or isinstance(error, TimeoutError):
                raise


@lru_cache(maxsize=1)
def _grader() -> tuple[ProcessPoolExecutor, int]:
    """The pool of one process, and that process."""
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=end_with_parent)
    # before multiprocessing closes the queues and waits for its children, as a worker does when it ends
    Finalize(None, pool.shutdown, exitpriority=100)
    return pool, pool.submit(os.getpid).result()


def end_with_parent() -> None:
    """A grader whose caller was killed ends too, and takes its sandbox along."""

    def watch():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def is_test(cell) -> bool:
    """By the metadata that `Restore` wrote."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def _role(cell) -> Role:
    if cell.cell_type != "code":
        return Role.KEEP
    if EXPERIMENT in cell.metadata.get("tags", ()):
        return Role.EXPERIMENT
    return Role.TEST if is_test(cell) else Role.STUDENT


def _credit_in_range(cell) -> None:
    """nbgrader gives all points for a result that is negative or no number, and stops where one is too large."""
    for output in cell.outputs:
        if output["output_type"] == "execute_result" and (number := _number(output["data"].get("text/plain", ""))):
            points = float(cell.metadata["nbgrader"]["points"])
            credit = float(number)
            output["data"]["text/plain"] = repr(min(credit, points) if credit > 0 else 0.0)


def _number(text: str) -> str | None:
    """The number of which a text consists, NumPy's too. A comparison that does not hold is worth nothing."""
    if text.strip() in ("False", "np.False_"):
        return "0"
    found = re.fullmatch(r"(?:np\.\w+\()?(-?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf|nan))\)?", text.strip())
    return found and found[1]


def _work(course, about: dict) -> Path:
    return Path(course.format_path(course.autograded_directory, about["student"], about["assignment"])).resolve()
