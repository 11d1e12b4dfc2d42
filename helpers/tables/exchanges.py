"""Tables of the request log: all exchanges, and the parameters of one."""

from local_taskrouter.rules.timeouts import iso

from helpers.display.table import Table, table
from helpers.lessons.workspace import PreparedWorkspace
from helpers.session.request_log import Exchange

_USES = {
    "AccountSid": "whose account it is, when one server serves several",
    "WorkspaceSid": "which Workspace; the first part of every REST call that follows",
    "WorkflowSid": "which Workflow, when several share one callback URL",
    "TaskQueueSid": "which TaskQueue the Task was in: what kind of work it is",
    "TaskSid": "to look the Task up, update, cancel or complete it",
    "TaskAttributes": "what the work is about: the JSON that the Task was created with",
    "TaskAge": "how many seconds the Task has waited",
    "TaskPriority": "how urgent it is, compared with other Tasks",
    "WorkerSid": "who is reserved: to look the Worker up or set an Activity",
    "WorkerAttributes": "what the Worker can do and how to reach them: JSON",
    "ReservationSid": "to accept or reject: the Reservation that waits for an answer",
    "Timestamp": "when TaskRouter sent this, to put callbacks in order",
}


def requests(lab: PreparedWorkspace, direction: str | None = None) -> Table:
    """The session's exchanges, oldest first; with a `direction` only those "sent" or "received".

    `status` is the response's HTTP status, followed by the error if there was one.
    """
    rows = [
        [iso(each.at), each.direction, each.method, each.path, _status(each)]
        for each in lab.session.requests
        if direction in (None, each.direction)
    ]
    return table(["time", "direction", "method", "path", "status"], rows)


def parameters(exchange: Exchange | None) -> Table:
    """The parameters of one exchange by name, and how a server uses those of a callback.

    Without an exchange, as when real Twilio could not reach the server, the table is empty. The
    uses are those of an Assignment Callback
    (https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks).
    """
    found = sorted(exchange.parameters.items() if exchange else ())
    rows = [[name, value, _USES.get(name)] for name, value in found]
    return table(["name", "value", "what a server would use it for"], rows)


def use_of(parameter: str) -> str:
    """Return how a server uses this parameter of an Assignment Callback, "" for any other."""
    return _USES.get(parameter, "")


def _status(exchange: Exchange) -> str:
    status = "no answer" if exchange.status is None else str(exchange.status)
    if not exchange.error:
        return status
    return f"{status}: {exchange.error.strip().splitlines()[-1]}"
