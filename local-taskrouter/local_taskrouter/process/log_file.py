"""Keep the log of a process that runs in the background small.

Its standard output and error are appended to `emulator.log`, so a log file that is renamed, as
`logging.handlers` does, would still grow. This one is truncated.
"""

import logging
import os
from pathlib import Path
from typing import TextIO

LARGEST = 1_000_000
"""Bytes."""


class LogFileHandler(logging.StreamHandler[TextIO]):
    """Write warnings to `stream`; before that, empty it if it is `file` and has grown too long."""

    def __init__(self, stream: TextIO, file: Path) -> None:
        super().__init__(stream)
        self.setLevel(logging.WARNING)
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        try:
            own = os.fstat(self.stream.fileno())
            if own.st_size > LARGEST and os.path.samestat(own, self._file.stat()):
                os.truncate(self._file, 0)
        except (OSError, ValueError):
            pass  # it is a terminal, or has no file
        super().emit(record)
