"""Result: what became of one entry, as a worker sends it and a line of the result file holds it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Result:
    """An entry of a section, ``wanted`` samples asked for, drawn from ``seed``."""

    section: str
    entry: str
    seed: int
    wanted: int
    samples: int = 0
    passed: dict[str, int] = field(default_factory=dict[str, int])
    """How many samples passed, by compare.verdict's word."""
    dropped: dict[str, int] = field(default_factory=dict[str, int])
    """How many samples of the data base test nothing, by the reason."""
    failures: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def green(self) -> bool:
        """Whether every sample drawn has passed."""
        return self.samples > 0 and not self.failures

    def fail(self, sample: str, kind: str, reason: str) -> None:
        """One more sample that did not pass."""
        self.failures.append(f"{sample}: {kind}: {reason}")
