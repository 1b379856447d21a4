"""What came of the pages that Sphinx is about to read: cells and files are built before, all
together, in worker processes.

Kept in the environment: what each page read, so that a changed helper makes it out of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ..cache import versions
from ..cli.work import Outcome, Task
from ..cli.workers import Workers
from ..figures.bundle import Bundle, Published
from ..kept_files import write_atomically
from ..recording import Reading
from .pages import Page, Place, read_page

LOGGER = logging.getLogger(__name__)
OUTCOME = "explorable-outcome"
"""The event of a built page or file: handlers get (app, Outcome)."""
Shown = tuple[Bundle, Published]


@dataclass
class Record:
    """What the environment remembers of a page that shows figures. Is pickled with it."""

    readings: list[Reading] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    """Names of the bundles' files."""
    broken: bool = False

    def holds(self, now: dict[str, str]) -> bool:
        """True if the page need not be read again on our account; ``now``: the versions."""
        if self.broken or self.versions != now:
            return False
        return all(reading.holds() for reading in self.readings)


@dataclass
class Shelf:
    """Pages that are being read, and what there is to show on them."""

    pages: dict[str, Page] = field(default_factory=dict)
    outcomes: dict[Path, Outcome] = field(default_factory=dict)
    others: dict[str, list[Bundle]] = field(default_factory=dict)
    """Bundles that the outputs of committed notebooks hold, by page."""
    broken: set[str] = field(default_factory=set)

    def sources(self, env: BuildEnvironment, docname: str) -> Iterator[Path]:
        """The page itself if its cells are ours, and the files it places figures of."""
        page = self.pages.get(docname, Page())
        if page.cells:
            yield source_of(env, docname)
        for place in page.places:
            if place.file is not None:
                yield placed_file(env, docname, place.file)

    def bundles(self, env: BuildEnvironment, docname: str) -> list[Bundle]:
        """Everything that is live on a page."""
        made = [
            bundle
            for source in dict.fromkeys(self.sources(env, docname))
            if source in self.outcomes
            for bundle in self.outcomes[source].bundles
        ]
        return made + self.others.get(docname, [])

    def failed(self, env: BuildEnvironment, docname: str) -> bool:
        """True if a cell or a figure of the page did not build."""
        found = (self.outcomes.get(source) for source in self.sources(env, docname))
        return any(outcome.problems for outcome in found if outcome is not None)

    def find(self, env: BuildEnvironment, docname: str, place: Place) -> Shown | str:
        """The figure that is placed, or why there is none."""
        if place.file is None:
            source = source_of(env, docname)
        else:
            source = placed_file(env, docname, place.file)
            if not source.is_file():
                return f"there is no '{place.file}' beside this page"
        outcome = self.outcomes.get(source)
        if outcome is None:
            return f"no cell of this page makes a figure '{place.figure}'"
        return figure_of(outcome, place.figure)


def figure_of(outcome: Outcome, name: str | None) -> Shown | str:
    """The figure of a built file (None: its only one), or what is wrong with it."""
    made = {p.name: (bundle, p) for bundle in outcome.bundles for p in bundle.figures}
    about = [p.message for p in outcome.problems if not p.figures or name in (None, *p.figures)]
    if name in made:
        return made[name]
    if about:
        return "\n\n".join(about)
    if name is None and len(made) == 1:
        return next(iter(made.values()))
    known = ", ".join(made)
    here = outcome.source.name
    if name is None:
        return f"'{here}' has {len(made)} figures: say which, '{here}:NAME'; one of: {known}"
    return f"'{here}' has no figure '{name}'; one of: {known}"


def source_of(env: BuildEnvironment, docname: str) -> Path:
    """The file of a page."""
    return Path(env.doc2path(docname)).resolve()


def placed_file(env: BuildEnvironment, docname: str, file: str) -> Path:
    """A file that a page names, beside the page; with a slash first, in the site's folder."""
    return Path(env.relfn2path(file, docname)[1]).resolve()


def shelf_of(app: Sphinx) -> Shelf:
    """The shelf of this build."""
    return app.explorable_shelf  # pyright: ignore[reportAttributeAccessIssue]  (set by setup)


def pool(app: Sphinx) -> Path:
    """Where bundles' files lie between builds, by the hash in their names."""
    return Path(app.doctreedir) / "explorable"


def records(env: BuildEnvironment) -> dict[str, Record]:
    """By page."""
    if not hasattr(env, "explorable_records"):
        env.explorable_records = {}  # pyright: ignore[reportAttributeAccessIssue]
    return env.explorable_records  # pyright: ignore[reportAttributeAccessIssue]


_WORKERS = Workers(1)
"""Stay warm from build to build (`explorable serve`), and end with the process."""


def build_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Before Sphinx reads pages: build all that their cells and directives show."""
    shelf = shelf_of(app)
    tasks: dict[Path, Task] = {}
    use_cache: bool = app.config.explorable_cache
    for docname in docnames:
        path = source_of(env, docname)
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        config: Any = env.myst_config  # pyright: ignore[reportAttributeAccessIssue]  (MyST-Parser's)
        page = read_page(text, path, config, fences=app.config.explorable_fences)
        shelf.pages[docname] = page
        if page.cells:
            tasks[path] = Task(path, use_cache=use_cache, cells=page.cells, placed=page.placed)
        for place in page.places:
            file = placed_file(env, docname, place.file) if place.file else None
            if file is not None and file.is_file():
                tasks.setdefault(file, Task(file, use_cache=use_cache))
    if not tasks:
        return
    _WORKERS.count = app.config.explorable_jobs or max(1, app.parallel)
    for outcome in _WORKERS.run(list(tasks.values())):
        shelf.outcomes[outcome.source] = outcome
        for bundle in outcome.bundles:
            keep(app, bundle)
        took = "unchanged" if outcome.cached else f"{outcome.seconds:.1f} s"
        LOGGER.info("%s: %s (%s)", outcome.source.name, ", ".join(outcome.names or ()), took)
        app.emit(OUTCOME, outcome)


def keep(app: Sphinx, bundle: Bundle) -> None:
    """Put a bundle's files into the pool."""
    for name, data in bundle.files.items():
        if not (pool(app) / name).is_file():
            write_atomically(pool(app) / name, data)


def record_page(app: Sphinx, docname: str) -> None:
    """After a page was read: remember what it stands on."""
    env, shelf = app.env, shelf_of(app)
    bundles = shelf.bundles(env, docname)
    readings = [
        outcome.reading
        for source in dict.fromkeys(shelf.sources(env, docname))
        if (outcome := shelf.outcomes.get(source)) and outcome.reading is not None
    ]
    broken = docname in shelf.broken
    if bundles or readings or broken:
        files = {name for bundle in bundles for name in bundle.files}
        records(env)[docname] = Record(readings, versions(), files, broken)


def outdated(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """Pages whose helpers, data or versions have changed, or that did not build."""
    known, now = records(env), versions() if records(env) else {}
    return [name for name in env.found_docs if name in known and not known[name].holds(now)]


def forget(_: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """A page is read anew, or is gone."""
    records(env).pop(docname, None)


def merge(_: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    """Take over what a reading process remembers."""
    mine = records(env)
    mine.update({name: held for name, held in records(other).items() if name in docnames})


def spec_of(bundle: Bundle) -> Any:
    """The bundle's spec."""
    return json.loads(bundle.files[bundle.spec])
