"""The pages of docs/hosts say what works: their commands are run, their snippets put into a real
site and read in Chromium; the index names every page."""

from __future__ import annotations

import os
import re
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from explorable.figures.build import build
from explorable.figures.bundle import Bundle, Published
from explorable.figures.load import load_file
from explorable.hosts import HUGO, JEKYLL, Place, site
from reader import serving
from sites import PAGE, PLANE, check_live, program, run, visit, write

HOSTS = Path(__file__).resolve().parent.parent / "docs" / "hosts"
# page -> (program, files of a site before us, front matter, where the page is when it is built)
SITES = {
    "hugo": (
        {
            "hugo.toml": 'baseURL = "https://example.org/"\n',
            "layouts/_default/single.html": PAGE % "{{ .Content }}",
            "layouts/_default/list.html": PAGE % "{{ .Content }}",
        },
        ("content/posts/turning.md", '+++\ntitle = "Turning"\n+++\n'),
        ("public", "posts/turning/"),
    ),
    "jekyll": (
        {"_config.yml": "title: t\n", "_layouts/default.html": PAGE % "{{ content }}"},
        ("turning.md", "---\nlayout: default\n---\n"),
        ("_site", "turning.html"),
    ),
}


def blocks(page: str, language: str) -> list[str]:
    """What stands in the fences of a page of docs/hosts."""
    text = (HOSTS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("host", SITES)
def test_the_lines_it_takes(host: str, tmp_path: Path, chromium: Browser) -> None:
    files, (post, front), (public, path) = SITES[host]
    program(host)
    (commands,) = blocks(f"{host}.md", "sh")
    snippets = "\n".join(blocks(f"{host}.md", "markdown"))
    write(tmp_path, files | {post: front + snippets})
    (tmp_path / "figures").mkdir()
    shutil.copy(PLANE, tmp_path / "figures" / "plane.py")
    (tmp_path / "explorable").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m explorable "$@"\n')
    (tmp_path / "explorable").chmod(0o755)

    done = run(
        "env", f"PATH={tmp_path}:{os.environ['PATH']}", "sh", "-ec", commands, folder=tmp_path
    )

    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / public / "favicon.ico").touch()
    with serving(tmp_path / public) as url:
        reader = visit(chromium, url + path)
        page = reader.page
        assert page.locator("explorable-figure").count() == len(
            re.findall(r"plane\b(?!\.)", snippets)
        )
        assert page.locator("figure#turn.wide figcaption").count() == 1
        assert page.locator("p", has_text="The angle is").inner_text() == "The angle is 1.00."
        check_live(reader)
        reader.context.close()


@pytest.mark.parametrize("host", SITES)
def test_the_files_it_names_are_written(host: str) -> None:
    generator = {"hugo": HUGO, "jekyll": JEKYLL}[host]
    text = (HOSTS / f"{host}.md").read_text(encoding="utf-8")

    for path in (generator.bundles, generator.manifest, generator.templates[0][0]):
        assert f"`{path}`" in text


def test_the_index_names_every_page() -> None:
    index = (HOSTS / "README.md").read_text(encoding="utf-8")

    for page in HOSTS.glob("*.md"):
        assert page.name == "README.md" or f"]({page.name})" in index, page.name


@pytest.mark.parametrize("width", [360, 1280])
def test_markup_may_stand_in_a_paragraph_a_list_and_a_cell(
    tmp_path: Path, chromium: Browser, width: int
) -> None:
    for path, data in site([Place("plane", *plane())], title="t").items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    text = (tmp_path / "plane.html").read_text(encoding="utf-8")
    fragment = re.search(r"<link[^>]*style-.*</explorable-figure><script[^>]*></script>", text)
    assert fragment, "from <link to </script>, as the index says"
    where = ["<p>A sentence %s goes on.</p>", "<ul><li>%s</li></ul>"]
    where += ["<table><tr><td>%s</td><td>text</td></tr></table>"]
    body = "".join(place % fragment[0] for place in where)
    write(tmp_path, {"raw.html": PAGE % body, "favicon.ico": ""})

    with serving(tmp_path) as url:
        reader = visit(chromium, f"{url}raw.html", width=width)
        for parent in ("p", "li", "td"):
            figure = reader.page.locator(f"{parent} > explorable-figure:has([data-live])")
            box = figure.bounding_box()
            assert box is not None and box["width"] >= 220
        assert (reader.page.locator("p").text_content() or "").endswith(" goes on.")
        check_live(reader)
        reader.context.close()


@cache
def plane() -> tuple[Bundle, Published]:
    (bundle,) = build(load_file(PLANE))
    return bundle, bundle.figures[0]
