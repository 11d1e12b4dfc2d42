import os
import subprocess
import sys
from pathlib import Path

from local_taskrouter.process.home import Home

from tools.sandbox import isolate, stop_emulator


def test_isolate_removes_user_settings(tmp_path: Path):
    environment = {
        "PATH": "/bin",
        "TASKROUTER_TARGET": "live",
        "TASKROUTER_HOME": "/elsewhere",
        "TASKROUTER_AUTH_TOKEN": "token",
        "TWILIO_ACCOUNT_SID": "AC",
        "TWILIO_AUTH_TOKEN": "token",
        "https_proxy": "http://proxy",
        "HTTP_PROXY": "http://proxy",
        "IPYTHONDIR": "/elsewhere",
    }
    isolate(environment, tmp_path)
    assert environment == {
        "PATH": "/bin",
        "TASKROUTER_HOME": str(tmp_path / "taskrouter"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }


def test_this_test_run_is_isolated():
    assert not [name for name in os.environ if name.startswith("TWILIO_")]
    assert "taskrouter-tests-" in os.environ["TASKROUTER_HOME"]


def test_started_emulator_is_stopped(tmp_path: Path):
    environment = dict(os.environ)
    isolate(environment, tmp_path)
    home = Home(environment["TASKROUTER_HOME"])
    start = "from local_taskrouter.process.launch import ensure_running; ensure_running()"
    subprocess.run([sys.executable, "-c", start], env=environment, check=True)
    assert home.running()

    stop_emulator(environment)
    assert home.running() is None


def test_stop_without_an_emulator_does_nothing(tmp_path: Path):
    environment: dict[str, str] = {}
    isolate(environment, tmp_path)
    stop_emulator(environment)
    assert list(tmp_path.iterdir()) == []
