"""One Workspace in an engine, with short methods to fill it and run commands."""

import json
from dataclasses import replace

from local_taskrouter.core import task_queues, tasks, workers, workflows, workspaces
from local_taskrouter.core.commands import run, run_due
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.index import INDEXES
from local_taskrouter.core.reservations import accept, reject
from local_taskrouter.sids import SidMaker

START = 1_767_225_600.0


class EngineLab:
    """Commits each command at once, as the service does; `wait` advances the time."""

    def __init__(self, **workspace):
        self.engine = Engine(SidMaker(1))
        self.now = START
        self.events = []
        self.callbacks = []
        self.workspace = self.do(workspaces.create_workspace, "Lab", **workspace)

    def do(self, command, *args, **more):
        result = run(self.engine, self.now, lambda engine: command(engine, *args, **more))
        self._commit()
        return result

    def wait(self, seconds):
        self.now += seconds
        run_due(self.engine, self.now)
        self._commit()

    def _commit(self):
        self.events += self.engine.events
        self.callbacks += self.engine.callbacks
        self.engine.commit()

    def activity(self, name):
        found = self.engine.store.find("activities", self.workspace.sid)
        return next(a for a in found if a.friendly_name == name)

    def channel(self, name="default"):
        found = self.engine.store.find("task_channels", self.workspace.sid)
        return next(c for c in found if c.unique_name == name)

    def worker(self, name, attributes=None, activity="Available", capacity=1):
        args = (self.workspace, name, json.dumps(attributes or {}), self.activity("Offline"))
        worker = self.do(workers.create_worker, *args)
        if capacity != 1:
            self.capacity(worker, capacity)
        self.move(worker, activity)
        return worker

    def move(self, worker, activity, reject_pending=False):
        self.do(workers.update_activity, worker, self.activity(activity), reject_pending)

    def capacity(self, worker, capacity=None, available=None, channel="default"):
        key = (worker.sid, self.channel(channel).sid)
        of_worker = next(self.engine.store.find("worker_channel", key))
        self.do(workers.update_worker_channel, of_worker, capacity, available)

    def queue(self, name="Everybody", target_workers="1==1", **more):
        return self.do(
            task_queues.create_task_queue,
            self.workspace,
            name,
            target_workers=target_workers,
            **more,
        )

    def workflow(self, *filters, default=None, **more):
        """`filters` are (expression, target, …) with targets as dicts or TaskQueues."""
        routing = {
            "filters": [
                {"expression": expression, "targets": [_target(each) for each in targets]}
                for expression, *targets in filters
            ]
        }
        if default is not None:
            routing["default_filter"] = _target(default)
        text = json.dumps({"task_routing": routing})
        return self.do(workflows.create_workflow, self.workspace, "Workflow", text, **more)

    def task(self, workflow=None, attributes=None, channel="default", **more):
        return self.do(
            tasks.create_task,
            self.workspace,
            workflow=workflow,
            attributes=json.dumps(attributes or {}),
            channel=self.channel(channel),
            **more,
        )

    def reservations(self, task):
        """(Worker's name, status) of each Reservation, oldest first."""
        found = self.engine.store.find("reservations_of_task", task.sid)
        return [(r.worker_name, r.reservation_status) for r in found]

    def pending(self, task):
        found = self.engine.store.find("reservations_of_task", task.sid)
        return next(r for r in found if r.reservation_status == "pending")

    def holder(self, task):
        """Return the name of the Worker with the Task's pending Reservation, or None."""
        names = [name for name, status in self.reservations(task) if status == "pending"]
        assert len(names) < 2
        return names[0] if names else None

    def accept(self, task):
        self.do(accept, self.pending(task))

    def reject(self, task, activity=None):
        self.do(reject, self.pending(task), self.activity(activity).sid if activity else None)

    def name_of(self, sid):
        """The name of an Activity or TaskQueue."""
        return next(one.friendly_name for one in self.engine.store if one.sid == sid)

    def count(self, kind):
        return sum(isinstance(record, kind) for record in self.engine.store)

    def events_of(self, event_type):
        return [event for event in self.events if event.event_type == event_type]


def reserved_task(engine, reservation_timeout=120):
    """Create a Workspace, and a Task that is reserved for Alice."""
    workspace = workspaces.create_workspace(engine, "Office", template="FIFO")
    activities = engine.store.find("activities", workspace.sid)
    available = next(activity for activity in activities if activity.available)
    workers.create_worker(engine, workspace, "Alice", activity=available)
    workflow = next(engine.store.find("workflows", workspace.sid))
    engine.store.change(workflow, task_reservation_timeout=reservation_timeout)
    channel = next(engine.store.find("task_channels", workspace.sid))
    return tasks.create_task(engine, workspace, workflow=workflow, channel=channel)


def _target(given):
    return given if isinstance(given, dict) else {"queue": given.sid}


def state(engine):
    """Return the records of an Engine and all that it derives from them, comparable with ==."""
    store = engine.store
    indexes = {
        name: {key: [record.sid for record in store.walk(name, key)] for key in store.keys(name)}
        for name in INDEXES
    }
    return {
        "records": {record.sid: dict(vars(record)) for record in store},
        "indexes": indexes,
        "timers": timers(engine),
        "room": {
            channel.sid: set(engine.room.workers(channel.sid))
            for workspace in store.find("workspaces", "all")
            for channel in store.find("task_channels", workspace.sid)
        },
        "eligible": {
            queue.sid: eligible(engine, queue)
            for workspace in store.find("workspaces", "all")
            for queue in store.find("task_queues", workspace.sid)
        },
    }


def timers(engine):
    """Return every timer that will fire, as (due, SID, field)."""
    records = {record.sid: record for record in engine.store}
    return sorted(
        {
            (due, sid, field)
            for due, _, sid, field in engine.timers.entries
            if sid in records and getattr(records[sid], field) == due
        }
    )


def eligible(engine, queue):
    """Return the SIDs of the Workers that match a TaskQueue, as the engine finds them."""
    workers_of = engine.store.find("workers", queue.workspace_sid)
    return {worker.sid for worker in workers_of if engine.eligibility.matches(queue, worker)}


def reloaded(engine):
    """Return an Engine with copies of these records, as after a restart."""
    again = Engine(SidMaker(2))
    again.store.restore(map(replace, sorted(engine.store, key=lambda record: record.serial)))
    return again
