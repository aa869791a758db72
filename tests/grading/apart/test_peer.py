"""Two peers that ask each other: calls, callbacks, handles, and answers that nobody asked for."""

import threading

import pytest

from autograder.grading.apart.limits import MAX_BUFFERS, MAX_CALLBACKS, MAX_METADATA
from autograder.grading.apart.peer import Peer
from autograder.grading.apart.values import Violation
from autograder.grading.apart.wire import Ended, Wire
from autograder.grading.proxies import ProcessEnded

ECHO = "def echo(*args, **kwargs):\n    return args, kwargs"


def test_a_call_takes_arguments_over_and_a_result_back(student):
    assert student(ECHO)["echo"](1, [2.5], key={"a": (None,)}) == ((1, [2.5]), {"key": {"a": (None,)}})


def test_a_function_given_back_is_the_original(student):
    s = student("def f():\n    return 1\ndef same(g):\n    return g is f")
    assert s["same"](s["f"]) is True
    assert s["same"](len) is False


def test_our_function_given_back_is_our_own(student):
    def mine():
        """This one."""

    ((back,), _) = student(ECHO)["echo"](mine)
    assert back is mine


def test_a_function_that_is_passed_is_called_here(student):
    calls = []
    s = student("def twice(f):\n    return f(1) + f(x=10)")
    assert s["twice"](lambda x: calls.append(x) or 2 * x) == 22
    assert calls == [1, 10]


def test_callbacks_call_back(student):
    s = student("def down(n, f):\n    return n if n == 0 else f(n - 1, f)")
    down = s["down"]
    assert down(20, lambda n, f: down(n, f) + 1) == 20


def test_callbacks_end_somewhere(student):
    s = student("def down(f):\n    return f(f)")
    with pytest.raises(RecursionError, match=str(MAX_CALLBACKS)):
        s["down"](lambda f: s["down"](f))
    assert s["down"](lambda f: 1) == 1


def test_a_callback_that_raises_raises_there_and_here(student):
    s = student(
        "def call(f):\n    return f()",
        "def catch(f):\n    try:\n        f()\n    except ZeroDivisionError as error:\n        return str(error)",
    )

    def broken():
        raise ZeroDivisionError("by me")

    assert s["catch"](broken) == "by me"
    with pytest.raises(ZeroDivisionError, match="by me"):
        s["call"](broken)


def test_an_odd_error_of_a_callback_is_a_runtime_error_there(student):
    class Odd(Exception):
        pass

    def broken():
        raise Odd("strange")

    s = student("def catch(f):\n    try:\n        f()\n    except RuntimeError as error:\n        return str(error)")
    assert s["catch"](broken) == "strange"


def test_a_closure_of_theirs_lives_on_and_keeps_its_state(student):
    s = student(
        "def counter():\n    n = []\n    def count():\n        n.append(1)\n        return len(n)\n    return count"
    )
    first, second = s["counter"](), s["counter"]()
    assert [first(), first(), second()] == [1, 2, 1]


def test_only_functions_and_data_can_be_passed(student):
    s = student(ECHO)
    with pytest.raises(TypeError, match="a test can pass numbers"):
        s["echo"](object())
    assert s["echo"](1) == ((1,), {})


def test_a_result_too_large_to_send_is_an_error_there(student):
    s = student(
        f"def many():\n    return list(range({MAX_METADATA}))",
        f"def long():\n    return [bytes(2**24)] * {MAX_BUFFERS // 2**24 + 1}",
        "def deep():\n    x = []\n    x.append(x)\n    return x",
    )
    for name, why in (("many", "limits"), ("long", "limits"), ("deep", "deep")):
        with pytest.raises((ValueError, TypeError), match=why):
            s[name]()


def test_an_argument_too_large_to_send_is_an_error_here_and_ends_nothing(student):
    s = student(ECHO)
    with pytest.raises(ValueError, match="too much to send"):
        s["echo"]([1.5] * MAX_METADATA)
    assert s["echo"]() == ((), {})


NOT_AN_ANSWER = {
    "another's answer": ["answer", 2, "", None],
    "three parts": ["answer", 1, ""],
    "another kind": ["reply", 1, "", None],
    "a number of text": ["answer", "1", "", None],
    "a number that is true": ["answer", True, "", None],
    "an operation of 1": ["answer", 1, 1, None],
    "an odd value": ["answer", 1, "", ["eval", "1"]],
    "something of ours that is not": ["answer", 1, "", ["yours", 1]],
    "no number": ["answer", 1, "", ["mine", "1", "f", True]],
    "a stand-in without a name": ["answer", 1, "", ["mine", 1]],
    "a question out of place": ["ask", 1, "name", ["list", "f"]],
    "a call of no function": ["ask", 1, "call", ["list", 1, ["list"], ["dict"]]],
    "an error that is no dict": ["error", 1, "", ["list"]],
}


@pytest.mark.parametrize("message", NOT_AN_ANSWER.values(), ids=NOT_AN_ANSWER)
def test_what_is_no_answer_ends_the_process(liar, message):
    peer = liar(message)
    for _ in range(2):  # for ever
        with pytest.raises(ProcessEnded, match="something that is no answer"):
            peer.ask("name", "f")
    assert peer.wire.sock.fileno() == -1


def test_one_who_serves_takes_no_answers(sockets):
    ours, theirs = sockets()
    Wire(theirs).send(["answer", 1, "", None])
    with pytest.raises(Violation, match="nobody had asked"):
        Peer(ours).serve_until_closed()


def test_serving_ends_with_the_wire(sockets):
    ours, theirs = sockets()
    theirs.close()
    with pytest.raises(Ended):
        Peer(ours).serve_until_closed()


def test_what_the_two_ends_must_say_is_theirs_to_say(sockets):
    peer = Peer(sockets()[0])
    for method, arguments in ((peer.serve, ("", [])), (peer.describe, (ValueError(),)), (peer.rebuild, ({},))):
        with pytest.raises(NotImplementedError):
            method(*arguments)
    with pytest.raises(NotImplementedError):
        peer.stand_in(1, "f", True)
    assert peer.keep(object()) is None


def test_an_empty_tuple_of_theirs_is_not_confused_with_any_other(sockets):
    ours, theirs = sockets()
    peer = Peer(ours)
    thread = threading.Thread(target=lambda: Wire(theirs).send(["answer", 1, "", ["data of", 5, ["tuple"]]]))
    thread.start()
    assert peer.ask("name", "f") == ()
    thread.join()
    assert peer.kept(()) is None
