"""Of a file with several figures only those are built again that a save has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from explorable.cli.work import Outcome, Task, perform
from explorable.figures import build as road
from explorable.figures import kept
from explorable.figures.cells import Cell

FILE = '''\
import torch
import explorable as ex

line = torch.linspace(0, 1, 9)


@ex.figure
def first(a=ex.slider(0, 1)):
    """One."""
    return ex.curve(a * line)


def height(a):
    return a * line + 1


@ex.figure
def second(a=ex.slider(0, 1)):
    """Another."""
    # a remark
    return ex.curve(height(a), name="it")
'''


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The figures that were compared with PyTorch."""
    names: list[str] = []
    real = road.verify

    def verify(group: object, *given: object, **named: object) -> object:
        names.extend(figure.name for figure in group.figures)  # type: ignore[attr-defined]
        return real(group, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(road, "verify", verify)
    monkeypatch.setattr(kept, "_BUNDLES", {})
    return names


@pytest.fixture
def save(tmp_path: Path, compared: list[str]) -> Callable[..., list[str]]:
    """Replaces one text by another in the file, builds it, and gives what was compared."""
    source = tmp_path / "two.py"
    source.write_text(FILE)

    def saved(old: str = "", new: str = "") -> list[str]:
        text = source.read_text()
        assert old in text
        source.write_text(text.replace(old, new, 1) if old else text)
        compared.clear()
        outcome = build(source)
        assert [b.name for b in outcome.bundles] == ["first", "second"]
        return list(compared)

    return saved


def build(source: Path) -> Outcome:
    outcome = perform(Task(source, use_cache=False), lambda _: None)
    assert not outcome.problems, outcome.problems
    return outcome


def test_what_a_save_left_as_it_was_is_not_built_again(save: Callable[..., list[str]]) -> None:
    assert save() == ["first", "second"]
    assert save() == []
    assert save("a * line)", "a * line * 2)") == ["first"]
    # It only moved down.
    assert save("@ex.figure\ndef first", "\n# more lines\n\n@ex.figure\ndef first") == []
    # What it reaches, what it says, its options, and the text that is shown beside it.
    assert save("a * line + 1", "a * line + 2") == ["second"]
    assert save("Another.", "Something else.") == ["second"]
    assert save('slider(0, 1)):\n    """Some', 'slider(0, 2)):\n    """Some') == ["second"]
    assert save("# a remark", "# another remark") == ["second"]
    assert save("@ex.figure\ndef second", "@ex.figure(width=300)\ndef second") == ["second"]
    assert save("linspace(0, 1, 9)", "linspace(0, 2, 9)") == ["first", "second"]


def test_a_bundle_that_was_kept_is_that_of_a_new_build(
    tmp_path: Path, compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "two.py"
    source.write_text(FILE)
    build(source)
    source.write_text(FILE.replace("a * line)", "a * line * 3)").replace("\n\n\n", "\n\n\n\n"))
    mixed = build(source)
    monkeypatch.setattr(kept, "_BUNDLES", {})
    assert mixed.bundles == build(source).bundles
    assert compared == ["first", "second", "first", "first", "second"]


def test_who_asks_for_a_file_is_built_each_time(tmp_path: Path, compared: list[str]) -> None:
    data, source = tmp_path / "data.txt", tmp_path / "two.py"
    data.write_text("1")
    reads = f"float(Path({str(data)!r}).read_text())"
    text = FILE.replace("a * line + 1", f"a * line + {reads}")
    source.write_text("from pathlib import Path\n" + text)
    first = build(source)
    data.write_text("2")
    second = build(source)
    assert compared == ["first", "second", "second"]
    assert first.bundles[0] == second.bundles[0]
    assert first.bundles[1] != second.bundles[1]


def test_what_a_file_says_it_depends_on(tmp_path: Path, compared: list[str]) -> None:
    weights, source = tmp_path / "weights.bin", tmp_path / "two.py"
    weights.write_bytes(b"1")
    source.write_text(FILE + f"\n\nex.depends({str(weights)!r})\n")
    build(source)
    weights.write_bytes(b"2")
    for _ in range(2):
        build(source)
    assert compared == ["first", "second"] * 2


def test_cells_of_a_document(tmp_path: Path, compared: list[str]) -> None:
    head, first, helper, second = FILE.split("\n\n\n")
    page = tmp_path / "page.md"
    page.write_text("words")

    def built(words: str, first: str) -> list[str]:
        page.write_text(words)
        code = [head, f"{first}\n\n\nfirst", f"{helper}\n\n\n{second}\nsecond"]
        cells = tuple(Cell(text, 10 * k + len(words)) for k, text in enumerate(code))
        compared.clear()
        outcome = perform(Task(page, cells=cells, use_cache=False), lambda _: None)
        assert not outcome.problems, outcome.problems
        assert len(outcome.bundles) == 2
        return list(compared)

    assert built("words", first) == ["first", "second"]
    assert built("more words", first) == []
    assert built("more words", first.replace("a * line", "a / line")) == ["first"]


def test_what_failed_and_what_was_warned_of_is_built_again(
    tmp_path: Path, compared: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "two.py"
    source.write_text(FILE.replace("a * line + 1", "a * line + undefined"))
    for _ in range(2):
        (problem,) = perform(Task(source, use_cache=False), lambda _: None).problems
        assert problem.figures == ("second",)
    assert compared == ["first"]
    source.write_text(FILE.replace('"""Another."""', ""))
    for _ in range(2):
        warned = build(source).bundles[1].warnings
    assert len(warned) == 1
    assert compared == ["first", "second", "second"]


def test_who_waits_is_shown_what_was_kept(tmp_path: Path, compared: list[str]) -> None:
    source = tmp_path / "two.py"
    source.write_text(FILE)
    build(source)
    compared.clear()
    told: list[object] = []
    outcome = perform(Task(source, use_cache=False, early=True), told.append)
    early = [one for one in told if isinstance(one, Outcome)]
    assert early[-1].bundles == outcome.bundles
    assert compared == []


def test_a_measured_build_is_a_whole_one(tmp_path: Path, compared: list[str]) -> None:
    source = tmp_path / "two.py"
    source.write_text(FILE)
    build(source)
    compared.clear()
    perform(Task(source, measure=True), lambda _: None)
    assert compared == ["first", "second"] * 2
