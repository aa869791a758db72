"""What is graded in 03_optimizers: the update rules, exercised over many steps, and the loop that runs them."""

from autograder.checking import Case, Exercise, Property
from autograder.checking.stand_ins import GrowingRule, WavyGradient

D = 3  # entries of a parameter in most cases: enough to tell them apart, few enough to read


def run(w, feed, hyper, state=None):
    """Inputs of the `steps` drivers: an update rule fed one gradient (or gradient function) a step."""
    return {"w": w, "state": state, "feed": feed, "hyper": hyper}


def rule_exercise(name, title, points, *, warm=None, hyper=None, learning_rate=0.1, tiny=1e-8, lookahead=False, **more):
    """An exercise for one update rule.

    warm: (rng, shape) -> a state as it is after some steps; None for a rule without one. hyper: hyperparameters
    unlike the defaults. tiny: the size of gradients beside which the rule's eps counts. lookahead: the rule takes a
    gradient function where the others take a gradient.
    """
    rate = {"learning_rate": learning_rate}
    second = "grad_fn" if lookahead else "dw"

    def feed(rng, shape, steps, scale=1.0):
        if lookahead:
            return [WavyGradient(float(scale * rng.uniform(1, 3)), float(scale * rng.normal()))] * steps
        return [scale * rng.normal(size=shape) for _ in range(steps)]

    def first_step(rng):
        return [Case("one step", run(rng.normal(size=D), feed(rng, D, 1), rate))]

    def next_steps(rng):
        return [
            Case("2 steps", run(rng.normal(size=D), feed(rng, D, 2), rate)),
            Case("20 steps", run(rng.normal(size=D), feed(rng, D, 20), rate)),
        ]

    def warm_start(rng):
        return [Case("a state from earlier steps", run(rng.normal(size=D), feed(rng, D, 2), rate, warm(rng, D)))]

    def other_hyper(rng):
        return [Case("other hyperparameters", run(rng.normal(size=D), feed(rng, D, 3), {**rate, **hyper}))]

    def changing_rate(rng):
        rates = [{"learning_rate": learning_rate * factor} for factor in (1.0, 0.5, 0.05, 2.0)]
        return [Case("learning rate 1, 1/2, 1/20, 2 times", run(rng.normal(size=D), feed(rng, D, 4), rates))]

    def state_left(rng):
        cases = [
            Case("after the first step", run(rng.normal(size=D), feed(rng, D, 1), rate)),
            Case("after 3 steps", run(rng.normal(size=D), feed(rng, D, 3), rate)),
        ]
        if warm:
            cases.append(Case("after a given state", run(rng.normal(size=D), feed(rng, D, 1), rate, warm(rng, D))))
        return cases

    def edges(rng):
        def two_steps(label, shape, scale=1.0):
            return Case(label, run(rng.normal(size=shape), feed(rng, shape, 2, scale), rate))

        return [
            two_steps("a single number", (1,)),
            two_steps("a single row", (1, 4)),
            two_steps("a single column", (4, 1)),
            two_steps("a bank of filters", (2, 1, 2, 2)),
            two_steps("gradients of 0", D, scale=0.0),
            Case("tiny gradients", run(0.1 * learning_rate * rng.normal(size=D), feed(rng, D, 2, tiny), rate)),
            two_steps("gradients in the millions", D, scale=1e6),
        ]

    def in_turn(rng):
        return [
            Case(
                "two parameters of different shapes" if shapes[0] != shapes[1] else "two parameters of one shape",
                {key: run(rng.normal(size=shape), feed(rng, shape, 3), rate)
                 for key, shape in zip(("first", "second"), shapes, strict=True)},
            )
            for shapes in ((D, D), (D, (2, 2)))
        ]  # fmt: skip

    def untouched(rng):
        w = rng.normal(size=D)
        cases = [Case("from state=None", run(w, feed(rng, D, 3), rate))]
        if warm:
            cases.append(Case("a given state", run(w, feed(rng, D, 1), rate, warm(rng, D))))
        return cases

    def single_precision(rng):
        gradients = feed(rng, D, 3)
        if not lookahead:
            gradients = [dw.astype("float32") for dw in gradients]
        return [Case("float32", run(rng.normal(size=D).astype("float32"), gradients, rate))]

    properties = [
        Property("takes the right first step from state=None", first_step, "steps", weight=2, core=True),
        Property("goes on rightly for 2 and for 20 steps", next_steps, "steps", weight=2, core=True),
        Property("follows a learning rate that changes", changing_rate, "steps", core=True),
        Property("returns the state that the next step needs", state_left, "state_after_steps"),
        Property("holds for other shapes, and for zero, tiny and large gradients", edges, "steps"),
        Property("keeps two parameters apart", in_turn, "steps_in_turn"),
        Property(f"leaves w, {second} and state alone", untouched, "steps", "unchanged"),
        Property("keeps float32", single_precision, "steps", "keeps dtype"),
    ]
    if warm:
        properties.insert(2, Property("goes on from a state that it is given", warm_start, "steps", core=True))
    if hyper:
        properties.insert(3, Property("uses its other hyperparameters", other_hyper, "steps", core=True))
    return Exercise(name, title, points, properties, **more)


def velocity(rng, shape):
    return {"v": 0.1 * rng.normal(size=shape)}


def cache(rng, shape):
    return {"cache": rng.uniform(0.5, 2.0, size=shape)}


def moments(rng, shape):
    return {"m": 0.3 * rng.normal(size=shape), "v": rng.uniform(0.01, 0.1, size=shape), "t": 7}


def trajectories(rng):
    """Inputs of `minimize`: a rule whose steps grow, so that a state that is lost is seen."""

    def case(label, dimensions, steps, **hyper):
        gradient = WavyGradient(float(rng.uniform(1, 2)), float(rng.normal()))
        w0 = rng.normal(size=dimensions)
        inputs = {
            "rule": GrowingRule(1.5),
            "grad_fn": gradient,
            "w0": w0,
            "steps": steps,
            "learning_rate": float(rng.uniform(0.02, 0.08)),
            **hyper,
        }
        return Case(label, inputs)

    return case


minimize = Exercise(
    "minimize",
    "Descent",
    4,
    [
        Property(
            "gives the trajectory, start included",
            lambda rng: [trajectories(rng)("4 steps", 2, 4), trajectories(rng)("12 steps", 3, 12)],
            weight=2,
            core=True,
        ),
        Property(
            "passes the hyperparameters on to the rule",
            lambda rng: [trajectories(rng)("pull=0.2", 2, 3, pull=0.2)],
            core=True,
        ),
        Property(
            "holds for one dimension, one step and none",
            lambda rng: [
                trajectories(rng)("one dimension", 1, 2),
                trajectories(rng)("one step", 2, 1),
                trajectories(rng)("steps=0: the start alone", 2, 0),
            ],
        ),
        Property(
            "raises a ValueError for steps < 0",
            lambda rng: [
                Case(c.label, c.inputs, expected="steps")
                for c in (trajectories(rng)("steps=-1", 2, -1), trajectories(rng)("steps=-5", 2, -5))
            ],
            judge="raises",
        ),
        Property("leaves w0 alone", lambda rng: [trajectories(rng)("3 steps", 2, 3)], judge="unchanged"),
        Property(
            "keeps float32",
            lambda rng: [
                Case(c.label, {**c.inputs, "w0": c.inputs["w0"].astype("float32")})
                for c in [trajectories(rng)("float32", 2, 3)]
            ],
            judge="keeps dtype",
        ),
    ],
)  # fmt: skip


def same_zeros(line, *instead):
    """Mutants of `np.zeros_like(w)` that make the same zeros."""
    why = {
        "dw": "dw has the shape and the dtype of w, so zeros like it are the same",
        "state": "state is None there: zeros_like(None) is a 0-d zero, which adds and multiplies as zeros do",
        "grad_fn": "zeros_like of a function is a 0-d zero, which adds and multiplies as zeros do",
    }
    return {f"line {line}: w -> {name}": why[name.split()[0]] for name in instead}


EXERCISES = [
    rule_exercise("sgd", "SGD", 2),
    rule_exercise(
        "momentum",
        "Momentum",
        4,
        warm=velocity,
        hyper={"rho": 0.5},
        equivalent_mutants=same_zeros(14, "dw", "state"),
    ),
    rule_exercise(
        "nesterov_lookahead",
        "Nesterov, lookahead",
        4,
        warm=velocity,
        hyper={"rho": 0.5},
        lookahead=True,
        equivalent_mutants=same_zeros(14, "grad_fn", "state"),
    ),
    rule_exercise(
        "nesterov",
        "Nesterov, rewritten",
        4,
        warm=velocity,
        hyper={"rho": 0.5},
        equivalent_mutants=same_zeros(16, "dw", "state"),
    ),
    rule_exercise(
        "adagrad",
        "AdaGrad",
        4,
        warm=cache,
        hyper={"eps": 0.1},
        tiny=1e-7,
        equivalent_mutants=same_zeros(14, "dw"),
    ),
    rule_exercise(
        "rmsprop",
        "RMSProp",
        4,
        warm=cache,
        hyper={"decay_rate": 0.8, "eps": 0.1},
        tiny=1e-6,
        equivalent_mutants=same_zeros(17, "dw", "state"),
    ),
    rule_exercise(
        "adam",
        "Adam",
        6,
        warm=moments,
        hyper={"beta1": 0.8, "beta2": 0.95, "eps": 0.1},
        equivalent_mutants=same_zeros(19, "dw", "state", "dw (occurrence 2)", "state (occurrence 2)"),
    ),
    rule_exercise(
        "adamw",
        "AdamW",
        4,
        warm=moments,
        hyper={"beta1": 0.8, "beta2": 0.95, "eps": 0.1, "weight_decay": 0.2},
    ),
    minimize,
]
