"""A WSGI app around the learner's that lets in only what TaskRouter has signed.

A public URL is there for everybody. Twilio signs its requests with the account's Auth Token, and
what does not bear that signature gets 403 (https://www.twilio.com/docs/usage/security).
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers.webhooks.recording import App, BaseFor, read_body, url_of

_REFUSAL = b"This request does not bear the signature of Twilio, so it is not answered.\n"


def only_signed(app: App, auth_token: str, base_for: BaseFor, unsigned_too: bool = False) -> App:
    """`app`, for requests that `auth_token` signed, and for no others.

    `base_for(host)` gives the scheme and host under which the caller knows this server: a signature
    is made over the whole URL. With `unsigned_too` what bears no signature is let in as well.
    """
    validator = RequestValidator(auth_token)

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        signature = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        unsigned = unsigned_too and not signature
        if unsigned or _is_genuine(validator, url_of(environ, base_for), environ, signature):
            return app(environ, start_response)
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(_REFUSAL)))]
        start_response("403 Forbidden", headers)
        return [_REFUSAL]

    return respond


def _is_genuine(
    validator: RequestValidator, url: str, environ: dict[str, Any], signature: str
) -> bool:
    signed = _signed_part(environ)
    if isinstance(signed, str) and "bodySHA256=" not in url:
        return False
    try:
        return validator.validate(url, signed, signature)
    except ValueError:  # no URL
        return False


def _signed_part(environ: dict[str, Any]) -> MultiDict[str, str] | str:
    """The parameters of a form, else the body, of which Twilio signs the hash in the URL."""
    body = read_body(environ).decode(errors="replace")
    if body and "json" in environ.get("CONTENT_TYPE", ""):
        return body
    return MultiDict(parse_qsl(body, keep_blank_values=True))
