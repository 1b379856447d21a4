"""Short names for a module's variables, parameters and private members, so that modules joined in
one scope cannot meet.

A name is replaced everywhere in the module by one new name, so whatever the scopes are, what was
one variable stays one, and two stay two. Properties keep their names: all that is needed is to tell
a variable from a property, which takes the brackets around it and its neighbours.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, product
from re import fullmatch

from ..errors import ExplorableError
from .scopes import name_locals, short_names
from .terse import terse
from .tokens import Token
from .tokens import tokens as read

KEYWORDS = frozenset(
    "await async break case catch class const continue default delete do else export extends "
    "false finally for function if import in instanceof let new null of return static "
    "super switch this throw true try typeof undefined var void while yield NaN Infinity "
    "arguments eval".split()
)
"""And those that are words in some places only: no variable of ours has such a name."""
DECLARE = frozenset({"const", "let", "var"})
NAME = r"[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*"


@dataclass
class _Place:
    """What a token is: where a name stands decides whether it is a variable."""

    variable: bool = False
    shorthand: bool = False
    declared: bool = False
    top: bool = False
    """Outside of all brackets; of a declaration: its name belongs to the whole module."""


@dataclass(frozen=True)
class Shortened:
    """A module with short names, and what its own top-level names are called now."""

    text: str
    names: dict[str, str]


def shorten(source: str, outer: Mapping[str, str], fresh: Iterator[str]) -> Shortened:
    """The same program, bare as `strip` makes it, with short names for its own variables and
    ``#private`` members, and in fewer lines.

    A private member becomes a property ``_a``: nobody outside can know its name either, and
    browsers of the baseline that have no private members read it (docs/browsers.md).

    source: a module without its import and export statements.
    outer: what its imports are called.
    fresh: names no other module has, for what stands at its top.
    """
    tokens = list(read(source))
    solid = [k for k, token in enumerate(tokens) if token.kind not in ("space", "comment")]
    bare = [tokens[k] for k in solid]
    listed = _places(bare)
    places = dict(zip(solid, listed, strict=True))
    declared = {tokens[k].text: False for k, place in places.items() if place.declared}
    declared |= {tokens[k].text: True for k, p in places.items() if p.declared and p.top}
    used = Counter(tokens[k].text for k, p in places.items() if p.variable)
    outside = used.keys() - declared.keys()
    private = Counter(token.text for token in tokens if _is_private(token))
    new = dict(outer)
    if hidden := [name for name in outer if name in declared and "." in outer[name]]:
        fact = f"'{hidden[0]}' comes from a part and is declared again"
        raise ExplorableError("link", fact, fix=f"import {{ {hidden[0]} as another }}")
    for name, _ in used.most_common():
        if declared.get(name) and name not in new:
            new[name] = next(fresh)
    variables = {n: p.declared and not p.top for n, p in enumerate(listed) if p.variable}
    named = name_locals(bare, variables, list(_functions(bare)), new.keys(), KEYWORDS | outside)
    inner = {solid[n]: name for n, name in named.items()}
    members = zip((name for name, _ in private.most_common()), short_names(), strict=False)
    new_members = {name: "_" + short for name, short in members}
    out: list[Token] = []
    for k, token in enumerate(tokens):
        text, place = token.text, places.get(k)
        if _is_private(token) and text in new_members:
            text = new_members[text]
        elif place is not None and place.variable:
            short = new.get(text) or inner.get(k, text)
            text = f"{text}:{short}" if place.shorthand and short != text else short
        out.append(Token(token.kind, text))
    return Shortened(
        terse(out), {name: new.get(name, name) for name, top in declared.items() if top}
    )


def top_names() -> Iterator[str]:
    """Names for the tops of modules that are joined; no function has one like them."""
    for length in count(2):
        for name in map("".join, product(string.ascii_lowercase, repeat=length)):
            if name not in KEYWORDS:
                yield name


def _is_private(token: Token) -> bool:
    """``#name``, and not the text of a template that begins so."""
    return token.kind == "word" and token.text.startswith("#")


def _places(tokens: list[Token]) -> list[_Place]:
    places = [_Place() for _ in tokens]
    closing = _matching(tokens)
    stack: list[str] = []
    initializer = [False]
    for k, token in enumerate(tokens):
        places[k].top = not stack
        before, after = _text(tokens, k - 1), _text(tokens, k + 1)
        inside = stack[-1] if stack else "block"
        text = token.text
        if token.kind == "template":
            if text.endswith("${"):
                stack.append("template")
                initializer.append(False)
        elif token.kind == "operator":
            if text == "{":
                stack.append(_brace(tokens, k, inside))
                initializer.append(False)
            elif text in ("(", "["):
                stack.append(text)
            elif text in (")", "]") and stack:
                stack.pop()
            elif text == "}" and stack:
                stack.pop()
                initializer.pop()
            elif inside == "class":
                initializer[-1] = text == "=" or (initializer[-1] and text != ";")
        elif token.kind == "word" and fullmatch(NAME, text) and text not in KEYWORDS:
            spread = before == "." and _text(tokens, k - 2) == "."
            if before == "." and not spread:
                continue
            if inside == "object" and before in ("{", ",", "async", "get", "set"):
                if after not in (",", "}", "="):
                    continue  # a key or a method
                places[k].shorthand = True
            elif inside == "class" and not initializer[-1] and before not in ("extends",):
                continue
            places[k].variable = True
    for k, token in enumerate(tokens):
        if token.text in DECLARE:
            for name in _declared(tokens, k + 1, closing):
                places[name].declared = places[name].variable
                places[name].top = places[k].top
        elif token.text in ("class", "function") and k + 1 < len(tokens):
            name = k + 2 if _text(tokens, k + 1) == "*" else k + 1
            places[name].declared = places[name].variable
            places[name].top = places[k].top
        elif token.text == "=" and _text(tokens, k + 1) == ">" and k:
            if tokens[k - 1].text == ")":
                parameters = _listed(tokens, closing[k - 1] + 1, k - 1, closing)
            else:
                parameters = iter((k - 1,))
            for name in parameters:
                places[name].declared = places[name].variable
        elif token.text == ")" and _text(tokens, k + 1) == "{" and _is_function(tokens, closing[k]):
            for name in _listed(tokens, closing[k] + 1, k, closing):
                places[name].declared = places[name].variable
    return places


def _text(tokens: list[Token], k: int) -> str:
    return tokens[k].text if 0 <= k < len(tokens) else ""


def _matching(tokens: list[Token]) -> dict[int, int]:
    """The other end of each bracket, both ways."""
    pairs: dict[int, int] = {}
    open_at: list[int] = []
    for k, token in enumerate(tokens):
        opens = token.kind == "operator" and token.text in ("(", "[", "{")
        if opens or (token.kind == "template" and token.text.endswith("${")):
            open_at.append(k)
        elif token.kind == "operator" and token.text in (")", "]", "}") and open_at:
            other = open_at.pop()
            pairs[k], pairs[other] = other, k
    return pairs


def _brace(tokens: list[Token], k: int, inside: str) -> str:
    """What a ``{`` opens: "block", "object" (or a pattern), or "class"."""
    before = _text(tokens, k - 1)
    for back in (1, 2, 3, 4):
        if _text(tokens, k - back) == "class":
            return "class"
        if _text(tokens, k - back) in ("{", "}", ";", ")"):
            break
    if before in (")", ";", "{", "}", "else", "do", "try", "finally", "catch", "static", ""):
        return "block"
    if before == ">" and _text(tokens, k - 2) == "=":
        return "block"
    if before == ":" and inside == "block":
        # `case 1: {` opens a block, `a ? b : {` an object.
        for back in range(k - 1, max(0, k - 40), -1):
            if _text(tokens, back) in ("case", "default"):
                return "block"
            if _text(tokens, back) in ("?", ";", "{", "}"):
                break
    return "object"


def _is_function(tokens: list[Token], opening: int) -> bool:
    """Do these brackets, before a ``{``, hold parameters (and not a condition)?"""
    name = _text(tokens, opening - 1)
    return name == "catch" or name not in ("if", "for", "while", "switch", "await", "with")


def _functions(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """The first and the last token of each function, from its parameters to the end of its body."""
    closing = _matching(tokens)
    for k, token in enumerate(tokens):
        if token.kind != "operator":
            continue
        if token.text == ")" and _text(tokens, k + 1) == "{":
            if _is_function(tokens, closing[k]) and _text(tokens, closing[k] - 1) != "catch":
                yield closing[k], closing[k + 1]
        elif token.text == "=" and _text(tokens, k + 1) == ">":
            start = closing[k - 1] if _text(tokens, k - 1) == ")" else k - 1
            body = _text(tokens, k + 2) == "{"
            yield start, closing[k + 2] if body else _end_of_expression(tokens, k + 2, closing)


def _end_of_expression(tokens: list[Token], k: int, closing: dict[int, int]) -> int:
    """The last token of an expression that begins here and holds no comma of its own."""
    choices = 0
    while k < len(tokens):
        text = tokens[k].text if tokens[k].kind == "operator" else ""
        if text in (",", ";", ")", "]", "}") and text:
            break
        if text == "?" and _text(tokens, k + 1) in ("?", "."):
            k += 1  # `??` and `?.` choose nothing
        elif text == "?":
            choices += 1
        elif text == ":":
            if not choices:
                break
            choices -= 1
        k = max(k, closing.get(k, k)) + 1
    return k - 1


def _declared(tokens: list[Token], k: int, closing: dict[int, int]) -> Iterator[int]:
    """Where names stand after ``const`` or ``let``, up to the end of the statement."""
    if _text(tokens, k) in ("{", "["):
        yield from _listed(tokens, k + 1, closing[k], closing)
        return
    yield k
    # `let a = 1, b = 2;`: further names follow commas that are in no brackets.
    while k < len(tokens) and tokens[k].text not in (";", "of", "in", ")", "}"):
        if tokens[k].text == ",":
            yield k + 1
        k = closing[k] if tokens[k].kind != "string" and k in closing else k
        k += 1


def _listed(tokens: list[Token], start: int, end: int, closing: dict[int, int]) -> Iterator[int]:
    """Where names stand in a parameter list or a pattern; what follows ``=`` is a value."""
    k, value = start, False
    while k < end:
        text = tokens[k].text
        if text == ",":
            value = False
        elif text == "=":
            value = True
        elif text in ("{", "[", "(") and k in closing:
            if not value:
                yield from _listed(tokens, k + 1, closing[k], closing)
            k = closing[k]
        elif not value:
            yield k
        k += 1
