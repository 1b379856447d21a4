"""Engine: the parent's side of the child process that holds V8, and Instance: one loaded Module."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import RLock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ExplorableError
from ..recording import unheard
from . import child

if TYPE_CHECKING:
    from ..compiler.module import Module, Slot

Json: TypeAlias = Any  # Any: what JSON can hold; callers know their shapes
FLAGS = (
    "--no-liftoff",  # with --single-threaded (mini-racer's own) nothing would ever tier up: 4x off
    "--stack-size=4000",
    "--max-old-space-size=1024",
)
START_SECONDS = 60.0
CALL_SECONDS = 120.0
_LAST_WORDS = 400


class _Child:
    """One living process. A new one has nothing loaded."""

    def __init__(self) -> None:
        with unheard:
            self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, str(Path(child.__file__)), *FLAGS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
        )
        self.answers: SimpleQueue[tuple[child.Header, bytes] | None] = SimpleQueue()
        self.scripts: set[str] = set()
        self.drops: list[int] = []
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None  # Popen was given a pipe
        while (answer := child.receive(stream)) is not None:
            self.answers.put(answer)
        self.answers.put(None)

    def ask(
        self, header: child.Header, data: bytes, seconds: float
    ) -> tuple[child.Header, bytes] | None:
        """The answer; None when the process died; TimeoutError when it came too late."""
        assert self.process.stdin is not None  # Popen was given a pipe
        if self.drops:
            drops, self.drops = self.drops, []
            header = header | {"drop": drops}
        try:
            child.send(self.process.stdin, header, data)
        except OSError:
            return None
        return self.answer(seconds)

    def answer(self, seconds: float) -> tuple[child.Header, bytes] | None:
        try:
            return self.answers.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None

    def end(self) -> str:
        """Stop the process; what it last printed."""
        self.process.kill()
        self.process.wait()
        self.errors.seek(0)
        printed = self.errors.read().decode(errors="replace").strip()
        self.errors.close()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # unsent bytes for a process that has gone
                    pass
        lines = [line for line in printed.splitlines() if line.strip(" #")]
        return (lines[0] if lines else "")[:_LAST_WORDS]


class Engine:
    """V8 in a child process: started on first use, restarted after a death.

    >>> with Engine() as engine:
    ...     engine.evaluate("globalThis.add = (a, b) => a + b; 0")
    ...     engine.call("add", 1, 2)
    0
    3

    A death (out of memory, a call over its time) is an ExplorableError that names what ran.
    What was loaded before it is gone: `evaluate` again, `load` again; `once` does so by itself.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._child: _Child | None = None
        self._next = 0

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child process; the next call would start a fresh one."""
        with self._lock:
            if self._child is not None:
                self._child.end()
                self._child = None

    def load(self, module: Module, *, relaxed: bool = False) -> Instance:
        """Instantiate ``module``, write its arrays, call its ``init``."""
        wasm = module.relaxed if relaxed else module.wasm
        if wasm is None:
            raise ExplorableError("engine", "the module has no relaxed variant")
        with self._lock:
            self._next += 1
            identity = self._next
            header = {"do": "load", "instance": identity}
            answer, _ = self._ask(header, wasm, "loading a module")
            instance = Instance(self, self._living(), identity, module, int(answer["bytes"]))
            for array in module.arrays:
                instance.put(array.offset, array.data)
            instance.run("init")
        return instance

    def evaluate(
        self, script: str, *, name: str = "a script", seconds: float = CALL_SECONDS
    ) -> Json:
        """Run a classic script; its last value if a string, number or boolean, else None."""
        header, _ = self._ask({"do": "evaluate"}, script.encode(), name, seconds)
        return header["value"]

    def once(self, script: str, *, name: str = "a script") -> None:
        """Run a script unless this child process has already run the very same one."""
        with self._lock:
            if self._child is None or script not in self._child.scripts:
                self.evaluate(script, name=name)
                self._living().scripts.add(script)

    def call(self, function: str, *arguments: Json, seconds: float = CALL_SECONDS) -> Json:
        """Call a global JavaScript function with JSON arguments (NaN allowed): its result as JSON.

        ``function`` may be a path, e.g. ``"explorable.markup"``. NaN in a result arrives as None:
        numbers that may be NaN come through :meth:`bytes`.
        """
        text = json.dumps(arguments).encode()
        _, data = self._ask({"do": "call", "function": function}, text, f"'{function}'", seconds)
        return json.loads(data)

    def put(self, name: str, data: bytes) -> None:
        """Make ``data`` the Uint8Array ``files[name]`` in V8."""
        self._ask({"do": "put", "name": name}, data, f"'{name}'")

    def bytes(self, expression: str, *, seconds: float = CALL_SECONDS) -> bytes:
        """The bytes of a JavaScript expression that gives an ArrayBuffer or a typed array."""
        return self._ask({"do": "bytes"}, expression.encode(), f"'{expression}'", seconds)[1]

    def ask_living(
        self, living: _Child, header: child.Header, data: bytes, what: str, seconds: float
    ) -> tuple[child.Header, bytes]:
        """Ask the child that an Instance was loaded into, if it is still the one that lives."""
        with self._lock:
            if self._child is not living:
                fact = "the engine was restarted since this module was loaded"
                raise ExplorableError("engine", fact, where=what, fix="load it again")
            return self._ask(header, data, what, seconds)

    def _living(self) -> _Child:
        if self._child is None:
            started = _Child()
            try:
                greeting = started.answer(START_SECONDS)
            except TimeoutError:
                greeting = None
            if greeting is None:
                raise ExplorableError(
                    "engine",
                    f"V8 did not start: {started.end()}",
                    fix="check that `python -c 'import py_mini_racer'` works",
                )
            self._child = started
        return self._child

    def _ask(
        self, header: child.Header, data: bytes, what: str, seconds: float = CALL_SECONDS
    ) -> tuple[child.Header, bytes]:
        with self._lock:
            living = self._living()
            try:
                answer = living.ask(header, data, seconds)
            except TimeoutError:
                self.close()
                fact = f"{what} did not end within {seconds:g} s"
                raise ExplorableError("engine", fact) from None
            except BaseException:
                # An interrupt between question and answer: the next answer would be a stale one.
                self.close()
                raise
            if answer is None:
                self._child = None
                words = living.end()
                raise ExplorableError("engine", f"V8 died while running {what}: {words}")
        if "error" in answer[0]:
            raise ExplorableError("engine", str(answer[0]["error"]), where=what)
        return answer


class Instance:
    """A Module with its memory, in the engine. Made by :meth:`Engine.load`.

    >>> instance = engine().load(module)
    >>> instance.write("x", x.numpy().tobytes())
    >>> instance.run("main")
    >>> y = instance.read("y")
    """

    def __init__(
        self, owner: Engine, living: _Child, identity: int, module: Module, size: int
    ) -> None:
        self.module, self._size = module, size
        self._engine, self._living, self._identity = owner, living, identity
        self._slots = {slot.name: slot for slot in module.slots}
        weakref.finalize(self, living.drops.append, identity)

    def write(self, slot: str, data: bytes) -> None:
        """Write all bytes of a slot (row-major, little-endian)."""
        place = self._slot(slot)
        if len(data) != place.type.nbytes:
            fact = f"'{slot}' takes {place.type.nbytes} bytes ({place.type}), got {len(data)}"
            raise ExplorableError("engine", fact)
        self.put(place.offset, data)

    def read(self, slot: str) -> bytes:
        """All bytes of a slot."""
        place = self._slot(slot)
        header = {"do": "read", "offset": place.offset, "size": place.type.nbytes}
        return self._ask(header, b"", f"reading '{slot}'")[1]

    def run(self, entry: str, *, count: int = 1, seconds: float = CALL_SECONDS) -> None:
        """Run an entry, ``count`` times."""
        known = (*self.module.entries, "init")
        if entry not in known:
            names = ", ".join(known)
            raise ExplorableError("engine", f"unknown entry '{entry}'; one of: {names}")
        header = {"do": "run", "entry": entry, "count": count}
        try:
            self._ask(header, b"", f"entry '{entry}'", seconds)
        except ExplorableError as error:
            # As runtime/core/run.js says it in a page.
            if "RuntimeError: unreachable" not in error.fact:
                raise
            raise ExplorableError("engine", f"a while_loop in '{entry}' does not end") from None

    def time(self, entry: str, seconds: float = 0.5) -> float:
        """Best seconds per call, transfers not counted. State moves on: the entry really runs."""
        self.run(entry)
        header = {"do": "time", "entry": entry, "seconds": seconds}
        answer, _ = self._ask(header, b"", f"timing '{entry}'", seconds + CALL_SECONDS)
        return float(answer["seconds"])

    def put(self, offset: int, data: bytes) -> None:
        """Write bytes at an offset of the memory, within its bounds."""
        if offset < 0 or offset + len(data) > self._size:
            end = offset + len(data)
            fact = f"bytes {offset} to {end} lie outside the memory ({self._size} bytes)"
            raise ExplorableError("engine", fact)
        if data:
            self._ask({"do": "write", "offset": offset}, data, f"writing {len(data)} bytes")

    def _slot(self, name: str) -> Slot:
        if name not in self._slots:
            names = ", ".join(self._slots)
            raise ExplorableError("engine", f"unknown slot '{name}'; one of: {names}")
        return self._slots[name]

    def _ask(
        self, header: child.Header, data: bytes, what: str, seconds: float = CALL_SECONDS
    ) -> tuple[child.Header, bytes]:
        return self._engine.ask_living(
            self._living, header | {"instance": self._identity}, data, what, seconds
        )


_shared: Engine | None = None
_shared_lock = RLock()


def engine() -> Engine:
    """The one engine of this process, started on first use, ended with the process."""
    global _shared  # one V8 per process: starting takes 0.3 s
    with _shared_lock:
        if _shared is None:
            _shared = Engine()
            atexit.register(_shared.close)
        return _shared
