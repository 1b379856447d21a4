"""Names: inside one figure a parameter's name is enough, in Python and on the page alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

import explorable as ex
from authored import write_page
from explorable.figures.page import page_for
from reader import FIGURE, Reader, serving

SOURCE = """
angle = ex.slider(0, 6, value=1.0)
theta = ex.slider(10, 20, value=12.0)

@ex.value
def wave(pitch=ex.slider(1, 9, value=2.0), shift=theta):
    x = pitch * torch.linspace(0, 1, 8) + shift
    return {"x": x, "mean": x.mean()}

@ex.simulation
def walk(): return torch.zeros(3)
@walk.step
def move(place): return place + 1, ex.record(sum=place.sum())

@ex.figure
def plane(theta=angle, z=ex.point(1 + 0.5j), ripple=wave, run=walk):
    \"\"\"A figure whose words are not the page's.\"\"\"
    return ex.plot(ex.arrow(z * torch.exp(1j * theta)), ex.scatter(z, name="z"),
                   ex.curve(ripple["x"], name="x"), ex.scatter(run.state, run.state))
"""
TEXT = "".join(
    f'<p><explorable-value of="{name}" format=".2f">?</explorable-value></p>'
    for name in ("angle", "plane.theta", "plane.z", "shift", "pitch", "ripple.mean")
)


@pytest.fixture(scope="module")
def reader(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("names")
    write_page(folder, SOURCE, text=TEXT)
    with serving(folder) as url:
        opened = Reader(chromium).open(url)
        yield opened
        opened.context.close()


def value(reader: Reader, name: str) -> object:
    return reader.page.evaluate(f"(name) => {FIGURE}.controls[name].value", name)


def test_a_parameter_names_its_control_on_the_page(reader: Reader) -> None:
    assert reader.set({"theta": 2.5, "z": [0.5, 1], "pitch": 3}) == {
        "theta": 2.5,
        "z": [0.5, 1],
        "pitch": 3,
    }
    # In this figure 'theta' is its parameter, not the control that the page calls so.
    assert value(reader, "angle") == value(reader, "theta") == 2.5
    assert value(reader, "shift") == 12
    assert reader.set({"shift": 15, "angle": 1.5, "plane.z": [1, 1]})["shift"] == 15
    assert value(reader, "shift") == 15
    assert value(reader, "z") == value(reader, "plane.z") == [1, 1]
    listed = reader.page.evaluate(f"Object.keys({FIGURE}.controls)")
    assert sorted(listed) == ["angle", "plane.z", "shift", "wave.pitch"]


def test_a_parameter_names_its_value_and_its_run(reader: Reader) -> None:
    outputs = reader.page.evaluate(
        f"({{...{FIGURE}.outputs, ripple: {FIGURE}.outputs['ripple.mean'],"
        f" step: {FIGURE}.outputs['run.step']}})"
    )
    assert outputs["ripple"] == outputs["wave.mean"]
    assert outputs["step"] == outputs["walk.step"]
    assert "ripple.mean" not in outputs


def test_unknown_names_are_told_the_known_ones(reader: Reader) -> None:
    message = reader.page.evaluate(f"{FIGURE}.set({{thta: 1}}).catch((error) => error.message)")
    told, _, known = message.partition("; one of: ")
    assert told == "unknown control 'thta'; nearest 'theta'"
    assert sorted(known.split(", ")) == ["pitch", "shift", "theta", "z"]


def test_numbers_in_the_text_take_the_figures_words(reader: Reader) -> None:
    reader.set({"theta": 0.25, "shift": 11, "pitch": 4, "z": [0.5, 1]})
    shown = reader.page.locator("explorable-value").all_text_contents()
    assert shown == ["0.25", "0.25", "0.50+1.00j", "11.00", "4.00", "13.00"]
    assert reader.said == []


def test_python_takes_the_same_names() -> None:
    space: dict[str, object] = {"ex": ex, "torch": __import__("torch")}
    exec(SOURCE, space)
    plane = space["plane"]
    page, _ = page_for(plane, {"theta": 2.5, "shift": 15, "pitch": 3, "plane.z": 1 + 1j})
    assert page.plain(space["angle"]) == 2.5
    assert page.plain(space["theta"]) == 15
    still = plane(theta=2.5, shift=15, pitch=3)
    assert still.outputs["x"][0, 1] == 15
    with pytest.raises(ex.ExplorableError, match=r"no 'thta'; one of: .*shift.*theta") as caught:
        plane(thta=1)
    assert caught.value.fix == "did you mean 'theta'?"
