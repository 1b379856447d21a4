"""The tables of one run, in Markdown."""

from __future__ import annotations

from typing import Any

NAMES = {
    "explorable": "Explorable",
    "plain": "JavaScript",
    "tfjs": "TF.js",
    "ort": "ONNX Runtime",
    "jax": "jax-js",
    "pyodide": "Pyodide",
    "eager": "torch eager",
    "torch.compile": "torch.compile",
}
ALONE = {"alone plain": "wasm", "alone relaxed": "wasm, relaxed"}


def tables(results: dict[str, Any]) -> str:
    """Times, bytes, starts, ceiling."""
    parts = [times(results), ceilings(results), sizes(results), starts(results), wrong(results)]
    return "\n\n".join(part for part in parts if part)


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table of Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return ""
    if "least" not in entry:
        return "–" if isinstance(entry["off"], str) else f"wrong by {entry['off']:.0e}"
    least, middle = entry["least"] * 1000, entry["median"] * 1000
    return f"{_number(least)} ({_number(middle)})"


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _present(names: dict[str, str], found: dict[str, Any]) -> dict[str, str]:
    return {k: v for k, v in names.items() if any(k in of for of in found.values())}


def times(results: dict[str, Any]) -> str:
    """Milliseconds per call, least and median."""
    found = results["workloads"]
    columns = _present(NAMES, found)
    rows = [
        [results["titles"][name], *(_shown(of.get(c)) for c in columns)]
        for name, of in found.items()
    ]
    return "Milliseconds a call, least (median):\n\n" + table(["", *columns.values()], rows)


def ceilings(results: dict[str, Any]) -> str:
    """The compiled functions alone, and what they reach of the machine."""
    rows = list[list[str]]()
    for name, of in results["workloads"].items():
        row, flops = [results["titles"][name]], results["flops"][name]
        for variant in ("plain", "relaxed"):
            least = of[f"alone {variant}"]["least"]
            row.append(_number(least * 1000))
            share = flops / least / results["ceilings"][variant]
            row.append(f"{share:.0%}" if flops else "")
        for native in ("eager", "torch.compile"):
            base = of.get(native, {}).get("least")
            row.append(f"{of['alone plain']['least'] / base:.2f}" if base else "")
        rows.append(row)
    plain, relaxed = (f"of {results['ceilings'][v] / 1e9:.1f}" for v in ("plain", "relaxed"))
    heads = ["", "wasm, ms", f"{plain} GFLOP/s", "relaxed, ms", f"{relaxed} GFLOP/s"]
    heads += ["plain, of eager", "of torch.compile"]
    return (
        "The compiled function alone, and its matrix products' share of the ceiling:\n\n"
        + table(heads, rows)
    )


def sizes(results: dict[str, Any]) -> str:
    """Kilobytes to download."""
    columns = _present(NAMES, results["bytes"])
    rows = list[list[str]]()
    for name, of in results["bytes"].items():
        cells = [
            f"{of[c]['brotli'] / 1000:.1f} ({of[c]['raw'] / 1000:.1f})" if c in of else ""
            for c in columns
        ]
        rows.append([results["titles"][name], *cells])
    return "kB to download, brotli (raw), weights left out:\n\n" + table(
        ["", *columns.values()], rows
    )


def starts(results: dict[str, Any]) -> str:
    """Milliseconds to the first result."""
    columns = _present(NAMES, results["starts"])
    rows = [
        [
            results["titles"][name],
            *(f"{of[c] * 1000:.0f}" if c in of else "" for c in columns),
        ]
        for name, of in results["starts"].items()
    ]
    return "Milliseconds from navigation to the first result, median:\n\n" + table(
        ["", *columns.values()], rows
    )


def wrong(results: dict[str, Any]) -> str:
    """Who does not run, and why."""
    notes = [
        f"- {NAMES.get(contestant, contestant)}, {results['titles'][name]}: {entry['off']}"
        for name, of in results["workloads"].items()
        for contestant, entry in of.items()
        if isinstance(entry["off"], str)
    ]
    return "\n".join(notes)
