"""Below the baseline (wasm SIMD: Chrome 91, Firefox 89, Safari 16.4) and where wasm is off, the
still stays with one line of text; from the baseline on nothing that we publish is too new.

What JavaScript's own library has, tsc checks (tsconfig.json, `lib`); the lists here are of syntax,
the DOM and CSS. docs/browsers.md says what falls back to what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from authored import write_page
from explorable.link import RUNTIME, link, strip, stylesheet
from reader import LIVE, POLICY, SHIFTS, serving

SOURCE = """
@ex.figure
def line(slope=ex.slider(-1, 1, value=0.5), z=ex.point(0.5, 0.5)):
    \"\"\"A line.\"\"\"
    return ex.plot(ex.curve(slope * torch.linspace(0, 1, 8)), ex.scatter(z), title=f"{slope:.2f}")
"""
MESSAGE = ".explorable-message"
WHY = "WebAssembly with SIMD is missing or forbidden here"
WHY_IN_TAMIL = "இந்தப் படம் இயங்கவில்லை: இங்கே SIMD உடைய WebAssembly இல்லை"
WITHOUT_WASM = "delete globalThis.WebAssembly;"
# What an engine without SIMD says of a module that has it.
WITHOUT_SIMD = """
  for (const name of ["compile", "instantiate", "compileStreaming", "instantiateStreaming"])
    WebAssembly[name] = async () => {
      throw new WebAssembly.CompileError("invalid value type 'Simd128'");
    };
  WebAssembly.validate = () => false;
"""
SHEETS = "style sheets of scripts: Firefox 101"
CLONE = "Chrome 98, Firefox 94"
# Their hosts (JupyterLab 4, marimo, MyST) need newer browsers themselves.
IN_HOSTS = {"page/afm.js", "page/widget.js", "page/output.js"}
NEVER_IN_SCRIPTS = {
    r"\bstatic\s*\{": "static blocks: Chrome 94, Firefox 93",
    r"\bimport\b[^;(]*\bwith\s*\{": "import attributes: Chrome 123",
    r"(?<![\w.])using\s+\w": "using: Chrome 134",
    r"\bstructuredClone\b": CLONE,
    r"\bOffscreenCanvas\b": "Firefox 105",
    r"\badoptedStyleSheets\b|\bnew CSSStyleSheet\b": SHEETS,
    r"\bAbortSignal\.(any|timeout)\b|\.throwIfAborted\b": "Chrome 103, Firefox 97",
    r"\bURL\.(canParse|parse)\b": "Chrome 120",
    r"\brandomUUID\b": "Chrome 92, Firefox 95",
    r"\b(requestIdleCallback|scheduler\.)": "not in Safari 16.4",
    r"\b(reportError|ImageDecoder|EyeDropper)\b": "Chrome 94 or 95",
    r"\.(inert|popover|checkVisibility|showPopover|moveBefore|setHTML\w*|getHTML)\b": "too new",
    r"\.(roundRect|createConicGradient)\(": "canvas: Chrome 99, Firefox 112",
    r"\bdevicePixelContentBox\w*": "not in Safari",
    r"\bCSS\.registerProperty\b|\bstartViewTransition\b|\bnavigation\.": "too new",
}
NEVER_IN_STYLES = {
    r"@(property|layer|scope|starting-style|view-transition)\b": "Firefox 97 to 128",
    r"(?m)^\s*&|[{;]\s*&": "nesting: Chrome 112",
    r"\bcolor-mix\(|\b(oklch|oklab|lch|lab)\(|\bcolor\(": "Chrome 111",
    r"\brgba?\(\s*from\b|\brgb\([^)]*var\(": "relative colours",
    r"\b\d+(cq\w+|[dsl]v[hw])\b": "units: Chrome 105 to 108",
    r"\b(subgrid|text-wrap|field-sizing|interpolate-size|anchor-name|masonry)\b": "too new",
    r"(?m)^\s*(translate|rotate|scale)\s*:": "Chrome 104",
    r"@media[^{]*[<>]=?": "range syntax: Chrome 104",
    r":(user-valid|user-invalid|popover-open|modal|open)\b": "too new",
}


def sources() -> dict[str, str]:
    """Every script of the runtime, bare; strings are emptied, for they run nowhere."""
    strings = r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    return {
        path.relative_to(RUNTIME).as_posix(): re.sub(strings, '""', strip(path.read_text("utf-8")))
        for path in sorted(RUNTIME.rglob("*.js"))
    }


def found(lists: dict[str, str], text: str) -> list[str]:
    return [
        f"{match[0]!r} ({since})"
        for pattern, since in lists.items()
        for match in re.finditer(pattern, text)
    ]


def test_no_script_is_newer_than_the_baseline() -> None:
    texts = sources()
    newer = {name: found(NEVER_IN_SCRIPTS, text) for name, text in texts.items()}
    for name in IN_HOSTS & texts.keys():
        newer[name] = [said for said in newer[name] if SHEETS not in said and CLONE not in said]

    assert len(texts) > 40
    assert {name: said for name, said in newer.items() if said} == {}


@pytest.mark.parametrize("entry", ["page/index.js", "page/inline.js", "worker.js"])
def test_no_private_member_is_published(entry: str) -> None:
    """Firefox reads them from 90 on."""
    text = link(entry).text

    assert re.findall(r"[.;{}\n]#\w+", text) == []


def test_the_stub_is_read_by_every_browser_that_knows_import() -> None:
    text = sources()["stub.js"]

    assert not re.search(r"\?\.|\?\?|\|\|=|&&=", text), "Chrome 63 stops at these"


def test_no_style_is_newer_than_the_baseline_or_it_falls_back() -> None:
    text = stylesheet()
    alone = "one selector that is unknown drops the whole rule"

    assert found(NEVER_IN_STYLES, text) == []
    assert "@supports not (color:light-dark(red,red))" in text
    assert "@supports not (container-type:inline-size)" in text
    for selectors in re.findall(r"(?m)^([^{}@;]*:has\([^{}]*)\{", text):
        assert "," not in re.sub(r"\([^()]*\)", "", selectors), alone


def test_colours_are_the_same_with_and_without_light_dark() -> None:
    modern, _, old = stylesheet().partition("@supports not (color:light-dark")
    pairs = re.findall(r"(--explorable-\w+):light-dark\((#\w+),(#\w+)\);", modern)

    assert len(pairs) == 14
    for name, light, dark in pairs:
        assert set(re.findall(rf"{name}:(#\w+);", old)) == {light, dark}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("baseline")
    write_page(made, SOURCE)
    html = (made / "index.html").read_text()
    (made / "tamil.html").write_text(html.replace('lang="en"', 'lang="ta"'))
    return made


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, folder: Path) -> Iterator[Visit]:
    """``visit(path, before=script, policy=header)``: a page in a browser that lacks something."""
    contexts: list[Any] = []
    with serving(folder) as url:

        def make(path: str, *, before: str = "", policy: str = POLICY, **options: Any) -> Page:
            context = chromium.new_context(**{"viewport": {"width": 800, "height": 900}} | options)
            contexts.append(context)
            page = context.new_page()
            page.add_init_script(SHIFTS + before)

            def answer(route: Any) -> None:
                got = route.fetch()
                headers = got.headers | {"content-security-policy": policy}
                route.fulfill(response=got, headers=headers)

            if policy != POLICY:
                page.route("**/*", answer)
            page.goto(url + path)
            return page

        yield make
        for context in contexts:
            context.close()


def stays_still(page: Page) -> bool:
    """The still is seen, nothing is drawn over it, no control pretends to work, nothing moved."""
    page.wait_for_selector(MESSAGE)
    assert page.locator(MESSAGE).count() == 1
    assert page.locator(".explorable-still svg:visible").count() == 1
    assert page.locator(LIVE).count() == 0
    assert page.locator(".explorable-form :is(input, button, select):enabled").count() == 0
    return page.evaluate("window.shift") == 0


@pytest.mark.parametrize("lacking", [WITHOUT_WASM, WITHOUT_SIMD], ids=["no wasm", "no SIMD"])
def test_an_engine_below_the_baseline_keeps_the_still(visit: Visit, lacking: str) -> None:
    page = visit("index.html", before=lacking)

    assert stays_still(page)
    assert page.locator(MESSAGE).inner_text() == (
        f"[explorable] line: this figure is not live: {WHY}"
    )


def test_a_policy_that_forbids_wasm_keeps_the_still(visit: Visit) -> None:
    page = visit("index.html", policy="default-src 'self'")

    assert stays_still(page)
    assert WHY in page.locator(MESSAGE).inner_text()


def test_the_line_is_in_the_language_of_the_page(visit: Visit) -> None:
    page = visit("tamil.html", before=WITHOUT_WASM)

    assert stays_still(page)
    assert WHY_IN_TAMIL in page.locator(MESSAGE).inner_text()


def test_a_runtime_that_the_browser_cannot_read_keeps_the_still(visit: Visit) -> None:
    page = visit("tamil.html")
    page.route(
        "**/explorable-*.js",
        lambda route: route.fulfill(body="a ?!= b", content_type="text/javascript"),
    )
    page.reload()

    assert stays_still(page)
    assert "line: இந்தப் படம் இயங்கவில்லை: " in page.locator(MESSAGE).inner_text()


def test_a_spec_that_is_not_there_is_named(visit: Visit) -> None:
    page = visit("index.html")
    page.route("**/line-*.json", lambda route: route.fulfill(status=404))
    page.reload()

    assert stays_still(page)
    assert re.search(r"line-\w+\.json cannot be loaded \(404\)", page.locator(MESSAGE).inner_text())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_of_the_baseline_shows_the_same_looks(
    chromium: Browser, folder: Path, tmp_path: Path, scheme: str
) -> None:
    """The style sheet with everything unknown that came after the baseline."""
    page_style = ":root { color-scheme: light dark } body { margin: 0 }"
    page_style += "@media (prefers-color-scheme: dark) { body { background: #16171a } }"
    for path in folder.iterdir():
        data = path.read_bytes()
        if path.suffix == ".css":
            text = data.decode()
            for new in ("light-dark(", "@container", "container-type:", ":has("):
                text = text.replace(new, new[:-1] + "x" + new[-1])
            data = text.encode()
        (tmp_path / path.name).write_bytes(data)
    (tmp_path / "page.css").write_text(page_style)
    html = (tmp_path / "index.html").read_text()
    head = html.replace("<title>", '<link rel="stylesheet" href="page.css"><title>')
    (tmp_path / "index.html").write_text(head)
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 800, "height": 900})
    page = context.new_page()
    page.add_init_script(
        "const supports = CSS.supports; CSS.supports = (...asked) =>"
        " !String(asked).includes('light-dark') && supports.apply(CSS, asked);"
    )
    with serving(tmp_path) as url:
        page.goto(url)
        page.wait_for_selector(LIVE)

        def colour(selector: str) -> str:
            return page.eval_on_selector(selector, "(node) => getComputedStyle(node).color")

        inks = {"light": "rgb(31, 35, 40)", "dark": "rgb(230, 231, 234)"}
        assert colour(".explorable-live .ex-ink") == inks[scheme]
        assert colour("explorable-figure label") == inks[scheme]
        assert page.eval_on_selector(".explorable-wide", "(node) => node.clientWidth") > 360
        assert page.evaluate(CURVE_COLOUR) == (
            [74, 96, 204] if scheme == "light" else [108, 184, 253]
        )
    context.close()


# The commonest colour of the canvas that is neither grey nor clear: that of the curve.
CURVE_COLOUR = """() => {
  const canvas = document.querySelector(".explorable-live canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (let k = 0; k < data.length; k += 4) {
    const [r, g, b, alpha] = data.slice(k, k + 4);
    if (alpha < 255 || Math.max(r, g, b) - Math.min(r, g, b) < 60) continue;
    const key = [r, g, b].join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [[most]] = [...counts].sort((a, b) => b[1] - a[1]);
  return most.split(",").map(Number);
}"""
