"""Which operations take tensors whose sizes move. A lowering sees an extent that moves as an int,
its bound, so each that is named here was read for it: what it takes for a length must be one."""

from __future__ import annotations

ELEMENTWISE = frozenset({"lower_pointwise", "lower_logic", "lower_special"})
"""Files whose lowerings look at one element after the other, and at no extent."""

READ = frozenset(
    """
    aten.view aten.view_copy aten.unsqueeze aten.squeeze aten.permute aten.expand aten.slice
    aten.select aten.diagonal aten.unfold aten.flip aten.repeat aten.split_with_sizes
    aten.view_as_real aten.view_as_complex aten.sym_size aten.sym_numel aten.sum aten.mean
    aten.prod aten.amax aten.amin aten.max aten.min aten.any aten.argmax aten.argmin aten.full
    aten.full_like aten.empty aten.empty_permuted aten.empty_strided aten.arange aten.gather
    aten.index_select aten.index aten.index_put aten.scatter aten.scatter_add aten.cumsum
    aten.cumprod aten.cummax aten.cummin aten.searchsorted aten.cat aten.constant_pad_nd
    aten.slice_scatter aten.select_scatter aten.diagonal_scatter aten.mm aten.bmm aten.sort
    random.bits
    """.split()
)


def takes_moving(op: str, lowering: object) -> bool:
    """Whether the lowering of ``op`` is right where sizes move."""
    file = str(getattr(lowering, "__module__", "")).rsplit(".", 1)[-1]
    return file in ELEMENTWISE or ".".join(op.split(".")[:2]) in READ
