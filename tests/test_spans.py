"""State in spans of memory: a page knows fewer slots, and goes back and forth as before."""

from __future__ import annotations

import json
from typing import Any

import torch

import explorable as ex
from explorable.engine import engine
from explorable.figures.build import build, compile_group
from explorable.figures.figure import Figure
from explorable.figures.machine import Machine
from explorable.figures.spans import in_spans

torch.manual_seed(3)
X = torch.randn(16, 2)


def fitting() -> Figure:
    @ex.simulation(steps=200)
    def training(seed=ex.seed(0)):
        torch.manual_seed(seed)
        net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
        return net, torch.optim.Adam(net.parameters()), torch.zeros(3, dtype=torch.bool)

    @training.step
    def once(state, lr=ex.slider(1e-3, 1e-1, value=1e-2, scale="log")):
        net, opt, flags = state
        opt.param_groups[0]["lr"] = lr
        loss = (net(X).squeeze(-1) - X.prod(-1)).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        return (net, opt, ~flags), ex.record(loss=loss)

    @ex.figure
    def fit(training=training):
        """What the network gives, and its losses."""
        net, _, flags = training.state
        return ex.row(
            ex.plot(
                ex.bars(net(X).squeeze(-1), name="given"), ex.bars(flags.float(), name="flags")
            ),
            ex.plot(ex.curve(training.history["loss"])),
        )

    return fit


def test_a_page_goes_back_and_forth_as_with_a_slot_for_each_tensor() -> None:
    figure = fitting()
    (bundle,) = build([figure])
    compiled = compile_group([figure], lambda _: None)
    spec = json.loads(bundle.files[bundle.spec])
    slots, all_slots = spec["program"]["slots"], compiled.program["slots"]
    assert len([s for s in all_slots if s.startswith("state:")]) > 12
    assert [s for s in slots if s.startswith("state:")] == []
    drawn = [slot for slot in slots if slot.startswith(("draw:", "record:", "history:"))]
    assert len(drawn) >= 4

    def path(program: Any) -> list[list[bytes]]:
        machine = Machine(engine(), program, bundle.files)
        machine.settle()
        seen: list[list[bytes]] = []
        for step in (30, 11, 29, 8, 0, 30):
            if step > 29 and not seen:
                machine.advance("training", step)
            else:
                machine.engine.call("explorable.seek", machine.id, "training", step)
            machine.settle()
            seen.append([machine.data(slot) for slot in drawn])
        machine.close()
        return seen

    found = path(spec["program"])
    assert found == path(compiled.program)
    assert found[0] == found[-1] != found[1]


def test_spans_hold_all_of_the_state_and_nothing_else() -> None:
    def program() -> Any:
        # Offsets are multiples of 64; between b and c lies a slot of another kind.
        slots = {
            "state:run.a": [64, "float32", [3]],
            "state:run.b": [128, "bool", [5]],
            "value:v": [192, "float32", [2]],
            "state:run.c": [256, "int64", []],
            "state:run.d": [320, "float32", [40]],
            "state:run.read": [512, "float32", [4]],
            "state:run.e": [576, "float32", [1]],
            "state:run.moves": [640, "float32", [[9, "size"]]],
        }
        state = [slot for slot in slots if slot.startswith("state:")]
        return {"slots": slots, "nodes": [{"kind": "simulation", "name": "run", "state": state}]}

    before = program()
    after = in_spans(before, ["state:run.read"])

    assert before == program()
    assert after["slots"] == {
        "value:v": [192, "float32", [2]],
        "state:run.read": [512, "float32", [4]],
        "state:run.e": [576, "float32", [1]],
        "state:run.moves": [640, "float32", [[9, "size"]]],
        "span:run.0": [64, "float32", [(128 + 5 + 3 - 64) // 4]],
        "span:run.1": [256, "float32", [(320 + 160 - 256) // 4]],
    }
    (node,) = after["nodes"]
    assert sorted(node["state"]) == sorted(set(after["slots"]) - {"value:v"})
