"""Mistakes that people really make in the update rules. Each docstring is the hint that names the mistake."""

import numpy as np

from autograder.checking import wrong

# --------------------------------------------------------------------------------------------------- sgd


@wrong("sgd")
def sgd_climbs(w, dw, state, *, learning_rate):
    """The gradient points uphill. Your step follows it, so the loss grows: look at the sign."""
    return w + learning_rate * dw, {}


@wrong("sgd")
def sgd_forgets_the_learning_rate(w, dw, state, *, learning_rate):
    """Your step is the whole gradient. How far to go along it is the job of the learning rate."""
    return w - dw, {}


@wrong("sgd")
def sgd_returns_the_step(w, dw, state, *, learning_rate):
    """You return the step. The new weights are asked for: where you stand after the step."""
    return -learning_rate * dw, {}


@wrong("sgd")
def sgd_returns_only_w(w, dw, state, *, learning_rate):
    """Every rule returns two things, new_w and new_state. SGD remembers nothing, so its state is an empty
    dict."""
    return w - learning_rate * dw


@wrong("sgd")
def sgd_returns_no_dict(w, dw, state, *, learning_rate):
    """Your new state is None. None means that no step has been done yet; after one it is a dict, for SGD an
    empty one."""
    return w - learning_rate * dw, None


@wrong("sgd")
def sgd_changes_w(w, dw, state, *, learning_rate):
    """You write into the caller's w. `-=` on an array changes the array itself, not only your name for
    it."""
    w -= learning_rate * dw
    return w, {}


@wrong("sgd")
def sgd_normalizes_the_gradient(w, dw, state, *, learning_rate):
    """You use only the direction of the gradient. In SGD its length counts too: steep slopes give long
    steps."""
    return w - learning_rate * dw / np.linalg.norm(dw), {}


# ---------------------------------------------------------------------------------------------- momentum


@wrong("momentum")
def momentum_climbs(w, dw, state, *, learning_rate, rho=0.9):
    """The gradient pushes your velocity uphill. The force on the ball is the gradient with the other
    sign."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v + learning_rate * dw
    return w + v, {"v": v}


@wrong("momentum")
def momentum_other_form(w, dw, state, *, learning_rate, rho=0.9):
    """This is the other convention, with the learning rate outside the velocity. The two agree while the
    rate is constant; graded is the one whose velocity is itself the step."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v + dw
    return w - learning_rate * v, {"v": v}


@wrong("momentum")
def momentum_subtracts_the_velocity(w, dw, state, *, learning_rate, rho=0.9):
    """Your velocity already points downhill, and then you walk against it. One of the two signs is too
    many."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * dw
    return w - v, {"v": v}


@wrong("momentum")
def momentum_starts_afresh(w, dw, state, *, learning_rate, rho=0.9):
    """Your velocity starts at 0 at every step, so this is SGD. Where does the velocity of the last step
    arrive?"""
    v = np.zeros_like(w)
    v = rho * v - learning_rate * dw
    return w + v, {"v": v}


@wrong("momentum")
def momentum_velocity_not_returned(w, dw, state, *, learning_rate, rho=0.9):
    """The velocity is computed and then lost: the state you return is empty. What you do not return you will
    not get back at the next step."""
    v = state["v"] if state else np.zeros_like(w)
    v = rho * v - learning_rate * dw
    return w + v, {}


@wrong("momentum")
def momentum_dampened(w, dw, state, *, learning_rate, rho=0.9):
    """You average old velocity and new gradient, as RMSProp and Adam do. Momentum adds up: friction brakes
    the old velocity, and the push of the gradient comes on top at full strength."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - (1 - rho) * learning_rate * dw
    return w + v, {"v": v}


@wrong("momentum")
def momentum_starts_at_the_gradient(w, dw, state, *, learning_rate, rho=0.9):
    """Before the first step nothing has moved yet. Your ball starts with the gradient as its velocity
    instead of standing still."""
    v = dw if state is None else state["v"]
    v = rho * v - learning_rate * dw
    return w + v, {"v": v}


@wrong("momentum")
def momentum_moves_too_early(w, dw, state, *, learning_rate, rho=0.9):
    """You move with the velocity of the last step, and bring it up to date only after that. The order is:
    first the new velocity, then the move."""
    v = np.zeros_like(w) if state is None else state["v"]
    new_w = w + v
    v = rho * v - learning_rate * dw
    return new_w, {"v": v}


@wrong("momentum")
def momentum_friction_on_the_gradient(w, dw, state, *, learning_rate, rho=0.9):
    """Your friction brakes the new gradient as well. It acts only on the velocity that the ball already
    had."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * (v - learning_rate * dw)
    return w + v, {"v": v}


@wrong("momentum")
def momentum_rho_is_fixed(w, dw, state, *, learning_rate, rho=0.9):
    """Your friction is always 0.9, whatever the caller asks for. Use the argument, not its default."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = 0.9 * v - learning_rate * dw
    return w + v, {"v": v}


@wrong("momentum")
def momentum_changes_the_velocity(w, dw, state, *, learning_rate, rho=0.9):
    """Your numbers are right, but you write into the state that you were given: into its array, as `*=` and `-=`
    do, or into the dict itself. The caller still holds both."""
    v = np.zeros_like(w) if state is None else state["v"]
    v *= rho
    v -= learning_rate * dw
    return w + v, {"v": v}


@wrong("momentum")
def momentum_changes_w(w, dw, state, *, learning_rate, rho=0.9):
    """Your numbers are right, but the caller's w has moved too. Return new weights and leave the old as they
    are."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * dw
    w += v
    return w, {"v": v}


# ------------------------------------------------------------------------------------ nesterov_lookahead


@wrong("nesterov_lookahead")
def lookahead_does_not_look_ahead(w, grad_fn, state, *, learning_rate, rho=0.9):
    """This is plain momentum: you ask for the gradient where you stand. Nesterov asks for it where the
    velocity is about to carry you."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * grad_fn(w)
    return w + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_looks_back(w, grad_fn, state, *, learning_rate, rho=0.9):
    """You take the gradient behind you. The velocity is what you add to w, so looking ahead goes the same
    way."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * grad_fn(w - rho * v)
    return w + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_without_friction(w, grad_fn, state, *, learning_rate, rho=0.9):
    """You look too far ahead. Only the part of the velocity that survives the friction will carry you on."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * grad_fn(w + v)
    return w + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_moves_there_too(w, grad_fn, state, *, learning_rate, rho=0.9):
    """You add the velocity to the lookahead point. That point is only for asking the gradient; the step
    itself starts at w, or the old velocity counts twice."""
    v = np.zeros_like(w) if state is None else state["v"]
    w_ahead = w + rho * v
    v = rho * v - learning_rate * grad_fn(w_ahead)
    return w_ahead + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_keeps_only_the_gradient(w, grad_fn, state, *, learning_rate, rho=0.9):
    """This step lands right, but the velocity you hand on is only its second half. The velocity is the whole
    way from w to new_w."""
    v = np.zeros_like(w) if state is None else state["v"]
    w_ahead = w + rho * v
    v = -learning_rate * grad_fn(w_ahead)
    return w_ahead + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_climbs(w, grad_fn, state, *, learning_rate, rho=0.9):
    """The gradient at the lookahead point pushes you uphill. Look at its sign in the velocity."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v + learning_rate * grad_fn(w + rho * v)
    return w + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_starts_afresh(w, grad_fn, state, *, learning_rate, rho=0.9):
    """Your velocity is 0 at every step, so there is nothing to look ahead with. Read the one that comes
    in."""
    v = np.zeros_like(w)
    v = rho * v - learning_rate * grad_fn(w + rho * v)
    return w + v, {"v": v}


@wrong("nesterov_lookahead")
def lookahead_changes_w(w, grad_fn, state, *, learning_rate, rho=0.9):
    """Your numbers are right, but the caller's w has moved too. `+=` on an array writes into it."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * grad_fn(w + rho * v)
    w += v
    return w, {"v": v}


# ---------------------------------------------------------------------------------------------- nesterov


@wrong("nesterov")
def nesterov_new_velocity_in_the_expanded_form(w, dw, state, *, learning_rate, rho=0.9):
    """Written out with rho squared, the formula needs the velocity from before this step; yours has already been
    brought up to date. A popular textbook prints it this way: do the change of variables once by hand."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * dw
    new_w = w + rho * rho * v - (1 + rho) * learning_rate * dw
    return new_w, {"v": v}


@wrong("nesterov")
def nesterov_previous_velocity_lost(w, dw, state, *, learning_rate, rho=0.9):
    """Both velocities in your step are the new one, and then the formula shrinks to plain momentum. Keep the
    previous velocity before you overwrite its name."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v - learning_rate * dw
    return w - rho * v + (1 + rho) * v, {"v": v}


@wrong("nesterov")
def nesterov_velocities_swapped(w, dw, state, *, learning_rate, rho=0.9):
    """Previous and new velocity have changed places. One step back along the old one, then on along the
    new."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w - rho * v + (1 + rho) * v_prev, {"v": v}


@wrong("nesterov")
def nesterov_does_not_step_back(w, dw, state, *, learning_rate, rho=0.9):
    """You are standing at the lookahead point of the last step and never undo that lookahead. The previous
    velocity is missing from your step."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w + (1 + rho) * v, {"v": v}


@wrong("nesterov")
def nesterov_steps_back_the_whole_velocity(w, dw, state, *, learning_rate, rho=0.9):
    """You step back by the whole previous velocity. The last lookahead went only a part of it."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w - v_prev + (1 + rho) * v, {"v": v}


@wrong("nesterov")
def nesterov_forgets_the_step_itself(w, dw, state, *, learning_rate, rho=0.9):
    """From the old lookahead point to the new one there are three ways: back, the step, and ahead again.
    Yours has no step: compare the weight of the new velocity."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w - rho * v_prev + rho * v, {"v": v}


@wrong("nesterov")
def nesterov_adds_the_previous_velocity(w, dw, state, *, learning_rate, rho=0.9):
    """You look ahead once more along the previous velocity. The last lookahead has to be undone, not
    repeated."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w + rho * v_prev + (1 + rho) * v, {"v": v}


@wrong("nesterov")
def nesterov_other_form(w, dw, state, *, learning_rate, rho=0.9):
    """Your velocity is the other convention: a sum of gradients, multiplied by the learning rate only in the
    step. Graded is the velocity that holds the learning rate, as in your momentum."""
    v = np.zeros_like(w) if state is None else state["v"]
    v = rho * v + dw
    return w - learning_rate * (dw + rho * v), {"v": v}


@wrong("nesterov")
def nesterov_climbs(w, dw, state, *, learning_rate, rho=0.9):
    """The gradient pushes your velocity uphill. Look at its sign; the rest of the formula is right."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    v = rho * v_prev + learning_rate * dw
    return w - rho * v_prev + (1 + rho) * v, {"v": v}


@wrong("nesterov")
def nesterov_changes_the_velocity(w, dw, state, *, learning_rate, rho=0.9):
    """Your numbers are right, but you write into the state that you were given: into its array, or into the dict
    itself. The caller still holds both."""
    v = np.zeros_like(w) if state is None else state["v"]
    v_prev = v.copy()
    v *= rho
    v -= learning_rate * dw
    return w - rho * v_prev + (1 + rho) * v, {"v": v}


# ----------------------------------------------------------------------------------------------- adagrad


@wrong("adagrad")
def adagrad_climbs(w, dw, state, *, learning_rate, eps=1e-7):
    """The step is scaled well, but it goes uphill. Dividing by a root does not change the sign of the
    gradient."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w + learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_eps_inside_the_root(w, dw, state, *, learning_rate, eps=1e-7):
    """Your eps is under the root, where a small one grows: the root of 1e-7 is about 3e-4. Graded is the
    form that guards the division itself."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / np.sqrt(cache + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_without_eps(w, dw, state, *, learning_rate, eps=1e-7):
    """A weight whose gradient has always been 0 has an empty cache, and you divide 0 by 0. What is eps
    for?"""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / np.sqrt(cache), {"cache": cache}


@wrong("adagrad")
def adagrad_without_root(w, dw, state, *, learning_rate, eps=1e-7):
    """You divide by the sum of squares, so a gradient ten times larger gives a step ten times SMALLER.
    Squares have the wrong unit: something has to undo the squaring."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / (cache + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_divides_by_the_old_cache(w, dw, state, *, learning_rate, eps=1e-7):
    """You divide before today's gradient is in the cache. The first step then divides by almost 0 and is
    huge."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    new_w = w - learning_rate * dw / (np.sqrt(cache) + eps)
    return new_w, {"cache": cache + dw**2}


@wrong("adagrad")
def adagrad_forgets_the_past(w, dw, state, *, learning_rate, eps=1e-7):
    """Your cache holds only the last gradient. AdaGrad remembers all of them: it is a running sum."""
    cache = dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_one_rate_for_all(w, dw, state, *, learning_rate, eps=1e-7):
    """You add up over all weights, so all share one step size. The point of AdaGrad is that each weight has
    its own: nothing is summed over the elements, only over the steps."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + np.sum(dw**2)
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_does_not_square(w, dw, state, *, learning_rate, eps=1e-7):
    """You add the gradients themselves. Plus and minus cancel, and the sum can be negative under the
    root."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_changes_the_cache(w, dw, state, *, learning_rate, eps=1e-7):
    """Your numbers are right, but you write into the state that you were given: into its array, as `+=` does, or
    into the dict itself. The caller still holds both."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache += dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("adagrad")
def adagrad_cache_in_float64(w, dw, state, *, learning_rate, eps=1e-7):
    """For float32 weights you return float64. An array made without a dtype is float64, and it turns
    everything that it touches into float64."""
    cache = np.zeros(w.shape) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


# ----------------------------------------------------------------------------------------------- rmsprop


@wrong("rmsprop")
def rmsprop_climbs(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """The step is scaled well, but it goes uphill. Look at the sign in the last line."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + (1 - decay_rate) * dw**2
    return w + learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_does_not_square(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """You average the gradients, not their squares. That average can be negative, and then it has no
    root."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + (1 - decay_rate) * dw
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_decay_swapped(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """Your cache forgets almost everything at each step. The decay rate says how much of the OLD cache
    stays."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = (1 - decay_rate) * cache + decay_rate * dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_weights_do_not_add_to_one(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """The old cache fades, but the new square comes in at full weight. In an average the weights add up to
    1."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_squares_the_weight_too(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """A bracket is in the wrong place: the square takes in the factor before the gradient as well."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + ((1 - decay_rate) * dw) ** 2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_eps_inside_the_root(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """Your eps is under the root. Some libraries do that; graded is eps added to the root, as in AdaGrad."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + (1 - decay_rate) * dw**2
    return w - learning_rate * dw / np.sqrt(cache + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_is_adagrad(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """This is AdaGrad: your cache only grows. RMSProp lets it leak, so that the step does not die."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_divides_by_the_old_cache(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """You divide by the cache of the last step. Today's gradient belongs in it before you divide."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    new_w = w - learning_rate * dw / (np.sqrt(cache) + eps)
    return new_w, {"cache": decay_rate * cache + (1 - decay_rate) * dw**2}


@wrong("rmsprop")
def rmsprop_without_root(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """RMS is root mean square. You have the mean and the square."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = decay_rate * cache + (1 - decay_rate) * dw**2
    return w - learning_rate * dw / (cache + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_starts_at_the_first_square(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """Your cache starts at the first squared gradient. Here it starts at 0, which makes the first steps
    long; Adam will repair that in its own way."""
    cache = dw**2 if state is None else state["cache"]
    cache = decay_rate * cache + (1 - decay_rate) * dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@wrong("rmsprop")
def rmsprop_names_the_cache_otherwise(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """Your average travels under another name. The state of RMSProp has the key `cache`, as stated above."""
    grad_squared = np.zeros_like(w) if state is None else state["grad_squared"]
    grad_squared = decay_rate * grad_squared + (1 - decay_rate) * dw**2
    return w - learning_rate * dw / (np.sqrt(grad_squared) + eps), {"grad_squared": grad_squared}


@wrong("rmsprop")
def rmsprop_changes_the_cache(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """Your numbers are right, but you write into the state that you were given: into its array, as `*=` does, or
    into the dict itself. The caller still holds both."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache *= decay_rate
    cache += (1 - decay_rate) * dw**2
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


# -------------------------------------------------------------------------------------------------- adam


@wrong("adam")
def adam_t_counts_from_zero(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Anything to the power 0 is 1, so at t = 0 you divide by 1 - 1. The first step has t = 1."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"]
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t + 1}


@wrong("adam")
def adam_climbs(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both moments are right, but the step goes uphill. The first moment is an average of gradients, and
    gradients point up."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w + learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_second_moment_not_squared(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your second moment averages the gradient, like the first. It should measure its size, whatever its
    sign."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_beta1_for_both(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both of your moments forget at the same pace. The squares are averaged over a longer time than the
    gradients, with a decay rate of their own."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta1 * state["v"] + (1 - beta1) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta1**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_betas_swapped(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The two decay rates have changed places. beta1 belongs to the first moment, beta2 to the second."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta2 * state["m"] + (1 - beta2) * dw
    v = beta1 * state["v"] + (1 - beta1) * dw**2
    m_hat = m / (1 - beta2**t)
    v_hat = v / (1 - beta1**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_uncorrected(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """This is Adam without bias correction. Both moments start at 0 and are too small at first, the second
    much more so, which makes the first step about three times too long."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    return w - learning_rate * m / (np.sqrt(v) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_first_moment_uncorrected(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only the second moment is corrected. The first starts at 0 as well, so its early values are too small
    too."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_second_moment_uncorrected(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only the first moment is corrected. The second starts at 0 as well, and you divide by its root: the
    first steps are far too long."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    return w - learning_rate * m_hat / (np.sqrt(v) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_stores_the_corrected_moments(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your first step is right, the second is not: the corrected moments go into the state and are corrected
    again. The correction is for this step only; the averages travel on as they are."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m = m / (1 - beta1**t)
    v = v / (1 - beta2**t)
    return w - learning_rate * m / (np.sqrt(v) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_corrects_without_t(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your correction is that of the first step, for ever. It has to fade as the averages fill up, so it
    depends on how many steps have been done."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1)
    v_hat = v / (1 - beta2)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_multiplies_beta_by_t(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """In the correction you multiply beta by t. After t steps a 0 at the start has been shrunk by beta t
    times over: is that a product with t, or a power?"""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1 * t)
    v_hat = v / (1 - beta2 * t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_t_stands_still(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your t never moves on. The state must hand on how many steps have been done, this one included."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 1}
    t = state["t"]
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_t_not_returned(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """You return the moments, but not t. Without it the next step believes to be the first again."""
    state = state or {}
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0) + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v}


@wrong("adam")
def adam_steps_along_the_gradient(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """You compute the first moment and then step along the plain gradient. That is RMSProp with a
    correction: the momentum is missing."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * dw / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_without_root(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """You divide by the average square. A gradient in other units should give the same step, so what you
    divide by must have the unit of the gradient, not of its square."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (v_hat + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_eps_inside_the_root(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your eps is under the root, where 1e-8 acts like 1e-4. Kingma and Ba add it to the root, and so do
    we."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / np.sqrt(v_hat + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_eps_before_the_correction(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The corrections may be folded into the learning rate, but then eps is scaled along with them. At the
    first step yours counts about thirty times. Add eps to the root of the CORRECTED moment, or rescale it
    too."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    rate = learning_rate * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return w - rate * m / (np.sqrt(v) + eps), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_returns_float64(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The numbers are right, but for float32 weights you return float64. np.sqrt of a Python float is a
    NumPy float64, and that one widens your arrays; a Python float would not."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    root = np.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    return w - rate * m / (np.sqrt(v) + eps * root), {"m": m, "v": v, "t": t}


@wrong("adam")
def adam_changes_the_moments(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your numbers are right, but you write into the state that you were given: into its arrays, as `*=` and
    `+=` do, or into the dict itself. The caller still holds it, and may want the step before this one
    again."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    m, v, t = state["m"], state["v"], state["t"] + 1
    m *= beta1
    m += (1 - beta1) * dw
    v *= beta2
    v += (1 - beta2) * dw**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


MEMORY = {}


@wrong("adam")
def adam_one_memory_for_all(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your moments live outside the function, so all parameters of a net share them. The memory of a
    parameter is the state that comes in with it and goes out again."""
    if state is None or "t" not in MEMORY:
        MEMORY.update(m=np.zeros_like(w), v=np.zeros_like(w), t=0)
    MEMORY["t"] += 1
    MEMORY["m"] = beta1 * MEMORY["m"] + (1 - beta1) * dw
    MEMORY["v"] = beta2 * MEMORY["v"] + (1 - beta2) * dw**2
    m_hat = MEMORY["m"] / (1 - beta1 ** MEMORY["t"])
    v_hat = MEMORY["v"] / (1 - beta2 ** MEMORY["t"])
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), dict(MEMORY)


# ------------------------------------------------------------------------------------------------- adamw


def adam_moments(dw, state, beta1, beta2):
    """The part of Adam that no one gets wrong here: corrected moments, and the state to hand on."""
    state = state or {"m": np.zeros_like(dw), "v": np.zeros_like(dw), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    return m / (1 - beta1**t), v / (1 - beta2**t), {"m": m, "v": v, "t": t}


@wrong("adamw")
def adamw_is_l2(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """This is Adam with an L2 penalty: the decay goes through the gradient into both moments and is scaled
    down where gradients are large. The W in AdamW means that it does not."""
    dw = dw + weight_decay * w
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), state


@wrong("adamw")
def adamw_decay_in_the_numerator(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """The decay stays out of the moments, but it is still divided by the root of the second. All weights
    should decay by the same factor, however large their gradients are."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - learning_rate * (m_hat + weight_decay * w) / (np.sqrt(v_hat) + eps), state


@wrong("adamw")
def adamw_decays_the_new_w(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """You decay the weights after Adam's step has moved them. The decay is meant for the w that came in."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    w = w - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    w = w - learning_rate * weight_decay * w
    return w, state


@wrong("adamw")
def adamw_decay_without_learning_rate(
    w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    """Your decay does not know the learning rate. When a schedule lowers the rate, the decay has to shrink
    too."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps) - weight_decay * w, state


@wrong("adamw")
def adamw_grows(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Your decay makes the weights larger at each step. Which way is towards 0?"""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps) + learning_rate * weight_decay * w, state


@wrong("adamw")
def adamw_is_adam(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """This is Adam: weight_decay comes in and is never used."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), state


@wrong("adamw")
def adamw_decays_twice(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Your decay is twice too strong. The 2 comes from deriving a penalty, but there is no penalty here: the
    decay is stated directly."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - learning_rate * (m_hat / (np.sqrt(v_hat) + eps) + 2 * weight_decay * w), state


@wrong("adamw")
def adamw_decays_only_the_step(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Your decay shortens Adam's step and leaves the weights alone. It is the weights that should shrink."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    return w - (1 - learning_rate * weight_decay) * learning_rate * m_hat / (np.sqrt(v_hat) + eps), state


@wrong("adamw")
def adamw_changes_w(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Your numbers are right, but the caller's w has shrunk too. `*=` on an array writes into it."""
    m_hat, v_hat, state = adam_moments(dw, state, beta1, beta2)
    w *= 1 - learning_rate * weight_decay
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), state


# ---------------------------------------------------------------------------------------------- minimize


@wrong("minimize")
def minimize_start_left_out(rule, grad_fn, w0, steps, **hyper):
    """Your trajectory begins after the first step. The start is its first row: n steps visit n + 1
    points."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    trajectory = np.zeros((steps, w0.size), w0.dtype)
    w, state = w0, None
    for i in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory[i] = w
    return trajectory


@wrong("minimize")
def minimize_one_step_too_many(rule, grad_fn, w0, steps, **hyper):
    """You take one step more than asked for. The start is a row of the trajectory, but no step."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    trajectory = [w]
    for _ in range(steps + 1):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_ends_one_step_early(rule, grad_fn, w0, steps, **hyper):
    """Your last row was never filled: it is still 0. Count the steps again; the start needs none."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    trajectory = np.zeros((steps + 1, w0.size), w0.dtype)
    trajectory[0] = w0
    w, state = w0, None
    for i in range(1, steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory[i] = w
    return trajectory


@wrong("minimize")
def minimize_forgets_the_state(rule, grad_fn, w0, steps, **hyper):
    """Every step is told that it is the first. The state that a rule returns belongs into its next call;
    without it momentum has no velocity and Adam no memory."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w = w0
    trajectory = [w]
    for _ in range(steps):
        w, _state = rule(w, grad_fn(w), None, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_starts_with_an_empty_state(rule, grad_fn, w0, steps, **hyper):
    """You start with an empty dict, and the rule looks for its velocity in there. What does a rule expect as
    its state at the very first step?"""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, {}
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_rows_are_one_array(rule, grad_fn, w0, steps, **hyper):
    """All your rows are equal to the last point. You append the same array again and again, and writing into
    it changes all the rows; each row needs an array of its own."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0.copy(), None
    trajectory = [w]
    for _ in range(steps):
        w[:], state = rule(w.copy(), grad_fn(w.copy()), state, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_returns_only_the_end(rule, grad_fn, w0, steps, **hyper):
    """You return where the descent ends. Asked for is the whole way there, one row for each point."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
    return w


@wrong("minimize")
def minimize_fixes_the_learning_rate(rule, grad_fn, w0, steps, **hyper):
    """Your rule gets the same learning rate at every call of minimize. The one that the caller gave stays behind."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, **{**hyper, "learning_rate": 0.1})
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_passes_only_the_learning_rate(rule, grad_fn, w0, steps, **hyper):
    """The learning rate reaches the rule, but its other settings stay behind. Pass on all that came in."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, learning_rate=hyper["learning_rate"])
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_returns_a_list(rule, grad_fn, w0, steps, **hyper):
    """The points are right, but they come as a list. Asked for is one array of shape (steps + 1, D)."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory.append(w)
    return trajectory


@wrong("minimize")
def minimize_accepts_negative_steps(rule, grad_fn, w0, steps, **hyper):
    """A negative number of steps goes through without a word. range(-1) is empty, so nothing warns the
    caller: raise a ValueError that names the argument."""
    w, state = w0, None
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_rejects_zero_steps(rule, grad_fn, w0, steps, **hyper):
    """Zero steps are allowed: the trajectory is then the start alone. Only a negative number is an error."""
    if steps <= 0:
        raise ValueError(f"steps must be positive, not {steps}")
    w, state = w0, None
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_gradient_of_the_start(rule, grad_fn, w0, steps, **hyper):
    """You ask for the gradient once, at the start, and use it to the end. The slope changes as you move."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    dw = grad_fn(w0)
    trajectory = [w]
    for _ in range(steps):
        w, state = rule(w, dw, state, **hyper)
        trajectory.append(w)
    return np.array(trajectory)


@wrong("minimize")
def minimize_changes_the_start(rule, grad_fn, w0, steps, **hyper):
    """Your trajectory is right, but the caller's w0 has moved to its end. A second name for an array is not
    a copy."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    w, state = w0, None
    trajectory = [w.copy()]
    for _ in range(steps):
        w[:], state = rule(w.copy(), grad_fn(w.copy()), state, **hyper)
        trajectory.append(w.copy())
    return np.array(trajectory)


@wrong("minimize")
def minimize_returns_float64(rule, grad_fn, w0, steps, **hyper):
    """For a float32 start you return float64. np.zeros without a dtype makes float64."""
    if steps < 0:
        raise ValueError(f"steps must be at least 0, not {steps}")
    trajectory = np.zeros((steps + 1, w0.size))
    trajectory[0] = w0
    w, state = w0, None
    for i in range(steps):
        w, state = rule(w, grad_fn(w), state, **hyper)
        trajectory[i + 1] = w
    return trajectory
