"""``x[mask]`` in the graph of pass one, whose length depends on values: all of ``x`` goes on beside
the mask, operation by operation, until a sum, a mean or ``y[mask] = ...`` takes both.

The graph is run once more. A Selected stands where a tensor of unknown length stood, a Count where
its length did; every operation on one is looked up in rules.py, and one without a rule is refused.
"""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any, cast

import torch
from torch import fx
from torch._subclasses.fake_tensor import FakeTensorMode

from ..convert import LINE
from ..torch_tracer import make_fx
from ..watches.hooks import LineInterpreter, kept_lines
from ..watches.mistakes import counted
from . import shapes as shapes  # it fills the table of rules
from .rules import RULES, SELECTING, pointwise
from .selected import Count, Measure, Selected, Unruled

aten = torch.ops.aten


def whole_selections(module: fx.GraphModule, mode: FakeTensorMode) -> fx.GraphModule:
    """The same graph without tensors whose length depends on a mask.

    Raises ExplorableError, with the author's line, for an operation that needs that length."""
    if not any(_selects(node) for node in module.graph.nodes):
        return module
    values = [node.meta["val"] for node in module.graph.find_nodes(op="placeholder")]
    with mode, torch.no_grad(), kept_lines():
        fresh = [v.detach() if isinstance(v, torch.Tensor) else v for v in values]
        return make_fx(_Whole(module).run)(*fresh)


def _selects(node: fx.Node) -> bool:
    """Whether a node's result has a length that depends on a mask."""
    if node.op != "call_function" or node.target not in SELECTING:
        return False
    if node.target is not aten.index.Tensor:
        return True
    return _mask(node) is not None


def _mask(node: fx.Node) -> fx.Node | None:
    """The one mask of ``x[mask]``, or of ``x[:, mask]``; None for other indices."""
    given = [i for i in cast("list[fx.Node | None]", node.args[1]) if i is not None]
    boolean = [i for i in given if i.meta["val"].dtype in (torch.bool, torch.uint8)]
    return boolean[0] if boolean and len(given) == 1 else None


class _Whole(LineInterpreter):
    """Runs the graph with Selected for what has no length."""

    def __init__(self, module: fx.GraphModule) -> None:
        super().__init__(module)
        self.same = _SameValues()

    def run_node(self, n: fx.Node) -> Any:  # Any: fx gives whatever the node computes
        if n.op == "output":
            (results,), _ = self.fetch_args_kwargs_from_env(n)
            for value in cast("list[object]", results):
                if isinstance(value, (Selected, Count, Measure)):
                    raise counted(value.origin, value.line)
            return super().run_node(n)
        if n.op != "call_function":
            return super().run_node(n)
        self.same.note(n)
        args, kwargs = self.fetch_args_kwargs_from_env(n)
        unknown = (Selected, Count, Measure)
        selected = [a for a in _flat((*args, *kwargs.values())) if isinstance(a, unknown)]
        if not selected and not _selects(n):
            return super().run_node(n)
        LineInterpreter.current = n.meta.get(LINE)
        key = self._mask_key(n)
        try:
            return self._by_rule(n, args, kwargs, key)
        except Unruled:
            first = selected[0]
            raise counted(first.origin, n.meta.get(LINE) or first.line) from None

    def _mask_key(self, n: fx.Node) -> int:
        """The same for equal masks, that of ``x[x > 0] = f(x[x > 0])``."""
        if n.target in (aten.index.Tensor, aten.index_put.default, aten.index_put_.default):
            mask = _mask(n)
            return -1 if mask is None else self.same.key(mask)
        at = 1 if n.target is aten.masked_select.default else 0
        node = n.args[at] if len(n.args) > at else None
        return self.same.key(node) if isinstance(node, fx.Node) else -1

    def _by_rule(self, n: fx.Node, args: Any, kwargs: Any, key: int) -> Any:
        target = n.target
        if (rule := SELECTING.get(target)) and _selects(n):
            return rule(*args, key=key, line=n.meta.get(LINE), origin=str(target))
        if target in (aten.index_put.default, aten.index_put_.default):
            return RULES["index_put"](target, args, kwargs, key)
        if isinstance(target, torch._ops.OpOverload):
            name = target._schema.name.removeprefix("aten::")
            if rule := RULES.get(name) or RULES.get(name.removesuffix("_")):
                return rule(target, args, kwargs, key)
            return pointwise(target, args, kwargs)
        return RULES["python"](target, args, kwargs, key)


def _flat(value: object) -> list[object]:
    if isinstance(value, (list, tuple)):
        return [leaf for part in cast("list[object]", value) for leaf in _flat(part)]
    return [value]


class _SameValues:
    """Which nodes hold equal values: the same operation on the same, with no write in between."""

    def __init__(self) -> None:
        self._keys: dict[fx.Node, int] = {}
        self._bases: dict[fx.Node, fx.Node] = {}
        self._writes: dict[fx.Node, int] = {}
        self._known: dict[object, int] = {}

    def note(self, node: fx.Node) -> None:
        """A node that runs now."""
        target = node.target
        schema = target._schema if isinstance(target, torch._ops.OpOverload) else None
        first = node.args[0] if node.args and isinstance(node.args[0], fx.Node) else None
        alias = schema.arguments[0].alias_info if schema is not None and schema.arguments else None
        if first is not None and alias is not None:
            self._bases[node] = self._base(first)
        if schema is not None and schema.is_mutable and first is not None:
            base = self._base(first)
            self._writes[base] = self._writes.get(base, 0) + 1
            return
        drawn = isinstance(target, torch._ops.OpOverload) and (
            torch.Tag.nondeterministic_seeded in target.tags
        )
        if not drawn:
            said = (target, self._said(node.args), self._said(tuple(sorted(node.kwargs.items()))))
            self._keys[node] = self._known.setdefault(said, len(self._known))

    def key(self, node: fx.Node) -> int:
        """Equal for nodes that hold equal values now."""
        known = self._keys.get(node)
        said = (known if known is not None else node, self._written(node))
        return self._known.setdefault(said, len(self._known))

    def _base(self, node: fx.Node) -> fx.Node:
        return self._bases.get(node, node)

    def _written(self, node: fx.Node) -> int:
        return self._writes.get(self._base(node), 0)

    def _said(self, value: object) -> object:
        if isinstance(value, fx.Node):
            return ("value", self.key(value))
        if isinstance(value, (list, tuple)):
            return tuple(self._said(part) for part in cast("list[object]", value))
        return (type(value), str(value))
