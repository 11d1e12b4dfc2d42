"""What a command leaves behind for the edge: events to write down, callbacks to deliver."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """One thing that happened: `at` in seconds since 1970."""

    sid: str
    workspace_sid: str
    event_type: str
    at: float
    resource_type: str
    resource_sid: str
    description: str
    data: dict[str, str]


@dataclass(frozen=True)
class Callback:
    """A POST to be made: `parameters` is the form as it goes out, but for the AccountSid.

    An Assignment Callback names the Reservation it asks about; an Event Callback none.
    """

    workspace_sid: str
    url: str
    parameters: dict[str, str]
    reservation_sid: str = ""
    fallback_url: str = ""
