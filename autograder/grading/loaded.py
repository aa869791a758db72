"""Processes that begin with everything loaded: forked from one that has done nothing but import what grading needs.

To load NumPy, nbgrader and the rest takes seconds; so they are loaded once, not once in each worker.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["autograder.grading.classes.submission", "matplotlib_inline.backend_inline"])


def load_ahead() -> None:
    """Begin to load now, beside what this process does meanwhile."""
    forkserver.ensure_running()
