"""Mistakes that people really make in convolutions. Each docstring is the hint that names it.

A wrong forward keeps a right cache, so that it is named by its output alone, whatever the backward does.
"""

import numpy as np

from autograder.checking import wrong


def places(size, kernel, stride, pad):
    return (size - kernel + 2 * pad) // stride + 1


def padded(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def windows_of(x, kernel, stride, pad):
    """All windows, (N, OH, OW, C, KH, KW): the part that no one gets wrong here."""
    view = np.lib.stride_tricks.sliding_window_view(padded(x, pad), tuple(kernel), axis=(2, 3))
    return view[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)


def correlated(x, w, stride, pad):
    """The right output of a convolution without its bias."""
    return np.einsum("nijcpq,fcpq->nfij", windows_of(x, w.shape[2:], stride, pad), w)


def spread(windows, shape, stride, pad):
    """Windows (N, OH, OW, C, KH, KW) added back to images, with the padding."""
    (N, OH, OW, C, KH, KW), (_, _, H, W) = windows.shape, shape
    xp = np.zeros((N, C, H + 2 * pad, W + 2 * pad), windows.dtype)
    for p, q in np.ndindex(KH, KW):
        xp[:, :, p : p + stride * OH : stride, q : q + stride * OW : stride] += windows[..., p, q].transpose(0, 3, 1, 2)
    return xp


def cut(xp, pad):
    return xp[:, :, pad : xp.shape[2] - pad, pad : xp.shape[3] - pad]


def conv_gradients(dout, x, w, stride, pad):
    """The right dx with its padding, dw, db."""
    windows = windows_of(x, w.shape[2:], stride, pad)
    dxp = spread(np.einsum("nfij,fcpq->nijcpq", dout, w), x.shape, stride, pad)
    return dxp, np.einsum("nfij,nijcpq->fcpq", dout, windows), dout.sum(axis=(0, 2, 3))


# -------------------------------------------------------------------------------------- conv_output_size


def refuse(size, kernel, stride, pad):
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if kernel > size + 2 * pad:
        raise ValueError("kernel is larger than the padded image")


@wrong("conv_output_size")
def size_without_the_one(size, kernel, stride=1, pad=0):
    """You count the steps between the places. With n steps there are n + 1 places: the first one needs no step."""
    refuse(size, kernel, stride, pad)
    if (size - kernel + 2 * pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + 2 * pad) // stride


@wrong("conv_output_size")
def size_pads_once(size, kernel, stride=1, pad=0):
    """Your padding is there only once. It is put at both ends of the line."""
    refuse(size, kernel, stride, pad)
    if (size - kernel + pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + pad) // stride + 1


@wrong("conv_output_size")
def size_without_padding(size, kernel, stride=1, pad=0):
    """pad comes in and is never used. One set of lecture notes gives this formula, for images without padding."""
    refuse(size, kernel, stride, 0)
    if (size - kernel) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel) // stride + 1


@wrong("conv_output_size")
def size_returns_a_float(size, kernel, stride=1, pad=0):
    """The number is right, but it is a float, and a float cannot be the shape of an array. Which division gives an
    int?"""
    refuse(size, kernel, stride, pad)
    if (size - kernel + 2 * pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + 2 * pad) / stride + 1


@wrong("conv_output_size")
def size_rounds_down(size, kernel, stride=1, pad=0):
    """You round down where the stride leaves pixels over, as many libraries do in silence. Here that is an error."""
    refuse(size, kernel, stride, pad)
    return (size - kernel + 2 * pad) // stride + 1


@wrong("conv_output_size")
def size_takes_any_kernel(size, kernel, stride=1, pad=0):
    """A kernel larger than the padded image goes through, and the number of places is 0 or less. It deserves an
    error of its own, which names kernel."""
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if (size - kernel + 2 * pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + 2 * pad) // stride + 1


@wrong("conv_output_size")
def size_forgets_the_padding_in_the_check(size, kernel, stride=1, pad=0):
    """You refuse kernels that are larger than the image. They only have to fit into the PADDED image."""
    if stride < 1:
        raise ValueError("stride must be at least 1")
    if kernel > size:
        raise ValueError("kernel is larger than the image")
    if (size - kernel + 2 * pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + 2 * pad) // stride + 1


@wrong("conv_output_size")
def size_takes_any_stride(size, kernel, stride=1, pad=0):
    """A stride of 0 or below is not refused: it divides by zero, or walks backwards. Look at it before you divide."""
    if kernel > size + 2 * pad:
        raise ValueError("kernel is larger than the padded image")
    if (size - kernel + 2 * pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + 2 * pad) // stride + 1


@wrong("conv_output_size")
def size_divides_the_whole(size, kernel, stride=1, pad=0):
    """The 1 is inside your fraction: it is added after the division, since the first place needs no step."""
    refuse(size, kernel, stride, pad)
    if (size - kernel + 2 * pad) % stride:
        raise ValueError("stride does not tile")
    return (size - kernel + 2 * pad + 1) // stride


# --------------------------------------------------------------------------------------- conv_parameters


@wrong("conv_parameters")
def parameters_without_biases(in_channels, kernel, filters):
    """You count the weights only: 750 in the lecture's example. Each filter adds one more number to its dot product."""
    return in_channels * kernel * kernel * filters


@wrong("conv_parameters")
def parameters_with_one_bias(in_channels, kernel, filters):
    """There is one bias in your layer. Each filter has its own."""
    return in_channels * kernel * kernel * filters + 1


@wrong("conv_parameters")
def parameters_of_flat_filters(in_channels, kernel, filters):
    """Your filters see one channel. A filter spans all channels of its input."""
    return (kernel * kernel + 1) * filters


@wrong("conv_parameters")
def parameters_with_a_bias_a_channel(in_channels, kernel, filters):
    """You give each filter a bias for each channel. The channels are summed into one number, which gets one bias."""
    return (kernel * kernel + 1) * in_channels * filters


@wrong("conv_parameters")
def parameters_of_a_line(in_channels, kernel, filters):
    """Your window is a line of pixels. It is a square: as many rows as columns."""
    return (kernel * in_channels + 1) * filters


# --------------------------------------------------------------------------------------- receptive_field


@wrong("receptive_field")
def field_without_strides(layers):
    """Your strides have no effect. Behind a stride of 2, two neighbouring units are two pixels apart."""
    return 1 + sum(kernel - 1 for kernel, _ in layers)


@wrong("receptive_field")
def field_with_its_own_stride(layers):
    """You count a layer's own stride into its step. Only EARLIER strides stretch a window; its own moves it."""
    field, step = 1, 1
    for kernel, stride in layers:
        step *= stride
        field += (kernel - 1) * step
    return field


@wrong("receptive_field")
def field_adds_kernels(layers):
    """You add whole kernels. Neighbouring windows overlap: each layer adds one less than its kernel."""
    field, step = 1, 1
    for kernel, stride in layers:
        field += kernel * step
        step *= stride
    return field


@wrong("receptive_field")
def field_from_the_end(layers):
    """You collect the strides from the last layer on. The ones that stretch a window are those before it, towards the
    input."""
    field, step = 1, 1
    for kernel, stride in reversed(layers):
        field += (kernel - 1) * step
        step *= stride
    return field


@wrong("receptive_field")
def field_multiplies_kernels(layers):
    """You multiply the kernels. Two 3x3 layers see 5 pixels, not 9."""
    return int(np.prod([kernel for kernel, _ in layers])) if layers else 1


@wrong("receptive_field")
def field_starts_at_0(layers):
    """You start at 0. Before the first layer a unit is a pixel, and sees 1."""
    field, step = 0, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field


@wrong("receptive_field")
def field_uses_the_last_stride_only(layers):
    """Only the stride of the layer just before counts in yours. The steps of all earlier layers multiply."""
    field, before = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * before
        before = stride
    return field


@wrong("receptive_field")
def field_adds_strides(layers):
    """You add the strides up. After a stride of 2 and one of 3, neighbouring units are 6 pixels apart, not 5."""
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step += stride
    return field


@wrong("receptive_field")
def field_uses_its_own_stride_only(layers):
    """You stretch each kernel by its own stride, and by no other. A layer's own stride moves its window; the earlier
    ones stretch it."""
    return 1 + sum((kernel - 1) * stride for kernel, stride in layers)


# ------------------------------------------------------------------------------------------ conv_forward


@wrong("conv_forward")
def conv_flips(x, w, b, *, stride=1, pad=0):
    """Your filter is flipped: upside down and left to right. That is the convolution of mathematics; ours multiplies
    the entries as they lie."""
    out = correlated(x, w[:, :, ::-1, ::-1], stride, pad) + b[:, None, None]
    return out, (x, w, stride, pad)


@wrong("conv_forward")
def conv_without_bias(x, w, b, *, stride=1, pad=0):
    """The bias is missing. It is added once to every output of its filter."""
    return correlated(x, w, stride, pad), (x, w, stride, pad)


@wrong("conv_forward")
def conv_bias_in_each_channel(x, w, b, *, stride=1, pad=0):
    """You add the bias once for each channel. It belongs after the sum over the channels."""
    return correlated(x, w, stride, pad) + x.shape[1] * b[:, None, None], (x, w, stride, pad)


@wrong("conv_forward")
def conv_windows_side_by_side(x, w, b, *, stride=1, pad=0):
    """Output (i, j) looks at the window at (i, j). With a stride, the window has moved by i strides."""
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    out = np.zeros((N, F, places(H, HH, stride, pad), places(W, WW, stride, pad)), x.dtype)
    for n, f, i, j in np.ndindex(out.shape):
        out[n, f, i, j] = np.sum(padded(x, pad)[n, :, i : i + HH, j : j + WW] * w[f]) + b[f]
    return out, (x, w, stride, pad)


@wrong("conv_forward")
def conv_pads_at_the_end(x, w, b, *, stride=1, pad=0):
    """All your zeros are below and to the right. Half of them belong above and to the left."""
    xp = np.pad(x, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))
    return correlated(xp, w, stride, 0) + b[:, None, None], (x, w, stride, pad)


@wrong("conv_forward")
def conv_repeats_the_border(x, w, b, *, stride=1, pad=0):
    """Your padding repeats the pixels at the border. It should be zeros."""
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    return correlated(xp, w, stride, 0) + b[:, None, None], (x, w, stride, pad)


@wrong("conv_forward")
def conv_first_channel_only(x, w, b, *, stride=1, pad=0):
    """Only the first channel counts in yours. A filter has weights for every channel, and sums over all of them."""
    return correlated(x[:, :1], w[:, :1], stride, pad) + b[:, None, None], (x, w, stride, pad)


@wrong("conv_forward")
def conv_takes_the_mean(x, w, b, *, stride=1, pad=0):
    """You average the products of a window. A filter adds them up."""
    return correlated(x, w, stride, pad) / w[0].size + b[:, None, None], (x, w, stride, pad)


@wrong("conv_forward")
def conv_transposes_the_filter(x, w, b, *, stride=1, pad=0):
    """Rows and columns of your filters are exchanged. Height comes before width, in images and in filters."""
    (N, _, H, W), (F, _, HH, WW) = x.shape, w.shape
    out = np.zeros((N, F, places(H, HH, stride, pad), places(W, WW, stride, pad)), x.dtype)
    for n, f, i, j in np.ndindex(out.shape):
        window = padded(x, pad)[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
        out[n, f, i, j] = np.sum(window.transpose(0, 2, 1) * w[f]) + b[f]
    return out, (x, w, stride, pad)


@wrong("conv_forward")
def conv_returns_float64(x, w, b, *, stride=1, pad=0):
    """The numbers are right, but for float32 images you return float64. np.zeros without a dtype makes float64."""
    out = correlated(x, w, stride, pad) + b[:, None, None]
    return out.astype(float), (x, w, stride, pad)


@wrong("conv_forward")
def conv_adds_the_bias_to_the_images(x, w, b, *, stride=1, pad=0):
    """Your numbers are right, but an argument of yours has changed: `+=` on an array that came in, or on a second name
    for it, writes into it."""
    out = correlated(x, w, stride, pad) + b[:, None, None]
    cache = (x.copy(), w, stride, pad)
    x += 1
    return out, cache


# ----------------------------------------------------------------------------------------- conv_backward


@wrong("conv_backward")
def conv_assigns_dx(dout, cache):
    """You assign to dx where windows overlap, so the last window wins. A pixel collects from all the windows that it
    lies in, and from all filters."""
    x, w, stride, pad = cache
    _, dw, db = conv_gradients(dout, x, w, stride, pad)
    dxp = np.zeros_like(padded(x, pad))
    for n, f, i, j in np.ndindex(dout.shape):
        rows, cols = i * stride, j * stride
        dxp[n, :, rows : rows + w.shape[2], cols : cols + w.shape[3]] = dout[n, f, i, j] * w[f]
    return cut(dxp, pad), dw, db


@wrong("conv_backward")
def conv_keeps_the_padding(dout, cache):
    """Your dx is as large as the padded image. Cut the frame off again: nobody asked for the gradient of the zeros."""
    x, w, stride, pad = cache
    return conv_gradients(dout, x, w, stride, pad)


@wrong("conv_backward")
def conv_averages_dw(dout, cache):
    """You divide the weights' gradient by the number of images. The mean is in the loss already, so dout carries it."""
    x, w, stride, pad = cache
    dxp, dw, db = conv_gradients(dout, x, w, stride, pad)
    return cut(dxp, pad), dw / len(x), db / len(x)


@wrong("conv_backward")
def conv_bias_by_image(dout, cache):
    """Your bias collects over the images only. It was added at every place of the map too."""
    x, w, stride, pad = cache
    dxp, dw, _ = conv_gradients(dout, x, w, stride, pad)
    return cut(dxp, pad), dw, dout.sum(axis=0)


@wrong("conv_backward")
def conv_back_without_stride(dout, cache):
    """On the way back you put window (i, j) at pixel (i, j). The stride counts here as it did in the forward."""
    x, w, _, pad = cache
    xp = padded(x, pad)
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n, f, i, j in np.ndindex(dout.shape):
        window = (n, slice(None), slice(i, i + w.shape[2]), slice(j, j + w.shape[3]))
        dxp[window] += dout[n, f, i, j] * w[f]
        dw[f] += dout[n, f, i, j] * xp[window]
    return cut(dxp, pad), dw, dout.sum(axis=(0, 2, 3))


@wrong("conv_backward")
def conv_back_flips(dout, cache):
    """You flip the filter on the way back. When dx is written as a convolution of dout, a flip is right; when each
    window gets dout times the filter, it is not."""
    x, w, stride, pad = cache
    _, dw, db = conv_gradients(dout, x, w, stride, pad)
    return cut(conv_gradients(dout, x, w[:, :, ::-1, ::-1], stride, pad)[0], pad), dw, db


@wrong("conv_backward")
def conv_dw_of_the_last_image(dout, cache):
    """The weights' gradient is that of the last image alone. All images use the same filters, so add up over them."""
    x, w, stride, pad = cache
    dxp, _, db = conv_gradients(dout, x, w, stride, pad)
    return cut(dxp, pad), conv_gradients(dout[-1:], x[-1:], w, stride, pad)[1], db


@wrong("conv_backward")
def conv_gradients_in_another_order(dout, cache):
    """Your gradients come in another order. It is that of the forward's arguments: x, w, b."""
    x, w, stride, pad = cache
    dxp, dw, db = conv_gradients(dout, x, w, stride, pad)
    return dw, db, cut(dxp, pad)


@wrong("conv_backward")
def conv_gradients_in_float64(dout, cache):
    """Your gradients are right, but they are float64 where everything that came in is float32. np.zeros needs to be
    told the dtype."""
    x, w, stride, pad = cache
    dxp, dw, db = conv_gradients(dout, x, w, stride, pad)
    return cut(dxp, pad).astype(float), dw.astype(float), db


@wrong("conv_backward")
def conv_dx_of_the_first_filter(dout, cache):
    """Your dx comes from one filter only. Each filter looked at the pixel, so all of them send something back."""
    x, w, stride, pad = cache
    _, dw, db = conv_gradients(dout, x, w, stride, pad)
    return cut(conv_gradients(dout[:, :1], x, w[:1], stride, pad)[0], pad), dw, db


@wrong("conv_backward")
def conv_cuts_up_to_minus_pad(dout, cache):
    """Where pad is 0, your dx is empty: a slice that ends at -pad then ends at 0. Count the end from the front."""
    x, w, stride, pad = cache
    dxp, dw, db = conv_gradients(dout, x, w, stride, pad)
    return dxp[:, :, pad:-pad, pad:-pad], dw, db


# ------------------------------------------------------------------------------------------------ im2col


def rows_of(windows, order=(0, 1, 2, 3, 4, 5)):
    w = windows.transpose(order)
    return w.reshape(np.prod(w.shape[:3]), -1)


@wrong("im2col")
def im2col_channels_last(x, kernel, stride, pad):
    """In your rows the channels of a pixel stand together. The channel comes first, then the row and the column in the
    window: as in w.reshape(F, -1)."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), stride, pad), (0, 1, 2, 4, 5, 3))


@wrong("im2col")
def im2col_images_last(x, kernel, stride, pad):
    """The windows of your images are mixed: all images at place (0, 0) first. Asked for is all places of the first
    image, then the next one's."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), stride, pad), (1, 2, 0, 3, 4, 5))


@wrong("im2col")
def im2col_only_reshapes(x, kernel, stride, pad):
    """The shape of your matrix is right, but its rows are not windows. You reshape an array whose first axes are image,
    channel and pixel of the window; a reshape moves no axes. The places have to come before the channel."""
    windows = windows_of(x, np.broadcast_to(kernel, 2), stride, pad)
    return windows.transpose(0, 3, 4, 5, 1, 2).reshape(np.prod(windows.shape[:3]), -1)


@wrong("im2col")
def im2col_only_reshapes_a_view(x, kernel, stride, pad):
    """The shape of your matrix is right, but its rows are not windows. Your axes are image, channel, places, window;
    a reshape moves none of them. The places have to come before the channel."""
    windows = windows_of(x, np.broadcast_to(kernel, 2), stride, pad)
    return windows.transpose(0, 3, 1, 2, 4, 5).reshape(np.prod(windows.shape[:3]), -1)


@wrong("im2col")
def im2col_transposed(x, kernel, stride, pad):
    """Your windows are columns, as the name says. In our matrix each window is a ROW."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), stride, pad)).T


@wrong("im2col")
def im2col_swaps_the_pair(x, kernel, stride, pad):
    """You take the pair as (width, height). Height comes first everywhere."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2)[::-1], stride, pad))


@wrong("im2col")
def im2col_repeats_the_border(x, kernel, stride, pad):
    """Your padding repeats the pixels at the border. It should be zeros."""
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    return rows_of(windows_of(xp, np.broadcast_to(kernel, 2), stride, 0))


@wrong("im2col")
def im2col_without_stride(x, kernel, stride, pad):
    """You take a window at every pixel. The stride says how far the next one is."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), 1, pad))


@wrong("im2col")
def im2col_places_by_column(x, kernel, stride, pad):
    """Your windows go down first, then to the right. Read them as a text: the places of a row, then the next row."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), stride, pad), (0, 2, 1, 3, 4, 5))


@wrong("im2col")
def im2col_window_by_column(x, kernel, stride, pad):
    """Inside a window you go down first, then to the right. Row by row, as reshape does it."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), stride, pad), (0, 1, 2, 3, 5, 4))


@wrong("im2col")
def im2col_ints_only(x, kernel, stride, pad):
    """A pair as kernel is not understood. The window may have a height and a width of its own."""
    return rows_of(windows_of(x, (int(kernel), int(kernel)), stride, pad))


@wrong("im2col")
def im2col_float64(x, kernel, stride, pad):
    """The entries are right, but float32 images become float64. np.zeros without a dtype makes float64."""
    return rows_of(windows_of(x, np.broadcast_to(kernel, 2), stride, pad)).astype(float)


# ------------------------------------------------------------------------------------------------ col2im


def unrowed(cols, shape, kernel, stride, pad):
    """cols as windows (N, OH, OW, C, KH, KW)."""
    (N, C, H, W), (KH, KW) = shape, np.broadcast_to(kernel, 2)
    return cols.reshape(N, places(H, KH, stride, pad), places(W, KW, stride, pad), C, KH, KW)


@wrong("col2im")
def col2im_assigns(cols, shape, kernel, stride, pad):
    """Where windows overlap, your last one wins. A pixel was copied into several rows, so all of them count."""
    windows = unrowed(cols, shape, kernel, stride, pad)
    _, OH, OW, _, KH, KW = windows.shape
    xp = np.zeros((*shape[:2], shape[2] + 2 * pad, shape[3] + 2 * pad), cols.dtype)
    for p, q in np.ndindex(KH, KW):
        xp[:, :, p : p + stride * OH : stride, q : q + stride * OW : stride] = windows[..., p, q].transpose(0, 3, 1, 2)
    return cut(xp, pad)


@wrong("col2im")
def col2im_assigns_window_by_window(cols, shape, kernel, stride, pad):
    """You assign each window to its place, so where windows overlap the last one wins. A pixel was copied into several
    rows, so all of them count."""
    windows = unrowed(cols, shape, kernel, stride, pad)
    _, OH, OW, _, KH, KW = windows.shape
    xp = np.zeros((*shape[:2], shape[2] + 2 * pad, shape[3] + 2 * pad), cols.dtype)
    for i, j in np.ndindex(OH, OW):
        xp[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW] = windows[:, i, j]
    return cut(xp, pad)


@wrong("col2im")
def col2im_averages(cols, shape, kernel, stride, pad):
    """You divide by the number of windows that a pixel lies in. That would be an inverse of im2col; asked for is its
    adjoint, a plain sum."""
    windows = unrowed(cols, shape, kernel, stride, pad)
    total = cut(spread(windows, shape, stride, pad), pad)
    return total / np.maximum(1, cut(spread(np.ones_like(windows), shape, stride, pad), pad))


@wrong("col2im")
def col2im_keeps_the_padding(cols, shape, kernel, stride, pad):
    """You return the padded images. What fell on the frame is left out: cut it off."""
    return spread(unrowed(cols, shape, kernel, stride, pad), shape, stride, pad)


@wrong("col2im")
def col2im_channels_last(cols, shape, kernel, stride, pad):
    """You read a row as if the channels of a pixel stood together. In im2col the channel comes first."""
    (N, C, H, W), (KH, KW) = shape, np.broadcast_to(kernel, 2)
    windows = cols.reshape(N, places(H, KH, stride, pad), places(W, KW, stride, pad), KH, KW, C)
    return cut(spread(windows.transpose(0, 1, 2, 5, 3, 4), shape, stride, pad), pad)


@wrong("col2im")
def col2im_images_last(cols, shape, kernel, stride, pad):
    """You read the rows as if the images at one place stood together. All places of the first image come first."""
    (N, C, H, W), (KH, KW) = shape, np.broadcast_to(kernel, 2)
    windows = cols.reshape(places(H, KH, stride, pad), places(W, KW, stride, pad), N, C, KH, KW)
    return cut(spread(windows.transpose(2, 0, 1, 3, 4, 5), shape, stride, pad), pad)


@wrong("col2im")
def col2im_places_by_column(cols, shape, kernel, stride, pad):
    """You read the rows as if the windows went down first, then to the right. im2col goes row by row."""
    (N, C, H, W), (KH, KW) = shape, np.broadcast_to(kernel, 2)
    windows = cols.reshape(N, places(W, KW, stride, pad), places(H, KH, stride, pad), C, KH, KW)
    return cut(spread(windows.swapaxes(1, 2), shape, stride, pad), pad)


@wrong("col2im")
def col2im_cuts_up_to_minus_pad(cols, shape, kernel, stride, pad):
    """Where pad is 0, nothing is left: a slice that ends at -pad then ends at 0. Count the end from the front."""
    return spread(unrowed(cols, shape, kernel, stride, pad), shape, stride, pad)[:, :, pad:-pad, pad:-pad]


@wrong("col2im")
def col2im_window_by_column(cols, shape, kernel, stride, pad):
    """Inside a window you go down first, then to the right. im2col goes row by row."""
    (N, C, H, W), (KH, KW) = shape, np.broadcast_to(kernel, 2)
    windows = cols.reshape(N, places(H, KH, stride, pad), places(W, KW, stride, pad), C, KW, KH)
    return cut(spread(windows.swapaxes(4, 5), shape, stride, pad), pad)


@wrong("col2im")
def col2im_ints_only(cols, shape, kernel, stride, pad):
    """A pair as kernel is not understood. The window may have a height and a width of its own."""
    return cut(spread(unrowed(cols, shape, int(kernel), stride, pad), shape, stride, pad), pad)


@wrong("col2im")
def col2im_float64(cols, shape, kernel, stride, pad):
    """The sums are right, but float32 becomes float64. np.zeros without a dtype makes float64."""
    return cut(spread(unrowed(cols, shape, kernel, stride, pad), shape, stride, pad), pad).astype(float)


# ------------------------------------------------------------------------------------- conv_forward_fast


@wrong("conv_forward_fast")
def fast_forgets_to_move_the_filters(x, w, b, *, stride=1, pad=0):
    """The shape of your result is right, its entries are in disorder. In cols @ W.T the filters are the LAST axis; a
    reshape to (N, F, OH, OW) does not move them, it only cuts the numbers anew."""
    windows = windows_of(x, w.shape[2:], stride, pad)
    N, OH, OW = windows.shape[:3]
    out = rows_of(windows) @ w.reshape(len(w), -1).T + b
    return out.reshape(N, len(w), OH, OW), (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_reshapes_the_filters(x, w, b, *, stride=1, pad=0):
    """Your filters are cut up by the reshape: w.reshape(-1, F) is not the transpose of w.reshape(F, -1)."""
    windows = windows_of(x, w.shape[2:], stride, pad)
    out = rows_of(windows) @ w.reshape(-1, len(w)) + b
    return out.reshape(*windows.shape[:3], -1).transpose(0, 3, 1, 2), (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_without_bias(x, w, b, *, stride=1, pad=0):
    """The bias is missing. It is added once to every output of its filter."""
    return correlated(x, w, stride, pad), (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_flips(x, w, b, *, stride=1, pad=0):
    """Your filters are flipped, upside down and left to right. Library routines named `convolve` and products of
    Fourier transforms do that."""
    return correlated(x, w[:, :, ::-1, ::-1], stride, pad) + b[:, None, None], (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_mixes_images_and_places(x, w, b, *, stride=1, pad=0):
    """Your outputs are right, but they stand at other places or images. Put the axes back in the order in which the
    rows of your matrix were laid out, and only then transpose."""
    windows = windows_of(x, w.shape[2:], stride, pad)
    N, OH, OW = windows.shape[:3]
    out = rows_of(windows) @ w.reshape(len(w), -1).T + b
    return out.reshape(OH, OW, N, -1).transpose(2, 3, 0, 1), (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_swaps_height_and_width(x, w, b, *, stride=1, pad=0):
    """Rows and columns of your output are exchanged. The rows of your matrix go over image, row, column; after the
    product the filter comes last. Which axes does your transpose exchange?"""
    out = correlated(x, w, stride, pad) + b[:, None, None]
    return out.swapaxes(2, 3), (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_channels_last(x, w, b, *, stride=1, pad=0):
    """The entries of your windows and of your filters do not meet. Both have to be flattened in the same order:
    channel, row, column."""
    windows = windows_of(x, w.shape[2:], stride, pad)
    out = rows_of(windows, (0, 1, 2, 4, 5, 3)) @ w.reshape(len(w), -1).T + b
    return out.reshape(*windows.shape[:3], -1).transpose(0, 3, 1, 2), (x, w, stride, pad)


@wrong("conv_forward_fast")
def fast_float64(x, w, b, *, stride=1, pad=0):
    """The numbers are right, but for float32 images you return float64. np.zeros without a dtype makes float64."""
    out = correlated(x, w, stride, pad) + b[:, None, None]
    return out.astype(float), (x, w, stride, pad)


# ------------------------------------------------------------------------------------ conv_backward_fast


def fast_gradients(dout, cache):
    x, w, stride, pad = cache
    dxp, dw, db = conv_gradients(dout, x, w, stride, pad)
    return cut(dxp, pad), dw, db


@wrong("conv_backward_fast")
def fast_back_forgets_to_move_the_filters(dout, cache):
    """Your gradients are in disorder. dout is (N, F, OH, OW): move the filters to the end first, then flatten. A
    reshape alone does not exchange axes."""
    x, w, stride, pad = cache
    windows = windows_of(x, w.shape[2:], stride, pad)
    d = dout.reshape(-1, len(w))
    dw = (d.T @ rows_of(windows)).reshape(w.shape)
    dcols = (d @ w.reshape(len(w), -1)).reshape(windows.shape)
    return cut(spread(dcols, x.shape, stride, pad), pad), dw, dout.sum(axis=(0, 2, 3))


@wrong("conv_backward_fast")
def fast_back_forgets_to_move_the_filters_in_db_too(dout, cache):
    """Your gradients are in disorder, db as well. dout is (N, F, OH, OW): move the filters to the end first, then
    flatten. A reshape alone does not exchange axes."""
    dx, dw, _ = fast_back_forgets_to_move_the_filters(dout, cache)
    return dx, dw, dout.reshape(-1, len(dw)).sum(axis=0)


@wrong("conv_backward_fast")
def fast_assigns_dx(dout, cache):
    """Where windows overlap, your last one wins. A pixel collects from every window that it lies in."""
    x, w, stride, pad = cache
    _, dw, db = fast_gradients(dout, cache)
    windows = np.einsum("nfij,fcpq->nijcpq", dout, w)
    dxp, (OH, OW) = np.zeros_like(padded(x, pad)), dout.shape[2:]
    for p, q in np.ndindex(w.shape[2:]):
        dxp[:, :, p : p + stride * OH : stride, q : q + stride * OW : stride] = windows[..., p, q].transpose(0, 3, 1, 2)
    return cut(dxp, pad), dw, db


@wrong("conv_backward_fast")
def fast_keeps_the_padding(dout, cache):
    """Your dx is as large as the padded image. Cut the frame off again."""
    return conv_gradients(dout, *cache)


@wrong("conv_backward_fast")
def fast_cuts_up_to_minus_pad(dout, cache):
    """Where pad is 0, your dx is empty: a slice that ends at -pad then ends at 0. Count the end from the front."""
    _, dw, db = fast_gradients(dout, cache)
    x, w, stride, pad = cache
    return conv_gradients(dout, x, w, stride, pad)[0][:, :, pad:-pad, pad:-pad], dw, db


@wrong("conv_backward_fast")
def fast_bias_by_image(dout, cache):
    """Your bias collects over the images only. It was added at every place of the map too."""
    dx, dw, _ = fast_gradients(dout, cache)
    return dx, dw, dout.sum(axis=0)


@wrong("conv_backward_fast")
def fast_averages(dout, cache):
    """You divide by the number of images. The mean is in the loss already, so dout carries it."""
    dx, dw, db = fast_gradients(dout, cache)
    return dx, dw / len(dx), db / len(dx)


@wrong("conv_backward_fast")
def fast_dw_stays_flat(dout, cache):
    """dw is still a matrix with a row for each filter. It should have the shape of w."""
    dx, dw, db = fast_gradients(dout, cache)
    return dx, dw.reshape(len(dw), -1), db


@wrong("conv_backward_fast")
def fast_writes_into_its_cache(dout, cache):
    """The first call is right, the second is not: you add into an array of the cache. Start each call with zeros of its
    own."""
    dx, dw, db = fast_gradients(dout, cache)
    cache[0][...] += 1
    return dx, dw, db


# -------------------------------------------------------------------------------------- max_pool_forward


def pool_windows(x, size, stride):
    """(N, C, OH, OW, size * size), each window in reading order."""
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    return view.reshape(*view.shape[:4], -1)


def pool_cache(x, size, stride):
    return pool_windows(x, size, stride).argmax(axis=-1), x, size, stride


@wrong("max_pool_forward")
def pool_takes_the_mean(x, *, size=2, stride=2):
    """This is average pooling. Keep the largest entry of each window."""
    return pool_windows(x, size, stride).mean(axis=-1), pool_cache(x, size, stride)


@wrong("max_pool_forward")
def pool_starts_at_0(x, *, size=2, stride=2):
    """A window of negative numbers gives 0 in yours. The largest of its entries is negative."""
    return np.maximum(pool_windows(x, size, stride).max(axis=-1), 0), pool_cache(x, size, stride)


@wrong("max_pool_forward")
def pool_by_absolute_value(x, *, size=2, stride=2):
    """You keep the entry that is farthest from 0. Asked for is the largest one, whatever its distance."""
    windows = pool_windows(x, size, stride)
    far = np.abs(windows).argmax(axis=-1)[..., None]
    return np.take_along_axis(windows, far, axis=-1)[..., 0], pool_cache(x, size, stride)


@wrong("max_pool_forward")
def pool_strides_by_size(x, *, size=2, stride=2):
    """Your windows always lie side by side. The stride says how far the next one is, and it may differ from the
    size."""
    return pool_windows(x, size, size).max(axis=-1), pool_cache(x, size, stride)


@wrong("max_pool_forward")
def pool_always_2(x, *, size=2, stride=2):
    """Your windows are 2x2 whatever is asked for. size and stride are arguments."""
    return pool_windows(x, 2, 2).max(axis=-1), pool_cache(x, size, stride)


@wrong("max_pool_forward")
def pool_over_channels(x, *, size=2, stride=2):
    """All channels get the same maximum in yours. Each channel is pooled by itself: a maximum over the window, not over
    the channels."""
    out = pool_windows(x, size, stride).max(axis=-1)
    return np.broadcast_to(out.max(axis=1, keepdims=True), out.shape).copy(), pool_cache(x, size, stride)


@wrong("max_pool_forward")
def pool_float64(x, *, size=2, stride=2):
    """The maxima are right, but float32 becomes float64. np.zeros without a dtype makes float64."""
    return pool_windows(x, size, stride).max(axis=-1).astype(float), pool_cache(x, size, stride)


# ------------------------------------------------------------------------------------- max_pool_backward


def pool_scatter(dout, winner, x, size, stride):
    dx = np.zeros(x.shape, dout.dtype)
    n, c, i, j = np.indices(dout.shape)
    np.add.at(dx, (n, c, stride * i + winner // size, stride * j + winner % size), dout)
    return dx


@wrong("max_pool_backward")
def pool_assigns(dout, cache):
    """Where windows overlap, a pixel may win several of them. It adds up what it gets; in yours the last one stays."""
    winner, x, size, stride = cache
    dx = np.zeros(x.shape, dout.dtype)
    n, c, i, j = np.indices(dout.shape)
    dx[n, c, stride * i + winner // size, stride * j + winner % size] = dout
    return dx


@wrong("max_pool_backward")
def pool_gives_all(dout, cache):
    """Every pixel of the window gets the whole gradient in yours. Moving a pixel that is not the largest changes
    nothing."""
    winner, x, size, stride = cache
    return sum(pool_scatter(dout, np.full_like(winner, k), x, size, stride) for k in range(size * size))


def among_the_largest(dout, cache, share):
    """share (N, C, OH, OW, size * size) of each window's gradient, added up."""
    winner, x, size, stride = cache
    dx = np.zeros_like(x)
    for k in range(size * size):
        dx += pool_scatter(dout * share[..., k], np.full_like(winner, k), x, size, stride)
    return dx


@wrong("max_pool_backward")
def pool_gives_all_ties(dout, cache):
    """At a tie all the largest entries get the whole gradient in yours. The first one takes it."""
    windows = pool_windows(cache[1], *cache[2:])
    return among_the_largest(dout, cache, windows == windows.max(axis=-1, keepdims=True))


@wrong("max_pool_backward")
def pool_shares_ties(dout, cache):
    """At a tie you share the gradient among the largest entries. The first one takes all of it."""
    windows = pool_windows(cache[1], *cache[2:])
    largest = windows == windows.max(axis=-1, keepdims=True)
    return among_the_largest(dout, cache, largest / largest.sum(axis=-1, keepdims=True, dtype=dout.dtype))


@wrong("max_pool_backward")
def pool_multiplies_by_the_value(dout, cache):
    """Your gradient is multiplied by the largest entry itself. Out changes as much as that entry does, so its factor
    is 1."""
    winner, x, size, stride = cache
    return pool_scatter(dout * pool_windows(x, size, stride).max(axis=-1), winner, x, size, stride)


@wrong("max_pool_backward")
def pool_shares(dout, cache):
    """You share the gradient among all pixels of the window. That is average pooling; here it goes to the largest."""
    winner, x, size, stride = cache
    return sum(pool_scatter(dout, np.full_like(winner, k), x, size, stride) for k in range(size * size)) / size**2


@wrong("max_pool_backward")
def pool_forgets_the_stride(dout, cache):
    """Your gradient goes to the right entry of the wrong window. Window (i, j) starts at pixel i times the STRIDE."""
    winner, x, size, _ = cache
    dx = np.zeros(x.shape, dout.dtype)
    n, c, i, j = np.indices(dout.shape)
    np.add.at(dx, (n, c, size * i + winner // size, size * j + winner % size), dout)
    return dx


@wrong("max_pool_backward")
def pool_turns_the_window(dout, cache):
    """Rows and columns of the winner are exchanged. A place k in a flattened window is in row k // size."""
    winner, x, size, stride = cache
    return pool_scatter(dout, winner % size * size + winner // size, x, size, stride)


@wrong("max_pool_backward")
def pool_upper_left(dout, cache):
    """Your gradient always goes to the upper left pixel of the window. It should go to the one that was the largest."""
    winner, x, size, stride = cache
    return pool_scatter(dout, np.zeros_like(winner), x, size, stride)


@wrong("max_pool_backward")
def pool_back_float64(dout, cache):
    """The gradient is right, but float32 becomes float64. np.zeros without a dtype makes float64."""
    return pool_scatter(dout, *cache).astype(float)


@wrong("max_pool_forward")
def pool_last_winner(x, *, size=2, stride=2):
    """At a tie your last maximum takes the gradient. We agreed on the first in reading order."""
    windows = pool_windows(x, size, stride)
    last = size * size - 1 - windows[..., ::-1].argmax(axis=-1)
    return windows.max(axis=-1), (last, x, size, stride)


@wrong("max_pool_forward")
def pool_first_winner_by_column(x, *, size=2, stride=2):
    """At a tie you take the first maximum by columns: left column first. Reading order takes the top row first."""
    windows = pool_windows(x, size, stride)
    turned = windows.reshape(*windows.shape[:4], size, size).swapaxes(4, 5).reshape(windows.shape).argmax(axis=-1)
    return windows.max(axis=-1), (turned % size * size + turned // size, x, size, stride)


# ------------------------------------------------------------------------------------ fractional_regions


@wrong("fractional_regions")
def regions_pseudorandom(size, out_size, rng):
    """Your arrangements are too even: 1s and 2s alternate as regularly as they can. These are Graham's 'pseudorandom'
    regions; here every arrangement must be possible."""
    alpha = size / out_size
    u = rng.uniform(0, 1)
    ends = np.ceil(alpha * (np.arange(out_size + 1) + u)).astype(int)
    lengths = np.clip(np.diff(ends), 1, 2)
    lengths[-1] += size - lengths.sum()
    if lengths[-1] not in (1, 2):
        lengths = np.repeat([1, 2], [2 * out_size - size, size - out_size])
    return np.concatenate([[0], np.cumsum(lengths)[:-1]])


@wrong("fractional_regions")
def regions_by_coins(size, out_size, rng):
    """You throw a coin for each region, so the last one ends where it likes. How many 1s and how many 2s there are is
    fixed by size and out_size; only their order is random."""
    lengths = rng.integers(1, 3, size=out_size)
    return np.concatenate([[0], np.cumsum(lengths)[:-1]])


@wrong("fractional_regions")
def regions_coins_until_one_is_used_up(size, out_size, rng):
    """Your arrangements are not equally likely. A fair coin as long as 1s and 2s are left favours those that use up one
    kind early; shuffle all lengths at once instead."""
    left = {1: 2 * out_size - size, 2: size - out_size}
    lengths = []
    for _ in range(out_size):
        choices = [k for k in (1, 2) if left[k]]
        lengths.append(int(rng.choice(choices)))
        left[lengths[-1]] -= 1
    return np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)


@wrong("fractional_regions")
def regions_any_places(size, out_size, rng):
    """Your starts are any places in order, so regions of 3 pixels and more come up. Draw the lengths, 1 or 2, and add
    them up."""
    rest = np.sort(rng.choice(np.arange(1, size), size=out_size - 1, replace=False))
    return np.concatenate([[0], rest]).astype(int)


@wrong("fractional_regions")
def regions_lengths(size, out_size, rng):
    """You return the lengths of the regions. Asked for is where each one starts."""
    return rng.permutation(np.repeat([1, 2], [2 * out_size - size, size - out_size]))


@wrong("fractional_regions")
def regions_ends(size, out_size, rng):
    """You return where the regions end. The first one starts at 0, and each other where the one before it ends."""
    return np.cumsum(rng.permutation(np.repeat([1, 2], [2 * out_size - size, size - out_size])))


@wrong("fractional_regions")
def regions_with_the_end(size, out_size, rng):
    """You return one entry too many: the end of the last region. It needs no mention, since it is the border."""
    lengths = rng.permutation(np.repeat([1, 2], [2 * out_size - size, size - out_size]))
    return np.concatenate([[0], np.cumsum(lengths)])


@wrong("fractional_regions")
def regions_not_shuffled(size, out_size, rng):
    """Your regions come in the same order every time. Draw it from rng."""
    lengths = np.repeat([1, 2], [2 * out_size - size, size - out_size])
    return np.concatenate([[0], np.cumsum(lengths)[:-1]])


@wrong("fractional_regions")
def regions_swapped(size, out_size, rng):
    """You have as many 1s as there should be 2s, and the other way round. Each region beyond one pixel each takes one
    pixel more: what does that say about size - out_size?"""
    lengths = rng.permutation(np.repeat([2, 1], [2 * out_size - size, size - out_size]))
    return np.concatenate([[0], np.cumsum(lengths)[:-1]])


@wrong("fractional_regions")
def regions_rotated(size, out_size, rng):
    """You draw where one fixed order begins. That reaches only a few of the arrangements; shuffle instead."""
    lengths = np.repeat([1, 2], [2 * out_size - size, size - out_size])
    return np.concatenate([[0], np.cumsum(np.roll(lengths, rng.integers(out_size)))[:-1]])


# --------------------------------------------------------------------------- fractional_max_pool_forward


def region_maxima(x, rows, cols, tops, lefts):
    """Maxima over regions from rows up to tops, cols up to lefts."""
    out = np.zeros((*x.shape[:2], len(rows), len(cols)), x.dtype)
    for i, j in np.ndindex(len(rows), len(cols)):
        out[:, :, i, j] = x[:, :, rows[i] : tops[i], cols[j] : lefts[j]].max(axis=(2, 3))
    return out


def ends_of(starts, size):
    return np.append(starts[1:], size)


@wrong("fractional_max_pool_forward")
def fraction_overlaps(x, rows, cols):
    """Your regions share a row or column of pixels with the next one. That is Graham's overlapping form; here a region
    ends BEFORE the next one starts."""
    H, W = x.shape[2:]
    return region_maxima(x, rows, cols, ends_of(rows, H) + 1, ends_of(cols, W) + 1), (x, rows, cols)


@wrong("fractional_max_pool_forward")
def fraction_always_2(x, rows, cols):
    """Your regions are always 2x2. Some are only one pixel high or wide: they end where the next one starts."""
    return region_maxima(x, rows, cols, rows + 2, cols + 2), (x, rows, cols)


@wrong("fractional_max_pool_forward")
def fraction_last_region_of_one_pixel(x, rows, cols):
    """The last region of yours has one pixel only. It goes up to the border."""
    tops, lefts = np.append(rows[1:], rows[-1] + 1), np.append(cols[1:], cols[-1] + 1)
    return region_maxima(x, rows, cols, tops, lefts), (x, rows, cols)


@wrong("fractional_max_pool_forward")
def fraction_takes_the_first(x, rows, cols):
    """You keep the first pixel of each region. Keep the largest."""
    return x[:, :, rows][:, :, :, cols], (x, rows, cols)


@wrong("fractional_max_pool_forward")
def fraction_takes_the_mean(x, rows, cols):
    """You average over each region. Keep the largest."""
    H, W = x.shape[2:]
    out, tops, lefts = np.zeros((*x.shape[:2], len(rows), len(cols)), x.dtype), ends_of(rows, H), ends_of(cols, W)
    for i, j in np.ndindex(len(rows), len(cols)):
        out[:, :, i, j] = x[:, :, rows[i] : tops[i], cols[j] : lefts[j]].mean(axis=(2, 3))
    return out, (x, rows, cols)


@wrong("fractional_max_pool_forward")
def fraction_starts_at_0(x, rows, cols):
    """A region of negative numbers gives 0 in yours. The largest of its entries is negative."""
    out = region_maxima(x, rows, cols, ends_of(rows, x.shape[2]), ends_of(cols, x.shape[3]))
    return np.maximum(out, 0), (x, rows, cols)


@wrong("fractional_max_pool_forward")
def fraction_swaps_the_axes(x, rows, cols):
    """You cut the width at rows and the height at cols. rows belongs to the height, the third axis."""
    out = np.maximum.reduceat(np.maximum.reduceat(x, cols, axis=2), rows, axis=3)
    return out, (x, rows, cols)


# -------------------------------------------------------------------------- fractional_max_pool_backward


def region_gradient(dout, cache, give):
    """dx, filled region by region with give(region (N, C, h, w), dout of it (N, C, 1, 1))."""
    x, rows, cols = cache
    dx, tops, lefts = np.zeros(x.shape, dout.dtype), ends_of(rows, x.shape[2]), ends_of(cols, x.shape[3])
    for i, j in np.ndindex(dout.shape[2:]):
        place = (slice(None), slice(None), slice(rows[i], tops[i]), slice(cols[j], lefts[j]))
        dx[place] = give(x[place], dout[:, :, i, j][:, :, None, None])
    return dx


def one_hot(region, k):
    """1 at the place k (N, C) of the flattened regions, 0 elsewhere."""
    flat = np.arange(region.shape[2] * region.shape[3]) == k[..., None]
    return flat.reshape(region.shape)


@wrong("fractional_max_pool_backward")
def fraction_gives_all_ties(dout, cache):
    """At a tie all the largest entries get the whole gradient in yours. The first one takes it."""
    return region_gradient(dout, cache, lambda r, d: d * (r == r.max(axis=(2, 3), keepdims=True)))


@wrong("fractional_max_pool_backward")
def fraction_shares_ties(dout, cache):
    """At a tie you share the gradient among the largest entries. The first one takes all of it."""

    def give(r, d):
        largest = r == r.max(axis=(2, 3), keepdims=True)
        return d * largest / largest.sum(axis=(2, 3), keepdims=True)

    return region_gradient(dout, cache, give)


@wrong("fractional_max_pool_backward")
def fraction_last_tie(dout, cache):
    """At a tie your last maximum takes the gradient. We agreed on the first in reading order."""

    def give(r, d):
        flat = r.reshape(*r.shape[:2], -1)
        return d * one_hot(r, flat.shape[-1] - 1 - flat[..., ::-1].argmax(axis=-1))

    return region_gradient(dout, cache, give)


@wrong("fractional_max_pool_backward")
def fraction_first_tie_by_column(dout, cache):
    """At a tie you take the first maximum by columns. Reading order takes the top row first."""

    def give(r, d):
        turned = r.swapaxes(2, 3)
        k = turned.reshape(*r.shape[:2], -1).argmax(axis=-1)
        return d * one_hot(turned, k).swapaxes(2, 3)

    return region_gradient(dout, cache, give)


@wrong("fractional_max_pool_backward")
def fraction_gives_the_region(dout, cache):
    """Every pixel of a region gets the gradient in yours. Moving one that is not the largest changes nothing."""
    return region_gradient(dout, cache, lambda r, d: np.broadcast_to(d, r.shape))


@wrong("fractional_max_pool_backward")
def fraction_gives_the_first(dout, cache):
    """Your gradient goes to the first pixel of the region. It belongs to the largest."""
    return region_gradient(dout, cache, lambda r, d: d * one_hot(r, np.zeros(r.shape[:2], int)))


@wrong("fractional_max_pool_backward")
def fraction_back_float64(dout, cache):
    """The gradient is right, but float32 becomes float64. np.zeros without a dtype makes float64."""
    right = region_gradient(dout, cache, lambda r, d: d * one_hot(r, r.reshape(*r.shape[:2], -1).argmax(axis=-1)))
    return right.astype(float)


# ---------------------------------------------------------------------------- spatial_batchnorm_forward


def wide(v):
    return v[:, None, None]


def norm_forward(x, gamma, beta, state, training, momentum, eps, *, axes=(0, 2, 3), ddof=0, inside=True, **ways):
    """Spatial batch norm with one thing changed; the cache is right.

    ways: start, share, old, unbiased, test: what a caller of this changes about the running averages.
    """
    C = x.shape[1]
    old = state or ways.get("start", {"mean": np.zeros_like(gamma), "var": np.ones_like(gamma)})
    right_mean, right_var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
    mean, var = x.mean(axis=axes), x.var(axis=axes, ddof=ddof)
    new_state = {"mean": old["mean"].copy(), "var": old["var"].copy()}
    use_batch = training or ways.get("test") == "batch"
    if training or ways.get("test") == "moves":
        a, c = (1 - momentum, momentum) if ways.get("share") == "swapped" else (momentum, 1 - momentum)
        seen = {"mean": right_mean, "var": ways.get("seen_var", right_var)}
        new_state = {key: a * old[key] + c * seen[key] for key in seen}
    if ways.get("training") == "averages":
        use_batch, old = False, new_state
    if not use_batch:
        mean, var = old["mean"], old["var"]
    if mean.shape == (C,):
        mean, var = wide(mean), wide(var)
    std = np.sqrt(var + eps) if inside else np.sqrt(var) + eps
    out = wide(gamma) * ((x - mean) / std) + wide(beta)
    right_std = np.sqrt((right_var if training else old["var"]) + eps)
    right_mean = right_mean if training else old["mean"]
    return out, ((x - wide(right_mean)) / wide(right_std), gamma, right_std), new_state


@wrong("spatial_batchnorm_forward")
def norm_by_element(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You normalise every pixel by itself, over the images only. A popular book does so. But all places of a map come
    from one filter: they share one mean and one variance."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, axes=0)


@wrong("spatial_batchnorm_forward")
def norm_by_image(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You normalise each channel of each image by itself. That is instance norm; batch norm also averages over the
    images."""
    C = x.shape[1]
    out, cache, new_state = norm_forward(x, gamma, beta, state, training, momentum, eps)
    if training:
        mean, var = x.mean(axis=(2, 3), keepdims=True), x.var(axis=(2, 3), keepdims=True)
        out = gamma.reshape(1, C, 1, 1) * (x - mean) / np.sqrt(var + eps) + beta.reshape(1, C, 1, 1)
    return out, cache, new_state


@wrong("spatial_batchnorm_forward")
def norm_over_everything(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """One mean and one variance serve all your channels. Each channel has its own."""
    out, cache, new_state = norm_forward(x, gamma, beta, state, training, momentum, eps)
    if training:
        out = wide(gamma) * (x - x.mean()) / np.sqrt(x.var() + eps) + wide(beta)
    return out, cache, new_state


@wrong("spatial_batchnorm_forward")
def norm_unbiased(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You divide the variance by one less than the number of entries. Here the biased one is asked for: divide by
    N * H * W."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, ddof=1)


@wrong("spatial_batchnorm_forward")
def norm_remembers_an_unbiased_variance(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your running variance takes in the unbiased one, divided by one less than the number of entries, as PyTorch's
    does. Here the average is of the biased one, by which x was divided."""
    m = x[:, 0].size
    seen = x.var(axis=(0, 2, 3)) * m / max(m - 1, 1)
    return norm_forward(x, gamma, beta, state, training, momentum, eps, seen_var=seen)


@wrong("spatial_batchnorm_forward")
def norm_reshapes_without_moving(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """You reshape x to C columns without moving the channels to the end first. A reshape cuts the numbers anew; your
    columns are mixed from all channels."""
    flat = x.reshape(-1, x.shape[1])
    old = state or {"mean": np.zeros_like(gamma), "var": np.ones_like(gamma)}
    mean, var = (flat.mean(axis=0), flat.var(axis=0)) if training else (old["mean"], old["var"])
    out = (gamma * (flat - mean) / np.sqrt(var + eps) + beta).reshape(x.shape)
    new = {"mean": momentum * old["mean"] + (1 - momentum) * mean, "var": momentum * old["var"] + (1 - momentum) * var}
    cache = norm_forward(x, gamma, beta, state, training, momentum, eps)[1]
    return out, cache, new if training else old


@wrong("spatial_batchnorm_forward")
def norm_eps_outside(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your eps is added to the root. Here it is added to the variance, inside the root."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, inside=False)


@wrong("spatial_batchnorm_forward")
def norm_swaps_momentum(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your averages move by 0.9 of the way to the new batch. Here momentum is the share of the OLD average (some
    libraries mean the new one)."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, share="swapped")


@wrong("spatial_batchnorm_forward")
def norm_starts_with_the_batch(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your averages begin at the first batch. They begin at mean 0 and variance 1, and then move."""
    start = {"mean": x.mean(axis=(0, 2, 3)), "var": x.var(axis=(0, 2, 3))}
    if not training:
        start = {"mean": np.zeros_like(gamma), "var": np.ones_like(gamma)}
    return norm_forward(x, gamma, beta, state, training, momentum, eps, start=start)


@wrong("spatial_batchnorm_forward")
def norm_starts_at_variance_0(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your running variance begins at 0. It begins at 1: before anything was seen, x is left nearly as it is."""
    start = {"mean": np.zeros_like(gamma), "var": np.zeros_like(gamma)}
    return norm_forward(x, gamma, beta, state, training, momentum, eps, start=start)


@wrong("spatial_batchnorm_forward")
def norm_tests_with_the_batch(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """At test time you still use the batch's own mean and variance. Then an answer depends on what else is in the
    batch; use the averages in state."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, test="batch")


@wrong("spatial_batchnorm_forward")
def norm_learns_at_test_time(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """Your averages move at test time too. They come back as they were: nothing is learned from test data."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, test="moves")


@wrong("spatial_batchnorm_forward")
def norm_trains_with_the_averages(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    """In training you normalise with the running averages. A batch is normalised by its own statistics; the averages
    are for test time."""
    return norm_forward(x, gamma, beta, state, training, momentum, eps, training="averages")


# --------------------------------------------------------------------------- spatial_batchnorm_backward


@wrong("spatial_batchnorm_backward")
def norm_back_statistics_are_constants(dout, cache):
    """Your dx treats the mean and the variance as constants. Both depend on every pixel of the channel."""
    x_hat, gamma, std = cache
    return dout * wide(gamma / std), np.sum(dout * x_hat, axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@wrong("spatial_batchnorm_backward")
def norm_back_constant_variance(dout, cache):
    """Your dx lets the mean move, but holds the variance fixed. It too depends on x."""
    x_hat, gamma, std = cache
    centred = dout - dout.mean(axis=(0, 2, 3), keepdims=True)
    return wide(gamma / std) * centred, np.sum(dout * x_hat, axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@wrong("spatial_batchnorm_backward")
def norm_back_over_images_only(dout, cache):
    """Your sums in dx run over the images only. A channel's mean and variance were taken over height and width as
    well."""
    x_hat, gamma, std = cache
    dx = dout - dout.mean(axis=0) - x_hat * (dout * x_hat).mean(axis=0)
    return wide(gamma / std) * dx, np.sum(dout * x_hat, axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@wrong("spatial_batchnorm_backward")
def norm_back_m_is_n(dout, cache):
    """Your m is the number of images. A channel holds N * H * W numbers."""
    x_hat, gamma, std = cache
    dgamma, dbeta = np.sum(dout * x_hat, axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))
    m = len(dout)
    return wide(gamma / std) * (dout - wide(dbeta / m) - x_hat * wide(dgamma / m)), dgamma, dbeta


@wrong("spatial_batchnorm_backward")
def norm_back_forgets_gamma(dout, cache):
    """gamma is missing in your dx. On the way from out to x_hat it multiplies the gradient."""
    x_hat, _, std = cache
    axes = (0, 2, 3)
    dx = dout - dout.mean(axis=axes, keepdims=True) - x_hat * (dout * x_hat).mean(axis=axes, keepdims=True)
    return dx / wide(std), np.sum(dout * x_hat, axis=axes), dout.sum(axis=axes)


@wrong("spatial_batchnorm_backward")
def norm_back_means(dout, cache):
    """Your dgamma and dbeta are means. They are sums: each place of each image adds to them."""
    x_hat, gamma, std = cache
    axes = (0, 2, 3)
    dx = dout - dout.mean(axis=axes, keepdims=True) - x_hat * (dout * x_hat).mean(axis=axes, keepdims=True)
    return wide(gamma / std) * dx, np.mean(dout * x_hat, axis=axes), dout.mean(axis=axes)


@wrong("spatial_batchnorm_backward")
def norm_back_by_element(dout, cache):
    """Your dgamma and dbeta have an entry for every pixel. gamma and beta have one for each channel, so sum over height
    and width too."""
    x_hat, gamma, std = cache
    axes = (0, 2, 3)
    dx = dout - dout.mean(axis=axes, keepdims=True) - x_hat * (dout * x_hat).mean(axis=axes, keepdims=True)
    return wide(gamma / std) * dx, np.sum(dout * x_hat, axis=0), dout.sum(axis=0)


# ---------------------------------------------------------------------------------------- affine_as_conv


@wrong("affine_as_conv")
def filters_reshaped(w, shape):
    """Each of your filters is mixed from many columns. Column m of w belongs to output m; a reshape of w cuts along its
    rows."""
    return w.reshape(-1, *shape)


@wrong("affine_as_conv")
def filters_last(w, shape):
    """The outputs are the last axis of your filters. The number of the filter comes first: (M, C, H, W)."""
    return w.reshape(*shape, -1)


@wrong("affine_as_conv")
def filters_channels_last(w, shape):
    """You unpack a column as (H, W, C). It was flattened in the order channel, row, column."""
    C, H, W = shape
    return w.T.reshape(-1, H, W, C).transpose(0, 3, 1, 2)


@wrong("affine_as_conv")
def filters_flipped(w, shape):
    """Your filters are flipped. Our convolution does not flip, so nothing has to be flipped back."""
    return w.T.reshape(-1, *shape)[:, :, ::-1, ::-1]


@wrong("affine_as_conv")
def filters_turned(w, shape):
    """Rows and columns of your filters are exchanged. A column of w was flattened row by row."""
    C, H, W = shape
    return w.T.reshape(-1, C, W, H).swapaxes(2, 3)


@wrong("affine_as_conv")
def filters_float64(w, shape):
    """The filters are right, but float32 becomes float64. np.zeros without a dtype makes float64."""
    filters = np.zeros((w.shape[1], *shape))
    filters[:] = w.T.reshape(-1, *shape)
    return filters
