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
LINK = (
    "--strip-all", "--compress-relocations", "--no-entry", "--export=arena",
    "-z", f"stack-size={STACK}",
)  # fmt: skip


@dataclass(frozen=True)
class Wasm:
    """Module bytes and the address of the arena in linear memory."""

    data: bytes
    arena: int


def build(units: Sequence[str], memory: int, *, relaxed: bool) -> tuple[Wasm, Wasm | None]:
    """The plain variant, and the one with relaxed_madd if asked for, of C in one or more units."""
    variants = [[*FLAGS], [*FLAGS, "-mrelaxed-simd", "-DRELAXED"]][: 2 if relaxed else 1]
    link = [*LINK, f"--initial-memory={memory}", f"--max-memory={memory}"]
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        begun = [
            [
                pool.submit(_made, [unit.encode("utf-8")], "c", ["cc", "-c", *flags])
                for unit in units
            ]
            for flags in variants
        ]
    made: list[Wasm] = []
    for futures in begun:
        data = _made([future.result() for future in futures], "o", ["wasm-ld", *link])
        made.append(Wasm(data, _arena(data)))
    return made[0], made[1] if relaxed else None


def _made(texts: Sequence[bytes], kind: str, words: list[str]) -> bytes:
    """What zig makes of files, from the cache where it has been made before."""
    key = "\0".join([version("ziglang"), *words]).encode("utf-8")
    return kept("wasm", [key, *texts], lambda: _run(texts, kind, words))


def _run(texts: Sequence[bytes], kind: str, words: list[str]) -> bytes:
    """Runs one of zig's commands over files: C or, linked, objects."""
    with unheard, tempfile.TemporaryDirectory(prefix="explorable-") as folder:
        names = [f"unit{k}.{kind}" for k in range(len(texts))]
        for name, text in zip(names, texts, strict=True):
            (Path(folder) / name).write_bytes(text)
        target = Path(folder) / "module.wasm"
        # Not "python -m ziglang", which would begin a Python for each file.
        zig = resources.files("ziglang") / "zig"
        command = [str(zig), *words, *names, "-o", target.name]
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
