"""WSGI middleware that answers only requests with Twilio's signature.

Anyone can call a public URL. Twilio signs its requests with the account's Auth Token; a request
without a valid signature gets 403 (https://www.twilio.com/docs/usage/security).
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from helpers.webhooks.recording import App, BaseFor, read_body, url_of

_REFUSAL = b"This request does not have Twilio's signature, so this server does not answer it.\n"


def require_signature(
    app: App, auth_token: str, base_for: BaseFor, allow_unsigned: bool = False
) -> App:
    """Wrap `app` so that it only gets requests signed with `auth_token`.

    `base_for(host)` returns the scheme and host that the caller used, since the signature covers the
    whole URL. With `allow_unsigned`, requests without any signature pass too.
    """
    validator = RequestValidator(auth_token)

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        signature = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        is_allowed = allow_unsigned and not signature
        if is_allowed or _is_valid(validator, url_of(environ, base_for), environ, signature):
            return app(environ, start_response)
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(_REFUSAL)))]
        start_response("403 Forbidden", headers)
        return [_REFUSAL]

    return respond


def _is_valid(
    validator: RequestValidator, url: str, environ: dict[str, Any], signature: str
) -> bool:
    content = _signed_content(environ)
    if isinstance(content, str) and "bodySHA256=" not in url:
        return False
    try:
        return validator.validate(url, content, signature)
    except ValueError:  # the URL is malformed
        return False


def _signed_content(environ: dict[str, Any]) -> MultiDict[str, str] | str:
    """Return a form's parameters; or a JSON body, whose hash is in the signed URL."""
    body = read_body(environ).decode(errors="replace")
    if body and "json" in environ.get("CONTENT_TYPE", ""):
        return body
    return MultiDict(parse_qsl(body, keep_blank_values=True))
