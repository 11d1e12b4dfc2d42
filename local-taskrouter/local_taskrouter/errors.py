"""What can go wrong in a request, as exceptions: raised deep, rendered once (see `app.py`).

The body is Twilio's: https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions
"""


class TwilioError(Exception):
    """A request that is refused: an HTTP `status`, Twilio's `code` and a `message`."""

    status = 400
    code = 20001

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, str | int]:
        """The JSON body that every official SDK turns into its exception."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class BadRequest(TwilioError):
    """A parameter that cannot be used, or a step that the lifecycle does not allow."""


class Unauthorized(TwilioError):
    """No credentials, or not the ones of this emulator."""

    status = 401
    code = 20003


class NotFound(TwilioError):
    """No such resource; `path` is the request's path without the `/v1`."""

    status = 404
    code = 20404

    def __init__(self, path: str) -> None:
        super().__init__(f"The requested resource {path} was not found")


class MethodNotAllowed(TwilioError):
    """The path exists, but not with this HTTP method."""

    status = 405
    code = 20004


class Gone(TwilioError):
    """A Reservation that another Worker's acceptance has rescinded."""

    status = 410


class PreconditionFailed(TwilioError):
    """An `If-Match` that names another version than the current one."""

    status = 412
    code = 20412


class TooLarge(TwilioError):
    """A body of more bytes than any legal request has."""

    status = 413


class Broken(TwilioError):
    """A fault of the emulator's own."""

    status = 500
    code = 20500


class Injected(TwilioError):
    """A fault that was asked for: too many requests, or an error of the server."""

    def __init__(self, status: int) -> None:
        super().__init__("Too Many Requests" if status == 429 else "Internal Server Error")
        self.status = status
        self.code = 20429 if status == 429 else 20500
