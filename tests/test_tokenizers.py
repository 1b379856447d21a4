"""Tokenizers in the page: the runtime's JavaScript in V8 gives the ids of the library `tokenizers`,
for tokenizers trained on the texts of this repository; what it cannot do is an error."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tokenizers import AddedToken, Regex, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers import Tokenizer as Library

import explorable as ex
from authored import write_page
from explorable.engine import Engine
from explorable.errors import ExplorableError
from explorable.link import link
from explorable.parts.tokenizers import FromFile, Tokenizer, files_of, spec_of
from reader import FIGURE, Reader, serving

ROOT = Path(__file__).resolve().parent.parent
TAMIL = (ROOT / "tests" / "texts" / "tamil.txt").read_text().splitlines()
EMOJI = [
    "👩‍👩‍👧‍👦",
    "🇮🇳",
    "👍🏽",
    "❤️",
    "🏳️‍🌈",
    "1️⃣",
    "😀",
    "🦜",
    "é",
    "e\u0301",
    "ﬁ",
    "Ａ",
    "漢字",
    "한국어",
    "ß",
    "İ",
]
QUARTER = 250
SPECIAL = ["[UNK]", "[CLS]", "[SEP]"]
LLAMA = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def english() -> list[str]:
    return [line for path in sorted(ROOT.glob("*.md")) for line in path.read_text().splitlines()]


def code() -> list[str]:
    folder = ROOT / "src" / "explorable"
    paths = [*sorted(folder.glob("trace/*.py")), *sorted(folder.glob("runtime/page/*.js"))]
    return [line for path in paths for line in path.read_text().splitlines()]


def lines() -> list[str]:
    """1,000 lines: English, code, Tamil, and emoji among words."""
    draw = random.Random(5)
    tamil = [" ".join(draw.sample(TAMIL, draw.choice([1, 1, 2]))) for _ in range(QUARTER)]
    words = " ".join(english()).split()
    mixed = [
        draw.choice(["", " ", "  "]).join(
            draw.sample(EMOJI, 3) + draw.sample(words, 3) + draw.sample(TAMIL[3].split(), 1)
        )
        for _ in range(QUARTER)
    ]
    whole = [line for line in english() if line.strip()]
    return [*draw.sample(whole, QUARTER), *draw.sample(code(), QUARTER), *tamil, *mixed]


def byte_level() -> Library:
    made = Library(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=1500, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator([*english(), *TAMIL], trainer)
    made.add_special_tokens(["<|endoftext|>"])
    return made


def word_piece() -> Library:
    made = Library(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=1500, special_tokens=SPECIAL, show_progress=False
    )
    made.train_from_iterator([*english(), *TAMIL], trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return made


def unigram() -> Library:
    made = Library(models.Unigram())
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), spaces])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=1200, special_tokens=["<s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator([*english(), *TAMIL], trainer)
    return made


def sentence_piece() -> Library:
    """Unigram as SentencePiece has it: its compiled table of characters (of 13 rules), bytes."""
    charsmap = base64.b64decode((ROOT / "tests" / "texts" / "charsmap.txt").read_text())
    made = Library(models.Unigram())
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    made.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap), spaces])
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    special = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.UnigramTrainer(
        vocab_size=900, special_tokens=special, unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator(english(), trainer)
    given = json.loads(made.to_str())
    given["model"]["byte_fallback"] = True
    return Library.from_str(json.dumps(given))


def plain() -> Library:
    """BPE as Llama 2 has it: bytes for unknown signs."""
    made = Library(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]
    )
    special = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trainer = trainers.BpeTrainer(
        vocab_size=1200, special_tokens=special, limit_alphabet=90, show_progress=False
    )
    made.train_from_iterator(english(), trainer)
    return made


def suffixed() -> Library:
    """BPE with an ending on words (as CLIP has it), and no bytes: unknown signs are one."""
    made = Library(models.BPE(unk_token="[UNK]", fuse_unk=True, end_of_word_suffix="</w>"))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.NFD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=["[UNK]"], end_of_word_suffix="</w>", limit_alphabet=80,
        show_progress=False,
    )  # fmt: skip
    made.train_from_iterator(english(), trainer)
    made.add_tokens([AddedToken("Explorable", normalized=True), AddedToken("PyTorch", lstrip=True)])
    return made


def split() -> Library:
    """Byte-level BPE whose words are cut as Llama 3 cuts them, whole words looked up first."""
    made = Library(models.BPE(ignore_merges=True))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(LLAMA), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=900, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator([*english(), *TAMIL], trainer)
    return made


def word_level() -> Library:
    made = Library(models.WordLevel(unk_token="[UNK]"))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("contiguous")]
    )
    trainer = trainers.WordLevelTrainer(vocab_size=900, special_tokens=SPECIAL, show_progress=False)
    made.train_from_iterator([*english(), *TAMIL], trainer)
    return made


MADE = [byte_level, word_piece, unigram, sentence_piece, plain, suffixed, split, word_level]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as opened:
        opened.evaluate(link("core/models.js", name="models").text)
        opened.evaluate(link("core/tokens.js", name="tokens").text)
        yield opened


def in_page(engine: Engine, tokenizer: Tokenizer, texts: list[str]) -> list[list[dict[str, Any]]]:
    """The pieces of each text, as the page's own code cuts it."""
    spec = json.dumps(spec_of(tokenizer))
    if isinstance(tokenizer, FromFile):
        (data,) = files_of(tokenizer).values()
        engine.evaluate(f"globalThis.cut = models.encoder({data.decode()}); 0")
    else:
        engine.evaluate(f"globalThis.cut = (text) => tokens.pieces({spec}, text); 0")
    engine.evaluate("globalThis.all = (texts) => texts.map((text) => cut(text)); 0")
    return engine.call("all", texts)


@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_ids_equal_the_library_on_a_thousand_lines(make, engine, tmp_path):
    library = make()
    library.save(str(tmp_path / "tokenizer.json"))
    texts = [
        *lines(),
        "ﬁne Ａ…! ①½ 漢\u200b e\u0301e",
        "",
        " ",
        "a<|endoftext|>b",
        "[SEP] x",
        "Explorable  PyTorch",
        "\n\n a",
    ]

    tokenizer = ex.tokenizer(tmp_path / "tokenizer.json")
    found = in_page(engine, tokenizer, texts)

    assert len(texts) >= 1000
    for text, pieces in zip(texts, found, strict=True):
        assert [piece["id"] for piece in pieces] == library.encode(text).ids, text
        ends = [(piece["from"], piece["to"]) for piece in pieces]
        assert all(0 <= start <= end <= len(text.encode("utf-16-le")) // 2 for start, end in ends)
        assert [start for start, _ in ends] == sorted(start for start, _ in ends), text
    # Not only unknown tokens: a vocabulary that was learnt is used.
    assert len({piece["id"] for pieces in found for piece in pieces}) > 300


@pytest.mark.parametrize(
    "tokenizer",
    [
        ex.characters,
        ex.tokenizer("abc தமிழ்"),
        ex.words(["the", "cat", "அலைகள்", "It's", "."]),
        ex.words(" ".join(TAMIL[:5]) + " the cat's 3 waves, and re-runs"),
    ],
)
def test_characters_and_words_equal_python(tokenizer, engine):
    texts = [line for line in lines() if "\u0130" not in line]

    found = in_page(engine, tokenizer, texts)

    ids = [[piece["id"] for piece in pieces] for pieces in found]
    assert ids == [tokenizer.ids(text) for text in texts]
    assert {place for row in ids for place in row} >= {0, len(tokenizer) - 1}


def test_words_of_a_text():
    tokenizer = ex.words("the cat sat on the mat")

    assert tokenizer.ids("The cat, the dog") == [0, 1, 5, 0, 5]
    assert len(tokenizer) == 6


def test_signs_are_whole(engine):
    engine.evaluate(link("core/graphemes.js", name="graphemes").text)
    engine.evaluate("globalThis.signs = (text) => graphemes.graphemes(text); 0")
    signs = ["கொ", "க்", "ஷ", "👩‍👩‍👧‍👦", "🇮🇳", "🇱🇰", "👍🏽", "❤️", "1️⃣", "e\u0301", "a", "\r\n", "한"]

    assert engine.call("signs", "".join(signs)) == signs
    shown = engine.evaluate(
        "JSON.stringify(tokens.labels({kind: 'characters', vocabulary: ['a']}, 'கொa'))"
    )
    assert shown == '["கொ","கொ","a"]'


REFUSED = {
    "dropout": (lambda made: made["model"].update(dropout=0.1), "BPE with dropout"),
    "single word": (
        lambda made: made["added_tokens"][0].update(single_word=True),
        "the added token '<|endoftext|>' matches single words only",
    ),
    "pattern": (
        lambda made: made.update(
            pre_tokenizer={
                "type": "Split", "pattern": {"Regex": r"\w++"}, "behavior": "Isolated",
                "invert": False,
            }
        ),
        r"the pattern '\\w++' ('++' takes without giving back",
    ),
    "scripts": (
        lambda made: made.update(pre_tokenizer={"type": "UnicodeScripts"}),
        "the pre-tokenizer UnicodeScripts",
    ),
    "nmt": (lambda made: made.update(normalizer={"type": "Nmt"}), "the normalizer Nmt"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_the_page_cannot_do_is_named(name, tmp_path):
    change, told = REFUSED[name]
    made = json.loads(byte_level().to_str())
    change(made)
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(made))

    with pytest.raises(ExplorableError) as caught:
        ex.tokenizer(path)

    assert told in str(caught.value)
    assert "test_tokenizers.py" in str(caught.value)


def test_a_file_that_is_none(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "broken.json").write_text("{")

    for name, told in {
        "config.json": "it has no model",
        "broken.json": "is not JSON",
        "missing.json": "cannot be read: No such file",
    }.items():
        with pytest.raises(ExplorableError, match=told):
            ex.tokenizer(tmp_path / name)


def test_a_text_that_is_too_long(tmp_path):
    with pytest.raises(ExplorableError, match="the text has 5 tokens, more than max=4"):
        ex.text("the cat sat on it", tokenizer=ex.words("the cat sat on it"), max=4)
    word_piece().save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ExplorableError, match="every text has 2 special tokens"):
        ex.text("", tokenizer=ex.tokenizer(tmp_path / "tokenizer.json"), max=2)


SOURCE = """
@ex.value
def typed(text=ex.text("waves", tokenizer=ex.tokenizer("{path}"), max=12)):
    return text.ids

@ex.figure
def ids(typed=typed):
    "Ids."
    return ex.plot(ex.bars(typed.float()))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    library = byte_level()
    library.save(str(folder / "given.json"))
    write_page(folder, SOURCE.format(path=folder / "given.json"))
    (folder / "given.json").unlink()
    with serving(folder) as url:
        yield library, url


@pytest.mark.slow
def test_a_reader_types_into_a_page(chromium, site):
    library, url = site
    reader = Reader(chromium).open(url)
    page = reader.page
    ids = "() => Array.from(document.querySelector('explorable-figure').outputs.typed.data)"
    field = page.locator("input[type=text]")

    field.fill("அலை 👩‍👩‍👧‍👦")
    reader.settle()

    typed = reader.controls()["typed.text"]["value"]
    assert page.evaluate(ids) == library.encode(typed).ids
    # What is too long is cut at a whole sign, and the field says so once it is left.
    assert typed in ("அலை ", "அலை", "அ") or typed == "அலை 👩‍👩‍👧‍👦"
    field.fill("one two three four five six seven eight nine ten")
    field.blur()
    reader.settle()
    kept = field.input_value()
    assert "one two three four five six seven eight nine ten".startswith(kept)
    assert len(library.encode(kept).ids) <= 12 < len(library.encode(kept + " five six seven").ids)
    assert page.evaluate(ids) == library.encode(kept).ids
    assert reader.said == []
    assert sum("/tokenizer-" in address for address in reader.fetched) == 1


@pytest.mark.slow
def test_a_script_may_set_before_the_file_has_come(chromium, site):
    library, url = site
    reader = Reader(chromium)
    # Below the screen nothing is loaded until somebody asks.
    reader.page.set_viewport_size({"width": 600, "height": 200})
    reader.page.route("**/index.html", lambda route: pushed(route))
    reader.page.goto(url + "index.html")
    reader.page.wait_for_function(f"() => {FIGURE}.set")

    letters = "a b c d e f g h i j k l m n o p"
    taken = reader.set({"text": letters})["text"]

    longer = letters[: len(taken) + 2]
    assert len(library.encode(taken).ids) <= 12 < len(library.encode(longer).ids)
    assert reader.said == []


def pushed(route: Any) -> None:
    """The page, far down."""
    answer = route.fetch()
    space = '<body><div style="height: 5000px"></div>'
    route.fulfill(
        response=answer,
        body=answer.text().replace("<body>", space),
        headers={"content-type": "text/html"},
    )
