"""Figures in a Jekyll site, built by the real Jekyll (kramdown and Liquid) and read in Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reader import Reader, serving
from sites import PAGE, PLANE, check_live, explorable, program, run, set_theta, visit, write

POST = """---
layout: default
title: First
---
A paragraph.

{% include explorable.html figure="plane" %}

In a sentence {% include explorable.html figure="plane" id="here" class="small wide" %} goes on.

| left | right |
|---|---|
| {% include explorable.html figure="plane" %} | text |

{% include explorable.html figure="plane" caption="Turned, in *Markdown*." %}

So θ is {% include explorable-value.html of="plane.theta" format=".2f" text="1.00" %}, or
{% include explorable-value.html of="plane.theta" %}.
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Jekyll site with one post and the figures of a build."""
    root = tmp_path_factory.mktemp("jekyll")
    files = {
        "_config.yml": "title: t\n",
        "_layouts/default.html": PAGE % "{{ content }}",
        "first.md": POST,
        "favicon.ico": "",
    }
    write(root, files)
    explorable("build", PLANE, "--host", "jekyll", folder=root)
    return root


def build(site: Path, *, base: str = "") -> Path:
    """What Jekyll makes of the site, in a folder to serve."""
    out = site.parent / f"jekyll-public{base.replace('/', '-')}"
    options = ("--baseurl", base) if base else ()
    command = ("build", "-q", "-s", site, "-d", f"{out}{base}", "--disable-disk-cache", *options)
    done = run(program("jekyll"), *command)
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "favicon.ico").touch()
    return out


@pytest.mark.parametrize(("width", "base"), [(360, ""), (1280, "/notes")])
def test_a_post_shows_live_figures(site: Path, chromium: Browser, width: int, base: str) -> None:
    with serving(build(site, base=base)) as url:
        reader = visit(chromium, f"{url.rstrip('/')}{base}/first.html", width=width)

        check_live(reader)
        page = reader.page
        assert page.locator("explorable-figure").count() == 4
        assert page.locator("p > #here.small.wide .explorable-box[data-live]").count() == 1
        cell = page.locator("td > explorable-figure:has(.explorable-box[data-live])").bounding_box()
        assert cell is not None and cell["width"] >= 220
        assert page.locator("figure > figcaption > em").inner_text() == "Markdown"
        set_theta(reader)
        assert (
            page.locator("p:has(> span > explorable-value)").inner_text()
            == "So θ is 0.25, or 0.25."
        )
        reader.context.close()


def test_a_post_is_complete_without_scripts(site: Path, chromium: Browser) -> None:
    with serving(build(site)) as url:
        reader = Reader(chromium, scripts=False)
        reader.page.goto(f"{url}first.html")

        assert reader.page.locator(".explorable-still svg:visible").count() == 4
        assert reader.page.locator("explorable-figure input:enabled").count() == 0
        text = reader.page.locator("p:has(> span > explorable-value)").inner_text()
        assert text == "So θ is 1.00, or 1."
        reader.context.close()


@pytest.mark.parametrize(
    ("include", "says"),
    [
        ('explorable.html figure="plain"', "no figure 'plain'; one of: plane (in wrong.md)"),
        (
            'explorable-value.html of="phi"',
            "no value 'phi'; one of: plane.theta plane.z (in",
        ),
    ],
)
def test_a_mistake_in_an_include_fails_the_build(
    site: Path, tmp_path: Path, include: str, says: str
) -> None:
    wrong = tmp_path / "wrong"
    shutil.copytree(site, wrong)
    write(wrong, {"wrong.md": f"---\n---\n{{% include {include} %}}\n"})

    done = run(program("jekyll"), "build", "-s", wrong, "-d", tmp_path / "out")

    assert done.returncode != 0
    assert f"explorable: {says}" in done.stdout + done.stderr
