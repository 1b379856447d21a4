"""`explorable build` and `check`: every file through the workers, then one folder of pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ..hosts import site, write_site
from .report import Report, size_table
from .shelf import empty
from .sources import find_tasks
from .workers import Workers


def build_folder(
    sources: Sequence[Path], out: Path, *, title: str, jobs: int | None, use_cache: bool
) -> bool:
    """Build ``sources`` into ``out``; True if all of them built."""
    tasks = find_tasks(sources, use_cache=use_cache)
    report, shelf = Report(len(tasks)), empty([task.source for task in tasks])
    with Workers(jobs) as workers:
        for outcome in workers.run(tasks, report.stage):
            report.outcome(outcome)
            shelf = shelf.with_outcome(outcome)
    places = shelf.places()
    good = [place for place in places if place.bundle is not None and place.problem is None]
    for place in places:
        if place.bundle is not None and place.problem is not None:
            click.echo(place.problem, err=True)
    if good:
        write_site(site(good, title=title), out)
        click.echo(size_table(good))
        click.echo(f"{len(good)} figures in {out}")
    problems = sum(place.problem is not None for place in places)
    if problems:
        click.echo(f"{problems} did not build", err=True)
    return not problems


def check_sources(sources: Sequence[Path], *, jobs: int | None) -> bool:
    """Verify ``sources`` against PyTorch; True if every figure agrees."""
    tasks = find_tasks(sources, check=True)
    report, well = Report(len(tasks)), True
    with Workers(jobs) as workers:
        for outcome in workers.run(tasks, report.stage):
            report.outcome(outcome)
            for names, words in outcome.checked:
                click.echo(f"{names}: {words}")
            well = well and not outcome.problems
    return well
