"""The command line without a figure: what is wrong is one sentence, and the exit status says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from explorable.cli import main
from explorable.cli.shelf import empty
from explorable.cli.work import Outcome, Problem
from explorable.figures.bundle import Bundle, Published


def test_the_module_is_a_command() -> None:
    command = [sys.executable, "-m", "explorable", "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)

    assert shown.stdout.startswith("python -m explorable, version ")


def test_new_makes_a_file_and_touches_nothing_that_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "waves"

    first = CliRunner().invoke(main, ["new", str(folder)])
    made = (folder / "wave.py").read_text()
    second = CliRunner().invoke(main, ["new", str(folder)])

    assert first.exit_code == 0
    assert "@ex.figure" in made
    assert second.exit_code == 1
    assert "is already there" in second.output
    assert (folder / "wave.py").read_text() == made


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    for command in (["build", "-o", str(tmp_path / "out")], ["check"], ["serve", "--once"]):
        shown = CliRunner().invoke(main, [*command, str(tmp_path / "none.py")])

        assert shown.exit_code == 1
        assert "error: cli: there is no" in shown.output
        assert "Traceback" not in shown.output


def test_a_folder_without_figures(tmp_path: Path) -> None:
    shown = CliRunner().invoke(main, ["check", str(tmp_path)])

    assert shown.exit_code == 1
    assert "no Python files in" in shown.output


def bundle(name: str) -> Bundle:
    published = Published(name, name, "", "", 640, ())
    return Bundle(name, "s.json", {"s.json": b"{}"}, (published,))


def test_the_shelf_keeps_the_last_good_version() -> None:
    source, good, broken = Path("plane.py"), bundle("plane"), Problem("trace: no", ("plane",))
    shelf = empty([source]).with_outcome(Outcome(source, (good,), names=("plane",)))

    (before,) = shelf.places()
    (after,) = shelf.with_outcome(Outcome(source, (), (broken,), ("plane",))).places()
    (unread,) = shelf.with_outcome(Outcome(source, (), (Problem("figure: no"),))).places()

    assert (before.bundle, before.problem) == (good, None)
    assert (after.bundle, after.problem) == (good, "trace: no")
    assert (unread.bundle, unread.problem) == (good, "figure: no")


def test_the_shelf_shows_what_is_built_before_the_rest_of_its_file() -> None:
    source = Path("plane.py")
    known = (Problem("no", ("a",)), Problem("no", ("b",)))
    shelf = empty([source]).with_outcome(Outcome(source, (), known, ("a", "b")))

    early = Outcome(source, (bundle("a"),), names=("a", "b"), early=True)
    first, second = shelf.with_outcome(early).places()

    assert (first.bundle, first.problem) == (bundle("a"), None)
    assert (second.bundle, second.problem) == (None, "no")


def test_the_shelf_drops_figures_that_are_gone() -> None:
    source = Path("plane.py")
    two = Outcome(source, (bundle("a"), bundle("b")), names=("a", "b"))
    one = Outcome(source, (bundle("b"),), names=("b",))

    shelf = empty([source]).with_outcome(two).with_outcome(one)

    assert [place.name for place in shelf.places()] == ["b"]


def test_a_file_that_was_never_read_has_a_place_of_its_own() -> None:
    source = Path("plane.py")
    (place,) = empty([source]).with_outcome(Outcome(source, (), (Problem("no"),))).places()

    assert (place.name, place.bundle, place.problem) == ("plane", None, "no")


def test_two_figures_of_one_name() -> None:
    shelf = empty([Path("a.py"), Path("b.py")])
    for source in shelf.sources:
        shelf = shelf.with_outcome(Outcome(source, (bundle("plane"),), names=("plane",)))

    (place,) = shelf.places()

    assert place.problem is not None
    assert "two figures are called 'plane'" in place.problem
