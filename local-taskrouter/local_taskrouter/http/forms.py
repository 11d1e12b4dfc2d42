"""Read what a request carries: its form or its body, within a limit."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive

from local_taskrouter.errors import BadRequest, PayloadTooLarge

LARGEST_BODY = 8 << 20
FORM = "local_taskrouter.form"
"""The key of the ASGI scope under which a form is, once it has been read."""
Headers = Mapping[bytes, bytes]
Pairs = list[tuple[str, str]]


async def read_body(request: Request, headers: Headers) -> tuple[Pairs, bytes]:
    """The form, or the body if it is not a form. Raises BadRequest and ClientDisconnect."""
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind == b"multipart/form-data":
        try:
            async with request.form(max_part_size=LARGEST_BODY) as form:
                texts = [(k, v) for k, v in form.multi_items() if isinstance(v, str)]
        except MultiPartException as error:
            raise BadRequest(f"The form cannot be read: {error.message}") from None
        request.scope[FORM] = texts
        return texts, b""
    body = await _body(request.receive)
    if kind == b"application/x-www-form-urlencoded":
        request.scope[FORM] = form = pairs(body)
        return form, b""
    return [], body


def pairs(form_or_query: bytes) -> Pairs:
    """The names and values in a form or a query, in order."""
    if not form_or_query:
        return []
    return parse_qsl(form_or_query.decode("utf-8", "replace"), keep_blank_values=True)


def limited(receive: Receive, headers: Headers, most: float) -> Receive:
    """Wrap `receive`: raise PayloadTooLarge if the Content-Length or the body exceeds `most` bytes."""
    length = headers.get(b"content-length", b"")
    announced = int(length) if length.isdigit() else 0
    received = 0

    async def receive_within_limit() -> Message:
        nonlocal received
        message = await receive() if announced <= most else {}
        received += len(message.get("body", b""))
        if max(announced, received) > most:
            raise PayloadTooLarge(f"A request may have {most} bytes")
        return message

    return receive_within_limit


async def _body(receive: Receive) -> bytes:
    """As `request.body()`, which takes several times as long for a short one."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
