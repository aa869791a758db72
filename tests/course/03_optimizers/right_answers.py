"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import math

import numpy as np

from autograder.checking import right

# --------------------------------------------------------------------------------------------------- sgd


@right("sgd")
def sgd_by_loops(weights, grad, state, *, learning_rate):
    """Element by element, and other names for the arguments."""
    new_weights = np.zeros_like(weights)
    for i in np.ndindex(weights.shape):
        new_weights[i] = weights[i] - learning_rate * grad[i]
    return new_weights, {}


@right("sgd")
def sgd_in_place_on_a_copy(w, dw, state, *, learning_rate):
    """Writes, but into an array of its own."""
    w = np.array(w)
    w -= learning_rate * dw
    return w, dict()


@right("sgd")
def sgd_counts_its_steps(w, dw, state, learning_rate=None):
    """A state with a key more, and a list instead of a tuple."""
    done = 0 if not state else state["steps"]
    return [w + (-learning_rate) * dw, {"steps": done + 1}]


# ---------------------------------------------------------------------------------------------- momentum


@right("momentum")
def momentum_by_loops(weights, grad, state, *, learning_rate, rho=0.9):
    """Element by element."""
    old_v = np.zeros(weights.shape, dtype=weights.dtype) if state is None else state["v"]
    v = np.empty_like(old_v)
    new_weights = np.empty_like(weights)
    for i in np.ndindex(weights.shape):
        v[i] = rho * old_v[i] - learning_rate * grad[i]
        new_weights[i] = weights[i] + v[i]
    return new_weights, {"v": v}


@right("momentum")
def momentum_in_place_on_copies(w, dw, state, *, learning_rate, rho=0.9):
    """Writes into copies of the weights and of the velocity."""
    new_w = w.copy()
    v = np.zeros_like(w) if state is None else state["v"].copy()
    v *= rho
    v -= learning_rate * dw
    new_w += v
    return new_w, {"v": v}


@right("momentum")
def momentum_with_the_sign_inside(w, dw, state, *, learning_rate, rho=0.9):
    """Keeps the velocity with the other sign while computing, and a number as its start."""
    state = state or {"v": 0.0}
    push = learning_rate * dw - rho * state["v"]
    return w - push, {"v": -push}


@right("momentum")
def momentum_as_friction(w, dw, state, *, learning_rate, rho=0.9):
    """Written as what friction takes away; hands on a key more."""
    old = {"v": np.zeros_like(w), "steps": 0} | (state or {})
    v = old["v"] - (1 - rho) * old["v"] - learning_rate * dw
    return np.add(w, v), {"v": v, "steps": old["steps"] + 1}


# ------------------------------------------------------------------------------------ nesterov_lookahead


@right("nesterov_lookahead")
def lookahead_in_two_halves(w, grad_fn, state, *, learning_rate, rho=0.9):
    """First the way to the lookahead point, then the correction; the velocity is the sum of both."""
    v = state["v"] if state is not None else np.zeros_like(w)
    ahead = w + rho * v
    new_w = ahead - learning_rate * grad_fn(ahead)
    return new_w, {"v": rho * v - learning_rate * grad_fn(ahead)}


@right("nesterov_lookahead")
def lookahead_by_loops(weights, gradient, state, *, learning_rate, rho=0.9):
    """Element by element, apart from the gradient."""
    old_v = (state or {}).get("v", np.zeros_like(weights))
    ahead, v, new_weights = (np.zeros_like(weights) for _ in range(3))
    for i in np.ndindex(weights.shape):
        ahead[i] = weights[i] + rho * old_v[i]
    slope = gradient(ahead)
    for i in np.ndindex(weights.shape):
        v[i] = rho * old_v[i] - learning_rate * slope[i]
        new_weights[i] = weights[i] + v[i]
    return new_weights, {"v": v}


@right("nesterov_lookahead")
def lookahead_in_place_on_copies(w, grad_fn, state, *, learning_rate, rho=0.9):
    """Moves a copy of w to the lookahead point and on from there."""
    w_ahead = np.copy(w)
    v = np.zeros_like(w)
    if state is not None:
        v += state["v"]
    v *= rho
    w_ahead += v
    correction = -learning_rate * grad_fn(w_ahead)
    w_ahead += correction
    v += correction
    return w_ahead, {"v": v, "lookahead": w + v}


# ---------------------------------------------------------------------------------------------- nesterov


@right("nesterov")
def nesterov_in_expanded_form(w, dw, state, *, learning_rate, rho=0.9):
    """Written out in the previous velocity and the gradient."""
    v_prev = np.zeros_like(w) if state is None else state["v"]
    new_w = w + rho**2 * v_prev - (1 + rho) * learning_rate * dw
    return new_w, {"v": rho * v_prev - learning_rate * dw}


@right("nesterov")
def nesterov_as_momentum_with_a_correction(w, dw, state, *, learning_rate, rho=0.9):
    """Momentum's step plus rho times the change of the velocity."""
    v_prev = 0 if state is None else state["v"]
    v = rho * v_prev - learning_rate * dw
    return w + v + rho * (v - v_prev), {"v": v}


@right("nesterov")
def nesterov_gradient_then_momentum(w, dw, state, *, learning_rate, rho=0.9):
    """A plain gradient step, then rho times the new velocity."""
    v = np.zeros_like(w) if not state else np.array(state["v"])
    v *= rho
    v -= learning_rate * dw
    new_w = w - learning_rate * dw
    new_w += rho * v
    return new_w, {"v": v}


@right("nesterov")
def nesterov_by_loops(weights, grad, state, *, learning_rate, rho=0.9):
    """Element by element."""
    v = np.zeros_like(weights) if state is None else state["v"].copy()
    new_weights = weights.copy()
    for i in np.ndindex(v.shape):
        previous = v[i]
        v[i] = rho * previous - learning_rate * grad[i]
        new_weights[i] += -rho * previous + (1 + rho) * v[i]
    return new_weights, {"v": v}


# ----------------------------------------------------------------------------------------------- adagrad


@right("adagrad")
def adagrad_by_loops(weights, grad, state, *, learning_rate, eps=1e-7):
    """Element by element."""
    old = np.zeros_like(weights) if state is None else state["cache"]
    cache = np.zeros_like(weights)
    new_weights = np.zeros_like(weights)
    for i in np.ndindex(weights.shape):
        cache[i] = old[i] + grad[i] * grad[i]
        new_weights[i] = weights[i] - learning_rate * grad[i] / (np.sqrt(cache[i]) + eps)
    return new_weights, {"cache": cache}


@right("adagrad")
def adagrad_rate_for_each_weight(w, dw, state, *, learning_rate, eps=1e-7):
    """Computes each weight's own learning rate first."""
    state = {"cache": 0} if state is None else state
    cache = state["cache"] + np.square(dw)
    rates = learning_rate / (eps + cache**0.5)
    return w - rates * dw, {"cache": cache, "rates": rates}


@right("adagrad")
def adagrad_in_place_on_a_copy(w, dw, state, *, learning_rate, eps=1e-7):
    """Writes into a copy of the cache, with np.power and np.multiply."""
    if state is None:
        cache = np.power(dw, 2)
    else:
        cache = state["cache"].copy()
        cache += np.power(dw, 2)
    denominator = np.add(np.sqrt(cache), eps)
    return w - np.divide(np.multiply(learning_rate, dw), denominator), {"cache": cache}


# ----------------------------------------------------------------------------------------------- rmsprop


@right("rmsprop")
def rmsprop_by_loops(weights, grad, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """Element by element, on copies."""
    cache = np.zeros_like(weights) if state is None else np.copy(state["cache"])
    weights = np.copy(weights)
    for i in np.ndindex(cache.shape):
        cache[i] = decay_rate * cache[i] + (1 - decay_rate) * grad[i] ** 2
        weights[i] -= learning_rate * grad[i] / (math.sqrt(cache[i]) + eps)
    return weights, {"cache": cache}


@right("rmsprop")
def rmsprop_as_a_step_towards_the_square(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """The average moves by a part of its distance from the new square."""
    cache = np.zeros_like(w) if state is None else state["cache"]
    cache = cache + (1 - decay_rate) * (dw * dw - cache)
    return w - learning_rate * dw / (np.sqrt(cache) + eps), {"cache": cache}


@right("rmsprop")
def rmsprop_by_np_average(w, dw, state, *, learning_rate, decay_rate=0.99, eps=1e-7):
    """The cache by NumPy's weighted mean, and a key more in the state."""
    old = state["cache"] if state is not None else np.zeros_like(w)
    cache = np.average([old, dw**2], axis=0, weights=[decay_rate, 1 - decay_rate]).astype(w.dtype)
    scale = 1 / (np.sqrt(cache) + eps)
    return w - learning_rate * scale * dw, {"cache": cache, "scale": scale}


# -------------------------------------------------------------------------------------------------- adam


@right("adam")
def adam_by_loops(weights, grad, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Element by element."""
    if state is None:
        m, v, t = np.zeros_like(weights), np.zeros_like(weights), 1
    else:
        m, v, t = state["m"].copy(), state["v"].copy(), int(state["t"]) + 1
    new_weights = weights.copy()
    for i in np.ndindex(weights.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * grad[i]
        v[i] = beta2 * v[i] + (1 - beta2) * grad[i] ** 2
        m_hat = m[i] / (1 - beta1**t)
        v_hat = v[i] / (1 - beta2**t)
        new_weights[i] -= learning_rate * m_hat / (math.sqrt(v_hat) + eps)
    return new_weights, {"m": m, "v": v, "t": t}


@right("adam")
def adam_corrections_in_the_rate(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The efficient form of Kingma and Ba (2015), section 2, with eps rescaled so that it is exactly the same."""
    state = state or {"m": 0.0, "v": 0.0, "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw * dw
    root = math.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    return w - rate * m / (np.sqrt(v) + eps * root), {"m": m, "v": v, "t": t}


@right("adam")
def adam_in_place_on_copies(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Copies the state, then writes into the copies; keeps the corrected moments as keys more."""
    new = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    if state is not None:
        new = {"m": state["m"].copy(), "v": state["v"].copy(), "t": state["t"]}
    new["t"] += 1
    new["m"] += (1 - beta1) * (dw - new["m"])
    new["v"] += (1 - beta2) * (np.power(dw, 2) - new["v"])
    new["m_hat"] = new["m"] / (1 - float(beta1) ** float(new["t"]))
    new["v_hat"] = new["v"] / (1 - float(beta2) ** float(new["t"]))
    w = w.copy()
    w -= learning_rate * new["m_hat"] / (new["v_hat"] ** 0.5 + eps)
    return w, new


@right("adam")
def adam_by_a_class(weights, grad, state, **hyper):
    """A class, as in most libraries, filled from the state and emptied into it."""

    class Adam:
        def __init__(self, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
            self.lr, self.b1, self.b2, self.eps = learning_rate, beta1, beta2, eps
            self.m, self.v, self.t = np.zeros_like(weights), np.zeros_like(weights), 0

        def step(self, w, dw):
            self.t = self.t + 1
            self.m = self.b1 * self.m + (1 - self.b1) * dw
            self.v = self.b2 * self.v + (1 - self.b2) * dw**2
            correct = [average / (1 - b**self.t) for average, b in ((self.m, self.b1), (self.v, self.b2))]
            return w - self.lr * correct[0] / (np.sqrt(correct[1]) + self.eps)

    adam = Adam(**hyper)
    if state is not None:
        adam.m, adam.v, adam.t = state["m"], state["v"], state["t"]
    new_weights = adam.step(weights, grad)
    return new_weights, {"m": adam.m, "v": adam.v, "t": adam.t}


@right("adam")
def adam_powers_in_the_state(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """A closure for the averages, and the powers of beta by multiplying t times."""

    def average(name, beta, value):
        old = np.zeros_like(value) if state is None else state[name]
        return beta * old + (1 - beta) * value

    t = 1 if state is None else state["t"] + 1
    m, v = average("m", beta1, dw), average("v", beta2, np.square(dw))
    power1, power2 = math.prod([beta1] * t), math.prod([beta2] * t)
    step = m / (1 - power1) / (np.sqrt(v / (1 - power2)) + eps)
    return w - learning_rate * step, {"m": m, "v": v, "t": t, "powers": (power1, power2)}


# ------------------------------------------------------------------------------------------------- adamw


@right("adamw")
def adamw_shrinks_first(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Shrinks the old weights by a factor, then takes Adam's step: the same sum in another order."""
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    t = state["t"] + 1
    m = beta1 * state["m"] + (1 - beta1) * dw
    v = beta2 * state["v"] + (1 - beta2) * dw**2
    shrunk = (1 - learning_rate * weight_decay) * w
    return shrunk - learning_rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), {"m": m, "v": v, "t": t}


@right("adamw")
def adamw_rate_outside(weights, grad, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Decay and step in one bracket behind the learning rate."""
    m, v, t = (0, 0, 0) if state is None else (state[name] for name in ("m", "v", "t"))
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * np.power(grad, 2)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    direction = m_hat / (np.sqrt(v_hat) + eps) + weight_decay * weights
    return weights - learning_rate * direction, dict(m=m, v=v, t=t)


@right("adamw")
def adamw_calls_adam(w, dw, state, *, weight_decay=0.01, learning_rate, **adam_hyper):
    """Adam's own function for the step, and the decay behind it."""
    new_w, new_state = adam_corrections_in_the_rate(w, dw, state, learning_rate=learning_rate, **adam_hyper)
    new_w -= learning_rate * weight_decay * w
    return new_w, new_state


@right("adamw")
def adamw_by_loops(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """Element by element, the weights as a copy."""
    state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0} if state is None else state
    m, v, t = np.copy(state["m"]), np.copy(state["v"]), float(state["t"]) + 1
    new_w = np.copy(w)
    for i in np.ndindex(w.shape):
        m[i] = beta1 * m[i] + (1 - beta1) * dw[i]
        v[i] = beta2 * v[i] + (1 - beta2) * dw[i] * dw[i]
        new_w[i] -= learning_rate * weight_decay * w[i]
        new_w[i] -= learning_rate * (m[i] / (1 - beta1**t)) / (np.sqrt(v[i] / (1 - beta2**t)) + eps)
    return new_w, {"m": m, "v": v, "t": int(t)}


# ---------------------------------------------------------------------------------------------- minimize


@right("minimize")
def minimize_appends(rule, grad_fn, w0, steps, **hyper):
    """A list of points, stacked at the end."""
    if steps < 0:
        raise ValueError("steps must not be negative")
    points, state = [w0.copy()], None
    while len(points) < steps + 1:
        w, state = rule(points[-1], grad_fn(points[-1]), state, **hyper)
        points.append(w)
    return np.stack(points)


@right("minimize")
def minimize_fills_rows(rule, gradient, start, n, **hyper):
    """An array filled row by row, and other names for the arguments."""
    if not n >= 0:
        raise ValueError(f"the number of steps is {n}, but cannot be below 0")
    path = np.empty((n + 1, len(start)), dtype=start.dtype)
    path[0] = start
    memory = None
    for i in range(1, n + 1):
        path[i], memory = rule(path[i - 1], gradient(path[i - 1]), memory, **hyper)
    return path


@right("minimize")
def minimize_by_recursion(rule, grad_fn, w0, steps, **hyper):
    """Each call takes one step and puts the rest of the way below it."""
    if steps < 0:
        raise ValueError("steps < 0")

    def way_from(w, state, left):
        if left == 0:
            return [w]
        return [w, *way_from(*rule(w, grad_fn(w), state, **hyper), left - 1)]

    return np.array(way_from(w0, None, steps))


@right("minimize")
def minimize_by_a_generator(rule, grad_fn, w0, steps, **hyper):
    """A generator of points, and a copy of the start that moves."""
    if steps < 0:
        raise ValueError("Steps: a number from 0 up is needed")

    def points():
        w, state = w0.copy(), None
        for i in range(steps + 1):
            yield w
            if i < steps:
                w, state = rule(w, grad_fn(w), state, **hyper)

    return np.vstack(list(points()))
