"""The reading edition: Sphinx reads the sources where they are, and runs no cell."""

from shutil import copyfile

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
myst_heading_anchors = 4
html_theme = "furo"
html_title = project
html_favicon = "../local-taskrouter/local_taskrouter/ui/mark.svg"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_copy_source = html_use_index = False
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


def setup(app):
    def add_contents(app, name, source):
        if name == root_doc:
            source[0] += CONTENTS

    def open_at_root(app, error):
        if not error:
            copyfile(app.outdir / f"{root_doc}.html", app.outdir / "index.html")

    app.connect("source-read", add_contents)
    app.connect("build-finished", open_at_root)
