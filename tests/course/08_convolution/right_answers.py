"""Right answers that look unlike the answer key, as students write them: every one has to pass.

The function of a pair works with the answer key's other one, so these share its caches. Pairs with caches of their own
are in `test_08_oracles.py`.
"""

import itertools
from math import comb

import numpy as np

from autograder.checking import right

# ------------------------------------------------------------------------------------------------- sizes


@right("conv_output_size")
def size_by_walking(n, k, s=1, p=0):
    """Walks along the padded line and counts."""
    if s <= 0:
        raise ValueError(f"the stride is {s}")
    if n + 2 * p < k:
        raise ValueError(f"Kernel size {k} does not fit")
    count, place = 1, 0
    while place + s + k <= n + 2 * p:
        place, count = place + s, count + 1
    if place + k != n + 2 * p:
        raise ValueError("the stride leaves pixels over")
    return count


@right("conv_output_size")
def size_by_divmod(size, kernel, stride=1, pad=0):
    """With a quotient and a rest; a NumPy int comes back."""
    if stride < 1:
        raise ValueError("stride")
    steps, rest = divmod(size + pad + pad - kernel, stride)
    if steps < 0:
        raise ValueError("kernel")
    if rest != 0:
        raise ValueError("stride")
    return np.int64(steps + 1)


@right("conv_output_size")
def size_by_floats(size, kernel, stride=1, pad=0):
    """Divides, and looks whether the result is whole."""
    if not stride >= 1:
        raise ValueError("Stride must be positive")
    places = (size - kernel + 2 * pad) / stride + 1
    if size - kernel + 2 * pad < 0:
        raise ValueError(f"the kernel ({kernel}) is too large")
    if places != int(places):
        raise ValueError("STRIDE does not tile")
    return int(places)


@right("conv_parameters")
def parameters_of_an_array(channels, k, n):
    """Makes the filters, and asks for their size."""
    return np.zeros((n, channels, k, k)).size + np.zeros(n).size


@right("conv_parameters")
def parameters_one_filter_at_a_time(in_channels, kernel, filters):
    """A sum over filters."""
    return sum(in_channels * kernel**2 + 1 for _ in range(filters))


@right("conv_parameters")
def parameters_by_prod(in_channels, kernel, filters):
    """np.prod, and a NumPy int."""
    return np.prod([filters, in_channels, kernel, kernel]) + filters


@right("receptive_field")
def field_backwards(layers):
    """From the last layer to the input: a field of r units is (r - 1) strides and a kernel."""
    field = 1
    for kernel, stride in layers[::-1]:
        field = (field - 1) * stride + kernel
    return field


@right("receptive_field")
def field_by_the_formula(layers):
    """The sum and the product as they stand."""
    strides = [s for _, s in layers]
    return 1 + sum((k - 1) * int(np.prod(strides[:i])) for i, (k, _) in enumerate(layers))


@right("receptive_field")
def field_by_interval(layers):
    """Follows the first and the last pixel that unit 0 sees."""
    low = high = 0
    for k, s in reversed(list(layers)):
        low, high = low * s, high * s + k - 1
    return np.int64(high - low + 1)


# ------------------------------------------------------------------------------------------- convolution


def gather(x, w, stride, pad):
    """All windows (N, C, OH, OW, KH, KW), and the padded images."""
    xp = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    view = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))
    return view[:, :, ::stride, ::stride], xp


@right("conv_forward")
def conv_six_loops(images, filters, bias, *, stride=1, pad=0):
    """Every index by itself, and no padded array: pixels outside count as 0."""
    N, C, H, W = images.shape
    F, _, HH, WW = filters.shape
    OH, OW = 1 + (H + 2 * pad - HH) // stride, 1 + (W + 2 * pad - WW) // stride
    out = np.empty((N, F, OH, OW), dtype=images.dtype)
    for n, f, i, j in itertools.product(range(N), range(F), range(OH), range(OW)):
        total = bias[f]
        for c, p, q in itertools.product(range(C), range(HH), range(WW)):
            row, col = i * stride + p - pad, j * stride + q - pad
            if 0 <= row < H and 0 <= col < W:
                total = total + images[n, c, row, col] * filters[f, c, p, q]
        out[n, f, i, j] = total
    return out, (images, filters, stride, pad)


@right("conv_forward")
def conv_by_tensordot(x, w, b, *, stride=1, pad=0):
    """One tensordot; a list comes back."""
    windows, _ = gather(x, w, stride, pad)
    out = np.tensordot(windows, w, axes=[(1, 4, 5), (1, 2, 3)]).transpose(0, 3, 1, 2) + b.reshape(1, -1, 1, 1)
    return [out, (x, w, stride, pad)]


@right("conv_forward")
def conv_shifted_images(x, w, b, *, stride=1, pad=0):
    """A sum over the places in the window."""
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    OH, OW = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    xp = np.zeros((N, C, H + 2 * pad, W + 2 * pad), x.dtype)
    xp[:, :, pad : pad + H, pad : pad + W] = x
    out = np.zeros((N, F, OH, OW), x.dtype) + b[None, :, None, None]
    for p in range(HH):
        for q in range(WW):
            part = xp[:, :, p : p + stride * (OH - 1) + 1 : stride, q : q + stride * (OW - 1) + 1 : stride]
            out = out + np.einsum("fc,ncij->nfij", w[:, :, p, q], part)
    return out, (x, w, stride, pad)


@right("conv_backward")
def conv_back_four_loops(grad, memo):
    """Window by window, all filters at once."""
    x, w, s, pad = memo
    _, xp = gather(x, w, s, pad)
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(len(w), w.dtype)
    KH, KW = w.shape[2:]
    for n in range(len(x)):
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                for f in range(len(w)):
                    g = grad[n, f, i, j]
                    dxp[n, :, i * s : i * s + KH, j * s : j * s + KW] += g * w[f]
                    dw[f] += g * xp[n, :, i * s : i * s + KH, j * s : j * s + KW]
                    db[f] += g
    H, W = x.shape[2:]
    return [dxp[:, :, pad : H + pad, pad : W + pad], dw, db]


@right("conv_backward")
def conv_back_by_einsum(dout, cache):
    """dw and db by einsum, dx place by place in the window."""
    x, w, stride, pad = cache
    windows, xp = gather(x, w, stride, pad)
    dxp = np.zeros_like(xp)
    OH, OW = dout.shape[2:]
    for p, q in np.ndindex(w.shape[2:]):
        view = dxp[:, :, p : p + stride * OH : stride, q : q + stride * OW : stride]
        view += np.einsum("nfij,fc->ncij", dout, w[:, :, p, q])
    dx = dxp[:, :, pad:-pad, pad:-pad] if pad else dxp
    return dx, np.einsum("nfij,ncijpq->fcpq", dout, windows), np.einsum("nfij->f", dout)


@right("conv_backward")
def conv_back_pixel_by_pixel(dout, cache):
    """Asks each pixel and each weight in which outputs it took part."""
    x, w, stride, pad = cache
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for n, f, i, j in np.ndindex(dout.shape):
        for c, p, q in np.ndindex(w.shape[1:]):
            r, s = i * stride + p - pad, j * stride + q - pad
            if 0 <= r < x.shape[2] and 0 <= s < x.shape[3]:
                dx[n, c, r, s] += dout[n, f, i, j] * w[f, c, p, q]
                dw[f, c, p, q] += dout[n, f, i, j] * x[n, c, r, s]
    return dx, dw, dout.sum(0).sum(1).sum(1)


@right("im2col")
def im2col_row_by_row(x, kernel, stride, pad):
    """A list of flattened windows, stacked."""
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    xp = np.pad(x, ((0,), (0,), (pad,), (pad,)))
    rows = [
        xp[n, :, i : i + KH, j : j + KW].ravel()
        for n in range(len(x))
        for i in range(0, xp.shape[2] - KH + 1, stride)
        for j in range(0, xp.shape[3] - KW + 1, stride)
    ]
    return np.stack(rows)


@right("im2col")
def im2col_by_a_view(x, kernel, stride, pad):
    """sliding_window_view and one transpose."""
    KH, KW = np.broadcast_to(kernel, 2)
    windows, _ = gather(x, np.empty((1, 1, KH, KW)), stride, pad)
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, x.shape[1] * KH * KW)


@right("im2col")
def im2col_by_indices(x, kernel, stride, pad):
    """Index arrays for rows, columns and channels."""
    KH, KW = [kernel] * 2 if np.isscalar(kernel) else kernel
    N, C, H, W = x.shape
    OH, OW = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    n, i, j, c, p, q = np.indices((N, OH, OW, C, KH, KW))
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return xp[n, c, stride * i + p, stride * j + q].reshape(N * OH * OW, -1)


@right("col2im")
def col2im_row_by_row(cols, shape, kernel, stride, pad):
    """Adds one window after the other."""
    KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel
    N, C, H, W = shape
    xp, k = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=cols.dtype), 0
    for n in range(N):
        for i in range(0, H + 2 * pad - KH + 1, stride):
            for j in range(0, W + 2 * pad - KW + 1, stride):
                xp[n, :, i : i + KH, j : j + KW] += cols[k].reshape(C, KH, KW)
                k += 1
    return xp[:, :, pad : H + pad, pad : W + pad]


@right("col2im")
def col2im_by_add_at(cols, shape, kernel, stride, pad):
    """np.add.at with index arrays."""
    KH, KW = np.broadcast_to(kernel, 2)
    N, C, H, W = shape
    OH, OW = (H + 2 * pad - KH) // stride + 1, (W + 2 * pad - KW) // stride + 1
    n, i, j, c, p, q = np.indices((N, OH, OW, C, KH, KW))
    xp = np.zeros((N, C, H + 2 * pad, W + 2 * pad), cols.dtype)
    np.add.at(xp, (n, c, stride * i + p, stride * j + q), cols.reshape(n.shape))
    return np.ascontiguousarray(xp[:, :, pad : H + pad, pad : W + pad])


@right("col2im")
def col2im_as_a_transposed_matrix(cols, shape, kernel, stride, pad):
    """Writes down which pixel each entry of im2col comes from, and counts back with bincount."""
    KH, KW = np.broadcast_to(kernel, 2)
    N, C, H, W = shape
    number = np.arange(1, N * C * H * W + 1).reshape(shape)
    windows, _ = gather(number, np.empty((1, 1, KH, KW)), stride, pad)
    source = windows.transpose(0, 2, 3, 1, 4, 5).ravel()
    total = np.bincount(source, weights=cols.ravel(), minlength=number.size + 1)[1:]
    return total.reshape(shape).astype(cols.dtype)


@right("conv_forward_fast")
def fast_by_im2col(x, w, b, *, stride=1, pad=0):
    """The short way."""
    windows, _ = gather(x, w, stride, pad)
    N, _, OH, OW = windows.shape[:4]
    cols = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * OH * OW, -1)
    out = (cols @ w.reshape(len(w), -1).T + b).reshape(N, OH, OW, -1).transpose(0, 3, 1, 2)
    return out, (x, w, stride, pad)


@right("conv_forward_fast")
def fast_by_einsum(x, w, b, *, stride=1, pad=0):
    """One einsum."""
    windows, _ = gather(x, w, stride, pad)
    return np.einsum("ncijpq,fcpq->nfij", windows, w) + b[:, None, None], (x, w, stride, pad)


@right("conv_forward_fast")
def fast_image_by_image(x, w, b, *, stride=1, pad=0):
    """A product for each image, filters first; a list comes back."""
    windows, _ = gather(x, w, stride, pad)
    out = []
    for image in windows:
        cols = image.transpose(0, 3, 4, 1, 2).reshape(w[0].size, -1)
        out.append((w.reshape(len(w), -1) @ cols + b[:, None]).reshape(len(w), *image.shape[1:3]))
    return [np.stack(out), (x, w, stride, pad)]


@right("conv_backward_fast")
def fast_back_by_im2col(dout, cache):
    """Columns again, and their adjoint."""
    x, w, stride, pad = cache
    windows, xp = gather(x, w, stride, pad)
    N, C, OH, OW, KH, KW = windows.shape
    cols = windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * OH * OW, -1)
    d = np.moveaxis(dout, 1, -1).reshape(-1, len(w))
    dcols = (d @ w.reshape(len(w), -1)).reshape(N, OH, OW, C, KH, KW)
    dxp = np.zeros_like(xp)
    for p, q in np.ndindex(KH, KW):
        view = dxp[:, :, p : p + stride * OH : stride, q : q + stride * OW : stride]
        view += dcols[..., p, q].transpose(0, 3, 1, 2)
    dx = dxp[:, :, pad : dxp.shape[2] - pad, pad : dxp.shape[3] - pad]
    return dx, (d.T @ cols).reshape(w.shape), d.sum(axis=0)


@right("conv_backward_fast")
def fast_back_by_a_flipped_convolution(dout, cache):
    """dx as a full convolution of the dilated dout with the flipped filters."""
    x, w, stride, pad = cache
    (N, F, OH, OW), (KH, KW) = dout.shape, w.shape[2:]
    wide = np.zeros((N, F, stride * (OH - 1) + 1, stride * (OW - 1) + 1), dout.dtype)
    wide[:, :, ::stride, ::stride] = dout
    wide = np.pad(wide, ((0, 0), (0, 0), (KH - 1, KH - 1), (KW - 1, KW - 1)))
    windows = np.lib.stride_tricks.sliding_window_view(wide, (KH, KW), axis=(2, 3))
    dxp = np.einsum("nfijpq,fcpq->ncij", windows, w[:, :, ::-1, ::-1])
    dw = np.einsum("nfij,ncijpq->fcpq", dout, gather(x, w, stride, pad)[0])
    return dxp[:, :, pad : dxp.shape[2] - pad, pad : dxp.shape[3] - pad], dw, dout.sum(axis=(0, 2, 3))


@right("conv_backward_fast")
def fast_back_by_tensordot(dout, cache):
    """tensordot for each place in the window."""
    x, w, stride, pad = cache
    xp = gather(x, w, stride, pad)[1]
    OH, OW = dout.shape[2:]
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for p, q in np.ndindex(w.shape[2:]):
        view = (slice(None), slice(None), slice(p, p + stride * OH, stride), slice(q, q + stride * OW, stride))
        dw[:, :, p, q] = np.tensordot(dout, xp[view], axes=[(0, 2, 3), (0, 2, 3)])
        dxp[view] += np.tensordot(dout, w[:, :, p, q], axes=[1, 0]).transpose(0, 3, 1, 2)
    return [dxp[:, :, pad : dxp.shape[2] - pad, pad : dxp.shape[3] - pad], dw, np.einsum("nfij->f", dout)]


# ----------------------------------------------------------------------------------------------- pooling


def winners(x, size, stride):
    """The place of each window's maximum, by loops."""
    N, C, H, W = x.shape
    found = np.zeros((N, C, (H - size) // stride + 1, (W - size) // stride + 1), int)
    for n, c, i, j in np.ndindex(found.shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        found[n, c, i, j] = int(np.argmax(window))
    return found


@right("max_pool_forward")
def pool_by_loops(images, *, size=2, stride=2):
    """Window by window, np.float64 into an array."""
    found = winners(images, size, stride)
    out = np.zeros(found.shape, images.dtype)
    for n, c, i, j in np.ndindex(out.shape):
        out[n, c, i, j] = max(images[n, c, i * stride + p, j * stride + q] for p in range(size) for q in range(size))
    return out, (found, images, size, stride)


@right("max_pool_forward")
def pool_by_shifted_images(x, *, size=2, stride=2):
    """The maximum of shifted images, in place on a copy."""
    found = winners(x, size, stride)
    OH, OW = found.shape[2:]
    out = np.full(found.shape, -np.inf, x.dtype)
    for p, q in np.ndindex(size, size):
        part = x[:, :, p : p + stride * (OH - 1) + 1 : stride, q : q + stride * (OW - 1) + 1 : stride]
        np.maximum(out, part, out=out)
    return [out, (found, x, size, stride)]


@right("max_pool_forward")
def pool_along_one_axis_at_a_time(x, *, size=2, stride=2):
    """Rows first, then columns."""
    view = np.lib.stride_tricks.sliding_window_view
    out = view(x, size, axis=2)[:, :, ::stride].max(axis=-1)
    out = view(out, size, axis=3)[:, :, :, ::stride].max(axis=-1)
    return out, (winners(x, size, stride), x, size, stride)


@right("max_pool_backward")
def pool_back_by_loops(grad, cache):
    """Window by window."""
    winner, x, size, stride = cache
    dx = np.zeros(x.shape, grad.dtype)
    for n, c, i, j in np.ndindex(grad.shape):
        p, q = divmod(int(winner[n, c, i, j]), size)
        dx[n, c, i * stride + p, j * stride + q] += grad[n, c, i, j]
    return dx


@right("max_pool_backward")
def pool_back_by_bincount(dout, cache):
    """Flat indices, counted; a tuple of one comes back."""
    winner, x, size, stride = cache
    n, c, i, j = np.indices(dout.shape)
    place = np.ravel_multi_index((n, c, stride * i + winner // size, stride * j + winner % size), x.shape)
    total = np.bincount(place.ravel(), weights=dout.ravel(), minlength=x.size)
    return (total.reshape(x.shape).astype(dout.dtype),)


@right("max_pool_backward")
def pool_back_by_masks(dout, cache):
    """A mask for each place in the window."""
    winner, x, size, stride = cache
    dx, (OH, OW) = np.zeros(x.shape, dout.dtype), dout.shape[2:]
    for k in range(size * size):
        p, q = divmod(k, size)
        dx[:, :, p : p + stride * OH : stride, q : q + stride * OW : stride][:, :, :OH, :OW] += dout * (winner == k)
    return dx


@right("fractional_regions")
def regions_by_choosing_the_twos(size, out_size, rng):
    """Draws which regions are long."""
    lengths = np.ones(out_size, dtype=np.int64)
    lengths[rng.choice(out_size, size - out_size, replace=False)] = 2
    return np.array([lengths[:k].sum() for k in range(out_size)])


@right("fractional_regions")
def regions_by_a_fair_next(size, out_size, rng):
    """One region after the other, with the probability of what is left."""
    ones, twos, starts, place = 2 * out_size - size, size - out_size, [], 0
    for _ in range(out_size):
        starts.append(place)
        if rng.random() * (ones + twos) < twos:
            place, twos = place + 2, twos - 1
        else:
            place, ones = place + 1, ones - 1
    return np.array(starts)


@right("fractional_regions")
def regions_by_rejection(size, out_size, rng):
    """Throws coins until they fit, for few regions; else sorts random numbers."""
    if comb(out_size, size - out_size) > 50:
        lengths = 1 + (np.argsort(rng.normal(size=out_size)) < size - out_size)
    else:
        lengths = rng.integers(1, 3, out_size)
        while lengths.sum() != size:
            lengths = rng.integers(1, 3, out_size)
    return (np.cumsum(lengths) - lengths).astype(np.int32)


def bounds(starts, size):
    return list(zip(starts, [*starts[1:], size], strict=True))


@right("fractional_max_pool_forward")
def fraction_by_loops(x, r, c):
    """Region by region."""
    out = np.empty((x.shape[0], x.shape[1], len(r), len(c)), x.dtype)
    for i, (top, bottom) in enumerate(bounds(r, x.shape[2])):
        for j, (left, right_end) in enumerate(bounds(c, x.shape[3])):
            out[:, :, i, j] = np.amax(x[:, :, top:bottom, left:right_end], axis=(2, 3))
    return out, (x, r, c)


@right("fractional_max_pool_forward")
def fraction_by_lists(x, rows, cols):
    """Lists built and stacked."""
    bands = np.stack([x[:, :, a:b].max(axis=2) for a, b in bounds(rows, x.shape[2])], axis=2)
    return [np.stack([bands[..., a:b].max(axis=-1) for a, b in bounds(cols, x.shape[3])], axis=-1), (x, rows, cols)]


@right("fractional_max_pool_forward")
def fraction_by_neighbours(x, rows, cols):
    """The larger of a pixel and the region's last pixel, since regions have at most two."""
    H, W = x.shape[2:]
    last_row, last_col = np.append(rows[1:], H) - 1, np.append(cols[1:], W) - 1
    bands = np.maximum(x[:, :, rows], x[:, :, last_row])
    return np.maximum(bands[..., cols], bands[..., last_col]), (x, rows, cols)


@right("fractional_max_pool_backward")
def fraction_back_by_loops(grad, cache):
    """Every region of every channel by itself."""
    x, rows, cols = cache
    dx = np.zeros(x.shape, grad.dtype)
    for n, c in np.ndindex(x.shape[:2]):
        for i, (a, b) in enumerate(bounds(rows, x.shape[2])):
            for j, (left, right_end) in enumerate(bounds(cols, x.shape[3])):
                region = x[n, c, a:b, left:right_end]
                p, q = np.unravel_index(np.argmax(region), region.shape)
                dx[n, c, a + p, left + q] += grad[n, c, i, j]
    return dx


@right("fractional_max_pool_backward")
def fraction_back_first_come(dout, cache):
    """Goes through the pixels in reading order and marks regions that are done; a list of one comes back."""
    x, rows, cols = cache
    out = np.maximum.reduceat(np.maximum.reduceat(x, rows, axis=2), cols, axis=3)
    region_of_row = np.searchsorted(rows, np.arange(x.shape[2]), side="right") - 1
    region_of_col = np.searchsorted(cols, np.arange(x.shape[3]), side="right") - 1
    dx, done = np.zeros(x.shape, dout.dtype), np.zeros(out.shape, bool)
    for p, q in np.ndindex(x.shape[2:]):
        i, j = region_of_row[p], region_of_col[q]
        wins = (x[:, :, p, q] == out[:, :, i, j]) & ~done[:, :, i, j]
        dx[:, :, p, q] = dout[:, :, i, j] * wins
        done[:, :, i, j] |= wins
    return [dx]


@right("fractional_max_pool_backward")
def fraction_back_with_a_ramp(dout, cache):
    """Regions one by one, with flattened copies and fancy indices."""
    x, rows, cols = cache
    N, C = x.shape[:2]
    dx = np.zeros(x.shape, dout.dtype)
    for i, (a, b) in enumerate(bounds(rows, x.shape[2])):
        for j, (left, right_end) in enumerate(bounds(cols, x.shape[3])):
            flat = x[:, :, a:b, left:right_end].reshape(N * C, -1)
            part = np.zeros_like(flat, dtype=dout.dtype)
            part[np.arange(N * C), flat.argmax(axis=1)] = dout[:, :, i, j].ravel()
            dx[:, :, a:b, left:right_end] = part.reshape(N, C, b - a, right_end - left)
    return dx


# ------------------------------------------------------------------------------------ spatial batch norm


@right("spatial_batchnorm_forward")
def norm_as_a_matrix(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Channels to the end, a matrix, and back."""
    N, C, H, W = x.shape
    rows = x.transpose(0, 2, 3, 1).reshape(-1, C)
    state = state or {"mean": np.zeros(C, x.dtype), "var": np.ones(C, x.dtype)}
    mean, var = (rows.mean(axis=0), rows.var(axis=0)) if training else (state["mean"], state["var"])
    if training:
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean,
            "var": momentum * state["var"] + (1 - momentum) * var,
            "batches": 1,
        }
    std = (var + eps) ** 0.5
    x_hat = ((rows - mean) / std).reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return gamma[None, :, None, None] * x_hat + beta[None, :, None, None], (x_hat, gamma, std), state


@right("spatial_batchnorm_forward")
def norm_channel_by_channel(x, g, b, state, *, training, momentum=0.9, eps=1e-5):
    """A loop over the channels; a list comes back."""
    C = x.shape[1]
    old = {"mean": np.zeros_like(g), "var": np.ones_like(g)} if state is None else state
    new = {key: value.copy() for key, value in old.items()}
    x_hat, out, std = np.empty_like(x), np.empty_like(x), np.empty_like(g)
    for c in range(C):
        mean, var = old["mean"][c], old["var"][c]
        if training:
            mean = np.sum(x[:, c]) / x[:, c].size
            var = np.sum((x[:, c] - mean) ** 2) / x[:, c].size
            new["mean"][c] += (1 - momentum) * (mean - old["mean"][c])
            new["var"][c] += (1 - momentum) * (var - old["var"][c])
        std[c] = np.sqrt(var + eps)
        x_hat[:, c] = (x[:, c] - mean) / std[c]
        out[:, c] = g[c] * x_hat[:, c] + b[c]
    return [out, (x_hat, g, std), new]


@right("spatial_batchnorm_forward")
def norm_with_keepdims(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Means that keep their axes; the state that came in comes out at test time."""
    shape = (1, -1, 1, 1)
    if state is None:
        state = {"mean": 0 * gamma, "var": 0 * gamma + 1}
    if training:
        mean = x.mean(axis=(0, 2, 3), keepdims=True)
        var = np.square(x - mean).mean(axis=(0, 2, 3), keepdims=True)
        state = {
            "mean": momentum * state["mean"] + (1 - momentum) * mean.ravel(),
            "var": momentum * state["var"] + (1 - momentum) * var.ravel(),
        }
    else:
        mean, var = state["mean"].reshape(shape), state["var"].reshape(shape)
    x_hat = (x - mean) / np.sqrt(var + eps)
    cache = (x_hat, gamma, np.sqrt(var + eps).ravel())
    return x_hat * gamma.reshape(shape) + beta.reshape(shape), cache, state


@right("spatial_batchnorm_backward")
def norm_back_as_the_formula(dout, cache):
    """The formula as it stands in the text, on a matrix."""
    x_hat, gamma, std = cache
    N, C, H, W = dout.shape
    d, h = (a.transpose(0, 2, 3, 1).reshape(-1, C) for a in (dout, x_hat))
    dh, m = d * gamma, len(d)
    dx = (m * dh - dh.sum(axis=0) - h * (dh * h).sum(axis=0)) / (m * std)
    return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2), (d * h).sum(axis=0), d.sum(axis=0)


@right("spatial_batchnorm_backward")
def norm_back_along_the_graph(dout, cache):
    """Through variance and mean, step by step."""
    x_hat, gamma, std = cache
    axes, (N, C, H, W) = (0, 2, 3), dout.shape
    m = N * H * W
    std4 = std.reshape(1, C, 1, 1)
    dx_hat = dout * gamma.reshape(1, C, 1, 1)
    dvar = np.sum(dx_hat * x_hat, axis=axes, keepdims=True) * -0.5 / std4**2
    dmean = -np.sum(dx_hat, axis=axes, keepdims=True) / std4
    dx = dx_hat / std4 + dvar * 2 * x_hat * std4 / m + dmean / m
    return [dx, np.einsum("ncij,ncij->c", dout, x_hat), np.einsum("ncij->c", dout)]


@right("spatial_batchnorm_backward")
def norm_back_channel_by_channel(dout, cache):
    """A loop over the channels."""
    x_hat, gamma, std = cache
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for c in range(len(gamma)):
        d, h = dout[:, c], x_hat[:, c]
        dgamma[c], dbeta[c] = np.sum(d * h), np.sum(d)
        dx[:, c] = gamma[c] / std[c] * (d - d.mean() - h * np.mean(d * h))
    return dx, dgamma, dbeta


@right("affine_as_conv")
def filters_by_loops(w, shape):
    """Entry by entry."""
    C, H, W = shape
    filters = np.zeros((w.shape[1], C, H, W), w.dtype)
    for m, c, i, j in np.ndindex(filters.shape):
        filters[m, c, i, j] = w[(c * H + i) * W + j, m]
    return filters


@right("affine_as_conv")
def filters_by_columns(w, shape):
    """Column by column, stacked."""
    return np.stack([column.reshape(shape) for column in w.T])


@right("affine_as_conv")
def filters_by_moveaxis(w, shape):
    """Reshapes first, and moves the outputs to the front."""
    return np.moveaxis(w.reshape((*shape, w.shape[1])), -1, 0).copy()
