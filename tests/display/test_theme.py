"""Colors and fonts are declared in helpers/display/theme.py."""

import re
from pathlib import Path

import pytest

from helpers.display.theme import light_and_dark

HELPERS = Path(__file__).parents[2] / "helpers"
THEME = HELPERS / "display" / "theme.py"
LITERAL = re.compile(
    r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\b|rgba?\(|var\(--jp-|\b(?:sans-serif|monospace)\b"
)


def test_no_other_file_has_a_color_or_a_font():
    paths = [path for pattern in ("*.py", "*.js", "*.css") for path in HELPERS.rglob(pattern)]
    found = [
        f"{path.relative_to(HELPERS)}: {literal}"
        for path in paths
        if path != THEME
        for literal in LITERAL.findall(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    "source",
    ["fill='#0b4f9e'", "color:#555", "rgb(0,0,0)", "var(--jp-brand-color1)", "font:1em monospace"],
)
def test_color_or_font_is_found(source: str):
    assert LITERAL.search(source)


def test_color_of_the_style_sheet_has_a_light_and_a_dark_value():
    assert light_and_dark("asked-fill") == ("#fdf0cc", "#3b2d08")
    assert light_and_dark("card") == ("#ffffff", "#212121"), "behind JupyterLab's variable"


def test_color_that_the_style_sheet_lacks_raises():
    with pytest.raises(ValueError, match="not enough values"):
        light_and_dark("no-such")
