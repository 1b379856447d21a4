"""What the arrays of figures weigh, as they are and as bundles store them: raw, by gzip, by brotli;
and the weights of two trained networks in each dtype.

    python bench/arrays.py [gallery/digits.py ...]
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import brotli  # pyright: ignore[reportMissingTypeStubs] it has none
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

from explorable.compiler.module import Array
from explorable.es_module import Stored, as_they_are
from explorable.figures import load_file
from explorable.figures.build import compile_group
from explorable.figures.load import groups
from explorable.figures.stored import stored
from explorable.graphs import Type
from explorable.trace import coded

ROOT = Path(__file__).resolve().parents[1]
FILES = [ROOT / "gallery" / f"{name}.py" for name in ("digits", "attention", "flow", "fourier")]


def row(name: str, before: Iterable[Stored], after: Iterable[Stored]) -> str:
    """kB of both, each array packed by itself."""
    told: list[str] = []
    for arrays in (before, after):
        data = [array.data for array in arrays]
        packed = (data, [gzip.compress(d, 9) for d in data], [brotli.compress(d) for d in data])
        told += [f"{sum(map(len, files)) / 1000:.1f}" for files in packed]
    return f"| {name} | " + " | ".join(told) + " |"


def figures(file: Path) -> Iterable[str]:
    """A row for each group of a file."""
    for members in groups(load_file(file)):
        arrays = compile_group(members, lambda stage: None).module.arrays
        if arrays:
            name = ", ".join(figure.name for figure in members)
            yield row(name, map(as_they_are, arrays), map(partial(stored, weights=None), arrays))


def digits() -> nn.Module:
    """A network that reads handwritten digits."""
    data, target = load_digits(return_X_y=True)
    pictures, names = torch.tensor(data, dtype=torch.float32) / 16, torch.tensor(target)
    net = nn.Sequential(
        nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10)
    )
    return trained(net, lambda: F.cross_entropy(net(pictures), names), steps=300)


def letters() -> nn.Module:
    """A transformer that guesses the next letter of ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    known = {sign: k for k, sign in enumerate(sorted(set(text)))}
    ids = torch.tensor([known[sign] for sign in text])
    layer = nn.TransformerEncoderLayer(64, 4, 256, dropout=0, batch_first=True)
    net = nn.Sequential(
        nn.Embedding(len(known), 64), nn.TransformerEncoder(layer, 2), nn.Linear(64, len(known))
    )
    mask = nn.Transformer.generate_square_subsequent_mask(64)

    def loss() -> torch.Tensor:
        starts = torch.randint(0, len(ids) - 65, (16,))
        batch = torch.stack([ids[k : k + 65] for k in starts])
        guess = net[2](net[1](net[0](batch[:, :-1]), mask=mask))
        return F.cross_entropy(guess.flatten(0, 1), batch[:, 1:].flatten())

    return trained(net, loss, steps=60)


def trained(net: nn.Module, loss: Callable[[], torch.Tensor], steps: int) -> nn.Module:
    optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    return net


def weights(net: nn.Module, dtype: str) -> tuple[list[Stored], list[Stored]]:
    """As figures store them, and the same without another form than the dtype."""
    before: list[Stored] = []
    after: list[Stored] = []
    for parameter in net.parameters():
        numbers = parameter.detach().numpy()
        codes = coded(numbers) if dtype == "int8" else None
        if dtype == "float16":
            numbers = numbers.astype(np.float16).astype(np.float32)
        numbers = codes.numbers if codes else numbers
        array = Array("weight", 0, Type(numbers.shape, "float32"), numbers.tobytes())
        after.append(stored(array, weights=dtype))
        plain = as_they_are(array)
        if dtype == "float16":
            plain = Stored("float16", numbers.astype(np.float16).tobytes())
        before.append(after[-1] if codes else plain)
    return before, after


def main() -> None:
    print("| arrays of | raw kB | gzip | brotli | stored: raw | gzip | brotli |")
    print("|---|---|---|---|---|---|---|")
    for file in [Path(name) for name in sys.argv[1:]] or FILES:
        for told in figures(file):
            print(told, flush=True)
    torch.manual_seed(0)
    for name, net in (("a digits network", digits()), ("a small transformer", letters())):
        for dtype in ("float32", "float16", "int8"):
            print(row(f"{name}, {dtype}", *weights(net, dtype)), flush=True)


if __name__ == "__main__":
    main()
