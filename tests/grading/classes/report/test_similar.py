"""Copies are found whatever they call things; the class's common code, and honest work, are not."""

import ast
import random
import time
from functools import cache
from pathlib import Path

import pytest

from autograder.checking.show import plural
from autograder.course.key import load_key
from autograder.course.sample_class import code_of
from autograder.course.selfcheck import right_answers
from autograder.course.toolbox import without_markers
from autograder.grading.classes.report.gathered import GradedClass, Work
from autograder.grading.classes.report.pieces import LENGTH, marked, pieces, tokens
from autograder.grading.classes.report.similar import FEWEST, similar

ROOT = Path(__file__).parents[4]
NAME = "03_optimizers"
OWN = """
def {f}(w, dw, state):
    '''What a notebook
    gave out.'''
    # my own idea
    kept = [] if state is None else list(state["kept"])
    for number, entry in enumerate(np.ravel(dw)[::-1]):
        kept.append(float(entry) ** 3 - number / 7)
    middle = sorted(kept)[len(kept) // 2]
    total = np.hypot(middle, sum(abs(one) for one in kept[-5:]))
    return np.where(w > total, w - total, w + 0.25 * middle), {{"kept": kept}}
"""


@cache
def answers() -> dict[str, list[str]]:
    """Exercise -> ways in which a student may have written it: the course's solution, right and wrong answers."""
    key = load_key(ROOT / "solutions" / NAME / "key")
    known = [*right_answers(ROOT, key), *key.wrong_answers]
    return {
        name: [without_markers(cell)] * 3 + [code_of(answer) for answer in known if answer.stands_for == name]
        for name, cell in key.solution_cells.items()
    }


def stub(code: str) -> str:
    head = ast.parse(code).body[-1]
    head.body = [*head.body[:1], ast.parse("raise NotImplementedError()").body[0]]
    return ast.unparse(head)


def honest(count: int, **more: dict[str, str]) -> GradedClass:
    """A class in which everybody answers for themselves. more: others, with their code by exercise."""
    draw = random.Random(1)
    codes = {f"s{n:03}": {name: draw.choice(ways) for name, ways in answers().items()} for n in range(count)}
    works = [work(student, code) for student, code in (codes | more).items()]
    return GradedClass(NAME, [], works, [], {(NAME, name): stub(ways[0]) for name, ways in answers().items()})


def work(student: str, code: dict[str, str]) -> Work:
    return Work(student, code={(NAME, name): text for name, text in code.items()})


class Renamed(ast.NodeTransformer):
    """Other names for what the code assigns, no docstring."""

    def __init__(self, tree: ast.AST):
        stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        self.names = {node.id: f"other_{number}" for number, node in enumerate(stored)}

    def visit_Name(self, node):
        node.id = self.names.get(node.id, node.id)
        return node


def disguised(code: str) -> str:
    tree = ast.parse(code)
    return "# all mine\n" + ast.unparse(Renamed(tree).visit(tree)).replace(":\n", ":  # so\n\n")


def own_work() -> dict[str, str]:
    return {name: OWN.format(f=name).replace("0.25", f"0.{251 + n}") for n, name in enumerate(answers())}


def found(of: GradedClass) -> list:
    return [(pair.left, pair.right) for pair in similar(of).shown]


def test_in_an_honest_class_nobody_is_listed():
    assert found(honest(60)) == []
    assert found(honest(60, own=own_work())) == []


def test_a_copy_under_other_names_is_found_and_shown():
    copy = {name: disguised(code) for name, code in own_work().items()}
    assert copy["adam"] != own_work()["adam"]
    (pair,) = similar(honest(60, own=own_work(), thief=copy)).shown
    assert (pair.left, pair.right, pair.same) == (["own"], ["thief"], 1)
    assert pair.unusual > 0.95
    assert [cell.cell for cell in pair.cells] == list(answers())
    for text, parts in ((own_work()["adam"], pair.cells[7].left), (copy["adam"], pair.cells[7].right)):
        assert "".join(part for part, _ in parts) == text
        shared = "".join(part for part, mark in parts if mark)
        assert "np.hypot" in shared
        assert "gave out" not in shared


def test_a_copy_with_a_third_of_it_done_anew_is_found():
    copy = own_work() | {name: ways[0] for name, ways in list(answers().items())[:3]}
    assert found(honest(60, own=own_work(), thief=copy)) == [(["own"], ["thief"])]


def test_of_three_alike_one_pair_is_listed_with_all_names():
    copy = {name: disguised(code) for name, code in own_work().items()}
    assert found(honest(60, own=own_work(), one=copy, two=own_work())) == [(["own"], ["one", "two"])]


def test_code_that_half_of_the_class_has_makes_nobody_similar():
    popular = {f"p{n}": own_work() | {"sgd": OWN.format(f="sgd").replace("7", f"7{n}")} for n in range(40)}
    assert found(honest(40, **popular)) == []


def test_what_was_given_out_does_not_count():
    given = own_work()
    of = honest(60, one=given, two=given)
    of.stubs |= {(NAME, name): code for name, code in given.items()}
    assert (similar(of).compared, found(of)) == (60, [])


def test_a_class_that_is_too_small_or_writes_too_little_is_not_judged():
    assert plural(FEWEST, "different submission") in similar(honest(5)).why_not.replace("Fewer than ", "")
    short = GradedClass(NAME, [], [work(f"s{n}", {"f": f"def f(x):\n    return x * {n}"}) for n in range(50)], [], {})
    assert (similar(short).compared, similar(short).shown) == (0, [])


def test_the_same_class_gives_the_same_answer_in_any_order_of_cells():
    one, other = honest(30, own=own_work(), thief=own_work()), honest(30, own=own_work(), thief=own_work())
    for each in other.works:
        each.code = dict(reversed(each.code.items()))
    assert similar(one) == similar(other)


def test_names_texts_comments_parentheses_and_layout_do_not_count():
    left = "total = np.sum(values, axis=0)  # of all\nprint(f'{total}', 'is', len(values) ** 2)"
    right = 'n=(np.sum(v,axis=0))\n\nprint("", """s\n"u" """ ,(len( v )**2));'
    assert [word for word, _, _ in tokens(left)] == [word for word, _, _ in tokens(right)]
    assert (pieces(left, "a") == pieces(right, "a")).all()
    assert not set(pieces(left, "a")) & set(pieces(left, "b"))
    for changed in (left.replace("sum", "max"), left.replace("0", "1"), left.replace("len", "sum")):
        assert (pieces(changed, "a") != pieces(left, "a")).any()


@pytest.mark.parametrize(
    "code", ['"' * 9, "'\\", "def f(:\n\t%%magic ?? \ud800\x00 `", '"""open \\', "1e5+2 1e+5 .5.5 0x_f", "é = ñ ** 2"]
)
def test_what_is_no_python_has_tokens_too_and_all_of_it_is_shown(code):
    assert [code[start:end] for _, start, end in tokens(code)] != []
    assert "".join(text for text, _ in marked(code * LENGTH, "a", pieces(code * LENGTH, "a"))) == code * LENGTH


@pytest.mark.parametrize("part", [" \n", '"""', "'\\", "(", "a.", "1e", "f'{", "\\", "_", '""', "''' "])
def test_no_code_takes_long(part):
    began = time.process_time()
    pieces(part * (20_000 // len(part)), "a")
    assert time.process_time() - began < 2
