"""`explorable build` and `check`: every file through the workers, then one folder of pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from ..errors import ExplorableError
from ..hosts import (
    HUGO,
    JEKYLL,
    Generator,
    Place,
    afm_files,
    dropped,
    is_root,
    left_over,
    over_budget,
    page_over_budget,
    parts,
    placed,
    require_root,
    single_document,
    single_files,
    site,
    weight_table,
    write_placed,
    write_site,
)
from .report import How, Report, runtime_table, size_table
from .shelf import empty
from .sources import find_tasks
from .workers import Workers

GENERATORS = {"hugo": HUGO, "jekyll": JEKYLL}


def build_folder(sources: Sequence[Path], out: Path, how: How, *, title: str) -> bool:
    """Build ``sources`` into ``out``; True if all of them built."""
    places, good = _built(sources, how)
    if good:
        write_site(site(good, title=title), out)
        click.echo(size_table(good))
        if how.profile:
            click.echo(runtime_table(good))
        click.echo(f"{len(good)} figures in {out}")
    return _all_well(places)


def build_single(sources: Sequence[Path], out: Path, how: How, *, title: str) -> bool:
    """Build a file per figure, or the one page ``out``; True if all of them built."""
    page = out.suffix == ".html"
    if out.is_dir() if page else out.is_file():
        fact = f"'{out}' is a {'folder' if page else 'file'}"
        fix = "-o FOLDER for a file per figure, -o PAGE.html for one page of all"
        raise ExplorableError("cli", fact, fix=fix)
    # On a page of all, that page has the budget.
    alone = replace(how, budgets=replace(how.budgets, page=None)) if page else how
    places, good = _built(sources, alone)
    shown = [(p.bundle, p.published) for p in good if p.bundle is not None and p.published]
    if page and (large := page_over_budget(out.name, shown, how.budgets.page)):
        click.echo(large, err=True)
        return False
    if good:
        files = {out.name: single_document(good, title=title)} if page else single_files(good)
        folder = out.parent if page else out
        write_site(files, folder)
        for name, data in files.items():
            click.echo(f"{folder / name}  {len(data) / 1000:.1f} kB with all it needs")
    return _all_well(places)


def build_afm(sources: Sequence[Path], out: Path, how: How) -> bool:
    """Build ``sources`` into a module for anywidget's hosts each; True if all of them built."""
    places, good = _built(sources, how)
    files = afm_files(good)
    write_site(files, out)
    for name, data in files.items():
        click.echo(f"{out / name}  {len(data) / 1000:.1f} kB with all it needs")
    return _all_well(places)


def build_into(
    sources: Sequence[Path],
    root: Path,
    generator: Generator,
    how: How,
    *,
    prune: bool,
) -> bool:
    """Build ``sources`` into the site of a generator at ``root``; True if all of them built."""
    require_root(generator, root)
    places, good = _built(sources, how)
    if good:
        # What did not build this time is still shown as it was.
        whole = len(good) == len(places)
        write_placed(placed(generator, good, root, prune=prune and whole), root)
        click.echo(size_table(good))
        for place in good:
            click.echo(generator.use.format(name=place.name))
        _clear(generator, root, prune=prune and whole)
        if prune and not whole:
            click.echo("nothing was pruned: not every figure built", err=True)
    return _all_well(places)


def _clear(generator: Generator, root: Path, *, prune: bool) -> None:
    """Remove, or tell of, what no figure needs any more."""
    files = left_over(generator, root)
    if prune:
        for path in files:
            path.unlink()
        click.echo(f"files of older builds removed from {generator.bundles}: {len(files)}")
    elif files:
        told = f"files of older builds in {generator.bundles}: {len(files)}"
        click.echo(f"{told}; --prune removes them")


def _built(sources: Sequence[Path], how: How) -> tuple[list[Place], list[Place]]:
    """A place per figure, and those of them that built."""
    tasks = find_tasks(sources, use_cache=how.use_cache)
    tasks = [replace(task, measure=how.profile) for task in tasks]
    report, shelf = Report(len(tasks), profile=how.profile), empty([task.source for task in tasks])
    with Workers(how.jobs) as workers:
        for outcome in workers.run(tasks, report.stage):
            report.outcome(outcome)
            shelf = shelf.with_outcome(outcome)
    places = [_weighed(place, how) for place in shelf.places()]
    for place in places:
        if place.bundle is not None and place.problem is not None:
            click.echo(place.problem, err=True)
    return places, [p for p in places if p.bundle is not None and p.problem is None]


def _weighed(place: Place, how: How) -> Place:
    """The place, with a problem if its figure is over its budget."""
    bundle, published = place.bundle, place.published
    if bundle is None or published is None or place.problem is not None:
        return place
    if how.sizes:
        click.echo(f"{place.name}\n{weight_table(parts(bundle, published))}")
    shown = [(bundle, published)]
    large = over_budget(bundle, published, how.budgets.figure)
    return replace(place, problem=large or page_over_budget(place.name, shown, how.budgets.page))


def _all_well(places: Sequence[Place]) -> bool:
    problems = sum(place.problem is not None for place in places)
    if problems:
        click.echo(f"{problems} did not build", err=True)
    return not problems


def check_sources(sources: Sequence[Path], *, jobs: int | None) -> bool:
    """Verify ``sources`` against PyTorch; True if every figure agrees.

    What the Hugo sites among the folders, or around us, would lose is a warning.
    """
    for folder in dict.fromkeys([*filter(Path.is_dir, sources), Path()]):
        for warning in dropped(folder):
            click.echo(click.style("warning: ", fg="yellow") + warning, err=True)
    sources = [path for path in sources if not is_root(HUGO, path) or any(path.glob("*.py"))]
    tasks = find_tasks(sources, check=True)
    report, well = Report(len(tasks)), True
    with Workers(jobs) as workers:
        for outcome in workers.run(tasks, report.stage):
            report.outcome(outcome)
            for names, words in outcome.checked:
                click.echo(f"{names}: {words}")
            well = well and not outcome.problems
    return well
