"""The reference solutions against functions that nobody here wrote, and pairs whose caches look like no other."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from conftest import ROOT
from scipy.stats import chisquare

from autograder.checking.engine import evaluate
from autograder.checking.prepared import add_mistakes, prepare
from autograder.checking.result import Outcome
from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "08_convolution" / "key")
REFERENCE = KEY.reference
CONVOLUTIONS = [  # x, w, stride, pad
    ((2, 3, 6, 7), (4, 3, 3, 3), 1, 1),
    ((3, 2, 7, 5), (3, 2, 3, 1), 2, 0),
    ((2, 1, 5, 8), (2, 1, 3, 2), 2, 1),
    ((1, 2, 4, 4), (2, 2, 4, 4), 1, 0),
    ((10, 2, 3, 3), (1, 2, 2, 2), 1, 2),
]


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed")


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


# ------------------------------------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(("x", "w", "stride", "pad"), CONVOLUTIONS)
def test_sizes_and_parameters_agree_with_pytorch(torch, x, w, stride, pad):
    layer = torch.nn.Conv2d(w[1], w[0], w[2:], stride=stride, padding=pad)
    out = layer(torch.zeros(x))
    assert out.shape[2:] == tuple(
        REFERENCE["conv_output_size"](n, k, stride, pad) for n, k in zip(x[2:], w[2:], strict=True)
    )
    if w[2] == w[3]:
        assert sum(p.numel() for p in layer.parameters()) == REFERENCE["conv_parameters"](w[1], w[2], w[0])


@pytest.mark.parametrize("layers", [[(3, 1)] * 3, [(3, 1), (2, 2), (3, 1)], [(5, 2), (1, 3), (4, 1)], [(2, 2)] * 4])
def test_the_receptive_field_is_where_pytorch_s_gradient_arrives(torch, layers):
    net = torch.nn.Sequential(*[torch.nn.Conv1d(1, 1, k, stride=s, bias=False) for k, s in layers])
    for layer in net:
        torch.nn.init.ones_(layer.weight)
    x = torch.zeros(1, 1, 200, requires_grad=True)
    out = net(x)
    out[0, 0, out.shape[2] // 3].backward()
    assert int(torch.count_nonzero(x.grad)) <= REFERENCE["receptive_field"](layers)
    seen = torch.nonzero(x.grad[0, 0])
    assert int(seen.max() - seen.min()) + 1 == REFERENCE["receptive_field"](layers)


# ------------------------------------------------------------------------------------------- convolution


@pytest.mark.parametrize("pair", ["conv_forward conv_backward", "conv_forward_fast conv_backward_fast"])
@pytest.mark.parametrize(("x", "w", "stride", "pad"), CONVOLUTIONS)
def test_convolution_agrees_with_pytorch(torch, pair, x, w, stride, pad):
    forward, backward = (REFERENCE[name] for name in pair.split())
    x, w, b = draw(x, w, (w[0],))
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    expected = torch.nn.functional.conv2d(*tensors, stride=stride, padding=pad)
    out, cache = forward(x, w, b, stride=stride, pad=pad)
    np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    (dout,) = draw(out.shape, seed=1)
    expected.backward(torch.tensor(dout))
    for ours, theirs in zip(backward(dout, cache), tensors, strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_one_filter_agrees_with_scipy():
    x, w = draw((1, 1, 9, 8), (1, 1, 3, 4))
    ours = REFERENCE["conv_forward"](x, w, np.zeros(1))[0][0, 0]
    np.testing.assert_allclose(ours, scipy.signal.correlate2d(x[0, 0], w[0, 0], "valid"), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("x", "w", "stride", "pad"), CONVOLUTIONS)
def test_im2col_and_col2im_agree_with_pytorch_s_unfold_and_fold(torch, x, w, stride, pad):
    (images,), kernel = draw(x), w[2:]
    cols = REFERENCE["im2col"](images, kernel, stride, pad)
    unfolded = torch.nn.functional.unfold(torch.tensor(images), kernel, padding=pad, stride=stride)
    np.testing.assert_array_equal(cols, unfolded.transpose(1, 2).reshape(cols.shape).numpy())
    (c,) = draw(cols.shape, seed=2)
    back = torch.tensor(c).reshape(x[0], -1, cols.shape[1]).transpose(1, 2)
    folded = torch.nn.functional.fold(back, x[2:], kernel, padding=pad, stride=stride).numpy()
    ours = REFERENCE["col2im"](c, x, kernel, stride, pad)
    np.testing.assert_allclose(ours, folded, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(np.sum(cols * c), np.sum(images * ours), rtol=1e-10)


def test_the_fast_pair_keeps_float32_and_its_arguments():
    x, w, b = (a.astype(np.float32) for a in draw((9, 2, 5, 5), (3, 2, 3, 3), (3,)))
    kept = x.copy()
    out, cache = REFERENCE["conv_forward_fast"](x, w, b, pad=1)
    gradients = REFERENCE["conv_backward_fast"](np.ones_like(out), cache)
    assert {a.dtype for a in (out, *gradients)} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(x, kept)


def test_an_affine_layer_is_a_convolution_in_pytorch_too(torch):
    w, x, b = draw((24, 5), (3, 2, 3, 4), (5,))
    filters = REFERENCE["affine_as_conv"](w, (2, 3, 4))
    theirs = torch.nn.functional.conv2d(*(torch.tensor(a) for a in (x, filters, b)))[:, :, 0, 0]
    linear = torch.nn.functional.linear(torch.tensor(x).flatten(1), torch.tensor(w.T.copy()), torch.tensor(b))
    np.testing.assert_allclose(theirs.numpy(), linear.numpy(), rtol=1e-11)


# ----------------------------------------------------------------------------------------------- pooling


@pytest.mark.parametrize(
    ("shape", "size", "stride"), [((2, 3, 4, 6), 2, 2), ((1, 2, 7, 5), 3, 2), ((2, 1, 4, 4), 2, 1)]
)
@pytest.mark.parametrize("ties", [False, True])
def test_max_pooling_agrees_with_pytorch_at_ties_too(torch, shape, size, stride, ties):
    rng = np.random.default_rng(3)
    x = rng.integers(0, 2, size=shape).astype(float) if ties else rng.normal(size=shape)
    t = torch.tensor(x, requires_grad=True)
    expected = torch.nn.functional.max_pool2d(t, size, stride)
    out, cache = REFERENCE["max_pool_forward"](x, size=size, stride=stride)
    np.testing.assert_array_equal(out, expected.detach().numpy())
    dout = rng.normal(size=out.shape)
    expected.backward(torch.tensor(dout))
    np.testing.assert_allclose(REFERENCE["max_pool_backward"](dout, cache), t.grad.numpy(), rtol=1e-12)


def test_the_maxima_of_regions_agree_with_scipy():
    rng = np.random.default_rng(4)
    (x,) = draw((1, 1, 9, 7))
    rows, cols = REFERENCE["fractional_regions"](9, 6, rng), REFERENCE["fractional_regions"](7, 5, rng)
    labels = np.zeros((9, 7), int)
    for i, j in np.ndindex(6, 5):
        labels[rows[i] :, cols[j] :] = i * 5 + j
    ours, cache = REFERENCE["fractional_max_pool_forward"](x, rows, cols)
    theirs = scipy.ndimage.maximum(x[0, 0], labels, index=np.arange(30)).reshape(6, 5)
    np.testing.assert_array_equal(ours[0, 0], theirs)
    dx = REFERENCE["fractional_max_pool_backward"](np.ones((1, 1, 6, 5)), cache)
    assert {tuple(map(int, p)) for p in scipy.ndimage.maximum_position(x[0, 0], labels, np.arange(30))} == {
        tuple(map(int, p)) for p in np.argwhere(dx[0, 0])
    }


def test_every_arrangement_of_regions_is_equally_likely_to_a_chi_square_test():
    rng = np.random.default_rng(5)
    draws = [tuple(REFERENCE["fractional_regions"](8, 5, rng)) for _ in range(5000)]
    counts = np.unique(draws, axis=0, return_counts=True)[1]
    assert len(counts) == 10
    assert chisquare(counts).pvalue > 1e-4


# ------------------------------------------------------------------------------------ spatial batch norm


def test_spatial_batch_norm_agrees_with_pytorch(torch):
    x, gamma, beta, dout = draw((4, 3, 2, 5), (3,), (3,), (4, 3, 2, 5), seed=6)
    layer = torch.nn.BatchNorm2d(3, eps=1e-3, momentum=0.25, dtype=torch.float64)
    layer.weight.data, layer.bias.data = torch.tensor(gamma), torch.tensor(beta)
    t = torch.tensor(x, requires_grad=True)
    expected = layer(t)
    out, cache, state = REFERENCE["spatial_batchnorm_forward"](
        x, gamma, beta, None, training=True, momentum=0.75, eps=1e-3
    )
    np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(state["mean"], layer.running_mean.numpy(), rtol=1e-12)
    m = x.size / 3  # PyTorch's running variance is the unbiased one
    np.testing.assert_allclose((state["var"] - 0.75) * m / (m - 1) + 0.75, layer.running_var.numpy(), rtol=1e-12)
    expected.backward(torch.tensor(dout))
    theirs = (t.grad, layer.weight.grad, layer.bias.grad)
    for a, c in zip(REFERENCE["spatial_batchnorm_backward"](dout, cache), theirs, strict=True):
        np.testing.assert_allclose(a, c.numpy(), rtol=1e-9, atol=1e-12)
    layer.eval()
    averages = {"mean": layer.running_mean.numpy(), "var": layer.running_var.numpy()}
    tested = REFERENCE["spatial_batchnorm_forward"](x, gamma, beta, averages, training=False, eps=1e-3)[0]
    np.testing.assert_allclose(tested, layer(t).detach().numpy(), rtol=1e-10, atol=1e-12)


# ------------------------------------------------------------------------- pairs with caches of their own


def conv_forward(x, w, b, *, stride=1, pad=0):
    return REFERENCE["conv_forward_fast"](x, w, b, stride=stride, pad=pad)


def conv_backward(dout, cache):
    return REFERENCE["conv_backward_fast"](dout, cache)


def conv_forward_fast(x, w, b, *, stride=1, pad=0):
    cols = REFERENCE["im2col"](x, w.shape[2:], stride, pad)
    OH, OW = (REFERENCE["conv_output_size"](n, k, stride, pad) for n, k in zip(x.shape[2:], w.shape[2:], strict=True))
    out = cols @ w.reshape(len(w), -1).T + b
    cache = {"cols": cols, "w": w, "shape": x.shape, "how": (stride, pad)}
    return out.reshape(len(x), OH, OW, len(w)).transpose(0, 3, 1, 2), cache


def conv_backward_fast(dout, cache):
    w = cache["w"]
    d = dout.transpose(0, 2, 3, 1).reshape(-1, len(w))
    dx = REFERENCE["col2im"](d @ w.reshape(len(w), -1), cache["shape"], w.shape[2:], *cache["how"])
    return dx, (d.T @ cache["cols"]).reshape(w.shape), d.sum(axis=0)


def max_pool_forward(x, *, size=2, stride=2):
    out = REFERENCE["max_pool_forward"](x, size=size, stride=stride)[0]
    return out, [x, out, size, stride]


def max_pool_backward(dout, cache):
    x, out, size, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        p, q = np.argwhere(window == out[n, c, i, j])[0]
        dx[n, c, i * stride + p, j * stride + q] += dout[n, c, i, j]
    return dx


def spatial_batchnorm_forward(x, gamma, beta, state, *, training, momentum=0.9, eps=1e-5):
    out, _, new = REFERENCE["spatial_batchnorm_forward"](
        x, gamma, beta, state, training=training, momentum=momentum, eps=eps
    )
    return out, {"x": x, "gamma": gamma, "eps": eps}, {**new, "seen": len(x)}


def spatial_batchnorm_backward(dout, cache):
    x, gamma = cache["x"], cache["gamma"].reshape(1, -1, 1, 1)
    axes = {"axis": (0, 2, 3), "keepdims": True}
    centred = x - x.mean(**axes)
    scale = 1 / np.sqrt((centred**2).mean(**axes) + cache["eps"])
    h = centred * scale
    dx = gamma * scale * (dout - dout.mean(**axes) - h * (dout * h).mean(**axes))
    return dx, (dout * h).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


@pytest.mark.parametrize("name", ["conv", "conv_fast", "max_pool", "spatial_batchnorm"])
def test_a_pair_may_keep_in_its_cache_what_it_likes(name):
    exercise = KEY.exercises[name]
    result = evaluate(prepare(exercise, REFERENCE, seed=9), {f: globals()[f] for f in exercise.functions})
    assert result.outcome is Outcome.PASSED, result


def test_a_filter_flipped_in_both_functions_is_named():
    flips = {
        "conv_forward": lambda x, w, b, **more: REFERENCE["conv_forward"](x, w[:, :, ::-1, ::-1], b, **more),
        "conv_backward": lambda dout, cache: [
            g[:, :, ::-1, ::-1] if k == 1 else g for k, g in enumerate(REFERENCE["conv_backward"](dout, cache))
        ],
    }
    exercise = KEY.exercises["conv"]
    prepared = add_mistakes(prepare(exercise, REFERENCE, seed=10), REFERENCE, KEY.wrong_for(exercise))
    assert any("flipped" in hint for hint in evaluate(prepared, flips).hints)
