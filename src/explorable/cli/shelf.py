"""The shelf: what there is to show of every source, the last good version of what is broken.

Pure functions from outcomes to the places of a site.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import ExplorableError
from ..figures.bundle import Bundle, Published
from ..hosts import Place
from .work import Outcome

Good = tuple[Bundle, Published]


@dataclass(frozen=True)
class Shelf:
    """By source, in the order the author gave: the newest outcome; by figure: the last good one."""

    sources: tuple[Path, ...]
    newest: Mapping[Path, Outcome]
    good: Mapping[tuple[Path, str], Good]

    def with_outcome(self, outcome: Outcome) -> Shelf:
        """The shelf after one more outcome."""
        built = {
            (outcome.source, published.name): (bundle, published)
            for bundle in outcome.bundles
            for published in bundle.figures
        }
        kept = {
            key: good
            for key, good in self.good.items()
            if key[0] != outcome.source or outcome.names is None or key[1] in outcome.names
        }
        before = self.newest.get(outcome.source)
        if outcome.early and before is not None:
            # Of figures that come later the last problem is still the newest that is known.
            shown = {name for _, name in built}
            left = tuple(p for p in before.problems if p.figures and not shown & {*p.figures})
            outcome = replace(outcome, problems=(*outcome.problems, *left), reading=before.reading)
        newest = {**self.newest, outcome.source: outcome}
        return replace(self, newest=newest, good={**kept, **built})

    def with_sources(self, sources: Sequence[Path]) -> Shelf:
        """The shelf for these sources: what came of others is gone."""
        return Shelf(
            tuple(sources),
            {source: outcome for source, outcome in self.newest.items() if source in sources},
            {key: good for key, good in self.good.items() if key[0] in sources},
        )

    def places(self) -> list[Place]:
        """One place per figure; a file that cannot be read at all has one under its own name."""
        places: dict[str, tuple[Place, Path]] = {}
        for source in self.sources:
            if source not in self.newest:
                continue
            for place in self._of(source):
                if place.name in places:
                    first, other = places[place.name]
                    fact = f"two figures are called '{place.name}': each needs its own page"
                    where = f"{other.name} and {source.name}"
                    problem = str(ExplorableError("cli", fact, where=where, fix="rename one"))
                    places[place.name] = (replace(first, problem=first.problem or problem), other)
                else:
                    places[place.name] = (place, source)
        return [replace(place, group=self._group(source)) for place, source in places.values()]

    def _group(self, source: Path) -> str:
        """The folder of a source below the one that holds all."""
        common = os.path.commonpath([str(other.parent) for other in self.sources])
        below = source.parent.relative_to(common).as_posix()
        return "" if below == "." else below

    def _of(self, source: Path) -> list[Place]:
        outcome = self.newest[source]
        names = outcome.names
        if names is None:
            names = tuple(name for held, name in self.good if held == source) or (source.stem,)
        places: list[Place] = []
        for name in names:
            about = [p.message for p in outcome.problems if not p.figures or name in p.figures]
            bundle, published = self.good.get((source, name), (None, None))
            places.append(Place(name, bundle, published, "\n\n".join(about) or None))
        return places


def empty(sources: Sequence[Path]) -> Shelf:
    """A shelf before anything was built."""
    return Shelf(tuple(sources), {}, {})
