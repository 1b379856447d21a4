"""What figures and pages may be over the wire, as the command line or the project says it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ..errors import ExplorableError
from ..hosts import Budgets
from ..parts.options import size_in_bytes

PROJECT = "pyproject.toml"


def budgets_of(figure: str | int | None = None, page: str | int | None = None) -> Budgets:
    """Bytes: what is given, or else ``budget`` and ``page-budget`` under ``[tool.explorable]`` of
    the pyproject.toml here or in the nearest folder above.

    >>> budgets_of("60kB")
    Budgets(figure=60000, page=None)
    """
    where, named = _project()
    given = {"budget": figure, "page-budget": page}
    found: dict[str, int | None] = {}
    for name, asked in given.items():
        try:
            wanted = named.get(name) if asked is None else asked
            found[name] = None if wanted is None else size_in_bytes(wanted)
        except ExplorableError as error:
            said = f"{name} of [tool.explorable] in '{where}'" if asked is None else f"--{name}"
            raise ExplorableError("cli", error.fact, where=said) from None
    return Budgets(found["budget"], found["page-budget"])


def _project() -> tuple[Path | None, dict[str, Any]]:
    here = Path.cwd()
    project = next((p for f in (here, *here.parents) if (p := f / PROJECT).is_file()), None)
    if project is None:
        return None, {}
    try:
        read: dict[str, Any] = tomllib.loads(project.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return project, {}  # not ours to judge
    return project, read.get("tool", {}).get("explorable", {})
