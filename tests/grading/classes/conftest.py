"""A class that has handed in, in a course with nothing but the two lines."""

import plain_course as plain
import pytest
from plain_course import NAME
from test_plain_course import hand_in_all

from autograder.course.release import nbgrader


@pytest.fixture(scope="session")
def handed_in(tmp_path_factory, why_not):
    """A course whose class has handed in, not graded."""
    if why_not:
        pytest.skip(why_not)
    course = plain.make(tmp_path_factory.mktemp("class"))
    nbgrader(course, "generate_assignment", NAME, "--create")
    hand_in_all(course)
    return course
