"""Grade a class: submissions go to workers, verdicts come back to the one writer. Killed and run again, it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import DBAPIError
from traitlets.config import Config, PyFileConfigLoader

from autograder.grading.apart.sandbox import NoSandbox, Sandbox
from autograder.grading.classes.kit import pack
from autograder.grading.classes.processes import Failed
from autograder.grading.classes.records import Records, write_whole
from autograder.grading.classes.submission import Submission, Verdict, grade_submission
from autograder.grading.classes.workers import LocalWorkers, NoWorkers
from autograder.grading.execute import ExecuteApart
from autograder.grading.pages.grades import grades_of
from autograder.grading.pages.page import Graded, make_page


class CannotGrade(Exception):
    """The class cannot be graded at all; the message says why and what to do."""


@dataclass
class Report:
    """verdicts: of submissions graded now, without the notebooks' texts. skipped: students whose grade already stood.
    failed: student -> why there is no verdict.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Classroom:
    """The submissions of one assignment, in the folder of an nbgrader course.

    students: only these; all where empty. Raises CannotGrade.
    """

    def __init__(self, root: Path, assignment: str, students: Iterable[str] = (), sandbox: Sandbox | None = None):
        config = course_config(root)
        self.course, self.assignment = CourseDirectory(config=config), assignment
        self.settings = ExecuteApart(config=config)
        self.gradebook = Gradebook(self.course.db_url, self.course.course_id)
        late = AssignLatePenalties(config=config)
        late.init_plugin()
        self.records = Records(self.course, assignment, self.gradebook, late.plugin_inst)
        try:
            chosen = sandbox or Sandbox(self.settings.sandbox)
            self.kit = pack(self.course, assignment, self.gradebook, self.settings.limits, chosen)
        except MissingEntry:
            raise CannotGrade(
                f"The gradebook does not know '{assignment}'. Release it: nbgrader generate_assignment {assignment}"
            ) from None
        self.submissions = self._submissions(set(students))

    def grade(self, workers: LocalWorkers, told: Callable[[Verdict | None], None] = lambda verdict: None) -> Report:
        """Grade what has no grade yet, and record it. told: called after each submission, with None for one that was
        skipped or failed."""
        report = Report()
        try:
            for submission, outcome in workers.run(self.kit, grade_submission, self._ungraded(report, told)):
                if isinstance(outcome, Failed):
                    report.failed[submission.student] = outcome.why
                    told(None)
                else:
                    self.records.write(outcome, submission.digest, self.kit.digest, _beside(submission))
                    report.verdicts.append(_without_texts(outcome))
                    told(outcome)
        except (NoSandbox, NoWorkers) as error:
            raise CannotGrade(str(error)) from None
        except (OSError, DBAPIError) as error:  # a full disk, a locked gradebook, a database that went away
            why = getattr(error, "orig", None) or error
            raise CannotGrade(
                f"A grade could not be written: {why}. What was graded before is kept; mend this, and run the same "
                "command again."
            ) from error
        return report

    def write_feedback(self, workers, told: Callable[[], None] = lambda: None) -> dict[str, str]:
        """Write the feedback pages of those of the class who have a grade. Returns student -> why there is no page."""
        failed = {}
        for graded, page in workers.run(self.kit, make_page, self._graded()):
            if isinstance(page, Failed):
                failed[graded.student] = page.why
            else:
                place = Path(self.course.format_path(self.course.feedback_directory, graded.student, self.assignment))
                write_whole(place / f"{graded.notebook}.html", page.encode())
            told()
        return failed

    def _graded(self) -> Iterator[Graded]:
        for student in self.submissions:
            folder = self.records.folder(student)
            for name in self.kit.notebooks:
                if (path := folder / f"{name}.ipynb").is_file():
                    grades = grades_of(self.gradebook, self.assignment, student, name)
                    yield Graded(student, name, path.read_text(encoding="utf-8"), grades)

    def close(self) -> None:
        self.gradebook.close()

    def __len__(self) -> int:
        return len(self.submissions)

    def _ungraded(self, report: Report, told: Callable) -> Iterator[Submission]:
        for student, folder in self.submissions.items():
            try:
                files = {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if _belongs(p)}
            except OSError as error:
                report.failed[student] = f"{folder} cannot be read: {error.strerror}"
                told(None)
                continue
            submission = Submission(student, files)
            if self.records.holds(student, submission.digest, self.kit.digest):
                report.skipped.append(student)
                told(None)
            else:
                yield submission

    def _submissions(self, students: set[str]) -> dict[str, Path]:
        """Student -> folder of what they handed in, in order."""
        folder = Path(self.course.format_path(self.course.submitted_directory, "*", self.assignment))
        found = {path.parent.name: path for path in sorted(folder.parents[1].glob(f"*/{self.assignment}"))}
        if not found:
            raise CannotGrade(f"Nobody handed in '{self.assignment}': {folder} matches no folder.")
        if missing := sorted(students - set(found)):
            raise CannotGrade(f"These students did not hand in '{self.assignment}': {', '.join(missing)}.")
        return {student: path for student, path in found.items() if not students or student in students}


def _without_texts(verdict: Verdict) -> Verdict:
    """A verdict that a class of many thousands can be kept of."""
    return replace(verdict, notebooks=[replace(notebook, text="", results=[]) for notebook in verdict.notebooks])


def _beside(submission: Submission) -> dict[str, bytes]:
    """What stands beside an autograded notebook."""
    return {name: content for name, content in submission.files.items() if not name.endswith(".ipynb")}


def course_config(root: Path) -> Config:
    """The settings of the course in a folder. Raises CannotGrade."""
    if not (root / "nbgrader_config.py").is_file():
        raise CannotGrade(f"{root} is no course: it has no nbgrader_config.py. Go to the course's folder first.")
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def _belongs(path: Path) -> bool:
    """Whether a file of a submission counts: its notebooks, and when it was handed in. A link could lead anywhere."""
    return path.is_file() and not path.is_symlink() and (path.suffix == ".ipynb" or path.name == "timestamp.txt")
