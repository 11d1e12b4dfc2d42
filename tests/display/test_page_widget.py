import sys
from types import SimpleNamespace

from anywidget import AnyWidget
from ipywidgets import Widget
from local_taskrouter.ui import files

from helpers import controls, exercises  # noqa: F401 - the widgets that lessons show
from helpers.display.page_widget import FrontEnd, PageWidget


def test_front_end_is_sent_once_for_all_widgets():
    first, second = PageWidget("question", text="One?"), PageWidget("question", text="Two?")
    assert first.front is second.front and first.layout is second.layout
    assert first.front.module.endswith("export { render };")
    state = second.get_state()
    assert state["front"] == f"IPY_MODEL_{second.front.model_id}"
    assert len(str(state)) < 2_500 and files.read("look.css") not in str(state)


def test_front_end_that_was_closed_is_sent_again():
    closed = PageWidget("question").front
    Widget.close_all()
    again = PageWidget("question").front
    assert again is not closed and again is FrontEnd.latest
    assert again.comm is not None


def test_widget_tells_colab_the_address_of_its_widget_manager(monkeypatch):
    enabled = []
    colab = SimpleNamespace(
        enable_custom_widget_manager=lambda: enabled.append(True),
        _widgets=SimpleNamespace(_installed_url="https://colab/manager.js"),
    )
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    bundle, metadata = PageWidget("question")._repr_mimebundle_()
    [(mime_type, of_view)] = metadata.items()
    assert enabled and mime_type in bundle
    assert of_view["colab"]["custom_widget_manager"]["url"] == "https://colab/manager.js"


def test_every_widget_of_the_page_is_one():
    ours = [one for one in AnyWidget.__subclasses__() if one.__module__.startswith("helpers")]
    assert ours == [PageWidget]
