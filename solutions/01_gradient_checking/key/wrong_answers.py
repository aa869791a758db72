"""Mistakes that people really make with gradients and in their first layers. Each docstring is the hint."""

import numpy as np

from autograder.checking import wrong

# ---------------------------------------------------------------------------------------- relative_error


@wrong("relative_error")
def error_without_the_floor(a, b):
    """Two zeros agree, but 0/0 is NaN. Something has to keep the denominator away from 0."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))


@wrong("relative_error")
def error_with_the_floor_added(a, b):
    """You add the 1e-8 to the sum. It is a floor: it counts where the sum is smaller, and nowhere else."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-8))


@wrong("relative_error")
def error_over_the_larger(a, b):
    """You divide by the larger of the two numbers. That is another convention, up to twice as large; graded is the
    sum of both."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b))))


@wrong("relative_error")
def error_over_one_of_them(a, b):
    """You divide by one of the two numbers alone. Where that one is 0, or merely wrong, the error means nothing: both
    have to count."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(b)))


@wrong("relative_error")
def error_over_the_mean(a, b):
    """Your error reaches 2: you divide by the mean of the two numbers, not by their sum. Both conventions exist; look
    at the formula of this one."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b) / np.maximum(1e-8, (np.abs(a) + np.abs(b)) / 2))


@wrong("relative_error")
def error_is_absolute(a, b):
    """You return the difference itself. Whether 0.001 is much depends on the size of the numbers."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b))


@wrong("relative_error")
def error_with_its_sign(a, b):
    """Your differences keep their sign, so an entry where a is the smaller one can never be the worst."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max((a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@wrong("relative_error")
def error_over_the_sum_with_signs(a, b):
    """You add the two numbers below, not their sizes. With opposite signs they cancel, just where the gradients
    disagree most."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a + b)))


@wrong("relative_error")
def error_on_average(a, b):
    """You return the mean over the entries. One wrong entry among a thousand right ones would not show: report the
    worst."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.mean(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@wrong("relative_error")
def error_of_each_entry(a, b):
    """You return one error for each entry. Asked for is one number, the worst of them."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))


@wrong("relative_error")
def error_of_the_norms(a, b):
    """You compare the two arrays as a whole, by their norms. Then a small entry may be quite wrong beside a large one
    that is right."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.linalg.norm(a - b) / max(1e-8, np.linalg.norm(a) + np.linalg.norm(b))


@wrong("relative_error")
def error_of_the_largest_entries(a, b):
    """You divide the largest difference by the largest sum, and these may belong to different entries. Divide entry by
    entry, and look for the largest after that."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    return np.max(np.abs(a - b)) / max(1e-8, np.max(np.abs(a) + np.abs(b)))


@wrong("relative_error")
def error_that_broadcasts(a, b):
    """Two shapes that differ still give a number: NumPy has stretched one of them to the other. Compare the shapes
    first."""
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@wrong("relative_error")
def error_with_a_lost_nan(a, b):
    """A NaN came in and a harmless number came out. Every comparison with NaN is false, so a maximum that is kept by
    `>`, or by Python's `max`, walks past it."""
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    worst = 0.0
    for p, q in zip(a.ravel(), b.ravel(), strict=True):
        error = abs(p - q) / max(1e-8, abs(p) + abs(q))
        if error > worst:
            worst = error
    return worst


# ------------------------------------------------------------------------------------ numerical_gradient


@wrong("numerical_gradient")
def numeric_one_sided(f, x, h=1e-5):
    """You compare f(x + h) with f(x). That is the one-sided difference; its error shrinks only with h. Step to both
    sides."""
    gradient = np.zeros_like(x)
    height = f(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        gradient[i] = (f(x) - height) / h
        x[i] = kept
    return gradient


@wrong("numerical_gradient")
def numeric_over_one_step(f, x, h=1e-5):
    """Your numbers are twice as large as they should be. How far apart are the two points that you compare?"""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        gradient[i] = (above - f(x)) / h
        x[i] = kept
    return gradient


@wrong("numerical_gradient")
def numeric_without_brackets(f, x, h=1e-5):
    """`/ 2 * h` divides by 2 and then multiplies by h. The whole of 2 h belongs below the line."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        gradient[i] = (above - f(x)) / 2 * h
        x[i] = kept
    return gradient


@wrong("numerical_gradient")
def numeric_upside_down(f, x, h=1e-5):
    """Your gradient points downhill. Which of the two heights is taken from which?"""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        gradient[i] = (f(x) - above) / (2 * h)
        x[i] = kept
    return gradient


@wrong("numerical_gradient")
def numeric_not_put_back(f, x, h=1e-5):
    """After an entry is measured you leave it where it was moved to. The next entries are measured at another point,
    and the caller's x has changed."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


@wrong("numerical_gradient")
def numeric_copies_not_put_back(f, x, h=1e-5):
    """Your copies keep the steps of all earlier entries. At each entry only that one is moved: put it back, or make
    fresh copies."""
    gradient = np.zeros_like(x)
    right, left = x.copy(), x.copy()
    for i in np.ndindex(x.shape):
        right[i] += h
        left[i] -= h
        gradient[i] = (f(right) - f(left)) / (2 * h)
    return gradient


@wrong("numerical_gradient")
def numeric_put_back_by_arithmetic(f, x, h=1e-5):
    """x does not come back bit for bit. If you add h and take it away again, a rounding error stays behind: keep the
    old number and put it back."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] += h
    return gradient


@wrong("numerical_gradient")
def numeric_all_at_once(f, x, h=1e-5):
    """You move all entries at the same time. That is the slope in one direction; a gradient has a slope for each entry,
    measured while the others stay."""
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return np.full_like(x, slope)


@wrong("numerical_gradient")
def numeric_row_by_row(f, x, h=1e-5):
    """In a matrix, x[i] is a whole row, and you move all of it. Every single number needs its own slope."""
    gradient = np.zeros_like(x)
    for i in range(len(x)):
        kept = np.copy(x[i])
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] = kept
    return gradient


@wrong("numerical_gradient")
def numeric_with_a_step_of_its_own(f, x, h=1e-5):
    """You take a step of 1e-5, whatever the caller asks for. Use the argument, not its default."""
    h = 1e-5
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        gradient[i] = (above - f(x)) / (2 * h)
        x[i] = kept
    return gradient


@wrong("numerical_gradient")
def numeric_flattened(f, x, h=1e-5):
    """You return a flat row of slopes. The gradient has the shape of x."""
    gradient = []
    for i in np.ndindex(x.shape):
        kept = x[i]
        x[i] = kept + h
        above = f(x)
        x[i] = kept - h
        gradient.append((above - f(x)) / (2 * h))
        x[i] = kept
    return np.array(gradient)


@wrong("numerical_gradient")
def numeric_of_a_flattened_x(f, x, h=1e-5):
    """You give f a flat array. It expects one of x's shape, as a network expects its weights as a matrix."""
    flat, gradient = x.ravel().copy(), np.zeros(x.size)
    for i in range(x.size):
        kept = flat[i]
        flat[i] = kept + h
        above = f(flat)
        flat[i] = kept - h
        gradient[i] = (above - f(flat)) / (2 * h)
        flat[i] = kept
    return gradient.reshape(x.shape)


@wrong("numerical_gradient")
def numeric_moves_an_unused_copy(f, x, h=1e-5):
    """Your gradient is 0 everywhere: f sees the same numbers both times. Either you move a copy and give f the x that
    did not move, or both of your names mean one array."""
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += h
        above = f(x)
        moved[i] -= 2 * h
        gradient[i] = (above - f(x)) / (2 * h)
    return gradient


# ---------------------------------------------------------------------------------------- gradient_check


def slope_at(f, x, i, h):
    """The centered difference at entry i, x being put back."""
    kept = x[i]
    x[i] = kept + h
    above = f(x)
    x[i] = kept - h
    below = f(x)
    x[i] = kept
    return (above - below) / (2 * h)


def apart(p, q):
    return abs(p - q) / np.maximum(1e-8, abs(p) + abs(q))


@wrong("gradient_check")
def check_loses_nan(f, x, analytic, *, samples=10, h=1e-5, rng):
    """A gradient of NaN passes your check: Python's `max` and `>` walk past a NaN, since every comparison with it is
    false."""
    worst = 0.0
    for place in rng.integers(x.size, size=samples):
        i = np.unravel_index(place, x.shape)
        worst = max(worst, apart(slope_at(f, x, i, h), analytic[i]))
    return worst


@wrong("gradient_check")
def check_the_first_entries(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You always look at the first entries of x, so a mistake in the others is never found. Draw them with rng."""
    places = [np.unravel_index(place, x.shape) for place in range(min(samples, x.size))]
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_every_entry(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You measure the slope at every entry of x. The point of a spot check is to measure only at a few: two calls of f
    are dear when f is a network."""
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in np.ndindex(x.shape)])


@wrong("gradient_check")
def check_measures_all_and_samples_then(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You draw some entries, but only after the slope has been measured at all of them. Draw first: what is not drawn
    need not be measured."""
    numeric = np.array([slope_at(f, x, i, h) for i in np.ndindex(x.shape)])
    drawn = rng.integers(x.size, size=samples)
    return np.max(apart(numeric[drawn], analytic.ravel()[drawn]))


@wrong("gradient_check")
def check_with_a_seed_of_its_own(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You make a generator of your own, with a seed: every check draws the same entries. Use the rng that you are
    given."""
    rng = np.random.default_rng(0)
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_with_global_chance(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Equal generators give different checks, so a failure can never be repeated. Chance comes from rng and not from
    `np.random`, and x has to be the same again for the next check."""
    places = [np.unravel_index(place, x.shape) for place in np.random.randint(x.size, size=samples)]  # noqa: NPY002
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_more_samples_than_entries(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You draw without replacement, and then there can be no more samples than entries. `samples` may exceed
    x.size."""
    places = [np.unravel_index(place, x.shape) for place in rng.choice(x.size, samples, replace=False)]
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_never_draws_the_last(f, x, analytic, *, samples=10, h=1e-5, rng):
    """`rng.integers(n)` gives 0 to n - 1. If you take 1 away yourself, the last entry is never drawn, and where there
    is only one there is nothing to draw."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size - 1, size=samples)]
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_always_ten(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You draw 10 entries, whatever the caller asks for. Use `samples`, not its default."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=10)]
    return np.max([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_of_absolute_differences(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You report the difference itself. Divide it by the size of the two numbers, as in the relative error."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    return np.max([abs(slope_at(f, x, i, h) - analytic[i]) for i in places])


@wrong("gradient_check")
def check_over_the_numeric(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You divide by the numeric gradient alone. Graded is the sum of both sizes, as in `relative_error`."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    numeric, analytic = np.array([slope_at(f, x, i, h) for i in places]), np.array([analytic[i] for i in places])
    return np.max(np.abs(numeric - analytic) / np.maximum(1e-8, np.abs(numeric)))


@wrong("gradient_check")
def check_over_one_step(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Your measured slopes are twice as large as they should be, and right gradients do not pass. How far apart are the
    two points that you compare?"""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    return np.max([apart(2 * slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_on_average(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You report the mean error of the samples. One wrong entry disappears among right ones: report the worst."""
    places = [np.unravel_index(place, x.shape) for place in rng.permutation(x.size)[:samples]]
    return np.mean([apart(slope_at(f, x, i, h), analytic[i]) for i in places])


@wrong("gradient_check")
def check_without_the_floor(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Where both gradients are 0 your error is 0/0. Use the floor of the relative error."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    numeric, analytic = np.array([slope_at(f, x, i, h) for i in places]), np.array([analytic[i] for i in places])
    return np.max(np.abs(numeric - analytic) / (np.abs(numeric) + np.abs(analytic)))


@wrong("gradient_check")
def check_over_the_larger(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You divide by the larger of the two gradients. Graded is the sum of both, as in `relative_error`."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    numeric, analytic = np.array([slope_at(f, x, i, h) for i in places]), np.array([analytic[i] for i in places])
    return np.max(np.abs(numeric - analytic) / np.maximum(1e-8, np.maximum(np.abs(numeric), np.abs(analytic))))


@wrong("gradient_check")
def check_one_sided(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You compare with a one-sided difference. Its own error is so large that you would look for bugs that are not
    there: step to both sides."""
    errors, height = [], f(x)
    for place in rng.integers(x.size, size=samples):
        i = np.unravel_index(place, x.shape)
        moved = x.copy()
        moved[i] += h
        errors.append(apart((f(moved) - height) / h, analytic[i]))
    return np.max(errors)


@wrong("gradient_check")
def check_with_a_step_of_its_own(f, x, analytic, *, samples=10, h=1e-5, rng):
    """Your step is always 1e-5, whatever the caller asks for. Hand h on to the difference."""
    places = [np.unravel_index(place, x.shape) for place in rng.integers(x.size, size=samples)]
    return np.max([apart(slope_at(f, x, i, 1e-5), analytic[i]) for i in places])


@wrong("gradient_check")
def check_puts_back_by_arithmetic(f, x, analytic, *, samples=10, h=1e-5, rng):
    """x does not come back bit for bit. If you add h and take it away again, a rounding error stays behind: keep the
    old number and put it back, or move a copy."""
    errors = []
    for place in rng.integers(x.size, size=samples):
        i = np.unravel_index(place, x.shape)
        x[i] += h
        above = f(x)
        x[i] -= 2 * h
        below = f(x)
        x[i] += h
        errors.append(apart((above - below) / (2 * h), analytic[i]))
    return np.max(errors)


@wrong("gradient_check")
def check_moves_whole_rows(f, x, analytic, *, samples=10, h=1e-5, rng):
    """You draw along the first axis only. In a matrix x[i] is a whole row, and you move all of it at once: draw one
    number."""
    errors = []
    for i in rng.integers(len(x), size=samples):
        above, below = x.copy(), x.copy()
        above[i] += h
        below[i] -= h
        errors.append(np.max(apart((f(above) - f(below)) / (2 * h), analytic[i])))
    return np.max(errors)


# ------------------------------------------------------------------------------------------------ affine


@wrong("affine_forward")
def affine_without_bias(x, w, b):
    """The bias is missing. Each of the M outputs gets its own b added, the same for every example."""
    return x.reshape(len(x), -1) @ w, (x, w)


@wrong("affine_forward")
def affine_subtracts_the_bias(x, w, b):
    """You take the bias away. It is added to the weighted sum."""
    return x.reshape(len(x), -1) @ w - b, (x, w)


@wrong("affine_forward")
def affine_does_not_flatten(x, w, b):
    """It works for examples that are rows, and not for images. Each example is first flattened to D numbers."""
    return x @ w + b, (x, w)


@wrong("affine_forward")
def affine_flattens_the_wrong_way(x, w, b):
    """You flatten so that the numbers of different examples get mixed. The first axis counts the examples and has to
    stay the first."""
    return x.reshape(-1, len(x)).T @ w + b, (x, w)


@wrong("affine_forward")
def affine_flattens_in_column_order(x, w, b):
    """You flatten each example in column order. NumPy's usual order runs along the last axis first; w's rows are in
    that order."""
    return x.reshape(len(x), -1, order="F") @ w + b, (x, w)


@wrong("affine_forward")
def affine_changes_the_shape_of_x(x, w, b):
    """After your forward the caller's x has another shape. Setting `x.shape` changes the array itself;
    reshape gives you a new view."""
    shape = x.shape
    x.shape = (len(x), -1)
    return x @ w + b, (x.reshape(shape), w)


@wrong("affine_forward")
def affine_returns_only_out(x, w, b):
    """A forward returns two things, out and cache. Without a cache the backward has nothing to work with."""
    return x.reshape(len(x), -1) @ w + b


@wrong("affine_backward")
def affine_dx_keeps_flat(dout, cache):
    """dx is flat. Each gradient has the shape of what it belongs to, and x was not flat: the cache has to remember its
    shape."""
    x, w = cache
    return dout @ w.T, x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


@wrong("affine_backward")
def affine_dw_transposed(dout, cache):
    """Your dw is transposed. It must have w's shape: one row for each feature, one column for each output."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), dout.T @ x.reshape(len(x), -1), dout.sum(axis=0)


@wrong("affine_backward")
def affine_averages_over_the_batch(dout, cache):
    """You divide by N. The mean belongs to the loss, and its 1/N is already in dout: the backward only adds up."""
    x, w = cache
    N = len(x)
    return (dout @ w.T).reshape(x.shape), x.reshape(N, -1).T @ dout / N, dout.sum(axis=0) / N


@wrong("affine_backward")
def affine_dw_is_a_mean(dout, cache):
    """You divide dw by N. The mean belongs to the loss, and its 1/N is already in dout: the backward only adds up."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout / len(x), dout.sum(axis=0)


@wrong("affine_backward")
def affine_db_is_a_mean(dout, cache):
    """Your db is the mean over the examples. b is added to every example, so its gradient is the sum."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.mean(axis=0)


@wrong("affine_backward")
def affine_db_is_dout(dout, cache):
    """Your db has a row for each example. b is shared by all of them: their gradients add up."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout


@wrong("affine_backward")
def affine_db_over_the_outputs(dout, cache):
    """Your db adds up the outputs of each example. Add up over the examples: there is one bias for each output."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=1)


@wrong("affine_backward")
def affine_db_is_a_row(dout, cache):
    """Your db has shape (1, M). b has shape (M,), and so has its gradient."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0, keepdims=True)


@wrong("affine_backward")
def affine_in_another_order(dout, cache):
    """The gradients are right, but in another order. They follow the forward's arguments: x, w, b."""
    x, w = cache
    return x.reshape(len(x), -1).T @ dout, dout.sum(axis=0), (dout @ w.T).reshape(x.shape)


@wrong("affine_backward")
def affine_dw_comes_first(dout, cache):
    """The gradients are right, but dw comes before dx. They follow the forward's arguments: x, w, b."""
    x, w = cache
    return x.reshape(len(x), -1).T @ dout, (dout @ w.T).reshape(x.shape), dout.sum(axis=0)


@wrong("affine_backward")
def affine_dx_forgets_w(dout, cache):
    """Your dx does not depend on w. x reaches the output through w, so its gradient comes back through w."""
    x, w = cache
    spread = np.repeat(dout.sum(axis=1, keepdims=True), len(w), axis=1)
    return spread.reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


# -------------------------------------------------------------------------------------------------- relu


@wrong("relu_forward")
def relu_is_the_absolute_value(x):
    """You turn negative numbers into positive ones. The ReLU cuts them to 0."""
    return np.abs(x), x


@wrong("relu_forward")
def relu_keeps_the_negative(x):
    """You keep what is negative and cut what is positive. It is the other way round."""
    return np.minimum(0, x), x


@wrong("relu_forward")
def relu_leaks(x):
    """Your negative numbers are scaled down but not cut. That is the leaky ReLU of notebook 02."""
    return np.where(x > 0, x, 0.01 * x), x


@wrong("relu_forward")
def relu_is_a_step(x):
    """You return whether each number is positive. Positive numbers pass as they are."""
    return (x > 0).astype(x.dtype), x


@wrong("relu_forward")
def relu_saturates(x):
    """Your ReLU cuts at 1 as well. It has no upper end."""
    return np.clip(x, 0, 1), x


@wrong("relu_forward")
def relu_writes_into_x(x):
    """You set the caller's negative numbers to 0. Make a new array and leave x as it is."""
    x[x < 0] = 0
    return x, x


@wrong("relu_forward")
def relu_returns_only_out(x):
    """A forward returns two things, out and cache. Without a cache the backward does not know where x was
    positive."""
    return np.maximum(0, x)


@wrong("relu_backward")
def relu_passes_everything(dout, cache):
    """Your gradient passes everywhere. Where the forward cut a number, the output does not depend on it."""
    return dout * 1.0


@wrong("relu_backward")
def relu_masks_by_dout(dout, cache):
    """You cut where dout is negative. What counts is where the forward's input was: a gradient may well be
    negative."""
    return np.maximum(0, dout)


@wrong("relu_backward")
def relu_returns_the_mask(dout, cache):
    """You return the slope of the ReLU alone. By the chain rule it is multiplied by what comes from above, dout."""
    return (cache > 0).astype(dout.dtype)


@wrong("relu_backward")
def relu_multiplies_by_x(dout, cache):
    """You multiply by the output of the ReLU. Multiply by its slope, which is 1 where a number passes, however large it
    is."""
    return dout * np.maximum(0, cache)


@wrong("relu_backward")
def relu_slope_one_at_zero(dout, cache):
    """At exactly 0 your gradient passes. There is no derivative at 0; we take 0."""
    return dout * (cache >= 0)


@wrong("relu_backward")
def relu_slope_half_at_zero(dout, cache):
    """At exactly 0 you take the mean of both slopes, as a numeric gradient would. We take 0."""
    return dout * ((cache > 0) + 0.5 * (cache == 0)).astype(dout.dtype)


@wrong("relu_backward")
def relu_writes_into_dout(dout, cache):
    """Your numbers are right, but you write into dout, which belongs to the layer above. Copy it, or multiply by a
    mask."""
    dout[cache <= 0] = 0
    return dout


@wrong("relu_backward")
def relu_makes_doubles(dout, cache):
    """Your dx is float64 though x and dout were float32. `np.where(..., 1.0, 0.0)` and `astype(float)` make float64; a
    mask of True and False keeps the dtype of what it multiplies."""
    return dout * np.where(cache > 0, 1.0, 0.0)


# ------------------------------------------------------------------------------------------ softmax_loss


@wrong("softmax_loss")
def softmax_overflows(scores, y):
    """The exponential of 1e4 is more than a float can hold. Adding the same number to all scores of a row changes no
    probability: choose one that makes the largest exponential harmless."""
    e = np.exp(scores)
    p = e / e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    loss = -np.log(p[n, y]).mean()
    p[n, y] -= 1
    return loss, p / len(y)


@wrong("softmax_loss")
def softmax_overflows_in_the_sum(scores, y):
    """The exponential of 1e4 is more than a float can hold, and that of -1e4 is 0. Take each row's largest score away
    before you take any exponential, also the one inside the log."""
    e = np.exp(scores)
    total = e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    dscores = e / total
    dscores[n, y] -= 1
    return -(scores - np.log(total))[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_takes_the_log_of_p(scores, y):
    """Nothing overflows, but a probability can still become 0, and its log is minus infinity. Take the log of the
    fraction by hand, before you compute it."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    loss = -np.log(p[n, y]).mean()
    p[n, y] -= 1
    return loss, p / len(y)


@wrong("softmax_loss")
def softmax_takes_the_log_too_late(scores, y):
    """Your loss is NaN: you take 1 away from p first, and the log of what is left. `d = p` is a second name and not a
    copy."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    dscores = p
    dscores[n, y] -= 1
    return -np.log(p[n, y]).mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_adds_a_small_number(scores, y):
    """You add a small number inside the log. That hides an infinite loss behind a wrong one: where p is tiny, the loss
    is not what it should be."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    loss = -np.log(p[n, y] + 1e-8).mean()
    p[n, y] -= 1
    return loss, p / len(y)


@wrong("softmax_loss")
def softmax_adds_a_tiny_number(scores, y):
    """You add a tiny number inside the log. That hides an infinite loss behind a wrong one: where p is 0, the loss is
    not what it should be."""
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    loss = -np.log(p[n, y] + 1e-12).mean()
    p[n, y] -= 1
    return loss, p / len(y)


@wrong("softmax_loss")
def softmax_shifts_by_one_maximum(scores, y):
    """You shift all rows by the largest score of the whole batch. A row whose scores are far smaller then underflows to
    0/0: each row needs its own."""
    shifted = scores - scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_shifts_by_one_maximum_and_divides(scores, y):
    """You shift all rows by the largest score of the whole batch. Where a row's scores are far smaller, all of its
    exponentials are 0, and their fraction is 0/0: each row needs its own."""
    shifted = scores - scores.max()
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    n = np.arange(len(y))
    dscores = e / total
    dscores[n, y] -= 1
    return -(shifted - np.log(total))[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_over_the_examples(scores, y):
    """Your probabilities add up to 1 over the examples. They are the probabilities of the classes of one example: sum
    along each row."""
    shifted = scores - scores.max(axis=0)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=0))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_sums_over_the_batch(scores, y):
    """Loss and gradient are N times too large: you add up over the examples. The mean keeps the loss comparable when
    the batch grows."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].sum(), dscores


@wrong("softmax_loss")
def softmax_gradient_of_the_sum(scores, y):
    """Your loss is a mean, your gradient that of a sum. If the loss is divided by N, so is its gradient."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores


@wrong("softmax_loss")
def softmax_loss_of_the_sum(scores, y):
    """Your gradient is that of a mean, your loss is a sum. Divide the loss by N too."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].sum(), dscores / len(y)


@wrong("softmax_loss")
def softmax_divides_by_all_entries(scores, y):
    """You divide the gradient by the number of scores. The mean goes over the examples: divide by N alone."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores / dscores.size


@wrong("softmax_loss")
def softmax_returns_probabilities(scores, y):
    """You return the probabilities as the gradient. At the right class something is missing; without it every score
    would be pushed down, the right one too."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean(), np.exp(log_p) / len(y)


@wrong("softmax_loss")
def softmax_subtracts_before_dividing_only_once(scores, y):
    """You divide the probabilities by N and take 1 away after that. Both parts of the gradient are divided by N."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p) / len(y)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores


@wrong("softmax_loss")
def softmax_picks_columns(scores, y):
    """`dscores[:, y]` picks whole columns, for all examples at once. You want one entry a row: index rows and columns
    together."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_p)
    dscores[:, y] -= 1
    return -log_p[np.arange(len(y)), y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_gradient_has_the_other_sign(scores, y):
    """Your gradient pulls the right score down. Increasing the right score makes the loss smaller, so its gradient is
    negative."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = -np.exp(log_p)
    dscores[n, y] += 1
    return -log_p[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_loss_is_negative(scores, y):
    """Your loss is below 0. The log of a probability is negative, and the loss is minus that."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return log_p[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_in_bits(scores, y):
    """You use the logarithm to base 2. The loss is defined with the natural one."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean() / np.log(2), dscores / len(y)


@wrong("softmax_loss")
def softmax_writes_into_scores(scores, y):
    """Your numbers are right, but you shift the caller's scores. `-=` on an array writes into it."""
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    return -log_p[n, y].mean(), dscores / len(y)


@wrong("softmax_loss")
def softmax_makes_doubles(scores, y):
    """Your gradient is float64 though the scores were float32. `np.eye`, `np.zeros` and their kin make float64 unless
    you ask for another dtype."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    onehot = np.eye(scores.shape[1])[y]
    return -np.sum(onehot * log_p) / len(y), (np.exp(log_p) - onehot) / len(y)


# -------------------------------------------------------------------------------------------- hinge_loss


@wrong("hinge_loss")
def hinge_counts_the_right_class(scores, y, margin=1.0):
    """Your loss is too large by the margin: the right class competes with itself. The sum leaves it out."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = 0
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_right_class_pulled_once(scores, y, margin=1.0):
    """The right class gets the gradient -1 however many classes violate the margin. Its score stands in every one of
    those terms."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -(dscores.sum(axis=1) > 0).astype(scores.dtype)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_forgets_the_right_class(scores, y, margin=1.0):
    """The right class gets no gradient. Its score is in the loss too, with a minus."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    return margins.sum() / len(y), (margins > 0).astype(scores.dtype) / len(y)


@wrong("hinge_loss")
def hinge_gradient_is_the_margins(scores, y, margin=1.0):
    """Your gradient is larger for a class that violates more. The slope of a straight line is the same everywhere: it
    counts only whether a class violates."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = margins.copy()
    dscores[n, y] = -margins.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_of_the_worst_class(scores, y, margin=1.0):
    """You count only the class that violates most. That is Crammer and Singer's loss; here every violating class is
    added."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    worst = margins.argmax(axis=1)
    dscores = np.zeros_like(scores)
    violated = (margins[n, worst] > 0).astype(scores.dtype)
    dscores[n, worst] += violated
    dscores[n, y] -= violated
    return margins[n, worst].sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_squared(scores, y, margin=1.0):
    """You square the violations. The squared hinge loss is another loss; here they are added as they are."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = 2 * margins
    dscores[n, y] = -dscores.sum(axis=1)
    return np.sum(margins**2) / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_sums_over_the_batch(scores, y, margin=1.0):
    """Loss and gradient are N times too large. Take the mean over the examples."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum(), dscores


@wrong("hinge_loss")
def hinge_gradient_of_the_sum(scores, y, margin=1.0):
    """Your loss is a mean, your gradient that of a sum. If the loss is divided by N, so is its gradient."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores


@wrong("hinge_loss")
def hinge_loss_of_the_sum(scores, y, margin=1.0):
    """Your gradient is that of a mean, your loss is a sum. Divide the loss by N too."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum(), dscores / len(y)


@wrong("hinge_loss")
def hinge_the_wrong_way_round(scores, y, margin=1.0):
    """You take the other scores from the right one. A class violates the margin where *its* score is too high: look at
    the signs in the formula."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores[n, y][:, None] - scores + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_gradient_has_the_other_sign(scores, y, margin=1.0):
    """Your gradient has the other sign. A violating class makes the loss larger when its score rises, the right class
    makes it smaller."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = -(margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_mean_over_the_classes(scores, y, margin=1.0):
    """You take the mean over the classes too. The violations of one example are added; only the examples are
    averaged."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.mean(), dscores / scores.size


@wrong("hinge_loss")
def hinge_margin_is_fixed(scores, y, margin=1.0):
    """Your margin is always 1, whatever the caller asks for. Use the argument, not its default."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + 1)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_margin_subtracted(scores, y, margin=1.0):
    """You take the margin away, so a wrong class may lead by it for free. The right score has to win by the margin."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] - margin)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_does_not_cut(scores, y, margin=1.0):
    """Classes that keep their margin bring your loss down. They should count as 0: look for the max in the formula."""
    n = np.arange(len(y))
    margins = scores - scores[n, y][:, None] + margin
    margins[n, y] = 0
    dscores = np.ones_like(scores)
    dscores[n, y] = 1 - scores.shape[1]
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_pulls_at_the_kink(scores, y, margin=1.0):
    """A class that is exactly at the margin gets a gradient from you. At the kink we take 0."""
    n = np.arange(len(y))
    margins = scores - scores[n, y][:, None] + margin
    dscores = (margins >= 0).astype(scores.dtype)
    dscores[n, y] = 0
    dscores[n, y] = -dscores.sum(axis=1)
    margins[n, y] = 0
    return np.maximum(0, margins).sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_writes_into_scores(scores, y, margin=1.0):
    """Your numbers are right, but you write into the caller's scores. `-=` and `+=` on an array change the array
    itself."""
    n = np.arange(len(y))
    scores -= scores[n, y][:, None]
    scores += margin
    margins = np.maximum(0, scores)
    margins[n, y] = 0
    dscores = (margins > 0).astype(scores.dtype)
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


@wrong("hinge_loss")
def hinge_makes_doubles(scores, y, margin=1.0):
    """Your gradient is float64 though the scores were float32. `np.zeros` makes float64 unless you ask for another
    dtype, and so does dividing an array of ints; `np.zeros_like` keeps the dtype."""
    n = np.arange(len(y))
    margins = np.maximum(0, scores - scores[n, y][:, None] + margin)
    margins[n, y] = 0
    dscores = np.zeros(scores.shape)
    dscores[margins > 0] = 1
    dscores[n, y] = -dscores.sum(axis=1)
    return margins.sum() / len(y), dscores / len(y)


# ---------------------------------------------------------------------------------------- two_layer_loss


def passes(params, X, y, mask=True, last_relu=False):
    """(softmax loss, its gradients, before, hidden, scores) of the net, for the wrong answers below."""
    before = X @ params["W1"] + params["b1"]
    hidden = np.maximum(0, before)
    scores = hidden @ params["W2"] + params["b2"]
    cut = np.maximum(0, scores) if last_relu else scores
    shifted = cut - cut.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    dscores = dscores / len(y) * ((scores > 0) if last_relu else 1)
    dhidden = dscores @ params["W2"].T
    dbefore = dhidden * (before > 0) if mask else dhidden
    grads = {"W1": X.T @ dbefore, "b1": dbefore.sum(axis=0), "W2": hidden.T @ dscores, "b2": dscores.sum(axis=0)}
    return -log_p[n, y].mean(), grads


def squares(params):
    return np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)


def with_penalty(grads, params, factor, names=("W1", "W2")):
    """The gradients plus factor times the parameters of these names."""
    return {name: grads[name] + factor * params[name] if name in names else grads[name] for name in grads}


@wrong("two_layer_loss")
def net_halves_the_penalty(params, X, y, reg):
    """You use the convention with 1/2, in the loss and in the gradient. Graded is reg times the sum of the squares,
    without a half."""
    loss, grads = passes(params, X, y)
    return loss + 0.5 * reg * squares(params), with_penalty(grads, params, reg)


@wrong("two_layer_loss")
def net_gradient_of_half_the_penalty(params, X, y, reg):
    """Your loss is right, but the penalty's gradient is half of what it should be. Differentiate reg times W squared
    once more."""
    loss, grads = passes(params, X, y)
    return loss + reg * squares(params), with_penalty(grads, params, reg)


@wrong("two_layer_loss")
def net_loss_of_half_the_penalty(params, X, y, reg):
    """Your gradients are right, but the loss holds only half of the penalty. There is no 1/2 in this convention."""
    loss, grads = passes(params, X, y)
    return loss + 0.5 * reg * squares(params), with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_penalty_without_gradient(params, X, y, reg):
    """The penalty is in the loss, but not in the gradients. What is added to the loss has a gradient as well."""
    loss, grads = passes(params, X, y)
    return loss + reg * squares(params), grads


@wrong("two_layer_loss")
def net_penalty_not_in_the_loss(params, X, y, reg):
    """The gradients know of the regularisation, the loss does not."""
    loss, grads = passes(params, X, y)
    return loss, with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_without_penalty(params, X, y, reg):
    """reg has no effect: the regularisation is missing, in the loss and in the gradients."""
    return passes(params, X, y)


@wrong("two_layer_loss")
def net_penalises_biases(params, X, y, reg):
    """You charge the biases too. Only W1 and W2 are regularised."""
    loss, grads = passes(params, X, y)
    penalty = squares(params) + np.sum(params["b1"] ** 2) + np.sum(params["b2"] ** 2)
    return loss + reg * penalty, with_penalty(grads, params, 2 * reg, names=("W1", "b1", "W2", "b2"))


@wrong("two_layer_loss")
def net_penalises_biases_in_the_gradient(params, X, y, reg):
    """Your loss is right, but the gradients of the biases know of the regularisation. Biases are not charged."""
    loss, grads = passes(params, X, y)
    return loss + reg * squares(params), with_penalty(grads, params, 2 * reg, names=("W1", "b1", "W2", "b2"))


@wrong("two_layer_loss")
def net_penalises_one_layer(params, X, y, reg):
    """Only one of the two weight matrices is charged. Both are."""
    loss, grads = passes(params, X, y)
    return loss + reg * np.sum(params["W1"] ** 2), with_penalty(grads, params, 2 * reg, names=("W1",))


@wrong("two_layer_loss")
def net_penalty_of_w1_without_gradient(params, X, y, reg):
    """Your loss is right, but W1's gradient lacks the regularisation. Both weight matrices are
    charged, so both gradients have their part."""
    loss, grads = passes(params, X, y)
    return loss + reg * squares(params), with_penalty(grads, params, 2 * reg, names=("W2",))


@wrong("two_layer_loss")
def net_penalty_of_w2_without_gradient(params, X, y, reg):
    """Your loss is right, but W2's gradient lacks the regularisation. Both weight matrices are
    charged, so both gradients have their part."""
    loss, grads = passes(params, X, y)
    return loss + reg * squares(params), with_penalty(grads, params, 2 * reg, names=("W1",))


@wrong("two_layer_loss")
def net_penalty_out_of_brackets(params, X, y, reg):
    """reg multiplies only the first of the two sums in your loss. Mind the brackets."""
    loss, grads = passes(params, X, y)
    loss = loss + reg * np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2)
    return loss, with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_penalty_over_the_batch(params, X, y, reg):
    """You divide the penalty by N. The mean over the examples belongs to the softmax loss alone."""
    loss, grads = passes(params, X, y)
    return loss + reg * squares(params) / len(X), with_penalty(grads, params, 2 * reg / len(X))


@wrong("two_layer_loss")
def net_penalty_of_absolute_values(params, X, y, reg):
    """You charge the absolute values of the weights. That is L1; here their squares are charged."""
    loss, grads = passes(params, X, y)
    penalty = np.abs(params["W1"]).sum() + np.abs(params["W2"]).sum()
    grads["W1"] = grads["W1"] + reg * np.sign(params["W1"])
    grads["W2"] = grads["W2"] + reg * np.sign(params["W2"])
    return loss + reg * penalty, grads


@wrong("two_layer_loss")
def net_penalty_of_the_norms(params, X, y, reg):
    """Your gradients are right, but the loss adds up the norms of the weights. Charged is the sum of the squares, the
    norm squared."""
    loss, grads = passes(params, X, y)
    penalty = np.linalg.norm(params["W1"]) + np.linalg.norm(params["W2"])
    return loss + reg * penalty, with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_without_relu_in_the_backward(params, X, y, reg):
    """The loss is right, but on the way back you walk past the ReLU. Where it cut, no gradient passes."""
    loss, grads = passes(params, X, y, mask=False)
    return loss + reg * squares(params), with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_without_relu(params, X, y, reg):
    """There is no bend between your layers, so the two are one affine layer. The ReLU stands between them."""
    hidden = X @ params["W1"] + params["b1"]
    scores = hidden @ params["W2"] + params["b2"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    n = np.arange(len(y))
    dscores = np.exp(log_p)
    dscores[n, y] -= 1
    dscores = dscores / len(y)
    dhidden = dscores @ params["W2"].T
    grads = {"W1": X.T @ dhidden, "b1": dhidden.sum(axis=0), "W2": hidden.T @ dscores, "b2": dscores.sum(axis=0)}
    return -log_p[n, y].mean() + reg * squares(params), with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_cuts_the_scores(params, X, y, reg):
    """You put a ReLU behind the last layer too. Scores may be negative: they go into the softmax as they are."""
    loss, grads = passes(params, X, y, last_relu=True)
    return loss + reg * squares(params), with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_lacks_the_gradients_of_the_biases(params, X, y, reg):
    """grads has no entries for the biases. They are not penalised, but they are learned: grads has the keys of
    params."""
    loss, grads = passes(params, X, y)
    grads = with_penalty(grads, params, 2 * reg)
    return loss + reg * squares(params), {"W1": grads["W1"], "W2": grads["W2"]}


@wrong("two_layer_loss")
def net_swaps_the_backward_order(params, X, y, reg):
    """You apply the ReLU's mask after the first layer's weights have taken their gradient. The backward runs through
    the layers in reverse: the mask comes before."""
    loss, grads = passes(params, X, y, mask=False)
    before = X @ params["W1"] + params["b1"]
    grads["W1"] = grads["W1"] * (before > 0).any(axis=0)
    grads["b1"] = grads["b1"] * (before > 0).any(axis=0)
    return loss + reg * squares(params), with_penalty(grads, params, 2 * reg)


@wrong("two_layer_loss")
def net_takes_a_step(params, X, y, reg):
    """Your numbers are right, but the caller's weights have moved. This function only measures; the step is the
    optimizer's."""
    loss, grads = passes(params, X, y)
    loss, grads = loss + reg * squares(params), with_penalty(grads, params, 2 * reg)
    for name in params:
        params[name] -= 1e-3 * grads[name]
    return loss, grads
