"""The name by which Twilio's clients look for TaskRouter, and what leads them here instead."""

import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Any

HOSTNAME = "taskrouter.twilio.com"


def under_its_name(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """WSGI wrapper: whoever asks for HOSTNAME came through TLS, so URLs in answers are https."""

    def named(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_HOST", "").lower() in (HOSTNAME, f"{HOSTNAME}:443"):
            environ["wsgi.url_scheme"] = "https"
        return app(environ, start_response)

    return named


def as_exports(variables: Mapping[str, str]) -> str:
    """What to type into a terminal whose programs are to find the local TaskRouter.

    Empty, as `variables` are, when it is not in transparent mode.
    """
    if not variables:
        return ""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    sentence = f"It is {HOSTNAME} as well, for the programs of a terminal with these variables:"
    return "\n".join([sentence, *lines, ""])
