"""Letters and digits over photographs, and textures: made again to the byte, balanced, split without a leak."""

import importlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

import patches
from glyphs import edges, rasterise

FOLDER = Path(__file__).resolve().parents[1] / "datasets"
PARTS = ("train", "val", "test")
SIZES = {"letters": (6500, 1300, 1300), "digits_on_photos": (1197, 300, 300), "textures": (1200, 300, 300)}


def arrays(name):
    with np.load(FOLDER / f"{name}.npz") as data:
        return dict(data)


@pytest.fixture(scope="module")
def photos():
    return patches.photographs()


@pytest.mark.parametrize("name", SIZES)
def test_generator_makes_it_again_to_the_byte(name, tmp_path):
    importlib.import_module(name).generate(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (FOLDER / f"{name}.npz").read_bytes()


@pytest.mark.parametrize("name", SIZES)
def test_shapes_types_and_no_image_twice(name):
    data, seen = arrays(name), set()
    assert data["pixel_max"] == 255
    for part, size in zip(PARTS, SIZES[name], strict=True):
        assert data[f"X_{part}"].shape == (size, 3, 16, 16)
        assert data[f"y_{part}"].shape == (size,)
        assert data[f"X_{part}"].dtype == data[f"y_{part}"].dtype == np.uint8
        seen |= {image.tobytes() for image in data[f"X_{part}"]}
    assert len(seen) == sum(SIZES[name])


@pytest.mark.parametrize(("name", "classes"), [("letters", 26), ("textures", 10)])
def test_every_class_has_its_share_of_every_part(name, classes):
    data = arrays(name)
    for part, size in zip(PARTS, SIZES[name], strict=True):
        assert np.array_equal(np.bincount(data[f"y_{part}"]), np.full(classes, size // classes))


def test_a_handwritten_digit_is_in_the_part_where_digits_has_it():
    digits, over_photos = arrays("digits"), arrays("digits_on_photos")
    for part in PARTS:
        assert np.array_equal(over_photos[f"index_{part}"], digits[f"index_{part}"])
        assert np.array_equal(over_photos[f"y_{part}"], digits[f"y_{part}"])
    index = np.concatenate([over_photos[f"index_{part}"] for part in PARTS])
    assert len(set(index)) == len(index)


def test_no_pixel_of_a_photograph_is_in_two_parts_of_any_sets(photos):
    covered = {part: np.zeros((2, *photos.shape[2:]), dtype=bool) for part in PARTS}
    for path in FOLDER.glob("*.npz"):
        for name, sources in arrays(path.stem).items():
            if name.startswith("source_"):
                for photo, top, left in sources:
                    covered[name.removeprefix("source_")][photo, top : top + 16, left : left + 16] = True
    assert all(part.any() for part in covered.values())
    assert sum(part.astype(int) for part in covered.values()).max() == 1


@pytest.mark.parametrize("name", ["letters", "digits_on_photos"])
def test_the_source_is_where_the_ground_comes_from(name, photos):
    data = arrays(name)
    for image, (photo, top, left) in zip(data["X_test"], data["source_test"], strict=True):
        ground = photos[photo, :, top : top + 16, left : left + 16]
        same = (image == ground).all(axis=0)
        assert 0.2 < same.mean() < 0.97


def test_tiles_are_dealt_to_the_splits():
    tiles = np.concatenate([patches.tiles_of(part) for part in PARTS])
    assert np.array_equal(np.sort(tiles), np.arange(140))


def test_a_colour_differs_from_its_ground_or_comes_as_near_as_24_draws_allow():
    rng = np.random.default_rng(1)
    grounds = rng.integers(0, 256, (300, 3, 1, 1)) * np.ones((3, 4, 4), dtype=int)
    differences = [abs((patches.contrasting_colour(g, rng) - g[:, 0, 0]) @ patches.GREY) for g in grounds]
    assert np.mean(np.array(differences) >= 80_000) > 0.97
    assert min(differences) > 50_000


def test_paint_mixes_in_sixteenths():
    ground, ink = np.full((3, 1, 3), 100), np.array([[0, 8, 16]])
    assert np.array_equal(
        patches.paint(ground, ink, np.array([0, 101, 200]))[:, 0], [[100, 50, 0], [100, 101, 101], [100, 150, 200]]
    )


def square(side, turned=1):
    corners = side / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])[::turned]
    return np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)


def test_rasterise_covers_a_square_and_leaves_the_hole_of_a_ring():
    ring = np.concatenate([square(5), square(2, turned=-1)])
    ink = rasterise(ring, np.eye(2), (0, 0), 6)
    expected = np.full((6, 6), 16)
    expected[[0, -1]] = expected[:, [0, -1]] = 8
    expected[[0, 0, -1, -1], [0, -1, 0, -1]] = 4
    expected[2:4, 2:4] = 0
    assert np.array_equal(ink, expected)


def test_overlapping_contours_stay_filled_and_shift_goes_right_and_down():
    twice = np.concatenate([square(2), square(2)])
    expected = np.zeros((6, 6), dtype=int)
    expected[3:5, 4:6] = 16
    assert np.array_equal(rasterise(twice, np.eye(2), (2, 1), 6), expected)


def test_glyphs_stand_upright_and_fill_their_box():
    outline = edges("DejaVuSans", "L")
    assert np.isclose(outline.max(axis=(0, 1)) - outline.min(axis=(0, 1)), (0.6, 1), atol=0.15).all()
    ink = rasterise(outline, 14 * np.eye(2), (0, 0), 16)
    assert ink[12:].sum() > 2 * ink[:4].sum()  # the foot of an L
    assert ink[:, :8].sum() > 2 * ink[:, 8:].sum()  # its stem


@pytest.mark.parametrize("name", SIZES)
def test_contact_sheet_is_small_and_shown_in_the_card(name):
    assert (FOLDER / f"{name}.png").stat().st_size < 100_000
    assert f"({name}.png)" in (FOLDER / f"{name}.md").read_text(encoding="utf-8")
