"""Recipes that keep the rules pass, each broken rule is noticed, and what can be done against cheats is done."""

import time

import numpy as np
import pytest

from autograder.checking import recipes
from autograder.checking.drivers import DRIVERS
from autograder.checking.frozen import from_data, to_data
from autograder.checking.judges import JUDGES
from autograder.checking.recipes import HOLDS, Images
from autograder.checking.subject import CannotCheck, Subject, observe

MARKS = [(0.2, 0.0), (0.6, 0.5), (0.8, 1.0)]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Twelve classes of noisy 4x4 images that a linear classifier tells apart, 240 to train, 60 to test."""
    rng = np.random.default_rng(5)
    centres, arrays = rng.integers(40, 200, (12, 3, 4, 4)), {"pixel_max": np.uint8(255)}
    for part, count in (("train", 240), ("val", 24), ("test", 60)):
        y = rng.permutation(np.arange(count) % 12).astype(np.uint8)
        arrays |= {f"X_{part}": (centres[y] + rng.integers(-40, 40, (count, 3, 4, 4))).astype(np.uint8)}
        arrays |= {f"y_{part}": y}
    path = tmp_path_factory.mktemp("images") / "easy.npz"
    np.savez(path, **arrays)
    return str(path)


def inputs(file, **more):
    images = {part: Images(file, part) for part in ("train", "val", "test")}
    return {
        **images,
        "classes": 12,
        "limit": 1000,
        "rng": np.random.default_rng(1),
        "rename": np.roll(np.arange(12), 5),
        **more,
    }


def fault(driver, file, train=None, predict=None):
    """What is wrong with a recipe in the eyes of a driver; None where it holds."""
    case = inputs(file)
    case = case if driver == "accuracy" else {n: v for n, v in case.items() if n not in ("test", "rename")}
    seen = run(driver, case, train or by_means, predict or nearest)
    return seen.failure if driver == "accuracy" or seen.failure else (None if seen.outputs == HOLDS else "no answer")


def run(driver, case, train, predict):
    subjects = [Subject(train, "train_model", ["X", "y", "X_val", "y_val", "rng"])]
    return observe(DRIVERS[driver].run, case, [*subjects, Subject(predict, "predict", ["params", "X"])])


def by_means(X, y, X_val, y_val, rng):
    """The means of the classes, seen through a few random noises: as simple as a recipe can be."""
    noise = 1e-3 * rng.normal(size=(12, *X[0].shape))
    return {"centres": np.stack([X[y == k].mean(axis=0) if k in y else X[0] for k in range(12)]) + noise}


def nearest(params, X):
    return ((X[:, None] - params["centres"]) ** 2).sum(axis=(2, 3, 4)).argmin(axis=1)


RULES = ("gives_labels", "learns", "sees_one_image", "keeps_nothing", "repeats")


@pytest.mark.parametrize("rule", [*RULES, "accuracy"])
def test_a_right_recipe_keeps_every_rule(file, rule):
    assert fault(rule, file) is None


def changed(**parts):
    """`by_means`, with something else among its params."""
    return lambda X, y, X_val, y_val, rng: by_means(X, y, X_val, y_val, rng) | parts


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (lambda X, y, X_val, y_val, rng: [1.0], "returned a list"),
        (lambda X, y, X_val, y_val, rng: (by_means(X, y, X_val, y_val, rng), {}), "returned a tuple"),
        (changed(extra=np.zeros(500)), "hold 1,076 numbers, but may hold 1,000"),
        (changed(name="b" * 1000), "params['name'] is a str"),
        (changed(nested={"a": np.zeros(3)}), "params['nested'] is a dict"),
        (changed(layers=[np.zeros(3)]), "params['layers'] is a list"),
        (changed(pairs=np.zeros(3, complex)), "should be an array of real numbers"),
        (changed(texts=np.array(["a"])), "should be an array of real numbers"),
        (changed(things=np.array([None])), "should be an array of real numbers"),
        (changed(long=np.zeros(3, np.longdouble)), "should be an array of real numbers"),
        (changed(centres=np.full((12, 3, 4, 4), np.nan)), "NaN or infinity"),
    ],
)
def test_what_is_no_dict_of_numbers_is_refused(file, train, words):
    for driver in ("gives_labels", "accuracy"):
        assert words in fault(driver, file, train)


def test_single_numbers_and_small_dtypes_count_too(file):
    assert (
        fault("gives_labels", file, changed(classes=12, rate=0.1, on=np.bool(True), few=np.zeros(3, np.int8))) is None
    )


@pytest.mark.parametrize(
    ("predict", "words"),
    [
        (lambda params, X: nearest(params, X).tolist(), "returned a list"),
        (lambda params, X: np.eye(12)[nearest(params, X)], "of shape (240, 12) for 240 images"),
        (lambda params, X: nearest(params, X).astype(float), "dtype float64"),
        (lambda params, X: nearest(params, X) + 1, "the label 12; the labels go from 0 to 11"),
        (lambda params, X: nearest(params, X) - 1, "the label -1; the labels go from 0 to 11"),
        (lambda params, X: nearest(params, X)[:1], "of shape (1,) for 240 images"),
    ],
)
def test_what_is_no_label_is_refused(file, predict, words):
    assert words in fault("gives_labels", file, predict=predict)


@pytest.mark.parametrize("rule", RULES)
def test_few_images_need_not_show_every_class(file, rule):
    """Nor need their labels hold the last class, which a right recipe may name nevertheless."""
    few = next(f for f in (Images(file, "train", 6, seed) for seed in range(99)) if f.load()[1].max() < 9)
    case = {**inputs(file), "train": few}
    train = lambda *given: {"centres": np.roll(by_means(*given)["centres"], 2, axis=0)}  # noqa: E731
    for recipe in (by_means, train) if rule != "learns" else (by_means,):
        assert run(rule, case, recipe, nearest).outputs == HOLDS


def test_a_training_that_mixes_up_the_labels_does_not_learn(file):
    mixed_up = lambda X, y, X_val, y_val, rng: by_means(X, (y + 1) % 12, X_val, y_val, rng)  # noqa: E731
    assert "hardly better than guessing" in fault("learns", file, mixed_up)


def test_statistics_of_the_batch_are_noticed(file):
    centred = lambda params, X: nearest(params, X - X.mean(axis=0) + 0.5)  # noqa: E731
    assert "alone in its batch" in fault("sees_one_image", file, predict=centred)


def test_numbers_drawn_from_elsewhere_are_noticed(file):
    elsewhere = lambda X, y, X_val, y_val, rng: by_means(X, y, X_val, y_val, np.random.default_rng())  # noqa: E731
    assert "what else but rng" in fault("repeats", file, elsewhere)


def test_weights_that_are_hidden_in_globals_are_noticed(file):
    hidden = {}

    def train(X, y, X_val, y_val, rng):
        hidden.update(by_means(X, y, X_val, y_val, rng))
        return {"nothing": np.zeros(3)}

    def predict(params, X):
        return nearest(hidden, X)

    assert "what is kept outside" in fault("keeps_nothing", file, train, predict)
    assert "params shuffled too" in fault("accuracy", file, train, predict)


def test_all_training_images_in_globals_are_noticed(file):
    """A neighbour search in more numbers than params may hold: it does not look at params."""
    seen = {}

    def train(X, y, X_val, y_val, rng):
        seen["X"], seen["y"] = X.copy(), y.copy()
        return {"nothing": np.zeros(3)}

    def predict(params, X):
        return seen["y"][((X[:, None] - seen["X"]) ** 2).sum(axis=(2, 3, 4)).argmin(axis=1)]

    assert "params shuffled too" in fault("accuracy", file, train, predict)


def test_a_predict_that_keeps_the_first_params_is_noticed(file):
    kept = {}

    def predict(params, X):
        kept.setdefault("params", params)
        return nearest(kept["params"], X)

    assert "does predict look at its own params" in fault("keeps_nothing", file, predict=predict)


def test_params_reach_predict_as_plain_arrays_in_a_plain_dict(file):
    """A subclass with more inside would not count against the limit."""
    types = set()

    class Params(dict):
        secret = np.zeros(10_000)

    class Array(np.ndarray):
        secret = np.zeros(10_000)

    def train(X, y, X_val, y_val, rng):
        return Params({"centres": by_means(X, y, X_val, y_val, rng)["centres"].view(Array)})

    def predict(params, X):
        types.update({type(params), type(params["centres"])})
        return nearest(params, X)

    assert fault("accuracy", file, train, predict) is None
    assert types == {dict, np.ndarray}


def test_labels_that_are_written_down_do_not_fit_the_classes_dealt_anew(file):
    """Who knows the stored labels by heart, from another run or from the data set's file, names the wrong classes."""
    means = by_means(*Images(file, "train").load(), None, None, np.random.default_rng(0))
    seen = run("accuracy", inputs(file), lambda X, y, X_val, y_val, rng: means, nearest)
    assert seen.outputs["accuracy"] < 0.2
    assert run("accuracy", inputs(file), by_means, nearest).outputs["accuracy"] > 0.9


def test_every_label_of_the_test_is_asked_for_in_one_pass_over_unseen_images(file):
    asked = []

    def predict(params, X):
        asked.append(X.copy())
        return nearest(params, X)

    seen = run("accuracy", inputs(file), by_means, predict)
    assert (seen.outputs["parameters"], seen.outputs["images"], seen.outputs["part"]) == (576, 60, "test")
    np.testing.assert_array_equal(np.concatenate(asked[:4]), Images(file, "test").load()[0])


def test_a_training_that_takes_too_long_is_told_so(file, monkeypatch):
    monkeypatch.setitem(recipes.MAY_TAKE, "accuracy", 0.2)

    def slow(X, y, X_val, y_val, rng):
        until = time.process_time() + 0.3
        while time.process_time() < until:
            pass
        return by_means(X, y, X_val, y_val, rng)

    assert "seconds, but may take 0.2" in fault("accuracy", file, slow)


def test_waiting_for_a_busy_machine_costs_nothing(file, monkeypatch):
    monkeypatch.setitem(recipes.MAY_TAKE, "accuracy", 0.2)
    assert fault("accuracy", file, lambda *given: time.sleep(0.3) or by_means(*given)) is None


# ------------------------------------------------------------------------------------------ images, marks


def test_images_travel_as_a_name_and_come_from_the_file(file):
    few = Images(file, "train", 7, seed=3)
    assert from_data(to_data(few)) == few
    X, y = few.load()
    assert X.shape == (7, 3, 4, 4)
    assert X.dtype == np.float64
    assert 0 <= X.min() < X.max() <= 1
    everything, labels = Images(file, "train").load()
    for image, label in zip(X, y, strict=True):
        assert labels[np.flatnonzero((everything == image).all(axis=(1, 2, 3)))] == [label]


@pytest.mark.parametrize("images", [Images("no_such_set", "train"), Images("/nowhere/x.npz", "test")])
def test_images_that_are_not_there_are_no_fault_of_the_student(images):
    with pytest.raises(CannotCheck, match="are not there"):
        images.load()


def test_points_grow_with_accuracy_between_the_marks():
    judge = JUDGES["marks"]
    for reached, share in ((0.1, 0), (0.2, 0), (0.4, 0.25), (0.6, 0.5), (0.7, 0.75), (0.8, 1), (0.9, 1)):
        seen = {"accuracy": reached, "parameters": 1234, "images": 500, "part": "test"}
        degree = judge.degree(seen, MARKS)
        assert degree.share == pytest.approx(share)
        assert degree.sentence == f"{reached:.1%} of 500 hidden test images right, with 1,234 numbers in params."
        assert degree.numbers == {"accuracy": reached, "parameters": 1234}
        assert (judge.fault(seen, MARKS, None) is None) == (reached >= 0.8)
    assert judge.degree("raised ValueError", MARKS) is None
    assert judge.fault("raised ValueError", MARKS, None) == "raised ValueError"
