"""LICENSES.txt: what lies beside every published bundle and says whose each kind of file is."""

from __future__ import annotations

from pathlib import Path

LICENCES = "LICENSES.txt"


def licences() -> bytes:
    """The text, the same in every folder."""
    return Path(__file__).with_name("licences.txt").read_bytes()
