"""When a Worker holds one Task more or less: how long it has been idle, and what it may take now.

https://www.twilio.com/docs/taskrouter/multitasking
"""

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Reservation, TaskChannel, Worker


def begin_idle(engine: Engine, worker: Worker, reservation: Reservation) -> None:
    """The Worker's idle time starts anew, on the Reservation's TaskChannel too where that counts."""
    store = engine.store
    store.change(worker, idle_since=engine.now)
    channel = store.get(TaskChannel, reservation.task_channel_sid)
    if channel is not None and channel.channel_optimized_routing:
        for part in store.find("worker_channel", (worker.sid, channel.sid)):
            store.change(part, idle_since=engine.now)


def free_if_load_is_read(engine: Engine, worker: Worker) -> None:
    """Let the Worker look for Tasks where an expression reads how much it holds.

    Costs one step for each Workflow.
    """
    if engine.eligibility.reads_load(worker.workspace_sid) or any(
        parsed.reads_load(workflow.configuration)
        for workflow in engine.store.walk("workflows", worker.workspace_sid)
    ):
        engine.free(worker)
