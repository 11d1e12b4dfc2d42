"""Twilio's table of Events: https://www.twilio.com/docs/taskrouter/api/event/reference

`EVENTS` has each type's ResourceType, as recorded, and the parameters of its Event Callback. Types
of what the local TaskRouter does not have (calls that fail) are left out, and transfers, whose parameters are not recorded.
"""

COMMON = "EventType AccountSid WorkspaceSid WorkspaceName EventDescription ResourceType ResourceSid Timestamp"
_TASK = "TaskSid TaskAttributes TaskAge TaskPriority TaskAssignmentStatus "
_WORKER = (
    "WorkerSid WorkerName WorkerAttributes WorkerActivitySid WorkerActivityName WorkerVersion"
    " OperatingUnitSid "
)
_WORKER_CHANNEL = (
    "WorkerChannelAvailable WorkerChannelAvailableCapacity WorkerChannelPreviousCapacity"
    " TaskChannelSid TaskChannelUniqueName WorkerChannelTaskCount"
)
_ACTIVITY_CHANGE = (
    "WorkerTimeInPreviousActivity WorkerTimeInPreviousActivityMs WorkerPreviousActivitySid"
)
_TASK_CHANNEL = "TaskChannelSid TaskChannelName TaskChannelUniqueName TaskChannelOptimizedRouting"
_QUEUE = "TaskQueueSid TaskQueueName TaskQueueTargetExpression"
_IN_QUEUE = f"{_TASK}TaskQueueSid WorkflowSid"

_BY_TYPE = {
    ("activity", "ActivitySid ActivityName ActivityAvailable"): (
        "activity.created activity.updated activity.deleted"
    ),
    ("reservation", f"{_TASK}{_WORKER}TaskQueueSid ReservationSid WorkflowSid"): (
        "reservation.created reservation.accepted reservation.rejected reservation.timeout"
        " reservation.canceled reservation.rescinded reservation.completed reservation.wrapup"
    ),
    ("task", f"{_TASK}WorkflowSid OperatingUnitSid"): "task.created workflow.entered",
    ("task", _IN_QUEUE): (
        "task.updated task.wrapup task.deleted task.system-deleted task-queue.entered"
        " task-queue.timeout task-queue.moved workflow.timeout workflow.skipped"
    ),
    ("task", f"{_IN_QUEUE} WorkflowFilterName"): "workflow.target-matched",
    ("task", f"{_IN_QUEUE} TaskCanceledReason Reason"): "task.canceled",
    ("task", f"{_IN_QUEUE} TaskCompletedReason"): "task.completed",
    ("taskchannel", _TASK_CHANNEL): (
        "task-channel.created task-channel.updated task-channel.deleted"
    ),
    ("taskqueue", f"{_QUEUE} OperatingUnitSid"): "task-queue.created",
    ("taskqueue", _QUEUE): "task-queue.deleted task-queue.expression.updated",
    ("worker", _WORKER): "worker.created worker.attributes.update worker.deleted",
    ("worker", f"{_WORKER}{_ACTIVITY_CHANGE}"): "worker.activity.update",
    ("worker", f"{_WORKER}{_WORKER_CHANNEL}"): (
        "worker.capacity.update worker.channel.availability.update"
    ),
    ("workflow", "WorkflowSid WorkflowName"): (
        "workflow.created workflow.updated workflow.deleted"
    ),
    ("workspace", "WorkspaceSid WorkspaceName"): (
        "workspace.created workspace.updated workspace.deleted"
    ),
}
EVENTS = {
    event_type: (resource_type, frozenset(f"{COMMON} {parameters}".split()))
    for (resource_type, parameters), event_types in _BY_TYPE.items()
    for event_type in event_types.split()
}
SID_OF = {
    "activity": "ActivitySid",
    "reservation": "ReservationSid",
    "task": "TaskSid",
    "taskchannel": "TaskChannelSid",
    "taskqueue": "TaskQueueSid",
    "worker": "WorkerSid",
    "workflow": "WorkflowSid",
    "workspace": "WorkspaceSid",
}
"""The parameter that the ResourceSid of each ResourceType equals."""
