"""Explorable beside everything else that computes in a page, and torch beside them: one run.

    python bench/peers.py [--quick] [--only flow,tiny] [--out peers.json]

Needs Chromium and npm (peers are installed into bench/peers/node_modules) and, for torch.compile, a
C++ compiler. README.md says what the numbers are. Every result is compared with eager torch first;
who is wrong gets no time.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))
import built
from browser import Arena, chromium, compressed, first_result, serving
from onnx_models import models
from table import tables
from torch_side import torch_contestants, torch_sample
from workloads import Workload, workloads

HERE = Path(__file__).resolve().parent
CONTESTANTS = ("explorable", "plain", "tfjs", "ort", "jax", "pyodide")
STARTS = ("tiny", "flow", "transformer")
"""Workloads whose time to the first result is measured; bytes are those of all."""
RUNTIME = HERE.parent / "src" / "explorable" / "runtime"


def prepare(folder: Path, chosen: list[Workload], peers: list[str]) -> dict[str, Any]:
    """Everything the browser reads; entries by contestant and workload, data by workload."""
    (folder / "built").mkdir()
    (folder / "arena.html").write_text("<!doctype html><title>arena</title>")
    for name in ("measure.js", "given.js"):
        (folder / name).write_text((HERE / "peers" / name).read_text())
    (folder / "runtime").symlink_to(RUNTIME)
    built.ceiling(folder)
    data, entries = dict[str, Any](), dict[str, dict[str, str]]()
    for workload in chosen:
        numbers = built.numbers(folder, workload)
        numbers["expected"] = built.encoded(workload.expected())
        numbers["tolerance"] = workload.tolerance
        start = time.perf_counter()
        numbers |= built.explorable(folder, workload)
        print(f"{workload.name}: compiled in {time.perf_counter() - start:.1f} s", file=sys.stderr)
        data[workload.name] = numbers
    names = [workload.name for workload in chosen]
    entries["explorable"] = {name: f"built/enter-{name}.js" for name in names}
    for peer in peers:
        has = built.bundled(folder, peer)
        if peer == "ort":
            models(folder / peer, chosen)
        entries[peer] = {name: f"{peer}/{name}.js" for name in names if name in has}
    for contestant, of in entries.items():
        for name, entry in of.items():
            built.page(folder, f"{contestant}-{name}.html", entry, data[name])
    return {"data": data, "entries": entries}


def measure(chosen: list[Workload], ready: dict[str, Any], folder: Path, given: Any) -> Any:
    """Times, errors and bytes, by workload and contestant."""
    found: dict[str, Any] = {w.name: {} for w in chosen}
    with serving(folder) as address, chromium() as browser:
        arena = Arena(browser, address)
        for variant in ("plain", "relaxed"):
            arena.ceiling(f"ceiling {variant}", f"ceiling-{variant}.wasm")
        for contestant, entries in ready["entries"].items():
            for name, entry in entries.items():
                key = f"{contestant} {name}"
                data = ready["data"][name]
                off = arena.begin(key, entry, data)
                right = isinstance(off, float) and off <= data["tolerance"]
                found[name][contestant] = {"off": off, "right": right, "samples": []}
        for w in chosen:
            for variant in ("plain", "relaxed"):
                file = f"built/{w.name}-{variant}.wasm"
                arena.alone(f"alone {variant} {w.name}", file, ready["data"][w.name])
                found[w.name][f"alone {variant}"] = {"off": 0, "right": True, "samples": []}
        native = torch_contestants(chosen, compile=not given.no_torch_compile)
        for (contestant, name), (off, call) in native.items():
            found[name][contestant] = {"off": off, "right": call is not None, "samples": []}
        ceilings: dict[str, list[float]] = {"plain": [], "relaxed": []}
        for _ in range(given.rounds):
            for variant, rates in ceilings.items():
                times = arena.sample(f"ceiling {variant}", given.window)
                rates += [built.CEILING_FLOPS / t for t in times]
            for w in chosen:
                for contestant, entry in found[w.name].items():
                    if not entry["right"]:
                        continue
                    if call := native.get((contestant, w.name), (0, None))[1]:
                        entry["samples"] += torch_sample(call, given.window)
                    else:
                        key = f"{contestant} {w.name}"
                        entry["samples"] += arena.sample(key, given.window)
        starts = fetches(browser, address, ready, given)
    for of in found.values():
        for entry in of.values():
            samples = entry.pop("samples")
            entry |= {"least": min(samples), "median": median(samples)} if samples else {}
    return {"workloads": found, "ceilings": {v: max(r) for v, r in ceilings.items()}} | starts


def fetches(browser: Any, address: str, ready: dict[str, Any], given: Any) -> dict[str, Any]:
    """Bytes and times to the first result; the contestants start in turn."""
    found, sizes = dict[tuple[str, str], list[float]](), dict[str, Any]()
    for turn in range(given.starts):
        for contestant, entries in ready["entries"].items():
            for name in entries:
                if turn and (name not in STARTS or (name, contestant) not in found):
                    continue
                try:
                    url = f"{address}{contestant}-{name}.html"
                    seconds, files = first_result(browser, url)
                except Exception as error:
                    print(f"{contestant} {name}: {error}", file=sys.stderr)
                    continue
                found.setdefault((name, contestant), []).append(seconds)
                if not turn:
                    sizes.setdefault(name, {})[contestant] = _sizes(files)
    starts: dict[str, dict[str, float]] = {}
    for (name, contestant), seconds in found.items():
        if name in STARTS:
            starts.setdefault(name, {})[contestant] = median(seconds)
    return {"bytes": sizes, "starts": starts}


def _sizes(files: dict[str, bytes]) -> dict[str, int]:
    weights = {k: v for k, v in files.items() if k.endswith(".weights") or _array(k)}
    code = {k: v for k, v in files.items() if k not in weights}
    return {
        "raw": sum(map(len, code.values())),
        "brotli": compressed(code),
        "weights": sum(map(len, weights.values())),
    }


def _array(name: str) -> bool:
    """Files of numbers; a model of ONNX is little else."""
    return name.endswith((".bin", ".onnx"))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Explorable beside its peers")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a first look")
    parser.add_argument("--only", default="", help="workloads, by comma")
    parser.add_argument("--peers", default=",".join(CONTESTANTS[1:]), help="peers, by comma")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--window", type=float, default=0.1, help="seconds of one measurement")
    parser.add_argument("--no-torch-compile", action="store_true")
    parser.add_argument("--out", type=Path, help="write all numbers there, as JSON")
    given = parser.parse_args()
    given.rounds = given.rounds or (2 if given.quick else 10)
    given.starts = 1 if given.quick else 15
    return given


def main() -> None:
    given = arguments()
    torch.set_num_threads(1)
    only = set(filter(None, given.only.split(",")))
    chosen = [w for w in workloads() if not only or w.name in only]
    peers = [name for name in given.peers.split(",") if name]
    built.install()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ready = prepare(folder, chosen, peers)
        results = measure(chosen, ready, folder, given)
    results |= {
        "machine": platform.processor() or platform.machine(),
        "torch": torch.__version__,
        "flops": {w.name: w.flops for w in chosen},
        "titles": {w.name: w.title for w in chosen},
    }
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n")
    print(tables(results))


if __name__ == "__main__":
    main()
