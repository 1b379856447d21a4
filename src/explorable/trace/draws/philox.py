"""``explorable::bits``: Philox4x32-10 as ARCHITECTURE.md defines it, the one primitive of all
random numbers. Eagerly a vectorised numpy kernel; in a trace one node, ``random.bits``."""

# torch is only partly typed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)


def philox_bits(seed: int, step: int, ordinal: int, size: Sequence[int]) -> torch.Tensor:
    """Random words 0..2**32-1, int64 of ``size``; element e is word e % 4 of block e // 4.

    >>> philox_bits(seed=0, step=0, ordinal=0, size=[4])
    tensor([1713891541, 3781805453, 3159862348, 2600524760])

    ``seed``, ``step``: any int64; ``ordinal``: 0..2**32-1.
    """
    count = int(np.prod(size, dtype=np.int64))
    blocks = (count + 3) // 4
    word0 = np.arange(blocks, dtype=np.uint64) & _LOW
    word1 = np.full(blocks, ordinal & 0xFFFFFFFF, dtype=np.uint64)
    word2 = np.full(blocks, step & 0xFFFFFFFF, dtype=np.uint64)
    word3 = np.full(blocks, (step >> 32) & 0xFFFFFFFF, dtype=np.uint64)
    key = [seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF]
    for _ in range(10):
        first, second = _MULTIPLIERS[0] * word0, _MULTIPLIERS[1] * word2
        word0, word1, word2, word3 = (
            (second >> _SHIFT) ^ word1 ^ np.uint64(key[0]),
            second & _LOW,
            (first >> _SHIFT) ^ word3 ^ np.uint64(key[1]),
            first & _LOW,
        )
        key = [(key[k] + _WEYL[k]) & 0xFFFFFFFF for k in range(2)]
    words = np.stack([word0, word1, word2, word3], axis=1).reshape(-1)[:count]
    return torch.from_numpy(words.astype(np.int64)).reshape(tuple(size))


# Kept for the life of the process: the registration ends with the Library object.
_LIBRARY = torch.library.Library("explorable", "DEF")
_LIBRARY.define("bits(Tensor seed, Tensor step, int ordinal, SymInt[] size) -> Tensor")
_LIBRARY.define("bits.moving(Tensor seed, Tensor step, Tensor ordinal, SymInt[] size) -> Tensor")


@torch.library.impl(_LIBRARY, "bits", "CPU")
def _bits(seed: torch.Tensor, step: torch.Tensor, ordinal: int, size: list[int]) -> torch.Tensor:
    return philox_bits(int(seed), int(step), ordinal, size)


@torch.library.impl(_LIBRARY, "bits.moving", "CPU")
def _bits_moving(
    seed: torch.Tensor, step: torch.Tensor, ordinal: torch.Tensor, size: list[int]
) -> torch.Tensor:
    return philox_bits(int(seed), int(step), int(ordinal), size)


def _bits_fake(seed: object, step: object, ordinal: object, size: list[int]) -> torch.Tensor:
    return torch.empty(size, dtype=torch.int64)


for _name in ("explorable::bits", "explorable::bits.moving"):
    torch.library.register_fake(_name, _bits_fake, lib=_LIBRARY)


def bits(
    seed: torch.Tensor, step: torch.Tensor, ordinal: int | torch.Tensor, size: Sequence[int]
) -> torch.Tensor:
    """``philox_bits`` as a torch operation: runs eagerly, and is one node of a trace."""
    if isinstance(ordinal, torch.Tensor):
        return torch.ops.explorable.bits.moving(seed, step, ordinal, list(size))
    return torch.ops.explorable.bits.default(seed, step, ordinal, list(size))
