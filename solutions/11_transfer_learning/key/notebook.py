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
# Convolutions come first, if there are any. The last layer is always an affine one: the **head**. All below it is the **body**.

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
    affine_backward,
    affine_forward,
    conv_backward_fast,
    conv_forward_fast,
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
from autograder.datasets import load

plots.use_style()

# %% [markdown]
# ## 1. Change the head
#
# The last layer of the letters net turns 64 features into 26 scores, one a letter. For ten digits these scores are of no
# use, and their number is wrong. So cut the last layer off and put a new one in its place:
#
# $$W_L \in \mathbb{R}^{D \times C}, \quad W_L \sim 0.01\, N(0, 1), \qquad b_L = 0$$
#
# $D$ stays what it was: it is what the body delivers. Only the number of classes $C$ is new. By hand: shapes
# $(256, 64), (64, 26)$ and $C = 10$ give $(256, 64), (64, 10)$, and the second bias has 10 zeros. Small weights are
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
# Your new head knows nothing; its gradients are large and mean nothing yet. If you train everything at once, they run
# down into the body. With five labels a class, the body has also far more weights than you have numbers to fit them
# with. So **freeze** it: train the upper layers only.
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
# A step of SGD for a whole net, $w \leftarrow w - \alpha\, dw$, for the arrays that train. The others stay **bit for bit**
# the same. By hand: $W_1 = 2$ (frozen), $W_2 = 3$, $dW_2 = 5$, $\alpha = 0.1$. The result is $W_1 = 2$, $W_2 = 2.5$.
#
# Why does a $dW_1$ not appear? Because nobody computed it. The backward pass goes from the head down, and it may
# stop at the lowest layer that trains: that is where freezing saves time. So `grads` may lack what is frozen. If a frozen
# gradient is there, it must not count, **whatever it is**: `0 * nan` is `nan`.
#
# A mask has a value for each name, and your step takes any mask: one that trains only the biases, for example.


# %% exercise="masked_step"
def masked_step(params, grads, mask, learning_rate):
    """One step of gradient descent, w - learning_rate dw, on the arrays of a network that are not frozen.

    params: dict of name -> float array.
    grads: dict of name -> gradient of that array's shape. A name whose mask is False may be missing, and if it is
        there its gradient may hold anything, NaN and infinity too. Names may stand in another order than in params.
    mask: dict of name -> bool with the names of params: True trains, False is frozen.
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
# EXPERIMENT-FREEZE

# %% [markdown]
# ## 4. Look inside: the features of a layer
#
# If the body is frozen, an image always gives the same output there. Then compute it **once**, store it, and forget
# the body: what is left to train is small and quick. Such an output is called the image's *features*, or its code.
#
# Run the net up to and including layer `layer`, ReLU and pooling too, then flatten. By hand: one $2 \times 2$ image
# with the rows $(1, -2), (3, -4)$, one $1 \times 1$ filter with weight $-2$, bias 1. The convolution gives $(-1, 5), (-5, 9)$,
# the ReLU $(0, 5), (0, 9)$, the pooling 9. So $D = 1$ and the feature is 9.
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
# **How large a step?** Features come in all sizes. A fixed rate that suits entries of 0.3 explodes at 10. But here you
# can compute a safe one. The loss curves nowhere more than $K = \frac{1}{2}(m + 1) + 2\lambda$, where $m$ is the mean of
# $\|f_i\|^2$ (the 1 is the bias's), and with $\alpha = 1/K$ plain gradient descent never climbs.
#
# By hand: features $(3, 4)$ and $(0, 1)$: $m = (25 + 1)/2 = 13$. With $\lambda = 0.5$, $K = 7 + 1 = 8$, so $\alpha = 0.125$.
#
# Momentum gets there sooner, Adam will do as well: **any descent is right**. Graded is the loss at the end: within half
# a percent of the lowest possible one. In the checks plain gradient descent with this rate is there in time.
#
# *Source: for the bound on the curvature, Böhning 1992.*


# %% exercise="train_linear_probe"
def train_linear_probe(features, y, num_classes, *, reg, steps):
    """Fit a softmax classifier to features by full-batch descent from W = 0, b = 0.

    features: (N, D) float array; its entries may be small or large. y: (N,) int array, labels from 0 to C - 1.
    num_classes: int, C; some classes may have no example.
    reg: float >= 0, the lambda of the loss: mean softmax loss + reg * sum(W * W), without 1/2, bias not included.
    steps: int >= 200, the number of full-batch updates that you may do (the checks with a loss: 500).

    Returns (W, b), a (D, C) and a (C,) array of features' dtype. Any descent passes: the loss at (W, b) must be
    within 0.5% of the lowest one there is. Changes neither features nor y.
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
# EXPERIMENT-PROBES

# %% [markdown]
# ## 6. Move the body, but gently: rates by layer
#
# With more labels, let the body move too: **fine-tuning**. Low layers see edges and blobs, which all images share; high
# layers see parts of letters, which are about the old task. So what is low should move less. Give every layer a rate:
#
# $$\alpha_l = \alpha \cdot d^{\,L - l}, \qquad 0 < d \le 1$$
#
# $L - l$ counts the layers **above** layer $l$. The head has none above it and gets the base rate $\alpha$ itself.
# By hand: $L = 3$, $\alpha = 0.1$, $d = 0.5$. The head gets 0.1, layer 2 gets 0.05, layer 1 gets 0.025; a layer's weight and
# bias get the same. $d = 1$ gives one rate for all, and $d$ near 0 freezes the body.
#
# *Source: Yosinski et al. 2014 for what is general; Howard and Ruder 2018 for the falling rates ("discriminative").*


# %% exercise="layer_learning_rates"
def layer_learning_rates(params, base, decay):
    """A learning rate for every array of a network: the lower its layer, the smaller.

    params: dict of W1, b1, ..., WL, bL, in any order.
    base: float > 0, the rate of the last layer. decay: float in (0, 1], the factor from a layer to the one below it.

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
# EXPERIMENT-RATES

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
