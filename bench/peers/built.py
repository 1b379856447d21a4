"""The folder that the browser is given: numbers, Explorable's modules, peers bundled with what they
import, and the ceiling."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch
from workloads import Workload

import explorable as ex
from explorable.compiler.build import STACK, build
from explorable.compiler.c import c_library
from explorable.compiler.module import Module
from explorable.es_module import array_files
from explorable.trace import tensor_bytes
from explorable.trace.tree import flatten

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from ceiling import ACCUMULATORS, MEMORY, PEAK_ROUNDS, peak

HERE = Path(__file__).resolve().parent
CEILING_FLOPS = 8 * ACCUMULATORS * PEAK_ROUNDS
"""Of one call of the ceiling."""


def encoded(tree: Any) -> Any:
    """A tree of tensors for ``decoded`` of measure.js."""
    if isinstance(tree, dict):
        return {key: encoded(inner) for key, inner in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [encoded(inner) for inner in tree]
    tensor = tree.detach()
    data = tensor.int() if tensor.dtype == torch.int64 else tensor
    return {
        "bytes": base64.b64encode(tensor_bytes(data.contiguous())[1]).decode(),
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
    }


def numbers(folder: Path, workload: Workload) -> dict[str, Any]:
    """What a page is given to begin with; writes the weights' file."""
    tensors, data = dict[str, Any](), bytearray()
    for name, weight in workload.weights.items():
        tensors[name] = {"shape": list(weight.shape), "start": len(data)}
        data += tensor_bytes(weight)[1]
    file = f"{workload.name}.weights"
    (folder / file).write_bytes(data)
    return {
        "state": encoded(workload.state),
        "inputs": encoded(workload.inputs),
        "weights": {"file": file, "tensors": tensors},
    }


def explorable(folder: Path, workload: Workload) -> dict[str, Any]:
    """Compile and save a workload; what ``alone`` of measure.js needs besides."""
    compiled = ex.compile(
        workload.function,
        workload.state,
        workload.inputs,
        state=bool(workload.state),
        relaxed=True,
    )
    place = folder / "built"
    compiled.save(place, name=workload.name)
    module = compiled.module
    files = dict[str, bytes]()
    arrays = array_files(module, f"{workload.name}-alone", files)
    files[f"{workload.name}-plain.wasm"] = module.wasm
    files[f"{workload.name}-relaxed.wasm"] = module.relaxed or module.wasm
    for name, data in files.items():
        (place / name).write_bytes(data)
    entry = (HERE / "explorable.js").read_text().replace("WORKLOAD", workload.name)
    (place / f"enter-{workload.name}.js").write_text(entry)
    paths = flatten((workload.state, workload.inputs))[0]
    slots = {s.name: [s.offset, s.type.dtype, list(s.type.shape)] for s in module.slots}
    return {
        "program": {"memory": module.memory, "slots": slots, "arrays": arrays},
        "paths": {f"in:{path}": _steps(path) for path in paths},
    }


def _steps(path: str) -> list[str]:
    side, *rest = path.split(".")
    return [("state", "inputs")[int(side)], *rest]


def ceiling(folder: Path) -> None:
    """The wasm of the ceiling, plain and relaxed."""
    head = "unsigned char arena[4096] __attribute__((aligned(64)));\n"
    head += "#define floats(i) ((float *)arena + (i))\n"
    init = '__attribute__((export_name("init"))) void entry_init(void) { floats(0)[0] = 0.1f; }'
    c = c_library(set()) + head + peak() + init
    plain, relaxed = build((c,), MEMORY, relaxed=True)
    assert relaxed is not None
    module = Module(plain.data, relaxed.data, (), (), ("peak",), MEMORY + STACK, "", c)
    (folder / "ceiling-plain.wasm").write_bytes(module.wasm)
    (folder / "ceiling-relaxed.wasm").write_bytes(relaxed.data)


def install() -> None:
    """The peers, beside this file; only where package.json is newer than what is there."""
    done, wanted = HERE / "node_modules" / ".package-lock.json", HERE / "package.json"
    if done.exists() and done.stat().st_mtime >= wanted.stat().st_mtime:
        return
    command = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=HERE, check=True)
    done.touch()


def bundled(folder: Path, contestant: str) -> list[str]:
    """Write a contestant's scripts, each with what it imports; which workloads it has."""
    sources = [p for p in sorted((HERE / contestant).glob("*.js")) if p.stem in NAMES]
    command = [
        str(HERE / "node_modules" / ".bin" / "esbuild"),
        *map(str, sources),
        "--bundle",
        "--minify",
        "--splitting",
        "--external:node:*",
        "--format=esm",
        "--log-level=error",
        f"--outdir={folder / contestant}",
    ]
    subprocess.run(command, check=True)
    for pattern in FILES.get(contestant, ()):
        for found in (HERE / "node_modules").glob(pattern):
            shutil.copy(found, folder / contestant)
    return [p.stem for p in sources]


NAMES = ("flow", "transformer", "grid", "lms", "fft", "bodies", "cnn", "gru", "tiny")
FILES: dict[str, tuple[str, ...]] = {
    "tfjs": ("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm*.wasm",),
    "ort": (
        "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
        "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
    ),
    "pyodide": ("pyodide/pyodide*.*", "pyodide/python_stdlib.zip"),
}
"""What a contestant fetches beside its scripts."""


def page(folder: Path, name: str, entry: str, data: dict[str, Any]) -> None:
    """A page that computes one result and says when it was there."""
    given = json.dumps({key: data[key] for key in ("state", "inputs", "weights")})
    reading = (HERE / "given.js").read_text().replace("export ", "")
    begin = f'import {{ prepare }} from "./{entry}";'
    if entry.startswith("built/"):
        # An author's own script imports the module of `save` itself.
        begin = (folder / entry).read_text().replace('"./', '"./built/').replace("export ", "")
    (folder / name).write_text(
        f"""<!doctype html><meta charset="utf-8"><title>{entry}</title>
<script type="module">
{begin}
{reading}
const made = await prepare(given({given}));
await made.call();
window.first = performance.now();
</script>
"""
    )
