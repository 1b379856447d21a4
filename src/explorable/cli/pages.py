"""Markdown pages -> a folder of HTML: Sphinx with our extension in this process, with the author's
own conf.py or with the settings below."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ExplorableError
from ..hosts import Budgets
from ..recording import cache_root
from .report import How, time_taken, told
from .sources import Pages
from .work import Outcome

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

Heard = Callable[[Outcome], None]
Weighed = Callable[[str, str], None]
SYNTAX = [
    *("amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"),
    *("fieldlist", "tasklist"),
]
"""What Markdown means beyond CommonMark: maths in dollars, and what MyST's own site uses most."""


def configuration(pages: Pages, *, title: str) -> dict[str, Any]:
    """The settings of a folder without conf.py, as Sphinx names them."""
    names = pages.names()
    return {
        "project": title,
        "html_title": title,
        "extensions": ["explorable.sphinx", "sphinx.ext.githubpages"],
        "root_doc": "index" if "index.md" in names else names[0].removesuffix(".md"),
        "source_suffix": {".md": "myst-nb"},
        "include_patterns": names,
        "numfig": True,
        "myst_enable_extensions": SYNTAX,
        "myst_heading_anchors": 3,
        "explorable_fences": True,
        "html_theme": "explorable",
        "html_math_renderer": "explorable",
        "html_copy_source": False,
        "html_use_index": False,
        "html_domain_indices": False,
        # A page of notes needs no table of contents, and begins with any heading.
        "suppress_warnings": ["toc.not_included", "myst.header"],
    }


def build_pages(
    pages: Pages,
    out: Path,
    *,
    title: str | None = None,
    jobs: int | None = None,
    use_cache: bool = True,
    heard: Heard | None = None,
    weighed: Weighed | None = None,
    budgets: Budgets | None = None,
) -> bool:
    """Build the pages into ``out``; True if every figure and cell on them did.

    What went wrong is told on standard error with the page and its line. ``heard`` is called with
    every page or file whose figures were built, ``weighed`` with every page that shows figures and
    the table of its bytes.
    """
    try:
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
        from sphinx.util.console import color_terminal, nocolor
        from sphinx.util.docutils import docutils_namespace, patch_docutils
    except ModuleNotFoundError as error:
        fact, fix = "Markdown pages need Sphinx and MyST-NB", "pip install 'explorable[sphinx]'"
        raise ExplorableError("cli", f"{fact} ({error})", fix=fix) from None
    folder = pages.folder.resolve()
    own = (folder / "conf.py").is_file()
    settings: dict[str, Any] = {"explorable_cache": use_cache}
    settings["explorable_jobs"] = jobs or os.cpu_count() or 1
    asked = {"budget": budgets.figure, "page_budget": budgets.page} if budgets else {}
    settings |= {f"explorable_{name}": size for name, size in asked.items() if size is not None}
    if not own:
        settings |= configuration(pages, title=title or folder.name)
    doctrees = workplace(pages, out) / "doctrees"
    if not color_terminal():
        nocolor()
    try:
        with patch_docutils(folder), docutils_namespace():
            app = Sphinx(
                folder,
                folder if own else None,
                out.resolve(),
                doctrees,
                "html",
                settings,
                status=None,
                warning=sys.stderr,
            )
            if "explorable.sphinx" not in app.extensions:
                raise ExplorableError(
                    "cli",
                    f"'{pages.folder / 'conf.py'}' does not load Explorable",
                    fix='add it: extensions = ["explorable.sphinx"]',
                )
            _connect(app, heard, weighed, own=own)
            app.build()
    except SphinxError as error:
        raise ExplorableError("cli", f"{error.category}: {error}") from error
    return app.statuscode == 0


def workplace(pages: Pages, out: Path) -> Path:
    """Where Sphinx keeps what it has read for this output."""
    key = f"{pages.folder.resolve()}\n{pages.given}\n{out.resolve()}"
    return cache_root() / "pages" / hashlib.sha256(key.encode()).hexdigest()[:16]


def write_pages(pages: Pages, out: Path, how: How, *, title: str | None) -> bool:
    """`explorable build` of pages: build them and say so."""
    heard = partial(tell, profile=how.profile)
    well = build_pages(
        pages,
        out,
        title=title,
        jobs=how.jobs,
        use_cache=how.use_cache,
        heard=heard,
        weighed=_tell_weights if how.sizes else None,
        budgets=how.budgets,
    )
    names = pages.names()
    click.echo(f"{len(names)} {'page' if len(names) == 1 else 'pages'} in {out}")
    return well


def tell(outcome: Outcome, *, profile: bool = False) -> None:
    """A line for a page or file that is done; what is wrong with it Sphinx says, with the line."""
    took = time_taken(outcome)
    mark = click.style("✗", fg="red") if outcome.problems else click.style("✓", fg="green")
    names = ", ".join(outcome.names or ()) or "no figures"
    click.echo(f"{mark} {outcome.source.name}: {names} ({took})", err=True)
    if profile and outcome.stages:
        click.echo(told(outcome), err=True)


def _tell_weights(page: str, table: str) -> None:
    click.echo(f"{page}\n{table}")


def _connect(app: Sphinx, heard: Heard | None, weighed: Weighed | None, *, own: bool) -> None:
    """Our part in the events of this build."""
    if heard is not None:
        app.connect("explorable-outcome", lambda _, outcome: heard(outcome))
    if weighed is not None:
        app.connect("explorable-weighed", lambda _, page, table: weighed(page, table))
        # Pages that have not changed are asked as well.
        app.connect("env-get-outdated", lambda _, env, *changed: list(env.found_docs))
    # After MyST-NB, which would put its notebooks beside the output.
    app.connect("builder-inited", _keep_notebooks_apart, priority=900)
    _keep_notebooks_apart(app)
    if own:
        return
    app.builder.search = False  # pyright: ignore[reportAttributeAccessIssue]  (HTML builders')
    app.connect("html-collect-pages", _index)
    app.connect("html-page-context", _home)
    # Before Sphinx's own collectors, which look for lists of pages.
    app.connect("doctree-read", _list_pages, priority=400)


def _keep_notebooks_apart(app: Sphinx) -> None:
    env: Any = app.env  # Any: MyST-NB adds to it
    place = Path(app.doctreedir).parent
    env.mystnb_config = env.mystnb_config.copy(
        output_folder=str(place / "notebooks"), execution_cache_path=str(place / "executed")
    )


def _index(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A list of the pages, where the author wrote none."""
    names = sorted(app.env.found_docs)
    if "index" in names or len(names) < 2:
        return
    links = "".join(
        f'<li><a href="{escape(app.builder.get_relative_uri("index", name))}">'
        f"{escape(app.env.titles[name].astext())}</a></li>"
        for name in names
    )
    title = str(app.config.project)
    body = f'<section><h1>{escape(title)}</h1><ul class="pages">{links}</ul></section>'
    yield "index", {"title": title, "body": body}, "page.html"


def _list_pages(app: Sphinx, doctree: nodes.document) -> None:
    """The first page knows all others, unless its author listed them: figures are numbered from
    page to page, and pages have neighbours."""
    from sphinx import addnodes

    root, names = app.config.root_doc, sorted(app.env.found_docs)
    if app.env.docname != root or next(doctree.findall(addnodes.toctree), None) is not None:
        return
    others = [name for name in names if name != root]
    options = {"hidden": True, "titlesonly": True, "includehidden": False, "glob": False}
    entries: list[tuple[str | None, str]] = [(None, name) for name in others]
    listed = addnodes.toctree(
        parent=root, entries=entries, includefiles=others, caption=None, numbered=0, maxdepth=1
    )
    listed.attributes.update(options)
    (doctree.children[0] if doctree.children else doctree).append(listed)  # pyright: ignore


def _home(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: object | None
) -> None:
    """The way up from a page."""
    context["home"] = "index" if len(app.env.found_docs) > 1 else None
