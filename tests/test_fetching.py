"""CIFAR-10 and MNIST, from a server on this machine that has small files of the same format."""

import gzip
import hashlib
import io
import pickle
import struct
import sys
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pooch
import pytest

from autograder import datasets, fetching
from autograder.fetching import SOURCES, BatchUnpickler, Source

rng = np.random.default_rng(1)
X, y = rng.integers(256, size=(12, 28, 28), dtype=np.uint8), rng.integers(10, size=12, dtype=np.uint8)
COLOUR = rng.integers(256, size=(6, 2, 3072), dtype=np.uint8)  # two images a batch
LABELS = [[3, 9], [0, 5], [1, 1], [7, 2], [4, 4], [6, 8]]
IMAGES = "train-images-idx3-ubyte.gz"
CIFAR = "cifar-10-python.tar.gz"


def idx(array):
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.tobytes())


def batch_of_python2(data, labels):
    """What Python 2 wrote: a dict of a list and an array, whose texts are bytes and whose truth values are numbers."""
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\1b\x87R"
    shape = b"M" + struct.pack("<H", len(data)) + b"M\0\x0c\x86"
    dtype = b"cnumpy\ndtype\nU\2u1K\0K\1\x87R(K\3U\1|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    state = b"(K\1" + shape + dtype + b"\x89T" + struct.pack("<I", data.nbytes) + data.tobytes() + b"tb"
    return b"\x80\2}(U\4data" + array + state + b"U\6labels](" + b"".join(b"K%c" % y for y in labels) + b"eu."


def cifar(batches):
    file = io.BytesIO()
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, batch in zip(names, batches, strict=True):
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(batch)
            tar.addfile(member, io.BytesIO(batch))
    return file.getvalue()


FILES = {
    IMAGES: idx(X),
    "train-labels-idx1-ubyte.gz": idx(y),
    "t10k-images-idx3-ubyte.gz": idx(X[:4]),
    "t10k-labels-idx1-ubyte.gz": idx(y[:4]),
    CIFAR: cifar([batch_of_python2(*batch) for batch in zip(COLOUR, LABELS, strict=True)]),
}


class Server(ThreadingHTTPServer):
    """Serves `files`; notes who asked for what; may know no ranges, or break off after so many bytes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.asked, self.knows_ranges, self.breaks_after = dict(FILES), [], True, None


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name, wanted = self.path.rpartition("/")[2], self.headers["Range"]
        self.server.asked.append((name, wanted))
        if (data := self.server.files.get(name)) is None:
            return self.send_error(404)
        first = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.server.knows_ranges else 0
        if first >= len(data):
            return self.send_error(416)
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        self.wfile.write(data[first:][: self.server.breaks_after])

    def log_message(self, *_):
        pass


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(fetching.CACHE, str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def server(cache, monkeypatch):
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name, validation in (("mnist", 3), ("cifar10", 1)):
        checksums = {file: hashlib.sha256(FILES[file]).hexdigest() for file in SOURCES[name].files}
        url = f"http://127.0.0.1:{server.server_port}/data/"
        monkeypatch.setitem(SOURCES, name, Source(url, checksums, SOURCES[name].read, validation))
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_mnist_comes_with_the_end_of_its_training_part_to_choose_by(server):
    split = datasets.fetch("mnist")
    assert np.array_equal(np.concatenate([split.X_train, split.X_val]), np.float32(X[:, None]) / np.float32(255))
    assert np.array_equal(np.concatenate([split.y_train, split.y_val]), y)
    assert np.array_equal(split.X_test, split.X_train[:4])
    assert np.array_equal(split.y_test, y[:4])
    assert split.X_train.shape == (9, 1, 28, 28)
    assert (split.X_val.dtype, split.y_val.dtype) == (np.float32, np.int64)


def test_cifar10_comes_in_the_order_of_its_batches(server):
    split = datasets.fetch("cifar10")
    images = np.concatenate([split.X_train, split.X_val, split.X_test])
    assert np.array_equal(np.rint(255 * images).astype(np.uint8), COLOUR.reshape(12, 3, 32, 32))
    assert [*split.y_train, *split.y_val, *split.y_test] == [y for batch in LABELS for y in batch]
    assert [len(split.y_train), len(split.y_val), len(split.y_test)] == [9, 1, 2]


def test_what_is_there_is_not_downloaded_again(server):
    datasets.fetch("mnist")
    assert len(server.asked) == 4
    datasets.fetch("mnist")
    assert len(server.asked) == 4


def test_a_download_that_broke_off_goes_on_where_it_stopped(server, cache, monkeypatch):
    monkeypatch.setattr(fetching, "PIECE", 250)
    server.breaks_after = 1000
    with pytest.raises(ConnectionError, match=r"the connection broke\)\. What came is kept: 1,000 bytes"):
        datasets.fetch("mnist")
    server.breaks_after = None
    datasets.fetch("mnist")
    assert server.asked[:2] == [(IMAGES, None), (IMAGES, "bytes=1000-")]
    assert (cache / IMAGES).read_bytes() == FILES[IMAGES]
    assert sorted(path.name for path in cache.iterdir()) == sorted(SOURCES["mnist"].files)


def test_a_server_that_knows_no_ranges_sends_it_all_again(server, cache):
    server.knows_ranges = False
    (cache / f"{IMAGES}.part").write_bytes(b"something else")
    datasets.fetch("mnist")
    assert server.asked[0] == (IMAGES, "bytes=14-")


def test_a_part_that_is_whole_is_taken(server, cache):
    (cache / f"{IMAGES}.part").write_bytes(FILES[IMAGES])
    datasets.fetch("mnist")


@pytest.mark.parametrize("part", [b"wrong from the start", FILES[IMAGES] + b"and more"])
def test_a_part_of_another_file_is_found_out_and_is_no_hindrance_then(server, cache, part):
    (cache / f"{IMAGES}.part").write_bytes(part)
    with pytest.raises(ValueError, match="not the file that the course knows"):
        datasets.fetch("mnist")
    datasets.fetch("mnist")


def test_a_wrong_checksum_says_of_what_and_what_to_do_and_keeps_nothing(server, cache):
    server.files[IMAGES] = FILES[IMAGES][:-1] + b"?"
    with pytest.raises(ValueError, match="not the file") as error:
        datasets.fetch("mnist")
    for said in (IMAGES, SOURCES["mnist"].url, SOURCES["mnist"].files[IMAGES], f"put it into {cache}"):
        assert said in str(error.value)
    assert not list(cache.iterdir())


def test_nothing_is_unpickled_before_its_checksum_is_right(server, monkeypatch):
    monkeypatch.setattr(BatchUnpickler, "load", lambda self: pytest.fail("it was unpickled"))
    server.files[CIFAR] = cifar([batch_of_python2(COLOUR[0], [1, 2])] * 6)
    with pytest.raises(ValueError, match="not the file"):
        datasets.fetch("cifar10")


def test_a_file_that_was_spoilt_in_the_cache_is_replaced(server, cache):
    (cache / IMAGES).write_bytes(b"spoilt")
    datasets.fetch("mnist")
    assert (cache / IMAGES).read_bytes() == FILES[IMAGES]


def test_without_a_server_it_says_so_and_files_put_there_by_hand_will_do(server, cache, monkeypatch):
    there = SOURCES["mnist"]
    monkeypatch.setitem(SOURCES, "mnist", Source("http://127.0.0.1:9/", there.files, there.read, there.validation))
    with pytest.raises(ConnectionError, match=rf"{IMAGES} could not .*9/ \(there is no connection\).*into {cache}\."):
        datasets.fetch("mnist")
    for name in there.files:
        (cache / name).write_bytes(FILES[name])
    assert len(datasets.fetch("mnist").y_test) == 4


def test_a_server_that_has_no_such_file_is_quoted(server):
    del server.files[IMAGES]
    with pytest.raises(ConnectionError, match=r"the server says 404 Not Found\)\. Try"):
        datasets.fetch("mnist")


def test_another_name_is_named_with_what_there_is():
    with pytest.raises(ValueError, match=r"'cifar100'.*cifar10, mnist"):
        datasets.fetch("cifar100")


@pytest.mark.parametrize("called", [print, eval, np.load, getattr], ids=lambda f: f.__name__)
def test_a_pickle_that_calls_something_is_refused(called):
    class Trick:
        def __reduce__(self):
            return called, ("1",)

    with pytest.raises(pickle.UnpicklingError, match=called.__name__):
        BatchUnpickler(io.BytesIO(pickle.dumps(Trick(), 2)), encoding="bytes").load()


def test_the_bar_is_for_terminals_only(server, capfd, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setattr(pooch.get_logger().handlers[0], "stream", sys.stderr)
    datasets.fetch("cifar10")
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")  # so that rich takes anything for a terminal
    datasets.fetch("mnist")
    assert IMAGES in capfd.readouterr().out


def test_the_real_files_are_known_by_their_sha256_and_come_encrypted():
    for source in SOURCES.values():
        assert source.url.startswith("https://")
        assert all(len(bytes.fromhex(checksum)) == 32 for checksum in source.files.values())
        assert source.validation == 5000
