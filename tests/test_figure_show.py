"""Stills of calls, one-file pages, a notebook's pictures: what a figure shows outside of
`explorable build`."""

import base64
import hashlib
import html
import re
import xml.etree.ElementTree as ElementTree

import pytest
import torch

import explorable as ex
from explorable.figures.pictures import png

SVG = "{http://www.w3.org/2000/svg}"


@ex.figure(width=400)
def tilted(a=ex.slider(-1, 1), p=ex.point(0, 0), text=ex.text("ab", max=3)):
    """A line with a slope."""
    x = torch.linspace(-1, 1, 3)
    return ex.row(
        ex.plot(ex.curve(x, a * x, name="line"), ex.scatter(p), title=f"slope {a:.1f}"),
        ex.plot(ex.heatmap(torch.eye(2) * a, rows=["u", "v"], columns=text)),
    )


@ex.figure
def clouds(a=ex.slider(0, 1)):
    """A picture."""
    return ex.image(torch.linspace(0, 1, 2500).reshape(50, 50) * a)


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_call_shows_its_still_with_its_own_numbers():
    still = tilted(a=-0.5, text="xyz"[:2])
    shown = texts(still.svg())
    assert "slope -0.5" in shown
    assert {"u", "v", "x", "y"} <= set(shown)
    assert ElementTree.fromstring(still.svg(320)).attrib["width"] == "320"


def test_pictures_stand_inside_a_still():
    (image,) = ElementTree.fromstring(clouds(a=1).svg()).iter(f"{SVG}image")
    kind, data = image.attrib["href"].split(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")


def test_a_still_is_written_as_svg(tmp_path):
    tilted(a=0.5).save(tmp_path / "tilted.svg")
    assert "slope 0.5" in (tmp_path / "tilted.svg").read_text()


def test_one_file_needs_nothing_beside_it(tmp_path):
    tilted.save(tmp_path / "tilted.html")
    page = (tmp_path / "tilted.html").read_text()
    assert not re.search(r'(?:src|href)="(?!tilted-\w+\.json)[^"#]*\.\w+"', page)
    policy = html.unescape(re.search(r'Security-Policy" content="([^"]*)"', page)[1])
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "style=" not in page.split("<script>")[0].split("</style>")[1]


def test_one_file_is_live_in_the_browser(tmp_path, chromium):
    tilted.save(tmp_path / "tilted.html")
    page = chromium.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((tmp_path / "tilted.html").as_uri())
    page.wait_for_selector("explorable-figure input:enabled")
    line = page.evaluate(
        """async () => {
            const figure = document.querySelector("explorable-figure");
            await figure.set({ "tilted.a": 0.25 });
            return [...figure.outputs.line.data];
        }"""
    )
    x = torch.linspace(-1, 1, 3)
    assert torch.tensor(line).reshape(3, 2).allclose(torch.stack([x, 0.25 * x], -1))
    assert problems == []
    page.close()


@pytest.mark.parametrize("shown", [tilted, tilted(a=0.5)], ids=["figure", "still"])
def test_a_notebook_gets_a_picture(shown):
    bundle = shown._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "tilted" in bundle["text/plain"]


def test_opaque_pictures_have_no_alpha():
    opaque, clear = png(bytes([1, 2, 3, 255] * 6), 2, 3), png(bytes([1, 2, 3, 0] * 6), 2, 3)
    assert (opaque[25], clear[25]) == (2, 6)
