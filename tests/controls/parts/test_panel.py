from typing import Any

import pytest

from helpers.controls.parts.panel import ErrorLine, NoticeLine, Panel, PlainLine, TextLine
from helpers.controls.parts.shown_call import Call
from helpers.controls.parts.state import ControlState

NO_LAB: Any = None
MARKUP = "<img src=x onerror=alert(1)> & more"


class Small(Panel):
    def as_text(self) -> str:
        return "a small panel " * 20


@pytest.mark.parametrize("kind", [TextLine, ErrorLine, PlainLine, NoticeLine])
def test_text_is_escaped(kind):
    line = kind()
    line.text = MARKUP
    assert "<img" not in line.value
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; more" in line.value


@pytest.mark.parametrize(
    ("kind", "role"), [(TextLine, "status"), (ErrorLine, "alert"), (NoticeLine, "status")]
)
def test_line_has_a_role_and_is_hidden_when_empty(kind, role):
    line = kind()
    assert line.value == ""
    assert line.layout.display == "none"
    line.text = "something"
    assert f'role="{role}"' in line.value
    assert line.layout.display is None
    line.text = ""
    assert line.layout.display == "none"


def test_plain_line_has_no_role():
    line = PlainLine()
    line.text = "45 s left to answer"
    assert "role=" not in line.value


@pytest.mark.parametrize(("kind", "sign"), [(ErrorLine, "⚠"), (NoticeLine, "‖")])
def test_error_and_notice_have_a_sign_besides_their_color(kind, sign):
    line = kind()
    line.text = "wrong"
    assert f"{sign} wrong" in line.value


def test_panel_shows_error_and_call_of_its_state():
    state = ControlState(NO_LAB)
    panel = Small(state, [])
    assert panel.call_lines.layout.display == "none"
    state.error = "wrong"
    state.call = Call("python <b>", "curl 'x'")
    assert panel.error_line.text == "wrong"
    assert "Sent last, in Python:" in panel.call_lines.value
    assert "python &lt;b&gt;" in panel.call_lines.value
    assert "curl &#x27;x&#x27;" in panel.call_lines.value
    assert panel.call_lines.layout.display is None


def test_bundle_holds_the_full_text_and_the_widget_view():
    panel = Small(ControlState(NO_LAB), [])
    shown = panel._repr_mimebundle_()
    assert shown["text/plain"] == repr(panel) == "a small panel " * 20
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_details_are_below_error_and_call():
    buttons, facts = TextLine(), TextLine()
    panel = Small(ControlState(NO_LAB), [buttons], [facts])
    assert panel.children[:4] == (buttons, panel.error_line, panel.call_lines, facts)
