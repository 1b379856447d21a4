"""A page made from the hand-written program, served here with our policy."""

from __future__ import annotations

import base64
import contextlib
import json
import struct
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

from explorable.engine import Engine
from explorable.link import RUNTIME, link, strip, stylesheet
from reader import POLICY, listening
from tiny import WASM, program


def spec() -> dict[str, Any]:
    """One figure: a dragged point, painted cells, a simulation and every kind of control."""
    controls = program()["controls"]
    plot = {
        "kind": "plot",
        "marks": [
            {
                "kind": "scatter",
                "xy": "plot",
                "edit": {"control": "point", "offset": 0, "strides": [1], "shape": [2]},
            },
            {
                "kind": "heatmap",
                "values": "cells",
                "low": 0,
                "high": 1,
                "x": [-2, -1],
                "y": [0, 1],
                "edit": {"control": "cells", "offset": 0, "strides": [3, 1], "shape": [2, 3]},
            },
        ],
        "x": [-2, 2],
        "y": [-1, 1],
        "xScale": "linear",
        "yScale": "linear",
        "aspect": None,
        "title": ["out is ", {"slot": "out", "format": ".2f"}],
        "legend": None,
    }
    return {
        "format": 1,
        "version": "0.1.0",
        "runtime": "runtime.js",
        "style": "style.css",
        "parts": {"worker": "worker.js"},
        "program": program(),
        "figures": {
            "figure": {
                "alt": "A point <that> moves.",
                "width": 640,
                "controls": [*controls, "run"],
                "layout": {"false": 0, "true": 0},
                "layouts": [plot],
                "outputs": [{"out": "out", "step": "step"}],
            }
        },
        "verified": {"worst": 0, "settings": 1, "ill": 0, "variants": ["plain"]},
    }


def write(
    folder: Path, engine: Engine, document: dict[str, Any], *, runtime: Path = RUNTIME
) -> None:
    """All files of the page."""
    still = '<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}"><title>still</title></svg>'
    engine.once(link(runtime / "page/markup.js", name="page").text)
    engine.once(link(runtime / "scene/scene.js", name="drawing").text)
    layout = document["figures"]["figure"]["layouts"][0]
    stills = [
        still.format(width, engine.call("drawing.heightOf", layout, width)) for width in (360, 720)
    ]
    html = engine.call(
        "page.markup",
        document,
        "figure",
        stills,
        {"src": "spec.json"},
    )
    (folder / "style.css").write_text(stylesheet())
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>'
        '<link rel="stylesheet" href="style.css">'
        '<script type="module" src="stub.js"></script>'
        f"<body><p>before</p>{html}<p>after "
        '<explorable-value of="double" format=".1f">2.0</explorable-value></p></body></html>'
    )
    (folder / "favicon.ico").touch()
    (folder / "spec.json").write_text(json.dumps(document))
    (folder / "tiny.wasm").write_bytes(WASM)
    (folder / "weight.bin").write_bytes(struct.pack("<4e", 0, 7.5, -0.25, 6e-8))
    (folder / "runtime.js").write_text(link(runtime / "page/index.js", form="module").text)
    (folder / "worker.js").write_text(link(runtime / "worker.js").text)
    (folder / "stub.js").write_text(strip((RUNTIME / "stub.js").read_text()))


def write_one_file(folder: Path, engine: Engine, document: dict[str, Any], **options: Any) -> Path:
    """The same page as a single file that fetches nothing."""
    write(folder, engine, document, **options)
    runtime: Path = options.get("runtime", RUNTIME)
    names = ("spec.json", "tiny.wasm", "weight.bin", "worker.js")
    files = {name: base64.b64encode((folder / name).read_bytes()).decode() for name in names}
    script = link(runtime / "page/inline.js", name="explorable").text
    html = (folder / "index.html").read_text()
    html = html.replace(
        '<link rel="stylesheet" href="style.css">', f"<style>{stylesheet()}</style>"
    )
    html = html.replace('<script type="module" src="stub.js"></script>', "")
    boot = f"<script>{script}explorable.boot({json.dumps(files)})</script></body>"
    single = folder / "single.html"
    single.write_text(html.replace("</body>", boot))
    return single


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}
    policy = POLICY
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self.policy)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def serve(
    folder: Path,
    policy: str = POLICY,
    wasm: str = "application/wasm",
    asked: list[str] | None = None,
) -> Iterator[str]:
    """The URL of a folder, until the block ends; ``asked`` fills with fetched paths."""
    types = _Handler.extensions_map | {".wasm": wasm}
    own = {"policy": policy, "extensions_map": types, "asked": [] if asked is None else asked}
    with listening(type("Handler", (_Handler,), own), folder) as address:
        yield address
