"""The cheat writes: into the gradebook, settings, IPython's startup, Python itself. Nothing of it stays."""

import hashlib
import site
import sys
from pathlib import Path

import pytest

import autograder

HOUSE = Path(autograder.__file__).parents[1]  # may lie below /tmp, where it is seen but not written
WRITE = """
import os
done = []
def write(path, text="import builtins; builtins.CHEAT = True\\n"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write(text)
        done.append(path)
    except OSError:
        pass
"""


def fingerprint(folder: Path) -> str:
    """Names, sizes and times of all that lies in a folder."""
    entries = [(str(p), p.lstat().st_size, p.lstat().st_mtime_ns) for p in sorted(folder.rglob("*")) if p.is_file()]
    return hashlib.sha256(repr(entries).encode()).hexdigest()


def test_nothing_of_the_course_is_changed(grade_cheat, course):
    before = fingerprint(course)
    paths = ["gradebook.db", "nbgrader_config.py", "autograded/ada/00_toy/00_toy.ipynb", "feedback/ada/00_toy/x.html"]
    paths += ["solutions/00_toy/key/exercises.py", "assignments/00_toy/checks.json", "submitted/bo/00_toy/00_toy.ipynb"]
    got = grade_cheat(WRITE + f"for path in {[str(course / path) for path in paths]!r}:\n    write(path)")
    assert fingerprint(course) == before
    assert got.stolen == 0


@pytest.mark.parametrize("folder", [Path(autograder.__file__).parent, Path(site.getsitepackages()[0])], ids=str)
def test_nothing_of_python_is_changed(grade_cheat, folder):
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    paths = [folder / "numpy.py", folder / "cheat.pth", folder / "sitecustomize.py", folder / "checking" / "engine.py"]
    paths += [Path(sys.executable), Path("/usr/lib/cheat.py"), Path("/etc/ld.so.preload")]
    got = grade_cheat(WRITE + f"for path in {[str(path) for path in paths]!r}:\n    write(path)\nprint('DONE', done)")
    assert "DONE []" in got.shown
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


STARTUP = """
home = os.path.expanduser("~")
for folder in (home, os.environ.get("IPYTHONDIR", home), os.environ.get("MPLCONFIGDIR", home), ".", "/tmp", "/dev/shm",
               "/var/tmp", "/run", "/scratch"):
    for name in ("profile_default/startup/00.py", ".ipython/profile_default/startup/00.py", "sitecustomize.py",
                 "usercustomize.py", ".config/matplotlib/matplotlibrc", "matplotlibrc", "numpy/__init__.py",
                 "ipykernel_launcher.py", "nbgrader_config.py", "conftest.py"):
        write(os.path.join(folder, name))
"""


def test_what_starts_by_itself_starts_for_nobody(grade_cheat):
    """A start-up file, a module that shadows another, settings: the next submission sees none of them."""
    assert grade_cheat(WRITE + STARTUP + "print('WROTE', len(done) > 5)").shown.count("WROTE True") == 1
    look = f"""
import builtins, os, numpy, matplotlib
print("CHEAT", hasattr(builtins, "CHEAT"), len(numpy.__file__) > 30)
for folder in ("/tmp", "/dev/shm", ".", os.path.expanduser("~")):
    there = [os.path.join(f, n) for f, _, names in os.walk(folder) for n in names]
    print("LEFT", sorted(path for path in there if not path.startswith({str(HOUSE)!r})))"""
    got = grade_cheat(look)
    assert "CHEAT False True" in got.shown
    lines = [line for output in got.outputs["before 0"] for line in output["text"].splitlines() if "LEFT" in line]
    assert set(lines) <= {"LEFT []", "LEFT ['./checks.json']", "LEFT ['/scratch/checks.json']"}


def test_the_warm_process_is_none_of_the_students(grade_cheat):
    """What a submission changes in modules, in IPython and in builtins is its own copy's."""
    grade_cheat("""
import builtins, sys, random, IPython
builtins.len = builtins.print = builtins.CHEAT = lambda *a, **k: 0
np.CHEAT = np.testing.CHEAT = True
np.random.seed(1); random.seed(1)
get_ipython().user_ns["CHEAT"] = True
get_ipython().events.register("pre_run_cell", lambda info: print("CHEAT"))
sys.path.insert(0, "/CHEAT"); os = None""")
    where = "hasattr(np, 'CHEAT'), hasattr(builtins, 'CHEAT'), 'CHEAT' in globals(), '/CHEAT' in sys.path"
    look = f"import sys, builtins\nprint({where})"
    got = grade_cheat(look)
    assert "False False False False" in got.shown
    assert got.shown.count("CHEAT") == 0
