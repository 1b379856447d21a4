"""What to write instead: the author's line read as syntax, and the nearest form that stays in the
graph, in his own names."""

from __future__ import annotations

import ast
import copy
import linecache
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from ...errors import Line

SIZED = {
    "arange", "linspace", "logspace", "zeros", "ones", "full", "empty", "rand", "randn", "eye",
    "repeat", "expand", "reshape", "view", "topk", "chunk", "split", "range",
}  # fmt: skip
"""Calls in which a whole number becomes a size."""


@cache
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def nodes(line: Line | None) -> list[ast.AST]:
    """The syntax that covers a line, outermost first: of the whole file, else of the line alone."""
    if line is None:
        return []
    lines = linecache.getlines(line.file)
    here = lines[line.number - 1].strip() if line.number <= len(lines) else ""
    tree = _parsed("".join(lines)) if here == line.text.strip() else None
    if tree is not None:
        return [node for node in ast.walk(tree) if _covers(node, line.number)]
    text = re.sub(r"^elif\b", "if", line.text.strip())
    for candidate in (text, f"{text} pass", f"{text})", f"({text}", text.rstrip(",")):
        if (tree := _parsed(candidate)) is not None:
            return list(ast.walk(tree))
    return []


def _covers(node: ast.AST, number: int) -> bool:
    if isinstance(node, ast.comprehension):
        return any(_covers(test, number) for test in node.ifs)
    if isinstance(node, (ast.If, ast.While)):
        return _covers(node.test, number)
    if isinstance(node, ast.Match):
        return any(_covers(case.pattern, number) for case in node.cases)
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.With, ast.Try)):
        return False
    first = getattr(node, "lineno", None)
    last = getattr(node, "end_lineno", None)
    return first is not None and first <= number <= (last or first)


def call(line: Line | None, wanted: Callable[[str], bool]) -> ast.Call | None:
    """The first call on a line whose function is ``wanted`` by the name it is written with."""
    for node in nodes(line):
        if isinstance(node, ast.Call) and wanted(ast.unparse(node.func)):
            return node
    return None


def instead_of_branch(line: Line | None) -> str:
    """``torch.where(theta > 0, a, b)`` and its like, for a line on which Python asked for truth."""
    for node in nodes(line):
        match node:
            case ast.Assert():
                return "leave the assertion out; torch.clamp keeps a number in its range"
            case ast.While(test=test):
                where = f"torch.where({tensor_form(test)}, next, now)"
                return f"use a for loop of fixed length with {where}, or torch's while_loop"
            case ast.If(test=test):
                return _where(tensor_form(test), "a", "b")
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return _where(tensor_form(test), ast.unparse(body), ast.unparse(orelse))
            case ast.comprehension(ifs=[test, *_]):
                masked = f"torch.where({tensor_form(test)}, value, 0)"
                return f"a list keeps its length: use {masked}, or multiply by the condition"
            case ast.Match(subject=subject, cases=cases):
                for case in cases:
                    if isinstance(case.pattern, ast.MatchValue):
                        test = f"{ast.unparse(subject)} == {ast.unparse(case.pattern.value)}"
                        return _where(test, "a", "b")
            case _:
                pass
    if call(line, lambda name: name == "sorted" or name.endswith(".sort")) is not None:
        return "use torch.sort(...).values, of a list after torch.stack"
    if call(line, lambda name: name == "filter") is not None:
        return "a list keeps its length: use torch.where, or multiply by the condition"
    for node in nodes(line):
        match node:
            case ast.BoolOp(op=ast.Or(), values=[first, second]):
                a, b = tensor_form(first), ast.unparse(second)
                return f"use torch.where({a}, {ast.unparse(first)}, {b})"
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                return f"use {tensor_form(node)}"
            case _:
                pass
    return _where("condition", "a", "b")


def _where(condition: str, a: str, b: str) -> str:
    return f"use torch.where({condition}, {a}, {b}), or make it an ex.toggle or ex.choice"


def tensor_form(test: ast.expr) -> str:
    """A condition that Python asks about, as a tensor of truth.

    >>> tensor_form(ast.parse("0 < t.item() < 1 and n > 3", mode="eval").body)
    '(0 < t) & (t < 1) & (n > 3)'
    """
    return _truth(_KeptInGraph().visit(copy.deepcopy(test)))


def _truth(test: ast.expr) -> str:
    match test:
        case ast.BoolOp(op=op, values=values):
            joined = " & " if isinstance(op, ast.And) else " | "
            return joined.join(map(_closed, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            text = _truth(operand)
            nonzero = text.removesuffix(" != 0")
            return f"~({text})" if text == nonzero else f"{nonzero} == 0"
        case ast.Compare(left=left, ops=ops, comparators=others):
            pairs = zip([left, *others[:-1]], ops, others, strict=True)
            found = [_comparison(*pair) for pair in pairs]
            return found[0] if len(found) == 1 else " & ".join(f"({part})" for part in found)
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.BinOp():
            return f"{ast.unparse(test)} != 0"
        case _:
            return ast.unparse(test)


def _closed(test: ast.expr) -> str:
    text = _truth(test)
    chained = isinstance(test, ast.Compare) and len(test.ops) > 1
    return text if chained or isinstance(test, ast.Call) else f"({text})"


def _comparison(left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
    if isinstance(op, (ast.In, ast.NotIn)):
        if isinstance(right, (ast.List, ast.Tuple, ast.Set)):
            each = [f"({ast.unparse(left)} == {ast.unparse(v)})" for v in right.elts]
            found = " | ".join(each)
        else:
            found = f"({ast.unparse(right)} == {ast.unparse(left)}).any()"
        return found if isinstance(op, ast.In) else f"~({found})"
    return ast.unparse(ast.Compare(left, [op], [right]))


class _KeptInGraph(ast.NodeTransformer):
    """Takes off what makes a Python number of a tensor: ``float(t)`` and ``t.item()`` are ``t``."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr="item" | "tolist"), args=[]):
                return inner
            case ast.Call(func=ast.Name(id="float" | "bool"), args=[inner]):
                return inner
            case ast.Call(func=ast.Name(id="any" | "all" as name), args=[inner]) if not isinstance(
                inner, ast.GeneratorExp
            ):
                return ast.Call(ast.Attribute(inner, name, ast.Load()), [], [])
            case ast.Call(func=ast.Attribute(attr="equal"), args=[a, b]):
                return _all(ast.Compare(a, [ast.Eq()], [b]))
            case ast.Call(func=ast.Attribute(attr="allclose") as func, args=[_, _, *_]):
                close = ast.Attribute(func.value, "isclose", ast.Load())
                return _all(ast.Call(close, node.args, node.keywords))
            case _:
                return node


def _all(inner: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(inner, "all", ast.Load()), [], [])


def instead_of_equal(line: Line | None) -> str:
    """For torch.equal and torch.allclose, which give Python a truth."""
    found = call(line, lambda name: name.split(".")[-1] in ("equal", "allclose"))
    if found is None:
        return "keep it a tensor, with torch.where in place of branches"
    condition = tensor_form(found)
    for node in nodes(line):
        if isinstance(node, (ast.If, ast.IfExp, ast.While)):
            return instead_of_branch(line)
    return f"use {condition}, a tensor"


def instead_of_extreme(found: ast.Call) -> str:
    """For Python's ``min`` and ``max``."""
    name = ast.unparse(found.func)
    if len(found.args) == 1:
        one = found.args[0]
        listed = isinstance(one, (ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp))
        return f"use torch.stack(...).{name}()" if listed else f"use {ast.unparse(one)}.{name}()"
    numbers = [arg for arg in found.args if _is_number(arg)]
    tensors = [arg for arg in found.args if not _is_number(arg)]
    if len(numbers) == len(tensors) == 1:
        # The least of two is at most the number.
        bound = "max" if name == "min" else "min"
        return f"use torch.clamp({ast.unparse(tensors[0])}, {bound}={ast.unparse(numbers[0])})"
    return f"use torch.{name}imum({', '.join(map(ast.unparse, found.args))})"


def _is_number(arg: ast.expr) -> bool:
    return isinstance(arg, ast.Constant) or (
        isinstance(arg, ast.UnaryOp) and isinstance(arg.operand, ast.Constant)
    )


def in_a_size(line: Line | None, inner: ast.AST) -> bool:
    """Whether a part of a line stands where a whole number becomes a size or an end of a slice."""
    for node in nodes(line):
        outer: Sequence[ast.AST] = ()
        if isinstance(node, ast.Slice):
            outer = [node]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in SIZED:
            outer = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(part is inner for whole in outer for part in ast.walk(whole)):
            return True
    return False


def formatted(line: Line | None) -> str:
    """``f"{theta:.2f}"`` for ``"%.2f" % theta``; empty where nothing is formatted so."""
    for node in nodes(line):
        match node:
            case ast.BinOp(left=ast.Constant(value=str(form)), op=ast.Mod(), right=right):
                spec = re.search(r"%([-+ #0-9.]*[a-zA-Z])", form)
                shown = spec.group(1) if spec and "%" not in form[: spec.start()] else ""
                one = right.elts[0] if isinstance(right, ast.Tuple) and right.elts else right
                colon = ":" if shown and shown[-1] in "defgG" else ""
                return f'f"{{{ast.unparse(one)}{colon}{shown if colon else ""}}}"'
            case _:
                pass
    return ""


def stores(line: Line | None) -> bool:
    """Whether a line is ``a[k] = ...``."""
    return any(isinstance(target, ast.Subscript) for target in _targets(line))


def _targets(line: Line | None) -> Iterator[ast.expr]:
    for node in nodes(line):
        if isinstance(node, ast.Assign):
            yield from node.targets
