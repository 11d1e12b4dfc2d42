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
from helpers.installation import parts
from helpers.installation.parts import CLONE, Part


@pytest.fixture(autouse=True)
def in_the_clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CLONE)


def said(capsys: pytest.CaptureFixture[str], status: int) -> str:
    """What the command says when it ends with this exit status."""
    assert preflight.main() == status
    out, err = capsys.readouterr()
    assert (out if status else err) == ""
    return err if status else out


def test_a_computer_that_is_ready_gets_one_line(home: Home, capsys):
    line = said(capsys, 0)
    url = re.escape(home.running().url)
    assert re.fullmatch(rf"Ready: Python \S+, JupyterLab \S+, and a .* at {url}\.\n", line)


@pytest.mark.skipif(os.name != "posix", reason="the colors are for POSIX terminals")
def test_in_a_terminal_the_line_is_green(running_home: Home, capsys, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert re.fullmatch(r"\033\[32mReady: [^\033]*\033\[0m\n", said(capsys, 0))
    monkeypatch.setenv("NO_COLOR", "1")
    assert said(capsys, 0).startswith("Ready: ")


def test_a_python_that_is_too_old(home: Home, capsys, monkeypatch):
    monkeypatch.setattr(parts.platform, "python_version", lambda: "3.10.2")
    message = said(capsys, 1)
    assert message.startswith("Not ready. Python: 3.10.2 is not >=3.11. Do this:\n    Make an env")
    assert not home.folder.exists()


def test_packages_that_cannot_be_used_are_named_without_a_traceback(home: Home, tmp_path: Path):
    packages = ["pandas", "ipywidgets", "jupyterlab", "twilio"]
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
    assert "Traceback" not in ran.stderr
    for package in packages:
        assert f"{package}: cannot be imported" in ran.stderr
        assert f'-m pip install --force-reinstall "{package}' in ran.stderr


def test_several_parts_with_the_same_fix_get_it_once(home: Home, capsys, monkeypatch):
    parts = [Part(name, "not installed", "install it") for name in ("twilio", "pandas")]
    monkeypatch.setattr(preflight, "installed_parts", lambda _: [Part("Python"), *parts])
    message = "Not ready. twilio: not installed; pandas: not installed. Do this:\n    install it\n"
    assert said(capsys, 1) == message


def test_without_the_extension_for_widgets(home: Home, capsys, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(parts.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(parts.site, "getuserbase", lambda: str(tmp_path))
    assert "controls in JupyterLab: the extension" in said(capsys, 1)


def test_a_folder_that_cannot_be_written(home: Home, capsys, monkeypatch, tmp_path: Path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TASKROUTER_HOME", str(tmp_path / "file"))
    assert "Set TASKROUTER_HOME to a folder that you can write to." in said(capsys, 1)


def test_a_taskrouter_that_cannot_start(home: Home, capsys):
    home.create()
    home.database.write_text("this is not a database, whatever its name says " * 50)
    assert "`python -m local_taskrouter reset` deletes it" in said(capsys, 1)


def test_a_taskrouter_that_answers_badly(home: Home, capsys):
    running = ensure_running(home)
    with requests.Session() as session:
        session.trust_env = False
        session.post(
            f"{running.url}/emulator/faults",
            auth=(running.account_sid, running.auth_token),
            data={"status": 503, "count": 9},
        ).raise_for_status()
    assert "Run `python -m local_taskrouter stop`, then this again." in said(capsys, 1)
