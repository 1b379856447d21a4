"""From what the author names to tasks: a file of figures, or a folder of such files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import ExplorableError
from .work import Task


def find_tasks(given: Sequence[Path], *, use_cache: bool = True, check: bool = False) -> list[Task]:
    """One task per Python file; of a folder those directly in it whose name starts with a letter.

    >>> [task.source.name for task in find_tasks([Path("gallery")])]
    ['attention.py', 'descent.py', ...]
    """
    found: dict[Path, Task] = {}
    for path in given:
        if path.is_dir():
            files = sorted(file for file in path.glob("*.py") if file.name[0].isalpha())
            if not files:
                raise ExplorableError("cli", f"no Python files in '{path}'")
        elif path.exists():
            files = [path]
        else:
            raise ExplorableError("cli", f"there is no '{path}'")
        for file in files:
            source = file.resolve()
            found[source] = Task(
                source, "check" if check else "build", use_cache, named=not path.is_dir()
            )
    return list(found.values())
