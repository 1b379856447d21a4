"""The build cache: one file per source, valid while everything that its build read is unchanged.

A lookup imports neither torch nor the author's file: it hashes what an earlier build is known to
have read (recording.py). Knows bundles as plain data, builds nothing.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import json
import platform
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .figures.bundle import Bundle, Published
from .kept_files import write_atomically
from .recording import Reading, cache_root

FORMAT = 1
RECORD = "record.json"
# A fixed date: the same build gives the same cache file.
EPOCH = (1980, 1, 1, 0, 0, 0)


def folder() -> Path:
    """Where bundles are kept."""
    return cache_root() / "bundles"


@dataclass(frozen=True)
class Kept:
    """What an earlier build made and read."""

    bundles: list[Bundle]
    reading: Reading
    notes: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    """What the builder wanted to remember beside."""


def lookup(source: Path, options: Mapping[str, object]) -> Kept | None:
    """What an earlier build made that read exactly what one would read now.

    >>> lookup(Path("gallery/plane.py"), {})    # None: build it

    None also if the file of the cache is damaged: a cache may be lost, it may not lie.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(_place(source, options).read_bytes()))
        with archive:
            record = json.loads(archive.read(RECORD))
            reading = Reading.load(record["reading"])
            if record["versions"] != versions() or not reading.holds():
                return None
            bundles = [_unpack(archive, entry) for entry in record["bundles"]]
            return Kept(bundles, reading, record["notes"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def store(
    source: Path,
    options: Mapping[str, object],
    reading: Reading,
    bundles: Sequence[Bundle],
    notes: Mapping[str, object] | None = None,
) -> bool:
    """Keep the bundles of a build that read ``reading``; False if something changed meanwhile.

    The file appears whole or not at all: a build may be killed, two may end at once.
    """
    if not reading.holds():
        return False
    record = {
        "versions": versions(),
        "reading": reading.dump(),
        "bundles": [_pack(bundle) for bundle in bundles],
        "notes": dict(notes or {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(RECORD, EPOCH), json.dumps(record))
        files = {name: data for bundle in bundles for name, data in bundle.files.items()}
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"files/{name}", EPOCH), data)
    write_atomically(_place(source, options), packed.getvalue())
    return True


@functools.cache
def versions() -> dict[str, str]:
    """What else decides a build: our own code, torch, the C compiler and Python, as they were when
    this process first asked: later ones it has not loaded."""
    found = {"python": platform.python_version(), "explorable": _own_code(), "format": str(FORMAT)}
    for distribution in ("torch", "ziglang"):
        found[distribution] = importlib.metadata.version(distribution)
    return found


def _place(source: Path, options: Mapping[str, object]) -> Path:
    """One file per source and options: a new build replaces the old one, the cache stays small."""
    key = json.dumps([str(source.resolve()), sorted(options.items())], default=str)
    return folder() / f"{source.stem}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.zip"


def _own_code() -> str:
    """Hash of this package's own files: in a checkout the code changes and the version does not."""
    digest, package = hashlib.sha256(), Path(__file__).parent
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _pack(bundle: Bundle) -> dict[str, Any]:  # Any: JSON
    return {
        "name": bundle.name,
        "spec": bundle.spec,
        "files": list(bundle.files),
        "figures": [asdict(figure) for figure in bundle.figures],
        "warnings": list(bundle.warnings),
        "verified": bundle.verified,
        "numbers": bundle.numbers,
    }


def _unpack(archive: zipfile.ZipFile, entry: dict[str, Any]) -> Bundle:  # Any: JSON
    figures = [
        Published(**(figure | {"heights": tuple(map(tuple, figure["heights"]))}))
        for figure in entry["figures"]
    ]
    return Bundle(
        name=entry["name"],
        spec=entry["spec"],
        # read() checks the CRC of each member: damaged bytes are a miss.
        files={name: archive.read(f"files/{name}") for name in entry["files"]},
        figures=tuple(figures),
        warnings=tuple(entry["warnings"]),
        verified=entry["verified"],
        numbers=entry["numbers"],
    )
