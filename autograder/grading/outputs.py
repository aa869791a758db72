"""Outputs of a submission's cells: which are safe to show, and what of a test its student reads."""

from __future__ import annotations

from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

WHY_UNDEFINED = ". The cell that should define it was not run to its end: look for the error there."


class SafeOutputs(SanitizeHTML):
    """What a student wrote can run no script in the browser of whoever reads it. The grader's own results stay."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code":
            if not is_grade(cell):
                cell.outputs = [output for output in cell.outputs if self._made_safe(output)]
        elif "<" in cell.source or cell.cell_type == "raw":
            return super().preprocess_cell(cell, resources, cell_index)
        return cell, resources

    def _made_safe(self, output) -> bool:
        """Clean an output's HTML, drop its kinds that cannot be cleaned; whether something is left."""
        if output.output_type not in ("display_data", "execute_result"):
            return True
        output.data = type(output.data)(
            {
                mime: self.sanitize_html_tags(part) if mime in ("text/html", "text/markdown") else part
                for mime, part in output.data.items()
                if mime in SAFE or mime in ("text/html", "text/markdown")
            }
        )
        return bool(output.data)


SAFE = {"text/plain", "image/png", "image/jpeg", "image/gif"}


class HideTestTracebacks(NbGraderPreprocessor):
    """For feedback pages: an error in a test cell in one line. Its traceback would show the test's source."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    why = WHY_UNDEFINED if output.ename == "NameError" else ""
                    output.traceback = [f"{output.ename}: {output.evalue}{why}"]
        return cell, resources
