"""How functions are run: many steps of a rule, two parameters in turn, a layer there and back."""

import numpy as np
import pytest

from autograder.checking import Case, Exercise, Property, Tolerance
from autograder.checking.drivers import DRIVERS
from autograder.checking.engine import evaluate
from autograder.checking.prepared import prepare
from autograder.checking.subject import Subject, observe

W = np.array([1.0, 2.0])
FEED = [np.array([float(i), -1.0]) for i in range(1, 6)]


def run(driver, inputs, *functions):
    """What a driver observes of functions that take all of their arguments by position."""
    names = [f.__code__.co_varnames[: f.__code__.co_argcount] for f in functions]
    subjects = [Subject(f, f.__name__, list(n)) for f, n in zip(functions, names, strict=True)]
    return observe(DRIVERS[driver].run, inputs, subjects)


def counting(w, dw, state, *, learning_rate):
    """A rule whose steps grow by one."""
    t = 1 if state is None else state["t"] + 1
    return w - learning_rate * t * dw, {"t": t}


def steps_of(feed, hyper, state=None):
    return {"w": W.copy(), "state": state, "feed": feed, "hyper": hyper}


# --------------------------------------------------------------------------------------------- rules


def test_steps_are_kept_as_they_were_even_of_a_rule_that_writes_into_w():
    def in_place(w, dw, state, *, learning_rate):
        w -= learning_rate * dw
        return w, {}

    outputs = run("steps", steps_of(FEED, {"learning_rate": 1.0}), in_place).outputs
    assert list(outputs) == ["new_w after step 1", "new_w after step 2", "new_w after step 5"]
    assert [w.tolist() for w in outputs.values()] == [[0, 3], [-2, 4], [-14, 7]]


def test_the_state_goes_from_step_to_step():
    inputs = steps_of(FEED[:3], {"learning_rate": 1.0}, {"t": 10})
    assert run("state_after_steps", inputs, counting).outputs == {"new_state": {"t": 13}}


def test_each_step_may_have_hyperparameters_of_its_own():
    inputs = steps_of(FEED[:2], [{"learning_rate": 1.0}, {"learning_rate": 0.0}])
    first, second = run("steps", inputs, counting).outputs.values()
    assert first.tolist() == second.tolist() == [0, 3]


def test_two_parameters_in_turn_find_a_rule_that_keeps_its_state_to_itself():
    kept = {}

    def global_state(w, dw, state, *, learning_rate):
        kept["t"] = 1 if state is None else kept["t"] + 1
        return w - learning_rate * kept["t"] * dw, {"t": kept["t"]}

    inputs = {name: steps_of(FEED[:2], {"learning_rate": 1.0}) for name in ("first", "second")}
    right = run("steps_in_turn", inputs, counting).outputs
    wrong = run("steps_in_turn", inputs, global_state).outputs
    assert list(right) == ["first new_w after step 2", "second new_w after step 2"]
    assert [w.tolist() for w in right.values()] == [[-4, 5], [-4, 5]]
    assert [w.tolist() for w in wrong.values()] == [[-4, 5], [-6, 6]]


@pytest.mark.parametrize("driver", ["steps", "state_after_steps", "steps_in_turn"])
@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (None, "it should return two things, new_w and new_state, but rule returned None"),
        (W, "it should return two things, new_w and new_state, but rule returned an array of shape (2,)"),
        ((W,), "it should return two things, new_w and new_state, but rule returned 1 value"),
        ((W, {}, 3), "it should return two things, new_w and new_state, but rule returned 3 values"),
        ((W, None), "new_state should be a dict, but rule returned None"),
        ((W, W), "new_state should be a dict, but rule returned an array of shape (2,)"),
    ],
)
def test_a_rule_that_returns_other_things_gets_a_sentence(driver, result, sentence):
    def rule(w, dw, state, *, learning_rate):
        return result

    inputs = steps_of(FEED, {"learning_rate": 1.0})
    inputs = {"first": inputs, "second": inputs} if driver == "steps_in_turn" else inputs
    assert run(driver, inputs, rule).sentence == sentence


# -------------------------------------------------------------------------------------------- layers


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x > 0


def relu_backward(dout, cache):
    return dout * cache


def affine_case(rng, square=False):
    shapes = {"x": (4, 3), "w": (3, 3 if square else 5), "b": 3 if square else 5}
    inputs = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return Case("a batch", {**inputs, "dout": rng.normal(size=(4, 3 if square else 5))})


def relu_case(rng):
    x = rng.normal(size=(4, 3))
    return Case("a batch", {"x": x + 0.1 * np.sign(x), "dout": rng.normal(size=(4, 3))})


def graded(draw, forward, backward, student_forward, student_backward, seed=0):
    """The result of a student's layer against the reference layer."""
    prop = Property("has the right gradients", lambda rng: [draw(rng)], "forward_backward", core=True)
    exercise = Exercise("layer", "Layer", 4, [prop], ("forward", "backward"))
    prepared = prepare(exercise, {"forward": forward, "backward": backward}, seed)
    return evaluate(prepared, {"forward": student_forward, "backward": student_backward})


def affine_result(student_backward, student_forward=affine_forward, square=False, seed=0):
    def draw(rng):
        return affine_case(rng, square)

    return graded(draw, affine_forward, affine_backward, student_forward, student_backward, seed)


@pytest.mark.parametrize("seed", range(20))
def test_a_right_backward_agrees_with_the_numeric_gradient(seed):
    assert affine_result(affine_backward, seed=seed).points == 4
    assert graded(relu_case, relu_forward, relu_backward, relu_forward, relu_backward, seed).points == 4


@pytest.mark.parametrize("seed", range(200))
def test_measuring_never_rejects_a_curved_layer(seed):
    def forward(x, w, b):
        out = np.tanh(x @ w + b)
        return out, (x, w, out)

    def backward(dout, cache):
        x, w, out = cache
        return affine_backward(dout * (1 - out**2), (x, w))

    assert graded(affine_case, forward, backward, forward, backward, seed).points == 4


def test_what_is_in_the_cache_is_the_students_own_business():
    def forward(x, w, b):
        return x @ w + b, {"x": x, "w": w}

    def backward(d, kept):
        return [d @ kept["w"].T, kept["x"].T @ d, d.sum(axis=0)]

    assert affine_result(backward, forward).points == 4


def test_the_reference_backward_is_not_asked():
    def wrong(dout, cache):
        return tuple(np.zeros_like(g) for g in affine_backward(dout, cache))

    result = graded(affine_case, affine_forward, wrong, affine_forward, affine_backward)
    assert result.points == 4


@pytest.mark.parametrize(
    ("backward", "fault"),
    [
        (lambda d, c: (d @ c[1], c[0].T @ d, d.sum(0)), "dx is "),  # transposed
        (lambda d, c: (d @ c[1].T, c[0].T @ d, d.mean(0)), "db is "),
        (lambda d, c: (d @ c[1].T, c[0].T @ d + 1e-3, d.sum(0)), "dw is "),  # a term too many
        (lambda d, c: (d @ c[1].T, d.T @ c[0], d.sum(0)), "dw is "),
        (lambda d, c: (d @ c[1].T, c[0].T @ d, d), "db has shape (4, 3), but should have shape (3,)"),
        (lambda d, c: (d @ c[1].T, c[0].T @ d), "backward returned 2 gradients, but should return 3"),
        (lambda d, c: d @ c[1].T, "backward returned 1 gradient, but should return 3"),
        (lambda d, c: (d @ c[1].T, None, d.sum(0)), "dw is None, but should be an array of shape (3, 3)"),
    ],
)
def test_a_wrong_backward_fails_and_the_gradient_is_named(backward, fault):
    result = affine_result(backward, square=True)
    assert result.points == 0
    assert result.properties[0].fault.startswith(fault)


def test_a_relu_without_its_mask_fails():
    result = graded(relu_case, relu_forward, relu_backward, relu_forward, lambda dout, cache: dout)
    assert result.points == 0


def test_the_students_forward_does_not_measure_the_students_backward():
    def doubled_forward(x, w, b):
        return 2 * (x @ w + b), (x, w)

    def doubled_backward(dout, cache):
        return tuple(2 * g for g in affine_backward(dout, cache))

    assert affine_result(doubled_backward, doubled_forward).points == 0


@pytest.mark.parametrize(
    ("forward", "fault"),
    [
        (lambda x, w, b: x @ w + b, "forward should return two things, out and cache, but returned an "),
        (lambda x, w, b: (x, (x, w)), "forward returned out as an array of shape (4, 3), but should "),
        (lambda x, w, b: (None, (x, w)), "forward returned out as None, but should have shape (4, 5)"),
    ],
)
def test_a_forward_that_returns_other_things_gets_a_sentence(forward, fault):
    assert affine_result(affine_backward, forward).properties[0].fault.startswith(fault)


def test_a_layer_whose_output_is_a_number_can_be_checked():
    def forward(x):
        return np.sum(x**2), x

    def backward(dout, cache):
        return 2 * dout * cache

    def draw(rng):
        return Case("a row", {"x": rng.normal(size=3), "dout": np.float64(1.5)})

    assert graded(draw, forward, backward, forward, backward).points == 4


def test_a_property_may_set_a_tolerance_of_its_own():
    exact = Property("exact", lambda rng: [affine_case(rng)], "forward_backward", tolerance=Tolerance(1e-15, 1e-15))
    reference = {"forward": affine_forward, "backward": affine_backward}
    prepared = prepare(Exercise("e", "E", 1, [exact], ("forward", "backward")), reference, 0)
    assert prepared.properties[0].tolerance == Tolerance(1e-15, 1e-15)
    assert evaluate(prepared, reference).points == 0
