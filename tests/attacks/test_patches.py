"""The cheat changes what a test would use: NumPy, builtins, modules, the import itself."""

import pytest

PATCHES = {
    "numpy's comparison": "np.testing.assert_allclose = np.allclose = np.array_equal = lambda *a, **k: True",
    "numpy's ufuncs": "np.equal = np.less = np.abs = lambda *a, **k: np.array(True)",
    "math.isclose": "import math\nmath.isclose = lambda *a, **k: True",
    "abs, len, sum": """
import builtins
builtins.abs = builtins.len = lambda x: 0
builtins.sum = lambda numbers, start=0: 2.0
builtins.float = lambda x=0: 2.0""",
    "a sum of its own": "import builtins\nbuiltins.sum = lambda *a: 2.0",
    "print": "import builtins\nbuiltins.print = lambda *a, **k: None",
    "isinstance": "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.type = lambda *a: int",
    "AssertionError": """
import builtins
class AssertionError(Exception):
    pass
builtins.AssertionError = AssertionError""",
    "sys.modules": """
import sys, types
class Any(types.ModuleType):
    def __getattr__(self, name):
        return lambda *a, **k: 3.0
for name in ("numpy", "numpy.testing", "math", "autograder", "autograder.checking"):
    sys.modules[name] = Any(name)
np = sys.modules["numpy"]""",
    "__import__": """
import builtins
kept = builtins.__import__
def hooked(name, *args, **kwargs):
    module = kept(name, *args, **kwargs)
    if name.startswith(("autograder", "numpy")):
        module.grade = module.check = lambda *a: 3.0
        module.testing = type("testing", (), {"assert_allclose": staticmethod(lambda *a, **k: None)})
    return module
builtins.__import__ = hooked""",
    "a finder of modules": """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        print("looking for", name)
        return None
sys.meta_path.insert(0, Finder())
sys.path_hooks.clear()
sys.path_importer_cache.clear()""",
    "files that shadow modules": """
for name in ("numpy", "autograder", "sitecustomize", "usercustomize", "IPython", "msgspec"):
    open(f"{name}.py", "w").write("def grade(*a): return 3.0\\ncheck = grade\\n")""",
    "the checks": """
import autograder, autograder.checking.engine, autograder.checking.compare, autograder.checking.judges as judges
autograder.grade = autograder.check = lambda *a: 3.0
autograder.checking.engine.evaluate = lambda *a: 3.0
autograder.checking.compare.difference = lambda *a, **k: None
for judge in judges.JUDGES.values():
    type(judge).fault = lambda *a: None""",
    "the test's own names": """
check = grade = lambda *a: 3.0
assert_allclose = lambda *a, **k: None
square_is_right = half_is_right = True""",
    "the meaning of numbers": """
import ctypes
four = 5.5
ctypes.memmove(id(5.5), id(0.0), 0)
class float(float):
    __eq__ = lambda self, other: True
    __hash__ = None""",
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_a_patch_earns_nothing(grade_cheat, patch):
    got = grade_cheat(patch)
    assert got.stolen == 0
    assert got.square == 2


@pytest.mark.parametrize("name", ["the checks", "sys.modules", "__import__", "the test's own names"])
def test_nor_where_the_test_is_a_check(grade_cheat, name, check_test):
    got = grade_cheat(PATCHES[name], tests={"half": check_test})
    assert got.stolen == 0
    assert got.square == 2


def test_in_a_kernel_it_pays(stock, check_test):
    """One kernel: three patches, each for a test that it fools."""
    patches = [PATCHES[name] for name in ("numpy's comparison", "a sum of its own", "the checks")]
    compared = "np.testing.assert_allclose(half(np.array([3.0])), [1.5])"
    got = stock(*patches, "from autograder import check", tests={"half": check_test, "square": compared})
    assert (got.half, got.parts, got.square) == (3, 2, 2)
