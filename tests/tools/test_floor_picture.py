import re

from tools.floor_picture import alone


def test_stored_floor_brings_its_colors_for_both_themes_and_its_fonts():
    svg = alone('<svg class="tr-svg"><text class="m">es</text></svg>', 40)
    used = set(re.findall(r"var\((--tr-[\w-]+)\)", svg))
    assert used
    assert used == set(re.findall(r"(--tr-[\w-]+):light-dark\(", svg))
    assert svg.endswith('<text class="m">es</text></svg>')
