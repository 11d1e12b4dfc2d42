"""Idle time on a TaskChannel, and expressions that read a Worker's load."""

import pytest
from local_taskrouter.core import parsed, task_channels
from local_taskrouter.core.task_end import complete_task


def test_optimized_channel_measures_idle_time_separately(lab):
    workflow = lab.workflow(default=lab.queue())
    lab.do(
        task_channels.create_task_channel,
        lab.workspace,
        "Web",
        "web",
        channel_optimized_routing=True,
    )
    for name in ("Alice", "Bob"):
        lab.wait(1)
        lab.worker(name)
    web = lab.task(workflow, channel="web")
    lab.accept(web)
    lab.wait(1)
    lab.do(complete_task, web, None)
    lab.wait(1)
    assert lab.holder(lab.task(workflow)) == "Bob"
    assert lab.holder(lab.task(workflow, channel="web")) == "Bob"
    assert lab.holder(lab.task(workflow, channel="voice")) == "Alice"


def test_returning_worker_restarts_idle_time_on_every_channel(lab):
    workflow = lab.workflow(default=lab.queue(target_workers="level == 1"))
    lab.do(
        task_channels.create_task_channel,
        lab.workspace,
        "Web",
        "web",
        channel_optimized_routing=True,
    )
    alice = lab.worker("Alice", {"level": 1})
    lab.wait(1)
    lab.worker("Bob", {"level": 1})
    lab.worker("Carol", {"level": 2})
    lab.wait(1)
    lab.move(alice, "Offline")
    lab.wait(1)
    lab.move(alice, "Available")
    assert lab.holder(lab.task(workflow, channel="web")) == "Bob"


def test_changed_load_that_an_expression_reads_routes_a_waiting_task(lab):
    busy = lab.queue("Busy", "worker.channel.default.assigned_tasks == 1")
    half = lab.queue("Half", "worker.channel.default.available_capacity_percentage < 100")
    expression = "worker.channel.voice.assigned_tasks == 1"
    workflow = lab.workflow(
        ('to == "busy"', busy),
        ('to == "half"', half),
        default={"queue": lab.queue().sid},
    )
    lab.worker("Alice")
    to_busy = lab.task(workflow, {"to": "busy"}, channel="chat")
    to_half = lab.task(workflow, {"to": "half"}, channel="sms")
    assert (lab.holder(to_busy), lab.holder(to_half)) == (None, None)
    task = lab.task(workflow)
    assert (lab.holder(to_busy), lab.holder(to_half)) == (None, "Alice")
    lab.accept(task)
    assert lab.holder(to_busy) == "Alice"
    by_target = lab.workflow(("1 == 1", {"queue": lab.queue().sid, "expression": expression}))
    to_talking = lab.task(by_target, channel="video")
    lab.accept(lab.task(workflow, channel="voice"))
    assert lab.holder(to_talking) == "Alice"


@pytest.mark.parametrize(
    ("capacity", "held", "free"),
    [(1, 0, 100), (1, 1, 0), (3, 1, 66), (3, 2, 33), (200, 199, 0), (1, 2, 0), (0, 0, 0)],
)
def test_free_capacity_is_rounded_down_to_a_percentage(capacity, held, free):
    assert parsed.percentage(capacity, held) == free
