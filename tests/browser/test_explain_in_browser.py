"""Explanations, tables and the playground in JupyterLab, in both themes."""

import pytest
from browser_tab import TOO_WIDE, WIDTHS
from playwright.sync_api import expect
from timeout import becomes

CELLS = (
    'from helpers import connect, controls, explain, prepare\nlab = prepare(connect(), "ten complaints")',
    'explain(lab, lab.open("Elif").task_sid)',
    'explain(lab, {"topic": "<img src=nowhere>"})',
    "controls.playground(lab)",
)
NOTEBOOK = "notebooks/explained.ipynb"
LAB = 'from helpers import connect, prepare, tables\nlab = prepare(connect(), "ten complaints")'
NAMES = (
    "tasks",
    "workers",
    "task_queues",
    "workflow_filters",
    "reservations",
    "events",
    "requests",
)
TABLES = (LAB, *(f"tables.{name}(lab).tail(8)" for name in NAMES))
COPIED = """sid => {
  getSelection().selectAllChildren(sid);
  return getSelection().toString();
}"""


@pytest.fixture
def explained(tab):
    tab.show(NOTEBOOK, *CELLS)
    return tab


def test_explanation_is_readable_text_in_both_themes(explained):
    tab = explained
    orders, refused = tab.output_of('lab.open("Elif")'), tab.output_of("img src")
    expect(orders.get_by_text("It waits: Elif matches but has no room")).to_be_visible()
    expect(orders.get_by_role("rowheader", name="Elif")).to_be_hidden()
    for fold in ("Show every Worker (11)", "Show every filter (9)", "Show where it stands"):
        orders.get_by_text(fold).click()
    expect(orders.get_by_role("row", name="Elif")).to_contain_text("✗ 1 of 1 taken on default")
    expect(orders.get_by_role("rowheader", name="Order")).to_be_visible()
    expect(refused.get_by_text("TaskRouter would refuse it")).to_be_visible()
    expect(tab.page.locator('img[src="nowhere"]')).to_have_count(0)
    shows(tab, {"explain": orders, "explain-refused": refused})


def test_tables_are_never_wider_than_the_page(tab):
    tab.show("notebooks/tables.ipynb", *TABLES)
    shown = tab.output_of("tables.tasks")
    expect(shown.locator("td").first).to_have_css("text-align", "left")
    expect(shown.locator(".pill").first).to_have_css("background-color", "rgb(225, 237, 252)")
    lines = "row => row.getBoundingClientRect().height"
    assert shown.locator("tbody tr").first.evaluate(lines) < 40, "its values are in one line"
    sid = shown.locator(".sid").first
    assert sid.evaluate(COPIED) == sid.get_attribute("title")
    shows(
        tab,
        {f"table-{code.split('.')[1].split('(')[0]}": tab.output_of(code) for code in TABLES[1:]},
    )
    tab.give_outputs(450)
    expect(shown.locator("thead")).to_be_hidden()
    shows(tab, {"table-tasks": shown}, widths=(450,))


def shows(tab, outputs, widths=WIDTHS):
    """Check that each output fits, and that axe finds nothing; take screenshots."""
    for theme in ("Light", "Dark"):
        tab.set_theme(f"JupyterLab {theme}")
        for width in widths:
            tab.give_outputs(width)
            for name, output in outputs.items():
                becomes("", output.evaluate, TOO_WIDE)
                tab.shot(f"{name}-{width}-{theme.lower()}", output)
        assert tab.violations() == []


def test_playground_judges_expression_while_typing(explained):
    tab = explained
    panel = tab.output_of("playground")
    expect(panel.locator(".tr-title", has_text="11 of 11 Workers match.")).to_be_visible()
    field = panel.get_by_label("Expression")
    field.fill('languages HAS "es"')
    expect(panel.locator(".tr-title", has_text="0 of 11 Workers match.")).to_be_visible()
    expect(panel.get_by_role("row", name="Ben").get_by_text("needs an array")).to_be_visible()
    tab.shot("playground-light", panel)
    field.fill('languages HASS "es"')
    expect(panel.locator(".tr-error")).to_contain_text("unexpected 'HASS' at character 11")
    assert tab.violations() == []
    tab.set_theme("JupyterLab Dark")
    tab.shot("playground-error-dark", panel)
    field.fill("level > 1 OR languages HAS null")
    tab.shot("playground-dark", panel)
    assert tab.violations() == []
