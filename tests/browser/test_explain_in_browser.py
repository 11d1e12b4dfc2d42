"""An explanation and the playground in JupyterLab, in both themes."""

import pytest
from browser_tab import TOO_WIDE
from playwright.sync_api import expect
from timeout import becomes

CELLS = (
    'from helpers import connect, controls, explain, prepare\nlab = prepare(connect(), "seven faults")',
    'explain(lab, lab.task_sids["orders"])',
    'explain(lab, {"topic": "<img src=nowhere>"})',
    "controls.playground(lab)",
)
NOTEBOOK = "notebooks/explained.ipynb"


@pytest.fixture
def explained(tab):
    tab.show(NOTEBOOK, *CELLS)
    return tab


def test_explanation_is_readable_text_in_both_themes(explained):
    tab = explained
    orders, refused = tab.output_of('task_sids["orders"]'), tab.output_of("img src")
    expect(orders.get_by_text("Elif matches but has no room")).to_be_visible()
    expect(orders.get_by_role("row", name="Elif").get_by_label("not: has room")).to_be_visible()
    expect(orders.get_by_role("rowheader", name="Orders")).to_be_visible()
    expect(refused.get_by_text("TaskRouter would refuse it")).to_be_visible()
    expect(tab.page.locator('img[src="nowhere"]')).to_have_count(0)
    for theme, width in (("Light", 912), ("Light", 632), ("Dark", 912)):
        tab.set_theme(f"JupyterLab {theme}")
        tab.give_outputs(width)
        for name, output in (("explain", orders), ("explain-refused", refused)):
            becomes("", output.evaluate, TOO_WIDE)
            tab.shot(f"{name}-{width}-{theme.lower()}", output)
        assert tab.violations() == []


def test_playground_judges_expression_while_typing(explained):
    tab = explained
    panel = tab.output_of("playground")
    expect(panel.get_by_text("7 of 7 Workers match.")).to_be_visible()
    field = panel.get_by_label("Expression")
    field.fill('languages HAS "es"')
    expect(panel.get_by_text("0 of 7 Workers match.")).to_be_visible()
    expect(panel.get_by_role("row", name="Ben").get_by_text("needs an array")).to_be_visible()
    tab.shot("playground-light", panel)
    field.fill('languages HASS "es"')
    expect(panel.get_by_role("alert")).to_contain_text("unexpected 'HASS' at character 11")
    assert tab.violations() == []
    tab.set_theme("JupyterLab Dark")
    tab.shot("playground-error-dark", panel)
    field.fill("level > 1 OR languages HAS null")
    tab.shot("playground-dark", panel)
    assert tab.violations() == []
