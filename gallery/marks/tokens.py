"""The tokens of a typed text, and how much each looks at the others."""

import torch

import explorable as ex

corpus = "she sells sea shells by the sea shore; the shells she sells are sea shells, I am sure."
words = ex.words(corpus)
letters = torch.stack(
    [
        torch.tensor([word.count(chr(97 + k)) for k in range(26)]).float()
        for word in words.vocabulary
    ]
)
letters = letters / letters.norm(dim=1, keepdim=True).clamp(min=1)


@ex.figure
def glances(
    text=ex.text("she sells sea shells by the sea shore", tokenizer=words, max=24),
    sharpness=ex.slider(0, 12, value=6.0, label="sharpness"),
):
    """Each word looks at the words that share its letters; point at one to see where it looks."""
    x = letters[text.ids]
    looks = (sharpness * x @ x.mT).softmax(-1)
    return ex.tokens(text, weights=looks, arcs=True, name="looks")
