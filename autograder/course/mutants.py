"""Small changes to a right function, to measure whether the tests of an exercise notice them."""

import ast
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

SWAPPED = {
    ast.Add: [ast.Sub], ast.Sub: [ast.Add], ast.Mult: [ast.Div], ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult], ast.MatMult: [ast.Mult], ast.FloorDiv: [ast.Div], ast.Mod: [ast.FloorDiv],
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt], ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot], ast.IsNot: [ast.Is], ast.In: [ast.NotIn], ast.NotIn: [ast.In],
    ast.And: [ast.Or], ast.Or: [ast.And],
}  # fmt: skip
UNTOUCHED = {"annotation", "returns", "decorator_list", "exc", "cause", "format_spec"}  # fields of ast nodes


@dataclass(frozen=True)
class Mutant:
    """One changed function: what was changed, as `line 7: beta1 -> beta2`, and its whole source."""

    description: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """
    Every mutant of a cell's functions, each with one change, in the order of the source.

    source: one or more functions as text; lines are counted from the first.
    Each compiles and is new as text. One may never end (set a time limit) or compute what the original does.
    """
    tree = ast.parse(textwrap.dedent(source))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    seen, described = {ast.unparse(tree)}, Counter()
    for function, (parent, holder, key) in [(f, slot) for f in functions for slot in slots(f)]:
        node = holder[key]
        groups = [[arg.arg for arg in args] for args in (function.args.args, function.args.kwonlyargs)]
        for changed in changes(node, parent, groups):
            holder[key] = changed
            text = ast.unparse(tree)
            holder[key] = node
            if text in seen or not compiles(text):
                continue
            seen.add(text)
            description = describe(node, changed, default_name(parent, holder, key))
            described[description] += 1
            repeated = f" (occurrence {described[description]})" if described[description] > 1 else ""
            yield Mutant(description + repeated, text)


def slots(parent: ast.AST) -> Iterator[tuple[ast.AST, list | dict, int | str]]:
    """Every place below a node that holds another: (parent, holder, key), where the node is holder[key]."""
    for field, value in ast.iter_fields(parent):
        if field in UNTOUCHED:
            continue
        holder, keys = (value, range(len(value))) if isinstance(value, list) else (vars(parent), [field])
        for key in keys:
            if isinstance(holder[key], ast.AST) and not is_docstring(holder[key]):
                yield parent, holder, key
                yield from slots(holder[key])


def changes(node: ast.AST, parent: ast.AST, groups: list[list[str]]) -> Iterator[ast.AST]:
    """What can stand in a node's place. groups: names of parameters that may be taken for one another."""
    match node:
        case ast.BinOp(left, op, right):
            yield from (ast.BinOp(left, other(), right) for other in SWAPPED.get(type(op), []))
            yield from (left, right)
            if not isinstance(parent, ast.BinOp | ast.UnaryOp):
                yield ast.UnaryOp(ast.USub(), node)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand):
            yield operand
        case ast.BoolOp(op, values):
            yield from (ast.BoolOp(other(), values) for other in SWAPPED[type(op)])
            yield from (ast.BoolOp(op, without(values, i)) for i in range(len(values)))
        case ast.Compare(left, ops, comparators):
            for i, op in enumerate(ops):
                for other in SWAPPED[type(op)]:
                    yield ast.Compare(left, [*ops[:i], other(), *ops[i + 1 :]], comparators)
        case ast.Constant(value):
            yield from (ast.Constant(other) for other in other_numbers(value))
        case ast.Name(name, ast.Load()):
            group = next((group for group in groups if name in group), [])
            yield from (ast.Name(other, ast.Load()) for other in group if other != name)
        case ast.Call(func, args, keywords):
            yield from (ast.Call(func, swapped, keywords) for swapped in swaps(args))
            yield from (ast.Call(func, args, without(keywords, i)) for i in range(len(keywords)))
        case ast.Return(ast.Tuple(elements)):
            yield from (ast.Return(ast.Tuple(swapped, ast.Load())) for swapped in swaps(elements))
        case ast.AugAssign(target, op, value):
            yield from (ast.AugAssign(target, other(), value) for other in SWAPPED.get(type(op), []))
            yield ast.Assign([target], value, lineno=node.lineno)
    if node is getattr(parent, "test", None) and not isinstance(node, ast.Compare):
        yield ast.UnaryOp(ast.Not(), node)
    if isinstance(node, ast.stmt) and not isinstance(node, ast.Return):
        yield ast.Pass()


def other_numbers(value: object) -> list:
    """Numbers that a constant is changed to; none for what is no number."""
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value - 1]
        case float():
            return [float(f"{number:.12g}") for number in (value * 1.5 or 1.0, value / 10)]
    return []


def swaps(items: list) -> list[list]:
    """The list with two of its items swapped, for every two."""
    pairs = combinations(range(len(items)), 2)
    return [[items[{i: j, j: i}.get(k, k)] for k in range(len(items))] for i, j in pairs]


def without(items: list, i: int) -> list:
    return items[:i] + items[i + 1 :]


def describe(before: ast.AST, after: ast.AST, name: str) -> str:
    """`line 7: beta1 -> beta2`, `line 1: rho=0.9 -> rho=0.09` for a default, `line 5: remove v = rho * v`."""
    if isinstance(after, ast.Pass):
        return f"line {before.lineno}: remove {ast.unparse(before).splitlines()[0]}"
    return f"line {before.lineno}: {name}{ast.unparse(before)} -> {name}{ast.unparse(after)}"


def default_name(parent: ast.AST, holder: list | dict, key: int | str) -> str:
    """`beta1=` where the node is the default of beta1, else nothing."""
    if not isinstance(parent, ast.arguments):
        return ""
    positional = parent.posonlyargs + parent.args
    args = parent.kwonlyargs if holder is parent.kw_defaults else positional[-len(holder) :]
    return f"{args[key].arg}="


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def compiles(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec")
    except SyntaxError:
        return False
    return True
