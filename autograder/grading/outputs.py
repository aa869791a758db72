"""Which of a submission's outputs are kept when it is graded, and which of a test's are shown to its student."""

from __future__ import annotations

from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Unicode

WHY_UNDEFINED = ". The cell that should define it was not run to its end: look for the error there."


class ClearGradedOutput(NbGraderPreprocessor):
    """Clear every output but those of experiments, which are not run again and whose figures are the student's.

    A graded cell with the experiments' tag loses the tag: it is run like any other, whatever the submission says.
    """

    experiment_tag = Unicode("experiment", help="the tag of cells that keep their output").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type != "code":
            return cell, resources
        tags = cell.metadata.get("tags", [])
        if self.experiment_tag in tags:
            if "nbgrader" not in cell.metadata:
                return cell, resources
            cell.metadata["tags"] = [tag for tag in tags if tag != self.experiment_tag]
        cell.outputs, cell.execution_count = [], None
        return cell, resources


class HideTestTracebacks(NbGraderPreprocessor):
    """For feedback pages: an error in a test cell in one line. Its traceback would show the test's source."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code" and is_grade(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    why = WHY_UNDEFINED if output.ename == "NameError" else ""
                    output.traceback = [f"{output.ename}: {output.evalue}{why}"]
        return cell, resources
