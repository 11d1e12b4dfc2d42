"""Draw the floor of a notebook's output as a stored picture, with the front end's own module."""

import json
import shutil
from collections.abc import Iterable
from html import escape
from importlib.util import find_spec
from typing import Any

from local_taskrouter.ui import files

from helpers.display.html import AS_TEXT
from helpers.display.svg import color, image_html, themed

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None) if find_spec("playwright") else None
WIDTH, MARGIN = 800, 12
FONTS = {"var(--tr-font)": "system-ui,sans-serif", "var(--tr-mono)": "ui-monospace,monospace"}
DRAW = """window.draw = ({ shown, now }, width) => {
  const picture = floorPicture(shown, width, now, shown.lit);
  for (const one of [picture, ...picture.querySelectorAll("*")]) {
    for (const name of ["data-key", "data-tag", "aria-label"]) one.removeAttribute(name);
  }
  return [new XMLSerializer().serializeToString(picture), Number(picture.getAttribute("height"))];
};"""


def floor_html(floors: Iterable[tuple[dict[str, Any], str]]) -> list[str]:
    """Return the HTML to store for each floor: its first sentence and its picture.

    A floor is what a FloorPanel sends to the page, and its text, which is the alternative.
    """
    from playwright.sync_api import sync_playwright  # README's command does not install it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(content=files.joined("floor.js", DRAW), type="module")
        page.wait_for_function("() => Boolean(window.draw)")
        drawn = []
        for content, text in floors:
            svg, height = page.evaluate(f"draw({json.dumps(content)}, {WIDTH})")
            sentence = escape(text.splitlines()[0])
            picture = image_html(alone(svg, height), text, "floor-picture")
            drawn.append(
                f'<div class="taskrouter-floor {AS_TEXT}"><p>{sentence}</p>{picture}</div>'
            )
        browser.close()
    return drawn


def alone(svg: str, height: float) -> str:
    """Give a picture the styles that it has in a page, a surface and a margin."""
    rules = [line for line in files.read("look.css").splitlines() if ".tr-svg" in line]
    style = "".join(rules)
    for variable, fonts in FONTS.items():
        style = style.replace(variable, fonts)
    width, tall = WIDTH + 2 * MARGIN, height + 2 * MARGIN
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tr-svg" width="{width}" height="{tall}" '
        f'viewBox="-{MARGIN} -{MARGIN} {width} {tall}"><style>{style}</style>'
        f'<rect x="-{MARGIN}" y="-{MARGIN}" width="{width}" height="{tall}" fill="{color("card")}"/>'
    )
    return themed(start + svg[svg.index(">") + 1 :])
