"""torch's own tracer, as every pass calls it."""

# This floor alone may use torch's private names.

from __future__ import annotations

from functools import partial

from torch.fx.experimental import proxy_tensor

make_fx = partial(
    proxy_tensor.make_fx,
    tracing_mode="real",
    # What it counts, and nobody reads, cost a sixth of pass one.
    _disable_torch_fn_metadata_mode=True,
)
"""``make_fx(fn, decomposition_table=...)(*fakes)``: the fx graph of a function."""
