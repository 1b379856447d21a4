"""How a place moves with the controls: gradients of a drawn position, eagerly and in a trace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch

from ...parts.marks import Mark
from ..tree import flatten
from .channels import attached


def loosened(arrived: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A control's tensor as a leaf of real numbers, and what the author's function is given for it.

    >>> leaf, z = loosened(torch.tensor(1 + 2j))     # leaf: float32 (2,), z: complex64 ()
    """
    if arrived.is_complex():
        leaf = torch.stack([arrived.real, arrived.imag]).detach().requires_grad_()
        return leaf, torch.complex(leaf[0], leaf[1])
    leaf = arrived.detach().clone().requires_grad_()
    # A copy: the author may change in place what he is given, which a leaf forbids.
    return leaf, leaf.clone()


def loosened_tree(tree: Any) -> tuple[list[torch.Tensor], Any]:
    """The tensors of a pytree that have gradients as leaves, and the same tree with these."""
    held, rebuild = flatten(tree)
    leaves: list[torch.Tensor] = []

    def loose(given: Any) -> Any:
        if not isinstance(given, torch.Tensor):
            return given
        if not (given.is_floating_point() or given.is_complex()):
            return given.clone()
        leaves.append(given.detach().clone().requires_grad_())
        return leaves[-1].clone()

    arrived = rebuild([loose(given) for given in held.values()])
    return leaves, arrived


def places(mark: Mark) -> torch.Tensor:
    """(n, 2): where the reader takes hold of a mark's elements; of arrows the tips."""
    xy = attached(mark, mark.channels[0])
    return (xy[:, 1] if mark.kind == "arrow" else xy).reshape(-1, 2)


def movers(xy: torch.Tensor, leaves: Sequence[torch.Tensor]) -> list[bool]:
    """Which of the controls behind ``leaves`` some place depends on."""
    if not xy.requires_grad or not leaves:
        return [False for _ in leaves]
    found = torch.autograd.grad(xy.sum(), list(leaves), retain_graph=True, allow_unused=True)
    # torch's own types do not say that it gives None here.
    return [gradient is not None for gradient in cast("Sequence[torch.Tensor | None]", found)]


def slope(
    xy: torch.Tensor, element: Any, leaves: Sequence[torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Place ``element`` (int64 ()) of ``xy``, float32 (2,), and d place / d controls, float32
    (2, n)."""
    place = xy.index_select(0, torch.as_tensor(element).reshape(1)).reshape(2)
    rows = [
        torch.autograd.grad(
            place[part], list(leaves), retain_graph=True, allow_unused=True, materialize_grads=True
        )
        for part in (0, 1)
    ]
    flat = [torch.cat([gradient.reshape(-1) for gradient in row]) for row in rows]
    return place.detach(), torch.stack(flat).detach()


def no_slope(columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What stands in the place of ``slope`` where the mark is not drawn; nobody reads it."""
    return torch.zeros(2), torch.zeros(2, columns)
