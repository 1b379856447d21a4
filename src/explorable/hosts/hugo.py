"""The Hugo host: figures under static/, their fragments under assets/, a shortcode to show them."""

from __future__ import annotations

from .generator import Generator

HUGO = Generator(
    name="Hugo",
    bundles="static/explorable/",
    manifest="assets/explorable.json",
    templates=(
        ("layouts/shortcodes/explorable.html", "hugo/explorable.html"),
        ("layouts/shortcodes/explorable-value.html", "hugo/explorable-value.html"),
    ),
    signs=(
        "hugo.toml",
        *("hugo.yaml", "hugo.yml", "hugo.json"),
        *("config.toml", "config.yaml", "config.yml", "config.json"),
        "config/_default",
    ),
    use="{{{{< explorable {name} >}}}}",
)
