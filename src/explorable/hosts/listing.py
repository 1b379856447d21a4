"""Python code as HTML with a class on each kind of token. Standard library only, no style in it."""

from __future__ import annotations

import io
import keyword
import textwrap
import tokenize
from html import escape


def listing(source: str) -> str:
    """Highlighted code; plain where Python cannot read it.

    >>> listing("x = 1  # one")
    '<code>x = <span class="number">1</span>  <span class="comment"># one</span></code>'
    """
    text = textwrap.dedent(source).strip("\n")
    lines = text.split("\n")
    parts: list[str] = []
    row, column = 1, 0

    def plain(to_row: int, to_column: int) -> str:
        """The text between the last token and a place."""
        if to_row == row:
            return lines[row - 1][column:to_column]
        middle = [*lines[row : to_row - 1], lines[to_row - 1][:to_column]]
        return "\n".join([lines[row - 1][column:], *middle])

    try:
        for token in tokenize.generate_tokens(io.StringIO(text + "\n").readline):
            kind = _kind(token)
            if kind is None or not token.string.strip():
                continue
            parts.append(escape(plain(*token.start), quote=False))
            row, column = token.start
            parts.append(f'<span class="{kind}">{escape(plain(*token.end), quote=False)}</span>')
            row, column = token.end
    except (tokenize.TokenError, SyntaxError, IndexError):
        return f"<code>{escape(text, quote=False)}</code>"
    parts.append(escape(plain(len(lines), len(lines[-1])), quote=False))
    return f"<code>{''.join(parts)}</code>"


def _kind(token: tokenize.TokenInfo) -> str | None:
    name = tokenize.tok_name[token.type]
    if name.startswith("FSTRING"):  # Python 3.12 takes f-strings apart
        return "string"
    if token.type == tokenize.NAME:
        return "keyword" if keyword.iskeyword(token.string) else None
    if token.type == tokenize.OP:
        return None
    return {"STRING": "string", "NUMBER": "number", "COMMENT": "comment"}.get(name)
