"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import itertools
import math
import random

import numpy as np

from autograder.checking import right

# ------------------------------------------------------------------------------------------- minibatches


@right("minibatches")
def minibatches_shuffles_a_list_of_indices(images, labels, size, rng):
    """A list of indices that loses its head, and other names for the arguments."""
    left = list(range(len(images)))
    rng.shuffle(left)
    batches = []
    while left:
        chosen, left = left[:size], left[size:]
        batches.append((images[chosen], labels[chosen]))
    return batches


@right("minibatches")
def minibatches_one_by_one(X, y, batch_size, rng):
    """Draws one example after the other without replacement, stacks the batch, and returns lists as pairs."""
    batches, batch_X, batch_y = [], [], []
    for count, i in enumerate(rng.choice(len(X), size=len(X), replace=False), start=1):
        batch_X.append(X[i])
        batch_y.append(y[i])
        if count % batch_size == 0 or count == len(X):
            batches.append([np.stack(batch_X), np.array(batch_y)])
            batch_X, batch_y = [], []
    return batches


@right("minibatches")
def minibatches_sorts_random_keys(X, y, batch_size, rng):
    """The order of random numbers, on copies, split at the multiples of the size."""
    order = np.argsort(rng.random(X.shape[0]))
    cuts = np.arange(batch_size, X.shape[0], batch_size)
    return list(zip(np.split(X.copy()[order], cuts), np.split(y.copy()[order], cuts), strict=True))


@right("minibatches")
def minibatches_shuffles_copies_in_place(X, y, batch_size, rng):
    """Fisher and Yates by hand, in place, on copies; the first batch takes the last examples."""
    X, y = X.copy(), y.copy()
    for i in range(len(X) - 1, 0, -1):
        j = rng.integers(0, i + 1)
        X[[i, j]], y[[i, j]] = X[[j, i]], y[[j, i]]
    number = math.ceil(len(X) / batch_size)
    return tuple((X[b * batch_size : (b + 1) * batch_size], y[b * batch_size : (b + 1) * batch_size])
                 for b in range(number))  # fmt: skip


# ------------------------------------------------------------------------------------------ update_ratio


@right("update_ratio")
def update_ratio_by_norm(weights, step):
    """NumPy's norm of the flattened arrays, as a NumPy scalar."""
    return np.linalg.norm(step.ravel()) / np.linalg.norm(weights.ravel())


@right("update_ratio")
def update_ratio_by_loops(w, update):
    """Sums of squares entry by entry."""
    above = sum(float(u) ** 2 for u in update.flat)
    below = sum(float(x) ** 2 for x in w.flat)
    return math.sqrt(above / below)


@right("update_ratio")
def update_ratio_by_dot(w, update):
    """Dot products of long vectors."""
    return math.sqrt(np.dot(update.ravel(), update.ravel())) / math.sqrt(np.vdot(w, w))


# -------------------------------------------------------------------------------------- first_divergence


@right("first_divergence")
def first_divergence_by_arrays(losses):
    """A mask, and the first place where it is True."""
    if len(losses) == 0:
        return None
    losses = np.asarray(losses, dtype=float)
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(losses) | (losses > 3 * losses[0])
    return np.flatnonzero(bad)[0] if bad.any() else None


@right("first_divergence")
def first_divergence_not_under(losses):
    """`not <=` is True for NaN too; infinity beside it."""
    i = 0
    while i < len(losses):
        if not losses[i] <= 3 * losses[0] or abs(losses[i]) == math.inf:
            return i
        i += 1


@right("first_divergence")
def first_divergence_by_next(losses):
    """A generator and math."""
    return next(
        (i for i, x in enumerate(losses) if math.isnan(x) or math.isinf(x) or x / 3 > losses[0]),
        None,
    )


# ------------------------------------------------------------------------------------------------- train


@right("train")
def train_counts_by_hand(
    loss_fn, weights, images, labels, *, rule, learning_rate, schedule, batch_size, epochs, rng, **hyper
):
    """A counter, lists of its own, and dicts made anew at each step."""
    weights = {name: w.copy() for name, w in weights.items()}
    memory = {name: None for name in weights}
    seen, rates, ratios, step = [], [], [], 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            loss, grads = loss_fn(weights, images[chosen], labels[chosen])
            seen.append(float(loss))
            if np.isnan(loss) or np.isinf(loss) or loss > 3 * seen[0]:
                return weights, dict(loss=seen, learning_rate=rates, update_ratio=ratios, diverged=step)
            lr = learning_rate
            if schedule is not None:
                lr = schedule(learning_rate, step)
            moved, total = 0.0, 0.0
            new = {}
            for name in sorted(weights):
                new[name], memory[name] = rule(weights[name], grads[name], memory[name], learning_rate=lr, **hyper)
                moved += np.sum((new[name] - weights[name]) ** 2)
                total += np.sum(weights[name] ** 2)
            weights = new
            rates.append(lr)
            ratios.append(np.sqrt(moved / total))
            step += 1
    return weights, dict(loss=seen, learning_rate=rates, update_ratio=ratios, diverged=None)


@right("train")
def train_in_place_on_copies(loss_fn, params, X, y, rule, learning_rate, schedule, batch_size, epochs, rng, **hyper):
    """Deep copies that are written into, and a history of arrays made at the end, with a key more."""
    params = {name: np.array(w) for name, w in params.items()}
    states, records, losses, diverged = {}, [], [], None
    batches = []
    for _ in range(epochs):
        if diverged is not None:
            break
        order = np.arange(len(X))
        rng.shuffle(order)
        batches = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
        for batch in batches:
            loss, grads = loss_fn(params, X[batch], y[batch])
            losses.append(loss)
            if not np.isfinite(loss) or loss > 3.0 * losses[0]:
                diverged = len(losses) - 1
                break
            rate = schedule(learning_rate, step=len(records)) if schedule else learning_rate
            old = np.hstack([params[name].flatten() for name in params])
            for name in reversed(list(params)):
                new, states[name] = rule(params[name], grads[name], states.get(name), learning_rate=rate, **hyper)
                params[name][...] = new
            new = np.hstack([params[name].flatten() for name in params])
            records.append((rate, np.linalg.norm(new - old) / np.linalg.norm(old)))
    rates, ratios = np.array(records).reshape(-1, 2).T
    history = {"loss": losses, "learning_rate": rates, "update_ratio": ratios, "diverged": diverged, "epochs": epochs}
    return params, history


@right("train")
def train_by_a_generator(loss_fn, params, X, y, *, schedule, learning_rate, rule, rng, epochs, batch_size, **hyper):
    """All batches as one stream, a schedule that is always there, and a helper for the rule."""
    schedule = schedule or (lambda rate, step: rate)

    def stream():
        for _ in range(epochs):
            order = rng.permutation(X.shape[0])
            yield from np.split(order, range(batch_size, X.shape[0], batch_size))

    history = {"diverged": None, "update_ratio": [], "learning_rate": [], "loss": []}
    pairs = {name: (w, None) for name, w in params.items()}
    for step, batch in enumerate(stream()):
        current = {name: w for name, (w, _) in pairs.items()}
        loss, grads = loss_fn(current, X[batch], y[batch])
        history["loss"] += [loss]
        if not -np.inf < loss <= 3 * history["loss"][0]:
            history["diverged"] = np.int64(step)
            break
        if np.isinf(loss):
            history["diverged"] = step
            break
        rate = schedule(learning_rate, step)
        pairs = {n: rule(w, grads[n], state, learning_rate=rate, **hyper) for n, (w, state) in pairs.items()}
        change = math.sqrt(sum(np.sum((pairs[n][0] - current[n]) ** 2) for n in current))
        history["update_ratio"] += [change / math.sqrt(sum(np.sum(w**2) for w in current.values()))]
        history["learning_rate"] += [np.float64(rate)]
    return {name: w for name, (w, _) in pairs.items()}, history


# --------------------------------------------------------------------------------- expected_initial_loss


@right("expected_initial_loss")
def expected_initial_loss_from_the_probability(classes):
    """Minus the logarithm of the probability, with math."""
    return -math.log(1 / classes)


@right("expected_initial_loss")
def expected_initial_loss_of_a_softmax(C):
    """The softmax loss of scores of 0, a NumPy scalar."""
    scores = np.zeros(C)
    return -np.log(np.exp(scores)[0] / np.exp(scores).sum())


@right("expected_initial_loss")
def expected_initial_loss_as_an_entropy(num_classes):
    """The entropy of a fair die, from bits to nats."""
    return sum(1 / num_classes * math.log2(num_classes) for _ in range(num_classes)) * math.log(2)


# ------------------------------------------------------------------------------------- overfits_tiny_set


@right("overfits_tiny_set")
def overfits_counts_misses(train, images, labels):
    """Counts what was missed."""
    predict = train(images, labels)
    return int(np.count_nonzero(predict(images) != labels)) == 0


@right("overfits_tiny_set")
def overfits_by_accuracy(train, X, y):
    """An accuracy of exactly 1, as a NumPy bool."""
    predicted = np.array(train(X.copy(), y.copy())(X))
    return np.mean(predicted == y) == 1.0


@right("overfits_tiny_set")
def overfits_by_a_loop(train, X, y):
    """Label by label."""
    predicted, right_so_far = train(X, y)(X), True
    for i in range(len(y)):
        if predicted[i] != y[i]:
            right_so_far = False
    return right_so_far


@right("overfits_tiny_set")
def overfits_array_equal(train, X, y):
    """Whole arrays at once."""
    predict = train(X, y)
    return np.array_equal(predict(X), y)


# -------------------------------------------------------------------------------------------- schedules


@right("step_decay")
def step_decay_by_a_loop(lr0, epoch, *, factor, every):
    """One multiplication for every drop."""
    lr = lr0
    for e in range(1, epoch + 1):
        if e % every == 0:
            lr *= factor
    return lr


@right("step_decay")
def step_decay_by_floor(rate, e, *, factor, every):
    """Other names, floor of a division, a NumPy scalar."""
    return np.float64(rate) * np.power(factor, np.floor(e / every))


@right("step_decay")
def step_decay_by_recursion(lr0, epoch, *, factor, every):
    """A period less, a factor more."""
    return lr0 if epoch < every else factor * step_decay_by_recursion(lr0, epoch - every, factor=factor, every=every)


@right("exponential_decay")
def exponential_decay_by_division(lr0, t, *, k):
    """Below the line, the sign is the other."""
    return lr0 / math.exp(k * t)


@right("exponential_decay")
def exponential_decay_by_powers(lr, time, *, k):
    """A power of a power."""
    return lr * (math.e**-k) ** time


@right("exponential_decay")
def exponential_decay_in_logarithms(lr0, t, *, k):
    """A straight line in the logarithm."""
    return np.exp(np.log(lr0) - k * t)


@right("inverse_time_decay")
def inverse_time_decay_by_power(lr0, t, *, k):
    """To the power -1."""
    return lr0 * (1.0 + k * t) ** -1


@right("inverse_time_decay")
def inverse_time_decay_of_the_inverse(rate, time, *, k):
    """1 over the rate grows in a straight line."""
    return 1 / (1 / rate + k * time / rate)


@right("inverse_time_decay")
def inverse_time_decay_by_numpy(lr0, t, *, k):
    """NumPy's functions."""
    return np.divide(lr0, np.add(1, np.multiply(k, t)))


@right("cosine_decay")
def cosine_decay_squared(lr0, t, *, total):
    """(1 + cos x) / 2 is the square of cos(x / 2)."""
    return lr0 * math.cos(math.pi * t / total / 2) ** 2


@right("cosine_decay")
def cosine_decay_by_sine(lr, step, *, total):
    """A sine, a quarter of a turn later."""
    return 0.5 * lr * (1 + math.sin(math.pi / 2 - math.pi * step / total))


@right("cosine_decay")
def cosine_decay_as_a_0d_array(lr0, t, *, total):
    """A 0-d array, with the angle in degrees made radians."""
    return np.asarray(lr0 / 2 + lr0 / 2 * np.cos(np.deg2rad(180 * t / total)))


@right("warmup")
def warmup_by_if(lr0, t, *, steps):
    """Two cases."""
    if t < steps:
        return lr0 * t / steps
    return lr0


@right("warmup")
def warmup_clipped(rate, step, *, steps):
    """NumPy's clip."""
    return rate * np.clip(step / steps, 0, 1)


@right("warmup")
def warmup_interpolated(lr0, t, *, steps):
    """A straight line between two points, which np.interp continues level."""
    return float(np.interp(t, [0, steps], [0.0, lr0]))


# ------------------------------------------------------------------------------------------- log_uniform


@right("log_uniform")
def log_uniform_powers_of_ten(low, high, size, rng):
    """Base 10 there and back."""
    return 10 ** rng.uniform(np.log10(low), np.log10(high), size=size)


@right("log_uniform")
def log_uniform_by_ratio(low, high, size, rng):
    """A power of the ratio of the borders."""
    return low * (high / low) ** rng.random(size)


@right("log_uniform")
def log_uniform_one_by_one(smallest, largest, n, rng):
    """A loop, from the upper end."""
    draws = np.empty(n)
    for i in range(n):
        draws[i] = math.exp(math.log(largest) - rng.random() * math.log(largest / smallest))
    return draws


@right("log_uniform")
def log_uniform_by_python(low, high, size, rng):
    """Python's own generator, seeded from rng."""
    own = random.Random(int(rng.integers(2**63)))
    return np.array([2 ** own.uniform(math.log2(low), math.log2(high)) for _ in range(size)])


# ------------------------------------------------------------------------------------------- grid_search


def last_if_nan(result):
    return (result[0] != result[0], result[0])


@right("grid_search")
def grid_search_by_recursion(objective, grid):
    """One name after the other, and a key that puts NaN last."""
    results = []

    def fill(point, names):
        if not names:
            results.append((objective(**point), dict(point)))
            return
        for value in grid[names[0]]:
            fill({**point, names[0]: value}, names[1:])

    fill({}, list(grid))
    return sorted(results, key=last_if_nan)


@right("grid_search")
def grid_search_grows_points(objective, grid):
    """A list of points that grows with each name; numbers and NaN sorted apart."""
    points = [{}]
    for name, values in grid.items():
        points = [{**point, name: value} for point in points for value in values]
    results = [[float(objective(**point)), point] for point in points]
    numbers = sorted((r for r in results if not math.isnan(r[0])), key=lambda r: r[0])
    return numbers + [r for r in results if math.isnan(r[0])]


@right("grid_search")
def grid_search_inserts(objective, axes):
    """Puts each result in its place, last name first."""
    results = []
    for combination in itertools.product(*reversed(list(axes.values()))):
        point = dict(zip(reversed(list(axes)), combination, strict=True))
        value = objective(**point)
        place = 0
        while place < len(results) and not np.isnan(results[place][0]) and not value < results[place][0]:
            place += 1
        if np.isnan(value):
            place = len(results)
        results.insert(place, (value, point))
    return results


@right("grid_search")
def grid_search_nan_as_infinity(objective, grid):
    """NaN counts as infinite, and as worse than that, while sorting."""
    results = [(objective(**dict(zip(grid, v, strict=True))), dict(zip(grid, v, strict=True)))
               for v in itertools.product(*grid.values())]  # fmt: skip
    return tuple(sorted(results, key=lambda r: (math.inf, 1) if np.isnan(r[0]) else (r[0], 0)))


# ----------------------------------------------------------------------------------------- random_search


@right("random_search")
def random_search_point_by_point(objective, space, budget, rng):
    """A loop over points, NumPy scalars in the dicts."""
    results = []
    for _ in range(budget):
        point = {}
        for name, (low, high) in space.items():
            point[name] = 10 ** rng.uniform(np.log10(low), np.log10(high))
        results.append((objective(**point), point))
    return sorted(results, key=last_if_nan)


@right("random_search")
def random_search_unit_cube(objective, space, budget, rng):
    """All random numbers at once, as a matrix."""
    u = rng.random((budget, len(space)))
    names, bounds = list(space), np.log(np.array(list(space.values())))
    numbers = np.exp(bounds[:, 0] + u * (bounds[:, 1] - bounds[:, 0]))
    points = [dict(zip(names, map(float, row), strict=True)) for row in numbers]
    values = np.array([objective(**point) for point in points])
    return [(float(values[i]), points[i]) for i in values.argsort(kind="stable")]


@right("random_search")
def random_search_latin_hypercube(objective, space, budget, rng):
    """Evenly stratified: each of `budget` slices of every range is met once, in random order."""
    columns = {
        name: low * (high / low) ** ((rng.permutation(budget) + rng.random(budget)) / budget)
        for name, (low, high) in space.items()
    }
    results = []
    for i in range(budget):
        point = {name: column[i] for name, column in columns.items()}
        results.append((objective(**point), point))
    results.sort(key=last_if_nan)
    return results


@right("random_search")
def random_search_keeps_a_sorted_list(target, ranges, n, rng):
    """Other names for the arguments; the best is moved to the front again and again."""
    left = []
    for _ in range(n):
        point = {name: math.exp(rng.uniform(math.log(a), math.log(b))) for name, (a, b) in ranges.items()}
        left.append((target(**point), point))
    result = []
    while left:
        best = 0
        for i, (value, _) in enumerate(left):
            if math.isnan(left[best][0]) or value < left[best][0]:
                best = i
        result.append(left.pop(best))
    return result


# ---------------------------------------------------------------------------------------- coarse_to_fine


@right("coarse_to_fine")
def coarse_to_fine_by_thirds(objective, space, budget, rounds, rng):
    """A third of the width each round, in logarithms, shifted where it would leave the space."""
    logs = {name: (math.log(low), math.log(high)) for name, (low, high) in space.items()}
    results, ranges = [], dict(logs)
    for i in range(rounds):
        for _ in range(budget):
            point = {name: math.exp(rng.uniform(*ranges[name])) for name in space}
            results.append((objective(**point), point))
        results.sort(key=last_if_nan)
        for name, (low, high) in logs.items():
            width = (high - low) / 3 ** (i + 1)
            start = math.log(results[0][1][name]) - width / 2
            start = min(max(start, low), high - width)
            ranges[name] = (start, start + width)
    return results


@right("coarse_to_fine")
def coarse_to_fine_slowly(objective, space, budget, rounds, rng):
    """Four fifths of the width each round."""
    results, best = [], None
    for i in range(rounds):
        latest = []
        for _ in range(budget):
            point = {}
            for name, (low, high) in space.items():
                a, b = np.log10(low), np.log10(high)
                if i:
                    half = 0.8**i * (b - a) / 2
                    centre = np.log10(best[1][name])
                    a, b = max(a, centre - half), min(b, centre + half)
                point[name] = float(10 ** rng.uniform(a, b))
            latest.append((objective(**point), point))
        results += latest
        best = min((r for r in results if not np.isnan(r[0])), key=lambda r: r[0], default=latest[0])
    return sorted(results, key=last_if_nan)


@right("coarse_to_fine")
def coarse_to_fine_by_a_factor_of_ten(objective, space, budget, rounds, rng):
    """Recursion into a tenth of the width, with all results so far as the memory."""

    def search(low, high, left, results):
        if left == 0:
            return results
        draws = low + rng.random((budget, len(low))) * (high - low)
        for row in draws:
            point = dict(zip(space, np.exp(row).tolist(), strict=True))
            results = [*results, (objective(**point), point)]
        results = sorted(results, key=last_if_nan)
        centre = np.log(list(results[0][1].values()))
        reach = (high - low) / 20
        return search(np.maximum(centre - reach, floor), np.minimum(centre + reach, ceiling), left - 1, results)

    floor, ceiling = np.log(np.array(list(space.values()))).T
    return search(floor, ceiling, rounds, [])


# ---------------------------------------------------------------------------------------- k_fold_indices


@right("k_fold_indices")
def k_fold_indices_dealt_like_cards(n, k, rng):
    """Shuffled, then dealt out in turn; sorted lists as arrays."""
    deck = rng.permutation(n)
    hands = [np.sort(deck[i::k]) for i in range(k)]
    return [(np.setdiff1d(np.arange(n), hand), hand) for hand in hands]


@right("k_fold_indices")
def k_fold_indices_by_labels(n, k, rng):
    """A fold number for every example, shuffled."""
    fold = np.arange(n) % k
    rng.shuffle(fold)
    return [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(k)]


@right("k_fold_indices")
def k_fold_indices_by_loops(count, folds, rng):
    """Sizes by hand, the larger folds last, lists of Python's integers."""
    order = [int(i) for i in rng.permutation(count)]
    result, start = [], 0
    for i in range(folds):
        size = count // folds + (1 if i >= folds - count % folds else 0)
        val = order[start : start + size]
        train = [j for j in order if j not in val]
        result.append([np.array(train), np.array(val)])
        start += size
    return result
