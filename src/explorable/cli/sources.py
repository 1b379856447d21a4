"""From what the author names to tasks: a file of figures, or a folder of such files; and to pages:
a Markdown file, or a folder of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
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
        elif path.suffix == ".md":
            fact = f"'{path}' is a page, and Python files are wanted here"
            fix = f"explorable build {path} -o FOLDER checks and builds all that it shows"
            raise ExplorableError("cli", fact, fix=fix)
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


@dataclass(frozen=True)
class Pages:
    """Markdown pages that become one site."""

    folder: Path
    given: tuple[str, ...] = ()
    """Paths below the folder; none: every page in it."""

    def names(self) -> list[str]:
        """The pages by their paths below the folder, in order."""
        if self.given:
            return sorted(self.given)
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*.md"))
        return sorted(path.as_posix() for path in found if not _is_apart(path))


_APART = {"node_modules", "venv", "site-packages"}


def _is_apart(path: Path) -> bool:
    """True below hidden folders, builds (``_build``) and libraries."""
    return any(part.startswith((".", "_")) or part in _APART for part in path.parts)


def find_pages(given: Sequence[Path]) -> Pages | None:
    """The pages among what the author names; None if he names figures.

    >>> find_pages([Path("notes")])        # a folder with conf.py, or with a page beside a README
    Pages(folder=PosixPath('notes'))
    """
    files = [path for path in given if path.suffix == ".md" and not path.is_dir()]
    folders = [path for path in given if path.is_dir() and _holds_pages(path)]
    if not files and not folders:
        return None
    for path in files:
        if not path.exists():
            raise ExplorableError("cli", f"there is no '{path}'")
    if len(files) + len(folders) < len(given):
        fact, fix = (
            "pages and Python files go into folders of their own",
            "build one, then the other",
        )
        raise ExplorableError("cli", fact, fix=fix)
    if folders and len(given) > 1:
        raise ExplorableError("cli", "a site of pages is one folder", fix="name the one above")
    if folders:
        return Pages(folders[0])
    folder = Path(os.path.commonpath([path.resolve().parent for path in files]))
    names = [path.resolve().relative_to(folder).as_posix() for path in files]
    return Pages(folder, tuple(dict.fromkeys(names)))


def _holds_pages(folder: Path) -> bool:
    """A README is about a folder, and makes no site of it."""
    named = (path.stem for path in folder.glob("*.md"))
    return (folder / "conf.py").is_file() or any(name.upper() != "README" for name in named)
