"""A figure is traced again only for the options of its choices that a save changed, and what was
kept gives the files of a new build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import explorable as ex
from explorable.cli.work import Task, perform
from explorable.figures import kept
from explorable.figures.page import Page
from explorable.recording import recording

FIGURES = '''\
import torch
import explorable as ex


def flat(p):
    return {flat}


def round(p):
    return {round}


line = torch.linspace(0, 1, {count})
reached = {{"low": 1.0, "high": {high}}}
scale = {scale}


@ex.figure
def falling(shape=ex.choice({{"flat": flat, "round": round}}), p=ex.point(1.0, 0.5)):
    """Downhill."""
    slope = torch.func.grad(lambda q: shape(q).sum())(p)
    return ex.plot(
        ex.curve(line, shape(line) * scale), ex.scatter(p), ex.arrow(p, -slope), title="{title}"
    )


@ex.figure
def named(level=ex.choice(["low", "high"]), a=ex.slider(0, 1)):
    """By its name."""
    return ex.curve(line * a * reached[level])


away = {{"near": 1.0, "away": {away}}}
turn = ex.slider(0, 6)


@ex.value
def path(turn=turn):
    """Of which the place that is dragged knows nothing."""
    return torch.stack([turn * line, line], -1)


@ex.figure
def pulled(path=path, turn=turn, far=ex.choice(away)):
    """Round and round."""
    place = far * torch.stack([torch.cos(turn), torch.sin(turn)])
    marks = ex.scatter(place[None], edit=True), ex.scatter(path, size={size})
    return ex.plot(*marks, x=(-2, 2), y=(-2, 2))
'''
FIRST = {
    "flat": "p * 2",
    "round": "p ** 2",
    "count": "20",
    "high": "2.0",
    "scale": "1.0",
    "title": "a",
    "away": "1.5",
    "size": "3",
}


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a process keeps."""
    for known in ("_GRAPHS", "_BUNDLES", "_MODULES", "_RESULTS"):
        monkeypatch.setattr(kept, known, {})


@pytest.fixture
def save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, traced: list[str]
) -> Callable[..., tuple[list[str], Any]]:
    """Saves the figures with something changed, builds them, and tells what was traced."""
    forget(monkeypatch)
    source = tmp_path / "figures.py"

    def saved(**changed: str) -> tuple[list[str], Any]:
        source.write_text(FIGURES.format(**(FIRST | changed)))
        traced.clear()
        outcome = perform(Task(source, use_cache=False), lambda _: None)
        assert not outcome.problems, outcome.problems
        return list(traced), [(b.spec, b.files) for b in outcome.bundles]

    return saved


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"flat": "p * 3"}, {"falling": 1}),
        ({"round": "torch.sin(p)"}, {"falling": 1}),
        ({"scale": "0.5"}, {"falling": 2}),
        ({"title": "b"}, {"falling": 2}),
        # An option that the function finds by its name is reached by all of them.
        ({"high": "3.0"}, {"named": 2}),
        ({"count": "30"}, {"falling": 2, "named": 2, "path": 1, "pulled": 4}),
        # With its slope.
        ({"away": "1.75"}, {"pulled": 2}),
        ({"size": "4"}, {"pulled": 4}),
    ],
    ids=str,
)
def test_only_what_a_save_changed_is_traced(
    save: Callable[..., tuple[list[str], Any]],
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    wanted: dict[str, int],
) -> None:
    save()
    found, quick = save(**changed)
    assert {name: sum(f"'{name}'" in where for where in found) for name in wanted} == wanted
    assert len(found) == sum(wanted.values())
    forget(monkeypatch)
    assert save(**changed)[1] == quick


def test_slots_follow_the_types_of_all_options(
    save: Callable[..., tuple[list[str], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option whose result has another shape than that of the others has slots of its own, also
    where the others were kept."""
    save()
    found, quick = save(flat="p[:1] * 2 if p.shape[0] == 2 else p * 2")
    assert len(found) == 1
    forget(monkeypatch)
    assert save(flat="p[:1] * 2 if p.shape[0] == 2 else p * 2")[1] == quick


def test_what_a_value_gives_is_kept_and_never_shared() -> None:
    space: dict[str, Any] = {"ex": ex, "torch": torch, "ran": []}
    source = "@ex.value\ndef doubled(a=ex.slider(0, 2, value=1.5)):\n"
    source += "    return {'x': a * torch.ones(3), 'runs': ran.append(1) or len(ran)}\n"
    exec(source, space)
    value = space["doubled"]
    at = frozenset[tuple[str, str]]()
    with recording():
        results = [kept.kept_result(value, Page(), at) for _ in range(3)]
        results[1]["x"].add_(1)
        other = kept.kept_result(value, Page(), frozenset([("doubled.a", "2")]))

    assert [int(found["runs"]) for found in results] == [1, 1, 1]
    assert [found["x"].tolist() for found in results] == [[1.5] * 3, [2.5] * 3, [1.5] * 3]
    assert int(other["runs"]) == 2
    kept.kept_result(value, Page(), at)
    assert len(space["ran"]) == 3, "nothing is kept where no recording hears what is read"
