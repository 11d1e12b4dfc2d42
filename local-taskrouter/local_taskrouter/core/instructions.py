"""Instructions: what an Assignment Callback's answer, or an update of a Reservation, asks for.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks#responding-to-an-assignment-callback

There is no telephony here. A voice instruction is checked as TaskRouter checks it, kept on the
Reservation, and then treated as a call that goes well: `dequeue` and `conference` connect Worker
and caller, which accepts the Reservation; `call` and `redirect` accept it only with `accept`. The
call is over when the Task is wrapped up or completed; the Worker then moves to the
`post_work_activity_sid`. `call` and `dequeue` put the SID of the call to the Worker, which is not
made, into the Task's attributes.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local_taskrouter.core import parsed
from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Activity, Reservation, Task, Worker
from local_taskrouter.core.reservations import accept, reject
from local_taskrouter.core.tasks import update_attributes
from local_taskrouter.errors import BadRequest, TwilioError

VOICE_INSTRUCTIONS = ("call", "conference", "dequeue", "redirect", "supervise")
_CALLS_WORKER = ("call", "dequeue")
"""https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks#dequeue-linked-call-tracking"""
_FOR_TRANSFERS = ("conference", "supervise")
"""https://www.twilio.com/docs/api/errors/40151"""
_NO_ACTIVITY = {"dequeue": 40130, "conference": 40139}
_NOT_PENDING = {"call": 40114, "redirect": 40123, "dequeue": 40135, "conference": 40136}
_URL_START = re.compile(r"https?://(\[[\da-fA-F:.]+\]|[^\s/?#\[\]])")
_CALL_EVENTS = ("initiated", "ringing", "answered", "completed")
_LONGEST_RINGING = 999


class Alert(Exception):
    """An answer that TaskRouter reports in the Debugger, with a `code` and a `message`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class InstructionError(BadRequest):
    """A voice instruction that cannot be carried out; `alert` is its code in the Debugger."""

    def __init__(self, alert: int, message: str) -> None:
        super().__init__(message)
        self.alert = alert


def apply_instruction(engine: Engine, reservation: Reservation, answer: dict[str, Any]) -> None:
    """Carry out the instruction in a callback's answer; `{}` has none.

    Raises Alert, and changes nothing, when it cannot be carried out.
    """
    if not answer:
        return
    instruction = answer.get("instruction")
    try:
        match instruction:
            case None:
                raise Alert(40005, "the answer is JSON, but has no instruction")
            case "accept":
                accept(engine, reservation)
            case "reject":
                reject(engine, reservation, _activity(engine, reservation, answer))
            case str() if instruction in VOICE_INSTRUCTIONS:
                fields = {name: value for name, value in answer.items() if name != "instruction"}
                apply_voice_instruction(engine, reservation, instruction, fields)
            case _:
                raise Alert(55555, f"the instruction {instruction!r} is unknown")
    except InstructionError as error:
        raise Alert(error.alert, error.message) from error
    except TwilioError as error:
        raise Alert(error.code, error.message) from error


def _activity(engine: Engine, reservation: Reservation, answer: dict[str, Any]) -> str | None:
    sid = answer.get("activity_sid")
    activity = engine.store.get(Activity, sid) if isinstance(sid, str) else None
    if sid is not None and (
        activity is None or activity.workspace_sid != reservation.workspace_sid
    ):
        raise Alert(40100, f"reject: activity_sid {sid!r} is not an Activity of this Workspace")
    return sid


def apply_voice_instruction(
    engine: Engine, reservation: Reservation, instruction: str, fields: Mapping[str, Any]
) -> None:
    """Carry out a voice instruction with the `fields` of its JSON form ("from", "url", …).

    Raises InstructionError, and changes nothing, when something is missing or the Reservation is
    in the wrong state.
    """
    _require_state(reservation, instruction)
    missing = _missing(engine, reservation, instruction, fields)
    if missing is not None:
        alert, name = missing
        raise InstructionError(
            alert, f"Unable to execute {instruction.capitalize()} instruction: {name} is missing"
        )
    _check_values(instruction, fields)
    _check_post_work(engine, reservation, instruction, fields)
    engine.store.change(reservation, instruction=json.dumps({"instruction": instruction, **fields}))
    if instruction in _CALLS_WORKER:
        task = engine.store.require(Task, reservation.task_sid)
        linked = {**parsed.task_values(task), "worker_call_sid": engine.sids.new("CA")}
        update_attributes(
            engine, task, json.dumps(linked, ensure_ascii=False, separators=(",", ":"))
        )
    if instruction in ("dequeue", "conference") or _accepts(fields):
        accept(engine, reservation)


def _require_state(reservation: Reservation, instruction: str) -> None:
    status = reservation.reservation_status
    if reservation.transfer_sid is not None and instruction not in _FOR_TRANSFERS:
        raise InstructionError(
            40151,
            f"{instruction} is no instruction for a transferred Task: accept, reject,"
            f" {' or '.join(_FOR_TRANSFERS)} it",
        )
    if instruction == "supervise":
        if status in ("pending", "canceled"):
            raise InstructionError(
                40146, f"Unable to execute Supervise instruction: the Reservation is {status}."
            )
    elif status != "pending":
        raise InstructionError(
            _NOT_PENDING[instruction],
            f"Unable to execute {instruction.capitalize()} instruction. Reservation"
            f" {reservation.sid} is not currently in a Pending state.",
        )


def _check_values(instruction: str, fields: Mapping[str, Any]) -> None:
    """Raise InstructionError for a field that is given and has an invalid value."""
    for name, alert, is_valid, wanted in _VALUES.get(instruction, ()):
        if name in fields and not is_valid(fields[name]):
            raise InstructionError(
                alert,
                f"Unable to execute {instruction.capitalize()} instruction: {name} must be {wanted},"
                f" not {fields[name]!r}",
            )


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and _URL_START.match(value) is not None


def _are_call_events(value: Any) -> bool:
    events = value.split(",") if isinstance(value, str) else value
    return isinstance(events, list) and all(
        isinstance(event, str) and event.strip() in _CALL_EVENTS for event in events
    )


def _is_ringing_time(value: Any) -> bool:
    return str(value).isdecimal() and int(value) <= _LONGEST_RINGING


_URL = (_is_url, "an http or https URL")
_EVENTS = (_are_call_events, f"some of {', '.join(_CALL_EVENTS)}, separated by commas")
_RINGING = (_is_ringing_time, f"a whole number of seconds up to {_LONGEST_RINGING}")
_VALUES: dict[str, tuple[tuple[str, int, Callable[[Any], bool], str], ...]] = {
    "call": (("url", 40112, *_URL), ("status_callback_url", 40158, *_URL)),
    "redirect": (("url", 40120, *_URL),),
    "dequeue": (
        ("status_callback_url", 40157, *_URL),
        ("status_callback_events", 40134, *_EVENTS),
        ("status_callback_event", 40134, *_EVENTS),
    ),
    "conference": (
        ("status_callback_url", 40159, *_URL),
        ("status_callback", 40159, *_URL),
        ("timeout", 14233, *_RINGING),
    ),
}


def _check_post_work(
    engine: Engine, reservation: Reservation, instruction: str, fields: Mapping[str, Any]
) -> None:
    """Raise InstructionError unless `post_work_activity_sid` is in the Workspace."""
    sid = fields.get("post_work_activity_sid")
    if instruction not in _NO_ACTIVITY or not sid:
        return
    activity = engine.store.get(Activity, sid) if isinstance(sid, str) else None
    if activity is None or activity.workspace_sid != reservation.workspace_sid:
        raise InstructionError(
            _NO_ACTIVITY[instruction],
            f"Unable to execute {instruction.capitalize()} instruction: post_work_activity_sid"
            f" {sid} is not an Activity of this Workspace",
        )


def _missing(
    engine: Engine, reservation: Reservation, instruction: str, fields: Mapping[str, Any]
) -> tuple[int, str] | None:
    """Return the alert code and name of the first missing field or attribute."""
    worker = engine.store.require(Worker, reservation.worker_sid)
    task = engine.store.require(Task, reservation.task_sid)
    uri = parsed.attributes(worker.attributes).get("contact_uri")
    of_task = parsed.attributes(task.attributes)
    call_sid = of_task.get("call_sid")
    supervisor = engine.store.get(Worker, fields.get("supervisor"))
    supervisor_uri = supervisor and parsed.attributes(supervisor.attributes).get("contact_uri")
    required: dict[str, tuple[tuple[int, str, Any], ...]] = {
        "call": (
            (40110, "to, or the Worker's attribute contact_uri,", fields.get("to") or uri),
            (40111, "from", fields.get("from")),
            (40112, "url", fields.get("url")),
        ),
        "redirect": (
            (40120, "url", fields.get("url")),
            (40121, "call_sid", fields.get("call_sid")),
        ),
        "dequeue": (
            (40140, "the Task's attribute call_sid, which <Enqueue> sets,", call_sid),
            (40131, "to, or the Worker's attribute contact_uri,", fields.get("to") or uri),
            (
                40132,
                "from, or the Task's attribute to, which <Enqueue> sets,",
                fields.get("from") or of_task.get("to"),
            ),
        ),
        "conference": (
            (
                40142,
                "the Task's attribute call_sid, which <Enqueue> sets, or outbound_to",
                call_sid or of_task.get("outbound_to"),
            ),
            (40137, "to, or the Worker's attribute contact_uri,", fields.get("to") or uri),
            (40138, "from", fields.get("from")),
        ),
        "supervise": (
            (40147, "supervisor", fields.get("supervisor")),
            (40147, "the supervisor's attribute contact_uri", fields.get("to") or supervisor_uri),
            (
                40148,
                "from, or the Task's attribute from,",
                fields.get("from") or of_task.get("from"),
            ),
        ),
    }
    return next(((code, name) for code, name, value in required[instruction] if not value), None)


def _accepts(fields: Mapping[str, Any]) -> bool:
    return str(fields.get("accept", False)).lower() in ("true", "1", "yes")
