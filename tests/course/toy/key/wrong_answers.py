"""Mistakes in halving."""

from autograder.checking import wrong


@wrong("half")
def half_doubles(x):
    """Your result is larger than x, but a half is smaller."""
    return x * 2


@wrong("half")
def half_writes_into_x(x):
    """The number is right, but the caller's x is halved too."""
    x *= 0.5
    return x
