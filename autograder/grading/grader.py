"""Grade one notebook: the student's cells run in their process, the tests here, and data goes between."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

from autograder.checking import notebook as checks
from autograder.grading.apart.limits import MB
from autograder.grading.apart.sandbox import NoSandbox, Sandbox, WarmProcess
from autograder.grading.apart.shell import Shell, make_shell
from autograder.grading.apart.wire import Ended, TimeUp
from autograder.grading.job import Graded, Job, Role
from autograder.grading.states import States
from autograder.grading.testing import Namespace, Ran, importable, run_test
from autograder.grading.told import as_told
from autograder.grading.trusted import parts


def grade_notebook(job: Job) -> Graded:
    """Run a notebook and its tests. Whatever the student's code does, this returns; raises NoSandbox.

    Where a process was killed, as when the machine runs out of memory, all is done once more: it may be nobody's fault.
    """
    try:
        graded, killed = _grade(job)
        if not killed:
            return graded
    except (Ended, TimeUp):  # the warm process is gone
        _warm.close()
    return _grade(job)[0]


def _grade(job: Job) -> tuple[Graded, bool]:
    """And whether a process of the submission was killed, but not by a limit."""
    warm = _warm.get(job.released, job.sandbox)
    states = States(job, warm)
    try:
        with checks.results_shown() as results:
            return Graded(_Submission(job, states).run(), warm.tier, results), states.killed
    finally:
        states.close()
        if warm.single_use:
            _warm.close()


def prepare_for(released: Path, sandbox: Sandbox) -> None:
    """Start the warm process for an assignment's submissions. Raises NoSandbox."""
    _warm.get(released, sandbox)


class _Submission:
    """One run of a notebook.

    First all cells run, and at each test the state is kept. Then that what a student may see is run: the visible part
    of each test. The hidden parts come last, when all that is shown has been said: what a hidden test passes to a
    function cannot reach any output.
    """

    def __init__(self, job: Job, states: States):
        self.job, self.states = job, states

    def run(self) -> list[list[dict] | None]:
        outputs = self.states.run_cells()
        tests = [index for index, (role, _) in enumerate(self.job.cells) if role is Role.TEST]
        shell = _shell(self.job.limits.output * MB)
        with chdir(self.job.released), importable(self.job.released), checks.working_for(self.job.work):
            return self._run_tests(outputs, tests, shell)

    def _run_tests(self, outputs: list, tests: list[int], shell: Shell) -> list:
        split = {index: parts(self.job.cells[index][1]) for index in tests}
        seen: dict[int, Ran] = {}
        before: dict[int, dict] = {}  # names that earlier tests defined
        names: dict = {}
        for index in tests:
            visible, _, hidden_ends = split[index]
            before[index] = names
            seen[index] = self._run_part(index, visible, f"<test {index}>", names, shell, ends=not hidden_ends)
            names = seen[index].names
        names = {}
        for index in tests:
            visible, hidden, hidden_ends = split[index]
            ran, outputs[index] = seen[index], seen[index].outputs
            if hidden and ran.passed:
                if self.states.at(index) is not ran.peer:  # what it holds of the process that is gone is made anew
                    ran = self._run_part(index, visible, f"<test {index}>", before[index], shell, ends=False)
                where = f"<hidden test {index}>"
                last = self._run_part(index, hidden, where, {**names, **ran.names}, shell, ends=hidden_ends)
                outputs[index] = seen[index].outputs + [as_told(output, last.error, hidden) for output in last.outputs]
                names = last.names
        return outputs

    def _run_part(self, index: int, source: str, where: str, names: dict, shell: Shell, *, ends: bool) -> Ran:
        peer = self.states.at(index)
        if not source.strip():
            return Ran(peer, names=names)
        namespace, hidden = Namespace(names, self.job.trusted, peer), where.startswith("<hidden")
        ran = run_test(source, where, namespace, shell, self.job.limits, ends=ends, hidden=hidden)
        self.states.note_end(index)
        return ran


class _WarmOne:
    """The warm process of this worker: kept from one submission to the next of the same assignment."""

    def __init__(self):
        self.of: tuple | None = None
        self.process: WarmProcess | None = None

    def get(self, released: Path, sandbox: Sandbox) -> WarmProcess:
        if self.of != (released, sandbox) or self.process.process.poll() is not None:
            self.close()
            try:
                self.process = WarmProcess(released, sandbox)
            except NoSandbox:  # or was it killed while it started, as when the machine runs out of memory?
                self.process = WarmProcess(released, sandbox)
            self.of = (released, sandbox)
        return self.process

    def close(self) -> None:
        if self.process:
            self.process.close()
        self.of = self.process = None


_warm = _WarmOne()


def _shell(limit: int) -> Shell:
    shell = make_shell(limit)
    shell.recorder.limit = limit
    return shell
