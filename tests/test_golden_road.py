"""What the gallery's plane and game of life become on the way: Graph and spec, as golden texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from explorable.figures import groups, load_file
from explorable.figures.build import build
from explorable.figures.group import trace_group

GALLERY = Path(__file__).resolve().parent.parent / "gallery"
Golden = Callable[[str, str], None]


def without_hashes(text: str) -> str:
    """Names of published files keep their stem: bytes may change, what the spec says may not."""
    return re.sub(r"-[0-9a-f]{10}\.", "-HASH.", text)


def test_the_graph_of_the_plane(golden: Golden) -> None:
    (members,) = groups(load_file(GALLERY / "plane.py"))

    (entry,) = trace_group(members).entries()

    golden("plane.graph.txt", f"{entry.graph}\n")


@pytest.mark.parametrize("name", ["plane", "life"])
def test_the_spec(name: str, golden: Golden) -> None:
    (bundle,) = build(load_file(GALLERY / f"{name}.py"))

    spec = json.loads(without_hashes(bundle.files[bundle.spec].decode()))

    # Where things lie and how far off they were is the compiler's affair.
    spec["program"]["slots"] = {n: slot[1:] for n, slot in spec["program"]["slots"].items()}
    del spec["program"]["memory"], spec["verified"]["worst"]
    golden(f"{name}.spec.json", json.dumps(spec, indent=1, ensure_ascii=False) + "\n")
