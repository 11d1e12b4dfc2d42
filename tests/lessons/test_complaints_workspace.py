"""The Workspace of lesson 08: ten cases, of which none has what another needs."""

import json

import pytest

from helpers import explain, tables
from helpers.lessons.complaints import COMPLAINTS, ROUTED, START
from helpers.lessons.workspace import prepare
from helpers.session.workspace_ownership import COMPLAINTS_WORKSPACE

NOTES = {  # the first that `explain` says of each case
    "The bill": "There is no key skils, but there is skills",
    "Ben": "HAS needs an array",
    "Chloe": "Set level to 7, without quotation marks",
    "The bank card": "Rename it to product_line",
    "Elif": "capacity of the channel default is used up",
    "The parcel": "No target of any Workflow names it",
    "The gift card": "It has no default_filter",
    "Hugo": "case and spaces count",
    "Ines": "Offline is not an available Activity",
    "Jonas": "capacity of the channel default is used up",
}


@pytest.fixture
def lab(prepared):
    return prepared(START)


def of(case):
    """What explain needs: the Task, or the attributes of the one that was refused."""
    return case.task_sid or {"topic": case.complaint.topic}


def test_every_case_waits_or_is_refused_and_one_more_task_is_reserved(lab):
    statuses = {
        json.loads(task.attributes)["topic"]: task.assignment_status
        for task in lab.workspace.tasks.list()
        if "earlier" not in task.attributes
    }
    waiting = {each.topic for each in COMPLAINTS.values()} - {"gift card"}
    assert statuses == dict.fromkeys(waiting, "pending") | {ROUTED.topic: "reserved"}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_explain_names_the_fault(lab, name):
    case = lab.open(name)
    found = explain(lab, of(case), workflow_sid=case.workflow_sid)
    assert any(NOTES[name] in note.text for note in found.notes), found


@pytest.mark.parametrize("name", COMPLAINTS)
def test_opened_again_after_damage_then_is_as_it_came_in(lab, name):
    before = tables.evidence(lab.open(name))
    case = lab.open(name)
    space = case.workspace
    offline = space.activities.list(friendly_name="Offline")[0].sid
    space.task_queues(case.queue_sid).update(target_workers="1==1")
    space.workers(case.worker_sid).update(attributes='{"a": 1}', activity_sid=offline)
    space.workers(case.worker_sid).worker_channels("default").update(capacity=3)
    space.workflows(case.workflow_sid).update(
        configuration=json.dumps(
            {"task_routing": {"filters": [], "default_filter": {"queue": case.queue_sid}}}
        )
    )
    space.tasks.create(attributes='{"topic": "more"}', workflow_sid=case.workflow_sid)
    assert not before.equals(tables.evidence(case))
    assert before.equals(tables.evidence(lab.open(name)))


def test_worker_who_holds_another_cases_task_then_is_free_when_their_case_is_opened(lab):
    bill = lab.open("The bill")
    bill.workspace.task_queues(bill.queue_sid).update(target_workers='languages == "es"')
    [held] = bill.workspace.tasks(bill.task_sid).reservations.list()
    assert held.worker_name == "Ben"
    assert tables.evidence(lab.open("Ben")).now.iloc[-1] == "Available, holds no Task"


def test_unknown_case_is_refused_with_the_list(lab):
    with pytest.raises(ValueError, match="no case 'Hugi'. The cases are: The bill, Ben, "):
        lab.open("Hugi")


def test_evidence_shows_the_refused_task_and_who_holds_a_worker(lab):
    def now(name):
        return tables.evidence(lab.open(name)).now.tolist()

    assert now("The gift card") == [
        "none: TaskRouter refused it",
        "leads to Everything else",
        "",
        "Available, holds no Task",
    ]
    assert now("The parcel")[:2] == ["pending in Repairs", "leads to Repairs"]
    assert now("Jonas")[-1] == "Available, holds a Task: reserved, priority 100"
    assert now("Ines") == [
        "pending in Night desk",
        "",
        "Offline, holds a Task: wrapping, priority 0",
    ]


def test_second_prepare_opens_every_case_and_leaves_the_tutorial_alone(session, lab):
    tutorial = prepare(session, "task waiting")
    again = prepare(session, START)
    assert again.workspace_sid != lab.workspace_sid
    workspaces = session.client.taskrouter.v1.workspaces.list()
    names = [workspace.friendly_name for workspace in workspaces]
    assert names.count(COMPLAINTS_WORKSPACE) == 1 and len(names) == 2
    assert prepare(session, "task waiting").task_sid == tutorial.task_sid
    assert repr(again) == f"The Workspace {COMPLAINTS_WORKSPACE!r} is ready ({START})"
