"""Live text: an f-string over moving numbers, written as Python writes one, becomes strings and
numbers.

While ``live_text`` is on, formatting a tensor or a moving Python number gives a token and keeps the
number.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import cast
from unittest import mock

import torch

from ...errors import ExplorableError, Line
from ..lines import current_line, in_torch

Number = torch.Tensor | torch.SymInt | torch.SymFloat
Piece = str | tuple[Number, str]

# Private-use characters: no author types them, and str methods leave them alone.
_TOKEN = re.compile("\ue000(\\d+)\ue001")


@dataclass
class TextStore:
    """The numbers formatted so far, and which of them were drawn."""

    numbers: list[tuple[Number, str, Line | None]] = field(default_factory=list)
    drawn: set[int] = field(default_factory=set)

    def token(self, number: Number, format_spec: str) -> str:
        """Keeps a number and gives what stands for it in a string."""
        self.numbers.append((number, format_spec, current_line()))
        return f"\ue000{len(self.numbers) - 1}\ue001"

    def check_drawn(self) -> None:
        """Every number formatted was drawn; a text used elsewhere would keep its first value."""
        for k, (_, _, line) in enumerate(self.numbers):
            if k not in self.drawn:
                raise ExplorableError(
                    "trace",
                    "a live number was formatted into a text that is not drawn",
                    line=line,
                    fix="pass the text to a title, a label or a readout",
                )


@contextmanager
def live_text() -> Generator[TextStore]:
    """Inside, ``f"{theta:.2f}"`` keeps theta; yields the TextStore that ``split_text`` reads.

    >>> with live_text() as store:
    ...     split_text(f"θ = {torch.tensor(1.0):.2f}", store)
    ('θ = ', (tensor(1.), '.2f'))
    """
    store = TextStore()
    own = cast("Callable[[torch.Tensor, str], str]", torch.Tensor.__format__)  # pyright: ignore[reportUnknownMemberType] not typed

    def format_tensor(tensor: torch.Tensor, format_spec: str) -> str:
        if in_torch(sys._getframe(1).f_code.co_filename):  # pyright: ignore[reportPrivateUsage] the cheap walk
            # What prints a whole tensor formats its elements.
            return own(tensor, format_spec)
        if tensor.numel() != 1:
            raise ExplorableError(
                "trace",
                f"a tensor of shape {tuple(tensor.shape)} in a text",
                line=current_line(),
                fix="format one number of it",
            )
        return store.token(tensor, format_spec)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(torch.Tensor, "__format__", format_tensor))
        for kind in (torch.SymInt, torch.SymFloat):
            # create: they inherit object's.
            stack.enter_context(
                mock.patch.object(kind, "__format__", store_format(store), create=True)
            )
        yield store


def store_format(store: TextStore):
    """``__format__`` of moving Python numbers."""

    def format_number(number: torch.SymInt | torch.SymFloat, format_spec: str) -> str:
        return store.token(number, format_spec)

    return format_number


def has_token(value: object) -> bool:
    """Whether a text holds a live number."""
    return isinstance(value, str) and _TOKEN.search(value) is not None


def split_text(text: str, store: TextStore) -> tuple[Piece, ...]:
    """A text with tokens as strings and (number, format spec); its numbers count as drawn."""
    pieces: list[Piece] = []
    for k, part in enumerate(_TOKEN.split(text)):
        if k % 2:
            number, format_spec, _ = store.numbers[int(part)]
            store.drawn.add(int(part))
            pieces.append((number, format_spec))
        elif part:
            pieces.append(part)
    return tuple(pieces)
