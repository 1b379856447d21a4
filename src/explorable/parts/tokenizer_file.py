"""A Hugging Face tokenizer.json -> what the page needs of it: runtime/spec.d.ts, TokenizerFile.

Normalizers and pre-tokenizers become a few steps that the page knows (runtime/core/models/); what
these cannot say is an error that names it.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .charsmap import read_charsmap
from .page_patterns import escaped, page_pattern
from .source import mistake

Json = Any  # what the library writes, and the shapes of spec.d.ts
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
WORD = r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}"
SPACE = r"\p{White_Space}"
PUNCTUATION = r"[!-/:-@\[-`{-~\p{P}]"
CONTROL = r"[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]"
HAN = (
    r"[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}"
    r"\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]"
)
# What readers may type that a vocabulary does not say: verification writes it too.
SIGNS = ("ñ", "Ａ", "க்", "கொ", "👩‍👩‍👧", "é", "e\u0301", "漢", "…", "\u200b", " ", "  ", "\t", "7")
MOST_SAMPLES = 200
HASH_DIGITS = 10


@dataclass(frozen=True, eq=False)
class Read:
    """A tokenizer.json, read."""

    library: Any = field(repr=False)  # tokenizers.Tokenizer, which is not installed everywhere
    page: bytes = field(repr=False)
    """The page's file: JSON in ASCII."""
    samples: tuple[str, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """Of the page's file, by its content."""
        return f"tokenizer-{hashlib.sha256(self.page).hexdigest()[:HASH_DIGITS]}.json"


class _Unknown(Exception):  # noqa: N818  never leaves this file
    """What the page does not do."""


def read_tokenizer(path: Path) -> Read:
    """The tokenizer in a file; raises ExplorableError at the author's line."""
    try:
        text = path.read_text(encoding="utf-8")
        given = json.loads(text)
    except OSError as error:
        raise mistake(f"'{path}' cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise mistake(f"'{path}' is not JSON: {error}") from None
    if not isinstance(given, dict) or not isinstance(given.get("model"), dict):  # pyright: ignore[reportUnknownMemberType]  (JSON)
        raise mistake(
            f"'{path}' is not a tokenizer.json: it has no model",
            fix='save one with tokenizers: tokenizer.save("tokenizer.json")',
        )
    try:
        library = importlib.import_module("tokenizers")
    except ImportError:
        raise mistake(
            "a tokenizer.json is read with the library tokenizers, which is not installed",
            fix="pip install 'explorable[tokenizers]'",
        ) from None
    try:
        made = library.Tokenizer.from_str(text)
    except Exception as error:  # the library's errors are of class Exception itself
        raise mistake(f"tokenizers cannot read '{path}': {error}") from None
    made.no_truncation()
    made.no_padding()
    try:
        page = _page(given, made)
    except _Unknown as unknown:
        raise mistake(
            f"the page cannot do what '{path}' asks: {unknown}",
            fix="docs/tokenizers.md lists what it can; ex.words and ex.characters need no file",
        ) from None
    data = json.dumps(page, separators=(",", ":"), ensure_ascii=True).encode()
    return Read(made, data, _samples(made))


def _page(given: Json, library: Any) -> Json:
    model = _model(given["model"])
    before, after = _specials(library)
    return {
        "added": _listed(given.get("added_tokens")),
        "normalize": list(_normalizer(given.get("normalizer"))),
        "split": list(_splitter(given.get("pre_tokenizer"))),
        "model": model,
        "before": before,
        "after": after,
    }


def _specials(library: Any) -> tuple[list[Json], list[Json]]:
    """Special tokens that every text has before and after its own: asked of the library, whose
    post-processors are many."""
    whole, bare = library.encode("a a"), library.encode("a a", add_special_tokens=False)
    count = len(whole.ids) - len(bare.ids)
    for first in range(count + 1):
        if whole.ids[first : first + len(bare.ids)] == bare.ids:
            names = [
                {"id": i, "name": name} for i, name in zip(whole.ids, whole.tokens, strict=True)
            ]
            return names[:first], names[first + len(bare.ids) :]
    raise _Unknown("its post-processor changes the tokens themselves")


def _listed(tokens: list[Json] | None) -> list[Json]:
    return [_added(token) for token in tokens or []]


def _added(token: Json) -> Json:
    if token.get("single_word"):
        raise _Unknown(f"the added token {token['content']!r} matches single words only")
    return {
        "content": token["content"],
        "id": token["id"],
        "normalized": bool(token.get("normalized")),
        "left": bool(token.get("lstrip")),
        "right": bool(token.get("rstrip")),
    }


def _pattern(given: Json) -> str:
    """A pattern of the library: a text, or a regular expression."""
    if "String" in given:
        return escaped(given["String"])
    try:
        return page_pattern(given["Regex"])
    except ValueError as error:
        raise _Unknown(f"the pattern {given['Regex']!r} ({error})") from None


def _normalizer(given: Json) -> Iterator[Json]:
    match given:
        case None:
            pass
        case {"type": "Sequence"}:
            for step in given["normalizers"]:
                yield from _normalizer(step)
        case {"type": "NFC" | "NFD" | "NFKC" | "NFKD" as form}:
            yield ["form", form]
        case {"type": "Lowercase"}:
            yield ["lower"]
        case {"type": "Strip"}:
            yield ["strip", bool(given["strip_left"]), bool(given["strip_right"])]
        case {"type": "StripAccents"}:
            yield ["replace", r"\p{M}", ""]
        case {"type": "Prepend"}:
            yield ["prepend", given["prepend"]]
        case {"type": "Replace"}:
            yield ["replace", _pattern(given["pattern"]), given["content"]]
        case {"type": "Precompiled"}:
            yield read_charsmap(base64.b64decode(given["precompiled_charsmap"]))
        case {"type": "BertNormalizer"}:
            if given["clean_text"]:
                yield ["replace", CONTROL, ""]
                yield ["replace", SPACE, " "]
            if given["handle_chinese_chars"]:
                yield ["around", HAN]
            if given["strip_accents"] or (given["strip_accents"] is None and given["lowercase"]):
                yield ["form", "NFD"]
                yield ["replace", r"\p{Mn}", ""]
            if given["lowercase"]:
                yield ["lower"]
        case _:
            raise _Unknown(f"the normalizer {given['type']}")


def _splitter(given: Json) -> Iterator[Json]:
    match given:
        case None:
            pass
        case {"type": "Sequence"}:
            for step in given["pretokenizers"]:
                yield from _splitter(step)
        case {"type": "ByteLevel"}:
            if given["add_prefix_space"]:
                yield ["space"]
            if given.get("use_regex", True):
                yield ["split", page_pattern(GPT2), "Isolated", False]
            yield ["bytes"]
        case {"type": "Metaspace"}:
            yield ["meta", given["replacement"], given.get("prepend_scheme", "always")]
            if given.get("split", True):
                yield ["split", escaped(given["replacement"]), "MergedWithNext", False]
        case {"type": "Whitespace"}:
            yield ["split", f"[{WORD}]+|[^{WORD}{SPACE}]+", "Removed", True]
        case {"type": "WhitespaceSplit"}:
            yield ["split", SPACE, "Removed", False]
        case {"type": "BertPreTokenizer"}:
            yield ["split", SPACE, "Removed", False]
            yield ["split", PUNCTUATION, "Isolated", False]
        case {"type": "Punctuation"}:
            yield ["split", PUNCTUATION, given.get("behavior", "Isolated"), False]
        case {"type": "Digits"}:
            # Numbers of one sign, as the library has them: also ², ½ and Ⅳ.
            alone = given["individual_digits"]
            yield ["split", r"\p{N}" if alone else r"\p{N}+", "Isolated", False]
        case {"type": "CharDelimiterSplit"}:
            yield ["split", escaped(given["delimiter"]), "Removed", False]
        case {"type": "Split"}:
            yield ["split", _pattern(given["pattern"]), given["behavior"], bool(given["invert"])]
        case _:
            raise _Unknown(f"the pre-tokenizer {given['type']}")


def _model(given: Json) -> Json:
    match given.get("type"):
        case "BPE":
            return _bpe(given)
        case "WordPiece":
            names = _names(given["vocab"])
            return {
                "kind": "wordPiece",
                "vocabulary": names,
                "unknown": given["vocab"][given["unk_token"]],
                "prefix": given["continuing_subword_prefix"],
                "longest": given["max_input_chars_per_word"],
            }
        case "WordLevel":
            unknown = given["vocab"].get(given["unk_token"])
            return {"kind": "wordLevel", "vocabulary": _names(given["vocab"]), "unknown": unknown}
        case "Unigram":
            return {
                "kind": "unigram",
                "vocabulary": [name for name, _ in given["vocab"]],
                "scores": [score for _, score in given["vocab"]],
                "unknown": given["unk_id"],
                "fallback": bool(given.get("byte_fallback")),
            }
        case other:
            raise _Unknown(f"the model {other}")


def _names(vocabulary: dict[str, int]) -> list[str | None]:
    names: list[str | None] = [None] * (max(vocabulary.values(), default=-1) + 1)
    for name, place in vocabulary.items():
        names[place] = name
    return names


def _bpe(given: Json) -> Json:
    """Tokens that pairs make are left out where their ids follow the order of the pairs."""
    if given.get("dropout"):
        raise _Unknown("BPE with dropout, which gives other ids each time")
    ids: dict[str, int] = given["vocab"]
    names = _names(ids)
    prefix = given.get("continuing_subword_prefix") or ""
    unknown = given.get("unk_token")
    listed: list[str | list[str]] = given["merges"]  # as text in files of earlier versions
    pairs = [pair.split(" ") if isinstance(pair, str) else pair for pair in listed]
    merges: list[int] = []
    made: list[int] = []
    for left, right in pairs:
        merges += [ids[left], ids[right]]
        made.append(ids[left + right.removeprefix(prefix)])
    order = list(dict.fromkeys(made))
    # A pair may make a token that is also a single sign, or an added one: that stays written.
    kept = list(names)
    for place in order:
        kept[place] = None
    gaps = [place for place, name in enumerate(kept) if name is None]
    return {
        "kind": "bpe",
        "vocabulary": kept if gaps == order else names,
        "merges": merges,
        "prefix": prefix,
        "suffix": given.get("end_of_word_suffix") or "",
        "unknown": None if unknown is None else ids[unknown],
        "fuse": bool(given.get("fuse_unk")),
        "fallback": bool(given.get("byte_fallback")),
        "direct": bool(given.get("ignore_merges")),
    }


def _samples(library: Any) -> tuple[str, ...]:
    size = library.get_vocab_size()
    chosen = range(0, size, max(1, size // MOST_SAMPLES))
    texts = (library.decode([place], skip_special_tokens=False) for place in chosen)
    return (*(f"{text} " for text in texts if text), *SIGNS)
