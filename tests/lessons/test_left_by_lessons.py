"""What lessons create beside the declared Workspace: two Activities of one name, a Worker at work."""

import json

from helpers.lessons.workspace import ACTIVITIES, EXTRAS, prepare

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
