"""Joined modules of the runtime are kept between builds: joining takes seconds, and gives the same
until the runtime or this folder changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from ..kept_files import kept
from .sources import RUNTIME


def stored(entry: Path, key: Iterable[object], make: Callable[[], Any]) -> Any:
    """What ``make`` gives, as JSON holds it; ``key``: what decides it beside the modules that are
    read. Modules that are not the runtime's own are joined anew each time."""
    if not entry.is_relative_to(RUNTIME):
        return make()
    parts = (_sources(), *(str(part).encode("utf-8") for part in (entry, *key)))
    if parts not in _MADE:
        _MADE[parts] = kept("runtime", parts, lambda: json.dumps(make()).encode("utf-8"))
    return json.loads(_MADE[parts])


_MADE: dict[tuple[bytes, ...], bytes] = {}
"""What this process has asked for: few modules, each with what bundles leave out."""


@cache
def _sources() -> bytes:
    """A hash of the runtime's modules and of what joins them."""
    digest = hashlib.sha256()
    for path in (*sorted(RUNTIME.rglob("*.js")), *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(str(path).encode("utf-8"))
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()
