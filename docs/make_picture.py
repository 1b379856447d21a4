"""Makes docs/gallery.png, the picture of the README, from a built gallery.

explorable build gallery -o public && python docs/make_picture.py public
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))
from conftest import find_chromium  # noqa: E402  (the tests know how to find a browser)
from reader import LIVE, serving  # noqa: E402

STEPS = 400
SHEET = """
body { margin: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 16px; padding: 16px;
       background: #f4f4f1; }
img { width: 100%; display: block; border-radius: 8px; background: white; }
"""


def trained(page: Page, url: str) -> bytes:
    """A figure as it looks after some training."""
    page.goto(url)
    page.wait_for_selector(LIVE)
    if page.locator("[data-simulation]").count():
        page.locator("[data-do=play]").click()
        page.wait_for_function(
            """(n) => +document.querySelector("[data-simulation] output")
                .textContent.replace(/\\D/g, "") >= n""",
            arg=STEPS,
            timeout=120_000,
        )
        page.locator("[data-do=play]").click()
    return page.locator("explorable-figure").screenshot()


def main(folder: Path) -> None:
    with serving(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 900}, device_scale_factor=1.25)
        shots = folder / "picture"
        shots.mkdir(exist_ok=True)
        for name in ("warped", "digits", "ripples", "descent"):
            (shots / f"{name}.png").write_bytes(trained(page, f"{url}{name}.html"))
        page = browser.new_page(viewport={"width": 1100, "height": 700})  # without our policy
        left = "".join(f'<img src="{url}picture/{n}.png">' for n in ("warped", "ripples"))
        right = "".join(f'<img src="{url}picture/{n}.png">' for n in ("digits",))
        page.set_content(f"<style>{SHEET}</style><div>{left}</div><div>{right}</div>")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(HERE / "gallery.png"), full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
