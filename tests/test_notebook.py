"""What a notebook keeps of a figure: the bundle and back, live HTML that works on any page, a
picture where scripts do not run, traits that follow the controls."""

import dataclasses
import json
import math
import re
import sys
from xml.etree import ElementTree

import pytest
import torch

import explorable as ex
from explorable.errors import ExplorableError
from explorable.figures.build import build
from explorable.figures.display import MIME, bundle_from_json, bundle_to_json, outputs
from reader import FIGURE, LIVE, Reader

shift = ex.slider(0, 6, value=1.0, label="φ")


@ex.figure
def wave(shift=shift, again=ex.toggle()):
    """A wave."""
    t = torch.linspace(0, 6, 50)
    return ex.plot(ex.curve(t, torch.sin(t + shift), name="wave"), title=f"φ = {shift:.2f}")


@ex.figure
def turned(shift=shift, z=ex.point(1 + 0.5j)):
    """A number, turned."""
    return ex.plot(ex.arrow(z), ex.arrow(z * torch.exp(1j * shift), name="turned"))


@ex.simulation
def walk(pace=ex.slider(0, 1)):
    return torch.zeros(2) + pace


@walk.step
def move(place, pace=ex.slider(0, 2), kick=ex.button("kick")):
    return place + pace + kick, ex.record(far=place.norm())


@ex.figure
def walking(
    walk=walk,
    start=ex.point(0, 0),
    ink=ex.tensor(torch.zeros(2, 3), 0, 1),
    kind=ex.choice(["dot", "cross"]),
):
    """A walk."""
    moved = walk.state + start if kind == "dot" else walk.state - start
    return ex.row(ex.plot(ex.scatter(moved), ex.scatter(start)), ex.heatmap(ink))


@pytest.fixture(scope="module")
def shown():
    """The outputs of the two figures, by MIME type."""
    return {figure.name: outputs(figure, build([figure])[0]) for figure in (wave, turned)}


@pytest.fixture
def reader(chromium):
    reader = Reader(chromium)
    reader.context.on("request", lambda request: reader.fetched.append(request.url))
    yield reader
    reader.context.close()


def page_of(tmp_path, *parts):
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><body>{''.join(parts)}")
    return path.as_uri()


def values(reader, control="shift"):
    return reader.page.evaluate(
        """(name) => [...document.querySelectorAll("explorable-figure")]
            .map((figure) => figure.controls[name].value)""",
        control,
    )


def test_an_output_holds_the_whole_bundle():
    (bundle,) = build([wave])
    bundle = dataclasses.replace(bundle, warnings=("a", "b"))
    held = json.loads(json.dumps(bundle_to_json(bundle), allow_nan=False))
    assert bundle_from_json(held) == bundle
    odd = dataclasses.replace(bundle, numbers={"walk.far": math.nan})
    held = json.loads(json.dumps(bundle_to_json(odd), allow_nan=False))
    assert math.isnan(bundle_from_json(held).numbers["walk.far"])


def test_a_damaged_output_is_an_error(shown):
    whole = shown["wave"][MIME]
    wasm = next(name for name in whole["files"] if name.endswith(".wasm"))
    style = next(name for name in whole["files"] if name.endswith(".css"))
    swapped = whole | {"files": whole["files"] | {wasm: whole["files"][style]}}
    leading = whole | {"files": {f"../{wasm}": whole["files"][wasm]}}
    cut = whole | {"files": {wasm: whole["files"][wasm][:-9]}}
    for damaged, fact in [
        (swapped, f"'{wasm}' in the notebook's output is not what its name says"),
        (leading, "is not what its name says"),
        (cut, "the notebook's output is damaged"),
        ({"format": 1}, "damaged: KeyError: 'files'"),
        (whole | {"format": 2}, "has format 2, this version reads 1"),
    ]:
        with pytest.raises(ExplorableError, match=re.escape(fact)) as raised:
            bundle_from_json(damaged)
        assert "run the cell again" in str(raised.value)


def test_the_picture_stands_on_paper(shown):
    root = ElementTree.fromstring(shown["wave"]["image/svg+xml"])
    assert root[1].attrib == {"width": "100%", "height": "100%", "fill": "#ffffff"}
    assert root[0].text == "A wave."


def test_an_output_is_live_on_any_page_and_asks_for_nothing(shown, reader, tmp_path):
    url = page_of(tmp_path, shown["wave"]["text/html"], shown["turned"]["text/html"])
    reader.open(url)
    reader.page.wait_for_function(f"() => document.querySelectorAll('{LIVE}').length === 2")
    reader.set({"shift": 2.5})
    reader.settle()
    assert values(reader) == [2.5, 2.5]
    drawn = [float(x) for x in reader.outputs()["wave"]["data"]]
    t = torch.linspace(0, 6, 50)
    expected = torch.stack([t, torch.sin(t + 2.5)], -1)
    assert torch.tensor(drawn).reshape(50, 2).allclose(expected, atol=1e-6)
    assert set(reader.fetched) == {url}
    assert reader.said == []


def test_an_output_works_when_others_are_gone_moved_or_shown_twice(shown, reader, tmp_path):
    both = [shown[name]["text/html"] for name in ("wave", "wave", "turned")]
    reader.open(page_of(tmp_path, *both))
    page = reader.page
    page.wait_for_function(f"() => document.querySelectorAll('{LIVE}').length === 3")
    # Two outputs of one figure share what is shared, and nothing else.
    page.evaluate(f"() => {FIGURE}.set({{ again: true, shift: 3 }})")
    reader.settle()
    assert page.evaluate(
        "() => [...document.querySelectorAll('[figure=wave]')].map((f) => f.controls.again.value)"
    ) == [True, False]
    page.evaluate(
        """() => {
            const [first, second, third] = document.querySelectorAll("explorable-output");
            first.remove();
            third.remove();
            window.taken = third;
        }"""
    )
    reader.settle()
    reader.set({"shift": 4})
    page.evaluate("() => document.body.append(window.taken)")
    reader.settle()
    assert values(reader) == [4, 4]
    page.wait_for_function(f"() => document.querySelectorAll('{LIVE}').length === 2")
    assert reader.said == []


def test_the_newest_definition_has_the_name(shown, reader, tmp_path):
    source = "@ex.figure\ndef old(shift=shift):\n    'Another.'\n    return ex.curve(shift * t)"
    space = {"ex": ex, "t": torch.linspace(0, 1, 3), "shift": ex.slider(0, 4, value=1.0)}
    exec(source, space)
    before = outputs(space["old"], build([space["old"]])[0])["text/html"]
    reader.open(page_of(tmp_path, before, shown["wave"]["text/html"], shown["turned"]["text/html"]))
    reader.page.wait_for_function(f"() => document.querySelectorAll('{LIVE}').length === 3")
    reader.page.evaluate("() => document.querySelector('[figure=wave]').set({ shift: 2 })")
    reader.settle()
    assert values(reader) == [1, 2, 2]
    assert reader.said == []


def test_without_scripts_the_picture_stays(shown, chromium, tmp_path):
    reader = Reader(chromium, scripts=False)
    reader.page.goto(page_of(tmp_path, shown["wave"]["text/html"]))
    picture = reader.page.get_by_role("img", name="A wave.")
    box = picture.bounding_box()
    assert box and box["width"] > 300 and box["height"] > 200
    reader.context.close()


def test_what_cannot_be_unpacked_leaves_the_picture_and_says_so(shown, reader, tmp_path):
    html = re.sub(
        r'unpack\("([^"]*)","[^"]*"\)', r'unpack("\1","AAAA")', shown["wave"]["text/html"]
    )
    reader.page.goto(page_of(tmp_path, html))
    reader.page.wait_for_selector("explorable-output p")
    assert "[explorable] wave-" in reader.page.locator("explorable-output p").inner_text()
    assert reader.page.get_by_role("img", name="A wave.").is_visible()


def test_objects_say_what_they_are():
    @ex.value
    def doubled(shift=shift):
        return 2 * shift

    assert repr(wave) == "<figure wave(shift, again)>"
    assert repr(doubled) == "<value doubled(shift)>"
    assert repr(walk) == "<simulation walk(pace)>"
    assert repr(walk.run(0)) == "<run at step 0>"
    assert re.fullmatch(r"<run at step 2, far [\d.]+>", repr(walk.run(2)))


def test_a_widget_has_a_trait_for_each_control():
    w = walking.widget()
    names = {"ink", "kind", "start", "walk.pace", "move.pace"}
    assert names <= set(w.traits()) and not {"kick", "move.kick"} & set(w.traits())
    assert (w.kind, w.start, getattr(w, "move.pace")) == ("dot", (0.0, 0.0), 1.0)
    w.set(kind="cross", ink=torch.ones(2, 3), **{"move.pace": 2})
    assert w.get_state()["ink"] == [1.0] * 6 and w.get_state()["move.pace"] == 2.0
    # What the page sends.
    w.set_state({"start": [0.5, -1], "ink": [0, 0, 0, 0, 0, 1], "kind": "dot"})
    assert w.start == (0.5, -1.0) and w.kind == "dot"
    assert w.ink.tolist() == [[0, 0, 0], [0, 0, 1]]
    heard = []
    w.observe(lambda change: heard.append(change.new), "kind")
    w.kind = "cross"
    assert heard == ["cross"]
    assert "text/html" in w._repr_mimebundle_()[0] and MIME in w._repr_mimebundle_()[0]


def test_a_widget_refuses_what_the_page_would():
    import traitlets

    w = turned.widget()
    with pytest.raises(traitlets.TraitError, match="'shift' is between 0 and 6, got 7"):
        w.shift = 7
    with pytest.raises(ExplorableError, match="did you mean 'shift'"):
        w.set(shfit=1)
    with pytest.raises(ExplorableError, match="'shift' is between 0 and 6"):
        w.set(z=2j, shift=9)
    assert (w.shift, w.z) == (1.0, 1 + 0.5j)


def test_a_widget_says_what_it_lacks(monkeypatch):
    @ex.figure
    def clash(layout=ex.slider(0, 1)):
        """A name that widgets use."""
        return ex.curve(layout * torch.ones(3))

    with pytest.raises(ExplorableError, match="a widget has a 'layout' of its own"):
        clash.widget()
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ExplorableError, match=re.escape('pip install "explorable[jupyter]"')):
        wave.widget()
