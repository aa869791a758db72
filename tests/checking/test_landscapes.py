"""Functions to minimise: their gradients are theirs, and they travel in `checks.json`."""

import numpy as np
import pytest

from autograder.checking.frozen import from_data, to_data
from autograder.checking.landscapes import Bowl, DoubleWell, Roof, Rosenbrock, Wall, WithGradient
from autograder.gradients import gradient_check

MATRIX = np.array([[2.0, 0.5], [0.5, 1.0]])
LANDSCAPES = [
    Bowl(MATRIX, np.array([1.0, -1.0])),
    Bowl(MATRIX, np.array([1.0, -1.0]), 3.0, 0.7),
    Rosenbrock(100.0),
    DoubleWell(2.0),
    Roof(1.5),
    Wall(0.5),
]


@pytest.mark.parametrize("f", LANDSCAPES)
def test_the_gradient_is_that_of_f(f):
    x = np.array([0.7, 2.2])
    assert gradient_check(f, x, f.gradient(x)) < 1e-7


@pytest.mark.parametrize("f", LANDSCAPES)
def test_a_landscape_comes_back_and_does_the_same(f):
    x = np.array([0.7, 2.2])
    value, gradient = from_data(to_data(WithGradient(f)))(x)
    assert value == f(x)
    assert gradient.tolist() == f.gradient(x).tolist()


def test_minima_are_where_they_are_said_to_be():
    ones = np.ones(3)
    for f in (Rosenbrock(100.0), DoubleWell(2.0), Wall(0.5)):
        assert f(ones) == 0
        assert not f.gradient(ones).any()
    assert LANDSCAPES[1](np.array([1.0, -1.0])) == 3.0


def test_a_gradient_keeps_float32():
    for f in LANDSCAPES:
        assert f.gradient(np.array([0.7, 2.2], dtype="float32")).dtype == "float32"


def test_beyond_the_wall_f_is_nan_without_a_warning():
    x = np.array([1.0, -1.0])
    assert np.isnan(Wall(1.0)(x))
    assert np.isinf(Bowl(MATRIX, np.zeros(2))(np.full(2, 1e200)))


def test_landscapes_show_their_names():
    assert repr(WithGradient(Rosenbrock(100.0))) == "Rosenbrock"
