"""Errors of the REST API, as exceptions; `http/app.py` renders them.

The body is Twilio's: https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions
"""

from collections.abc import Collection
from http import HTTPStatus


class TwilioError(Exception):
    """A refused request: an HTTP `status`, Twilio's `code` and a `message`."""

    status = 400
    code = 20001

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, str | int]:
        """The JSON body, which the official SDKs convert to their exceptions."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class BadRequest(TwilioError):
    """An invalid parameter, or a transition that the lifecycle does not allow."""


class AbsolutePaging(BadRequest):
    """A `Page` without the `PageToken` of a `next_page_url`."""

    code = 40153

    def __init__(self) -> None:
        super().__init__(
            "Absolute paging is not supported: follow next_page_url, which carries a PageToken"
        )


class Unauthorized(TwilioError):
    """No credentials, or wrong ones."""

    status = 401
    code = 20003


class Forbidden(TwilioError):
    """A request that a page of another site makes the browser send."""

    status = 403
    code = 20403


class NotFound(TwilioError):
    """No such resource; `path` is the request's path below `/v1`."""

    status = 404
    code = 20404

    def __init__(self, path: str) -> None:
        super().__init__(f"The requested resource {path} was not found")


class MethodNotAllowed(TwilioError):
    """The path exists, but not with this HTTP method; `allowed` are the methods it has."""

    status = 405
    code = 20004

    def __init__(self, message: str, allowed: Collection[str]) -> None:
        super().__init__(message)
        self.allowed = sorted(allowed)


class Gone(TwilioError):
    """A Reservation that was rescinded when another Worker accepted the Task."""

    status = 410


class PreconditionFailed(TwilioError):
    """An `If-Match` that does not name the current version."""

    status = 412
    code = 20412


class PayloadTooLarge(TwilioError):
    """A body larger than any valid request."""

    status = 413


class TooManyRequests(TwilioError):
    """A limit on what may be open at once."""

    status = 429
    code = 20429


class InternalError(TwilioError):
    """A bug in the emulator."""

    status = 500
    code = 20500


class InjectedFault(TwilioError):
    """A fault requested at `/emulator/faults`: too many requests, or another error."""

    def __init__(self, status: int) -> None:
        known = status in HTTPStatus._value2member_map_
        super().__init__(HTTPStatus(status).phrase if known else "Error")
        self.status = status
        self.code = 20500 if status > 500 else 20_000 + status
