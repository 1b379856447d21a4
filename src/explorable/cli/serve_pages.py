"""`explorable serve` for Markdown pages: Sphinx builds what has changed, `serve` hands it out."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

from .pages import build_pages, tell, workplace
from .serve import RELOAD, Show
from .sources import Pages
from .work import Outcome

_WAIT = "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title></head><p>{title}"


class PageShow(Show):
    """The pages of a folder. Their policy is their author's matter."""

    def __init__(
        self, pages: Pages, title: str | None, jobs: int | None, *, use_cache: bool
    ) -> None:
        super().__init__()
        self.pages, self.title, self.jobs, self.use_cache = pages, title, jobs, use_cache
        self.out = workplace(pages, Path("serve")) / "html"
        self.read: dict[Path, tuple[str, ...]] = {}

    def build(self, loop: asyncio.AbstractEventLoop, changed: Collection[Path] = ()) -> bool:
        """Let Sphinx build what is out of date."""
        if not self.files:
            wait = _WAIT.format(title="The pages are being built.")
            self.publish({"index.html": _reloading("index.html", wait.encode())}, loop)
        well = build_pages(
            self.pages,
            self.out,
            title=self.title,
            jobs=self.jobs,
            use_cache=self.use_cache,
            heard=self.hear,
        )
        written = (path for path in self.out.rglob("*") if path.is_file())
        found = {path.relative_to(self.out).as_posix(): path.read_bytes() for path in written}
        shown = {
            name: _reloading(name, data) if name.endswith(".html") else data
            for name, data in found.items()
        }
        self.publish(shown, loop)
        return well

    def hear(self, outcome: Outcome) -> None:
        """A page or file was built."""
        tell(outcome)
        self.read[outcome.source] = outcome.read

    def name(self, path: str) -> str:
        """A file; the first page where the site has no index."""
        if path or "index.html" in self.files:
            return super().name(path)
        return self.pages.names()[0].removesuffix(".md") + ".html"

    def matters(self, changed: Collection[Path]) -> bool:
        """Sphinx is not to be stopped."""
        return False

    def stop(self) -> None:
        """Sphinx ends what it has begun."""

    def folders(self) -> list[Path]:
        """Those of the pages, and of all that their cells read."""
        read = {Path(path).parent for paths in self.read.values() for path in paths}
        pages = {(self.pages.folder / name).parent for name in self.pages.names()}
        found = {folder.resolve() for folder in read | pages | {self.pages.folder}}
        return sorted(folder for folder in found if folder.is_dir())

    def close(self) -> None:
        """Processes that run cells end with this one."""


def _reloading(name: str, html: bytes) -> bytes:
    """A page that hears of its changes."""
    script = f'<script type="module" src="{"../" * name.count("/")}{RELOAD}"></script></head>'
    return html.replace(b"</head>", script.encode(), 1)
