from types import SimpleNamespace

import pytest
from local_taskrouter.rules.expression import parse
from local_taskrouter.rules.scope import (
    attributes_of,
    presence,
    queue_scope,
    reads_channels,
    target_scope,
    worker_fields,
)

OWN = {
    "sid": "WK1",
    "friendly_name": "Ann",
    "activity_sid": "WA1",
    "activity_name": "Idle",
    "channels": {"chat": {"assigned_tasks": 1}},
}


def test_field_of_a_worker_comes_before_an_attribute_of_that_name():
    fields = worker_fields({"level": 1, "sid": "mine"}, **OWN)
    assert (fields["level"], fields["sid"]) == (1, "WK1")
    assert fields["channel"]["chat"]["assigned_tasks"] == 1


def test_target_workers_reads_attributes_first_and_fields_by_their_prefix():
    attributes = {"sid": "mine", "level": 1}
    scope = queue_scope(worker_fields(attributes, **OWN), attributes)
    assert (scope["sid"], scope["worker"]["sid"]) == ("mine", "WK1")
    assert (scope["level"], scope["friendly_name"]) == (1, "Ann")


def test_target_expression_reads_task_and_worker_by_prefix_only():
    assert target_scope({"a": 1}, {"b": 2}) == {"task": {"a": 1}, "worker": {"b": 2}}


def test_presence_counts_workers_by_availability_and_activity():
    counts = presence([(True, "WA1"), (True, "WA2"), (False, "WA3")])
    assert counts == {"workers": {"available": 2, "unavailable": 1, "WA1": 1, "WA2": 1, "WA3": 1}}


@pytest.mark.parametrize(
    ("skip_if", "holds"),
    [
        ("workers.WA9 == 0", True),
        ("workers.WA9 < 2 AND workers.WA1 < 2", True),
        ("workers.WA9 > 0", False),
        ("workers.busy == 0", False),
    ],
)
def test_activity_that_no_worker_is_in_counts_zero(skip_if, holds):
    assert parse(skip_if).matches(presence([(True, "WA1")])) is holds


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("worker.channel.chat.assigned_tasks < 1", True),
        ("channel.chat.assigned_tasks < 1", True),
        ('task.channel == "chat"', False),
        ("level > 1 AND worker.level < 3", False),
    ],
)
def test_only_the_workers_own_channels_count_as_channels(text, reads):
    assert reads_channels(parse(text)) == reads
    assert not reads_channels(None)


@pytest.mark.parametrize("text", [None, "", "[1]", "no JSON"])
def test_attributes_that_are_not_a_json_object_are_empty(text):
    assert attributes_of(SimpleNamespace(attributes=text)) == {}
    assert attributes_of(SimpleNamespace(attributes='{"level": 1}')) == {"level": 1}
