"""Writes docs/reference: a page per control and mark, from its signature, its docstring and its
figure of the gallery.

>>> python docs/make_reference.py
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path

import explorable as ex
from explorable import calls
from explorable.parts.controls import CONTROLS
from explorable.parts.marks import MARKS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
LAYOUT = (
    "figure",
    "value",
    "simulation",
    "plot",
    "row",
    "column",
    "grid",
    "space",
    "record",
    "compile",
    "dates",
    "depends",
)
"""What is neither a control nor a mark, and has its page too."""
SECTIONS = {"Controls": CONTROLS, "Marks": MARKS, "Around them": LAYOUT}
WIDE = 96


def pages() -> dict[str, str]:
    """Every page by its file name."""
    found = {f"{name}.md": page(name) for names in SECTIONS.values() for name in names}
    return {"README.md": index(), **found}


def index() -> str:
    """All names, each with the first sentence about it."""
    lines = ["# Reference", "", "Made by `python docs/make_reference.py` from the docstrings."]
    for title, names in SECTIONS.items():
        lines += ["", f"## {title}", "", "| | |", "| --- | --- |"]
        for name in sorted(names):
            first = re.split(r"(?<=\.)\s", " ".join(about(name).split("\n\n")[0].split()))[0]
            lines.append(f"| [ex.{name}]({name}.md) | {markdown(first).replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def about(name: str) -> str:
    """The docstring."""
    return inspect.getdoc(getattr(ex, name)) or ""


def page(name: str) -> str:
    """One page: how it is called, what its docstring says, where it is seen at work."""
    lines = [f"# ex.{name}", "", "```python", called(name), "```", ""]
    for part in re.split(r"\n\s*\n", about(name)):
        if part.lstrip().startswith(">>>"):
            code = re.sub(r"^(>>>|\.\.\.) ?", "", part, flags=re.MULTILINE)
            lines += ["```python", code, "```", ""]
        else:
            lines += [markdown(part), ""]
    shown = at_work(name)
    lines += ["## At work", ""] if shown else []
    for path, figure in shown:
        lines += [
            f"```{{explorable}} ../../{path}:{figure}",
            "```",
            "",
            f"The code: [{path}](../../{path}).",
            "",
        ]
    return "\n".join(lines)


def called(name: str) -> str:
    """How it is called, in lines of a page's width; types are in the text."""
    line = calls.signature(name, getattr(ex, name))
    if len(line) <= WIDE:
        return line
    return line.replace("(", "(\n    ", 1).replace(", *, ", ",\n    *, ", 1)[:-1] + "\n)"


def markdown(text: str) -> str:
    """reStructuredText's double backquotes as Markdown has them; fences are left alone."""
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def at_work(name: str) -> list[tuple[str, str]]:
    """Files of the gallery that are about it, each with its first figure; else the first that uses
    it, of a mark or control before a whole one."""
    own: list[tuple[str, str]] = []
    others: list[tuple[bool, str, str]] = []
    for path in sorted((ROOT / "gallery").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        figures = [
            node.name
            for node in ast.parse(text).body
            if isinstance(node, ast.FunctionDef)
            and any(ast.unparse(d).startswith("ex.figure") for d in node.decorator_list)
        ]
        if f"ex.{name}(" not in text or not figures:
            continue
        where = path.relative_to(ROOT).as_posix()
        if path.stem == name or path.stem.startswith(f"{name}_"):
            own.append((where, figures[0]))
        others.append((path.parent.name == "gallery", where, figures[0]))
    return own or [(where, figure) for _, where, figure in sorted(others)[:1]]


def main() -> None:
    """Write what has changed, remove what is not of ours any more."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    for path in FOLDER.glob("*.md"):
        if path.name not in made:
            path.unlink()
    sys.stdout.write(f"{len(made)} pages in {FOLDER}\n")


if __name__ == "__main__":
    main()
