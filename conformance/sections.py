"""Sections: which entries of PyTorch's data bases a run consists of, and those left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def exclusions() -> dict[str, str]:
    """Entry -> reason, from exclusions.txt: reasons are headings, entries the lines below."""
    found: dict[str, str] = {}
    reason = ""
    for line in EXCLUSIONS.read_text().splitlines():
        if line.startswith("# "):
            reason = line.removeprefix("# ")
        elif line.strip():
            found[line.strip()] = reason
    return found


def split(section: str) -> tuple[list[str], dict[str, str]]:
    """The entries that count, and those left out with their reasons."""
    names, known = SECTIONS[section].names(), exclusions()
    left_out = {name: known[name] for name in names if name in known}
    return [name for name in names if name not in left_out], left_out
