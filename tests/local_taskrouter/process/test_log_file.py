"""The log of a process in the background stays small."""

import logging
import sys

import pytest
from local_taskrouter.process import log_file
from local_taskrouter.process.log_file import LogFileHandler


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(log_file, "LARGEST", 1_000)


def warn(handler, text):
    handler.handle(logging.LogRecord("name", logging.WARNING, "path", 1, text, None, None))


def test_log_that_has_grown_too_long_is_emptied_before_the_next_line(small, tmp_path):
    file = tmp_path / "emulator.log"
    with open(file, "a") as stream:
        handler = LogFileHandler(stream, file)
        for number in range(500):
            warn(handler, f"warning {number}")
            assert file.stat().st_size < 1_100
    assert file.read_text().splitlines()[-1] == "warning 499"


def test_file_that_is_not_the_log_is_never_emptied(small, tmp_path):
    file, log = tmp_path / "other.txt", tmp_path / "emulator.log"
    log.write_text("")
    with open(file, "a") as stream:
        handler = LogFileHandler(stream, log)
        for number in range(500):
            warn(handler, f"warning {number}")
    assert len(file.read_text().splitlines()) == 500


def test_stream_without_a_file_is_written(small, tmp_path, capsys):
    warn(LogFileHandler(sys.stderr, tmp_path / "missing.log"), "a warning")
    assert capsys.readouterr().err == "a warning\n"
