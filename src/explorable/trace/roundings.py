"""What rounding alone can do to a function: eager PyTorch with every result moved by one unit in
the last place, or not, or the other way.

Another machine's torch, or its next version, adds up in another order; so does a page. Where that
moves a number, nobody can ask for the number.
"""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only

EXACT = frozenset(
    """
    view _unsafe_view reshape permute expand squeeze unsqueeze slice select as_strided t
    transpose unfold diagonal alias split split_with_sizes unbind flip cat stack where gather
    index clone index_select detach abs neg maximum minimum amax amin max min sort relu clamp
    masked_fill copy slice_scatter select_scatter diagonal_scatter sign floor ceil round trunc
    full zeros ones arange lt le gt ge eq ne isnan real imag _conj view_as_real view_as_complex
    _to_copy fill copy_ empty full_like zeros_like ones_like constant_pad_nd empty_like
    new_zeros zero_ fill_ repeat roll tril triu isinf bitwise_and logical_not scalar_tensor eye
    complex cummax cummin
    """.split()
)
"""Operations that round nothing."""


class Roundings(TorchDispatchMode):
    """Below autograd, so that gradients are rounded otherwise too.

    >>> with Roundings(seed=0): torch.sin(torch.ones(2))
    tensor([0.8415, 0.8415])
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # Any: torch's own protocol
        result = func(*args, **(kwargs or {}))
        name = func._schema.name.split("::")[1]
        return result if name in EXACT else self.rounded(name, result)

    def rounded(self, name: str, result: Any) -> Any:  # Any: what an operation gives
        """The result of an operation, rounded otherwise; in place if the operation is."""
        if name.endswith("_") and isinstance(result, torch.Tensor):
            return result.copy_(self.moved(result))
        return tree_map_only(torch.Tensor, self.moved, result)

    def moved(self, tensor: torch.Tensor) -> torch.Tensor:
        """Every number or its neighbour; complex ones are turned too, off the cuts of functions."""
        if not (tensor.is_floating_point() or tensor.is_complex()):
            return tensor
        step = torch.randint(-1, 2, (2, *tensor.shape, 2), generator=self.generator).double()
        if not tensor.is_complex():
            step = step.select(-1, 0)
        kind = torch.finfo(tensor.dtype)
        relative, least = step[0] * kind.eps, step[1] * kind.smallest_normal * kind.eps
        if tensor.is_complex():
            relative, least = torch.view_as_complex(relative), torch.view_as_complex(least)
        relative, least = relative.to(tensor.dtype), least.to(tensor.dtype)
        still = (tensor == 0) | ~tensor.isfinite()
        return torch.where(still, tensor, tensor * (1 + relative) + least)
