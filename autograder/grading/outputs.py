"""Outputs of a submission's cells: which are safe to show, and what of a test its student reads."""

from __future__ import annotations

import re
import textwrap
from html.parser import HTMLParser

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

from autograder.grading.course import course_of, source_notebook
from autograder.grading.execute import is_test
from autograder.grading.reading import PICTURES, is_base64

WHY_UNDEFINED = ". The cell that should define it was not run to its end: look for the error there."
MOST_HTML = 100_000  # characters of a notebook's HTML that are shown as such; cleaning more takes too long
TEXTS = ("text/plain", "text/latex")  # nbconvert's templates escape them
_NAMES = """a abbr b blockquote br caption center code col colgroup dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i
ins kbd li mark ol p pre s samp small span strong sub summary sup table tbody td tfoot th thead tr tt u ul var"""
TAGS = frozenset(_NAMES.split())
ATTRIBUTES = {"a": ["href", "title"], "*": ["class", "colspan", "rowspan"]}
_PLAIN = "b|br|code|del|details|em|hr|i|ins|kbd|mark|p|s|small|strong|sub|summary|sup|u"
_MARKUP = re.compile(rf"<(?=[a-zA-Z/!?])(?!/?(?:{_PLAIN})\s*/?>)(?!https?://[^\s<>\"]*>)")
_NOT_TEXT = re.compile(r"<(style|script)\b(?:(?!<\1\b).)*?</\1\s*>", re.DOTALL | re.IGNORECASE)


class SafeOutputs(NbGraderPreprocessor):
    """What a student wrote can run no script in the browser of whoever reads it. The grader's own results stay."""

    def preprocess(self, nb, resources):
        make_safe(nb, source_notebook(course_of(self), resources["nbgrader"]))
        return nb, resources


def make_safe(notebook: NotebookNode, source: NotebookNode) -> None:
    """Take from texts and outputs what could run in a browser. Texts of the source notebook stay as they are."""
    given = {cell.source for cell in source.cells}
    html_left = MOST_HTML
    for cell in notebook.cells:
        if cell.cell_type != "code":
            if cell.source not in given:
                cell.source = _safe_text(cell.source, cell.get("attachments"))
        elif not is_test(cell):
            for output in cell.outputs:
                if "data" in output:
                    html_left -= _make_data_safe(output, html_left)
            cell.outputs = [output for output in cell.outputs if output.get("data", True)]


def _safe_text(text: str, attachments=None) -> str:
    """Markdown that nbconvert can render, and whose page holds no HTML but plain tags and no link that runs code."""
    if _rendered(text, attachments, escape=True) != _rendered(text, attachments, escape=False):
        text = without_markup(text)
    kept = attachments or {}
    found = re.sub(r"attachment:([^\s)\"'>]*)", lambda m: m[0] if m[1] in kept else f"attachment {m[1]}", text)
    for mended in (found, textwrap.indent(text, "    ")):
        page = _rendered(text, attachments, escape=False)
        if page is not None and all(map(_is_safe_address, _Addresses(page).found)):
            return text
        text = mended
    return text


def _rendered(text: str, attachments, *, escape: bool) -> str | None:
    """None where it cannot be rendered: a picture that is not there is enough."""
    try:
        return MarkdownWithMath(renderer=IPythonRenderer(escape=escape, attachments=attachments or {})).render(text)
    except Exception:
        return None


class _Addresses(HTMLParser):
    """Where the links and pictures of a page lead."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found += [value or "" for name, value in attributes if name in ("href", "src")]


def _is_safe_address(address: str) -> bool:
    """Browsers do not see blanks and control characters in an address."""
    scheme = re.match("[a-z][a-z0-9+.-]*:", seen := re.sub(r"[\x00-\x20]", "", address).lower())
    pictures = tuple(f"data:{kind};" for kind in PICTURES)
    return not scheme or scheme[0] in ("http:", "https:", "mailto:") or seen.startswith(pictures)


def _make_data_safe(output: NotebookNode, html_left: int) -> int:
    """Clean HTML, drop kinds of data that cannot be cleaned; the number of characters of HTML that were cleaned."""
    data = output.data
    output.data = type(data)({kind: data[kind] for kind in TEXTS if kind in data})
    output.data |= {kind: data[kind] for kind in PICTURES if is_base64(data.get(kind))}
    if "text/markdown" in data:
        output.data["text/markdown"] = _safe_text(data["text/markdown"])
    html = data.get("text/html", "")
    if not html or len(html) > html_left:
        return 0
    output.data["text/html"] = bleach.clean(_NOT_TEXT.sub("", html), TAGS, ATTRIBUTES, strip=True)
    return len(html)


def without_markup(text: str) -> str:
    """Markdown with a space after each < that begins HTML, but for plain tags such as <br>.

    The space ends the tag and leaves all else as it was: x<y in a formula or in code still says the same.
    """
    return _MARKUP.sub("< ", text)


class HideTests(ClearHiddenTests):
    """For feedback pages: no hidden test, and an error in a test in one line, as its traceback shows the source."""

    def preprocess_cell(self, cell, resources, cell_index):
        if not is_test(cell):  # a student may write the markers of a hidden test too
            return cell, resources
        for output in cell.outputs:
            if output.output_type == "error":
                why = WHY_UNDEFINED if output.ename == "NameError" else ""
                output.traceback = [f"{output.ename}: {output.evalue}{why}"]
        return super().preprocess_cell(cell, resources, cell_index)
