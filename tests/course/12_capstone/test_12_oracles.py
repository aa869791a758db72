"""The model solution against PyTorch and scikit-learn, and what the points are worth."""

import copy

import numpy as np
import pytest
from conftest import ROOT
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score

from autograder import datasets
from autograder.checking.engine import evaluate
from autograder.checking.prepared import hidden_seed, prepare
from autograder.course.key import load_key

KEY = load_key(ROOT / "solutions" / "12_capstone" / "key")
CLASSES = 16


def graded(train_model, predict):
    """The result of the hidden test for one student."""
    seed = hidden_seed(KEY.assignment, "accuracy", "ada")
    prepared = prepare(KEY.exercises["accuracy"], KEY.reference, seed, hidden=True)
    return evaluate(prepared, {"train_model": train_model, "predict": predict})


def test_the_labels_are_those_of_the_same_net_in_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    F = torch.nn.functional
    data = datasets.load("capstone")
    some, rng = slice(256), np.random.default_rng(3)
    params = KEY.reference["train_model"](data.X_train[some], data.y_train[some], data.X_val, data.y_val, rng)
    p = {name: torch.tensor(np.asarray(w)) for name, w in params.items()}
    h = 4 * (torch.tensor(data.X_val) - p["pixel_mean"][:, None, None]).float()
    for i in (1, 2, 3):
        h = F.conv2d(h, p[f"W{i}"], p[f"b{i}"], padding=1)
        h = F.batch_norm(h, p[f"mean{i}"], p[f"var{i}"], p[f"gamma{i}"], p[f"beta{i}"], eps=1e-5)
        h = F.max_pool2d(F.relu(h), 2)
    theirs = (h.flatten(1) @ p["W"] + p["b"]).argmax(dim=1).numpy()
    ours = KEY.reference["predict"](params, data.X_val)
    assert np.mean(ours == theirs) > 0.995  # a tie within rounding may fall either way


def linear_recipe():
    """scikit-learn's logistic regression."""

    def train_model(X, y, X_val, y_val, rng):
        fitted = LogisticRegression(C=1e-3, max_iter=40).fit(X.reshape(len(X), -1) - 0.5, y)
        return {"W": fitted.coef_.T, "b": fitted.intercept_}

    def predict(params, X):
        return ((X.reshape(len(X), -1) - 0.5) @ params["W"] + params["b"]).argmax(axis=1)

    return train_model, predict


@pytest.mark.filterwarnings("ignore")
def test_the_accuracy_is_scikit_learns_on_the_hidden_images():
    train_model, predict = linear_recipe()
    result = graded(train_model, predict)
    data = datasets.load("capstone")
    params = train_model(data.X_train, data.y_train, data.X_val, data.y_val, None)
    with np.load(KEY.folder / "hidden.npz") as hidden:
        theirs = accuracy_score(hidden["y_test"], predict(params, hidden["X_test"] / 255))
    assert result.measured["accuracy"] == pytest.approx(theirs, abs=0.01)  # its descent stops where it likes
    assert result.measured["parameters"] == 768 * 16 + 16
    assert result.points < 10  # a linear classifier is worth less than the net of notebook 01


def plain_recipe(seed):
    """The two-layer net of notebook 01, as notebook 12 trains it, on everything."""
    tools = KEY.reference

    def train_model(X, y, X_val, y_val, rng):
        rng, mean = np.random.default_rng(seed), X.mean(axis=(0, 2, 3))
        W1, W2 = tools["initialize"](768, 100, "he", rng), tools["initialize"](100, CLASSES, "xavier", rng)
        params = {"W1": W1, "b1": np.zeros(100), "W2": W2, "b2": np.zeros(CLASSES)}
        Z = (4 * (X - mean[:, None, None])).reshape(len(X), -1).astype(np.float32)
        params, _ = tools["train"](
            lambda params, X, y: tools["two_layer_loss"](params, X, y, 0.0),
            {name: w.astype(np.float32) for name, w in params.items()},
            Z, y, rule=tools["adam"], learning_rate=0.001, schedule=None, batch_size=64, epochs=20, rng=rng,
        )  # fmt: skip
        return params | {"mean": mean}

    def predict(params, X):
        Z = (4 * (X - params["mean"][:, None, None])).reshape(len(X), -1)
        hidden = np.maximum(Z @ params["W1"] + params["b1"], 0)
        return (hidden @ params["W2"] + params["b2"]).argmax(axis=1)

    return train_model, predict


def test_the_plain_net_of_notebook_01_gets_a_third_of_the_points():
    results = [graded(*plain_recipe(seed)) for seed in (0, 1)]
    possible = results[0].possible
    assert np.mean([result.points for result in results]) == pytest.approx(possible / 3, abs=0.06 * possible)
    assert results[0].measured["parameters"] < 100_000


def test_a_hidden_test_asks_for_the_hidden_images_and_deals_the_classes_anew():
    seeds = [hidden_seed(KEY.assignment, "accuracy", student) for student in ("ada", "blaise")]
    exercise = KEY.exercises["accuracy"]
    cases = [prepare(exercise, KEY.reference, s, hidden=True).properties[0].cases[0] for s in seeds]
    assert not np.array_equal(cases[0].inputs["rename"], cases[1].inputs["rename"])
    assert sorted(cases[0].inputs["rename"]) == list(range(CLASSES))
    X, y = copy.deepcopy(cases[0].inputs["test"]).load()
    with np.load(KEY.folder / "hidden.npz") as hidden:
        known = {
            (image / 255).tobytes(): label for image, label in zip(hidden["X_test"], hidden["y_test"], strict=True)
        }
    assert {image.tobytes(): label for image, label in zip(X, y, strict=True)} == known
    assert len(X) == 1600
