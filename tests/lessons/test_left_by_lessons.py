"""What lessons create beside the declared Workspace: two Activities of one name, a Worker at work."""

import json

from helpers.lessons.workspace import ACTIVITIES, EXTRAS, prepare

NAMES = sorted(ACTIVITIES)
SPANISH = {"languages": ["es"]}


def test_start_deletes_what_lessons_create_and_start_anything_keeps_it(session):
    lab = prepare(session, "alice offline")
    space = lab.workspace
    for _ in range(2):
        lunch = space.activities.create("Lunch", available=True)
    carla, mine = (
        space.workers.create(name, attributes=json.dumps(SPANISH), activity_sid=lunch.sid)
        for name in ("Carla", "Mine")
    )
    space.tasks.create(workflow_sid=lab.workflow_sid, attributes='{"selected_language": "es"}')
    assert space.workers(str(carla.sid)).reservations.list()
    prepare(session, "anything")
    assert space.workers.list(friendly_name="Carla")
    prepare(session, "alice available")
    assert {worker.friendly_name for worker in space.workers.list()} == {"Alice", "Bob", "Mine"}
    assert space.workers(str(mine.sid)).fetch().activity_name == "Offline"
    activities = {activity.friendly_name for activity in space.activities.list()}
    assert activities == set(ACTIVITIES) and not activities & EXTRAS


def test_waiting_task_about_which_a_worker_was_asked_is_replaced(session):
    lab = prepare(session, "task waiting")
    alice, task = lab.workspace.workers(lab.alice_sid), lab.workspace.tasks(str(lab.task_sid))
    alice.update(activity_sid=lab.idle_sid)
    [reservation] = task.reservations.list()
    reservation.update(reservation_status="rejected", worker_activity_sid=lab.offline_sid)
    assert task.fetch().assignment_status == "pending"
    again = prepare(session, "task waiting")
    assert again.task_sid != lab.task_sid
    assert [each.sid for each in again.workspace.tasks.list()] == [again.task_sid]


def test_offline_renamed_to_a_declared_name_then_each_name_is_there_once(session):
    lab = prepare(session, "alice offline")
    lab.workspace.activities(lab.offline_sid).update(friendly_name="Unavailable")
    again = prepare(session)
    found = [str(one.friendly_name) for one in again.workspace.activities.list()]
    assert sorted(name for name in found if name in ACTIVITIES) == NAMES
    assert again.workspace.fetch().timeout_activity_name == "Offline"
