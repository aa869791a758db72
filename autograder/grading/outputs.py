"""Which of a submission's outputs are kept when it is graded."""

from __future__ import annotations

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode


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
