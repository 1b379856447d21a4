"""Figures in a Hugo site, built by the real Hugo and read in Chromium."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reader import Reader, serving
from sites import PAGE, PLANE, check_live, explorable, program, run, set_theta, visit, write

POST = """+++
title = "First"
+++
A paragraph.

{{< explorable plane >}}

In a sentence {{< explorable figure="plane" id="here" class="small wide" >}} that goes on.

| left | right |
|---|---|
| {{< explorable plane >}} | text |

{{< explorable plane "Turned, in *Markdown*." >}}

So θ is {{< explorable-value plane.theta ".2f" >}}, or {{< explorable-value plane.theta >}}.
"""
CONFIGS = {
    "plain": 'baseURL = "https://example.org/"\n',
    "subfolder": 'baseURL = "https://example.org/blog/"\n',
    "relative": 'baseURL = "https://example.org/"\nrelativeURLs = true\n',
    "languages": 'baseURL = "https://example.org/"\ndefaultContentLanguage = "ta"\n'
    "defaultContentLanguageInSubdir = true\n[languages.ta]\n[languages.en]\n",
    "unsafe": 'baseURL = "https://example.org/"\n[markup.goldmark.renderer]\nunsafe = true\n',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugo site with one post and the figures of a build."""
    root = tmp_path_factory.mktemp("hugo")
    page = PAGE % "{{ .Content }}"
    files = {
        "layouts/_default/single.html": page,
        "layouts/_default/list.html": page,
        "content/posts/first.md": POST,
        "hugo.toml": CONFIGS["plain"],
    }
    write(root, files)
    explorable("build", PLANE, "--host", "hugo", folder=root)
    return root


def build(site: Path, config: str, *flags: str, into: str = "") -> Path:
    """What Hugo makes of the site."""
    (site / "hugo.toml").write_text(CONFIGS[config])
    out = site / "public" / config
    done = run(program("hugo"), "--destination", out / into, *flags, folder=site)
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "favicon.ico").touch()
    return out


@pytest.fixture
def raw(site: Path) -> Iterator[Path]:
    """A post with a fragment pasted as it is."""
    fragment = json.loads((site / "assets/explorable.json").read_text())["figures"]["plane"]["html"]
    post = site / "content/posts/raw.md"
    shown = fragment.replace('="@/', '="/explorable/')
    post.write_text(f"---\ntitle: raw\n---\nText\n\n{shown}\n\n```\n<explorable-figure>\n```\n")
    yield post
    post.unlink()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_post_shows_live_figures(site: Path, chromium: Browser, width: int) -> None:
    with serving(build(site, "plain")) as url:
        reader = visit(chromium, f"{url}posts/first/", width=width)

        check_live(reader)
        page = reader.page
        assert page.locator("p > #here.small.wide .explorable-box[data-live]").count() == 1
        cell = page.locator("td > explorable-figure:has(.explorable-box[data-live])").bounding_box()
        assert cell is not None and cell["width"] >= 220
        assert page.locator("figure > figcaption > em").inner_text() == "Markdown"
        set_theta(reader)
        assert page.locator("p:has(> explorable-value)").inner_text() == "So θ is 0.25, or 0.25."
        reader.context.close()


@pytest.mark.parametrize(
    ("config", "into", "path", "flags"),
    [
        ("subfolder", "blog", "blog/posts/first/", []),
        ("relative", "", "posts/first/", []),
        ("languages", "", "ta/posts/first/", []),
        ("plain", "", "posts/first/", ["--minify"]),
    ],
)
def test_wherever_the_site_stands(
    site: Path, chromium: Browser, config: str, into: str, path: str, flags: list[str]
) -> None:
    with serving(build(site, config, *flags, into=into)) as url:
        reader = visit(chromium, url + path)

        check_live(reader)
        reader.context.close()


def test_a_post_is_complete_without_scripts(site: Path, chromium: Browser) -> None:
    with serving(build(site, "plain")) as url:
        reader = Reader(chromium, scripts=False)
        reader.page.goto(f"{url}posts/first/")

        assert reader.page.locator(".explorable-still svg:visible").count() == 4
        assert reader.page.locator("explorable-figure input:enabled").count() == 0
        text = reader.page.locator("p:has(> explorable-value)").inner_text()
        assert text == "So θ is 1.00, or 1."
        reader.context.close()


@pytest.mark.parametrize(
    ("shortcode", "says"),
    [
        ("explorable plain", 'explorable: no figure "plain"; one of: plane'),
        ("explorable figure=plane size=3", 'no parameter "size"; one of: figure, caption, id'),
        ("explorable", 'explorable: no figure ""; one of: plane'),
        ("explorable-value phi", 'explorable: no value "phi"; one of: plane.theta'),
    ],
)
def test_a_mistake_in_a_shortcode_fails_the_build(site: Path, shortcode: str, says: str) -> None:
    post = site / "content/posts/wrong.md"
    post.write_text(f"---\ntitle: wrong\n---\nText\n\n{{{{< {shortcode} >}}}}\n")

    done = run(program("hugo"), "--destination", site / "public/wrong", folder=site)
    post.unlink()

    assert done.returncode != 0
    assert says in done.stdout + done.stderr
    assert "wrong.md:6:1" in done.stdout + done.stderr


def test_files_of_older_builds_are_told_of_and_pruned(site: Path) -> None:
    bundles = site / "static/explorable"
    before = {path.name: path.read_bytes() for path in bundles.iterdir()}
    (bundles / "plane-0123456789.wasm").write_bytes(b"old")

    told = explorable("build", PLANE, "--host", "hugo", "-o", site)
    pruned = explorable("build", PLANE, "--host", "hugo", "-o", site, "--prune")

    assert "files of older builds in static/explorable/: 1; --prune removes them" in told
    assert "files of older builds removed from static/explorable/: 1" in pruned
    assert {path.name: path.read_bytes() for path in bundles.iterdir()} == before


def test_goldmark_drops_a_raw_figure_and_check_says_so(site: Path, raw: Path) -> None:
    page = build(site, "plain") / "posts/raw/index.html"

    said = explorable("check", site)

    assert "<explorable-figure src" not in page.read_text()
    assert "content/posts/raw.md:6: Hugo leaves a raw <explorable-figure> out" in said
    assert "{{< explorable plane >}}" in said
    assert said.count("raw.md") == 1, "the listing in a code fence is shown, not dropped"


def test_goldmark_keeps_a_raw_figure_where_html_is_allowed(
    site: Path, raw: Path, chromium: Browser
) -> None:
    with serving(build(site, "unsafe")) as url:
        reader = visit(chromium, f"{url}posts/raw/")
        check_live(reader)
        reader.context.close()

    assert "raw.md" not in explorable("check", ".", folder=site)
