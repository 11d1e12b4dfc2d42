"""Output that no reader can end or delay."""

import io
import os
import sys

import pytest
from local_taskrouter.process.output import HarmlessOutput, harmless_output


@pytest.fixture
def pipe():
    """The two ends of a pipe: an unbuffered reader, and a text stream."""
    reader, writer = os.pipe()
    with open(reader, "rb", buffering=0) as reading, open(writer, "w", encoding="ascii") as stream:
        yield reading, stream


def test_text_arrives_at_once(pipe):
    reader, stream = pipe
    print("TaskRouter is listening", "é", file=HarmlessOutput(stream))
    assert reader.read(100) == b"TaskRouter is listening \\xe9\n"


def test_closed_pipe_loses_the_text_and_raises_nothing(pipe):
    reader, stream = pipe
    reader.close()
    print("lost", file=HarmlessOutput(stream), flush=True)


@pytest.mark.skipif(sys.platform == "win32", reason="select is for sockets only there")
def test_pipe_that_is_not_read_loses_the_text_and_delays_nothing(pipe):
    reader, stream = pipe
    output = HarmlessOutput(stream)
    for _ in range(300):
        assert output.write("x" * 1_000) == 1_000  # a pipe holds 64 KiB
    kept = reader.read(1 << 20)
    assert 1_000 < len(kept) < 100_000
    output.write("readable again")
    assert reader.read(100) == b"readable again"


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_stream_without_a_file_raises_nothing(stream):
    print("lost", file=HarmlessOutput(stream), flush=True)


def test_streams_are_as_before_at_the_end():
    before = sys.stdout, sys.stderr
    with harmless_output():
        assert isinstance(sys.stdout, HarmlessOutput) and isinstance(sys.stderr, HarmlessOutput)
    assert (sys.stdout, sys.stderr) == before
