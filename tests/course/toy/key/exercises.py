"""What is graded in the toy course."""

from autograder.checking import Case, Exercise, Property


def some(rng):
    return [Case("some numbers", {"x": rng.normal(size=3)}), Case("a matrix", {"x": rng.normal(size=(2, 2))})]


EXERCISES = [
    Exercise(
        "half",
        "Half",
        3,
        [
            Property("halves", some, weight=2, core=True),
            Property("leaves x alone", some, judge="unchanged"),
        ],
    )
]
