"""The decomposition table of passes two and three: which operations the compiler never sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch._decomp import core_aten_decompositions, get_decompositions

aten = torch.ops.aten

TABLE: dict[Any, Callable[..., Any]] = dict(core_aten_decompositions())  # Any: OpOverload -> function
