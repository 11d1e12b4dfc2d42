"""Every color and font that the helpers show, declared once.

HTML uses the CSS variables of JupyterLab's theme, so that it follows the theme; the value after the
comma is for a page without them, such as a notebook on GitHub. A drawing is an <img>, which cannot
read the page's variables: its colors are fixed, and a dark page inverts it (see svg.py).
"""

# HTML
INK = "var(--jp-content-font-color1,#1f1f1f)"
QUIET_INK = "var(--jp-content-font-color2,#555)"
BORDER = "var(--jp-border-color1,#8a8a8a)"
FAINT_BORDER = "var(--jp-border-color2,#c8c8c8)"
BRAND = "var(--jp-brand-color1,#1565c0)"
CODE_FONT = "var(--jp-code-font-family,monospace)"
DROPDOWN_ARROW = "#e0e0e0"  # in the dark theme

# The left edge of a block of HTML. Each kind of block also has a sign and words.
SOLVED_EDGE = "#2e7d43"
NOTICE_EDGE = "#b06f00"
ERROR_EDGE = "#c5221f"

# Drawings
DRAWING_FONT = "sans-serif"
DRAWING_LINE = "#7a7a7a"  # readable on a light page and on a dark one
DRAWING_TEXT, DRAWING_BOX, DRAWING_LABEL = "#3c4043", "#f3f4f6", "#ffffff"
END_BOX = "#e3e5e8"
DONE_TEXT, DONE_BOX, DONE_LINE = "#14401f", "#dff0e2", "#2e7d43"
NOW_TEXT, NOW_BOX, NOW_LINE = "#ffffff", "#0b4f9e", "#f2a900"

# Plots: each color on a light page and on a dark one
PLOT_CARD, PLOT_GRID = ("#ffffff", "#212121"), ("#e4e7eb", "#383c42")
PLOT_INK = ("#1f2328", "#f1f3f5")
PLOT_LINES = (
    ("#1b66bf", "#6fb1f7"),
    ("#a94c08", "#f0964a"),
    ("#2b7a4b", "#6ecb93"),
    ("#7a3fa8", "#c79bec"),
    ("#59616b", "#b6bcc4"),
)
