"""The workloads that have no gradients as ONNX models: by torch's own exporter, and by hand where
it has no form for a loop or for complex numbers."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper
from torch import nn
from workloads import Tree, Workload

OPSET = 18


class _Flat(nn.Module):
    """A workload with arguments in order."""

    def __init__(self, workload: Workload) -> None:
        super().__init__()
        self.workload = workload

    def forward(self, *given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        workload = self.workload
        state = dict(zip(workload.state, given, strict=False))
        inputs = dict(zip(workload.inputs, given[len(state) :], strict=True))
        after, outputs = workload.function(state, inputs)
        # One tensor under two names would be one output.
        return (*after.values(), *(value + 0 for value in outputs.values()))


def models(folder: Path, chosen: list[Workload]) -> None:
    """Write a model of each that ONNX Runtime has one for."""
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    for workload in chosen:
        file = folder / f"{workload.name}.onnx"
        if workload.name == "fft":
            onnx.save(_fft(), file)
        elif workload.name == "lms":
            onnx.save(_lms(workload.inputs), file)
        elif workload.name in ("transformer", "grid", "bodies", "gru", "tiny"):
            _export(workload, file)


def _export(workload: Workload, file: Path) -> None:
    given = (*workload.state.values(), *workload.inputs.values())
    _, outputs = workload.function(workload.state, workload.inputs)
    module: nn.Module = _Flat(workload)
    if workload.name == "tiny":
        given, module = (torch.tensor(1.0), torch.tensor([1.0, 0.5])), _Turn()
    names = [f"state_{n}" for n in workload.state] + [f"in_{n}" for n in workload.inputs]
    results = [f"next_{n}" for n in workload.state] + [f"out_{n}" for n in outputs]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            given,
            str(file),
            input_names=names,
            output_names=results,
            opset_version=OPSET,
            external_data=False,
            dynamo=True,
            verbose=False,
        )


class _Turn(nn.Module):
    """``tiny`` in real numbers."""

    def forward(self, theta: torch.Tensor, z: torch.Tensor) -> torch.Tensor:
        angle = theta * torch.linspace(0, 1, 64)
        c, s = torch.cos(angle), torch.sin(angle)
        return torch.stack([c * z[0] - s * z[1], s * z[0] + c * z[1]], -1)


def _model(nodes: list[Any], inputs: dict[str, Any], outputs: dict[str, Any], **more: Any) -> Any:
    def described(tensors: dict[str, Any]) -> list[Any]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in tensors.items()
        ]

    graph = helper.make_graph(nodes, "workload", described(inputs), described(outputs), **more)
    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _fft() -> Any:
    size = 4096
    shapes = [helper.make_tensor("batched", TensorProto.INT64, [3], [1, size, 2])]
    shapes.append(helper.make_tensor("flat", TensorProto.INT64, [2], [size, 2]))
    nodes = [
        helper.make_node("Reshape", ["in_z", "batched"], ["z"]),
        helper.make_node("DFT", ["z"], ["spectrum"], axis=1),
        helper.make_node("Reshape", ["spectrum", "flat"], ["out_spectrum"]),
    ]
    sizes = [size, 2]
    return _model(nodes, {"in_z": sizes}, {"out_spectrum": sizes}, initializer=shapes)


def _lms(inputs: Tree) -> Any:
    """The loop as a Scan over windows of the signal."""
    taps = 32
    samples = len(inputs["signal"]) - taps + 1
    hidden = torch.exp(-torch.arange(taps) / 6)

    def described(name: str, shape: list[int]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    body = helper.make_graph(
        [
            helper.make_node("Sub", ["hidden", "w"], ["left"]),
            helper.make_node("MatMul", ["x", "left"], ["error"]),
            helper.make_node("Mul", ["in_mu", "error"], ["step"]),
            helper.make_node("Mul", ["step", "x"], ["moved"]),
            helper.make_node("Add", ["w", "moved"], ["next"]),
        ],
        "sample",
        [described("w", [taps]), described("x", [taps])],
        [described("next", [taps]), described("error", [])],
    )
    places = torch.arange(samples)[:, None] + torch.arange(taps)
    constants = [
        helper.make_tensor("hidden", TensorProto.FLOAT, [taps], hidden.tolist()),
        helper.make_tensor("zeros", TensorProto.FLOAT, [taps], [0.0] * taps),
        helper.make_tensor("taps", TensorProto.INT64, [1, taps], list(range(taps))),
        helper.make_tensor("starts", TensorProto.INT64, [samples, 1], places[:, 0].tolist()),
    ]
    nodes = [
        helper.make_node("Add", ["starts", "taps"], ["places"]),
        helper.make_node("Gather", ["in_signal", "places"], ["windows"]),
        helper.make_node(
            "Scan", ["zeros", "windows"], ["out_w", "out_errors"], body=body, num_scan_inputs=1
        ),
    ]
    given = {"in_mu": [], "in_signal": [samples + taps - 1]}
    made = {"out_w": [taps], "out_errors": [samples]}
    return _model(nodes, given, made, initializer=constants)
