"""The page that a student gets back: grade, results with hints, their code and figures. It loads nothing from anywhere.

Used by nbgrader's `generate_feedback` (`c.GenerateFeedback.exporter_class`), and by a class's workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import nbformat
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_task
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from autograder.grading.outputs import HideTests
from autograder.grading.pages.grades import Grades, put_grades

TEMPLATES = Path(__file__).parent / "templates"
_LIGHT, _DARK = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("default", "github-dark"))


class FeedbackPage(HTMLExporter):
    """Notebook with grades in its metadata, as `put_grades` puts them there -> page.

    Formulas become MathML, which browsers show by themselves; one that cannot be read stays as it was written.
    """

    def __init__(self, config: Config | None = None, **kw):
        own = {"template_name": "feedback_page", "extra_template_basedirs": [str(TEMPLATES)]}
        super().__init__(config=Config(config or {}, FeedbackPage=own), **kw)

    def default_filters(self) -> Iterator:
        yield from super().default_filters()
        yield "points", _points
        yield "highlight_code", Highlight2HTML(pygments_lexer="ipython3", parent=self)

    @pass_context
    def markdown2html(self, context, source: str) -> str:
        pictures = context.get("cell", {}).get("attachments", {})
        return MarkdownWithMath(renderer=_Renderer(escape=False, attachments=pictures)).render(source)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw) -> tuple[str, dict]:
        resources = self._init_resources(resources)
        resources["code_styles"] = {"light": _LIGHT, "dark": _DARK}
        resources["graded"] = lambda cells: [cell for cell in cells if is_grade(cell) or is_task(cell)]
        resources["title"] = _title(nb)
        # not HTMLExporter's own: it reads the finished page once more, which takes three times as long as making it
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


@dataclass(frozen=True)
class Graded:
    """What a page is made of. text: the autograded notebook."""

    student: str
    notebook: str
    text: str
    grades: Grades


def make_page(kit, graded: Graded) -> str:
    """A worker's part (`kit`: as for every one, not needed here). The template is compiled once a process."""
    notebook = nbformat.reads(graded.text, as_version=4)
    about: dict = {"notebook": graded.notebook}
    put_grades(notebook, graded.grades, about)
    exporter, hide = _made_once()
    resources = {"nbgrader": about}
    hide.preprocess(notebook, resources)
    return exporter.from_notebook_node(notebook, resources)[0]


@cache
def _made_once() -> tuple[FeedbackPage, HideTests]:
    return FeedbackPage(), HideTests()


class _Renderer(IPythonRenderer):
    def inline_math(self, body: str) -> str:
        return _formula(body, "inline", f"${body}$")

    def block_math(self, body: str) -> str:
        return _formula(body, "block", f"$${body}$$")

    def latex_environment(self, name: str, body: str) -> str:
        whole = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return _formula(whole, "block", whole)


def _formula(body: str, display: str, written: str) -> str:
    try:
        formula = convert(body, display=display)
    except Exception:  # whatever a student may have written between two dollars
        return escape(written)
    return escape(written) if "href" in formula else formula


def _points(number: float | None) -> str:
    return f"{number or 0:.2f}".rstrip("0").rstrip(".")


def _title(nb: NotebookNode) -> str:
    """The notebook's first heading; "" where it has none."""
    lines = (line for cell in nb.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")
