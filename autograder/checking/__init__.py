"""Compare an answer with what it should be, and say what is wrong."""

from autograder.checking import (  # noqa: F401  they register drivers, judges and stand-ins
    block_coins,
    components,
    image_colors,
    image_places,
    image_scores,
    initial_weights,
    integer_results,
    losses,
    masks,
    minimisers,
    monte_carlo,
    named_arrays,
    normalising,
    pairs,
    penalties,
    recipes,
    regions,
    searches,
    second_backward,
    shuffles,
    spot_checks,
    training,
    transfer,
    waves,
    whole_numbers,
)
from autograder.checking.answers import right, wrong
from autograder.checking.compare import Tolerance
from autograder.checking.exercise import Case, Exercise, Property
from autograder.checking.notebook import check, grade

__all__ = ["Case", "Exercise", "Property", "Tolerance", "check", "grade", "right", "wrong"]
