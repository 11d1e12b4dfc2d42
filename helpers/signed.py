"""A WSGI app around the learner's that lets in only what TaskRouter has signed.

A public URL is there for everybody. Twilio signs its requests with the account's Auth Token, and
what does not bear that signature gets 403 (https://www.twilio.com/docs/usage/security). Requests
from this computer, by its loopback address, need none: they are the learner's own.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers.recording import App, BaseFor, read_body, url_of

_REFUSAL = b"This request does not bear the signature of Twilio, so it is not answered.\n"


def only_signed(app: App, auth_token: str, public_base: str, base_for: BaseFor) -> App:
    """`app`, for requests that arrive under `public_base` only if `auth_token` signed them.

    `base_for(host, forwarded)` gives the scheme and host under which the caller knows this server.
    A request that bears a signature is judged by it, whichever way it came.
    """
    validator = RequestValidator(auth_token)

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        url, signature = url_of(environ, base_for), environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        judged = signature or url.startswith(f"{public_base}/")
        if not judged or validator.validate(url, _signed_part(environ), signature):
            return app(environ, start_response)
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(_REFUSAL)))]
        start_response("403 Forbidden", headers)
        return [_REFUSAL]

    return respond


def _signed_part(environ: dict[str, Any]) -> MultiDict[str, str] | str:
    """The parameters of a form, else the body, of which Twilio signs the hash in the URL."""
    body = read_body(environ).decode(errors="replace")
    if body and "json" in environ.get("CONTENT_TYPE", ""):
        return body
    return MultiDict(parse_qsl(body, keep_blank_values=True))
