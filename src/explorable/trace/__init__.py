"""PyTorch functions as Graphs: the only floor that imports torch. Names only; README.md says how it works."""

from .lines import author_line
from .tensors import tensor_bytes, tensor_from_bytes
from .tracer import NeedsValue, trace

__all__ = ["NeedsValue", "author_line", "tensor_bytes", "tensor_from_bytes", "trace"]
