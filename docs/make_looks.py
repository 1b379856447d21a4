"""Makes docs/looks/*.webp, the pictures of docs/looks.md, from a built gallery.

explorable build gallery -o public && python docs/make_looks.py public
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from make_picture import HERE, trained
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(HERE.parent / "tests"))
from conftest import find_chromium
from reader import serving

FIGURES = (
    "warped", "attention", "digits", "descent", "matrix_map", "harmonics", "pendulum", "depth",
)  # fmt: skip
WINDOWS = ((360, "light"), (720, "light"), (720, "dark"))
MOST = 60_000
"""Bytes of one picture."""
TO_WEBP = """async (png) => {
  const blob = await (await fetch("data:image/png;base64," + png)).blob();
  const bitmap = await createImageBitmap(blob);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas.toDataURL("image/webp", 0.85).split(",")[1];
}"""


def webp(page: Page, png: bytes) -> bytes:
    return base64.b64decode(page.evaluate(TO_WEBP, base64.b64encode(png).decode()))


def main(folder: Path, names: list[str]) -> None:
    out = HERE / "looks"
    out.mkdir(exist_ok=True)
    with serving(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        press = browser.new_page()  # without our policy, which allows no data: to be fetched
        for width, scheme in WINDOWS:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            for name in names or FIGURES:
                picture = webp(press, trained(page, f"{url}{name}.html"))
                assert len(picture) <= MOST, f"{name}: {len(picture)} bytes at {width}"
                night = "-dark" if scheme == "dark" else ""
                (out / f"{name}-{width}{night}.webp").write_bytes(picture)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
