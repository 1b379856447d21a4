"""The linker: what it strips, what it joins, what it refuses; its output runs in V8."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import RUNTIME, link, parts, parts_of, split, strip, unneeded
from explorable.link.needs import LATER, PARTS
from explorable.link.sources import imports_of, ordered


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as running:
        yield running


TRICKY = r"""
/** doc */
const url = "http://x/*no*/"; // gone
const quote = 'it\'s // "kept"';
const pattern = /\/\*[/*"'`]+\//g; /* gone
too */ const ratio = 8 / 2 / 2;
const nested = `a // ${ `b /* ${ { c: "}" /* gone */ }.c } */` } ${1 / 2 /* gone */} \` c`;
const indexed = [4][0] / 2; const called = (4) / 2;
const found = "a/*b".replace(/[/][*]/, "-") // gone
const object = {
  // gone
  method() { return /}/.test("}"); },
};
`${0}`
const method = object.method();
globalThis.tricky = [url, quote, pattern.source, ratio, nested, indexed, called, found, method];
"""


def test_strip_keeps_the_meaning(engine: Engine) -> None:
    engine.evaluate(TRICKY + ";0")
    before = engine.evaluate("JSON.stringify(tricky)")
    engine.evaluate("(() => {" + strip(TRICKY) + "})();0")
    after = engine.evaluate("JSON.stringify(tricky)")
    assert before == after
    assert "gone" not in strip(TRICKY)
    assert len(json.loads(after)) == 9


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_joins_modules_once_and_in_order(tmp_path: Path, engine: Engine) -> None:
    write(
        tmp_path,
        base="export const loads = [];\nloads.push('base');\nfunction hidden() { return 1; }\n"
        "export { hidden };\n",
        left='import { loads } from "./base.js";\nloads.push("left");\nconst hidden = 5;\n'
        "export async function left() { return hidden; }\n",
        top='import {\n  loads,\n  hidden as one,\n} from "./base.js";\n'
        'import { left } from "./left.js";\n'
        "export class Thing { value() { return [loads, one(), typeof left]; } }\n"
        "export function thing() { return new Thing().value(); }\n",
    )
    linked = link(tmp_path / "top.js", name="joined")
    engine.evaluate(linked.text)
    assert engine.call("joined.thing") == [["base", "left"], 1, "function"]
    assert link(tmp_path / "top.js", name="joined") == linked
    module = link(tmp_path / "top.js", form="module").text
    assert re.search(r"export\{\w+ as Thing,\w+ as thing\};\n$", module)
    assert module.startswith("/*!")


SHADOWS = """
import { outer } from "./base.js";
const item = 1, other = { item, second: item };
function make(set, { item: renamed, deep: [first = outer(7), ...rest] = [] } = {}) {
  const get = ({ item }) => item;
  switch (set) { case item: { const item = 9; return item; } default: }
  return [get({ item: 3 }), renamed, first, rest, set ? item : outer(2), `${other.item}${first}`];
}
class Box {
  static made = 0;
  item = other.second;
  #hidden = () => this.item * 2;
  get value() { return this.#hidden() + item; }
  set value(item) { this.item = item; }
  async later(of) { for (const item of [of]) return { item, get: item, set: 2 * item }; }
}
export function all() {
  const box = new Box();
  box.value = 5;
  const anchor = `#${item}`;
  const first = make(0, { item: 4, deep: [undefined, 6, 8] });
  return [first, make(1), box.value, Object.keys(other), anchor];
}
export const set = (name) => name?.item ?? Box.made;
"""


def test_short_names_keep_the_meaning(tmp_path: Path, engine: Engine) -> None:
    base = "const item = 100;\nexport const outer = (n) => n + item;\n"
    write(tmp_path, base=base, top=SHADOWS)
    plain = base.replace("export ", "").replace("item", "itemOfBase")
    rest = SHADOWS.split("\n", 2)[2].replace("export ", "")
    engine.evaluate(f"(() => {{{plain}{rest}; globalThis.long = {{ all, set }}; }})(); 0")
    engine.evaluate(link(tmp_path / "top.js", name="short").text)
    assert engine.call("short.all") == engine.call("long.all")
    assert engine.call("short.set", {"item": 3}) == 3
    assert engine.call("short.set", None) == 0


def test_leaves_modules_out(tmp_path: Path, engine: Engine) -> None:
    write(
        tmp_path,
        large="export const large = 'much';",
        top='import { large } from "./large.js";\nexport const has = () => typeof large;',
    )
    engine.evaluate(
        link(tmp_path / "top.js", name="less", without=[str(tmp_path / "large.js")]).text
    )
    assert engine.call("less.has") == "undefined"


def test_text_is_safe_inside_html(tmp_path: Path, engine: Engine) -> None:
    write(
        tmp_path, one='export const text = "</script><!--";\nexport function get() { return text; }'
    )
    linked = link(tmp_path / "one.js", name="safe")
    assert "</script" not in linked.text
    assert "<!--" not in linked.text
    engine.evaluate(linked.text)
    assert engine.call("safe.get") == "</script><!--"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('import thing from "./base.js";', "not a form that link knows"),
        ('import * as all from "./base.js";', "not a form that link knows"),
        ("export default 3;", "not a form that link knows"),
        ("export let moving = 3;", "not a form that link knows"),
        ('export * from "./base.js";', "not a form that link knows"),
        ('import { thing } from "lodash";', "'lodash' is not a relative import"),
        ('import { thing } from "./nowhere.js";', "no module 'nowhere.js'"),
        ('import { thing } from "./one.js";', "in a circle: one.js -> one.js"),
    ],
)
def test_refuses_other_forms(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, one=text, base="export const thing = 1;")
    with pytest.raises(ExplorableError, match=re.escape(message)):
        link(tmp_path / "one.js")


@pytest.mark.slow
def test_every_module_of_the_runtime_links(engine: Engine) -> None:
    """Relative static imports and named exports only; and the joined text is JavaScript."""
    modules = {p for p in RUNTIME.rglob("*.js") if p.name != "stub.js"}
    imported = {other for path in modules for _, other in imports_of(path)}
    seen: set[Path] = set()
    for path in modules - imported:
        seen |= {source.path for source in ordered(path, ())}
        text = link(path, name="parsed").text
        engine.call("(text => { new Function(text); return 0; })", text)
    assert seen == modules


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A runtime of a few lines for the splitter; call with modules and parts."""

    def make(parts_of_it: dict[str, tuple[str, ...]], **modules: str) -> parts.Split:
        write(tmp_path, **modules)
        monkeypatch.setattr(parts, "ENTRY", tmp_path / "top.js")
        listed = {
            name: tuple(str(tmp_path / m) for m in paths) for name, paths in parts_of_it.items()
        }
        monkeypatch.setattr(parts, "PARTS", listed)
        forget()
        return parts.split()

    def forget() -> None:
        parts.split.cache_clear()
        parts.modules_of_parts.cache_clear()

    yield make
    forget()


SMALL = {
    "base": "export const loads = [];\nexport const add = (name) => loads.push(name);",
    "tool": 'import { add } from "./base.js";\nadd("tool");\nexport const tool = () => "tool";',
    "left": 'import { tool } from "./tool.js";\nimport { right } from "./right.js";\n'
    "export const left = () => [tool(), right ? right() : null];",
    "right": 'import { loads } from "./base.js";\nexport const right = () => loads.length;',
    "top": 'import { left } from "./left.js";\nimport { right } from "./right.js";\n'
    'import { loads } from "./base.js";\n'
    "export const all = () => [left?.(), right?.(), { left, loads }.loads];",
}


def test_parts_come_after_the_core(small: Any, tmp_path: Path) -> None:
    """Each part alone, both, none; in either order."""
    made = small({"left": ("left.js",), "right": ("right.js",)}, **SMALL)
    (tmp_path / "core.mjs").write_text(made.core)
    for name in ("left", "right"):
        (tmp_path / f"{name}.mjs").write_text(made.part(name, "core.mjs"))
    assert "tool" not in made.core

    def run(*names: str) -> Any:
        lines = [f'await import("./{name}.mjs");' for name in names]
        script = 'const { all } = await import("./core.mjs");' + "".join(lines)
        command = [
            "node",
            "--input-type=module",
            "-e",
            script + "console.log(JSON.stringify(all()))",
        ]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)

    assert run() == [None, None, []]
    assert run("right") == [None, 0, []]
    assert run("left") == [["tool", None], None, ["tool"]]
    assert run("left", "right") == run("right", "left") == [["tool", 1], 1, ["tool"]]


def test_what_two_parts_share_is_listed(small: Any) -> None:
    shared = SMALL | {"right": 'import { tool } from "./tool.js";\nexport const right = tool;'}
    with pytest.raises(ExplorableError, match=r"several parts import 'tool\.js'"):
        small({"left": ("left.js",), "right": ("right.js",)}, **shared)


def test_the_core_does_not_hide_what_a_part_brings(small: Any) -> None:
    hidden = SMALL | {"top": SMALL["top"] + "\nexport const one = (left) => left;"}
    with pytest.raises(ExplorableError, match="'left' comes from a part and is declared again"):
        small({"left": ("left.js",), "right": ("right.js",)}, **hidden)


def test_every_part_imports_the_core_alone() -> None:
    for name in PARTS:
        text = split().part(name, "core-0.js")
        assert re.findall(r'from\s*"([^"]*)"', text) == ["./core-0.js"]
        assert "undefined." not in text


def test_a_part_is_brought_for_what_it_is_needed_for() -> None:
    spec: dict[str, Any] = {
        "program": {"nodes": [], "controls": {}, "slots": {}},
        "figures": {"one": {"layouts": [{"kind": "plot", "marks": [{"kind": "curve"}]}]}},
    }
    later = tuple(LATER)[1:]  # nobody types where there is no slider
    plot = spec["figures"]["one"]["layouts"][0]
    assert parts_of(unneeded(spec)) == ("ranges", *later)
    plot |= {"x": [0, 1], "y": [0, 1]}
    assert parts_of(unneeded(spec)) == later
    plot["marks"][0]["kind"] = "arrow"
    assert parts_of(unneeded(spec)) == ("arrow", *later)
    plot["marks"][0]["kind"] = "heatmap"
    cells = ("colours", "pictures", "axis-names", "cells", "spots", "short")
    assert parts_of(unneeded(spec)) == (*cells, *later)


def test_what_a_bundle_leaves_out_stands_in_a_part() -> None:
    """Else it would be in the core, and every page would fetch it."""
    spec: dict[str, Any] = {"program": {"nodes": [], "controls": {}, "slots": {}}, "figures": {}}
    listed = {path for paths in split().modules.values() for path in paths}
    modules = {RUNTIME / name for name in unneeded(spec) if name.endswith(".js")}
    assert modules <= listed
