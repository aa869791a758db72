"""Mistakes that people really make in normalising. Each docstring is the hint that names it."""

import numpy as np

from autograder.checking import wrong

# ------------------------------------------------------------------------------------- batchnorm_forward


@wrong("batchnorm_forward")
def forward_unbiased_variance(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You divide the variance by N - 1. That estimates the variance of a population; here the batch itself is to
    have variance 1, and a batch of one would be 0 / 0. See what the docstring divides by."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0, ddof=1)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_unbiased_running_variance(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """The batch is normalised rightly, but into the running variance you put the one divided by N - 1. That is
    PyTorch's convention; the one graded here is in the box above the exercise."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        unbiased = x.var(axis=0, ddof=1)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * unbiased,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_never_updates(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your running averages stay at their start for ever, so at test time they know nothing of the data. Each
    training call has to move them."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {"mean": state["mean"], "var": state["var"]}
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_updates_only_the_mean(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """The running mean moves, but the running variance stays where it was. Test time needs both."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {"mean": momentum * state["mean"] + (1 - momentum) * mean, "var": state["var"]}
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_updates_only_the_variance(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """The running variance moves, but the running mean stays where it was. Test time needs both."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {"mean": state["mean"], "var": momentum * state["var"] + (1 - momentum) * var}
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_updates_at_test_time(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You use the running averages at test time, and then update them with the test batch. What is tested must not
    change the net: the same image would get another answer tomorrow."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {
            "mean": momentum * mean + (1 - momentum) * x.mean(axis=0),
            "var": momentum * var + (1 - momentum) * x.var(axis=0),
        }
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_batch_statistics_at_test_time(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """At test time you still normalise with the batch that is asked about. Then an answer depends on the company
    that it is asked in, and a single image gives beta, whatever it shows."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {"mean": state["mean"], "var": state["var"]}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_ignores_training(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your function does the same in training and at test time: it normalises with the batch and updates the
    running averages. What is `training` for?"""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_running_averages_in_training(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """In training you normalise with the running averages. They are meant for test time; a training batch is
    normalised with its own mean and variance."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
        mean, var = new_state["mean"], new_state["var"]
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_momentum_reversed(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your momentum weighs the new value, as PyTorch's does. Here it says how much of the OLD average is kept; both
    conventions stand side by side in the box above the exercise."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": (1 - momentum) * state["mean"] + momentum * mean,
            "var": (1 - momentum) * state["var"] + momentum * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_new_part_not_weighted(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You add the whole of the new value to the old average, so the weights sum to more than 1 and it grows and
    grows. An average of two things needs weights that sum to 1."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {"mean": momentum * state["mean"] + mean, "var": momentum * state["var"] + var}
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_averages_the_std(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your running 'var' averages standard deviations. What is kept, and later used, is the variance."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * np.sqrt(var),
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_eps_in_the_running_variance(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You add eps to the variance before you average it, so it is in the running variance and then once more under
    the root at test time."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0) + eps
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var) if training else np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_first_batch_starts_the_averages(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """From state=None your running averages start as those of the first batch. That is a sensible idea, but not the
    one graded here: None means zeros and ones."""
    if state is None:
        state = {"mean": x.mean(axis=0), "var": x.var(axis=0)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_variance_starts_at_0(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your running variance starts at 0. Then an untrained net divides by almost nothing at test time. Which variance
    leaves a value as it is?"""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.zeros_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_eps_outside_the_root(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your eps stands outside the root. Beside a small variance that is another number: the root of 1e-5 is about
    3e-3."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var) + eps
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_without_eps(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your eps is never used. A constant feature, or a batch of one, is then 0 / 0."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_without_root(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You divide by the variance. What has the unit of x, so that the result has spread 1?"""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = var + eps
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_over_the_features(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You average along each row, over the features of one example. That is layer norm. Batch norm looks down each
    column, over the examples."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if not training:
        x_hat = (x - state["mean"]) / np.sqrt(state["var"] + eps)
        return gamma * x_hat + beta, None, {"mean": state["mean"], "var": state["var"]}
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    x_hat = (x - mean) / np.sqrt(var + eps)
    new_state = {
        "mean": momentum * state["mean"] + (1 - momentum) * np.mean(mean),
        "var": momentum * state["var"] + (1 - momentum) * np.mean(var),
    }
    return gamma * x_hat + beta, None, new_state


@wrong("batchnorm_forward")
def forward_one_mean_for_all(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You take one mean and one variance over the whole batch. Every feature, so every column, has its own."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(), x.var()
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_gamma_and_beta_swapped(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your gamma is added and your beta multiplied. The scale is gamma, the shift is beta."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return beta * x_hat + gamma, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_forgets_gamma_and_beta(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You return the normalised values. The learned scale and shift are still missing."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return x_hat, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_mean_of_squares(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """On paper the variance is the mean of the squares minus the square of the mean. Far from 0 these are two huge,
    nearly equal numbers, and nothing right is left of their difference. Square the deviations instead."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), (x**2).mean(axis=0) - x.mean(axis=0) ** 2
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(np.maximum(var, 0) + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_state_changed_in_place(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your numbers are right, but you write into the state that came in: into its arrays, as `*=` and `+=` do, or into
    the dict itself. The caller still holds it; return a new dict with new arrays."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        state["mean"] = momentum * state["mean"] + (1 - momentum) * mean
        state["var"] = momentum * state["var"] + (1 - momentum) * var
        new_state = state
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_changes_x(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your out is right, but the caller's x has changed: `-=` writes into the array that came in."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    x -= mean
    std = np.sqrt(var + eps)
    x_hat = x / std
    return gamma * x_hat + beta, (x, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_no_state_at_test_time(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """At test time state may still be None: then the mean is 0 and the variance 1. Your function looks for a key in
    None."""
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        old = state or {"mean": np.zeros_like(mean), "var": np.ones_like(var)}
        new_state = {key: momentum * old[key] + (1 - momentum) * new for key, new in (("mean", mean), ("var", var))}
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_none_comes_back(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """At test time you hand back the state as it came in. Where that was None, a dict with zeros and ones is asked
    for."""
    came_in = state
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = came_in
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_returns_float64(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your numbers are right, but for float32 you return float64: np.zeros(D) and np.ones(D) make float64 averages, and
    these widen all that they touch."""
    if state is None:
        state = {"mean": np.zeros(x.shape[1]), "var": np.ones(x.shape[1])}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        new_state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = state["mean"], state["var"]
        new_state = {"mean": mean, "var": var}
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma), new_state


@wrong("batchnorm_forward")
def forward_returns_two_things(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You return out and cache. The running averages have to come out too: the function has no other memory."""
    if state is None:
        state = {"mean": np.zeros_like(beta), "var": np.ones_like(beta)}
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        _ = momentum
    else:
        mean, var = state["mean"], state["var"]
    centred = x - mean
    std = np.sqrt(var + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (centred, std, x_hat, gamma)


# ------------------------------------------------------------------------------------ batchnorm_backward


@wrong("batchnorm_backward")
def backward_without_the_mean(dout, cache):
    """The way through the mean is missing. x is used twice: in the difference, and in the mean that is subtracted. What
    arrives at the mean has to go on to x."""
    centred, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    return dx_hat / std + 2 * centred * dvar / len(dout), (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("batchnorm_backward")
def backward_without_the_variance(dout, cache):
    """The way through the variance is missing. The standard deviation depends on x too: changing one example
    changes what all are divided by."""
    _, std, x_hat, gamma = cache
    dx_hat = dout * gamma
    dmean = -(dx_hat / std).sum(axis=0)
    return dx_hat / std + dmean / len(dout), (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("batchnorm_backward")
def backward_constants(dout, cache):
    """You treat mean and variance as constants. They are at test time. In training both are made of x, and both pass a
    gradient on to it."""
    _, std, x_hat, gamma = cache
    return dout * gamma / std, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("batchnorm_backward")
def backward_mean_not_divided(dout, cache):
    """The mean is a sum over N. Its gradient reaches each row with a factor that you left out."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean, dgamma, dbeta


@wrong("batchnorm_backward")
def backward_squares_not_divided(dout, cache):
    """The variance is a mean over N squares. Its gradient reaches each of them with a factor that you left out."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_forgets_the_2_of_the_square(dout, cache):
    """The derivative of a square has a factor that is missing on your way from the variance to the deviations."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_forgets_the_half_of_the_root(dout, cache):
    """The derivative of a root has a factor that is missing on your way from the standard deviation to the variance."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / std**3
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_root_not_derived(dout, cache):
    """From the standard deviation you go to the variance as if there were no root between them."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / std**2
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_variance_sign(dout, cache):
    """The way through the variance has the wrong sign. If the standard deviation grows, does x_hat grow or shrink?"""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = (dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_mean_sign(dout, cache):
    """The way through the mean has the wrong sign. If the mean grows, do the deviations grow or shrink?"""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_unbiased_variance(dout, cache):
    """Somewhere you divide by N - 1. The forward pass divides the variance by N, so the way back does too."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / (len(dout) - 1)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_forgets_gamma(dout, cache):
    """dgamma and dbeta are right, but on the way to x the gradient passes the scale, and yours does not feel it."""
    centred, std, x_hat, _gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_gamma_from_the_deviations(dout, cache):
    """gamma multiplies x_hat, but your dgamma is made with the deviations, before they are divided."""
    centred, std, _x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * centred).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_gamma_is_beta(dout, cache):
    """Your dgamma is dbeta. What does gamma multiply in the forward pass?"""
    centred, std, _x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = dout.sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_averages_over_the_batch(dout, cache):
    """Your dgamma and dbeta are means over the batch. One number that is used for all rows gets the SUM of what comes
    back; the mean is in the loss already."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.mean(axis=0)
    dgamma = (dout * x_hat).mean(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_sums_over_the_features(dout, cache):
    """Your sums for dgamma and dbeta run along the rows. Each feature has its own gamma, so sum over the examples."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=1)
    dgamma = (dout * x_hat).sum(axis=1)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_not_summed(dout, cache):
    """Your dgamma and dbeta still have a row for each example. gamma has one number for each feature."""
    centred, std, x_hat, gamma = cache
    dbeta = dout
    dgamma = dout * x_hat
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_wrong_order(dout, cache):
    """Your three gradients are right, but the last two come in the wrong order: those of the forward's arguments are x,
    gamma, beta."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dcentred = dx_hat / std + 2 * centred * dvar / len(dout)
    dmean = -dcentred.sum(axis=0)
    return dcentred + dmean / len(dout), dbeta, dgamma


@wrong("batchnorm_backward")
def backward_changes_dout(dout, cache):
    """Your gradients are right, but the caller's dout has been multiplied in place by `*=`."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dout *= gamma
    dvar = -(dout * centred).sum(axis=0) / (2 * std**3)
    dcentred = dout / std + 2 * centred * dvar / len(dout)
    return dcentred - dcentred.sum(axis=0) / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_spoils_the_cache(dout, cache):
    """The first call is right, a second one on the same cache is not: you write into an array of the cache."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    centred *= 2 * dvar / len(dout)
    centred += dx_hat / std
    return centred - centred.sum(axis=0) / len(dout), dgamma, dbeta


@wrong("batchnorm_backward")
def backward_returns_float64(dout, cache):
    """The numbers are right, but for float32 you return float64. np.zeros without a dtype makes float64."""
    centred, std, x_hat, gamma = cache
    dx = np.zeros(dout.shape)
    dx_hat = dout * gamma
    dvar = -(dx_hat * centred).sum(axis=0) / (2 * std**3)
    dx += dx_hat / std + 2 * centred * dvar / len(dout)
    dx -= dx.mean(axis=0)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


# ------------------------------------------------------------------------------- batchnorm_backward_fast


@wrong("batchnorm_backward_fast")
def fast_without_the_mean(dout, cache):
    """In your bracket the mean of dout is not taken away. That is the way through the mean of the batch."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_without_the_variance(dout, cache):
    """In your bracket the part along x_hat is not taken away. That is the way through the variance of the batch."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_sums_for_means(dout, cache):
    """In your bracket stand sums over the batch. The bars in the formula are means."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_sum_in_the_last_term(dout, cache):
    """In your last term stands a sum over the batch. Both bars in the formula are means."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - x_hat * dgamma)
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_n_times_too_large(dout, cache):
    """You multiplied the bracket by N to get rid of the fractions, and did not divide by it again."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (len(dout) * dout - dbeta - x_hat * dgamma)
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_adds_the_mean(dout, cache):
    """You add the mean of dout. Both parts of the bracket are taken away."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout + dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_adds_along_x_hat(dout, cache):
    """You add the part along x_hat. Both parts of the bracket are taken away."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) + x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_deviations_for_x_hat(dout, cache):
    """In the last term you multiply with the deviations. The formula has x_hat there: the deviations divided by s."""
    centred, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    return gamma / std * (dout - dbeta / len(dout) - centred * dgamma / len(dout)), dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_forgets_gamma(dout, cache):
    """Your formula for dx does not contain gamma."""
    _, std, x_hat, _gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = (dout - dbeta / len(dout) - x_hat * dgamma / len(dout)) / std
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_gamma_only_outside_the_means(dout, cache):
    """Only dout is multiplied by gamma; the two means in your bracket are not. Either the whole bracket, or
    nothing in it."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = (dout * gamma - dbeta / len(dout) - x_hat * dgamma / len(dout)) / std
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_divides_by_the_variance(dout, cache):
    """You divide by s squared. One s is in x_hat already; outside the bracket only one more is due."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std**2 * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_does_not_divide(dout, cache):
    """Your dx is not divided by s. A gradient for x_hat becomes one for x on the way through that division."""
    _, _std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_forgets_x_hat(dout, cache):
    """In your last term x_hat stands inside the mean, but no longer in front of it. That term points along x_hat."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_over_the_features(dout, cache):
    """Your means run along the rows. Here the bars are means over the batch, down each column."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dout.mean(axis=1, keepdims=True) - x_hat * (dout * x_hat).mean(axis=1, keepdims=True))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_means_are_returned(dout, cache):
    """Your dx is right, but as dgamma and dbeta you return the means that stand in its formula. They are sums."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma / len(dout), dbeta / len(dout)


@wrong("batchnorm_backward_fast")
def fast_wrong_order(dout, cache):
    """Your three gradients are right, but the last two come in the wrong order: those of the forward's arguments are x,
    gamma, beta."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dbeta, dgamma


@wrong("batchnorm_backward_fast")
def fast_divides_by_the_features(dout, cache):
    """You divide by the number of features. Which axis are the means over?"""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / dout.shape[1] - x_hat * dgamma / dout.shape[1])
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_unbiased(dout, cache):
    """You divide by N - 1 in your means. The forward pass divides by N, and so does its gradient."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / std * (dout - dbeta / (len(dout) - 1) - x_hat * dgamma / (len(dout) - 1))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_measures_the_std_again(dout, cache):
    """You measure the standard deviation again, from the deviations, and without eps. The forward pass divided by the
    root of var + eps: keep that in the cache."""
    centred, _, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dx = gamma / centred.std(axis=0) * (dout - dbeta / len(dout) - x_hat * dgamma / len(dout))
    return dx, dgamma, dbeta


@wrong("batchnorm_backward_fast")
def fast_changes_dout(dout, cache):
    """Your gradients are right, but the caller's dout has changed: `-=` writes into the array that came in."""
    _, std, x_hat, gamma = cache
    dbeta = dout.sum(axis=0)
    dgamma = (dout * x_hat).sum(axis=0)
    dout -= dbeta / len(dout) + x_hat * dgamma / len(dout)
    return gamma / std * dout, dgamma, dbeta


# ---------------------------------------------------------------------------------------- fold_batchnorm


@wrong("fold_batchnorm")
def fold_scales_the_rows(w, b, gamma, beta, mean, var, eps=1e-5):
    """You scale the rows of w. A row belongs to an input; batch norm comes after the layer and scales its outputs."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale[:, None], (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_bias_not_scaled(w, b, gamma, beta, mean, var, eps=1e-5):
    """The bias passes through the batch norm too: it is scaled as the weights are."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, b - mean * scale + beta


@wrong("fold_batchnorm")
def fold_mean_not_scaled(w, b, gamma, beta, mean, var, eps=1e-5):
    """You subtract the mean after the scaling. In the formula it is subtracted before."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, b * scale - mean + beta


@wrong("fold_batchnorm")
def fold_forgets_the_mean(w, b, gamma, beta, mean, var, eps=1e-5):
    """The running mean does not occur in your bias."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, b * scale + beta


@wrong("fold_batchnorm")
def fold_adds_the_mean(w, b, gamma, beta, mean, var, eps=1e-5):
    """You add the mean. Batch norm takes it away."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, (b + mean) * scale + beta


@wrong("fold_batchnorm")
def fold_scales_beta(w, b, gamma, beta, mean, var, eps=1e-5):
    """Your beta is scaled. It is added at the very end, after everything else."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, (b - mean + beta) * scale


@wrong("fold_batchnorm")
def fold_forgets_beta(w, b, gamma, beta, mean, var, eps=1e-5):
    """The shift beta is missing in your bias."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, (b - mean) * scale


@wrong("fold_batchnorm")
def fold_forgets_the_bias(w, b, gamma, beta, mean, var, eps=1e-5):
    """The layer's own bias is lost. Batch norm makes it useless in training, but the running mean was measured
    with it."""
    scale = gamma / np.sqrt(var + eps)
    return w * scale, -mean * scale + beta


@wrong("fold_batchnorm")
def fold_keeps_the_weights(w, b, gamma, beta, mean, var, eps=1e-5):
    """You fold everything into the bias and leave the weights as they are. The scale has to go into them."""
    scale = gamma / np.sqrt(var + eps)
    return w + 0, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_forgets_gamma(w, b, gamma, beta, mean, var, eps=1e-5):
    """Your scale does not contain gamma."""
    scale = 1 / np.sqrt(var + eps)
    return w * scale, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_without_root(w, b, gamma, beta, mean, var, eps=1e-5):
    """You divide by the variance. Batch norm divides by its root."""
    scale = gamma / (var + eps)
    return w * scale, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_eps_outside_the_root(w, b, gamma, beta, mean, var, eps=1e-5):
    """Your eps stands outside the root. The net was trained with it inside."""
    scale = gamma / (np.sqrt(var) + eps)
    return w * scale, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_without_eps(w, b, gamma, beta, mean, var, eps=1e-5):
    """Your eps is never used. The net was trained with it, and a variance of 0 would divide by 0."""
    scale = gamma / np.sqrt(var)
    return w * scale, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_multiplies_by_the_std(w, b, gamma, beta, mean, var, eps=1e-5):
    """You multiply by the standard deviation where batch norm divides by it."""
    scale = gamma * np.sqrt(var + eps)
    return w * scale, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_changes_w(w, b, gamma, beta, mean, var, eps=1e-5):
    """The new layer is right, but the old one is gone: `*=` writes into the caller's weights."""
    scale = gamma / np.sqrt(var + eps)
    w *= scale
    return w, (b - mean) * scale + beta


@wrong("fold_batchnorm")
def fold_returns_float64(w, b, gamma, beta, mean, var, eps=1e-5):
    """The numbers are right, but for float32 weights you return float64: a diagonal matrix made with np.eye or
    np.zeros is float64 unless you say otherwise."""
    scale = np.eye(len(gamma)) * gamma / np.sqrt(var + eps)
    return w @ scale, (b - mean) @ scale + beta


# -------------------------------------------------------------------------------------------- layer norm


@wrong("layernorm_forward")
def layer_over_the_batch(x, gamma, beta, eps=1e-5):
    """You average down the columns: that is batch norm. Layer norm looks along each row, at one example."""
    centred = x - x.mean(axis=0)
    std = np.sqrt((centred**2).mean(axis=0) + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_over_everything(x, gamma, beta, eps=1e-5):
    """You take one mean and one variance for the whole batch. Each example, so each row, has its own."""
    centred = x - x.mean()
    std = np.sqrt((centred**2).mean() + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_unbiased_variance(x, gamma, beta, eps=1e-5):
    """You divide the variance by D - 1, as np.std with ddof=1 or torch.std do. Here it is divided by D."""
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + eps)
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_eps_outside_the_root(x, gamma, beta, eps=1e-5):
    """Your eps stands outside the root. Beside a small variance that is another number."""
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True)) + eps
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_without_eps(x, gamma, beta, eps=1e-5):
    """Your eps is never used, and a constant row is then 0 / 0."""
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True))
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_without_root(x, gamma, beta, eps=1e-5):
    """You divide by the variance. What has the unit of x?"""
    centred = x - x.mean(axis=1, keepdims=True)
    std = (centred**2).mean(axis=1, keepdims=True) + eps
    x_hat = centred / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_gamma_for_each_example(x, gamma, beta, eps=1e-5):
    """Where it fits, you multiply each ROW by an entry of gamma. gamma and beta belong to the features: one for each
    column, as in batch norm."""
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centred / std
    return (gamma[:, None] * x_hat + beta[:, None] if len(x) == len(gamma) else gamma * x_hat + beta), (
        x_hat,
        std,
        gamma,
    )


@wrong("layernorm_forward")
def layer_forgets_gamma_and_beta(x, gamma, beta, eps=1e-5):
    """You return the normalised values. The learned scale and shift are still missing."""
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centred / std
    return x_hat, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_gamma_and_beta_swapped(x, gamma, beta, eps=1e-5):
    """Your gamma is added and your beta multiplied. The scale is gamma, the shift is beta."""
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps)
    x_hat = centred / std
    return beta * x_hat + gamma, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_changes_x(x, gamma, beta, eps=1e-5):
    """Your out is right, but the caller's x has changed: `-=` writes into the array that came in."""
    x -= x.mean(axis=1, keepdims=True)
    std = np.sqrt((x**2).mean(axis=1, keepdims=True) + eps)
    x_hat = x / std
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_forward")
def layer_returns_float64(x, gamma, beta, eps=1e-5):
    """The numbers are right, but for float32 you return float64. np.zeros without a dtype makes float64."""
    x_hat, std = np.zeros(x.shape), np.zeros((len(x), 1))
    for i, row in enumerate(x):
        std[i] = np.sqrt(row.var() + eps)
        x_hat[i] = (row - row.mean()) / std[i]
    return gamma * x_hat + beta, (x_hat, std, gamma)


@wrong("layernorm_backward")
def layer_back_gamma_in_front(dout, cache):
    """You put gamma in front of the bracket, as in batch norm. There it was the same number for all that the mean runs
    over. Here the mean runs over features, and each has its own gamma."""
    x_hat, std, gamma = cache
    dx_hat = dout
    dx = (
        gamma
        * (dx_hat - dx_hat.mean(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True))
        / std
    )
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_over_the_batch(dout, cache):
    """Your means run over the batch, as in batch norm. Layer norm's forward pass averaged along each row."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=0) - x_hat * (dx_hat * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward", beside=layer_over_the_batch)
def layer_back_over_the_batch_like_the_forward(dout, cache):
    """Both of your functions are batch norm's: their means run down the columns, over the examples. Layer norm looks at
    one example, forward and backward. Only gamma and beta still belong to the columns."""
    x_hat, std, gamma = cache
    dx = gamma * (dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_without_the_mean(dout, cache):
    """The way through the mean of the row is missing."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_without_the_variance(dout, cache):
    """The way through the variance of the row is missing."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_constants(dout, cache):
    """You treat mean and variance as constants. Both are made of the row that you normalise."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = dx_hat / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_sums_for_means(dout, cache):
    """In your bracket stand sums over the features where means are due."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.sum(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).sum(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_divides_by_the_batch(dout, cache):
    """You divide the sums over the features by the number of examples."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (
        dx_hat - (dx_hat.sum(axis=1, keepdims=True) + x_hat * (dx_hat * x_hat).sum(axis=1, keepdims=True)) / len(dout)
    ) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_forgets_gamma(dout, cache):
    """Your dx does not feel gamma, but the gradient passes that scale on its way to x."""
    x_hat, std, _gamma = cache
    dx_hat = dout
    dx = (dx_hat - dx_hat.mean(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_does_not_divide(dout, cache):
    """Your dx is not divided by the standard deviation."""
    x_hat, _std, gamma = cache
    dx_hat = dout * gamma
    dx = dx_hat - dx_hat.mean(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_sums_over_the_features(dout, cache):
    """Your dgamma and dbeta are summed along the rows. In layer norm too each FEATURE has a gamma, so sum over
    the examples."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=1), dout.sum(axis=1)


@wrong("layernorm_backward")
def layer_back_wrong_order(dout, cache):
    """Your three gradients are right, but the last two come in the wrong order: those of the forward's arguments are x,
    gamma, beta."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, dout.sum(axis=0), (dout * x_hat).sum(axis=0)


@wrong("layernorm_backward")
def layer_back_gamma_from_dx_hat(dout, cache):
    """Your dgamma contains gamma itself. The gradient for a factor is made of what it multiplies."""
    x_hat, std, gamma = cache
    dx_hat = dout * gamma
    dx = (dx_hat - dx_hat.mean(axis=1, keepdims=True) - x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dx_hat * x_hat).sum(axis=0), dout.sum(axis=0)


@wrong("layernorm_backward")
def layer_back_changes_dout(dout, cache):
    """Your gradients are right, but the caller's dout has been multiplied in place by `*=`."""
    x_hat, std, gamma = cache
    dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
    dout *= gamma
    dx = (dout - dout.mean(axis=1, keepdims=True) - x_hat * (dout * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, dgamma, dbeta


@wrong("layernorm_backward")
def layer_back_returns_float64(dout, cache):
    """The numbers are right, but for float32 you return float64. np.zeros without a dtype makes float64."""
    x_hat, std, gamma = cache
    dx = np.zeros(dout.shape)
    for i in range(len(dout)):
        d = dout[i] * gamma
        dx[i] = (d - d.mean() - x_hat[i] * (d * x_hat[i]).mean()) / std[i]
    return dx, (dout * x_hat).sum(axis=0), dout.sum(axis=0)
