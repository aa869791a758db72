"""The full CIFAR-10 and MNIST, for those who want them: downloaded once, checked, and kept in a cache.

The SHA-256 of MNIST's four files are those that TensorFlow Datasets and torchvision publish; CIFAR-10's is Keras's and
torchvision's, of the file whose MD5, c58f30108f718f92721af3b95e74349a, stands on its author's page.
"""

import gzip
import pickle
import shutil
import struct
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pooch
import requests
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

CACHE = "GRADUS_CACHE"  # an environment variable: the folder to keep the files in, instead of the user's cache
SECONDS_OF_SILENCE = 30  # of a server, until the download is given up
PIECE = 1 << 16  # bytes that are written at a time; less than that is lost where a connection breaks
pooch.get_logger().setLevel("WARNING")  # the progress bar says the rest


class BatchUnpickler(pickle.Unpickler):
    """Reads a batch of CIFAR-10, a dict of lists, strings and one array, and refuses whatever else a pickle can do."""

    ADMITTED = {  # noqa: RUF012
        ("numpy.core.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0],
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }

    def find_class(self, module, name):
        if (module, name) not in self.ADMITTED:
            raise pickle.UnpicklingError(f"a batch of CIFAR-10 needs no {module}.{name}")
        return self.ADMITTED[module, name]


def read_cifar10(archive):
    """[(X, y), (X, y)]: all that is for training, and for the test; bytes as they are in the archive for Python."""
    parts = []
    with tarfile.open(archive) as tar:
        for names in ([f"data_batch_{i}" for i in range(1, 6)], ["test_batch"]):
            files = [tar.extractfile(f"cifar-10-batches-py/{name}") for name in names]
            batches = [BatchUnpickler(file, encoding="bytes").load() for file in files]
            X = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
            parts.append((X, np.concatenate([batch[b"labels"] for batch in batches])))
    return parts


def read_mnist(*files):
    """The same from MNIST's four: images and labels for training, images and labels for the test."""
    X_train, y_train, X_test, y_test = map(read_idx, files)
    return [(X_train[:, None], y_train), (X_test[:, None], y_test)]


def read_idx(path):
    """The array in a gzipped idx file of bytes: 0, 0, 8 for bytes, the number of axes, their lengths, the entries."""
    data = gzip.decompress(Path(path).read_bytes())
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


@dataclass(frozen=True)
class Source:
    """Where a data set is: its folder on the net, its files with their SHA-256, in order, and how they are read."""

    url: str
    files: dict[str, str]
    read: Callable
    validation: int = 5000  # so many at the end of the training part are there to choose by


SOURCES = {
    "cifar10": Source(
        "https://www.cs.toronto.edu/~kriz/",
        {"cifar-10-python.tar.gz": "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"},
        read_cifar10,
    ),
    "mnist": Source(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        {
            "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        },
        read_mnist,
    ),
}


def fetch_arrays(name):
    """The arrays of a `Split`, by name. See `autograder.datasets.fetch`."""
    if name not in SOURCES:
        raise ValueError(f"No data set to fetch is called {name!r}; there is: {', '.join(SOURCES)}.")
    source = SOURCES[name]
    keeper = pooch.create(pooch.os_cache("gradus"), source.url, env=CACHE, registry=source.files)
    (X, y), (X_test, y_test) = source.read(*[fetch_file(keeper, file) for file in source.files])
    first = len(X) - source.validation
    parts = {"train": (X[:first], y[:first]), "val": (X[first:], y[first:]), "test": (X_test, y_test)}
    images = {f"X_{part}": np.divide(X, 255, dtype=np.float32) for part, (X, _) in parts.items()}
    return images | {f"y_{part}": y.astype(np.int64) for part, (_, y) in parts.items()}


def fetch_file(keeper, file):
    """The path of a file in the cache, downloaded if it is not there, its checksum right.

    Raises ConnectionError where the server does not give it, ValueError where what it gives is another file.
    """
    by_hand = f"you can also download it elsewhere and put it into {keeper.abspath}"
    try:
        return keeper.fetch(file, downloader=download)
    except requests.RequestException as error:
        kept = size(part_of(keeper, file))
        so_far = f" What came is kept: {kept:,} bytes." if kept else ""
        raise ConnectionError(
            f"{file} could not be downloaded from {keeper.base_url} ({why(error)}).{so_far} "
            f"Try again when there is a network; {by_hand}."
        ) from error
    except ValueError as error:
        raise ValueError(
            f"{file} from {keeper.base_url} is not the file that the course knows: its SHA-256 should be "
            f"{keeper.registry[file]}. It was deleted. Try again; {by_hand}."
        ) from error


def why(error):
    """The reason of a failed request, in a few words."""
    if error.response is not None:
        return f"the server says {error.response.status_code} {error.response.reason}"
    kinds = {requests.Timeout: "the server is silent", requests.exceptions.ChunkedEncodingError: "the connection broke"}
    return next((words for kind, words in kinds.items() if isinstance(error, kind)), "there is no connection")


def part_of(keeper, file):
    return Path(keeper.abspath) / f"{file}.part"


def size(path):
    return path.stat().st_size if path.is_file() else 0


def download(url, output_file, keeper):
    """Download as pooch asks for it, by way of NAME.part in the cache; a part that is there is gone on with."""
    part = part_of(keeper, Path(url).name)
    have = size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=SECONDS_OF_SILENCE) as answer:
        if answer.status_code != requests.codes.requested_range_not_satisfiable:  # then the part is whole, or too long
            answer.raise_for_status()
            if not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                have = 0  # the server does not know ranges, and sends all of it
            save(answer, part, have)
    shutil.move(part, output_file)


def save(answer, part, have):
    """Write what comes behind the first `have` bytes of a part, with a progress bar in a terminal or a notebook."""
    console, rest = Console(), answer.headers.get("Content-Length")
    columns = "{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    shown = console.is_terminal or console.is_jupyter
    with Progress(*columns, console=console, disable=not shown) as bar, open(part, "ab" if have else "wb") as file:
        task = bar.add_task(part.stem, completed=have, total=have + int(rest) if rest else None)
        for chunk in answer.iter_content(PIECE):
            file.write(chunk)
            bar.advance(task, len(chunk))
