"""How fast the grader's process and the student's talk: round trips, throughput, callbacks.

    python benchmarks/wire.py [--json FILE] [--no-sandbox]

Every number is the best of some rounds: what the machine does beside it only slows it down.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from autograder.grading.apart.limits import Limits
from autograder.grading.apart.sandbox import Sandbox, WarmProcess, start_student
from autograder.grading.proxies import GraderPeer

CELL = """
def same(x):
    return x

def size(x):
    return x.size

def many(f, n):
    for i in range(n):
        f(i)
"""
SMALL_TARGET, LARGE_TARGET = 150.0, 1.0  # µs for a call with a small array; GB/s, there and back, with a large one


def best(call: Callable, rounds: int) -> float:
    """The seconds of the fastest call."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return min(times)


def measure(peer: GraderPeer) -> list[dict]:
    """One row each: what, seconds, and the bytes that went over the wire or the calls that were made."""
    same, size, many = (peer.ask("name", name)[0] for name in ("same", "size", "many"))
    arrays = {"100 floats": np.arange(100.0), "1 MB": np.ones(2**17), "50 MB": np.ones(50 * 2**17)}
    rows = [{"what": "a scalar, there and back", "seconds": best(lambda: same(1.5), 2000)}]
    for name, array in arrays.items():
        rounds = 2000 if array.size < 1000 else 100 if array.size < 10**6 else 7
        rows.append(
            {
                "what": f"{name}, there and back",
                "seconds": best(lambda array=array: same(array), rounds),
                "bytes": 2 * array.nbytes,
            }
        )
        rows.append(
            {"what": f"{name}, there", "seconds": best(lambda array=array: size(array), rounds), "bytes": array.nbytes}
        )
    rows.append({"what": "1,000 callbacks", "seconds": best(lambda: many(abs, 1000), 10), "calls": 1000})
    return rows


def verdict(row: dict) -> str:
    """Whether a target is met, where there is one."""
    if row["what"] == "100 floats, there and back":
        return "met" if row["seconds"] * 1e6 < SMALL_TARGET else f"missed: {SMALL_TARGET:.0f} µs"
    if row["what"] == "50 MB, there and back":
        return "met" if row["bytes"] / row["seconds"] / 1e9 > LARGE_TARGET else f"missed: {LARGE_TARGET:.0f} GB/s"
    return ""


def table(rows: list[dict], tier: str) -> Table:
    result = Table("", "µs", "GB/s", "calls/s", "target", title=f"The wire ({tier})")
    for row in rows:
        rate = f"{row['bytes'] / row['seconds'] / 1e9:.2f}" if row.get("bytes", 0) > 10**5 else ""
        calls = f"{row['calls'] / row['seconds']:,.0f}" if "calls" in row else ""
        result.add_row(row["what"], f"{row['seconds'] * 1e6:,.0f}", rate, calls, verdict(row))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--no-sandbox", action="store_true", help="measure the split alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as released:
        warm = WarmProcess(Path(released), Sandbox.NONE if options.no_sandbox else Sandbox.REQUIRED)
        line = warm.begin(Limits())
        peer = GraderPeer(start_student(line))
        peer.ask("run", CELL)
        rows = measure(peer)
        warm.close()
    Console(width=120).print(table(rows, warm.tier))
    if options.json:
        options.json.write_text(json.dumps({"tier": warm.tier, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
