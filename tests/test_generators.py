"""Figures put into a generator's site: which files, byte for byte, again and after changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from explorable.errors import ExplorableError
from explorable.hosts import (
    HUGO,
    JEKYLL,
    Generator,
    Place,
    left_over,
    placed,
    require_root,
    site,
    write_placed,
)
from test_hosts import bundle, place

GENERATORS = pytest.mark.parametrize("generator", [HUGO, JEKYLL], ids=lambda g: g.name)


def folder(files: dict[str, bytes], prefix: str) -> dict[str, bytes]:
    return {p.removeprefix(prefix): data for p, data in files.items() if p.startswith(prefix)}


@GENERATORS
def test_bundles_are_those_of_the_bare_folder(generator: Generator, tmp_path: Path) -> None:
    places = [place("plane"), place("euler")]
    bare = folder(site(places, title="Figures"), "explorable/")
    pages = {name for name in bare if name.startswith(("page-", "icon-"))}

    there = folder(placed(generator, places, tmp_path), generator.bundles)

    assert there == {name: data for name, data in bare.items() if name not in pages}


@GENERATORS
def test_a_second_build_changes_nothing(generator: Generator, tmp_path: Path) -> None:
    write_placed(placed(generator, [place("plane")], tmp_path), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    write_placed(placed(generator, [place("plane")], tmp_path), tmp_path)

    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert after == before


@GENERATORS
def test_figures_of_earlier_builds_stay_until_pruned(generator: Generator, tmp_path: Path) -> None:
    write_placed(placed(generator, [place("plane")], tmp_path), tmp_path)
    made = bundle("euler")
    files = {"e.json": made.files["s.json"], "e.wasm": b"e"}
    euler = Place("euler", replace(made, spec="e.json", files=files), made.figures[0])

    write_placed(placed(generator, [euler], tmp_path), tmp_path)
    manifest = (tmp_path / generator.manifest).read_text()
    assert '"plane"' in manifest and '"euler"' in manifest
    assert left_over(generator, tmp_path) == []

    write_placed(placed(generator, [euler], tmp_path, prune=True), tmp_path)
    assert '"plane"' not in (tmp_path / generator.manifest).read_text()
    names = [path.name for path in left_over(generator, tmp_path)]
    assert names == ["p.wasm", "r.wasm", "s.json"]


@GENERATORS
def test_a_manifest_that_somebody_broke_is_told(generator: Generator, tmp_path: Path) -> None:
    (tmp_path / generator.manifest).parent.mkdir(parents=True)
    (tmp_path / generator.manifest).write_text("<<<<<<< HEAD")

    with pytest.raises(ExplorableError, match="cannot be read"):
        placed(generator, [place()], tmp_path)


@GENERATORS
def test_another_folder_is_no_site(generator: Generator, tmp_path: Path) -> None:
    with pytest.raises(ExplorableError, match=f"not the root of a {generator.name} site"):
        require_root(generator, tmp_path)
