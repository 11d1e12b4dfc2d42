"""Bulk real-time statistics of TaskQueues, and what Twilio's page says about their validation."""

import pytest
from workspace_builder import WorkspaceBuilder


def test_bulk_statistics_keep_the_order_of_the_named_queues(built, workspace, queue, story):
    other = workspace.task_queues.create("Other").sid
    result = built.bulk_statistics(other, queue.sid, other)
    assert result.task_queue_response_count == 2
    assert [each["task_queue_sid"] for each in result.task_queue_data] == [other, queue.sid]
    flat = queue.real_time_statistics().fetch()
    data = result.task_queue_data[1]
    assert len(data) == 9 and data["total_tasks"] == 2
    for key in set(data) - {"task_queue_sid"}:
        assert data[key] == getattr(flat, key)


def test_bulk_statistics_of_queues_elsewhere_or_nowhere_are_zero(client, queue, story):
    result = WorkspaceBuilder(client, "Other").bulk_statistics(queue.sid, "WQ" + "0" * 32)
    assert result.task_queue_response_count == 2
    for data in result.task_queue_data:
        assert (data["longest_task_waiting_sid"], data["longest_task_waiting_age"]) == (None, 0)
        assert data["tasks_by_priority"] == {} and set(data["tasks_by_status"].values()) == {0}
        assert {each["workers"] for each in data["activity_statistics"]} == {0}
        for key in ("total_tasks", "total_eligible_workers", "total_available_workers"):
            assert data[key] == 0


def test_bulk_statistics_with_invalid_json_return_400(api, path):
    bulk, headers = f"/v1{path}/TaskQueues/RealTimeStatistics", {"Content-Type": "application/json"}
    answer = api.request("POST", bulk, data=b"{", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"queueSids": []}', b"PageSize=1"])
def test_bulk_statistics_of_no_queue_return_400(api, path, queue, body):
    answer = api.request("POST", f"/v1{path}/TaskQueues/RealTimeStatistics", data=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
