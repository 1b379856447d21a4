"""Sections: which entries of PyTorch's data bases a run consists of, and those left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from .modules import module_entries, module_samples
from .operations import operation_entries, operation_samples
from .sample import Sample

Maker = Callable[[], Sample]
EXCLUSIONS = Path(__file__).with_name("exclusions.txt")
MOST_EXCLUDED = 0.12


@dataclass(frozen=True)
class Section:
    """Entries by name, and the samples of one."""

    names: Callable[[], Sequence[str]]
    samples: Callable[[str, int], Sequence[Maker]]


def _operations(dtype: torch.dtype, gradients: bool = False) -> Section:
    return Section(
        lambda: list(operation_entries(dtype, gradients)),
        lambda name, seed: operation_samples(
            operation_entries(dtype, gradients)[name], dtype, gradients, seed
        ),
    )


def _modules(gradients: bool) -> Section:
    return Section(
        lambda: list(module_entries()),
        lambda name, seed: module_samples(module_entries()[name], gradients, seed),
    )


SECTIONS: dict[str, Section] = {
    "float32": _operations(torch.float32),
    "float32-gradients": _operations(torch.float32, gradients=True),
    "complex64": _operations(torch.complex64),
    "int64": _operations(torch.int64),
    "bool": _operations(torch.bool),
    "modules": _modules(gradients=False),
    "modules-gradients": _modules(gradients=True),
}


@cache
def exclusions() -> dict[str, str]:
    """Entry -> reason, from exclusions.txt: reasons are headings, entries the lines below.

    ``name: kind`` leaves out only those samples of an entry for which SAMPLE_KINDS holds.
    """
    found: dict[str, str] = {}
    reason = ""
    for line in EXCLUSIONS.read_text().splitlines():
        if line.startswith("# "):
            reason = line.removeprefix("# ")
        elif line.strip():
            found[line.strip()] = reason
    return found


SAMPLE_KINDS: dict[str, Callable[[Sequence[object]], bool]] = {
    "a tensor for a number": lambda rest: any(isinstance(x, torch.Tensor) for x in rest),
    "a bool tensor": lambda rest: any(
        isinstance(x, torch.Tensor) and x.dtype in (torch.bool, torch.uint8) for x in rest
    ),
    "a number left open": lambda rest: -1 in [x for x in rest if isinstance(x, int)],
}
"""Kinds of samples, by what is in their arguments after the first."""


def left_out(name: str, sample: Sample) -> str:
    """Why this sample of an entry is left out, or ""."""
    for line, reason in exclusions().items():
        entry, _, kind = line.partition(": ")
        if entry == name and kind and SAMPLE_KINDS[kind](sample.rest):
            return reason
    return ""


def split(section: str) -> tuple[list[str], dict[str, str]]:
    """The entries that count, and those left out with their reasons."""
    names, known = SECTIONS[section].names(), exclusions()
    dropped = {name: known[name] for name in names if name in known}
    return [name for name in names if name not in dropped], dropped
