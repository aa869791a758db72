"""Gradus: the autograder of a course on training neural networks. Students need `check`, hidden tests `grade`."""

from autograder.checking import check, grade

__all__ = ["check", "grade"]
