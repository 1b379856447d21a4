"""A reader's hand on a page: the same strokes and taps by mouse or by finger."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

Place = tuple[float, float]


class Hand:
    """``touch``: fingers, sent to the browser as a touch screen does; else a mouse."""

    def __init__(self, page: Page, *, touch: bool) -> None:
        self.page = page
        self.touch = touch
        self._screen: Any = page.context.new_cdp_session(page) if touch else None

    def _finger(self, kind: str, at: Place | None) -> None:
        points = [] if at is None else [{"x": at[0], "y": at[1]}]
        self._screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(self, *places: Place, moves: int = 4) -> None:
        """Press at the first place, go along the others, let go."""
        (x, y), *others = places
        if self.touch:
            self._finger("touchStart", (x, y))
        else:
            self.page.mouse.move(x, y)
            self.page.mouse.down()
        for to in others:
            for k in range(1, moves + 1):
                at = (x + (to[0] - x) * k / moves, y + (to[1] - y) * k / moves)
                if self.touch:
                    self._finger("touchMove", at)
                else:
                    self.page.mouse.move(*at)
            x, y = to
        if self.touch:
            self._finger("touchEnd", None)
        else:
            self.page.mouse.up()

    def tap(self, *at: float) -> None:
        """A click, or a short touch."""
        if self.touch:
            self.page.touchscreen.tap(*at)
        else:
            self.page.mouse.click(*at)


def inside(element: Locator, across: float = 0.5, down: float = 0.5) -> Place:
    """A place in an element, as shares of its width and height."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box is not None
    return box["x"] + across * box["width"], box["y"] + down * box["height"]
