"""Mistakes that people make in 09_data_augmentation. The docstring is the hint that a student reads."""

import numpy as np

from autograder.checking import wrong

# ------------------------------------------------------------------------------------------- random_flip


def refuse(p):
    """What right code does with a probability that is none."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p}")


def chosen(coins, X, changed):
    """Images of `changed` where the coins say so, else of X."""
    return np.where(coins[:, None, None, None], changed, X)


@wrong("random_flip")
def flip_one_coin_a_batch(X, p, rng):
    """All images of your batch share one coin: it flips all of them or none. How many coins does a batch need?"""
    refuse(p)
    return X[..., ::-1].copy() if rng.random() < p else X.copy()


@wrong("random_flip")
def flip_upside_down(X, p, rng):
    """Your images stand on their heads: you reverse the rows. Which axis of (N, C, H, W) goes from left to right?"""
    refuse(p)
    return chosen(rng.random(len(X)) < p, X, X[:, :, ::-1])


@wrong("random_flip")
def flip_half_turn(X, p, rng):
    """Your images are turned by half a turn: left becomes right, but top also becomes bottom. That is two flips."""
    refuse(p)
    return chosen(rng.random(len(X)) < p, X, X[:, :, ::-1, ::-1])


@wrong("random_flip")
def flip_batch_axis(X, p, rng):
    """You reverse the order of the images in the batch, so images no longer belong to their labels. Which axis holds
    the columns?"""
    refuse(p)
    return chosen(rng.random(len(X)) < p, X, X[::-1])


@wrong("random_flip")
def flip_channels(X, p, rng):
    """You reverse the channels: red becomes blue, and nothing moves. Which axis holds the columns?"""
    refuse(p)
    return chosen(rng.random(len(X)) < p, X, X[:, ::-1])


@wrong("random_flip")
def flip_keeps_with_p(X, p, rng):
    """You keep with the probability with which you should flip. Is a random number from [0, 1) below p often or
    rarely, if p is large?"""
    refuse(p)
    return chosen(rng.random(len(X)) >= p, X, X[..., ::-1])


@wrong("random_flip")
def flip_coin_for_each_row(X, p, rng):
    """You toss a coin for each row of an image, so it falls apart into strips. The coin belongs to the whole image."""
    refuse(p)
    coins = rng.random(X.shape[:3]) < p
    return np.where(coins[..., None], X[..., ::-1], X)


@wrong("random_flip")
def flip_coin_for_each_channel(X, p, rng):
    """You toss a coin for each channel, so red may look left while green looks right. The coin belongs to the whole
    image."""
    refuse(p)
    coins = rng.random(X.shape[:2]) < p
    return np.where(coins[..., None, None], X[..., ::-1], X)


@wrong("random_flip")
def flip_exact_share(X, p, rng):
    """You always flip exactly the same number of images. Coins are independent: sometimes more fall heads, sometimes
    fewer."""
    refuse(p)
    coins = np.zeros(len(X), bool)
    coins[rng.permutation(len(X))[: round(p * len(X))]] = True
    return chosen(coins, X, X[..., ::-1])


@wrong("random_flip")
def flip_own_seed(X, p, rng):
    """You make a generator of your own with a fixed seed, so every epoch flips the same images. Draw from `rng`."""
    refuse(p)
    return chosen(np.random.default_rng(0).random(len(X)) < p, X, X[..., ::-1])


@wrong("random_flip")
def flip_global_state(X, p, rng):
    """You draw from NumPy's global generator, so nobody can repeat your run. Draw from `rng`."""
    refuse(p)
    return chosen(np.random.rand(len(X)) < p, X, X[..., ::-1])  # noqa: NPY002


@wrong("random_flip")
def flip_always_half(X, p, rng):
    """You flip half of the images whatever p is. Where does p enter your code?"""
    refuse(p)
    return chosen(rng.integers(0, 2, len(X)) == 1, X, X[..., ::-1])


@wrong("random_flip")
def flip_in_place(X, p, rng):
    """You write the flipped images into X itself. That is the training set: the next epoch would flip what is already
    flipped. Work on a copy."""
    refuse(p)
    coins = rng.random(len(X)) < p
    X[coins] = X[coins][..., ::-1]
    return X


@wrong("random_flip")
def flip_any_p(X, p, rng):
    """You accept any p. The docstring says what to do with one that is no probability."""
    return chosen(rng.random(len(X)) < p, X, X[..., ::-1])


# ------------------------------------------------------------------------------------------- random_crop


def fits(X, size):
    """What right code does with a window that is larger than the image."""
    if size > min(X.shape[2:]):
        raise ValueError(f"size must be at most {min(X.shape[2:])}, not {size}")


def cut(X, rows, columns, height, width):
    return np.stack([x[:, i : i + height, j : j + width] for x, i, j in zip(X, rows, columns, strict=True)])


@wrong("random_crop")
def crop_never_last_place(X, size, rng):
    """Your windows never touch the right or the lower side. Count the places on paper for a row of 4 and a window of
    2, and look up whether `rng.integers(low, high)` ever gives high."""
    fits(X, size)
    N, _, H, W = X.shape
    return cut(X, rng.integers(0, max(H - size, 1), N), rng.integers(0, max(W - size, 1), N), size, size)


@wrong("random_crop")
def crop_one_place_a_batch(X, size, rng):
    """All images of your batch are cut at the same place. Each should have a place of its own."""
    fits(X, size)
    i, j = (int(rng.integers(0, n - size + 1)) for n in X.shape[2:])
    return X[:, :, i : i + size, j : j + size].copy()


@wrong("random_crop")
def crop_center(X, size, rng):
    """You always cut out the centre. That is for test time; in training the place is random."""
    fits(X, size)
    i, j = ((n - size) // 2 for n in X.shape[2:])
    return X[:, :, i : i + size, j : j + size].copy()


@wrong("random_crop")
def crop_on_the_diagonal(X, size, rng):
    """Your row and your column are the same random number, so windows begin on the diagonal only. Rows and columns are
    drawn independently."""
    fits(X, size)
    steps = rng.integers(0, min(X.shape[2:]) - size + 1, len(X))
    return cut(X, steps, steps, size, size)


@wrong("random_crop")
def crop_rows_and_columns_swapped(X, size, rng):
    """You draw the row from the range of columns, and the other way round. It shows where images are not square: is H
    the third or the fourth number of the shape?"""
    fits(X, size)
    N, _, H, W = X.shape
    rows, columns = rng.integers(0, W - size + 1, N), rng.integers(0, H - size + 1, N)
    return cut(X, np.minimum(rows, H - size), np.minimum(columns, W - size), size, size)


@wrong("random_crop")
def crop_height_for_both(X, size, rng):
    """You draw the column from the range of the rows. It shows where images are not square: how many columns can a
    window begin in?"""
    fits(X, size)
    out = np.zeros((*X.shape[:2], size, size), X.dtype)
    for n in range(len(X)):
        i, j = rng.integers(0, X.shape[2] - size + 1), rng.integers(0, X.shape[2] - size + 1)
        out[n] = X[n, :, i : i + size, j : j + size]
    return out


@wrong("random_crop")
def crop_channels_apart(X, size, rng):
    """You draw a place for each channel, so the colours of a picture no longer fit together. The place belongs to the
    whole image."""
    fits(X, size)
    N, C, H, W = X.shape
    flat = X.reshape(N * C, 1, H, W)
    crops = cut(flat, rng.integers(0, H - size + 1, N * C), rng.integers(0, W - size + 1, N * C), size, size)
    return crops.reshape(N, C, size, size)


@wrong("random_crop")
def crop_corners_only(X, size, rng):
    """Your windows begin at the first place or at the last, never between. All places are equally likely."""
    fits(X, size)
    N, _, H, W = X.shape
    return cut(X, rng.integers(0, 2, N) * (H - size), rng.integers(0, 2, N) * (W - size), size, size)


@wrong("random_crop")
def crop_rounds_a_uniform_number(X, size, rng):
    """Your first and last places come half as often as the others: rounding gives them only half an interval each."""
    fits(X, size)
    N, _, H, W = X.shape
    rows = np.round(rng.uniform(0, H - size, N)).astype(int)
    return cut(X, rows, np.round(rng.uniform(0, W - size, N)).astype(int), size, size)


@wrong("random_crop")
def crop_own_seed(X, size, rng):
    """You make a generator of your own with a fixed seed, so every epoch sees the same windows. Draw from `rng`."""
    fits(X, size)
    rng, (N, _, H, W) = np.random.default_rng(0), X.shape
    return cut(X, rng.integers(0, H - size + 1, N), rng.integers(0, W - size + 1, N), size, size)


@wrong("random_crop")
def crop_global_state(X, size, rng):
    """You draw from NumPy's global generator, so nobody can repeat your run. Draw from `rng`."""
    fits(X, size)
    N, _, H, W = X.shape
    rows, columns = (np.random.randint(0, n - size + 1, N) for n in (H, W))  # noqa: NPY002
    return cut(X, rows, columns, size, size)


@wrong("random_crop")
def crop_leaves_size_to_numpy(X, size, rng):
    """With a window that is larger than the image, the error comes from NumPy, in the middle of your code, and does not
    say which argument is wrong. Look before you draw."""
    N, _, H, W = X.shape
    return cut(X, rng.integers(0, H - size + 1, N), rng.integers(0, W - size + 1, N), size, size)


@wrong("random_crop")
def crop_compares_with_height_only(X, size, rng):
    """You compare the size with the height alone. An image may be too narrow, too."""
    N, _, H, W = X.shape
    if size > H:
        raise ValueError(f"size must be at most {H}, not {size}")
    return cut(X, rng.integers(0, H - size + 1, N), rng.integers(0, W - size + 1, N), size, size)


@wrong("random_crop")
def crop_blanks_the_rest(X, size, rng):
    """You give the whole image back, with zeros outside of the window. A crop gives the window alone."""
    fits(X, size)
    N, _, H, W = X.shape
    out = np.zeros_like(X)
    for n in range(N):
        i, j = rng.integers(0, H - size + 1), rng.integers(0, W - size + 1)
        out[n, :, i : i + size, j : j + size] = X[n, :, i : i + size, j : j + size]
    return out


# ------------------------------------------------------------------------------------------ pad_and_crop


def framed(X, pad, **how):
    return np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), **how)


@wrong("pad_and_crop")
def pad_rolls(X, pad, rng):
    """What you push out at one side comes in at the other: that is what np.roll does. Zeros should come in."""
    out = [np.roll(x, tuple(rng.integers(-pad, pad + 1, 2)), axis=(1, 2)) for x in X]
    return np.stack(out)


@wrong("pad_and_crop")
def pad_repeats_border(X, pad, rng):
    """The border's pixels are repeated around your images. The docstring says what should stand there."""
    (H, W), steps = X.shape[2:], rng.integers(0, 2 * pad + 1, (2, len(X)))
    return cut(framed(X, pad, mode="edge"), *steps, H, W)


@wrong("pad_and_crop")
def pad_reflects(X, pad, rng):
    """A mirror image stands around your images. The docstring says what should stand there."""
    (H, W), steps = X.shape[2:], rng.integers(0, 2 * pad + 1, (2, len(X)))
    return cut(framed(X, pad, mode="reflect" if min(H, W) > 1 else "edge"), *steps, H, W)


@wrong("pad_and_crop")
def pad_with_ones(X, pad, rng):
    """You pad with ones, which is white. The docstring says what should stand there."""
    (H, W), steps = X.shape[2:], rng.integers(0, 2 * pad + 1, (2, len(X)))
    return cut(framed(X, pad, constant_values=1), *steps, H, W)


@wrong("pad_and_crop")
def pad_never_last_place(X, pad, rng):
    """Your pictures are never pushed all the way to the upper left. How many places are there with pad = 1? And does
    `rng.integers(low, high)` ever give high?"""
    (H, W), steps = X.shape[2:], rng.integers(0, max(2 * pad, 1), (2, len(X)))
    return cut(framed(X, pad), *steps, H, W)


@wrong("pad_and_crop")
def pad_up_to_pad_only(X, pad, rng):
    """You draw steps from 0 to pad, so pictures move down and right, never up or left. The border is on both sides: how
    much wider is the padded image?"""
    (H, W), steps = X.shape[2:], rng.integers(0, pad + 1, (2, len(X)))
    return cut(framed(X, pad), *steps, H, W)


@wrong("pad_and_crop")
def pad_one_step_a_batch(X, pad, rng):
    """All images of your batch are pushed by the same step. Each should have a step of its own."""
    i, j = rng.integers(0, 2 * pad + 1, 2)
    return framed(X, pad)[:, :, i : i + X.shape[2], j : j + X.shape[3]].copy()


@wrong("pad_and_crop")
def pad_on_the_diagonal(X, pad, rng):
    """You push by the same number of pixels down and to the right. The two steps are drawn independently."""
    (H, W), steps = X.shape[2:], rng.integers(0, 2 * pad + 1, len(X))
    return cut(framed(X, pad), steps, steps, H, W)


@wrong("pad_and_crop")
def pad_without_crop(X, pad, rng):
    """You pad, but do not cut: your images have grown. The window has the size that the image had."""
    return framed(X, pad)


@wrong("pad_and_crop")
def pad_square_window(X, pad, rng):
    """You cut a square window, but images need not be square: height and width of the window are H and W."""
    N, H = X.shape[0], X.shape[2]
    return cut(framed(X, pad), *rng.integers(0, 2 * pad + 1, (2, N)), H, H)


@wrong("pad_and_crop")
def pad_then_random_crop(X, pad, rng):
    """You hand the padded images to `random_crop`, which cuts squares. Here the window has height H and width W, so you
    draw the places yourself."""
    padded, size = framed(X, pad), X.shape[2]
    rows, columns = (rng.integers(0, n - size + 1, len(X)) for n in padded.shape[2:])
    return cut(padded, rows, columns, size, size)


@wrong("pad_and_crop")
def pad_channels_too(X, pad, rng):
    """You pad all axes behind the first, the channels too, so some of your images have lost a colour. Which two axes
    are height and width?"""
    N, C, H, W = X.shape
    padded = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (pad, pad)))
    k, i, j = rng.integers(0, 2 * pad + 1, (3, N))
    return np.stack([padded[n, k[n] : k[n] + C, i[n] : i[n] + H, j[n] : j[n] + W] for n in range(N)])


@wrong("pad_and_crop")
def pad_all_axes(X, pad, rng):
    """np.pad with one number pads every axis: you have new images and new colours of zeros. Name the border of each of
    the four axes."""
    padded, (H, W) = np.pad(X, pad), X.shape[2:]
    return cut(padded[: len(X)], *rng.integers(0, 2 * pad + 1, (2, len(X))), H, W)


@wrong("pad_and_crop")
def pad_own_seed(X, pad, rng):
    """You make a generator of your own with a fixed seed, so every epoch pushes alike. Draw from `rng`."""
    (H, W), steps = X.shape[2:], np.random.default_rng(0).integers(0, 2 * pad + 1, (2, len(X)))
    return cut(framed(X, pad), *steps, H, W)


@wrong("pad_and_crop")
def pad_global_state(X, pad, rng):
    """You draw from NumPy's global generator, so nobody can repeat your run. Draw from `rng`."""
    (H, W), steps = X.shape[2:], np.random.randint(0, 2 * pad + 1, (2, len(X)))  # noqa: NPY002
    return cut(framed(X, pad), *steps, H, W)


# ------------------------------------------------------------------------------------------ color_jitter


def factors(X, brightness, contrast, rng, shape=None):
    shape = (len(X), 1, 1, 1) if shape is None else shape
    b = rng.uniform(1 - brightness, 1 + brightness, shape).astype(X.dtype)
    return b, rng.uniform(1 - contrast, 1 + contrast, shape).astype(X.dtype)


def stretched(bright, c, axes=(1, 2, 3)):
    mean = bright.mean(axis=axes, keepdims=True)
    return mean + c * (bright - mean)


@wrong("color_jitter")
def jitter_one_pair_a_batch(X, *, brightness, contrast, rng):
    """All images of your batch get the same two factors. Each should have its own."""
    b, c = factors(X, brightness, contrast, rng, (1, 1, 1, 1))
    return np.clip(stretched(b * X, c), 0, 1)


@wrong("color_jitter")
def jitter_factors_for_each_channel(X, *, brightness, contrast, rng):
    """You draw factors for each channel, so the hue changes too. An image has one b and one c."""
    b, c = factors(X, brightness, contrast, rng, (*X.shape[:2], 1, 1))
    return np.clip(stretched(b * X, c), 0, 1)


@wrong("color_jitter")
def jitter_mean_of_each_channel(X, *, brightness, contrast, rng):
    """You stretch each channel about its own mean. The mean is one number an image, over its channels too."""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(stretched(b * X, c, (2, 3)), 0, 1)


@wrong("color_jitter")
def jitter_mean_of_batch(X, *, brightness, contrast, rng):
    """You stretch about the mean of the whole batch, so an image depends on its neighbours. The mean is the image's
    own."""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(stretched(b * X, c, None), 0, 1)


@wrong("color_jitter")
def jitter_about_half(X, *, brightness, contrast, rng):
    """You stretch about 1/2, the middle of the range. The centre of the stretch is the image's own mean."""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(0.5 + c * (b * X - 0.5), 0, 1)


@wrong("color_jitter")
def jitter_about_zero(X, *, brightness, contrast, rng):
    """Your contrast is a second brightness: you multiply by both factors. What stays where it is when an image is
    stretched about its mean?"""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(b * c * X, 0, 1)


@wrong("color_jitter")
def jitter_mean_before_brightness(X, *, brightness, contrast, rng):
    """Your mean is that of the image before it became brighter. By then it is no longer the middle of what you
    stretch."""
    b, c = factors(X, brightness, contrast, rng)
    mean = X.mean(axis=(1, 2, 3), keepdims=True)
    return np.clip(mean + c * (b * X - mean), 0, 1)


@wrong("color_jitter")
def jitter_mean_not_added(X, *, brightness, contrast, rng):
    """You subtract the mean for the stretch and never add it again, so half of each image is black. What should come
    out where c is 1?"""
    b, c = factors(X, brightness, contrast, rng)
    bright = b * X
    return np.clip(c * (bright - bright.mean(axis=(1, 2, 3), keepdims=True)), 0, 1)


@wrong("color_jitter")
def jitter_one_factor_for_both(X, *, brightness, contrast, rng):
    """Your two factors come from one random number: bright images are always rich in contrast. Draw twice."""
    u = rng.uniform(-1, 1, (len(X), 1, 1, 1)).astype(X.dtype)
    return np.clip(stretched((1 + brightness * u) * X, 1 + contrast * u), 0, 1)


@wrong("color_jitter")
def jitter_only_brighter(X, *, brightness, contrast, rng):
    """Your factors are never below 1. From where to where do they go?"""
    shape = (len(X), 1, 1, 1)
    b = rng.uniform(1, 1 + brightness, shape).astype(X.dtype)
    return np.clip(stretched(b * X, rng.uniform(1, 1 + contrast, shape).astype(X.dtype)), 0, 1)


@wrong("color_jitter")
def jitter_adds_brightness(X, *, brightness, contrast, rng):
    """You add a number for the brightness. The docstring multiplies: black stays black."""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(stretched(X + (b - 1), c), 0, 1)


@wrong("color_jitter")
def jitter_factors_not_about_one(X, *, brightness, contrast, rng):
    """You draw factors from -brightness to brightness: nearly black images, some of them negative. About which number
    do the factors lie?"""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(stretched((b - 1) * X, c - 1), 0, 1)


@wrong("color_jitter")
def jitter_normal_factors(X, *, brightness, contrast, rng):
    """Your factors are normal, so some of them leave the range. They should be uniform."""
    shape = (len(X), 1, 1, 1)
    b = (1 + brightness * rng.standard_normal(shape)).astype(X.dtype)
    return np.clip(stretched(b * X, (1 + contrast * rng.standard_normal(shape)).astype(X.dtype)), 0, 1)


@wrong("color_jitter")
def jitter_clips_twice(X, *, brightness, contrast, rng):
    """You clip between brightness and contrast. What is cut off there cannot come back: clip once, at the end."""
    b, c = factors(X, brightness, contrast, rng)
    return np.clip(stretched(np.clip(b * X, 0, 1), c), 0, 1)


@wrong("color_jitter")
def jitter_never_clips(X, *, brightness, contrast, rng):
    """Some of your pixels are below 0 or above 1. What happens to those?"""
    b, c = factors(X, brightness, contrast, rng)
    return stretched(b * X, c)


@wrong("color_jitter")
def jitter_rescales(X, *, brightness, contrast, rng):
    """You bring each image back to [0, 1] by stretching it to the full range. That undoes what you drew. Clip only
    what lies outside."""
    b, c = factors(X, brightness, contrast, rng)
    out = stretched(b * X, c)
    low, high = (f(out, axis=(1, 2, 3), keepdims=True) for f in (np.min, np.max))
    return (out - low) / np.where(high > low, high - low, 1)


@wrong("color_jitter")
def jitter_in_place(X, *, brightness, contrast, rng):
    """You multiply X itself, in place. That is the training set: after ten epochs it would be jittered ten times."""
    b, c = factors(X, brightness, contrast, rng)
    X *= b
    return np.clip(stretched(X, c), 0, 1)


@wrong("color_jitter")
def jitter_float64(X, *, brightness, contrast, rng):
    """Factors that you draw are float64, and float32 images become float64 through them. Give the factors X's dtype."""
    b, c = factors(X.astype(float), brightness, contrast, rng)
    return np.clip(stretched(b * X, c), 0, 1)


# ----------------------------------------------------------------------------------------- fit_color_pca


def colors(X):
    return X.transpose(0, 2, 3, 1).reshape(-1, X.shape[1])


def axes(covariance):
    values, vectors = np.linalg.eigh(covariance)
    return values[::-1], vectors.T[::-1]


def covariance(pixels):
    centred = pixels - pixels.mean(axis=0)
    return centred.T @ centred / len(pixels)


@wrong("fit_color_pca")
def pca_reshapes_at_once(X):
    """You reshape (N, C, H, W) to (-1, C) at once. The rows of that are neighbours in one channel, no pixels: the
    channels have to become the last axis first."""
    return axes(covariance(X.reshape(-1, X.shape[1])))


@wrong("fit_color_pca")
def pca_reshapes_to_channels(X):
    """You reshape (N, C, H, W) to C rows at once. With several images these rows are no channels: N stands before C, so
    the axes have to change places first."""
    return axes(covariance(X.reshape(X.shape[1], -1).T))


@wrong("fit_color_pca")
def pca_not_centred(X):
    """You have not subtracted the mean colour, so your first axis points at it. A covariance is about the mean."""
    pixels = colors(X)
    return axes(pixels.T @ pixels / len(pixels))


@wrong("fit_color_pca")
def pca_one_mean_for_all(X):
    """You subtract one number for all channels. The mean colour has C numbers."""
    pixels = colors(X)
    centred = pixels - pixels.mean()
    return axes(centred.T @ centred / len(pixels))


@wrong("fit_color_pca")
def pca_divides_by_one_less(X):
    """You divide by the number of pixels minus one, as np.cov does unless it is told otherwise. The docstring names
    another divisor."""
    pixels = colors(X)
    return axes(covariance(pixels) * len(pixels) / max(len(pixels) - 1, 1))


@wrong("fit_color_pca")
def pca_np_cov_untold(X):
    """You take np.cov as it is: it divides by one less than the number of pixels, gives float64, and for one channel a
    number in place of a matrix. Look up what it can be told, and what is left to you."""
    return axes(np.cov(colors(X).T))


@wrong("fit_color_pca")
def pca_divides_by_images(X):
    """You divide by the number of images. A point of this cloud is a pixel: how many are there?"""
    pixels = colors(X)
    return axes(covariance(pixels) * len(pixels) / len(X))


@wrong("fit_color_pca")
def pca_no_division(X):
    """Your values grow with the number of pixels: nothing was divided. A variance is a mean."""
    pixels = colors(X)
    return axes(covariance(pixels) * len(pixels))


@wrong("fit_color_pca")
def pca_rising(X):
    """Your values rise, as np.linalg.eigh gives them. The largest should come first, and its vector with it."""
    return np.linalg.eigh(covariance(colors(X)))[0], np.linalg.eigh(covariance(colors(X)))[1].T


@wrong("fit_color_pca")
def pca_sorts_values_only(X):
    """You sorted the values, but the vectors stayed in their old order: they no longer belong together."""
    values, vectors = np.linalg.eigh(covariance(colors(X)))
    return values[::-1], vectors.T


@wrong("fit_color_pca")
def pca_vectors_in_columns(X):
    """Your vectors stand in the columns, as np.linalg.eigh gives them. The docstring wants them in the rows."""
    values, vectors = np.linalg.eigh(covariance(colors(X)))
    return values[::-1], vectors[:, ::-1]


@wrong("fit_color_pca")
def pca_sorts_rows_of_columns(X):
    """You sort the rows of what np.linalg.eigh gives, but its vectors stand in the columns: you have mixed their
    entries."""
    values, vectors = np.linalg.eigh(covariance(colors(X)))
    return values[::-1], vectors[::-1]


@wrong("fit_color_pca")
def pca_standard_deviations(X):
    """Your values are the square roots of the right ones, standard deviations. The eigenvalues of the covariance are
    variances."""
    values, vectors = axes(covariance(colors(X)))
    return np.sqrt(np.maximum(values, 0)), vectors


@wrong("fit_color_pca")
def pca_singular_values(X):
    """Your values are the singular values of the centred pixels. Their squares are the eigenvalues of a sum over all
    pixels; what makes it a covariance?"""
    pixels = colors(X)
    return np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)[1:]


@wrong("fit_color_pca")
def pca_of_correlation(X):
    """You divide each channel by its standard deviation first. That gives the correlation matrix; a channel that varies
    more should count more."""
    pixels = colors(X)
    return axes(covariance(pixels / pixels.std(axis=0)))


@wrong("fit_color_pca")
def pca_of_mean_colors(X):
    """You average each image to one colour first, and lose how colours vary within it. Each pixel is a point."""
    return axes(covariance(X.mean(axis=(2, 3))))


# ------------------------------------------------------------------------------------------ pca_lighting


def lit(X, added):
    return X + added[:, :, None, None].astype(X.dtype)


@wrong("pca_lighting")
def lighting_one_lamp_a_batch(X, values, vectors, *, sigma, rng):
    """All images of your batch get the same colour. Each should have alphas of its own."""
    alphas = rng.normal(0, sigma, len(values))
    return lit(X, np.tile((alphas * values) @ vectors, (len(X), 1)))


@wrong("pca_lighting")
def lighting_one_alpha_an_image(X, values, vectors, *, sigma, rng):
    """You draw one alpha an image and use it for all axes, so all colours lie on one line. Each axis has its own."""
    alphas = rng.normal(0, sigma, (len(X), 1))
    return lit(X, (alphas * values) @ vectors)


@wrong("pca_lighting")
def lighting_alpha_for_each_pixel(X, values, vectors, *, sigma, rng):
    """You draw new alphas for each pixel: that is grain, no lamp. All pixels of an image get the same colour."""
    N, _, H, W = X.shape
    alphas = rng.normal(0, sigma, (N, H, W, len(values)))
    return X + ((alphas * values) @ vectors).transpose(0, 3, 1, 2).astype(X.dtype)


@wrong("pca_lighting")
def lighting_columns(X, values, vectors, *, sigma, rng):
    """You take the columns of `vectors` for the axes. They stand in the rows: vectors[i] belongs to values[i]."""
    alphas = rng.normal(0, sigma, (len(X), len(values)))
    return lit(X, (alphas * values) @ vectors.T)


@wrong("pca_lighting")
def lighting_without_values(X, values, vectors, *, sigma, rng):
    """Your noise is equally strong along all axes. What makes it follow the colours of the training set?"""
    return lit(X, rng.normal(0, sigma, (len(X), len(values))) @ vectors)


@wrong("pca_lighting")
def lighting_root_of_values(X, values, vectors, *, sigma, rng):
    """You take the square roots of the values, the standard deviations. Many libraries do, and there are reasons for
    it; the formula of the paper, and the docstring, have the values themselves."""
    alphas = rng.normal(0, sigma, (len(X), len(values)))
    return lit(X, (alphas * np.sqrt(values)) @ vectors)


@wrong("pca_lighting")
def lighting_without_sigma(X, values, vectors, *, sigma, rng):
    """Your alphas have the standard deviation 1, whatever sigma is. Where does sigma enter your code?"""
    return lit(X, (rng.normal(size=(len(X), len(values))) * values) @ vectors)


@wrong("pca_lighting")
def lighting_sigma_is_variance(X, values, vectors, *, sigma, rng):
    """You take sigma for the variance of the alphas and draw with its square root. It is the standard deviation, which
    is also what rng.normal wants."""
    alphas = rng.normal(0, np.sqrt(sigma), (len(X), len(values)))
    return lit(X, (alphas * values) @ vectors)


@wrong("pca_lighting")
def lighting_sigma_squared(X, values, vectors, *, sigma, rng):
    """You hand sigma**2 to the generator. N(0, sigma^2) names the variance, but rng.normal wants the standard
    deviation."""
    alphas = rng.normal(0, sigma**2, (len(X), len(values)))
    return lit(X, (alphas * values) @ vectors)


@wrong("pca_lighting")
def lighting_uniform(X, values, vectors, *, sigma, rng):
    """Your alphas are uniform. They should be normal: mostly small, now and then large."""
    alphas = rng.uniform(-np.sqrt(3) * sigma, np.sqrt(3) * sigma, (len(X), len(values)))
    return lit(X, (alphas * values) @ vectors)


@wrong("pca_lighting")
def lighting_positive(X, values, vectors, *, sigma, rng):
    """Your alphas are never negative, so along each axis the light only ever goes one way. Their mean is 0."""
    alphas = np.abs(rng.normal(0, sigma, (len(X), len(values))))
    return lit(X, (alphas * values) @ vectors)


@wrong("pca_lighting")
def lighting_clipped(X, values, vectors, *, sigma, rng):
    """You clip to [0, 1]. The docstring says that nothing is clipped here."""
    alphas = rng.normal(0, sigma, (len(X), len(values)))
    return np.clip(lit(X, (alphas * values) @ vectors), 0, 1)


@wrong("pca_lighting")
def lighting_gray(X, values, vectors, *, sigma, rng):
    """You sum over the channels too and add one number to all of them, a gray lamp. What is added is a colour, with one
    number a channel."""
    alphas = rng.normal(0, sigma, (len(X), len(values)))
    added = ((alphas * values) @ vectors).sum(axis=1, keepdims=True)
    return lit(X, np.repeat(added, X.shape[1], axis=1))


@wrong("pca_lighting")
def lighting_in_place(X, values, vectors, *, sigma, rng):
    """You add to X itself, in place. That is the training set: after ten epochs ten lamps shine on it."""
    alphas = rng.normal(0, sigma, (len(X), len(values)))
    X += ((alphas * values) @ vectors)[:, :, None, None].astype(X.dtype)
    return X


@wrong("pca_lighting")
def lighting_own_seed(X, values, vectors, *, sigma, rng):
    """You make a generator of your own with a fixed seed, so every epoch has the same lamps. Draw from `rng`."""
    alphas = np.random.default_rng(0).normal(0, sigma, (len(X), len(values)))
    return lit(X, (alphas * values) @ vectors)


@wrong("pca_lighting")
def lighting_float64(X, values, vectors, *, sigma, rng):
    """Alphas that you draw are float64, and float32 images become float64 through them. Give what you add X's dtype."""
    alphas = rng.normal(0, sigma, (len(X), len(values)))
    return X + ((alphas * values) @ vectors)[:, :, None, None]


# ---------------------------------------------------------------------------------------------- ten_crop


def five(X, size, places):
    return np.stack([X[:, :, i : i + size, j : j + size] for i, j in places])


def corners(X, size):
    bottom, right = X.shape[2] - size, X.shape[3] - size
    return [(0, 0), (0, right), (bottom, 0), (bottom, right)], (bottom // 2, right // 2)


@wrong("ten_crop")
def ten_crop_each_beside_its_flip(X, size):
    """Your flips stand each beside its window. The docstring wants the five windows first, then the five flips."""
    places, center = corners(X, size)
    crops = five(X, size, [*places, center])
    return np.stack([crop for plain in crops for crop in (plain, plain[..., ::-1])])


@wrong("ten_crop")
def ten_crop_center_first(X, size):
    """Your centre comes first. The docstring names the order: the corners, then the centre."""
    places, center = corners(X, size)
    crops = five(X, size, [center, *places])
    return np.concatenate([crops, crops[..., ::-1]])


@wrong("ten_crop")
def ten_crop_columns_first(X, size):
    """Your second window is at the bottom left and your third at the top right. The docstring has them the other way
    round: along the top first."""
    (a, b, c, d), center = corners(X, size)
    crops = five(X, size, [a, c, b, d, center])
    return np.concatenate([crops, crops[..., ::-1]])


@wrong("ten_crop")
def ten_crop_center_rounds_up(X, size):
    """Where the margin is odd, your centre is too far down and right. Which way does the docstring round?"""
    places, _ = corners(X, size)
    center = tuple((n - size + 1) // 2 for n in X.shape[2:])
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, crops[..., ::-1]])


@wrong("ten_crop")
def ten_crop_center_of_halves(X, size):
    """You halve the image and the window each for itself and subtract: H // 2 - size // 2. Where one of them is odd,
    that is not half of their difference."""
    places, _ = corners(X, size)
    center = tuple(n // 2 - size // 2 for n in X.shape[2:])
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, crops[..., ::-1]])


@wrong("ten_crop")
def ten_crop_flips_upside_down(X, size):
    """Your flips stand on their heads. A flip goes from left to right: which axis is that here?"""
    places, center = corners(X, size)
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, crops[..., ::-1, :]])


@wrong("ten_crop")
def ten_crop_of_flipped_image(X, size):
    """You flip the image first and cut then: your sixth window is the flip of the top RIGHT one. Cut, then flip."""
    places, center = corners(X, size)
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, five(X[..., ::-1], size, [*places, center])])


@wrong("ten_crop")
def ten_crop_images_first(X, size):
    """Your first axis counts the images and your second the crops. The docstring has (10, N, ...)."""
    places, center = corners(X, size)
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, crops[..., ::-1]]).swapaxes(0, 1)


@wrong("ten_crop")
def ten_crop_in_one_batch(X, size):
    """Your crops stand in one long batch, so nobody knows whose they are. The docstring keeps an axis for the ten."""
    places, center = corners(X, size)
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, crops[..., ::-1]]).reshape(-1, X.shape[1], size, size)


@wrong("ten_crop")
def ten_crop_five(X, size):
    """You have five windows. Where are their flips?"""
    places, center = corners(X, size)
    return five(X, size, [*places, center])


@wrong("ten_crop")
def ten_crop_square_images(X, size):
    """Your columns are right only for square images: you use H where W belongs."""
    end = min(X.shape[2:]) - size
    crops = five(X, size, [(0, 0), (0, end), (end, 0), (end, end), (end // 2, end // 2)])
    return np.concatenate([crops, crops[..., ::-1]])


# -------------------------------------------------------------------------------------- predict_averaged


def crops_of(X, size):
    places, center = corners(X, size)
    crops = five(X, size, [*places, center])
    return np.concatenate([crops, crops[..., ::-1]])


@wrong("predict_averaged")
def averaged_images(predict, X, size):
    """You average the ten crops and predict once. The mean of ten windows is a blur; average what the net says about
    each."""
    return predict(crops_of(X, size).mean(axis=0))


@wrong("predict_averaged")
def averaged_sum(predict, X, size):
    """You add up ten predictions. A mean is divided by their number."""
    return np.sum([predict(crops) for crops in crops_of(X, size)], axis=0)


@wrong("predict_averaged")
def averaged_center_alone(predict, X, size):
    """You predict from the centre alone. What do the other nine windows say?"""
    return predict(crops_of(X, size)[4])


@wrong("predict_averaged")
def averaged_without_flips(predict, X, size):
    """You average over five windows. The flips belong to the ten."""
    return np.mean([predict(crops) for crops in crops_of(X, size)[:5]], axis=0)


@wrong("predict_averaged")
def averaged_mixes_images(predict, X, size):
    """You predict for one long batch and split it at the wrong places: your means go over different images. In which
    order does the reshape put crops and images?"""
    N = len(X)
    rows = predict(crops_of(X, size).reshape(10 * N, X.shape[1], size, size))
    return rows.reshape(N, 10, -1).mean(axis=1)


@wrong("predict_averaged")
def averaged_over_images(predict, X, size):
    """You average over the images of the batch. Each image keeps its row; what is averaged are its ten crops."""
    return np.mean([predict(crops) for crops in crops_of(X, size)], axis=1)


@wrong("predict_averaged")
def averaged_most_certain(predict, X, size):
    """You keep the largest number that any crop gives a class. The docstring averages: one window that is wrong and
    sure of it should not decide."""
    return np.max([predict(crops) for crops in crops_of(X, size)], axis=0)


@wrong("predict_averaged")
def averaged_votes(predict, X, size):
    """You count votes: each crop gives its whole weight to one class. Average the rows as they are."""
    rows = np.array([predict(crops) for crops in crops_of(X, size)])
    return np.eye(rows.shape[2])[rows.argmax(axis=2)].mean(axis=0)


@wrong("predict_averaged")
def averaged_labels(predict, X, size):
    """You return labels. The docstring wants the mean rows; whoever needs a label takes their argmax."""
    return np.mean([predict(crops) for crops in crops_of(X, size)], axis=0).argmax(axis=1)


@wrong("predict_averaged")
def averaged_normalised(predict, X, size):
    """You average logarithms, or multiply and take a root. The docstring asks for the plain mean of the rows."""
    logs = np.mean([np.log(predict(crops)) for crops in crops_of(X, size)], axis=0)
    return np.exp(logs)
