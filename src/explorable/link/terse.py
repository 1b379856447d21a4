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
    signs = list(_joined(_bare_names(list(_signs(tokens)))))
    return "".join(_spaced(signs)) + "\n"


def _signs(tokens: Iterable[Token]) -> Iterator[_Sign]:
    gap = ""
    for token in tokens:
        if token.kind == "space":
            gap = "\n" if "\n" in token.text else " "
        else:
            yield _Sign(token.kind, token.text, gap)
            gap = ""


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
        if sign.gap and before and _apart(before[-1], sign.text[0], sign.gap):
            yield sign.gap
        yield sign.text
        before = sign.text


def _apart(before: str, after: str, gap: str) -> bool:
    """Would what stands on both sides of a gap mean something else without it?"""
    word = WORD.match(after)
    if gap == "\n" and before not in ";{}" and (word or after in "([`"):
        return True
    if word and WORD.match(before):
        return True
    return before in "+-/<&|?.=*!>" and (before == after or after in "=>.*/")
