"""Build: C -> wasm with zig, cached by the hash of text and flags. Two variants, side by side."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ..errors import ExplorableError
from ..recording import unheard
from .binary import GLOBALS, exports, leb, sections, signed_leb

STACK = 65536
PAGE = 65536
_GLOBAL = 3
FLAGS = (
    "-target", "wasm32-freestanding", "-O2", "-msimd128", "-nostdlib", "-g0", "-s",
    "-ffp-contract=off", "-fno-math-errno", "-fno-strict-aliasing", "-fwrapv",
    "-Wl,--no-entry", "-Wl,--export=arena", f"-Wl,-z,stack-size={STACK}",
)  # fmt: skip


@dataclass(frozen=True)
class Wasm:
    """Module bytes and the address of the arena in linear memory."""

    data: bytes
    arena: int


def build(c: str, memory: int, *, relaxed: bool) -> tuple[Wasm, Wasm | None]:
    """The plain variant, and the one with relaxed_madd if asked for."""
    with ThreadPoolExecutor(2) as pool:
        plain = pool.submit(_variant, c, memory, False)
        fast = pool.submit(_variant, c, memory, True) if relaxed else None
        return plain.result(), fast.result() if fast is not None else None


def cache_folder() -> Path:
    """Where compiled wasm is kept between builds."""
    given = os.environ.get("EXPLORABLE_CACHE")
    if given:
        return Path(given) / "wasm"
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "explorable" / "wasm"


def _variant(c: str, memory: int, relaxed: bool) -> Wasm:
    flags = [*FLAGS, f"-Wl,--initial-memory={memory}", f"-Wl,--max-memory={memory}"]
    if relaxed:
        flags += ["-mrelaxed-simd", "-DRELAXED"]
    key = hashlib.sha256("\0".join([version("ziglang"), *flags, c]).encode("utf-8")).hexdigest()
    kept = cache_folder() / f"{key}.wasm"
    try:
        data = kept.read_bytes()
    except OSError:
        data = _compile(c, flags)
        _keep(kept, data)
    return Wasm(data, _arena(data))


def _compile(c: str, flags: list[str]) -> bytes:
    with unheard, tempfile.TemporaryDirectory(prefix="explorable-") as folder:
        source, target = Path(folder) / "module.c", Path(folder) / "module.wasm"
        source.write_text(c, encoding="utf-8")
        command = [sys.executable, "-m", "ziglang", "cc", *flags, "module.c", "-o", "module.wasm"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode or not target.exists():
            fact = f"zig could not compile the C of this module:\n{done.stderr[-3000:]}"
            raise ExplorableError("compiler", fact)
        return target.read_bytes()


def _keep(path: Path, data: bytes) -> None:
    """Write beside and rename, so that a reader never sees half a file; a full disk is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        return


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
