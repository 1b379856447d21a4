"""What cannot be lowered, and what to write instead."""

from __future__ import annotations

from ..errors import ExplorableError, Line
from ..graphs import Node
from .lazy import ITEM_DTYPE

_FORMS = {
    "quantize_per_tensor": "use torch.round(x / scale) * scale",
    "quantize_per_channel": "use torch.round(x / scale) * scale",
}
_OTHERWISE = (
    "write it with other functions of torch; what does not move can be computed outside the figure"
)


def no_lowering(node: Node) -> ExplorableError:
    """The error for an operation that is not known, with the nearest form that is."""
    fix = _FORMS.get(node.op.split(".")[1] if "." in node.op else node.op, _OTHERWISE)
    fact = f"no lowering for '{node.op}'"
    return ExplorableError("compiler", fact, line=node.line, fix=fix)


def item_dtype(dtype: str, where: str = "", line: Line | None = None) -> str:
    """The dtype of one stored item; an error for those that wasm has no arithmetic for."""
    if dtype not in ITEM_DTYPE:
        fix = "use float32; convert with .float() where the tensor is made"
        raise ExplorableError(
            "compiler", f"no arithmetic for '{dtype}'", where=where, line=line, fix=fix
        )
    return ITEM_DTYPE[dtype]
