"""The page that a student gets back: grade, results with hints, their code and figures. It loads nothing from anywhere.

Used by nbgrader's `generate_feedback` (`c.GenerateFeedback.exporter_class`), and by a class's workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_task
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

TEMPLATES = Path(__file__).parent / "templates"
_LIGHT, _DARK = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("default", "github-dark"))


class FeedbackPage(HTMLExporter):
    """Notebook with grades in its metadata, as nbgrader's `GetGrades` puts them there -> page.

    Formulas become MathML, which browsers show by themselves; one that cannot be read stays as it was written.
    """

    def __init__(self, config: Config | None = None, **kw):
        super().__init__(config=config, **kw)
        self.extra_template_basedirs = [str(TEMPLATES)]
        self.template_name = "feedback_page"

    def default_filters(self) -> Iterator:
        yield from super().default_filters()
        yield "markdown2html", _markdown
        yield "points", _points

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw) -> tuple[str, dict]:
        resources = self._init_resources(resources)
        resources["code_styles"] = {"light": _LIGHT, "dark": _DARK}
        resources["graded"] = lambda cells: [cell for cell in cells if is_grade(cell) or is_task(cell)]
        resources["title"] = _title(nb)
        return super().from_notebook_node(nb, resources, **kw)


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


def _markdown(text: str) -> str:
    return MarkdownWithMath(renderer=_Renderer(escape=False)).render(text)


def _points(number: float | None) -> str:
    return f"{number or 0:.2f}".rstrip("0").rstrip(".")


def _title(nb: NotebookNode) -> str:
    """The notebook's first heading; "" where it has none."""
    lines = (line for cell in nb.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), "")
