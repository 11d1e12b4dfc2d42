"""Workflows: https://www.twilio.com/docs/taskrouter/api/workflow"""

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Task, TaskQueue, Workflow, Workspace
from local_taskrouter.core.workflow_walk import enter_workflow
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.timeouts import RESERVATION_TIMEOUT
from local_taskrouter.rules.workflow import ConfigurationError


def create_workflow(
    engine: Engine,
    workspace: Workspace,
    name: str,
    configuration: str,
    *,
    assignment_callback_url: str = "",
    fallback_assignment_callback_url: str = "",
    task_reservation_timeout: int = RESERVATION_TIMEOUT,
) -> Workflow:
    """Create a Workflow from `configuration`, compact JSON text.

    Raises BadRequest when it is not a configuration or names a TaskQueue of another Workspace, or
    when the Workspace has 1,000 Workflows already.
    """
    engine.require_room("workflows", workspace.sid)
    _check(engine, workspace.sid, configuration)
    workflow = engine.store.add(
        Workflow(
            sid=engine.sid(Workflow),
            workspace_sid=workspace.sid,
            date_created=engine.now,
            date_updated=engine.now,
            friendly_name=name,
            configuration=configuration,
            assignment_callback_url=assignment_callback_url,
            fallback_assignment_callback_url=fallback_assignment_callback_url,
            task_reservation_timeout=task_reservation_timeout,
        )
    )
    emit(engine, "workflow.created", workflow, f"Workflow {name} created")
    return workflow


def update_workflow(
    engine: Engine, workflow: Workflow, re_evaluate_tasks: bool, **fields: object
) -> None:
    """Change a Workflow's fields; with `re_evaluate_tasks` the pending Tasks it routes enter it again.

    All others keep the configuration that they entered it with.

    Raises BadRequest as `create_workflow` does; nothing has changed then.
    """
    if "configuration" in fields:
        _check(engine, workflow.workspace_sid, str(fields["configuration"]))
        if fields["configuration"] != workflow.configuration:
            # Not only those that wait: the Events of an accepted Task name what its target named.
            for task in engine.store.find("tasks", workflow.workspace_sid):
                is_routed = task.workflow_sid == workflow.sid and task.step is not None
                if is_routed and task.configuration is None:
                    engine.store.change(task, configuration=workflow.configuration)
    engine.store.change(workflow, **fields, date_updated=engine.now)
    emit(engine, "workflow.updated", workflow, f"Workflow {workflow.friendly_name} updated")
    if re_evaluate_tasks:
        for task in engine.store.find("in_workflow", workflow.sid):
            if task.assignment_status == "pending" and task.step is not None:
                enter_workflow(engine, task)


def delete_workflow(engine: Engine, workflow: Workflow) -> None:
    """Delete a Workflow. Raises BadRequest while Tasks of it are pending or reserved."""
    task: Task | None = next(engine.store.walk("in_workflow", workflow.sid), None)
    if task is not None:
        raise BadRequest(
            f"Cannot delete Workflow {workflow.sid}: Task {task.sid} under its control is"
            f" {task.assignment_status}."
        )
    emit(engine, "workflow.deleted", workflow, f"Workflow {workflow.friendly_name} deleted")
    engine.store.remove(workflow)


def _check(engine: Engine, workspace_sid: str, text: str) -> None:
    try:
        configuration = parsed.configuration(text)
    except ConfigurationError as error:
        raise BadRequest(f"Configuration: {error}") from error
    wrong = [
        _unknown_queue(engine, workspace_sid, given)
        for given in sorted(configuration.queues)
        if getattr(engine.store.get(TaskQueue, given), "workspace_sid", None) != workspace_sid
    ]
    if wrong:
        raise BadRequest(f"Configuration: {'; '.join(wrong)}")


def _unknown_queue(engine: Engine, workspace_sid: str, given: str) -> str:
    for queue in engine.store.walk("queue_names", (workspace_sid, given)):
        return f"a queue is named by its SID, so write {queue.sid} instead of {given}"
    return f"TaskQueue {given} is not in this Workspace (a queue is named by its SID, WQ…)"
