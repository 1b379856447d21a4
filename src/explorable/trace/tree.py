"""Pytrees of tensors: leaves with readable paths, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch.utils import _pytree  # pyright: ignore[reportPrivateUsage] torch's own notion of a pytree


def flatten(tree: Any) -> tuple[dict[str, Any], Callable[[Sequence[Any]], Any]]:
    """Leaves by path in order, and the function that builds the same tree of other leaves.

    >>> leaves, rebuild = flatten({"x": a, "sides": (b, c)})
    >>> list(leaves)
    ['x', 'sides.0', 'sides.1']

    The path of a lone leaf is ``""``.
    """
    pairs, spec = _pytree.tree_flatten_with_path(tree)
    leaves: dict[str, Any] = {}
    for path, leaf in pairs:
        leaves[".".join(map(_key, path))] = leaf
    return leaves, lambda values: _pytree.tree_unflatten(list(values), spec)


def outline(tree: Any) -> Any:
    """The tree as lists and dicts, with the path of each leaf in its place.

    >>> outline({"x": a, "sides": (b, c)})
    {'x': 'x', 'sides': ['sides.0', 'sides.1']}
    """
    pairs, spec = _pytree.tree_flatten_with_path(tree)
    return _outline(spec, [path for path, _ in pairs], 0)


def _outline(spec: _pytree.TreeSpec, paths: list[Any], depth: int) -> Any:
    if spec.is_leaf():
        return ".".join(map(_key, paths[0]))
    inner: dict[str, Any] = {}
    begin = 0
    for k, child in enumerate(spec.children()):
        some = paths[begin : begin + child.num_leaves]
        begin += child.num_leaves
        # What holds no leaf is in no path: it is known by its place.
        key = spec.context[k] if spec.type is dict else _key(some[0][depth]) if some else str(k)
        inner[str(key)] = _outline(child, some, depth + 1)
    in_order = spec.type in (list, tuple) or (
        bool(paths) and all(isinstance(path[depth], _pytree.SequenceKey) for path in paths)
    )
    return list(inner.values()) if in_order else inner


def _key(entry: object) -> str:
    for attribute in ("key", "idx", "name"):
        found = getattr(entry, attribute, None)
        if found is not None:
            return str(found)
    return str(entry)


def copied(tree: Any) -> Any:
    """The same tree with tensors of its own: a function may write into what it is given."""
    return _pytree.tree_map_only(torch.Tensor, torch.clone, tree)


def is_tensor(value: object) -> bool:
    """Whether this is a torch tensor."""
    return isinstance(value, torch.Tensor)


def plain_tensors(leaves: dict[str, Any]) -> dict[str, torch.Tensor]:
    """Leaves as tensors: Python numbers become 0-dim tensors (float32, int64, bool)."""
    given: dict[str, torch.Tensor] = {}
    for path, leaf in leaves.items():
        if isinstance(leaf, torch.Tensor):
            given[path] = leaf
        elif isinstance(leaf, (bool, int, float, complex, torch.SymInt, torch.SymFloat)):
            given[path] = torch.as_tensor(cast(Any, leaf))
        else:
            raise TypeError(path)
    return given
