"""The page holds what was counted, and nothing that runs or loads anything, whatever students have written."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from plain_course import NAME

from autograder.cli import main
from autograder.grading.classes.report.figures import Mistake, Said, figures
from autograder.grading.classes.report.gathered import gather
from autograder.grading.classes.report.page import page
from autograder.grading.classes.report.similar import Pair, SideBySide, Similar, similar

EVIL = "</code><script>alert(1)</script>`<b onclick=x>` &amp; {{ 7 * 7 }}"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--dump-dom"),
]


class Parsed(HTMLParser):
    """tags; addresses that are loaded or linked; texts; attributes that would run something."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.addresses, self.texts, self.risks = [], [], [], []
        self.feed(text)
        self.text = "".join(self.texts)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("href", "src", "srcset", "action", "data", "poster", "background"):
                self.addresses.append(value)
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.risks.append((tag, name))

    def handle_data(self, data):
        self.texts.append(data)


@pytest.fixture
def evil(course) -> str:
    """The page of a class whose every text tries to be code."""
    counted = replace(
        figures(gather(course, NAME)),
        assignment=EVIL,
        mistakes=[Mistake(EVIL, EVIL, [EVIL])],
        put_right=[Said(EVIL, [EVIL])],
        unchecked=[Said(EVIL, [EVIL])],
        ungraded=[EVIL],
        has_results=True,
    )
    parts = [(EVIL, True), (EVIL, False)]
    return page(counted, Similar([Pair([EVIL], [EVIL], 0.9, 0.8, [SideBySide(EVIL, parts, parts)])]))


def plain_page(course) -> str:
    gathered = gather(course, NAME)
    return page(figures(gathered), similar(gathered))


def written(course, *arguments) -> str:
    """What the command writes in a process of its own."""
    command = [sys.executable, "-m", "autograder.cli", "report", NAME, *arguments]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Class report: ")
    return (course / done.stdout.split(": ")[1].strip()).read_text(encoding="utf-8")


def test_the_command_writes_what_was_counted_and_the_same_bytes_each_time(course, monkeypatch):
    text = written(course)
    assert text == (course / "reports" / f"{NAME}.html").read_text(encoding="utf-8")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert written(course, "--output", "a/b.html") == text
    said = " ".join(" ".join(Parsed(text).texts).split())
    for what in (
        "newest: 2030-01-05 12:30 UTC",
        "by tests 5 2.4 2 5 of 5",
        "test_mean 40% all points",
        "Handed in, but not graded: gus",
        "Fewer than 9 different submissions",
    ):
        assert what in said, what


@pytest.mark.parametrize("name", ["course", "evil"])
def test_nothing_on_the_page_runs_or_is_loaded(name, request):
    value = request.getfixturevalue(name)
    text = value if name == "evil" else plain_page(value)
    parsed = Parsed(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form", "b onclick"} & set(parsed.tags)
    assert parsed.risks == []
    assert parsed.addresses
    assert all(re.fullmatch(r"#\w+", address) for address in parsed.addresses)
    assert not re.search(r"https?:|url\(|@import|@font-face", text)
    assert "default-src 'none'" in text


def test_what_students_write_is_shown_as_they_wrote_it(evil, course):
    said = Parsed(evil).text
    shown = EVIL.replace("`", "")  # where backticks are set as code
    assert said.count(EVIL) >= 7
    assert said.count(shown) == 3
    assert "<img src=x onerror=alert(1)>" in Parsed(plain_page(course)).text


def test_what_cannot_be_reported_is_said_in_a_sentence(course, ungraded, monkeypatch):
    for folder, name, said in (
        (course, "ps9", "knows no assignment 'ps9'"),
        (ungraded, NAME, "Nobody has a grade for 'ps1' yet."),
        (course.parent, NAME, "is no course"),
    ):
        monkeypatch.chdir(folder)
        done = CliRunner().invoke(main, ["report", name])
        assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
        assert said in done.output
    monkeypatch.chdir(course)
    done = CliRunner().invoke(main, ["report", NAME, "--output", "gradebook.db/a.html"])
    assert (done.exit_code, "cannot be written" in done.output) == (1, True)


@pytest.mark.skipif(not BROWSER, reason="there is no Chromium here (apt-get install chromium)")
@pytest.mark.parametrize("name", ["course", "evil"])
def test_a_browser_opens_it_without_a_complaint(name, request, tmp_path):
    value = request.getfixturevalue(name)
    file = tmp_path / "report.html"
    file.write_text(value if name == "evil" else plain_page(value), encoding="utf-8")
    command = [BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, "LANG": "C.UTF-8"})
    assert "Similar code" in done.stdout
    assert "CONSOLE" not in done.stderr
