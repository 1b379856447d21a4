"""Closed-over tensors of one trace: met once, remembered with their bytes, named as the author
names them, and compared at the end, because a trace must not change the author's objects."""

# torch is only partly typed.
# pyright: reportUnknownArgumentType=false, reportPrivateUsage=false

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import fx
from torch._subclasses.fake_tensor import FakeTensor, unset_fake_temporarily
from torch.fx.experimental.proxy_tensor import PythonKeyTracer, disable_proxy_modes_tracing

from ..errors import ExplorableError, Line
from .lines import current_line, file_owner, frames
from .tensors import tensor_bytes
from .weights import as_stored


@dataclass
class Capture:
    """One closed-over tensor: ``tensor`` is a copy, ``original`` the author's own."""

    tensor: torch.Tensor
    original: torch.Tensor
    version: int
    data: bytes = field(repr=False)
    grad: torch.Tensor | None
    label: str
    line: Line | None


class Constants:
    """The closed-over tensors met while one function was traced, in order."""

    def __init__(self) -> None:
        self.captures: dict[str, Capture] = {}
        self._names: dict[int, str] = {}
        self._places: dict[tuple[object, ...], str] = {}
        self._alive: list[torch.Tensor] = []  # an id names a tensor only as long as it lives

    def node(self, tracer: PythonKeyTracer, tensor: torch.Tensor) -> fx.Node:
        """The ``get_attr`` node that stands for ``tensor`` in the graph being made."""
        if isinstance(tensor, FakeTensor):
            # A traced tensor of an enclosing graph, read in the body of a loop.
            name = f"outer_{id(tensor)}"
            setattr(tracer.root, name, tensor)
            return tracer.create_node("get_attr", name, (), {})
        name = self._names.get(id(tensor)) or self._capture(tensor)
        setattr(tracer.root, name, tensor)
        return tracer.create_node("get_attr", name, (), {})

    def _capture(self, tensor: torch.Tensor) -> str:
        with disable_proxy_modes_tracing(), unset_fake_temporarily():
            place = _place(tensor)
            name = self._places.get(place)
            if name is None:
                name = f"constant_{len(self.captures)}"
                self._places[place] = name
                _, data = tensor_bytes(tensor)
                label, line = find_label(tensor), current_line()
                self.captures[name] = Capture(
                    tensor=as_stored(tensor, label, line).detach().clone(),
                    original=tensor,
                    version=tensor._version,
                    data=data,
                    grad=tensor.grad if tensor.is_leaf else None,
                    label=label,
                    line=line,
                )
        self._names[id(tensor)] = name
        self._alive.append(tensor)
        return name

    def restore_gradients(self) -> None:
        """``backward()`` through a closed-over parameter left a traced tensor in its ``.grad``."""
        for capture in self.captures.values():
            if capture.original.is_leaf and isinstance(capture.original.grad, FakeTensor):
                capture.original.grad = capture.grad

    def check_unchanged(self) -> None:
        """The author's tensors have the bytes they had when the trace met them."""
        for capture in self.captures.values():
            if tensor_bytes(capture.original)[1] != capture.data:
                raise changes_constant(capture.label, capture.line)


def _place(tensor: torch.Tensor) -> tuple[object, ...]:
    return (
        tensor.untyped_storage().data_ptr() if tensor.numel() else id(tensor),
        tensor.storage_offset(),
        tuple(tensor.shape),
        tensor.stride(),
        tensor.dtype,
        tensor.is_conj(),
        tensor.is_neg(),
        tensor.requires_grad,
    )


def changes_constant(label: str, line: Line | None) -> ExplorableError:
    """The error for a write to a closed-over tensor."""
    if label.endswith(".num_batches_tracked"):
        # BatchNorm's counter comes first, but says less than the statistics that change with it.
        label = label.removesuffix("num_batches_tracked") + "running_mean"
    module = label.split(".")[0] if "." in label else ""
    is_buffer = label.rsplit(".", 1)[-1] in ("running_mean", "running_var", "num_batches_tracked")
    called = f" '{label}'" if label else ""
    if is_buffer:
        fix = f"call {module}.eval(), or return {module} from a simulation's init"
    elif module and label.endswith(".grad"):
        fix = f"call {module}.zero_grad() first, or return {module} from a simulation's init"
    elif module:
        fix = f"return {module} from a simulation's init"
    else:
        fix = "make a copy of it first (clone), or return it from a simulation's init"
    return ExplorableError("trace", f"figure changes the constant{called}", line=line, fix=fix)


def find_label(tensor: torch.Tensor) -> str:
    """What the author calls ``tensor``: searched in the variables of his functions on the stack."""
    fallback = ""
    for frame in frames(sys._getframe(1)):
        if file_owner(frame.f_code.co_filename) == "":
            continue
        for variables in (frame.f_locals, frame.f_globals):
            found = _find(tensor, variables)
            if found and not found.startswith("self."):
                return found
            fallback = fallback or found
    return fallback.removeprefix("self.")


def _find(tensor: torch.Tensor, variables: Mapping[str, Any]) -> str:
    for name, value in list(variables.items()):
        if not name.startswith("__"):
            for path, part in _tensors(name, value, depth=0):
                if part is tensor:
                    return path
                if part.is_leaf and part.grad is tensor:
                    return f"{path}.grad"
    return ""


def _tensors(path: str, value: Any, depth: int) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, torch.nn.Module):
        for part, parameter in value.named_parameters():
            yield f"{path}.{part}", parameter
        for part, buffer in value.named_buffers():
            yield f"{path}.{part}", buffer
    elif depth < 2 and isinstance(value, (tuple, list)) and len(cast("list[Any]", value)) <= 64:
        for k, part in enumerate(cast("list[Any]", value)):
            yield from _tensors(f"{path}.{k}", part, depth + 1)
    elif depth < 2 and type(value) is dict and len(cast("dict[Any, Any]", value)) <= 64:
        for key, part in cast("dict[Any, Any]", value).items():
            yield from _tensors(f"{path}.{key}", part, depth + 1)
