"""Whole numbers that JavaScript cannot hold: given all the same, and an `error` event says so."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from authored import write_page
from reader import FIGURE, Reader, serving

SOURCE = """
@ex.figure
def powers(n=ex.integer(1, 40, value=20)):
    \"\"\"Powers of three.\"\"\"
    numbers = torch.tensor([[1, 3], [9, 27]]) * 3 ** torch.as_tensor(n)
    return ex.heatmap(numbers, name="numbers")
"""


def test_an_output_beyond_the_safe_range_is_told(chromium: Browser, tmp_path: Path) -> None:
    write_page(tmp_path, SOURCE)
    with serving(tmp_path) as url:
        reader = Reader(chromium).open(url)
        page = reader.page
        page.evaluate(
            f"""() => {{
              window.heard = [];
              {FIGURE}.addEventListener("error", ({{ detail }}) => window.heard.push(detail));
            }}"""
        )

        reader.set({"n": 30})
        assert page.evaluate("window.heard") == []
        for n in (33, 34):
            reader.set({"n": n})
        heard = page.evaluate("window.heard")
        given = reader.outputs()["numbers"]
        reader.set({"n": 5})
        reader.set({"n": 36})

        assert [detail["output"] for detail in heard] == ["numbers"]
        assert heard[0]["message"].startswith("output 'numbers' holds 16677181699666568, beyond")
        assert given["dtype"] == "int64"
        assert [float(x) for x in given["data"]] == [float(3**k) for k in (34, 35, 36, 37)]
        assert len(page.evaluate("window.heard")) == 2
        assert page.locator(".explorable-message").count() == 0
        assert reader.said == []
        reader.context.close()
