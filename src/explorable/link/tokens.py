"""JavaScript as tokens, as far as needed to know comments, strings and patterns from the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import ExplorableError

TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
  | (?P<template>`)
  | (?P<word>[\w$\#@\u0080-\uffff]+)
  | (?P<operator>/|[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)
TEXT_OF_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)
REGULAR_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
BEFORE_EXPRESSION = frozenset(
    "return typeof case in of delete void throw new instanceof yield await else do".split()
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def tokens(source: str) -> Iterator[Token]:
    """Tokens of JavaScript, as far as needed to know comments from everything else."""
    position, previous = 0, ""
    braces: list[str] = []
    while position < len(source):
        if braces and braces[-1] == "template":
            # Inside a template literal, outside of its ${...}.
            match = TEXT_OF_TEMPLATE.match(source, position)
            assert match is not None  # matches the empty text
            end = match.end() + (1 if source.startswith("`", match.end()) else 2)
            braces.pop()
            if source.startswith("${", match.end()):
                braces += ["template", "${"]
            previous = "(" if braces and braces[-1] == "${" and end - match.end() == 2 else "`"
            yield Token("template", source[position:end])
            position = end
            continue
        match = TOKEN.match(source, position)
        assert match is not None  # the last branch matches anything
        kind, text = match.lastgroup or "", match.group()
        if text == "/" and _expression_follows(previous):
            match = REGULAR_EXPRESSION.match(source, position)
            if match is None:
                line = source.count("\n", 0, position) + 1
                raise ExplorableError("link", f"unfinished regular expression (line {line})")
            kind, text = "string", match.group()
        elif text == "`":
            braces.append("template")
        elif text == "{":
            braces.append("{")
        elif text == "}" and braces:
            braces.pop()
        yield Token(kind, text)
        position += len(text)
        if kind not in ("space", "comment"):
            previous = text


def _expression_follows(previous: str) -> bool:
    if previous in BEFORE_EXPRESSION or not previous:
        return True
    return not (previous[-1] in ")]}`\"'/" or re.fullmatch(r"[\w$#\u0080-\uffff]+", previous))
