"""The four commands. What they do is in the modules beside this one; errors are sentences here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

import click

from .. import __version__
from ..errors import ExplorableError

Given = ParamSpec("Given")
_SOURCES = click.argument(
    "sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SOURCE..."
)
_JOBS = click.option("--jobs", type=click.IntRange(1), help="Processes. [default: one per core]")
FIGURES = "Figures"
_NO_CACHE = click.option("--no-cache", is_flag=True, help="Neither use nor fill the cache.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """PyTorch functions as live figures for static pages.

    A SOURCE is a Python file with figures, or a folder of such files; for build and serve also a
    Markdown page, or a folder of pages (with or without Sphinx's conf.py).
    """


def says_what_is_wrong(command: Callable[Given, bool]) -> Callable[Given, None]:
    """A command that returns whether all is well: its errors become a sentence and status 1."""

    @wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            well = command(*args, **kwargs)
        except ExplorableError as error:
            click.echo(click.style("error: ", fg="red") + str(error), err=True)
            well = False
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            well = False
        sys.exit(0 if well else 1)

    return run


@main.command()
@_SOURCES
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Folder; with --host the root of the site. [default with --host: this folder]",
)
@click.option(
    "--single",
    is_flag=True,
    help="HTML files that need nothing beside them: one per figure, or with -o PAGE.html one.",
)
@click.option(
    "--afm",
    is_flag=True,
    help="Modules that hosts of anywidget show (MyST, Jupyter, marimo): OUT/NAME.js.",
)
@click.option(
    "--host", type=click.Choice(["hugo", "jekyll"]), help="Put the figures into such a site."
)
@click.option("--prune", is_flag=True, help="With --host: remove figures of earlier builds.")
@click.option("--title", help="Heading of the index. [default: Figures; of pages, their folder]")
@_JOBS
@_NO_CACHE
@click.option(
    "--profile",
    is_flag=True,
    help="Build all twice; tell the seconds of each stage, cold and warm, and the runtime's bytes.",
)
@click.option("--sizes", is_flag=True, help="Tell where the bytes of each figure are.")
@click.option(
    "--budget",
    metavar="SIZE",
    help="What a figure may be over the wire, e.g. 60kB. [default: that of pyproject.toml]",
)
@click.option(
    "--page-budget",
    metavar="SIZE",
    help="What all figures of a page may be, files they share counted once. [default: as above]",
)
@says_what_is_wrong
def build(
    sources: tuple[Path, ...],
    out: Path | None,
    single: bool,
    afm: bool,
    host: str | None,
    prune: bool,
    title: str | None,
    jobs: int | None,
    no_cache: bool,
    profile: bool,
    sizes: bool,
    budget: str | None,
    page_budget: str | None,
) -> bool:
    """Build figures or pages into a folder that any static host can serve.

    Each figure gets a page, OUT/NAME.html; OUT/index.html shows them all. One broken figure does
    not stop the others; the exit status then is 1.

    With --host the figures go into a site that you have, each to be shown in a post by a shortcode
    or an include; figures of earlier builds stay unless --prune.

    With --single each figure is one HTML file, OUT/NAME.html, that works from a disk, in a mail and
    in an iframe; with -o PAGE.html all are on that page.
    """
    from .budget import budgets_of
    from .build import GENERATORS, How, build_afm, build_folder, build_into, build_single
    from .sources import find_pages

    given = [("--single", single), ("--afm", afm), ("--host", host is not None)]
    if len(chosen := [option for option, is_given in given if is_given]) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other")
    if out is not None and out.is_file() and not single:
        raise click.UsageError(f"-o {out} is a file, give a folder")

    how = How(jobs, not no_cache, profile, sizes, budgets_of(budget, page_budget))
    if host is not None:
        return build_into(sources, out or Path(), GENERATORS[host], how, prune=prune)
    if prune:
        raise click.UsageError("--prune goes with --host")
    if out is None:
        raise click.UsageError("Missing option '-o' / '--out'.")
    if afm:
        return build_afm(sources, out, how)
    if not single and (pages := find_pages(sources)) is not None:
        from .pages import write_pages

        return write_pages(pages, out, how, title=title)
    write = build_single if single else build_folder
    return write(sources, out, how, title=title or FIGURES)


@main.command()
@_SOURCES
@_JOBS
@says_what_is_wrong
def check(sources: tuple[Path, ...], jobs: int | None) -> bool:
    """Compare every figure with PyTorch, as a build does, and write nothing.

    In a Hugo site, or given one as a SOURCE: also warn of raw HTML that Hugo would leave out.
    """
    from .build import check_sources

    return check_sources(sources, jobs=jobs)


@main.command()
@_SOURCES
@click.option("--port", default=8000, show_default=True, help="Port on this machine.")
@click.option("--title", help="Heading of the index. [default: Figures; of pages, their folder]")
@click.option("--once", is_flag=True, help="Build, ask for every page once, and exit.")
@_JOBS
@_NO_CACHE
@says_what_is_wrong
def serve(
    sources: tuple[Path, ...],
    port: int,
    title: str | None,
    once: bool,
    jobs: int | None,
    no_cache: bool,
) -> bool:
    """Show figures or pages at http://127.0.0.1:PORT and again whenever a file is saved.

    A figure that does not build shows its error above its last good version.
    """
    from .serve import FigureShow, serve_show
    from .sources import find_pages

    if (pages := find_pages(sources)) is not None:
        from .serve_pages import PageShow

        return serve_show(PageShow(pages, title, jobs, use_cache=not no_cache), port, once=once)
    show = FigureShow(sources, title or FIGURES, jobs, use_cache=not no_cache)
    return serve_show(show, port, once=once)


@main.command()
@click.argument("name")
@says_what_is_wrong
def new(name: str) -> bool:
    """Make a folder NAME with one figure that works."""
    from .new import make_folder

    made = make_folder(Path(name))
    click.echo(f"Made {made}. Look at it with\n\n    explorable serve {made.parent}\n")
    return True
