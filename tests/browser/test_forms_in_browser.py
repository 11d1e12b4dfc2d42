"""Panels that a learner types in: the form, the playground, the request inspector."""

import pytest
from browser_tab import TOO_WIDE, WIDTHS
from playwright.sync_api import Locator, expect
from timeout import becomes

CELLS = (
    """from twilio.request_validator import RequestValidator
from helpers import connect, controls, prepare
from helpers.session.request_log import Exchange
lab = prepare(connect(), "task waiting")
lab.workspace.tasks.list()
lab.session.client.request("POST", f"{lab.session.address}/v1/Workspaces/{lab.workspace_sid}/Tasks")
form = {"TaskSid": lab.task_sid, "TaskAttributes": '{"selected_language":"es"}', "TaskAge": "41",
        "WorkerName": "Alice", "WorkerSid": lab.alice_sid, "ReservationSid": "WR" + "0" * 32,
        "WorkerAttributes": '{"languages":["en","es"]}', "WorkflowSid": lab.workflow_sid}
url = "http://127.0.0.1:5000/assignment_callback"
signature = RequestValidator(lab.session.auth_token).compute_signature(url, form)
lab.session.requests.record(Exchange(
    "received", "POST", url, 200, duration=0.001, form=list(form.items()),
    request_headers={"X-Twilio-Signature": signature}, response_body='{"instruction": "accept"}'))
None""",
    "form = controls.task_form(lab)\nform",
    "play = controls.playground(lab, 'languages HAS \"es\"')\nplay",
    "inspector = controls.requests(lab)\ninspector",
)


@pytest.fixture
def shown(tab, lab):
    tab.show("notebooks/forms.ipynb", *CELLS)
    return tab


def looks_right(tab, name: str, panel: Locator) -> None:
    for theme in ("Light", "Dark"):
        tab.set_theme(f"JupyterLab {theme}")
        for width in WIDTHS:
            tab.give_outputs(width)
            becomes("", panel.evaluate, TOO_WIDE)
            tab.shot(f"{name}-{width}-{theme.lower()}", panel)
        assert tab.violations() == []


def test_form_says_what_it_refuses_and_what_became_of_the_task(shown, lab):
    form = shown.output_of("controls.task_form")
    attributes, priority = form.get_by_label("More attributes"), form.get_by_label("Priority")
    create = form.get_by_role("button", name="Create Task")
    attributes.fill('{"name": "Zoë", "vip": True}')
    priority.fill("-5")
    create.click()
    expect(form.locator(".tr-error").first).to_contain_text("A priority is a whole number from 0")
    expect(form.locator(".tr-error").last).to_contain_text("JSON writes true for Python's True")
    alarm = form.locator(".tr-hide[role=alert]")
    expect(alarm).to_have_text(
        "No Task was created: correct the priority and the attributes above."
    )
    looks_right(shown, "form-refused", form)
    attributes.fill("")
    priority.fill("5")
    form.get_by_role("radio", name="French").click()
    create.click()
    expect(alarm).to_contain_text("give the Workflow a default_filter.")
    assert len(lab.workspace.tasks.list()) == 1
    attributes.fill('{"selected_language": "es"}')
    expect(form.get_by_text('and not "fr" from above')).to_be_visible()
    create.click()
    expect(form.locator(".tr-say")).to_contain_text(
        "Spanish #2 waits: Alice matches but is Offline."
    )
    form.get_by_text("Channel and Workflow").click()
    form.get_by_text("Show the call").click()
    looks_right(shown, "form", form)


def test_playground_keeps_the_last_result_until_the_expression_can_be_read(shown):
    panel = shown.output_of("controls.playground")
    field = panel.get_by_label("Expression")
    expect(panel.get_by_text("1 of 2 Workers matches.").first).to_be_visible()
    looks_right(shown, "playground", panel)
    field.press("End")
    field.press_sequentially(" AND languages HAS ")
    expect(panel.locator(".tr-error")).to_be_visible()
    expect(panel.get_by_role("row", name="Alice")).to_be_visible()
    expect(field).to_have_value('languages HAS "es" AND languages HAS ')
    looks_right(shown, "playground-unreadable", panel)


def test_inspector_opens_a_request_and_edits_it_in_place(shown, lab):
    panel = shown.output_of("controls.requests")
    panel.get_by_role("option", name="/assignment_callback").click()
    expect(panel.get_by_text("The signature is valid.")).to_be_visible()
    looks_right(shown, "requests", panel)
    panel.get_by_role("button", name="Edit, then send").click()
    panel.get_by_label("Parameters JSON").fill('{"TaskSid": }')
    expect(panel.locator(".tr-error")).to_contain_text("Line 1, character 13")
    panel.get_by_label("Search in requests").fill("Tasks")
    panel.get_by_role("button", name="Failed only").click()
    expect(panel.locator(".tr-req")).to_have_count(1)
    expect(panel.get_by_label("Parameters JSON")).to_have_value('{"TaskSid": }')
    looks_right(shown, "requests-edited", panel)


def test_values_set_by_a_cell_show_at_once(shown):
    form, playground, requests = map(
        shown.output_of, ("controls.task_form", "controls.playground", "controls.requests")
    )
    form.get_by_label("Priority").fill("-7")
    expect(form.locator(".tr-error")).to_be_visible()
    form.get_by_text("Channel and Workflow").click()
    shown.execute("form.state.write(language='en', extra='{\"vip\": true}', priority='3')")
    expect(form.get_by_role("radio", name="English")).to_be_checked()
    expect(form.get_by_label("More attributes")).to_have_value('{"vip": true}')
    expect(form.get_by_label("Priority")).to_have_value("3")
    shown.execute("form.state.channel, play.state.expression = 'voice', '2==2'")
    expect(form.get_by_label("Channel")).to_have_value("voice")
    expect(playground.get_by_label("Expression")).to_have_value("2==2")
    shown.execute("inspector.state.search('Workspaces')")
    expect(requests.get_by_label("Search in requests")).to_have_value("Workspaces")


def test_value_set_by_a_cell_leaves_what_the_learner_is_typing(shown):
    form = shown.output_of("controls.task_form")
    extra, priority = form.get_by_label("More attributes"), form.get_by_label("Priority")
    extra.press_sequentially('{"vip": }')
    shown.page.keyboard.press("ArrowLeft")
    shown.execute("form.state.write(extra='{}', priority='3')")
    expect(priority).to_have_value("3")
    shown.page.keyboard.type("tru")
    expect(form.locator(".tr-error")).to_be_visible()
    shown.page.keyboard.type("e")
    expect(form.locator(".tr-error")).to_have_count(0)
    expect(extra).to_have_value('{"vip": true}')
    shown.execute("form.state.write(extra='{', priority='4')")
    expect(priority).to_have_value("4")
    expect(form.locator(".tr-error")).to_be_visible()
    expect(extra).to_have_value('{"vip": true}')
    priority.focus()  # the kernel gets the text in view
    expect(form.locator(".tr-error")).to_have_count(0)
    expect(extra).to_have_value('{"vip": true}')
    shown.execute("form.state.extra = '{}'")
    expect(extra).to_have_value("{}")
    shown.execute("form.state.priority = '5'")
    shown.page.keyboard.press("Tab")  # a field with the focus and no change follows when it is left
    expect(priority).to_have_value("5")
