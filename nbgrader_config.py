"""nbgrader's settings for this course. `c` is traitlets' config object."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "gradus"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.solution_directory = "solved"  # nbgrader's default is too near to `solutions`
# the answer key is neither released nor copied over a submission
c.CourseDirectory.ignore = ["key", "__pycache__", "*.pyc", ".ipynb_checkpoints", "feedback"]

# what a student sees who runs an experiment before the exercise that it needs
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("Not written yet: fill this cell and run it.")'
}

# what students lack beside their answers comes back before they are graded
c.OverwriteCells.add_missing_cells = True

# experiments are not run again in grading: the student's own figures stay
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "autograder.grading.outputs.ClearGradedOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Execute.skip_cells_with_tag = "experiment"
c.Execute.extra_arguments = ["--log-level=ERROR"]  # the warning of a TCP connection is no news on one machine

# a feedback page shows a test's result, not its hidden part; the instructor's autograded copy keeps it
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "autograder.grading.outputs.HideTestTracebacks",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# `nbgrader zip_collect` takes archives whose files are called STUDENT_…_03_optimizers.ipynb, as Canvas names them
c.FileNameCollectorPlugin.named_regexp = (
    r"(?:.*/)?(?P<student_id>[A-Za-z0-9-]+)_(?:.*_)?(?P<file_id>\d\d_[a-z_]+)\.ipynb"
)
