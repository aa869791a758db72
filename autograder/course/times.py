"""How long the course runs: the seconds of CPU of each notebook's kernel, against what is promised."""

from __future__ import annotations

import resource
from collections.abc import Callable

from rich.table import Table

NOTEBOOK_SECONDS, COURSE_SECONDS, CORES = 60, 300, 2  # a kernel uses one core; the course may use both


def timed(run: Callable[[], object]) -> float:
    """Call a function that starts a kernel and ends it. The seconds of CPU of the kernel, and of nothing else.

    What other programs do on the machine does not count.
    """
    before = _cpu_of_ended_children()
    run()
    return round(_cpu_of_ended_children() - before, 1)


def too_slow(seconds: dict[str, float]) -> list[str]:
    """A sentence for each promise that is broken. seconds: for each assignment."""
    slow = [
        f"{name} runs for {cpu:.0f} s, but no notebook may run for over {NOTEBOOK_SECONDS} s"
        for name, cpu in seconds.items()
        if cpu > NOTEBOOK_SECONDS
    ]
    if (together := sum(seconds.values()) / CORES) > COURSE_SECONDS:
        slow.append(f"all run for {together:.0f} s on {CORES} cores, but may for {COURSE_SECONDS} s")
    return slow


def times_table(seconds: dict[str, float]) -> Table:
    """The times with their sum."""
    table = Table("solved notebook")
    table.add_column("seconds of CPU", justify="right")
    table.add_column("at most", justify="right")
    for name, cpu in seconds.items():
        table.add_row(name, f"{cpu:.1f}", f"{NOTEBOOK_SECONDS}")
    table.add_section()
    total = sum(seconds.values())
    table.add_row("all", f"{total:.1f}", "")
    table.add_row(f"all, on {CORES} cores", f"{total / CORES:.1f}", f"{COURSE_SECONDS}")
    return table


def _cpu_of_ended_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
