"""An exercise as a learner meets it: the solution folded away, the hint too, both a click away."""

import pytest
from playwright.sync_api import expect

NAMES = ["01-alice-offline", "06-when-nobody-answers"]


@pytest.mark.parametrize("name", NAMES)
def test_a_solution_and_a_hint_show_only_when_asked_for(tab, name):
    tab.open(f"notebooks/{name}.ipynb")
    tab.run_all()
    page = tab.page
    solution = page.locator(".jp-Notebook .jp-CodeCell", has_text="# A solution").first
    expect(solution.get_by_text("✓ Solved")).to_be_visible()
    expect(solution.get_by_text(".require()")).to_have_count(0)
    solution.get_by_title("Click to expand").click()
    expect(solution.get_by_text(".require()")).to_be_visible()
    hint = page.locator(".jp-Notebook details").first
    expect(hint.locator("p").first).to_be_hidden()
    hint.get_by_text("A hint").click()
    expect(hint.locator("p").first).to_be_visible()
    expect(tab.output_of("exercises.").get_by_text("○ Not yet solved")).to_be_visible()
    assert tab.violations() == []
