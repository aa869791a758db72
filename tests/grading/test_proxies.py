"""What a test can do with a student's things, and what it cannot."""

import copy
import operator
import time

import numpy as np
import pytest

from autograder.checking.deadline import TooSlow, deadline
from autograder.checking.prepared import PreparedCase
from autograder.checking.subject import Subject
from autograder.grading.apart.values import Violation
from autograder.grading.proxies import CallableProxy, GraderPeer, ProcessEnded, Proxy

NET = """
import numpy as np
class Net:
    kinds = ["a", "b"]
    def __init__(self, n=2):
        self.w = np.full(n, 3.0)
    def __len__(self):
        return len(self.w)
    def __getitem__(self, key):
        return self.w[key]
    def __iter__(self):
        return iter(self.w)
    def __eq__(self, other):
        return True
    def total(self):
        return float(self.w.sum())
class Empty:
    def __len__(self):
        return 0
def numbers():
    yield 1
    yield 2
    raise ValueError("enough")
"""


@pytest.fixture
def net(student):
    return student(NET)["Net"](4)


def test_an_instance_has_its_attributes_and_methods(net):
    assert net.total() == 12.0
    assert net.w.tolist() == [3.0] * 4
    assert net.kinds == ["a", "b"]
    with pytest.raises(AttributeError, match="no_such"):
        _ = net.no_such


def test_an_attribute_can_be_set(net):
    net.w = np.array([1.0, 2.0])
    assert net.total() == 3.0


def test_an_instance_is_indexed_measured_and_iterated(net):
    assert net[1] == 3.0
    assert net[1:3].tolist() == [3.0, 3.0]
    assert len(net) == 4
    assert list(net) == [3.0] * 4
    with pytest.raises(IndexError):
        net[9]


def test_truth_is_theirs(student, net):
    assert net
    assert not student(NET)["Empty"]()


def test_a_generator_gives_its_items_one_by_one_and_then_its_error(student):
    items = iter(student(NET)["numbers"]())
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(ValueError, match="enough"):
        next(items)


def test_a_generator_can_be_asked_itself(student):
    count = student("def count():\n    yield 5\n    yield 6")["count"]()
    assert (next(count), next(count), next(count, "end")) == (5, 6, "end")


def test_an_endless_generator_is_only_asked_as_far_as_it_is_read(student):
    count = student("import itertools\ndef count():\n    return itertools.count(5)")["count"]()
    assert [x for x, _ in zip(count, range(3), strict=False)] == [5, 6, 7]


@pytest.mark.parametrize("compare", [operator.eq, operator.ne, operator.lt, operator.ge])
@pytest.mark.parametrize("value", [12.0, "text", None, np.ones(4)], ids=str)
def test_a_proxy_cannot_be_compared_from_either_side(net, compare, value):
    with pytest.raises(TypeError):
        compare(net, value)
    with pytest.raises(TypeError):
        compare(value, net)


@pytest.mark.parametrize("use", [np.asarray, np.sum, lambda x: np.allclose(x, 3.0), lambda x: x + np.ones(4), float])
def test_a_proxy_is_no_array_and_no_number(net, use):
    with pytest.raises(TypeError):
        use(net)


def test_a_proxy_names_its_type_hashes_by_identity_and_is_its_own_copy(net):
    assert repr(net) == "<Net of the student's>"
    assert {net: 1}[net] == 1
    assert copy.deepcopy([net])[0] is net


@pytest.mark.parametrize("name", ["__array_interface__", "_repr_html_", "_ipython_display_"])
def test_a_proxy_shows_and_converts_itself_in_no_way_of_the_students(student, name):
    trick = student(f"class Trick:\n    def __getattr__(self, name):\n        return lambda *a: '5'\n{NET}")["Trick"]()
    assert callable(trick.anything)
    assert not hasattr(trick, name)


def test_a_type_with_an_odd_name_is_an_object(liar):
    peer = liar(["answer", 1, "", ["mine", 1, "class", False]], ["answer", 2, "", ["mine", 2, "a b\n", True]])
    assert repr(peer.ask("name", "f")) == "<object of the student's>"
    assert repr(peer.ask("name", "g")) == "<object of the student's>"


@pytest.mark.parametrize("length", [-1, 2**31, 1.5, True, None])
def test_a_length_that_is_none_is_no_answer(liar, length):
    peer = liar(["answer", 1, "", length])
    with pytest.raises(Violation, match="length"):
        len(Proxy(peer, 1))


@pytest.mark.parametrize("item", [None, ["tuple", 1, 2], ["list", 1]])
def test_an_item_that_is_none_is_no_answer(liar, item):
    peer = liar(["answer", 1, "", ["mine", 2, "iterator", False]], ["answer", 2, "", item])
    with pytest.raises(Violation, match="iterator"):
        next(iter(Proxy(peer, 1)))


def test_truth_is_true_or_not(liar):
    assert not Proxy(liar(["answer", 1, "", 7]), 1)


@pytest.mark.parametrize("answer", [None, ["tuple", 1, ["dict"]], ["tuple", 1, 2, 3], ["tuple", 1, ["dict"], 5]])
def test_a_call_that_answers_otherwise_ends_the_process(liar, answer):
    peer = liar(["answer", 1, "", answer])
    with pytest.raises(ProcessEnded, match="no answer"):
        CallableProxy(peer, 1)()
    assert peer.gone


def test_only_arguments_that_were_passed_can_come_back_changed(liar):
    changed = ["dict", 0, ["list", 7], 5, ["list", 8], "other", ["list", 9], "key", ["dict", "a", 1]]
    mine, key = [1], {}
    assert CallableProxy(liar(["answer", 1, "", ["tuple", "result", changed, ["list"]]]), 1)(mine, key=key) == "result"
    assert (mine, key) == ([7], {"a": 1})


def test_silence_ends_the_process_with_the_limits_sentence(liar):
    peer = liar()
    peer.late = "it ran longer than 3 seconds, the limit for one test"
    with pytest.raises(ProcessEnded, match="the limit for one test"):
        peer.ask("name", "f")


def test_an_ended_process_says_why(sockets):
    ours, theirs = sockets()
    theirs.close()
    peer = GraderPeer(ours, why_ended=lambda process: f"number {process} has left")
    peer.process = 5
    for _ in range(2):
        with pytest.raises(ProcessEnded, match="number 5 has left"):
            peer.ask("name", "f")


def test_a_deadline_that_strikes_during_a_call_ends_the_process(student):
    s = student("def forever():\n    while True:\n        pass")
    with pytest.raises(TooSlow), deadline(0.1):
        s["forever"]()
    with pytest.raises(ProcessEnded, match="too long"):
        s.peer.ask("name", "forever")


def test_a_process_that_ended_or_hangs_unasked_is_found_out(student, liar):
    for wish in ("os.kill(os.getpid(), 9)", "os.kill(os.getpid(), 19)"):
        s = student("import os, threading")
        assert s.peer.turns_to(0)
        assert s.peer.ask("run", f"threading.Timer(0.01, lambda: {wish}).start()") == []
        time.sleep(0.05)
        s.peer.wire.until = time.monotonic() + 0.2
        assert not s.peer.turns_to(0)
    assert not liar().turns_to(0)


@pytest.mark.parametrize("kind", ["ValueError", "SystemExit"])
def test_a_process_that_answers_oddly_is_there(liar, kind):
    assert liar(["error", 1, "", ["dict", "type", kind, "bases", ["list", kind]]]).turns_to(0)


def test_a_process_that_left_without_reading_is_found_out(sockets):
    ours, theirs = sockets()
    peer = GraderPeer(ours)
    peer.wire.send(["unread"])
    theirs.close()
    assert not peer.turns_to(0)


OBSERVED = """
import time
from autograder.checking.subject import Malformed
class MyError(ValueError):
    pass
def double(x):
    return 2 * x
def slow(x):
    time.sleep(30 * (x == 2))
    return x
def bad(x):
    if x == 2:
        raise MyError("x is 2")
    x[0] = 0
"""


@pytest.fixture
def observed(student, monkeypatch):
    """observed(name, x, …) -> what the driver `call` saw of this function, and its peer."""
    monkeypatch.setattr("autograder.checking.at_once.PATIENCE", 0.2)  # before the fork
    s = student(OBSERVED)

    def observe(name: str, *values):
        function = s[name]
        cases = [PreparedCase("", {"x": x}, None) for x in values]
        return function.observe_there("call", cases, [Subject(function, name, ["x"])])

    return observe


def test_cases_are_observed_in_one_question(observed):
    first, second = observed("double", 1, np.array([2.0, 3.0]))
    assert first.outputs == {"the result": 2}
    assert second.outputs["the result"].tolist() == [4.0, 6.0]
    assert (first.changed, first.error) == ([], None)
    assert second.called == "double(x=[2, 3])"


def test_so_are_errors_and_changed_arguments(observed):
    first, second = observed("bad", [5], 2)
    assert first.changed == ["x[0]"]
    assert isinstance(second.error, ValueError)
    assert second.sentence == 'it raised MyError: x is 2 (at `raise MyError("x is 2")`)'


def test_a_drivers_own_word_is_a_sentence(student):
    function = student("def step(w, dw, state, **hyper):\n    return w")["step"]
    inputs = {"w": 1.0, "state": None, "feed": [1.0], "hyper": {}}
    (seen,) = function.observe_there(
        "steps", [PreparedCase("", inputs, None)], [Subject(function, "step", ["w", "dw", "state"])]
    )
    assert seen.sentence.startswith("it should return two things, new_w and new_state, but step returned")


def test_a_function_that_was_too_slow_once_is_asked_call_by_call(observed):
    assert len(observed("slow", 1, 2, 3)) == 1
    assert observed("slow", 1) == []
