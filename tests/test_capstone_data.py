"""The capstone's images: made again to the byte, split without a leak, and the test labels are in the key alone."""

import hashlib
import importlib.util
import re
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder import datasets

ROOT = Path(__file__).resolve().parents[1]
PUBLIC, HIDDEN = ROOT / "datasets" / "capstone.npz", ROOT / "solutions" / "12_capstone" / "key" / "hidden.npz"
CARD = ROOT / "datasets" / "capstone.md"


@pytest.fixture(scope="module")
def generator():
    pytest.importorskip("sklearn")
    pytest.importorskip("fontTools")
    sys.path.insert(0, str(ROOT / "datasets"))
    try:
        spec = importlib.util.spec_from_file_location("make_capstone", ROOT / "datasets" / "capstone.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(ROOT / "datasets"))


@pytest.fixture(scope="module")
def hidden():
    with np.load(HIDDEN) as data:
        return dict(data)


@pytest.fixture(scope="module")
def public():
    with np.load(PUBLIC) as data:
        return dict(data)


def test_both_files_are_made_again_to_the_byte(generator, hidden, tmp_path):
    generator.generate(tmp_path / "capstone.npz")
    generator.generate_hidden(tmp_path / "hidden.npz", hidden["seed"])
    assert (tmp_path / "capstone.npz").read_bytes() == PUBLIC.read_bytes()
    assert (tmp_path / "hidden.npz").read_bytes() == HIDDEN.read_bytes()


def test_the_card_states_size_and_checksum():
    card = CARD.read_text(encoding="utf-8")
    assert re.search(r"`([0-9a-f]{64})`", card)[1] == hashlib.sha256(PUBLIC.read_bytes()).hexdigest()
    assert f"{PUBLIC.stat().st_size:,} bytes" in card


def test_loaded_it_has_no_test_part():
    split = datasets.load("capstone")
    assert split.X_train.shape == (3200, 3, 16, 16)
    assert split.X_val.shape == (800, 3, 16, 16)
    assert split.X_test is None
    assert split.y_test is None


def test_every_letter_is_as_frequent_as_any_other(public, hidden):
    for part, y in (("train", public["y_train"]), ("val", public["y_val"]), ("test", hidden["y_test"])):
        assert set(np.bincount(y, minlength=16)) == {{"train": 200, "val": 50, "test": 100}[part]}


def test_no_pixel_of_a_photograph_is_in_two_parts(public, hidden):
    """Each patch covers 16x16 pixels of its photograph."""
    sources = {"train": public["source_train"], "val": public["source_val"], "test": hidden["source_test"]}
    seen = np.zeros((2, 240, 340), dtype=np.int64)
    for part, source in enumerate(sources.values()):
        for photo, row, column in source.astype(int):
            seen[photo, row : row + 16, column : column + 16] |= 1 << part
    assert set(np.unique(seen)) <= {0, 1, 2, 4}


def test_the_seed_is_a_secret_that_cannot_be_guessed(hidden):
    assert hidden["seed"].dtype == np.uint32
    assert hidden["seed"].shape == (4,)
    assert len(set(hidden["seed"].tolist())) == 4


def test_nothing_outside_of_the_key_holds_the_seed_or_a_test_image(hidden):
    """Of what a student gets: the released folder, the data, the package."""
    numbers = [str(number) for number in hidden["seed"]]
    secrets = [hidden["seed"].tobytes(), hidden["y_test"][:64].tobytes()]
    secrets += [image.tobytes() for image in hidden["X_test"][::50]]
    folders = [ROOT / "assignments" / "12_capstone", ROOT / "datasets", ROOT / "autograder"]
    for path in (p for folder in folders for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        data = path.read_bytes()
        assert not any(secret in data for secret in secrets), path
        if path.suffix in (".ipynb", ".json", ".py", ".md"):
            assert not any(number in data.decode() for number in numbers), path


def test_the_checks_of_the_visible_cases_name_the_validation_images_alone():
    released = ROOT / "assignments" / "12_capstone"
    checks = (released / "checks.json").read_text(encoding="utf-8")
    assert '"part":"val"' in checks
    assert '"part":"test"' not in checks
    assert "hidden.npz" not in checks
    notebook = nbformat.read(released / "12_capstone.ipynb", as_version=4)
    assert not any("hidden.npz" in cell.source for cell in notebook.cells)
