"""What tells a gradient check from a right one, whatever it draws; and the functions that it is tried on."""

import numpy as np
import pytest

from autograder.checking.drivers import DRIVERS
from autograder.checking.frozen import from_data, to_data
from autograder.checking.judges import JUDGES
from autograder.checking.subject import Observation, Subject, observe
from autograder.checking.waves import UnevenSum, WavySum
from autograder.gradients import gradient_check, numerical_gradient, relative_error


def spot_check(f, x, analytic, *, samples=10, rng):
    drawn = rng.permutation(x.size)[:samples]
    return relative_error(numerical_gradient(f, x)[drawn], analytic[drawn])


def sparing(f, x, analytic, *, samples=10, rng, calls=2):
    for _ in range(samples * calls):
        f(x)
    return 0.0


def inputs(times, **more):
    f, x = WavySum(1.0, 1.0, 0.2), np.full(20, 0.3)
    analytic = f.gradient(x) * (1 + np.arange(20) // 10 * (1 + np.arange(20)))
    return {"f": f, "x": x, "analytic": analytic, "times": times, **more, "rng": np.random.default_rng(1)}


def fault(driver, function, case):
    seen = observe(DRIVERS[driver].run, case, [Subject(function, "gradient_check", ["f", "x", "analytic"])])
    return seen.failure


# ------------------------------------------------------------------------------------------------- drivers


def test_a_check_that_draws_from_its_rng_passes():
    assert fault("found_sometimes", spot_check, inputs(40, samples=1)) is None
    assert fault("same_from_one_seed", spot_check, inputs(8, samples=1)) is None


def test_a_check_that_looks_everywhere_or_at_the_first_entries_is_found():
    def everywhere(f, x, analytic, *, samples, rng):
        return gradient_check(f, x, analytic)

    def first(f, x, analytic, *, samples, rng):
        return gradient_check(f, x[:samples], analytic[:samples])

    assert "every time" in fault("found_sometimes", everywhere, inputs(40, samples=1))
    assert "not once" in fault("found_sometimes", first, inputs(40, samples=1))


def test_a_check_with_chance_of_its_own_is_found():
    own = np.random.default_rng(9)

    def another(f, x, analytic, *, samples, rng):
        return spot_check(f, x, analytic, samples=samples, rng=own)

    assert fault("found_sometimes", another, inputs(40, samples=1)) is None
    assert "different results" in fault("same_from_one_seed", another, inputs(8, samples=1))


@pytest.mark.parametrize(("calls", "measured"), [(2, 10), (3, 15), (1, 5)])
def test_the_entries_measured_are_counted_by_the_calls_of_f(calls, measured):
    def function(f, x, analytic, *, samples=10, rng):
        return sparing(f, x, analytic, samples=samples, rng=rng, calls=calls)

    seen = observe(DRIVERS["entries_measured"].run, inputs(3), [Subject(function, "check", ["f", "x", "analytic"])])
    assert list(seen.outputs.values()) == [measured]


@pytest.mark.parametrize("returned", [None, True, np.ones(2), "0"])
def test_what_is_no_number_is_said_to_be_none(returned):
    assert "should be a number" in fault("found_sometimes", lambda f, x, a, **_: returned, inputs(4, samples=1))


# --------------------------------------------------------------------------------------------------- judge


@pytest.mark.parametrize("value", [0.0, 1e-9, np.float64(1e-4), 0])
def test_at_most_takes_numbers_from_0_to_the_bound(value):
    assert at_most(value) is None


@pytest.mark.parametrize("value", [2e-4, -1e-9, np.nan, np.inf, None, True, np.zeros(2)])
def test_at_most_takes_nothing_else(value):
    assert "but should be" in at_most(value)


def at_most(value):
    judge = JUDGES["at most"]
    return judge.fault(judge.see(Observation(outputs={"the result": value}), 1e-4), 1e-4, None)


def test_at_most_tells_an_error_as_it_was_raised():
    judge = JUDGES["at most"]
    assert judge.fault(judge.see(Observation(error=ZeroDivisionError()), 1.0), 1.0, None) == "raised ZeroDivisionError"


# --------------------------------------------------------------------------------------------------- waves


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 3), (2, 1, 2)])
@pytest.mark.parametrize("f", [WavySum(0.7, 2.0, 0.1), UnevenSum(0.7, 0.1)], ids=str)
def test_the_gradient_of_a_wave_is_the_measured_one(f, shape):
    x = np.random.default_rng(2).uniform(0.2, 1, size=shape)
    assert gradient_check(f, x, f.gradient(x)) < 1e-7
    assert isinstance(f(x), float)


def test_a_flattened_x_has_another_height():
    x = np.arange(6.0).reshape(2, 3)
    assert UnevenSum(1.0, 0.0)(x) != UnevenSum(1.0, 0.0)(x.ravel())


@pytest.mark.parametrize("f", [WavySum(0.7, 5e4, 0.1), UnevenSum(0.7, -0.1)], ids=str)
def test_a_wave_travels_as_data(f):
    assert from_data(to_data(f)) == f
