"""What the command line says: a line per file as it is done, a table of sizes, the problems."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import click

from ..hosts import Budgets, Place, compressed, downloads, runtime_of, size
from .work import Outcome, Task


@dataclass(frozen=True)
class How:
    """How sources are built, whatever is made of them."""

    jobs: int | None = None
    """Processes; None: one per core."""
    use_cache: bool = True
    profile: bool = False
    """Tell the seconds of each stage."""
    sizes: bool = False
    """Tell where the bytes of each figure are."""
    budgets: Budgets = field(default_factory=Budgets)


class Report:
    """Progress on standard error; on a terminal the last line tells what is going on."""

    def __init__(self, total: int, *, profile: bool = False) -> None:
        self.total, self.done, self.profile = total, 0, profile
        self.live = sys.stderr.isatty()

    def stage(self, task: Task, stage: str | Outcome) -> None:
        """A worker says what it does."""
        if self.live and isinstance(stage, str):
            shown = f"[{self.done}/{self.total}] {task.source.name}: {stage}"
            click.echo(f"\r\033[K{shown[:78]}", err=True, nl=False)

    def outcome(self, outcome: Outcome) -> None:
        """A file is done."""
        self.done += 1
        if self.live:
            click.echo("\r\033[K", err=True, nl=False)
        broken = {name for problem in outcome.problems for name in problem.figures}
        names = [name for name in outcome.names or () if name not in broken]
        if names or not outcome.problems:
            mark, took = click.style("✓", fg="green"), time_taken(outcome)
            click.echo(f"{mark} {outcome.source.name}: {', '.join(names)} ({took})", err=True)
            if self.profile:
                click.echo(told(outcome), err=True)
        for bundle in outcome.bundles:
            for warning in bundle.warnings:
                click.echo(click.style("warning: ", fg="yellow") + warning, err=True)
        for problem in outcome.problems:
            about = ", ".join(problem.figures) or outcome.source.name
            click.echo(click.style(f"✗ {about}", fg="red"), err=True)
            click.echo("  " + problem.message.replace("\n", "\n  "), err=True)


def time_taken(outcome: Outcome) -> str:
    """How long a file took, in words."""
    return "unchanged" if outcome.cached else f"{outcome.seconds:.1f} s"


def told(outcome: Outcome) -> str:
    """The seconds of each stage, group by group: in a new process, and in one that has done it
    before, as under `explorable serve`."""
    lines: list[str] = []
    loaded = [("cold", outcome.stages), ("warm", outcome.warm)]
    for figures in dict.fromkeys(spent.figures for spent in outcome.stages):
        for times, stages in loaded:
            spent = [f"{s.stage} {s.seconds:.2f}" for s in stages if s.figures == figures]
            what = figures or "the file"
            lines += [f"    {what}, {times}: {', '.join(spent)}"] if spent else []
    return "\n".join(lines)


def size_table(places: Sequence[Place]) -> str:
    """What a reader downloads for each figure, and how exact it was found to be."""
    rows = [("figure", "brotli", "raw", "worst error")]
    for place in places:
        if place.bundle is None or place.problem is not None:
            continue
        raw = sum(map(len, downloads(place.bundle).values()))
        worst = place.bundle.verified.get("worst")
        shown = f"{worst:.0e}" if isinstance(worst, (int, float)) else ""
        rounding = place.bundle.verified.get("rounding")
        if isinstance(rounding, (int, float)):
            shown += f" + {rounding:.0e} by {place.bundle.verified.get('weights')} weights"
        rows.append(
            (place.name, f"{size(place.bundle) / 1000:.1f} kB", f"{raw / 1000:.1f} kB", shown)
        )
    return _table(rows)


def runtime_table(places: Sequence[Place]) -> str:
    """The files of the runtime, how many of the figures fetch each, and what it weighs."""
    figures, sizes = Counter[str](), dict[str, int]()
    for place in places:
        if place.bundle is not None:
            for name in runtime_of(place.bundle):
                figures[name] += 1
                sizes[name] = compressed(name, place.bundle.files[name])
    rows = [("runtime", "brotli", "figures")]
    for name, count in sorted(figures.items(), key=lambda item: (-item[1], item[0])):
        rows.append((name.rpartition("-")[0], f"{sizes[name] / 1000:.1f} kB", str(count)))
    return _table(rows)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
