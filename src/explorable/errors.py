"""The one error class: a fact in the author's terms, his line, and what to do. Imports nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line of the author's source: where a node, a message or a control comes from."""

    file: str
    number: int
    function: str = ""
    text: str = ""
    inside: str | None = None
    """A library the call went through, e.g. ``einops``."""

    def __str__(self) -> str:
        shown = f"{self.file}:{self.number}"
        return f"{shown} (inside {self.inside})" if self.inside else shown


class ExplorableError(Exception):
    """``<floor>: <fact> (<where>)``, then the author's line, then what to do.

    >>> print(ExplorableError("trace", "no lowering for 'aten.foo'", where="figure 'plane'"))
    trace: no lowering for 'aten.foo' (figure 'plane')
    """

    def __init__(
        self,
        floor: str,
        fact: str,
        *,
        where: str = "",
        line: Line | None = None,
        fix: str = "",
    ) -> None:
        self.floor, self.fact, self.where, self.line, self.fix = floor, fact, where, line, fix
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = f"{self.floor}: {self.fact}" + (f" ({self.where})" if self.where else "")
        if self.line is not None:
            shown += f"\n  in {self.line}"
            if self.line.text:
                shown += f"\n     {self.line.text.strip()}"
        if self.fix:
            shown += f"\n  {self.fix}"
        return shown

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message. It names the author's line; the rest is ours."""
        return [f"{type(self).__name__}: {self}"]

    def within(self, *, where: str = "", line: Line | None = None) -> ExplorableError:
        """The same fact with what the caller knew: where it happened, on which line."""
        return ExplorableError(
            self.floor,
            self.fact,
            where=self.where or where,
            line=self.line or line,
            fix=self.fix,
        )
