"""The table of Events: rows equal the Events, counts in SQL equal counts of the Events."""

import json
import sqlite3
from contextlib import suppress
from dataclasses import asdict, replace
from random import Random

import pytest
import statistics_reference as reference
from engine_lab import START, EngineLab
from hypothesis import given, settings
from hypothesis import strategies as st
from local_taskrouter import event_table
from local_taskrouter.core import window_statistics
from local_taskrouter.core.records import Event, Task, Worker
from local_taskrouter.core.task_end import cancel_task, complete_task, delete_task
from local_taskrouter.core.window_statistics import TASK_EVENTS, Window
from local_taskrouter.core.workers import delete_worker
from local_taskrouter.errors import BadRequest
from statistics_reference import reader_of

THRESHOLDS = [0, 3, 20]
IN_WINDOW = "at >= ? AND at <= ?"
OF_TASKS = f"{IN_WINDOW} AND event_type IN {TASK_EVENTS}"


def play(seed, steps):
    """A day in two TaskQueues, at moments that are exact in binary: (lab, TaskQueue SIDs)."""
    dice, lab = Random(seed), EngineLab()
    first, second = lab.queue("First", max_reserved_workers=2), lab.queue("Second")
    workflow = lab.workflow(
        ("1==1", {"queue": first.sid, "timeout": 8}, {"queue": second.sid, "timeout": 20}),
        task_reservation_timeout=5,
    )
    for number in range(3):
        lab.worker(f"worker {number}", capacity=2)
    for step in range(steps):
        lab.wait(dice.randrange(24) / 4)
        tasks = [each for each in lab.engine.store if isinstance(each, Task)]
        workers = [each for each in lab.engine.store if isinstance(each, Worker)]
        task = dice.choice(tasks) if tasks else None
        pending = task and any(status == "pending" for _, status in lab.reservations(task))
        match dice.randrange(9):
            case 0 if workers:
                lab.move(dice.choice(workers), dice.choice(["Available", "Offline"]))
            case 1 if pending:
                lab.reject(task, dice.choice([None, "Unavailable"]))
            case 2 if task and task.assignment_status == "pending":
                lab.do(cancel_task, task, "enough")
            case 3 if task and task.assignment_status == "assigned":
                lab.do(complete_task, task, None)
            case 4 if task and dice.randrange(3) == 0:
                lab.do(delete_task, task)
            case 5 if workers:
                with suppress(BadRequest):  # it holds a Reservation
                    lab.do(delete_worker, dice.choice(workers))
            case 6 if step % 4 == 0:
                lab.worker(f"new worker {step}", activity=dice.choice(["Available", "Offline"]))
            case 7 | 8 if pending:
                lab.accept(task)
            case _:
                lab.task(workflow)
    return lab, [first.sid, second.sid]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(0, 40))
def test_counts_in_sql_equal_counts_of_the_events(seed, skipped, length):
    lab, queues = play(seed, 60)
    window = Window(START + skipped * 2.25, min(START + (skipped + length) * 2.25, lab.now))
    inside = [event for event in lab.events if window.since <= event.at <= window.until]
    reader = reader_of(lab.events)
    tallies = reader.tallies(OF_TASKS, window, THRESHOLDS).get(None, {})
    assert window_statistics.of_workspace(tallies, THRESHOLDS) == reference.of_workspace(
        inside, THRESHOLDS
    )
    by_queue = reader.tallies(OF_TASKS, window, THRESHOLDS, by="task_queue_sid")
    for sid in queues:
        counted = window_statistics.of_queue(by_queue.get(sid, {}), THRESHOLDS)
        assert counted == reference.of_queue(sid, inside, THRESHOLDS)
    activities = list(lab.engine.store.find("activities", lab.workspace.sid))
    workers = list(lab.engine.store.find("workers", lab.workspace.sid))
    stays = reader.stays("at >= ?", [window.since], window)
    until_now = [event for event in lab.events if event.at >= window.since]
    assert window_statistics.activity_durations(
        activities, workers, stays, window
    ) == reference.activity_durations(activities, workers, until_now, window)


def test_day_that_is_compared_has_every_kind_of_event():
    found = {event.event_type for seed in range(20) for event in play(seed, 60)[0].events}
    never = {"task.system-deleted"}
    assert set(TASK_EVENTS) | {"worker.deleted", "worker.activity.update"} <= found | never


def test_rows_equal_the_events_they_were_made_from():
    lab, _ = play(1, 60)
    assert list(reader_of(lab.events).events(order=event_table.OLDEST_FIRST)) == lab.events
    assert {event.began is None for event in lab.events} == {True, False}


def test_data_keeps_its_order_unknown_names_and_foreign_sids():
    workspace, task = "WS" + "1" * 32, "WT" + "a" * 32
    data = {"z": "0", "task_sid": task, "task_channel_sid": "TC" + "b" * 32, "workspace_sid": "x"}
    event = Event(
        "EV" + "2" * 32, workspace, "x.y", 1.5, "task", "WT" + "c" * 32, "ä 😀 \ud800", data
    )
    (found,) = reader_of([event]).events()
    assert found == event and list(found.data) == list(data)


def test_row_takes_less_than_six_tenths_of_its_json():
    lab, _ = play(1, 60)
    text = len(json.dumps([asdict(event) for event in lab.events]))
    db = sqlite3.connect(":memory:")
    db.executescript(event_table.SCHEMA)
    copies = 20
    for number in range(copies):
        sids = (f"EV{number:08x}{position:024x}" for position in range(len(lab.events)))
        event_table.insert(
            db, (replace(each, sid=sid) for each, sid in zip(lab.events, sids, strict=True))
        )
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    assert pages * 4_096 < copies * text * 0.6


@pytest.mark.parametrize("column", ["task_queue_sid", None])
def test_counting_keeps_no_row_in_python(column):
    lab, queues = play(2, 60)
    reader = reader_of(lab.events)
    rows = []
    reader._db.row_factory = lambda _, row: rows.append(row) or row
    more = {} if column is None else {"by": column}
    tallies = reader.tallies(OF_TASKS, [0, 9e9], **more)
    assert len(rows) == sum(map(len, tallies.values())) < len(TASK_EVENTS) * (len(queues) + 1)
    assert sum(t.count for each in tallies.values() for t in each.values()) > 2 * len(rows)
