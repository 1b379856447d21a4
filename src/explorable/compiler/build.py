"""Build: C -> wasm with zig, cached by the hash of text and flags. Units and variants are compiled
side by side."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from ..errors import ExplorableError
from ..kept_files import kept
from ..recording import unheard
from .binary import GLOBALS, exports, leb, sections, signed_leb

STACK = 65536
PAGE = 65536
_GLOBAL = 3
FLAGS = (
    "-target", "wasm32-freestanding", "-O2", "-msimd128", "-nostdlib", "-g0",
    "-ffp-contract=off", "-fno-math-errno", "-fno-strict-aliasing", "-fwrapv",
)  # fmt: skip
LINK = ("-s", "-Wl,--no-entry", "-Wl,--export=arena", f"-Wl,-z,stack-size={STACK}")


@dataclass(frozen=True)
class Wasm:
    """Module bytes and the address of the arena in linear memory."""

    data: bytes
    arena: int


def build(units: Sequence[str], memory: int, *, relaxed: bool) -> tuple[Wasm, Wasm | None]:
    """The plain variant, and the one with relaxed_madd if asked for, of C in one or more units."""
    variants = [[*FLAGS], [*FLAGS, "-mrelaxed-simd", "-DRELAXED"]][: 2 if relaxed else 1]
    link = [*LINK, f"-Wl,--initial-memory={memory}", f"-Wl,--max-memory={memory}"]
    last = link if len(units) == 1 else ["-c"]
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        begun = [
            [pool.submit(_made, [unit.encode("utf-8")], "c", [*flags, *last]) for unit in units]
            for flags in variants
        ]
    made: list[Wasm] = []
    for flags, futures in zip(variants, begun, strict=True):
        data, *more = [future.result() for future in futures]
        if more:
            data = _made([data, *more], "o", [*flags, *link])
        made.append(Wasm(data, _arena(data)))
    return made[0], made[1] if relaxed else None


def _made(texts: Sequence[bytes], kind: str, flags: list[str]) -> bytes:
    """What zig makes of files, from the cache where it has been made before."""
    words = "\0".join([version("ziglang"), *flags]).encode("utf-8")
    return kept("wasm", [words, *texts], lambda: _compile(texts, kind, flags))


def _compile(texts: Sequence[bytes], kind: str, flags: list[str]) -> bytes:
    """Runs zig over files: C or, linked, objects."""
    with unheard, tempfile.TemporaryDirectory(prefix="explorable-") as folder:
        names = [f"unit{k}.{kind}" for k in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (Path(folder) / name).write_bytes(text)
        target = Path(folder) / "module.wasm"
        # Not "python -m ziglang", which would begin a Python for each file.
        zig = resources.files("ziglang") / "zig"
        command = [str(zig), "cc", *flags, *names, "-o", target.name]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not target.exists():
            fact = f"zig could not compile the C of this module:\n{done.stderr[-3000:]}"
            raise ExplorableError("compiler", fact)
        return target.read_bytes()


def _arena(data: bytes) -> int:
    """The value of the exported global ``arena``."""
    globals_ = dict(sections(data))[GLOBALS]
    at, number = leb(globals_, 0)
    values: list[int] = []
    for _ in range(number):
        at, value = signed_leb(globals_, at + 3)
        values.append(value)
        at += 1
    return values[exports(data)["arena", _GLOBAL]]
