"""The database: complete transactions, readable by other versions of the code, Events for 30 days."""

import sqlite3
from contextlib import closing

import pytest
from local_taskrouter.core.engine import Outcome
from local_taskrouter.core.records import Activity, Callback, Event, Task, Workspace
from local_taskrouter.database import (
    EVENTS_KEPT,
    VERSION,
    Database,
    DatabaseFailure,
    UnreadableDatabase,
)

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


def workspace():
    return Workspace(
        sid=WORKSPACE,
        workspace_sid=WORKSPACE,
        date_created=1,
        date_updated=1,
        friendly_name="W",
        default_activity_sid="WA1",
        timeout_activity_sid="WA1",
    )


def event(number=1, at=10.0, workspace_sid=WORKSPACE, **data):
    return Event(
        f"EV{number:032x}", workspace_sid, "x.created", at, "x", "WX", "A description", data
    )


def callback():
    return Callback(WORKSPACE, "http://a/", {"TaskAge": "0"}, "WR1")


def reopened(path):
    with closing(Database(path)) as database, database.snapshot() as snapshot:
        return list(database.records()), snapshot.deliveries(), list(snapshot.events())


def events(database, *query):
    with database.snapshot() as snapshot:
        return list(snapshot.events(*query))


def deliveries(database, *query, **more):
    with database.snapshot() as snapshot:
        return snapshot.deliveries(*query, **more)


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
    database.write(Outcome(removed={one.sid: one}))
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
        database.write(Outcome({}, [event(number, at, task_sid=f"WT{number % 2:032x}")]))
    found = events(database, "workspace_sid = sid_bytes(?) AND at >= ?", [WORKSPACE, 15])
    assert [each.sid[-1] for each in found] == ["2", "4", "3"]
    task_sid = f"WT{1:032x}"
    found = events(database, "task_sid = sid_bytes(?)", [task_sid])
    assert [each.data for each in found] == [{"task_sid": task_sid}] * 2


def test_old_events_are_deleted(database):
    database.write(Outcome({}, [event(1, 10.0), event(2, 20.0)]))
    assert not database.tidy(15.0)
    assert [each.at for each in events(database)] == [20.0]
    assert EVENTS_KEPT == 30 * 24 * 3_600


def test_deleting_a_workspace_deletes_its_events_and_deliveries(database):
    other = "WS" + "2" * 32
    events_of_both = [event(1), event(2, workspace_sid=other)]
    database.write(Outcome({WORKSPACE: workspace()}, events_of_both, [callback()]))
    database.write(Outcome(removed={WORKSPACE: workspace()}))
    assert [each.workspace_sid for each in events(database)] == [other]
    assert deliveries(database) == []


def test_deliveries_are_found_by_state(database, path):
    first, second = (database.write(Outcome({}, [], [callback()]))[0] for _ in range(2))
    assert [delivery.id for delivery in deliveries(database, "due")] == [first.id, second.id]
    first.state, first.attempts = "done", [{"url": "http://a/", "status": 200}]
    database.save_delivery(first)
    assert [delivery.id for delivery in deliveries(database, "due")] == [second.id]
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


def test_tidy_deletes_old_events_in_portions_and_gives_space_back(path, monkeypatch):
    monkeypatch.setattr("local_taskrouter.database._SPARE_PAGES", 4)
    with closing(Database(path)) as database:
        many = [event(n, at=float(n), x="x" * 500) for n in range(1, 2_001)]
        database.write(Outcome({}, many))
        execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
        full = path.stat().st_size
        steps = 1
        while database.tidy(1_901.0):
            steps += 1
        assert steps > 4
        assert [each.at for each in events(database)] == [float(n) for n in range(2_000, 1_900, -1)]
        execute(path, "PRAGMA wal_checkpoint(TRUNCATE)")
        assert path.stat().st_size < full / 5


def test_latest_deliveries_and_all_that_are_due_are_kept(database, monkeypatch):
    monkeypatch.setattr("local_taskrouter.delivery_table.KEPT", 3)
    made = [database.write(Outcome({}, [], [callback()]))[0] for _ in range(4)]
    assert len(deliveries(database)) == 4
    for delivery in made[1:]:
        delivery.state = "done"
        database.save_delivery(delivery)
    made += [database.write(Outcome({}, [], [callback()]))[0] for _ in range(2)]
    assert deliveries(database) == [made[0], *made[-3:]]


def test_insert_of_a_delivery_does_not_read_those_that_are_due(database, monkeypatch):
    monkeypatch.setattr("local_taskrouter.delivery_table.KEPT", 3)
    due, instructions = 300, []
    database.write(Outcome({}, [], [callback()] * due))
    database._db.set_progress_handler(lambda: instructions.append(1), 1)  # SQLite's
    database.write(Outcome({}, [], [callback()]))
    assert len(instructions) < due


def test_deliveries_are_read_in_pages(database):
    made = [database.write(Outcome({}, [], [callback()]))[0] for _ in range(5)]
    assert deliveries(database, most=2) == made[:2]
    assert deliveries(database, after=made[1].id, most=2) == made[2:4]
    assert [database.delivery(each.id) for each in made] == made
    assert database.delivery(made[-1].id + 1) is None
    database.write(Outcome(removed={WORKSPACE: workspace()}))
    assert database.delivery(made[0].id) is None


def test_snapshot_of_a_file_is_one_moment(database):
    database.write(Outcome({}, [event(1)], [callback()]))
    with database.snapshot() as snapshot:
        assert len(list(snapshot.events())) == 1
        database.write(Outcome({}, [event(2)], [callback()]))
        assert len(list(snapshot.events())) == len(snapshot.deliveries()) == 1
    assert len(events(database)) == len(deliveries(database)) == 2


def test_new_file_has_the_version_and_gives_space_back(path, database):
    assert execute(path, "PRAGMA user_version") == (VERSION,)
    assert execute(path, "PRAGMA auto_vacuum") == (2,)


@pytest.mark.parametrize("version", [0, VERSION + 1])
def test_file_of_another_version_is_refused_with_what_to_do(path, database, version):
    execute(path, f"PRAGMA user_version = {version}")
    with pytest.raises(UnreadableDatabase) as caught:
        Database(path)
    assert f"version {version} of the tables" in str(caught.value)
    assert ("Update local-taskrouter." in str(caught.value)) == (version > VERSION)
    assert f'`python -m local_taskrouter reset --home "{path.parent}"`' in str(caught.value)


def test_file_that_is_not_a_database_is_refused_with_what_to_do(path):
    path.write_bytes(b"no database" * 100)
    with pytest.raises(UnreadableDatabase, match="not a database.*local_taskrouter reset"):
        Database(path)


def test_file_damaged_meanwhile_is_refused_with_what_to_do(path):
    with closing(Database(path)) as database:
        database.write(Outcome({}, [event(n, x="x" * 500) for n in range(1, 100)]))
    content = bytearray(path.read_bytes())
    content[4_096:] = b"\xff" * (len(content) - 4_096)
    path.write_bytes(content)
    with pytest.raises(UnreadableDatabase, match="malformed.*local_taskrouter reset"):
        reopened(path)


def test_full_disk_fails_with_what_to_do_and_loses_nothing(path, database):
    one = activity()
    database.write(Outcome({one.sid: one}))
    (pages,) = database._db.execute("PRAGMA page_count").fetchone()
    database._db.execute(f"PRAGMA max_page_count = {pages}").fetchone()
    big = [event(n, x="x" * 500) for n in range(1, 100)]
    with pytest.raises(DatabaseFailure, match="disk is full.*Free some space") as caught:
        database.write(Outcome({"WA" + "2" * 32: activity(2)}, big, [callback()]))
    assert (caught.value.status, caught.value.code) == (503, 20503)
    assert reopened(path) == ([one], [], [])
    database._db.execute("PRAGMA max_page_count = 1000000").fetchone()
    database.write(Outcome({}, big))
    assert len(reopened(path)[2]) == len(big)


def test_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(DatabaseFailure, match="nowhere.*TASKROUTER_HOME"):
        Database(tmp_path / "nowhere" / "taskrouter.db")
