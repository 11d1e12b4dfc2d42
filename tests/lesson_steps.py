"""What several tests of lessons in a browser do and wait for."""

from browser_tab import Tab
from playwright.sync_api import expect
from timeout import eventually

from helpers.lessons.workspace import PreparedWorkspace

WAITING = '{"selected_language": "es", "name": "<i>Ana</i>"}'


def create(lab: PreparedWorkspace, attributes: str = WAITING):
    """Create a Task that waits for a Worker who speaks Spanish."""
    return lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def status_of(lab: PreparedWorkspace, task_sid: str) -> str:
    return lab.workspace.tasks(task_sid).fetch().assignment_status


def becomes(lab: PreparedWorkspace, name: str, worker_sid: str = "") -> None:
    """Wait until the Worker, else Alice, has the Activity `name`."""
    worker = lab.workspace.workers(worker_sid or lab.alice_sid)
    eventually(f"the Worker is {name}", lambda: worker.fetch().activity_name == name)


def solution_and_hint_show_when_asked_for(tab: Tab) -> None:
    """An exercise as a learner meets it: both are folded away, and a click shows each."""
    solution = tab.page.locator(".jp-Notebook .jp-CodeCell", has_text="# A solution").first
    expect(solution.get_by_text("✓ Solved")).to_be_visible()
    expect(solution.get_by_text(".require()")).to_have_count(0)
    solution.get_by_title("Click to expand").click()
    expect(solution.get_by_text(".require()")).to_be_visible()
    hint = tab.page.locator(".jp-Notebook details").first
    expect(hint.locator("p").first).to_be_hidden()
    hint.get_by_text("A hint").click()
    expect(hint.locator("p").first).to_be_visible()
    expect(tab.output_of("exercises.").get_by_text("○ Not yet solved")).to_be_visible()
