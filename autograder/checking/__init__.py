"""Compare an answer with what it should be, and say what is wrong."""

from autograder.checking import minimisers  # noqa: F401  it registers its drivers
from autograder.checking.answers import right, wrong
from autograder.checking.compare import Tolerance
from autograder.checking.exercise import Case, Exercise, Property
from autograder.checking.notebook import check, grade

__all__ = ["Case", "Exercise", "Property", "Tolerance", "check", "grade", "right", "wrong"]
