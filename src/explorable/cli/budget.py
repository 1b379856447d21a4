"""What figures may be over the wire, as the command line or the project says it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from ..errors import ExplorableError
from ..parts.options import size_in_bytes

PROJECT = "pyproject.toml"


def budget_of(given: str | None) -> int | None:
    """Bytes: ``given``, or ``budget`` under ``[tool.explorable]`` of the pyproject.toml here or in
    the nearest folder above.

    >>> budget_of("60kB")
    60000
    """
    where = "--budget"
    asked: object = given
    if given is None:
        here = Path.cwd()
        project = next((p for f in (here, *here.parents) if (p := f / PROJECT).is_file()), None)
        if project is None:
            return None
        where = f"budget of [tool.explorable] in '{project}'"
        try:
            read: dict[str, Any] = tomllib.loads(project.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None  # not ours to judge
        asked = read.get("tool", {}).get("explorable", {}).get("budget")
    try:
        return None if asked is None else size_in_bytes(asked)
    except ExplorableError as error:
        raise ExplorableError("cli", error.fact, where=where) from None
