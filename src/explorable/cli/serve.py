"""`explorable serve`: figures on this machine's own address, built anew whenever a file is saved.

The site lives in memory. A page hears of changes through server-sent events and reloads itself.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import click
import uvicorn
import watchfiles
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ..errors import ExplorableError
from ..hosts import site
from ..hosts.page import POLICY
from ..link.join import HASH_DIGITS
from .report import Report
from .shelf import empty
from .sources import find_tasks
from .work import Outcome, Task
from .workers import Workers

HOST = "127.0.0.1"
# Ours, whatever the system says: a wrong type for wasm or modules breaks the page.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".bin": "application/octet-stream",
}
RELOAD = "explorable/-reload.js"
RELOAD_SCRIPT = Path(__file__).with_name("reload.js")
PORTS_TRIED = 20
ASSETS = "explorable/"
HASHED = re.compile(rf"{ASSETS}[^/]*-[0-9a-f]{{{HASH_DIGITS}}}\.\w+")
"""Names that tell the content: a browser that has such a file need not ask again."""
FOREVER = "max-age=31536000, immutable"
MOST_OLDER = 2**25
"""Bytes of files that are no longer shown, but that an open page may still ask for."""


class Show(ABC):
    """A site as it is now, and who waits for it to change."""

    policy: str | None = None
    """The Content-Security-Policy that its pages are served under."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.older: dict[str, bytes] = {}
        """Files that pages were made of before, under names that tell their content."""
        self.versions: dict[str, int] = {}
        """By path: moves on where an open page has to be loaded anew."""
        self.version = time.time_ns()  # beyond all that a page of an earlier server may have seen
        self.changed = asyncio.Event()

    @abstractmethod
    def build(self, loop: asyncio.AbstractEventLoop, changed: Collection[Path] = ()) -> bool:
        """Bring everything up to date (in a thread), ``changed`` files first; True if all is
        well."""

    @abstractmethod
    def stop(self) -> None:
        """Leave off building: something has changed again."""

    @abstractmethod
    def matters(self, changed: Collection[Path]) -> bool:
        """True if what is being built is no longer wanted; other files of a folder come and go."""

    @abstractmethod
    def folders(self) -> list[Path]:
        """Where a change may concern what is shown."""

    @abstractmethod
    def close(self) -> None:
        """The server stops."""

    def publish(
        self,
        files: dict[str, bytes],
        loop: asyncio.AbstractEventLoop,
        quiet: Collection[str] = (),
    ) -> None:
        """Show ``files`` from now on; the pages in ``quiet`` stay as they are where they are
        open."""
        before, self.files = self.files, files | {RELOAD: RELOAD_SCRIPT.read_bytes()}
        self.version += 1
        new = {path for path, data in self.files.items() if before.get(path) != data}
        self.versions |= dict.fromkeys(new - {*quiet}, self.version)
        gone = before.keys() - self.files.keys()
        self.older |= {path: before[path] for path in gone if path.startswith(ASSETS)}
        while sum(map(len, self.older.values())) > MOST_OLDER:
            del self.older[next(iter(self.older))]
        loop.call_soon_threadsafe(self.tell)

    def tell(self) -> None:
        """Wake all who wait, and let the next ones wait anew."""
        self.changed.set()
        self.changed = asyncio.Event()

    def find(self, path: str) -> bytes | None:
        """The file at a path of the site; at none its index. A page that was handed out just before
        it was compared finds its own files."""
        name = self.name(path)
        return self.files.get(name, self.older.get(name))

    def name(self, path: str) -> str:
        """The file that is meant by a path."""
        return path or "index.html"

    def loaded(self, path: str) -> str:
        """Which version of a page is handed out."""
        return str(self.versions.get(self.name(path), 0))


class FigureShow(Show):
    """Python files: a page per figure, and an index."""

    policy = POLICY

    def __init__(
        self, sources: Sequence[Path], title: str, jobs: int | None, *, use_cache: bool
    ) -> None:
        super().__init__()
        self.given, self.title, self.use_cache = sources, title, use_cache
        self.workers = Workers(jobs)
        self.shelf = empty([])
        self.lock = threading.Lock()
        self.begun = False
        find_tasks(sources)  # a wrong name is told before anything starts

    def build(self, loop: asyncio.AbstractEventLoop, changed: Collection[Path] = ()) -> bool:
        """Build every source; the site grows as they are done, figures shown before they are
        compared."""
        tasks = find_tasks(self.given, use_cache=self.use_cache)
        tasks = [replace(task, early=True) for task in tasks]
        tasks.sort(key=lambda task: not self.concerns(task.source, changed))
        report = Report(len(tasks))
        order = sorted(task.source for task in tasks)
        self.shelf = self.shelf.with_sources(order)
        if not self.begun or set(order) - self.shelf.newest.keys():
            self.refresh(loop, report)

        def watch(task: Task, told: str | Outcome) -> None:
            if isinstance(told, Outcome):
                self.take(told, loop, report)
            else:
                report.stage(task, told)

        whole = True
        for outcome in self.workers.run(tasks, watch):
            if outcome.stopped:
                whole = False
            else:
                report.outcome(outcome)
                self.take(outcome, loop, report)
        self.begun |= whole
        if whole:
            self.workers.warm()
        return all(place.problem is None for place in self.shelf.places())

    def concerns(self, source: Path, changed: Collection[Path]) -> bool:
        """True if a file of ``changed`` is this source, or was read by it."""
        newest = self.shelf.newest.get(source)
        read = {source, *map(Path, newest.read if newest is not None else ())}
        return not read.isdisjoint(changed)

    def take(self, outcome: Outcome, loop: asyncio.AbstractEventLoop, report: Report) -> None:
        """Show an outcome, unless it is what is shown already."""
        with self.lock:
            before = self.shelf.newest.get(outcome.source)
            self.shelf = self.shelf.with_outcome(outcome)
            if before is None or not outcome.cached or before.bundles != outcome.bundles:
                quiet: list[str] = []
                if before is not None and before.early and not (outcome.early or outcome.problems):
                    # That a figure agrees with PyTorch is no reason to take it from his hands.
                    quiet = [f"{name}.html" for name in outcome.names or ()]
                    quiet += ["index.html"] if self.begun else []
                self.refresh(loop, report, quiet)

    def matters(self, changed: Collection[Path]) -> bool:
        """True for files that some source read, and for modules that it may read now."""
        modules = any(path.suffix == ".py" for path in changed)
        return modules or any(self.concerns(source, changed) for source in self.shelf.sources)

    def stop(self) -> None:
        """The workers leave what they do."""
        self.workers.stop()

    def refresh(
        self, loop: asyncio.AbstractEventLoop, report: Report, quiet: Collection[str] = ()
    ) -> None:
        """Show what there is by now."""
        left = 0 if self.begun else report.total - report.done
        files = site(
            self.shelf.places(),
            title=self.title,
            extra=f'<script type="module" src="{RELOAD}"></script>',
            status=f"{left} of {report.total} files are being built" if left else "",
        )
        self.publish(files, loop, quiet)

    def folders(self) -> list[Path]:
        """Around sources and all that they read."""
        read = {Path(path).parent for o in self.shelf.newest.values() for path in o.read}
        named = {path if path.is_dir() else path.parent for path in self.given}
        return sorted(folder.resolve() for folder in read | named if folder.is_dir())

    def close(self) -> None:
        """End the workers."""
        self.workers.close()


def application(show: Show) -> Starlette:
    """The web application: files by path, events for the pages."""
    headers = {"Cache-Control": "no-cache"}
    if show.policy is not None:
        headers["Content-Security-Policy"] = show.policy

    async def file(request: Request) -> Response:
        path = request.path_params["path"]
        body = show.find(path)
        if body is None:
            return Response("There is no such page.", 404, headers, "text/plain; charset=utf-8")
        lasts = {"Cache-Control": FOREVER} if HASHED.fullmatch(path) else {}
        kind = TYPES.get(PurePosixPath(path or "index.html").suffix, "application/octet-stream")
        # The one header of a page that its scripts can read: the version that they belong to.
        told = {"Server-Timing": f'version;desc="{show.loaded(path)}"'}
        return Response(body, headers=headers | lasts | told, media_type=kind)

    async def events(request: Request) -> StreamingResponse:
        page = request.query_params.get("page") or ""
        asked = request.query_params.get("version")

        async def stream() -> AsyncIterator[str]:
            seen = asked if asked is not None else show.loaded(page)
            yield "retry: 500\n\n"
            while True:
                changed = show.changed
                if (now := show.loaded(page)) != seen:
                    seen = now
                    yield f"event: change\ndata: {now}\n\n"
                await changed.wait()

        return StreamingResponse(stream(), headers=headers, media_type="text/event-stream")

    return Starlette(
        routes=[Route("/explorable/-events", events), Route("/{path:path}", file)],
    )


def serve_show(show: Show, port: int, *, once: bool) -> bool:
    """Serve until interrupted; with ``once`` build, ask for every file, say whether all is well."""
    return asyncio.run(_serve(show, port, once))


async def _serve(show: Show, port: int, once: bool) -> bool:
    listener = _listen(port)
    address = f"http://{HOST}:{listener.getsockname()[1]}/"
    config = uvicorn.Config(
        application(show), log_level="warning", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    loop = asyncio.get_running_loop()
    click.echo(f"Figures at {address}", err=True)
    try:
        if once:
            well = await asyncio.to_thread(show.build, loop)
            return await asyncio.to_thread(_ask_all, address, show) and well
        first = asyncio.create_task(asyncio.to_thread(show.build, loop))
        stop = threading.Event()
        watching = asyncio.create_task(_watch(show, stop, first))
        await asyncio.wait([serving, first], return_when=asyncio.FIRST_COMPLETED)
        if first.done():
            first.result()  # what is wrong with all of it ends the server
        await serving  # until Ctrl-C
        stop.set()
        watching.cancel()
        return True
    finally:
        server.should_exit = True
        show.tell()
        show.stop()
        await asyncio.gather(serving, return_exceptions=True)
        show.close()


async def _watch(show: Show, stop: threading.Event, first: asyncio.Task[bool]) -> None:
    """Build again after each change, be it while the first build goes on; the cache answers for
    what it does not concern."""
    loop = asyncio.get_running_loop()
    building: asyncio.Task[Any] = first

    async def build(changed: Collection[Path]) -> None:
        try:
            await asyncio.to_thread(show.build, loop, changed)
        except ExplorableError as error:
            click.echo(str(error), err=True)

    while not stop.is_set():
        # What was saved between one watch and the next was heard by neither: look once more.
        folders, fresh = show.folders(), True
        waiting: set[Path] = set()
        # An editor writes a file within a few milliseconds: step is how long nothing more may come.
        async for changes in watchfiles.awatch(
            *folders, stop_event=stop, recursive=False, step=20, rust_timeout=200,
            yield_on_timeout=True,
        ):  # fmt: skip
            changed = {Path(path) for _, path in changes}
            if changed:
                names = ", ".join(sorted({path.name for path in changed}))
                click.echo(f"changed: {names}", err=True)
            waiting |= changed
            if not building.done() and changed and show.matters(changed):
                show.stop()
                await asyncio.wait([building])
            if building.done():
                if waiting or fresh:
                    building = asyncio.create_task(build(frozenset(waiting)))
                    waiting, fresh = set(), False
                elif show.folders() != folders:
                    break


def _listen(port: int) -> socket.socket:
    """A listening socket on ``port`` or, if it is taken, one of the next."""
    for candidate in range(port, port + PORTS_TRIED) if port else [0]:
        # asyncio sends small answers at once (TCP_NODELAY) where a socket says that it speaks TCP.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen()  # who asks before the server is ready waits instead of being refused
        except OSError:
            listener.close()
        else:
            return listener
    raise ExplorableError(
        "cli", f"ports {port} to {port + PORTS_TRIED - 1} are taken", fix="--port 0 takes any"
    )


def _ask_all(address: str, show: Show) -> bool:
    """Ask the server for every file: all there, each with a type and the policy."""
    paths, wrong = list(show.files), 0
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for path in paths:
        try:
            with opener.open(address + quote(path), timeout=10) as answer:
                policy = answer.headers.get("Content-Security-Policy")
                well = policy == show.policy and len(answer.read()) == len(show.files[path])
        except OSError as error:
            click.echo(f"{path}: {error}", err=True)
            well = False
        wrong += not well
    click.echo(f"served {len(paths) - wrong} of {len(paths)} files")
    return not wrong
