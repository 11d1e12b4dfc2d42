import sys
from importlib import metadata

from helpers.installation import CLONE
from helpers.installation.panel import Installation, check_installation
from helpers.installation.parts import PROJECTS, Part


def declared() -> set[str]:
    requirements = [text for project in PROJECTS for text in metadata.requires(project) or []]
    return {text for text in requirements if "extra" not in text}


def test_complete_installation_shows_the_same_on_every_machine(monkeypatch):
    monkeypatch.chdir(CLONE)
    found = check_installation()
    assert found.is_sound, found.table
    assert repr(found).startswith("Everything is installed.")
    assert found.children[0].value.startswith("<p>Everything is installed.")
    assert list(found.table.columns) == ["part", "verdict", "fix"]
    assert set(found.table["verdict"]) == {"ok"}
    assert set(found.table["fix"]) == {""}
    assert len(found.table) == len(declared()) + 3
    shown = str(found._repr_mimebundle_())
    assert str(CLONE) not in shown and sys.executable not in shown


def test_table_is_shown_where_no_widget_can_be():
    shown = Installation([Part("Python"), Part("<b>", "<i>")])._repr_mimebundle_()
    assert shown["application/vnd.jupyter.widget-view+json"]
    assert "<table" in shown["text/html"]
    assert "&lt;b&gt;" in shown["text/html"] and "<b>" not in shown["text/html"]
    assert "Not installed correctly: &lt;b&gt;." in shown["text/html"]
    assert "there is a button here" in shown["text/plain"]


def test_wrong_part_is_shown_with_its_fix():
    found = Installation([Part("Python"), Part("twilio", "not installed", "install it")])
    assert not found.is_sound
    assert found.sentence.startswith("Not installed correctly: twilio.")
    assert found.table.iloc[1].to_list() == ["twilio", "not installed", "install it"]


def test_button_counts_clicks():
    control = Installation([])
    assert control.label.value == "Not clicked yet."
    control.on_button(control.button)
    assert control.label.value == "Clicked once: controls work."
    control.button.click()
    assert control.label.value == "Clicked 2 times: controls work."
