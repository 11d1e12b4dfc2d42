"""The reading edition: Sphinx reads the sources where they are, and runs no cell."""

import json
from shutil import copyfile, copytree

project = "Learn Twilio TaskRouter"
root_doc = "README"
include_patterns = [
    "README.md",
    "WORKSHOP.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "notebooks/*.ipynb",
    "local-taskrouter/*.md",
]
extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_code_prompt_show = "Show the output"
nb_code_prompt_hide = "Hide the output"
myst_heading_anchors = 4
html_theme = "furo"
html_title = project
html_favicon = "../local-taskrouter/local_taskrouter/ui/mark.svg"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = html_use_index = html_show_copyright = False
highlight_language = "text"
pygments_dark_style = "github-dark"
CONTENTS = """
```{toctree}
:hidden:
:glob:
:caption: Lessons

notebooks/*
```
```{toctree}
:hidden:
:caption: Reference

local-taskrouter/README
local-taskrouter/SUPPORT
WORKSHOP
CONTRIBUTING
CHANGELOG
```
"""


def fold_answers(text):
    """Tag the cells that JupyterLab collapses as MyST-NB expects it."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["metadata"].get("jupyter", {}).get("outputs_hidden"):
            cell["metadata"].setdefault("tags", []).append("hide-output")
    return json.dumps(notebook)


def setup(app):
    def change(app, name, source):
        if name == root_doc:
            source[0] += CONTENTS
        elif name.startswith("notebooks/"):
            source[0] = fold_answers(source[0])

    def open_at_root(app, error):
        if not error:
            copyfile(app.outdir / f"{root_doc}.html", app.outdir / "index.html")
            # The README names these in HTML, which Sphinx does not read.
            pictures = "docs/pictures"
            copytree(app.srcdir / pictures, app.outdir / pictures, dirs_exist_ok=True)

    app.connect("source-read", change)
    app.connect("build-finished", open_at_root)
