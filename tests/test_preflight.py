import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from local_taskrouter.process.home import Home
from local_taskrouter.process.launch import ensure_running

from helpers import preflight
from helpers.installation import CLONE, parts, pip_install
from helpers.installation.parts import Part


@pytest.fixture(autouse=True)
def in_the_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CLONE)


def printed(capsys: pytest.CaptureFixture[str], status: int) -> str:
    """Run the command, assert its exit status, and return what it prints."""
    assert preflight.main() == status
    out, err = capsys.readouterr()
    assert (out if status else err) == ""
    return err if status else out


def test_ready_computer_prints_one_line(home: Home, capsys):
    line = printed(capsys, 0)
    url = re.escape(home.running().url)
    assert re.fullmatch(rf"Ready: Python \S+, JupyterLab \S+, and a .* at {url}\.\n", line)


@pytest.mark.skipif(os.name != "posix", reason="the colors are for POSIX terminals")
def test_line_is_green_in_a_terminal(running_home: Home, capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert re.fullmatch(r"\033\[32mReady: [^\033]*\033\[0m\n", printed(capsys, 0))
    monkeypatch.setenv("NO_COLOR", "1")
    assert printed(capsys, 0).startswith("Ready: ")


def test_old_python_is_not_ready(home: Home, capsys, monkeypatch):
    monkeypatch.setattr(parts.platform, "python_version", lambda: "3.10.2")
    message = printed(capsys, 1)
    assert message.startswith(
        "Not ready. Python: 3.10.2 is not >=3.11. Do this:\n    Create an env"
    )
    assert not home.folder.exists()


def preflight_without(packages: list[str], tmp_path: Path) -> str:
    """Run the command where importing `packages` fails; return what it prints."""
    broken = f"import sys; sys.modules |= dict.fromkeys({packages})"
    (tmp_path / "sitecustomize.py").write_text(broken)
    ran = subprocess.run(
        [sys.executable, "-m", "helpers.preflight"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(CLONE)])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Not ready. ")
    assert "Traceback" not in ran.stderr
    return ran.stderr


def test_blocked_packages_are_reported_without_a_traceback(home: Home, tmp_path: Path):
    packages = ["pandas", "ipywidgets", "jupyterlab", "twilio"]
    message = preflight_without(packages, tmp_path)
    for package in packages:
        assert f"{package}: cannot be imported" in message
        assert f'-m pip install --force-reinstall "{package}' in message


@pytest.mark.parametrize("others", [[], ["requests", "urllib3", "filelock", "local_taskrouter"]])
def test_missing_packaging_is_reported_with_the_install_command(home: Home, tmp_path: Path, others):
    message = preflight_without(["packaging", *others], tmp_path)
    assert message.startswith("Not ready. packaging: cannot be imported: ModuleNotFoundError: ")
    assert message.endswith(f". Do this:\n    {pip_install()}\n")


def test_shared_fix_is_printed_once(home: Home, capsys, monkeypatch):
    wrong = [Part(name, "not installed", "install it") for name in ("twilio", "pandas")]
    monkeypatch.setattr(parts, "installed_parts", lambda _: [Part("Python"), *wrong])
    message = "Not ready. twilio: not installed; pandas: not installed. Do this:\n    install it\n"
    assert printed(capsys, 1) == message


def test_missing_widget_extension_is_reported(home: Home, capsys, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(parts.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(parts.site, "getuserbase", lambda: str(tmp_path))
    assert "controls in JupyterLab: the extension" in printed(capsys, 1)


def test_unwritable_home_is_reported(home: Home, capsys, monkeypatch, tmp_path: Path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TASKROUTER_HOME", str(tmp_path / "file"))
    assert "Set TASKROUTER_HOME to a folder that you can write to." in printed(capsys, 1)


def test_damaged_database_is_reported(home: Home, capsys):
    home.create()
    home.database.write_text("this is not a database, whatever its name says " * 50)
    assert "`python -m local_taskrouter reset --home" in printed(capsys, 1)


def test_taskrouter_that_answers_with_errors_is_reported(home: Home, capsys):
    running = ensure_running(home)
    with requests.Session() as session:
        session.trust_env = False
        session.post(
            f"{running.url}/emulator/faults",
            auth=(running.account_sid, running.auth_token),
            data={"status": 503, "count": 9},
        ).raise_for_status()
    assert "Run `python -m local_taskrouter stop`, then run this again." in printed(capsys, 1)
