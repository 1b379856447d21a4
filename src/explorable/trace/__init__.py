"""PyTorch functions as Graphs: the only floor that imports torch. Names only; README.md says how
it works."""

from .breaks import breakable
from .codes import Coded, coded
from .drawing.text import TextStore, live_text, split_text
from .draws.random import Stream, current_stream, random_numbers
from .extents import Moving, NeedsValue
from .fingerprint import fingerprint
from .lines import author_line
from .reference import float64_reference
from .roundings import Roundings
from .state import copy_state, python_numbers, state_tensors, substitute
from .tensors import tensor_bytes, tensor_from_bytes, type_of
from .tracer import trace
from .watches.mistakes import explain
from .weights import as_rounded, smaller_weights

__all__ = [
    "Coded",
    "Moving",
    "NeedsValue",
    "Roundings",
    "Stream",
    "TextStore",
    "as_rounded",
    "author_line",
    "breakable",
    "coded",
    "copy_state",
    "current_stream",
    "explain",
    "fingerprint",
    "float64_reference",
    "live_text",
    "python_numbers",
    "random_numbers",
    "smaller_weights",
    "split_text",
    "state_tensors",
    "substitute",
    "tensor_bytes",
    "tensor_from_bytes",
    "trace",
    "type_of",
]
