"""A random network as a picture: what an untrained MLP makes of the plane, pixel by pixel."""

import torch

import explorable as ex

widest, most = 16, 6
activations = {"tanh": torch.tanh, "sine": torch.sin, "ReLU": torch.relu}


@ex.value
def weights(seed=ex.seed(3)):
    """Layers of normal numbers, and a last one of three colours."""
    torch.manual_seed(seed)
    return {
        "first": torch.randn(3, widest),
        "hidden": torch.randn(most - 1, widest, widest) / widest**0.5,
        "last": torch.randn(widest, 3) / widest**0.5,
    }


@ex.figure(width=720)
def random_image(
    weights=weights,
    activation=ex.choice(activations),
    depth=ex.integer(1, most, value=5, label="layers"),
    scale=ex.slider(0.5, 2.5, value=1.7, label="weight scale"),
):
    """The colours that a network with random weights gives to every place of the plane.

    Small weights make it flat and large ones wild; each layer folds the plane once more. With
    tanh there is a scale, near one, at which depth changes little: the edge of chaos.
    """

    used = torch.arange(1, most) < depth

    def colour(x, y):
        hidden = torch.stack([x, y, torch.sqrt(x * x + y * y)], -1) @ weights["first"]
        hidden = activation(scale * hidden)
        for layer in range(most - 1):
            deeper = activation(scale * hidden @ weights["hidden"][layer])
            hidden = torch.where(used[layer], deeper, hidden)
        return torch.sigmoid(2 * scale * hidden @ weights["last"])

    return ex.plot(
        ex.field(colour, x=(-1.6, 1.6), y=(-1, 1), name="colours"), axes=False, aspect=1.6
    )
