"""The Jekyll host: figures under assets/, their fragments under _data/, an include to show them."""

from __future__ import annotations

from .generator import Generator

JEKYLL = Generator(
    name="Jekyll",
    bundles="assets/explorable/",
    manifest="_data/explorable.json",
    templates=(
        ("_includes/explorable.html", "jekyll/explorable.html"),
        ("_includes/explorable-value.html", "jekyll/explorable-value.html"),
    ),
    signs=("_config.yml", "_config.yaml", "_config.toml"),
    use='{{% include explorable.html figure="{name}" %}}',
)
