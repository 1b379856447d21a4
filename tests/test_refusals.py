"""docs/refusals.md cannot rot: what stands in its first column gives the message of the second,
with the author's line, and what stands in the last column compiles."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from explorable.compiler import check_lowering
from explorable.errors import ExplorableError
from explorable.figures.entries import entries
from explorable.figures.group import Group, trace_group
from explorable.figures.load import load_file

PAGE = Path(__file__).resolve().parent.parent / "docs" / "refusals.md"
TEXT = PAGE.read_text(encoding="utf-8")
(FILE,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


class Row(NamedTuple):
    """One row of a table of the page."""

    number: int
    written: str
    message: str
    instead: str


def code(cell: str) -> str:
    """What stands in the code spans of a cell, line by line; several statements may share one."""
    return "\n".join(re.findall(r"`([^`]+)`", cell)).replace("\\|", "|")


def rows() -> list[Row]:
    found: list[Row] = []
    for number, line in enumerate(TEXT.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and "`" in cells[0]:
            written, message, instead = cells
            found.append(Row(number, code(written), message.replace("\\|", "|"), code(instead)))
    return found


ROWS = rows()


def figure_of(statements: str, folder: Path) -> Group:
    """The figure with ``statements`` in the place of ``...``, traced and lowered."""
    path = folder / "refused.py"
    path.write_text(FILE.replace("    ...\n", textwrap.indent(statements, "    ") + "\n"))
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
        figure_of(row.written, tmp_path)
    message = said(caught.value)
    expected = row.message.removesuffix(" …")
    assert message == expected or (row.message != expected and message.startswith(expected))
    line = caught.value.line
    assert line is not None
    assert line.file.endswith("refused.py")
    assert line.text in f"{FILE}\n{row.written}"
    if row.instead:
        figure_of(row.instead, tmp_path)


def test_the_page_has_its_rows() -> None:
    assert len(ROWS) > 60
    assert all(row.message for row in ROWS)
