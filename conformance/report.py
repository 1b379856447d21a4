"""The result file (one line per entry, later lines count) and what is told of it: a table of
sections, every failure with its reason, and causes by how many entries they cost."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from .compare import CHOSEN, CLOSE, ROUNDED
from .result import Result
from .sections import MOST_EXCLUDED, SECTIONS, split

Key = tuple[str, str]


def read(path: Path) -> dict[Key, Result]:
    """The last result of every entry; a half-written last line is left out."""
    found: dict[Key, Result] = {}
    if path.exists():
        for line in path.read_text().splitlines():
            try:
                result = Result(**json.loads(line))
            except (ValueError, TypeError):
                continue
            found[result.section, result.entry] = result
    return found


def append(path: Path, result: Result) -> None:
    """One more line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(asdict(result)) + "\n")


def table(results: dict[Key, Result], sections: Iterable[str] = SECTIONS) -> str:
    """Passed and total of each section, as Markdown."""
    lines = [
        "| section | passed | of | share | strictly | samples | excluded |",
        "|---|---|---|---|---|---|---|",
    ]
    for section in sections:
        names, left_out = split(section)
        found = [results[section, name] for name in names if (section, name) in results]
        if not found:
            continue
        green = [result for result in found if result.green]
        strict = sum(set(result.passed) <= {CLOSE} for result in green)
        drawn, whole = sum(result.samples for result in found), len(names) + len(left_out)
        missing = f" ({len(names) - len(found)} not run)" if len(found) < len(names) else ""
        share = len(left_out) / whole
        over = f", over {MOST_EXCLUDED:.0%}" if share > MOST_EXCLUDED else ""
        lines.append(
            f"| {section} | {len(green)} | {len(found)}{missing} | "
            f"{len(green) / len(found):.1%} | {strict} | {drawn} | "
            f"{len(left_out)} of {whole} ({share:.1%}{over}) |"
        )
    return "\n".join(lines)


def failures(results: dict[Key, Result], sections: Iterable[str] = SECTIONS) -> str:
    """Every sample that did not pass, with its reason."""
    lines: list[str] = []
    for section in sections:
        for name in split(section)[0]:
            result = results.get((section, name))
            if result is not None and not result.green:
                tried = f"{len(result.failures)} of {max(result.samples, len(result.failures))}"
                lines.append(f"{section} {name}: {tried}")
                lines += [f"    {text}" for text in result.failures]
    return "\n".join(lines)


def causes(results: dict[Key, Result], sections: Iterable[str] = SECTIONS) -> str:
    """What the failing entries fail of, most frequent first: numbers left out of the reasons."""
    counted: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for section in sections:
        for name in split(section)[0]:
            result = results.get((section, name))
            if result is None or result.green:
                continue
            reasons = {cause(text) for text in result.failures}
            for reason in reasons:
                counted[reason] += 1
                examples.setdefault(reason, f"{section} {name}")
    return "\n".join(
        f"{number:4} {reason}  (first: {examples[reason]})"
        for reason, number in counted.most_common()
    )


def cause(failure: str) -> str:
    """The kind of a failure, and its reason without what differs between samples."""
    _, kind, reason = failure.split(": ", 2)
    if kind == "wrong":
        return "wrong"
    return f"{kind}: {re.sub(r'[0-9]+', 'N', reason)[:140]}"


def summary(results: dict[Key, Result]) -> str:
    """The words of compare.verdict, counted over all samples."""
    counted: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    for result in results.values():
        counted.update(result.passed)
        dropped.update(result.dropped)
    told = ", ".join(f"{counted[word]} {word}" for word in (CLOSE, ROUNDED, CHOSEN))
    no_test = ", ".join(f"{number} {why}" for why, number in dropped.most_common())
    return f"samples passed: {told}; no test: {no_test or 'none'}"
