"""The sources of a small site for the tests of the Sphinx extension, and its builds in this
process."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from explorable.cli.work import Outcome

CONF = """
project = "Notes"
copyright = "2026, the author"
version = "1"
extensions = ["explorable.sphinx"]
myst_enable_extensions = ["dollarmath"]
html_theme = "explorable"
html_math_renderer = "explorable"
numfig = True
exclude_patterns = ["_build"]
"""
INDEX = """\
# Notes

```{toctree}
waves
sub/placed
plain
```
"""
WAVES = """\
---
file_format: mystnb
---
# Waves

The power is {ex}`wave.power:.3f` at φ = {ex}`shift:.2f`; see {numref}`fig-time`.

$$ x = \\sin(10 \\pi t + \\ex{shift:.1f}) $$ (eq-wave)

```{code-cell} python
:tags: [hide-input]

import torch
import explorable as ex
from wave_helper import turns

t = torch.linspace(0, 0.93, 200)
shift = ex.slider(0, 6, value=1.0, label="φ")

@ex.value
def wave(shift=shift):
    x = torch.sin(turns * t + shift)
    return {"x": x, "power": x.square().mean()}
```

```{code-cell} python
---
mystnb:
  figure:
    name: fig-time
    caption: The wave *in time*.
---
@ex.figure
def in_time(wave=wave):
    \"\"\"A wave in time.\"\"\"
    return ex.plot(ex.curve(t, wave["x"]), y=(-1.2, 1.2))

in_time
```

Equation {eq}`eq-wave` has the spectrum

```{code-cell} python
@ex.figure
def in_frequency(wave=wave, shift=shift):
    \"\"\"Its spectrum.\"\"\"
    return ex.bars(torch.fft.rfft(wave["x"]).abs()[:20])

in_frequency
```
"""
PLACED = """\
# Placed

See {numref}`fig-line`, of slope {ex}`slope`.

```{explorable} ../line.py:line
:name: fig-line

A *line*.
```
"""
LINE = '''\
import torch
import explorable as ex

@ex.figure
def line(slope=ex.slider(0, 2, value=0.5)):
    """A line."""
    return ex.curve(slope * torch.linspace(0, 1, 5))
'''
PLAIN = """\
# Plain

```python
import explorable  # only shown
```
"""


@dataclass
class Site:
    """A site's sources, and the folder for all that is made of them."""

    source: Path
    made: Path

    def write(self, name: str, text: str) -> None:
        (self.source / name).parent.mkdir(parents=True, exist_ok=True)
        (self.source / name).write_text(text, encoding="utf-8")

    def build(self, builder: str = "html", *, fresh: bool = False) -> Built:
        """As ``sphinx-build``; ``fresh`` forgets what Sphinx has read, not our own cache."""
        if fresh:
            shutil.rmtree(self.made / "doctrees", ignore_errors=True)
        warnings, outcomes, read = io.StringIO(), list[Outcome](), list[str]()
        with patch_docutils(self.source), docutils_namespace():
            app = Sphinx(
                self.source,
                self.source,
                self.made / builder,
                self.made / "doctrees",
                builder,
                status=None,
                warning=warnings,
            )
            app.connect("explorable-outcome", lambda _, outcome: outcomes.append(outcome))
            app.connect("doctree-read", lambda app, _: read.append(app.env.docname))
            app.build()
        said = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())
        return Built(self.made / builder, app.statuscode, said, outcomes, sorted(read))


@dataclass
class Built:
    out: Path
    status: int
    said: str
    outcomes: list[Outcome]
    read: list[str]

    def ran(self) -> list[str]:
        """Files whose cells or figures were built, not taken from the cache."""
        return sorted(o.source.name for o in self.outcomes if not o.cached)

    def page(self, name: str) -> str:
        return (self.out / name).read_text(encoding="utf-8")


# A site of many pages

PAGE = '''\
# Page {n}

```{{code-cell}} python
import torch
import explorable as ex
{helper}

@ex.figure
def wave(phase=ex.slider(0, 6, value=1.0)):
    """Wave number {n}."""
    return ex.curve(torch.sin(torch.linspace(0, {n}.5, 100) + phase))

wave
```

At {{ex}}`phase:.1f`.
'''


def write_pages(site: Site, count: int) -> None:
    """``count`` pages with a figure each; every fifth reads a helper."""
    names = [f"page{n:02}" for n in range(count)]
    site.write("conf.py", CONF)
    site.write("index.md", "# Many\n\n```{toctree}\n" + "\n".join(names) + "\n```\n")
    site.write("pages_helper.py", "x = 1\n")
    for n, name in enumerate(names):
        helper = "" if n % 5 else "import pages_helper"
        site.write(f"{name}.md", PAGE.format(n=n, helper=helper))
