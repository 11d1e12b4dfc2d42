"""Steps of a Task: skipped, timed out, and which ones it can have reached."""

import json

import pytest
from local_taskrouter.rules.workflow import read_configuration
from local_taskrouter.rules.workflow_steps import (
    first_not_skipped,
    first_not_timed_out,
    reachable_steps,
)

NONE_AVAILABLE = "workers.available == 0"
CONFIGURATION = read_configuration(
    json.dumps(
        {
            "task_routing": {
                "filters": [
                    {
                        "expression": "1==1",
                        "targets": [
                            {"queue": "WQ1", "timeout": 10, "skip_if": NONE_AVAILABLE},
                            {"queue": "WQ2", "timeout": 10},
                            {"queue": "WQ3", "skip_if": NONE_AVAILABLE},
                        ],
                    }
                ]
            }
        }
    )
)
FIRST = CONFIGURATION.first_step({})


def queue(step):
    return step and CONFIGURATION.target(step).queue


@pytest.mark.parametrize(
    ("with_worker", "available", "entered", "stays"),
    [
        ({"WQ1"}, 0, ["WQ1"], "WQ1"),
        (set(), 1, ["WQ1"], "WQ1"),
        (set(), 0, ["WQ1", "WQ2"], "WQ2"),
    ],
)
def test_task_stops_at_the_first_step_that_is_not_skipped(with_worker, available, entered, stays):
    seen = []

    def enter(step):
        seen.append(queue(step))
        return queue(step) in with_worker

    def presence(queue_sid):
        assert queue_sid == seen[-1]
        return {"workers": {"available": available}}

    assert queue(first_not_skipped(CONFIGURATION, FIRST, {}, enter, presence)) == stays
    assert seen == entered


def test_task_that_skips_its_last_step_leaves_the_workflow():
    last = CONFIGURATION.step_after_timeout(CONFIGURATION.step_after_timeout(FIRST, {}), {})
    none_available = {"workers": {"available": 0}}
    assert (
        first_not_skipped(CONFIGURATION, last, {}, lambda step: False, lambda sid: none_available)
        is None
    )
    assert (
        first_not_skipped(CONFIGURATION, None, {}, lambda step: False, lambda sid: none_available)
        is None
    )


@pytest.mark.parametrize(("age", "stays"), [(0, "WQ1"), (10, "WQ2"), (20, "WQ3"), (99, "WQ3")])
def test_timed_out_steps_are_passed(age, stays):
    def is_over(step):
        return step.until is not None and age >= step.until

    assert queue(first_not_timed_out(CONFIGURATION, FIRST, {}, is_over)) == stays


@pytest.mark.parametrize(
    ("age", "queues"), [(0, {"WQ1", "WQ2"}), (9, {"WQ1", "WQ2"}), (20, {"WQ1", "WQ2", "WQ3"})]
)
def test_reachable_steps_include_skips_and_timeouts(age, queues):
    assert {queue(step) for step in reachable_steps(CONFIGURATION, {}, age)} == queues
