"""Code of torch's that looks at values or compiles, where a trace wants neither: the same modules,
written so that they can be traced. Tried with torch 2.13."""

# This floor alone may use torch's private names. torch is only partly typed.
# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from torch._decomp import decompositions
from torch._dynamo import config
from torch._higher_order_ops.flex_attention import math_attention
from torch.distributions import Dirichlet, StudentT
from torch.nn import AdaptiveLogSoftmaxWithLoss, attention
from torch.nn.attention import flex_attention
from torch.nn.functional import batch_norm, one_hot
from torch.nn.modules import batchnorm, transformer
from torch.nn.modules.adaptive import _ASMoutput


@contextmanager
def library_forms() -> Generator[None]:
    """Inside, torch's modules ask no traced tensor for its values."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(transformer, "_detect_is_causal_mask", _is_causal))
        stack.enter_context(mock.patch.object(batchnorm._BatchNorm, "forward", _batch_norm))
        stack.enter_context(mock.patch.object(decompositions, "_rnn_helper", _layers))
        stack.enter_context(mock.patch.object(AdaptiveLogSoftmaxWithLoss, "forward", _adaptive))
        stack.enter_context(mock.patch.object(AdaptiveLogSoftmaxWithLoss, "predict", _most_likely))
        stack.enter_context(mock.patch.object(Dirichlet, "mode", property(_dirichlet_mode)))
        stack.enter_context(mock.patch.object(StudentT, "variance", property(_student_variance)))
        # Whichever kernel of attention the author chose, all give the same.
        stack.enter_context(mock.patch.object(attention, "_sdpa_kernel", _any_kernel))
        stack.enter_context(config.patch(error_on_nested_fx_trace=False))
        stack.enter_context(mock.patch.object(flex_attention, "flex_attention_hop", math_attention))
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


def _dirichlet_mode(given: Dirichlet) -> torch.Tensor:
    """torch corrects the rows below 1 by a mask."""
    above = (given.concentration - 1).clamp(min=0.0)
    mode = above / above.sum(-1, True)
    corner = one_hot(mode.argmax(-1), above.shape[-1]).to(mode.dtype)
    return torch.where((given.concentration < 1).all(-1, keepdim=True), corner, mode)


def _student_variance(given: StudentT) -> torch.Tensor:
    """torch fills three masks."""
    free = given.df
    finite = given.scale.square() * free / torch.where(free > 2, free - 2, 1.0)
    rest = torch.where(free > 1, torch.inf, torch.nan)
    return torch.where(free > 2, finite, rest)


def _any_kernel(*_: object, **__: object) -> None:
    pass


_one_layer = decompositions._rnn_helper


def _layers(
    x: torch.Tensor,
    hidden: Sequence[Any],
    weights: Sequence[Any],
    has_biases: bool,
    layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
    layer: Any,  # Any: torch's own
) -> tuple[torch.Tensor, list[Any]]:
    """LSTM, GRU and RNN: torch's own decomposition leaves out the dropout between layers."""
    x = x.transpose(0, 1) if batch_first else x
    each = 2 if bidirectional else 1
    last: list[Any] = []
    for k in range(layers):
        own = slice(k * each, (k + 1) * each)
        x, final = _one_layer(
            x, hidden[own], weights[own], has_biases, 1, 0.0, train, bidirectional, False, layer
        )
        last += final
        if train and dropout and k < layers - 1:
            x = torch.dropout(x, dropout, True)
    return (x.transpose(0, 1) if batch_first else x), last


def _adaptive(
    module: AdaptiveLogSoftmaxWithLoss, x: torch.Tensor, target: torch.Tensor
) -> _ASMoutput:
    """torch picks the rows of each cluster; a trace computes all and picks the results."""
    every = module.log_prob(x if target.ndim else x.unsqueeze(0))
    output = every.gather(1, target.reshape(-1, 1)).squeeze(1)
    return _ASMoutput(output if target.ndim else output.squeeze(0), (-output).mean())


def _most_likely(module: AdaptiveLogSoftmaxWithLoss, x: torch.Tensor) -> torch.Tensor:
    return module.log_prob(x).argmax(1)
