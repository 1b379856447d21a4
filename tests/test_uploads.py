"""The reader's own files and microphone: read in Python and in the page by the same rules, given by
dialogue, drop and paste, by mouse, finger and key; nothing leaves the page."""

from __future__ import annotations

import io
import math
import struct
import subprocess
import sys
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from playwright.sync_api import Browser, FilePayload, Locator, expect

import explorable as ex
from authored import write_page
from conftest import find_chromium
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import link
from explorable.parts.upload_files import read_picture, read_sound, read_table, table_of
from explorable.parts.uploads import Rows, Upload
from reader import LIVE, Reader, serving

SOURCE = """
@ex.figure
def rows(table=ex.upload([[1., 2.], [3., 5.]], "table", max=4, columns=["width", "height"])):
    '''Rows as dots.'''
    return ex.plot(ex.scatter(table, name="dots"), ex.scatter(table.mean(0)[None], name="mean"),
                   title=f"{table[:, 1].sum():.1f}")

@ex.figure
def picture(photo=ex.upload(torch.zeros(3, 4, 6), "image")):
    '''A picture.'''
    return ex.plot(ex.image(photo.permute(1, 2, 0), name="photo"))

@ex.figure
def sound(samples=ex.upload(torch.zeros(800), "sound", rate=8000)):
    '''A sound.'''
    return ex.plot(ex.curve(samples, name="wave"))

@ex.figure
def ear(samples=ex.microphone(torch.zeros(400), rate=8000)):
    '''What is heard.'''
    return ex.plot(ex.curve(samples, name="wave"))
"""
TABLES = [
    "a,b\n1,2\n3,4\n",
    "\ufeffname;länge;breite\r\nx;1,5;2\r\n\r\ny;−3;1e2\r\n",
    'label\tvalue\n"two\nlines"\t"1"\nsay ""hi""\t.5\n',
    "1,2\n3,\n,6\n7,8",
    '"a, b",c\n"1",NaN\n0x10,Infinity\n',
    "one\n",
    "",
]
CSV = "height,name,width\n10,a,1\n20,b,2\n,c,3\n40,d,4\n50,e,5\n60,f,6\n"


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """One colour, without a library."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = (b"\0" + bytes(colour) * width) * height
    body = chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def wav(samples: Any, rate: int) -> bytes:
    """16 bits, two equal channels."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        whole = numpy.round(numpy.repeat(samples, 2) * 32767).astype("<i2")
        file.writeframes(whole.tobytes())
    return held.getvalue()


@pytest.fixture(scope="module")
def tables() -> Iterator[Engine]:
    with Engine() as running:
        running.evaluate(link("page/table_file.js", name="tables").text)
        yield running


@pytest.mark.parametrize("text", TABLES)
def test_a_table_is_the_same_in_python_and_in_the_page(tables: Engine, text: str) -> None:
    header, rows = table_of(text.removeprefix("\ufeff"))
    found = tables.call("tables.tableOf", text)
    assert found["header"] == header
    plain = [[None if math.isnan(x) else x for x in row] for row in rows]
    assert found["rows"] == plain


def test_columns_are_found_by_name_then_by_what_is_left(tables: Engine) -> None:
    table = tables.call("tables.tableOf", CSV)
    assert tables.call("tables.matched", table, ["width", "height"]) == [2, 0]
    assert tables.call("tables.matched", table, ["Height", "depth"]) == [0, 2]
    assert tables.call("tables.matched", table, ["", "", ""]) == [0, 2, -1]


def test_a_folder_with_a_figure_called_wave(tmp_path: Path) -> None:
    """As in a notebook, or under `python -m explorable`: the working folder comes first."""
    (tmp_path / "wave.py").write_text("raise SystemExit('the figure')")
    (tmp_path / "s.wav").write_bytes(wav(numpy.zeros(160), 16000))
    code = "import explorable as ex; print(ex.upload('s.wav', 'sound').value.shape)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert said.stdout == "(160,)\n", said.stderr


def test_an_author_gives_files(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(CSV)
    (tmp_path / "p.png").write_bytes(png(40, 10, (255, 0, 51)))
    tone = numpy.sin(numpy.arange(1600) / 20) / 2
    (tmp_path / "s.wav").write_bytes(wav(tone, 16000))

    table = read_table(tmp_path / "t.csv", ["width", "height"], 3)
    assert table.tolist() == [[1, 10], [2, 20], [4, 40]]
    picture = read_picture(tmp_path / "p.png", (3, 4, 6))
    assert picture[:, 2, 3].tolist() == pytest.approx([1, 0, 0.2])
    samples, rate = read_sound(tmp_path / "s.wav", 900, 8000)
    assert rate == 8000
    assert samples[:800] == pytest.approx(tone[::2], abs=1e-3)
    assert not samples[800:].any()

    whole: Upload = ex.upload(tmp_path / "s.wav", "sound")
    assert (whole.rate, whole.value.shape) == (16000, (1600,))
    rows: Rows = ex.upload(tmp_path / "t.csv", "table", max=9)
    assert rows.value.shape == (5, 2)
    grey: Upload = ex.upload(str(tmp_path / "p.png"), "image", shape=(1, 2, 2))
    assert grey.value.shape == (1, 2, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ex.upload([[1.0]], "csv"), "unknown form of upload 'csv'; one of: table, image"),  # pyright: ignore[reportArgumentType]
        (lambda: ex.upload([[1.0]], "table"), "needs max=, the most rows"),
        (lambda: ex.upload([[1.0]], "table", max=5, min=2), "has 1 rows, not 2 to 5"),
        (lambda: ex.upload([[1.0]], "table", max=5, columns="ab"), "1 columns, and 2 are named"),
        (lambda: ex.upload([[math.nan]], "table", max=5), "finite: leave out rows with a gap"),
        (lambda: ex.upload("nowhere.csv", "table", max=5), "'nowhere.csv' cannot be read"),
        (lambda: ex.upload(torch.zeros(4, 6, 3), "image"), r"image.permute\(2, 0, 1\)"),
        (lambda: ex.upload(torch.ones(1, 2, 2) * 255, "image"), "0 to 1, got 255 to 255"),
        (lambda: ex.upload("a.png", "image"), "the size the figure takes"),
        (lambda: ex.upload(torch.zeros(9), "sound"), "8000 to 96000 samples in a second, got None"),
        (lambda: ex.upload(torch.zeros(9), "image", rate=8000), "rate is of a sound, not of an im"),
        (lambda: ex.upload(torch.zeros(9), "sound", max=8), "max is of a table, not of a sound"),
        (lambda: ex.microphone(torch.zeros(9000), rate=16000), "at most 0.5 s, got 0.56"),
    ],
)
def test_mistakes_are_told(make: Any, message: str) -> None:
    with pytest.raises(ExplorableError, match=message):
        make()


def test_rows_move_in_python_too() -> None:
    @ex.figure
    def means(table=ex.upload([[1.0, 2.0], [3.0, 4.0]], "table", min=2, max=3)):
        return ex.plot(ex.curve(table.mean(0), name="m"))

    wider = means(table=[[0.0, 0.0], [0.0, 3.0], [6.0, 0.0]])
    assert wider.outputs["m"][..., 1].tolist() == [2, 1]
    for wrong in ([[1.0, 2.0]], [[1.0], [2.0]]):
        with pytest.raises(ExplorableError, match="'table' is 2 to 3 rows of 2, got shape"):
            means(table=wrong)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("uploads")
    write_page(folder, SOURCE)
    text = (folder / "index.html").read_text()
    (folder / "ta.html").write_text(text.replace('lang="en"', 'lang="ta"'))
    with serving(folder) as found:
        yield found


def opened_at(url: str, browser: Browser) -> Reader:
    """All figures near the screen, and alive."""
    opened = Reader(browser)
    opened.page.set_viewport_size({"width": 1000, "height": 2600})
    opened.open(url)
    expect(opened.page.locator(LIVE)).to_have_count(4)
    return opened


@pytest.fixture
def reader(chromium: Browser, url: str) -> Iterator[Reader]:
    opened = opened_at(url, chromium)
    yield opened
    assert opened.said == []
    opened.context.close()


def figure(reader: Reader, name: str) -> Locator:
    return reader.page.locator(f"explorable-figure[figure={name}]")


def output(reader: Reader, name: str, mark: str) -> torch.Tensor:
    """A named output of one of the figures."""
    found = figure(reader, name).evaluate(
        "(f, mark) => ({ data: [...f.outputs[mark].data], shape: f.outputs[mark].shape })", mark
    )
    return torch.tensor(found["data"], dtype=torch.float32).view(found["shape"])


def choose(reader: Reader, name: str, *files: FilePayload) -> None:
    figure(reader, name).locator("input[type=file]").set_input_files(list(files))


def file(name: str, data: bytes | str, kind: str = "text/csv") -> FilePayload:
    return {
        "name": name,
        "mimeType": kind,
        "buffer": data.encode() if isinstance(data, str) else data,
    }


def give(reader: Reader, name: str, how: str, given: FilePayload) -> None:
    """Drop or paste on a figure, as a browser does."""
    figure(reader, name).evaluate(
        """(figure, { how, name, type, bytes }) => {
            const held = new DataTransfer();
            held.items.add(new File([new Uint8Array(bytes)], name, { type }));
            const on = figure.querySelector(".explorable-box");
            const options = { bubbles: true, cancelable: true };
            if (how === "drop") {
                on.dispatchEvent(new DragEvent("dragover", { ...options, dataTransfer: held }));
                if (!figure.hasAttribute("data-over")) throw new Error("not seen");
                on.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: held }));
            } else {
                figure.querySelector("button").focus();
                document.activeElement.dispatchEvent(
                    new ClipboardEvent("paste", { ...options, clipboardData: held }));
            }
        }""",
        {"how": how, "name": given["name"], "type": given["mimeType"], "bytes": [*given["buffer"]]},
    )


def test_a_table_from_the_dialogue(reader: Reader) -> None:
    fetched = len(reader.fetched)
    row = figure(reader, "rows")
    choose(reader, "rows", file("mine.csv", CSV))

    told = "mine.csv: 4 rows; 1 with a gap left out; the first 4 of 5"
    expect(row.locator("output")).to_have_text(told)
    wanted = torch.tensor([[1.0, 10], [2, 20], [4, 40], [5, 50]])
    assert output(reader, "rows", "dots").equal(wanted)
    torch.testing.assert_close(output(reader, "rows", "mean"), wanted.mean(0)[None])
    expect(row.locator("svg.explorable-text")).to_contain_text("120.0")

    choose(reader, "rows", file("short.csv", "7;8\n"))
    expect(row.locator("output")).to_have_text("short.csv: 1 rows")
    assert output(reader, "rows", "dots").tolist() == [[7, 8]]
    row.locator("[data-tool=original]").click()
    expect(row.locator("output")).to_have_text("")
    assert output(reader, "rows", "dots").tolist() == [[1, 2], [3, 5]]
    assert len(reader.fetched) == fetched, "a file leaves the page"


def test_other_columns_are_chosen(reader: Reader) -> None:
    text = "day,rain,sun\n1,5,9\n2,6,8\n"
    choose(reader, "rows", file("w.csv", text))
    menus = figure(reader, "rows").get_by_role("combobox")
    expect(menus).to_have_count(2)
    assert output(reader, "rows", "dots").tolist() == [[1, 5], [2, 6]]
    assert figure(reader, "rows").get_by_label("height", exact=True).count() == 1

    menus.last.select_option(label="sun")
    reader.settle()
    assert output(reader, "rows", "dots").tolist() == [[1, 9], [2, 8]]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("rows", file("a.csv", "x,y\n1,2\n,6\n"), None),
        ("rows", file("words.csv", "a,b\nc,d\n"), "words.csv: no table with 2 columns of numbers"),
        ("picture", file("a.png", b"no", "image/png"), "a.png: no picture that this browser can"),
        ("sound", file("a.wav", b"no", "audio/wav"), "a.wav: no sound that this browser can read"),
    ],
)
def test_a_wrong_file_is_told_and_the_figure_stays(
    reader: Reader, name: str, given: FilePayload, message: str | None
) -> None:
    before = figure(reader, name).evaluate("f => f.controls")
    choose(reader, name, given)
    shown = figure(reader, name).locator("output")
    if message is None:
        expect(shown).to_have_text("a.csv: 1 rows; 1 with a gap left out")
        return
    expect(shown).to_contain_text(message)
    assert shown.get_attribute("data-wrong") is not None
    assert figure(reader, name).evaluate("f => f.controls") == before
    assert figure(reader, name).locator(LIVE).count() == 1


def test_messages_speak_the_pages_language(reader: Reader, url: str) -> None:
    reader.open(f"{url}ta.html")
    choose(reader, "rows", file("a.csv", "a,b\n"))
    expect(figure(reader, "rows").locator("output")).to_contain_text("அட்டவணை அல்ல")


@pytest.mark.parametrize("how", ["choose", "drop", "paste"])
def test_a_picture_is_cut_and_scaled(reader: Reader, how: str) -> None:
    given = file("red.png", png(60, 20, (255, 102, 0)), "image/png")
    if how == "choose":
        choose(reader, "picture", given)
    else:
        give(reader, "picture", how, given)
    expect(figure(reader, "picture").locator("output")).to_contain_text("60 × 20")
    photo = output(reader, "picture", "photo")
    assert photo.shape == (4, 6, 3)
    torch.testing.assert_close(photo[2, 3], torch.tensor([1, 0.4, 0]), atol=1e-6, rtol=0)


def test_a_sound_is_mixed_and_brought_to_the_rate(reader: Reader) -> None:
    tone = numpy.sin(2 * math.pi * 200 * numpy.arange(32000) / 16000) / 2
    choose(reader, "sound", file("tone.wav", wav(tone, 16000), "audio/wav"))
    shown = figure(reader, "sound").locator("output")
    expect(shown).to_have_text("tone.wav: 0.1 s; the first 0.1 of 2.0")
    heights = output(reader, "sound", "wave")[:, 1]
    wanted = torch.sin(2 * math.pi * 200 * torch.arange(800) / 8000) / 2
    assert float((heights - wanted)[20:].abs().max()) < 0.02


def test_a_file_dropped_beside_its_kind_is_refused_not_opened(reader: Reader) -> None:
    give(reader, "sound", "drop", file("red.png", png(2, 2, (1, 2, 3)), "image/png"))
    expect(figure(reader, "sound").locator("output")).to_contain_text("no sound")
    assert reader.page.url.endswith("/")


@pytest.mark.parametrize("by", ["mouse", "keyboard", "touch"])
def test_the_dialogue_opens(chromium: Browser, url: str, by: str) -> None:
    reader = Reader(chromium, touch=by == "touch", width=390)
    # From the start, or the dialogue might open before anybody listens.
    reader.page.on("filechooser", lambda _: None)
    reader.open(url)
    field = figure(reader, "rows").get_by_label("table: Choose a table")
    button = figure(reader, "rows").locator(".explorable-file")
    button.scroll_into_view_if_needed()
    with reader.page.expect_file_chooser() as opened:
        if by == "keyboard":
            field.focus()
            reader.page.keyboard.press("Enter")
        elif by == "touch":
            button.tap()
        else:
            button.click()
    opened.value.set_files([file("k.csv", "2,3\n4,5\n6,7\n")])
    expect(figure(reader, "rows").locator("output")).to_have_text("k.csv: 3 rows")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert reader.page.evaluate(f"() => {overflow}") <= 0
    reader.context.close()


@pytest.fixture
def hearing(url: str, chromium: Browser) -> Iterator[Reader]:
    """A browser with a microphone that hears beeps. (Its own process: it asks at launch.)"""
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--no-sandbox"]
    browser = chromium.browser_type.launch(executable_path=find_chromium(), args=flags)
    yield opened_at(url, browser)
    browser.close()


def test_a_microphone_is_heard_while_it_is_pressed(hearing: Reader) -> None:
    ear = figure(hearing, "ear")
    button = ear.get_by_role("button", name="samples: Microphone")
    fetched = len(hearing.fetched)
    button.focus()
    hearing.page.keyboard.press("Space")
    expect(ear.locator("output")).to_have_text("listening")
    assert button.get_attribute("aria-pressed") == "true"
    count = """f => new Promise((done) => {
        let [changes, loudest] = [0, 0];
        f.addEventListener("change", () => {
            changes += 1;
            loudest = Math.max(loudest, ...f.outputs.wave.data.filter((_, k) => k % 2));
        });
        setTimeout(() => done([changes, loudest]), 2500);
    })"""
    changes, loudest = ear.evaluate(count)
    assert changes > 10, "some 25 a second, on a machine that has time"
    assert loudest > 0.01, "the beep of Chromium's device"

    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    expect(ear.locator("output")).to_have_text("")
    hearing.page.wait_for_timeout(200)
    held = output(hearing, "ear", "wave")
    hearing.page.wait_for_timeout(200)
    assert output(hearing, "ear", "wave").equal(held), "what was heard last stays"
    ear.locator("[data-tool=original]").click()
    hearing.settle()
    assert not output(hearing, "ear", "wave")[:, 1].any()
    assert len(hearing.fetched) == fetched
    assert hearing.said == []


@pytest.mark.parametrize(
    ("error", "message"),
    [("NotAllowedError", "the microphone was not allowed"), ("NotFoundError", "there is no micro")],
)
def test_a_microphone_that_is_not_there(reader: Reader, error: str, message: str) -> None:
    reader.page.evaluate(
        """(name) => {
            const refuse = () => Promise.reject(new DOMException("", name));
            navigator.mediaDevices.getUserMedia = refuse;
        }""",
        error,
    )
    ear = figure(reader, "ear")
    ear.get_by_role("button", name="Microphone").click()
    expect(ear.locator("output")).to_contain_text(message)
    assert ear.locator("[aria-pressed=true]").count() == 0
    assert ear.locator(LIVE).count() == 1


def test_samples_come_to_the_rate_of_the_tensor(tables: Engine) -> None:
    tables.evaluate(link("page/microphone.js", name="microphone").text)
    heard = [0.0, 3, 6, 9, 12]
    assert tables.call("microphone.atRate", heard, 48000, 16000, 2) == [3, 12]
    assert tables.call("microphone.atRate", heard, 8000, 16000, 4) == [7.5, 9, 10.5, 12]
    assert tables.call("microphone.atRate", heard, 48000, 16000, 3) == [0, 3, 12]
