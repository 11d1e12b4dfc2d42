"""Colours and fonts that follow JupyterLab's theme, for everything that is shown as HTML or SVG.

A page without the theme's variables, such as a notebook on GitHub, uses the value after the comma.
"""

INK = "var(--jp-content-font-color1,#1f1f1f)"
QUIET_INK = "var(--jp-content-font-color2,#555)"
CODE_FONT = "var(--jp-code-font-family,monospace)"
