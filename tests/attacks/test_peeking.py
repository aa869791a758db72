"""The cheat looks around: for the tests, the answers, the gradebook, other students, what the processes hold."""

import os

import pytest

LOOK = """
import os
def everything(*tops):
    for top in tops:
        for folder, folders, files in os.walk(top, followlinks=False):
            folders[:] = [f for f in folders if not (folder == "/" and f in ("proc", "sys", "dev", "usr"))]
            for file in files:
                yield os.path.join(folder, file)
found = []
"""
SHOW = "\nprint('FOUND', found)"


def test_the_course_is_out_of_sight(grade, course):
    """From the root down, by the names that a course's folders and files have."""
    look = (
        LOOK
        + """
words = ("/key/", "gradebook.db", "submitted", "autograded", "solutions", "feedback/")
for path in everything("/"):
    if "site-packages/" not in path and any(word in path for word in words):
        found.append(path)
"""
        + f"found += [p for p in ({str(course)!r}, '/root', '/home', '/work', '/var/lib') if os.path.isdir(p) "
        "and any(not os.path.isdir(os.path.join(p, n)) for n in os.listdir(p))]" + SHOW
    )
    assert "FOUND []" in grade(look).shown


def test_no_file_in_sight_holds_a_test_or_a_canary(grade, course, tmp_path):
    """Read what can be read, but for the system's and Python's own."""
    for folder in (tmp_path, course / "solutions" / "00_toy" / "key"):
        (folder / "notes.txt").write_text("CANARY of a file that anybody may read")
    look = (
        LOOK
        + """
words = ("CANA" + "RY", "BEGIN HID" + "DEN", "half_dou" + "bles", "14" + "4) < 1e-9")
for path in everything("/"):
    if "site-packages" in path or "/lib/python" in path or "autograder/" in path:
        continue
    try:
        text = open(path, errors="replace").read(10**6)
    except OSError:
        continue
    found += [path for word in words if word in text]
"""
        + SHOW
    )
    assert "FOUND []" in grade(look).shown


def test_a_path_that_is_known_leads_nowhere(grade, course):
    paths = [course / "gradebook.db", course / "solutions" / "00_toy" / "key" / "exercises.py", course / "submitted"]
    paths += ["/etc/shadow", "/etc/passwd", "/root/.bashrc", "/proc/1/environ", "/proc/1/mem", "/proc/kcore"]
    look = (
        LOOK + f"paths = {[str(path) for path in paths]!r}" + "\nfound = [p for p in paths if os.access(p, os.R_OK)]\n"
    )
    look += "os.symlink(paths[0], 'link')\nfound += [p for p in ['link'] if os.path.exists(p)]"
    assert "FOUND []" in grade(look + SHOW).shown


def test_what_is_released_can_be_read_and_not_written(grade):
    reading = "import os, json\nprint(os.listdir('.'), json.load(open('checks.json'))['assignment'])"
    got = grade(reading, "open('checks.json', 'w').write('{}')", "import os\nos.chmod('/released', 0o777)")
    assert "['checks.json'] 00_toy" in got.shown
    assert [got.outputs[f"before {i}"][0]["ename"] for i in (1, 2)] == ["OSError", "OSError"]


def test_the_environment_tells_nothing(grade, monkeypatch):
    monkeypatch.setenv("CANARY", "a password")
    got = grade("import os\nprint(dict(os.environ))\nprint(open('/proc/self/environ').read())")
    assert "CANARY" not in got.shown
    assert "a password" not in got.shown


def test_no_descriptor_leads_out(grade):
    """But for the socket to the grader, and /dev/null."""
    look = """
import os
for fd in range(256):
    try:
        print(fd, os.readlink(f'/proc/self/fd/{fd}') if os.path.exists('/proc/self/fd') else os.fstat(fd))
    except OSError:
        pass"""
    got = grade(look)
    lines = [line for output in got.outputs["before 0"] for line in output["text"].splitlines()]
    assert [line.split()[1].split(":")[0] for line in lines if "/dev/null" not in line and "/proc/" not in line] == [
        "socket"
    ]


def test_no_other_process_can_be_looked_into(grade):
    look = (
        LOOK
        + """
import ctypes
for name in os.listdir("/proc"):
    if not name.isdigit() or os.path.exists(f"/proc/{name}") and os.path.samefile(f"/proc/{name}", "/proc/self"):
        continue
    for part in ("mem", "environ", "maps", "auxv", "stack", "syscall"):
        try:
            with open(f"/proc/{name}/{part}", "rb+" if part == "mem" else "rb") as file:
                found.append((name, part, file.read(1) if part != "mem" else b""))
        except OSError:
            pass
    for link in ("root", "cwd", *(f"fd/{n}" for n in range(9))):
        try:
            os.stat(f"/proc/{name}/{link}")
            found.append((name, link))
        except OSError:
            pass
    if ctypes.CDLL(None).ptrace(16, int(name), 0, 0) == 0:
        found.append((name, "traced"))
"""
        + SHOW
    )
    assert "FOUND []" in grade(look).shown


def test_expected_values_are_nowhere_in_the_process(grade):
    """Frames upwards, all objects, and the process's own memory, searched while a hidden test calls."""
    half = """
import gc, sys, json
def half(x):
    seen = set()
    frame = sys._getframe()
    texts = []
    while frame:
        texts.append(repr(list(frame.f_locals.items()))[:5000])
        texts += [str(c) for c in frame.f_code.co_consts]
        frame = frame.f_back
    for thing in gc.get_objects():
        if isinstance(thing, (list, tuple, dict)) and len(thing) < 50:
            try:
                texts.append(repr(thing)[:500])
            except Exception:
                pass
    if x == 4:
        return 2
    raise ValueError("SEEN" if any("135" + "914" in text for text in texts) else "not seen")"""
    tests = {"half": "wanted = 135914\nassert half(4) == 2\nassert half(271828) == wanted"}
    got = grade(half=half, tests=tests)
    assert "not seen" in got.shown
    assert got.half == 0


def test_a_call_tells_nothing_of_its_test(grade):
    """The stack, the shell's history, linecache and IPython's memory of cells hold the student's own code only."""
    half = """
import inspect, linecache, traceback
def half(x):
    text = "".join(traceback.format_stack()) + str(linecache.cache) + str(In) + str(get_ipython().user_ns)
    raise ValueError("SEEN" if "assert" + "_allclose(half" in text or "HID" + "DEN" in text else "not seen")"""
    tests = {"half": "### BEGIN HIDDEN TESTS\nnp.testing.assert_allclose(half(4), 2)\n### END HIDDEN TESTS\nhalf(4)"}
    got = grade(half=half, tests=tests)
    assert "SEEN" not in got.shown.replace("not seen", "")


def test_a_function_of_the_tests_gives_values_and_nothing_else(grade):
    half = """
def half(f):
    found = []
    for name in ("__globals__", "__code__", "__closure__", "__self__", "_function", "__defaults__", "__wrapped__"):
        value = getattr(f, name, None)
        if value is not None:
            found.append(str(getattr(value, "__globals__", value)))
    return "SEEN" if any("27182" + "8" in text for text in found) else f(5.0)"""
    tests = {"half": "secret = 271828\ndef f(x, secret=secret):\n    return x / 2\nprint(half(f), half(f) == 2.5)"}
    got = grade(half=half, tests=tests)
    assert "2.5 True" in got.shown


def test_answers_to_the_visible_inputs_alone_earn_no_hidden_points(grade, check_test):
    got = grade(half="def half(x):\n    return {4: 2, 6: 3}.get(x) if np.ndim(x) == 0 else None")
    assert (got.half, got.parts, got.square) == (0, 1, 2)
    frozen = """
import json
cases = [case for e in json.load(open("checks.json"))["exercises"] for p in e["properties"] for case in p["cases"]]
def half(x):
    for case in cases:
        given, expected = case["inputs"]["x"], case["expected"]
        if isinstance(expected, dict) and np.shape(given["$array"]) == np.shape(x) and np.allclose(given["$array"], x):
            return np.array(expected["the result"]["$array"])"""
    got = grade(half=frozen, tests={"half": "check(half)", "parts": check_test})
    assert got.half == 3
    assert got.parts < 1.01  # for leaving its argument alone, at most


@pytest.mark.skipif(os.getuid() != 0, reason="the names of other users' files are in reach of root alone")
def test_as_root_the_submission_is_nobody(grade):
    got = grade("import os\nprint(os.getresuid(), os.getgroups(), open('/proc/self/status').read())")
    assert "(65534, 65534, 65534) [65534]" in got.shown or "(65534, 65534, 65534) []" in got.shown
    assert "CapEff:\\t0000000000000000" in got.shown
    assert "NoNewPrivs:\\t1" in got.shown


def test_in_a_kernel_the_tests_are_found(stock):
    half = """
import sys
def half(x):
    frame = sys._getframe(1)
    return frame.f_globals.get("wanted", 2)"""
    assert stock(half=half, tests={"half": "wanted = 135914\nassert half(271828) == wanted"}).half == 3
