"""Two attention heads over a sentence typed by the reader, with weights that can be read.

Nothing was trained: the embedding of a character is built from what it is (its place in the
alphabet, vowel, consonant or space), and the projections pick out what each head compares.
"""

import math

import torch
from torch import nn

import explorable as ex

letters = "abcdefghijklmnopqrstuvwxyz "
place = torch.arange(27)

# The first 8 features place the 27 characters on circles, so that a character is nearest to
# itself; the next 3 say vowel, consonant or space; the last 5 are free.
angles = 2 * math.pi / 27 * place[:, None] * torch.tensor([1, 4, 7, 10])
vowel = torch.tensor([letter in "aeiou" for letter in letters])
space = torch.tensor([letter == " " for letter in letters])
kind = torch.stack([vowel, ~vowel & ~space, space], 1)
features = torch.cat([angles.cos(), angles.sin(), kind.float(), torch.zeros(27, 5)], 1)
embedding = nn.Embedding.from_pretrained(features)

# A query, a key and a value of 8 numbers for each of two heads. Head 1 compares circles with
# circles (who is the same letter?), head 2 kinds with kinds, vowels and consonants exchanged
# (who is the opposite?).
qkv = nn.Linear(16, 48, bias=False).requires_grad_(False)
circles, kinds = torch.eye(16)[:8], torch.eye(16)[8:]
opposite = kinds.clone()
opposite[[0, 1]] = kinds[[1, 0]]
qkv.weight.copy_(torch.cat([circles, 3 * opposite, circles, kinds, circles, kinds]))


@ex.figure(width=860)
def attention(
    text=ex.text("the cat sat on the mat", tokenizer=ex.tokenizer(letters), max=24),
    mask=ex.tensor(torch.ones(24, 24).tril().bool()),
    temperature=ex.slider(0.1, 4, value=1.0, label="temperature"),
):
    """Who looks at whom in a sentence you type: the mask, whose cells you click, and two heads.

    A row is a character that looks, a column one that is looked at; each row of a head sums to
    1. The first head looks for the same letter, the second for a vowel if it is a consonant and
    the other way round.
    """
    n = text.ids.shape[0]
    q, k, _ = qkv(embedding(text.ids)).view(n, 3, 2, 8).permute(1, 2, 0, 3)
    a = (q @ k.mT / temperature).masked_fill(~mask[:n, :n], -torch.inf).softmax(-1)
    names = ["the same letter", "the opposite kind"]
    heads = [
        ex.heatmap(head, rows=text, columns=text, tint=True, name=name)
        for head, name in zip(a, names, strict=True)
    ]
    return ex.column(
        ex.row(*[ex.plot(head, title=name) for head, name in zip(heads, names, strict=True)]),
        ex.row(*[ex.plot(ex.tokens(text, weights=head), title=f"{name} (point at a letter)")
                 for head, name in zip(a, names, strict=True)]),
        ex.plot(ex.heatmap(mask[:n, :n], rows=text, columns=text), title="may look (click)"),
    )  # fmt: skip
