"""What is graded in 05_second_order: Newton's step, a line search, BFGS, L-BFGS and the minimiser made of them."""

import numpy as np

from autograder.checking import Case, Exercise, Property, Tolerance
from autograder.checking.landscapes import Bowl, DoubleWell, Roof, Rosenbrock, Wall, WithGradient

D = 3  # dimensions in most cases
# a product of several matrices, or a solution, loses digits to conditioning: measured 1e-13 and less
SOLVED = Tolerance(relative=1e-6, floor=1e-8)


def curved(rng, dimensions, kappa=10.0):
    """A symmetric positive definite matrix with eigenvalues from 1 to kappa, turned at random."""
    turn = np.linalg.qr(rng.normal(size=(dimensions, dimensions)))[0]
    A = turn * np.geomspace(1, kappa, dimensions) @ turn.T
    return (A + A.T) / 2


def bowl(rng, dimensions, kappa=10.0, height=0.0, quartic=0.0):
    return Bowl(curved(rng, dimensions, kappa), rng.normal(size=dimensions), height, quartic)


def single(case):
    """The case with float32 arrays, also those in lists."""

    def convert(value):
        if isinstance(value, list):
            return [convert(v) for v in value]
        return value.astype("float32") if isinstance(value, np.ndarray) else value

    return Case("float32", {name: convert(value) for name, value in case.inputs.items()})


# ------------------------------------------------------------------------------------------------- newton_step


def newton(label, rng, hessian):
    return Case(label, {"grad": rng.normal(size=len(hessian)), "hessian": hessian})


def singular(rng):
    """Hessians without full rank: some that `solve` refuses, and some whose rounding it takes for curvature."""
    n = rng.normal(size=(D, 2))
    far = rng.normal(size=D)
    hessians = {
        "a Hessian of zeros": np.zeros((D, D)),
        "one direction without curvature": np.diag([rng.uniform(1, 2), 0.0, rng.uniform(1, 2)]),
        "rank 1": np.outer(far, far),
        "rank 2, hidden by rounding": n @ n.T,
        "rank 2, and entries in the millions": 1e6 * (n @ n.T),
        "a single zero": np.zeros((1, 1)),
    }
    return [Case(label, newton(label, rng, H).inputs, expected="hessian") for label, H in hessians.items()]


NEWTON = Exercise(
    "newton_step",
    "Newton",
    4,
    [
        Property(
            "steps to where the gradient of a bowl vanishes",
            lambda rng: [
                newton("3 dimensions", rng, curved(rng, D)),
                newton("8 dimensions", rng, curved(rng, 8, 100.0)),
            ],
            weight=2,
            core=True,
            tolerance=SOLVED,
        ),
        Property(
            "solves with the Hessian as it is, positive definite or not",
            lambda rng: [
                newton("a saddle", rng, curved(rng, D) - rng.uniform(2.5, 5.0) * np.eye(D)),
                newton("a hilltop", rng, -curved(rng, D)),
            ],
            tolerance=SOLVED,
        ),
        Property(
            "holds in one dimension, for tiny and large curvature, and for an uneven bowl",
            lambda rng: [
                newton("one dimension", rng, rng.uniform(0.5, 2, size=(1, 1))),
                newton("curvatures of 1e-10", rng, 1e-10 * curved(rng, D)),
                newton("curvatures of 1e10", rng, 1e10 * curved(rng, D)),
                newton("condition number a million", rng, curved(rng, D, 1e6)),
            ],
            tolerance=SOLVED,
        ),
        Property("raises a ValueError for a singular Hessian", singular, judge="raises"),
        Property(
            "leaves grad and hessian alone", lambda rng: [newton("a bowl", rng, curved(rng, D))], judge="unchanged"
        ),
        Property(
            "keeps float32", lambda rng: [single(newton("", rng, curved(rng, D)))], judge="keeps dtype"
        ),
    ],
    equivalent_mutants={"line 13: grad -> hessian": "a (D, D) hessian has the length D of grad"},
)  # fmt: skip


# ------------------------------------------------------------------------------------------------ backtracking


def search(label, f, x, stretch=1.0, **hyper):
    """Backtracking along minus the gradient, `stretch` times as long."""
    grad = f.gradient(x)
    return Case(label, {"f": f, "x": x, "direction": -stretch * grad, "grad": grad, **hyper})


def in_a_bowl(label, rng, dimensions=D, kappa=10.0, stretch=1.0, **hyper):
    return search(label, bowl(rng, dimensions, kappa, 1.0), rng.normal(size=dimensions), stretch, **hyper)


def skewed(rng):
    """A direction that descends but is not minus the gradient."""
    case = in_a_bowl("another direction that descends", rng, kappa=40.0)
    grad = case.inputs["grad"]
    across = rng.normal(size=D)
    across -= (across @ grad) / (grad @ grad) * grad
    return Case(case.label, {**case.inputs, "direction": -grad + 0.5 * across})


def exactly(rng):
    """Numbers without rounding: at t = 1/2 both sides of the condition are equal."""
    x = float(rng.integers(1, 5))
    f = Bowl(np.array([[2.0]]), np.zeros(1))
    return Case(
        "f equal to the bound",
        {"f": f, "x": np.array([x]), "direction": np.array([-2 * x]), "grad": np.array([2 * x]), "c": 0.5},
    )


def gains(label, rng, part):
    """A first step that gains this part of what the slope promises, in a bowl with the curvature 1/2."""
    return search(label, Bowl(np.array([[0.5]]), np.zeros(1)), rng.uniform(1, 3, size=1), stretch=4 * (1 - part))


def over_the_wall(label, rng, t=1.0):
    """A first step to where f is NaN."""
    x = rng.uniform(0.3, 0.8, size=D)
    x[0] = rng.uniform(3.0, 4.0)
    return search(label, Wall(rng.uniform(1, 2)), x, stretch=8.0, t=t)


def uphill(label, rng, turn):
    case = in_a_bowl(label, rng)
    return Case(label, {**case.inputs, "direction": turn(case.inputs["grad"])}, expected="direction")


BACKTRACKING = Exercise(
    "backtracking",
    "Line search",
    6,
    [
        Property(
            "shortens until the step pays",
            lambda rng: [
                in_a_bowl("a steep bowl", rng, kappa=40.0),
                in_a_bowl("a very steep bowl", rng, kappa=1000.0),
                skewed(rng),
            ],
            "line_search",
            weight=2,
            core=True,
        ),
        Property(
            "takes a first step that pays as it is",
            lambda rng: [in_a_bowl("a short step", rng, stretch=0.01), in_a_bowl("t=0.02", rng, t=0.02)],
            "line_search",
            core=True,
        ),
        Property(
            "uses t, c and shrink",
            lambda rng: [
                in_a_bowl("shrink=0.8", rng, kappa=40.0, shrink=0.8),
                in_a_bowl("t=3", rng, kappa=40.0, t=3.0),
                in_a_bowl("c=0.9, shrink=0.9", rng, kappa=40.0, c=0.9, shrink=0.9),
                in_a_bowl("c=0.5, shrink=0.7", rng, kappa=40.0, c=0.5, shrink=0.7),
                in_a_bowl("c=0.3, t=2", rng, kappa=4.0, c=0.3, t=2.0),
                gains("a step that gains 1.2e-4 of what the slope promises", rng, 1.2e-4),
                gains("a step that gains 0.5e-4 of what the slope promises", rng, 0.5e-4),
            ],
            "line_search",
            core=True,
        ),
        Property(
            "shortens a step to NaN or to infinity",
            lambda rng: [
                over_the_wall("f is NaN there", rng),
                over_the_wall("f is NaN there, t=16", rng, t=16.0),
                in_a_bowl("f is infinite there", rng, t=1e200),
            ],
            "line_search",
        ),
        Property(
            "holds in one dimension, in 50, and where the condition holds with equality",
            lambda rng: [
                in_a_bowl("one dimension", rng, 1, stretch=5.0),
                in_a_bowl("50 dimensions", rng, 50, kappa=50.0),
                search("a valley", Rosenbrock(100.0), rng.normal(size=2)),
                exactly(rng),
            ],
            "line_search",
        ),
        Property(
            "raises a ValueError for a direction that does not descend",
            lambda rng: [
                uphill("uphill", rng, lambda g: 0.5 * g),
                uphill("level: the slope is 0", rng, lambda g: np.zeros(D)),
                uphill("nearly level, but up", rng, lambda g: 1e-12 * g),
            ],
            "line_search",
            "raises",
        ),
        Property(
            "leaves x, direction and grad alone", lambda rng: [in_a_bowl("a bowl", rng)], "line_search", "unchanged"
        ),
    ],
)  # fmt: skip


# ------------------------------------------------------------------------------------------------- bfgs_update


def update(label, rng, dimensions=D, scale=1.0, H=None, away=1.0):
    """A pair from a bowl. away: 1 for a step along which f curves up, -1 for one along which it curves down."""
    s = scale * rng.normal(size=dimensions)
    y = away * curved(rng, dimensions) @ s
    return Case(label, {"H": curved(rng, dimensions) if H is None else H, "s": s, "y": y})


def level(rng):
    """s.y = 0 without rounding."""
    a, b = (float(v) for v in rng.integers(1, 6, size=2))
    return Case("s.y = 0", {"H": curved(rng, 2), "s": np.array([a, b]), "y": np.array([-b, a])})


BFGS = Exercise(
    "bfgs_update",
    "BFGS",
    5,
    [
        Property(
            "gives the H of BFGS",
            lambda rng: [update("from the identity", rng, H=np.eye(D)), update("3 dimensions", rng)],
            weight=2,
            core=True,
            tolerance=SOLVED,
        ),
        Property(
            "satisfies the secant equation: H y = s",
            lambda rng: [update("3 dimensions", rng), update("6 dimensions", rng, 6)],
            driver="secant_equation",
            core=True,
            tolerance=SOLVED,
        ),
        Property(
            "is symmetric and positive definite",
            lambda rng: [update("3 dimensions", rng), update("6 dimensions", rng, 6)],
            driver="symmetry",
        ),
        Property(
            "leaves H as it is where s.y is not above 0",
            lambda rng: [update("s.y < 0", rng, away=-1.0), level(rng)],
        ),
        Property(
            "holds in one dimension, and for tiny and long steps",
            lambda rng: [
                update("one dimension", rng, 1),
                update("steps of 1e-9, s.y of 1e-18", rng, scale=1e-9),
                update("steps of 1e5", rng, scale=1e5),
                update("an H of 1e-4", rng, H=1e-4 * curved(rng, D)),
            ],
            tolerance=SOLVED,
        ),
        Property("leaves H, s and y alone", lambda rng: [update("3 dimensions", rng)], judge="unchanged"),
        Property("keeps float32", lambda rng: [single(update("", rng))], judge="keeps dtype"),
    ],
    equivalent_mutants={
        "line 18: np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s) -> "
        "-(np.eye(len(s), dtype=H.dtype) - rho * np.outer(y, s))": "V stands twice in V^T H V, so its sign cancels",
        "line 18: s -> H": "H has the length D of s",
        "line 18: s -> y": "y has the length D of s",
        "line 18: H -> s": "s has the dtype of H",
        "line 18: H -> y": "y has the dtype of H",
    },
)  # fmt: skip


# --------------------------------------------------------------------------------------------- lbfgs_direction


def pairs(label, rng, count, dimensions=5, scale=1.0):
    """Pairs with s.y > 0 from bowls that differ, so that each has a gamma of its own."""
    s_list = [scale * rng.normal(size=dimensions) for _ in range(count)]
    y_list = [rng.uniform(0.2, 5) * curved(rng, dimensions) @ s for s in s_list]
    return Case(label, {"grad": rng.normal(size=dimensions), "s_list": s_list, "y_list": y_list})


DIRECTION = Exercise(
    "lbfgs_direction",
    "L-BFGS",
    6,
    [
        Property(
            "gives minus the gradient without pairs",
            lambda rng: [pairs("no pairs", rng, 0)],
        ),
        Property(
            "is right with one pair",
            lambda rng: [pairs("one pair", rng, 1)],
            core=True,
            tolerance=SOLVED,
        ),
        Property(
            "equals dense BFGS from gamma I with several",
            lambda rng: [pairs("2 pairs", rng, 2), pairs("4 pairs", rng, 4)],
            weight=3,
            core=True,
            tolerance=SOLVED,
        ),
        Property(
            "holds in one dimension, with many pairs, and near the minimum",
            lambda rng: [
                pairs("one dimension", rng, 1, 1),  # with two, q is 0 but for rounding, which no mistake shows alike
                pairs("more pairs than dimensions", rng, 5, 3),
                pairs("20 dimensions", rng, 3, 20),
                pairs("steps of 1e-9", rng, 2, scale=1e-9),
            ],
            tolerance=SOLVED,
        ),
        Property(
            "leaves grad and the lists alone",
            lambda rng: [pairs("2 pairs", rng, 2), pairs("no pairs", rng, 0)],
            judge="unchanged",
        ),
        Property(
            "keeps float32",
            lambda rng: [single(pairs("", rng, 2)), Case("float32, no pairs", single(pairs("", rng, 0)).inputs)],
            judge="keeps dtype",
        ),
    ],
    equivalent_mutants={
        "line 14: zip(s_list, y_list, strict=True) -> zip(s_list, y_list)": "the lists are as long as each other",
        "line 14: True -> False": "the lists are as long as each other",
    },
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------- lbfgs


def minimise(label, f, x0, **hyper):
    return Case(label, {"f_and_grad": WithGradient(f), "x0": x0, **hyper})


def from_afar(label, rng, dimensions=5, kappa=10.0, height=0.0, quartic=0.0, **hyper):
    """A bowl seen from a start that is not in its minimum."""
    return minimise(label, bowl(rng, dimensions, kappa, height, quartic), 3 + rng.normal(size=dimensions), **hyper)


def banana(label, rng, dimensions=2, **hyper):
    # in 2 dimensions not the usual start: from there a right answer that keeps old pairs may take 700 steps
    near = [1.5, -1.0] if dimensions == 2 else np.resize([-1.2, 1.0], dimensions)
    x0 = near + 0.05 * rng.normal(size=dimensions)
    return minimise(label, Rosenbrock(100.0), x0, **hyper)


def at_the_minimum(label, rng, dimensions, **hyper):
    f = bowl(rng, dimensions, height=rng.uniform(1, 2))
    return minimise(label, f, f.center.copy(), **hyper)


LBFGS = Exercise(
    "lbfgs",
    "Minimiser",
    6,
    [
        Property(
            "reaches the minimum",
            lambda rng: [
                from_afar("a round bowl", rng, kappa=4.0),
                from_afar("condition number 1000", rng, 6, 1000.0, steps=200),
                banana("Rosenbrock's valley", rng, steps=200),
                banana("Rosenbrock's valley in 10 dimensions", rng, 10, steps=250),
            ],
            "minimum_reached",
            weight=2,
            core=True,
        ),
        Property(
            "starts where f curves down, or beside a wall of NaN",
            lambda rng: [
                minimise("a hill", DoubleWell(1.0), rng.uniform(0.02, 0.1, size=3) * rng.choice([-1, 1], size=3)),
                minimise("an even slope, where s.y is 0", Roof(2.0), rng.uniform(8, 20, size=3)),
                minimise("f is NaN below 0", Wall(1.0), rng.uniform(0.05, 6, size=3), tol=1e-6),
                from_afar("one dimension", rng, 1),
                from_afar("f is 10 at the minimum", rng, height=10.0, tol=1e-4),
            ],
            "minimum_reached",
        ),
        Property(
            "lists f at every iterate, the start and x included",
            lambda rng: [from_afar("a bowl", rng), banana("5 steps", rng, steps=5), banana("no step", rng, steps=0)],
            "history_kept",
            core=True,
        ),
        Property(
            "makes at most `steps` steps",
            lambda rng: [
                *(banana(f"steps={steps}", rng, steps=steps) for steps in (0, 1, 2, 5)),
                banana("steps left at 100, in 100 dimensions", rng, 100),
            ],
            "steps_made",
        ),
        Property(
            "stops at once where the start is a minimum",
            lambda rng: [
                at_the_minimum("the start is the minimum", rng, 3),
                at_the_minimum("the start is the minimum, and tol=0", rng, 3, tol=0.0),
                from_afar("tol=1000", rng, 3, tol=1000.0),
            ],
            "steps_made",
        ),
        Property(
            "stops when the norm of the gradient is at most tol, not before and not after",
            lambda rng: [
                from_afar("tol=0.1", rng, 20, 30.0, tol=0.1),
                from_afar("tol=4", rng, 20, 30.0, tol=4.0),
                from_afar("tol left at 1e-8", rng, 40, 30.0, steps=200),
            ],
            "stop_in_time",
        ),
        Property(
            "uses the last `memory` pairs only",
            lambda rng: [
                from_afar("memory=1", rng, 12, 100.0, quartic=1.0, memory=1, steps=6),
                from_afar("memory=2", rng, 12, 100.0, quartic=1.0, memory=2, steps=8),
                from_afar("memory=3", rng, 16, 100.0, quartic=1.0, memory=3, steps=10),
                from_afar("memory left at 10", rng, 40, 100.0, quartic=1.0, steps=24),
            ],
            "memory_kept",
        ),
        Property("leaves x0 alone", lambda rng: [from_afar("5 steps", rng, steps=5)], "point_reached", "unchanged"),
        Property(
            "keeps float32", lambda rng: [single(from_afar("", rng, steps=3))], "point_reached", "keeps dtype"
        ),
    ],
    equivalent_mutants={
        "line 1: memory=10 -> memory=9": "a run with 9 pairs uses at most 10; with an exact line search they are equal"
    },
)  # fmt: skip


# ----------------------------------------------------------------------------------------------- hessian_bytes


def odd(rng, about):
    """An odd number a little above a round one: its square has digits that a float rounds away."""
    return about + 1 + 2 * int(rng.integers(1, 10**6))


def weigh(label, num_params, **dtype):
    return Case(label, {"num_params": num_params, **dtype})


BYTES = Exercise(
    "hessian_bytes",
    "Memory",
    3,
    [
        Property(
            "counts the bytes of every entry",
            lambda rng: [weigh("a small net", int(rng.integers(100, 900))), weigh("3 parameters", 3)],
            weight=2,
            core=True,
        ),
        Property(
            "knows the size of other types",
            lambda rng: [
                weigh(name, int(rng.integers(100, 900)), dtype=name) for name in ("float32", "float16", "int8")
            ],
            core=True,
        ),
        Property(
            "is exact for a hundred million parameters and more",
            lambda rng: [
                weigh("about 1e8 parameters", odd(rng, 10**8)),
                weigh("about 3e8 parameters, float32", odd(rng, 3 * 10**8), dtype="float32"),
                weigh("about 1e12 parameters", odd(rng, 10**12)),
            ],
        ),
        Property(
            "takes a NumPy integer, without overflow",
            lambda rng: [
                weigh("an int64 of about 3e9", np.int64(odd(rng, 3 * 10**9))),
                weigh("an int32 of about 1e8", np.int32(odd(rng, 10**8))),
            ],
        ),
    ],
)  # fmt: skip

EXERCISES = [NEWTON, BACKTRACKING, BYTES, BFGS, DIRECTION, LBFGS]
