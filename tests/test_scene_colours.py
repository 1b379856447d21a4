"""The colours of style.css: contrast, readers who are colour-blind, one table with the stills."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from explorable.link import RUNTIME

STYLE = (RUNTIME / "style.css").read_text(encoding="utf-8")
THEMES = {"light": 0, "dark": 1}
ROLES = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--explorable-(\w+): light-dark\((#\w{6}), (#\w{6})\)", STYLE
    )
}
SERIES = [f"c{k}" for k in range(8)]

# Machado, Oliveira and Fernandes (2009), full severity, on linear light.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Ottosson's OKLab.
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def linear(colour: str) -> np.ndarray:
    """Linear light of "#rrggbb"."""
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 defines it."""
    weights = [0.2126, 0.7152, 0.0722]
    dark, light = sorted((linear(one) @ weights, linear(other) @ weights))
    return (light + 0.05) / (dark + 0.05)


def seen(colour: str, sight: str) -> np.ndarray:
    light = np.clip(np.array(SIGHT[sight]) @ linear(colour), 0, 1)
    return np.array(TO_LAB) @ np.cbrt(np.array(TO_CONES) @ light)


@pytest.mark.parametrize("theme", THEMES)
def test_series_stand_out_from_the_paper(theme: str) -> None:
    paper = ROLES["paper"][THEMES[theme]]
    for role, least in [*((role, 3) for role in SERIES), ("soft", 4.5), ("ink", 7)]:
        assert contrast(ROLES[role][THEMES[theme]], paper) >= least, role


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_series_stay_apart_for_all_readers(theme: str, sight: str) -> None:
    colours = [seen(ROLES[role][THEMES[theme]], sight) for role in SERIES]
    for (i, one), (j, other) in combinations(enumerate(colours), 2):
        apart = np.linalg.norm(one - other)
        assert apart >= (0.12 if j < 4 else 0.08), (SERIES[i], SERIES[j], apart)


def test_stills_have_the_colours_of_the_light_theme() -> None:
    script = (RUNTIME / "scene" / "svg.js").read_text(encoding="utf-8")
    stills = dict(re.findall(r'(\w+): "(#\w{6})"', script))
    for role, (light, _) in ROLES.items():
        assert stills.get(role, light) == light, role
    assert set(SERIES) <= set(stills)
