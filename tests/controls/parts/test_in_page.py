from helpers import controls
from helpers.controls.parts.in_page import PANEL, InPage


def test_every_panel_has_one_invisible_in_page_part(prepared):
    lab = prepared("task waiting")
    drawn_in_the_page = {
        *("activity_toggle", "clock", "floor", "lifecycle", "reservation", "tasks", "workers")
    }
    for name in set(controls.__all__) - drawn_in_the_page:
        panel = getattr(controls, name)(lab)
        [hidden] = [one for one in panel.children if isinstance(one, InPage)]
        assert hidden.layout.display == "none"
        assert PANEL in panel._dom_classes


def test_scripts_are_escaped_into_one_attribute():
    assert InPage().value.count('"') == 2
