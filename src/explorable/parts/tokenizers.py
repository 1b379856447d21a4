"""Tokenizers: how a typed text becomes ids, in Python as in the page (runtime/core/tokens.js).

Characters and words are cut here. What comes from a tokenizer.json is cut by the library
`tokenizers`, and in the page by what `tokenizer_file.py` makes of the file.
"""

# pyright: reportUnnecessaryIsInstance=false
# Authors without a type checker pass anything; it is checked here.

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .source import mistake
from .tokenizer_file import Read, read_tokenizer

UNKNOWN = "?"


@dataclass(frozen=True, eq=False)
class Tokenizer(ABC):
    """Text to ids; ``len(tokenizer)`` ids, from 0."""

    @abstractmethod
    def ids(self, text: str) -> list[int]:
        """The ids of the tokens of a text, in order."""

    @abstractmethod
    def __len__(self) -> int: ...

    @property
    @abstractmethod
    def samples(self) -> Sequence[str]:
        """Pieces of text that this tokenizer may meet: verification writes texts with them."""


@dataclass(frozen=True, eq=False)
class Characters(Tokenizer):
    """One id per character, by its place in the vocabulary; an unknown one has the last id."""

    vocabulary: tuple[str, ...]

    def ids(self, text: str) -> list[int]:
        """The id of each character."""
        return _places(self.vocabulary, list(text))

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def samples(self) -> Sequence[str]:
        """The characters."""
        return self.vocabulary


@dataclass(frozen=True, eq=False)
class Words(Tokenizer):
    """One id per word or sign of punctuation, as it is written or else in lower case; an unknown
    one has the last id."""

    vocabulary: tuple[str, ...]

    def ids(self, text: str) -> list[int]:
        """The id of each word."""
        known = set(self.vocabulary)
        found = [word if word in known else word.lower() for word in cut_words(text)]
        return _places(self.vocabulary, found)

    def __len__(self) -> int:
        return len(self.vocabulary)

    @property
    def samples(self) -> Sequence[str]:
        """The words, with spaces."""
        return [f"{word} " for word in self.vocabulary]


@dataclass(frozen=True, eq=False)
class FromFile(Tokenizer):
    """What a tokenizer.json says."""

    read: Read = field(repr=False)

    def ids(self, text: str) -> list[int]:
        """The ids that the library `tokenizers` gives, special tokens included."""
        return self.read.library.encode(text).ids

    def __len__(self) -> int:
        return self.read.library.get_vocab_size()

    @property
    def samples(self) -> Sequence[str]:
        """Some tokens of the vocabulary as text, and signs of other scripts."""
        return self.read.samples


def _places(vocabulary: tuple[str, ...], found: list[str]) -> list[int]:
    place = {name: i for i, name in enumerate(vocabulary)}
    return [place.get(name, len(vocabulary) - 1) for name in found]


def cut_words(text: str) -> list[str]:
    """Runs of letters, marks and digits, with apostrophes inside; any other sign but space alone.

    >>> cut_words("don't stop: 2 அலைகள்")
    ["don't", 'stop', ':', '2', 'அலைகள்']
    """
    found: list[str] = []
    inside = [_inside(sign) for sign in text]
    for i, sign in enumerate(text):
        goes_on = i > 0 and inside[i - 1]
        if inside[i] and goes_on:
            found[-1] += sign
        elif sign in "'’" and goes_on and i + 1 < len(text) and inside[i + 1]:
            found[-1] += sign
            inside[i] = True
        elif inside[i] or not sign.isspace():
            found.append(sign)
    return found


def _inside(sign: str) -> bool:
    return sign == "_" or unicodedata.category(sign)[0] in "LMN"


characters = Characters(tuple(map(chr, range(32, 127))))
"""The printable ASCII characters in order: 'a' is 65."""


def words(given: str | Sequence[str]) -> Words:
    """One id per word: of a vocabulary, or of all the words of a text in the order they come.

    >>> ex.words(["the", "cat", "sat", "?"])            # an unknown word gets the last id
    >>> ex.words("the cat sat on the mat")              # six ids: 'the' is 0, unknown words are 5

    A sign of punctuation is a word of its own. A word that is not in the vocabulary is looked up in
    lower case. Of a text, the last id is that of unknown words. ``len(tokenizer)``: how many ids.
    """
    if isinstance(given, str):
        found = tuple(dict.fromkeys([*cut_words(given), UNKNOWN]))
        found = (*(word for word in found if word != UNKNOWN), UNKNOWN)
    else:
        found = tuple(given)
        if not found or any(not isinstance(word, str) or not word for word in found):
            raise mistake("a vocabulary is a list of words, or a text whose words are taken")
        if len(set(found)) < len(found):
            twice = next(word for word in found if found.count(word) > 1)
            raise mistake(f"the word {twice!r} is in the vocabulary twice")
        for word in found[:-1]:
            if cut_words(word) != [word]:
                raise mistake(
                    f"{word!r} is {len(cut_words(word))} words",
                    fix="a word has no spaces, and a sign of punctuation is a word of its own",
                )
    return Words(found)


def tokenizer(vocabulary: str | Path | Sequence[str]) -> Tokenizer:
    """A Hugging Face tokenizer.json, or one id per character of a vocabulary.

    >>> ex.tokenizer("tokenizer.json")                  # byte-level BPE, BPE, WordPiece, Unigram
    >>> ex.tokenizer("abc ")                            # 'a' is 0; others get the last id

    A file is read with the library `tokenizers` (``pip install 'explorable[tokenizers]'``); the
    page has what it needs of it as a file of its own, and gives the same ids, special tokens
    included. What the page cannot do is an error that names it. ``len(tokenizer)``: how many ids.
    """
    if isinstance(vocabulary, Path) or (
        isinstance(vocabulary, str) and vocabulary.endswith(".json")
    ):
        return FromFile(read_tokenizer(Path(vocabulary)))
    letters = tuple(vocabulary)
    if not letters or any(len(c) != 1 for c in letters) or len(set(letters)) < len(letters):
        raise mistake("a vocabulary is some different characters")
    return Characters(letters)


def spec_of(tokenizer: Tokenizer) -> Any:  # a shape of spec.d.ts
    """``tokenizer`` of a text control, as spec.d.ts says."""
    match tokenizer:
        case FromFile():
            return {"kind": "model", "file": tokenizer.read.name}
        case Words():
            return {"kind": "words", "vocabulary": list(tokenizer.vocabulary)}
        case Characters():
            return {"kind": "characters", "vocabulary": list(tokenizer.vocabulary)}
        case _:
            raise TypeError(type(tokenizer))


def files_of(tokenizer: Tokenizer) -> dict[str, bytes]:
    """The file that a tokenizer brings to the page, by its name."""
    return {tokenizer.read.name: tokenizer.read.page} if isinstance(tokenizer, FromFile) else {}
