"""Make letters_net.npz: a small convolutional net trained on the letters, by the course's own functions.

Run `python datasets/letters_net.py`: about three minutes. On one machine every run gives the same net.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
from archive import save

from autograder.course.key import load_key
from autograder.datasets import load

SEED = 20160203
SHAPES = (16, 3, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3), (256, 128), (128, 26)  # three convolutions, two affine layers
EPOCHS, BATCH = 40, 50
RECIPE = {"learning_rate": 0.002, "weight_decay": 0.02}
SHIFT = 2  # pixels

FINISHED = sorted((Path(__file__).resolve().parents[1] / "solutions").glob("0[1-8]_*/key"))
course = SimpleNamespace(**{name: value for key in FINISHED for name, value in load_key(key).reference.items()})


def new_net(rng):
    """He's weights (notebook 02) and biases 0, float32: W1, b1, ..., W5, b5."""
    params = {}
    for k, shape in enumerate(SHAPES, start=1):
        inputs, outputs = (np.prod(shape[1:]), shape[0]) if len(shape) == 4 else shape
        w = course.initialize(int(inputs), outputs, "he", rng)
        params[f"W{k}"] = (w.T if len(shape) == 4 else w).reshape(shape).astype(np.float32)
        params[f"b{k}"] = np.zeros(outputs, np.float32)
    return params


def forward(params, X):
    """The scores (N, 26) of images X (N, 3, 16, 16), and the tape: (backward, cache, names of weights) of each step.

    A weight of 4 dimensions is a 3x3 convolution, then ReLU and 2x2 max pooling; one of 2 an affine layer, then ReLU,
    but for the last.
    """
    h, tape, last = X, [], len(params) // 2

    def step(forward, backward, x, *names, **options):
        out, cache = forward(x, *(params[name] for name in names), **options)
        tape.append((backward, cache, names))
        return out

    for k in range(1, last + 1):
        names = f"W{k}", f"b{k}"
        if params[names[0]].ndim == 4:
            h = step(course.conv_forward_fast, course.conv_backward_fast, h, *names, pad=1)
            h = step(course.relu_forward, course.relu_backward, h)
            h = step(course.max_pool_forward, course.max_pool_backward, h)
        else:
            h = step(course.affine_forward, course.affine_backward, h, *names)
            if k < last:
                h = step(course.relu_forward, course.relu_backward, h)
    return h, tape


def loss_and_gradients(params, X, y):
    """The softmax loss, and its gradients by going the tape backwards."""
    scores, tape = forward(params, X)
    (loss, d), gradients = course.softmax_loss(scores, y), {}
    for backward, cache, names in reversed(tape):
        result = backward(d, cache)
        d, *rest = result if names else (result,)
        gradients |= zip(names, rest, strict=True)
    return loss, gradients


def features(params, X):
    """The output of the last layer but one, after its ReLU: (N, 128)."""
    last = len(params) // 2
    body = {name: w for name, w in params.items() if name not in (f"W{last}", f"b{last}")}
    return np.maximum(0, forward(body, X.astype(np.float32))[0])


def accuracy(params, X, y):
    """The share of images whose label gets the highest score."""
    return float(np.mean(forward(params, X.astype(np.float32))[0].argmax(axis=1) == y))


def shifted(X, rng):
    """Each image moved by up to SHIFT pixels each way, its border repeated."""
    size = X.shape[2]
    moves = rng.integers(-SHIFT, SHIFT, (2, len(X), 1), endpoint=True)
    rows, columns = np.clip(np.arange(size) + moves, 0, size - 1)
    return np.stack([x[:, i[:, None], j] for x, i, j in zip(X, rows, columns, strict=True)])


def train_net(X, y, epochs, seed=SEED):
    """AdamW, the rate falling along a cosine, every batch shifted anew. Returns the params and the losses."""
    rng, a_epoch = np.random.default_rng(seed), -(-len(X) // BATCH)

    def loss_fn(params, X, y):
        return loss_and_gradients(params, shifted(X, rng), y)

    def schedule(rate, step):
        if step % a_epoch == 0:
            print(f"epoch {step // a_epoch + 1} of {epochs}", flush=True)
        return float(course.cosine_decay(rate, step, total=epochs * a_epoch))

    how = {"rule": course.adamw, "schedule": schedule, "batch_size": BATCH, "epochs": epochs, "rng": rng} | RECIPE
    params, history = course.train(loss_fn, new_net(rng), X.astype(np.float32), y, **how)
    return params, history["loss"]


def generate(path):
    """Train, print the accuracies, and write the params to `path`: W1, b1, ..., W5, b5, float32."""
    letters = load("letters")
    params, _ = train_net(letters.X_train, letters.y_train, EPOCHS)
    for part in ("train", "val", "test"):
        print(f"{part}: {accuracy(params, getattr(letters, f'X_{part}'), getattr(letters, f'y_{part}')):.4f}")
    save(path, **params)


if __name__ == "__main__":
    generate(Path(__file__).with_suffix(".npz"))
