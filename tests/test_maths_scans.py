"""Scripts that search a page for maths render the author's prose and leave figures alone: the real
KaTeX auto-render and MathJax over a still, a live figure, and text that has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from authored import write_page
from reader import LIVE, serving

MODULES = Path(__file__).resolve().parent.parent / "node_modules"
SOURCE = r'''
@ex.figure
def priced(
    a=ex.slider(0, 1, value=0.5, label=r"cost \$a\$ \(b\)", unit="$"),
    few=ex.choice([r"$x$", r"\(y\)"]),
    many=ex.choice([f"$x_{k}$ and ${k}$ of them" for k in range(5)]),
    go=ex.button(r"press \$g\$"),
):
    r"""What $x$ costs, \(y\), $$z$$ and \begin{equation}w\end{equation}."""
    line = a * torch.linspace(0, 1, 3) + 0 * go
    return ex.plot(
        ex.curve(line, name=r"$p$ or \[q\]"),
        ex.curve(line / 2, name="half"),
        ex.label(torch.tensor([1.0, 0.2]), r"\$l\$, $$m$$"),
        title=f"\\(t\\) is \\${a:.2f}\\$",
    )

@ex.figure
def worded(words=ex.text("$t$ and $u$", max=12)):
    """Letters."""
    return ex.plot(ex.heatmap(1.0 * words.ids[None, :], columns=words))
'''
PROSE = (
    r"<p>Prose: \(e^{i\pi}\), $$\sum_k k$$ and <explorable-value of='worded.words'>"
    r"</explorable-value>.</p>"
)
DOLLARS = "[{left:'$$',right:'$$',display:true},{left:'$',right:'$'},{left:'\\\\(',right:'\\\\)'}]"
# name -> (files, before them, one scan of the page, what it renders)
SCANNERS = {
    "katex": (
        ["katex/dist/katex.js", "katex/dist/contrib/auto-render.js"],
        "",
        "renderMathInElement(document.body)",
        ".katex",
    ),
    "katex with dollars": (
        ["katex/dist/katex.js", "katex/dist/contrib/auto-render.js"],
        "",
        f"renderMathInElement(document.body, {{ delimiters: {DOLLARS} }})",
        ".katex",
    ),
    "mathjax 3": (["mathjax/es5/tex-svg.js"], "", "MathJax.typesetPromise()", "mjx-container"),
    "mathjax 3 with dollars": (
        ["mathjax/es5/tex-chtml.js"],
        r"window.MathJax = { tex: { inlineMath: [['$', '$'], ['\\(', '\\)']] } }",
        "MathJax.typesetPromise()",
        "mjx-container",
    ),
    "mathjax 4": (["mathjax-4/tex-svg.js"], "", "MathJax.typesetPromise()", "mjx-container"),
}
PARTS = """() => [...document.querySelectorAll("explorable-figure, explorable-value")]
    .map((part) => part.innerHTML)"""
RESTS = f"""async () => {{
    for (let last = "", same = 0; same < 10;) {{
        await new Promise(requestAnimationFrame);
        const now = JSON.stringify(({PARTS})());
        same = now === last ? same + 1 : 0;
        last = now;
    }}
}}"""
"""Ten frames in which no figure changes: what a scan then finds changed, the scan has changed."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the figure in index.html, and as a still that never wakes in still.html."""
    folder = tmp_path_factory.mktemp("maths")
    write_page(folder, SOURCE, text=PROSE)
    page = (folder / "index.html").read_text()
    still = re.sub(r'<script type="module"[^>]*></script>', "", page)
    assert still != page
    (folder / "still.html").write_text(still)
    with serving(folder) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    # These scripts write style attributes, so a page that has them has another policy than ours.
    context = chromium.new_context(bypass_csp=True)
    context.set_default_timeout(60_000)
    context.route("**/npm/**", from_npm)
    yield context.new_page()
    context.close()


def from_npm(route: Route) -> None:
    """A file of a package, as if the site had it."""
    file = MODULES / route.request.url.partition("/npm/")[2]
    route.fulfill(path=file) if file.is_file() else route.abort()


def scan(page: Page, name: str) -> None:
    """Load a scanner, if it is not there yet, and let it go over the page."""
    files, before, once, rendered = SCANNERS[name]
    if not page.locator("script[data-scanner]").count():
        page.add_script_tag(content=f"{before};document.currentScript.dataset.scanner = '';")
        for file in files:
            if not (MODULES / file).exists():
                pytest.skip(f"no {file}: npm install --no-package-lock brings it")
            page.add_script_tag(url=f"npm/{file}")
        if "MathJax" in once:
            page.evaluate("() => MathJax.startup.promise")
    page.evaluate(f"async () => {{ await {once}; }}")
    assert page.locator(f"p {rendered}").count() >= 2, "it has scanned"
    assert page.locator(":is(explorable-figure, explorable-value) " + rendered).count() == 0


@pytest.mark.parametrize("name", SCANNERS)
def test_a_still_keeps_its_text(url: str, page: Page, name: str) -> None:
    page.goto(f"{url}still.html")
    before = page.evaluate(PARTS)

    scan(page, name)

    assert page.evaluate(PARTS) == before
    assert r"\(t\) is $0.50$" in page.locator(".explorable-still:visible").first.inner_text()


@pytest.mark.parametrize("name", SCANNERS)
def test_a_live_figure_keeps_its_text(url: str, page: Page, name: str) -> None:
    page.goto(f"{url}index.html")
    page.wait_for_selector(LIVE)
    page.evaluate(RESTS)
    before = page.evaluate(PARTS)

    scan(page, name)
    assert page.evaluate(PARTS) == before

    page.evaluate(
        """async () => {
            const [priced, worded] = document.querySelectorAll("explorable-figure");
            await priced.set({ a: 0.25 });
            await worded.set({ words: "$v$ \\\\(w\\\\)" });
        }"""
    )
    page.evaluate(RESTS)
    before = page.evaluate(PARTS)
    scan(page, name)
    assert page.evaluate(PARTS) == before
    assert r"\(t\) is $0.25$" in (page.locator(".explorable-text").first.text_content() or "")
    assert page.locator("explorable-value").text_content() == "$v$ \\(w\\)"


def test_the_alternative_is_read_as_it_was_written(url: str, page: Page) -> None:
    page.goto(f"{url}still.html")
    alt = r"What $x$ costs, \(y\), $$z$$ and \begin{equation}w\end{equation}."

    assert page.get_by_role("img", name=alt, exact=True).count() == 1
    assert page.get_by_role("button", name="press $g$").count() == 1
    assert page.get_by_role("radio", name=r"\(y\)").count() == 1
