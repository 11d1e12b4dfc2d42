"""Move a Task through its Workflow: into a TaskQueue, on to the next step, out again.

Sources: https://www.twilio.com/docs/taskrouter/workflow-configuration and
https://www.twilio.com/docs/taskrouter/task-evaluation (timeouts count on the Task's age).
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import partial

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.parsed import configuration_of, step_of, target_of
from local_taskrouter.core.records import Task, TaskQueue, Worker, Workflow
from local_taskrouter.core.routing import seek_workers
from local_taskrouter.core.task_end import cancel_task
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules import scope
from local_taskrouter.rules.workflow import Step
from local_taskrouter.rules.workflow_steps import (
    WORKFLOW_TIMEOUT_REASON,
    first_not_skipped,
    first_not_timed_out,
    is_skipped,
)

_STEP = [field.name for field in fields(Step)]
NO_MATCH = "Could not match the task to a target given the defined attributes"


def enter_workflow(engine: Engine, task: Task) -> None:
    """Send a Task to the first step that its attributes match and that its age has not passed.

    From now on the present configuration of its Workflow routes it.

    Raises BadRequest when no filter matches and there is no default filter.
    """
    engine.store.change(task, configuration=None, step=None)
    configuration = configuration_of(engine.store, task)
    if configuration is None:
        return
    values = parsed.task_values(task)
    step = configuration.first_step(values)
    if step is None:
        raise no_match(task)
    workflow = engine.store.require(Workflow, task.workflow_sid)
    emit(
        engine,
        "workflow.entered",
        task,
        f"Task {task.sid} entered Workflow {workflow.friendly_name}",
    )
    step = first_not_timed_out(configuration, step, values, partial(_is_timed_out, engine, task))
    _walk(engine, task, step, "workflow.timeout")


def no_match(task: Task) -> BadRequest:
    """The error for a Task that matches nothing in its Workflow."""
    return BadRequest(
        f"{NO_MATCH}: no filter of Workflow {task.workflow_sid} matches {task.attributes},"
        " and it has no default_filter"
    )


def retry(engine: Engine, task: Task) -> None:
    """Match a Task that waited with Workers again: in its step or, if that has timed out, in the next.

    A Task with a pending Reservation stays in its step, and so does one that pauses.
    """
    step = step_of(task)
    waits = task.assignment_status == "pending"
    if step is not None and waits and _is_timed_out(engine, task, step):
        leave_step(engine, task)
    elif not seek_workers(engine, task) and task.held_until is None and _skips(engine, task):
        configuration = configuration_of(engine.store, task)
        assert configuration is not None and step is not None
        following = configuration.step_after_skip(step, parsed.task_values(task))
        _walk(engine, task, following, "workflow.skipped")


def leave_step(engine: Engine, task: Task) -> None:
    """Move a Task whose step timed out to the next target or filter, or out of the Workflow."""
    configuration, step = configuration_of(engine.store, task), step_of(task)
    if configuration is None or step is None:
        return
    values = parsed.task_values(task)
    emit(engine, "task-queue.timeout", task, f"Task {task.sid} timed out in its routing step")
    following = configuration.step_after_timeout(step, values)
    following = first_not_timed_out(
        configuration, following, values, partial(_is_timed_out, engine, task)
    )
    _walk(engine, task, following, "workflow.timeout")


def enter_queue(engine: Engine, task: Task, queue: TaskQueue) -> None:
    """Put a Task into a TaskQueue, ordered by priority and age.

    One that moves first leaves its TaskQueue, with an Event about that one.
    """
    if task.task_queue_sid not in (None, queue.sid):
        moved = f"Task {task.sid} moved to TaskQueue {queue.friendly_name}"
        emit(engine, "task-queue.moved", task, moved)
    engine.store.change(
        task,
        task_queue_sid=queue.sid,
        task_queue_entered_date=engine.now,
        places=queue.max_reserved_workers,
        held_until=None,
    )
    entered = f"Task {task.sid} entered TaskQueue {queue.friendly_name}"
    emit(engine, "task-queue.entered", task, entered)


def _is_timed_out(engine: Engine, task: Task, step: Step) -> bool:
    return step.until is not None and engine.now >= task.date_created + step.until


def _walk(engine: Engine, task: Task, step: Step | None, exit_event: str) -> None:
    """Move the Task to `step` or the first step after it that is not skipped, or cancel the Task.

    `exit_event` is the event type if `step` is None; if all remaining steps are skipped, it is
    "workflow.skipped".
    """
    configuration = configuration_of(engine.store, task)
    assert configuration is not None

    def enter(step: Step) -> bool:
        _enter_step(engine, task, step)
        return seek_workers(engine, task)

    values, presence_in = parsed.task_values(task), partial(_presence_in, engine)
    if first_not_skipped(configuration, step, values, enter, presence_in) is not None:
        return
    event_type = exit_event if step is None else "workflow.skipped"
    emit(engine, event_type, task, f"Task {task.sid} left its Workflow")
    cancel_task(engine, task, WORKFLOW_TIMEOUT_REASON)


def _enter_step(engine: Engine, task: Task, step: Step) -> None:
    configuration = configuration_of(engine.store, task)
    assert configuration is not None
    target = configuration.target(step)
    engine.store.change(
        task,
        step=[getattr(step, name) for name in _STEP],
        step_until=None if step.until is None else task.date_created + step.until,
        priority=task.priority if target.priority is None else target.priority,
    )
    enter_queue(engine, task, engine.store.require(TaskQueue, target.queue))
    matched = None if step.filter_index is None else configuration.filters[step.filter_index]
    emit(
        engine,
        "workflow.target-matched",
        task,
        f"Task {task.sid} matched a workflow target",
        workflow_filter_name=matched.friendly_name if matched else "default",
        workflow_filter_expression=json.dumps([matched.expression.text]) if matched else None,
        workflow_filter_target_expression=target.expression.text if target.expression else None,
    )


def _skips(engine: Engine, task: Task) -> bool:
    """Whether `skip_if` of the Task's step is true."""
    target = target_of(engine.store, task)
    return target is not None and is_skipped(target, partial(_presence_in, engine))


def _presence_in(engine: Engine, queue_sid: str) -> Mapping[str, Mapping[str, int]]:
    return presence(engine, engine.store.require(TaskQueue, queue_sid))


def presence(engine: Engine, queue: TaskQueue) -> Mapping[str, Mapping[str, int]]:
    """Return what `skip_if` reads of a TaskQueue's Workers."""
    return scope.presence(
        (worker.available, worker.activity_sid) for worker in _members(engine, queue)
    )


def _members(engine: Engine, queue: TaskQueue) -> list[Worker]:
    members = engine.eligibility.members(queue)
    if members is not None:
        return [engine.store.require(Worker, sid) for sid in members]
    workers = engine.store.walk("workers", queue.workspace_sid)
    return [worker for worker in workers if engine.eligibility.matches(queue, worker)]
