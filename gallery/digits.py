"""A small network learns 1,797 real handwritten digits in the page, then reads the reader's
own.

The pictures (8 by 8 pixels, 17 greys) come with scikit-learn, from the UCI optical digits data.
"""

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

import explorable as ex

pictures = load_digits()
names = [str(digit) for digit in range(10)]
order = torch.randperm(1797, generator=torch.Generator().manual_seed(0))
# Whole greys, 0 to 16, are what the data are: a byte each in the page, a fraction of 1 in the
# network.
X = torch.tensor(pictures.data, dtype=torch.uint8)[order]
Y = torch.tensor(pictures.target)[order]
Xtrain, Ytrain, Xtest, Ytest = X[:1497], Y[:1497], X[1497:], Y[1497:]


def accuracy(net, x, y):
    """Share of the pictures that the network names right."""
    return (net(x / 16).argmax(1) == y).float().mean()


@ex.simulation(rate=120, record_every=20)
def learn(seed=ex.seed(0)):
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    return net, torch.optim.SGD(net.parameters(), momentum=0.9)


@learn.step
def learn_once(state, lr=ex.slider(1e-3, 1, value=0.1, scale="log", label="learning rate")):
    net, opt = state
    opt.param_groups[0]["lr"] = lr
    i = torch.randint(0, len(Xtrain), (64,))
    loss = F.cross_entropy(net(Xtrain[i] / 16), Ytrain[i])
    opt.zero_grad()
    loss.backward()
    opt.step()
    return ex.record(train=accuracy(net, Xtrain, Ytrain), test=accuracy(net, Xtest, Ytest))


@ex.figure(width=720)
def digits(learn=learn, ink=ex.tensor(Xtest[4].view(8, 8) / 16, 0, 1)):
    """A network trained on handwritten digits as you watch: its accuracy, its confusions, its
    guess.

    Paint over the picture and see what the network makes of it. The matrix counts the 300 test
    pictures: rows are the digits written, columns the digits read; what lies off the diagonal
    is a mistake.
    """
    net, _ = learn.state
    hidden = net[:2](ink.reshape(1, 64))
    guess = net[2](hidden).softmax(1)[0]
    read = net(Xtest / 16).argmax(1)
    table = torch.zeros(10, 10).index_put((Ytest, read), torch.ones(()), accumulate=True)
    step, history = learn.history["step"], learn.history
    return ex.column(
        ex.row(
            ex.plot(ex.heatmap(ink), title="paint a digit"),
            ex.plot(
                ex.heatmap(hidden.view(4, 8), tint=True, name="hidden"),
                aspect=2, title="hidden layer",
            ),
            ex.plot(
                ex.bars(guess, name="guess"),
                y=(0, 1), x_label="digit", title=f"reads {guess.argmax()}",
            ),
        ),
        ex.row(
            ex.plot(
                ex.curve(step, history["train"], name="train"),
                ex.curve(step, history["test"], name="test"),
                y=(0, 1), x_label="step", title=f"accuracy after {learn.step} steps",
            ),
            ex.plot(
                ex.heatmap(table, rows=names, columns=names, tint=True, name="confusions"),
                title="written (rows), read (columns)",
            ),
        ),
    )  # fmt: skip
