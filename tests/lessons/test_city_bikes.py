import json

import pytest

from helpers import explain
from helpers.lessons.city_bikes import EXERCISE, FILE_STEP, STEPS, WAITED
from helpers.lessons.workspace import prepare
from helpers.session.workspace_ownership import CITY_BIKES

KINDS = ("activities", "workers", "task_queues", "workflows")
OWN = {"activities": 2, "workers": 2, "task_queues": 2, "workflows": 1}


@pytest.fixture
def lab(prepared):
    return prepared("city bikes")


def counted(lab):
    """How many resources of each kind there are besides those of a new Workspace."""
    found = {kind: len(getattr(lab.workspace, kind).list()) for kind in KINDS}
    return {**found, "activities": found["activities"] - 3}


def sid_of(resources, name):
    return resources.list(friendly_name=name)[0].sid


def all_sids(lab):
    return {one.sid for kind in KINDS for one in getattr(lab.workspace, kind).list()}


def test_prepared_workspace_is_empty_and_replaced_by_the_next(lab):
    assert counted(lab) == dict.fromkeys(KINDS, 0)
    lab.begin("customers")
    again = prepare(lab.session, "city bikes")
    assert counted(again) == dict.fromkeys(KINDS, 0)
    names = [one.friendly_name for one in lab.session.client.taskrouter.v1.workspaces.list()]
    assert names == [CITY_BIKES] and repr(again).startswith(f"The Workspace {CITY_BIKES!r}")


@pytest.mark.parametrize("number", range(len(STEPS)))
def test_step_begins_with_what_the_steps_before_it_build(lab, number):
    names = list(STEPS)
    built = {STEPS[name] for name in names[:number]}
    lab.begin("customers")
    lab.begin(names[number])
    assert counted(lab) == {kind: OWN[kind] if kind in built else 0 for kind in KINDS}
    open_doors = number > names.index("doors")
    assert {one.available for one in lab.workspace.workers.list()} <= {open_doors}


def two_of_everything(lab, space):
    space.activities.create("At the desk", available=False)
    configuration = json.loads(space.workflows.list()[0].configuration)
    space.workflows.create("Every request", configuration=json.dumps(configuration))
    space.task_queues.create("Repairs 2")
    space.workers.create("Rosa 2")


def all_changed(lab, space):
    worker, other = space.workers.list()
    workshop = sid_of(space.activities, "In the workshop")
    worker.update(attributes="{}", activity_sid=workshop)
    other.update(activity_sid=sid_of(space.activities, "Available"))
    space.task_queues(sid_of(space.task_queues, "Repairs")).update(target_workers="1==1")
    routing = {"task_routing": {"default_filter": {"queue": sid_of(space.task_queues, "Repairs")}}}
    space.workflows(space.workflows.list()[0].sid).update(configuration=json.dumps(routing))
    space.tasks.create(attributes="{}")


def wrong_flags(lab, space):
    lab.begin("Activities")
    space.activities.create("At the desk")
    workshop = space.activities.create("In the workshop", available=True)
    space.workers.create("Sam", activity_sid=workshop.sid)


@pytest.mark.parametrize("change", [two_of_everything, all_changed, wrong_flags])
def test_step_begins_the_same_whatever_was_built(lab, change):
    lab.begin("customers")
    change(lab, lab.workspace)
    lab.begin("customers")
    assert counted(lab) == OWN and lab.workspace.tasks.list() == []
    assert {one.activity_name for one in lab.workspace.workers.list()} == {"At the desk"}
    assert lab.apply() == []


def test_what_is_right_keeps_its_sids_when_a_step_begins_again(lab):
    lab.begin("customers")
    before = all_sids(lab)
    lab.begin("customers")
    assert all_sids(lab) == before


def test_file_applied_twice_creates_no_duplicates(lab):
    lab.begin("customers")
    lab.begin(FILE_STEP)
    assert len(lab.apply()) == 7
    assert lab.apply() == [] and counted(lab) == OWN


def test_exercise_begins_with_a_repair_that_has_waited(lab, clock):
    now = clock.now()
    lab.begin(EXERCISE)
    [task] = lab.workspace.tasks.list()
    assert (task.assignment_status, task.task_queue_friendly_name) == ("pending", "Repairs")
    assert clock.now() - now == task.age == WAITED
    assert "Rosa matches but is In the workshop" in str(explain(lab, task))


def test_unknown_step_names_the_steps(lab):
    with pytest.raises(ValueError, match='"Activities", "Workers".*"exercise"'):
        lab.begin("activities")
