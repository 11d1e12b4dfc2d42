"""Tables of what a Workspace is made of."""

from local_taskrouter.rules.workflow import Configuration, Filter, Target, read_configuration

from helpers.display.table import Table, table
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.api_errors import raise_readable


@raise_readable
def activities(lab: PreparedWorkspace) -> Table:
    """Each Activity: its name, whether a Worker in it is available, and its SID."""
    found = lab.workspace.activities.list()
    rows = [(activity.friendly_name, activity.available, activity.sid) for activity in found]
    return table(["friendly_name", "available", "sid"], rows)


@raise_readable
def workers(lab: PreparedWorkspace) -> Table:
    """Each Worker by name: attributes, Activity, whether available, and SID."""
    found = sorted(lab.workspace.workers.list(), key=lambda worker: worker.friendly_name)
    names = ["friendly_name", "attributes", "activity_name", "available", "sid"]
    return table(names, [[getattr(worker, name) for name in names] for worker in found])


@raise_readable
def task_queues(lab: PreparedWorkspace) -> Table:
    """Each TaskQueue by name: which Workers it takes (`target_workers`), and its SID."""
    found = sorted(lab.workspace.task_queues.list(), key=lambda queue: queue.friendly_name)
    names = ["friendly_name", "target_workers", "sid"]
    return table(names, [[getattr(queue, name) for name in names] for queue in found])


@raise_readable
def workflow_filters(lab: PreparedWorkspace) -> Table:
    """The Workflow's filters in their order, one row for each target; the default filter last.

    `priority` and `timeout` (seconds) are empty where the target sets none.
    """
    configuration = lab.workspace.workflows(lab.workflow_sid).fetch().configuration
    queues = {queue.sid: queue.friendly_name for queue in lab.workspace.task_queues.list()}
    columns = ["filter", "expression", "queue", "priority", "timeout"]
    return table(columns, _filter_rows(read_configuration(configuration), queues))


def _filter_rows(configuration: Configuration, queues: dict[str, str]) -> list[list[object]]:
    rows = [
        [one.friendly_name, _text(one), *_target(target, queues)]
        for one in configuration.filters
        for target in one.targets
    ]
    if configuration.default is not None:
        default = _target(configuration.default, queues)
        rows.append(["default filter", "(no filter matches)", *default])
    return rows


def _text(one: Filter) -> str:
    return one.expression.text


def _target(target: Target, queues: dict[str, str]) -> list[object]:
    return [queues.get(target.queue, target.queue), target.priority, target.timeout]
