"""The same program in fewer signs: nothing that only a reader of the source needs.

Every statement of the source ends with a semicolon or a brace (its formatter sees to that).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .tokens import Token

DECLARE = ("const", "let")
BEFORE_OPERAND = frozenset("=([{,:?&|+-*!<>;")
AROUND = {
    **dict.fromkeys(("=", "=>", "return", ",", "(", "["), frozenset(";,)]}")),
    "?": frozenset(":"),
    ":": frozenset(";,)]}"),
}
"""What stands before brackets that hold a whole expression, and what after them."""
WORD = re.compile(r"[\w$#\\\u0080-\uffff]")


@dataclass
class _Sign:
    kind: str
    text: str
    gap: str
    """What stood before it: "", " " or a line's end."""

    def opens(self) -> bool:
        opens = self.kind == "operator" and self.text in ("(", "[", "{")
        return opens or (self.kind == "template" and self.text.endswith("${"))

    def closes(self) -> bool:
        return self.kind == "operator" and self.text in (")", "]", "}")


def terse(tokens: Iterable[Token]) -> str:
    """The program that these tokens are; there are no comments among them.

    >>> terse(tokens("const one = (a) => {\\n  return (a);\\n};\\nconst two = one;"))
    'const one=a=>{return a},two=one;'
    """
    signs = _bare_names(_without_brackets(list(_plain(list(_signs(tokens))))))
    return "".join(_spaced(list(_joined(signs))))


def _signs(tokens: Iterable[Token]) -> Iterator[_Sign]:
    gap = ""
    for token in tokens:
        if token.kind == "space":
            gap = "\n" if "\n" in token.text else " "
        else:
            yield _Sign(token.kind, token.text, gap)
            gap = ""


def _without_brackets(signs: list[_Sign]) -> list[_Sign]:
    """Without the brackets around a whole expression: casts of the source, bodies of arrows."""
    partner: dict[int, int] = {}
    commas: set[int] = set()  # brackets with a comma of their own
    opened: list[int] = []
    for k, sign in enumerate(signs):
        if sign.opens():
            opened.append(k)
        elif sign.closes():
            partner[opened.pop()] = k
        elif sign.text == "," and sign.kind == "operator" and opened:
            commas.add(opened[-1])
    gone: set[int] = set()
    for k, close in partner.items():
        if signs[k].text != "(" or k + 1 == close or k in commas:
            continue
        after = signs[close + 1] if close + 1 < len(signs) else signs[close]
        whole = after.kind == "operator" and after.text in AROUND.get(_before(signs, k), ())
        if whole and signs[k + 1].text not in ("{", "function", "class"):
            gone |= {k, close}
            signs[k + 1].gap = signs[k].gap or " "
    return [sign for k, sign in enumerate(signs) if k not in gone]


def _before(signs: list[_Sign], k: int) -> str:
    """What stands before a bracket, as it is written in AROUND."""
    if k == 0 or signs[k - 1].kind not in ("operator", "word"):
        return ""
    before = signs[k - 1].text
    if k == 1 or signs[k - 1].gap or signs[k - 2].kind != "operator":
        return before
    pair = signs[k - 2].text + before
    if pair == "=>":
        return pair
    return "" if pair in ("==", "!=", "<=", ">=", "??") else before


def _plain(signs: list[_Sign]) -> Iterator[_Sign]:
    """``.5`` for ``0.5``; ``new Map`` for ``new Map()``, where nothing follows that would belong to
    it."""
    k = 0
    while k < len(signs):
        texts = [sign.text for sign in signs[k : k + 5]]
        if texts[:2] == ["0", "."] and len(texts) > 2 and texts[2][0].isdigit():
            yield _Sign("word", f".{texts[2]}", signs[k].gap)
            k += 3
        elif texts[0] == "new" and texts[2:4] == ["(", ")"] and texts[4:] and texts[4] in ";,)]}":
            yield from signs[k : k + 2]
            k += 4
        else:
            yield signs[k]
            k += 1


def _bare_names(signs: list[_Sign]) -> list[_Sign]:
    """Without the brackets around one name: a parameter, or what the source has a type for."""
    out: list[_Sign] = []
    k = 0
    while k < len(signs):
        ahead = [sign.text for sign in signs[k : k + 5]]
        named = len(ahead) > 2 and (ahead[0], ahead[2]) == ("(", ")")
        if named and signs[k].kind == signs[k + 2].kind and signs[k + 1].kind == "word" and out:
            before = out[-1]
            operand = before.kind == "operator" and before.text in BEFORE_OPERAND
            if before.text == "return" or operand:
                signs[k + 1].gap = signs[k].gap or " "
                out.append(signs[k + 1])
                k += 3
                continue
        out.append(signs[k])
        k += 1
    return out


def _joined(signs: list[_Sign]) -> Iterator[_Sign]:
    """``const a = 1; const b = 2;`` as one statement, and no semicolon before a ``}``."""
    words = [""]  # what the statement begins with, in each bracket that is open
    k = 0
    while k < len(signs):
        sign = signs[k]
        following = signs[k + 1].text if k + 1 < len(signs) else ""
        if sign.opens():
            words.append("")
        elif sign.closes():
            words.pop()
        elif sign.text in DECLARE:
            words[-1] = sign.text
        elif sign.text == ";" and sign.kind == "operator":
            if words[-1] and words[-1] == following:
                yield _Sign("operator", ",", "")
                signs[k + 2].gap = ""
                k += 2
                continue
            words[-1] = ""
            if following == "}":
                k += 1
                continue
        yield sign
        k += 1


def _spaced(signs: list[_Sign]) -> Iterator[str]:
    before = ""
    for sign in signs:
        if sign.gap and before and _apart(before[-1], sign.text[0], len(sign.text) > 1):
            yield sign.gap
        yield sign.text
        before = sign.text


def _apart(before: str, after: str, number: bool) -> bool:
    """Would what stands on both sides of a gap mean something else without it?"""
    word = WORD.match(after)
    if word and WORD.match(before):
        return True
    if after == "." and number:
        return WORD.match(before) is not None
    return before in "+-/<&|?.=*!>" and (before == after or after in "=>.*/")
