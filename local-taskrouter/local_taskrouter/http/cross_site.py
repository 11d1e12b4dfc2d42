"""Recognize a request that a browser sends for a page of another server.

A page anywhere can make a browser post a form to a server on this machine, together with the
credentials that the browser remembers for it. The rules are those of Go's CrossOriginProtection
(https://pkg.go.dev/net/http#CrossOriginProtection).
"""

from collections.abc import Callable
from urllib.parse import urlsplit

REFUSAL = (
    "A page of another site sent this request, so it was refused. Send it from a page of this "
    "server, or from a program."
)
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def is_cross_site(method: str, header: Callable[[str], str | None]) -> bool:
    """Whether a page of another origin sends this request, which may change something.

    `header` returns the value of a header, by lowercase name. Browsers send Sec-Fetch-Site to servers
    with TLS or on this machine, and Origin to all; no page can set them. A request with neither comes
    from a program. Another port is another origin.
    """
    if method in _SAFE_METHODS:
        return False
    if site := header("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = header("origin")
    return bool(origin) and _host(origin) != header("host")


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
