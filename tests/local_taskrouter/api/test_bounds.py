"""The limits and the defaults of parameters: https://www.twilio.com/docs/taskrouter/limits

Parameters are read before SIDs are looked up: below an unknown Workspace, a value within its limits
returns 404, and one beyond them 400.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

NOWHERE = "/Workspaces/WS" + "0" * 32
REQUIRED = {"FriendlyName": "A", "UniqueName": "a", "Configuration": "{}"}
RESERVATION = f"/Tasks/WT{'0' * 32}/Reservations/WR{'0' * 32}"
NUMBERS = [
    ("POST", "/Tasks", "Priority", 0, 2_147_483_647),
    ("POST", "/Tasks", "Timeout", 1, 1_209_600),
    ("POST", f"/Tasks/WT{'0' * 32}", "Priority", 0, 2_147_483_647),
    ("POST", "/TaskQueues", "MaxReservedWorkers", 1, 50),
    ("POST", "/Workflows", "TaskReservationTimeout", 1, 86_400),
    ("POST", f"/Workers/WK{'0' * 32}/Channels/default", "Capacity", 0, 1_000),
    ("POST", RESERVATION, "DequeueTimeout", 0, 999),
    ("POST", RESERVATION, "CallTimeout", 0, 999),
    ("POST", RESERVATION, "Timeout", 0, 999),
    ("POST", RESERVATION, "MaxParticipants", 1, 250),
    ("GET", "/Tasks", "Priority", 0, 2_147_483_647),
    ("GET", "/Tasks", "PageSize", 1, 1_000),
    ("GET", "/Tasks", "Page", 0, 1 << 31),
    ("GET", "/Events", "Minutes", 1, 1 << 31),
    ("GET", "/Statistics", "Minutes", 1, 43_200),
    ("GET", "/Statistics", "SplitByWaitTime", 0, 1 << 31),
]


def status(api, method, path, values):
    where = {"params": values} if method == "GET" else {"data": REQUIRED | values}
    return api.request(method, f"/v1{NOWHERE}{path}", **where).status_code


@pytest.mark.parametrize(("method", "path", "name", "least", "most"), NUMBERS)
def test_number_outside_its_bounds_is_rejected(api, method, path, name, least, most):
    tried = [least - 1, least, most, most + 1]
    assert [status(api, method, path, {name: str(value)}) for value in tried] == [
        400,
        404,
        404,
        400,
    ]


@pytest.mark.parametrize(
    ("path", "name", "longest"),
    [
        ("/Workers", "FriendlyName", "x" * 64),
        ("/TaskChannels", "UniqueName", "x" * 64),
        ("/Tasks", "Attributes", '{"a":"' + "x" * (4_096 - len('{"a":""}')) + '"}'),
        ("/Workflows", "Configuration", '{"a":"' + "x" * (1_038_576 - len('{"a":""}')) + '"}'),
    ],
    ids=["FriendlyName", "UniqueName", "Attributes", "Configuration"],
)
def test_text_longer_than_its_limit_is_rejected(api, path, name, longest):
    longer = longest.replace("x", "xx", 1)
    assert status(api, "POST", path, {name: longest}) == 404
    assert status(api, "POST", path, {name: longer}) == 400


def test_more_than_100_thresholds_are_rejected(api):
    split = {"SplitByWaitTime": ",".join(["1"] * 100)}
    assert status(api, "GET", "/Statistics", split) == 404
    assert status(api, "GET", "/Statistics", {"SplitByWaitTime": ",".join(["1"] * 101)}) == 400


def test_more_than_50_queues_in_one_request_are_rejected(api, path):
    def response(count):
        body = json.dumps({"queueSids": [f"WQ{number:032x}" for number in range(count)]})
        return api.request("POST", f"/v1{path}/TaskQueues/RealTimeStatistics", data=body)

    assert (response(50).status_code, response(51).status_code) == (200, 400)
    assert "a list of 1 to 50 TaskQueue SIDs" in response(51).text


def test_default_timeouts_are_one_day_and_two_minutes(workspace, workflow, task):
    assert (task.timeout, task.priority) == (86_400, 0)
    assert workflow.task_reservation_timeout == 120


def test_new_queue_reserves_one_worker_in_fifo_order(queue):
    assert (queue.max_reserved_workers, queue.task_order) == (1, "FIFO")


@pytest.mark.parametrize("seconds", [0, 1])
def test_events_and_statistics_cover_the_last_15_minutes_by_default(
    workspace, emulator, queue, seconds
):
    workspace.tasks.create(task_queue_sid=queue.sid)
    emulator.taskrouter.advance(15 * 60 + seconds)
    seen = 0 if seconds else 1
    assert len(workspace.events.list(event_type="task.created")) == seen
    assert workspace.cumulative_statistics().fetch().tasks_created == seen


@pytest.mark.parametrize("resource", ["Events", "Statistics"])
def test_events_and_statistics_start_at_most_30_days_and_a_minute_ago(api, path, clock, resource):
    def since(**ago):
        began = (datetime.fromtimestamp(clock.now(), UTC) - timedelta(**ago)).isoformat()
        return api.get(f"{path}/{resource}", StartDate=began).status_code

    assert (since(days=30, seconds=60), since(days=30, seconds=61)) == (200, 400)


@pytest.mark.parametrize(("resources", "key"), [("Activities", "activities"), ("Events", "events")])
def test_full_last_page_has_no_next_page(api, path, resources, key):
    count = len(api.get(f"{path}/{resources}").json()[key])
    for size, has_next in ((count - 1, True), (count, False)):
        meta = api.get(f"{path}/{resources}", PageSize=size).json()["meta"]
        assert (meta["next_page_url"] is not None) == has_next


def test_expression_in_a_parameter_has_at_most_8192_characters(api, path):
    for size, status in ((8_192, 200), (8_193, 400)):
        expression = "level == 1".ljust(size)
        answer = api.get(f"{path}/Tasks", EvaluateTaskAttributes=expression)
        assert answer.status_code == status
    assert answer.json()["message"].startswith("EvaluateTaskAttributes may have 8192 characters")
    created = api.post(f"{path}/TaskQueues", FriendlyName="Q", TargetWorkers=expression)
    assert created.status_code == 400
