"""Short names for what a module keeps to itself: its variables, parameters and private members.

A name is replaced everywhere in the module by one new name, so whatever the scopes are, what was
one variable stays one, and two stay two. Properties keep their names: all that is needed is to tell
a variable from a property, which takes the brackets around it and its neighbours.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from re import fullmatch

from .tokens import Token

KEYWORDS = frozenset(
    "await async break case catch class const continue default delete do else export extends "
    "false finally for function get if import in instanceof let new null of return set static "
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


def shorten(tokens: Sequence[Token]) -> list[Token]:
    """The same program with short names for its own variables and ``#private`` members.

    tokens: a whole function body, so that nothing else knows its variables.
    """
    solid = [k for k, token in enumerate(tokens) if token.kind not in ("space", "comment")]
    places = dict(zip(solid, _places([tokens[k] for k in solid]), strict=True))
    declared = {tokens[k].text for k, place in places.items() if place.declared}
    used = Counter(tokens[k].text for k, p in places.items() if p.variable)
    private = Counter(token.text for token in tokens if token.text.startswith("#"))
    taken = {tokens[k].text for k in solid} - declared
    fresh = (name for name in _short_names() if name not in taken and name not in KEYWORDS)
    new = {name: next(fresh) for name, _ in used.most_common() if name in declared}
    members = zip((name for name, _ in private.most_common()), _short_names(), strict=False)
    new_members = {name: "#" + short for name, short in members}
    out: list[Token] = []
    for k, token in enumerate(tokens):
        text, place = token.text, places.get(k)
        if text.startswith("#") and text in new_members:
            text = new_members[text]
        elif place is not None and place.variable and text in new:
            text = f"{text}:{new[text]}" if place.shorthand else new[text]
        out.append(Token(token.kind, text))
    return out


def _short_names() -> Iterator[str]:
    for length in count(1):
        yield from map("".join, product(string.ascii_letters, repeat=length))


def _places(tokens: list[Token]) -> list[_Place]:
    places = [_Place() for _ in tokens]
    closing = _matching(tokens)
    stack: list[str] = []
    initializer = [False]
    for k, token in enumerate(tokens):
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
            _declare(tokens, places, k + 1, closing)
        elif token.text in ("class", "function") and k + 1 < len(tokens):
            name = k + 2 if _text(tokens, k + 1) == "*" else k + 1
            places[name].declared = places[name].variable
        elif token.text == "=" and _text(tokens, k + 1) == ">" and k:
            if tokens[k - 1].text == ")":
                _declare_list(tokens, places, closing[k - 1] + 1, k - 1, closing)
            else:
                places[k - 1].declared = True
        elif token.text == ")" and _text(tokens, k + 1) == "{" and _is_function(tokens, closing[k]):
            _declare_list(tokens, places, closing[k] + 1, k, closing)
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


def _declare(tokens: list[Token], places: list[_Place], k: int, closing: dict[int, int]) -> None:
    """The names after ``const``, ``let``: up to the end of the statement."""
    if _text(tokens, k) in ("{", "["):
        _declare_list(tokens, places, k + 1, closing[k], closing)
        return
    places[k].declared = places[k].variable
    # `let a = 1, b = 2;`: further names follow commas that are in no brackets.
    while k < len(tokens) and tokens[k].text not in (";", "of", "in", ")", "}"):
        if tokens[k].text in ("(", "[", "{") and k in closing:
            k = closing[k]
        elif tokens[k].kind == "template" and k in closing:
            k = closing[k]
        elif tokens[k].text == ",":
            places[k + 1].declared = places[k + 1].variable
        k += 1


def _declare_list(
    tokens: list[Token], places: list[_Place], start: int, end: int, closing: dict[int, int]
) -> None:
    """The names of a parameter list or a pattern; what stands after ``=`` is a value."""
    k, value = start, False
    while k < end:
        text = tokens[k].text
        if text == ",":
            value = False
        elif text == "=":
            value = True
        elif text in ("{", "[", "(") and k in closing:
            if not value:
                _declare_list(tokens, places, k + 1, closing[k], closing)
            k = closing[k]
        elif not value and places[k].variable:
            places[k].declared = True
        k += 1
