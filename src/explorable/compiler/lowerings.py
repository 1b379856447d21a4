"""Every file of lowerings, imported so that each enters its functions in the table of
`lower.py`."""

from . import (
    conv,
    factors,
    fft,
    halves,
    linalg,
    lower_control,
    lower_create,
    lower_index,
    lower_join,
    lower_logic,
    lower_matmul,
    lower_pointwise,
    lower_random,
    lower_reduce,
    lower_special,
    lower_views,
    sort,
)

__all__ = [
    "conv",
    "factors",
    "fft",
    "halves",
    "linalg",
    "lower_control",
    "lower_create",
    "lower_index",
    "lower_join",
    "lower_logic",
    "lower_matmul",
    "lower_pointwise",
    "lower_random",
    "lower_reduce",
    "lower_special",
    "lower_views",
    "sort",
]
