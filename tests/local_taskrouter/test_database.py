"""The database: complete transactions, readable by other versions of the code, Events for 30 days."""

import sqlite3
from contextlib import closing

import pytest
from local_taskrouter.core.engine import Outcome
from local_taskrouter.core.records import Activity, Callback, Event, Task, Workspace
from local_taskrouter.database import EVENTS_KEPT, Database

WORKSPACE = "WS" + "1" * 32


@pytest.fixture
def path(tmp_path):
    return tmp_path / "taskrouter.db"


@pytest.fixture
def database(path):
    database = Database(path)
    yield database
    database.close()


def activity(number=1, serial=1):
    return Activity(
        sid=f"WA{number:032x}",
        workspace_sid=WORKSPACE,
        date_created=1.5,
        date_updated=2.5,
        serial=serial,
        friendly_name="Idle – \u2028 ä 😀",
        available=True,
    )


def event(number=1, at=10.0, workspace_sid=WORKSPACE, **data):
    return Event(
        f"EV{number:032x}", workspace_sid, "x.created", at, "x", "WX", "A description", data
    )


def callback():
    return Callback(WORKSPACE, "http://a/", {"TaskAge": "0"}, "WR1")


def reopened(path):
    database = Database(path)
    try:
        return list(database.records()), database.deliveries(), database.events("1 = 1", [])
    finally:
        database.close()


def execute(path, statement):
    """Run a statement on the file in another connection; return its first row."""
    with closing(sqlite3.connect(path)) as other, other:
        return other.execute(statement).fetchone()


def test_records_are_read_in_order_of_creation(database, path):
    second, first = activity(1, serial=2), activity(2, serial=1)
    database.write(Outcome({each.sid: each for each in (second, first)}))
    assert reopened(path)[0] == [first, second]


def test_changed_record_is_replaced_and_removed_one_deleted(database, path):
    one = activity()
    database.write(Outcome({one.sid: one}))
    one.available = False
    database.write(Outcome({one.sid: one}))
    assert reopened(path)[0] == [one]
    database.write(Outcome({one.sid: None}))
    assert reopened(path)[0] == []


def test_failed_transaction_writes_nothing(database, path):
    one, bad = activity(1), activity(2)
    vars(bad)["available"] = object()
    with pytest.raises(TypeError):
        database.write(Outcome({one.sid: one, bad.sid: bad}, [event()], [callback()]))
    assert reopened(path) == ([], [], [])
    database.write(Outcome({one.sid: one}))
    assert reopened(path)[0] == [one]


def test_acknowledged_write_is_readable_without_close(path):
    killed = Database(path)
    one = activity()
    killed.write(Outcome({one.sid: one}, [event()], [callback()]))
    records, deliveries, events = reopened(path)  # while the first still has the file open
    assert (records, len(deliveries), events) == ([one], 1, [event()])
    killed.close()


def test_unknown_fields_are_ignored(path, database):
    one = activity()
    database.write(Outcome({one.sid: one}))
    execute(path, "UPDATE records SET body = json_set(body, '$.forgotten', 7)")
    assert list(database.records()) == [one]


def test_missing_fields_have_their_default(path, database):
    task = Task(
        sid="WT1",
        workspace_sid=WORKSPACE,
        date_created=1,
        date_updated=1,
        serial=1,
        attributes="{}",
        priority=0,
        timeout=60,
        task_channel_sid="TC1",
        virtual_start_time=1,
        expires_at=61,
        step=[None, 0, None, 0, False],
    )
    database.write(Outcome({task.sid: task}))
    execute(path, "UPDATE records SET body = json_remove(body, '$.ignore_capacity')")
    assert list(database.records()) == [task]


def test_events_are_found_by_their_data_newest_first(database):
    for number, at in ((1, 10.0), (2, 30.0), (3, 20.0), (4, 20.0)):
        database.write(Outcome({}, [event(number, at, task_sid=f"WT{number % 2}")]))
    found = database.events("workspace_sid = ? AND at >= ?", [WORKSPACE, 15])
    assert [each.sid[-1] for each in found] == ["2", "4", "3"]
    found = database.events("task_sid = ?", ["WT1"])
    assert [each.data for each in found] == [{"task_sid": "WT1"}] * 2


def test_old_events_are_deleted(database):
    database.write(Outcome({}, [event(1, 10.0), event(2, 20.0)]))
    database.delete_events(15.0)
    assert [each.at for each in database.events("1 = 1", [])] == [20.0]
    assert EVENTS_KEPT == 30 * 24 * 3_600


def test_deleting_a_workspace_deletes_its_events_and_deliveries(database):
    other = "WS" + "2" * 32
    workspace = Workspace(
        sid=WORKSPACE,
        workspace_sid=WORKSPACE,
        date_created=1,
        date_updated=1,
        friendly_name="W",
        default_activity_sid="WA1",
        timeout_activity_sid="WA1",
    )
    database.write(
        Outcome({WORKSPACE: workspace}, [event(1), event(2, workspace_sid=other)], [callback()])
    )
    database.write(Outcome({WORKSPACE: None}))
    assert [each.workspace_sid for each in database.events("1 = 1", [])] == [other]
    assert database.deliveries() == []


def test_deliveries_are_found_by_state(database, path):
    first, second = (database.write(Outcome({}, [], [callback()]))[0] for _ in range(2))
    assert [delivery.id for delivery in database.deliveries("due")] == [first.id, second.id]
    first.state, first.attempts = "done", [{"url": "http://a/", "status": 200}]
    database.save_delivery(first)
    assert [delivery.id for delivery in database.deliveries("due")] == [second.id]
    assert reopened(path)[1] == [first, second]


def test_settings_are_stored_until_clear(database, path):
    database.save_settings(offset="1.5")
    database.save_settings(offset="2.5")
    assert database.setting("offset") == "2.5"
    one = activity()
    database.write(Outcome({one.sid: one}, [event()], [callback()]))
    database.clear()
    assert database.setting("offset") is None
    assert reopened(path) == ([], [], [])


def test_settings_are_saved_in_one_transaction(database):
    database.save_settings(offset="1.5", stopped="2.5")
    with pytest.raises(sqlite3.Error):
        database.save_settings(offset="3.5", stopped=object())
    assert (database.setting("offset"), database.setting("stopped")) == ("1.5", "2.5")


def test_journal_mode_is_wal(path, database):
    assert execute(path, "PRAGMA journal_mode") == ("wal",)


def test_file_that_is_not_a_database_raises(path):
    path.write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Database(path)
