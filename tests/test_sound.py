"""Sound in Chromium: what is played, by mouse, touch and key, and changes without clicks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.errors import ExplorableError
from explorable.link import link
from reader import Reader, serving

SOURCE = """
@ex.figure
def tone(pitch=ex.slider(100, 400, value=200), loud=ex.slider(0, 3, value=0.5)):
    \"\"\"A tone, and the same from left and right.\"\"\"
    x = loud * torch.sin(2 * torch.pi * pitch * torch.arange(8000) / 8000)
    return ex.column(
        ex.plot(ex.curve(x[:200]), ex.sound(x, 8000, loop=True, name="tone")),
        ex.sound(torch.stack([x, -x]) / 2, 8000),
    )
"""
# Every sound that starts, as the browser was given it.
HEARD = """
  window.heard = [];
  const { start, stop } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (at, offset) {
    const { buffer, loop } = this;
    const channels = Array.from({ length: buffer.numberOfChannels },
      (_, k) => [...buffer.getChannelData(k)]);
    this.heard = { channels, rate: buffer.sampleRate, loop, offset, stopped: false };
    window.heard.push(this.heard);
    start.call(this, at, offset);
  };
  AudioBufferSourceNode.prototype.stop = function (at) {
    this.heard.stopped = true;
    stop.call(this, at);
  };
"""
BUTTONS = "[data-sound]"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = tmp_path_factory.mktemp("sound")
    write_page(made, SOURCE)
    with serving(made) as address:
        yield address


@pytest.fixture
def reader(chromium: Browser, url: str) -> Iterator[Reader]:
    opened = Reader(chromium)
    opened.page.add_init_script(HEARD)
    yield opened.open(f"{url}index.html")
    opened.context.close()


def heard(reader: Reader) -> list[dict[str, Any]]:
    return reader.page.evaluate("() => window.heard")


def tone(pitch: float, loud: float) -> torch.Tensor:
    return loud * torch.sin(2 * torch.pi * torch.tensor(pitch) * torch.arange(8000) / 8000)


def label(reader: Reader) -> str | None:
    return reader.page.locator(BUTTONS).first.get_attribute("aria-label")


def test_nothing_sounds_before_the_button_is_pressed(reader: Reader) -> None:
    reader.set({"pitch": 300})

    assert heard(reader) == []
    assert label(reader) == "Listen: tone"
    assert reader.page.locator(BUTTONS).first.get_attribute("role") == "button"


def test_a_click_plays_the_samples_and_another_stops_them(reader: Reader) -> None:
    button = reader.page.locator(BUTTONS).first
    button.click()
    (first,) = heard(reader)

    assert first["rate"] == 8000 and first["loop"] and not first["stopped"]
    numpy.testing.assert_allclose(first["channels"], tone(200, 0.5)[None], atol=2e-5)
    assert label(reader) == "Stop: tone"
    button.click()
    assert heard(reader)[0]["stopped"]
    assert label(reader) == "Listen: tone"
    assert reader.said == []


def test_keys_play_it_and_one_sound_is_heard_at_a_time(reader: Reader) -> None:
    first, second = reader.page.locator(BUTTONS).all()
    first.focus()
    reader.page.keyboard.press("Enter")
    second.focus()
    reader.page.keyboard.press("Space")
    before, after = heard(reader)

    assert before["stopped"] and not after["stopped"] and not after["loop"]
    both = torch.stack([tone(200, 0.5), -tone(200, 0.5)]) / 2
    numpy.testing.assert_allclose(after["channels"], both, atol=2e-5)
    assert label(reader) == "Listen: tone"


def test_a_tap_plays_it(chromium: Browser, url: str) -> None:
    context = chromium.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.add_init_script(HEARD)
    page.goto(f"{url}index.html")
    page.wait_for_selector(BUTTONS)
    page.locator(BUTTONS).first.tap()

    assert len(page.evaluate("() => window.heard")) == 1
    context.close()


def test_a_control_that_moves_fades_new_samples_in_where_the_old_ones_were(reader: Reader) -> None:
    reader.page.locator(BUTTONS).first.click()
    reader.page.wait_for_timeout(200)
    reader.set({"pitch": 250, "loud": 3.0})
    old, new = heard(reader)

    assert old["stopped"] and not new["stopped"]
    assert 0.1 < new["offset"] < 1
    # Louder than the loudspeaker can be is cut off, not passed on.
    numpy.testing.assert_allclose(new["channels"][0], tone(250, 3.0).clamp(-1, 1), atol=1e-4)


def test_a_figure_taken_from_the_page_is_silent(reader: Reader) -> None:
    reader.page.locator(BUTTONS).first.click()
    reader.page.evaluate("() => document.querySelector('explorable-figure').remove()")
    reader.page.wait_for_function("() => window.heard[0].stopped")


def test_the_change_makes_no_click(chromium: Browser) -> None:
    """What is heard, rendered: no step from sample to sample is larger than the tones' own."""
    page = chromium.new_page()
    page.add_script_tag(content=link("page/sound.js", name="sound").text)
    rendered = page.evaluate("""async () => {
      const rate = 8000;
      const offline = new OfflineAudioContext(1, rate, rate);
      const tone = (pitch) => [Float32Array.from({ length: rate },
        (_, i) => Math.sin(2 * Math.PI * pitch * i / rate))];
      const player = new sound.Player(offline, rate, true, () => {});
      offline.suspend(0.3).then(() => { player.change(tone(137)); offline.resume(); });
      offline.suspend(0.7).then(() => { player.stop(); offline.resume(); });
      player.play(tone(90));
      const buffer = await offline.startRendering();
      return [...buffer.getChannelData(0)];
    }""")
    x = numpy.array(rendered)
    steepest = 2 * numpy.pi * 137 / 8000 + 1 / (0.005 * 8000)

    assert numpy.abs(numpy.diff(x, prepend=0)).max() < steepest
    assert numpy.abs(x[:2400]).max() > 0.99 and numpy.abs(x[3000:5600]).max() > 0.99
    assert numpy.abs(x[5760:]).max() == 0
    page.close()


def test_a_figure_without_sound_downloads_nothing_of_it(chromium: Browser, url: str) -> None:
    from explorable.link import unneeded

    spec = {"program": {"nodes": [], "controls": {}, "slots": {}}, "figures": {}}
    without = unneeded(spec)
    text = link("page/index.js", form="module", without=without).text
    assert "AudioContext" not in text


@pytest.mark.parametrize(
    ("make", "fact"),
    [
        (lambda: ex.sound(torch.zeros(8), 4000), "8000 to 96000"),
        (lambda: ex.sound(torch.zeros(8), loop=1), "loop is True or False"),
        (lambda: ex.sound("la"), "sound draws tensors"),
    ],
)
def test_mistakes_are_told(make: Any, fact: str) -> None:
    with pytest.raises(ExplorableError, match=fact):
        make()


@pytest.mark.parametrize(
    ("samples", "fact"),
    [
        (torch.zeros(8, dtype=torch.int16), "floats from -1 to 1, got int16"),
        (torch.zeros(3, 8), "left and right"),
        (torch.zeros(8, dtype=torch.complex64), "floats from -1 to 1"),
    ],
)
def test_samples_of_another_form_are_told(samples: torch.Tensor, fact: str) -> None:
    figure = ex.figure(lambda: ex.sound(samples))
    with pytest.raises(ExplorableError, match=fact):
        _ = figure().outputs


def test_the_still_shows_the_button(url: str, tmp_path: Path) -> None:
    figure = ex.figure(lambda: ex.sound(torch.zeros(44100), name="silence"))
    svg = figure().svg(360)

    assert "silence" in svg and "1.0 s" in svg
