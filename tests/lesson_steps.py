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


def check_hint_and_solution(tab: Tab) -> None:
    """Check that an exercise is not solved, and that its hint and solution unfold with a click."""
    expect(tab.outputs.get_by_text("Not yet solved").first).to_be_visible()
    for summary, content in (("A hint", "p"), ("Show the solution", "pre")):
        folded = tab.page.locator(".jp-Notebook details", has_text=summary).first
        expect(folded.locator(content).first).to_be_hidden()
        folded.get_by_text(summary).click()
        expect(folded.locator(content).first).to_be_visible()
