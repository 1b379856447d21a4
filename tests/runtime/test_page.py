"""The runtime in Chromium, under our policy, on a program written by hand."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from site_of_page import serve, spec, write, write_one_file

from explorable.engine import Engine, engine
from reader import FIGURE, POLICY, SHIFTS
from tiny import SLOW


@pytest.fixture(scope="module")
def v8() -> Engine:
    return engine()


class Reader:
    """A reader's page, with everything the console said."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"uncaught: {error}"))
        page.add_init_script(SHIFTS)

    def open(self) -> Reader:
        self.page.goto(self.url + "index.html")
        return self

    def live(self) -> Reader:
        self.open()
        self.page.wait_for_selector(".explorable-box[data-live]")
        return self

    def set(self, settings: dict[str, Any]) -> dict[str, Any]:
        return self.page.evaluate(f"(settings) => {FIGURE}.set(settings)", settings)

    def output(self, name: str) -> list[float]:
        return self.page.evaluate(f"(name) => [...{FIGURE}.outputs[name].data]", name)

    def value(self, name: str) -> Any:
        return self.page.evaluate(f"(name) => {FIGURE}.controls[name].value", name)

    def row(self, name: str) -> Any:
        return self.page.locator(f"[data-control={name}]")

    def errors(self) -> list[str]:
        return [text for text in self.said if not text.startswith("log")]


@pytest.fixture
def visit(chromium: Browser, tmp_path: Path, v8: Engine) -> Iterator[Any]:
    closing: list[Any] = []

    def make(
        document: dict[str, Any] | None = None,
        policy: str = POLICY,
        wasm: str = "application/wasm",
        asked: list[str] | None = None,
        before: str = "",
        **options: Any,
    ) -> Reader:
        write(tmp_path, v8, document or spec())
        index = tmp_path / "index.html"
        index.write_text(index.read_text().replace("<p>before</p>", before or "<p>before</p>"))
        served = serve(tmp_path, policy, wasm, asked)
        closing.append(lambda: served.__exit__(None, None, None))
        url = served.__enter__()
        context = chromium.new_context(viewport={"width": 800, "height": 1000}, **options)
        closing.append(context.close)
        return Reader(context.new_page(), url)

    yield make
    for close in reversed(closing):
        close()


def test_goes_live_in_place_and_in_silence(visit: Any) -> None:
    reader = visit().live()
    reader.page.wait_for_timeout(300)
    assert reader.page.evaluate("window.shift") == 0
    assert reader.errors() == []
    assert reader.output("out") == [5.0]
    box = reader.page.locator(".explorable-box").bounding_box()
    canvas = reader.page.locator("canvas").bounding_box()
    assert box == canvas


FAR = "<p>before</p>" * 200


def test_wasm_is_loaded_near_the_screen(visit: Any) -> None:
    asked: list[str] = []
    reader = visit(asked=asked, before=FAR).open()
    # The runtime is here, the wasm is not. (wait_for_function would need eval.)
    reader.page.evaluate(f"{FIGURE}.ready")
    reader.page.wait_for_timeout(300)
    assert "/tiny.wasm" not in asked
    reader.page.locator("explorable-figure").scroll_into_view_if_needed()
    reader.page.wait_for_selector(".explorable-box[data-live]")
    assert asked.count("/tiny.wasm") == 1


def test_set_works_off_screen_and_before_anything_is_loaded(visit: Any) -> None:
    reader = visit(before=FAR).open()
    assert reader.set({"theta": 2}) == {"theta": 2}
    assert reader.output("out") == [6.0]


def test_what_runs_stops_off_screen(visit: Any) -> None:
    document = spec()
    next(n for n in document["program"]["nodes"] if n["kind"] == "simulation")["rate"] = 20
    reader = visit(document, before=FAR).open()
    page = reader.page
    page.locator("explorable-figure").scroll_into_view_if_needed()
    page.locator("[data-do=play]").click()
    step = page.locator(".explorable-transport output")
    expect(step).to_have_text(re.compile("step [1-9]"))
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    stopped = step.text_content()
    page.wait_for_timeout(400)
    assert step.text_content() == stopped


def test_wasm_of_a_wrong_type_is_compiled_all_the_same(visit: Any) -> None:
    reader = visit(wasm="text/plain").live()
    assert reader.output("out") == [5.0]


def test_a_slider_moves_by_itself_until_it_is_taken(visit: Any) -> None:
    document = spec()
    document["program"]["controls"]["theta"]["play"] = 2
    reader = visit(document).live()
    button = reader.row("theta").locator("button")
    button.click()
    reader.page.wait_for_timeout(300)
    assert reader.value("theta") > 1.3
    assert button.get_attribute("aria-pressed") == "true"
    reader.row("theta").locator("input").focus()
    reader.page.keyboard.press("ArrowRight")
    taken = reader.value("theta")
    reader.page.wait_for_timeout(100)
    assert reader.value("theta") == taken
    assert button.get_attribute("aria-pressed") == "false"


def test_a_press_moves_a_simulation_that_stands_still(visit: Any) -> None:
    reader = visit().live()
    reader.row("press").locator("button").click()
    expect(reader.page.locator(".explorable-transport output")).to_have_text("step 1")
    assert reader.errors() == []


def test_fingers_have_more_room(visit: Any) -> None:
    reader = visit(has_touch=True, is_mobile=True).live()
    box = reader.page.locator(".explorable-handle-point").bounding_box()
    assert min(box["width"], box["height"]) >= 44
    knob = reader.page.locator(".explorable-handle-point")
    assert knob.evaluate("(element) => getComputedStyle(element).touchAction") == "none"


def test_words_are_the_readers(visit: Any) -> None:
    document = {**spec(), "lang": "ta"}
    next(n for n in document["program"]["nodes"] if n["kind"] == "simulation")["rate"] = 5
    reader = visit(document).live()
    play = reader.page.locator("[data-do=play]")
    assert play.get_attribute("aria-label") == "இயக்கு"
    play.click()
    expect(play).to_have_attribute("aria-label", "நிறுத்து")


def test_complete_without_scripts(visit: Any) -> None:
    reader = visit(java_script_enabled=False).open()
    assert reader.page.locator(".explorable-still:visible svg").count() == 1
    assert reader.page.locator(".explorable-controls input:enabled").count() == 0
    assert reader.page.locator("explorable-value").text_content() == "2.0"


def test_set_clamps_snaps_and_settles_after_the_redraw(visit: Any) -> None:
    reader = visit().live()
    assert reader.set({"theta": 99, "switch": False}) == {"theta": 10, "switch": False}
    assert reader.output("out") == [14.0]
    assert reader.page.locator("explorable-value").text_content() == "20.0"
    message = reader.page.evaluate(f"{FIGURE}.set({{thta: 1}}).catch((error) => error.message)")
    assert message.startswith("unknown control 'thta'; nearest 'theta'; one of: theta, start")
    assert reader.value("theta") == 10


def test_later_sets_overtake_earlier_ones(visit: Any) -> None:
    reader = visit().live()
    changes = reader.page.evaluate(
        f"""async () => {{
          let changes = 0;
          {FIGURE}.addEventListener("change", () => changes++);
          await Promise.all([1, 2, 3, 4].map((theta) => {FIGURE}.set({{ theta }})));
          return changes;
        }}"""
    )
    assert changes == 1
    assert reader.output("out") == [8.0]


def test_every_native_input_by_keyboard(visit: Any) -> None:
    reader = visit().live()
    page = reader.page
    reader.row("theta").locator("input").focus()
    page.keyboard.press("ArrowRight")
    assert reader.value("theta") == pytest.approx(1.1)
    page.keyboard.press("PageUp")
    assert reader.value("theta") == pytest.approx(2.1)
    page.keyboard.press("Home")
    assert reader.value("theta") == 0
    assert reader.row("theta").locator("output").text_content() == "0.0"
    slider = reader.row("theta").locator("input").bounding_box()
    page.mouse.click(slider["x"] + slider["width"] / 2, slider["y"] + slider["height"] / 2)
    assert reader.value("theta") == pytest.approx(5, abs=0.5)
    reader.row("switch").locator("input").focus()
    page.keyboard.press("Space")
    assert reader.value("switch") is True
    page.wait_for_timeout(100)
    assert reader.output("out") == pytest.approx([7.5 + reader.value("theta")])
    reader.row("text").locator("input").focus()
    page.keyboard.press("End")
    page.keyboard.type("a")
    assert reader.value("text") == "aba"
    assert reader.errors() == []


def test_a_point_follows_the_mouse_and_the_keys(visit: Any) -> None:
    reader = visit().live()
    page = reader.page
    knob = page.locator(".explorable-handle-point")
    box = knob.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + 3, y)
    page.mouse.down()
    page.mouse.move(x + 3 + 60, y + 30, steps=3)
    page.mouse.up()
    before = reader.value("point")
    assert before[0] > 1
    assert before[1] < 0.5
    page.wait_for_timeout(100)
    moved = knob.bounding_box()
    assert moved["x"] - box["x"] == pytest.approx(60, abs=0.6)
    assert moved["y"] - box["y"] == pytest.approx(30, abs=0.6)
    knob.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(60)
    assert reader.value("point")[1] > before[1]
    assert reader.value("point")[0] == pytest.approx(before[0], abs=1e-4)
    assert "y" in knob.get_attribute("aria-valuetext")


def test_cells_are_painted_by_mouse_and_keys(visit: Any) -> None:
    reader = visit().live()
    page = reader.page
    cells = page.locator(".explorable-handle-cells")
    box = cells.bounding_box()
    y = box["y"] + box["height"] * 0.75
    page.mouse.move(box["x"] + box["width"] / 6, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 5 / 6, y, steps=8)
    page.mouse.up()
    assert reader.value("cells") == [0, 0, 0, 1, 1, 1]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    assert reader.value("cells") == [0, 0, 1, 1, 1, 1]


def states(count: int, theta: float = 1) -> list[float]:
    found = [4.0]
    for _ in range(count):
        found.append(struct.unpack("f", struct.pack("f", found[-1] * 0.5 + 2 * theta))[0])
    return found


@pytest.mark.parametrize("heavy", [False, True], ids=["inline", "worker"])
def test_the_transport(visit: Any, heavy: bool) -> None:
    document = spec()
    document["program"]["heavy"] = heavy
    reader = visit(document).live()
    page = reader.page
    assert len(page.workers) == int(heavy)

    def press(action: str) -> None:
        page.locator(f"[data-do={action}]").click()

    for _ in range(3):
        press("forward")
    expect(page.locator(".explorable-transport output")).to_have_text("step 3")
    page.wait_for_timeout(100)
    assert reader.output("out") == [states(3)[3] + 1]
    press("back")
    expect(page.locator(".explorable-transport output")).to_have_text("step 2")
    page.wait_for_timeout(100)
    assert reader.output("out") == [states(3)[2] + 1]
    press("play")
    expect(page.locator(".explorable-transport output")).to_have_text("step 1000")
    press("reset")
    expect(page.locator(".explorable-transport output")).to_have_text("step 0")
    page.wait_for_timeout(100)
    assert reader.output("out") == [5.0]
    assert reader.set({"theta": 3}) == {"theta": 3}
    assert reader.output("out") == [7.0]
    assert reader.errors() == []


def test_heavy_runs_move_to_a_worker(visit: Any, tmp_path: Path) -> None:
    reader = visit()
    (tmp_path / "tiny.wasm").write_bytes(SLOW)
    reader.live()
    reader.page.locator("[data-do=forward]").click()
    expect(reader.page.locator(".explorable-transport output")).to_have_text("step 1")
    for theta in (2, 3, 4, 5, 6):
        assert reader.set({"theta": theta}) == {"theta": theta}
    reader.page.wait_for_timeout(300)
    assert len(reader.page.workers) == 1
    # The run went along: it stands at the step it had reached.
    assert reader.set({"theta": 7}) == {"theta": 7}
    assert reader.output("out") == [states(1)[1] + 7]
    assert reader.errors() == []


def test_without_workers_the_page_computes_in_slices(visit: Any) -> None:
    document = spec()
    document["program"]["heavy"] = True
    reader = visit(document, POLICY + "; worker-src 'none'").live()
    assert len(reader.page.workers) == 0
    reader.page.locator("[data-do=play]").click()
    expect(reader.page.locator(".explorable-transport output")).to_have_text("step 1000")
    reader.page.locator("[data-do=scrub]").fill("3")
    expect(reader.page.locator(".explorable-transport output")).to_have_text("step 3")
    reader.page.wait_for_timeout(100)
    assert reader.output("out") == [states(3)[3] + 1]


def test_one_file_without_a_server(chromium: Browser, tmp_path: Path, v8: Engine) -> None:
    document = spec()
    document["program"]["heavy"] = True
    single = write_one_file(tmp_path, v8, document)
    context = chromium.new_context()
    reader = Reader(context.new_page(), single.as_uri() + "#")
    reader.live()
    assert len(reader.page.workers) == 1
    assert reader.set({"theta": 2}) == {"theta": 2}
    assert reader.output("out") == [6.0]
    assert reader.errors() == []
    context.close()


def test_nothing_moves_by_itself_for_readers_who_ask_so(visit: Any) -> None:
    document = spec()
    next(n for n in document["program"]["nodes"] if n["kind"] == "simulation")["play"] = True
    calm = visit(document, reduced_motion="reduce").live()
    calm.page.wait_for_timeout(300)
    expect(calm.page.locator(".explorable-transport output")).to_have_text("step 0")
    moving = visit(document, reduced_motion="no-preference").live()
    expect(moving.page.locator(".explorable-transport output")).to_have_text("step 1000")


def test_a_newer_format_shows_the_still_and_says_so(visit: Any) -> None:
    reader = visit({**spec(), "format": 2, "version": "7.0"}).open()
    message = reader.page.locator(".explorable-message")
    expect(message).to_contain_text("needs a newer Explorable (7.0)")
    assert reader.page.locator(".explorable-still:visible svg").count() == 1
    assert reader.page.locator(".explorable-controls input:enabled").count() == 0


def test_a_broken_figure_says_what_broke(visit: Any) -> None:
    document = spec()
    document["program"]["slots"]["theta"] = [65534, "float32", []]
    reader = visit(document)
    reader.page.add_init_script(
        "addEventListener('error', (event) => { window.heard = event.detail?.message; }, true)"
    )
    reader.open()
    expect(reader.page.locator(".explorable-message")).to_contain_text("[explorable] figure: ")
    expect(reader.page.locator(".explorable-message")).to_contain_text("slot 'theta'")
    assert "slot 'theta'" in reader.page.evaluate("window.heard")


def test_an_element_that_is_moved_stays_live(visit: Any) -> None:
    reader = visit().live()
    reader.set({"theta": 2})
    reader.page.evaluate(f"document.body.prepend({FIGURE})")
    reader.page.wait_for_selector(".explorable-box[data-live]")
    assert reader.page.locator("canvas").count() == 1
    assert reader.output("out") == [6.0]
    assert reader.set({"theta": 3}) == {"theta": 3}
    assert reader.output("out") == [7.0]
    assert reader.errors() == []


def insert_second(folder: Path, source: str) -> None:
    """The figure once more on the same page, from another spec or the same."""
    index = folder / "index.html"
    html = index.read_text()
    start = html.index("<explorable-figure")
    end = html.index("</explorable-figure>") + len("</explorable-figure>")
    second = html[start:end].replace('src="spec.json"', f'src="{source}" id="second"')
    index.write_text(html[:end] + second + html[end:])


@pytest.mark.parametrize("shared", [True, False], ids=["two bundles", "one bundle"])
def test_figures_of_a_page_share_a_control(visit: Any, tmp_path: Path, shared: bool) -> None:
    document = spec()
    document["program"]["controls"]["theta"]["shared"] = shared
    reader = visit(document)
    (tmp_path / "other.json").write_text(json.dumps(document))
    insert_second(tmp_path, "other.json" if shared else "spec.json")
    reader.live()
    reader.page.wait_for_selector("#second .explorable-box[data-live]")
    reader.set({"theta": 4})
    reader.page.wait_for_timeout(100)
    assert reader.page.evaluate("second.controls.theta.value") == 4
    assert reader.page.evaluate("[...second.outputs.out.data]") == [8]
    assert reader.page.locator("#second [data-control=theta] input").input_value() == "4"
    assert reader.errors() == []
