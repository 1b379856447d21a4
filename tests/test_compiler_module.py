"""A module as a whole: names are places, state is updated in place, outputs may alias anything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explorable.compiler import Entry, Module, compile_module
from explorable.engine import Instance, engine
from explorable.errors import ExplorableError
from explorable.graphs import Graph, Input, Node, Output, Type, Value
from explorable.trace import tensor_bytes, tensor_from_bytes, trace

FOUR = Type((4,), "float32")


def write(instance: Instance, **values: torch.Tensor) -> None:
    for name, value in values.items():
        instance.write(name, tensor_bytes(value)[1])


def read(instance: Instance, module: Module, name: str) -> torch.Tensor:
    return tensor_from_bytes(module.slot(name).type, instance.read(name))


def test_state_swaps() -> None:
    names = (Input("x", FOUR), Input("y", FOUR))
    swap = Graph(names, (), (), (Output("x", Value("y")), Output("y", Value("x"))))
    module = compile_module([Entry("swap", swap)], relaxed=False)
    instance, x, y = engine().load(module), torch.randn(4), torch.randn(4)
    write(instance, x=x, y=y)
    instance.run("swap")
    assert torch.equal(read(instance, module, "x"), y)
    assert torch.equal(read(instance, module, "y"), x)


def test_outputs_may_be_inputs_constants_and_each_other() -> None:
    def aliases(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        doubled = v["x"] * 2
        return {
            "same": v["x"], "twice": doubled, "again": doubled, "row": doubled[1:3],
            "fixed": torch.ones(3), "x": v["x"].flip(0), "z": v["z"], "turned": v["z"].conj(),
        }  # fmt: skip

    x, z = torch.randn(4), torch.randn(3, dtype=torch.complex64)
    module = compile_module([Entry("f", trace(aliases, {"x": x, "z": z}))], relaxed=False)
    instance = engine().load(module)
    write(instance, x=x, z=z)
    instance.run("f")
    for name, want in aliases({"x": x, "z": z}).items():
        assert torch.equal(read(instance, module, name), want.resolve_conj()), name


def test_entries_meet_in_slots_and_temporaries_overlap() -> None:
    x = torch.randn(64, 64)
    one = trace(lambda v: {"y": (v["x"] @ v["x"]).softmax(1) @ v["x"]}, {"x": x})
    other = trace(lambda v: {"z": (v["y"].cumsum(0) @ v["y"]).sum(1)}, {"y": x})
    module = compile_module([Entry("one", one), Entry("other", other)], relaxed=False)
    instance = engine().load(module)
    write(instance, x=x)
    instance.run("one")
    instance.run("other")
    y = (x @ x).softmax(1) @ x
    want = (y.cumsum(0) @ y).sum(1)
    assert (read(instance, module, "z") - want).abs().max() < 2e-5 * want.abs().max()
    slots = sum(slot.type.nbytes for slot in module.slots)
    assert module.memory < slots + 4 * 64 * 64 * 4 + (1 << 18)


def test_a_step_updates_its_state_in_place_and_shares_functions() -> None:
    def step(v: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        new: dict[str, torch.Tensor] = {}
        for k in range(6):
            momentum = 0.9 * v[f"m{k}"] + v[f"p{k}"].cos()
            new |= {f"m{k}": momentum, f"p{k}": v[f"p{k}"] - 0.1 * momentum}
        return new

    state = {f"{n}{k}": torch.randn(40) for n in "mp" for k in range(6)}
    module = compile_module([Entry("step", trace(step, state))], relaxed=False)
    assert module.c.count("FUNCTION BRIEF void k") == 1
    assert "temp" not in module.program
    instance = engine().load(module)
    write(instance, **state)
    for _ in range(3):
        instance.run("step")
        state = step(state)
    for name, want in state.items():
        assert torch.allclose(read(instance, module, name), want, atol=1e-5), name


def test_constants_are_folded_embedded_or_arrays() -> None:
    small, large = torch.arange(5.0), torch.randn(100)
    graph = trace(lambda v: {"y": v["x"] * small.sum() + large[:5] * small, "w": large @ large},
                  {"x": small})  # fmt: skip
    module = compile_module([Entry("f", graph)], relaxed=False)
    assert [a.type.size for a in module.arrays] == [100]
    instance = engine().load(module)
    write(instance, x=small)
    instance.run("f")
    want = small * small.sum() + large[:5] * small
    assert torch.allclose(read(instance, module, "y"), want)
    assert torch.allclose(read(instance, module, "w"), large @ large)


def test_scan_and_branches() -> None:
    body = Graph(
        (Input("in0", FOUR), Input("in1", FOUR)),
        (),
        (
            Node("a", "aten.add.Tensor", (Value("in0"), Value("in1")), (), (FOUR,)),
            Node("m", "aten.mul.Tensor", (Value("a"), Value("in0")), (), (FOUR,)),
        ),
        (Output("out0", Value("a")), Output("out1", Value("m"))),
    )
    rows = Type((9, 4), "float32")
    node = Node("s", "control.scan", ((Value("w"),), (Value("x"),), (), body), (), (FOUR, rows))
    graph = Graph(
        (Input("w", FOUR), Input("x", rows)), (), (node,),
        (Output("w", Value("s")), Output("y", Value("s", 1))),
    )  # fmt: skip
    module = compile_module([Entry("run", graph)], relaxed=False)
    instance, w, x = engine().load(module), torch.randn(4), torch.randn(9, 4)
    write(instance, w=w, x=x)
    instance.run("run")
    carry, ys = w, []
    for row in x:
        new = carry + row
        ys.append(new * carry)
        carry = new
    assert torch.allclose(read(instance, module, "w"), carry, atol=1e-6)
    assert torch.allclose(read(instance, module, "y"), torch.stack(ys), atol=1e-5)


def test_errors_name_the_op_the_slot_and_the_memory() -> None:
    node = Node("n", "aten.mystery.default", (Value("x"),), (), (FOUR,))
    graph = Graph((Input("x", FOUR),), (), (node,), (Output("y", Value("n")),))
    with pytest.raises(ExplorableError, match=r"no lowering for 'aten.mystery.default'"):
        compile_module([Entry("f", graph)])
    wide = Graph((Input("x", Type((4,), "uint64")),), (), (), (Output("y", Value("x")),))
    with pytest.raises(ExplorableError, match="no arithmetic for 'uint64'"):
        compile_module([Entry("f", wide)])
    big = trace(lambda v: {"y": v["x"].cumsum(0).flip(0).cumsum(0)}, {"x": torch.zeros(1000, 1000)})
    with pytest.raises(ExplorableError, match=r"the arena needs 12\.0 MB of 1\.0 MB; largest: x 4"):
        compile_module([Entry("f", big)], memory_limit=1 << 20)


PRINT_HASHES = """
import hashlib, torch
from explorable.compiler import Entry, compile_module
from explorable.trace import trace
graph = trace(lambda v: {"y": (v["x"] @ v["x"]).softmax(1).sum(0)}, {"x": torch.zeros(20, 20)})
module = compile_module([Entry("f", graph)])
print(*(hashlib.sha256(b).hexdigest() for b in (module.wasm, module.relaxed, module.c.encode())))
"""


@pytest.mark.slow
def test_the_same_bytes_from_any_folder_and_process(tmp_path: object) -> None:
    found: list[bytes] = []
    for number in range(2):
        folder = f"{tmp_path}/{number}"
        Path(folder).mkdir()
        environment = os.environ | {"EXPLORABLE_CACHE": folder, "PYTHONHASHSEED": str(number)}
        run = subprocess.run(
            [sys.executable, "-c", PRINT_HASHES], cwd=folder, env=environment, check=True,
            capture_output=True,
        )  # fmt: skip
        found.append(run.stdout)
    assert found[0] == found[1] and len(found[0].split()) == 3


def test_wasm_has_no_imports_and_no_custom_sections() -> None:
    graph = trace(lambda v: {"y": v["x"].tanh()}, {"x": torch.zeros(9)})
    module = compile_module([Entry("f", graph)])
    for data in (module.wasm, module.relaxed):
        assert data is not None
        kinds, at = [], 8
        while at < len(data):
            kinds.append(data[at])
            at, size, shift = at + 1, 0, 0
            while True:
                byte = data[at]
                at, size, shift = at + 1, size | (byte & 127) << shift, shift + 7
                if byte < 128:
                    break
            at += size
        assert 0 not in kinds and 2 not in kinds
