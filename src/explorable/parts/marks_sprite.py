"""Pictures out of a sheet of pictures: an image whose number is computed."""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

from typing import Any

from .marks import Mark, image
from .source import mistake


def sprite(
    sheet: Any,
    index: Any,
    *,
    tile: tuple[int, int] | None = None,
    x: tuple[float, float] | None = None,
    y: tuple[float, float] | None = None,
    columns: int | None = None,
    name: str | None = None,
) -> Mark:
    """The picture with a number, from a sheet of them; or several, in rows.

    >>> ex.sprite(phases, day % 30)                           # (n, h, w): picture number day % 30
    >>> ex.sprite(tiles, game.state["frame"], tile=(16, 16))  # cut out of one picture (H, W, 4)
    >>> ex.sprite(faces, dice, columns=5)                     # dice (5,): five of them

    sheet: (n, h, w), (n, h, w, 3) or (n, h, w, 4); with tile=(h, w) one picture (H, W), (H, W, 3)
    or (H, W, 4), cut in the order of reading. index: a whole number, or a tensor () or (k,) of
    them. x, y: the rectangle, in data units.
    """
    shape: tuple[Any, ...] = tuple(getattr(sheet, "shape", ()))
    if tile is not None:
        if not (isinstance(tile, tuple) and len(tile) == 2 and all(n > 0 for n in tile)):
            raise mistake(f"tile is (height, width) in pixels, got {tile!r}")
        if len(shape) not in (2, 3) or shape[0] % tile[0] or shape[1] % tile[1]:
            raise mistake(f"tiles of {tile[0]} x {tile[1]} do not fill a sheet of {shape}")
        (h, w), rest = tile, shape[2:]
        sheet = sheet.reshape(shape[0] // h, h, shape[1] // w, w, *rest)
        sheet = sheet.swapaxes(1, 2).reshape(-1, h, w, *rest)
        shape = tuple(sheet.shape)
    if len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] not in (3, 4)):
        raise mistake(
            f"a sheet is pictures (n, h, w), (n, h, w, 3) or (n, h, w, 4), got {shape}",
            fix="cut one picture with tile=(height, width)",
        )
    if isinstance(index, int) and not 0 <= index < shape[0]:
        raise mistake(f"picture {index} of a sheet of {shape[0]}")
    many: tuple[Any, ...] = tuple(getattr(index, "shape", ()))
    if len(many) > 1:
        raise mistake(f"index is one number, or (k,) of them, got shape {many}")
    return image(sheet[index], x=x, y=y, columns=columns if many else None, name=name)
