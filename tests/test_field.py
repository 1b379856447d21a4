"""Fields: every pixel of the screen equals torch at its place, sharp at rest, at any resolution."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy
import pytest
import torch
from playwright.sync_api import Browser, Page

import explorable as ex
from authored import write_page
from explorable.errors import ExplorableError
from explorable.figures.build import build
from explorable.figures.pictures import png
from explorable.link import link, unneeded
from reader import LIVE, POLICY, Reader, serving

SOURCE = """
@ex.value
def waves(k=ex.slider(1, 4, value=2)):
    return k * torch.tensor([1.0, 1.5, 2.0])

@ex.figure
def sheet(waves=waves, turn=ex.slider(0, 3, value=0.5), grey=ex.toggle()):
    \"\"\"Waves in three colours, or one of them in grey.\"\"\"
    def colour(x, y):
        across = x * torch.cos(turn) + y * torch.sin(turn)
        found = 0.5 + 0.5 * torch.sin(waves * across[..., None] + y[..., None])
        return found[..., 0] if grey else found
    return ex.plot(ex.field(colour, x=(-2, 2), y=(-1, 1), name="shown"), axes=False, aspect=2)
"""
X, Y = (-2, 2), (-1, 1)
# Every channel of a pixel is off by at most so many 255ths: its middle may be half a pixel away.
ROUNDED = 6


def expected(columns: int, rows: int, k: float = 2, turn: float = 0.5, grey: bool = False) -> Any:
    x = X[0] + (torch.arange(columns) + 0.5) * (X[1] - X[0]) / columns
    y = Y[1] - (torch.arange(rows) + 0.5) * (Y[1] - Y[0]) / rows
    angle = torch.tensor(turn)
    across = x * torch.cos(angle) + y[:, None] * torch.sin(angle)
    frequencies = k * torch.tensor([1.0, 1.5, 2.0])
    found = 0.5 + 0.5 * torch.sin(frequencies * across[..., None] + y[:, None, None])
    found = found[..., :1].expand(-1, -1, 3) if grey else found
    return (255 * found).numpy()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = tmp_path_factory.mktemp("field")
    write_page(made, SOURCE)
    with serving(made, policy=f"{POLICY}; img-src 'self' data:") as address:
        yield address


# The data area on the canvas: the margin of a plot without axes is 4 px.
PIXELS = """() => {
  const canvas = document.querySelector(".explorable-live canvas");
  const { width, height } = canvas;
  const shown = canvas.getBoundingClientRect();
  const still = [...document.querySelectorAll(".explorable-still > svg")]
    .find((svg) => svg.getClientRects().length);
  const ratio = width / Number(still.getAttribute("viewBox").split(" ")[2]);
  const edge = 4 * ratio;
  const [left, top] = [Math.round(edge), Math.round(edge)];
  const across = Math.round(width - 2 * edge);
  const up = Math.round(height - 2 * edge);
  const { data } = canvas.getContext("2d").getImageData(left, top, across, up);
  let text = "";
  for (let i = 0; i < data.length; i += 8192)
    text += String.fromCharCode(...data.subarray(i, i + 8192));
  return { columns: across, rows: up, data: btoa(text), painted: window.painted };
}"""


# How fine the last picture was that came.
PAINTED = """
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...at) {
    window.painted = [image.height, image.width];
    putImageData.call(this, image, ...at);
  };
"""


def pixels(page: Page) -> tuple[Any, bool]:
    """The data area, and whether there was a pixel computed for each of the screen."""
    found = page.evaluate(PIXELS)
    fine = abs(numpy.subtract(found["painted"], [found["rows"], found["columns"]])).max() <= 1
    data = numpy.frombuffer(base64.b64decode(found["data"]), numpy.uint8)
    return data.reshape(found["rows"], found["columns"], 4)[..., :3].astype(float), fine


def check_sharp(page: Page, **settings: Any) -> None:
    """The picture becomes that of torch, pixel for pixel; edges of the data area aside."""
    off = 255.0
    for _ in range(30):
        found, fine = pixels(page)
        rows, columns, _ = found.shape
        off = abs(found - expected(columns, rows, **settings))[2:-2, 2:-2].max()
        if fine and off <= ROUNDED:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"a pixel is off by {off:.1f} of 255")


@pytest.mark.parametrize(("ratio", "width"), [(1, 1000), (2, 390)])
def test_at_rest_every_pixel_of_the_screen_is_torchs(
    chromium: Browser, url: str, ratio: int, width: int
) -> None:
    viewport: Any = {"width": width, "height": 900}
    context = chromium.new_context(device_scale_factor=ratio, viewport=viewport)
    page = context.new_page()
    page.add_init_script(PAINTED)
    page.goto(f"{url}index.html")
    page.wait_for_selector(LIVE)

    check_sharp(page)
    context.close()


def opened(chromium: Browser, url: str, before: str = "") -> Reader:
    reader = Reader(chromium)
    reader.page.add_init_script(PAINTED + before)
    return reader.open(f"{url}index.html")


def test_it_follows_controls_and_the_window(chromium: Browser, url: str) -> None:
    reader = opened(chromium, url)
    reader.set({"k": 3.5, "turn": 2.0})
    check_sharp(reader.page, k=3.5, turn=2.0)
    reader.set({"grey": True})
    check_sharp(reader.page, k=3.5, turn=2.0, grey=True)
    reader.page.set_viewport_size({"width": 640, "height": 900})
    check_sharp(reader.page, k=3.5, turn=2.0, grey=True)

    shown = reader.outputs()["shown"]
    assert shown["shape"] == [64, 64]
    # The browser says something of reading pixels back, which this test alone does.
    assert [said for said in reader.said if "getImageData" not in said] == []
    reader.context.close()


def test_without_a_worker_it_is_as_sharp(chromium: Browser, url: str) -> None:
    reader = opened(chromium, url, "delete globalThis.Worker;")
    reader.set({"turn": 1.0})

    check_sharp(reader.page, turn=1.0)
    reader.context.close()


def test_while_a_control_moves_there_is_always_a_picture(chromium: Browser, url: str) -> None:
    reader = opened(chromium, url)
    slider = reader.page.locator("[data-control$=turn] input")
    slider.focus()
    for _ in range(12):
        reader.page.keyboard.press("ArrowRight")
        found, _ = pixels(reader.page)
        assert found.std() > 20, "a picture, not one colour"
    (turn,) = [c["value"] for name, c in reader.controls().items() if name.endswith("turn")]
    check_sharp(reader.page, turn=turn)
    reader.context.close()


def test_the_still_is_a_picture_in_its_place(chromium: Browser, url: str) -> None:
    reader = Reader(chromium, scripts=False)
    reader.page.goto(f"{url}index.html")
    assert reader.page.locator(".explorable-still svg:visible image").count() == 1
    reader.context.close()


def field(function: Any) -> ex.figure:
    return ex.figure(lambda: ex.field(function, x=(0, 1), y=(0, 1), name="f"))


def test_in_python_it_is_a_grid_and_a_still() -> None:
    drawn = field(lambda x, y: x * y)()

    found = drawn.outputs["f"]
    assert found.shape == (64, 64)
    assert found[0, 0] == pytest.approx((0.5 / 64) * (63.5 / 64))
    assert "data:image/png" in drawn.svg(360)


@pytest.mark.parametrize(
    ("function", "fact"),
    [
        (lambda x, y: torch.complex(x, y), "complex numbers"),
        (lambda x, y: x.sum(), r"gives \(64, 64\) or \(64, 64, 3\), got \(\)"),
        (lambda x, y: torch.stack([x, y]), r"got \(2, 64, 64\)"),
        (lambda x, y: None, "gives a tensor, got NoneType"),
    ],
)
def test_what_a_function_may_not_give(function: Any, fact: str) -> None:
    with pytest.raises(ExplorableError, match=fact):
        _ = field(function)().outputs


@pytest.mark.parametrize(
    "function",
    [lambda x, y: x - x.mean(), lambda x, y: x + y.flip(0), lambda x, y: x.cumsum(0) / 99],
)
def test_a_function_that_mixes_pixels_is_refused_at_the_build(function: Any) -> None:
    figure = field(function)
    with pytest.raises(ExplorableError, match="mixes pixels") as caught:
        build([figure])
    assert "test_field.py" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.field(torch.zeros(3), x=(0, 1), y=(0, 1)), "takes a function of x and y"),
        (lambda: ex.field(lambda x, y: x, x=None, y=(0, 1)), "needs x="),
        (lambda: ex.field(lambda x, y: x, x=(1, 0), y=(0, 1)), "low < high"),
        (lambda: ex.plot(axes=1), "axes is True or False"),
    ],
)
def test_mistakes_are_told(make: Any, fact: str) -> None:
    with pytest.raises(ExplorableError, match=fact):
        make()


def test_a_figure_without_fields_downloads_nothing_of_them() -> None:
    spec = {"program": {"nodes": [], "controls": {}, "slots": {}}, "figures": {}}
    without = unneeded(spec)
    assert {"core/field.js", "page/fields.js"} <= set(without)
    link("page/index.js", form="module", without=without)


def test_pngs_are_read_back_as_they_were(chromium: Browser) -> None:
    """Every filter of a line, with and without alpha, by the browser's own decoder."""
    torch.manual_seed(0)
    ramp = numpy.add.outer(numpy.arange(40), numpy.arange(30))[..., None] * [1, 3, 5, 0]
    noise = torch.randint(0, 256, (40, 30, 4)).numpy()
    page = chromium.new_page()
    few = noise[0][noise[..., 0] // 16]
    pictures = [(ramp, 255), (noise, 255), (ramp + noise // 64, 128), (few, 255), (few, 128)]
    for picture, alpha in pictures:
        rgba = (picture % 256).astype(numpy.uint8)
        rgba[..., 3] = alpha
        file = png(rgba.tobytes(), 40, 30)
        assert (file[25] == 3) == (picture is few), "sixteen colours are written by number"
        encoded = base64.b64encode(file).decode()
        found = page.evaluate(
            """async (encoded) => {
              const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
              const options = { premultiplyAlpha: "none", colorSpaceConversion: "none" };
              const file = new Blob([bytes], { type: "image/png" });
              const bitmap = await createImageBitmap(file, options);
              const canvas = document.createElement("canvas");
              [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
              const context = canvas.getContext("2d");
              context.drawImage(bitmap, 0, 0);
              return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
            }""",
            encoded,
        )
        off = abs(numpy.array(found).reshape(rgba.shape) - rgba.astype(int))
        # A canvas keeps colours multiplied by alpha.
        assert off.max() <= (0 if alpha == 255 else 1)
    page.close()


@ex.figure
def bleached():
    """Numbers that are no shades of grey."""
    return ex.field(lambda x, y: 1 + x * x + y * y, x=(0, 2), y=(0, 2))


def test_numbers_that_are_no_shades_are_told() -> None:
    [bundle] = build([bleached])
    [warning] = bundle.warnings
    assert "figure 'bleached': 100% of its field's numbers lie outside 0 to 1" in warning
    assert "(1 to " in warning and "ex.heatmap(values)" in warning
