"""The data sets: made again to the byte, split without a leak, loaded with shapes and ranges as promised."""

import hashlib
import importlib
import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets

ROOT = Path(__file__).resolve().parents[1]
PARTS = {"train": 1197, "val": 300, "test": 300}


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits")


def test_generator_makes_digits_again_to_the_byte(tmp_path):
    pytest.importorskip("sklearn")
    importlib.import_module("digits").generate(tmp_path / "digits.npz")
    assert (tmp_path / "digits.npz").read_bytes() == (ROOT / "datasets" / "digits.npz").read_bytes()


@pytest.mark.parametrize("name", [path.stem for path in sorted((ROOT / "datasets").glob("*.npz"))])
def test_card_states_size_and_checksum(name):
    card = (ROOT / "datasets" / f"{name}.md").read_text(encoding="utf-8")
    data = (ROOT / "datasets" / f"{name}.npz").read_bytes()
    assert re.search(r"`([0-9a-f]{64})`", card)[1] == hashlib.sha256(data).hexdigest()
    assert f"{len(data):,} bytes" in card


def test_all_of_the_data_is_small():
    assert sum(path.stat().st_size for path in (ROOT / "datasets").rglob("*") if path.is_file()) < 16e6


def test_every_image_of_the_source_is_in_exactly_one_part():
    with np.load(ROOT / "datasets" / "digits.npz") as data:
        index = np.concatenate([data[f"index_{part}"] for part in PARTS])
    assert np.array_equal(np.sort(index), np.arange(1797))


def test_no_image_is_in_two_parts(digits):
    images = [{x.tobytes() for x in getattr(digits, f"X_{part}")} for part in PARTS]
    assert len(images[0] | images[1] | images[2]) == sum(map(len, images)) == 1797


@pytest.mark.parametrize(("part", "size"), PARTS.items())
def test_shapes_types_and_ranges(digits, part, size):
    X, y = getattr(digits, f"X_{part}"), getattr(digits, f"y_{part}")
    assert X.shape == (size, 1, 8, 8)
    assert X.dtype == np.float64
    assert X.min() == 0
    assert X.max() == 1
    assert y.shape == (size,)
    assert y.dtype == np.int64
    assert np.abs(np.bincount(y, minlength=10) / size - 0.1).max() < 0.006


def test_images_belong_to_their_labels():
    source = pytest.importorskip("sklearn.datasets").load_digits()
    with np.load(ROOT / "datasets" / "digits.npz") as data:
        for part in PARTS:
            rows = data[f"index_{part}"]
            assert np.array_equal(data[f"X_{part}"][:, 0], source.images[rows])
            assert np.array_equal(data[f"y_{part}"], source.target[rows])


def test_each_call_gives_fresh_arrays_in_a_frozen_split(digits):
    again = datasets.load("digits")
    again.X_train[:] = -1
    assert digits.X_train.min() == 0
    with pytest.raises(FrozenInstanceError):
        again.X_train = None


def test_photo_is_made_again(tmp_path):
    pytest.importorskip("sklearn")
    importlib.import_module("photo").generate(tmp_path / "photo.npz")
    with np.load(tmp_path / "photo.npz") as again, np.load(ROOT / "datasets" / "photo.npz") as kept:
        assert np.array_equal(again["corner"], kept["corner"])
        assert kept["photo"].shape == (128, 128)
        assert kept["photo"].dtype == np.uint8
        assert np.abs(again["photo"].astype(int) - kept["photo"]).max() <= 1  # JPEG decoders may round differently


@pytest.mark.parametrize("name", ["digit", "../datasets/digits", "digits.npz", ""])
def test_unknown_name_is_named_with_what_there_is(name):
    with pytest.raises(ValueError, match=re.escape(repr(name)) + ".*digits"):
        datasets.load(name)


@pytest.mark.parametrize("name", ["photo", "letters_net"])
def test_a_file_without_a_split_is_refused_and_not_offered(name):
    with pytest.raises(ValueError, match=f"'{name}' is no data set with a split; there is: ") as told:
        datasets.load(name)
    offered = str(told.value).partition("there is: ")[2].rstrip(".").split(", ")
    assert {"digits", "digits_on_photos", "letters", "textures"} <= set(offered)
    assert name not in offered


def test_weights_are_a_dict_of_fresh_arrays():
    params = datasets.load_weights("letters_net")
    assert list(params) == [f"{kind}{k}" for k in range(1, 6) for kind in "Wb"]
    params["W1"][:] = 0
    assert datasets.load_weights("letters_net")["W1"].any()
    with pytest.raises(ValueError, match="'letters' is no network; there is: letters_net"):
        datasets.load_weights("letters")


def test_missing_folder_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "autograder" / "datasets.py"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="datasets"):
        datasets.load("digits")


def test_folder_above_the_working_directory_is_found(tmp_path, monkeypatch):
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "digits.npz").write_bytes((ROOT / "datasets" / "digits.npz").read_bytes())
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.setattr(datasets, "__file__", str(tmp_path / "elsewhere" / "autograder" / "datasets.py"))
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert datasets.folder() == tmp_path / "datasets"
    assert datasets.load("digits").X_val.shape == (300, 1, 8, 8)
