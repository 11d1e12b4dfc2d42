"""The least that a server can do, for `peers.py`: ``python benchmarks/floor.py PORT ANSWERS [DATABASE]``.

It parses HTTP with httptools on asyncio's event loop, as uvicorn does, and sends a stored answer. It
checks and routes nothing. With DATABASE, it also commits one row to SQLite before it answers a POST, as
durably as the local TaskRouter. ANSWERS is a JSON file: the text of each answer by "METHOD list|one".
"""

import asyncio
import json
import sqlite3
import sys
from pathlib import Path

import httptools


class Floor(asyncio.Protocol):
    """One connection. A path with a Task's SID is "one", any other is "list"."""

    answers: dict[str, bytes]
    database: sqlite3.Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.target, self.body = url, b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        method = self.parser.get_method().decode()
        if self.database is not None and method == "POST":
            self.database.execute("BEGIN IMMEDIATE")
            self.database.execute("INSERT INTO bodies VALUES (?)", (self.body,))
            self.database.execute("COMMIT")
        kind = "one" if b"/Tasks/" in self.target else "list"
        answer = self.answers[f"{method} {kind}"]
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self.transport.write(head % len(answer) + answer)  # type: ignore[attr-defined]


async def main(port: int, answers: Path, *database: str) -> None:
    texts: dict[str, str] = json.loads(answers.read_text("utf-8"))
    Floor.answers = {name: text.encode() for name, text in texts.items()}
    if database:
        Floor.database = sqlite3.connect(database[0], isolation_level=None)
        Floor.database.execute("PRAGMA journal_mode = WAL")
        Floor.database.execute("PRAGMA synchronous = NORMAL")
        Floor.database.execute("CREATE TABLE bodies(body BLOB)")
    server = await asyncio.get_running_loop().create_server(Floor, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
