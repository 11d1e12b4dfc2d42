"""JupyterLab draws what stands between two dollar signs as mathematics, unless an output forbids it."""

from browser_tab import Tab
from playwright.sync_api import expect

VALUE = "costs $5 and $6, or $$7$$"
SETUP = f"""import json
from IPython.display import HTML
from helpers import connect, controls, explain, prepare, tables
from helpers.exercises.self_check import Line, SelfCheck, refreshing
value = {VALUE!r}
lab = prepare(connect(), "alice available")
lab.workspace.workers(lab.bob_sid).update(friendly_name=value)
attributes = json.dumps({{"note": value, "selected_language": "es"}})
task = lab.workspace.tasks.create(workflow_sid=lab.workflow_sid, attributes=attributes)
found = SelfCheck(value, [Line(value, False, value, value)])"""
OUTPUTS = (
    "tables.tasks(lab)",
    "tables.workers(lab)",
    "explain(lab, task)",
    "explain(lab, {'selected_language': value})",
    "refreshing(lambda lab: found)(lab)",
    "controls.tasks(lab)",
    "controls.reservation(lab)",
    "controls.floor(lab)",
    "controls.playground(lab)",
)
MATHEMATICS = "HTML('<p>$5 and $6</p>')"


def test_value_with_two_dollar_signs_is_shown_as_it_is(tab: Tab):
    tab.show("notebooks/dollars.ipynb", SETUP, *OUTPUTS, MATHEMATICS)
    expect(tab.output_of(MATHEMATICS).locator("mjx-container")).to_have_count(1)
    for code in OUTPUTS:
        output = tab.output_of(code)
        expect(output).to_contain_text(VALUE)
        expect(output.locator("mjx-container"), code).to_have_count(0)
