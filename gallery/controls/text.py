"""A text that the reader types, cut into the tokens of a byte-level BPE."""

from pathlib import Path

import explorable as ex

# 400 tokens, learnt from this repository's documents with the library `tokenizers`.
bpe = ex.tokenizer(Path(__file__).parent / "tokenizer.json")


@ex.figure(width=460)
def echoes(text=ex.text("she sells sea shells by the sea shore", tokenizer=bpe, max=48)):
    """Where a text repeats itself: a cell is filled if its row and its column are the same token.

    Repeated phrases are short diagonals beside the long one.
    """
    same = text.ids[:, None] == text.ids[None, :]
    return ex.plot(ex.heatmap(same, rows=text, columns=text, name="same"))
