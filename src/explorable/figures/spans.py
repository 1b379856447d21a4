"""State as a page sees it: the spans of memory that checkpoints copy, instead of a slot for each of
its tensors, which nobody there asks for by name."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..compiler.plan import ALIGN
from ..graphs import Type

Json = Any  # the shapes of spec.d.ts


def in_spans(program: Json, read: Collection[str]) -> Json:
    """The program with one slot for each span of a state. Slots under ``read`` stay, and
    those whose size moves."""
    slots: dict[str, Json] = dict(program["slots"])
    nodes: list[Json] = []
    for node in program["nodes"]:
        if node["kind"] == "simulation":
            joined = [s for s in node["state"] if s not in read and _fixed(slots[s])]
            state = [s for s in node["state"] if s not in joined]
            for k, span in enumerate(_neighbours({name: slots[name] for name in joined})):
                if len(span) > 1:
                    first, end = slots[span[0]][0], _end(slots[span[-1]])
                    slots = {name: slot for name, slot in slots.items() if name not in span}
                    span = [f"span:{node['name']}.{k}"]
                    slots[span[0]] = [first, "float32", [-(-(end - first) // 4)]]
                state += span
            node = {**node, "state": state}
        nodes.append(node)
    return {**program, "slots": slots, "nodes": nodes}


def _neighbours(slots: dict[str, Json]) -> list[list[str]]:
    """Names of slots, those together that lie beside each other, in their order."""
    spans: list[list[str]] = []
    end = -ALIGN
    for name in sorted(slots, key=lambda name: slots[name][0]):
        # In a smaller gap no slot begins: the plan aligns them all.
        if slots[name][0] - end >= ALIGN:
            spans.append([])
        spans[-1].append(name)
        end = _end(slots[name])
    return spans


def _fixed(slot: Json) -> bool:
    return all(isinstance(extent, int) for extent in slot[2])


def _end(slot: Json) -> int:
    offset, dtype, shape = slot
    return offset + Type(tuple(shape), dtype).nbytes
