"""Code of torch's that looks at values or compiles, where a trace wants neither: the same modules,
written so that they can be traced. Tried with torch 2.13."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from unittest import mock

import torch
from torch._dynamo import config
from torch.nn.functional import batch_norm
from torch.nn.modules import batchnorm, transformer


@contextmanager
def library_forms() -> Generator[None]:
    """Inside, torch's modules ask no traced tensor for its values."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(transformer, "_detect_is_causal_mask", _is_causal))
        stack.enter_context(mock.patch.object(batchnorm._BatchNorm, "forward", _batch_norm))
        # What torch.compile made runs as the function it was made of.
        stack.enter_context(config.patch(error_on_nested_fx_trace=False))
        yield


def _is_causal(mask: torch.Tensor | None, is_causal: bool | None = None, *_: object) -> bool:
    """torch looks whether a mask is the causal one, as a hint for kernels; it is applied anyway."""
    return is_causal is True


_own_batch_norm = batchnorm._BatchNorm.forward


def _batch_norm(module: batchnorm._BatchNorm, x: torch.Tensor) -> torch.Tensor:
    """Without momentum, torch makes a Python number of the count of batches so far."""
    count = module.num_batches_tracked
    averaged = module.momentum is None and module.training and module.track_running_stats
    if not averaged or count is None or module.running_mean is None or module.running_var is None:
        return _own_batch_norm(module, x)
    module._check_input_dim(x)
    count.add_(1)
    with torch.no_grad():
        axes = [0, *range(2, x.ndim)]
        for kept, now in ((module.running_mean, x.mean(axes)), (module.running_var, x.var(axes))):
            kept.add_((now - kept) / count)
    return batch_norm(x, None, None, module.weight, module.bias, training=True, eps=module.eps)
