"""The Statistics resources, through the official SDK."""

import inspect
import json
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from twilio.base.exceptions import TwilioRestException

EVERY = ["accepted", "canceled", "created", "rejected", "rescinded", "timed_out"]
COUNTS = tuple(f"reservations_{name}" for name in EVERY)


class Body(SimpleNamespace):
    """What the SDK wants of a JSON body."""

    def to_dict(self):
        return vars(self)


@pytest.fixture
def advance(emulator):
    return emulator.taskrouter.advance


@pytest.fixture
def now(clock):
    return lambda: datetime.fromtimestamp(clock.now(), UTC)


def raw(client):
    """The JSON of the latest answer, and the exchange it came in."""
    exchange = client.http_client.log[-1]
    return json.loads(exchange.response_body), exchange


@pytest.fixture
def story(built, workspace, workflow, advance):
    """Two Tasks: one accepted by Alice after 30 s, one canceled after 50 s."""
    taken, canceled = built.task(), built.task()
    alice = built.worker("Alice", "Offline")
    advance(30)
    built.move(alice, "Available")
    built.answer(taken, "accepted")
    advance(20)
    canceled.update(assignment_status="canceled", reason="hung up")
    return SimpleNamespace(taken=taken, canceled=canceled, alice=workspace.workers(alice.sid))


RESOURCES = {
    "workspace": lambda w, q, f: w,
    "task queue": lambda w, q, f: q,
    "workflow": lambda w, q, f: f,
    "workers": lambda w, q, f: w.workers,
}
KINDS = ("statistics", "real_time_statistics", "cumulative_statistics")


@pytest.fixture(params=[(name, kind) for name in RESOURCES for kind in KINDS], ids=" ".join)
def statistics(request, workspace, queue, workflow):
    """One of the twelve: three kinds for each of four."""
    name, kind = request.param
    return getattr(RESOURCES[name](workspace, queue, workflow), kind)()


def keys_read(instance):
    """The keys that an SDK class takes from the JSON."""
    return set(re.findall(r'payload\.get\(\s*"(\w+)"', inspect.getsource(type(instance).__init__)))


def check_every_key(client, instance):
    body, exchange = raw(client)
    keys = keys_read(instance)
    assert keys and keys <= set(body)
    for key in keys - {"longest_task_waiting_sid", "longest_relative_task_sid_in_queue"}:
        assert getattr(instance, key) is not None, key
    for key in keys & {"start_time", "end_time"}:
        assert isinstance(getattr(instance, key), datetime)
    assert body["url"] == exchange.url.partition("?")[0]


def test_every_key_that_the_sdk_reads_is_there(client, statistics):
    check_every_key(client, statistics.fetch())


def test_every_key_of_one_worker_is_there(client, workspace):
    worker = workspace.workers.create("Alice")
    check_every_key(client, workspace.workers(worker.sid).statistics().fetch())


def test_every_key_of_many_queues_is_there(client, workspace, queue):
    check_every_key(client, workspace.task_queues.bulk_real_time_statistics.create(Body()))


def test_every_key_of_the_list_of_queues_is_there(client, workspace, queue):
    (instance,) = workspace.task_queues.statistics.list()
    body, _ = raw(client)
    assert body["meta"]["key"] == "task_queues_statistics"
    assert set(body["task_queues_statistics"][0]) == keys_read(instance)
    assert instance.task_queue_sid == queue.sid


@pytest.mark.parametrize("name", ["workspace", "task queue", "workflow", "workers"])
def test_combined_statistics_hold_the_other_two(workspace, queue, workflow, story, name):
    context = RESOURCES[name](workspace, queue, workflow)
    combined = context.statistics().fetch()
    parts = context.real_time_statistics().fetch(), context.cumulative_statistics().fetch()
    common = {"account_sid", "workspace_sid", "task_queue_sid", "workflow_sid", "url"}
    for nested, flat in zip((combined.realtime, combined.cumulative), parts, strict=True):
        assert set(nested) == keys_read(flat) - common
        for key in set(nested) - {"start_time", "end_time"}:
            assert nested[key] == getattr(flat, key)


@pytest.mark.parametrize("name", ["workspace", "task queue", "workflow"])
def test_two_tasks_one_accepted_one_canceled(workspace, queue, workflow, story, name, now):
    context = RESOURCES[name](workspace, queue, workflow)
    told = context.cumulative_statistics().fetch(split_by_wait_time="5,30,60")
    assert [getattr(told, name) for name in COUNTS] == [1, 0, 1, 0, 0, 0]
    assert (told.tasks_canceled, told.tasks_completed, told.tasks_deleted) == (1, 0, 0)
    assert told.avg_task_acceptance_time == 30
    assert told.wait_duration_until_accepted == {"avg": 30, "min": 30, "max": 30, "total": 30}
    assert told.wait_duration_until_canceled == {"avg": 50, "min": 50, "max": 50, "total": 50}
    counts = {
        (seconds, side): tuple(parts[side].values())
        for seconds, parts in told.split_by_wait_time.items()
        for side in ("below", "above")
    }
    assert {key: value for key, value in counts.items() if key[1] == "below"} == {
        ("5", "below"): (0, 0),
        ("30", "below"): (1, 0),
        ("60", "below"): (1, 1),
    }
    assert counts["5", "above"] == (1, 1) and counts["60", "above"] == (0, 0)
    assert (told.start_time, told.end_time) == (now() - timedelta(minutes=15), now())


def test_where_the_tasks_are_now(workspace, queue, story, workflow, advance):
    waiting = workspace.tasks.create(workflow_sid=workflow.sid, priority=5)
    advance(7)
    for context in (workspace, queue, workflow):
        told = context.real_time_statistics().fetch()
        assert told.tasks_by_status == {"pending": 1, "reserved": 0, "assigned": 1, "wrapping": 0}
        assert told.tasks_by_priority == {"0": 1, "5": 1}
        assert (told.longest_task_waiting_sid, told.longest_task_waiting_age) == (waiting.sid, 7)
        assert told.total_tasks == 2
    told = queue.real_time_statistics().fetch()
    assert told.longest_relative_task_sid_in_queue == waiting.sid
    assert told.longest_relative_task_age_in_queue == 7
    assert (told.total_eligible_workers, told.total_available_workers) == (1, 1)


def test_a_task_created_and_entered_is_counted_where_it_came(workspace, queue, workflow, story):
    assert workspace.cumulative_statistics().fetch().tasks_created == 2
    assert workflow.cumulative_statistics().fetch().tasks_entered == 2
    assert queue.cumulative_statistics().fetch().tasks_entered == 2
    other = workspace.task_queues.create("Other")
    again = workspace.workflows.create("Again", workflow.configuration)
    for context in (other, again):
        assert context.cumulative_statistics().fetch().tasks_entered == 0
        assert context.real_time_statistics().fetch().total_tasks == 0


def test_what_workers_did_and_where_they_were(workspace, story, activities):
    bob = workspace.workers(workspace.workers.create("Bob").sid)
    everybody = workspace.workers.cumulative_statistics().fetch()
    assert everybody.reservations_accepted == 1
    stays = {each["friendly_name"]: each for each in everybody.activity_durations}
    assert list(stays) == ["Offline", "Available", "Unavailable"]
    assert stays["Available"] == {
        "sid": activities["Available"],
        "friendly_name": "Available",
        "avg": 20,
        "min": 20,
        "max": 20,
        "total": 20,
    }
    assert stays["Offline"]["total"] == 30
    alice = story.alice.statistics().fetch().cumulative
    assert alice["reservations_accepted"] == 1
    assert alice["activity_durations"] == everybody.activity_durations
    idle = bob.statistics().fetch().cumulative
    assert idle["reservations_created"] == 0
    assert sum(each["total"] for each in idle["activity_durations"]) == 0


def test_workers_can_be_chosen_by_name_and_by_queue(workspace, story):
    workspace.workers.create("Bob", attributes='{"languages":["es"]}')
    spanish = workspace.task_queues.create("Spanish", target_workers='languages HAS "es"')
    statistics = workspace.workers.statistics()

    def found(**filters):
        told = statistics.fetch(**filters)
        return told.realtime["total_workers"], told.cumulative["reservations_accepted"]

    assert found() == (2, 1)
    assert found(friendly_name="Alice") == (1, 1)
    assert found(friendly_name="Bob") == (1, 0)
    assert found(task_queue_sid=spanish.sid) == (1, 0)
    assert found(task_queue_name="Everybody") == (2, 1)
    assert found(task_queue_name="Nobody's") == (0, 0)
    assert found(task_queue_sid=spanish.sid, friendly_name="Alice") == (0, 0)


def test_a_channel_narrows_tasks_and_reservations(workspace, queue, workflow, story):
    for context in (workspace, queue, workflow):
        for channel, tasks, accepted in (("default", 1, 1), ("chat", 0, 0)):
            told = context.statistics().fetch(task_channel=channel)
            assert told.realtime["total_tasks"] == tasks
            assert told.cumulative["reservations_accepted"] == accepted
    for channel, accepted in (("default", 1), ("chat", 0)):
        told = workspace.workers.statistics().fetch(task_channel=channel)
        assert told.cumulative["reservations_accepted"] == accepted
        assert sum(each["total"] for each in told.cumulative["activity_durations"]) == 50
    with refused("TaskChannel"):
        workspace.statistics().fetch(task_channel="smoke signals")


def test_the_window_is_the_last_15_minutes_unless_asked(workspace, story, advance, now):
    advance(900)
    statistics = workspace.cumulative_statistics()
    assert statistics.fetch().reservations_accepted == 0
    assert statistics.fetch(minutes=16).reservations_accepted == 1
    earlier = statistics.fetch(end_date=now() - timedelta(minutes=2))
    assert earlier.reservations_accepted == 1
    assert earlier.start_time == now() - timedelta(minutes=17)
    begun = now() - timedelta(seconds=925)
    told = statistics.fetch(start_date=begun, end_date=now() + timedelta(days=1))
    assert (told.start_time, told.end_time) == (begun, now())
    assert (told.tasks_created, told.tasks_canceled) == (0, 1)


def test_durations_end_with_the_window(workspace, story, advance, now):
    began = now() - timedelta(seconds=50)
    advance(100)

    def stays(*seconds):
        start, end = (began + timedelta(seconds=each) for each in seconds)
        told = workspace.workers.cumulative_statistics().fetch(start_date=start, end_date=end)
        return [each["total"] for each in told.activity_durations]

    assert stays(20, 40) == [10, 10, 0]
    assert stays(5, 25) == [20, 0, 0]
    assert stays(40, 60) == [0, 20, 0]


def refused(words):
    return pytest.raises(TwilioRestException, match=f"HTTP 400(.|\n)*{words}")


def test_windows_that_cannot_be_are_refused(workspace, now):
    statistics = workspace.cumulative_statistics()
    assert statistics.fetch(start_date=now() - timedelta(days=30)).tasks_created == 0
    assert statistics.fetch(minutes=43_200).tasks_created == 0
    with refused("30 days"):
        statistics.fetch(start_date=now() - timedelta(days=31))
    with refused("30 days"):
        statistics.fetch(end_date=now() - timedelta(days=31))
    with refused("StartDate must not be after"):
        statistics.fetch(start_date=now(), end_date=now() - timedelta(seconds=1))
    with refused("StartDate must not be after"):
        statistics.fetch(start_date=now() + timedelta(hours=1))
    with refused("Minutes"):
        statistics.fetch(minutes=0)


def test_thresholds_that_are_none_are_refused(workspace):
    with refused("SplitByWaitTime"):
        workspace.statistics().fetch(split_by_wait_time="5,x")


def test_the_list_of_queues_is_paged_and_can_be_one_name(workspace, queue, story):
    sids = [queue.sid] + [workspace.task_queues.create(f"Queue {n}").sid for n in range(4)]
    statistics = workspace.task_queues.statistics
    assert [each.task_queue_sid for each in statistics.list(page_size=2)] == sids
    (one,) = statistics.list(friendly_name="Everybody", split_by_wait_time="30", minutes=5)
    combined = queue.statistics().fetch(split_by_wait_time="30", minutes=5)
    assert one.realtime == combined.realtime
    assert one.cumulative == combined.cumulative
    assert one.cumulative["reservations_accepted"] == 1
    assert statistics.list(friendly_name="Nobody's") == []


def test_many_queues_can_be_named(workspace, queue, story):
    other = workspace.task_queues.create("Other").sid
    bulk = workspace.task_queues.bulk_real_time_statistics
    assert bulk.create(Body()).task_queue_response_count == 2
    told = bulk.create(Body(queueSids=[other, queue.sid, other, "WQ" + "0" * 32]))
    assert told.task_queue_response_count == 2
    assert [each["task_queue_sid"] for each in told.task_queue_data] == [other, queue.sid]
    flat = queue.real_time_statistics().fetch()
    data = told.task_queue_data[1]
    assert len(data) == 9 and data["total_tasks"] == 1
    for key in set(data) - {"task_queue_sid"}:
        assert data[key] == getattr(flat, key)
    assert bulk.create(Body(queueSids=[])).task_queue_response_count == 0


def test_queues_of_another_workspace_are_not_told(client, workspace, queue):
    other = client.taskrouter.v1.workspaces.create("Other")
    bulk = client.taskrouter.v1.workspaces(other.sid).task_queues.bulk_real_time_statistics
    assert bulk.create(Body(queueSids=[queue.sid])).task_queue_data == []


def test_a_body_that_is_not_json_is_refused(api, path):
    bulk, headers = f"/v1{path}/TaskQueues/RealTimeStatistics", {"Content-Type": "application/json"}
    answer = api.ask("POST", bulk, data=b"{", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_no_body_and_a_form_ask_for_all_queues(api, path, queue):
    for form in ({}, {"PageSize": "1"}):
        answer = api.post(f"{path}/TaskQueues/RealTimeStatistics", **form)
        assert answer.status_code == 200
        assert answer.json()["task_queue_response_count"] == 1


def test_statistics_of_what_is_not_there_are_not_found(client, workspace):
    elsewhere = client.taskrouter.v1.workspaces(client.taskrouter.v1.workspaces.create("Two").sid)
    queue = elsewhere.task_queues.create("Elsewhere")
    worker = elsewhere.workers.create("Eve")
    nowhere = client.taskrouter.v1.workspaces("WS" + "0" * 32)
    for statistics in (
        workspace.task_queues(queue.sid).statistics(),
        workspace.task_queues(queue.sid).cumulative_statistics(),
        workspace.workflows("WW" + "0" * 32).real_time_statistics(),
        workspace.workers(worker.sid).statistics(),
        nowhere.statistics(),
        nowhere.workers.real_time_statistics(),
        nowhere.workers.cumulative_statistics(),
    ):
        with pytest.raises(TwilioRestException, match="HTTP 404"):
            statistics.fetch()
    with pytest.raises(TwilioRestException, match="HTTP 404"):
        nowhere.task_queues.bulk_real_time_statistics.create(Body())
