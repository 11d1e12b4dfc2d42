import asyncio
import logging
from types import SimpleNamespace
from typing import Any, cast

import pytest
from local_taskrouter.http.sending import OnePiece
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class Exchange:
    """A request whose response `send` writes; `written` is what each call of the transport got."""

    def __init__(self, method: str = "GET", keep_alive: bool = True) -> None:
        self.written: list[bytes] = []
        self.completed: list[bool] = []
        transport = SimpleNamespace(
            write=self.written.append, close=lambda: self.written.append(b"(closed)")
        )
        cycle = RequestResponseCycle(
            scope=cast(Any, {"method": method}),
            transport=cast(Any, transport),
            flow=cast(Any, SimpleNamespace(write_paused=False)),
            logger=logging.getLogger(),
            access_logger=logging.getLogger(),
            access_log=False,
            default_headers=[(b"date", b"today")],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=lambda: self.completed.append(True),
        )
        self._send = OnePiece(cycle)

    def send(self, headers: dict[bytes, bytes], *parts: bytes) -> bytes:
        """Send a response with these parts; return all that was written."""

        async def send() -> None:
            start = {"type": "http.response.start", "status": 200, "headers": [*headers.items()]}
            await self._send(start)
            for number, part in enumerate(parts, 1):
                more = number < len(parts)
                body = {"type": "http.response.body", "body": part, "more_body": more}
                await self._send(body)

        asyncio.run(send())
        return b"".join(self.written)


LENGTH = {b"content-length": b"2"}


def test_response_of_one_part_takes_one_write():
    exchange = Exchange()
    head = b"HTTP/1.1 200 OK\r\ndate: today\r\ncontent-length: 2\r\n\r\n"
    assert exchange.send(LENGTH, b"{}") == head + b"{}"
    assert (len(exchange.written), exchange.completed) == (1, [True])


def test_head_request_gets_no_body():
    assert Exchange("HEAD").send(LENGTH, b"{}").endswith(b"content-length: 2\r\n\r\n")


def test_last_response_closes_the_connection():
    exchange = Exchange(keep_alive=False)
    assert b"\r\nconnection: close\r\n" in exchange.send(LENGTH, b"{}")
    assert exchange.written[-1] == b"(closed)"


@pytest.mark.parametrize("headers", [LENGTH, {}])
def test_response_of_two_parts_is_complete(headers: dict[bytes, bytes]):
    exchange = Exchange()
    written = exchange.send(headers, b"{", b"}")
    chunked = b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert written.endswith(b"\r\n\r\n{}" if headers else b"\r\n\r\n" + chunked)
    assert exchange.completed == [True]


def test_line_break_in_a_header_is_refused():
    exchange = Exchange()
    with pytest.raises(RuntimeError, match="header value"):
        exchange.send({**LENGTH, b"x": b"a\r\nset-cookie: b"}, b"{}")
    assert exchange.written == []
