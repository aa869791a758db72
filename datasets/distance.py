"""How far a data set is from the letters, measured in two ways. Run `python datasets/distance.py`."""

import numpy as np
from letters_net import features

from autograder.datasets import load, load_weights

GREY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601


def mean_spectrum(X):
    """The share of each spatial frequency in the power of the grey images X (N, 3, H, W): (H, W), its sum is 1."""
    grey = np.einsum("c,nchw->nhw", GREY, X)
    power = np.abs(np.fft.fft2(grey - grey.mean(axis=(1, 2), keepdims=True))) ** 2
    spectrum = power.mean(axis=0)
    return spectrum / spectrum.sum()


def spectral_distance(X, Z):
    """The total variation between two sets' mean spectra: 0 where they are the same, 1 where they share nothing."""
    return np.abs(mean_spectrum(X) - mean_spectrum(Z)).sum() / 2


def frechet_distance(a, b):
    """The distance of two Gaussians fitted to features (N, D), over the variance of `a` (Heusel et al. 2017).

    |mean_a - mean_b|^2 + trace(A + B - 2 (A B)^(1/2)), A and B the covariances, divided by trace(A).
    """
    A, B = np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(A)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    overlap = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ B @ root), 0)).sum()
    return (np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2) + np.trace(A) + np.trace(B) - 2 * overlap) / np.trace(A)


def distances(Z):
    """(spectral, Frechet) distance of images Z (N, 3, 16, 16) from the test images of the letters."""
    X, params = load("letters").X_test, load_weights("letters_net")
    return spectral_distance(X, Z), frechet_distance(features(params, X), features(params, Z))


if __name__ == "__main__":
    others = {"other letters": load("letters").X_val}
    others |= {name: load(name).X_test for name in ("digits_on_photos", "textures")}
    for name, images in others.items():
        print("{}: spectra {:.2f}, features {:.2f}".format(name, *distances(images)))
