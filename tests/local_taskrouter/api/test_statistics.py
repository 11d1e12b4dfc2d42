"""The Statistics resources, through the official SDK."""

import inspect
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

EVERY = ["accepted", "canceled", "created", "rejected", "rescinded", "timed_out"]
COUNTS = tuple(f"reservations_{name}" for name in EVERY)


@pytest.fixture
def now(clock):
    return lambda: datetime.fromtimestamp(clock.now(), UTC)


def raw(client):
    """The JSON of the latest response, and its exchange."""
    exchange = client.http_client.log[-1]
    return json.loads(exchange.response_body), exchange


RESOURCES = {
    "workspace": lambda w, q, f: w,
    "task queue": lambda w, q, f: q,
    "workflow": lambda w, q, f: f,
    "workers": lambda w, q, f: w.workers,
}
KINDS = ("statistics", "real_time_statistics", "cumulative_statistics")


@pytest.fixture(params=[(name, kind) for name in RESOURCES for kind in KINDS], ids=" ".join)
def statistics(request, workspace, queue, workflow):
    """One of twelve resources: three kinds for each of four owners."""
    name, kind = request.param
    return getattr(RESOURCES[name](workspace, queue, workflow), kind)()


def keys_read(instance):
    """The keys that an SDK class reads from the JSON."""
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


def test_statistics_have_every_key_that_the_sdk_reads(client, statistics):
    check_every_key(client, statistics.fetch())


def test_statistics_of_one_worker_have_every_key(client, workspace):
    worker = workspace.workers.create("Alice")
    check_every_key(client, workspace.workers(worker.sid).statistics().fetch())


def test_bulk_statistics_of_queues_have_every_key(client, built, queue):
    check_every_key(client, built.bulk_statistics(queue.sid))


def test_listed_statistics_of_queues_have_every_key(client, workspace, queue):
    (instance,) = workspace.task_queues.statistics.list()
    body, _ = raw(client)
    assert body["meta"]["key"] == "task_queues_statistics"
    assert set(body["task_queues_statistics"][0]) == keys_read(instance)
    assert instance.task_queue_sid == queue.sid


@pytest.mark.parametrize("name", ["workspace", "task queue", "workflow", "workers"])
def test_combined_statistics_equal_the_other_two(workspace, queue, workflow, story, name):
    context = RESOURCES[name](workspace, queue, workflow)
    combined = context.statistics().fetch()
    parts = context.real_time_statistics().fetch(), context.cumulative_statistics().fetch()
    common = {"account_sid", "workspace_sid", "task_queue_sid", "workflow_sid", "url"}
    for nested, flat in zip((combined.realtime, combined.cumulative), parts, strict=True):
        assert set(nested) == keys_read(flat) - common
        for key in set(nested) - {"start_time", "end_time"}:
            assert nested[key] == getattr(flat, key)


@pytest.mark.parametrize("name", ["workspace", "task queue", "workflow"])
def test_cumulative_statistics_count_one_accepted_and_one_canceled_task(
    workspace, queue, workflow, story, name, now
):
    context = RESOURCES[name](workspace, queue, workflow)
    result = context.cumulative_statistics().fetch(split_by_wait_time="5,30,60")
    assert [getattr(result, name) for name in COUNTS] == [1, 0, 1, 0, 0, 0]
    assert (result.tasks_canceled, result.tasks_completed, result.tasks_deleted) == (1, 0, 0)
    assert result.avg_task_acceptance_time == 30
    assert result.wait_duration_until_accepted == {"avg": 30, "min": 30, "max": 30, "total": 30}
    assert result.wait_duration_until_canceled == {"avg": 50, "min": 50, "max": 50, "total": 50}
    counts = {
        (seconds, side): tuple(parts[side].values())
        for seconds, parts in result.split_by_wait_time.items()
        for side in ("below", "above")
    }
    assert {key: value for key, value in counts.items() if key[1] == "below"} == {
        ("5", "below"): (0, 0),
        ("30", "below"): (1, 0),
        ("60", "below"): (1, 1),
    }
    assert counts["5", "above"] == (1, 1) and counts["60", "above"] == (0, 0)
    assert (result.start_time, result.end_time) == (now() - timedelta(minutes=15), now())


def test_real_time_statistics_count_tasks_by_status_and_priority(
    workspace, queue, story, workflow, advance
):
    waiting = workspace.tasks.create(workflow_sid=workflow.sid, priority=5)
    advance(7)
    for context in (workspace, queue, workflow):
        result = context.real_time_statistics().fetch()
        assert result.tasks_by_status == {
            "pending": 1,
            "reserved": 0,
            "assigned": 1,
            "wrapping": 0,
            "completed": 0,
            "canceled": 1,
        }
        assert result.tasks_by_priority == {"0": 2, "5": 1}
        assert (result.longest_task_waiting_sid, result.longest_task_waiting_age) == (
            waiting.sid,
            7,
        )
        assert result.total_tasks == len(workspace.tasks.list()) == 3
    result = queue.real_time_statistics().fetch()
    assert result.longest_relative_task_sid_in_queue == waiting.sid
    assert result.longest_relative_task_age_in_queue == 7
    assert (result.total_eligible_workers, result.total_available_workers) == (1, 1)


def test_tasks_entered_counts_only_the_queue_and_workflow_of_the_task(
    workspace, queue, workflow, story
):
    assert workspace.cumulative_statistics().fetch().tasks_created == 2
    assert workflow.cumulative_statistics().fetch().tasks_entered == 2
    assert queue.cumulative_statistics().fetch().tasks_entered == 2
    other = workspace.task_queues.create("Other")
    again = workspace.workflows.create("Again", workflow.configuration)
    for context in (other, again):
        assert context.cumulative_statistics().fetch().tasks_entered == 0
        assert context.real_time_statistics().fetch().total_tasks == 0


def test_worker_statistics_count_reservations_and_activity_durations(workspace, story, activities):
    bob = workspace.workers(workspace.workers.create("Bob").sid)
    all_workers = workspace.workers.cumulative_statistics().fetch()
    assert all_workers.reservations_accepted == 1
    stays = {each["friendly_name"]: each for each in all_workers.activity_durations}
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
    assert alice["activity_durations"] == all_workers.activity_durations
    idle = bob.statistics().fetch().cumulative
    assert idle["reservations_created"] == 0
    assert sum(each["total"] for each in idle["activity_durations"]) == 0


def test_worker_statistics_are_filtered_by_name_and_queue(workspace, story):
    workspace.workers.create("Bob", attributes='{"languages":["es"]}')
    spanish = workspace.task_queues.create("Spanish", target_workers='languages HAS "es"')
    statistics = workspace.workers.statistics()

    def found(**filters):
        result = statistics.fetch(**filters)
        return result.realtime["total_workers"], result.cumulative["reservations_accepted"]

    assert found() == (2, 1)
    assert found(friendly_name="Alice") == (1, 1)
    assert found(friendly_name="Bob") == (1, 0)
    assert found(task_queue_sid=spanish.sid) == (1, 0)
    assert found(task_queue_name="Everybody") == (2, 1)
    assert found(task_queue_name="Nobody's") == (0, 0)
    assert found(task_queue_sid=spanish.sid, friendly_name="Alice") == (0, 0)


def test_task_channel_filters_tasks_and_reservations(workspace, queue, workflow, story):
    for context in (workspace, queue, workflow):
        for channel, tasks, accepted in (("default", 2, 1), ("chat", 0, 0)):
            result = context.statistics().fetch(task_channel=channel)
            assert result.realtime["total_tasks"] == tasks
            assert result.cumulative["reservations_accepted"] == accepted
    for channel, accepted in (("default", 1), ("chat", 0)):
        result = workspace.workers.statistics().fetch(task_channel=channel)
        assert result.cumulative["reservations_accepted"] == accepted
        assert sum(each["total"] for each in result.cumulative["activity_durations"]) == 50


def test_when_the_task_channel_is_unknown_then_statistics_are_rejected(statistics):
    with refused("TaskChannel"):
        statistics.fetch(task_channel="smoke signals")


def test_window_is_the_last_15_minutes_by_default(workspace, story, advance, now):
    advance(900)
    statistics = workspace.cumulative_statistics()
    assert statistics.fetch().reservations_accepted == 0
    assert statistics.fetch(minutes=16).reservations_accepted == 1
    earlier = statistics.fetch(end_date=now() - timedelta(minutes=2))
    assert earlier.reservations_accepted == 1
    assert earlier.start_time == now() - timedelta(minutes=17)
    begun = now() - timedelta(seconds=925)
    result = statistics.fetch(start_date=begun, end_date=now() + timedelta(days=1))
    assert (result.start_time, result.end_time) == (begun, now())
    assert (result.tasks_created, result.tasks_canceled) == (0, 1)


def test_activity_durations_are_cut_at_the_window(workspace, story, advance, now):
    began = now() - timedelta(seconds=50)
    advance(100)

    def stays(*seconds):
        start, end = (began + timedelta(seconds=each) for each in seconds)
        result = workspace.workers.cumulative_statistics().fetch(start_date=start, end_date=end)
        return [each["total"] for each in result.activity_durations]

    assert stays(20, 40) == [10, 10, 0]
    assert stays(5, 25) == [20, 0, 0]
    assert stays(40, 60) == [0, 20, 0]


def refused(words):
    return pytest.raises(TwilioRestException, match=f"HTTP 400(.|\n)*{words}")


def test_invalid_windows_are_rejected(workspace, now):
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


@pytest.mark.parametrize("name", RESOURCES)
@pytest.mark.parametrize("date", ["start_date", "end_date"])
def test_when_minutes_come_with_a_date_then_statistics_are_rejected(
    workspace, queue, workflow, now, name, date
):
    context = RESOURCES[name](workspace, queue, workflow)
    for statistics in (context.statistics(), context.cumulative_statistics()):
        with refused("Minutes cannot be used in combination with StartDate and EndDate"):
            statistics.fetch(minutes=5, **{date: now()})


def test_invalid_thresholds_return_400(workspace):
    with refused("SplitByWaitTime"):
        workspace.statistics().fetch(split_by_wait_time="5,x")


def test_listed_statistics_of_queues_are_paged_and_filtered_by_name(workspace, queue, story):
    sids = [queue.sid] + [workspace.task_queues.create(f"Queue {n}").sid for n in range(4)]
    statistics = workspace.task_queues.statistics
    assert [each.task_queue_sid for each in statistics.list(page_size=2)] == sids
    (one,) = statistics.list(friendly_name="Everybody", split_by_wait_time="30", minutes=5)
    combined = queue.statistics().fetch(split_by_wait_time="30", minutes=5)
    assert one.realtime == combined.realtime
    assert one.cumulative == combined.cumulative
    assert one.cumulative["reservations_accepted"] == 1
    assert statistics.list(friendly_name="Nobody's") == []


def test_statistics_of_unknown_resources_return_404(client, workspace, api):
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
    assert api.post(f"/Workspaces/WS{'0' * 32}/TaskQueues/RealTimeStatistics").status_code == 404
