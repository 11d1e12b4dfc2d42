"""Transfers, which the SDK requests and the REST API does not have.

`POST …/Workers/WK…/Transfers` starts one, `POST …/Transfers/TT…` cancels it. The Worker in the path is the one
who has the Task.
"""

from local_taskrouter.api.call import Call, Reply, Route
from local_taskrouter.api.params import attributes, choice, integer, optional, required, sid, text
from local_taskrouter.core.records import Reservation, TaskQueue, Transfer, Worker
from local_taskrouter.core.transfers import MODES, WARM, cancel_transfer, start_transfer
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import HIGHEST_PRIORITY


def start(call: Call) -> Reply:
    worker, args = call.find(Worker, "worker_sid"), call.args
    reservation = call.store.get(Reservation, args["reservation_sid"])
    if reservation is None or reservation.worker_sid != worker.sid:
        raise BadRequest(
            f"ReservationSid {args['reservation_sid']} is no Reservation of Worker {worker.sid}"
        )
    _check_task(call, reservation.task_sid)
    transfer = start_transfer(
        call.engine,
        reservation,
        _target(call),
        args.get("mode", WARM),
        args.get("priority"),
        args.get("attributes"),
    )
    return Reply({"sid": transfer.sid})


def cancel(call: Call) -> Reply:
    transfer = call.find(Transfer)
    if transfer.initiating_worker_sid != call.find(Worker, "worker_sid").sid:
        raise call.not_found()
    _check_task(call, transfer.task_sid)
    cancel_transfer(call.engine, transfer)
    return Reply({"sid": transfer.sid})


def _check_task(call: Call, task_sid: str) -> None:
    given = call.args.get("task_sid", task_sid)
    if given != task_sid:
        raise BadRequest(f"TaskSid {given} is another Task than {task_sid}, which is transferred")


def _target(call: Call) -> Worker | TaskQueue:
    given = call.args["to"]
    target = call.store.get(Worker, given) or call.store.get(TaskQueue, given)
    if target is None or target.workspace_sid != call.workspace.sid:
        raise BadRequest(f"To {given} is no Worker and no TaskQueue of this Workspace")
    return target


_ALL = "/Workspaces/<workspace_sid>/Workers/<worker_sid>/Transfers"
_TASK = {"TaskSid": optional(sid("WT"))}
ROUTES = [
    Route(
        "POST",
        _ALL,
        start,
        {
            "ReservationSid": required(sid("WR")),
            **_TASK,
            "To": required(text),
            "Mode": optional(choice(*MODES)),
            "Priority": optional(integer(0, HIGHEST_PRIORITY)),
            "Attributes": optional(attributes),
        },
    ),
    Route(
        "POST", f"{_ALL}/<sid>", cancel, {**_TASK, "TransferStatus": required(choice("canceled"))}
    ),
]
