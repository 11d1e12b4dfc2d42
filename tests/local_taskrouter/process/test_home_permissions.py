"""Only the owner can read the files of a running emulator, whatever the umask."""

import os
import stat
import sys

import pytest
from local_taskrouter.process.launch import ensure_running, send_control


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_files_of_a_running_emulator_are_readable_by_their_owner_only(home):
    umask = os.umask(0o022)
    try:
        assert send_control(ensure_running(home), "GET", "/emulator")
    finally:
        os.umask(umask)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in home.folder.iterdir()}
    assert {"emulator.log", "taskrouter.db", "emulator.json", "settings.json"} <= set(modes)
    assert {name: oct(mode) for name, mode in modes.items() if mode != 0o600} == {}
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
