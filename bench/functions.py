"""Nanoseconds per number of functions beyond arithmetic, in Chromium, plain and relaxed.

    python bench/functions.py                # this tree
    python bench/functions.py ../before/src  # beside another one's compiler, in turn

Each is compiled for 16,384 floats between -4 and 4 and called on them 60 times; the least of 40.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch.nn import functional as F

import explorable as ex

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))

from browser import chromium, serving  # noqa: E402  # pyright: ignore[reportMissingImports]

COUNT = 16_384
FUNCTIONS = {
    "exp": torch.exp,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "silu": F.silu,
    "elu": F.elu,
    "erf": torch.erf,
    "gelu": F.gelu,
    "softmax": lambda x: torch.softmax(x.view(64, -1), -1),
    "log": lambda x: torch.log(x.abs() + 0.1),
    "log1p": lambda x: torch.log1p(x.abs()),
    "softplus": F.softplus,
    "sin": torch.sin,
    "atan2": lambda x: torch.atan2(x, x + 1),
    "z^2": lambda x: (torch.complex(x, x + 1) ** 2).abs(),
    "z^3": lambda x: (torch.complex(x, x + 1) ** 3).abs(),
    "z^5": lambda x: (torch.complex(x, x + 1) ** 5).abs(),
}
PAGE = """<!doctype html><script type="module">
const open = async (place) => {
  const bytes = await (await fetch(`${place.file}.wasm`)).arrayBuffer();
  const { exports } = (await WebAssembly.instantiate(bytes, {})).instance;
  const numbers = new Float32Array(exports.memory.buffer, place.input, place.count);
  exports.init();
  numbers.forEach((_, k) => (numbers[k] = -4 + (8 * k) / place.count));
  return exports[place.entry];
};
window.time = async (places) => {
  const functions = await Promise.all(places.map(open));
  const best = places.map(() => Infinity);
  for (let round = 0; round < 40; round++)
    functions.forEach((f, k) => {
      const begun = performance.now();
      for (let call = 0; call < 60; call++) f();
      best[k] = Math.min(best[k], (1e6 * (performance.now() - begun)) / 60 / places[k].count);
    });
  return best;
};
</script>"""


def write(folder: Path) -> None:
    """The modules of this compiler, and where each has its input."""
    folder.mkdir()
    places = dict[str, object]()
    for name, function in FUNCTIONS.items():
        module = ex.compile(function, torch.linspace(-4, 4, COUNT), relaxed=True).module
        [given] = [slot for slot in module.slots if slot.name.startswith("in")]
        for kind, data in (("plain", module.wasm), ("relaxed", module.relaxed or module.wasm)):
            file = f"{folder.name}/{name}-{kind}"
            (folder.parent / f"{file}.wasm").write_bytes(data)
            places[f"{name}, {kind}"] = {
                "file": file,
                "entry": module.entries[0],
                "input": given.offset,
                "count": COUNT,
            }
    (folder / "places.json").write_text(json.dumps(places))


def main(sources: list[str]) -> None:
    """The table: a column for each tree."""
    with tempfile.TemporaryDirectory() as made:
        folders = [Path(made) / str(k) for k in range(len(sources) + 1)]
        for folder, source in zip(folders, [str(HERE.parent / "src"), *sources], strict=True):
            path = {**os.environ, "PYTHONPATH": str(Path(source).resolve())}
            subprocess.run([sys.executable, __file__, "--write", str(folder)], env=path, check=True)
        places = [json.loads((folder / "places.json").read_text()) for folder in folders]
        (Path(made) / "index.html").write_text(PAGE)
        print(f"| ns per number | {' | '.join(['this tree', *sources])} |")
        print("| --- |" + " --- |" * len(folders))
        with serving(Path(made)) as address, chromium() as browser:
            page = browser.new_page()
            page.goto(address)
            page.wait_for_function("() => window.time !== undefined")
            for name in places[0]:
                times = page.evaluate("places => time(places)", [place[name] for place in places])
                print(f"| {name} | {' | '.join(f'{t:.2f}' for t in times)} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]))
    else:
        main(sys.argv[1:])
