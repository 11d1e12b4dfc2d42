"""Send a response to a client in one piece.

uvicorn writes a response's head and its body one after the other. That is one more system call here,
and one more read in the client, than a small response needs.
"""

from typing import Any

from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_DECIDED_BY_UVICORN = {b"connection", b"transfer-encoding"}


class OnePiece:
    """The `send` of ASGI for one request, `cycle`. A response of several parts is uvicorn's to send."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle = cycle
        self._send_part: Any = cycle.send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._start is None:
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            cycle = self._cycle
            if cycle.flow.write_paused and not cycle.disconnected:
                await cycle.flow.drain()
            if not (cycle.disconnected or cycle.response_started) and self._is_sent(start, message):
                return
            await self._send_part(start)
        await self._send_part(message)

    def _is_sent(self, start: Message, message: Message) -> bool:
        """Send the response and return True; False if uvicorn has to decide how."""
        status, headers = start["status"], start["headers"]
        names = {name for name, _ in headers}
        if message.get("more_body") or names & _DECIDED_BY_UVICORN:
            return False
        if b"content-length" not in names and status not in (204, 304):
            return False
        cycle = self._cycle
        lines = [b"%b: %b\r\n" % header for header in (*cycle.default_headers, *headers)]
        if not cycle.keep_alive:
            lines.append(b"connection: close\r\n")
        head = b"".join(lines)
        if head.count(b"\n") != len(lines):  # a header has a line break, which uvicorn refuses
            return False
        body = b"" if cycle.scope["method"] == "HEAD" else message.get("body", b"")
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(b"".join((STATUS_LINE[status], head, b"\r\n", body)))
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()
        return True
