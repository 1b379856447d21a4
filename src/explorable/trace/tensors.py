"""Tensors as bytes and back: the form of constants, slots and files. Types by their names."""

from __future__ import annotations

import torch

from ..graphs import DTYPES, Type

NAME_OF: dict[torch.dtype, str] = {getattr(torch, name): name for name in DTYPES}
DTYPE_OF: dict[str, torch.dtype] = {name: dtype for dtype, name in NAME_OF.items()}


def dtype_name(dtype: torch.dtype) -> str:
    """``torch.float32`` -> ``"float32"``; a dtype without a name of ours keeps torch's."""
    return NAME_OF.get(dtype, str(dtype).removeprefix("torch."))


def tensor_type(tensor: torch.Tensor) -> Type:
    """Shape and dtype of a tensor."""
    return Type(tuple(int(extent) for extent in tensor.shape), dtype_name(tensor.dtype))


def type_of(value: object) -> Type | None:
    """Shape and dtype of a tensor that asks for no gradient; None of anything else."""
    if not isinstance(value, torch.Tensor) or value.requires_grad:
        return None
    return tensor_type(value)


def tensor_bytes(tensor: torch.Tensor) -> tuple[Type, bytes]:
    """Type and C-contiguous little-endian bytes: complex interleaved, bool one byte each.

    >>> tensor_bytes(torch.tensor([1.0, 2.0]))
    (Type(shape=(2,), dtype='float32'), b'...')
    """
    plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    # Not contiguous(): it leaves one expanded number its stride of 0.
    plain = plain.clone(memory_format=torch.contiguous_format)
    flat = (
        plain.reshape(-1).view(torch.uint8) if plain.numel() else torch.empty(0, dtype=torch.uint8)
    )
    return tensor_type(tensor), flat.numpy().tobytes()


def as_dtype(tensor: torch.Tensor, dtype: str) -> torch.Tensor:
    """``tensor`` in the dtype of this name; itself where it has it."""
    return tensor.to(DTYPE_OF[dtype])


def tensor_from_bytes(type: Type, data: bytes) -> torch.Tensor:
    """The tensor whose ``tensor_bytes`` are ``type`` and ``data``; owns its memory."""
    if type.size == 0:
        return torch.empty(type.shape, dtype=DTYPE_OF[type.dtype])
    flat = torch.frombuffer(bytearray(data), dtype=DTYPE_OF[type.dtype])
    return flat.reshape(type.shape)
