"""TaskRouter's host name at Twilio, and the settings that route it to this machine.

The server and the command import this file; the rest of transparent mode loads cryptography.
"""

import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

HOSTNAME = "taskrouter.twilio.com"


def with_https_urls(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """WSGI wrapper: a request for HOSTNAME came through TLS, so use https in the response's URLs."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_HOST", "").lower() in (HOSTNAME, f"{HOSTNAME}:443"):
            environ["wsgi.url_scheme"] = "https"
        return app(environ, start_response)

    return wrapped


def export_lines(variables: Mapping[str, str]) -> str:
    """A sentence and the `export` commands for a terminal; empty if `variables` is empty."""
    if not variables:
        return ""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    sentence = f"It also answers as {HOSTNAME}, for programs in a terminal with these variables:"
    return "\n".join([sentence, *lines, ""])
