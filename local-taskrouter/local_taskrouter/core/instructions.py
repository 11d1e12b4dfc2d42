"""What an Assignment Callback's answer asks for.

https://www.twilio.com/docs/taskrouter/handle-assignment-callbacks#responding-to-an-assignment-callback
"""

from typing import Any

from local_taskrouter.core.engine import Engine
from local_taskrouter.core.records import Activity, Reservation
from local_taskrouter.core.reservations import accept, reject
from local_taskrouter.core.voice import VOICE, InstructionError, instruct
from local_taskrouter.errors import TwilioError


def obey(engine: Engine, reservation: Reservation, answer: dict[str, Any]) -> None:
    """Carry out the answer's instruction; `{}` asks for nothing.

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
            case str() if instruction in VOICE:
                fields = {name: value for name, value in answer.items() if name != "instruction"}
                instruct(engine, reservation, instruction, fields)
            case _:
                raise Alert(55555, f"the instruction {instruction!r} is unknown")
    except InstructionError as error:
        raise Alert(error.alert, error.message) from error
    except TwilioError as error:
        raise Alert(error.code, error.message) from error


class Alert(Exception):
    """An answer that TaskRouter would complain of in the Debugger: a `code` and a `sentence`."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def _activity(engine: Engine, reservation: Reservation, answer: dict[str, Any]) -> str | None:
    sid = answer.get("activity_sid")
    activity = engine.store.get(Activity, sid) if isinstance(sid, str) else None
    if sid is not None and (
        activity is None or activity.workspace_sid != reservation.workspace_sid
    ):
        raise Alert(40100, f"reject: activity_sid {sid!r} is no Activity of this Workspace")
    return sid
