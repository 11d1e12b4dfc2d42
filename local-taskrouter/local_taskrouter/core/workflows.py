"""Workflows: https://www.twilio.com/docs/taskrouter/api/workflow"""

from collections.abc import Callable, Iterator
from functools import partial

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.event_log import emit
from local_taskrouter.core.records import Task, TaskQueue, Workflow, Workspace
from local_taskrouter.core.workflow_walk import enter_workflow, no_match
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.timeouts import RESERVATION_TIMEOUT
from local_taskrouter.rules.workflow import ConfigurationError

SLICE = 50
"""Tasks to change before another command may run: that takes about 10 ms."""


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
    """As `update_in_slices`, in one."""
    for _ in update_in_slices(engine, workflow, re_evaluate_tasks, **fields):
        pass


def update_in_slices(
    engine: Engine, workflow: Workflow, re_evaluate_tasks: bool, **fields: object
) -> Iterator[None]:
    """Change a Workflow's fields; with `re_evaluate_tasks` the pending Tasks it routes enter it again.

    All others keep the configuration that they entered it with. Yields where another command may
    run: before the change, while each Task gets a copy of the former configuration, and after it,
    between Tasks that enter the new one. It ends early if the Workflow is deleted meanwhile.

    Raises BadRequest as `create_workflow` does, and if a Task to re-evaluate matches nothing; the
    Workflow has not changed then. A Task that comes to match nothing later stays where it is.
    """
    given = fields.get("configuration", workflow.configuration)
    if "configuration" in fields:
        _check(engine, workflow.workspace_sid, str(given))
    if re_evaluate_tasks:
        yield from _each(engine, workflow, "in_workflow", partial(_check_match, str(given)))
    if given != workflow.configuration:
        yield from _each(engine, workflow, "tasks", partial(_keep_configuration, engine, workflow))
    if engine.store.get(Workflow, workflow.sid) is None:
        return
    if given != workflow.configuration:  # for Tasks that came meanwhile
        for task in engine.store.find("tasks", workflow.workspace_sid):
            _keep_configuration(engine, workflow, task)
    engine.store.change(workflow, **fields, date_updated=engine.now)
    emit(engine, "workflow.updated", workflow, f"Workflow {workflow.friendly_name} updated")
    if re_evaluate_tasks:
        yield from _each(engine, workflow, "in_workflow", partial(_re_enter, engine, workflow))


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


def _each(
    engine: Engine, workflow: Workflow, index: str, act: Callable[[Task], bool]
) -> Iterator[None]:
    """Call `act` with each Task in an index of the Workflow or its Workspace, as of now.

    Yields whenever it has returned True SLICE times; ends when the Workflow has been deleted.
    """
    key, acted = workflow.sid if index == "in_workflow" else workflow.workspace_sid, 0
    for task in engine.store.find(index, key):
        if engine.store.get(Workflow, workflow.sid) is None:
            return
        acted += act(task)
        if acted == SLICE:
            acted = 0
            yield


def _check_match(configuration: str, task: Task) -> bool:
    is_evaluated = task.assignment_status == "pending" and task.step is not None
    values = parsed.task_values(task)
    if is_evaluated and parsed.configuration(configuration).first_step(values) is None:
        raise no_match(task)
    return is_evaluated


def _keep_configuration(engine: Engine, workflow: Workflow, task: Task) -> bool:
    """Give a Task a copy of the configuration that routes it.

    Not only one that waits: the Events of an accepted Task name what its target named.
    """
    is_routed = task.workflow_sid == workflow.sid and task.step is not None
    if not is_routed or task.configuration is not None:
        return False
    engine.store.change(task, configuration=workflow.configuration)
    return True


def _re_enter(engine: Engine, workflow: Workflow, task: Task) -> bool:
    if task.assignment_status != "pending" or task.step is None:
        return False
    values = parsed.task_values(task)
    if parsed.configuration(workflow.configuration).first_step(values) is None:
        return False
    enter_workflow(engine, task)
    return True


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
