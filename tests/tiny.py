"""A program written by hand, with a value, a simulation and a figure, for the runtime's tests."""

from __future__ import annotations

from typing import Any

from assemble import ADD, MULTIPLY, assemble, delay, load, number, store

THETA, START, DOUBLE, STATE, OUT, PRESSES, STEP, NEWEST = 16, 32, 48, 64, 80, 96, 112, 128
HISTORY, HISTORY_STEP, WEIGHT, TEXT, POINT, PLOT, CELLS = 144, 208, 272, 304, 336, 352, 368
ROWS = 8

# double = 2 theta; state' = state / 2 + double (+ weight[0] where switched); out = state + theta.
NEXT = load(STATE) + number(0.5) + MULTIPLY + load(DOUBLE) + ADD
SPARE = 65520
ENTRIES = {
    "init": b"",
    "double": store(DOUBLE, load(THETA) + number(2) + MULTIPLY),
    "begin": store(STATE, load(START)),
    "step": store(STATE, NEXT),
    "step_record": store(STATE, NEXT) + store(NEWEST, load(STATE)),
    "figure_0": store(OUT, load(STATE) + load(THETA) + ADD)
    + store(PLOT, load(POINT))
    + store(PLOT + 4, load(POINT + 4)),
    "figure_1": store(OUT, load(WEIGHT) + load(THETA) + ADD),
}
WASM = assemble(ENTRIES)
SLOW = assemble(ENTRIES | {"figure_0": delay(SPARE, 8e6) + ENTRIES["figure_0"]})


def program() -> dict[str, Any]:
    def table(entry: str) -> dict[str, Any]:
        return {"statics": [], "entries": {"": entry}}

    return {
        "wasm": {"plain": "tiny.wasm"},
        "memory": 65536,
        "slots": {
            "theta": [THETA, "float32", []],
            "start": [START, "float32", []],
            "double": [DOUBLE, "float32", []],
            "state": [STATE, "float32", []],
            "out": [OUT, "float32", []],
            "presses": [PRESSES, "int64", []],
            "step": [STEP, "int64", []],
            "newest": [NEWEST, "float32", []],
            "history": [HISTORY, "float32", [ROWS]],
            "history_step": [HISTORY_STEP, "float32", [ROWS]],
            "text": [TEXT, "int64", [4]],
            "point": [POINT, "float32", [2]],
            "plot": [PLOT, "float32", [1, 2]],
            "cells": [CELLS, "float32", [2, 3]],
        },
        "arrays": [
            {
                "slot": [WEIGHT, "float32", [3]],
                "file": "weight.bin",
                "stored": "float16",
                "start": 2,
            }
        ],
        "controls": {
            "theta": slider("theta", 0, 10, 1.0),
            "start": slider("start", -5, 5, 4.0),
            "switch": {"kind": "toggle", "label": "switch", "value": False},
            "press": {"kind": "button", "label": "press", "value": 0, "slot": "presses"},
            "point": {
                "kind": "point",
                "label": "point",
                "value": [1.0, 0.5],
                "complex": True,
                "slot": "point",
            },
            "cells": {
                "kind": "tensor",
                "label": "cells",
                "value": [0.0] * 6,
                "shape": [2, 3],
                "dtype": "float32",
                "low": 0,
                "high": 1,
                "slot": "cells",
            },
            "text": {
                "kind": "text",
                "label": "text",
                "value": "ab",
                "max": 4,
                "slot": "text",
                "tokenizer": {"kind": "characters", "vocabulary": ["a", "b", "த", "ம"]},
            },
        },
        "nodes": [
            {
                "kind": "value",
                "name": "double",
                "needs": ["theta"],
                "run": table("double"),
                "outputs": {"": "double"},
            },
            {
                "kind": "simulation",
                "name": "run",
                "restart": ["start"],
                "needs": ["double", "press"],
                "init": table("begin"),
                "step": table("step"),
                "record": table("step_record"),
                "recordEvery": 2,
                "rate": None,
                "steps": 1000,
                "play": False,
                "state": ["state"],
                "stepSlot": "step",
                "history": ROWS,
                "records": {"state": {"slot": "newest", "history": "history"}},
                "historyStep": "history_step",
            },
            {
                "kind": "figure",
                "name": "figure",
                "needs": ["run", "theta", "switch", "point", "cells"],
                "run": {
                    "statics": ["switch"],
                    "entries": {"false": "figure_0", "true": "figure_1"},
                },
            },
        ],
    }


def slider(name: str, low: float, high: float, value: float) -> dict[str, Any]:
    return {
        "kind": "slider",
        "label": name,
        "low": low,
        "high": high,
        "value": value,
        "scale": "linear",
        "slot": name,
    }
