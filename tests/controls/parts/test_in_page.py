from helpers import controls
from helpers.controls.parts.in_page import PANEL, PART, InPage


def test_every_panel_has_one_invisible_in_page_part(prepared):
    lab = prepared("task waiting")
    drawn_in_the_page = {"activity_toggle", "clock", "floor", "lifecycle", "reservation"}
    for name in set(controls.__all__) - drawn_in_the_page:
        panel = getattr(controls, name)(lab)
        [hidden] = [one for one in panel.children if isinstance(one, InPage)]
        assert hidden.layout.display == "none"
        assert PANEL in panel._dom_classes


def test_scripts_are_escaped_into_one_attribute():
    assert InPage().value.count('"') == 2


def test_each_task_and_worker_is_a_part(prepared):
    lab = prepared("task waiting")
    rows = [*controls.tasks(lab).list.children, *controls.workers(lab).list.children]
    assert len(rows) == 3
    assert all(PART in row._dom_classes for row in rows)
