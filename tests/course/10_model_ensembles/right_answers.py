"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import math
from collections import Counter

import numpy as np

from autograder.checking import right

# --------------------------------------------------------------------------------- average_probabilities


@right("average_probabilities")
def average_by_loops(predictions):
    """Entry by entry, and another name for the argument."""
    N, C = predictions[0].shape
    result = np.zeros_like(predictions[0])
    for n in range(N):
        for c in range(C):
            for p in predictions:
                result[n, c] += p[n, c]
            result[n, c] /= len(predictions)
    return result


@right("average_probabilities")
def average_by_stacking(probs):
    """Stacks along the last axis, and divides last."""
    stacked = np.stack(probs, axis=-1)
    return stacked.sum(axis=-1) / stacked.shape[-1]


@right("average_probabilities")
def average_on_a_copy(probabilities):
    """In place, but on a copy of its own."""
    total = probabilities[0].copy()
    for p in probabilities[1:]:
        total += p
    total /= len(probabilities)
    return total


@right("average_probabilities")
def average_as_it_goes(probabilities):
    """A running mean: each net moves it by its share."""
    mean = np.zeros_like(probabilities[0])
    for m, p in enumerate(probabilities, 1):
        mean = mean + (p - mean) / m
    return mean


@right("average_probabilities")
def average_and_normalised(probabilities):
    """Divides by the sums of the rows, which are the number of nets."""
    total = sum(probabilities)
    return total / total.sum(axis=1, keepdims=True)


# ------------------------------------------------------------------------------------------ majority_vote


@right("majority_vote")
def vote_by_bincount(predictions):
    """One example at a time; argmax takes the first of the largest."""
    return np.array([np.bincount(votes).argmax() for votes in np.stack(predictions, axis=1)])


@right("majority_vote")
def vote_by_counter(labels):
    """Pure Python, with the tie in the key."""
    winners = []
    for votes in zip(*[column.tolist() for column in labels], strict=True):
        counts = Counter(votes)
        winners.append(min(counts, key=lambda label: (-counts[label], label)))
    return np.asarray(winners)


@right("majority_vote")
def vote_by_one_hot(labels):
    """A table of votes for every class up to the largest label."""
    classes = 1 + max(int(column.max()) for column in labels)
    votes = sum(np.eye(classes)[column] for column in labels)
    return votes.argmax(axis=1)


@right("majority_vote")
def vote_by_sorting(labels):
    """np.unique sorts, so the first of the largest counts is the smallest label; int32 comes out."""
    matrix = np.column_stack(labels)
    result = np.empty(len(matrix), dtype=np.int32)
    for n, row in enumerate(matrix):
        values, counts = np.unique(row, return_counts=True)
        result[n] = values[counts.argmax()]
    return result


@right("majority_vote")
def vote_from_the_largest_label_down(labels):
    """Counts from the top, and lets equals replace the winner."""
    labels = np.array(labels)
    best, most = np.zeros(labels.shape[1], dtype=int), np.zeros(labels.shape[1], dtype=int)
    for label in range(labels.max(), -1, -1):
        count = (labels == label).sum(axis=0)
        best = np.where(count >= most, label, best)
        most = np.maximum(most, count)
    return best


# ----------------------------------------------------------------------------------- cyclic_learning_rate


@right("cyclic_learning_rate")
def cyclic_as_in_the_paper(base, step, *, total, cycles):
    """The paper's formula, with its t counted from 1."""
    length = math.ceil(total / cycles)
    t = step + 1
    return base / 2 * (math.cos(math.pi * ((t - 1) % length) / length) + 1)


@right("cyclic_learning_rate")
def cyclic_by_np_ceil(lr0, t, *, total, cycles):
    """np.ceil, np.mod and np.cos: a NumPy scalar comes out."""
    length = np.ceil(total / cycles)
    return 0.5 * lr0 * (1 + np.cos(np.pi * np.mod(t, length) / length))


@right("cyclic_learning_rate")
def cyclic_by_half_angles(lr0, t, *, total, cycles):
    """(1 + cos x) / 2 is the square of cos x/2."""
    length = (total + cycles - 1) // cycles
    return lr0 * math.cos(math.pi * (t - length * (t // length)) / (2 * length)) ** 2


@right("cyclic_learning_rate")
def cyclic_by_counting(lr0, t, *, total, cycles):
    """Subtracts whole cycles until it is in the first."""
    length = -(-total // cycles)
    while t >= length:
        t -= length
    return np.array(lr0 * (1 + np.cos(t / length * np.pi)) / 2)


# ----------------------------------------------------------------------------------------- snapshot_steps


@right("snapshot_steps")
def snapshots_by_asking_every_step(total, cycles):
    """Goes through the run and looks whether the next step is in another cycle."""
    length = math.ceil(total / cycles)
    return [t for t in range(total) if t + 1 == total or t // length != (t + 1) // length]


@right("snapshot_steps")
def snapshots_without_repeats(total, cycles):
    """All ends, cut at the run's end, each once."""
    length = math.ceil(total / cycles)
    return sorted({min((i + 1) * length, total) - 1 for i in range(cycles)})


@right("snapshot_steps")
def snapshots_by_numpy(total, cycles):
    """A list of NumPy ints."""
    length = int(np.ceil(total / cycles))
    steps = np.arange(length, total + length, length) - 1
    steps[-1] = total - 1
    return list(steps)


@right("snapshot_steps")
def snapshots_step_by_step(total, cycles):
    """Counts down the steps that are left."""
    length, done, steps = (total + cycles - 1) // cycles, 0, []
    while done < total:
        done += min(length, total - done)
        steps.append(done - 1)
    return steps


# ------------------------------------------------------------------------------------------ polyak_update


@right("polyak_update")
def polyak_by_loops(avg, new, decay=0.995):
    """Entry by entry, and other names for the arguments."""
    result = {}
    for name, array in avg.items():
        out = np.empty_like(array)
        for i in np.ndindex(array.shape):
            out[i] = decay * array[i] + (1 - decay) * new[name][i]
        result[name] = out
    return result


@right("polyak_update")
def polyak_moves_towards(average, params, decay=0.995):
    """The average moves a part of the way to the weights."""
    return {name: average[name] + (1 - decay) * (w - average[name]) for name, w in params.items()}


@right("polyak_update")
def polyak_on_copies(average, params, decay=0.995):
    """In place, on copies of its own."""
    new = {name: array.copy() for name, array in average.items()}
    for name in new:
        new[name] *= decay
        new[name] += (1 - decay) * params[name]
    return new


@right("polyak_update")
def polyak_moves_back(average, params, decay=0.995):
    """From the weights back towards the average."""
    out = dict()
    for name in params:
        out[name] = params[name] - decay * (params[name] - average[name])
    return out
