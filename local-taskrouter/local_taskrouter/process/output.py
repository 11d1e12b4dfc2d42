"""Standard output and error that never end or delay the process.

A parent that closes its end of a pipe, or stops reading it, is no reason to stop serving.
"""

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

_CHUNK = 512
"""Bytes that a pipe with room takes without a pause, on every system (POSIX's least PIPE_BUF)."""


@contextmanager
def harmless_output() -> Iterator[None]:
    """Replace `sys.stdout` and `sys.stderr` by ones that lose what they cannot write."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed: without this, a socket or the database gets the number
            os.open(os.devnull, os.O_RDWR)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(HarmlessOutput, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class HarmlessOutput(io.TextIOBase):
    """Write text to `stream` at once; drop it if the stream is closed, or a full pipe.

    `stream` is None if the process was started with it closed.
    """

    def __init__(self, stream: TextIO | None) -> None:
        with suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        buffer: Any = getattr(stream, "buffer", None)
        self._raw: Any = getattr(buffer, "raw", buffer)  # with -u, there is no buffer around it

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        return super().fileno() if self._stream is None else self._stream.fileno()

    def write(self, text: str) -> int:
        """Write as much of `text` as there is room for. Returns its length."""
        data = text.encode(self._encoding, "backslashreplace")
        with suppress(OSError, ValueError, AttributeError):
            while data and self._has_room():
                data = data[self._raw.write(data[:_CHUNK]) or len(data) :]
        return len(text)

    def _has_room(self) -> bool:
        try:
            return sys.platform == "win32" or bool(select.select([], [self.fileno()], [], 0)[1])
        except io.UnsupportedOperation:  # it is in memory
            return True
