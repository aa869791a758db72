"""What a student wrote can run nothing in a reader's browser, and honest texts stay as they are."""

import pytest
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograder.grading import outputs
from autograder.grading.outputs import HideTests, make_safe

PICTURE = {"p.png": {"image/png": "AAAA"}}


def safe_text(text: str, **more) -> str:
    notebook = new_notebook(cells=[new_markdown_cell(text, **more)])
    make_safe(notebook, new_notebook())
    return notebook.cells[0].source


def safe_data(**data) -> dict:
    kinds = {name.replace("__", "+").replace("_", "/"): value for name, value in data.items()}
    notebook = new_notebook(cells=[new_code_cell(outputs=[new_output("display_data", kinds)])])
    make_safe(notebook, new_notebook())
    return notebook.cells[0].outputs[0].data if notebook.cells[0].outputs else {}


@pytest.mark.parametrize(
    "text",
    [
        "for $x<y$ and `if a<b:` and $$\\sum_{i<n} i$$",
        "a <b>bold</b> word, 1 < 2, a<br>new line, H<sub>2</sub>O",
        "```python\nx = '<script>'\n```",
        "[a](https://x.org) [b](#there) [c](data.csv) <https://x.org> [d](mailto:a@x.org)",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "한국어, العربية",
    ],
)
def test_an_honest_text_stays_as_it_is(text):
    assert safe_text(text) == text


def test_a_pasted_picture_stays_and_a_missing_one_stops_no_page():
    assert safe_text("![a](attachment:p.png)", attachments=PICTURE) == "![a](attachment:p.png)"
    both = safe_text("![a](attachment:p.png) ![b](attachment:q.png)", attachments=PICTURE)
    assert both == "![a](attachment:p.png) ![b](attachment q.png)"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<SCRIPT\n>alert(1)</SCRIPT\n>",
        "<img src=x onerror=alert(1)>",
        "a\n\n<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<b onclick=alert(1)>x</b>",
        "<!-- --><img src=x onerror=alert(1)>",
        "</div><style>*{display:none}</style>",
        '<a title="',
        "<math><a xlink:href=javascript:alert(1)>x",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](&#1;javascript:alert(1))",
        "[x][1]\n\n[1]: vbscript:alert(1)",
        "<javascript:alert(1)>",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "[x](data:text/html,<script>alert(1)</script>)",
    ],
)
def test_no_text_runs_a_script(text):
    found = []

    class Page(outputs.HTMLParser):
        def handle_starttag(self, tag, attributes):
            found.append((tag, [name for name, _ in attributes]))
            for _, value in attributes:
                seen = "".join(c for c in value or "" if c > " ").lower()
                assert not seen.startswith(("javascript", "vbscript", "data:"))

    for made in (safe_text(text), safe_text(f"{text}\n\nand more $x<y$")):
        Page().feed(MarkdownWithMath(renderer=IPythonRenderer(escape=False)).render(made))
    assert {tag for tag, _ in found} <= {"p", "a", "img", "pre", "code", "div", "span", "em", "blockquote"}
    assert {name for _, names in found for name in names} <= {"href", "src", "alt", "title", "class"}


def test_a_text_of_the_course_stays_and_a_raw_cell_is_cleaned_like_a_text():
    text = "<img src='a.png' width=3>"
    notebook = new_notebook(cells=[new_markdown_cell(text), new_raw_cell(text + "!")])
    make_safe(notebook, new_notebook(cells=[new_markdown_cell(text)]))
    assert [cell.source for cell in notebook.cells] == [text, "< img src='a.png' width=3>!"]


def test_a_table_stays_and_what_could_run_goes():
    table = "<div><style>td {top: 0}</style><table border=1><tr><td onclick=x>1</td></tr></table></div>"
    data = safe_data(text_html=table + "<script>alert(1)</script>", text_plain="1")
    assert data == {"text/plain": "1", "text/html": "<div><table><tbody><tr><td>1</td></tr></tbody></table></div>"}


def test_kinds_that_cannot_be_cleaned_go_and_so_does_an_output_of_nothing_else():
    assert safe_data(image_svg__xml="<svg onload=x>", application_javascript="x", text_plain="1") == {"text/plain": "1"}
    assert safe_data(image_svg__xml="<svg onload=x>") == {}
    assert safe_data(image_png="AAA=\n", image_gif='"><script>', text_latex="$x$") == {
        "image/png": "AAA=\n",
        "text/latex": "$x$",
    }
    assert safe_data(text_markdown="[x](javascript:x) ![y](attachment:z)")["text/markdown"].startswith("    ")


def test_html_that_is_too_long_to_clean_gives_way_to_the_text(monkeypatch):
    monkeypatch.setattr(outputs, "MOST_HTML", 10)
    assert safe_data(text_html="<b>long</b>", text_plain="1") == {"text/plain": "1"}
    assert safe_data(text_html="<b>x</b>", text_plain="1") == {"text/plain": "1", "text/html": "<b>x</b>"}


def graded(source: str, *, solution: bool, outputs=()) -> dict:
    about = {"grade": True, "solution": solution, "grade_id": "q", "points": 1, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": about}, outputs=list(outputs))


def test_the_graders_results_stay_but_outputs_of_an_answer_that_is_graded_by_hand_are_the_students():
    html = new_output("display_data", {"text/html": "<div style='color:red' onclick=x>"})
    notebook = new_notebook(
        cells=[graded("t", solution=False, outputs=[html]), graded("s", solution=True, outputs=[html])]
    )
    make_safe(notebook, new_notebook())
    assert notebook.cells[0].outputs[0].data["text/html"] == html.data["text/html"]
    assert notebook.cells[1].outputs[0].data["text/html"] == "<div></div>"


def test_feedback_hides_tests_and_only_tests():
    error = new_output("error", ename="NameError", evalue="no half", traceback=["--> 3 half(7)"])
    text = "a\n### BEGIN HIDDEN TESTS\nhalf(7)\n### END HIDDEN TESTS"
    students = "### BEGIN HIDDEN TESTS\n### BEGIN HIDDEN TESTS"
    notebook = new_notebook(cells=[graded(text, solution=False, outputs=[error]), new_code_cell(students)])
    test, own = HideTests().preprocess(notebook, {})[0].cells
    assert test.source == "a"
    assert test.outputs[0].traceback == [f"NameError: no half{outputs.WHY_UNDEFINED}"]
    assert own.source == students
