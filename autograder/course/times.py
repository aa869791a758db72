"""How long the course runs: each notebook's kernel, by its CPU and by the clock, against what is promised."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

from rich.table import Table

NOTEBOOK_SECONDS, COURSE_SECONDS = 60, 300  # of CPU, on one core: what else runs on the machine does not count

Times = dict[str, dict[str, float]]  # assignment -> {"cpu": seconds, "clock": seconds}


def timed(run: Callable[[], object]) -> dict[str, float]:
    """Call a function that starts a kernel and ends it; the seconds of CPU of the kernel, and those by the clock."""
    began, before = time.perf_counter(), _cpu_of_ended_children()
    run()
    cpu, clock = _cpu_of_ended_children() - before, time.perf_counter() - began
    return {"cpu": round(cpu, 1), "clock": round(clock, 1)}


def too_slow(times: Times) -> list[str]:
    """A sentence for each promise that is broken."""
    total = _total(times)["cpu"]
    return [
        f"{name} runs for {seconds['cpu']:.0f} s, but no notebook may run for over {NOTEBOOK_SECONDS} s"
        for name, seconds in times.items()
        if seconds["cpu"] > NOTEBOOK_SECONDS
    ] + ([f"all run for {total:.0f} s, but may for {COURSE_SECONDS} s"] if total > COURSE_SECONDS else [])


def times_table(times: Times) -> Table:
    """The times with their total."""
    table = Table("notebook", title="Solved notebooks, seconds", title_justify="left")
    for column in ("CPU", "at most", "by the clock"):
        table.add_column(column, justify="right")
    for name, seconds in times.items():
        table.add_row(name, f"{seconds['cpu']:.1f}", f"{NOTEBOOK_SECONDS}", f"{seconds['clock']:.1f}")
    total = _total(times)
    table.add_section()
    table.add_row("all", f"{total['cpu']:.1f}", f"{COURSE_SECONDS}", f"{total['clock']:.1f}")
    return table


def _total(times: Times) -> dict[str, float]:
    return {of: sum(seconds[of] for seconds in times.values()) for of in ("cpu", "clock")}


def _cpu_of_ended_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
