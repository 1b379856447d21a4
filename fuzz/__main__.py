"""`python -m fuzz`: random programs against eager PyTorch; see docs/fuzzing.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import torch


def main() -> int:
    """Run, or go on with, a search; 1 if any program failed."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000, help="how many in all (1000)")
    parser.add_argument("--seed", type=int, default=0, help="which programs (0)")
    parser.add_argument("--log", type=Path, help="a file to keep the run in, and to go on from")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print one program and judge it")
    parser.add_argument("--mutations", action="store_true", help="look for seeded compiler bugs")
    parser.add_argument("--report", action="store_true", help="only print what --log holds")
    parser.add_argument("--again", action="store_true", help="judge the failures in --log again")
    given = parser.parse_args()
    if given.again and given.log is None:
        parser.error("--again needs the --log of a run")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="explorable-fuzz-") as folder:
        # Thousands of modules that nobody builds again have no place in the author's cache.
        os.environ["EXPLORABLE_CACHE"] = folder
        from .judge import judge
        from .mutations import check_mutations
        from .search import Tally, judge_again, program_of, report, search, shrunk

        if given.mutations:
            return int(not check_mutations(given.seed, lambda text: print(text, flush=True)))
        if given.show is not None:
            program = program_of(given.seed, given.show)
            if program is None:
                print(f"number {given.show} gives no program")
                return 0
            (verdict,) = judge([program])
            print(program, verdict.outcome, verdict.detail, sep="\n")
            if verdict.bad:
                print(shrunk(given.seed, given.show, program))
            return int(verdict.bad)
        tally = Tally(given.seed) if given.log is None else Tally.load(given.log, given.seed)
        if given.again and given.log is not None:
            judge_again(tally, lambda text: print(text, flush=True)).save(given.log)
        elif not given.report:
            search(tally, given.programs, given.log, lambda text: print(text, flush=True))
        print(report(tally))
    return int(bool(tally.bad))


if __name__ == "__main__":
    sys.exit(main())
