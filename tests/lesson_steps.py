"""Steps that several tests of lessons in a browser share."""

from browser_tab import Tab
from playwright.sync_api import expect
from timeout import eventually
from twilio.rest.taskrouter.v1.workspace.task import TaskInstance

from helpers.lessons.workspace import PreparedWorkspace

WAITING = '{"selected_language": "es", "name": "<i>Ana</i>"}'


def create(lab: PreparedWorkspace, attributes: str = WAITING) -> TaskInstance:
    """Create a Task that only a Worker who speaks Spanish can take."""
    return lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def status_of(lab: PreparedWorkspace, task: TaskInstance) -> str:
    return str(lab.workspace.tasks(str(task.sid)).fetch().assignment_status)


def wait_for_activity(lab: PreparedWorkspace, name: str, worker_sid: str = "") -> None:
    """Wait until the Worker, by default Alice, has the Activity `name`."""
    worker = lab.workspace.workers(worker_sid or lab.alice_sid)
    eventually(f"the Worker is {name}", lambda: worker.fetch().activity_name == name)


def check_folded_solution_and_hint(tab: Tab) -> None:
    """Check that solution and hint of an exercise are folded, and unfold with a click."""
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
