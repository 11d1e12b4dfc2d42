"""Activities: https://www.twilio.com/docs/taskrouter/api/activity

Twilio's documentation says little about deleting an Activity in use; here that is an error.
"""

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Activity, Worker, Workspace
from local_taskrouter.errors import BadRequest


def create_activity(
    engine: Engine, workspace: Workspace, name: str, available: bool, sid: str | None = None
) -> Activity:
    """Create an Activity. Raises BadRequest when the Workspace has 100 already."""
    engine.require_room("activities", workspace.sid)
    activity = engine.store.add(
        Activity(
            sid=sid or engine.sid(Activity),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=name,
            available=available,
        )
    )
    emit(engine, "activity.created", activity, f"Activity {name} created")
    return activity


def rename_activity(engine: Engine, activity: Activity, name: str) -> None:
    """Rename an Activity. Expressions can read its name as `worker.activity_name`."""
    engine.store.change(activity, friendly_name=name, date_updated=engine.now)
    emit(engine, "activity.updated", activity, f"Activity {name} updated")
    for worker in engine.store.walk("in_activity", activity.sid):
        engine.free(worker)


def delete_activity(engine: Engine, activity: Activity) -> None:
    """Delete an Activity. Raises BadRequest while anything uses it."""
    workspace = engine.store.require(Workspace, activity.workspace_sid)
    worker: Worker | None = next(engine.store.walk("in_activity", activity.sid), None)
    user = None
    if activity.sid in (workspace.default_activity_sid, workspace.timeout_activity_sid):
        user = f"it is the default or timeout Activity of Workspace {workspace.sid}"
    elif worker is not None:
        user = f"Worker {worker.sid} is in it"
    for queue in engine.store.walk("task_queues", activity.workspace_sid):
        if activity.sid in (queue.reservation_activity_sid, queue.assignment_activity_sid):
            user = f"TaskQueue {queue.sid} uses it"
    if user is not None:
        raise BadRequest(f"Cannot delete Activity {activity.sid}: {user}.")
    emit(engine, "activity.deleted", activity, f"Activity {activity.friendly_name} deleted")
    engine.store.remove(activity)
