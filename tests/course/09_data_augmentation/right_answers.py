"""Right answers that look unlike the answer key, as students write them: every one has to pass."""

import math

import numpy as np

from autograder.checking import right

# ------------------------------------------------------------------------------------------- random_flip


@right("random_flip")
def flip_in_a_loop(images, p, rng):
    """Image by image, on a copy."""
    if p < 0 or p > 1:
        raise ValueError("p is no probability")
    out = images.copy()
    for n in range(len(images)):
        if rng.random() < p:
            out[n] = images[n, :, :, ::-1]
    return out


@right("random_flip")
def flip_by_choice(X, p, rng):
    """Coins by rng.choice; the flipped ones are written into a copy."""
    if not (p >= 0.0 and p <= 1.0):
        raise ValueError("the probability p must lie between 0 and 1")
    result = np.array(X)
    which = rng.choice([True, False], size=X.shape[0], p=[p, 1 - p])
    result[which] = np.flip(X[which], axis=3)
    return result


@right("random_flip")
def flip_by_arithmetic(X, p, rng):
    """Coins as numbers 0 and 1, multiplied."""
    if not 0 <= p <= 1:
        raise ValueError(f"p={p} is outside [0, 1]")
    coin = rng.binomial(1, p, size=(X.shape[0], 1, 1, 1)).astype(X.dtype)
    return coin * X[:, :, :, ::-1] + (1 - coin) * X


@right("random_flip")
def flip_pixel_by_pixel(X, p, rng):
    """Every pixel fetched by its index; the coins are drawn at the far end of [0, 1)."""
    if p > 1 or p < 0:
        raise ValueError("P must be a probability")
    N, C, H, W = X.shape
    out = []
    for n in range(N):
        columns = list(range(W))
        if rng.uniform() >= 1 - p:
            columns.reverse()
        out.append([[[X[n, c, i, j] for j in columns] for i in range(H)] for c in range(C)])
    return np.array(out, dtype=X.dtype)


# ------------------------------------------------------------------------------------------- random_crop


@right("random_crop")
def crop_in_a_loop(X, size, rng):
    """Image by image, with a place drawn each time."""
    N, C, H, W = X.shape
    if size > H or size > W:
        raise ValueError("the crop size does not fit into the image")
    out = np.zeros((N, C, size, size), dtype=X.dtype)
    for n in range(N):
        i = rng.integers(H - size + 1)
        j = rng.integers(W - size, endpoint=True)
        out[n] = X[n, :, i : i + size, j : j + size]
    return out


@right("random_crop")
def crop_by_number_of_place(images, s, rng):
    """One number for each place; all windows at once."""
    if s > min(images.shape[-2:]):
        raise ValueError(f"size {s} is larger than the images")
    windows = np.lib.stride_tricks.sliding_window_view(images, (s, s), axis=(2, 3))
    rows, columns = windows.shape[2:4]
    place = rng.choice(rows * columns, size=len(images))
    return windows[np.arange(len(images)), :, place // columns, place % columns].copy()


@right("random_crop")
def crop_by_floor(X, size, rng):
    """Places by rounding down a uniform number."""
    H, W = X.shape[2:]
    if size > H or size > W:
        raise ValueError("size too large")
    crops = []
    for image in X:
        top = math.floor(rng.random() * (H - size + 1))
        left = int(rng.uniform(0, W - size + 1))
        crops.append(image[:, top : top + size, left : left + size])
    return np.array(crops)


@right("random_crop")
def crop_by_index_arrays(X, size, rng):
    """Index arrays and broadcasting; columns are drawn before rows, from a generator of its own made of rng."""
    N, C, H, W = X.shape
    if max(size - H, size - W) > 0:
        raise ValueError("Size exceeds the image")
    own = np.random.default_rng(rng.integers(2**63))
    j = own.integers(0, W - size + 1, size=(N, 1, 1, 1)) + np.arange(size)
    i = own.integers(0, H - size + 1, size=(N, 1, 1, 1)) + np.arange(size)[:, None]
    return X[np.arange(N)[:, None, None, None], np.arange(C)[:, None, None], i, j]


# ------------------------------------------------------------------------------------------ pad_and_crop


@right("pad_and_crop")
def pad_by_hand(X, pad, rng):
    """Zeros, the image in their middle, windows in a loop."""
    N, C, H, W = X.shape
    big = np.zeros((N, C, H + pad + pad, W + pad + pad), dtype=X.dtype)
    big[:, :, pad : pad + H, pad : pad + W] = X
    out = np.empty_like(X)
    for n in range(N):
        y, x = rng.integers(0, 2 * pad + 1), rng.integers(0, 2 * pad + 1)
        out[n] = big[n, :, y : y + H, x : x + W]
    return out


@right("pad_and_crop")
def pad_by_pushing(X, pad, rng):
    """No padding at all: the part that stays visible is written to its new place."""
    N, (H, W) = len(X), X.shape[2:]
    out = np.zeros_like(X)
    for n in range(N):
        down, right_ = (int(step) for step in rng.integers(-pad, pad + 1, size=2))
        for i in range(max(0, down), min(H, H + down)):
            for j in range(max(0, right_), min(W, W + right_)):
                out[n, :, i, j] = X[n, :, i - down, j - right_]
    return out


@right("pad_and_crop")
def pad_by_one_number(X, p, rng):
    """One number for each of the places, split by divmod; np.pad image by image."""
    side = 2 * p + 1
    out = []
    for image in X:
        i, j = divmod(int(rng.integers(side * side)), side)
        framed = np.pad(image, [(0, 0), (p, p), (p, p)], mode="constant")
        out.append(framed[:, i : i + image.shape[1], j : j + image.shape[2]])
    return np.stack(out, axis=0)


@right("pad_and_crop")
def pad_by_rolling(X, pad, rng):
    """np.roll on the padded image, so that only zeros come round."""
    padded = np.pad(X, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    out = [np.roll(x, rng.integers(-pad, pad + 1, 2), axis=(1, 2)) for x in padded]
    return np.array(out)[:, :, pad : pad + X.shape[2], pad : pad + X.shape[3]]


# ------------------------------------------------------------------------------------------ color_jitter


@right("color_jitter")
def jitter_in_a_loop(X, *, brightness, contrast, rng):
    """Image by image, in place on a copy."""
    out = X.copy()
    for image in out:
        image *= rng.uniform(1 - brightness, 1 + brightness)
        mean = image.mean()
        image -= mean
        image *= rng.uniform(1 - contrast, 1 + contrast)
        image += mean
        image[image < 0] = 0
        image[image > 1] = 1
    return out


@right("color_jitter")
def jitter_contrast_first(X, *, brightness, contrast, rng):
    """The other order, which is the same without a clip in between."""
    c = 1 + contrast * rng.uniform(-1, 1, len(X))
    b = 1 + brightness * (2 * rng.random(len(X)) - 1)
    out = []
    for n, image in enumerate(X.astype(float)):
        stretched = image.mean() + c[n] * (image - image.mean())
        out.append(np.minimum(1, np.maximum(0, b[n] * stretched)))
    return np.stack(out).astype(X.dtype)


@right("color_jitter")
def jitter_multiplied_out(pictures, *, brightness, contrast, rng):
    """One line for each image: b c x + (1 - c) b mean."""
    flat = pictures.reshape(len(pictures), -1).astype(np.float64)
    b, c = (1 + w * rng.uniform(-1, 1, size=(len(flat), 1)) for w in (brightness, contrast))
    out = b * c * flat + (1 - c) * b * flat.mean(axis=1)[:, None]
    return out.clip(0, 1).reshape(pictures.shape).astype(pictures.dtype)


# ----------------------------------------------------------------------------------------- fit_color_pca


@right("fit_color_pca")
def pca_by_np_cov(X):
    """np.cov with its divisor changed, np.linalg.eig, argsort."""
    C = X.shape[1]
    S = np.atleast_2d(np.cov(np.moveaxis(X, 1, 0).reshape(C, -1), bias=True)).astype(X.dtype)
    values, vectors = np.linalg.eigh(S)
    order = np.argsort(values)[::-1]
    return values[order], vectors[:, order].T


@right("fit_color_pca")
def pca_by_svd(X):
    """Singular values of the centred pixels, squared; other signs."""
    C = X.shape[1]
    pixels = np.moveaxis(X, 1, -1).reshape(-1, C)
    centred = pixels - pixels.mean(axis=0, keepdims=True)
    _, _, vectors = np.linalg.svd(centred.T @ centred)
    values = np.array([np.mean((centred @ v) ** 2) for v in vectors], dtype=X.dtype)
    return values, -vectors


@right("fit_color_pca")
def pca_by_loops(X):
    """The covariance entry by entry, as E[ab] - E[a]E[b] of shifted channels; a list sorted."""
    C = X.shape[1]
    channels = [X[:, c].ravel() - X[0, c, 0, 0] for c in range(C)]
    S = np.zeros((C, C), X.dtype)
    for a in range(C):
        for b in range(C):
            S[a, b] = np.mean(channels[a] * channels[b]) - np.mean(channels[a]) * np.mean(channels[b])
    values, vectors = np.linalg.eigh(S)
    pairs = sorted(((v, list(u)) for v, u in zip(values, vectors.T, strict=True)), key=lambda pair: -pair[0])
    return np.array([v for v, _ in pairs], X.dtype), np.array([u for _, u in pairs], X.dtype)


# ------------------------------------------------------------------------------------------ pca_lighting


@right("pca_lighting")
def lighting_in_a_loop(X, values, vectors, *, sigma, rng):
    """Image by image, axis by axis, channel by channel."""
    out = X.copy()
    for n in range(len(X)):
        for i in range(len(values)):
            alpha = rng.normal(0, sigma)
            for c in range(X.shape[1]):
                out[n, c] += alpha * values[i] * vectors[i, c]
    return out


@right("pca_lighting")
def lighting_by_standard_normal(X, lam, p, *, sigma, rng):
    """As the paper writes it: a matrix of axes in columns times a vector."""
    out = []
    for x in X:
        alpha = sigma * rng.standard_normal(len(lam))
        out.append(x + np.dot(p.T, alpha * lam).reshape(-1, 1, 1))
    return np.array(out, dtype=X.dtype)


@right("pca_lighting")
def lighting_by_einsum(X, values, vectors, *, sigma, rng):
    """einsum, with the axes last."""
    alphas = rng.normal(size=(len(values), len(X))) * sigma
    added = np.einsum("in,i,ic->nc", alphas, values, vectors)
    return (np.moveaxis(X, 1, -1) + added[:, None, None, :]).transpose(0, 3, 1, 2).astype(X.dtype)


@right("pca_lighting")
def lighting_by_multivariate_normal(X, values, vectors, *, sigma, rng):
    """A normal color of covariance V^T diag((sigma values)^2) V, drawn at once."""
    covariance = vectors.T @ np.diag((sigma * values) ** 2) @ vectors
    added = rng.multivariate_normal(np.zeros(len(values)), covariance, size=len(X))
    return X + added.reshape(*added.shape, 1, 1).astype(X.dtype)


# ---------------------------------------------------------------------------------------------- ten_crop


@right("ten_crop")
def ten_crop_one_by_one(X, size):
    """Ten slices by hand."""
    H, W = X.shape[2:]
    t, m, f = H - size, (H - size) // 2, (W - size) // 2
    a = X[:, :, :size, :size]
    b = X[:, :, :size, W - size :]
    c = X[:, :, t:, :size]
    d = X[:, :, t:, W - size :]
    e = X[:, :, m : m + size, f : f + size]
    return np.array([a, b, c, d, e] + [np.flip(v, axis=-1) for v in (a, b, c, d, e)])


@right("ten_crop")
def ten_crop_image_by_image(X, size):
    """A loop over images, moved into place at the end."""
    out = []
    for x in X:
        H, W = x.shape[1:]
        views = []
        for flip in (False, True):
            for i, j in ((0, 0), (0, W - size), (H - size, 0), (H - size, W - size)):
                views.append(x[:, i : i + size, j : j + size])
            i, j = int((H - size) / 2), int((W - size) / 2)
            views.append(x[:, i : i + size, j : j + size])
            if flip:
                views[5:] = [v[:, :, ::-1] for v in views[5:]]
        out.append(views)
    return np.moveaxis(np.array(out), 0, 1)


@right("ten_crop")
def ten_crop_into_zeros(X, s):
    """Written into an array that is there, from the flipped image for the flips."""
    N, C, H, W = X.shape
    out = np.zeros((10, N, C, s, s), X.dtype)
    mirrored = X[..., ::-1]
    for k, (i, j) in enumerate([(0, 0), (0, W - s), (H - s, 0), (H - s, W - s), ((H - s) // 2, (W - s) // 2)]):
        out[k] = X[:, :, i : i + s, j : j + s]
        left = W - s - j
        out[k + 5] = mirrored[:, :, i : i + s, left : left + s]
    return out


# -------------------------------------------------------------------------------------- predict_averaged


def ten(X, s):
    return ten_crop_into_zeros(X, s)


@right("predict_averaged")
def averaged_in_one_batch(predict, X, size):
    """One call for all crops."""
    N, C = X.shape[:2]
    rows = predict(ten(X, size).reshape(10 * N, C, size, size))
    return rows.reshape(10, N, -1).mean(axis=0)


@right("predict_averaged")
def averaged_image_by_image(net, X, size):
    """A call for each image, with its ten crops as a batch."""
    crops = ten(X, size)
    return np.array([net(crops[:, n]).mean(axis=0) for n in range(len(X))])


@right("predict_averaged")
def averaged_one_at_a_time(predict, X, size):
    """A call for each crop of each image, added up."""
    crops, rows = ten(X, size), []
    for n in range(len(X)):
        total = 0
        for k in range(10):
            total = total + predict(crops[k, n : n + 1])[0] / 10
        rows.append(total)
    return np.stack(rows)
