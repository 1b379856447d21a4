"""Many functions in one compiled module, run at values unseen while compiling and compared with
eager torch under the page's random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch.utils import _pytree as pytree

import explorable as ex
from explorable.trace import random_numbers
from oracle import TOLERANCE, distance, redraw

Function = Callable[..., Any]  # Any: whatever tensors it takes and gives


def agree(
    functions: Mapping[str, Function],
    *examples: Any,
    unseen: tuple[Any, ...] | None = None,
    tolerance: float = TOLERANCE,
) -> None:
    """Assert that every function, given the same tensors, gives in V8 what it gives in eager torch.

    ``unseen``: what to run them on, drawn like the examples if not given.
    """

    def every(*given: Any) -> dict[str, Any]:
        return {name: tensors_of(function(*given)) for name, function in functions.items()}

    generator = torch.Generator().manual_seed(11)
    fresh = unseen or tuple(
        pytree.tree_map(lambda x: redraw(x, generator), example) for example in examples
    )
    got = ex.compile(every, *examples)(*fresh)
    with random_numbers(0, 0):
        expected = every(*pytree.tree_map(torch.clone, fresh))
    errors = {
        name: max((distance(g, e) for g, e in zip(got[name], expected[name], strict=True)))
        for name in functions
    }
    assert not {name: error for name, error in errors.items() if not error <= tolerance}


def tensors_of(result: Any) -> list[torch.Tensor]:
    """The tensors of a result, without their history."""
    return [leaf.detach() for leaf in pytree.tree_leaves(result) if isinstance(leaf, torch.Tensor)]


def gradients(function: Function) -> Function:
    """Of what ``function`` gives, weighted unevenly, by its floating-point arguments."""

    def slopes(*given: Any) -> Any:
        with torch.enable_grad():
            leaves = [x.detach().requires_grad_() if x.is_floating_point() else x for x in given]
            results = [
                leaf
                for leaf in pytree.tree_leaves(function(*leaves))
                if isinstance(leaf, torch.Tensor) and leaf.requires_grad
            ]
            total = sum(
                (part * torch.arange(part.numel()).reshape(part.shape).cos()).sum()
                for part in results
            )
            assert isinstance(total, torch.Tensor)
            wanted = [x for x in leaves if x.requires_grad]
            return results, torch.autograd.grad(total, wanted, materialize_grads=True)

    return slopes
