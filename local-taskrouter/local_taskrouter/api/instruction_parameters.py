"""The parameters of a Reservation's voice instructions, as the REST API names them.

https://www.twilio.com/docs/taskrouter/api/reservations
"""

from collections.abc import Mapping, Sequence
from typing import Any

from local_taskrouter.api.params import (
    Param,
    Reader,
    boolean,
    choice,
    integer,
    optional,
    sid,
    snake,
    text,
    texts,
    url,
)

_METHOD = choice("GET", "POST")
_KINDS: tuple[tuple[Reader, Sequence[str]], ...] = (
    (
        text,
        [
            "DequeueFrom",
            "DequeueRecord",
            "DequeueTo",
            "CallFrom",
            "CallRecord",
            "CallTo",
            "To",
            "From",
            "Beep",
            "ConferenceRecord",
            "ConferenceTrim",
            "RecordingChannels",
            "Region",
            "SipAuthUsername",
            "SipAuthPassword",
            "Supervisor",
            "JitterBufferSize",
        ],
    ),
    (
        url,
        [
            "DequeueStatusCallbackUrl",
            "CallUrl",
            "CallStatusCallbackUrl",
            "RedirectUrl",
            "StatusCallback",
            "WaitUrl",
            "ConferenceStatusCallback",
            "RecordingStatusCallback",
            "ConferenceRecordingStatusCallback",
        ],
    ),
    (
        boolean,
        [
            "CallAccept",
            "RedirectAccept",
            "Record",
            "Muted",
            "StartConferenceOnEnter",
            "EndConferenceOnExit",
            "EarlyMedia",
            "EndConferenceOnCustomerExit",
            "BeepOnCustomerEntrance",
        ],
    ),
    (
        _METHOD,
        [
            "StatusCallbackMethod",
            "WaitMethod",
            "ConferenceStatusCallbackMethod",
            "RecordingStatusCallbackMethod",
            "ConferenceRecordingStatusCallbackMethod",
        ],
    ),
    (integer(0, 999), ("DequeueTimeout", "CallTimeout", "Timeout")),
    (integer(1, 250), ("MaxParticipants",)),
    (sid("WA"), ("DequeuePostWorkActivitySid", "PostWorkActivitySid")),
    (sid("CA"), ("RedirectCallSid",)),
    (
        texts,
        ("StatusCallbackEvent", "ConferenceStatusCallbackEvent", "DequeueStatusCallbackEvent"),
    ),
    (choice("monitor", "whisper", "barge"), ("SupervisorMode",)),
)
INSTRUCTION_PARAMETERS: dict[str, Param] = {
    name: optional(reader) for reader, names in _KINDS for name in names
}
_PREFIXED = ("call", "dequeue", "redirect")


def instruction_fields(instruction: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an instruction's JSON form: `CallUrl` of `call` is "url", `To` is "to"."""
    prefix = f"{instruction}_" if instruction in _PREFIXED else ""
    names = [snake(name) for name in INSTRUCTION_PARAMETERS]
    return {
        name.removeprefix(prefix): args[name]
        for name in names
        if name in args and name.startswith(prefix)
    }
