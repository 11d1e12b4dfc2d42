"""Every color and font that the helpers show, declared once.

HTML uses the CSS variables of JupyterLab's theme, so that it follows the theme; the value after the
comma is for a page without them, such as a notebook on GitHub. Drawings have the colors of the front
end's style sheet, `local_taskrouter/ui/look.css`.
"""

import re
from functools import cache

from local_taskrouter.ui.files import read

# HTML
INK = "var(--jp-content-font-color1,#1f1f1f)"
CODE_FONT = "var(--jp-code-font-family,monospace)"
CODE_SIZE = "var(--jp-code-font-size,13px)"

# The left edge of a block of HTML. Each kind of block also has a sign and words.
SOLVED_EDGE = "#2e7d43"
ERROR_EDGE = "#c5221f"

DRAWING_FONT = "sans-serif"


@cache
def light_and_dark(name: str) -> tuple[str, str]:
    """The color `--tr-name` of the front end's style sheet on a light page and on a dark one."""
    pattern = rf"--tr-{name}: (?:var\([\w-]+, )?light-dark\((#\w+), (#\w+)\)"
    [pair] = re.findall(pattern, read("look.css"))
    return pair
