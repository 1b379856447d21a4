"""Channels of marks as the page wants them: positions float32 (..., n, 2), heights float32, values
as they are.

Runs in the author's function's trace, so the wasm delivers what the scene reads; and eagerly, for
the reference.
"""

from __future__ import annotations

from typing import Any, cast

import torch

from ...errors import ExplorableError
from ...parts.marks import Channel, Mark
from ..forms.arrays import as_tensors
from .fields import whole
from .samples import centres, counts, density_curve
from .space import spatial

VALUE_DTYPES = (torch.float32, torch.float64, torch.int32, torch.int64, torch.uint8, torch.bool)


def channel(mark: Mark, given: Channel) -> torch.Tensor:
    """The tensor of one channel, in the form that spec.d.ts promises for the mark's kind."""
    return attached(mark, given).detach()


def attached(mark: Mark, given: Channel) -> torch.Tensor:
    """As ``channel``, and still part of the graph of gradients it was computed in."""
    try:
        match given.form:
            case "positions":
                return _positions(mark, given.given)
            case "pairs":
                return _pairs(given.given)
            case "span":
                start, end = given.given
                return torch.stack(_broadcast(_places(start), _places(end)), -2).reshape(-1, 2, 2)
            case "arrow":
                return _arrow(given.given)
            case "area":
                return _low(given.given, _positions(mark, given.given[1:]))
            case "field":
                return _field(*given.given)
            case "vectors":
                return _vectors(given.given[0])
            case "each":
                return _each(given, _positions(mark, given.given[1:]))
            case "counts":
                return counts(_counted(given), *given.given[1:])
            case "bins":
                return centres(_counted(given), *given.given[1:])
            case "density":
                return density_curve(_counted(given), *given.given[1:])
            case "heights":
                return _heights(mark, given)
            case "labels":
                return _tensor(given.given[0]).to(torch.int64)
            case "edges":
                return _edges(given.given)
            case "along":
                return _along(given)
            case "joined":
                return _joined(given)
            case "notes":
                return _notes(mark, given.given)
            case "shade":
                return _shade(mark, given.given)
            case "mask":
                return _mask(mark, given.given)
            case "weights" | "pairwise":
                return _weights(given, _tensor(given.given[0]))
            case "space":
                found = spatial(mark.kind, given.given, _tensor)
                if isinstance(found, str):
                    raise Refused(found)
                return found
            case "pixels":
                return whole(mark)
            case "samples":
                return _samples(_tensor(given.given[0]))
            case "values":
                return _values(mark, _tensor(given.given[0]))
    except Refused as refused:
        raise ExplorableError("figure", f"{mark.kind}: {refused}", line=mark.line) from None


class Refused(Exception):  # noqa: N818  never leaves this file
    """What is wrong with a tensor, without the mark and its line."""


def _tensor(given: Any) -> torch.Tensor:
    given = as_tensors(given)
    try:
        tensor = given if isinstance(given, torch.Tensor) else torch.as_tensor(given)
    except (TypeError, ValueError, RuntimeError):
        raise Refused(f"draws tensors, got {type(given).__name__}") from None
    return tensor


def _shown(*tensors: torch.Tensor) -> str:
    return " and ".join(f"{str(t.dtype)[6:]} {tuple(t.shape)}" for t in tensors)


def _broadcast(first: torch.Tensor, second: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    both = cast("Any", torch.broadcast_tensors)(first, second)  # torch leaves it untyped
    return both[0], both[1]


def _places(given: tuple[Any, ...]) -> torch.Tensor:
    """(..., 2) float32 from complex (...), real (..., 2), or two real tensors."""
    tensors = [_tensor(g) for g in given]
    if len(tensors) == 2:
        if any(t.is_complex() for t in tensors):
            raise Refused(f"two tensors (x, y) are real, got {_shown(*tensors)}")
        try:
            x, y = _broadcast(*tensors)
        except RuntimeError:
            raise Refused(f"x and y do not fit: {_shown(*tensors)}") from None
        return torch.stack([x.to(torch.float32), y.to(torch.float32)], -1)
    (tensor,) = tensors
    if tensor.is_complex():
        return torch.stack([tensor.real, tensor.imag], -1).to(torch.float32)
    if tensor.ndim == 0 or tensor.shape[-1] != 2:
        raise Refused(
            "positions are complex (...), real (..., 2) or two tensors (x, y), "
            f"got {_shown(tensor)}"
        )
    return tensor.to(torch.float32)


def _positions(mark: Mark, given: tuple[Any, ...]) -> torch.Tensor:
    """(..., n, 2): one real (n,) is heights over 0..n-1, but two numbers are a place where dots are
    drawn."""
    if len(given) == 1:
        tensor = _tensor(given[0])
        line = not tensor.is_complex() and tensor.ndim == 1
        dots = mark.kind in ("scatter", "label")
        if line and dots and isinstance(tensor.shape[0], torch.SymInt):
            raise Refused(
                "a length that moves is a place where it is two, and heights where it is not; "
                f"give both: ex.{mark.kind}(torch.arange(y.shape[0]), y)"
            )
        if line and not (dots and tensor.shape[0] == 2):
            over = torch.arange(tensor.shape[0], dtype=torch.float32)
            return torch.stack([over, tensor.to(torch.float32)], -1)
    places = _places(given)
    if mark.kind == "mesh" and places.ndim != 3:
        raise Refused(f"a grid is (rows, columns, 2), got {tuple(places.shape)}")
    return places if places.ndim > 1 else places[None]


def _pairs(given: tuple[Any, ...]) -> torch.Tensor:
    """(n, 2, 2): from and to."""
    if len(given) == 2:
        start, end = _broadcast(_places(given[:1]), _places(given[1:]))
        pairs = torch.stack([start, end], -2)
    else:
        pairs = _places(given)
        if pairs.ndim < 2 or pairs.shape[-2] != 2:
            raise Refused(f"segments are (..., 2, 2), from and to, got {tuple(pairs.shape)}")
    return pairs.reshape(-1, 2, 2)


def _arrow(given: tuple[Any, ...]) -> torch.Tensor:
    """(n, 2, 2): from the origin, or from the first place along the second."""
    vector = _places(given[-1:])
    start = torch.zeros_like(vector) if len(given) == 1 else _places(given[:1])
    start, vector = _broadcast(start, vector)
    return torch.stack([start, start + vector], -2).reshape(-1, 2, 2)


def _low(given: tuple[Any, ...], upper: torch.Tensor) -> torch.Tensor:
    low = _tensor(given[0])
    if low.is_complex() or low.ndim > upper.ndim - 1:
        return _places(given[:1])
    heights = torch.broadcast_to(low.to(torch.float32), upper.shape[:-1])
    return torch.stack([upper[..., 0], heights], -1)


def _each(given: Channel, positions: torch.Tensor) -> torch.Tensor:
    """One number for each position."""
    tensor = _tensor(given.given[0])
    if tensor.is_complex():
        raise Refused(f"{given.slot} are real, got {_shown(tensor)}")
    try:
        return torch.broadcast_to(tensor.to(torch.float32), positions.shape[:-1])
    except RuntimeError:
        raise Refused(
            f"{given.slot} are one number for each of {tuple(positions.shape[:-1])} positions, "
            f"got {_shown(tensor)}"
        ) from None


LONGEST = 0.9  # of the distance between the arrows of a field


def _vectors(given: Any) -> torch.Tensor:
    """(rows, columns, 2)."""
    vectors = _places((given,))
    if vectors.ndim != 3 or min(vectors.shape[:2]) < 2:
        raise Refused(
            "a field is (rows, columns, 2), or complex (rows, columns), of at least two each, "
            f"got {_shown(_tensor(given))}"
        )
    return vectors


def _field(given: Any, x: Any, y: Any, even: bool, scale: Any = None) -> torch.Tensor:
    """(n, 2, 2): from and to, the arrows' middles on the grid; lengths that suit the grid, or
    ``scale`` times the vectors."""
    vectors = _vectors(given)
    rows, columns = vectors.shape[:2]
    across, up = torch.linspace(x[0], x[1], columns), torch.linspace(y[0], y[1], rows)
    grid = torch.stack([across.expand(rows, columns), up[:, None].expand(rows, columns)], -1)
    cell = torch.tensor([(x[1] - x[0]) / (columns - 1), (y[1] - y[0]) / (rows - 1)])
    sizes = (vectors / cell).square().sum(-1, keepdim=True).sqrt()
    if scale is not None:
        drawn = vectors * scale
    else:
        known = sizes.where(sizes.isfinite(), 0.0)
        longest = known if even else known.amax()
        drawn = vectors * (LONGEST / longest.where(longest > 0, 1.0))
    return torch.stack([grid - drawn / 2, grid + drawn / 2], -2).reshape(-1, 2, 2)


def _counted(given: Channel) -> torch.Tensor:
    samples = _tensor(given.given[0])
    if samples.is_complex() or samples.dtype == torch.bool:
        raise Refused(f"samples are real numbers, got {_shown(samples)}")
    return samples


def _heights(mark: Mark, given: Channel) -> torch.Tensor:
    tensor = _tensor(given.given[0])
    most = 2 if given.slot == "heights" else 1
    if tensor.is_complex() or not 1 <= tensor.ndim <= most:
        wanted = "(n,) or (groups, n)" if most == 2 else "(n,)"
        raise Refused(f"{given.slot} are real {wanted}, got {_shown(tensor)}")
    return tensor.to(torch.float32)


def _samples(tensor: torch.Tensor) -> torch.Tensor:
    if not tensor.is_floating_point():
        raise Refused(
            f"samples are floats from -1 to 1, got {_shown(tensor)}; divide whole numbers by the "
            "largest they may be"
        )
    if not (tensor.ndim == 1 or (tensor.ndim == 2 and tensor.shape[0] == 2)):
        raise Refused(f"samples are (n,), or (2, n) for left and right, got {tuple(tensor.shape)}")
    return tensor.to(torch.float32)


def _weights(given: Channel, tensor: torch.Tensor) -> torch.Tensor:
    least = 2 if given.form == "pairwise" else 1
    if tensor.is_complex() or not least <= tensor.ndim <= 2:
        wanted = "(n, n) where arcs are drawn" if least == 2 else "(n,) or (n, n)"
        raise Refused(f"weights are real {wanted}, got {_shown(tensor)}")
    return tensor.to(torch.float32)


def _values(mark: Mark, tensor: torch.Tensor) -> torch.Tensor:
    if tensor.is_complex():
        raise Refused(f"values are real, got {_shown(tensor)}; draw .abs(), .real or .angle()")
    if mark.kind == "image":
        coloured = tensor.shape[-1] in (3, 4) if tensor.ndim else False
        if tensor.ndim not in (2, 3, 4) or (tensor.ndim == 4 and not coloured):
            raise Refused(
                "a picture is (h, w), (h, w, 3) or (h, w, 4), several are one dimension more, "
                f"got {tuple(tensor.shape)}"
            )
        several = tensor.ndim == 4 or (tensor.ndim == 3 and not coloured)
        if not several and tensor.ndim == 2 and {"across", "labels"} & mark.options.keys():
            raise Refused(
                f"columns= and labels= are of several pictures, got {tuple(tensor.shape)}"
            )
        return tensor if tensor.dtype == torch.uint8 else tensor.to(torch.float32)
    if tensor.ndim == 1 and mark.kind == "heatmap":
        tensor = tensor[None]
    if tensor.ndim == 1 and mark.kind == "matrix":
        tensor = tensor[:, None]
    if tensor.ndim != 2:
        raise Refused(f"values are (rows, columns), got {tuple(tensor.shape)}")
    if mark.kind == "board" and (tensor.is_floating_point() or tensor.dtype == torch.bool):
        raise Refused(f"the cells of a board are whole numbers, got {_shown(tensor)}; use .long()")
    if mark.kind == "contour":
        return tensor.to(torch.float32)
    return tensor if tensor.dtype in VALUE_DTYPES else tensor.to(torch.float32)


def _mask(mark: Mark, given: tuple[Any, ...]) -> torch.Tensor:
    """(rows, columns) bool, from what broadcasts to the cells of the mark."""
    mask, cells = _tensor(given[0]), _values(mark, _tensor(given[1]))
    if mask.is_complex():
        raise Refused(f"highlight is bool, got {_shown(mask)}")
    try:
        return torch.broadcast_to(mask.to(torch.bool), cells.shape)
    except RuntimeError:
        raise Refused(
            f"highlight {tuple(mask.shape)} does not fit the cells {tuple(cells.shape)}"
        ) from None


def _notes(mark: Mark, given: tuple[Any, ...]) -> torch.Tensor:
    """(rows, columns, k) bool, over the cells of a board."""
    notes, cells = _tensor(given[0]), _values(mark, _tensor(given[1]))
    if notes.is_complex() or notes.ndim != 3 or notes.shape[:2] != cells.shape:
        raise Refused(
            f"notes are bool (rows, columns, k), got {_shown(notes)} for cells {tuple(cells.shape)}"
        )
    return notes.to(torch.bool)


def _shade(mark: Mark, given: tuple[Any, ...]) -> torch.Tensor:
    """(rows, columns) float32, under the cells of a board."""
    shade, cells = _tensor(given[0]), _values(mark, _tensor(given[1]))
    if shade.is_complex() or shade.shape != cells.shape:
        raise Refused(
            f"shade is real, one number per cell {tuple(cells.shape)}, got {_shown(shade)}"
        )
    return shade.to(torch.float32)


def _edges(given: tuple[Any, ...]) -> torch.Tensor:
    """(m, 2) int64: the numbers of two nodes."""
    edges = _tensor(given[0])
    if edges.is_complex() or edges.is_floating_point() or edges.ndim != 2 or edges.shape[1] != 2:
        raise Refused(f"edges are whole numbers (m, 2), got {_shown(edges)}")
    return edges.to(torch.int64)


def _along(given: Channel) -> torch.Tensor:
    """One number, or one yes and no, for each edge."""
    tensor, edges = _tensor(given.given[0]), _edges(given.given[1:])
    kind = torch.bool if given.slot == "path" else torch.float32
    if tensor.is_complex() or tensor.shape != edges.shape[:1]:
        raise Refused(
            f"{given.slot} is one number for each of {edges.shape[0]} edges, got {_shown(tensor)}"
        )
    return tensor.to(kind)


def _joined(given: Channel) -> torch.Tensor:
    """The numbers of several tensors, one after the other."""
    count, *parts = given.given
    tensors = [_tensor(part) for part in parts]
    if any(t.is_complex() for t in tensors) or sum(t.numel() for t in tensors) != count:
        raise Refused(f"{given.slot} are {count} real numbers in all, got {_shown(*tensors)}")
    return torch.cat([t.reshape(-1).to(torch.float32) for t in tensors])
