"""Exercises of two common forms: a layer's pair, and a function of one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from autograder.checking.exercise import Case, Exercise, Property
from autograder.gradients import away_from_kinks

FAR = 1e4  # where formulas that overflow do so
SHAPES = ((2, 3), (3, 2))
EDGES = {"a single row": (1, 4), "a single column": (4, 1), "a vector": (3,), "images": (2, 2, 2, 3)}


def of(make: Callable, arguments: dict[str, Iterable]) -> Callable:
    """rng -> cases, from a maker of inputs and a dict label -> its arguments after rng."""
    return lambda rng: [Case(label, make(rng, *rest)) for label, rest in arguments.items()]


def with_dout(rng: np.random.Generator, x: np.ndarray, **arguments) -> dict:
    """Inputs of the pair drivers for a layer whose out has the shape of x."""
    return {"x": x, **arguments, "dout": rng.normal(size=np.shape(x))}


def elementwise(rng: np.random.Generator, shape: tuple, **arguments) -> dict:
    """Inputs of the pair drivers: an x with numbers of both signs, away from a kink at 0."""
    x = away_from_kinks(1.5 * rng.normal(size=shape))
    x.flat[0], x.flat[-1] = -abs(x.flat[0]), abs(x.flat[-1])
    return with_dout(rng, x, **arguments)


def pair_exercise(
    name: str,
    title: str,
    points: float,
    *,
    draw: Callable = elementwise,
    main: Iterable[tuple] = SHAPES,
    edges: dict[str, tuple] = EDGES,
    given: dict[str, dict] | None = None,
    kink: bool = False,
    far: bool = False,
    extra: Iterable[Property] = (),
    **more,
) -> Exercise:
    """An exercise for `NAME_forward` and `NAME_backward`.

    draw: (rng, shape, **arguments) -> inputs of the pair drivers. main: shapes. edges: label -> shape. given: label ->
    arguments unlike the forward's defaults. kink: at x = 0 there is one. far: it must hold for x of +-FAR, without a
    warning. extra: more properties.
    """
    first, *_, last = main = list(main)
    given = given or {}

    def some(rng):
        return [Case(f"shape {shape}", draw(rng, shape)) for shape in main]

    def once(rng):
        return [Case(f"shape {last}", draw(rng, last))]

    def others(rng):
        return [Case(label, draw(rng, first, **arguments)) for label, arguments in given.items()]

    def small(rng):
        return [Case(label, draw(rng, shape)) for label, shape in edges.items()]

    def at_the_kink(rng):
        inputs = draw(rng, first, **next(iter(given.values()), {}))
        inputs["x"].flat[::2] = 0.0
        return [Case("x is 0 here and there", inputs)]

    def far_out(rng):
        x = np.array([-FAR, -1e3, -800.0, 0.5, 800.0, 1e3, FAR])
        return [Case("x from -1e4 to 1e4", with_dout(rng, x))]

    def single_precision(rng):
        return [Case("float32", to_single(draw(rng, first)))]

    properties = [
        Property("the forward gives the right output", some, "pair_forward", weight=2, core=True),
        Property("the gradients agree with numeric ones", some, "forward_backward", weight=2, core=True),
        Property("the forward holds for other shapes", small, "pair_forward"),
        Property("the gradients hold for other shapes", small, "forward_backward"),
        *extra,
    ]
    if given:
        properties += [
            Property("the forward uses its other arguments", others, "pair_forward", core=True),
            Property("the gradients use the forward's other arguments", others, "forward_backward", core=True),
        ]
    if kink:
        properties.append(Property("the gradient at 0 is as the docstring says", at_the_kink, "pair_there_and_back"))
    if far:
        properties += [
            Property("both hold far out", far_out, "pair_there_and_back"),
            Property("NumPy does not warn far out", far_out, "pair_warnings"),
        ]
    properties += [
        Property("a second backward on one cache gives the same", once, "pair_there_and_back"),
        Property("leaves its arguments alone", once, "pair_there_and_back", "unchanged"),
        Property("keeps float32", single_precision, "pair_there_and_back", "keeps dtype"),
    ]
    return Exercise(name, title, points, properties, (f"{name}_forward", f"{name}_backward"), **more)


def call_exercise(
    name: str,
    title: str,
    points: float,
    core: tuple[str, Callable],
    edges: tuple[str, Callable],
    *,
    driver: str = "call",
    extra: Iterable[Property] = (),
    untouched: Callable | None = None,
    single: bool = True,
    **more,
) -> Exercise:
    """An exercise for a function that is called once.

    core, edges: title, rng -> cases. extra: more properties. untouched: the cases in which no argument may change, by
    default core's. single: whether float32 is kept, in the last of core's cases.
    """

    def single_precision(rng):
        return [Case("float32", to_single(core[1](rng)[-1].inputs))]

    properties = [
        Property(*core, driver, weight=3, core=True),
        Property(*edges, driver, weight=2),
        *extra,
        Property("leaves its arguments alone", untouched or core[1], driver, "unchanged"),
    ]
    if single:
        properties.append(Property("keeps float32", single_precision, driver, "keeps dtype"))
    return Exercise(name, title, points, properties, **more)


def to_single(value):
    """The arrays of floats in a value as float32; anything else as it is."""
    if isinstance(value, dict):
        return {key: to_single(v) for key, v in value.items()}
    if isinstance(value, list):
        return [to_single(v) for v in value]
    return value.astype("float32") if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
