"""A verified group -> the Bundle that hosts write: spec, wasm, arrays, stills, the runtime, one
fragment each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..engine import Engine
from ..graphs import Type
from ..link import LICENSE, content_hash, link, parts_of, split, stylesheet, unneeded
from ..link.needs import CLOTHES, LATER, MORE_STYLE, TEXTS, TOKENIZERS, needed_at_once
from ..parts.controls import Integer, Slider
from ..parts.source import source_text
from ..parts.span import Range
from ..trace.drawing.fields import SIDE, corner
from .bundle import Bundle, Published
from .group import Group, TracedFigure
from .machine import Machine
from .numbers import first_numbers
from .pictured import marks_with_fields, still_size
from .pictures import WIDTHS, Picture, picture
from .spans import in_spans
from .spec import figure_spec, package_version
from .verify import Checked

Json = Any  # the shapes of spec.d.ts
FORMAT = 1
HERE = "@/"
"""Stands for the bundle's folder in a fragment; Published.at puts the host's in its place."""


def file_stem(name: str) -> str:
    """A figure's name as the beginning of file names, in ASCII.

    >>> file_stem("plane"), file_stem("அலை")
    ('plane', 'figure')
    """
    # Site generators leave out files whose names begin with a line.
    return re.sub(r"[^A-Za-z0-9_]+", "", name).lstrip("_") or "figure"


def publish(
    group: Group, program: Json, files: dict[str, bytes], checked: Checked, engine: Engine
) -> Bundle:
    """Draws the stills at the default values and puts every file under the hash of its content."""
    shown = {d.figure.name: figure_spec(group, d) for d in group.drawings}
    needs = {"program": program, "figures": shown}
    runtime = runtime_files(unneeded(needs), needed_at_once(needs))
    published = dict(files) | runtime.files
    names = runtime.names
    spec: Json = {
        "format": FORMAT,
        "version": package_version(),
        "runtime": names["runtime"],
        **({"modules": list(runtime.modules)} if len(runtime.modules) > 1 else {}),
        "style": names["style"],
        "parts": {"worker": names["worker"], "prose": names["prose"], **runtime.later},
        "program": in_spans(program, slots_read(needs)),
        "figures": shown,
        "verified": checked.spec(),
    }
    text = json.dumps(spec, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    stem = file_stem(group.figures[0].name)
    address = f"{stem}-{content_hash(text)}.json"
    published[address] = text
    machine = Machine(engine, program, files)
    machine.settle()
    figures: list[Published] = []
    for drawing in group.drawings:
        stills = _stills(drawing, spec, machine, engine)
        for still in stills:
            published |= still.files
        figures.append(_fragment(drawing, spec, address, stills, names, engine))
    numbers = first_numbers(program, machine)
    warnings = (*_warnings(group), *_clipped(group, spec, machine))
    machine.close()
    return Bundle(
        name=stem,
        spec=address,
        files=published,
        figures=tuple(figures),
        warnings=warnings,
        verified=dict(checked.spec()),
        numbers=numbers,
    )


def _layout(drawing: TracedFigure, spec: Json, machine: Machine) -> Json:
    """The one that is shown first."""
    shown = spec["figures"][drawing.figure.name]
    return shown["layouts"][shown["layout"][machine.key(drawing.figure.name)]]


def _stills(drawing: TracedFigure, spec: Json, machine: Machine, engine: Engine) -> list[Picture]:
    layout = _layout(drawing, spec, machine)
    slots: dict[str, tuple[Type, bytes]] = {
        slot: (machine.kind(slot), machine.data(slot)) for slot in slots_of(layout, machine.slots)
    }
    for mark in marks_with_fields(layout):
        slots[mark["pixels"]["picture"]] = machine.picture(mark, *still_size(mark))
    name, alt = drawing.figure.name, drawing.figure.alt
    locale = drawing.figure.options.lang or "en"
    controls = spec["program"]["controls"].items()
    texts = {
        name: {"text": control["value"], "tokenizer": control["tokenizer"]}
        for name, control in controls
        if control["kind"] == "text"
    }
    wide_first = [
        picture(
            engine,
            layout,
            slots,
            width=width,
            alt=alt,
            name=name,
            folder=HERE,
            texts=texts,
            locale=locale,
            again=width < WIDTHS[-1],
        )
        for width in reversed(WIDTHS)
    ]
    return wide_first[::-1]


def slots_of(layout: Json, known: Any) -> list[str]:
    """The slots that a layout names, each once."""
    found: list[str] = []

    def visit(part: Json) -> None:
        if isinstance(part, dict):
            for value in part.values():  # pyright: ignore[reportUnknownVariableType]  (JSON)
                visit(value)
        elif isinstance(part, list):
            for value in part:  # pyright: ignore[reportUnknownVariableType]  (JSON)
                visit(value)
        elif isinstance(part, str) and part in known and part not in found:
            found.append(part)

    visit(layout)
    return found


def slots_read(spec: Json) -> list[str]:
    """The slots that a spec names, but for its list of them and for the states of simulations."""
    program = spec["program"]
    nodes = [{k: v for k, v in node.items() if k != "state"} for node in program["nodes"]]
    rest = {k: v for k, v in program.items() if k != "slots"}
    return slots_of([spec["figures"], {**rest, "nodes": nodes}], program["slots"])


def _fragment(
    drawing: TracedFigure,
    spec: Json,
    address: str,
    stills: list[Picture],
    names: dict[str, str],
    engine: Engine,
) -> Published:
    figure = drawing.figure
    lang = figure.options.lang
    options = {"src": HERE + address, **({"lang": lang} if lang else {})}
    body: str = engine.call(
        "still.markup", spec, figure.name, [still.svg for still in stills], options
    )
    html = (
        f'<link rel="stylesheet" href="{HERE}{names["style"]}">{body}'
        f'<script type="module" src="{HERE}{names["stub"]}"></script>'
    )
    return Published(
        name=figure.name,
        title=figure.name.replace("_", " "),
        alt=figure.alt,
        html=html,
        width=figure.options.width,
        heights=tuple((still.width, still.height) for still in stills),
        source=source_text(figure.wires.function),
        budget=figure.options.budget,
    )


@dataclass(frozen=True)
class Runtime:
    """What a bundle brings along to be live."""

    files: dict[str, bytes]
    names: dict[str, str]
    """Role -> file name."""
    modules: tuple[str, ...]
    """The core and its parts."""
    later: dict[str, str]
    """Parts that are fetched when they are wanted."""


@cache
def runtime_files(without: tuple[str, ...] = (), now: tuple[str, ...] = ()) -> Runtime:
    """The runtime of a bundle that leaves these modules out; ``now``: parts that it needs at once,
    though others fetch them later."""
    core = _file("explorable", split().core)
    brought = {name: _part(name, core[0]) for name in parts_of(without)}
    parts = [part for name, part in brought.items() if name not in LATER or name in now]
    modules = tuple(name for name, _ in (core, *parts))
    # How much of it there is, for the page that has several (page/index.js).
    style = "style-plain" if set(MORE_STYLE) <= set(without) else "style"
    style = style if set(CLOTHES) <= set(without) else "style-clothes"
    roles = {
        "runtime": core,
        "worker": _worker(tuple(path for path in without if path.startswith("core/"))),
        "prose": _prose(),
        "stub": _file("stub", link("stub.js", form="module").text),
        "style": _file(style, stylesheet(without), "css"),
    }
    if parts:
        # All of it behind one name, for a stub on the page that does not know of parts.
        beside = "".join(f'import"./{name}";' for name, _ in parts)
        roles["runtime"] = _file("joint", f'{beside}export{{mount}}from"./{core[0]}";\n')
    later = {name: brought[name] for name in LATER if name in brought and name not in now}
    names = {role: name for role, (name, _) in roles.items()}
    files = dict((core, *parts, *roles.values(), *later.values()))
    return Runtime(files, names, modules, {name: file for name, (file, _) in later.items()})


@cache
def _part(name: str, core: str) -> tuple[str, bytes]:
    return _file(f"part-{name}", split().part(name, core))


@cache
def _worker(without: tuple[str, ...]) -> tuple[str, bytes]:
    return _file("worker", link("worker.js", without=without).text)


@cache
def _prose() -> tuple[str, bytes]:
    text = link("prose/index.js", form="module", without=(*TEXTS, *TOKENIZERS)).text
    return _file("prose", text)


def _file(stem: str, text: str, ending: str = "js") -> tuple[str, bytes]:
    """A file's name, with the hash of its content, and its content."""
    head = f"/* Explorable {package_version()}, MIT licence */\n"
    data = (head + text.removeprefix(LICENSE).lstrip()).encode()
    return f"{stem}-{content_hash(data)}.{ending}", data


def _warnings(group: Group) -> Iterator[str]:
    for figure in group.figures:
        if not figure.alt:
            where = f"{figure.line}: " if figure.line else ""
            yield (
                f"{where}figure '{figure.name}' has no docstring; "
                "its first paragraph is the text alternative"
            )
    idle = group.idle() - group.sizes()
    for control, name in group.names.items():
        # One that figures share may be read by text beside them.
        if isinstance(control, (Slider, Integer, Range)) and "." in name and control in idle:
            yield f"{control.line}: '{name}' changes nothing in the figure; remove it, or use it"


def _clipped(group: Group, spec: Json, machine: Machine) -> Iterator[str]:
    """Fields of which much is brighter than white or darker than black."""
    for drawing in group.drawings:
        for mark in marks_with_fields(_layout(drawing, spec, machine)):
            machine.block(mark["pixels"], corner(mark["x"], mark["y"], SIDE, SIDE, (0, 0)))
            values = machine.tensor(mark["pixels"]["block"])
            outside = float(((values < -0.01) | (values > 1.01)).float().mean())
            if outside > 0.25:
                low, high = float(values.min()), float(values.max())
                yield (
                    f"{drawing.figure.line}: figure '{drawing.figure.name}': {outside:.0%} of its "
                    f"field's numbers lie outside 0 to 1, black to white "
                    f"({low:.3g} to {high:.3g}); return (v - low) / (high - low), or draw "
                    "ex.heatmap(values)"
                )
