"""The Workspace of notebook 08: each fault keeps one Task waiting, until it is mended."""

import json

import pytest

from helpers import explain
from helpers.lessons.seven_faults import ROUTES, START, UNKNOWN_TOPIC, WORKERS
from helpers.lessons.workspace import prepare
from helpers.session.workspace_ownership import FAULTY_WORKSPACE


@pytest.fixture
def lab(prepared):
    return prepared(START)


def status(lab, topic):
    return lab.workspace.tasks(lab.task_sids[topic]).fetch().assignment_status


def named(resources, name):
    [found] = [each for each in resources.list() if each.friendly_name == name]
    return found


def update_attributes(lab, worker, attributes):
    named(lab.workspace.workers, worker).update(attributes=json.dumps(attributes))


def configure(lab, change):
    workflow = lab.workspace.workflows(lab.workflow_sid).fetch()
    configuration = json.loads(workflow.configuration)
    change(configuration["task_routing"])
    workflow.update(configuration=json.dumps(configuration), re_evaluate_tasks="true")


def complete(lab):
    [task] = lab.workspace.tasks.list(assignment_status="assigned")
    task.update(assignment_status="completed")


def route_last_filter_to(lab, routing, name):
    sid = named(lab.workspace.task_queues, name).sid
    routing["filters"][-1]["targets"][0]["queue"] = sid


FAULTS = {
    "billing": (
        "there is skills",
        lambda lab: named(lab.workspace.task_queues, "Billing").update(
            target_workers='skills HAS "billing"'
        ),
    ),
    "spanish": (
        "HAS needs an array",
        lambda lab: update_attributes(lab, "Ben", {"languages": ["es"]}),
    ),
    "escalation": (
        "Set level to 7, without quotation marks",
        lambda lab: update_attributes(lab, "Chloe", {"level": 7}),
    ),
    "cards": (
        "Rename it to product_line",
        lambda lab: update_attributes(lab, "Dev", {"product_line": "cards"}),
    ),
    "orders": ("capacity of the channel default is used up", complete),
    "returns": (
        "No target of any Workflow names it",
        lambda lab: configure(lab, lambda routing: route_last_filter_to(lab, routing, "Returns")),
    ),
}


def test_every_worker_is_available_and_every_task_waits(lab):
    assert {worker.friendly_name for worker in lab.workspace.workers.list()} == set(WORKERS)
    assert all(worker.available for worker in lab.workspace.workers.list())
    assert {topic: status(lab, topic) for topic in ROUTES} == dict.fromkeys(ROUTES, "pending")


@pytest.mark.parametrize("topic", FAULTS)
def test_explain_names_each_fault_and_mending_it_routes_only_its_task(lab, topic):
    expected, mend = FAULTS[topic]
    notes = [note.text for note in explain(lab, lab.task_sids[topic]).notes]
    assert any(expected in text for text in notes), notes
    mend(lab)
    statuses = dict.fromkeys(ROUTES, "pending") | {topic: "reserved"}
    assert {each: status(lab, each) for each in ROUTES} == statuses


def test_seventh_task_is_refused_until_there_is_a_default_filter(lab):
    explanation = explain(lab, {"topic": UNKNOWN_TOPIC})
    assert explanation.sentence.startswith("TaskRouter would refuse it")
    queue = named(lab.workspace.task_queues, "Everything else").sid
    configure(lab, lambda routing: routing.update(default_filter={"queue": queue}))
    assert explain(lab, {"topic": UNKNOWN_TOPIC}).sentence == "Gina could take it at once."


def test_second_prepare_restores_the_faults_and_leaves_the_tutorial_alone(session, lab):
    tutorial = prepare(session, "task waiting")
    FAULTS["billing"][1](lab)
    again = prepare(session, START)
    assert status(again, "billing") == "pending"
    workspaces = session.client.taskrouter.v1.workspaces.list()
    names = [workspace.friendly_name for workspace in workspaces]
    assert names.count(FAULTY_WORKSPACE) == 1 and len(names) == 2
    assert prepare(session, "task waiting").task_sid == tutorial.task_sid
    assert repr(again) == f"The Workspace {FAULTY_WORKSPACE!r} is ready ({START})"
