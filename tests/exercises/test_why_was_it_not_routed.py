import json

import pytest

from helpers import explain
from helpers.exercises import hugo_helps
from helpers.lessons.seven_faults import TASK_QUEUES, UNKNOWN_TOPIC


@pytest.fixture
def lab(prepared):
    """The Workspace when the seventh fault is mended and Gina has a Task, before the exercise."""
    lab = prepared("seven faults")
    workflow = lab.workspace.workflows(lab.workflow_sid)
    configuration = json.loads(workflow.fetch().configuration)
    queue = lab.workspace.task_queues.list(friendly_name=list(TASK_QUEUES)[-1])[0]
    configuration["task_routing"]["default_filter"] = {"queue": queue.sid}
    workflow.update(configuration=json.dumps(configuration))
    create(lab, UNKNOWN_TOPIC)
    return lab


def create(lab, topic):
    attributes = json.dumps({"topic": topic})
    lab.workspace.tasks.create(attributes=attributes, workflow_sid=lab.workflow_sid)


def channel(lab, name):
    worker = lab.workspace.workers.list(friendly_name=name)[0]
    return lab.workspace.workers(worker.sid).worker_channels("default")


def test_before_the_fault_is_made_nobody_is_there(lab, marks):
    found = hugo_helps(lab)
    assert marks(found) == "○○" and "he is not there" in str(found)


def test_unsolved_the_task_waits_and_explain_says_why(lab, marks):
    present = lab.break_once_more()
    assert marks(hugo_helps(lab)) == "○○"
    explanation = explain(lab, present)
    assert explanation.assignment_status == "pending"
    [told] = [note.text for note in explanation.notes if note.about == "Hugo"]
    assert "capacity of 0" in told


def test_room_for_hugo_solves_it(lab, marks):
    lab.break_once_more()
    channel(lab, "Hugo").update(capacity=1)
    assert marks(hugo_helps(lab)) == "✓✓"


def test_room_for_gina_is_another_thing(lab, marks):
    lab.break_once_more()
    channel(lab, "Gina").update(capacity=2)
    found = hugo_helps(lab)
    assert marks(found) == "○○" and "Gina has it" in str(found)


def test_too_late_for_hugo_when_gina_has_it(lab, marks):
    lab.break_once_more()
    channel(lab, "Gina").update(capacity=2)
    channel(lab, "Hugo").update(capacity=1)
    found = hugo_helps(lab)
    assert marks(found) == "✓○" and "begin anew" in found.advice


def test_made_again_the_same_fault_waits_for_the_next_try(lab, marks):
    first = lab.break_once_more()
    channel(lab, "Hugo").update(capacity=1)
    second = lab.break_once_more()
    assert first != second and marks(hugo_helps(lab)) == "○○"
    channel(lab, "Hugo").update(capacity=1)
    assert marks(hugo_helps(lab)) == "✓✓"
