"""InfoNCE on a circle: pairs that attract, all others that repel, and the matrix between them."""

import torch
import torch.nn.functional as F

import explorable as ex

names = ["cat", "dog", "sun", "sea"]
angles = torch.tensor([0.4, 1.5, 3.3, 4.6])
turn = torch.linspace(0, 2 * torch.pi, 120)


def on_circle(angle):
    return torch.stack([torch.cos(angle), torch.sin(angle)], -1)


words = ex.tensor(on_circle(angles), -1.3, 1.3, label="words")
pictures = ex.tensor(on_circle(angles + torch.tensor([0.5, 0.6, 0.9, 0.3])), -1.3, 1.3)


@ex.figure(width=820)
def infonce(
    words=words,
    pictures=pictures,
    temperature=ex.slider(0.05, 2, value=0.3, scale="log", label="temperature"),
):
    """Four words and their four pictures on a circle: drag them, and see what the loss wants.

    Each word is to be more similar to its own picture than to the others: a row of the matrix is
    what the word takes for its picture, its own is framed. Arrows say where the loss pulls.
    """

    def loss_of(a, b):
        a, b = F.normalize(a, dim=1), F.normalize(b, dim=1)
        logits = a @ b.T / temperature
        right = torch.arange(4)
        loss = (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2
        return loss, logits.softmax(1)

    pull, match = torch.func.grad(loss_of, argnums=(0, 1), has_aux=True)(words, pictures)
    loss, _ = loss_of(words, pictures)
    a, b = F.normalize(words, dim=1), F.normalize(pictures, dim=1)
    return ex.row(
        ex.plot(
            ex.curve(on_circle(turn), closed=True, dash=True, width=1),
            ex.segments(a, b),
            ex.scatter(words, name="words"),
            ex.scatter(pictures, name="pictures"),
            ex.arrow(a, -0.4 * pull[0]),
            ex.arrow(b, -0.4 * pull[1]),
            *[ex.label(a[k], name) for k, name in enumerate(names)],
            x=(-1.3, 1.3), y=(-1.3, 1.3), aspect="equal",
            title=f"loss {loss:.2f}; by chance {torch.log(torch.tensor(4.0)):.2f}",
        ),
        ex.plot(
            ex.matrix(
                match, rows=names, columns=names, highlight=torch.eye(4), tint=1, name="match"
            ),
            aspect=1.2, title="what each word takes for its picture",
        ),
    )  # fmt: skip
