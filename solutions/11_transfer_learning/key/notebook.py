# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Start from what another net has learned
#
# A convolutional net needs thousands of labelled images. You have fifty. Must you give up? No: take a net that
# somebody trained on *another* task, keep what it learned about images in general, and teach it only what is new.
# That is **transfer learning**, and today hardly anybody trains a net for images in another way.
#
# In this notebook a net that reads letters learns to read digits, and to tell textures apart. The lecture has a
# table that says what to do when. You will fill it with measurements.

# %% [markdown]
# **You will build** seven functions: a new head, a mask and a step that freeze layers, the features of any layer, a
# linear classifier on them, learning rates by layer, and the lecture's table. Most are three lines long.
#
# **You need** the layers of notebooks 01 and 08; they are imported, finished. Notebook 03 explains the update rules.
#
# **It takes** two hours. Running everything takes about a minute.
#
# **Not here:** how the letters net was trained (`datasets/letters_net.py` does it, with this course's own functions),
# and transfer without labels.

# %% [markdown]
# ## What a network is here
#
# A network is a dict of arrays, its `params`: `W1`, `b1`, ..., `WL`, `bL`. Layers are counted **from 1, at the input**.
# The shape of a weight says what its layer does:
#
# | shape of `W` | the layer |
# |---|---|
# | 4-D, `(F, C, K, K)`, `K` odd | convolution with stride 1, padded with zeros so that the size stays, `b` is `(F,)`; then ReLU; then $2 \times 2$ max pooling with stride 2 |
# | 2-D, `(D, M)` | affine layer on the flattened input, `b` is `(M,)`; then ReLU, except in layer `L`, which gives the scores |
#
# Convolutions come first, if there are any. The last layer is always an affine one: the **head**. All below it is the
# **body**.

# %% [markdown]
# - `L` is not passed along: it is half the number of arrays. A net can have more than nine layers, and its names can
#   stand in the dict in any order. So do not sort them (`"W10"` comes before `"W2"`) and do not count on their order.
# - **Nothing that comes in is changed**, and `float32` comes out if `float32` goes in. A result may share arrays
#   with what came in.
# - Randomness comes in as `rng`, a `numpy.random.Generator`.
#
# A check cell shows what holds and what does not. The number below it is your points.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from toolbox import (
    adam,
    affine_backward,
    affine_forward,
    conv_backward_fast,
    conv_forward_fast,
    cosine_decay,
    initialize,
    max_pool_backward,
    max_pool_forward,
    minibatches,
    nesterov,
    relu_backward,
    relu_forward,
    softmax_loss,
)

from autograder import check, plots
from autograder.datasets import load, load_weights

plots.use_style()

# %% [markdown]
# ### Meet the three tasks
#
# The net was trained on **letters**: 26 capitals in many fonts, over patches of two photographs. It shall move to
# **digits**, real handwriting over photographs: another alphabet, the same kind of picture. That is the *similar*
# task. And to **textures**: waves in five directions, fine and coarse, without any stroke. That is the *different*
# one: in the letters net's own features it lies twice as far from the letters as the digits do
# (`datasets/textures.md`). All are in colour, $16 \times 16$. No patch of a photograph and no handwritten digit
# stands in two splits, so that nothing leaks.

# %% tags=["experiment"]
tasks = {"letters": load("letters"), "digits": load("digits_on_photos"), "textures": load("textures")}
figure, axes = plt.subplots(3, 10, figsize=(9, 3.1))
for row, (name, task) in zip(axes, tasks.items(), strict=True):
    row[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=12)
    for ax, label in zip(row, range(10), strict=True):
        image = task.X_train[np.flatnonzero(task.y_train == label)[1]]
        ax.imshow(image.transpose(1, 2, 0))
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
figure.suptitle("One image of each of the first ten classes")
plt.show()
sizes = [f"{name}: {len(t.y_train)} images, {t.y_train.max() + 1} classes" for name, t in tasks.items()]
print("To train with |", " | ".join(sizes))

# %% [markdown]
# ## 1. Change the head
#
# The last layer of the letters net turns 128 features into 26 scores, one a letter. For ten digits these scores are
# of no use, and their number is wrong. So cut the last layer off and put a new one in its place:
#
# $$W_L \in \mathbb{R}^{D \times C}, \quad W_L \sim 0.01\, N(0, 1), \qquad b_L = 0$$
#
# $D$ stays what it was: it is what the body delivers. Only the number of classes $C$ is new. By hand: shapes
# $(256, 128), (128, 26)$ and $C = 10$ give $(256, 128), (128, 10)$, and the second bias has 10 zeros. Small weights are
# fine here: scores near 0 mean "I do not know yet", a first loss of $\ln C$ (notebook 01).
#
# *Source: Donahue et al. 2014 (DeCAF); Razavian et al. 2014; as in the lecture.*


# %% exercise="replace_head"
def replace_head(params, num_classes, rng):
    """Put a new last layer on a network: the rest stays as it is.

    params: dict of W1, b1, ..., WL, bL, in any order; WL is (D, M), bL is (M,), float arrays.
    num_classes: int >= 2, the classes C of the new task; it may equal M, the head is new all the same.
    rng: numpy.random.Generator, the only source of randomness; how it is used is free.

    Returns a new dict with the same names: WL is (D, C), drawn from a normal distribution of mean 0 and standard
    deviation 0.01; bL is (C,), zeros; both of the old WL's dtype. All other arrays are equal to the old ones.
    Changes neither params nor the arrays in it. Source: Donahue et al. 2014.
    """
    ### BEGIN SOLUTION
    L = len(params) // 2
    W = params[f"W{L}"]
    new_W = 0.01 * rng.standard_normal((len(W), num_classes))
    return {**params, f"W{L}": new_W.astype(W.dtype), f"b{L}": np.zeros(num_classes, W.dtype)}
    ### END SOLUTION


# %% test="replace_head"
check(replace_head)

# %% [markdown]
# ## 2. Say what may move
#
# Your new head knows nothing. If you train everything at once, the body follows a head that is not yet right. With
# five labels a class, the body has also far more weights than you have numbers to fit them with. So **freeze** it:
# train the upper layers only.
#
# A mask says for every array whether it trains. With `first_layer=3`, layers 3, 4, ... train, and layers 1 and 2 are
# frozen. By hand, for a net of 3 layers and `first_layer=3`: `W1`, `b1`, `W2`, `b2` are False, `W3`, `b3` are True.
#
# *Source: Yosinski, Clune, Bengio and Lipson 2014, who freeze a net at every depth.*


# %% exercise="trainable"
def trainable(params, first_layer):
    """Say which arrays of a network train: those of the layers from first_layer upwards.

    params: dict of W1, b1, ..., WL, bL, in any order.
    first_layer: int from 1 (everything trains) over L (only the head) to L + 1 (nothing does).

    Returns a dict with the names of params: True where the layer is first_layer or one above it, False where it is
    frozen. Does not change params.
    """
    ### BEGIN SOLUTION
    return {name: int(name[1:]) >= first_layer for name in params}
    ### END SOLUTION


# %% test="trainable"
check(trainable)

# %% [markdown]
# ## 3. Step where the mask is True
#
# A step of SGD for a whole net, $w \leftarrow w - \alpha\, dw$, for the arrays that train. The others stay **bit for
# bit** the same. By hand: $W_1 = 2$ (frozen), $W_2 = 3$, $dW_2 = 5$, $\alpha = 0.1$. The result is $W_1 = 2$, $W_2 =
# 2.5$.
#
# Why does a $dW_1$ not appear? Because nobody computed it. The backward pass goes from the head down, and it may stop
# at the lowest layer that trains: that is where freezing saves time. So `grads` may lack what is frozen. If a frozen
# gradient is there, it must not count, **whatever it is**: `0 * nan` is `nan`.
#
# A mask has a value for each name, and your step takes any mask: one that trains only the biases, for example.


# %% exercise="masked_step"
def masked_step(params, grads, mask, learning_rate):
    """One step of gradient descent, w - learning_rate dw, on the arrays of a network that are not frozen.

    params: dict of name -> float array.
    grads: dict of name -> gradient of that array's shape. A name whose mask is False may be missing, and if it is
        there its gradient may hold anything, NaN and infinity too. Names may stand in another order than in params.
    mask: dict of name -> bool with the names of params, in any order: True trains, False is frozen.
    learning_rate: float > 0, the alpha of the formula.

    Returns a new dict with the names of params: the moved arrays, and the frozen ones bit for bit as they were.
    Changes neither params, grads, mask, nor an array in them.
    """
    ### BEGIN SOLUTION
    return {name: w - learning_rate * grads[name] if mask[name] else w for name, w in params.items()}
    ### END SOLUTION


# %% test="masked_step"
check(masked_step)

# %% [markdown]
# ## 4. Look inside: the features of a layer
#
# If the body is frozen, an image always gives the same output there. Then compute it **once**, store it, and forget
# the body: what is left to train is small and quick. Such an output is called the image's *features*, or its code.
#
# Run the net up to and including layer `layer`, ReLU and pooling too, then flatten. By hand: one $2 \times 2$ image
# with the rows $(1, -2), (3, -4)$, one $1 \times 1$ filter with weight $-2$, bias 1. The convolution gives $(-1, 5),
# (-5, 9)$, the ReLU $(0, 5), (0, 9)$, the pooling 9. So $D = 1$ and the feature is 9.
#
# The last layer has no features: it gives scores. So `layer` runs from 1 to $L - 1$, and anything else is an error.
#
# *Source: Donahue et al. 2014; Razavian et al. 2014 ("CNN features off-the-shelf").*


# %% exercise="extract_features"
def extract_features(params, X, layer):
    """The output of one layer of a network, after its ReLU (and its pooling), one row an image.

    params: dict of W1, b1, ..., WL, bL, in any order, as described under "What a network is here".
    X: (N, C, H, W) float array, images whose H and W can be halved at every convolution; (N, D) also, for a net
        without convolutions.
    layer: int from 1 to L - 1, counted from the input.

    Returns an (N, D) array of X's dtype; maps are flattened in the order channel, row, column, as everywhere.
    Raises ValueError, with a message that names `layer`, if layer is below 1 or above L - 1.
    Changes none of its arguments. Source: Donahue et al. 2014.
    """
    ### BEGIN SOLUTION
    if not 1 <= layer < len(params) // 2:
        raise ValueError(f"layer must be from 1 to L - 1, not {layer}")
    out = X
    for i in range(1, layer + 1):
        W, b = params[f"W{i}"], params[f"b{i}"]
        if W.ndim == 4:
            out = relu_forward(conv_forward_fast(out, W, b, pad=W.shape[2] // 2)[0])[0]
            out = max_pool_forward(out)[0]
        else:
            out = relu_forward(affine_forward(out, W, b)[0])[0]
    return out.reshape(len(X), -1)
    ### END SOLUTION


# %% test="extract_features"
check(extract_features)

# %% [markdown]
# ### Freeze the body and keep the old task
#
# Back to frozen layers. *Claims: what is frozen stays the same, bit for bit. What is not frozen forgets the old
# task.* That can be seen: teach the net digits with a new head, then screw the **old** head back on and let it read
# letters. First the whole way there and back through a net, with your mask and your step.


# %% tags=["experiment"]
def forward(params, X, first=1):
    """The scores for what goes into layer `first`, and a tape: each step's backward pass, its cache, its layer."""
    out, tape, L = X, [], len(params) // 2
    for i in range(first, L + 1):
        weights = params[f"W{i}"], params[f"b{i}"]
        is_conv = weights[0].ndim == 4
        out, cache = conv_forward_fast(out, *weights, pad=1) if is_conv else affine_forward(out, *weights)
        tape.append((conv_backward_fast if is_conv else affine_backward, cache, i))
        if i < L:
            out, cache = relu_forward(out)
            tape.append((relu_backward, cache, None))
        if is_conv:
            out, cache = max_pool_forward(out)
            tape.append((max_pool_backward, cache, None))
    return out, tape


# %% tags=["experiment"]
def gradients(params, X, y, mask, first=1):
    """The gradients of the softmax loss; the way back ends at the lowest layer that trains."""
    scores, tape = forward(params, X, first)
    _, d = softmax_loss(scores, y)
    lowest, grads = min(int(name[1:]) for name in params if mask[name]), {}
    for backward, cache, layer in reversed(tape):
        if layer is None:
            d = backward(d, cache)
        else:
            d, grads[f"W{layer}"], grads[f"b{layer}"] = backward(d, cache)
        if layer == lowest:
            return grads


def accuracy(params, X, y, first=1):
    """In percent."""
    return 100 * np.mean(forward(params, X, first)[0].argmax(axis=1) == y)


def labelled(y, count, rng):
    """The places of `count` examples of each class."""
    return np.concatenate([rng.choice(np.flatnonzero(y == c), count, replace=False) for c in range(y.max() + 1)])


# %% tags=["experiment"]
letters_net = load_weights("letters_net")
images = {name: [X.astype(np.float32) for X in (t.X_train, t.X_test)] for name, t in tasks.items()}
labels = {name: [t.y_train, t.y_test] for name, t in tasks.items()}
few = labelled(labels["digits"][0], 5, np.random.default_rng(0))
fifty, fifty_labels = images["digits"][0][few], labels["digits"][0][few]
old_head = {name: letters_net[name] for name in ("W5", "b5")}


def learn_digits(first_layer):
    """The net after 40 steps on 50 digits, and every 10 steps: (letters read with the old head, digits) in percent."""
    params, read = replace_head(letters_net, 10, np.random.default_rng(0)), []
    mask = trainable(params, first_layer)
    for step in range(41):
        if step % 10 == 0:
            as_before = {**params, **old_head}
            letters = accuracy(as_before, images["letters"][1][:200], labels["letters"][1][:200])
            read.append((letters, accuracy(params, images["digits"][1], labels["digits"][1])))
        params = masked_step(params, gradients(params, fifty, fifty_labels, mask), mask, learning_rate=0.1)
    return params, np.array(read)


# %% tags=["experiment"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.3), sharey=True)
report = []
looks = {
    5: ("o", plots.BLUE, "the head"),
    4: ("s", plots.GREEN, "layers 4 and 5"),
    1: ("D", plots.VERMILION, "all layers"),
}
for first_layer, (marker, color, what) in looks.items():
    params, read = learn_digits(first_layer)
    for ax, percent in zip(axes, read.T, strict=True):
        ax.plot(range(0, 41, 10), percent, marker=marker, color=color, label=f"trained: {what}")
    same = [w.tobytes() == letters_net[name].tobytes() for name, w in params.items() if int(name[1:]) < first_layer]
    report.append(f"{what}: {same.count(False)} of {len(same)}, {bool(read[0, 0] - read[-1, 0] > 30)}")
axes[0].set(xlabel="step", ylabel="accuracy in %", title="Letters, read with the old head", ylim=(0, 100))
axes[1].set(xlabel="step", title="Digits, read with the new head")
axes[0].legend(loc="center right", bbox_to_anchor=(1, 0.68))
plt.show()
print("Trained: frozen arrays that changed, letters lost by more than 30 points |", " | ".join(report))

# %% [markdown]
# **Both true.** With a frozen body the net can do both tasks: keep two heads, choose one. Train layers 4 and 5 too,
# and it still reads letters almost as well, since they moved little. Train all layers at this rate, and ten steps
# destroy what 40 epochs had built. That is called *catastrophic forgetting*. And it does not even pay: the digits are
# read **worse** (40% against 67%). The body was pulled along by a head that did not yet know where to.
#
# (Plain SGD with rate 0.1, all 50 images in each step. A smaller rate does less harm, and section 6 does better yet.)

# %% [markdown]
# > **Which of the two shall I train first?**
# >
# > The head. A common recipe has two stages: freeze the body until the head's loss has come down, then let the body
# > move at a rate that is lower than in the old training; a tenth of it is the usual advice.
# >
# > **Must new images look as the old ones did?** As *numbers*, yes. This net has learned from pixels between 0 and 1.
# > Feed 0 to 255, or images from which you took the mean, and its features no longer mean what they did.

# %% [markdown]
# ## 5. Read the features out: a linear probe
#
# A linear classifier on frozen features shows what they know; hence the name **probe**. It is a net of one layer, so
# its loss is *convex*: one valley, no bad start, a single lowest point if $\lambda > 0$:
#
# $$\ell(W, b) = \frac{1}{N} \sum_i -\ln \mathrm{softmax}(f_i W + b)_{y_i} + \lambda \sum W^2$$
#
# Begin at 0 and go down with all examples at once. The bias is **free**: no $\lambda$ on it. Its gradients are the ones
# you know: $dW = F^T dscores + 2 \lambda W$ and $db$ the column sums of $dscores$.

# %% [markdown]
# **How large a step?** Features come in all sizes. A fixed rate that suits entries of 0.3 explodes at 10. But here
# you can compute a safe one. The loss curves nowhere more than $K = \frac{1}{2}(m + 1) + 2\lambda$, where $m$ is the
# mean of $\|f_i\|^2$ (the 1 is the bias's), and with $\alpha = 1/K$ plain gradient descent never climbs.
#
# By hand: features $(3, 4)$ and $(0, 1)$: $m = (25 + 1)/2 = 13$. With $\lambda = 0.5$, $K = 7 + 1 = 8$, so $\alpha =
# 0.125$.
#
# **Any descent is right.** Graded is the loss at the end: within half a percent of the lowest possible one. In the
# checks plain gradient descent with this rate is there in time; so is Adam at 0.01 to 0.1. `nesterov` with this rate
# is about ten times as fast as plain descent, and the experiment below, with hundreds of features, needs that.
#
# *Source: for the bound on the curvature, Böhning 1992.*


# %% exercise="train_linear_probe"
def train_linear_probe(features, y, num_classes, *, reg, steps):
    """Fit a softmax classifier to features by full-batch descent from W = 0, b = 0.

    features: (N, D) float array; its entries may be small or large. y: (N,) int array, labels from 0 to C - 1.
    num_classes: int, C; some classes may have no example.
    reg: float >= 0, the lambda of the loss: mean softmax loss + reg * sum(W * W), without 1/2, bias not included.
    steps: int >= 1, the number of full-batch updates that you may do: 300 where a check looks at the loss.

    Returns (W, b), a (D, C) and a (C,) array of features' dtype. Any descent passes: in the checks, the loss at
    (W, b) must be within 0.5% of the lowest one there is. Changes neither features nor y.
    """
    ### BEGIN SOLUTION
    W, b = np.zeros((features.shape[1], num_classes), features.dtype), np.zeros(num_classes, features.dtype)
    W_state, b_state = None, None
    rate = 1 / float((np.mean(np.sum(features**2, axis=1)) + 1) / 2 + 2 * reg)
    for _ in range(steps):
        _, dscores = softmax_loss(features @ W + b, y)
        W, W_state = nesterov(W, features.T @ dscores + 2 * reg * W, W_state, learning_rate=rate)
        b, b_state = nesterov(b, dscores.sum(axis=0), b_state, learning_rate=rate)
    return W, b
    ### END SOLUTION


# %% test="train_linear_probe"
check(train_linear_probe)

# %% [markdown]
# ### Probe every depth
#
# *Claims: (1) features learned on one task serve another. (2) If the new task is different, the top layer is not the
# best to read from.* We fit a probe to the features of each layer, with few labels (5 a class) and with many (1000).
# For comparison: the pixels themselves, and a net of the same shape that was never trained.
#
# Five seeds: each draws its own labelled images. The features are centred and divided by one number, both from the
# labelled images only, so that one `reg` suits all depths.
#
# A probe gets 100 steps. The numbers in the text are those of `nesterov`. Plain descent has not arrived by then: if you
# wrote that, your curves for 1000 labels lie up to 19 points lower, and the best layer may be another.


# %% tags=["experiment"]
def new_net(rng):
    """An untrained net of the letters net's shape, for ten classes, by He's rule."""
    params = replace_head(letters_net, 10, rng)
    for name, w in params.items():
        fan_in = int(np.prod(w.shape[1:])) if w.ndim == 4 else len(w)
        drawn = initialize(fan_in, w.size // fan_in, "he", rng) if name[0] == "W" else np.zeros(w.shape)
        params[name] = (drawn.T.reshape(w.shape) if w.ndim == 4 else drawn).astype(np.float32)
    return params


def all_features(params, name):
    """Pixels and the features of layers 1 to 4 of a task's training and test images."""
    return [
        [X.reshape(len(X), -1) if layer == 0 else extract_features(params, X, layer) for X in images[name]]
        for layer in range(5)
    ]


def probe_accuracy(features, name, chosen):
    """In percent, on the test images."""
    train, test = features
    mean = train[chosen].mean(axis=0)
    scale = (train[chosen] - mean).std()
    W, b = train_linear_probe((train[chosen] - mean) / scale, labels[name][0][chosen], 10, reg=0.01, steps=100)
    return 100 * np.mean((((test - mean) / scale) @ W + b).argmax(axis=1) == labels[name][1])


# %% tags=["experiment"]
SEEDS = range(5)
chosen = {
    (name, amount): [
        labelled(labels[name][0], 5, np.random.default_rng(seed)) if amount == "few"
        else np.random.default_rng(seed).choice(len(labels[name][0]), 1000, replace=False)
        for seed in SEEDS
    ]
    for name in ("digits", "textures") for amount in ("few", "many")
}  # fmt: skip
pretrained = {name: all_features(letters_net, name) for name in ("digits", "textures")}
untrained = {name: all_features(new_net(np.random.default_rng(9)), name) for name in ("digits", "textures")}
probes = {
    field: np.array([[probe_accuracy(f, field[0], places) for places in chosen[field]] for f in pretrained[field[0]]])
    for field in chosen
}
floor = {
    name: np.mean(
        [[probe_accuracy(f, name, places) for places in chosen[name, "few"]] for f in untrained[name]], axis=1
    )
    for name in untrained
}

# %% tags=["experiment"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for ax, name, kind in zip(axes, ("digits", "textures"), ("similar", "different"), strict=True):
    for amount, color, marker in (("many", plots.BLUE, "s"), ("few", plots.VERMILION, "o")):
        score = probes[name, amount]
        words = f"{'1000' if amount == 'many' else '50'} labels"
        ax.errorbar(range(5), score.mean(axis=1), score.std(axis=1), marker=marker, color=color, capsize=3, label=words)
        best = score.mean(axis=1).argmax()
        ax.plot(best, score.mean(axis=1)[best], "o", ms=15, mfc="none", mec=color)
    ax.plot(floor[name], "--", color=plots.GREY, label="50 labels, an untrained net")
    ax.set(title=f"{name}: {kind}", xlabel="features of layer", xticks=range(5), ylim=(0, 100))
    ax.set_xticklabels(["pixels", "1", "2", "3", "4 (top)"])
axes[0].set_ylabel("test accuracy in %")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
plt.show()
lost = {field: probes[field].mean(axis=1).max() - probes[field].mean(axis=1)[4] for field in chosen}
print(
    "Points lost at the top layer beside the best |",
    " | ".join(f"{n}, {a} labels: {p:.0f}" for (n, a), p in lost.items()),
)

# %% [markdown]
# **(1) True, and by far.** With 50 labels the digits are read at 63% from features, at 23% from pixels. And it is not
# the shape of the net: features of an untrained one are hardly better than pixels.
#
# **(2) True, but it is only half of the story.** On textures layer 3 beats the top for each of the five seeds, by
# three points on average. Yet with 1000 labels layer 2 is the best for **both** tasks, the similar one too: by 5
# points on digits, by 11 on textures. So two things pull. The top is small (128 numbers) and made for letters. Lower
# layers are larger (layer 2 has 512) and keep more, but many numbers need many labels. How many labels you have
# decides about the depth as much as how similar the tasks are.
#
# *Razavian et al. 2014 and Yosinski et al. 2014 found the same on photographs: general below, special on top.*

# %% [markdown]
# ### Written question 1: choose the depth (4 points)
#
# You have 50 labelled textures and no more. Your probe has two settings: the layer and `reg`. A friend has circled
# the best layer in the figure above and says: "Take layer 3, it has the highest test accuracy."
# - (a) What is wrong with that number as a promise for new images?
# - (b) Somebody offers you a validation set of 300 labelled images to choose with. Why is that offer odd, and what
#   would be a better use of the 300?
# - (c) How do you choose the layer with your 50 labels alone? Say what you train, on what, and what you compare.
#
# *Rubric. 1 point: (a) chosen and measured on the same images. 1 point: (b) six times the training set; as training
# data it would be worth more. 2 points: (c) splits or cross-validates within the 50, each class in each part (1);
# averages over parts and names the noise that is left (1).*

# %% [markdown] written="choose_the_depth" points=4
# ### BEGIN SOLUTION
# (a) The layer was chosen for being high on these very images. Part of its lead is luck, so it promises too much. The
# choice needs other images than the final number.
#
# (b) 300 is six times what I train on. Who has 350 labels should not train on 50: moved to the training set, they
# bring far more (1000 labels give 20 points and more) than the choice between two layers (3 points).
#
# (c) Cross-validation: there are 5 images a class, so make five parts with one image of every class. For each layer
# and each `reg`: train on four parts, test on the fifth, average the five accuracies. Take the best, then train on
# all 50. Ten images a part are few: differences of some points are noise. If two settings tie, take the larger `reg`
# and the layer that the table advises.
# ### END SOLUTION

# %% [markdown]
# ## 6. Move the body, but gently: rates by layer
#
# With more labels, let the body move too: **fine-tuning**. Low layers see edges and blobs, which all images share; high
# layers see parts of letters, which are about the old task. So what is low should move less. Give every layer a rate:
#
# $$\alpha_l = \alpha \cdot d^{\,L - l}, \qquad d > 0$$
#
# $L - l$ counts the layers **above** layer $l$. The head has none above it and gets the base rate $\alpha$ itself. By
# hand: $L = 3$, $\alpha = 0.1$, $d = 0.5$. The head gets 0.1, layer 2 gets 0.05, layer 1 gets 0.025; a layer's weight
# and bias get the same. $d = 1$ gives one rate for all, and $d$ near 0 freezes the body. Nobody takes $d > 1$, but the
# experiment tries it, so your function should not refuse it.
#
# *Source: Yosinski et al. 2014 for what is general; Howard and Ruder 2018 for the falling rates ("discriminative").*


# %% exercise="layer_learning_rates"
def layer_learning_rates(params, base, decay):
    """A learning rate for every array of a network: times decay for each layer above it.

    params: dict of W1, b1, ..., WL, bL, in any order.
    base: float > 0, the rate of the last layer.
    decay: float > 0, the factor from a layer to the one below it; as a rule it is at most 1.

    Returns a dict with the names of params: base * decay ** (number of layers above it), a float.
    Does not change params. Source: Howard and Ruder 2018.
    """
    ### BEGIN SOLUTION
    L = len(params) // 2
    return {name: base * decay ** (L - int(name[1:])) for name in params}
    ### END SOLUTION


# %% test="layer_learning_rates"
check(layer_learning_rates)

# %% [markdown]
# ### Try the falling rates
#
# *Claim: layers near the input should move less.* The whole net is fine-tuned on 50 labels by Adam, the head at the
# base rate 0.003, with three decays: 0.2 (the first layer moves by a sixth of a percent of the base rate), 1 (all
# alike), and 1.5, the wrong way round: the input moves most. Is it worth the trouble? And for both tasks?


# %% tags=["experiment"]
def fine_tune(params, X, y, rates, rng, *, epochs, batch_size, first_layer=1):
    """Adam on the layers from first_layer on, each at its own rate, falling to 0; X is what goes into first_layer."""
    mask, states, params, step = trainable(params, first_layer), dict.fromkeys(params), dict(params), 0
    total = epochs * -(-len(X) // batch_size)
    for _ in range(epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, rng):
            for name, dw in gradients(params, X_batch, y_batch, mask, first_layer).items():
                rate = float(cosine_decay(rates[name], step, total=total))
                params[name], states[name] = adam(params[name], dw, states[name], learning_rate=rate)
            step += 1
    return params


# %% tags=["experiment"]
DECAYS = (0.2, 1.0, 1.5)
tuned, moved = {}, {}
for name in ("digits", "textures"):
    for decay in DECAYS:
        tuned[name, decay] = []
        for seed in SEEDS:
            rng, places = np.random.default_rng(seed), chosen[name, "few"][seed]
            start = replace_head(letters_net, 10, rng)
            rates = layer_learning_rates(start, 0.003, decay)
            X, y = images[name][0][places], labels[name][0][places]
            params = fine_tune(start, X, y, rates, rng, epochs=10, batch_size=10)
            tuned[name, decay].append(accuracy(params, images[name][1], labels[name][1]))
        way = [np.linalg.norm(params[f"W{i}"] - start[f"W{i}"]) / np.linalg.norm(start[f"W{i}"]) for i in range(1, 5)]
        moved[name, decay] = way

# %% tags=["experiment"]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
looks = {0.2: ("o", plots.BLUE, "0.2: falls towards the input"), 1.0: ("s", plots.GREEN, "1: one rate"),
         1.5: ("D", plots.VERMILION, "1.5: rises towards the input")}  # fmt: skip
for decay, (marker, color, what) in looks.items():
    right.semilogy(range(1, 5), moved["digits", decay], marker=marker, color=color, label=what)
    for i, name in enumerate(("digits", "textures")):
        score, x = tuned[name, decay], i + 0.25 * (DECAYS.index(decay) - 1)
        left.bar(x, np.mean(score), 0.22, yerr=np.std(score), color=color, capsize=3)
        left.text(x, 4, f"{np.mean(score):.0f}", ha="center", color="white", weight="bold")
for i, name in enumerate(("digits", "textures")):
    best = probes[name, "few"].mean(axis=1).max()
    left.plot([i - 0.4, i + 0.4], [best, best], ":", color=plots.BLACK, label="the best probe" if i == 0 else None)
left.set(
    xticks=(0, 1), xticklabels=("digits: similar", "textures: different"), ylim=(0, 100), ylabel="test accuracy in %"
)
left.set_title("50 labels, all layers fine-tuned")
left.legend(loc="upper left")
right.set(xticks=range(1, 5), xlabel="layer", ylabel="its change, relative", title="How far each layer moved (digits)")
right.legend(title="decay", loc="lower right")
plt.show()
mean = {key: np.mean(score) for key, score in tuned.items()}
for name in ("digits", "textures"):
    falling, rising = (bool(mean[name, decay] > mean[name, 1.0]) for decay in (0.2, 1.5))
    print(f"{name}: better than one rate for all: falling {falling}, rising {rising}", end=" | ")
print("five seeds each")

# %% [markdown]
# **Half true.** On the similar task falling rates are worth six points, and lift fine-tuning above every probe. On
# the different one they cost nearly five: there the lower layers *should* move, and one rate for all is better. So
# the decay says how much you trust the body. The wrong way round is bad for both: the layers at the input, on which
# all others stand, are torn away, while the head that knows nothing stays behind.
#
# On the right: with decay 0.2 the first layer moves by a hundredth of a percent. It is as good as frozen. That is the
# idea of the falling rates: not a border between frozen and free, but a slope.

# %% [markdown]
# > **Why not shuffle: a high rate for the body, a low one for the head?**
# >
# > That is the orange bar. The head starts from nothing and has the longest way to go; the body is nearly there.
# >
# > **Why are base, decay, epochs not tuned for each bar?** With 50 labels there is nothing to tune on (written
# > question 1). We chose one base rate, 0.003, beforehand. A tuned rate may help each bar a little.

# %% [markdown]
# ## 7. The lecture's table
#
# Two questions decide: how many labels do you have, and how much is your task like the one of the pretrained net?
#
# | | similar task | different task |
# |---|---|---|
# | **few labels** | a linear classifier on the top layer | trouble: try linear classifiers from several layers |
# | **many labels** | fine-tune a few layers | fine-tune more layers |
#
# The top layer knows the old task best, so use it if yours is similar. If not, something useful may lie lower: look at
# several layers. Many labels can pay for many weights. Where does "many" begin? The lecture does not say. **Graded
# here: fewer than 1000 labels is few.** By hand: 999 labels, similar: a linear classifier on the top layer.
#
# *Source: the lecture (CS231n); the names below are ours.*


# %% exercise="choose_strategy"
def choose_strategy(num_examples, similarity):
    """The lecture's 2 x 2 table: how to transfer a pretrained network.

    num_examples: int >= 1, labelled examples in all; fewer than 1000 is few, 1000 and more is many.
    similarity: 'similar' or 'different', the new task beside the old one.

    Returns one of four strings:
        few, similar: 'linear_classifier_on_top_layer'      few, different: 'linear_classifiers_from_several_layers'
        many, similar: 'finetune_a_few_layers'              many, different: 'finetune_more_layers'
    Raises ValueError, with a message that names `similarity`, if similarity is any other string.
    """
    ### BEGIN SOLUTION
    table = {
        "similar": ("linear_classifier_on_top_layer", "finetune_a_few_layers"),
        "different": ("linear_classifiers_from_several_layers", "finetune_more_layers"),
    }
    if similarity not in table:
        raise ValueError(f"similarity must be 'similar' or 'different', not {similarity!r}")
    few, many = table[similarity]
    return few if num_examples < 1000 else many
    ### END SOLUTION


# %% test="choose_strategy"
check(choose_strategy)

# %% [markdown]
# ### Measure the whole table
#
# Now every way in every field: from scratch, a probe at each depth, fine-tuning the top (layers 4 and 5 on stored
# features) and fine-tuning all layers at one rate. Five seeds each; a seed draws the labelled images, the new weights
# and the batches. Scratch starts from He's weights on centred images. Few: 50 labels; many: 1000, the smallest number
# that the table calls so. To stay under a minute, training is short: with many labels 5 epochs from scratch, 3 for
# fine-tuning all. No setting was chosen on the test images: all fields use the same rates.


# %% tags=["experiment"]
RATE = layer_learning_rates(letters_net, 0.003, 1.0)
FEW, MANY = {"batch_size": 10, "epochs": 20}, {"batch_size": 32}


def from_scratch(name, amount, seed):
    """Test accuracy of a net that begins with random weights, on centred images."""
    (X, X_test), (y, y_test), places = images[name], labels[name], chosen[name, amount][seed]
    rng, mean = np.random.default_rng(seed), X[places].mean()
    how = FEW if amount == "few" else MANY | {"epochs": 5}
    net = fine_tune(new_net(rng), X[places] - mean, y[places], RATE, rng, **how)
    return accuracy(net, X_test - mean, y_test)


# %% tags=["experiment"]
def tune_top(name, amount, seed):
    """Test accuracy with layers 4 and 5 trained, on the stored features of layer 3."""
    (top, top_test), (y, y_test), places = pretrained[name][3], labels[name], chosen[name, amount][seed]
    rng = np.random.default_rng(seed)
    how = FEW if amount == "few" else MANY | {"epochs": 10}
    net = replace_head(letters_net, 10, rng)
    net = fine_tune(net, top[places], y[places], RATE, rng, **how, first_layer=4)
    return accuracy(net, top_test, y_test, first=4)


def tune_all(name, seed):
    """Test accuracy with all layers trained on many labels."""
    (X, X_test), (y, y_test), places = images[name], labels[name], chosen[name, "many"][seed]
    rng = np.random.default_rng(seed)
    net = replace_head(letters_net, 10, rng)
    return accuracy(fine_tune(net, X[places], y[places], RATE, rng, **MANY, epochs=3), X_test, y_test)


# %% tags=["experiment"]
scratch = {("digits", amount): [from_scratch("digits", amount, seed) for seed in SEEDS] for amount in ("few", "many")}

# %% tags=["experiment"]
scratch |= {
    ("textures", amount): [from_scratch("textures", amount, seed) for seed in SEEDS] for amount in ("few", "many")
}

# %% tags=["experiment"]
top = {field: [tune_top(*field, seed) for seed in SEEDS] for field in chosen}
everything = {("digits", "few"): tuned["digits", 1.0], ("textures", "few"): tuned["textures", 1.0]}
everything["digits", "many"] = [tune_all("digits", seed) for seed in SEEDS]

# %% tags=["experiment"]
everything["textures", "many"] = [tune_all("textures", seed) for seed in SEEDS]
measured = {
    field: {
        "from scratch": scratch[field],
        **{f"probe, layer {i}": probes[field][i] for i in range(1, 5)},
        "fine-tune the top": top[field],
        "fine-tune all": everything[field],
    }
    for field in chosen
}
ADVISED = {
    "linear_classifier_on_top_layer": ["probe, layer 4"],
    "linear_classifiers_from_several_layers": [f"probe, layer {i}" for i in range(1, 5)],
    "finetune_a_few_layers": ["fine-tune the top"],
    "finetune_more_layers": ["fine-tune all"],
}

# %% tags=["experiment"]
figure, axes = plt.subplots(2, 2, figsize=(9, 6.2), sharex=True, sharey=True)
kinds = {"digits": "similar", "textures": "different"}
for ax, (name, amount) in zip(axes.T.flat, measured, strict=True):
    field, count = measured[name, amount], 50 if amount == "few" else 1000
    advice = choose_strategy(count, kinds[name])
    for row, (way, score) in enumerate(field.items()):
        color = plots.ORANGE if way in ADVISED[advice] else plots.SKY
        ax.barh(row, np.mean(score), xerr=np.std(score), color=color, capsize=3, error_kw={"lw": 1})
        near_best = bool(max(map(np.mean, field.values())) - np.mean(score) < 2)
        ax.text(
            2, row, f"{np.mean(score):.0f}" + " ★" * near_best, va="center", weight="bold" if near_best else "normal"
        )
    ax.set(yticks=range(len(field)), yticklabels=field, xlim=(0, 100), title=f"{name} ({kinds[name]}), {count} labels")
axes[0, 0].invert_yaxis()
for ax in axes[1]:
    ax.set_xlabel("test accuracy in %")
handles = [plt.Rectangle((0, 0), 1, 1, color=c) for c in (plots.ORANGE, plots.SKY)]
words = ["what the lecture's table advises", "another way        ★ less than two points from the best"]
figure.legend(handles, words, loc="outside upper center", ncols=2)
plt.show()
mean = {field: {way: np.mean(score) for way, score in ways.items()} for field, ways in measured.items()}
report = []
for (name, amount), ways in mean.items():
    advised = ADVISED[choose_strategy(50 if amount == "few" else 1000, kinds[name])]
    best, without = max(ways.values()), ways["from scratch"]
    close = best - max(ways[way] for way in advised) < 8
    report.append(f"{name}, {amount}: {bool(best - without > 25)}, {bool(close)}")
print("Transfer beats scratch by more than 25 points, the table's advice is within 8 of the best |", " | ".join(report))

# %% [markdown]
# **Few labels, similar: the advice is good.** The probe on the top layer triples what training from scratch reaches:
# 63% against 22%. It is not quite the best: moving layers 4 and 5 gains some four points more.
#
# **Few labels, different: the advice is good, and the trouble is not so bad.** Among the probes it pays to look lower:
# 52% at layer 3, 49% at the top. But simply fine-tuning all layers does as well, with 50 images for 58,000 weights.
#
# **Many labels, similar: true, and it hardly matters.** A few layers fine-tuned, all layers, a probe on layer 2: all
# within a point. The probe on the top falls behind, which is the advice for few labels.

# %% [markdown]
# **Many labels, different: more layers, yes, but why transfer at all?** Fine-tuning all beats fine-tuning the top by
# five points. Yet five epochs from scratch do no worse: 85% against 83%. A body made for letters is a good start for
# digits and no help for textures, once there are labels enough. (From scratch the seeds differ most, by more than those
# two points, as the error bars show: some starts do badly.)
#
# **What this does not show.** One small net and two tasks of ten classes. Training is cut short, from scratch most of
# all: on digits its 64% would still rise (eight epochs on all 1197 images gave about 80%). And the border of 1000
# labels is a convention; look at the two columns and you see that it depends on the task.

# %% [markdown]
# ### Written question 2: advise a hospital (4 points)
#
# A hospital has 400 labelled X-ray images in four classes, and a net that was trained on a million photographs. It
# asks you for a plan, and in a year it will have 20,000 labels. Answer in about ten sentences.
# - What does the lecture's table advise, now and in a year?
# - What in this notebook's measurements speaks for the advice, what against it? Use at least two numbers.
# - Which first experiment would you run on the 400 images, and what result would make you leave the table?
#
# *Rubric. 1 point: both fields of the table. 2 points: evidence for (1) and against (1), each with a number and the
# reason. 1 point: an experiment with a split of the 400 or cross-validation, several seeds, and a result that
# decides.*

# %% [markdown] written="advise_a_hospital" points=4
# ### BEGIN SOLUTION
# *The table.* X-ray images are unlike photographs. Now: few and different, so probes on several layers. In a year:
# many and different, so fine-tune more layers.
#
# *For.* On textures with 50 labels the probe on layer 3 beat the top (52% to 49%), for every seed: the top is made
# for the old classes. With 1000 labels fine-tuning all layers beat the top layers alone, 83% to 78%.
#
# *Against.* With few labels fine-tuning everything was as good as the best probe (52%). With many, training from
# scratch did no worse than any transfer (85% to 83%): a year from now the old net may not be needed at all.
#
# *Experiment.* Five-fold cross-validation on the 400, the same folds for all: a probe at each depth, fine-tuning all
# at one rate, and from scratch, three seeds each. If fine-tuning leads the best probe by more than the spread between
# folds, I leave the table. If scratch comes close already at 400, I stop using the old net when the 20,000 arrive.
# ### END SOLUTION

# %% [markdown]
# ## What you built
#
# | | what it does | what to remember |
# |---|---|---|
# | `replace_head` | a new last layer on an old body | small weights, zero bias |
# | `trainable`, `masked_step` | freeze layers | choose with the mask, do not multiply |
# | `extract_features` | the output of any layer | computed once, if the body is frozen |
# | `train_linear_probe` | what a layer knows | convex; a safe rate from the features |
# | `layer_learning_rates` | a slope between frozen and free | falling towards the input |
# | `choose_strategy` | the lecture's table | a start, not a law |

# %% [markdown]
# **What the claims were worth.** True: features of one task serve another, and with 50 labels they triple the
# accuracy; what is frozen stays, and what is not forgets; the top layer is not the best on a different task. True
# from one side: layers near the input should move less (if the tasks are similar). Not the whole truth: the depth to
# read from depends on the labels as much as on the task. Not true here: that a different task needs the old net even
# when there are many labels.
#
# **Where it is used next.** In the capstone, notebook 12, you train your own net under limits of time and size. You
# know now which of its layers will be general, and how few labels it takes to put a new head on them.
