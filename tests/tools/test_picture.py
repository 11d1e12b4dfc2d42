import re
from pathlib import Path

from PIL import Image

CLONE = Path(__file__).parents[2]
README = (CLONE / "README.md").read_text("utf-8")


def test_readme_shows_a_small_picture_for_each_theme_with_its_alternative():
    [picture] = re.findall(r"<picture>.*?</picture>", README, re.DOTALL)
    paths = re.findall(r'(?:src|srcset)="([^"]+)"', picture)
    assert paths == ["docs/pictures/lesson-dark.webp", "docs/pictures/lesson-light.webp"]
    assert 'media="(prefers-color-scheme: dark)"' in picture
    assert re.search(r'alt="[^"]{80,}"', picture)
    assert all((CLONE / path).stat().st_size < 200_000 for path in paths)
    dark, light = (Image.open(CLONE / path).convert("L") for path in paths)
    assert dark.size == light.size
    assert dark.resize((1, 1)).getpixel((0, 0)) < 90
    assert light.resize((1, 1)).getpixel((0, 0)) > 160
