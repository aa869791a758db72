"""Mistakes that people really make with ensembles. Each docstring is the hint that names the mistake."""

import math
from collections import Counter

import numpy as np
from toolbox import cosine_decay

from autograder.checking import wrong

# --------------------------------------------------------------------------------- average_probabilities


@wrong("average_probabilities")
def average_is_a_sum(probabilities):
    """Your rows sum to the number of nets. A mean is a sum over the nets, and then one thing more."""
    return np.sum(probabilities, axis=0)


@wrong("average_probabilities")
def average_gives_labels(probabilities):
    """You return the winning class. The averaged probabilities are asked for; to choose from them is the next step."""
    return np.mean(probabilities, axis=0).argmax(axis=1)


@wrong("average_probabilities")
def average_over_the_examples(probabilities):
    """You average over the examples of each net. The mean runs over the nets, for each example by itself: which axis
    of the stacked list counts the nets?"""
    return np.mean(probabilities, axis=1)


@wrong("average_probabilities")
def average_over_everything(probabilities):
    """You return a single number. Without an axis, `np.mean` runs over nets, examples and classes at once."""
    return np.mean(probabilities)


@wrong("average_probabilities")
def average_divides_by_the_examples(probabilities):
    """You divide by the number of examples. There are as many summands as there are nets."""
    return sum(probabilities) / len(probabilities[0])


@wrong("average_probabilities")
def average_counts_the_first_twice(probabilities):
    """The first net is in your sum twice. A sum that starts with it goes on with the second; one that takes them all
    starts at 0."""
    total = probabilities[0].copy()
    for p in probabilities:
        total += p
    return total / len(probabilities)


@wrong("average_probabilities")
def average_of_the_logs(probabilities):
    """You average logs, which gives the geometric mean, and its rows do not even sum to 1. The arithmetic mean of the
    probabilities is asked for."""
    return np.exp(np.mean(np.log(probabilities), axis=0))


@wrong("average_probabilities")
def average_of_the_logs_normalised(probabilities):
    """You average logs (or scores) and turn them into probabilities again. That is the geometric mean, another
    convention; the arithmetic mean is asked for."""
    p = np.exp(np.mean(np.log(probabilities), axis=0))
    return p / p.sum(axis=1, keepdims=True)


@wrong("average_probabilities")
def average_through_a_softmax(probabilities):
    """You send the average through a softmax. What comes in are probabilities already, and so is their mean: a softmax
    makes them nearly equal."""
    p = np.exp(np.mean(probabilities, axis=0))
    return p / p.sum(axis=1, keepdims=True)


@wrong("average_probabilities")
def average_of_the_votes(probabilities):
    """You average votes: each net's row has become a 1 and zeros. How sure a net is should count."""
    eye = np.eye(probabilities[0].shape[1], dtype=probabilities[0].dtype)
    return np.mean([eye[p.argmax(axis=1)] for p in probabilities], axis=0)


@wrong("average_probabilities")
def average_halves_again_and_again(probabilities):
    """You halve at every net, so the last net weighs as much as all others together. In a mean all weigh the same."""
    average = probabilities[0].copy()
    for p in probabilities[1:]:
        average = (average + p) / 2
    return average


@wrong("average_probabilities")
def average_of_the_surest(probabilities):
    """You take the largest probability that any net gives to a class. An ensemble listens to all nets."""
    return np.max(probabilities, axis=0)


@wrong("average_probabilities")
def average_is_a_median(probabilities):
    """You take the median over the nets. It ignores how far off the others are, and its rows do not sum to 1."""
    return np.median(probabilities, axis=0)


@wrong("average_probabilities")
def average_changes_the_first(probabilities):
    """You add into the first net's array. `total = a` gives the array a second name, and `+=` then changes it."""
    total = probabilities[0]
    for p in probabilities[1:]:
        total += p
    return total / len(probabilities)


@wrong("average_probabilities")
def average_becomes_double(probabilities):
    """float32 goes in, float64 comes out. Some array on the way is float64, as `np.zeros(shape)` is, and whatever is
    added to it becomes float64 too."""
    total = np.zeros(probabilities[0].shape)
    for p in probabilities:
        total = total + p
    return total / len(probabilities)


# ------------------------------------------------------------------------------------------ majority_vote


def counted(labels):
    """The labels that occur, and how often each was given to each example, (N, number of labels)."""
    classes = np.unique(labels)
    return classes, np.sum(np.stack(labels)[:, :, None] == classes, axis=0)


@wrong("majority_vote")
def vote_by_the_mean(labels):
    """You average the labels. Labels are names: half of the votes for 2 and half for 8 do not make a 5."""
    return np.round(np.mean(labels, axis=0)).astype(int)


@wrong("majority_vote")
def vote_by_the_mean_cut(labels):
    """You average the labels and cut the decimals off. Labels are names: half of the votes for 2 and half for 8 do not
    make a 5."""
    return np.mean(labels, axis=0).astype(int)


@wrong("majority_vote")
def vote_for_the_largest(labels):
    """You return the largest label that anybody named. How often was each of them named?"""
    return np.max(labels, axis=0)


@wrong("majority_vote")
def vote_by_the_median(labels):
    """You take the middle one of the sorted labels. Labels are names without an order; the most frequent one wins."""
    return np.median(labels, axis=0).astype(int)


@wrong("majority_vote")
def vote_ties_to_the_largest(labels):
    """At a tie you give the largest label. The smallest of those with the most votes wins."""
    classes, votes = counted(labels)
    return classes[::-1][np.argmax(votes[:, ::-1], axis=1)]


@wrong("majority_vote")
def vote_ties_to_the_first_net(labels):
    """At a tie the label that was named first wins with you, so the order of the nets matters. `Counter.most_common`
    does that. The smallest label should win."""
    return np.array([Counter(column).most_common(1)[0][0] for column in np.stack(labels, axis=1).tolist()])


@wrong("majority_vote")
def vote_ties_to_the_smallest_of_all(labels):
    """At a tie you give the smallest label that anybody named. Only the labels with the most votes are in the tie."""
    classes, votes = counted(labels)
    best = votes.max(axis=1, keepdims=True)
    tied = (votes == best).sum(axis=1) > 1
    return np.where(tied, np.min(labels, axis=0), classes[np.argmax(votes, axis=1)])


@wrong("majority_vote")
def vote_needs_more_than_half(labels):
    """Where no label has more than half of the votes, you follow the first net. The most votes are enough, even if
    they are few."""
    classes, votes = counted(labels)
    absolute = votes.max(axis=1) > len(labels) / 2
    return np.where(absolute, classes[np.argmax(votes, axis=1)], labels[0])


@wrong("majority_vote")
def vote_elects_nobody(labels):
    """Where no label has more than half of the votes, you elect nobody, and a 0 stands there. The most votes are
    enough, even if they are few."""
    classes, votes = counted(labels)
    return np.where(votes.max(axis=1) > len(labels) / 2, classes[np.argmax(votes, axis=1)], 0)


@wrong("majority_vote")
def vote_elects_minus_one(labels):
    """Where no label has more than half of the votes, you elect nobody, and a -1 stands there. The most votes are
    enough, even if they are few."""
    classes, votes = counted(labels)
    return np.where(votes.max(axis=1) > len(labels) / 2, classes[np.argmax(votes, axis=1)], -1)


@wrong("majority_vote")
def vote_counts(labels):
    """You return how many votes the winner has. Who is it?"""
    return counted(labels)[1].max(axis=1)


@wrong("majority_vote")
def vote_gives_all_counts(labels):
    """You return the votes for every label. One label for each example is asked for: the one with the most."""
    return counted(labels)[1]


@wrong("majority_vote")
def vote_gives_a_place(labels):
    """You return the winner's place among the labels that occur. Where a label is missing, place and label differ."""
    return np.argmax(counted(labels)[1], axis=1)


@wrong("majority_vote")
def vote_gives_a_place_in_its_column(labels):
    """You return the winner's place among the labels that the example got. `np.unique` gives labels and counts: the
    largest count says only where the label stands."""
    return np.array([np.argmax(np.unique(column, return_counts=True)[1]) for column in np.stack(labels, axis=1)])


@wrong("majority_vote")
def vote_over_the_examples(labels):
    """You count, for each net, the label that it gives most often. A vote is held for each example, over the nets."""
    return np.array([np.bincount(column).argmax() for column in labels])


@wrong("majority_vote")
def vote_among_ten_classes(labels):
    """You count for the labels 0 to 9 only. Labels may be larger: the labels themselves tell you how far to count."""
    votes = np.zeros((len(labels[0]), 10))
    for column in labels:
        votes[np.arange(len(column)), column] += 1
    return votes.argmax(axis=1)


@wrong("majority_vote")
def vote_gives_floats(labels):
    """Your labels are floats. `np.zeros(N)` makes floats, and an array cannot be indexed with them."""
    winners = np.zeros(len(labels[0]))
    for n, column in enumerate(np.stack(labels, axis=1)):
        winners[n] = np.bincount(column).argmax()
    return winners


@wrong("majority_vote")
def vote_gives_a_list(labels):
    """You return a list. An (N,) array is asked for, like the arrays that came in."""
    return [int(np.bincount(column).argmax()) for column in np.stack(labels, axis=1)]


@wrong("majority_vote")
def vote_of_the_last(labels):
    """A later label with as many votes replaces the winner, so the net that comes last decides a tie. The smallest
    label should."""
    winners = []
    for column in np.stack(labels, axis=1):
        best = column[0]
        for label in column:
            if np.sum(column == label) >= np.sum(column == best):
                best = label
        winners.append(best)
    return np.array(winners)


# ----------------------------------------------------------------------------------- cyclic_learning_rate


@wrong("cyclic_learning_rate")
def cyclic_without_restart(lr0, t, *, total, cycles):
    """Your rate falls once, over the whole run. In each cycle it should start at lr0 again."""
    return cosine_decay(lr0, t, total=total)


@wrong("cyclic_learning_rate")
def cyclic_without_mod(lr0, t, *, total, cycles):
    """Your cosine runs on past the end of a cycle, so the rate climbs back as slowly as it fell. It should jump: what
    counts is the step within the cycle."""
    return cosine_decay(lr0, t, total=math.ceil(total / cycles))


@wrong("cyclic_learning_rate")
def cyclic_with_floor(lr0, t, *, total, cycles):
    """Your cycles are a step too short where total is no multiple of cycles, and a cycle too many appears at the end:
    mind which way a length is rounded."""
    length = total // cycles
    return cosine_decay(lr0, t % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_without_rounding(lr0, t, *, total, cycles):
    """Your cycles have a length that is no whole number, so they do not start at a step. The length is rounded, and it
    is said which way."""
    length = total / cycles
    return cosine_decay(lr0, t % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_with_round(lr0, t, *, total, cycles):
    """You round the length of a cycle to the nearest whole number. It is always rounded the same way: which way is
    said, and think of 32 / 5."""
    length = round(total / cycles)
    return cosine_decay(lr0, t % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_with_floor_and_one(lr0, t, *, total, cycles):
    """Your cycles are a step too long where total is a multiple of cycles: then there is nothing to round up."""
    length = total // cycles + 1
    return cosine_decay(lr0, t % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_squeezes_the_last(lr0, t, *, total, cycles):
    """Where the last cycle is cut short, you let it fall faster. It begins as every other cycle does, and the run just
    ends before it is over."""
    length = math.ceil(total / cycles)
    start = t // length * length
    return cosine_decay(lr0, t - start, total=min(length, total - start))


@wrong("cyclic_learning_rate")
def cyclic_counts_like_the_paper(lr0, t, *, total, cycles):
    """Your cycle restarts one step late: the paper counts from 1 and so writes t - 1. Here the first step is 0."""
    length = math.ceil(total / cycles)
    return cosine_decay(lr0, (t - 1) % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_counts_from_one(lr0, t, *, total, cycles):
    """Your first step is below lr0, and the last step of a cycle has rate 0: you are one step ahead. The first step is
    0, and there nothing has fallen yet."""
    length = math.ceil(total / cycles)
    return cosine_decay(lr0, t % length + 1, total=length)


@wrong("cyclic_learning_rate")
def cyclic_restarts_early(lr0, t, *, total, cycles):
    """Your cycle restarts one step early: you look at step t + 1. The first step is 0, and it belongs to lr0."""
    length = math.ceil(total / cycles)
    return cosine_decay(lr0, (t + 1) % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_reaches_zero(lr0, t, *, total, cycles):
    """The last step of each cycle has rate 0, a step that does nothing. The cosine would reach 0 one step after the
    cycle's end: by how many steps do you divide?"""
    length = math.ceil(total / cycles)
    return cosine_decay(lr0, t % length, total=max(length - 1, 1))


@wrong("cyclic_learning_rate")
def cyclic_reaches_zero_and_divides_by_it(lr0, t, *, total, cycles):
    """The last step of each cycle has rate 0, a step that does nothing, and a cycle of one step fails. The cosine would
    reach 0 one step after the cycle's end: by how many steps do you divide?"""
    length = math.ceil(total / cycles)
    return cosine_decay(lr0, t % length, total=length - 1)


@wrong("cyclic_learning_rate")
def cyclic_takes_the_rest_of_the_angle(lr0, t, *, total, cycles):
    """Python goes from left to right through `*`, `%` and `/`: you take the remainder of pi times t. It is the step
    whose place in the cycle is asked for."""
    length = math.ceil(total / cycles)
    return lr0 / 2 * (1 + math.cos(math.pi * t % length / length))


@wrong("cyclic_learning_rate")
def cyclic_forgets_lr0(lr0, t, *, total, cycles):
    """Each of your cycles starts at 1, whatever lr0 is."""
    length = math.ceil(total / cycles)
    return cosine_decay(1.0, t % length, total=length)


@wrong("cyclic_learning_rate")
def cyclic_forgets_the_half(lr0, t, *, total, cycles):
    """Your cycle starts at twice lr0: 1 + cos is 2 there."""
    length = math.ceil(total / cycles)
    return lr0 * (1 + math.cos(math.pi * (t % length) / length))


@wrong("cyclic_learning_rate")
def cyclic_forgets_the_one(lr0, t, *, total, cycles):
    """In the second half of a cycle your rate is negative, which is a step uphill. A cosine runs from 1 to -1: move it
    up first."""
    length = math.ceil(total / cycles)
    return lr0 / 2 * math.cos(math.pi * (t % length) / length)


@wrong("cyclic_learning_rate")
def cyclic_rises(lr0, t, *, total, cycles):
    """Your rate rises in each cycle, from 0. It should start at lr0 and fall: look at the sign of the cosine."""
    length = math.ceil(total / cycles)
    return lr0 / 2 * (1 - math.cos(math.pi * (t % length) / length))


@wrong("cyclic_learning_rate")
def cyclic_over_the_whole_run(lr0, t, *, total, cycles):
    """You restart, but the rate hardly falls in between: the place in the cycle is divided by the length of the whole
    run."""
    length = math.ceil(total / cycles)
    return cosine_decay(lr0, t % length, total=total)


@wrong("cyclic_learning_rate")
def cyclic_forgets_pi(lr0, t, *, total, cycles):
    """Your rate does not come near 0: half a turn is not 1 but pi."""
    length = math.ceil(total / cycles)
    return lr0 / 2 * (1 + math.cos((t % length) / length))


@wrong("cyclic_learning_rate")
def cyclic_by_a_line(lr0, t, *, total, cycles):
    """Your rate falls along a straight line. Both ends are right, but between them it should follow a cosine: slow,
    fast, slow."""
    length = math.ceil(total / cycles)
    return lr0 * (1 - (t % length) / length)


@wrong("cyclic_learning_rate")
def cyclic_with_steps_for_cycles(lr0, t, *, total, cycles):
    """You take `cycles` for the length of a cycle. It is the number of cycles in the run."""
    return cosine_decay(lr0, t % cycles, total=cycles)


# ----------------------------------------------------------------------------------------- snapshot_steps


@wrong("snapshot_steps")
def snapshots_at_the_start(total, cycles):
    """You save at the first step of each cycle, where the rate is highest and the net has just been kicked. It has
    settled at the last one."""
    return list(range(0, total, math.ceil(total / cycles)))


@wrong("snapshot_steps")
def snapshots_counted_from_one(total, cycles):
    """Each of your steps is one too late: the first step is 0, so a cycle of 5 steps ends at step 4."""
    length = math.ceil(total / cycles)
    return [min(start + length, total) for start in range(0, total, length)]


@wrong("snapshot_steps")
def snapshots_with_floor(total, cycles):
    """Your cycles are too short where total is no multiple of cycles. Their length is rounded as in
    `cyclic_learning_rate`, or the snapshots fall into the middle of its cycles."""
    length = max(total // cycles, 1)
    return [min(start + length, total) - 1 for start in range(0, total, length)]


@wrong("snapshot_steps")
def snapshots_with_round(total, cycles):
    """You round the length of a cycle to the nearest whole number. It is always rounded the same way, as in
    `cyclic_learning_rate`."""
    length = round(total / cycles)
    return [min(start + length, total) - 1 for start in range(0, total, length)]


@wrong("snapshot_steps")
def snapshots_with_floor_and_one(total, cycles):
    """Your cycles are a step too long where total is a multiple of cycles: then there is nothing to round up."""
    length = total // cycles + 1
    return [min(start + length, total) - 1 for start in range(0, total, length)]


@wrong("snapshot_steps")
def snapshots_with_steps_for_cycles(total, cycles):
    """You take `cycles` for the length of a cycle. It is the number of cycles in the run."""
    return [min(start + cycles, total) - 1 for start in range(0, total, cycles)]


@wrong("snapshot_steps")
def snapshots_as_many_as_cycles_by_floor(total, cycles):
    """Your cycles are rounded down, and the run goes on after your last snapshot. The last step of all ends a cycle
    too."""
    return [(i + 1) * (total // cycles) - 1 for i in range(cycles)]


@wrong("snapshot_steps")
def snapshots_twice(total, cycles):
    """You name the last step more than once where the steps are used up before the cycles are. A cycle without a step
    has no snapshot."""
    length = math.ceil(total / cycles)
    return [min((i + 1) * length, total) - 1 for i in range(cycles)]


@wrong("snapshot_steps")
def snapshots_after_the_end(total, cycles):
    """Your last snapshot lies behind the end of the run. Where the last cycle is cut short, it ends with the run."""
    length = math.ceil(total / cycles)
    return [start + length - 1 for start in range(0, total, length)]


@wrong("snapshot_steps")
def snapshots_for_every_cycle(total, cycles):
    """You go on counting behind the end of the run. A cycle that is cut short ends with the run, and one without a step
    has no snapshot."""
    length = math.ceil(total / cycles)
    return [(i + 1) * length - 1 for i in range(cycles)]


@wrong("snapshot_steps")
def snapshots_with_one_more(total, cycles):
    """You add the run's last step also where it ends a whole cycle, and so is in the list already."""
    length = math.ceil(total / cycles)
    return [*range(length - 1, total, length), total - 1]


@wrong("snapshot_steps")
def snapshots_of_whole_cycles(total, cycles):
    """You leave out the last cycle where it is cut short. It ends too, with the run, and its net is saved."""
    length = math.ceil(total / cycles)
    return list(range(length - 1, total, length))


@wrong("snapshot_steps")
def snapshots_spread_evenly(total, cycles):
    """You spread the snapshots evenly over the run, so they miss the ends of the cycles where those do not come out
    even. All cycles have the same length, except the last."""
    return [round((i + 1) * total / cycles) - 1 for i in range(cycles)]


@wrong("snapshot_steps")
def snapshots_spread_evenly_and_cut(total, cycles):
    """You spread the snapshots evenly over the run and cut the decimals off, so they miss the ends of the cycles where
    those do not come out even. All cycles have the same length, except the last."""
    return [int((i + 1) * total / cycles) - 1 for i in range(cycles)]


@wrong("snapshot_steps")
def snapshots_without_the_last(total, cycles):
    """You save before each restart, but the run's end is no restart: its net, the best of all, is missing."""
    length = math.ceil(total / cycles)
    return [t - 1 for t in range(1, total) if t % length == 0]


@wrong("snapshot_steps")
def snapshots_as_floats(total, cycles):
    """Your steps are floats: `np.ceil` gives one. A step is counted, and used as an index: make it an int."""
    length = np.ceil(total / cycles)
    return [min(length * (i + 1), float(total)) - 1 for i in range(int(np.ceil(total / length)))]


@wrong("snapshot_steps")
def snapshots_as_marks(total, cycles):
    """You return a True or False for every step. A list of the steps themselves is asked for."""
    length = math.ceil(total / cycles)
    return [(t + 1) % length == 0 or t == total - 1 for t in range(total)]


@wrong("snapshot_steps")
def snapshots_every_length(total, cycles):
    """You return the length of a cycle. Which steps are its ends?"""
    return math.ceil(total / cycles)


# ------------------------------------------------------------------------------------------ polyak_update


@wrong("polyak_update")
def polyak_reversed(average, params, decay=0.995):
    """The two shares are the wrong way round: your average follows the newest weights and forgets at once. Which of the
    two should be kept by 99.5%?"""
    return {name: (1 - decay) * average[name] + decay * params[name] for name in average}


@wrong("polyak_update")
def polyak_shares_exceed_one(average, params, decay=0.995):
    """Your shares sum to more than 1, so the average grows at every update. What is left of 1 when decay is kept?"""
    return {name: decay * average[name] + params[name] for name in average}


@wrong("polyak_update")
def polyak_keeps_all(average, params, decay=0.995):
    """You add to the whole old average. It has to shrink by as much as the newest weights put in."""
    return {name: average[name] + (1 - decay) * params[name] for name in average}


@wrong("polyak_update")
def polyak_fixes_the_decay(average, params, decay=0.995):
    """Your decay is always 0.995. It is an argument, and 0.995 only its default."""
    return {name: 0.995 * average[name] + 0.005 * params[name] for name in average}


@wrong("polyak_update")
def polyak_fixes_the_share(average, params, decay=0.995):
    """The share of the newest weights is always 0.005 with you. It is what decay leaves over."""
    return {name: decay * average[name] + 0.005 * params[name] for name in average}


@wrong("polyak_update")
def polyak_pairs_by_place(average, params, decay=0.995):
    """You pair the arrays by their places in the two dicts. What belongs together is said by the names."""
    pairs = zip(average, average.values(), params.values(), strict=True)
    return {name: decay * old + (1 - decay) * new for name, old, new in pairs}


@wrong("polyak_update")
def polyak_takes_the_middle(average, params, decay=0.995):
    """You take the plain mean of the two, so one update counts as much as all before it. decay says how they share."""
    return {name: (average[name] + params[name]) / 2 for name in average}


@wrong("polyak_update")
def polyak_other_default(average, params, decay=0.999):
    """Your default is not the one that is asked for: 0.995, an average over about 200 updates."""
    return {name: decay * average[name] + (1 - decay) * params[name] for name in average}


@wrong("polyak_update")
def polyak_default_of_momentum(average, params, decay=0.9):
    """Your default is momentum's rho, 0.9, an average over about 10 updates. Another is asked for."""
    return {name: decay * average[name] + (1 - decay) * params[name] for name in average}


@wrong("polyak_update")
def polyak_default_is_rounded(average, params, decay=0.99):
    """Your default is 0.99, an average over about 100 updates. Another is asked for."""
    return {name: decay * average[name] + (1 - decay) * params[name] for name in average}


@wrong("polyak_update")
def polyak_walks_away(average, params, decay=0.995):
    """Your average moves away from the weights. It should go a small part of the way towards them: look at the sign."""
    return {name: average[name] - (1 - decay) * (params[name] - average[name]) for name in average}


@wrong("polyak_update")
def polyak_changes_the_average(average, params, decay=0.995):
    """You write into the caller's average. Build a new dict, and new arrays: a copy of the dict alone still holds the
    old arrays."""
    for name in average:
        average[name] *= decay
        average[name] += (1 - decay) * params[name]
    return average


@wrong("polyak_update")
def polyak_changes_the_params(average, params, decay=0.995):
    """You write into the caller's params, so the training itself is changed. The average is only looked at."""
    for name in average:
        params[name] *= 1 - decay
        params[name] += decay * average[name]
    return params


@wrong("polyak_update")
def polyak_forgets_the_biases(average, params, decay=0.995):
    """You average the W's only. Every parameter is averaged, whatever its name."""
    return {
        name: decay * average[name] + (1 - decay) * params[name] if name.startswith("W") else params[name]
        for name in average
    }


@wrong("polyak_update")
def polyak_gives_a_list(average, params, decay=0.995):
    """You return the arrays without their names. A dict with the names of params is asked for."""
    return [decay * average[name] + (1 - decay) * params[name] for name in average]


@wrong("polyak_update")
def polyak_becomes_double(average, params, decay=0.995):
    """float32 goes in, float64 comes out. Some array on the way is float64, as `np.zeros(shape)` is. The new arrays
    keep the dtype of the old."""
    new = {name: np.zeros(average[name].shape) for name in average}
    for name in average:
        new[name] += decay * average[name] + (1 - decay) * params[name]
    return new


@wrong("polyak_update")
def polyak_corrects_a_start(average, params, decay=0.995):
    """You divide as Adam does, to correct an average that started at 0. This one starts at the weights, and has
    nothing to correct."""
    mixed = {name: decay * average[name] + (1 - decay) * params[name] for name in average}
    with np.errstate(divide="ignore"):
        return {name: w / (1 - decay) for name, w in mixed.items()}
