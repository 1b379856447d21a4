"""Byte pair encoding on the reader's own text: at each step the commonest pair becomes one token.

The alphabet is that of English and Tamil. A Tamil letter with its vowel sign is two characters at
first, so the first merges put letters together that a reader never saw apart.
"""

import torch

import explorable as ex

alphabet = ex.tokenizer("".join(map(chr, [*range(32, 127), *range(0xB80, 0xC00)])))
typed = ex.text(
    "low lower lowest, new newer newest",
    tokenizer=alphabet,
    max=72,
    examples={
        "English": "low lower lowest, new newer newest",
        "தமிழ்": "மரம் மரத்தில் மரங்கள், மலை மலையில் மலைகள்",
        "sea shells": "she sells sea shells by the sea shore",
    },
)
SPACE = 0  # the first of the alphabet


@ex.simulation(rate=2, steps=40)
def bpe(text=typed):
    """Each character has the number of its token, and the place where that begins."""
    place = torch.arange(text.ids.shape[0])
    return {"piece": text.ids, "head": place, "made": torch.tensor(len(alphabet))}


@bpe.step
def merge(state):
    piece, head, made = state["piece"], state["head"], state["made"]
    place = torch.arange(piece.shape[0])
    first = head == place
    after = place + (head == place[:, None]).sum(1)  # where the next token begins
    right = torch.cat([piece, torch.tensor([SPACE])])[after]
    pair = first & (piece != SPACE) & (right != SPACE)

    same = pair[:, None] & pair & (piece[:, None] == piece) & (right[:, None] == right)
    count = same.sum(1)
    # The commonest pair, of equals the first; one that comes once is none.
    score = torch.where(count > 1, 1000 * count - place, 0)
    best = (score == torch.cat([score, torch.ones(1)]).amax()) & (score > 0)
    here = (same & best).any(1)
    # In "aaaa" pairs overlap: of neighbours every second one is joined.
    order = first.cumsum(0)
    apart = torch.where(first & ~here, order, 0).cummax(0).values
    here = here & ((order - apart) % 2 == 1)

    joins = here[:, None] & (after[:, None] == place)  # [i, j]: what begins at j joins what is at i
    to = torch.where(joins.any(0), (joins * place[:, None]).sum(0), place)
    head = to[head]
    piece = torch.where(here[head], made, piece)
    tokens = (head == place).sum()
    return {"piece": piece, "head": head, "made": made + here.any()}, ex.record(tokens=tokens)


@ex.figure
def merges(bpe=bpe, text=typed):
    """A text in ever longer tokens: each step joins the pair that comes most often."""
    history = bpe.history
    left = (bpe.state["head"] == torch.arange(text.ids.shape[0])).sum()
    return ex.column(
        ex.plot(
            ex.tokens(text, groups=bpe.state["head"], name="tokens"),
            title=f"{left} tokens after {bpe.state['made'] - len(alphabet)} merges",
        ),
        ex.plot(
            ex.curve(history["step"], history["tokens"], name="left"),
            x=(0, 40), y=(0, 72), x_label="step", y_label="tokens", aspect=3.2,
        ),
    )  # fmt: skip
