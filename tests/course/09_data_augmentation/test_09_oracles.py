"""The reference solutions against functions that nobody here wrote."""

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from conftest import ROOT
from sklearn.decomposition import PCA
from sklearn.feature_extraction.image import extract_patches_2d

from autograder.course.key import load_key
from autograder.datasets import load

REFERENCE = load_key(ROOT / "solutions" / "09_data_augmentation" / "key").reference


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def images(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def test_a_certain_flip_is_pytorchs(torch):
    X = images(3, 2, 4, 5)
    flipped = REFERENCE["random_flip"](X, 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(flipped, torch.flip(torch.tensor(X), dims=[-1]).numpy())


def test_the_number_of_flips_is_binomial():
    X, rng, n, calls, p = images(20, 1, 1, 2), np.random.default_rng(1), 20, 3000, 0.4
    counts = [int((REFERENCE["random_flip"](X, p, rng) != X).any(axis=(1, 2, 3)).sum()) for _ in range(calls)]
    expected = scipy.stats.binom.pmf(np.arange(3, 14), n, p)
    seen = np.bincount(np.clip(counts, 3, 13), minlength=14)[3:]
    expected[0], expected[-1] = scipy.stats.binom.cdf(3, n, p), scipy.stats.binom.sf(12, n, p)
    assert scipy.stats.chisquare(seen, calls * expected).pvalue > 1e-4


def test_crops_are_the_patches_of_scikit_learn_each_as_often():
    X = np.repeat(images(1, 1, 4, 5), 2400, axis=0)
    patches = extract_patches_2d(X[0, 0], (3, 3))
    crops = REFERENCE["random_crop"](X, 3, np.random.default_rng(2))[:, 0]
    found = (crops[:, None] == patches).all(axis=(2, 3))
    assert found.any(axis=1).all()
    assert len(patches) == 6
    assert scipy.stats.chisquare(found.sum(axis=0)).pvalue > 1e-4


def test_pushes_are_the_patches_of_pytorchs_padded_image_each_as_often(torch):
    X = np.repeat(images(1, 2, 3, 4), 2700, axis=0)
    padded = torch.nn.functional.pad(torch.tensor(X[:1]), (1, 1, 1, 1))
    patches = torch.nn.functional.unfold(padded, (3, 4))[0].T.reshape(-1, 2, 3, 4).numpy()
    pushed = REFERENCE["pad_and_crop"](X, 1, np.random.default_rng(3))
    found = (pushed[:, None] == patches).all(axis=(2, 3, 4))
    assert (found.sum(axis=1) == 1).all()
    assert scipy.stats.chisquare(found.sum(axis=0)).pvalue > 1e-4


def test_the_factors_of_a_jitter_are_uniform_and_independent():
    X = 0.4 + 0.2 * images(1, 3, 4, 4)
    X = np.repeat(X, 3000, axis=0)
    out = REFERENCE["color_jitter"](X, brightness=0.3, contrast=0.2, rng=np.random.default_rng(4))
    b = out.mean(axis=(1, 2, 3)) / X.mean()
    c = out.std(axis=(1, 2, 3)) / X[0].std() / b
    assert scipy.stats.kstest(b, scipy.stats.uniform(0.7, 0.6).cdf).pvalue > 1e-4
    assert scipy.stats.kstest(c, scipy.stats.uniform(0.8, 0.4).cdf).pvalue > 1e-4
    assert scipy.stats.spearmanr(b, c).pvalue > 1e-4


@pytest.mark.parametrize("name", ["digits_on_photos", "letters"])
def test_the_axes_of_colour_are_scikit_learns(name):
    X = load(name).X_val
    values, vectors = REFERENCE["fit_color_pca"](X)
    pixels = np.moveaxis(X, 1, -1).reshape(-1, 3)
    theirs = PCA(svd_solver="full").fit(pixels)
    np.testing.assert_allclose(values, theirs.explained_variance_ * (len(pixels) - 1) / len(pixels), rtol=1e-9)
    np.testing.assert_allclose(np.abs(vectors @ theirs.components_.T), np.eye(3), atol=1e-7)


def test_the_colours_of_the_lamps_have_the_covariance_of_the_formula():
    values, vectors = REFERENCE["fit_color_pca"](load("digits_on_photos").X_val)
    X = images(4000, 3, 1, 2)
    added = REFERENCE["pca_lighting"](X, values, vectors, sigma=0.7, rng=np.random.default_rng(5)) - X
    np.testing.assert_allclose(added[..., 0], added[..., 1], atol=1e-12)
    colours, formula = added[:, :, 0, 0], (vectors.T * (0.7 * values) ** 2) @ vectors
    apart = scipy.linalg.solve_triangular(scipy.linalg.cholesky(formula, lower=True), colours.T, lower=True)
    assert all(scipy.stats.kstest(part, "norm").pvalue > 1e-4 for part in apart)
    assert all(scipy.stats.pearsonr(apart[i], apart[j]).pvalue > 1e-4 for i, j in ((0, 1), (0, 2), (1, 2)))


@pytest.mark.parametrize(("H", "W", "size"), [(5, 5, 3), (6, 4, 2), (4, 8, 4), (7, 7, 7)])
def test_ten_crops_lie_where_pytorchs_windows_do(torch, H, W, size):
    """All windows by unfold, the five picked by the names of their places."""
    X = images(2, 3, H, W)
    windows = torch.tensor(X).unfold(2, size, 1).unfold(3, size, 1).numpy()
    middle = (H - size) // 2, (W - size) // 2
    five = [windows[:, :, i, j] for i, j in ((0, 0), (0, -1), (-1, 0), (-1, -1), middle)]
    expected = np.array([*five, *(np.flip(window, -1) for window in five)])
    np.testing.assert_array_equal(REFERENCE["ten_crop"](X, size), expected)


def test_averaged_predictions_of_a_net_of_pytorch(torch):
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 5))
    net = net.double()
    X, crops = images(4, 3, 8, 7), REFERENCE["ten_crop"](images(4, 3, 8, 7), 6)

    def predict(part):
        with torch.no_grad():
            return net(torch.tensor(np.ascontiguousarray(part))).softmax(dim=1).numpy()

    every = torch.tensor(np.ascontiguousarray(crops.reshape(40, 3, 6, 6)))
    with torch.no_grad():
        expected = net(every).softmax(dim=1).reshape(10, 4, 5).mean(dim=0).numpy()
    np.testing.assert_allclose(REFERENCE["predict_averaged"](predict, X, 6), expected, rtol=1e-12)
