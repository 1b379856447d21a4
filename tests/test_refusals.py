"""docs/refusals.md cannot rot: what stands in its first column gives the message of the second,
with the author's line, and what stands in the last column compiles."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

import explorable as ex
from explorable.compiler import check_lowering
from explorable.compiler.lower import LOWERINGS
from explorable.errors import ExplorableError
from explorable.figures.build import check
from explorable.figures.entries import entries
from explorable.figures.group import Group, trace_group
from explorable.figures.load import load_file

PAGE = Path(__file__).resolve().parent.parent / "docs" / "refusals.md"
TEXT = PAGE.read_text(encoding="utf-8")


class Row(NamedTuple):
    """One row of a table of the page."""

    number: int
    file: str
    """What it stands in, in the place of ``...``."""
    written: str
    message: str
    instead: str


def code(cell: str) -> str:
    """What stands in the code spans of a cell, line by line; several statements may share one."""
    return "\n".join(re.findall(r"`([^`]+)`", cell)).replace("\\|", "|")


def rows() -> list[Row]:
    found: list[Row] = []
    file, inside = "", False
    for number, line in enumerate(TEXT.splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```python"
            file = "" if inside else file
        elif inside:
            file += f"{line}\n"
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and "`" in cells[0]:
            written, message, instead = cells
            message = message.replace("\\|", "|")
            found.append(Row(number, file, code(written), message, code(instead)))
    return found


ROWS = rows()


FILE = ROWS[0].file


def figure_of(statements: str, folder: Path, file: str = FILE) -> Group:
    """The figure with ``statements`` in the place of ``...``, traced and lowered."""
    path = folder / "refused.py"
    path.write_text(file.replace("    ...\n", textwrap.indent(statements, "    ") + "\n"))
    group = trace_group(load_file(path))
    for entry in entries(group.tables()):
        check_lowering(entry)
    return group


def said(error: ExplorableError) -> str:
    """The fact and what to write, as the page gives them."""
    return f"{error.fact}; {error.fix}" if error.fix else error.fact


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")
@pytest.mark.parametrize("row", ROWS, ids=[f"{row.number}: {row.written[:40]}" for row in ROWS])
def test_a_row(row: Row, tmp_path: Path) -> None:
    with pytest.raises(ExplorableError) as caught:
        figure_of(row.written, tmp_path, row.file)
    message = said(caught.value)
    expected = row.message.removesuffix(" …")
    assert message == expected or (row.message != expected and message.startswith(expected))
    line = caught.value.line
    assert line is not None
    assert line.file.endswith("refused.py")
    assert line.text in f"{row.file}\n{row.written}"
    if row.instead:
        figure_of(row.instead, tmp_path, row.file)


KEEPS = """
import functools
import torch
from torch import nn
import explorable as ex

kept, rows = {}, []

class Remembering(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.last = nn.Linear(8, 8), None

    def forward(self, x):
        self.last = self.layer(x)
        return self.last

model = Remembering()
model.layer.register_forward_hook(lambda module, given, made: kept.update(out=made))

@functools.lru_cache
def grid(count):
    return torch.linspace(0, 1, count)

class Shelf:
    def cache_clear(self): pass
    def cache_info(self): return "a shelf, no cache of functools"

shelf = Shelf()

@ex.figure
def figure(theta=ex.slider(-1, 1, value=0.5), bent=ex.toggle()):
    rows.clear()
    rows.append(model(theta * grid(8)))
    if bent:
        rows[0] = rows[0] ** 2
    return ex.plot(ex.curve(kept["out"]), ex.curve(model.last), ex.curve(rows[0]))
"""


def test_hooks_caches_and_attributes_work_and_are_left_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "keeps.py"
    path.write_text(KEEPS)
    (figure,) = load_file(path)
    author = vars(sys.modules[figure.wires.function.__module__])
    for _ in range(2):
        trace_group([figure])
        assert author["kept"] == {}
        assert author["rows"] == []
        assert author["model"].last is None
        assert author["grid"].cache_info().currsize == 0
    assert figure(theta=1.0) is not None
    assert author["kept"]["out"].shape == (8,)


def test_a_counter_is_put_back(tmp_path: Path) -> None:
    with pytest.raises(ExplorableError, match="'counter' from 0 to 1"):
        figure_of("global counter; counter += 1", tmp_path)
    assert vars(sys.modules["explorable_file_refused"])["counter"] == 0


def test_a_variable_of_the_function_around_is_seen_and_put_back() -> None:
    calls, last = 0, torch.ones(())

    @ex.figure
    def counted(a=ex.slider(-1, 1)):
        """Counts its calls."""
        nonlocal calls
        calls += 1
        return ex.curve(a * calls * torch.ones(3))

    @ex.figure
    def kept(a=ex.slider(-1, 1)):
        """Draws what the call before was given."""
        nonlocal last
        before, last = last, a
        return ex.curve(before * torch.ones(3))

    for figure, fact, line in (
        (counted, "figure changes 'calls' from 0 to 1", "calls += 1"),
        (kept, "figure changes 'last' of the function around it", "before, last = last, a"),
    ):
        with pytest.raises(ExplorableError) as caught:
            check([figure])
        assert caught.value.fact.startswith(fact)
        assert caught.value.line is not None and caught.value.line.text == line
    assert calls == 0
    assert type(last) is torch.Tensor


def test_what_the_gradient_lacks_is_told_at_the_forward_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LOWERINGS, "aten.max_pool2d_with_indices_backward")
    statements = (
        "w = x.clone().requires_grad_()\n"
        "p = F.max_pool2d(w.reshape(1, 2, 4), 2)\n"
        "p.square().sum().backward()\n"
        "y = w.grad"
    )
    with pytest.raises(ExplorableError, match=r"no lowering for 'aten\.max_pool2d") as caught:
        figure_of(statements, tmp_path)
    line = caught.value.line
    assert line is not None
    assert line.text == "p = F.max_pool2d(w.reshape(1, 2, 4), 2)"
    assert line.inside == "MaxPool2DWithIndicesBackward0"


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) > 60
    assert all(row.message for row in ROWS)
