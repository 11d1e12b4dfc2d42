"""Widgets that the page draws, with a front end that a kernel sends once for all of them."""

from typing import Any

import anywidget
from ipywidgets import DOMWidget, widget_serialization
from local_taskrouter.ui import files
from traitlets import Dict, Instance, Unicode


class FrontEnd(DOMWidget):
    """The code and the style that draw a PageWidget, and the layout of all of them."""

    module = Unicode(files.joined("widget.js", "export { render };")).tag(sync=True)
    style = Unicode(files.read("look.css")).tag(sync=True)

    latest: "FrontEnd | None" = None


class PageWidget(anywidget.AnyWidget):
    """Sends `content` to the page, where ui/widget.js draws it as the `kind`.

    Its text alternative, which notebooks store, is its `repr`.
    """

    _esm = files.read("shared.js")
    kind = Unicode(help="the name of its drawing in ui/widget.js").tag(sync=True)
    content = Dict(help="what is drawn").tag(sync=True)
    front = Instance(FrontEnd).tag(sync=True, **widget_serialization)

    def __init__(self, kind: str, **content: Any) -> None:
        front = FrontEnd.latest
        if front is None or front.comm is None:  # Widget.close_all() closes it
            front = FrontEnd.latest = FrontEnd()
        super().__init__(kind=kind, content=content, front=front, layout=front.layout)

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The data by MIME type, and the metadata that Colab needs: its widget manager's address."""
        bundle, metadata = super()._repr_mimebundle_(**options) or ({}, {})
        return {**bundle, "text/plain": repr(self)}, metadata
