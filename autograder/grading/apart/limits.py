"""What a submission may use: each limit with its default and the words that say which one it was."""

from __future__ import annotations

from dataclasses import dataclass

MB = 2**20


@dataclass(frozen=True)
class Limits:
    """Times in seconds of wall time unless it says CPU; sizes in MB.

    cell_seconds: one cell of the student's. test_seconds: one test cell, all of its calls together.
    submission_seconds: everything. cpu_seconds: of all of the submission's processes together.
    memory: of all of them together. processes: how many at once. files: open in one process.
    disk: of the private scratch folder. output: of one cell.
    """

    cell_seconds: float = 60
    test_seconds: float = 60
    submission_seconds: float = 600
    cpu_seconds: float = 300
    memory: int = 2048
    processes: int = 128
    files: int = 256
    disk: int = 256
    output: int = 5

    def cell(self) -> str:
        return f"it ran longer than {self.cell_seconds:g} seconds, the limit for one cell"

    def submission(self) -> str:
        return f"the notebook ran longer than {self.submission_seconds:g} seconds, the limit for all of it"

    def test(self) -> str:
        return f"it ran longer than {self.test_seconds:g} seconds, the limit for one test"

    def cpu(self) -> str:
        return f"it used more than {self.cpu_seconds:g} seconds of CPU time, the limit for a submission"

    def too_much_memory(self) -> str:
        return f"it used more than {self.memory} MB of memory, the limit for a submission"


# one message of the wire; a cell's figures travel in one
MAX_METADATA = 1 * MB  # what is not an array, a long string or long bytes
MAX_BUFFERS = 1024 * MB  # arrays and long strings of one message together
MAX_COUNT = 10_000  # of them
MAX_DEPTH = 60  # of lists in lists
MAX_CALLBACKS = 60  # a function that calls back a function that calls back …
