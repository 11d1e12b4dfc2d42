"""https://www.twilio.com/docs/taskrouter/api/reservations, under a Task and under a Worker."""

from typing import Any

from local_taskrouter.api.call import Call, Reply, Result, Route
from local_taskrouter.api.instruction_parameters import (
    INSTRUCTION_PARAMETERS,
    instruction_fields,
)
from local_taskrouter.api.lists import PAGING, Listing, page
from local_taskrouter.api.params import choice, optional, sid, text
from local_taskrouter.core import reservations
from local_taskrouter.core.instructions import VOICE_INSTRUCTIONS, apply_voice_instruction
from local_taskrouter.core.records import Reservation, Task, Worker
from local_taskrouter.errors import BadRequest
from local_taskrouter.rules.lifecycle import RESERVATION, IllegalTransition


def reservation_json(call: Call, reservation: Reservation) -> dict[str, Any]:
    """A Reservation as Twilio returns it; `url` is below the parent in the request."""
    workspace = call.url(reservation.workspace_sid)
    task = f"{workspace}/Tasks/{reservation.task_sid}"
    worker = f"{workspace}/Workers/{reservation.worker_sid}"
    parent = worker if "worker_sid" in call.sids else task
    return {
        **call.head(reservation),
        "workspace_sid": reservation.workspace_sid,
        "task_sid": reservation.task_sid,
        "worker_sid": reservation.worker_sid,
        "worker_name": reservation.worker_name,
        "reservation_status": reservation.reservation_status,
        "url": f"{parent}/Reservations/{reservation.sid}",
        "links": {"task": task, "worker": worker, "workspace": workspace},
    }


def index(call: Call) -> Result:
    """An index finds a Worker's Reservations by status; of a Task's, each is looked at."""
    status, worker_sid = call.args.get("reservation_status"), call.args.get("worker_sid")
    if "task_sid" in call.sids:
        index, key = "reservations_of_task", call.find(Task, "task_sid").sid
    else:
        index, key = "reservations_of_worker", call.find(Worker, "worker_sid").sid
        if status is not None:
            index, key = "reservations_of_worker_by_status", (key, status)
    listing = Listing[Reservation](
        index,
        [key],
        lambda each: (
            status in (None, each.reservation_status) and worker_sid in (None, each.worker_sid)
        ),
    )
    return page(call, "reservations", listing, reservation_json)


def fetch(call: Call) -> Reply:
    reservation = _reservation(call)
    return Reply(reservation_json(call, reservation), etag=reservation.version)


def update(call: Call) -> Reply:
    reservation = _reservation(call)
    call.check_version(reservation.version)
    reservations.check_activity(
        call.engine,
        reservation.workspace_sid,
        call.args.get("worker_activity_sid"),
        "WorkerActivitySid",
    )
    instruction = call.args.get("instruction", "").lower() or None  # the page has `Dequeue` too
    if instruction in VOICE_INSTRUCTIONS:
        apply_voice_instruction(
            call.engine, reservation, instruction, instruction_fields(instruction, call.args)
        )
    else:
        _set_status(call, reservation, call.args.get("reservation_status"), instruction)
    return Reply(reservation_json(call, reservation), etag=reservation.version)


def _set_status(
    call: Call, reservation: Reservation, requested: str | None, instruction: str | None
) -> None:
    status = requested or _status_of(instruction)
    try:
        _move(call, reservation, status)
    except IllegalTransition as error:
        raise BadRequest(reservations.transition_error(reservation, status)) from error


def _move(call: Call, reservation: Reservation, status: str) -> None:
    match status:
        case "accepted":
            reservations.accept(call.engine, reservation)
        case "rejected":
            activity_sid = call.args.get("worker_activity_sid")
            reservations.reject(call.engine, reservation, activity_sid)
        case "wrapping":
            reservations.wrap_up(call.engine, reservation)
        case "completed":
            reservations.complete(call.engine, reservation)
        case _:
            raise BadRequest(
                f"ReservationStatus {status} cannot be set: only TaskRouter sets it. A Reservation"
                " can be set to accepted, rejected, wrapping or completed."
            )


def _status_of(instruction: str | None) -> str:
    statuses = {"accept": "accepted", "reject": "rejected"}
    if instruction in statuses:
        return statuses[instruction]
    if instruction is None:
        raise BadRequest("Give a ReservationStatus or an Instruction")
    allowed = ", ".join((*statuses, *VOICE_INSTRUCTIONS))
    raise BadRequest(f"Instruction must be one of {allowed}, not {instruction}")


def _reservation(call: Call) -> Reservation:
    reservation = call.find(Reservation)
    for name in ("task_sid", "worker_sid"):
        if call.sids.get(name) not in (None, getattr(reservation, name)):
            raise call.not_found()
    return reservation


_STATUS = {"ReservationStatus": optional(choice(*RESERVATION))}
_CHANGES = {
    **_STATUS,
    "WorkerActivitySid": optional(sid("WA")),
    "Instruction": optional(text),
    **INSTRUCTION_PARAMETERS,
}
_WORKER = {"WorkerSid": optional(sid("WK"))}
ROUTES = [
    route
    for parent, filters in (("Tasks/<task_sid>", _WORKER), ("Workers/<worker_sid>", {}))
    for route in (
        Route(
            "GET",
            f"/Workspaces/<workspace_sid>/{parent}/Reservations",
            index,
            {**_STATUS, **filters, **PAGING},
        ),
        Route("GET", f"/Workspaces/<workspace_sid>/{parent}/Reservations/<sid>", fetch),
        Route("POST", f"/Workspaces/<workspace_sid>/{parent}/Reservations/<sid>", update, _CHANGES),
    )
]
