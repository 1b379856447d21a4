"""A tensor of colours: a picture (h, w, 3) that the reader paints with a brush."""

import torch

import explorable as ex

paper = torch.ones(24, 32, 3)
rows, columns = torch.meshgrid(torch.arange(24.0), torch.arange(32.0), indexing="ij")
sun = ((rows - 9) ** 2 + (columns - 21) ** 2 < 30)[..., None]
sky = torch.stack([0.55 + rows / 60, 0.75 + rows / 120, 0.95 + 0 * rows], -1)
scene = torch.where(sun, torch.tensor([0.98, 0.8, 0.25]), sky)
scene[18:] = torch.tensor([0.32, 0.55, 0.35])


@ex.figure
def separations(
    picture=ex.tensor(scene, 0, 1, examples={"scene": scene, "paper": paper}, brush=1),
):
    """A painting, and how much red, green and blue there is in it, in three pictures of greys."""
    return ex.column(
        ex.plot(ex.image(picture, name="picture"), aspect=4 / 3),
        ex.row(
            *[
                ex.plot(ex.image(picture[..., k], name=name), aspect=4 / 3, title=name)
                for k, name in enumerate(["red", "green", "blue"])
            ]
        ),
    )
