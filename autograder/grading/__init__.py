"""Grading without trusting a line that a student wrote, in any nbgrader course. In its `nbgrader_config.py`:

from autograder.grading import configure
configure(c)
"""

from __future__ import annotations


def configure(c) -> None:
    """Let nbgrader's autograde, formgrader's button and feedback use the split grader. c: nbgrader's config object."""
    here = "autograder.grading"
    c.Autograde.exporter_class = f"{here}.exporter.SubmissionExporter"
    c.Autograde.sanitize_preprocessors = [f"{here}.restore.Restore", "nbgrader.preprocessors.CheckCellMetadata"]
    c.Autograde.autograde_preprocessors = [
        f"{here}.execute.ExecuteApart",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
        f"{here}.outputs.SafeOutputs",
    ]
    c.GenerateFeedback.preprocessors = [f"{here}.pages.grades.PutGrades", f"{here}.outputs.HideTests"]
    c.GenerateFeedback.exporter_class = f"{here}.pages.page.FeedbackPage"
