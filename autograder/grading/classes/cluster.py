"""Work for a class on a Dask cluster: each worker gets the kit once, and needs nothing but this package."""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import cache
from pathlib import Path

import autograder
from autograder.grading.apart.sandbox import NoSandbox
from autograder.grading.classes.kit import Kit
from autograder.grading.classes.processes import Failed, Processes
from autograder.grading.classes.workers import AHEAD, NoWorkers, in_flight, patience

try:
    from distributed import Client, WorkerPlugin, get_worker
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise ImportError("--scheduler needs Dask. Install it here and on the workers: pip install distributed") from error

DAEMON = (
    "Dask started these workers as daemons, which may have no processes of their own. Start them with "
    "DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment, or with --no-nanny."
)
SECONDS = 20  # to reach a scheduler


class DaskWorkers:
    """The workers of a Dask cluster. address: of its scheduler, such as "tcp://10.0.0.1:8786"."""

    def __init__(self, address: str):
        self.address = address

    def run(self, kit: Kit, function: Callable, values: Iterator) -> Iterator[tuple[object, object]]:
        """With each value comes function(kit, value), or Failed. Raises NoSandbox, NoWorkers."""
        name = f"autograder-{kit.digest}"
        with self._client() as client:
            _register(client, _KitAtWorker(kit, _code()), name)
            try:
                executor = client.get_executor(pure=False)
                work = in_flight(executor, _run_there, (name, function), values, lambda: AHEAD * _threads(client))
                for value, future in work:
                    yield value, self._outcome(future)
            finally:
                if client.status == "running":
                    client.unregister_worker_plugin(name)

    def _client(self) -> Client:
        try:
            return Client(self.address, timeout=SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise NoWorkers(f"No Dask scheduler answers at {self.address}: {error or type(error).__name__}") from None

    def _outcome(self, future):
        try:
            return future.result()
        except NoSandbox:
            raise
        except KilledWorker as error:
            return Failed(f"the workers that graded it ended, one after another: {error.last_worker.address} was last")
        except CancelledError:
            raise NoWorkers(
                f"The scheduler at {self.address} went away. What was graded is kept: run the same command again."
            ) from None
        except Exception as error:
            return Failed(f"{type(error).__name__}: {error}")


class _KitAtWorker(WorkerPlugin):
    """The kit at a worker, also at one that joins later, and as many processes as the worker has threads."""

    def __init__(self, kit: Kit, code: str):
        self.kit, self.code = kit, code

    def setup(self, worker):
        if self.code != _code():
            raise RuntimeError(f"The worker {worker.address} has another version of this package. Install the same.")
        if multiprocessing.current_process().daemon:
            raise RuntimeError(DAEMON)
        self.processes = Processes(worker.state.nthreads, self.kit, patience(self.kit))

    def teardown(self, worker):
        self.processes.close()


def _run_there(task: tuple[str, Callable], value):
    name, function = task
    return get_worker().plugins[name].processes.run(function, value)


def _register(client: Client, plugin: _KitAtWorker, name: str) -> None:
    if not _threads(client):
        raise NoWorkers("The cluster has no workers. Start some, and run the same command again.")
    try:
        client.register_plugin(plugin, name)
    except RuntimeError as error:
        raise NoWorkers(str(error)) from None


def _threads(client: Client) -> int:
    """How many submissions the cluster can grade at once. It may grow."""
    return sum(client.nthreads().values())


@cache
def _code() -> str:
    """A digest of this package and of the Python that runs it: what grades must be the same everywhere."""
    folder = Path(autograder.__file__).parent
    parts = [path.read_bytes() for path in sorted(folder.rglob("*.py"))]
    return hashlib.sha256(b"".join([repr(sys.version_info[:2]).encode(), *parts])).hexdigest()
