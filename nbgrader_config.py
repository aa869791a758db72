"""nbgrader's settings for this course. `c` is traitlets' config object."""

from autograder.grading import configure

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

# a student's code runs in a sandbox, the tests outside of it
configure(c)

# `nbgrader zip_collect` takes archives whose files are called STUDENT_…_03_optimizers.ipynb, as Canvas names them
c.FileNameCollectorPlugin.named_regexp = (
    r"(?:.*/)?(?P<student_id>[A-Za-z0-9-]+)_(?:.*_)?(?P<file_id>\d\d_[a-z_]+)\.ipynb"
)
