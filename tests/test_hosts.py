"""The folder host: pages under the policy, only relative URLs, and what they say of a figure."""

from __future__ import annotations

import html.parser
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from explorable.figures.bundle import Bundle, Published
from explorable.hosts import Place, downloads, site, write_site
from explorable.hosts.listing import listing

SOURCE = '''@ex.figure
def plane(theta=ex.slider(0, 6)):
    """A <number>, turned.

    Second paragraph, with ``code``.
    """
    return ex.curve(theta)  # a comment
'''


def bundle(name: str = "plane", *, fast: bool = False, relaxed: str | None = "r.wasm") -> Bundle:
    wasm = {"plain": "p.wasm", "relaxed": relaxed} if relaxed else {"plain": "p.wasm"}
    spec = {"program": {"wasm": wasm, "fast": fast}}
    fragment = '<explorable-figure src="@/s.json"><svg viewBox="0 0 9 9"></svg></explorable-figure>'
    published = Published(name, name, "A number.", fragment, 640, ((720, 480),), SOURCE)
    files = {"s.json": json.dumps(spec).encode(), "p.wasm": b"p" * 100, "r.wasm": b"r" * 200}
    verified: dict[str, object] = {"worst": 3e-7, "settings": 14}
    return Bundle(name, "s.json", files, (published,), (), verified)


def place(name: str = "plane", problem: str | None = None) -> Place:
    made = bundle(name)
    return Place(name, made, made.figures[0], problem)


class Urls(html.parser.HTMLParser):
    """Every URL of a page, and every attribute and tag that the policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.forbidden: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.urls.append(value or "")
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f"<{tag} {name}>")
        if tag == "style" or (tag == "script" and "src" not in dict(attrs)):
            self.forbidden.append(f"<{tag}>")


def test_a_site_is_complete_and_relative() -> None:
    files = site([place("plane"), place("euler")], title="Figures")

    pages = {path: data.decode() for path, data in files.items() if path.endswith(".html")}
    assert set(pages) == {"index.html", "plane.html", "euler.html"}
    for text in pages.values():
        found = Urls(text)
        assert found.forbidden == []
        assert [url for url in found.urls if url not in files] == []
    assert "script-src 'self' 'wasm-unsafe-eval'" in pages["plane.html"]
    assert "explorable/.gitattributes" in files


def test_a_page_says_what_its_figure_is() -> None:
    files = site([place("in_time"), place("plane")], title="A & B")
    page = files["plane.html"].decode()

    assert "<h1>Plane</h1>" in page
    assert "<title>Plane · A &amp; B</title>" in page
    assert "<p>A &lt;number&gt;, turned.</p>" in page
    assert "<code>code</code>" in page
    assert '<span class="comment"># a comment</span>' in page
    assert "at 14 settings" in page and "3e-07" in page
    assert '<a rel="prev" href="in_time.html">← In time</a>' in page


def test_the_index_shows_stills() -> None:
    index = site([place()], title="Figures")["index.html"].decode()

    assert '<a href="plane.html">' in index
    assert '<svg viewBox="0 0 9 9"></svg>' in index


def test_a_figure_without_a_docstring_has_a_page() -> None:
    made = bundle()
    silent = replace(made.figures[0], alt="", source="@ex.figure\ndef plane():\n    return 1\n")

    files = site([Place("plane", made, silent)], title="Figures")

    assert "<h1>Plane</h1>" in files["plane.html"].decode()
    assert "Plane" in files["index.html"].decode()


def test_a_problem_stands_above_the_last_good_version() -> None:
    problem = "trace: no lowering for 'aten.<x>'\n  in plane.py:3"
    files = site([place(problem=problem), Place("broken", problem=problem)], title="Figures")

    page = files["plane.html"].decode()
    assert "trace: no lowering for &#x27;aten.&lt;x&gt;&#x27;" in page
    assert page.index('role="alert"') < page.index("<explorable-figure")
    assert "last version that did build" in page
    assert "<explorable-figure" not in files["broken.html"].decode()
    assert files["index.html"].decode().count("does not build") == 2


@pytest.mark.parametrize(
    ("fast", "relaxed", "fetched"),
    [
        (False, "r.wasm", {"s.json", "p.wasm"}),
        (True, "r.wasm", {"s.json", "r.wasm"}),
        (False, None, {"s.json", "p.wasm", "r.wasm"}),
    ],
)
def test_a_reader_fetches_one_variant(fast: bool, relaxed: str | None, fetched: set[str]) -> None:
    assert set(downloads(bundle(fast=fast, relaxed=relaxed))) == fetched


def test_writing_keeps_what_is_as_it_should_be(tmp_path: Path) -> None:
    files = site([place()], title="Figures")
    write_site(files, tmp_path)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in files}

    write_site(files | {"plane.html": b"new"}, tmp_path)

    moved = [p for p in files if (tmp_path / p).stat().st_mtime_ns != before[p]]
    assert moved == ["plane.html"]
    assert (tmp_path / "plane.html").read_bytes() == b"new"
    assert not [path for path in tmp_path.rglob(".*") if path.name != ".gitattributes"]


@pytest.mark.parametrize(
    "source",
    [
        SOURCE,
        "x = f'{theta:.2f} & <b>'  # θ\n\n\ny = (1,\n     2.5e-3)\n",
        'text = """two\nlines"""\nif a < b and not c:\n    pass',
        "def broken(:\n",
    ],
)
def test_a_listing_changes_no_character(source: str) -> None:
    import html

    shown = html.unescape(re.sub(r"<[^>]+>", "", listing(source)))

    assert shown == source.strip("\n")


def test_a_listing_marks_tokens() -> None:
    assert listing("return 1  # one") == (
        '<code><span class="keyword">return</span> <span class="number">1</span>  '
        '<span class="comment"># one</span></code>'
    )


def test_folders_are_sections_of_the_index() -> None:
    places = [place("plane"), replace(place("sine"), group="marks"), place("euler")]

    index = site(places, title="Figures")["index.html"].decode()

    top, _, below = index.partition('<h2 id="marks">Marks</h2>')
    assert [name in top for name in ("plane.html", "euler.html", "sine.html")] == [1, 1, 0]
    assert "sine.html" in below
    assert '<a href="#marks">Marks</a>' in top
    assert "<section" not in site([place("plane")], title="Figures")["index.html"].decode()
