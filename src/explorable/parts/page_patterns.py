r"""Regular expressions of the library `tokenizers` (Oniguruma's) as the page writes them: in
JavaScript with flag u, of browsers from 2021 on.

`\s`, `\d` and `\w` are Unicode's; `(?i:...)` of letters is written out. What has no such form
raises ValueError.
"""

from __future__ import annotations

import re

SPACE = r"\p{White_Space}"
DIGIT = r"\p{Nd}"
WORD = r"\p{L}\p{M}\p{Nd}\p{Pc}"
_TOKEN = re.compile(
    r"\\[pP]\{(?P<property>\^?\w+)\}|\\(?P<escape>.)|(?P<group>\(\?[^:=!]?[^:=!]*[:=!]|\()"
    r"|(?P<possessive>[?*+}]\+)|(?P<sign>.)",
    re.DOTALL,
)
_CLASSES = {"s": SPACE, "d": DIGIT, "w": WORD}
_PLAIN = "ntrfv0"


def escaped(text: str) -> str:
    """A pattern that matches this text alone."""
    return re.sub(r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>", text)


def page_pattern(pattern: str) -> str:
    r"""The same pattern in JavaScript.

    >>> page_pattern(r"(?i:'s|'t)|\p{L}+|\s+(?!\S)")
    "(?:'[sS]|'[tT])|\\p{L}+|\\p{White_Space}+(?!\\P{White_Space})"
    """
    made: list[str] = []
    inside = False
    loose: list[bool] = []  # of each open group: are letters of both cases meant?
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if token["possessive"] and not inside:
            raise ValueError(f"'{text}' takes without giving back, which JavaScript cannot")
        if token["property"]:
            name = token["property"]
            turned = name.startswith("^") != (text[1] == "P")
            made.append(f"\\{'P' if turned else 'p'}{{{_property(name.lstrip('^'))}}}")
        elif escape := token["escape"]:
            made.append(_escape(escape, inside=inside))
        elif inside or text == "[":
            if text == "[" and inside:
                raise ValueError("a class inside a class")
            inside = text != "]" if inside else True
            if text == "&" and made[-1:] == ["&"]:
                raise ValueError("an intersection of classes")
            made.append(text)
        elif text.startswith("("):
            if text not in ("(", "(?:", "(?=", "(?!", "(?i:", "(?<=", "(?<!"):
                raise ValueError(f"'{text}'")
            if text.startswith("(?<"):
                raise ValueError("it looks back, which Safari 16.3 and older cannot")
            loose.append(text == "(?i:" or any(loose[-1:]))
            made.append("(?:" if text in ("(?i:", "(") else text)
        elif text == ")":
            loose.pop()
            made.append(text)
        elif any(loose[-1:]) and text.lower() != text.upper():
            made.append(f"[{text.lower()}{text.upper()}]")
        else:
            made.append(text)
    return "".join(made)


def _property(name: str) -> str:
    if len(name) <= 2 or name in ("Alphabetic", "White_Space"):
        return name
    if name in ("Han", "Hangul", "Hiragana", "Katakana", "Latin", "Greek", "Cyrillic", "Tamil"):
        return f"Script={name}"
    raise ValueError(f"the property {name}")


def _escape(sign: str, *, inside: bool) -> str:
    if (low := sign.lower()) in _CLASSES:
        members = _CLASSES[low]
        if sign == low:
            return members if inside else f"[{members}]"
        if inside and low == "w":
            raise ValueError(r"'\W' inside a class")
        return members.replace(r"\p", r"\P") if low != "w" else f"[^{members}]"
    if sign in _PLAIN:
        return "\\" + sign
    if sign.isalnum():
        raise ValueError(f"'\\{sign}'")
    return escaped(sign) if sign not in "-" else ("\\-" if inside else "-")
