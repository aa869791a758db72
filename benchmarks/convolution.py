"""How fast the course's convolution is, beside PyTorch on one thread and beside the loops; one run, interleaved.

    python benchmarks/convolution.py [--json FILE] [--free] [--rounds N]

Every time is the least of many short runs, in seconds of this thread's CPU: what the machine does beside it does not
count. PyTorch is held to the instruction set of NumPy's OpenBLAS, so that the same units of the processor are compared
(OPENBLAS_CORETYPE=Haswell, which some machines set, leaves OpenBLAS without AVX-512); --free lets PyTorch take all.

Measured on a busy AMD EPYC (Zen 5), three runs, times PyTorch's time: with AVX2 1.25 to 1.28 for the first shape, 0.68
for 3 channels at 32x32, 1.6 for 5x5, 1.45 for stride 2; with AVX-512 on both sides 1.7, 0.8, 2.2 and 1.6. Of the first
shape's time two thirds are the three matrix products, one in sixteen of their columns is thrown away, and the largest
rest is the adding of columns on the way back. Slower were, with AVX2: a product for each row of the kernel (1.40), dx
as a convolution of dout (1.8), the way back by kernel rows (1.31), fresh arrays for each block (1.33).
"""

from __future__ import annotations

import os

os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

WITHOUT_AVX512 = ("haswell", "zen", "excavator")
TARGET_TORCH, TARGET_LOOPS = 1.3, 20  # times PyTorch's time, at most; times faster than the loops, at least
SHAPES = [  # N, C, F, side, kernel, stride, pad
    (64, 16, 32, 16, 3, 1, 1),
    (64, 3, 32, 32, 3, 1, 1),
    (64, 16, 32, 16, 5, 1, 2),
    (64, 16, 32, 17, 3, 2, 1),
]


def hold_pytorch_to_the_instructions_of_openblas() -> str:
    """Set the environment before PyTorch is imported; what was chosen, in words."""
    core = os.environ.get("OPENBLAS_CORETYPE", "").lower()
    if core in WITHOUT_AVX512:
        os.environ.update(ONEDNN_MAX_CPU_ISA="AVX2", ATEN_CPU_CAPABILITY="avx2")
        return f"both with AVX2: OPENBLAS_CORETYPE={core}"
    return "each with the instructions that it finds"


def draw(N, C, F, side, kernel, stride, pad):
    """x, w, b, dout of a layer, float32."""
    rng = np.random.default_rng(0)
    out = (side - kernel + 2 * pad) // stride + 1
    shapes = (N, C, side, side), (F, C, kernel, kernel), (F,), (N, F, out, out)
    return [rng.standard_normal(shape).astype(np.float32) for shape in shapes]


def numpy_run(forward, backward, arrays, **how):
    """A function that runs the pair once: (seconds forward, seconds backward)."""
    x, w, b, dout = arrays

    def run():
        began = time.thread_time()
        _, cache = forward(x, w, b, **how)
        middle = time.thread_time()
        backward(dout, cache)
        return middle - began, time.thread_time() - middle

    return run


def torch_run(torch, arrays, stride, pad):
    """The same for PyTorch."""
    x, w, b = (torch.tensor(a, requires_grad=True) for a in arrays[:3])
    dout = torch.tensor(arrays[3])

    def run():
        began = time.thread_time()
        out = torch.nn.functional.conv2d(x, w, b, stride=stride, padding=pad)
        middle = time.thread_time()
        torch.autograd.grad(out, (x, w, b), dout)
        return middle - began, time.thread_time() - middle

    return run


def least(runs: dict, rounds: int) -> dict:
    """name -> [least seconds forward, backward], the runs taken in turn."""
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(run())
    return {name: np.min(seconds, axis=0).tolist() for name, seconds in times.items()}


def measure(torch, reference: dict, rounds: int) -> list[dict]:
    """A row for each shape."""
    fast = reference["conv_forward_fast"], reference["conv_backward_fast"]
    rows = []
    for shape in SHAPES:
        arrays, (N, C, _, side, kernel, stride, pad) = draw(*shape), shape
        runs = {
            "torch": torch_run(torch, arrays, stride, pad),
            "fast": numpy_run(*fast, arrays, stride=stride, pad=pad),
        }
        seconds = least(runs, rounds)
        out = arrays[3].shape[2]
        line = out * max(out, -(-(side + pad) // stride))  # what the reference copies for a pixel of the windows
        rows.append(
            {
                "shape": dict(zip(("N", "C", "F", "side", "kernel", "stride", "pad"), shape, strict=True)),
                "seconds": seconds,
                "ratio": sum(seconds["fast"]) / sum(seconds["torch"]),
                "input bytes": arrays[0].nbytes,
                "all columns bytes": 4 * N * out * out * C * kernel * kernel,
                "held at a time bytes": 4 * min(8, N) * line * (C * kernel * kernel + 1),
            }
        )
    return rows


def against_loops(reference: dict) -> float:
    """How many times faster than the loops at N=64, C=16, 16x16, whose time is that of 2 images times 32."""
    arrays = draw(*SHAPES[0])
    few = [arrays[0][:2], *arrays[1:3], arrays[3][:2]]
    loops = numpy_run(reference["conv_forward"], reference["conv_backward"], few, pad=1)
    fast = numpy_run(reference["conv_forward_fast"], reference["conv_backward_fast"], arrays, pad=1)
    slow = min(sum(loops()) for _ in range(3))
    return 32 * slow / min(sum(fast()) for _ in range(20))


def table(rows: list[dict], faster: float, units: str) -> Table:
    result = Table("N, C, F, side, kernel, stride", "NumPy, ms", "PyTorch, ms", "ratio", "columns held, MB", "target")
    result.title = f"Convolution, float32, one thread, forward + backward ({units})"
    for i, row in enumerate(rows):
        ours, theirs = (" + ".join(f"{1000 * s:.1f}" for s in row["seconds"][name]) for name in ("fast", "torch"))
        held = f"{row['held at a time bytes'] / 1e6:.1f} of {row['all columns bytes'] / 1e6:.1f}"
        verdict = "met" if row["ratio"] <= TARGET_TORCH else f"missed: {TARGET_TORCH}"
        name = ", ".join(str(v) for v in list(row["shape"].values())[:-1])
        result.add_row(name, ours, theirs, f"{row['ratio']:.2f}", held, verdict if i == 0 else "")
    verdict = "met" if faster > TARGET_LOOPS else f"missed: {TARGET_LOOPS}"
    result.add_row("the first, against the loops", "", "", f"{faster:.0f} times faster", "", verdict)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--free", action="store_true", help="let PyTorch use all instructions of the processor")
    parser.add_argument("--rounds", type=int, default=60, help="runs of each, interleaved")
    options = parser.parse_args()
    units = "PyTorch free" if options.free else hold_pytorch_to_the_instructions_of_openblas()
    try:
        import torch
    except ImportError:
        sys.exit("PyTorch is not installed: pip install torch")
    from autograder.course.key import load_key

    torch.set_num_threads(1)
    reference = load_key(Path(__file__).resolve().parents[1] / "solutions" / "08_convolution" / "key").reference
    rows, faster = measure(torch, reference, options.rounds), against_loops(reference)
    Console(width=130).print(table(rows, faster, units))
    if options.json:
        numbers = {"instructions": units, "times faster than loops": faster, "rows": rows}
        options.json.write_text(json.dumps(numbers, indent=1) + "\n")


if __name__ == "__main__":
    main()
