"""The driver for principal components: free signs and free choices pass, everything else shows."""

import numpy as np
import pytest

from autograder.checking.compare import same
from autograder.checking.drivers import DRIVERS
from autograder.checking.subject import Subject, observe

X = np.random.default_rng(1).normal(size=(6, 3)) * [3, 2, 1]


def pca(X):
    mean = X.mean(axis=0)
    _, S, V = np.linalg.svd(X - mean, full_matrices=False)
    return mean, V, S**2 / len(X)


def run(function, X=X):
    return observe(DRIVERS["principal_components"].run, {"X": X}, [Subject(function, "fit_pca", ["X"])])


def changed(function):
    """pca, with its (mean, components, variances) changed by a function."""
    return lambda X: function(*pca(X))


def agree(function, X=X):
    return same(run(function, X).outputs, run(pca, X).outputs)


@pytest.mark.parametrize("signs", [(1, 1, -1), (-1, 1, 1), (-1, -1, -1)])
def test_signs_are_free(signs):
    assert agree(changed(lambda mean, V, variances: (mean, V * np.array(signs)[:, None], variances)))


def test_a_turn_among_equal_variances_is_free():
    square = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
    turn = np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]])
    assert agree(changed(lambda mean, V, variances: (mean, turn @ V, variances)), square)


def test_a_row_of_no_variance_must_be_of_length_1_and_at_right_angles_too():
    flat = X * [1, 1, 0]
    for row in ([0.0, 0, 2], [0.6, 0, 0.8]):
        assert not agree(changed(lambda mean, V, variances, row=row: (mean, np.vstack([V[:2], row]), variances)), flat)
    assert agree(changed(lambda mean, V, variances: (mean, np.vstack([V[:2], [0.0, 0, -1]]), variances)), flat)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda mean, V, variances: (mean, V.T, variances),
        lambda mean, V, variances: (mean, V[::-1], variances),
        lambda mean, V, variances: (mean, V[::-1], variances[::-1]),
        lambda mean, V, variances: (mean, 2 * V, variances / 4),
        lambda mean, V, variances: (mean, V, variances * 1.2),
        lambda mean, V, variances: (mean + 0.1, V, variances),
        lambda mean, V, variances: (mean, V[[0, 0, 2]], variances),
        lambda mean, V, variances: (mean, V @ np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]]), variances),
    ],
)
def test_mistakes_show(mistake):
    assert not agree(changed(mistake))


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (lambda X: None, "it should return three things, mean, components and variances, but returned None"),
        (lambda X: pca(X)[:2], "it should return three things, mean, components and variances, but returned 2 values"),
        (
            changed(lambda mean, V, variances: (mean, V[:2], variances)),
            "components is an array of shape (2, 3), but should be an array of floats of shape (3, 3)",
        ),
        (
            changed(lambda mean, V, variances: (mean, V, list(variances))),
            "variances is a list, but should be an array of floats of shape (3,)",
        ),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(function, sentence):
    assert run(function).sentence == sentence
