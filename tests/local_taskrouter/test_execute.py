"""The command `exec`: a TaskRouter for one command."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_taskrouter.__main__ import main
from timeout import SECONDS

APP = """
import json, os, pathlib, sys
from twilio.rest import Client

client = Client()
client.taskrouter.base_url = os.environ["TASKROUTER_URL"]
[workspace] = client.taskrouter.v1.workspaces.list()
home = pathlib.Path(os.environ["TASKROUTER_HOME"])
recorded = json.loads((home / "emulator.json").read_text())
pathlib.Path("made").touch()
print(workspace.friendly_name, recorded["url"] == os.environ["TASKROUTER_URL"], home)
sys.exit(7)
"""
SHOW = """
import base64, os, urllib.request

account = os.environ["TWILIO_ACCOUNT_SID"] + ":" + os.environ["TWILIO_AUTH_TOKEN"]
request = urllib.request.Request(os.environ["TASKROUTER_URL"] + "/v1/Workspaces")
request.add_header("Authorization", "Basic " + base64.b64encode(account.encode()).decode())
print(urllib.request.urlopen(request).read().decode().replace(os.environ["TASKROUTER_URL"], ""))
"""
WAIT = """
import signal, sys

for name in ("SIGINT", "SIGTERM"):
    signal.signal(getattr(signal, name), lambda number, _: sys.exit(number))
print("ready", flush=True)
signal.pause()
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A command that a shell runs in the background ignores Ctrl-C, as do those that it runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def folder(home, tmp_path, monkeypatch):
    """The current folder, also for temporary ones."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_command_uses_the_taskrouter_and_gives_its_exit_code(folder, capfd):
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"workspace": {"friendly_name": "Support"}}), "utf-8")
    before = os.umask(0o022)
    try:
        assert main(["exec", "--seed", str(seed), "--", sys.executable, "-c", APP]) == 7
    finally:
        os.umask(before)
    name, is_recorded, home = capfd.readouterr().out.split()
    assert (name, is_recorded) == ("Support", "True")
    assert home.startswith(str(folder)) and not Path(home).exists()
    assert (folder / "made").stat().st_mode & 0o777 == 0o644


def test_run_with_the_same_start_and_seeds_is_the_same(folder, capfd):
    seed = folder / "seed.json"
    seed.write_text(json.dumps({"workspace": {"friendly_name": "Support"}}), "utf-8")
    start = ["--seed", str(seed), "--now", "2020-02-29T12:00:00Z", "--freeze", "--sid-seed", "7"]
    for _ in range(2):
        assert main(["exec", *start, "--", sys.executable, "-c", SHOW]) == 0
    first, again = capfd.readouterr().out.splitlines()
    assert first == again
    [workspace] = json.loads(first)["workspaces"]
    assert workspace["date_created"] == "2020-02-29T12:00:00Z"


@posix
@pytest.mark.parametrize(
    ("program", "exit_code", "sentence"),
    [
        ("nowhere-to-be-found", 127, "There is no program nowhere-to-be-found on the PATH."),
        ("./broken", 126, "./broken cannot be run: "),
    ],
)
def test_program_that_cannot_run_is_one_sentence(folder, capfd, program, exit_code, sentence):
    broken = folder / "broken"
    broken.write_bytes(b"\x7fELF")
    broken.chmod(0o700)
    assert main(["exec", "--", program]) == exit_code
    captured = capfd.readouterr()
    assert captured.err.startswith(sentence) and captured.err.count("\n") == 1


@posix
def test_command_that_a_signal_ends_gives_128_and_its_number(folder):
    assert main(["exec", "--", "sh", "-c", "kill -9 $$"]) == 128 + signal.SIGKILL


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_reaches_the_command_and_its_exit_code_is_passed_on(folder, interruptible, number):
    command = [sys.executable, "-m", "local_taskrouter", "exec", "--", sys.executable, "-c", WAIT]
    # Without a terminal, as in CI: a terminal sends Ctrl-C to the command too.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout and process.stderr
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(number)
            assert process.wait(SECONDS) == number
            assert process.stderr.read() == b""
        finally:
            process.kill()


@pytest.mark.parametrize("arguments", [["exec"], ["stop", "--", "x"]])
def test_command_is_for_exec_only(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "`exec` needs a command" in capsys.readouterr().err
