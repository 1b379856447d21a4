"""The process that holds V8: reads messages from its input, answers each on its output.

Started as a plain script, so that it imports nothing of the package (and so no torch).
A message is a JSON header and one block of bytes, each preceded by its length.
"""

from __future__ import annotations

import json
import os
import sys
import time
from queue import SimpleQueue
from struct import Struct
from threading import Thread
from typing import IO, Any, TypeAlias

Header: TypeAlias = dict[str, Any]  # Any: decoded JSON
LENGTHS = Struct("<QQ")
OVERHEAD_SAMPLES = 5
BATCH_SECONDS = 0.02
"""A batch of timed calls lasts at least this long: a message into V8 costs about 0.25 ms."""

PRELUDE = """
globalThis.files = Object.create(null);
globalThis.explorableEngine = {
  instances: new Map(),
  load(id, name) {
    const module = new WebAssembly.Module(files[name]);
    delete files[name];
    const { exports } = new WebAssembly.Instance(module, {});
    this.instances.set(id, exports);
    return exports.memory.buffer;
  },
  room(name, size) { return (files[name] = new Uint8Array(size)); },
  repeat(id, entry, count) {
    const run = this.instances.get(id)[entry];
    for (let i = 0; i < count; i++) run();
  },
};
"""


def send(stream: IO[bytes], header: Header, data: bytes | memoryview = b"") -> None:
    """Write one message."""
    head = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(head), len(data)) + head)
    if len(data):
        stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Header, bytes] | None:
    """Read one message, or None when the other side has gone."""
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    head, size = LENGTHS.unpack(lengths)
    header, data = stream.read(head), stream.read(size)
    if len(header) < head or len(data) < size:
        return None
    return json.loads(header), data


class Racer:
    """One V8 context and the memories of the modules loaded into it."""

    def __init__(self, flags: list[str]) -> None:
        from py_mini_racer import DEFAULT_V8_FLAGS, MiniRacer, init_mini_racer

        init_mini_racer(flags=(*DEFAULT_V8_FLAGS, *flags))
        self.v8 = MiniRacer()
        self.v8.eval(PRELUDE)
        self.memories: dict[int, memoryview] = {}
        self.dropped = 0

    def answer(self, header: Header, data: bytes) -> tuple[Header, bytes | memoryview]:
        """The reply to one message."""
        for identity in header.pop("drop", ()):
            self.drop(identity)
        return getattr(self, "do_" + header.pop("do"))(data, **header)

    def drop(self, identity: int) -> None:
        self.memories.pop(identity, None)
        self.v8.eval(f"explorableEngine.instances.delete({identity}); 0")
        self.dropped += 1
        # V8 does not feel the size of wasm memories, and each reserves gigabytes of addresses.
        if self.dropped % 64 == 0:
            self.v8.low_memory_notification()

    def buffer(self, expression: str) -> memoryview:
        """The bytes of an ArrayBuffer or a typed array, shared with V8."""
        value = self.v8.eval(expression)
        if not isinstance(value, memoryview):
            raise TypeError("the expression is not an ArrayBuffer or a typed array")
        return value.cast("B") if value.nbytes else memoryview(b"")

    def do_put(self, data: bytes, name: str) -> tuple[Header, bytes]:
        room = self.buffer(f"explorableEngine.room({json.dumps(name)}, {len(data)})")
        if data:
            room[:] = data
        return {}, b""

    def do_load(self, data: bytes, instance: int) -> tuple[Header, bytes]:
        self.do_put(data, "module.wasm")
        memory = self.buffer(f"explorableEngine.load({instance}, 'module.wasm')")
        self.memories[instance] = memory
        return {"bytes": memory.nbytes}, b""

    def do_write(self, data: bytes, instance: int, offset: int) -> tuple[Header, bytes]:
        self.memories[instance][offset : offset + len(data)] = data
        return {}, b""

    def do_read(
        self, data: bytes, instance: int, offset: int, size: int
    ) -> tuple[Header, memoryview]:
        return {}, self.memories[instance][offset : offset + size]

    def do_run(self, data: bytes, instance: int, entry: str, count: int) -> tuple[Header, bytes]:
        self.v8.eval(f"explorableEngine.repeat({instance}, {json.dumps(entry)}, {count})")
        return {}, b""

    def do_time(
        self, data: bytes, instance: int, entry: str, seconds: float
    ) -> tuple[Header, bytes]:
        def batch(count: int) -> float:
            start = time.perf_counter()
            self.do_run(b"", instance, entry, count)
            return time.perf_counter() - start

        def least(count: int, samples: int) -> float:
            return min(batch(count) for _ in range(samples))

        # The cost of going into V8 and back is not the entry's. It is asked for on both sides, and
        # each size twice: a machine that was busy for once is no slow entry.
        overhead = least(0, OVERHEAD_SAMPLES)
        count, taken = 1, least(1, 2)
        deadline = time.perf_counter() + seconds
        while taken < BATCH_SECONDS and time.perf_counter() < deadline:
            count *= 2
            taken = least(count, 2)
        best = taken
        while time.perf_counter() < deadline:
            best = min(best, batch(count))
        overhead = min(overhead, least(0, OVERHEAD_SAMPLES))
        return {"seconds": max(best - overhead, 0.0) / count}, b""

    def do_evaluate(self, data: bytes) -> tuple[Header, bytes]:
        value = self.v8.eval(data.decode())
        return {"value": value if isinstance(value, str | int | float | bool) else None}, b""

    def do_call(self, data: bytes, function: str) -> tuple[Header, bytes]:
        # As source, not JSON: NaN and Infinity may be arguments.
        text = self.v8.eval(f"JSON.stringify({function}(...{data.decode()}))")
        return {}, text.encode() if isinstance(text, str) else b"null"

    def do_bytes(self, data: bytes) -> tuple[Header, bytes | memoryview]:
        return {}, self.buffer(data.decode())


def main() -> None:
    # V8 prints its last words on stdout; the pipe must carry messages only.
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    racer = Racer(sys.argv[1:])
    messages: SimpleQueue[tuple[Header, bytes]] = SimpleQueue()

    def listen() -> None:
        while (message := receive(sys.stdin.buffer)) is not None:
            messages.put(message)
        os._exit(0)  # the parent has gone, perhaps while V8 is in an endless loop

    Thread(target=listen, daemon=True).start()
    send(output, {"v8": racer.v8.v8_version})
    while True:
        header, data = messages.get()
        try:
            answer = racer.answer(header, data)
        except Exception as error:  # whatever V8 says is for the parent to tell
            answer = {"error": str(error) or type(error).__name__}, b""
        send(output, *answer)


if __name__ == "__main__":
    main()
