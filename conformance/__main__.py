"""The command: runs what is not yet green in the result file, then prints the table."""

from __future__ import annotations

import argparse
import fnmatch
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import report
from .sections import SECTIONS, exclusions, split
from .supervise import Order, run_all
from .work import run_entries

RESULTS = Path(".explorable/conformance.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 if every entry that was asked for is green."""
    given = _parser().parse_args(arguments)
    sections: list[str] = given.section or list(SECTIONS)
    known = report.read(given.results)
    if given.excluded:
        for section in sections:
            _, left_out = split(section)
            print(f"{section}: {len(left_out)} left out")
            print("".join(f"    {name}: {reason}\n" for name, reason in left_out.items()), end="")
        return 0
    work: dict[str, list[str]] = {}
    for section in sections:
        names, left_out = split(section)
        patterns: list[str] = given.entry
        if patterns:
            names = [n for n in [*names, *left_out] if _matches(n, patterns)]
        work[section] = [
            name for name in names if given.again or not _done(known, given, section, name)
        ]
    if not given.report:
        _run(work, known, given)
    print(report.failures(known, sections))
    print()
    print(report.causes(known, sections))
    print()
    print(report.table(known, sections))
    print(report.summary({key: known[key] for key in known if key[1] not in exclusions()}))
    asked = [known.get((section, name)) for section in sections for name in work[section]]
    return int(any(result is None or not result.green for result in asked))


def _run(
    work: dict[str, list[str]], known: dict[report.Key, report.Result], given: argparse.Namespace
) -> None:
    start = time.monotonic()
    order = Order(run_entries, given.seed, given.samples)
    for result, left in run_all(order, work, given.jobs):
        report.append(given.results, result)
        known[result.section, result.entry] = result
        word = "ok" if result.green else result.failures[0][:160]
        print(f"{time.monotonic() - start:6.0f} s, {left} left  {result.section} "
              f"{result.entry}: {word}", file=sys.stderr, flush=True)  # fmt: skip


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _done(
    known: dict[report.Key, report.Result], given: argparse.Namespace, section: str, name: str
) -> bool:
    result = known.get((section, name))
    same = result is not None and (result.seed, result.wanted) == (given.seed, given.samples)
    return result is not None and same and result.green


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m conformance", description=__doc__)
    parser.add_argument("--section", action="append", choices=list(SECTIONS),
                        help="only this section; may be given more than once")  # fmt: skip
    parser.add_argument("--entry", action="append", default=[], metavar="PATTERN",
                        help="only entries like this, e.g. 'fft.*'; excluded ones too")  # fmt: skip
    parser.add_argument("--samples", type=int, default=8, help="samples of each entry (8)")
    parser.add_argument("--seed", type=int, default=0, help="of the draws (0)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once (1)")
    parser.add_argument("--again", action="store_true", help="also what is green already")
    parser.add_argument("--report", action="store_true", help="run nothing, only print")
    parser.add_argument("--excluded", action="store_true", help="print what is left out, and why")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE",
                        help=f"the result file ({RESULTS})")  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
