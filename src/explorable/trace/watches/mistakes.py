"""torch's tracing errors in the author's words: the fact, his line, and what to write instead."""

# torch is only partly typed.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import torch
from torch import fx
from torch._subclasses.fake_tensor import DataDependentOutputException, DynamicOutputShapeException
from torch.fx.experimental.symbolic_shapes import GuardOnDataDependentSymNode

from ...calls import wrong_call
from ...errors import ExplorableError, Line
from ..lines import author_line
from .instead import (
    call,
    formatted,
    in_a_size,
    instead_of_branch,
    instead_of_equal,
    instead_of_extreme,
    stores,
)

INSTEAD = {
    "float": "use the tensor itself",
    "complex": "use torch.complex, or the tensor itself",
    "int": "use .to(torch.int64), or make it an ex.integer",
    "bool": "use the comparison itself, a tensor of truth",
    "round": "use torch.round",
    "abs": "use torch.abs",
    "range": "use torch.arange and masks, or make it an ex.integer",
    "len": "use .shape[0]",
}
A_SIZE = "make it an ex.integer, which sizes may follow, or keep the size and use a mask"

_KEEP = "take its sum, mean or extreme, assign y[mask] = ..., or keep all: torch.where(mask, x, 0)"

COUNTED = {
    "index": ("x[mask]", _KEEP),
    "masked_select": ("torch.masked_select", _KEEP),
    "nonzero": (
        "torch.nonzero",
        "use torch.where(condition, a, b), or the condition itself as a mask; argmax finds one",
    ),
    "_unique2": ("torch.unique", "use torch.sort, and mark what differs from its neighbour"),
    "unique_dim": ("torch.unique", "use torch.sort, and mark what differs from its neighbour"),
    "unique_consecutive": (
        "torch.unique_consecutive",
        "mark what differs from its neighbour: x[1:] != x[:-1]",
    ),
    "repeat_interleave": (
        "torch.repeat_interleave",
        "use torch.searchsorted(counts.cumsum(0), torch.arange(size), right=True) as an index",
    ),
    "bincount": ("torch.bincount", "use F.one_hot(x, num_classes).sum(0)"),
}
"""By operation: what the author calls it, and the nearest form whose shape stays."""

TOLD = (
    (
        # torch with CUDA, on a machine without.
        r"NVIDIA driver|same device, but found at least two devices, .*cuda",
        "a page has no CUDA device",
        'leave the device out, or write device="cpu"',
    ),
    (
        r"linked with support for|'(CUDA|MPS|XPU)' backend|No CUDA GPUs|CUDA not enabled",
        "a page has no {0} device",
        'leave the device out, or write device="cpu"',
    ),
    (
        r"same device, but found at least two devices, (.*)!",
        "tensors on two devices, {1}",
        'leave the device out, or write device="cpu"',
    ),
    (
        r"Can't pickle|cannot pickle|argument of type: <class 'torch.storage",
        "a traced function cannot save or load tensors",
        "load above the function, at module level: what it closes over becomes constants",
    ),
    (
        r"elem.device.type must be 'meta'",
        "a tensor that moves cannot be copied by copy.copy",
        "use x.clone()",
    ),
    (
        r"maximum recursion depth",
        "the function calls itself without end",
        "a recursion must end by what Python knows; use a for loop of fixed length",
    ),
    (
        r"and 'NoneType'|'NoneType' object",
        "",
        ".grad is None for what an operation made: call retain_grad() first, or use "
        "torch.autograd.grad",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "",
        "call requires_grad_() on what is differentiated, before it is used",
    ),
    (
        r"unsupported operand type\(s\) for divmod",
        "",
        "use // and %",
    ),
    (
        r"non-nested SymInt",
        "python needs the value of a whole number that moves as a key",
        "index a tensor instead",
    ),
    (
        r"_nested_tensor",
        "nested tensors have no shape that a page could know",
        "use one tensor, padded, and a mask",
    ),
    (
        r"is already associated to a python object",
        "a tensor that moves cannot become another class",
        "use plain functions of tensors",
    ),
    (
        r"python_arg_parser.cpp",
        "python needs the value of a tensor that moves",
        A_SIZE,
    ),
)
"""Of torch's own words: what they mean (empty: as they are), and what to write."""


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
        return counted(str(error.func), line)
    if isinstance(error, DataDependentOutputException):
        name = str(error.func).split(".")[1]
        fact = f"torch.{name} gives python a value that moves"
        return ExplorableError("trace", fact, line=line, fix=instead_of_equal(line))
    if (told := wrong_call("trace", error, line)) is not None:
        return told
    message = str(error)
    for pattern, fact, fix in TOLD:
        if (found := re.search(pattern, message)) is not None:
            fact = fact.format(_device(message), *found.groups()) or _first_line(error)
            return ExplorableError("trace", fact, line=line, fix=fix)
    if _reads_memory(message):
        return memory_needed(line)
    if "torch._numpy" in message and "return a Tensor" in message:
        fact = "torch differentiates a function that gives a tensor; this one gives a NumPy array"
        return ExplorableError("trace", fact, line=line, fix="return torch.as_tensor(...) of it")
    return ExplorableError("trace", _first_line(error), line=line)


def counted(operation: str, line: Line | None) -> ExplorableError:
    """The error for an operation, ``aten.nonzero.default``, whose shape depends on values."""
    name = operation.split(".")[1] if "." in operation else operation
    called, fix = COUNTED.get(name, ("", ""))
    if not called:
        fact = f"'{operation}' gets a size from the values of a tensor that moves"
        return ExplorableError("trace", fact, line=line, fix=A_SIZE)
    if name == "nonzero" and (found := call(line, lambda n: n.split(".")[-1] in _COUNTING)):
        called = f"torch.{ast.unparse(found.func).split('.')[-1]}"
        called += "(condition)" if called == "torch.where" else ""
    fact = f"how much {called} gives depends on the values of its tensors"
    return ExplorableError("trace", fact, line=line, fix=fix)


_COUNTING = {"nonzero", "argwhere", "where"}


_NAMES = {"FakeTensor": "Tensor", "SymInt": "int", "SymFloat": "float", "SymBool": "bool"}


def _first_line(error: BaseException) -> str:
    """``ValueError: x is too small``: an error as Python tells it, in the author's terms."""
    message = str(error).strip()
    first = message.splitlines()[0] if message else ""
    for torchs, pythons in _NAMES.items():
        first = first.replace(torchs, pythons)
    return f"{type(error).__name__}: {first}".rstrip(": ")


def _device(message: str) -> str:
    found = re.search(r"support for (\w+) devices|'(\w+)' backend", message)
    return next((name for name in found.groups() if name), "GPU").upper() if found else "GPU"


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


_NUMPYS = ("np.", "numpy.")
_GIVES_NUMBERS = (".numpy", ".tolist", ".data_ptr")


def memory_needed(line: Line | None) -> ExplorableError:
    """The error for a call that takes numbers of a tensor, ``x.numpy()`` or ``np.float64(x)``."""
    if line is not None and line.inside:
        fact = f"{line.inside} needs the values of a tensor that moves"
        fix = f"use torch's functions; let {line.inside} work on fixed data, above the function"
        return ExplorableError("trace", fact, line=line, fix=fix)
    found = call(line, lambda name: name.startswith(_NUMPYS) or name.endswith(_GIVES_NUMBERS))
    called = ast.unparse(found.func) if found is not None else ""
    if called.startswith(_NUMPYS):
        name = called.rsplit(".", 1)[-1]
        form = getattr(torch, name, None)
        fix = f"use torch.{name}" if callable(form) else "use torch's functions"
        fix = f"use .to(torch.{name})" if isinstance(form, torch.dtype) else fix
        return _taken_out(called, fix, line)
    return ExplorableError(
        "trace",
        f"{called or 'this line'} needs the values of a tensor that moves",
        line=line,
        fix="use torch's functions, which stay in the graph",
    )


def _asked_for(error: BaseException) -> str:
    """``"float"``, ``"int"`` or ``"bool"``: what Python asked and torch could not answer."""
    asked = "bool" if "Could not guard on" in str(error) else "int"
    step = error.__traceback__
    while step is not None:
        name = step.tb_frame.f_code.co_name
        if name in ("_truth", "__bool__", "guard_bool"):
            return "bool"
        if name in ("__float__", "guard_float"):
            asked = "float"
        step = step.tb_next
    return asked


def _number_needed(asked: str, line: Line | None, moving: str) -> ExplorableError:
    named = f" ('{moving}')" if moving else ""
    if asked == "bool":
        found = call(line, lambda name: name in ("max", "min"))
        if found is not None:
            return _taken_out(ast.unparse(found.func), instead_of_extreme(found), line)
        fact = f"python cannot branch on a value the reader moves{named}"
        return ExplorableError("trace", fact, line=line, fix=instead_of_branch(line))
    if asked == "float" and stores(line):
        return ExplorableError(
            "trace",
            f"an array of fixed numbers cannot hold a value the reader moves{named}",
            line=line,
            fix="make the array with np.zeros inside the function, or np.stack a list of values",
        )
    found = call(line, lambda name: name.startswith("math.") or name in INSTEAD)
    if found is not None:
        called = ast.unparse(found.func)
        if called.startswith("math."):
            name = called.removeprefix("math.")
            known = name if hasattr(torch, name) else ""
            fix = f"use torch.{known}" if known else MATHS.get(name, "use torch's functions")
        else:
            fix = A_SIZE if called == "int" and in_a_size(line, found) else INSTEAD[called]
        return _taken_out(called, fix, line)
    if text := formatted(line):
        return _taken_out("%", f"use {text} in a title, a label or a readout", line)
    if (found := call(line, lambda name: name.split(".")[-1] == "one_hot")) is not None:
        fact = f"{ast.unparse(found.func)} counts the classes in a tensor that moves"
        return ExplorableError("trace", fact, line=line, fix="give it num_classes=")
    return ExplorableError(
        "trace",
        f"python needs the value of a tensor that moves{named}",
        line=line,
        fix="keep it a tensor: index a tensor with it, or torch.gather; make a size an ex.integer",
    )


MATHS = {
    "fsum": "use torch.sum",
    "dist": "use torch.linalg.vector_norm(p - q)",
    "radians": "use torch.deg2rad",
    "degrees": "use torch.rad2deg",
    "comb": "use torch.exp of torch.lgamma",
    "factorial": "use torch.exp(torch.lgamma(n + 1))",
    "pow": "use torch.pow",
    "fabs": "use torch.abs",
    "gamma": "use torch.exp(torch.lgamma(x))",
}


def _taken_out(called: str, fix: str, line: Line | None) -> ExplorableError:
    fact = f"{called} takes the number out of the graph"
    return ExplorableError("trace", fact, line=line, fix=fix)


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


def counted_before(error: BaseException, graph: fx.Graph | None) -> ExplorableError | None:
    """The error for a question about how much a mask selects, asked by other code of torch's."""
    if graph is None or not isinstance(error, GuardOnDataDependentSymNode):
        return None
    asked = {str(symbol) for symbol in error.cond.free_symbols}
    for node in graph.nodes:
        name = str(node.target).split(".")[1] if str(node.target).startswith("aten.") else ""
        value = node.meta.get("val")
        if name in COUNTED and isinstance(value, torch.Tensor):
            if asked & {str(symbol) for extent in value.shape for symbol in _symbols_of(extent)}:
                line = author_line(error)
                length = "len(" in line.text if line is not None else False
                return None if length else counted(str(node.target), line)
    return None


def _symbols(node: fx.Node) -> set[object]:
    return _symbols_of(node.meta.get("val"))


def _symbols_of(value: object) -> set[object]:
    moving = isinstance(value, (torch.SymInt, torch.SymFloat, torch.SymBool))
    return set(value.node.expr.free_symbols) if moving else set()
