"""The pretrained net: its form, what it reads, how it is trained, and how far the other sets are from its letters."""

import re
from pathlib import Path

import distance
import letters_net
import numpy as np
import pytest

from autograder.datasets import load, load_weights

FOLDER = Path(__file__).resolve().parents[1] / "datasets"


@pytest.fixture(scope="module")
def letters():
    return load("letters")


@pytest.fixture(scope="module")
def params():
    return load_weights("letters_net")


def test_form_is_that_of_the_course(params):
    shapes = [params[f"W{k}"].shape for k in range(1, 6)]
    assert shapes == [(16, 3, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3), (256, 128), (128, 26)]
    assert all(params[f"b{k}"].shape == (shape[0 if len(shape) == 4 else 1],) for k, shape in enumerate(shapes, 1))
    assert {array.dtype for array in params.values()} == {np.dtype(np.float32)}


def test_it_reads_the_test_letters_as_its_card_says(params, letters):
    right = letters_net.accuracy(params, letters.X_test, letters.y_test)
    stated = re.search(r"([\d.]+)% of the test letters", (FOLDER / "letters_net.md").read_text(encoding="utf-8"))
    assert right > 0.9
    assert abs(100 * right - float(stated[1])) < 0.2


def test_gradients_agree_with_numeric_ones(letters):
    rng = np.random.default_rng(1)
    params = {name: w.astype(float) for name, w in letters_net.new_net(rng).items()}
    X, y = letters.X_train[:3], letters.y_train[:3]
    loss, gradients = letters_net.loss_and_gradients(params, X, y)
    assert abs(loss - np.log(26)) < 1.5
    for name, w in params.items():
        direction = rng.standard_normal(w.shape)
        up, down = (letters_net.loss_and_gradients(params | {name: w + h * direction}, X, y)[0] for h in (1e-6, -1e-6))
        assert np.isclose((up - down) / 2e-6, np.sum(gradients[name] * direction), rtol=1e-4, atol=1e-7)


def test_a_few_steps_lower_the_loss_the_same_on_every_run(letters, capsys):
    X, y = letters.X_train[:200], letters.y_train[:200] % 3
    (first, losses), (second, _) = (letters_net.train_net(X, y, epochs=10) for _ in range(2))
    assert np.mean(losses[-4:]) < 0.8 * losses[0]
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert {w.dtype for w in first.values()} == {np.dtype(np.float32)}
    assert capsys.readouterr().out.count("of 10") == 20


def test_shifted_moves_each_image_as_a_whole():
    X = np.random.default_rng(1).random((40, 3, 16, 16))
    moved = letters_net.shifted(X, np.random.default_rng(2))
    places = set()
    for x, z in zip(X, moved, strict=True):
        fits = [
            (i, j)
            for i in range(-2, 3)
            for j in range(-2, 3)
            if np.array_equal(z[:, 2:-2, 2:-2], x[:, 2 + i : 14 + i, 2 + j : 14 + j])
        ]
        assert len(fits) == 1
        places.update(fits)
    assert len(places) > 12


def test_textures_are_farther_from_letters_than_digits_are_as_their_card_says(letters):
    others = distance.distances(letters.X_val)
    digits, textures = (distance.distances(load(name).X_test) for name in ("digits_on_photos", "textures"))
    card = (FOLDER / "textures.md").read_text(encoding="utf-8")
    for how, *measured in zip(("spectra", "features"), others, digits, textures, strict=True):
        near, similar, different = measured
        assert 3 * near < similar < different / 2
        stated = re.search(rf"{how}[^\n|]*\|" + r" ([\d.]+) \|" * 3, card).groups()
        assert np.allclose(measured, [float(number) for number in stated], atol=0.011)


def test_distances_are_zero_between_equal_sets_and_known_between_simple_ones():
    rng = np.random.default_rng(1)
    X, a = rng.random((5, 3, 16, 16)), rng.standard_normal((300, 4))
    assert distance.spectral_distance(X, X) == 0
    assert abs(distance.frechet_distance(a, a)) < 1e-9
    assert np.isclose(distance.frechet_distance(a, a + 3), 36 / np.trace(np.cov(a.T)))
    assert np.isclose(distance.frechet_distance(a, 3 * (a - a.mean(axis=0)) + a.mean(axis=0)), 4)
    wave = np.cos(2 * np.pi * np.arange(16) / 4) * np.ones((1, 3, 16, 1))
    assert np.isclose(distance.spectral_distance(wave, wave.swapaxes(2, 3)), 1)
