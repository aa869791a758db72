"""The cheat turns IPython against the test cells: transformers, events, hooks."""

import pytest

HOOKS = {
    "an input transformer": """
get_ipython().input_transformers_cleanup.append(
    lambda lines: ["pass\\n"] if any("half(" in line for line in lines) and "def" not in lines[0] else lines)""",
    "an AST transformer": """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
    def visit_Expr(self, node):
        return ast.copy_location(ast.Expr(ast.Constant(2.0)), node)
get_ipython().ast_transformers.append(NoAsserts())""",
    "an event": """
def before(info):
    info.raw_cell = "pass"
def after(result):
    result.error_in_exec = result.error_before_exec = None
for name, function in (("pre_run_cell", before), ("post_run_cell", after)):
    get_ipython().events.register(name, function)""",
    "run_cell": """
from IPython.core.interactiveshell import InteractiveShell
kept = InteractiveShell.run_cell
def run_cell(self, raw_cell, *a, **k):
    return kept(self, raw_cell if "def " in raw_cell else "3.0", *a, **k)
InteractiveShell.run_cell = type(get_ipython()).run_cell = run_cell""",
    "run_code": """
async def run_code(*a, **k):
    return False
get_ipython().run_code = run_code
type(get_ipython()).run_code = run_code""",
    "the traceback": """
get_ipython().showtraceback = get_ipython()._showtraceback = lambda *a, **k: None
get_ipython().set_custom_exc((Exception,), lambda *a, **k: None)""",
    "the display hook": """
import sys
sys.displayhook = lambda value: get_ipython().display_pub.publish({"text/plain": "2.0"})
type(get_ipython().displayhook).__call__ = lambda self, result=None: None""",
    "a formatter": """
for kind in (float, int):
    get_ipython().display_formatter.formatters["text/plain"].for_type(kind, lambda v, p, c: p.text("2.0"))""",
    "the outputs": """
recorder = get_ipython().recorder
type(recorder).finished = lambda self: [
    {"output_type": "execute_result", "data": {"text/plain": "3.0"}, "metadata": {}, "execution_count": 1}]""",
    "the excepthook": """
import sys
sys.excepthook = sys.unraisablehook = lambda *a: None""",
    "a tracer": """
import sys
def trace(frame, event, arg):
    frame.f_locals["halved"] = 2
    return trace
sys.settrace(trace); sys.setprofile(lambda *a: None)""",
}


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_a_hook_earns_nothing(grade_cheat, hook):
    got = grade_cheat(hook)
    assert got.stolen == 0
    assert got.square in (0, 2)  # a broken shell breaks its owner's later cells at most


@pytest.mark.parametrize("name", ["an input transformer", "the traceback"])
def test_in_a_kernel_it_pays(stock, name):
    assert stock(HOOKS[name]).stolen > 0
