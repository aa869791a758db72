"""Arguments that a student's function changes, and data given back to it."""

import copy
import gc
import math

import numpy as np
import pytest

from autograder.grading.apart.in_place import write_back
from autograder.grading.apart.isolation import memory_at_most
from autograder.grading.apart.values import Unsendable
from autograder.grading.proxies import ProcessEnded


def test_arguments_changed_in_place_are_changed_here(student):
    s = student(
        "def change(a, d, l, t, rng, *, key):\n    a += 1\n    d['in']['w'] *= 2\n    d['new'] = 1\n    del d['old']\n"
        "    l.append(3)\n    t[0][:] = 0\n    key['n'] += 1\n    return rng.random()"
    )
    a, inner, numbers, t = np.zeros(2), np.ones(2), [1], (np.ones(1), 5)
    d, key = {"in": {"w": inner}, "old": 0}, {"n": 0}
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    assert s["change"](a, d, numbers, t, rng, key=key) == same.random()
    assert a.tolist() == [1, 1]
    assert inner.tolist() == [2, 2]  # the array itself, not a new one in its place
    assert (set(d), numbers, t[0].tolist(), key) == ({"in", "new"}, [1, 3], [0.0], {"n": 1})
    assert rng.random() == same.random()


def test_a_generator_that_a_passed_function_draws_from_goes_on_over_there(student):
    s = student("def samples(f, n, rng):\n    return [f(rng) for _ in range(n)]")
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    assert s["samples"](lambda rng: rng.random(), 3, rng) == [same.random() for _ in range(3)]
    assert rng.random() == same.random()


def test_a_generators_children_count_here_too(student):
    s = student("def child(rng):\n    return rng.spawn(1)[0].random()")
    rng, same = np.random.default_rng(5), np.random.default_rng(5)
    assert [s["child"](rng) for _ in range(2)] == [same.spawn(1)[0].random() for _ in range(2)]


def test_what_a_passed_function_changes_is_changed_over_there(student):
    def fill(a, d):
        a[:] = 7
        d["seen"] = True

    s = student("import numpy as np\ndef f(fill):\n    a, d = np.zeros(2), {}\n    fill(a, d)\n    return a.sum(), d")
    assert s["f"](fill) == (14, {"seen": True})


def test_arguments_left_alone_are_left_alone(student):
    a = np.array([math.nan, -0.0])
    a.flags.writeable = False
    before = a.tobytes()
    student("def look(a):\n    a.sort()\n    a += 1\n    return 1\ndef f(x):\n    return x + 1")["f"](a)
    assert a.tobytes() == before


def test_an_argument_that_is_read_only_here_stays_as_it_is(student):
    a = np.zeros(2)
    a.flags.writeable = False
    student("def change(a):\n    a += 1")["change"](a)
    assert a.tolist() == [0, 0]


def test_two_arguments_that_are_one_array_here_are_two_there(student):
    """Copies break aliasing: the last place that was changed holds."""
    a = np.zeros(1)
    assert student("def f(a, b):\n    a += 1\n    return b")["f"](a, a).tolist() == [0]
    assert a.tolist() == [1]


def test_a_result_that_is_an_argument_there_is_a_new_array_here(student):
    a = np.zeros(1)
    back = student("def f(a):\n    a += 1\n    return a")["f"](a)
    assert (a.tolist(), back.tolist()) == ([1], [1])
    assert not np.shares_memory(a, back)


@pytest.mark.parametrize(
    ("original", "new"),
    [
        *(([[1], [2]], [[3], [4]]), ([1, 2], [3]), ([1, [2]], [[1], [2]]), ([], [1])),
        *(([{"a": 1}], [{"a": 2}]), ({"a": [1]}, {"a": {"b": 1}}), ({"a": 1, "b": 2}, {})),
    ],
    ids=str,
)
def test_lists_and_dicts_take_on_new_content(original, new):
    write_back(original, new)
    assert original == new


def test_what_can_stay_the_same_object_does():
    inner = [1]
    original = [inner, {"a": inner}]
    write_back(original, [[5], {"a": [6]}])
    assert original[0] is inner
    assert inner == [6]


def test_an_array_of_another_shape_or_type_is_not_written_into():
    array = np.zeros(2)
    for new in (np.ones(3), np.ones(2, dtype=int), [1, 1]):
        write_back(array, new)
    assert array.tolist() == [0, 0]


@pytest.mark.parametrize(
    "make",
    [
        "collections.namedtuple('P', 'x y')(1, 2)",
        "collections.defaultdict(list, a=[1])",
        "collections.OrderedDict(a=1)",
        "np.ma.masked_array([1.0], [True])",
        "type('Odd', (list,), {})([1])",
    ],
)
def test_data_of_a_type_of_its_own_given_back_is_the_original(student, make):
    s = student(f"import collections, numpy as np\nkept = {make}\ndef same(x):\n    return x is kept")
    data = s["kept"]
    assert type(data) in (tuple, dict, list, np.ndarray)
    assert s["same"](data) is True
    assert s["same"](copy.deepcopy([data])[0]) is (type(data) is tuple)  # a tuple is its own copy


def test_a_step_with_a_state_of_its_own_type_goes_on(student):
    s = student(
        "from collections import defaultdict\ndef step(state=None):\n"
        "    state = defaultdict(int) if state is None else state\n    state['t'] += 1\n    return state"
    )
    state = s["step"]()
    assert s["step"](state) == {"t": 2}


@pytest.mark.parametrize("size", [10, 70_001])  # bytes: small ones and large ones are compared in different ways
def test_an_array_of_any_size_comes_back_only_where_it_was_changed(student, size):
    s = student("def f(x, y):\n    y[-1] += 1")
    x, y = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    _, changed, _ = s.peer.call(s["f"], (x, y), {})
    assert list(changed) == [1]
    s["f"](x, y)
    assert (x.sum(), y.sum(), y[-1]) == (0, 1, 1)


def test_a_long_text_in_a_list_that_becomes_longer_comes_back(student):
    x = ["a" * 10_000]
    student("def f(x):\n    x[0] += 'b'")["f"](x)
    assert x == ["a" * 10_000 + "b"]


def test_an_array_that_gets_another_shape_there_gets_it_here(student):
    x = np.arange(6.0)
    student("def f(x):\n    x.resize((2, 3), refcheck=False)\n    x[1] = 0")["f"](x)
    assert x.tolist() == [[0, 1, 2], [0, 0, 0]]


def test_what_one_tests_process_gave_is_not_taken_by_anothers(student):
    one, other = (student("class C:\n    pass\nc = C()\ndef f(c):\n    return 1") for _ in range(2))
    assert one["f"](one["c"]) == 1
    with pytest.raises(Unsendable, match="made in another exercise's test"):
        other["f"](one["c"])


def test_an_answer_that_the_grader_cannot_hold_ends_the_process_and_not_the_grader(student):
    s = student("import numpy as np\ndef f():\n    return np.ones(10**7)")
    f = s["f"]
    gc.collect()  # what earlier tests left would make room when it goes
    with pytest.raises(MemoryError), memory_at_most(30):
        f()
    with pytest.raises(ProcessEnded, match="more than can be held"):
        f()
