"""torch's tracing errors in the author's words: the fact, his line, and what to write instead."""

# torch is only partly typed.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import fx
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

from ..errors import ExplorableError, Line
from .lines import author_line

INSTEAD = {
    "float": "use the tensor itself",
    "int": "use .to(torch.int64), or make it an ex.integer",
    "bool": "use torch.where",
    "round": "use torch.round",
    "abs": "use torch.abs",
    "range": "use torch.arange and masks, or make it an ex.integer",
    "max": "use torch.maximum",
    "min": "use torch.minimum",
    "len": "use .shape[0]",
}


def explain(error: BaseException, moving: str = "") -> ExplorableError:
    """The ExplorableError that says what a tracing error means to the author.

    >>> print(explain(error))
    trace: python cannot branch on a value the reader moves ('theta')
      in plane.py:7
         if theta > 0:
      use torch.where(theta > 0, a, b), or make it an ex.toggle or ex.choice

    ``moving``: the input behind the value, where it is known.
    """
    line = author_line(error)
    if isinstance(error, ExplorableError):
        return error.within(line=line)
    if isinstance(error, GuardOnDataDependentSymNode):
        return _number_needed(_asked_for(error), line, moving)
    if isinstance(error, DynamicOutputShapeException):
        return ExplorableError(
            "trace",
            f"the shape of what '{error.func}' gives depends on the values of its tensors",
            line=line,
            fix="use torch.where, a mask or masked sums, which keep the shape",
        )
    if isinstance(error, DataDependentOutputException):
        return ExplorableError(
            "trace",
            f"'{error.func}' gives python a value that moves",
            line=line,
            fix="keep it a tensor, with torch.where in place of branches",
        )
    message = str(error)
    if _reads_memory(message):
        return _memory_needed(line)
    if "torch._numpy" in message and "return a Tensor" in message:
        fact = "torch differentiates a function that gives a tensor; this one gives a NumPy array"
        return ExplorableError("trace", fact, line=line, fix="return torch.as_tensor(...) of it")
    first = message.splitlines()[0].replace("FakeTensor", "Tensor") if message else ""
    return ExplorableError("trace", f"{type(error).__name__}: {first}".rstrip(": "), line=line)


def _reads_memory(message: str) -> bool:
    return any(
        part in message
        for part in (
            ".numpy() is not supported",
            "Cannot access data pointer",
            "Cannot access storage",
            "data is not allocated",
            "Tensor.tolist",
            "can't convert",
        )
    )


def _memory_needed(line: Line | None) -> ExplorableError:
    call = _call(
        line,
        lambda name: name.startswith(("np.", "numpy.")) or name.endswith((".numpy", ".tolist")),
    )
    if call.startswith(("np.", "numpy.")):
        fact = f"{call} takes the number out of the graph"
        name = call.rsplit(".", 1)[-1]
        found = getattr(torch, name, None)
        fix = f"use torch.{name}" if callable(found) else "use torch's functions"
        fix = f"use .to(torch.{name})" if isinstance(found, torch.dtype) else fix
        return ExplorableError("trace", fact, line=line, fix=fix)
    return ExplorableError(
        "trace",
        f"{call or 'this line'} needs the values of a tensor that moves",
        line=line,
        fix="use torch's functions, which stay in the graph",
    )


def _asked_for(error: BaseException) -> str:
    """``"float"``, ``"int"`` or ``"bool"``: what Python asked and torch could not answer."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_name in ("__float__", "guard_float"):
            return "float"
        step = step.tb_next
    return "bool" if "Could not guard on" in str(error) else "int"


def _number_needed(asked: str, line: Line | None, moving: str) -> ExplorableError:
    named = f" ('{moving}')" if moving else ""
    condition = _condition(line)
    if asked == "bool" and (
        condition or not _call(line, lambda name: name in ("max", "min", "bool"))
    ):
        condition = condition or "condition"
        return ExplorableError(
            "trace",
            f"python cannot branch on a value the reader moves{named}",
            line=line,
            fix=f"use torch.where({condition}, a, b), or make it an ex.toggle or ex.choice",
        )
    if asked == "float" and _stores(line):
        return ExplorableError(
            "trace",
            f"an array of fixed numbers cannot hold a value the reader moves{named}",
            line=line,
            fix="make the array with np.zeros inside the function, or np.stack a list of values",
        )
    call = _call(line, lambda name: name.startswith("math.") or name in INSTEAD)
    if call and call.startswith("math."):
        name = call.removeprefix("math.")
        fix = f"use torch.{name}" if hasattr(torch, name) else "use torch's functions"
        return ExplorableError(
            "trace", f"{call} takes the number out of the graph", line=line, fix=fix
        )
    if call:
        return ExplorableError(
            "trace", f"{call} takes the number out of the graph", line=line, fix=INSTEAD[call]
        )
    return ExplorableError(
        "trace",
        f"python needs the value of a tensor that moves{named}",
        line=line,
        fix="keep it a tensor: index with torch.gather or index_select; make a size an ex.integer",
    )


def _parsed(line: Line | None) -> ast.AST | None:
    """The statement of a line, as far as one line can be parsed alone."""
    text = line.text.strip() if line else ""
    text = re.sub(r"^elif\b", "if", text)
    for candidate in (text, f"{text} pass", f"{text})", f"({text}", text.rstrip(",")):
        try:
            return ast.parse(candidate)
        except SyntaxError:
            continue
    return None


def _condition(line: Line | None) -> str:
    tree = _parsed(line)
    if tree is not None:
        for node in ast.walk(tree):
            if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
                return ast.unparse(node.test)
    return ""


def _stores(line: Line | None) -> bool:
    """Whether the line is ``a[k] = ...`` alone."""
    tree = _parsed(line)
    statements = tree.body if isinstance(tree, ast.Module) else []
    targets = [t for s in statements if isinstance(s, ast.Assign) for t in s.targets]
    return any(isinstance(target, ast.Subscript) for target in targets)


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def _call(line: Line | None, wanted: Callable[[str], bool]) -> str:
    tree = _parsed(line)
    return next((name for name in _names(tree) if wanted(name)), "") if tree else ""


def moving_input(error: BaseException, graph: fx.Graph | None, inputs: Sequence[str]) -> str:
    """The author's name of the input behind the number that python asked for, where one alone is.

    ``graph``: what the error left unfinished; ``inputs``: the names of its placeholders, in order.
    """
    if graph is None or not isinstance(error, GuardOnDataDependentSymNode):
        return ""
    names = dict(zip(graph.find_nodes(op="placeholder"), inputs, strict=False))
    asked = {str(symbol) for symbol in error.cond.free_symbols}
    reads = graph.find_nodes(op="call_function", target=torch.ops.aten._local_scalar_dense.default)
    stack = [node for node in reads if asked & {str(s) for s in _symbols(node)}]
    found: set[str] = set()
    seen: set[fx.Node] = set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack += node.all_input_nodes
            if node in names:
                # 'control:plane.theta': the part that the author wrote.
                found.add(names[node].rsplit(":", 1)[-1].rsplit(".", 1)[-1])
    return found.pop() if len(found) == 1 else ""


def _symbols(node: fx.Node) -> set[object]:
    value = node.meta.get("val")
    moving = isinstance(value, (torch.SymInt, torch.SymFloat, torch.SymBool))
    return set(value.node.expr.free_symbols) if moving else set()
