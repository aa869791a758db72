"""A cell's outputs are those of a kernel, and no longer than they may be."""

import builtins
import sys

import pytest

from autograder.grading.apart.shell import NO_INPUT, Recorder, well_formed


@pytest.fixture
def run(shell):
    yield shell.run
    shell.reset(new_session=False)


def kinds(outputs: list[dict]) -> list[str]:
    return [output["output_type"] for output in outputs]


def test_what_is_printed_is_joined_by_stream(run):
    outputs = run("import sys\nprint(1); print(2)\nprint('no', file=sys.stderr)\nprint(3)")
    assert [(o["name"], o["text"]) for o in outputs] == [("stdout", "1\n2\n"), ("stderr", "no\n"), ("stdout", "3\n")]


def test_a_cells_value_is_its_result(run):
    (output,) = run("1 + 1")
    assert output["output_type"] == "execute_result"
    assert output["data"] == {"text/plain": "2"}
    assert type(output["execution_count"]) is int
    assert run("1;") == run("None") == []


def test_displays_have_their_forms_and_can_be_updated(run):
    (output,) = run(
        "from IPython.display import HTML, display, update_display\n"
        "h = display('old', display_id='d')\nupdate_display(HTML('<b>new</b>'), display_id='d')"
    )
    assert output["output_type"] == "display_data"
    assert output["data"]["text/html"] == "<b>new</b>"
    assert "_display_id" not in output


def test_outputs_can_be_cleared_at_once_or_by_the_next(run):
    clear = "from IPython.display import clear_output\nprint(1)\n"
    assert run(f"{clear}clear_output()") == []
    assert run(f"{clear}clear_output(wait=True)")[0]["text"] == "1\n"
    assert [o["text"] for o in run(f"{clear}clear_output(wait=True)\nprint(2)")] == ["2\n"]


def test_a_timed_cell_is_run_and_told_of(run):
    outputs = run("%%time\nx = 5\nprint(x)")
    assert outputs[0]["text"].startswith("5\n")
    assert "Wall time" in outputs[0]["text"]


def test_an_error_has_its_name_text_and_traceback(run):
    (output,) = run("def f():\n    raise ValueError('odd')\nf()")
    assert (output["ename"], output["evalue"]) == ("ValueError", "odd")
    assert "raise ValueError('odd')" in "".join(output["traceback"])
    (output,) = run("def f(:")
    assert output["ename"] == "SyntaxError"


@pytest.mark.parametrize("name", ["input", "__import__('getpass').getpass"])
def test_input_is_refused_with_a_sentence(run, name):
    (output,) = run(f"{name}('name? ')")
    assert (output["ename"], output["evalue"]) == ("EOFError", NO_INPUT)


@pytest.mark.parametrize("leave", ["exit()", "quit()", "raise SystemExit", "import sys; sys.exit(3)"])
def test_leaving_ends_the_cell_and_nothing_else(run, leave):
    outputs = run(f"y = 1\n{leave}\ny = 2")
    assert outputs[0]["ename"] == "SystemExit"
    assert run("y")[0]["data"] == {"text/plain": "1"}


def test_what_a_cell_does_to_the_streams_is_undone(run):
    before = sys.stdout, sys.stderr, sys.displayhook, builtins.input
    run("import builtins, sys\nsys.stdout = sys.stderr = None\nsys.displayhook = print\nbuiltins.input = len")
    assert before == (sys.stdout, sys.stderr, sys.displayhook, builtins.input)
    assert run("print('still here')")[0]["text"] == "still here\n"


def test_a_stream_takes_text_only(run):
    (output,) = run("import sys\nsys.stdout.write(b'x')")
    assert output["ename"] == "TypeError"
    assert run("assert sys.stdout.writable() and sys.stdout.encoding == 'utf-8'") == []


def test_printing_is_cut_once_with_a_line_that_says_so():
    recorder = Recorder(10)
    for _ in range(5):
        recorder.stream("stdout", "1234")
    (output,) = recorder.finished()
    assert output["text"].startswith("1234123412\n… the output of this cell ends here")
    assert output["text"].count("…") == 1


def test_a_display_too_large_is_left_out_with_the_same_line():
    recorder = Recorder(10)
    for _ in range(3):
        recorder.data({"text/plain": "x" * 11}, {})
    recorder.data({"text/plain": "y"}, {})
    (output,) = recorder.finished()
    assert "the output of this cell ends here" in output["text"]
    recorder.start()
    recorder.data({"text/plain": "y"}, {})
    assert kinds(recorder.finished()) == ["display_data"]


def test_many_short_lines_take_no_long_time(shell):
    recorder = Recorder(2_000_000)
    for _ in range(400_000):
        recorder.stream("stdout", "line\n")
    assert len(recorder.finished()[0]["text"]) == 2_000_000


def test_a_long_error_is_cut():
    recorder = Recorder(10)
    recorder.error("E" * 300, "x" * 20_000, ["y" * 20_000] * 300)
    (output,) = recorder.finished()
    assert (len(output["ename"]), len(output["evalue"]), len(output["traceback"])) == (200, 10_000, 201)
    assert max(map(len, output["traceback"])) == 10_000


def test_an_update_of_no_display_is_nothing():
    recorder = Recorder(10)
    recorder.data({"text/plain": "y"}, {}, display_id="d", update=True)
    assert recorder.finished() == []


STREAM = {"output_type": "stream", "name": "stdout", "text": "a"}
ERROR = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}


@pytest.mark.parametrize("outputs", [[STREAM], [ERROR]])
def test_outputs_of_the_right_form_are_kept(outputs):
    assert well_formed(outputs) == outputs


def test_a_display_keeps_its_texts_and_no_metadata_or_count():
    data = {"text/plain": ["1", "2"], "text/html": 5, 6: "x"}
    result = {"output_type": "execute_result", "data": data, "execution_count": 3, "metadata": {"a": 1}}
    assert well_formed([result]) == [
        {"output_type": "execute_result", "execution_count": None, "data": {"text/plain": "12"}, "metadata": {}}
    ]


@pytest.mark.parametrize(
    "output",
    [
        5,
        {},
        {**STREAM, "name": "other"},
        {**STREAM, "text": 5},
        {**STREAM, "text": [5]},
        {**ERROR, "ename": None},
        {**ERROR, "traceback": "t"},
        {"output_type": "display_data", "data": "x"},
        {"output_type": "other", "data": {}},
    ],
    ids=str,
)
def test_outputs_of_another_form_are_left_out(output):
    assert well_formed([output, STREAM]) == [STREAM]
    assert well_formed(output) == []


def test_of_outputs_that_are_too_many_the_first_are_kept():
    shown = {"output_type": "display_data", "data": {"text/plain": "12345"}, "metadata": {}}
    assert well_formed([shown, shown, STREAM], 2 * len("text/plain12345")) == [shown, shown]
    assert well_formed([shown, shown, STREAM], 2 * len("text/plain12345") - 1) == [shown]
