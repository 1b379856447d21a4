"""What the cache keeps beside bundles: made once from the same key, made again for another; the
runtime's joined modules are made once for all builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from explorable.kept_files import kept
from explorable.link import join, link, parts, split, stored
from explorable.link.needs import LATER


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("EXPLORABLE_CACHE", str(folder))
    monkeypatch.setattr(stored, "_MADE", {})
    return folder


def test_what_was_made_is_made_once(cache: Path) -> None:
    made: list[bytes] = []

    def make() -> bytes:
        made.append(b"")
        return b"%d" % len(made)

    assert kept("wasm", [b"a", b"b"], make) == b"1"
    assert kept("wasm", [b"a", b"b"], make) == b"1"
    assert kept("wasm", [b"ab"], make) == b"2"
    assert kept("wasm", [b"a", b"b", b""], make) == b"3"
    assert kept("other", [b"a", b"b"], make) == b"4"
    assert len(list(cache.rglob("*"))) == 4 + 2


def test_a_folder_that_cannot_be_written_to_is_no_error(cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert kept("wasm", [b"a"], lambda: b"made") == b"made"


def test_the_runtime_is_joined_once_for_all_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[Any] = []
    own = join.join

    def counted(*given: Any) -> str:
        joined.append(given)
        return own(*given)

    monkeypatch.setattr(join, "join", counted)
    monkeypatch.setattr(parts, "join", counted)

    def texts() -> list[str]:
        split.cache_clear()
        part = split().part(next(iter(LATER)), "core-0.js")
        return [link("engine.js").text, link("stub.js", form="module").text, split().core, part]

    first = texts()
    assert len(joined) == 4
    stored._MADE.clear()  # another process
    assert texts() == first
    assert len(joined) == 4
    assert link("engine.js", name="other").text.endswith("})();\n")
    assert len(joined) == 4
    stored._MADE.clear()
    monkeypatch.setattr(stored, "_sources", lambda: b"the runtime has changed")
    assert texts() == first
    assert len(joined) == 8
    split.cache_clear()


def test_modules_that_are_not_the_runtimes_are_joined_anew(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export const one = () => 1;")
    assert "=>1" in link(tmp_path / "one.js").text
    (tmp_path / "one.js").write_text("export const one = () => 2;")
    assert "=>2" in link(tmp_path / "one.js").text
