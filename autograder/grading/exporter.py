"""Where nbgrader reads a submission: nothing begins without a sandbox, and any file is read."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.converters.base import BaseConverter, NbGraderException

from autograder.grading.apart.sandbox import NoSandbox
from autograder.grading.course import course_of
from autograder.grading.execute import ExecuteApart
from autograder.grading.reading import read_submission
from autograder.grading.restore import NOTES


class SubmissionExporter(NotebookExporter):
    """nbgrader's exporter for autograding (`c.Autograde.exporter_class`). Made before the first submission is read.

    Raises NbGraderException where students' code cannot be run as the course's settings ask.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        try:
            ExecuteApart(parent=self).prepare(course_of(self))
        except NoSandbox as error:
            self.log.error("Nothing was graded. %s", error)
            raise NbGraderException(str(error)) from None
        if isinstance(self.parent, BaseConverter):
            self._own_hook, self.parent.pre_convert_hook = self.parent.pre_convert_hook, self._find_missing

    def _find_missing(self, *, assignment: str, student: str, notebooks: list[str]) -> None:
        """nbgrader's hook before a submission is read: a notebook that is missing is put on its list all the same.

        `read_submission` then looks for the file under another name. A hook that the course has runs first.
        """
        folder = os.path.dirname(notebooks[0])
        try:
            if self._own_hook:
                self._own_hook(assignment=assignment, student=student, notebooks=notebooks)
        finally:  # nbgrader goes on where a hook fails
            course, present = course_of(self), {os.path.basename(path) for path in notebooks}
            for name in sorted(self._names(course.db_url, assignment)):
                if fnmatchcase(name, course.notebook_id) and f"{name}.ipynb" not in present:
                    notebooks.append(os.path.join(folder, f"{name}.ipynb"))

    def from_filename(self, filename, resources=None, **kw):
        about, course = resources["nbgrader"], course_of(self)
        restored = course.format_path(course.autograded_directory, about["student"], about["assignment"])
        if Path(filename).parent == Path(restored):
            return super().from_filename(filename, resources, **kw)  # what `Restore` wrote
        names = self._names(about["db_url"], about["assignment"])
        others = frozenset(f"{name}.ipynb" for name in names - {about["notebook"]})
        notebook, notes = read_submission(Path(filename), others)
        return self.from_notebook_node(notebook, resources={**resources, NOTES: notes}, **kw)

    @staticmethod
    def _names(db_url: str, assignment: str) -> set[str]:
        """The assignment's notebooks."""
        with Gradebook(db_url) as gradebook:
            return {notebook.name for notebook in gradebook.find_assignment(assignment).notebooks}
