"""The measured gradient: right where a derivative is known, and no friend of shapes that do not fit."""

import numpy as np
import pytest

from autograder.gradients import away_from_kinks, gradient_check, numerical_gradient, relative_error


@pytest.mark.parametrize("shape", [(), (1,), (5,), (2, 3), (2, 1, 2), (0, 3)])
def test_the_numeric_gradient_of_a_cube_is_three_squares(shape):
    x = np.random.default_rng(0).normal(size=shape)
    measured = numerical_gradient(lambda x: float(np.sum(x**3)), x)
    assert measured.shape == shape
    np.testing.assert_allclose(measured, 3 * x**2, atol=1e-8)


def test_the_difference_is_centered_so_its_error_falls_with_the_square_of_h():
    x = np.array([0.7])
    measured = [numerical_gradient(lambda x: float(np.exp(x[0])), x, h)[0] for h in (1e-2, 1e-3)]
    errors = np.abs(np.array(measured) - np.exp(0.7))
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)


def test_x_is_put_back_bit_for_bit():
    x = np.random.default_rng(1).normal(size=(3, 4)) * 10.0 ** np.arange(-9, 3, 3)
    before = x.tobytes()
    numerical_gradient(lambda x: float(np.sum(np.sin(x))), x)
    assert x.tobytes() == before


def test_the_relative_error_is_the_largest_of_all():
    assert relative_error(np.array([1.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(0.5)
    assert relative_error(np.zeros(3), np.zeros(3)) == 0.0
    assert relative_error(np.zeros((0, 2)), np.zeros((0, 2))) == 0.0
    assert relative_error(np.array([-1.0]), np.array([1.0])) == 1.0


def test_nan_in_gives_nan_out():
    assert np.isnan(relative_error(np.array([np.nan, 1.0]), np.ones(2)))


@pytest.mark.parametrize(("a", "b"), [((3,), (1, 3)), ((3,), (1,)), ((3,), ())])
def test_shapes_that_would_broadcast_are_refused(a, b):
    with pytest.raises(ValueError, match="a has shape"):
        relative_error(np.ones(a), np.ones(b))


def test_a_gradient_check_tells_right_from_wrong():
    x = np.random.default_rng(2).normal(size=4)

    def f(x):
        return float(np.sum(x**2))

    assert gradient_check(f, x, 2 * x) < 1e-7
    assert gradient_check(f, x, x) == pytest.approx(1 / 3, rel=1e-6)


def test_entries_near_a_kink_are_moved_to_their_side_of_it_and_others_stay():
    x = np.array([-1.0, -0.001, 0.0, 0.001, 0.01, 1.0])
    moved = away_from_kinks(x, 0.0, 0.01)
    np.testing.assert_allclose(moved, [-1.0, -0.01, 0.01, 0.01, 0.01, 1.0])
    assert x[1] == -0.001
    np.testing.assert_allclose(away_from_kinks(np.array([0.0, 1.004]), [0.0, 1.0], 0.01), [0.01, 1.01])
