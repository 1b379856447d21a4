"""Arrays as they stand in a bundle's files: smaller where that packs better, and the same bits when
the page has read them."""

import json
import zlib
from typing import Any

import brotli  # pyright: ignore[reportMissingTypeStubs] it has none
import numpy as np
import pytest
import torch

import explorable as ex
from explorable.compiler.module import Array
from explorable.engine import engine
from explorable.figures.build import build
from explorable.figures.machine import Machine
from explorable.figures.stored import in_planes, stored
from explorable.graphs import Type
from explorable.link import link

t = np.linspace(0, 3, 2000, dtype=np.float32)
grid = np.stack(np.meshgrid(t[:60], t[:50]), -1)
noise = np.random.default_rng(3)
ARRAYS: dict[str, tuple[str, Any, Any]] = {
    # The dtype in the file, and a word that the form has; "" for none.
    "time": ("float32", t, "apart"),
    "wave": ("float32", np.sin(9 * t), "planes"),
    "places": ("float32", grid, "apart"),
    "circle": ("complex64", np.exp(1j * t).astype(np.complex64), "apart"),
    "noise": ("float32", noise.normal(size=(40, 40)).astype(np.float32), "planes"),
    "mask": ("uint8", np.tril(np.ones((40, 40), np.float32)), None),
    "labels": ("uint8", noise.integers(0, 10, 900), ""),
    "below zero": ("int8", noise.integers(-10, 10, 900), ""),
    "days": ("int32", 1_700_000_000 + 86_400 * np.arange(300), "apart"),
    "longer": ("int64", np.int64(2) ** 60 + 3 * np.arange(300), "apart"),
    "doubles": ("float64", np.linspace(0, 1, 300), "apart"),
    "empty": ("float32", np.zeros((0, 3), np.float32), ""),
    "two": ("float32", np.array([0.1, 0.2], np.float32), ""),
    "bits": ("float32", np.array([-0.0, np.nan, np.inf] * 40, np.float32), None),
}


def array_of(numbers: np.ndarray) -> Array:
    return Array("a", 0, Type(numbers.shape, numbers.dtype.name), numbers.tobytes())


@pytest.mark.parametrize("name", ARRAYS)
def test_a_form_that_packs_better_or_none(name: str) -> None:
    dtype, numbers, form = ARRAYS[name]
    array = array_of(numbers)

    found = stored(array, weights=None)

    assert found.dtype == dtype
    said = f"{'apart' if found.apart else ''} {'planes' if found.planes else ''}".strip()
    assert form is None or (form in said if form else not said)
    if found.data != array.data:
        assert len(brotli.compress(found.data)) < len(brotli.compress(array.data))
        assert len(zlib.compress(found.data)) < len(zlib.compress(array.data))


def test_bytes_in_planes() -> None:
    assert in_planes(b"abcdABCD1234", 4) == b"aA1bB2cC3dD4"


def test_the_page_reads_the_same_bits() -> None:
    """The runtime's own loader, given what the build wrote, fills memory with the arrays' bytes."""
    memory, file, listed, wanted = 0, bytearray(), list[Any](), list[tuple[int, bytes]]()
    for _, numbers, _ in ARRAYS.values():
        found = stored(array_of(numbers), weights=None)
        file += bytes(-len(file) % 16)
        slot = [memory, numbers.dtype.name, list(numbers.shape)]
        form = {"apart": found.apart, "planes": found.planes}
        listed.append(
            {"slot": slot, "file": "f", "stored": found.dtype, "start": len(file), **form}
        )
        file += found.data
        wanted.append((memory, numbers.tobytes()))
        memory += -(-numbers.nbytes // 16) * 16
    machine = engine()
    machine.once(link("core/arrays.js", name="loader").text, name="the loader")

    got = machine.evaluate(
        f"""(() => {{
          const buffer = new ArrayBuffer({memory}), file = new Uint8Array({list(file)});
          for (const array of {json.dumps(listed)}) loader.load(buffer, array, file);
          return JSON.stringify(Array.from(new Uint8Array(buffer)));
        }})()"""
    )

    read = bytes(json.loads(str(got)))
    for start, data in wanted:
        assert read[start : start + len(data)] == data


def test_a_figure_s_arrays_are_packed_and_right() -> None:
    """Verification reads the published files with the page's own code; fewer bytes are fetched."""
    times = torch.linspace(0, 1, 3000)
    labels = torch.arange(600) % 7

    @ex.figure
    def wave(rate=ex.slider(1, 9, value=3.0)):
        """A wave over three thousand moments."""
        return ex.row(ex.curve(times, torch.sin(rate * times)), ex.bars(labels * rate))

    (bundle,) = build([wave])
    spec = json.loads(bundle.files[bundle.spec])
    forms = {a["slot"][1]: a for a in spec["program"]["arrays"]}
    sizes = [len(brotli.compress(data)) for f, data in bundle.files.items() if f.endswith(".bin")]

    assert forms["float32"]["apart"] == 1
    assert forms["int64"]["stored"] == "uint8"
    assert sum(sizes) < 900 < len(brotli.compress(times.numpy().tobytes()))
    machine = Machine(engine(), spec["program"], bundle.files)
    machine.settle()
    machine.close()
