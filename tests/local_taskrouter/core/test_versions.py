"""Which records a command gives a new `version` (the ETag) or `date_updated`."""

import pytest
from local_taskrouter.core import activities, reservations, task_queues, tasks, workers, workflows
from local_taskrouter.core.task_end import cancel_task, complete_task, wrap_up_task

INDEXES = ("task_channels", "activities", "task_queues", "workflows", "workers", "tasks")


@pytest.fixture
def office(lab):
    """Alice, whose channel is switched off, and a Task that waits for her."""
    lab.queue_ = lab.queue(max_reserved_workers=2)
    lab.flow = lab.workflow(default=lab.queue_)
    lab.alice = lab.worker("Alice")
    lab.capacity(lab.alice, available=False)
    lab.wait_task = lab.task(lab.flow, {"n": 1}, timeout=10_000)
    lab.wait(1)
    return lab


def records(lab):
    """Every record by a name for it."""
    store, workspace = lab.engine.store, lab.workspace.sid
    found = {"Workspace": lab.workspace}
    for index in INDEXES:
        for record in store.find(index, workspace):
            name = getattr(record, "friendly_name", "")
            found[f"{type(record).__name__} {name}".strip()] = record
    for worker in list(store.find("workers", workspace)):
        for channel in store.find("channels_of_worker", worker.sid):
            found[f"WorkerChannel {worker.friendly_name} {channel.task_channel_sid}"] = channel
        for one in store.find("reservations_of_worker", worker.sid):
            found[f"Reservation {worker.friendly_name}"] = one
    return found


def changes(lab, act):
    """{record: (versions gained, whether date_updated is now)} of what `act` changes."""
    before = {
        name: (record.sid, getattr(record, "version", 0), record.date_updated)
        for name, record in records(lab).items()
    }
    lab.wait(1)
    act(lab)
    found = {}
    for name, record in records(lab).items():
        sid, version, date = before.get(name, (None, 0, None))
        gained = getattr(record, "version", 0) - version
        if sid == record.sid and (gained or record.date_updated != date):
            shown = "WorkerChannel" if name.startswith("WorkerChannel") else name
            found[shown] = (gained, record.date_updated == lab.now)
    return found


def reserve(lab):
    lab.capacity(lab.alice, available=True)


def reserve_and_accept(lab):
    reserve(lab)
    lab.accept(lab.wait_task)


def reserve_two(lab):
    reserve(lab)
    lab.worker("Bob")


def wrapping(lab):
    reserve_and_accept(lab)
    lab.do(wrap_up_task, lab.wait_task, None)


def nothing(lab):
    pass


def do(command, record, *args, **more):
    return lambda lab: lab.do(command, record(lab), *args, **more)


def alice(lab):
    return lab.alice


def task(lab):
    return lab.wait_task


def queue(lab):
    return lab.queue_


ACCEPT = {"Reservation Alice": (1, True), "Task": (1, True)}
LEAVE = {**ACCEPT, "Worker Alice": (1, True)}
NEW_TASK, NEW_WORKER = {"Task": (1, True)}, {"Worker Alice": (1, True)}
COMMANDS = {
    "reserve": (
        nothing,
        reserve,
        {"WorkerChannel": (0, True), "Worker Alice": (2, False), "Task": (1, True)},
    ),
    "accept": (reserve, lambda lab: lab.accept(lab.wait_task), ACCEPT),
    "accept and rescind": (
        reserve_two,
        lambda lab: lab.accept(lab.wait_task),
        {**ACCEPT, "Reservation Bob": (1, True)},
    ),
    "reject": (reserve, lambda lab: lab.reject(lab.wait_task, "Unavailable"), LEAVE),
    "timeout": (reserve, lambda lab: lab.wait(119), LEAVE),
    "callbacks unreachable": (
        reserve,
        lambda lab: lab.do(reservations.cancel_unreachable, lab.pending(lab.wait_task)),
        ACCEPT,
    ),
    "cancel": (reserve, do(cancel_task, task, None), ACCEPT),
    "wrap up": (reserve_and_accept, do(wrap_up_task, task, None), ACCEPT),
    "complete": (reserve_and_accept, do(complete_task, task, None), ACCEPT),
    "complete after wrap-up": (wrapping, do(complete_task, task, None), ACCEPT),
    "task attributes": (nothing, do(tasks.update_attributes, task, '{"n":2}'), NEW_TASK),
    "same task attributes": (nothing, do(tasks.update_attributes, task, '{"n": 1}'), {}),
    "priority": (nothing, do(tasks.update_routing, task, 5, None, None), NEW_TASK),
    "same priority": (nothing, do(tasks.update_routing, task, 0, None, None), {}),
    "reason": (nothing, do(tasks.update_reason, task, "why"), NEW_TASK),
    "activity": (nothing, lambda lab: lab.move(lab.alice, "Offline"), NEW_WORKER),
    "same activity": (nothing, lambda lab: lab.move(lab.alice, "Available"), {}),
    "worker attributes": (nothing, do(workers.update_attributes, alice, '{"a":1}'), NEW_WORKER),
    "same worker attributes": (nothing, do(workers.update_attributes, alice, "{}"), {}),
    "same worker name": (nothing, do(workers.rename_worker, alice, "Alice"), {}),
    "capacity": (
        nothing,
        lambda lab: lab.capacity(lab.alice, 3),
        {"WorkerChannel": (0, True), "Worker Alice": (1, False)},
    ),
    "same capacity": (nothing, lambda lab: lab.capacity(lab.alice, 1), {}),
    "queue": (
        nothing,
        do(task_queues.update_task_queue, queue, target_workers="1 == 1"),
        {"TaskQueue Everybody": (0, True)},
    ),
    "workflow": (
        nothing,
        do(workflows.update_workflow, lambda lab: lab.flow, False, task_reservation_timeout=7),
        {"Workflow Workflow": (0, True)},
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_command_raises_the_version_of_exactly_what_it_changes(office, command):
    prepare, act, expected = COMMANDS[command]
    prepare(office)
    assert changes(office, act) == expected


def test_renamed_worker_has_a_new_version(office):
    version = office.alice.version
    office.wait(1)
    office.do(workers.rename_worker, office.alice, "Alicia")
    assert (office.alice.version, office.alice.date_updated) == (version + 1, office.now)


def test_renamed_activity_is_updated_now(office):
    break_ = office.activity("Unavailable")
    office.wait(1)
    office.do(activities.rename_activity, break_, "Break")
    assert break_.date_updated == office.now


def test_new_record_begins_at_its_first_version(office):
    assert (office.wait_task.version, office.worker("Bob", activity="Offline").version) == (0, 0)
    reserve(office)
    assert (office.wait_task.version, office.pending(office.wait_task).version) == (1, 1)
