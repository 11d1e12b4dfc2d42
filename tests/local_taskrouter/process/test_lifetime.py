"""Whether the process that an emulator belongs to has ended."""

import os
import subprocess
import sys

import psutil
import pytest
from local_taskrouter.process.owner import Owner


def test_nobody_never_ends():
    assert not Owner.of_pid(None).has_ended()


def test_a_process_that_had_gone_before_has_ended():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert Owner.of_pid(process.pid).has_ended()
    assert not Owner.of_pid(os.getpid()).has_ended()


@pytest.mark.skipif(sys.platform == "win32", reason="On Windows nobody has to ask")
def test_a_server_that_has_ended_is_gone_also_while_nobody_has_asked_how_it_ended():
    found = Owner(None)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found.process = psutil.Process(process.pid)
        assert not found.has_ended()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert found.has_ended()
    assert found.has_ended()
