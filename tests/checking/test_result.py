"""How a result reads, as text and as HTML."""

import pytest

from autograder.checking.result import Outcome, PropertyResult, Result

GOOD = PropertyResult("takes the first step")
BAD = PropertyResult("goes on", ["2 steps", "20 steps"], "adam(w=[1])", "new_w is 1, but should be 2", asked="equals")
SAME = PropertyResult("keeps apart", ["two shapes"], "adam(w=[3])", "new_w is 3, but should be 4", asked="equals")
NEW = PropertyResult("keeps float32", ["float32"], "adam(w=[4])", "new_w has dtype float64", asked="keeps dtype")


def failed(*properties, **more):
    return Result("Adam", Outcome.FAILED, 1.5, 6, list(properties), **more)


def test_text_tells_the_first_failure_in_full_and_of_later_ones_what_is_new():
    assert repr(failed(GOOD, BAD, SAME, NEW, hints=["Look at t."])) == (
        "✗ Adam: 1.5 of 6 points\n"
        "  Hint: Look at t.\n"
        "  ✓ takes the first step\n"
        "  ✗ goes on\n"
        "      case: 2 steps (and 1 more case)\n"
        "      called: adam(w=[1])\n"
        "      but: new_w is 1, but should be 2\n"
        "  ✗ keeps apart\n"
        "      case: two shapes\n"
        "  ✗ keeps float32\n"
        "      case: float32\n"
        "      but: new_w has dtype float64"
    )


def test_html_tells_the_same():
    page = failed(GOOD, BAD, SAME, NEW, hints=["Look at t."])._repr_html_()
    parts = ["Adam: 1.5 of 6 points", "Look at t.", "✓", "goes on", "adam(w=[1])", "should be 2", "float64"]
    assert all(part in page for part in parts)
    assert "adam(w=[3])" not in page


def test_nothing_of_a_student_becomes_markup():
    evil = "<script>alert('&')</script>"
    result = Result(
        evil,
        Outcome.FAILED,
        0,
        1,
        [PropertyResult(evil, [evil], evil, evil)],
        hints=[evil],
        note=evil,
    )
    page = result._repr_html_()
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;") == 7


@pytest.mark.parametrize("form", [repr, Result._repr_html_])
def test_a_hidden_test_tells_the_kind_of_case_but_no_numbers(form):
    text = form(failed(BAD, NEW, hidden=True))
    assert "Adam (hidden tests): 1.5 of 6 points" in text
    assert "2 steps" in text
    assert "adam(" not in text
    assert "should be" not in text


def test_a_hidden_test_that_passed_is_one_line():
    assert repr(Result("Adam", Outcome.PASSED, 6.0, 6, [GOOD], hidden=True)) == "✓ Adam (hidden tests): 6 of 6 points"


def test_each_outcome_has_a_mark():
    passed = Result("Adam", Outcome.PASSED, 6.0, 6, [GOOD])
    unchecked = Result("Check", Outcome.UNCHECKED, 0, 0, note="checks.json is missing.")
    assert repr(passed) == "✓ Adam: 6 of 6 points\n  ✓ takes the first step"
    assert repr(unchecked) == "– Check: could not check\n  checks.json is missing."
    assert repr(failed()).startswith("✗ ")
    assert "could not check" in unchecked._repr_html_()
    assert "points" not in unchecked._repr_html_()
