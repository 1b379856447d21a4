"""Files of the cache that can be made again: compiled wasm, the joined runtime. Each is named by a
hash of all that decides what is in it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from .recording import cache_root


def kept(kind: str, key: Iterable[bytes], make: Callable[[], bytes]) -> bytes:
    """What ``make`` gives, from the cache where it has been made before from the same ``key``.

    >>> kept("wasm", [b"flags", b"int f(void);"], compiled)

    A folder that cannot be written to is no error.
    """
    digest = hashlib.sha256()
    for part in key:
        digest.update(hashlib.sha256(part).digest())
    path = cache_root() / kind / digest.hexdigest()
    try:
        return path.read_bytes()
    except OSError:
        data = make()
    try:
        write_atomically(path, data)
    except OSError:
        pass
    return data


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` in one step: a reader sees the old bytes or the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
