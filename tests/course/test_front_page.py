"""What lies beside the notebooks is made from them, and is up to date."""

import shutil
import subprocess
import sys

import pytest
from conftest import HERE, ROOT

from autograder.course.front_page import MAP, PAGE, front_page_problems, table, write_front_page
from autograder.course.key import load_key
from autograder.course.selfcheck import all_keys
from autograder.course.times import timed, times_table, too_slow

KEYS = all_keys(ROOT)


@pytest.fixture
def course(tmp_path):
    """A copy of what the front page is made of, and the page."""
    for name in ("solutions/for_students.md", "benchmarks/course.json"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "assignments").mkdir()
    write_front_page(KEYS, tmp_path)
    return tmp_path


def test_the_front_page_and_the_map_of_this_course_are_up_to_date():
    assert front_page_problems(KEYS, ROOT) == []


def test_a_change_of_text_times_or_map_is_noticed(course):
    assert front_page_problems(KEYS, course) == []
    for path in map(course.joinpath, ("assignments/README.md", "assignments/course.svg", "docs/course.svg")):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + " ", encoding="utf-8")
        assert front_page_problems(KEYS, course) == [f"{path} is stale: run `make release`"]
        path.write_text(text, encoding="utf-8")
    (course / "assignments" / MAP).unlink()
    assert len(front_page_problems(KEYS, course)) == 1


def test_a_file_beside_the_assignments_that_nobody_listed_is_a_problem(course):
    (course / "assignments" / "answers.md").write_text("x")
    assert "answers.md" in front_page_problems(KEYS, course)[0]


def test_the_table_says_what_is_written_and_how_long_it_takes():
    toy = load_key(HERE / "toy" / "key")
    assert table([toy], {"toy": 10.2}).splitlines()[2] == "| [toy](toy/toy.ipynb) | Half |  | 20 s |"
    assert table([toy], {}).endswith("| Half |  |  |")


def test_every_notebook_says_how_long_it_takes_and_has_been_timed(course):
    page = (course / "assignments" / PAGE).read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| [")]
    assert len(rows) == len(KEYS)
    assert all(all(cell.strip(" |") for cell in row) for row in rows), "time it: python benchmarks/course.py --json …"


def test_too_slow_a_notebook_and_too_slow_a_course_are_named():
    assert too_slow({f"{i}": 60.0 for i in range(10)}) == []
    assert too_slow({"01": 61.0}) == ["01 runs for 61 s, but no notebook may run for over 60 s"]
    assert too_slow({f"{i}": 60.0 for i in range(11)}) == ["all run for 330 s on 2 cores, but may for 300 s"]


def test_the_time_is_that_of_the_program_that_was_started():
    spin = "while __import__('time').process_time() < 0.5: pass"
    assert 0.4 < timed(lambda: subprocess.run([sys.executable, "-c", spin], check=True)) < 1
    assert timed(lambda: None) == 0


def test_the_times_end_with_their_sum():
    names, seconds, limits = (list(column.cells)[1:] for column in times_table({"01": 1.5, "02": 2.5}).columns)
    assert (names, seconds, limits) == (["02", "all", "all, on 2 cores"], ["2.5", "4.0", "2.0"], ["60", "", "300"])
